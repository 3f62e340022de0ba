// A slider for the length of a text, and two frames that carry it. The kernel sends each of them; the page draws what crossed.
/* global follow, h -- from shared.js */
/* global caption, instrument, stepper -- from instrument.js */
/* global byteRow -- from byterow.js */

const FORMS = [["up to 125", "2 bytes"], ["126 to 65,535", "4 bytes"], ["65,536 and more", "10 bytes"]];
const NEWEST = 60; // milliseconds between two moves that are sent: a hand is faster than an echo

function render({ model, el }) {
  let state = null;
  let stops = [];
  let wanted = null; // a length that waits to be sent
  let waiting = 0;

  // -- what is under the hand

  const ask = (size) => {
    wanted = size;
    waiting ||= setTimeout(() => {
      waiting = 0;
      link.send("size", { to: wanted });
      wanted = null;
    }, NEWEST);
  };
  const sentence = h("p", { class: "ls-sentence", role: "status" });
  const steps = stepper({ less: "one byte less", more: "one byte more", change: ask, shown: ({ now }) => now.toLocaleString("en") });
  const landmarks = h("span", { class: "ls-row ls-landmarks", role: "group", "aria-label": "Lengths on both sides of a border" });
  const slider = h("input", { type: "range", min: 0, step: 1, "aria-label": "length of the text", oninput: () => ask(stops[Number(slider.value)]) });
  slider.addEventListener("keydown", (event) => event.stopPropagation()); // JupyterLab would move to another cell
  const forms = FORMS.map(([text, size], number) => h(
    "div", { class: "ls-form" },
    h("div", { class: "ls-boxes" }, ...Array.from({ length: [2, 4, 10][number] }, () => h("i"))), h("b", {}, size), h("span", {}, text),
  ));
  const stairs = h("div", { class: "ls-stairs", "aria-hidden": "true" }, ...forms);

  function drawLandmarks() {
    if (!landmarks.children.length) landmarks.append(...state.landmarks.map(([size]) => h("button", { type: "button", onclick: () => ask(size) }, h("span", {}, size.toLocaleString("en")), h("small"))));
    state.landmarks.forEach(([size, found], number) => {
      const button = landmarks.children[number];
      button.setAttribute("aria-pressed", String(size === state.size));
      button.lastChild.textContent = found ? `${found[0]} + 4 | ${found[1]}` : "?";
      button.title = found ? `header: ${found[0]} bytes from the client and 4 of key, ${found[1]} from the server` : "not measured yet";
    });
  }

  // -- the two frames

  const said = h("p", { class: "ls-cell-said ls-faint" });
  const explain = (text) => { said.textContent = text || secondByte(); };
  const client = byteRow({ label: "The client's frame", explain });
  const server = byteRow({ label: "The server's frame", explain });
  const problem = h("p", { class: "ls-outcome ls-is-wrong", role: "status" });

  function secondByte() {
    const bits = state?.client?.second;
    if (!bits) return "";
    const number = parseInt(bits.slice(1), 2);
    return `The client's second byte: ${bits[0]} ${bits.slice(1)}. MASK is 1, and the seven bits say ${number}${number < 126 ? "." : `: the length stands in the next ${number === 126 ? 2 : 8} bytes.`}`;
  }

  function drawRow(row, marks) {
    if (marks) row.draw(marks);
    row.element.classList.toggle("ls-old", !marks);
  }

  function draw(next) {
    state = next;
    stops = state.zones.flat();
    slider.max = stops.length - 1;
    const near = stops.findLastIndex((stop) => stop <= state.size);
    if (!waiting && Number(slider.value) !== near) slider.value = near;
    slider.setAttribute("aria-valuetext", `${state.size.toLocaleString("en")} bytes`);
    steps.draw({ now: state.size, most: state.most });
    forms.forEach((form, number) => {
      form.classList.toggle("ls-now", number === state.zone);
      form.classList.toggle("ls-unknown", !state.known[number]); // to be guessed, until one was sent
      form.children[1].textContent = state.known[number] ? FORMS[number][1] : "? bytes";
    });
    sentence.textContent = state.sentence;
    drawLandmarks();
    drawRow(client, state.client);
    drawRow(server, state.server);
    explain("");
    problem.textContent = state.problem && `No echo: ${state.problem}.`;
    problem.hidden = !state.problem;
  }

  const more = h(
    "details", { class: "ls-more" },
    h("summary", {}, "As Python, and what this does not show"),
    h("pre", { class: "ls-code" }, "with ls.connect(server.url(\"/echo\")) as ws:\n    ws.send(\"x\" * 126)\n    ws.recv()\n    sent, came = ws.trace.only(kind=\"frame\").rows()\n\nlen(sent.data) - 4 - 126, len(came.data) - 126"),
    h("p", { class: "ls-faint" }, "At each move one text crosses a new connection on this machine, with a new random key. Only the first 18 bytes of a frame are drawn. The slider is not to scale: each form of the length has a third of it. It ends at 200,000; the protocol goes on to 2^63 − 1."),
  );
  const root = instrument(
    el, "length", "The length of a frame", sentence,
    h("div", { class: "ls-row ls-lengths" }, landmarks, h("span", { class: "ls-faint" }, "header + key: client | server"), h("span", { class: "ls-row ls-tools" }, steps.element)),
    stairs, slider,
    caption("frame", "Client", "to the server: with a key, masked"), client.element,
    caption("segment", "Server", "back to the client: no key"), server.element, problem, said, more,
  );
  const link = follow(model, root, { snapshot: draw, news: draw });
  return () => {
    clearTimeout(waiting);
    link.stop();
  };
}

export default { render };
