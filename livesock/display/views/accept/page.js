// From the key to the accept value: the reader turns letters of the key, the kernel computes, a real server answers.
/* global follow, h, typing -- from shared.js */
/* global instrument, presetRow -- from instrument.js */

const STEPS = 5; // the key, the GUID, SHA-1, base64, the server

function render({ model, el }) {
  let state = null;
  let shown = STEPS; // how many steps are lit: all, or those that were walked

  const keys = presetRow({ label: "Keys", choose: (value) => link.send("preset", { value }) });
  const ways = presetRow({ label: "Ways", choose: (value) => link.send("way", { value }) });
  const sentence = h("p", { class: "ls-sentence", role: "status" });
  const field = h("input", { type: "text", class: "ls-mono", "aria-label": "the key", spellcheck: "false", autocomplete: "off", maxlength: 32 });
  const typed = typing(field, (value) => link.send("key", { value }));

  // -- walking

  const back = h("button", { type: "button", "aria-label": "one step back", onclick: () => go(shown - 1) }, "◂");
  const on = h("button", { type: "button", "aria-label": "one step on", onclick: () => go(shown === STEPS ? 1 : shown + 1) }, "▸");
  const place = h("span", { class: "ls-faint", role: "status" });

  function go(step) {
    shown = Math.max(1, Math.min(STEPS, step));
    drawSteps();
  }

  function drawSteps() {
    steps.forEach((step, n) => step.classList.toggle("ls-later", n >= shown));
    hashed.classList.toggle("ls-key-only", shown === 1);
    back.setAttribute("aria-disabled", String(shown === 1));
    place.textContent = shown === STEPS ? "all steps" : `step ${shown} of ${STEPS}`;
  }

  // -- the rows

  const hashed = h("div", { class: "ls-cells ls-hashed", role: "group", "aria-label": "The key and the GUID. Left and right walk the key, up and down change a letter.", onkeydown: walk });
  const digest = h("div", { class: "ls-cells ls-digest", role: "img" });
  const letters = h("div", { class: "ls-cells ls-letters", role: "img" });
  const answer = h("p", { class: "ls-answer", role: "status" });
  const cell = (part, turn) => h(turn === undefined ? "span" : "button", { class: `ls-byte ls-part-${part}`, ...(turn === undefined ? {} : { type: "button", tabindex: turn === 0 ? 0 : -1, onclick: () => link.send("turn", { value: turn }) }) }, h("b"), h("small"));

  function walk(event) {
    const all = [...hashed.querySelectorAll("button")];
    const now = all.indexOf(event.target);
    if (now < 0) return;
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    const to = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: all.length - 1 }[event.key];
    if (step === undefined && to === undefined) return;
    event.preventDefault();
    event.stopPropagation(); // otherwise JupyterLab goes to another cell
    if (step !== undefined) link.send("turn", { value: now, step });
    else focusOn(all[Math.max(0, Math.min(all.length - 1, to))]);
  }

  function focusOn(button) {
    hashed.querySelectorAll("button").forEach((other) => { other.tabIndex = other === button ? 0 : -1; });
    button.focus();
  }

  /** Fill a row; elements are kept, so that a letter under the hand keeps the focus. */
  function fill(row, cells, kind) {
    cells.forEach((now, n) => {
      const part = kind ?? now.part;
      const turns = part === "key" && state.turns ? n - state.first : undefined;
      const wanted = turns === undefined ? "SPAN" : "BUTTON";
      let box = row.children[n];
      if (!box || box.tagName !== wanted || !box.classList.contains(`ls-part-${part}`)) {
        const made = cell(part, turns);
        if (box) box.replaceWith(made);
        else row.append(made);
        box = made;
      }
      box.firstChild.textContent = now.top || now.hex;
      box.lastChild.textContent = now.top && now.hex ? now.hex : "";
      box.classList.toggle("ls-new", now.new);
      if (turns !== undefined) box.setAttribute("aria-label", `letter ${turns + 1} of the key: ${now.top}`);
    });
    while (row.children.length > cells.length) row.lastChild.remove();
  }

  const spell = (cells) => cells.map((c) => c.top || c.hex).join(" ");

  function draw(next) {
    state = next;
    state.first = state.hashed.findIndex((c) => c.part === "key");
    state.turns = state.way !== "decoded";
    keys.draw(state.keys, state.chosen);
    ways.draw(state.ways, state.way);
    typed.put(state.key);
    sentence.textContent = state.sentence;
    fill(hashed, state.hashed);
    fill(digest, state.digest, "hash");
    fill(letters, state.letters, "letter");
    digest.setAttribute("aria-label", `SHA-1: ${spell(state.digest)}`);
    letters.setAttribute("aria-label", `base64: ${spell(state.letters)}`);
    const sign = { same: "✓ ", wrong: "✕ ", waiting: "" }[state.answer.state];
    answer.className = `ls-answer ls-is-${state.answer.state}`;
    answer.replaceChildren(h("code", {}, state.answer.letters), h("span", {}, `${sign}${state.answer.text}`));
    drawSteps();
  }

  const step = (number, name, text, ...rest) => h("li", { class: "ls-step" }, h("div", { class: "ls-row ls-step-name" }, h("b", {}, `${number}`), h("b", {}, name), h("span", { class: "ls-faint" }, text)), ...rest);
  const steps = [
    step(1, "Key", "16 random bytes in base64, from the client. Type one:", field),
    step(2, "+ GUID", "the key as text (click a letter), then the fixed text of RFC 6455, 1.3", hashed),
    step(3, "SHA-1", "20 bytes of hash", digest),
    step(4, "base64", "three bytes are four letters", letters),
    step(5, "The server", "got this key in a real handshake. Its Sec-WebSocket-Accept:", answer),
  ];
  const root = instrument(
    el, "accept", "From the key to the accept value", keys.element, sentence,
    h("div", { class: "ls-row ls-walk" }, back, on, place), h("ol", { class: "ls-way" }, ...steps),
    h("p", { class: "ls-faint ls-or" }, "What if one takes another way?"), ways.element,
  );
  const link = follow(model, root, { snapshot: draw, news: draw });
  return link.stop;
}

export default { render };
