// A rate limiter as a bucket that fills: tokens drip in, messages take them out.
/* global follow, h, s -- from shared.js */
/* global instrument -- from instrument.js */

const LEFT = 30, RIGHT = 190, TOP = 46, FLOOR = 196;

function render({ model, el }) {
  const sentence = h("p", { class: "ls-sentence", role: "status" });
  const water = s("rect", { class: "ls-water", x: LEFT, width: RIGHT - LEFT });
  const lid = s("text", { class: "ls-small", x: RIGHT + 10, y: TOP + 4 });
  const tap = s("text", { class: "ls-small", x: (LEFT + RIGHT) / 2, y: 14, "text-anchor": "middle" });
  const number = s("text", { class: "ls-number", x: (LEFT + RIGHT) / 2, y: FLOOR - 12, "text-anchor": "middle" });
  const picture = s(
    "svg", { viewBox: "0 0 280 206", role: "img" }, water, s("line", { class: "ls-lid", x1: LEFT - 8, x2: RIGHT + 8, y1: TOP, y2: TOP }),
    s("path", { class: "ls-wall", d: `M${LEFT} ${TOP - 14} V${FLOOR} H${RIGHT} V${TOP - 14}` }), s("path", { class: "ls-drip", d: `M${(LEFT + RIGHT) / 2} 20 V${TOP - 6}` }), lid, tap, number,
  );
  const dots = h("div", { class: "ls-dots", role: "img" });
  const counts = h("p", { class: "ls-counts" });
  const whose = h("span", { class: "ls-faint" });
  const press = choice("Send", "press", (n) => (n === 1 ? "one message" : `${n} at once`), false);
  const stream = choice("or steadily", "stream", (n) => (n ? `${n} a second` : "none"), true);
  const rate = choice("rate", "rate", (n) => `${n} a second`, true);
  const burst = choice("burst", "burst", String, true);

  const root = instrument(
    el, "bucket", "A bucket that fills", h("div", { class: "ls-row" }, rate.element, burst.element, whose), sentence,
    h("div", { class: "ls-two" }, picture, h("div", {}, h("p", { class: "ls-faint" }, "the newest messages: ● got through, ○ was stopped"), dots, counts)),
    h("div", { class: "ls-row ls-go" }, press.element, stream.element),
    h("details", { class: "ls-more" }, h("summary", {}, "What this does not show"), h("p", { class: "ls-faint" }, "Each message crosses a real WebSocket, and the server answers yes or no. What to do with a no is for you to choose: drop the message, say so, or close with 1008. A limit for each connection does not bound a person, who opens ten; count them, too, and limit by user or address.")),
  );

  /** A row of numbers to choose from. */
  function choice(label, kind, text, holds) {
    const element = h("span", { class: "ls-row ls-choice", role: "group", "aria-label": label }, h("span", { class: "ls-faint" }, label));
    function show(values, now) {
      if (element.children.length === 1) element.append(...values.map((value) => h("button", { type: "button", class: holds ? "" : "ls-press", onclick: () => link.send(kind, { value }) }, text(value))));
      if (holds) values.forEach((value, n) => element.children[n + 1].setAttribute("aria-pressed", String(value === now)));
    }
    return { element, draw: show };
  }

  function draw(state) {
    rate.draw(state.rates, state.rate);
    burst.draw(state.bursts, state.burst);
    stream.draw(state.streams, state.stream);
    press.draw(state.presses);
    if (sentence.textContent !== state.sentence) sentence.textContent = state.sentence;
    whose.textContent = state.whose;
    const height = (FLOOR - TOP) * Math.min(1, state.level / state.burst);
    water.setAttribute("style", `y: ${FLOOR - height}px; height: ${height}px`);
    water.classList.toggle("ls-low", state.level < 1);
    number.textContent = `${state.level.toFixed(1)} tokens`;
    lid.textContent = `burst ${state.burst}`;
    tap.textContent = `${state.rate} a second come in`;
    picture.setAttribute("aria-label", `${state.level.toFixed(1)} of ${state.burst} tokens`);
    while (dots.children.length > state.dots.length) dots.lastChild.remove();
    while (dots.children.length < state.dots.length) dots.append(h("i"));
    state.dots.forEach(({ passed, right }, n) => {
      dots.children[n].className = `${passed ? "ls-passed" : "ls-stopped"}${right ? "" : " ls-judged-wrong"}`;
      dots.children[n].textContent = passed ? "●" : "○";
    });
    dots.setAttribute("aria-label", `${state.dots.filter((one) => one.passed).length} of the newest ${state.dots.length} messages got through`);
    counts.textContent = `${state.passed} got through, ${state.stopped} were stopped`;
  }

  const link = follow(model, root, { snapshot: draw, news: draw });
  return () => link.stop();
}

export default { render };
