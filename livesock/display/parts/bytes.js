// Bytes in hexadecimal beside their fields; pointing at one lights up the other. The kernel decodes and masks.
/* global h -- from shared.js */
/* exported bytesAndFields */

const PER_LINE = 16;

/**
 * Return { element, show(details), clear(text) }. `details` is what `details_of` in held.py returns. The bytes take the
 * arrow keys, the fields Tab; a line for screen readers describes the byte that is pointed at.
 */
function bytesAndFields() {
  const title = h("h4", { class: "ls-bytes-title" });
  const place = h("p", { class: "ls-bytes-place" });
  const hex = h("div", { class: "ls-hex ls-mono", tabindex: 0, role: "group", "aria-label": "Bytes in hexadecimal: arrow keys go from byte to byte" });
  const spoken = h("p", { class: "ls-spoken", role: "status" });
  const table = h("table", { class: "ls-fields" });
  const element = h("div", { class: "ls-bytes" }, title, place, h("div", { class: "ls-bytes-parts" }, h("div", { class: "ls-hex-part" }, hex, spoken), h("div", { class: "ls-fields-part", tabindex: 0, role: "group", "aria-label": "Fields" }, table)));
  let fields = [];
  let cells = [];
  let letters = [];
  let rows = [];
  let cursor = -1;
  let pinned = null; // the field that has the focus: it stays lit when the mouse leaves

  function light(field, byte = -1) {
    for (const row of rows) row.classList.toggle("ls-lit", row === rows[fields.indexOf(field)]);
    const [start, stop] = field ? [field.start, field.stop] : [byte, byte + 1];
    for (const column of [cells, letters]) {
      column.forEach((cell, index) => {
        cell.classList.toggle("ls-lit", index >= start && index < stop);
        cell.classList.toggle("ls-cursor", index === byte);
      });
    }
  }

  /** The smallest field that holds a byte; of those within one byte the first. */
  function fieldAt(byte) {
    const around = fields.filter((field) => field.start <= byte && byte < field.stop);
    return around.sort((a, b) => a.stop - a.start - (b.stop - b.start))[0];
  }

  function pointAt(byte, say) {
    const field = fieldAt(byte);
    light(field, byte);
    if (!say) return;
    const names = fields.filter((other) => other.start <= byte && byte < other.stop).map((other) => other.name);
    spoken.textContent = `byte ${byte}: ${cells[byte].textContent}${names.length ? `, ${names.join(", ")}` : ""}`;
    rows[fields.indexOf(field)]?.scrollIntoView({ block: "nearest" });
  }

  const byteOf = (event) => (event.target.dataset?.byte === undefined ? -1 : Number(event.target.dataset.byte));
  hex.addEventListener("mouseover", (event) => byteOf(event) >= 0 && pointAt(byteOf(event), false));
  hex.addEventListener("mouseleave", () => light(pinned, document.activeElement === hex ? cursor : -1));
  hex.addEventListener("click", (event) => {
    if (byteOf(event) < 0) return;
    cursor = byteOf(event);
    pointAt(cursor, true);
  });
  hex.addEventListener("focus", () => {
    if (!cells.length) return;
    cursor = Math.max(cursor, 0);
    pointAt(cursor, true);
  });
  hex.addEventListener("blur", () => light(pinned));
  hex.addEventListener("keydown", (event) => {
    if (!cells.length) return;
    const wide = getComputedStyle(cells[0].parentNode).gridTemplateColumns.split(" ").length; // 8 where there is less room
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -wide, ArrowDown: wide, Home: -cells.length, End: cells.length }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    cursor = Math.min(Math.max(cursor + step, 0), cells.length - 1);
    pointAt(cursor, true);
    cells[cursor].scrollIntoView({ block: "nearest" });
  });

  function drawBytes(details) {
    cells = [];
    letters = [];
    const lines = [];
    const count = details.hex.length / 2;
    const short = count < PER_LINE ? { style: `--ls-count: ${count}` } : {}; // leaves its place to the fields
    for (let begin = 0; begin < count; begin += PER_LINE) {
      const left = h("span", { class: "ls-hex-cells", ...short });
      const right = h("span", { class: "ls-hex-text", "aria-hidden": "true", ...short });
      for (let i = begin; i < Math.min(begin + PER_LINE, count); i += 1) {
        const value = details.hex.slice(2 * i, 2 * i + 2);
        const code = parseInt(value, 16);
        cells.push(h("span", { "data-byte": i }, value));
        letters.push(h("span", { "data-byte": i }, code > 32 && code < 127 ? String.fromCharCode(code) : "·"));
        left.append(cells[i]);
        right.append(letters[i]);
      }
      const number = h("span", { class: "ls-hex-place", "aria-hidden": "true" }, String(begin).padStart(4, "0"));
      lines.push(h("div", { class: "ls-hex-line" }, number, left, right));
    }
    const more = details.size - count;
    if (more > 0 && count > 0) lines.push(h("div", { class: "ls-faint" }, `… and ${more.toLocaleString("en")} more bytes`));
    if (!lines.length) lines.push(h("div", { class: "ls-faint" }, "no bytes: this is no message on the wire"));
    hex.replaceChildren(...lines);
  }

  function drawFields(details) {
    rows = fields.map((field) => {
      const name = h("button", { type: "button", class: "ls-field" }, field.name);
      const said = h("td", { class: "ls-mono" }, field.bits ? h("span", { class: "ls-bits" }, `${field.bits} `) : null, field.value);
      const means = h("td", {}, field.meaning, field.section ? h("span", { class: "ls-section" }, ` ${field.section}`) : null);
      const row = h("tr", {}, h("th", { scope: "row" }, name), said, means);
      row.addEventListener("mouseenter", () => light(field));
      row.addEventListener("mouseleave", () => light(pinned));
      name.addEventListener("focus", () => {
        pinned = field;
        light(field);
      });
      name.addEventListener("blur", () => {
        pinned = null;
        light(null);
      });
      return row;
    });
    const head = h("thead", {}, h("tr", {}, ...["field", "value", "meaning"].map((word) => h("th", { scope: "col" }, word))));
    const more = details.more_fields ? [h("caption", {}, `… and ${details.more_fields} more fields`)] : [];
    table.replaceChildren(...more, head, h("tbody", {}, ...rows));
    table.hidden = !rows.length;
  }

  function clear(text) {
    fields = cells = letters = rows = [];
    title.textContent = text;
    place.textContent = spoken.textContent = "";
    hex.replaceChildren();
    table.replaceChildren();
    element.classList.add("ls-empty");
  }

  function show(details) {
    element.classList.remove("ls-empty");
    cursor = -1;
    pinned = null;
    spoken.textContent = "";
    fields = details.fields;
    title.textContent = details.summary;
    const broken = details.error ? ` ✕ broken rule: ${details.error}.` : "";
    const cut = details.segments > 1 ? ` in ${details.segments} segments` : "";
    place.textContent = details.size ? `${details.size.toLocaleString("en")} bytes${cut}, from byte ${details.offset.toLocaleString("en")} of this direction.${broken}` : broken;
    drawBytes(details);
    drawFields(details);
  }

  return { element, show, clear };
}
