// The bits of a frame as buttons, byte by byte; the kernel says what each bit means.
/* global follow, h, panel -- from shared.js */

const OPCODES = [
  "0 continuation", "1 text", "2 binary", "3 reserved", "4 reserved", "5 reserved", "6 reserved", "7 reserved",
  "8 close", "9 ping", "10 pong", "11 reserved", "12 reserved", "13 reserved", "14 reserved", "15 reserved",
];

function render({ model, el }) {
  let state = null;
  let here = 0; // the bit that the keyboard stands on, counted from the first byte of the window
  let shown = -1; // the bit that is explained, counted from the first byte of the frame

  // -- buttons

  const press = (kind, content) => () => link.send(kind, content);
  const button = (label, title, kind, content) => h("button", { type: "button", title, onclick: press(kind, content) }, label);
  const undo = button("↶ Undo", "take back the last change", "undo");
  const reset = button("Reset", "the frame as it was given", "reset");
  const fin = button("FIN", "last frame of its message: yes or no", "fin");
  const masked = button("MASK", "with a masking key or without; the payload is masked anew", "mask");
  const opcode = h(
    "select",
    { "aria-label": "opcode", title: "what kind of frame", onchange: () => link.send("opcode", { value: Number(opcode.value) }) },
    ...OPCODES.map((name, number) => h("option", { value: String(number) }, name)),
  );
  const mend = button("Make the length true", "write the header anew for the payload that is there", "mend");
  const tools = h(
    "div", { class: "ls-row ls-frame-tools" }, undo, reset,
    h("span", { class: "ls-faint" }, "rebuild:"), fin, opcode, masked,
    mend,
  );

  // -- the bits

  const cells = [];
  const boxes = [];
  const grid = h("div", {
    class: "ls-bits", role: "group", onkeydown: move, onmouseleave: () => explain(-1),
    "aria-label": "Bits of the frame. Arrow keys move, Enter or Space flips the bit.",
  });
  const before = h("button", { type: "button", onclick: () => link.send("page", { byte: state.start - state.window }) }, "◀ before");
  const after = h("button", { type: "button", onclick: () => link.send("page", { byte: state.start + state.window }) }, "after ▶");
  const where = h("span", { class: "ls-mono" });
  const pager = h("div", { class: "ls-row ls-pager" }, before, where, after);
  const said = h("p", { class: "ls-bit-said", role: "status" });

  function box(place) {
    const labels = h("div", { class: "ls-bit-labels", "aria-hidden": "true" });
    const bits = h("div", { class: "ls-bit-row" });
    const value = h("div", { class: "ls-bit-value ls-mono" });
    for (let i = 0; i < 8; i += 1) {
      const at = 8 * place + i;
      const bit = h("button", {
        type: "button", class: "ls-bit", tabindex: "-1",
        onclick: () => { stand(at); link.send("flip", { bit: 8 * state.start + at }); },
        onmouseenter: () => explain(8 * state.start + at),
        onfocus: () => { stand(at); explain(8 * state.start + at); },
      });
      cells.push(bit);
      bits.append(bit);
    }
    const whole = h("div", { class: "ls-byte" }, labels, bits, value);
    boxes.push({ whole, labels, value });
    return whole;
  }

  function stand(at) {
    cells[here]?.setAttribute("tabindex", "-1");
    here = at;
    cells[here].setAttribute("tabindex", "0");
  }

  function move(event) {
    const top = boxes[0].whole.offsetTop;
    const line = 8 * Math.max(1, boxes.filter((b) => b.whole.offsetParent && b.whole.offsetTop === top).length);
    const last = 8 * state.bytes.length - 1;
    const steps = { ArrowRight: here + 1, ArrowLeft: here - 1, ArrowDown: here + line, ArrowUp: here - line, Home: 0, End: last };
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation(); // JupyterLab would move to another cell
    if (to >= 0 && to <= last) cells[to].focus();
  }

  // -- what they mean

  const rows = h("tbody");
  const table = h(
    "table", { class: "ls-fields" },
    h("caption", { class: "ls-hidden-but-read" }, "The decoded fields"),
    h("thead", {}, h("tr", {}, ...["field", "bits", "value", "meaning"].map((name) => h("th", { scope: "col" }, name)))),
    rows,
  );
  const verdicts = h("ul", { class: "ls-verdicts" });
  const hex = h("code", { class: "ls-hex" });

  function fieldAt(bit) {
    return state.fields.find((field) => field.start <= bit && bit < field.stop);
  }

  function explain(bit) {
    shown = bit;
    const field = state && bit >= 0 ? fieldAt(bit) : undefined;
    light(field);
    said.replaceChildren(
      ...(field
        ? [h("strong", {}, `bit ${bit}: ${field.name} = ${field.value || "nothing"}`), ` · ${field.meaning} `, h("span", { class: "ls-faint" }, field.section)]
        : ["Point at a bit to see what it means; click it, or press Enter, to flip it."]),
    );
  }

  function light(field) {
    cells.forEach((cell, at) => {
      const bit = 8 * state.start + at;
      cell.classList.toggle("ls-lit", Boolean(field) && field.start <= bit && bit < field.stop);
    });
    [...rows.children].forEach((row, number) => row.classList.toggle("ls-lit", state.fields[number] === field));
  }

  // -- sending

  const send = h("button", { type: "button", class: "ls-send", onclick: press("send") }, "Send these bytes to a real server");
  const to = h("span", { class: "ls-faint" });
  const outcome = h("p", { class: "ls-outcome", role: "status" });
  const answers = h("ol", { class: "ls-answers", tabindex: "0", "aria-label": "What crossed the wire" });

  // -- drawing

  function draw(next) {
    state = next;
    drawTools();
    drawBits();
    rows.replaceChildren(...state.fields.map(fieldRow));
    drawVerdicts(...state.verdicts);
    hex.textContent = state.hex;
    explain(shown);
    drawAnswer(state.answer);
  }

  /** The first verdict is about the end that sent the frame. */
  function drawVerdicts(verdict, turned) {
    if (!verdict) verdicts.replaceChildren(h("li", { class: "ls-faint" }, "What will the server say to these bytes? Guess, then send."));
    else
      verdicts.replaceChildren(
        h("li", { class: verdict.sign === "✕" ? "ls-is-wrong" : "" }, h("b", {}, verdict.sign), " ", h("b", {}, verdict.who), `: ${verdict.text}`),
        turned.text === verdict.text ? "" : h("li", { class: "ls-faint" }, `If it was ${turned.who}: ${turned.text}`),
      );
  }

  function drawTools() {
    undo.disabled = state.undos === 0;
    reset.disabled = !state.edited;
    fin.setAttribute("aria-pressed", String(state.fin));
    masked.setAttribute("aria-pressed", String(state.masked));
    opcode.value = String(state.opcode);
    pager.hidden = state.size <= state.window;
    before.disabled = state.start === 0;
    after.disabled = state.start + state.window >= state.size;
    const end = Math.min(state.start + state.window, state.size) - 1;
    where.textContent = `bytes ${state.start.toLocaleString("en")} to ${end.toLocaleString("en")} of ${state.size.toLocaleString("en")}`;
    to.textContent = `to ${state.server}: TCP, a real handshake, then just these ${state.size.toLocaleString("en")} bytes`;
  }

  function drawBits() {
    while (boxes.length < state.bytes.length) grid.append(box(boxes.length));
    boxes.forEach((b, place) => {
      b.whole.hidden = place >= state.bytes.length;
      if (b.whole.hidden) return;
      const byte = state.bytes[place];
      const number = state.start + place;
      for (let i = 0; i < 8; i += 1) {
        const cell = cells[8 * place + i];
        const field = fieldAt(8 * number + i);
        const digit = (byte >> (7 - i)) & 1;
        cell.textContent = String(digit);
        cell.className = `ls-bit ls-group-${field?.group ?? "rest"}`;
        cell.setAttribute("aria-pressed", String(digit === 1));
        cell.setAttribute("aria-label", `bit ${8 * number + i}, ${field?.name ?? "no field"}, ${digit}`);
      }
      b.labels.replaceChildren(...labelsOf(number));
      const note = state.plain[place];
      b.value.replaceChildren(
        h("span", { class: "ls-bit-numbers" }, h("span", {}, "bits "), `${8 * number}–${8 * number + 7}`),
        h("span", { class: "ls-faint" }, `${number}: `), h("b", {}, byte.toString(16).padStart(2, "0")), note ? ` ${note}` : "",
      );
    });
    stand(Math.min(here, 8 * state.bytes.length - 1));
  }

  function labelsOf(number) {
    return state.fields
      .filter((field) => field.start < 8 * number + 8 && field.stop > 8 * number)
      .map((field) => {
        const first = Math.max(field.start - 8 * number, 0);
        const end = Math.min(field.stop - 8 * number, 8);
        const part = field.stop - field.start > 8 ? ` ${number - Math.floor(field.start / 8)}` : "";
        return h("span", { class: `ls-group-${field.group}`, style: `grid-column: ${first + 1} / ${end + 1}` }, `${field.name}${part}`);
      });
  }

  function fieldRow(field) {
    const span = field.stop - field.start;
    const bits = span === 0 ? "none" : span === 1 ? `${field.start}` : `${field.start}–${field.stop - 1}`;
    return h(
      "tr", { onmouseenter: () => light(field), onmouseleave: () => explain(shown) },
      h("th", { scope: "row" }, h("span", { class: `ls-swatch ls-group-${field.group}` }), field.name),
      h("td", { class: "ls-mono" }, bits), h("td", { class: "ls-mono" }, field.value), h("td", {}, `${field.meaning} `, h("span", { class: "ls-faint" }, field.section)),
    );
  }

  function drawAnswer(answer) {
    send.disabled = Boolean(answer) && !answer.done;
    outcome.hidden = answers.hidden = !answer;
    if (!answer) return;
    const listening = answer.done ? "" : answer.sentence ? " (still listening …)" : "waiting for the answer …";
    outcome.textContent = `${answer.sentence}${listening}`;
    if (answer.done && answer.stale) outcome.append(h("span", { class: "ls-faint" }, " The bits have changed since: send again."));
    answers.replaceChildren(...answer.rows.map(answerRow));
  }

  function answerRow(row) {
    const who = { ">": "→ sent", "<": "← came", "=": "TCP" }[row.direction];
    return h(
      "li", { class: row.direction === "<" ? "ls-came" : row.direction === ">" ? "ls-went" : "ls-faint" },
      h("span", { class: "ls-who" }, who),
      h("span", {}, row.hex ? h("code", {}, `${row.hex}  `) : "", row.text, row.wrong ? h("span", { class: "ls-is-wrong" }, ` ✕ broken rule: ${row.wrong}`) : ""),
    );
  }

  const root = panel(
    el, "frame", "Bits of a frame", tools, grid, pager, said,
    h("p", { class: "ls-hexline" }, h("span", { class: "ls-faint" }, "on the wire: "), hex), verdicts, table,
    h("div", { class: "ls-row ls-frame-send" }, send, to), outcome, answers,
  );
  const link = follow(model, root, { snapshot: draw, news: draw });
  return link.stop;
}

export default { render };
