// Who knows that it is over? A ladder in true time: scissors and guesses under the hand, the bound as a bar.
/* global follow, h -- from shared.js */
/* global instrument, presetRow -- from instrument.js */
/* global makeLadder -- from ladder.js */

const ENDS = ["client", "server"];
const TOP = 24; // as in timeaxis.py
const HINT = "Point at an arrow, or use the arrow keys: its time, its bytes.";
const KNOBS = { interval: "ping every", timeout: "wait for the pong" };

function render({ model, el }) {
  let state = null;
  let shown = -1; // number of the run that is drawn; a new one is played once

  const stories = presetRow({ label: "What happens", choose: (key) => { if (!state.running) link.send("story", { key }); } });
  const pingers = h("span", { class: "ls-row", role: "group", "aria-label": "Who pings" });
  const knobs = Object.entries(KNOBS).map(([name, text]) => knob(name, text));
  const bound = h("span", { class: "ls-faint ls-bound" });
  const sentence = h("p", { class: "ls-sentence", role: "status" });
  const said = h("p", { class: "ls-step-said ls-faint" }, HINT);
  const ladder = makeLadder({ ends: ENDS, label: "What happened between client and server", explain: (text) => { said.textContent = text || HINT; } });
  const hands = [scissors(), guess(0), guess(1)];
  const start = h("button", { type: "button", class: "ls-send", onclick: () => { if (start.getAttribute("aria-disabled") !== "true") link.send("start"); } }, "Start");
  const feet = ENDS.map((_, n) => h("div", { class: `ls-foot ls-end-${n}` }));
  const outcome = h("p", { class: "ls-outcome", role: "status" });
  const rule = h("p", { class: "ls-why" });

  function knob(name, text) {
    const input = h("input", { type: "range", step: 0.1, "aria-label": `${text}, seconds`, oninput: () => link.send("knob", { name, value: Number(input.value) }) });
    const number = h("output", { class: "ls-mono" });
    return {
      element: h("label", { class: "ls-knob" }, h("span", {}, text), input, number),
      draw({ now, limits }, off) {
        [input.min, input.max] = limits;
        if (Number(input.value) !== now) input.value = now;
        input.disabled = off;
        number.textContent = `${now.toFixed(1)} s`;
      },
    };
  }

  /** Something on the ladder that is dragged along time, or moved with the arrow keys. */
  function hand({ label, look, range, take }) {
    const element = h("button", { type: "button", class: `ls-hand ${look}`, role: "slider", "aria-orientation": "vertical", "aria-label": label });
    let now = 0;
    const offer = (at) => {
      const [least, most] = range();
      const next = Math.round(Math.min(most, Math.max(least, at)) * 10) / 10;
      if (next !== now && !state.running) take(next);
    };
    const at = (event) => (event.clientY - element.parentElement.getBoundingClientRect().top - TOP) / scale();
    element.addEventListener("pointerdown", (event) => element.setPointerCapture(event.pointerId));
    element.addEventListener("pointermove", (event) => { if (element.hasPointerCapture(event.pointerId)) offer(at(event)); });
    element.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 0.1, ArrowUp: -0.1, PageDown: 0.5, PageUp: -0.5, Home: -9, End: 9 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      offer(now + step);
    });
    return {
      element,
      place(seconds, text, spoken) {
        const [least, most] = range();
        now = seconds;
        element.style.top = `${TOP + seconds * scale()}px`;
        element.textContent = text;
        for (const [name, value] of Object.entries({ valuemin: least, valuemax: most, valuenow: seconds, valuetext: spoken })) element.setAttribute(`aria-${name}`, value);
      },
    };
  }

  const scale = () => (state.ladder.height - TOP - 12) / state.length;

  function scissors() {
    const one = hand({ label: "When it happens", look: "ls-scissors", range: () => state.knobs.at.limits, take: (value) => link.send("knob", { name: "at", value }) });
    one.draw = () => {
      one.element.hidden = state.story === "proxy" || state.number > 0;
      const at = state.knobs.at.now;
      one.place(at, { cut: "✂", hangs: "☾", blocked: "☾" }[state.story] || "", `after ${at.toFixed(1)} s`);
    };
    return one;
  }

  function guess(end) {
    const one = hand({ label: `Your guess: the ${ENDS[end]} knows`, look: `ls-guess ls-end-${end}`, range: () => [0, state.length], take: (at) => link.send("guess", { end, at }) });
    one.draw = () => {
      const { guess: at, guessed } = state.ends[end];
      one.element.hidden = state.number > 0; // what is known cannot be guessed
      one.place(at ?? 0, at === null ? "guess ↕" : `guess ${guessed}`, at === null ? "no guess yet" : guessed);
    };
    return one;
  }

  function draw(next) {
    state = next;
    if (state.number > 0 && state.number !== shown && shown !== -1) { // a new run: play it before its result is shown
      shown = state.number;
      ladder.draw(state.ladder);
      ladder.play(finish);
      return;
    }
    shown = state.number;
    finish();
  }

  function finish() {
    stories.draw(state.stories, state.story);
    if (!pingers.children.length) pingers.append(...state.pings.map(({ key, text }) => h("button", { type: "button", onclick: () => { if (!state.running) link.send("pings", { key }); } }, text)));
    state.pings.forEach(({ key }, n) => pingers.children[n].setAttribute("aria-pressed", String(key === state.pinger)));
    const quiet = state.pinger === "neither";
    Object.keys(KNOBS).forEach((name, n) => knobs[n].draw(state.knobs[name], quiet || state.running));
    bound.textContent = state.bound === null ? "" : `bound: ${state.bound.toFixed(1)} s`;
    sentence.textContent = state.sentence;
    root.classList.toggle("ls-plan", state.number === 0);
    ladder.draw(state.ladder);
    hands.forEach((one) => { one.element.setAttribute("aria-disabled", String(state.running)); one.draw(); });
    for (const button of [start, ...stories.element.children, ...pingers.children]) button.setAttribute("aria-disabled", String(state.running)); // not disabled: the focus would be lost
    start.textContent = state.running ? "running …" : state.number ? "Again" : "Start";
    state.ends.forEach((end, n) => drawFoot(feet[n], ENDS[n], end));
    outcome.textContent = state.outcome || "\u00a0";
    rule.textContent = state.rule || "\u00a0";
    said.textContent = state.number ? HINT : "Drag the two guesses down to where each end will know; at the foot: never. Drag the scissors.";
  }

  function drawFoot(foot, name, { came, guessed, right, says }) {
    foot.replaceChildren(
      h("span", {}, came === "never" ? `the ${name} knows` : `the ${name} knows at`),
      h("b", { class: "ls-when-known" }, came || "?"),
      h("small", { class: right === null ? "" : right ? "ls-yes" : "ls-no" }, right === null ? "\u00a0" : right ? "✓ as you guessed" : `✗ you guessed ${guessed}`),
      h("small", { class: "ls-faint" }, says || "\u00a0"),
    );
  }

  const more = h(
    "details", { class: "ls-more" }, h("summary", {}, "How this is measured, and what it does not show"),
    h("p", { class: "ls-faint" }, "Each time a new server, a new client of the library websockets, and a simulated network between them, for 2.6 seconds. Ping and pong are control frames of the protocol. Both programs run in loops of their own, and the one that hangs really hangs. A library takes 20 s where this page takes half a second; the shape is the same. A cut here is a black hole: no byte crosses, and nothing says so. An operating system repeats what was sent for about a quarter of an hour before it gives up."),
  );
  const foot = h("div", { class: "ls-three ls-feet" }, feet[0], h("div", { class: "ls-foot" }, start), feet[1]);
  const root = instrument(
    el, "heartbeat", "Who knows that it is over", stories.element,
    h("div", { class: "ls-row ls-who" }, h("span", {}, "Who pings:"), pingers), h("div", { class: "ls-row ls-knobs" }, ...knobs.map((one) => one.element), bound),
    sentence, ladder.element, said, foot, outcome, rule, more,
  );
  ladder.element.lastChild.append(...hands.map((one) => one.element));
  const link = follow(model, root, { snapshot: (first) => { shown = first.number; draw(first); }, news: draw });
  return () => { ladder.stop(); link.stop(); };
}

export default { render };
