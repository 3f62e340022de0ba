// Transports: one session from top to bottom on three rails. A filled dot was sent by the client, a hollow one by the
// server. A rail runs while a request waits for its answer, and is thick where it carries the session.
/* global follow, h, panel, s -- from shared.js */

const LINES = 200; // steps that stay on the page
const LANES = [["get", "GET"], ["post", "POST"], ["ws", "WebSocket"]];
const CHOICES = [["polling", "websocket"], ["websocket"], ["polling"], ["websocket", "polling"]];
const RAIL = { width: 124, height: 22, places: [18, 54, 102] };

function render({ model, el }) {
  let newest = 0;
  let session = null;

  const title = h("strong", {}, "How one session travels");
  const carried = h("span", { role: "status" });
  const sentence = h("p", { class: "ls-sentence", role: "status" });
  const choice = h("select", {}, ...CHOICES.map((names, n) => h("option", { value: n }, `[${names.map((one) => `"${one}"`).join(", ")}]`)));
  const block = h("input", { type: "checkbox", onchange: () => link.send("block", { on: block.checked }) });
  const delay = h("select", { onchange: () => link.send("delay", { seconds: Number(delay.value) }) }, ...[0, 0.05, 0.25].map((one) => h("option", { value: one }, `${one * 1000} ms`)));
  const connect = h("button", { type: "button", onclick: () => link.send("connect", { transports: CHOICES[choice.value] }) }, "Connect");
  const leave = h("button", { type: "button", onclick: () => link.send("disconnect") }, "Disconnect");
  const say = h("button", { type: "button", onclick: () => link.send("say") }, "Client asks");
  const hear = h("button", { type: "button", onclick: () => link.send("hear") }, "Server speaks");
  const legend = h(
    "p",
    { class: "ls-legend" },
    ...["● the client sends", "○ the server sends", "│ a request waits", "┆ a WebSocket on trial", "┃ it carries the session"].map((one) => h("span", {}, one)),
  );
  const log = h("ol");
  const head = h("div", { class: "ls-rail-head ls-mono", "aria-hidden": "true" }, ...LANES.map(([lane, name]) => h("span", { class: `ls-lane-${lane}` }, name)));
  const scroll = h("div", { class: "ls-rail-log ls-mono", role: "log", "aria-label": "Steps of the session", tabindex: "0" }, head, log);
  const costs = h("tbody");
  const table = h(
    "table",
    { class: "ls-costs" },
    h("caption", {}, "What it has cost, heads of HTTP and frames included"),
    h("thead", {}, h("tr", {}, ...["for", "requests", "frames", "bytes", "events and answers", "bytes for each", "requests for each"].map((one) => h("th", { scope: "col" }, one)))),
    costs,
  );
  const root = panel(
    el,
    "transports", "Transports of a session",
    h("div", { class: "ls-row" }, title, carried),
    sentence,
    h("div", { class: "ls-row ls-rail-bar" }, h("label", {}, "transports ", choice), h("label", {}, block, "block the upgrade"), h("label", {}, "one way takes ", delay), connect, leave),
    h("div", { class: "ls-row ls-rail-bar" }, say, hear),
    legend,
    scroll,
    table,
  );

  function draw(state) {
    const network = state.blocked ? "upgrade blocked" : "upgrade may pass";
    const way = state.carried ? `carried by ${state.carried}` : state.count ? "no session" : "nothing sent yet";
    carried.textContent = `${state.running ? "" : "the server is stopped · "}${way} · ${network} · namespace ${state.namespace}`;
    if (sentence.textContent !== state.sentence) sentence.textContent = state.sentence;
    block.checked = state.blocked;
    delay.value = String(state.delay);
    connect.textContent = state.count ? "Connect anew" : "Connect";
    for (const button of [leave, say, hear]) button.disabled = !state.in;
    costs.replaceChildren(...state.costs.map(drawCost));
    table.hidden = !state.costs.length;
    if (session !== state.session) {
      session = state.session;
      newest = 0;
      log.replaceChildren(h("li", { class: "ls-empty" }, "Nothing yet."));
    }
  }

  function drawCost(cost) {
    const each = (what) => (cost.events ? (what / cost.events).toFixed(what / cost.events < 10 ? 1 : 0) : "–");
    const cells = [cost.requests || "–", cost.frames || "–", cost.bytes, cost.events || "–", each(cost.bytes), cost.requests ? each(cost.requests) : "–"];
    return h("tr", {}, h("th", { scope: "row" }, cost.purpose), ...cells.map((cell) => h("td", {}, String(cell))));
  }

  function drawRails(step) {
    const middle = RAIL.height / 2;
    const parts = [];
    LANES.forEach(([lane], n) => {
      const x = RAIL.places[n];
      for (const [state, from, to] of [[step.before[n], 0, middle], [step.after[n], middle, 999]]) {
        if (state !== " ") parts.push(s("path", { d: `M${x} ${from}V${to}`, class: `ls-rail-${state} ls-lane-${lane}` }));
      }
      if (lane === step.lane) {
        const kind = step.kind === "state" ? "ls-end" : step.up ? "ls-up" : "ls-down";
        parts.push(step.kind === "state" ? s("path", { d: `M${x - 5} ${middle}h10`, class: `ls-rail-c ls-lane-${lane}` }) : s("circle", { cx: x, cy: middle, r: 5, class: `${kind} ls-lane-${lane}` }));
      }
    });
    return s("svg", { width: RAIL.width, height: RAIL.height, "aria-hidden": "true" }, ...parts);
  }

  function drawStep(step) {
    if (step.kind === "note") return h("li", { class: "ls-wrong" }, drawRails(step), h("span", { class: "ls-time" }), h("span", {}, `✕ ${step.text}`), h("span"));
    const lane = LANES.find(([name]) => name === step.lane)[1];
    const who = step.kind === "state" ? "" : step.up ? "→ " : "← ";
    const words = h("span", { title: `connection #${step.connection}` }, h("span", { class: "ls-hidden-but-read" }, `${lane}, ${step.up ? "client" : "server"}: `), `${step.wrong ? "✕ " : ""}${who}${step.text}`);
    if (step.about) words.append(h("span", { class: "ls-about" }, step.about));
    return h("li", { class: step.wrong ? "ls-wrong" : "" }, drawRails(step), h("span", { class: "ls-time" }, `${step.ms.toFixed(1)} ms`), words, h("span", { class: "ls-size" }, step.bytes ? `${step.bytes} B` : ""));
  }

  function add(steps) {
    if (!steps.length) return;
    const follows = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 40;
    log.querySelector(".ls-empty")?.remove();
    log.append(...steps.map(drawStep));
    while (log.children.length > LINES) log.firstChild.remove();
    if (follows) scroll.scrollTop = scroll.scrollHeight;
    newest = steps.at(-1).n;
  }

  const link = follow(model, root, {
    snapshot(whole) {
      session = null;
      draw(whole.state);
      choice.value = String(CHOICES.findIndex((names) => names.join() === whole.state.transports.join()));
      add(whole.log);
    },
    news(news) {
      draw(news.state);
      add(news.log.filter((step) => step.n > newest));
    },
  });
  return link.stop;
}

export default { render };
