// Packets by hand: a line, its parts, and a session with a real server. The kernel takes apart, sends and listens.
/* global follow, h, typing -- from shared.js */
/* global instrument, presetRow -- from instrument.js */

const GROUPS = { "Engine.IO": "flags", "Socket.IO": "length", namespace: "key", number: "m1", data: "payload" };

function render({ model, el }) {
  let state = null;

  const presets = presetRow({ label: "Examples", choose: (key) => link.send("preset", { key }) });
  const sentence = h("p", { class: "ls-sentence", role: "status" });
  const line = h("input", { type: "text", maxlength: 300, "aria-label": "the packet", spellcheck: "false", autocomplete: "off", onkeydown: pressed });
  const typed = typing(line, (text) => link.send("type", { text }));
  const send = h("button", { type: "button", class: "ls-send", onclick: () => link.send("send", { text: line.value }) }, "Send");
  const anew = h("button", { type: "button", onclick: () => link.send("new") }, "New session");
  const parts = h("div", { class: "ls-parts", role: "group", "aria-label": "The parts of the packet" });
  const where = h("span", { class: "ls-faint" });
  const log = h("ol", { class: "ls-said" });
  const scroll = h("div", { class: "ls-talk", role: "log", "aria-label": "What was said", tabindex: 0 }, log);
  const problem = h("p", { class: "ls-outcome ls-is-wrong", role: "status" });

  function pressed(event) {
    event.stopPropagation();
    if (event.key === "Enter") {
      event.preventDefault();
      send.click();
    }
  }

  const chip = ({ text, name }) => h("span", { class: `ls-chip ${GROUPS[name] ? `ls-group-${GROUPS[name]}` : ""} ${name === "broken" ? "ls-broken" : ""}`, title: name }, text || "∅");

  const named = (part) => h("div", { class: `ls-part ${part.name === "broken" ? "ls-broken" : ""}` }, chip(part), h("b", {}, part.name === "broken" ? "✕ broken" : part.name), h("span", {}, part.says));

  function draw(next) {
    const grows = state === null || next.lines.length !== state.lines.length || JSON.stringify(next.lines.at(-1)) !== JSON.stringify(state.lines.at(-1));
    state = next;
    presets.draw(state.presets, state.chosen);
    sentence.textContent = state.sentence;
    typed.put(state.line);
    parts.replaceChildren(...state.parts.map(named));
    where.textContent = state.where;
    problem.textContent = state.problem;
    problem.hidden = !state.problem;
    if (!grows) return;
    log.replaceChildren(...state.lines.map(({ up, parts: said, about, new: isNew }) => h(
      "li", { class: `${up ? "ls-up" : "ls-down"}${isNew ? " ls-new-session" : ""}` },
      h("span", { class: "ls-way" }, h("span", { class: "ls-hidden-but-read" }, up ? "you" : "server"), up ? "→" : "←"),
      h("span", { class: "ls-mono" }, ...said.map(chip)), h("span", { class: "ls-faint" }, about),
    )));
    scroll.scrollTop = scroll.scrollHeight;
  }

  const more = h(
    "details", { class: "ls-more" },
    h("summary", {}, "As Python, and what this does not show"),
    h("pre", { class: "ls-code" }, "with ls.connect(server.url(\"/socket.io/?EIO=4&transport=websocket\")) as ws:\n    ws.recv()             # 0{\"sid\":…}\n    ws.send(\"40/point,\")\n    ws.recv()             # 40/point,{\"sid\":…}"),
    h("p", { class: "ls-faint" }, "Ids are shown as …: the session's own opens it to anybody. The view answers the server's ping (2) with a pong (3) and does not list them. Packets with bytes, which follow in messages of their own, cannot be typed here."),
  );
  const root = instrument(
    el, "packets", "Packets by hand", presets.element,
    h("div", { class: "ls-row ls-type" }, line, send), parts, sentence, problem,
    scroll, h("div", { class: "ls-row ls-under" }, where, h("span", { class: "ls-row ls-tools" }, anew)), more,
  );
  const link = follow(model, root, { snapshot: draw, news: draw });
  return link.stop;
}

export default { render };
