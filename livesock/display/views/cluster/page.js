// Two servers, the stream between them, and who hears what. The map is that of seats: here an area is a server.
/* global follow, h -- from shared.js */
/* global instrument -- from instrument.js */
/* global seatMap -- from seatmap.js */

const BUSES = [["none", "No bus"], ["there", "A stream joins them"], ["away", "Take the stream away"]];

function render({ model, el }) {
  const marks = new Set();
  let guess = new Set(); // what was marked when a server emitted
  let played = 0; // the number of the newest act that was played
  let state = null;

  const map = seatMap({ mark, sit() {}, room() {}, pick() {}, starts() {}, settled });
  const words = h("p", { class: "ls-cluster-words", role: "status" });
  const emits = ["one", "two"].map((key) => h("button", { type: "button", class: "ls-mono", onclick: () => emit(key) }, `${key}.to("room").emit(…)`));
  const kill = h("button", { type: "button", onclick: () => link.send("kill", { key: "two" }) }, "Server two dies");
  const buses = BUSES.map(([key, text]) => h("button", { type: "button", onclick: () => link.send("bus", { key }) }, text));
  const entries = h("tbody");
  const stream = h("div", { class: "ls-cluster-stream", role: "group", tabindex: 0, "aria-label": "The newest entries of the stream" }, h("table", {}, h("thead", {}, h("tr", {}, ...["entry", "written by", "event"].map((name) => h("th", { scope: "col" }, name)))), entries));
  const root = instrument(
    el, "cluster", "Two servers, one room",
    h("div", { class: "ls-row ls-cluster-bus", role: "group", "aria-label": "What joins the servers" }, ...buses),
    map.root, words,
    h("div", { class: "ls-row", role: "group", "aria-label": "A server emits" }, ...emits, kill),
    stream,
    h("p", { class: "ls-faint ls-cluster-how" }, "Click the names that will hear it, then let a server emit. A name lights up when its server has handed it the event. The entries are those of a Redis stream; here the stream is in memory."),
  );

  function emit(key) {
    guess = new Set(marks);
    marks.clear();
    map.forget();
    map.marks(guess);
    link.send("emit", { key });
  }

  function mark(id) {
    if (!marks.size) map.forget();
    guess = new Set();
    if (!marks.delete(id)) marks.add(id);
    map.marks(marks);
  }

  function settled(act) {
    const rows = state.plan.rows.filter((row) => !row.why);
    const living = new Set(rows.map((row) => row.id)); // who was cut off has left the sentence, heard or not
    const heard = new Set(state.acts.filter((one) => one.what === act.what).flatMap((one) => one.heard).filter((id) => living.has(id)));
    map.verdicts(new Map(rows.map((row) => [row.id, { heard: heard.has(row.id), fits: guess.size ? guess.has(row.id) === heard.has(row.id) : null, text: `${heard.has(row.id) ? "has heard it" : "has not heard it"} · ${state.counts[row.id]} in all` }])));
    words.textContent = `${heard.size} of ${rows.length} have heard ${act.what}. ${state.sentence}`;
  }

  function draw(next) {
    const isNew = !state || next.bus !== state.bus || next.dead.length !== state.dead.length;
    if (state && next.dead.length > state.dead.length) map.forget();
    state = next;
    map.plan(state.plan);
    map.marks(marks.size ? marks : guess);
    buses.forEach((button, n) => button.setAttribute("aria-pressed", String(BUSES[n][0] === state.bus)));
    buses[2].disabled = state.bus === "none";
    buses[1].textContent = state.bus === "away" ? "Bring it back" : BUSES[1][1];
    emits.forEach((button, n) => { button.disabled = state.dead.includes(["one", "two"][n]); });
    kill.disabled = state.dead.length > 0;
    const acts = state.acts.filter((act) => act.n > played);
    if (acts.length) {
      played = acts.at(-1).n;
      map.play(acts);
    } else if (isNew) words.textContent = state.sentence;
    stream.hidden = state.bus === "none";
    entries.replaceChildren(...state.entries.map((one) => h("tr", {}, h("td", { class: "ls-mono" }, one.id), h("td", {}, one.from), h("td", { class: "ls-mono", title: one.data }, one.text))));
  }

  const link = follow(model, root, { snapshot: draw, news: draw });
  return () => link.stop();
}

export default { render };
