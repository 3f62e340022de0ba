// A hundred clients come back: a histogram of their attempts that grows, and a table of the ways to wait.
/* global follow, h, s -- from shared.js */
/* global instrument -- from instrument.js */

const COLUMNS = ["attempts", "at once, in 0.1 s", "all back after", "slowest handshake"];
const LEFT = 34, RIGHT = 8, TOP = 22, FLOOR = 190, HEIGHT = 216;
const HINT = "Point at a bar, or use the arrow keys: how many attempts. Grey: refused. Green: opened.";

function render({ model, el }) {
  let state = null;
  let now = -1; // the bar that is pointed at

  const policies = h("div", { class: "ls-wishes", role: "group", "aria-label": "How the clients wait" });
  const sentence = h("p", { class: "ls-sentence", role: "status" });
  const chart = s("svg", { class: "ls-bars", role: "img", "aria-label": "attempts in each tenth of a second" });
  const stage = h("div", { class: "ls-bars-stage", tabindex: 0, role: "group", "aria-label": "Attempts over time. Arrow keys: bar by bar.", onkeydown: walk, onpointermove: point, onpointerleave: () => show(-1), onblur: () => show(-1) }, chart);
  const said = h("p", { class: "ls-faint ls-said" }, HINT);
  const start = h("button", { type: "button", class: "ls-send", onclick: () => { if (start.getAttribute("aria-disabled") !== "true") link.send("start"); } }, "Restart the server");
  const rows = h("tbody");
  const table = h("div", { class: "ls-tried", tabindex: 0, role: "group", "aria-label": "What was tried" }, h("table", {}, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "each waits"), ...COLUMNS.map((name) => h("th", { scope: "col" }, name)))), rows));

  const root = instrument(
    el, "herd", "A hundred clients come back", policies, sentence, stage, said, h("div", { class: "ls-row ls-go" }, start), table,
    h("details", { class: "ls-more" }, h("summary", {}, "How this is measured, and what it does not show"), h("p", { class: "ls-faint" }, "A real server with a hundred real clients stops, and serves again on the same port a second later. A bar counts the attempts that began in a tenth of a second; the busiest tenth may lie across two bars. Server and clients share one process here, so a hundred handshakes at once take long; in life each may also cost a query, a login, a page. Waits are a quarter of what applications take: 1 s, 2 s, 4 s, up to 30 s.")),
  );

  const x = (seconds, width) => LEFT + (seconds / state.length) * (width - LEFT - RIGHT);

  function paint() {
    const width = stage.clientWidth;
    if (!state || !width) return;
    chart.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    chart.setAttribute("height", HEIGHT);
    const size = (count) => (count / state.top) * (FLOOR - TOP);
    const step = x(state.bin, width) - LEFT;
    const bars = state.bins.flatMap(([refused, opened], n) => {
      const at = { x: x(n * state.bin, width), width: Math.max(1, step - 1) };
      const mark = n === now ? " ls-now" : "";
      return [
        ...(refused ? [s("rect", { ...at, class: `ls-refused${mark}`, y: FLOOR - size(refused), height: size(refused) })] : []),
        ...(opened ? [s("rect", { ...at, class: `ls-opened${mark}`, y: FLOOR - size(refused + opened), height: size(opened) })] : []),
      ];
    });
    const seconds = Array.from({ length: Math.floor(state.length) + 1 }, (_, n) => s("text", { x: x(n, width), y: FLOOR + 16, "text-anchor": n === state.length ? "end" : "middle" }, `${n} s`));
    chart.replaceChildren(
      ...[0.5, 1].flatMap((part) => [s("line", { class: "ls-grid", x1: LEFT, x2: width - RIGHT, y1: FLOOR - part * (FLOOR - TOP), y2: FLOOR - part * (FLOOR - TOP) }), s("text", { x: LEFT - 4, y: FLOOR - part * (FLOOR - TOP) + 4, "text-anchor": "end" }, String(part * state.top))]),
      s("rect", { class: "ls-away", x: LEFT, width: x(state.down, width) - LEFT, y: TOP, height: FLOOR - TOP }),
      s("text", { x: LEFT + 4, y: 14 }, "↑ attempts"),
      s("text", { class: "ls-back", x: x(state.down, width) + 4, y: 14 }, "it serves again →"),
      s("line", { class: "ls-floor", x1: LEFT, x2: width - RIGHT, y1: FLOOR, y2: FLOOR }), ...bars, ...seconds,
      ...(state.now === null ? [] : [s("line", { class: "ls-cursor", x1: x(state.now, width), x2: x(state.now, width), y1: TOP, y2: FLOOR })]),
    );
  }

  function show(n) {
    now = n;
    const bar = state?.bins[n];
    said.textContent = bar ? `From ${(n * state.bin).toFixed(1)} s: ${bar[0] + bar[1]} attempts, ${bar[0]} refused, ${bar[1]} opened.` : HINT;
    paint();
  }

  function walk(event) {
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!move || !state) return;
    event.preventDefault();
    event.stopPropagation();
    show(Math.min(Math.max(now + move, 0), state.bins.length - 1));
  }

  function point(event) {
    const width = stage.clientWidth;
    const at = ((event.clientX - stage.getBoundingClientRect().left - LEFT) / (width - LEFT - RIGHT)) * (state?.bins.length ?? 0);
    if (Math.floor(at) !== now) show(at >= 0 ? Math.floor(at) : -1);
  }

  /** Make the buttons once: a new button would lose the focus. */
  function fit(box, list, make) {
    if (box.children.length !== list.length) box.replaceChildren(...list.map(make));
  }

  function draw(next) {
    state = next;
    fit(policies, state.policies, ({ key }) => h("button", { type: "button", onclick: () => link.send("policy", { key }) }, h("b"), h("code")));
    state.policies.forEach(({ key, name, code }, n) => {
      const button = policies.children[n];
      button.setAttribute("aria-pressed", String(key === state.policy));
      button.children[0].textContent = name;
      button.children[1].textContent = code;
    });
    start.setAttribute("aria-disabled", String(state.running));
    start.textContent = state.running ? "running …" : "Restart the server";
    if (sentence.textContent !== state.sentence) sentence.textContent = state.sentence;
    fit(rows, state.tried, () => h("tr", {}, h("th", { scope: "row" }), ...COLUMNS.map(() => h("td"))));
    state.tried.forEach(({ name, cells }, n) => [name, ...cells].forEach((text, cell) => { rows.children[n].children[cell].textContent = text; }));
    paint();
  }

  const watch = new ResizeObserver(paint);
  watch.observe(stage);
  const link = follow(model, root, { snapshot: draw, news: draw });
  return () => { watch.disconnect(); link.stop(); };
}

export default { render };
