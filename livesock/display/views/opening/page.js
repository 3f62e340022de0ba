// Opening a WebSocket from afar: two ladders, drawn by ladder.js, and the time until the first message may go.
/* global follow, h -- from shared.js */
/* global guessing, instrument, presetRow -- from instrument.js */
/* global makeLadder -- from ladder.js */

const HINT = "Point at an arrow, or use the arrow keys: its time, its bytes.";

function render({ model, el }) {
  let state = null;
  let shown = 0; // number of the run that is drawn; a new one is played once

  const distances = presetRow({ label: "Distances", choose: (key) => link.send("distance", { key }) });
  const sentence = h("p", { class: "ls-sentence", role: "status" });
  const question = guessing({ hint: "Guess, then open both.", guess: (key) => link.send("guess", { key }) });
  const go = h("button", { type: "button", class: "ls-send", onclick: () => { if (go.getAttribute("aria-disabled") !== "true") link.send("open"); } }, "Open both");
  const said = h("p", { class: "ls-faint ls-said" });
  const sides = ["ws", "wss"].map((scheme) => {
    const ladder = makeLadder({ ends: ["client", "server"], label: `Opening ${scheme}://`, explain: (text) => { said.textContent = text || (state?.runs.length ? HINT : "\u00a0"); } });
    const foot = h("p", { class: "ls-foot" });
    return { ladder, foot, element: h("div", {}, h("h4", {}, `${scheme}://`), ladder.element, foot) };
  });
  const more = h(
    "details", { class: "ls-more" }, h("summary", {}, "What this does not show"),
    h("p", { class: "ls-faint" }, "Both connections are real, and so are the times at the left, taken by the client; a simulated network delays each byte. TCP's own segments are sent by the kernel, where nobody sees them: here they take the round trip that the simulator gives them, and the third one, an ACK, travels with the next arrow. When something leaves or reaches the server is computed from the distance. Looking up the name (DNS) is one more question, before all of this. TLS before version 1.3 needs one round trip more."),
  );

  function draw(next) {
    state = next;
    distances.draw(state.distances, state.distance);
    go.setAttribute("aria-disabled", String(state.running)); // not disabled: the focus would be lost
    const isNew = state.runs.length > 0 && state.number !== shown;
    shown = state.runs.length ? state.number : 0;
    sides.forEach((side, n) => {
      const run = state.runs[n];
      side.foot.textContent = "\u00a0";
      if (run?.ladder) side.ladder.draw(run.ladder);
      else side.ladder.clear(run ? run.foot : state.running ? "opening …" : "not opened yet", state.least);
      if (isNew && run?.ladder) side.ladder.play(n === 1 ? finish : () => drawFoot(side, run));
    });
    if (!isNew) finish();
  }

  function drawFoot(side, run) {
    side.foot.textContent = run?.foot ?? "\u00a0";
  }

  function finish() {
    sentence.textContent = state.sentence;
    question.draw(state.question);
    said.textContent = state.runs.length ? HINT : "\u00a0";
    sides.forEach((side, n) => drawFoot(side, state.runs[n]));
  }

  const root = instrument(
    el, "opening", "Opening a WebSocket", distances.element, sentence, question.element, h("div", { class: "ls-row ls-go" }, go),
    h("div", { class: "ls-sides" }, ...sides.map((side) => side.element)), said, more,
  );
  const link = follow(model, root, { snapshot: (first) => { shown = first.runs.length ? first.number : 0; draw(first); }, news: draw });
  return () => { sides.forEach((side) => side.ladder.stop()); link.stop(); };
}

export default { render };
