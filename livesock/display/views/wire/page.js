// The live log. The page keeps the newest rows in memory and only the visible ones in the document.
/* global follow, h, panel -- from shared.js */
/* global bytesAndFields -- from bytes.js */

const KEPT = 25_000; // rows in memory; the kernel holds as many
const SEARCHED = 1000; // characters of a text that the search sees, the same in held.py
const LISTED = 500; // connections that can be chosen
const HEIGHT = 22; // pixels of a row, the same in page.css
const SPARE = 8; // rows drawn above and below the visible part
const WAYS = ["state", "client to server", "server to client"];
const SIDES = ["", "client", "server"];
const GROUPS = {
  "": "every kind",
  http: "HTTP heads",
  body: "HTTP bodies",
  event: "server-sent events",
  message: "messages (text, binary)",
  control: "control frames (ping, pong, close)",
  packet: "Engine.IO and Socket.IO packets",
  state: "connection opened, closed",
  gap: "not shown",
  other: "TLS and raw bytes",
  broken: "broken rules",
};
const LAYERS = { payload: "TCP payload", http: "HTTP", websocket: "WebSocket", application: "application", other: "other" };

const byTime = (one, other) => one.time - other.time || one.number - other.number;

/** Two lists of rows as one, in the order of time; the first is in order already. */
function merged(rows, fresh) {
  const ordered = fresh.sort(byTime);
  const all = rows.concat(ordered);
  return rows.length && ordered.length && byTime(rows.at(-1), ordered[0]) > 0 ? all.sort(byTime) : all;
}

/** A row as the kernel sends it, with names. */
function unpack([number, time, connection, way, group, kind, summary, size, broken, beats, question, took, searched]) {
  const said = summary.startsWith(`${kind} `) ? summary.slice(kind.length + 1) : summary; // the payload first: the kind has a column
  return { number, time, connection, way, group, kind, summary, said, size, broken, beats, question, took, text: `${summary}\n${searched}`.toLowerCase() };
}

