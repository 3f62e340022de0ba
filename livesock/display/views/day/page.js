// A day of a client: a strip that grows, green where it was connected; what happened, and how long it took to be back.
/* global follow, h, s -- from shared.js */
/* global instrument, presetRow -- from instrument.js */

const TOP = 20, BAR = 40, HEIGHT = 84;

function render({ model, el }) {
  let state = null;

  const lengths = presetRow({ label: "How long", choose: (key) => link.send("length", { key }) });
  const sentence = h("p", { class: "ls-sentence" });
  const chart = s("svg", { class: "ls-strip-of-day", role: "img" });
  const stage = h("div", {}, chart);
  const start = h("button", { type: "button", class: "ls-send", onclick: () => link.send(state.running ? "stop" : "start") });
  const whose = h("span", { class: "ls-faint" });
  const figures = h("dl", { class: "ls-figures" });
  const rows = h("tbody");
  const table = h("div", { class: "ls-met", tabindex: 0, role: "group", "aria-label": "What happened" }, h("table", {}, h("thead", {}, h("tr", {}, ...["at", "what happened", "your client"].map((name) => h("th", { scope: "col" }, name)))), rows));
  const root = instrument(
    el, "day", "A day of your client", lengths.element, sentence, stage, h("div", { class: "ls-row ls-go" }, start, whose), figures, table,
    h("details", { class: "ls-more" }, h("summary", {}, "How this is measured, and what it does not show"), h("p", { class: "ls-faint" }, "A real client of the library websockets, without its own heartbeat; a simulated network; a real server. Every duration is a hundredth: 20 s before a ping are 0.2 s here. What your classes are given are seconds of the day. The proxy cuts what is silent for 60 s. A machine that sleeps is a loop that stands still. What was sent while away is lost: lesson 12 will ask about that.")),
  );

  function paint() {
    const width = stage.clientWidth;
    if (!state || !width) return;
    const x = (seconds) => (seconds / state.length) * width;
    chart.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    chart.setAttribute("height", HEIGHT);
    chart.setAttribute("aria-label", state.sentence);
    chart.replaceChildren(
      s("rect", { class: "ls-away", x: 0, width, y: TOP, height: BAR }),
      ...state.spans.map(([from, to]) => s("rect", { class: "ls-up", x: x(from), width: Math.max(0.5, x(to) - x(from)), y: TOP, height: BAR })),
      ...state.troubles.map(({ at, text }) => mark(x(at), s("title", {}, text))),
      ...(state.now === null ? [] : [s("line", { class: "ls-cursor", x1: x(state.now), x2: x(state.now), y1: TOP - 4, y2: TOP + BAR + 4 })]),
      s("text", { x: 0, y: HEIGHT - 6 }, "00:00"), s("text", { x: width, y: HEIGHT - 6, "text-anchor": "end" }, state.ends),
    );
  }

  function mark(x, title) {
    if (state.crowded) return s("rect", { class: "ls-met-at", x: x - 0.5, width: 1, y: 8, height: 7 }, title);
    return s("text", { class: "ls-met-at", x, y: 14, "text-anchor": "middle" }, "▼", title);
  }

  function draw(next) {
    state = next;
    lengths.draw(state.lengths, state.chosen);
    sentence.textContent = state.sentence;
    start.textContent = state.running ? "Stop" : "Begin";
    whose.textContent = state.whose;
    figures.replaceChildren(...state.figures.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
    rows.replaceChildren(...state.lines.map((cells) => h("tr", {}, ...cells.map((text) => h("td", {}, text)))));
    paint();
  }

  const watch = new ResizeObserver(paint);
  watch.observe(stage);
  const link = follow(model, root, { snapshot: draw, news: draw });
  return () => { watch.disconnect(); link.stop(); };
}

export default { render };
