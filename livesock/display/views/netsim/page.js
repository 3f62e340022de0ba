// The knobs of a simulated network. A knob shows the value in the kernel, not the one that was asked for.
/* global bytes, count, follow, h, panel -- from shared.js */

function render({ model, el }) {
  const { units, meanings } = model.get("options");
  const title = h("strong");
  const passed = h("p", { role: "status" });
  const inputs = {};
  const knobs = Object.entries(units).map(([name, unit]) => {
    const isSwitch = unit === "";
    const input = h("input", isSwitch
      ? { type: "checkbox", onchange: () => turn(name, input.checked) }
      : { type: "text", size: 7, inputmode: "decimal", placeholder: "none", onchange: () => turn(name, number(input.value)) });
    inputs[name] = input;
    return h("label", { class: "ls-knob", title: meanings[name] },
      h("span", { class: "ls-knob-name" }, name.replace("_", " ")), input, h("span", { class: "ls-knob-unit" }, unit),
      h("small", {}, meanings[name]));
  });
  const reset = h("button", { type: "button", onclick: () => link.send("reset") }, "Reset every connection");
  const root = panel(el, "netsim", "A simulated network", h("div", { class: "ls-row" }, title, reset), passed, h("div", { class: "ls-knobs" }, ...knobs));

  const number = (text) => (text.trim() === "" ? null : Number.isNaN(Number(text)) ? text : Number(text));
  function turn(name, value) {
    link.send("turn", { name, value: value === null && ["delay", "jitter"].includes(name) ? 0 : value });
    link.send("hello"); // if the kernel refused it, the knob goes back
  }

  function draw({ running, values, counters }) {
    title.textContent = running ? "The network is up" : "The network is gone";
    reset.disabled = !running;
    passed.textContent = `${counters.connected} of ${count(counters.accepted, "connection")} open; `
      + `${bytes(counters.from_client)} from clients, ${bytes(counters.to_client)} to clients`;
    for (const [name, value] of Object.entries(values)) {
      const input = inputs[name];
      if (input.type === "checkbox") input.checked = value;
      else if (input !== document.activeElement) input.value = value === null ? "" : String(value);
    }
  }

  const link = follow(model, root, { snapshot: draw, news: draw });
  return link.stop;
}

export default { render };
