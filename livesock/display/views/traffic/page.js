// Bytes against rate: lines that move with the knobs, dots that are counted.
/* global follow, h -- from shared.js */
/* global instrument, presetRow -- from instrument.js */
/* global makePlot -- from plot.js */

const HINT = "Lines follow from the parts; count a minute to check them with dots.";
const EVERY = [0.5, 1, 2, 5, 10, 20, 30, 60, 120];
const BEAT = [1, 2, 5, 10, 20, 30, 60];

function render({ model, el }) {
  let stops = [];
  const presets = presetRow({ label: "Examples", choose: (value) => link.send("preset", { value }) });
  const sentence = h("p", { class: "ls-sentence", role: "status" });
  const said = h("p", { class: "ls-faint ls-said" }, HINT);
  const plot = makePlot({ label: "Bytes per second against events per second", explain: (text) => { said.textContent = text || (stops.length ? "Point at the plot, or use the arrow keys: the numbers." : HINT); } });
  const every = knob("a poll every", EVERY);
  const beat = knob("a heartbeat every", BEAT);
  const browser = h("input", { type: "checkbox", onchange: turn });
  const go = h("button", { type: "button", class: "ls-send", onclick: () => { if (go.getAttribute("aria-disabled") !== "true") link.send("count"); } }, "Count a minute");
  const parts = h("p", { class: "ls-faint" });
  const own = h("p", { class: "ls-own" });

  function knob(label, values) {
    const shown = h("output", { class: "ls-mono" });
    const slider = h("input", { type: "range", min: 0, max: values.length - 1, step: 1, "aria-label": `${label}, seconds`, oninput: () => { say(); turn(); } });
    const say = () => {
      shown.textContent = `${values[slider.value]} s`;
      slider.setAttribute("aria-valuetext", shown.textContent);
    };
    const nearest = (value) => values.reduce((best, one, n) => (Math.abs(one - value) < Math.abs(values[best] - value) ? n : best), 0);
    return {
      element: h("label", { class: "ls-row" }, label, slider, shown),
      get value() { return values[slider.value]; },
      set(value) {
        slider.value = nearest(value);
        say();
      },
    };
  }

  function turn() {
    link.send("knobs", { value: { every: every.value, beat: beat.value, browser: browser.checked } });
  }

  function draw(state) {
    stops = state.plot.stops;
    presets.draw(state.presets, state.chosen);
    sentence.textContent = state.sentence;
    every.set(state.every);
    beat.set(state.beat);
    browser.checked = state.browser;
    parts.textContent = state.parts;
    own.textContent = state.own;
    own.hidden = !state.own;
    go.setAttribute("aria-disabled", String(state.running)); // not disabled: the focus would be lost
    go.textContent = state.running ? "counting …" : "Count a minute";
    plot.draw(state.plot);
  }

  const root = instrument(
    el, "traffic", "Bytes against rate", presets.element, sentence, plot.element, said, own,
    h("div", { class: "ls-row ls-go" }, go, every.element, beat.element, h("label", { class: "ls-row" }, browser, "a browser's headers")), parts,
    h("details", { class: "ls-more" }, h("summary", {}, "What this does not show"), h("p", { class: "ls-faint" }, "Both axes grow by tens. The news itself travels in every way and is left out; so are the headers of TCP and IP, 40 bytes a segment or more. A dot is a whole minute of real requests, events and heartbeats, sent without the pauses in between: bytes do not depend on the clock. Delay does: a poll is late by half of its pause on average. Where a long-poll would need more than 700 exchanges, no dot is drawn.")),
  );
  const link = follow(model, root, { snapshot: draw, news: draw });
  return () => { plot.stop(); link.stop(); };
}

export default { render };
