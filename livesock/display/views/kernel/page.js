// A question to a kernel, and its answers as arrows of a ladder that grows while they come.
/* global follow, h, typing -- from shared.js */
/* global instrument, presetRow -- from instrument.js */
/* global makeLadder -- from ladder.js */

const HINT = "Point at an arrow, or use the arrow keys: its message, as it was on the wire.";

function render({ model, el }) {
  let state = null;

  const codes = presetRow({ label: "Code", choose: (value) => link.send("preset", { value }) });
  const sentence = h("p", { class: "ls-sentence", role: "status" });
  const code = h("textarea", { class: "ls-mono", rows: 1, maxlength: 500, "aria-label": "code for the kernel", spellcheck: "false", oninput: size, onkeydown: enter });
  const typed = typing(code);
  const go = h("button", { type: "button", class: "ls-send", onclick: ask }, "Run it");
  const said = h("p", { class: "ls-faint ls-said" });
  const ladder = makeLadder({ ends: ["we", "kernel"], label: "Messages between us and the kernel", explain: (text) => { said.textContent = text || (state?.ladder ? HINT : "\u00a0"); } });

  function ask() {
    if (go.getAttribute("aria-disabled") !== "true" && code.value) link.send("run", { value: code.value });
  }

  function enter(event) {
    if (event.key !== "Enter" || event.altKey) return;
    if (event.shiftKey || event.ctrlKey) { // as in a cell
      event.preventDefault();
      ask();
    }
    event.stopPropagation(); // otherwise JupyterLab runs the cell
  }

  function size() {
    code.rows = Math.min(code.value.split("\n").length, 8);
  }

  function draw(next) {
    state = next;
    codes.draw(state.codes, state.chosen);
    sentence.textContent = state.sentence;
    typed.put(state.code);
    size();
    go.setAttribute("aria-disabled", String(state.running)); // not disabled: the focus would be lost
    go.textContent = state.running ? "running …" : "Run it";
    if (state.ladder) ladder.draw(state.ladder);
    else ladder.clear("nothing said yet", 120);
    said.textContent = state.ladder ? HINT : "\u00a0";
  }

  const root = instrument(el, "kernel", "A question to a kernel", codes.element, sentence, h("div", { class: "ls-row ls-ask" }, code, go), ladder.element, said);
  const link = follow(model, root, { snapshot: draw, news: draw });
  return () => { ladder.stop(); link.stop(); };
}

export default { render };
