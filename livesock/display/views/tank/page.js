// A slow reader, and who pays: two tanks that fill, two curves that grow, and a table of what was tried.
/* global count, follow, h, s -- from shared.js */
/* global instrument -- from instrument.js */
/* global makePlot -- from plot.js */

const HINT = "Point at the curves, or use the arrow keys: the numbers.";
const COLUMNS = ["the slow one read", "friend's price", "slow reader's price", "waited at most", "thrown away"];
const TOP = 26, FLOOR = 128, LEFT = 16, RIGHT = 136;

function render({ model, el }) {
  const policies = h("div", { class: "ls-wishes", role: "group", "aria-label": "What the server does with a slow reader" });
  const paces = h("span", { class: "ls-row", role: "group", "aria-label": "What the slow reader reads" });
  const sentence = h("p", { class: "ls-sentence", role: "status" });
  const tanks = [tank(), tank()];
  const said = h("p", { class: "ls-faint ls-said" }, HINT);
  const plot = makePlot({ label: "How old the prices are", explain: (text) => { said.textContent = text || HINT; } });
  const start = h("button", { type: "button", class: "ls-send", onclick: () => { if (start.getAttribute("aria-disabled") !== "true") link.send("start"); } }, "Start");
  const rule = h("p", { class: "ls-outcome", role: "status" });
  const whose = h("span", { class: "ls-faint" });
  const rows = h("tbody");
  const table = h("div", { class: "ls-tried", tabindex: 0, role: "group", "aria-label": "What was tried" }, h("table", {}, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "policy"), ...COLUMNS.map((name) => h("th", { scope: "col" }, name)))), rows));

  const root = instrument(
    el, "tank", "A slow reader, and who pays", policies, h("div", { class: "ls-row ls-go" }, h("span", {}, "The slow one reads"), paces, start, whose), sentence,
    h("div", { class: "ls-tanks" }, ...tanks.map((one) => one.element)), plot.element, said, rule, table,
    h("details", { class: "ls-more" }, h("summary", {}, "How this is measured, and what it does not show"), h("p", { class: "ls-faint" }, "A real server sends numbered prices to two real clients; the slow one calls recv() as often as the button says, from 0.6 s on. A tank holds what waits in the server's own queue. Dots behind it have left the queue and were not read yet: they are in the buffers of TCP and of the client's library, and no policy reaches them. These buffers are asked to be small here; usual ones hide megabytes. The age of a reader's newest price is looked at ten times a second. Without a policy livesock sends a reader away when it takes no byte for 10 s, or more than 4 MiB are added to what waits.")),
  );

  function tank() {
    const water = s("rect", { class: "ls-water", x: LEFT, width: RIGHT - LEFT, y: FLOOR, height: 0 });
    const lid = s("line", { class: "ls-lid", x1: LEFT - 8, x2: RIGHT + 8 });
    const lidText = s("text", { class: "ls-lid-text", x: RIGHT + 12 });
    const number = s("text", { class: "ls-number", x: (LEFT + RIGHT) / 2, "text-anchor": "middle" });
    const way = s("g", { class: "ls-way" });
    const picture = s(
      "svg", { viewBox: "0 0 300 176", role: "img" }, water, s("path", { class: "ls-wall", d: `M${LEFT} ${TOP - 10} V${FLOOR} H${RIGHT - 14} V164 H300 M${RIGHT} ${TOP - 10} V${FLOOR} V148 H300` }),
      lid, lidText, number, way,
    );
    const name = h("b");
    const lost = h("span", { class: "ls-lost" });
    const read = h("p", { class: "ls-faint" });
    const element = h("div", {}, h("p", { class: "ls-row" }, name, lost), picture, read);

    function fill(state) {
      const height = (prices) => (FLOOR - TOP) * Math.min(1, prices / state.scale);
      name.textContent = state.name;
      lost.textContent = state.closed ? "sent away" : state.dropped ? `${state.dropped} thrown away` : "";
      water.setAttribute("style", `y: ${FLOOR - height(state.waiting)}px; height: ${height(state.waiting)}px`);
      const lidAt = state.limit ? FLOOR - height(state.limit) : TOP - 8;
      for (const end of ["y1", "y2"]) lid.setAttribute(end, lidAt);
      lid.setAttribute("visibility", state.limit ? "visible" : "hidden");
      lidText.textContent = state.lid;
      lidText.setAttribute("y", lidAt + 4);
      number.textContent = state.waiting ? `${state.waiting} wait` : "empty";
      number.setAttribute("y", FLOOR - 24);
      picture.setAttribute("aria-label", `${count(state.waiting, "price")} of ${state.bytes} wait, ${state.way} on the way`);
      const dots = Math.min(state.way, 11);
      while (way.children.length > dots) way.lastChild.remove();
      while (way.children.length < dots) way.append(s("circle", { cx: 290 - 14 * way.children.length, cy: 156, r: 5 }));
      read.textContent = [state.waiting ? state.bytes : "", state.way ? `${state.way} on the way` : "", state.read].filter(Boolean).join(" · ");
    }

    return { element, fill };
  }

  /** Make the buttons once: a new button would lose the focus. */
  function fit(box, list, make) {
    if (box.children.length !== list.length) box.replaceChildren(...list.map(make));
  }

  function write(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  function draw(state) {
    fit(policies, state.policies, ({ key }) => h("button", { type: "button", onclick: () => link.send("policy", { key }) }, h("b"), h("code")));
    state.policies.forEach(({ key, name, code }, n) => {
      policies.children[n].setAttribute("aria-pressed", String(key === state.policy));
      write(policies.children[n].children[0], name);
      write(policies.children[n].children[1], code);
    });
    fit(paces, state.paces, ({ key, text }) => h("button", { type: "button", onclick: () => link.send("pace", { key }) }, text));
    state.paces.forEach(({ key }, n) => paces.children[n].setAttribute("aria-pressed", String(key === state.pace)));
    start.setAttribute("aria-disabled", String(state.running)); // not disabled: the focus would be lost
    write(start, state.running ? "running …" : "Start");
    write(whose, state.whose);
    write(sentence, state.sentence);
    write(rule, state.rule);
    state.tanks.forEach((one, n) => tanks[n].fill(one));
    plot.draw(state.plot);
    fit(rows, state.tried, () => h("tr", {}, h("th", { scope: "row" }), ...COLUMNS.map(() => h("td"))));
    state.tried.forEach(({ name, cells }, n) => [name, ...cells].forEach((text, cell) => write(rows.children[n].children[cell], text)));
  }

  const link = follow(model, root, { snapshot: draw, news: draw });
  return () => { plot.stop(); link.stop(); };
}

export default { render };
