// Five lanes: a line for each event, a bar while it is under way, a dot when the client has it.
/* global follow, h, panel, s -- from shared.js */

const LEFT = 190, RIGHT = 700, LANE = 34, TOP = 24;

function render({ model, el }) {
  const options = model.get("options");
  const length = (seconds) => (seconds < 1 ? `${+(seconds * 1000).toPrecision(4)} ms` : `${+seconds.toPrecision(4)} s`);
  const knob = (label, name, choices) => {
    const select = h("select", {}, ...choices.map(([value, text]) => h("option", { value: String(value), selected: value === options[name] }, text)));
    if (!choices.some(([value]) => value === options[name])) {
      const text = name === "events" ? String(options[name]) : length(options[name]);
      select.prepend(h("option", { value: String(options[name]), selected: true }, text));
    }
    return [select, h("label", { class: "ls-row" }, label, select)];
  };
  const [delay, delayBox] = knob("distance, one way", "delay", [[0, "none"], [0.005, "5 ms"], [0.025, "25 ms"], [0.1, "100 ms"], [0.3, "300 ms"]]);
  const [gap, gapBox] = knob("an event every", "gap", [[0.03, "30 ms"], [0.15, "150 ms"], [0.5, "0.5 s"], [2, "2 s"]]);
  const [every, everyBox] = knob("poll every", "every", [[0.03, "30 ms"], [0.1, "0.1 s"], [0.3, "0.3 s"], [1, "1 s"], [5, "5 s"]]);
  const [events, eventsBox] = knob("events", "events", [[5, "5"], [20, "20"], [100, "100"]]);
  const start = h("button", { type: "button", onclick: go }, "Start the race");
  const status = h("output", { class: "ls-race-status" }, "Turn the knobs, guess who wins, then start.");
  const chart = s("svg", { class: "ls-race-chart", role: "img", "aria-label": "The race as a picture; the table below has its numbers", viewBox: "0 0 720 204" });
  const table = h("table", { class: "ls-numbers" });
  const past = h("details", { class: "ls-past" }, h("summary", {}, "Earlier races: median delay and bytes per event"));
  const history = h("table", { class: "ls-numbers" });
  past.append(history);
  past.hidden = true;

  const root = panel(el, "race", "A race of four ways to deliver news",
    h("div", { class: "ls-row" }, delayBox, gapBox, everyBox, eventsBox, start), h("p", {}, status), chart,
    h("div", { class: "ls-scroll", tabindex: 0, "aria-label": "Numbers of this race" }, table), past);

  function go() {
    link.send("start", { delay: +delay.value, gap: +gap.value, every: +every.value, events: +events.value });
  }

  const ms = (seconds) => (seconds === null ? "–" : `${(seconds * 1000).toFixed(1)} ms`);
  const row = (tag, cells) => h("tr", {}, ...cells.map((cell, i) => h(i ? tag : "th", i ? {} : { scope: "row" }, String(cell))));

  function draw({ heat, past: before }) {
    if (heat) {
      const waiting = heat.lanes.filter((lane) => lane.arrivals.length < heat.events).length;
      status.textContent = heat.problem || (heat.over
        ? "Over: every client has every event."
        : `${heat.happened.length} of ${heat.events} events have happened; ${waiting} clients still wait for some.`);
      start.disabled = !heat.over;
      picture(heat);
      numbers(heat);
    }
    past.hidden = !before.length;
    if (before.length) {
      history.replaceChildren(
        row("th", ["race", ...before[0].lanes.map((lane) => lane.way)]),
        ...before.map((race) => row("td", [
          `${race.events} events, every ${ms(race.gap)}, distance ${ms(race.delay)}, poll ${ms(race.every)}`,
          ...race.lanes.map((lane) => `${ms(lane.delay)}, ${lane.perEvent} B`),
        ])));
    }
  }

  function numbers(heat) {
    table.replaceChildren(
      row("th", ["way", "median delay", "bytes per event", "bytes", "requests", "connections"]),
      ...heat.lanes.map((lane) => row("td", [lane.way, ms(lane.delay), lane.perEvent ?? "–", lane.bytes, lane.requests, lane.connections])));
  }

  function picture(heat) {
    const end = Math.max(heat.now, 1, ...heat.lanes.flatMap((lane) => lane.arrivals));
    const x = (moment) => LEFT + (moment / end) * (RIGHT - LEFT);
    const bottom = TOP + LANE * heat.lanes.length;
    const parts = heat.happened.map((moment) => s("line", { x1: x(moment), x2: x(moment), y1: 10, y2: bottom - 8, class: "ls-moment" }));
    heat.lanes.forEach((lane, i) => {
      const y = TOP + LANE * i;
      parts.push(s("text", { x: LEFT - 10, y: y + 4, "text-anchor": "end" }, lane.way));
      heat.happened.forEach((moment, n) => {
        const there = lane.arrivals[n] ?? end;
        parts.push(s("rect", { x: x(moment), y: y - 5, width: Math.max(x(there) - x(moment), 0.5), height: 10, class: "ls-under-way" }));
      });
      for (const moment of lane.arrivals) parts.push(s("circle", { cx: x(moment), cy: y, r: 3.5, class: "ls-there" }));
    });
    parts.push(s("text", { x: LEFT, y: bottom + 8 }, "0 s"), s("text", { x: RIGHT, y: bottom + 8, "text-anchor": "end" }, `${end.toFixed(1)} s`));
    chart.replaceChildren(...parts);
  }

  const link = follow(model, root, { snapshot: draw, news: draw });
  return link.stop;
}

export default { render };
