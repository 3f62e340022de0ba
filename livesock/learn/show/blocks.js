// Blocks to put in order: drag them, or use the keyboard. Their text enters the page as text.

function render({ model, el }) {
  const texts = model.get("blocks");
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  };
  const list = (label) => make("ol", { class: "ls-blocks", "aria-label": label, ondragover: (e) => over(e), ondrop: (e) => drop(e) });
  const left = list("Blocks that are left");
  const yours = list("Your order");
  const verdict = make("pre", { role: "status", class: "ls-verdict" });
  const said = make("p", { role: "status", class: "ls-said" });
  const check = make("button", { type: "button", onclick: ask }, "Check this order");
  let dragged = null;

  texts.forEach((text, i) => left.append(block(text, i + 1)));
  el.replaceChildren(make("section", { class: "ls-parsons", "aria-label": "Blocks to put in order", "data-lm-suppress-shortcuts": "true" },
    make("p", {}, "Drag blocks into your order, or focus one: Enter takes it over or puts it back, Alt with an arrow up or down moves it. Not every block belongs."),
    make("div", { class: "ls-columns" },
      make("div", {}, make("strong", {}, "Blocks"), left), make("div", {}, make("strong", {}, "Your order"), yours)),
    check, said, verdict));

  function block(text, number) {
    const item = make("li", {}, make("button", { type: "button", draggable: "true", "data-number": number }, text));
    const button = item.firstChild;
    button.addEventListener("dragstart", (e) => {
      dragged = item;
      e.dataTransfer.setData("text/plain", String(number));
    });
    button.addEventListener("click", () => move(item, item.parentNode === left ? yours : left, null));
    button.addEventListener("keydown", (e) => {
      if (!e.altKey || (e.key !== "ArrowUp" && e.key !== "ArrowDown")) return;
      e.preventDefault();
      e.stopPropagation();
      const up = e.key === "ArrowUp";
      const other = up ? item.previousSibling : item.nextSibling;
      if (other) move(item, item.parentNode, up ? other : other.nextSibling);
    });
    return item;
  }

  function move(item, where, before) {
    where.insertBefore(item, before);
    item.firstChild.focus();
    const at = [...where.children].indexOf(item) + 1;
    said.textContent = where === yours ? `Block ${at} of ${yours.childElementCount} in your order.` : "Put back.";
  }

  function over(e) {
    if (dragged) e.preventDefault();
  }

  function drop(e) {
    e.preventDefault();
    const target = e.target.closest("li");
    const isBelow = target && e.clientY > target.getBoundingClientRect().top + target.offsetHeight / 2;
    if (dragged && target !== dragged) move(dragged, e.currentTarget, isBelow ? target.nextSibling : target);
    dragged = null;
  }

  function ask() {
    const order = [...yours.querySelectorAll("button")].map((button) => Number(button.dataset.number));
    verdict.textContent = "checking …";
    try {
      model.send({ order });
    } catch {
      verdict.textContent = "The kernel is gone: run this cell again.";
    }
  }

  const hear = (message) => (verdict.textContent = message.verdict);
  model.on("msg:custom", hear);
  return () => model.off("msg:custom", hear);
}

export default { render };
