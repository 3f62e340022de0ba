// Who reads the room: switches of a server, a table of pages and ways, and the bytes of one request.
/* global follow, h -- from shared.js */
/* global instrument, presetRow -- from instrument.js */

const SIGNS = { reads: "●", hidden: "◐", refused: "○" };
const PATIENCE = 5000; // milliseconds until a page that does not answer counts as out of reach
const FAR = "Your browser does not reach the port of the kernel's machine: the kernel alone plays the pages.";

function render({ model, el }) {
  let state = null;
  let frames = []; // pages of other origins, in this browser
  let waiting = 0;

  const presets = presetRow({ label: "What the server looks at", choose: (key) => link.send("preset", { key }) });
  const switches = h("div", { class: "ls-switches", role: "group", "aria-label": "Switches of the server" });
  const sentence = h("p", { class: "ls-sentence", role: "status" });
  const rows = h("tbody");
  const head = h("tr");
  const table = h("table", { class: "ls-who" }, h("caption", { class: "ls-hidden-but-read" }, "Who reads, and how"), h("thead", {}, head), rows);
  const name = h("p", { class: "ls-outcome" });
  const why = h("p", { class: "ls-why" });
  const request = lines("The request");
  const answer = lines("The answer");
  const code = h("pre", { class: "ls-code", tabindex: 0 });
  const ask = h("button", { type: "button", onclick: askBrowser }, "Let my own browser ask, too");
  const said = h("span", { class: "ls-faint", role: "status" });
  const yard = h("div", { hidden: true });

  const root = instrument(
    el, "origins", "Who reads the room", presets.element, switches, sentence, table, name, why,
    h("div", { class: "ls-bytes" }, request.element, answer.element), h("div", { class: "ls-row ls-go" }, ask, said), yard,
    h("details", { class: "ls-more" }, h("summary", {}, "As Python"), code),
    h("details", { class: "ls-more" }, h("summary", {}, "What is real here, and what is played"), h("p", { class: "ls-faint" }, "The server is real, and so is each request: the kernel sends what a browser would send for a page of that origin, on a connection of its own, and reads the answer. What a browser would then hide is worked out from the answer's headers by the rule of the Fetch standard. Your own browser can be the first three pages: iframes from another port of this machine, under the names app.localhost and evil.localhost. It says what it could read. For the false name it would need a name server that lies. Cookies are the kernel's alone: it plays a cookie with SameSite=None; with Lax, most browsers keep it back from another site's requests.")),
  );

  function lines(label) {
    const list = h("pre", { tabindex: 0, "aria-label": label });
    const element = h("div", {}, h("p", { class: "ls-faint" }, label), list);
    const show = (all) => list.replaceChildren(...all.map(({ text, told }) => h("span", { class: told ? "ls-told" : "ls-faint" }, `${text}\n`)));
    return { element, draw: show };
  }

  function draw(next) {
    const turned = state && state.browser.run !== next.browser.run;
    state = next;
    if (turned) clear();
    presets.draw(state.presets, state.preset);
    if (!switches.children.length) switches.append(...state.switches.map(({ key }) => h("button", { type: "button", onclick: () => link.send("switch", { key }) }, h("b"), h("span"))));
    state.switches.forEach((one, n) => {
      const [label, says] = switches.children[n].children;
      switches.children[n].setAttribute("aria-pressed", String(one.on));
      label.textContent = one.name;
      says.textContent = one.says;
    });
    sentence.textContent = state.sentence;
    if (!head.children.length) head.append(h("th", { scope: "col" }, "who asks"), ...state.ways.map((way) => h("th", { scope: "col" }, way)));
    if (!rows.children.length) rows.append(...state.rows.map(row));
    state.rows.forEach((one, n) => one.cells.forEach((cell, c) => fill(rows.children[n].children[c + 1].firstChild, one, cell)));
    name.textContent = state.one.name;
    why.textContent = state.one.why;
    request.draw(state.one.request);
    answer.draw(state.one.answer);
    code.textContent = state.one.code;
    ask.disabled = !state.browser.can;
    if (state.browser.says) settled();
    if (state.browser.says || turned) said.textContent = state.browser.says;
  }

  function row({ key, name: called, story, ours, cells }) {
    return h(
      "tr", { class: ours ? "ls-ours" : "" }, h("th", { scope: "row" }, h("b", {}, called), h("small", { class: "ls-faint" }, story)),
      ...cells.map(({ way }) => h("td", {}, h("button", { type: "button", onclick: () => link.send("choose", { page: key, way }) }, h("i", { "aria-hidden": "true" }), h("span"), h("small")))),
    );
  }

  function fill(button, { key }, { way, outcome, words, browser }) {
    button.className = `ls-${outcome}`;
    button.setAttribute("aria-pressed", String(state.one.page === key && state.one.way === way));
    button.children[0].textContent = SIGNS[outcome];
    button.children[1].textContent = words;
    button.children[2].textContent = browser ? `your browser: ${browser}` : "";
  }

  // -- the reader's own browser, as pages of other origins

  function askBrowser() {
    clear();
    said.textContent = "your browser asks …";
    frames = state.browser.pages.map(({ home, query, sandbox }) => h("iframe", { src: `${home}/?${new URLSearchParams(query)}`, sandbox: sandbox ? "allow-scripts" : null, title: "a page that knocks", "aria-hidden": "true", tabindex: -1 }));
    yard.replaceChildren(...frames);
    waiting = setTimeout(() => { clear(); said.textContent = FAR; }, PATIENCE);
  }

  function hear(event) {
    if (!frames.some((frame) => frame.contentWindow === event.source)) return;
    const { livesock, page, way, outcome, text } = event.data;
    link.send("browser", { run: livesock, page, way, outcome, text });
  }

  function settled() {
    clearTimeout(waiting);
  }

  function clear() {
    settled();
    frames = [];
    yard.replaceChildren();
  }

  window.addEventListener("message", hear);
  const link = follow(model, root, { snapshot: draw, news: draw });
  return () => { window.removeEventListener("message", hear); clear(); link.stop(); };
}

export default { render };
