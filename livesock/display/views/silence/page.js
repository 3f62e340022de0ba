// What recv says to silence. The ladder is drawn by ladder.js; the kernel says what happened and what it means.
/* global follow, h -- from shared.js */
/* global guessing, instrument, presetRow -- from instrument.js */
/* global makeLadder -- from ladder.js */

const HINT = "Point at an arrow, or use the arrow keys: its time, its bytes.";

function render({ model, el }) {
  let state = null;
  let shown = 0; // number of the run that is drawn; a new one is played once

  const presets = presetRow({ label: "Ways to be silent", choose: (key) => send("preset", { key }) });
  const sentence = h("p", { class: "ls-sentence", role: "status" });
  const said = h("p", { class: "ls-step-said ls-faint" });
  const ladder = makeLadder({ ends: ["client", "server"], label: "What happened between client and server", explain: (text) => { said.textContent = text || (state?.run ? HINT : "\u00a0"); } });
  const question = guessing({ hint: "Guess, then call it.", guess: (key) => send("guess", { key }) });
  const go = h("button", { type: "button", class: "ls-send", onclick: () => send("run") }, "Call recv");
  const outcome = h("p", { class: "ls-outcome", role: "status" });
  const rule = h("p", { class: "ls-why" });
  const rows = h("tbody");
  const tally = h("p", { class: "ls-tally", role: "status" });
  const table = h(
    "table", { class: "ls-tried" },
    h("caption", {}, "What you have heard so far"),
    h("thead", {}, h("tr", {}, ...["the server", "recv", "recv again"].map((name) => h("th", { scope: "col" }, name)))),
    rows,
  );
  const more = h(
    "details", { class: "ls-more" },
    h("summary", {}, "What this does not show"),
    h("p", { class: "ls-faint" }, "Each time a new TCP connection on this machine; recv waits 0.3 seconds at most. Without a timeout it would wait for ever, with a pause as with a cut cable. TCP's own packets (SYN, ACK, FIN) are not drawn one by one. The cable is cut by ls.netsim, which lets nothing through from then on."),
  );

  function send(kind, content) { // nothing while a run is on, and no `disabled`: the focus would be lost
    if (go.getAttribute("aria-disabled") !== "true") link.send(kind, content);
  }

  function draw(next) {
    state = next;
    presets.draw(state.presets, state.preset);
    sentence.textContent = state.sentence;
    if (state.run && state.run.number !== shown) { // a new run: play it before its result is shown
      shown = state.run.number;
      busy(true);
      ladder.draw(state.run.ladder);
      ladder.play(finish);
    } else finish();
  }

  function finish() {
    if (state.run) ladder.draw(state.run.ladder);
    else ladder.clear(state.running ? "recv is waiting …" : "The client has read “one”, and calls recv again.", state.least);
    said.textContent = state.run ? HINT : "\u00a0";
    question.draw(state.question);
    busy(state.running);
    outcome.textContent = state.outcome;
    rule.textContent = [state.question.tempts, state.rule].filter(Boolean).join(" ");
    rows.replaceChildren(...state.tried.map(line));
    tally.textContent = state.tally || "\u00a0";
  }

  const line = ({ key, text, said: [first, again] }) =>
    h("tr", { class: key === state.preset ? "ls-newest" : "" }, h("th", { scope: "row" }, text), ...[first, again].map((word) => h("td", { class: "ls-mono" }, word ?? (first ? "–" : ""))));

  function busy(on) {
    for (const button of [go, ...presets.element.children, ...question.element.querySelectorAll("button")]) button.setAttribute("aria-disabled", String(on));
    go.textContent = on ? "waiting …" : state.run ? "Again" : "Call recv";
  }

  const root = instrument(
    el, "silence", "What recv says to silence", presets.element, sentence, ladder.element, said,
    question.element, h("div", { class: "ls-row ls-go" }, go), outcome, rule, table, tally, more,
  );
  const link = follow(model, root, { snapshot: (first) => { shown = first.run ? first.run.number : 0; draw(first); }, news: draw });
  return () => { ladder.stop(); link.stop(); };
}

export default { render };
