// A page of a server of this notebook, in a frame. Nothing is loaded before the reader asks for it.
/* global follow, h, panel -- from shared.js */
/* global addressOf, wayTo -- from address.js */

function render({ model, el }) {
  const options = model.get("options");
  const [way, wayBox] = wayTo(options);
  const open = h("button", { type: "button", class: "ls-send", onclick: load }, "Open");
  const tab = h("a", { target: "_blank", rel: "noopener" }, "in a tab of its own ↗");
  const address = h("code", { class: "ls-address" });
  const frame = h("iframe", { title: "The page", hidden: true });
  const root = panel(el, "page", "A page of your server", h("div", { class: "ls-row" }, open, tab, wayBox, address), frame);
  way.addEventListener("change", show);

  const where = () => addressOf(options, way.value, options.path, "http");

  function show() {
    tab.href = where();
    address.textContent = where().replace(/([?&]auth=)[^&]*/, "$1…"); // a token is not for those who look over a shoulder
  }

  function load() {
    frame.hidden = false;
    frame.src = where();
    open.textContent = "Load again";
  }

  const link = follow(model, root, { snapshot: show });
  show();
  return link.stop;
}

export default { render };