function render({ model, el }) {
  let rows = []; // all that are kept
  let shown = []; // those that pass the filter
  let later = []; // those that came while the log is paused
  let last = 0; // number of the newest row
  let picked = 0; // number of the row whose bytes are shown
  let paused = false;
  let following = true;
  let drawing = 0;
  let amounts = { total: 0, waiting: [0, 0], skipped: [0, 0] }; // what the kernel has counted

  const choice = (name, options, onchange) =>
    h("select", { "aria-label": name, onchange }, ...Object.entries(options).map(([value, text]) => h("option", { value }, text)));
  // JupyterLab runs the command that a pressed button names; without a path it is about the active cell, which is the one pressed in.
  const beside = h("button", { type: "button", class: "ls-beside", "data-commandlinker-command": "notebook:create-output-view", "data-commandlinker-args": "{}" }, "Keep in sight");
  const pause = h("button", { type: "button", "aria-pressed": "false", onclick: () => setPaused(!paused) }, "Pause");
  const follows = h("input", { type: "checkbox", checked: true, onchange: () => setFollowing(follows.checked) });
  const beats = h("input", { type: "checkbox", checked: true, onchange: () => refilter() });
  const search = h("input", { type: "search", placeholder: "search", title: `in what the rows show, and in the first ${SEARCHED.toLocaleString("en")} characters of heads and texts`, "aria-label": "Search in the rows", oninput: () => refilter() });
  const connection = choice("Connection", { "": "every connection" }, () => refilter());
  const older = h("option", { disabled: true, hidden: true }, `the newest ${LISTED}`);
  const way = choice("Direction", { "": "both directions", client: "client → server", server: "server → client" }, () => refilter());
  const group = choice("Kind", GROUPS, () => refilter());
  const save = (format, text) => h("button", { type: "button", title: `Save everything that the trace holds as ${text}`, onclick: () => link.send("export", { format }) }, `Save ${text}`);
  const state = h("span", { class: "ls-wire-state", role: "status" });
  const bar = h(
    "div", { class: "ls-row" }, pause, h("label", { class: "ls-check" }, follows, "Follow"), h("label", { class: "ls-check", title: "pings and pongs, of WebSocket and of Engine.IO" }, beats, "Heartbeats"),
    h("button", { type: "button", onclick: () => link.send("clear") }, "Clear"),
    search, connection, way, group, save("pcapng", "pcapng"), save("text", "text"), beside,
  );
  const heads = h("div", { class: "ls-wire-line ls-wire-heads", role: "row", "aria-rowindex": 1 }, ...["time, s", "conn.", "to", "kind", "summary", "bytes"].map((word) => h("span", { role: "columnheader" }, word)));
  const lines = h("div", { class: "ls-wire-lines", role: "rowgroup" });
  const space = h("div", { class: "ls-wire-space", role: "presentation" }, lines);
  const scroll = h("div", { class: "ls-wire-scroll", role: "presentation" }, space);
  const grid = h("div", { class: "ls-wire-grid", role: "grid", tabindex: 0, "aria-label": "Rows: arrow keys pick one", "data-lm-suppress-shortcuts": "true" }, h("div", { role: "rowgroup" }, heads), scroll);
  const empty = h("p", { class: "ls-wire-empty" });
  const detail = bytesAndFields();
  const jump = h("button", { type: "button", class: "ls-wire-jump", hidden: true });
  const counts = h("table", { class: "ls-wire-counts" });
  const root = panel(el, "wire", "Live log of a wire", bar, state, grid, empty, jump, detail.element, counts);
  detail.clear("Pick a row to see its bytes beside what they mean.");

  // -- which rows

  function passes(row) {
    if (row.beats && !beats.checked) return false;
    if (connection.value && !connection.value.split(" ").includes(String(row.connection))) return false;
    if (way.value && SIDES[row.way] !== way.value) return false;
    if (group.value && row.group !== group.value && !(group.value === "broken" && row.broken)) return false;
    return !search.value || row.text.includes(search.value.toLowerCase());
  }

  function refilter() {
    shown = rows.filter(passes);
    redraw();
  }

  function take(packed) {
    const fresh = packed.map(unpack).filter((row) => row.number > last);
    if (!fresh.length) return;
    last = fresh.at(-1).number;
    if (paused) later = later.concat(fresh).slice(-KEPT);
    else append(fresh);
  }

  /** Put new rows in their places: some were decoded later than newer rows of a quieter connection. */
  function append(fresh) {
    if (!fresh.length) return;
    const top = shown[Math.floor(scroll.scrollTop / HEIGHT)];
    rows = merged(rows, fresh);
    shown = merged(shown, fresh.filter(passes));
    if (rows.length > KEPT) {
      rows = rows.slice(-KEPT);
      shown = rows.filter(passes);
    }
    keepInView(top);
    nameConnections(fresh);
  }

  /** Scroll so that the row at the top edge stays there, whatever was put above it. */
  function keepInView(top) {
    const now = following || !top ? -1 : shown.indexOf(top);
    if (now < 0 || now === Math.floor(scroll.scrollTop / HEIGHT)) return;
    space.style.height = `${shown.length * HEIGHT}px`; // first: nothing scrolls beyond the end
    scroll.scrollTop = now * HEIGHT + (scroll.scrollTop % HEIGHT);
  }

  function nameConnections(fresh) {
    const known = new Set([...connection.options].map((option) => Number(option.value)));
    const found = [...new Set(fresh.map((row) => row.connection))].filter((number) => number && !known.has(number));
    connection.append(...found.slice(-LISTED).map((number) => h("option", { value: number }, `connection #${number}`)));
    const single = [...connection.options].filter((option) => Number(option.value));
    older.hidden &&= single.length <= LISTED && found.length <= LISTED;
    for (const option of single.slice(0, -LISTED)) if (!option.selected) option.remove();
  }

  /** Show some connections alone: a reader has picked a member on a map. */
  function only({ name, connections }) {
    const value = connections.join(" ");
    const text = `${name}: ${connections.map((number) => `#${number}`).join(", ")}`;
    const there = [...connection.options].find((option) => option.value === value);
    if (there) there.textContent = text;
    else connection.append(h("option", { value }, text));
    connection.value = value;
    refilter();
  }

  function setPaused(now) {
    paused = now;
    pause.textContent = paused ? "Go on" : "Pause";
    pause.setAttribute("aria-pressed", String(paused));
    if (!paused) {
      append(later);
      later = [];
    }
    redraw();
  }

  function setFollowing(now) {
    following = now;
    follows.checked = now;
    if (now) redraw();
  }

  // -- drawing

  function redraw() {
    drawing ||= requestAnimationFrame(() => {
      drawing = 0;
      draw();
    });
  }

  function draw() {
    space.style.height = `${shown.length * HEIGHT}px`;
    if (following && !paused) scroll.scrollTop = shown.length * HEIGHT;
    const first = Math.max(Math.floor(scroll.scrollTop / HEIGHT) - SPARE, 0);
    const end = Math.min(first + Math.ceil(scroll.clientHeight / HEIGHT) + 2 * SPARE, shown.length);
    lines.style.transform = `translateY(${first * HEIGHT}px)`;
    lines.replaceChildren(...shown.slice(first, end).map((row, index) => drawRow(row, first + index)));
    grid.setAttribute("aria-rowcount", shown.length + 1);
    const active = shown.findIndex((row) => row.number === picked);
    if (active >= first && active < end) grid.setAttribute("aria-activedescendant", lines.children[active - first].id);
    else grid.removeAttribute("aria-activedescendant");
    empty.hidden = shown.length > 0;
    const inWhat = search.value ? ` The search sees the first ${SEARCHED.toLocaleString("en")} characters of heads and texts, and of all else what the rows show.` : "";
    empty.textContent = rows.length ? `No row passes the filters.${inWhat}` : "Nothing yet: connect, or send something, and it appears here.";
    state.textContent = [`${many(shown.length, rows.length)} ${shown.length === 1 && rows.length === 1 ? "row" : "rows"}`, ...missing()].join(" · ");
  }

  const counted = (number, word) => `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;
  const many = (part, all) => (part === all ? part.toLocaleString("en") : `${part.toLocaleString("en")} of ${all.toLocaleString("en")}`);

  /** What is not among the rows, and why: each a phrase. */
  function missing() {
    const found = [];
    const { total, waiting: [waiting], skipped: [chunks, size] } = amounts;
    const gone = total - rows.length - (paused ? later.length : 0);
    const filtered = search.value || connection.value || way.value || group.value || !beats.checked;
    if (paused) found.push(`paused, ${later.length.toLocaleString("en")} new`);
    if (waiting) found.push(`${counted(waiting, "chunk")} still to decode${filtered ? ", which no filter has seen" : ""}: too many came at once`);
    if (gone > 0) found.push(`${counted(gone, "older row")} no longer kept here`);
    if (size) found.push(`${chunks ? `${counted(chunks, "chunk")}, ` : ""}${counted(size, "byte")} skipped: too much to decode; text and pcapng save what the trace holds`);
    return found;
  }

  const prefix = `ls-wire-${Math.random().toString(36).slice(2)}`;

  function drawRow(row, index) {
    const arrow = ["·", "●──▶", "◀──●"][row.way];
    const summary = row.broken ? `✕ ${row.said}` : row.said;
    const cells = [
      ["ls-number", row.time.toFixed(4)], ["", row.connection ? `#${row.connection}` : "many"], [`ls-arrow ls-from-${SIDES[row.way]}`, arrow],
      ["", row.kind], ["ls-summary", summary], ["ls-number", row.size ? row.size.toLocaleString("en") : ""],
    ].map(([name, text]) => h("span", { role: "gridcell", class: name }, text));
    cells[2].setAttribute("aria-label", WAYS[row.way]);
    cells[4].title = row.question ? `${row.summary}, after ${lasted(row.took)}` : row.summary;
    if (row.question) cells[4].dataset.took = lasted(row.took);
    const chosen = row.number === picked;
    const kind = `ls-wire-line ls-is-${row.group}${row.broken ? " ls-is-broken" : ""}${chosen ? " ls-picked" : ""}`;
    return h("div", { class: kind, role: "row", id: `${prefix}-${row.number}`, "data-row": row.number, "aria-rowindex": index + 2, "aria-selected": String(chosen) }, ...cells);
  }

  const columns = h("tr", {}, h("th", { scope: "col" }, "bytes"), ...Object.values(LAYERS).map((name) => h("th", { scope: "col" }, name)), h("th", { scope: "col" }, "not decoded"));
  const cells = { client: [], server: [] };
  counts.append(
    h("thead", {}, columns),
    h("tbody", {}, ...Object.entries({ client: "client → server", server: "server → client" }).map(([side, name]) => {
      cells[side] = [...columns.children].slice(1).map(() => h("td", { class: "ls-number" }));
      return h("tr", { "data-side": side }, h("th", { scope: "row" }, name), ...cells[side]);
    })),
  );

  function count(sides) {
    for (const [side, layers] of Object.entries(sides)) {
      const values = Object.keys(LAYERS).map((name) => layers[name]);
      const open = values[0] - values.slice(1).reduce((sum, value) => sum + value, 0);
      [...values, open].forEach((value, index) => {
        cells[side][index].textContent = value.toLocaleString("en");
      });
    }
  }

  // -- picking a row

  function pick(number) {
    picked = number;
    offerJump();
    link.send("select", { row: number });
    redraw();
  }

  const lasted = (seconds) => (seconds < 1 ? `${(seconds * 1000).toPrecision(3)} ms` : `${seconds.toPrecision(3)} s`);

  /** Offer to go from a question to its answer, or back. */
  function offerJump() {
    const row = rows.find((one) => one.number === picked);
    const answer = row && rows.find((one) => one.question === picked);
    const question = row?.question && rows.find((one) => one.number === row.question);
    const other = answer ?? question;
    jump.hidden = !other;
    if (!other) return;
    jump.textContent = answer ? `Answered after ${lasted(answer.took)}: go to the answer` : `This is the answer, after ${lasted(row.took)}: go to the question`;
    jump.onclick = () => show(other);
  }

  /** Bring a row into view and pick it; filters that hide it are taken off. */
  function show(row) {
    if (!passes(row)) {
      for (const filter of [search, connection, way, group]) filter.value = "";
      beats.checked ||= row.beats;
      shown = rows.filter(passes);
    }
    setFollowing(false);
    const top = shown.indexOf(row) * HEIGHT;
    space.style.height = `${shown.length * HEIGHT}px`;
    if (top < scroll.scrollTop || top + HEIGHT > scroll.scrollTop + scroll.clientHeight) scroll.scrollTop = top - 3 * HEIGHT;
    pick(row.number);
  }

  function move(step) {
    if (!shown.length) return;
    const before = shown.findIndex((row) => row.number === picked);
    const from = before >= 0 ? before : step > 0 ? -1 : shown.length; // nothing picked yet: from the outside
    const index = Math.min(Math.max(from + step, 0), shown.length - 1);
    setFollowing(false);
    const top = index * HEIGHT;
    if (top < scroll.scrollTop) scroll.scrollTop = top;
    if (top + HEIGHT > scroll.scrollTop + scroll.clientHeight) scroll.scrollTop = top + HEIGHT - scroll.clientHeight;
    pick(shown[index].number);
  }

  lines.addEventListener("click", (event) => {
    const line = event.target.closest("[data-row]");
    if (line) {
      setFollowing(false);
      pick(Number(line.dataset.row));
    }
  });
  grid.addEventListener("keydown", (event) => {
    const page = Math.max(Math.floor(scroll.clientHeight / HEIGHT) - 1, 1);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -KEPT, End: KEPT }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    move(step);
  });
  scroll.addEventListener("scroll", () => {
    const bottom = scroll.scrollTop + scroll.clientHeight >= shown.length * HEIGHT - 2;
    if (!bottom && following && !drawing && !paused) setFollowing(false);
    redraw();
  });
  const watcher = new ResizeObserver(() => redraw());
  watcher.observe(scroll);

  // -- the kernel

  const link = follow(model, root, {
    snapshot(all) {
      root.setAttribute("aria-label", `Live log of ${all.of || "a wire"}`);
      rows = [];
      shown = [];
      later = [];
      last = 0;
      connection.replaceChildren(connection.options[0], older);
      older.hidden = true;
      detail.clear("Pick a row to see its bytes beside what they mean.");
      picked = 0;
      jump.hidden = true;
      const still = paused;
      paused = false; // the first rows are shown also while paused
      take(all.rows);
      paused = still;
      count(all.bytes);
      amounts = all;
      redraw();
    },
    news(news) {
      take(news.rows);
      count(news.bytes);
      amounts = news;
      redraw();
    },
    only,
    details(details) {
      if (details.row !== picked) return; // asked for by another page
      if (details.gone) detail.clear("This row is no longer held: newer ones have taken its place.");
      else detail.show(details);
    },
    export({ format }, [data]) {
      const type = { pcapng: "application/x-pcapng", text: "text/plain" }[format];
      const url = URL.createObjectURL(new Blob([data], { type }));
      h("a", { href: url, download: format === "pcapng" ? "trace.pcapng" : "trace.txt" }).click();
      setTimeout(() => URL.revokeObjectURL(url), 10_000);
    },
  });
  return () => {
    link.stop();
    watcher.disconnect();
    cancelAnimationFrame(drawing);
  };
}

export default { render };
