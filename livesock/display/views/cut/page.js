// Numbers across a cut: two bands, one for each direction, with what the sender believes and what the receiver got.
/* global follow, h, s -- from shared.js */
/* global instrument -- from instrument.js */

const TITLES = { client: "The client", server: "The server", cut: "The cut is" };
const TOP = 34, BOTTOM = 122, MIDDLE = 78;
const FOOT = 20; // for what the zones say, below the signs

function render({ model, el }) {
  const switches = h("div", { class: "ls-switches" });
  const start = h("button", { type: "button", class: "ls-send", onclick: () => { if (start.getAttribute("aria-disabled") !== "true") link.send("start"); } }, "Send");
  const whose = h("span", { class: "ls-faint" });
  const sentence = h("p", { class: "ls-sentence", role: "status" });
  const pictures = h("div", { class: "ls-bands" });
  const rules = h("div", { class: "ls-rules", role: "status" });

  const root = instrument(
    el, "cut", "Ten numbers each way, across a cut", sentence, pictures, rules, switches, h("div", { class: "ls-row ls-go" }, start, whose),
    h("details", { class: "ls-more" }, h("summary", {}, "How this is done, and what it does not show"), h("p", { class: "ls-faint" }, "A real Socket.IO server and client, with a simulated network in between. The server's handler for 4 cuts it: a reset both ends see at once, or a black hole that only the heartbeat finds (0.8 s and 0.5 s here; usual are 25 s and 20 s, and so more is lost). The place of a number is its order, not its time. In a black hole TCP would deliver late what it has accepted, if the line came back before the heartbeat gave up; here it does not.")),
  );

  /** Make the buttons once: a new button would lose the focus. */
  function drawSwitches(state) {
    if (switches.children.length !== state.switches.length) {
      switches.replaceChildren(...state.switches.map(({ switch: name, list }) => h(
        "div", { class: "ls-switch", role: "group", "aria-label": TITLES[name] }, h("b", {}, TITLES[name]),
        ...list.map(({ key, name: text, how }) => h("button", { type: "button", onclick: () => link.send(name, { key }) }, h("span", {}, text), h("small", {}, ...marked(how)))),
      )));
    }
    state.switches.forEach(({ chosen, list }, n) => list.forEach(({ key }, place) => {
      const button = switches.children[n].children[place + 1];
      button.setAttribute("aria-pressed", String(key === chosen));
      button.setAttribute("aria-disabled", String(state.running));
    }));
  }

  /** Words, with what stands between backticks as code. */
  const marked = (text) => text.split("`").map((part, n) => (n % 2 ? h("code", {}, part) : part));

  function chip({ number, x, tone }, y, isSent) {
    return s("g", { class: `ls-chip ls-fate-${tone}${isSent ? "" : " ls-unsent"}` }, s("circle", { cx: x, cy: y, r: 14 }), s("text", { x, y: y + 4.5, "text-anchor": "middle" }, String(number)));
  }

  function word(x, y, text, tone = "") {
    return s("text", { class: `ls-word ${tone}`, x, y, "text-anchor": "middle" }, text);
  }

  /** What a zone says; a narrow picture has no room for the "cut:" before it. */
  function named({ from, to, text }) {
    const [what, knows] = text.split(": ");
    return s("text", { class: "ls-word ls-zone-word", x: (from + to) / 2, y: BOTTOM + 48, "text-anchor": "middle" }, ...(knows ? [s("tspan", { class: "ls-zone-cut" }, `${what}: `), knows] : [text]));
  }

  function picture(band, state) {
    const [width, height] = state.size;
    const zones = state.zones.flatMap((zone) => [
      s("rect", { class: `ls-zone ls-zone-${zone.tone}`, x: zone.from, y: 4, width: zone.to - zone.from, height: height + FOOT - 8 }),
      named(zone),
    ]);
    const links = band.links.flatMap(({ from, to, tone }) => {
      const end = tone === "lost" ? MIDDLE - 12 : BOTTOM - 15;
      const line = s("line", { class: `ls-link ls-fate-${tone}`, x1: from, y1: TOP + 15, x2: to, y2: end });
      return tone === "lost" ? [line, s("text", { class: "ls-lost-mark", x: to, y: end + 11, "text-anchor": "middle" }, "✗")] : [line];
    });
    const rails = [TOP, BOTTOM].map((y) => s("line", { class: "ls-rail", x1: 76, x2: width - 8, y1: y, y2: y }));
    const names = [[band.sender, TOP], [band.receiver, BOTTOM]].map(([name, y]) => s("text", { class: "ls-end", x: 8, y: y + 5 }, name));
    const sent = band.top.flatMap((one) => [chip(one, TOP, one.is_sent), word(one.x, TOP - 20, one.word, "ls-belief")]);
    const came = band.bottom.flatMap((one) => [chip(one, BOTTOM, true), word(one.x, BOTTOM + 29, one.sign, `ls-fate-${one.tone}`)]);
    const label = `From the ${band.sender} to the ${band.receiver}, which got: ${band.heard || "nothing yet"}`;
    return s("svg", { viewBox: `0 0 ${width} ${height + FOOT}`, role: "img", "aria-label": label }, ...zones, ...rails, ...names, ...links, ...sent, ...came);
  }

  function counts(band) {
    return h(
      "p", { class: "ls-row ls-counts" },
      ...band.counts.map(({ name, sign, count }) => h("span", { class: `ls-fate-${name}${count ? "" : " ls-none"}` }, `${sign} ${name} ${count}`)),
      h("span", { class: "ls-faint" }, band.believes ? `The ${band.sender} believes: ${band.believes}` : ""),
    );
  }

  function draw(state) {
    drawSwitches(state);
    start.setAttribute("aria-disabled", String(state.running)); // not disabled: the focus would be lost
    start.textContent = state.running ? "running …" : "Send";
    whose.textContent = state.whose;
    if (sentence.textContent !== state.sentence) sentence.textContent = state.sentence;
    pictures.replaceChildren(...state.bands.flatMap((band) => [h("div", { class: "ls-band" }, picture(band, state)), counts(band)]));
    const told = state.rules.join("\n");
    if (rules.dataset.told !== told) {
      rules.dataset.told = told;
      rules.replaceChildren(...state.rules.map((rule) => h("p", { class: "ls-outcome" }, rule)));
    }
  }

  const link = follow(model, root, { snapshot: draw, news: draw });
  return () => link.stop();
}

export default { render };
