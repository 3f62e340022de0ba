// One message, layer by layer: boxes in boxes. The kernel sends it over a real connection and shows what it was.
/* global follow, h, typing -- from shared.js */
/* global instrument, presetRow -- from instrument.js */

function render({ model, el }) {
  let state = null;
  const open = { tcp: true }; // which boxes the reader has opened: the outermost is all that a listener has

  const schemes = presetRow({ label: "Schemes", choose: (value) => link.send("scheme", { value }) });
  const sentence = h("p", { class: "ls-sentence", role: "status" });
  const text = h("input", { type: "text", "aria-label": "your message", autocomplete: "off", onkeydown: (event) => { if (event.key === "Enter") say(); } });
  const typed = typing(text);
  const go = h("button", { type: "button", class: "ls-send", onclick: say }, "Send it");
  const place = h("div", { class: "ls-boxes" });
  const http = h("details", { class: "ls-http" }, h("summary", {}, h("b", {}, "HTTP"), h("span", { class: "ls-faint" }, " spoke once, at the beginning: one request and one answer, to agree on WebSocket")), h("pre"), h("pre"));

  function say() {
    if (text.value) link.send("say", { value: text.value });
  }

  function box(now, rest) {
    const [inner, ...more] = rest;
    const adds = now.extra ? `, ${now.extra} of its own` : "";
    const element = h(
      "details", { class: `ls-box ls-box-${now.key}`, open: Boolean(open[now.key]), ontoggle: (event) => { if (event.target === element) open[now.key] = element.open; } },
      h("summary", {}, h("b", {}, now.name), h("span", {}, ` ${now.size} bytes${adds}`), h("span", { class: "ls-faint" }, ` ${now.words}`)),
      now.text ? h("p", { class: "ls-text" }, now.text) : null,
      h("code", { class: "ls-bytes-of" }, now.hex),
      inner ? box(inner, more) : null,
    );
    return element;
  }

  function draw(next) {
    state = next;
    schemes.draw(state.schemes, state.scheme);
    sentence.textContent = state.sentence;
    text.maxLength = state.longest;
    typed.put(state.text);
    const focused = place.contains(place.getRootNode().activeElement) ? [...place.querySelectorAll("summary")].indexOf(place.getRootNode().activeElement) : -1;
    const [outer, ...rest] = state.boxes;
    place.replaceChildren(...(outer ? [box(outer, rest)] : []));
    place.querySelectorAll("summary")[focused]?.focus();
    http.hidden = !state.http.length;
    http.querySelectorAll("pre").forEach((pre, n) => { pre.textContent = state.http[n] ?? ""; });
  }

  const root = instrument(el, "layers", "A message and its layers", schemes.element, sentence, h("div", { class: "ls-row ls-say" }, text, go), place, http);
  const link = follow(model, root, { snapshot: draw, news: draw });
  return link.stop;
}

export default { render };
