// Ten broken servers: rows to pick, their bytes, a section to name. The kernel knows what is wrong.
/* global follow, h -- from shared.js */
/* global instrument -- from instrument.js */
/* global bytesAndFields -- from bytes.js */

function render({ model, el }) {
  let shown = ""; // the row whose bytes are drawn

  const servers = h("div", { class: "ls-row ls-presets", role: "group", "aria-label": "Servers" });
  const sentence = h("p", { class: "ls-sentence", role: "status" });
  const rows = h("ol", { class: "ls-crossed-rows", "aria-label": "What crossed" });
  const bytes = bytesAndFields();
  const section = h("select", { "aria-label": "Section of RFC 6455", onchange: () => link.send("section", { value: section.value }) });
  const check = h("button", { type: "button", class: "ls-send", onclick: () => link.send("check") }, "Check");
  const which = h("span");
  const said = h("p", { class: "ls-outcome", role: "status" });
  const more = h("details", { class: "ls-more" }, h("summary", {}, "What this does not show"), h("p", { class: "ls-faint" }, "Each was recorded from a right server with one line changed. The bytes are cut into heads and frames for you; in which segments they came is not shown. Only the server is broken: where a client breaks a rule, the question is what the server does."));

  function draw(state) {
    drawServers(state);
    sentence.textContent = `${state.sentence}${state.is_found ? "" : " Which row of this one is wrong?"}`;
    drawRows(state);
    const key = `${state.name} ${state.row}`;
    if (key !== shown) bytes.show(state.details);
    shown = key;
    if (!section.children.length) section.append(h("option", { value: "" }, "which section?"), ...state.sections.map(({ key: value, text }) => h("option", { value }, `${value} · ${text}`)));
    section.value = state.section;
    which.textContent = `Row ${state.row + 1} breaks RFC 6455, `;
    said.textContent = state.said || "\u00a0";
    said.classList.toggle("ls-yes", state.is_found);
  }

  function drawServers(state) {
    if (!servers.children.length) servers.append(...state.servers.map(({ name }) => h("button", { type: "button", onclick: () => link.send("server", { value: name }) })));
    state.servers.forEach(({ name, number, found }, n) => {
      servers.children[n].textContent = found ? `${number} ✓` : String(number);
      servers.children[n].setAttribute("aria-label", `server ${number}${found ? ", found" : ""}`);
      servers.children[n].setAttribute("aria-pressed", String(name === state.name));
    });
  }

  function drawRows(state) {
    while (rows.children.length > state.rows.length) rows.lastChild.remove();
    while (rows.children.length < state.rows.length) {
      const n = rows.children.length;
      rows.append(h("li", {}, h("button", { type: "button", onclick: () => link.send("row", { value: n }) }, h("span", { class: "ls-who" }), h("span", { class: "ls-mono" }))));
    }
    state.rows.forEach(({ who, text }, n) => {
      const button = rows.children[n].firstChild;
      rows.children[n].className = `ls-from-${who}`;
      button.firstChild.textContent = who === "client" ? "client →" : "← server";
      button.lastChild.textContent = text;
      button.setAttribute("aria-pressed", String(n === state.row));
    });
  }

  const root = instrument(
    el, "broken", "Ten broken servers", servers, sentence, rows, bytes.element,
    h("div", { class: "ls-row ls-go" }, which, section, check), said, more,
  );
  const link = follow(model, root, { snapshot: draw, news: draw });
  return link.stop;
}

export default { render };
