// Latency against distance: curves that grow while the kernel measures; a slider measures at one more distance.
/* global follow, h -- from shared.js */
/* global instrument, presetRow -- from instrument.js */
/* global makePlot -- from plot.js */

const HINT = "Point at the plot, or use the arrow keys: the numbers.";

function render({ model, el }) {
  const presets = presetRow({ label: "What is measured", choose: (value) => link.send("preset", { value }) });
  const sentence = h("p", { class: "ls-sentence", role: "status" });
  const said = h("p", { class: "ls-faint ls-said" }, HINT);
  const plot = makePlot({ label: "What was measured", explain: (text) => { said.textContent = text || HINT; } });
  const shown = h("output", { class: "ls-mono" }, "150 ms");
  const slider = h("input", { type: "range", min: 0, max: 200, step: 5, value: 150, "aria-label": "milliseconds there and back", oninput: () => { shown.textContent = `${slider.value} ms`; } });
  const sweep = h("button", { type: "button", class: "ls-send", onclick: () => ask("sweep") }, "Measure");
  const here = h("button", { type: "button", onclick: () => ask("here", { value: +slider.value }) }, "Measure there");
  const far = h("span", { class: "ls-row" }, h("label", { class: "ls-row" }, "and at", slider, shown), here);

  function ask(kind, content) {
    if (sweep.getAttribute("aria-disabled") !== "true") link.send(kind, content);
  }

  function draw(state) {
    presets.draw(state.presets, state.chosen);
    sentence.textContent = state.sentence;
    for (const button of [sweep, here]) button.setAttribute("aria-disabled", String(state.running)); // not disabled: the focus would be lost
    sweep.textContent = state.running ? "measuring …" : "Measure";
    far.hidden = !state.far;
    plot.draw(state.plot);
  }

  const root = instrument(
    el, "latency", "Latency against distance", presets.element, sentence, plot.element, said, h("div", { class: "ls-row ls-go" }, sweep, far),
    h("details", { class: "ls-more" }, h("summary", {}, "What this does not show"), h("p", { class: "ls-faint" }, "Each dot is a real connection on this machine, through a line that holds every byte back for half of the time; TCP's handshake takes its round trip there. The median of three questions, after one that does not count, or of seven pieces of news. The poller asks every 0.3 s. Real lines vary more, and TLS adds one round trip, or two, to a new connection. The loss is played: from position 3 on the line holds all back for 0.2 s, the time after which TCP often sends a segment again, and that datagram is not sent at all.")),
  );
  const link = follow(model, root, { snapshot: draw, news: draw });
  return () => { plot.stop(); link.stop(); };
}

export default { render };
