// Namespaces: one client, one connection, and the gateways that answer. Each packet is a dot that runs along its wire.
/* global follow, h, panel, s -- from shared.js */

const SIGNS = "○●■▲◆★⬟▼"; // beside the colour, for readers who cannot tell colours apart
const LINES = 150; // of the log that stay on the page
const SHOWN = 60; // characters of a name
const DOTS = 6; // packets of one batch that run; the rest only stands in the log

function render({ model, el }) {
  let state = null;
  let newest = 0;
  const rows = new Map(); // namespace -> { item, gateways }
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  const title = h("strong", {}, "One connection, several namespaces");
  const address = h("span", { class: "ls-faint" });
  const apart = h("input", { type: "checkbox", onchange: () => link.send("arrange", { apart: apart.checked }) });
  const arrange = h("label", {}, apart, "Point and Chat each have a namespace of their own");
  const warning = h("p", { class: "ls-spaces-warning", hidden: true });
  const over = h("span");
  const client = h("div", { class: "ls-spaces-client" }, h("strong", {}, "client"), over);
  const wires = s("svg", { class: "ls-spaces-wires", "aria-hidden": "true" });
  const list = h("ul", { class: "ls-spaces-list", "aria-label": "Namespaces" });
  const map = h("div", { class: "ls-spaces-map" }, client, wires, list);

  const where = h("select");
  const name = h("input", { type: "text", value: "move", spellcheck: "false" });
  const args = h("input", { type: "text", class: "ls-wide ls-mono", value: "1, 2", spellcheck: "false" });
  const asks = h("input", { type: "checkbox", checked: true });
  const room = h("input", { type: "text", value: "board", spellcheck: "false" });
  const other = h("input", { type: "text", value: "/nope", spellcheck: "false" });
  const say = h("button", { type: "submit" }, "Send event");
  const join = h("button", { type: "button", title: "Rooms are the server's: it puts us in" }, "Join room");
  const knock = h("button", { type: "submit" }, "Connect");
  const form = h(
    "form",
    { class: "ls-row ls-spaces-form", "aria-label": "Send an event" },
    h("label", {}, "namespace", where),
    h("label", {}, "event", name),
    h("label", {}, "arguments", args),
    h("label", {}, asks, "wants an answer"),
    say,
    h("label", {}, "room", room),
    join,
  );
  const door = h("form", { class: "ls-row", "aria-label": "Try another namespace" }, h("label", {}, "Another namespace ", other), knock);
  const log = h("ol");
  const scroll = h("div", { class: "ls-spaces-log ls-mono", role: "log", "aria-label": "Packets and handlers", tabindex: "0" }, log);
  const root = panel(
    el,
    "namespaces", "Namespaces of a server",
    h("div", { class: "ls-row ls-head" }, h("span", {}, title, " ", address), arrange),
    map,
    warning,
    form,
    door,
    h("p", { class: "ls-faint ls-spaces-caption" }, "On the wire: packets of the client, and the handlers that ran at the server"),
    scroll,
  );

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    link.send("say", { namespace: where.value, name: name.value, arguments: args.value, ask: asks.checked });
  });
  join.addEventListener("click", () => {
    link.send("room", { namespace: where.value, room: room.value });
  });
  door.addEventListener("submit", (event) => {
    event.preventDefault();
    link.send("join", { namespace: other.value });
  });

  // -- what stands still

  const brief = (text) => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
  const number = (space) => state.spaces.findIndex((one) => one.name === space);
  const sign = (space) => (number(space) < 0 ? "·" : state.spaces[number(space)].known ? SIGNS[Math.min(number(space), SIGNS.length - 1)] : "✕");
  const hue = (space) => {
    const index = number(space);
    if (index < 0) return "";
    return state.spaces[index].known ? `ls-hue-${Math.min(index, 5)}` : "ls-hue-wrong";
  };

  function drawSpace(space) {
    const known = rows.get(space.name);
    const button = known?.button ?? h("button", { type: "button" });
    button.textContent = space.in ? "Disconnect" : "Connect";
    button.setAttribute("aria-label", `${button.textContent} ${space.in ? "from" : "to"} ${brief(space.name)}`);
    button.onclick = () => {
      link.send(space.in ? "leave" : "join", { namespace: space.name });
    };
    const item = known?.item ?? h("li");
    item.className = `ls-space ${hue(space.name)}${space.in ? " ls-in" : ""}`;
    const gateways = new Map(space.gateways.map((g) => [g.who, drawGateway(g)]));
    const nobody = space.known ? "nobody answers here" : "the server does not have it";
    const parts = [
      h("div", { class: "ls-space-head" }, h("code", {}, `${sign(space.name)} ${brief(space.name)}`), drawState(space), button),
      h("ul", { class: "ls-gateways" }, ...(gateways.size ? gateways.values() : [h("li", { class: "ls-faint" }, nobody)])),
    ];
    item.replaceChildren(...parts);
    rows.set(space.name, { item, button, gateways });
    return item;
  }

  function drawState(space) {
    if (space.refused) return h("span", { class: "ls-space-state ls-no" }, `✕ refused: ${space.refused}`);
    if (!space.in) return h("span", { class: "ls-space-state" }, "not connected");
    const rooms = space.rooms.length ? ` · rooms: ${space.rooms.join(", ")}` : "";
    return h("span", { class: "ls-space-state" }, `✓ connected${rooms} · ${space.members} in it`);
  }

  function drawGateway(gateway) {
    const events = gateway.events.length ? h("span", { class: "ls-faint" }, ` ${gateway.events.join(", ")}`) : null;
    return h("li", {}, h("strong", {}, gateway.who), events, gateway.ran ? ` · ran ${gateway.ran}×` : null);
  }

  function draw(next) {
    state = next;
    const focused = root.getRootNode().activeElement; // buttons are moved below, which takes the focus from them
    address.textContent = `server ${state.server}, ${state.running ? state.url : "stopped"}`;
    arrange.hidden = !state.own;
    apart.checked = state.apart;
    over.textContent = state.transport ? `${state.transport} #${state.connection}` : "not connected yet";
    warning.hidden = !state.warnings.length;
    warning.textContent = state.warnings.length ? `livesock warns: ${state.warnings.join("; ")}` : "";
    for (const old of [...rows.keys()]) if (number(old) < 0) rows.delete(old);
    list.replaceChildren(...state.spaces.map(drawSpace), ...(state.more ? [h("li", { class: "ls-faint" }, `and ${state.more} more`)] : []));
    const joined = state.spaces.filter((space) => space.in).map((space) => space.name);
    if (joined.join() !== [...where.options].filter((o) => o.value).map((o) => o.value).join() || !where.options.length) {
      const chosen = where.value;
      where.replaceChildren(...(joined.length ? joined : [""]).map((one) => h("option", { value: one }, brief(one) || "(not connected)")));
      if (joined.includes(chosen)) where.value = chosen;
    }
    for (const button of [say, join]) button.disabled = !joined.length;
    if (root.contains(focused)) focused.focus();
    drawWires();
  }

  // -- the wires

  function drawWires() {
    const box = wires.getBoundingClientRect();
    if (!state || !box.width) return;
    const middle = client.getBoundingClientRect().top + client.offsetHeight / 2 - box.top;
    const fork = box.width * 0.45;
    const parts = [];
    for (const space of state.spaces) {
      const place = rows.get(space.name).item.getBoundingClientRect();
      const y = place.top + place.height / 2 - box.top;
      const path = `M${fork} ${middle}C${box.width * 0.75} ${middle} ${box.width * 0.6} ${y} ${box.width} ${y}`;
      parts.push(s("path", { d: path, class: `${hue(space.name)}${space.in ? " ls-in" : ""}` }));
      rows.get(space.name).wire = [[0, middle], [fork, middle], [box.width, y]];
    }
    parts.push(s("path", { d: `M0 ${middle}H${fork}`, class: `ls-trunk${state.transport ? "" : " ls-off"}` }));
    wires.replaceChildren(...parts, ...wires.querySelectorAll(".ls-dot"));
  }

  function run(line, place) {
    const wire = rows.get(line.space)?.wire;
    if (!wire || calm.matches) return;
    const steps = (line.up ? wire : [...wire].reverse()).map(([x, y]) => ({ transform: `translate(${x}px, ${y}px)` }));
    const dot = s("circle", { r: 6, class: `ls-dot ${hue(line.space)}` });
    wires.append(dot);
    const move = dot.animate(steps, { duration: 700, delay: place * 120, easing: "ease-in-out", fill: "backwards" });
    move.onfinish = () => dot.remove();
  }

  // -- what happens

  function drawLine(line) {
    const time = h("span", { class: "ls-time" }, `${line.ms.toFixed(1)} ms`);
    if (line.kind === "note") return h("li", {}, time, h("span", { class: "ls-way" }, "!"), h("span", {}, line.text));
    if (line.kind === "ran") {
      const who = h("span", {}, h("strong", {}, line.who), ` ran for "${line.what}"`, line.other ? " of another peer" : null);
      if (line.value) who.append(h("span", { class: "ls-about" }, line.value));
      return h("li", { class: `ls-ran ${hue(line.space)}` }, time, h("span", { class: "ls-way" }, sign(line.space)), who);
    }
    const way = h("span", { class: "ls-way", "aria-label": line.up ? "to the server" : "to the client", role: "img" }, line.up ? "→" : "←");
    const said = h("span", {}, line.space ? `${sign(line.space)} ` : "", h("code", {}, line.text), h("span", { class: "ls-about" }, line.about));
    return h("li", { class: hue(line.space) }, time, way, said);
  }

  function add(lines) {
    const follows = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 30;
    log.querySelector(".ls-empty")?.remove();
    log.append(...lines.map(drawLine));
    while (log.children.length > LINES) log.firstChild.remove();
    if (follows) scroll.scrollTop = scroll.scrollHeight;
    if (lines.length) newest = lines.at(-1).n;
  }

  function light(lines) {
    for (const { gateways } of rows.values()) for (const item of gateways.values()) item.classList.remove("ls-just-ran");
    for (const line of lines) if (line.kind === "ran") rows.get(line.space)?.gateways.get(line.who)?.classList.add("ls-just-ran");
  }

  const link = follow(model, root, {
    snapshot(whole) {
      newest = 0;
      draw(whole.state);
      log.replaceChildren(h("li", { class: "ls-empty" }, "Nothing yet: connect to a namespace above."));
      if (whole.log.length) add(whole.log);
    },
    news(news) {
      draw(news.state);
      const lines = news.log.filter((line) => line.n > newest);
      if (!lines.length) return;
      if (lines[0].n === 1 || lines.some((line) => line.kind === "note" && line.text.startsWith("a new server"))) log.replaceChildren();
      add(lines);
      light(lines);
      lines.filter((line) => line.kind === "packet" && line.space).slice(-DOTS).forEach(run);
    },
  });
  const watch = new ResizeObserver(drawWires);
  watch.observe(map);
  return () => {
    watch.disconnect();
    link.stop();
  };
}

export default { render };
