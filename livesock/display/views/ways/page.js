// Schemes and transports: twelve ways to connect, each tried at a click. The kernel connects and measures.
/* global follow, h -- from shared.js */
/* global instrument -- from instrument.js */

const HEADS = { none: ["no option", "both, in this order: polling, websocket"], polling: ["[\"polling\"]", ""], websocket: ["[\"websocket\"]", ""] };
const WORDS = { polling: "polling", websocket: "WebSocket", none: "✕ no session" };

function render({ model, el }) {
  const sentence = h("p", { class: "ls-sentence", role: "status" });
  const block = h("input", { type: "checkbox", onchange: () => link.send("block", { on: block.checked }) });
  const all = h("button", { type: "button", class: "ls-send", onclick: () => link.send("all") }, "Try all twelve");
  const grid = h("div", { class: "ls-grid", role: "group", "aria-label": "Schemes and transports" });
  let cells = null;

  const wayOf = ({ first, end }) => (end === first || end === "none" ? WORDS[end] : `${WORDS[first]} → ${WORDS[end]}`);

  function build(state) {
    cells = state.schemes.map((scheme) => state.choices.map((choice) => h("button", { type: "button", class: "ls-cell", onclick: () => link.send("play", { scheme, choice }) }, h("b"), h("small"))));
    grid.replaceChildren(
      h("span", { class: "ls-head ls-corner" }, "transports"),
      ...state.choices.map((choice) => h("span", { class: "ls-head ls-mono", title: HEADS[choice][1] }, HEADS[choice][0])),
      ...state.schemes.flatMap((scheme, n) => [h("b", { class: "ls-mono ls-scheme" }, `${scheme}://`), ...cells[n]]),
    );
  }

  function draw(state) {
    if (!cells) build(state);
    if (sentence.textContent !== state.sentence) sentence.textContent = state.sentence;
    block.checked = state.blocked;
    state.schemes.forEach((scheme, n) => state.choices.forEach((choice, m) => {
      const button = cells[n][m];
      const found = state.cells[n][m];
      const plays = state.playing === `${scheme} ${choice}`;
      const [way, first] = button.children;
      button.className = `ls-cell ${found ? `ls-end-${found.end}` : ""} ${plays ? "ls-plays" : ""}`;
      way.textContent = plays ? "…" : found ? wayOf(found) : "?";
      first.textContent = found && !plays ? `first: ${found.first}` : "";
      button.title = found?.error || "";
      button.setAttribute("aria-label", `${scheme}, ${HEADS[choice][0]}: ${found ? `first ${found.first}, ${wayOf(found)}` : "not tried"}`);
    }));
  }

  const more = h(
    "details", { class: "ls-more" },
    h("summary", {}, "As Python, and what this does not show"),
    h("pre", { class: "ls-code" }, "with ls.socket(\"wss://…/\", transports=[\"websocket\"]) as socket:\n    print(socket.transport)"),
    h("p", { class: "ls-faint" }, "Two servers of this view's own, one with TLS. The client is livesock's; the JavaScript client asks in the same order. A real proxy may also open TLS itself; then it can read, and take out, what it likes."),
  );
  const root = instrument(
    el, "ways", "Schemes and transports", sentence, grid,
    h("div", { class: "ls-row ls-go" }, all, h("label", { class: "ls-row" }, block, "a proxy takes Upgrade out")), more,
  );
  const link = follow(model, root, { snapshot: draw, news: draw });
  return link.stop;
}

export default { render };
