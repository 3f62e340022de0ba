// A text, a key and their XOR, column by column; one column is shown bit by bit. The kernel does the XOR and sends the frames.
/* global follow, h, typing -- from shared.js */
/* global caption, instrument, presetRow -- from instrument.js */

function render({ model, el }) {
  let state = null;
  let here = 0; // the column that is shown bit by bit; only the page knows

  const presets = presetRow({ label: "Examples", choose: (key) => link.send("preset", { key }) });
  const sentence = h("p", { class: "ls-sentence", role: "status" });
  const text = h("input", { type: "text", maxlength: 12, size: 14, "aria-label": "the text", spellcheck: "false" });
  const typed = typing(text, (value) => link.send("text", { value }));

  // -- the columns

  const names = h("div", { class: "ls-names", "aria-hidden": "true" });
  const columns = h("div", { class: "ls-columns", role: "group", "aria-label": "Bytes: arrow keys go from column to column", onkeydown: walk });

  function walk(event) {
    const last = columns.children.length - 1;
    const to = { ArrowRight: Math.min(here + 1, last), ArrowLeft: Math.max(here - 1, 0), Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation(); // JupyterLab would move to another cell
    columns.children[to].focus();
  }

  function stand(number) {
    here = number;
    drawColumns();
    drawBits();
  }

  const byteOf = (row) => state.rows[row].bytes[here];
  const hex = (byte) => byte.toString(16).padStart(2, "0");
  const bitsOf = (byte) => byte.toString(2).padStart(8, "0");

  function column(number) {
    const cells = state.rows.map(() => h("span", { class: "ls-place" }, h("b"), h("span", { class: "ls-mono" })));
    return h("button", { type: "button", class: "ls-column", onmouseenter: () => stand(number), onfocus: () => stand(number) }, ...cells);
  }

  function drawColumns() {
    const size = state.rows[0].bytes.length;
    while (columns.children.length > size) columns.lastChild.remove();
    while (columns.children.length < size) columns.append(column(columns.children.length));
    names.replaceChildren(...state.rows.map((row, number) => h("span", {}, ["", "⊕ ", "= "][number], row.name)));
    [...columns.children].forEach((button, number) => {
      button.classList.toggle("ls-here", number === here);
      button.classList.toggle("ls-kin", number % 4 === here % 4);
      button.setAttribute("tabindex", number === here ? "0" : "-1");
      button.setAttribute("aria-label", `byte ${number + 1}: ${state.rows.map((row) => `${row.name} ${hex(row.bytes[number])}`).join(", ")}`);
      state.rows.forEach((row, n) => {
        const place = button.children[n];
        const [top, low] = place.children;
        const value = hex(row.bytes[number]);
        if (low.textContent && low.textContent !== value) flash(place);
        place.className = `ls-place ls-group-${row.part}`;
        top.textContent = row.tops[number];
        low.textContent = value;
      });
    });
  }

  function flash(place) {
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) place.animate([{ outline: "3px solid var(--ls-way)" }, { outline: "3px solid transparent" }], 600);
  }

  // -- one column, bit by bit

  const flips = Array.from({ length: 8 }, (_, bit) => h("button", { type: "button", class: "ls-bit ls-group-key", onclick: () => link.send("flip", { bit: 8 * (here % 4) + bit }) }));
  const lines = [0, 1, 2].map((row) => ({
    label: h("span", { class: "ls-bit-name" }),
    bits: row === 1 ? flips : Array.from({ length: 8 }, () => h("span", { class: "ls-bit" })),
  }));
  const grid = h("div", { class: "ls-bits", role: "group", "aria-label": "One column, bit by bit: click a bit of the key" }, ...lines.flatMap(({ label, bits }) => [label, ...bits]));
  const said = h("p", { class: "ls-cell-said ls-faint" });

  function drawBits() {
    const size = state.rows[0].bytes.length;
    grid.hidden = size === 0;
    if (size === 0) return;
    lines.forEach(({ label, bits }, row) => {
      const byte = byteOf(row);
      label.replaceChildren(h("span", {}, ["", "⊕ ", "= "][row], state.rows[row].name), h("b", { class: "ls-mono" }, `${state.rows[row].tops[here]} ${hex(byte)}`.trim()));
      [...bitsOf(byte)].forEach((digit, n) => {
        bits[n].textContent = digit;
        if (row === 1) {
          bits[n].setAttribute("aria-label", `bit ${n} of key byte ${(here % 4) + 1}: ${digit}`);
          bits[n].setAttribute("aria-pressed", String(digit === "1"));
          bits[n].title = "click: this bit of the key, and every fourth byte, changes";
        } else bits[n].className = `ls-bit ls-group-${state.rows[row].part}${row === 2 && bitsOf(byteOf(1))[n] === "1" ? " ls-turned" : ""}`;
      });
    });
    const kin = state.rows[0].bytes.map((_, n) => n + 1).filter((n) => (n - 1) % 4 === here % 4);
    said.textContent = `Byte ${(here % 4) + 1} of the key is used for byte${kin.length > 1 ? "s" : ""} ${kin.join(", ")}. Where its bit is 1, the bit above turns over. Click a bit of the key.`;
  }

  // -- sending

  const fresh = h("button", { type: "button", class: "ls-send", onclick: () => link.send("send", { fresh: true }) }, "New key, send");
  const again = h("button", { type: "button", onclick: () => link.send("send", { fresh: false }) }, "Send with this key");
  const body = h("tbody");
  const table = h("table", { class: "ls-sent" }, h("thead", {}, h("tr", {}, ...["", "the client sent: header, key, payload", "came back"].map((name) => h("th", { scope: "col" }, name)))), body);

  function drawFrames() {
    table.hidden = state.frames.length === 0;
    body.replaceChildren(...state.frames.map((frame, number) => {
      const before = state.frames[number - 1]?.cells;
      const cells = frame.cells.map((cell, n) => h("span", { class: `ls-sent-byte ls-group-${cell.part}${before && before[n]?.hex !== cell.hex ? " ls-other" : ""}` }, cell.hex));
      return h("tr", {}, h("th", { scope: "row" }, String(state.first + number)), h("td", { class: "ls-mono" }, ...cells), h("td", { class: frame.wrong ? "ls-is-wrong" : "ls-mono" }, frame.came));
    }));
  }

  function draw(next) {
    state = next;
    here = Math.min(here, Math.max(0, state.rows[0].bytes.length - 1));
    presets.draw(state.presets, state.preset);
    sentence.textContent = state.sentence;
    typed.put(state.text);
    drawColumns();
    drawBits();
    drawFrames();
  }

  const more = h(
    "details", { class: "ls-more" },
    h("summary", {}, "As Python, and what this does not show"),
    h("pre", { class: "ls-code" }, "bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))"),
    h("p", { class: "ls-faint" }, "“New key, send” does what a browser does for each frame: it draws four random bytes. JavaScript cannot choose them. Each frame crosses a new connection on this machine; underlined bytes differ from the frame above."),
  );
  const root = instrument(
    el, "mask", "A text and its mask", presets.element, sentence,
    caption("frame", "Text", "up to 12 bytes", text), h("div", { class: "ls-xor" }, names, columns), grid, said,
    h("div", { class: "ls-row ls-go" }, fresh, again), table, more,
  );
  const link = follow(model, root, { snapshot: draw, news: draw });
  return link.stop;
}

export default { render };
