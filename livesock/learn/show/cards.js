// Cards: chips to go by, a question, options, something to choose from, what is said about it. Python decides all of it.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

function render({ model, el }) {
  const send = (kind, value) => model.send({ kind, value });
  const chips = make("div", { class: "lsc-chips", role: "group", "aria-label": "All of them" });
  const sentence = make("p", { class: "lsc-sentence", role: "status" });
  const title = make("p", { class: "lsc-title" });
  const words = make("p");
  const summary = make("summary");
  const fold = make("details", {}, summary, words);
  const options = make("div", { class: "lsc-options", role: "group" });
  const select = make("select", { onchange: () => send("select", select.value) });
  const label = make("label", { class: "lsc-select" }, make("span"), select);
  const said = make("div", { class: "lsc-said", role: "status" });
  const next = make("button", { type: "button", class: "lsc-next", onclick: () => send("next") });
  const root = make("section", { class: "ls-cards", "aria-label": model.get("name") }, chips, sentence, title, fold, options, label, said, next);
  // As in the live views: keys pressed here are not JupyterLab's.
  root.addEventListener("focusin", (event) => event.target.setAttribute("data-lm-suppress-shortcuts", "true"));

  /** Buttons for a list; they are kept while their number stays, and with them the focus. */
  function buttons(row, list, kind) {
    while (row.children.length > list.length) row.lastChild.remove();
    while (row.children.length < list.length) row.append(make("button", { type: "button", onclick: (event) => send(kind, event.currentTarget.dataset.key) }));
    list.forEach((one, n) => {
      const button = row.children[n];
      button.dataset.key = one.key;
      button.textContent = one.text;
      button.className = one.mark ? `lsc-${one.mark}` : "";
      button.setAttribute("aria-pressed", String(one.pressed));
    });
  }

  function draw() {
    const state = model.get("state");
    buttons(chips, state.chips, "chip");
    sentence.textContent = state.sentence;
    title.textContent = state.title;
    options.setAttribute("aria-label", state.title);
    buttons(options, state.options, "option");
    fold.hidden = !state.fold;
    if (state.fold && words.textContent !== state.fold.text) {
      summary.textContent = state.fold.summary;
      words.textContent = state.fold.text;
      fold.open = false;
    }
    label.hidden = !state.select;
    if (state.select) {
      label.firstChild.textContent = `${state.select.label} `;
      select.replaceChildren(make("option", { value: "" }, "choose"), ...state.select.options.map((one) => make("option", { value: one.key, disabled: !one.open }, one.text)));
      select.value = state.select.value;
    }
    said.className = `lsc-said ${state.mood ? `lsc-${state.mood}` : ""}`;
    said.replaceChildren(...state.said.map((text) => make("p", {}, text)));
    next.textContent = state.next;
    next.style.visibility = state.next ? "visible" : "hidden";
  }

  model.on("change:state", draw);
  el.replaceChildren(root);
  draw();
  return () => model.off("change:state", draw);
}

export default { render };
