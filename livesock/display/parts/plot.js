// A plot: curves over two axes, each with its name at its right end. Arrow keys or the pointer walk from one place
// on the x axis to the next, and a sentence says what was measured there. Ticks and sentences come from the kernel.
/* exported makePlot */
/* global h, s -- from shared.js */

/**
 * `explain(text)` gets the sentence of the place that is pointed at, "" when there is none.
 * Returns { element, draw(plot), stop() }; `plot` is { x, y, curves, rules, stops, empty }, see plot.py.
 */
function makePlot({ label, explain }) {
  const HEIGHT = 310, LEFT = 50, TOP = 28, BOTTOM = 44;
  const chart = s("svg", { class: "ls-plot-chart", role: "img" });
  const element = h("div", { class: "ls-plot", tabindex: 0, role: "group", "aria-label": `${label}. Arrow keys: place by place.`, onkeydown: walk, onpointermove: point, onpointerleave: leave, onblur: leave }, chart);
  let plot = null;
  let now = -1; // the stop that is pointed at
  let right = 0;

  const share = (axis, value) => (axis.log ? Math.log(value / axis.from) / Math.log(axis.to / axis.from) : (value - axis.from) / (axis.to - axis.from));
  const px = (value) => LEFT + share(plot.x, value) * (right - LEFT);
  const py = (value) => HEIGHT - BOTTOM - share(plot.y, value) * (HEIGHT - BOTTOM - TOP);

  function draw(next) {
    plot = next ?? plot;
    explain(plot?.stops[now]?.text ?? "");
    const width = element.clientWidth;
    if (!plot || !width) return;
    right = width - 134;
    chart.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    chart.setAttribute("height", HEIGHT);
    chart.setAttribute("aria-label", plot.empty || plot.curves.map((curve) => curve.name).join(", "));
    const floor = HEIGHT - BOTTOM;
    chart.replaceChildren(
      ...plot.x.ticks.flatMap(([value, text]) => [s("line", { class: "ls-grid", x1: px(value), x2: px(value), y1: TOP, y2: floor }), s("text", { x: px(value), y: floor + 16, "text-anchor": "middle" }, text)]),
      ...plot.y.ticks.flatMap(([value, text]) => [s("line", { class: "ls-grid", x1: LEFT, x2: right, y1: py(value), y2: py(value) }), s("text", { x: LEFT - 6, y: py(value) + 4, "text-anchor": "end" }, text)]),
      s("text", { class: "ls-axis", x: right, y: HEIGHT - 8, "text-anchor": "end" }, `${plot.x.text} →`),
      s("text", { class: "ls-axis", x: 4, y: 14 }, `↑ ${plot.y.text}`),
      ...(now >= 0 && plot.stops[now] ? [s("line", { class: "ls-now", x1: px(plot.stops[now].x), x2: px(plot.stops[now].x), y1: TOP, y2: floor })] : []),
      s("svg", { class: "ls-curves", x: 0, y: TOP - 6, width, height: floor - TOP + 12, viewBox: `0 ${TOP - 6} ${width} ${floor - TOP + 12}` }, ...plot.curves.flatMap(drawn)),
      ...plot.rules.map(rule),
      ...labels(),
    );
    if (plot.empty) chart.append(s("text", { class: "ls-axis", x: (LEFT + right) / 2, y: HEIGHT / 2, "text-anchor": "middle" }, plot.empty));
  }

  function drawn({ hue, mark, dashed, line, points }) {
    const path = line.length ? [s("polyline", { class: `ls-curve ls-hue-${hue}${dashed ? " ls-dashed" : ""}`, points: line.map(([x, y]) => `${px(x)},${py(y)}`).join(" ") })] : [];
    return [...path, ...points.map(([x, y]) => sign(mark, hue, px(x), py(y)))];
  }

  function sign(mark, hue, x, y) {
    const at = { class: `ls-sign ls-hue-${hue}` };
    if (mark === "circle") return s("circle", { ...at, cx: x, cy: y, r: 4.5 });
    if (mark === "square") return s("rect", { ...at, x: x - 4, y: y - 4, width: 8, height: 8 });
    const corners = mark === "triangle" ? [[0, -5], [5, 4], [-5, 4]] : [[0, -6], [6, 0], [0, 6], [-6, 0]];
    return s("polygon", { ...at, points: corners.map(([a, b]) => `${x + a},${y + b}`).join(" ") });
  }

  function rule({ x, text, hue, row, to_right: toRight }) {
    return s("g", { class: `ls-rule ls-hue-${hue}` }, s("line", { x1: px(x), x2: px(x), y1: TOP, y2: HEIGHT - BOTTOM }), s("text", { x: px(x) + (toRight ? 6 : -6), y: TOP + 10 + 16 * row, "text-anchor": toRight ? "start" : "end" }, text));
  }

  function labels() { // beside the end of each curve, pushed apart where they would lie on each other
    const ends = plot.curves.filter(({ line, points }) => line.length || points.length).map((curve) => {
      const [, y] = curve.line.at(-1) ?? curve.points.at(-1);
      return { curve, y: Math.min(Math.max(py(y), TOP), HEIGHT - BOTTOM) };
    }).sort((one, other) => one.y - other.y);
    ends.forEach((end, n) => { if (n) end.y = Math.max(end.y, ends[n - 1].y + 17); });
    const over = ends.length ? ends.at(-1).y - (HEIGHT - BOTTOM + 4) : 0;
    return ends.flatMap(({ curve, y }) => [sign(curve.mark, curve.hue, right + 14, y - Math.max(over, 0)), s("text", { class: `ls-name ls-hue-${curve.hue}`, x: right + 24, y: y + 4 - Math.max(over, 0) }, curve.name)]);
  }

  function go(to) {
    if (to === now) return;
    now = to;
    draw();
  }

  function walk(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || !plot?.stops.length) return;
    event.preventDefault();
    event.stopPropagation();
    go(Math.min(Math.max(now + step, 0), plot.stops.length - 1));
  }

  function point(event) {
    if (!plot?.stops.length) return;
    const x = event.clientX - element.getBoundingClientRect().left;
    const far = plot.stops.map((stop) => Math.abs(px(stop.x) - x));
    go(far.indexOf(Math.min(...far)));
  }

  function leave() {
    go(-1);
  }

  const watch = new ResizeObserver(() => draw());
  watch.observe(element);
  return { element, draw, stop: () => watch.disconnect() };
}
