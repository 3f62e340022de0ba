// The opening handshake: a request to edit, a guess, what a real server answers, and the sequence that followed.
/* global follow, h -- from shared.js */
/* global guessing, instrument, presetRow -- from instrument.js */
/* global requestEditor, sequenceOf -- from exchange.js */

function render({ model, el }) {
  let state = null;

  const presets = presetRow({ label: "Requests", choose: (key) => link.send("preset", { key }) });
  const sentence = h("p", { class: "ls-sentence", role: "status" });
  const question = guessing({ hint: "Guess, then send.", guess: (key) => link.send("guess", { key }) });

  // -- the request

  const editor = requestEditor({ say: (kind, content) => link.send(kind, content), send: () => { if (!send.disabled) link.send("send"); } });
  const button = (label, kind) => h("button", { type: "button", onclick: () => link.send(kind) }, label);
  const send = h("button", { type: "button", class: "ls-send", onclick: () => link.send("send") }, "Send to the real server");
  const problems = h("ul", { class: "ls-problems", "aria-label": "Rules of RFC 6455 for this request" });
  const rules = h("details", { class: "ls-more" }, h("summary", {}, "What RFC 6455 says to this request"), problems);
  const tools = h("div", { class: "ls-row" }, button("+ Header", "add"), button("New key", "key"));

  function drawRequest() {
    editor.draw(state);
    problems.replaceChildren(
      ...(state.problems.length
        ? state.problems.map((p) => h("li", { class: "ls-is-wrong" }, `✕ ${p.text} `, h("span", { class: "ls-faint" }, `${p.section}; answered with ${p.status}`)))
        : [h("li", {}, "✓ a valid opening handshake ", h("span", { class: "ls-faint" }, "RFC 6455, 4.1"))]),
    );
    send.disabled = !state.done;
  }

  // -- what happened

  const answer = h("p", { class: "ls-outcome", role: "status" });
  const stale = h("p", { class: "ls-faint" }, "That was before the request changed. Send again.");
  const checks = h("ul", { class: "ls-problems", "aria-label": "What a client checks in the answer" });
  const sequence = sequenceOf();
  const said = h("details", {}, h("summary", {}, "The answer as it came"), h("pre", { tabindex: "0", "aria-label": "The answer as it came" }));

  function drawAnswer() {
    answer.textContent = state.answer || (state.done ? "" : "waiting for the answer …");
    answer.classList.toggle("ls-is-wrong", !state.answer.startsWith("101") || state.checks.some((c) => c.sign === "✕"));
    after.hidden = sequence.element.hidden = !state.sent;
    after.classList.toggle("ls-old", state.stale);
    sequence.element.classList.toggle("ls-old", state.stale);
    stale.hidden = !state.stale;
    checks.replaceChildren(...state.checks.map((c) => h("li", { class: c.sign === "✕" ? "ls-is-wrong" : "" }, `${c.sign} ${c.text}`)));
    sequence.draw(state.events, `server ${state.server}${state.tls ? " (TLS)" : ""}`);
    const body = state.rows.filter((row) => row.text.startsWith("body: ")).map((row) => row.text.slice(6));
    said.hidden = state.head.length === 0;
    said.querySelector("pre").textContent = [state.rows[0]?.text ?? "", ...state.head, ...(body.length ? ["", ...body] : [])].join("\n");
  }

  function draw(next) {
    state = next;
    presets.draw(state.presets, state.preset);
    sentence.textContent = state.sentence;
    question.draw(state.question);
    drawRequest();
    drawAnswer();
  }

  const after = h("div", { class: "ls-after" }, answer, checks, said);
  const root = instrument(
    el, "handshake", "Opening handshake", presets.element, sentence,
    h("div", { class: "ls-shake" },
      h("div", {}, editor.line, editor.table, tools, rules),
      h("div", {}, question.element, h("div", { class: "ls-row ls-go" }, send), stale, after),
    ),
    sequence.element,
  );
  root.classList.add("ls-exchange");
  const link = follow(model, root, { snapshot: draw, news: draw });
  return link.stop;
}

export default { render };
