// A request that the reader edits, and the sequence of what crossed after it was sent. The kernel's side of the editor is
// exchange.py.
/* exported requestEditor, sequenceOf */
/* global h, typing -- from shared.js */

/**
 * A first line and a table of headers. `say(kind, content)` is called for each change, `send()` for Enter.
 * Returns { line, table, draw({ line, headers }) }: the two elements, to be placed.
 */
function requestEditor({ say, send }) {
  const line = field("request line", (text) => say("line", { text }));
  const headers = h("tbody");
  const table = h(
    "table", { class: "ls-headers" },
    h("caption", { class: "ls-hidden-but-read" }, "The headers of the request"),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "header"), h("th", { scope: "col" }, "value"), h("th", { scope: "col" }, h("span", { class: "ls-hidden-but-read" }, "delete")))),
    headers,
  );
  let focusAfter = null; // the row whose neighbour gets the focus when it is gone

  function field(label, tell) {
    const onkeydown = (event) => { if (event.key === "Enter") send(); };
    const input = h("input", { type: "text", class: "ls-mono", "aria-label": label, spellcheck: "false", autocomplete: "off", onkeydown });
    input.typed = typing(input, tell);
    return input;
  }

  function headerRow(number) {
    // Each part is sent by itself: an older answer of the kernel may stand in the other field, and must not go back.
    const name = field(`name of header ${number + 1}`, (text) => say("name", { number, text }));
    const value = field(`value of header ${number + 1}`, (text) => say("value", { number, text }));
    const remove = h("button", { type: "button", title: "delete this header", "aria-label": `delete header ${number + 1}`, onclick: () => { focusAfter = number; say("delete", { number }); } }, "✕");
    const row = h("tr", {}, h("td", {}, name), h("td", {}, value), h("td", {}, remove));
    row.inputs = [name, value];
    return row;
  }

  function draw(state) {
    line.typed.put(state.line);
    while (headers.children.length > state.headers.length) headers.lastChild.remove();
    const added = headers.children.length > 0 && headers.children.length < state.headers.length;
    while (headers.children.length < state.headers.length) headers.append(headerRow(headers.children.length));
    state.headers.forEach(([name, value], number) => {
      const [first, second] = headers.children[number].inputs;
      if (focusAfter !== null) { first.value = name; second.value = value; }
      first.typed.put(name);
      second.typed.put(value);
    });
    if (focusAfter !== null) headers.children[Math.min(focusAfter, headers.children.length - 1)]?.querySelector("button").focus();
    else if (added) headers.lastChild.inputs[0].focus();
    focusAfter = null;
  }

  return { line, table, draw };
}

/** Client and server as two lines, what crossed between them as arrows. Returns { element, draw(events, server) }. */
function sequenceOf() {
  const server = h("span");
  const ends = h("div", { class: "ls-ends" }, h("b", {}, "client"), h("b", {}, server));
  const list = h("ol", { class: "ls-sequence", "aria-label": "The sequence" });

  function row(event) {
    const way = { ">": "ls-to-server", "<": "ls-to-client", "=": "ls-both" }[event.way];
    const spoken = { ">": "client to server: ", "<": "server to client: ", "=": "" }[event.way];
    const arrow = { ">": "▶", "<": "◀", "=": "" }[event.way];
    return h(
      "li", {}, h("span", { class: "ls-mono ls-faint ls-time" }, event.time),
      h(
        "div", { class: `ls-lane ${way}${event.wrong ? " ls-is-wrong" : ""}` },
        h("span", { class: "ls-hidden-but-read" }, spoken),
        h("span", {}, event.text, event.wrong ? ` ✕ ${event.wrong}` : ""),
        h("span", { class: "ls-arrow", "aria-hidden": "true" }, arrow),
      ),
    );
  }

  function draw(events, name) {
    server.textContent = name;
    list.replaceChildren(...events.map(row));
  }

  return { element: h("div", {}, ends, list), draw };
}
