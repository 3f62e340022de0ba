// Where a token goes: six ways, three places, and what the log is good for an hour later.
/* global follow, h -- from shared.js */
/* global instrument, presetRow -- from instrument.js */

function render({ model, el }) {
  const ways = presetRow({ label: "Ways to bring a token along", choose: (key) => link.send("way", { key }) });
  const sentence = h("p", { class: "ls-sentence", role: "status" });
  const code = h("pre", { class: "ls-code", tabindex: 0, "aria-label": "What a page writes" });
  const can = h("p", { class: "ls-faint" });
  const places = h("div", { class: "ls-places" });
  const stolen = h("p", { class: "ls-outcome" });
  const head = h("tr");
  const rows = h("tbody");
  const table = h("div", { class: "ls-tried", tabindex: 0, role: "group", "aria-label": "What you have seen so far" }, h("table", {}, h("thead", {}, head), rows));

  const root = instrument(
    el, "token", "Where the token went", ways.element, sentence, can, code, places, stolen, table,
    h("details", { class: "ls-more" }, h("summary", {}, "What this does not show"), h("p", { class: "ls-faint" }, "The connections are real, and so are the bytes; the client is livesock's, which can do what a page cannot. The log's line is written by this server in the form that nginx has; a proxy in front would write it before your code runs. With wss the same bytes travel encrypted, and the log is the same: TLS ends before it. livesock masks tokens in its own log; here they are shown, for they are the subject.")),
  );

  function draw(state) {
    ways.draw(state.ways, state.way);
    sentence.textContent = state.sentence;
    can.textContent = `Can a page do it? ${state.browser === "no" ? "No" : state.browser === "yes" ? "Yes" : "The browser does it by itself"}:`;
    code.textContent = state.code;
    if (!places.children.length) places.append(...state.places.map(({ name }) => h("div", {}, h("p", { class: "ls-faint" }, name), h("pre", { tabindex: 0, "aria-label": name }))));
    state.places.forEach(({ lines }, n) => {
      const has = lines.some((line) => line.some((part) => part.token));
      places.children[n].classList.toggle("ls-has", has);
      places.children[n].classList.toggle("ls-used", state.is_used);
      places.children[n].lastChild.replaceChildren(...lines.map((line) => h("span", {}, ...line.map(({ text, token }) => (token ? h("mark", {}, text) : text)), "\n")));
    });
    stolen.textContent = state.stolen;
    stolen.classList.toggle("ls-is-wrong", state.is_bad);
    if (!head.children.length) head.append(h("th", { scope: "col" }, "way"), ...state.columns.map((name) => h("th", { scope: "col" }, name)));
    if (!rows.children.length) rows.append(...state.rows.map(({ name }) => h("tr", {}, h("th", { scope: "row" }, name), ...state.columns.map(() => h("td")))));
    state.rows.forEach(({ key, cells }, n) => {
      rows.children[n].classList.toggle("ls-newest", key === state.way);
      cells.forEach((text, c) => { rows.children[n].children[c + 1].textContent = text; });
    });
  }

  const link = follow(model, root, { snapshot: draw, news: draw });
  return () => link.stop();
}

export default { render };
