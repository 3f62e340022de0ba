// Who has to ask? The lanes are drawn by lanes.js; the kernel says what was measured and what it means.
/* global follow, h -- from shared.js */
/* global guessing, instrument, presetRow -- from instrument.js */
/* global lanes -- from lanes.js */

const POINT = "A tick is a request. A bar: news that wait. A dot: the client has them; a number, so many at once.";

const KNOBS = [
  ["an event every", "gap", [[0.03, "30 ms"], [0.15, "150 ms"], [0.5, "0.5 s"], [1, "1 s"], [2, "2 s"]]],
  ["poll every", "every", [[0.03, "30 ms"], [0.1, "0.1 s"], [0.3, "0.3 s"], [1, "1 s"], [5, "5 s"]]],
  ["distance, one way", "delay", [[0, "none"], [0.005, "5 ms"], [0.025, "25 ms"], [0.1, "100 ms"], [0.3, "300 ms"]]],
];

function render({ model, el }) {
  const presets = presetRow({ label: "Races", choose: (key) => link.send("preset", { key }) });
  const sentence = h("p", { class: "ls-sentence", role: "status" });
  const said = h("p", { class: "ls-said ls-faint" }, POINT);
  const chart = lanes({ label: "The events, and four clients", explain: (text) => { said.textContent = text || POINT; } });
  const question = guessing({ hint: "Guess, then start.", guess: (key) => link.send("guess", { key }) });
  const knobs = KNOBS.map(([label, name, choices]) => {
    const select = h("select", { onchange: () => link.send("turn", { name, value: Number(select.value) }) }, ...choices.map(([value, text]) => h("option", { value: String(value) }, text)));
    return { name, select, element: h("label", { class: "ls-row" }, label, select) };
  });
  const start = h("button", { type: "button", class: "ls-send", onclick: () => link.send("start") }, "Start");
  const outcome = h("p", { class: "ls-outcome" });
  const why = h("p", { class: "ls-why" });
  const tempts = h("p", { class: "ls-why ls-faint" });
  const table = h("table", { class: "ls-numbers" });
  const numbers = h("div", { class: "ls-scroll", tabindex: 0, role: "group", "aria-label": "Numbers of this race" }, table);
  const history = h("table", { class: "ls-numbers" });
  const past = h("details", { class: "ls-more" }, h("summary", {}, "Your races so far: bytes for each event, and the median wait"), h("div", { class: "ls-scroll", tabindex: 0, role: "group", "aria-label": "Races so far" }, history));
  const more = h(
    "details", { class: "ls-more" }, h("summary", {}, "How this is measured, and what it does not show"),
    h("p", { class: "ls-faint" }, "One server, one list of events, four real clients that are recorded byte by byte. The bytes are those of HTTP and WebSocket, both directions, openings included; TCP and IP add 40 or more for every segment. The clients send the shortest requests there are: the headers of a browser are several times longer, which makes asking dearer. WebSocket and SSE are not pinged here, and nothing compresses."),
  );

  const root = instrument(
    el, "race", "Who has to ask?", presets.element, sentence, chart.element, said, question.element,
    h("div", { class: "ls-row ls-go" }, start, ...knobs.map((knob) => knob.element)),
    h("div", { class: "ls-came", role: "status" }, outcome, why, tempts), numbers, past, more,
  );

  function draw(state) {
    presets.draw(state.presets, state.preset);
    [...presets.element.children, ...knobs.map((knob) => knob.select), start].forEach((control) => { control.disabled = state.busy; });
    write(sentence, state.sentence);
    chart.draw(state);
    question.draw(state.question);
    knobs.forEach((knob) => turn(knob, state.settings[knob.name]));
    write(start, state.outcome ? "Again" : "Start");
    write(outcome, state.problem || state.outcome?.text || "");
    outcome.classList.toggle("ls-is-wrong", Boolean(state.problem));
    write(why, state.outcome?.why ?? "");
    write(tempts, state.outcome?.tempts ?? "");
    numbers.hidden = !state.table.length;
    fill(table, ["", "median wait", "bytes for each event", "requests"], state.table);
    past.hidden = state.past.length < 2;
    fill(history, ["race", ...state.table.map(([way]) => way)], state.past);
  }

  const length = (seconds) => (seconds < 1 ? `${+(seconds * 1000).toPrecision(4)} ms` : `${+seconds.toPrecision(4)} s`);

  /** Show the kernel's number; one that is not offered gets an entry of its own. */
  function turn({ select }, value) {
    const key = String(value);
    if (![...select.options].some((option) => option.value === key)) select.prepend(h("option", { value: key }, length(value)));
    select.value = key;
  }

  function fill(place, heads, rows) {
    const text = JSON.stringify([heads, rows]);
    if (place.dataset.shown === text) return;
    place.dataset.shown = text;
    place.replaceChildren(
      h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head))),
      ...rows.map(([name, ...cells]) => h("tr", {}, h("th", { scope: "row" }, name), ...cells.map((cell) => h("td", {}, cell)))),
    );
  }

  function write(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  const link = follow(model, root, { snapshot: draw, news: draw });
  return () => {
    chart.stop();
    link.stop();
  };
}

export default { render };
