// The bytes under way through a simulated network, and its knobs. Lanes draw the pieces; the kernel says which there are
// and when each is due. A knob shows the value in the kernel, not the one that was asked for.
/* global bytes, count, follow, h -- from shared.js */
/* global instrument, presetRow -- from instrument.js */
/* global lanes -- from lanes.js */

const BEHIND = 150; // milliseconds: the picture is so late, for a piece is known here up to 100 ms after it entered
const APART = 0.02; // of the way: pieces closer than that are one dot with a number
const QUIET = 5000; // milliseconds between two announcements
const WAYS = [["<", "to server"], [">", "to client"]];

function render({ model, el }) {
  const { units, meanings, presets } = model.get("options");
  const title = h("strong");
  const passed = h("span", { class: "ls-faint" });
  const sentence = h("p", { class: "ls-sentence", role: "status" });
  const said = h("p", { class: "ls-hidden-but-read", role: "status" });
  const networks = presetRow({ label: "Networks", choose: (name) => ask("preset", { name }) });
  const chart = lanes({ label: "Bytes under way between client and server" });
  const hint = h("p", { class: "ls-faint ls-hint" });
  const inputs = {};
  const knobs = Object.entries(units).map(([name, unit]) => {
    const isSwitch = unit === "";
    const input = h("input", isSwitch
      ? { type: "checkbox", onchange: () => turn(name, input.checked) }
      : { type: "text", size: 7, inputmode: "decimal", placeholder: "none", onchange: () => turn(name, number(input.value)) });
    inputs[name] = input;
    return h("label", { class: "ls-knob", title: meanings[name] },
      h("span", { class: "ls-knob-name" }, name.replace("_", " ")), input, h("span", { class: "ls-knob-unit" }, unit),
      h("small", {}, meanings[name]));
  });
  const reset = h("button", { type: "button", onclick: () => link.send("reset") }, "Reset every connection");
  const root = instrument(
    el, "netsim", "A simulated network", networks.element, sentence,
    h("div", { class: "ls-ends" }, h("b", {}, "client"), h("b", {}, "server")), chart.element, hint,
    h("div", { class: "ls-row" }, title, passed, reset), h("div", { class: "ls-knobs" }, ...knobs), said,
  );

  const number = (text) => (text.trim() === "" ? null : Number.isNaN(Number(text)) ? text : Number(text));
  function turn(name, value) {
    ask("turn", { name, value: value === null && ["delay", "jitter"].includes(name) ? 0 : value });
  }

  function ask(kind, content) {
    link.send(kind, content);
    link.send("hello"); // if the kernel refused a turn, the knob goes back
  }

  function draw({ running, values, counters, preset, sentence: text, flight, all }) {
    write(title, running ? "The network is up" : "The network is gone");
    reset.disabled = !running;
    write(passed, `${counters.connected} of ${count(counters.accepted, "connection")} open; `
      + `${bytes(counters.from_client)} from clients, ${bytes(counters.to_client)} to clients`);
    networks.draw(presets, preset);
    write(sentence, text);
    hole = values.black_hole;
    write(hint, hole ? "Black hole: what has come to the end of its way stands there. Nothing is lost."
      : values.delay < 0.1 && !values.rate ? "Most pieces are quicker than this picture, which looks ten times a second."
        : "A dot is what the network read at once and has not passed on; a number counts reads that travel together.");
    for (const [name, value] of Object.entries(values)) {
      const input = inputs[name];
      if (input.type === "checkbox") input.checked = value;
      else if (input !== document.activeElement) input.value = value === null ? "" : String(value);
    }
    if (all) {
      pieces.clear();
      held["<"] = held[">"] = 0;
    }
    if (flight) hear(flight, all);
    move();
  }

  const write = (element, text) => { if (element.textContent !== text) element.textContent = text; };

  // -- the pieces

  const pieces = new Map(); // by line and number: { line, way, last, entered, due, reads, gone }
  const held = { "<": 0, ">": 0 };
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let offset = -Infinity, hole = false, frame = 0, pause = 0, timer = 0, spoken = 0;

  function hear({ now, lines, pieces: added }, all) {
    // the message that was quickest knows best how the kernel's clock runs
    offset = all ? now - performance.now() : Math.max(offset, now - performance.now());
    for (const [line, last, entered, due, , reads] of added) pieces.set(`${line}${last}`, { line, way: line.at(-1), last, entered, due, reads, gone: Infinity });
    for (const piece of pieces.values()) {
      if (piece.gone === Infinity && !(lines[piece.line]?.[0] <= piece.last)) piece.gone = now;
    }
    held["<"] = held[">"] = 0;
    for (const [line, [, size]] of Object.entries(lines)) held[line.at(-1)] += size;
    if (!timer) timer = setTimeout(speak, Math.max(0, spoken + QUIET - Date.now()));
  }

  function speak() {
    timer = 0;
    spoken = Date.now();
    write(said, `Under way: ${WAYS.map(([way, name]) => `${bytes(held[way])} ${name}`).join(", ")}.`);
  }

  /** Where every piece is now, as dots from the front to the back; none overtakes the one before it. */
  function dots(now) {
    const found = { "<": [], ">": [] }, ahead = {};
    for (const [key, piece] of pieces) {
      if (piece.gone <= now) pieces.delete(key);
      else if (piece.entered <= now) {
        const share = Math.min(ahead[piece.line] ?? 1, (now - piece.entered) / Math.max(1, piece.due - piece.entered));
        ahead[piece.line] = share;
        found[piece.way].push([share, piece.reads]);
      }
    }
    for (const way of Object.keys(found)) {
      const merged = [];
      for (const [share, reads] of found[way].sort(([one], [other]) => other - one)) {
        if (merged.length && merged.at(-1)[0] - share < APART) merged.at(-1)[1] += reads;
        else merged.push([share, reads]);
      }
      found[way] = merged;
    }
    return found;
  }

  function move() {
    cancelAnimationFrame(frame);
    clearTimeout(pause);
    const found = dots(performance.now() + offset - BEHIND);
    chart.draw({
      length: 1000, now: null, walls: [], title: "under way",
      lanes: WAYS.map(([way, name]) => ({
        name, note: "", total: bytes(held[way]), tone: "quick", said: `${name}: ${bytes(held[way])} under way`, ticks: [], spans: [], marks: [],
        dots: found[way].map(([share, reads]) => [1000 * (way === "<" ? share : 1 - share), hole && share === 1 ? "late" : way === "<" ? "quick" : "back", reads]),
      })),
    });
    if (!pieces.size) return;
    if (calm.matches) pause = setTimeout(move, 500);
    else frame = requestAnimationFrame(move);
  }

  const link = follow(model, root, { snapshot: draw, news: draw });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(pause);
    clearTimeout(timer);
    chart.stop();
    link.stop();
  };
}

export default { render };
