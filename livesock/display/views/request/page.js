// An HTTP request by hand: edit it, guess, send it to a real server, and see what crossed.
/* global follow, h -- from shared.js */
/* global guessing, instrument, presetRow -- from instrument.js */
/* global requestEditor, sequenceOf -- from exchange.js */

function render({ model, el }) {
  const presets = presetRow({ label: "Requests", choose: (key) => link.send("preset", { key }) });
  const sentence = h("p", { class: "ls-sentence", role: "status" });
  const question = guessing({ hint: "Guess, then send.", guess: (key) => link.send("guess", { key }) });
  const editor = requestEditor({ say: (kind, content) => link.send(kind, content), send: () => { if (!send.disabled) link.send("send"); } });
  const toggle = (kind, label) => {
    const box = h("input", { type: "checkbox", onchange: () => link.send(kind, { on: box.checked }) });
    return { box, element: h("label", { class: "ls-row" }, box, label) };
  };
  const ended = toggle("ended", "the empty line");
  const twice = toggle("twice", "send it twice");
  const add = h("button", { type: "button", onclick: () => link.send("add") }, "+ Header");
  const send = h("button", { type: "button", class: "ls-send", onclick: () => link.send("send") }, "Send");
  const stale = h("p", { class: "ls-faint" }, "That was before the request changed. Send again.");
  const answer = h("p", { class: "ls-outcome", role: "status" });
  const why = h("p", { class: "ls-why" });
  const will = h("pre", { tabindex: "0", "aria-label": "What is sent" });
  const pre = h("pre", { tabindex: "0", "aria-label": "The answer as it came" });
  const after = h("div", { class: "ls-after" }, answer, why, pre);
  const sequence = sequenceOf();

  function draw(state) {
    presets.draw(state.presets, state.preset);
    sentence.textContent = state.sentence;
    question.draw(state.question);
    editor.draw(state);
    ended.box.checked = state.ended;
    twice.box.checked = state.twice;
    send.disabled = !state.done;
    answer.textContent = state.answer || (state.done ? "" : "waiting …");
    why.textContent = state.why;
    will.textContent = state.bytes;
    pre.textContent = state.head;
    pre.hidden = !state.head;
    after.hidden = sequence.element.hidden = !state.sent;
    stale.hidden = !state.stale;
    for (const old of [after, sequence.element]) old.classList.toggle("ls-old", state.stale);
    sequence.draw(state.events, `server ${state.server}`);
  }

  const root = instrument(
    el, "request", "A request by hand", presets.element, sentence,
    h("div", { class: "ls-shake" },
      h("div", {}, editor.line, editor.table, h("div", { class: "ls-row ls-tools" }, ended.element, twice.element, add), will),
      h("div", {}, question.element, h("div", { class: "ls-row ls-go" }, send), stale, after),
    ),
    sequence.element,
  );
  root.classList.add("ls-exchange");
  const link = follow(model, root, { snapshot: draw, news: draw });
  return link.stop;
}

export default { render };
