// The opening handshake: a request to edit, a guess, what a real server answers, and the sequence that followed.
/* global follow, h -- from shared.js */
/* global guessing, instrument, presetRow -- from instrument.js */

function render({ model, el }) {
  let state = null;

  const presets = presetRow({ label: "Requests", choose: (key) => link.send("preset", { key }) });
  const sentence = h("p", { class: "ls-sentence", role: "status" });
  const question = guessing({ hint: "Guess, then send.", guess: (key) => link.send("guess", { key }) });

  // -- the request

  const line = h("input", {
    type: "text", class: "ls-mono", "aria-label": "request line", spellcheck: "false", autocomplete: "off",
    oninput: () => link.send("line", { text: line.value }), onkeydown: sendOnEnter,
  });
  const headers = h("tbody");
  const table = h(
    "table", { class: "ls-headers" },
    h("caption", { class: "ls-hidden-but-read" }, "The headers of the request"),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "header"), h("th", { scope: "col" }, "value"), h("th", { scope: "col" }, h("span", { class: "ls-hidden-but-read" }, "delete")))),
    headers,
  );
  const button = (label, kind) => h("button", { type: "button", onclick: () => link.send(kind) }, label);
  const send = h("button", { type: "button", class: "ls-send", onclick: () => link.send("send") }, "Send to the real server");
  const problems = h("ul", { class: "ls-problems", "aria-label": "Rules of RFC 6455 for this request" });
  const rules = h("details", { class: "ls-more" }, h("summary", {}, "What RFC 6455 says to this request"), problems);
  const tools = h("div", { class: "ls-row" }, button("+ Header", "add"), button("New key", "key"));

  function sendOnEnter(event) {
    if (event.key === "Enter" && !send.disabled) link.send("send");
  }

  function headerRow(number) {
    // Each part is sent by itself: an older answer of the kernel may stand in the other field, and must not go back.
    const say = (event) => link.send(event.target === name ? "name" : "value", { number, text: event.target.value });
    const name = h("input", { type: "text", class: "ls-mono", "aria-label": `name of header ${number + 1}`, spellcheck: "false", autocomplete: "off", oninput: say, onkeydown: sendOnEnter });
    const value = h("input", { type: "text", class: "ls-mono", "aria-label": `value of header ${number + 1}`, spellcheck: "false", autocomplete: "off", oninput: say, onkeydown: sendOnEnter });
    const remove = h("button", { type: "button", title: "delete this header", "aria-label": `delete header ${number + 1}`, onclick: () => { focusAfter = number; link.send("delete", { number }); } }, "✕");
    const row = h("tr", {}, h("td", {}, name), h("td", {}, value), h("td", {}, remove));
    row.inputs = [name, value];
    return row;
  }

  let focusAfter = null; // the row whose neighbour gets the focus when it is gone

  /** Show what the kernel holds, except in the field in which the reader is typing. */
  function put(input, text) {
    const isTyped = input === input.getRootNode().activeElement;
    if (!isTyped && input.value !== text) input.value = text;
  }

  function drawRequest() {
    put(line, state.line);
    while (headers.children.length > state.headers.length) headers.lastChild.remove();
    const added = headers.children.length > 0 && headers.children.length < state.headers.length;
    while (headers.children.length < state.headers.length) headers.append(headerRow(headers.children.length));
    state.headers.forEach(([name, value], number) => {
      const [first, second] = headers.children[number].inputs;
      if (focusAfter !== null) { first.value = name; second.value = value; }
      put(first, name);
      put(second, value);
    });
    if (focusAfter !== null) headers.children[Math.min(focusAfter, headers.children.length - 1)]?.querySelector("button").focus();
    else if (added) headers.lastChild.inputs[0].focus();
    focusAfter = null;
    problems.replaceChildren(
      ...(state.problems.length
        ? state.problems.map((p) => h("li", { class: "ls-is-wrong" }, `✕ ${p.text} `, h("span", { class: "ls-faint" }, `${p.section}; answered with ${p.status}`)))
        : [h("li", {}, "✓ a valid opening handshake ", h("span", { class: "ls-faint" }, "RFC 6455, 4.1"))]),
    );
    send.disabled = !state.done;
  }

  // -- what happened

  const answer = h("p", { class: "ls-outcome", role: "status" });
  const stale = h("p", { class: "ls-faint" }, "That was before the request changed. Send again.");
  const checks = h("ul", { class: "ls-problems", "aria-label": "What a client checks in the answer" });
  const server = h("span");
  const sequence = h("ol", { class: "ls-sequence", "aria-label": "The sequence" });
  const said = h("details", {}, h("summary", {}, "The answer as it came"), h("pre", { tabindex: "0", "aria-label": "The answer as it came" }));

  function eventRow(event) {
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

  function drawAnswer() {
    answer.textContent = state.answer || (state.done ? "" : "waiting for the answer …");
    answer.classList.toggle("ls-is-wrong", !state.answer.startsWith("101") || state.checks.some((c) => c.sign === "✕"));
    after.hidden = ends.hidden = sequence.hidden = !state.sent;
    after.classList.toggle("ls-old", state.stale);
    sequence.classList.toggle("ls-old", state.stale);
    stale.hidden = !state.stale;
    checks.replaceChildren(...state.checks.map((c) => h("li", { class: c.sign === "✕" ? "ls-is-wrong" : "" }, `${c.sign} ${c.text}`)));
    server.textContent = `server ${state.server}${state.tls ? " (TLS)" : ""}`;
    sequence.replaceChildren(...state.events.map(eventRow));
    const body = state.rows.filter((row) => row.text.startsWith("body: ")).map((row) => row.text.slice(6));
    said.hidden = state.head.length === 0;
    said.querySelector("pre").textContent = [state.rows[0]?.text ?? "", ...state.head, ...(body.length ? ["", ...body] : [])].join("\n");
  }

  function draw(next) {
    state = next;
    presets.draw(state.presets, state.preset);
    sentence.textContent = state.sentence;
    question.draw(state.question);
    drawRequest();
    drawAnswer();
  }

  const ends = h("div", { class: "ls-ends" }, h("b", {}, "client"), h("b", {}, server));
  const after = h("div", { class: "ls-after" }, answer, checks, said);
  const root = instrument(
    el, "handshake", "Opening handshake", presets.element, sentence,
    h("div", { class: "ls-shake" },
      h("div", {}, line, table, tools, rules),
      h("div", {}, question.element, h("div", { class: "ls-row ls-go" }, send), stale, after),
    ),
    ends, sequence,
  );
  const link = follow(model, root, { snapshot: draw, news: draw });
  return link.stop;
}

export default { render };
