// A hundred clients come back: a histogram of their attempts that grows, and a table of the ways to wait.
/* global follow, h, s -- from shared.js */
/* global instrument -- from instrument.js */

const COLUMNS = ["attempts", "at once, in 0.1 s", "all back after", "slowest handshake"];
const LEFT = 34, RIGHT = 8, TOP = 22, FLOOR = 190, HEIGHT = 216;
const HINT = "Point at a bar, or use the arrow keys: how many attempts. Grey: refused. Green: opened.";

function render({ model, el }) {
  let state = null;
  let now = -1; // the bar that is pointed at
  let width = 0;
  const drawn = {}; // what the axis and the bars were drawn for: beside them only the cursor moves

  const policies = h("div", { class: "ls-wishes", role: "group", "aria-label": "How the clients wait" });
  const sentence = h("p", { class: "ls-sentence", role: "status" });
  const axis = s("g"), bars = s("g"), cursor = s("line", { class: "ls-cursor", y1: TOP, y2: FLOOR });
  const chart = s("svg", { class: "ls-bars", role: "img", "aria-label": "attempts in each tenth of a second" }, axis, bars, cursor);
  const stage = h("div", { class: "ls-bars-stage", tabindex: 0, role: "group", "aria-label": "Attempts over time. Arrow keys: bar by bar.", onkeydown: walk, onpointermove: point, onpointerleave: () => show(-1), onblur: () => show(-1) }, chart);
  const said = h("p", { class: "ls-faint ls-said" }, HINT);
  const start = h("button", { type: "button", class: "ls-send", onclick: () => { if (start.getAttribute("aria-disabled") !== "true") link.send("start"); } }, "Restart the server");
  const rows = h("tbody");
  const table = h("div", { class: "ls-tried", tabindex: 0, role: "group", "aria-label": "What was tried" }, h("table", {}, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "each waits"), ...COLUMNS.map((name) => h("th", { scope: "col" }, name)))), rows));

  const root = instrument(
    el, "herd", "A hundred clients come back", policies, sentence, stage, said, h("div", { class: "ls-row ls-go" }, start), table,
    h("details", { class: "ls-more" }, h("summary", {}, "How this is measured, and what it does not show"), h("p", { class: "ls-faint" }, "A real server with a hundred real clients stops, and serves again on the same port a second later. A bar counts the attempts that began in a tenth of a second; the busiest tenth may lie across two bars. Server and clients share one process here, so a hundred handshakes at once take long; in life each may also cost a query, a login, a page. Waits are a quarter of what applications take: 1 s, 2 s, 4 s, up to 30 s.")),
  );

  const x = (seconds) => LEFT + (seconds / state.length) * (width - LEFT - RIGHT);

  function paint() {
    if (!state || !width) return;
    once("axis", [width, state.top, state.length, state.down], drawAxis);
    once("bars", [width, state.top, state.bins, now], drawBars);
    cursor.setAttribute("visibility", state.now === null ? "hidden" : "visible");
    for (const end of ["x1", "x2"]) cursor.setAttribute(end, x(state.now ?? 0));
  }

  function once(part, values, make) {
    const text = JSON.stringify(values);
    if (drawn[part] !== text) make();
    drawn[part] = text;
  }

  function drawAxis() {
    chart.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    chart.setAttribute("height", HEIGHT);
    const seconds = Array.from({ length: Math.floor(state.length) + 1 }, (_, n) => s("text", { x: x(n), y: FLOOR + 16, "text-anchor": n === state.length ? "end" : "middle" }, `${n} s`));
    axis.replaceChildren(
      ...[0.5, 1].flatMap((part) => [s("line", { class: "ls-grid", x1: LEFT, x2: width - RIGHT, y1: FLOOR - part * (FLOOR - TOP), y2: FLOOR - part * (FLOOR - TOP) }), s("text", { x: LEFT - 4, y: FLOOR - part * (FLOOR - TOP) + 4, "text-anchor": "end" }, String(part * state.top))]),
      s("rect", { class: "ls-away", x: LEFT, width: x(state.down) - LEFT, y: TOP, height: FLOOR - TOP }),
      s("text", { x: LEFT + 4, y: 14 }, "↑ attempts"),
      s("text", { class: "ls-back", x: x(state.down) + 4, y: 14 }, "it serves again →"),
      s("line", { class: "ls-floor", x1: LEFT, x2: width - RIGHT, y1: FLOOR, y2: FLOOR }), ...seconds,
    );
  }

  function drawBars() {
    const size = (count) => (count / state.top) * (FLOOR - TOP);
    const step = x(state.bin) - LEFT;
    bars.replaceChildren(...state.bins.flatMap(([refused, opened], n) => {
      const at = { x: x(n * state.bin), width: Math.max(1, step - 1) };
      const mark = n === now ? " ls-now" : "";
      return [
        ...(refused ? [s("rect", { ...at, class: `ls-refused${mark}`, y: FLOOR - size(refused), height: size(refused) })] : []),
        ...(opened ? [s("rect", { ...at, class: `ls-opened${mark}`, y: FLOOR - size(refused + opened), height: size(opened) })] : []),
      ];
    }));
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
    const at = ((event.clientX - stage.getBoundingClientRect().left - LEFT) / (width - LEFT - RIGHT)) * (state?.bins.length ?? 0);
    if (Math.floor(at) !== now) show(at >= 0 ? Math.floor(at) : -1);
  }

  /** Make the buttons once: a new button would lose the focus. */
  function fit(box, list, make) {
    if (box.children.length !== list.length) box.replaceChildren(...list.map(make));
  }

  function write(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  function draw(next) {
    state = next;
    fit(policies, state.policies, ({ key }) => h("button", { type: "button", onclick: () => { if (!state.running) link.send("policy", { key }); } }, h("b"), h("code")));
    state.policies.forEach(({ key, name, code }, n) => {
      const button = policies.children[n];
      button.setAttribute("aria-pressed", String(key === state.policy));
      write(button.children[0], name);
      write(button.children[1], code);
    });
    for (const button of [start, ...policies.children]) button.setAttribute("aria-disabled", String(state.running));
    write(start, state.running ? "running …" : "Restart the server");
    write(sentence, state.sentence);
    fit(rows, state.tried, () => h("tr", {}, h("th", { scope: "row" }), ...COLUMNS.map(() => h("td"))));
    state.tried.forEach(({ name, cells }, n) => [name, ...cells].forEach((text, cell) => write(rows.children[n].children[cell], text)));
    paint();
  }

  const watch = new ResizeObserver(() => {
    width = stage.clientWidth; // here the page is laid out already; asked in each draw it would be laid out anew
    paint();
  });
  watch.observe(stage);
  const link = follow(model, root, { snapshot: draw, news: draw });
  return () => { watch.disconnect(); link.stop(); };
}

export default { render };
