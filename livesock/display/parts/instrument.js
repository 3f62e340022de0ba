// What the instruments share: a panel, presets, steppers, captions, and a question to guess at before it happens.
/* exported caption, guessing, instrument, presetRow, stepper */
/* global h, panel -- from shared.js */

/** A panel with the styles of instrument.css besides those of its page. */
function instrument(el, kind, name, ...children) {
  const root = panel(el, kind, name, ...children);
  root.classList.add("ls-instrument");
  return root;
}

/** A row of examples; `choose(key)` is called when one is pressed. Returns { element, draw(list, chosen) }. */
function presetRow({ label, choose }) {
  const element = h("div", { class: "ls-row ls-presets", role: "group", "aria-label": label });

  function draw(list, chosen) {
    if (!element.children.length) element.append(...list.map(({ key, text }) => h("button", { type: "button", onclick: () => choose(key) }, text)));
    list.forEach(({ key }, n) => element.children[n].setAttribute("aria-pressed", String(key === chosen)));
  }

  return { element, draw };
}

/** A number between two buttons; `change(count)` asks for another one. Returns { element, draw({ now, most }) }. */
function stepper({ less, more, change, shown = ({ now }) => now }) {
  let count = { now: 1, most: 1 };
  const down = h("button", { type: "button", "aria-label": less, onclick: () => change(count.now - 1) }, "−");
  const up = h("button", { type: "button", "aria-label": more, onclick: () => change(count.now + 1) }, "+");
  const number = h("output", { class: "ls-mono" });

  function draw(next) {
    count = next;
    number.textContent = shown(count);
    down.disabled = count.now <= 1;
    up.disabled = count.now >= count.most;
  }

  return { element: h("span", { class: "ls-stepper" }, down, number, up), draw };
}

/** The name of a layer in its colour, what cuts it, and tools at the right end. */
function caption(tone, name, text, ...tools) {
  return h("div", { class: `ls-row ls-caption ls-tone-${tone}` }, h("b", {}, name), h("span", { class: "ls-faint" }, ...[text].flat()), h("span", { class: "ls-row ls-tools" }, ...tools));
}

/**
 * A question with a few answers. `guess(key)` is called when one is pressed; `hint` says what to do until then.
 * Returns { element, draw({ text, chosen, right, why, options: [{ key, text, about, strips }] }) }: `right` is known
 * afterwards; `about` stands beside a short answer; `strips` are rows of cells, drawn small.
 */
function guessing({ hint, guess }) {
  const asked = h("b");
  const next = h("span", { class: "ls-faint" }, ` ${hint}`);
  const options = h("div", { class: "ls-options", role: "group" });
  const element = h("div", { class: "ls-question" }, h("p", {}, asked, next), options);
  let question = { options: [] };

  const small = ({ top, part }) => h("span", { class: `ls-small-cell ls-group-${part}` }, top);

  const option = (number) => h("button", { type: "button", onclick: () => guess(question.options[number].key) }, h("span"), h("span", { class: "ls-strips" }), h("small"));

  function draw(asks) {
    if (JSON.stringify(asks) === JSON.stringify(question)) return; // most news do not change it
    question = asks;
    asked.textContent = question.text;
    next.hidden = Boolean(question.chosen || question.right || question.why);
    options.setAttribute("aria-label", question.text);
    while (options.children.length > question.options.length) options.lastChild.remove();
    while (options.children.length < question.options.length) options.append(option(options.children.length)); // the others are kept: one may have the focus
    question.options.forEach(({ key, text, about, strips = [] }, number) => {
      const [name, pieces, note] = options.children[number].children;
      const isRight = key === question.right;
      options.children[number].classList.toggle("ls-right", isRight);
      options.children[number].setAttribute("aria-pressed", String(key === question.chosen));
      name.replaceChildren(...(about ? [h("b", {}, text), ` ${about}`] : [text]));
      pieces.replaceChildren(...strips.map((cells) => h("span", { class: "ls-strip" }, ...cells.map(small))));
      note.textContent = [key === question.chosen ? "your guess" : "", isRight ? "✓ this happened" : ""].filter(Boolean).join(" · ");
    });
  }

  return { element, draw };
}
