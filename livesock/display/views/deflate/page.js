// Five messages over three connections, as bars: plain, compressed, and compressed without context takeover.
/* global count, follow, h -- from shared.js */
/* global guessing, instrument, presetRow -- from instrument.js */

function render({ model, el }) {
  const presets = presetRow({ label: "Messages", choose: (key) => link.send("preset", { key }) });
  const sentence = h("p", { class: "ls-sentence", role: "status" });
  const question = guessing({ hint: "Guess, then send.", guess: (key) => link.send("guess", { key }) });
  const go = h("p", { class: "ls-go" }, h("button", { type: "button", class: "ls-send", onclick: () => link.send("send") }, "Send"), h("span", { class: "ls-faint" }, " five messages over each of three connections"));
  const rows = h("div", { class: "ls-connections" });
  const outcome = h("p", { class: "ls-outcome", role: "status" });
  const why = h("p", { class: "ls-why" });

  function bar(frame, number) {
    const label = `frame ${number + 1}: ${count(frame.size, "byte")}`;
    return h(
      "li", { title: `${frame.hex}${frame.more ? " …" : ""}` },
      h("span", { class: "ls-bar", style: `width: ${Math.max(0.5, 100 * frame.share)}%`, "aria-hidden": "true" }),
      h("span", { class: "ls-mono", "aria-label": label }, `${frame.size} B`),
    );
  }

  function connection({ key, name, agreed, first, frames }) {
    return h(
      "div", { class: `ls-connection ls-is-${key}` },
      h("p", {}, h("b", {}, name), h("span", { class: "ls-faint ls-mono" }, first)),
      h("ol", { "aria-label": `Frames: ${name}` }, ...(frames.length ? frames.map(bar) : [h("li", { class: "ls-faint" }, "nothing sent yet")])),
      h("p", { class: "ls-faint ls-agreed" }, frames.length ? `the server agreed to: ${agreed || "no extension"}` : "\u00a0"),
    );
  }

  function draw(state) {
    presets.draw(state.presets, state.preset);
    sentence.textContent = state.sentence;
    question.draw(state.question);
    rows.replaceChildren(...state.connections.map(connection));
    outcome.textContent = state.problem || state.outcome;
    outcome.classList.toggle("ls-is-wrong", Boolean(state.problem));
    why.textContent = [state.tempts, state.why].filter(Boolean).join(" ");
  }

  const more = h(
    "details", { class: "ls-more" },
    h("summary", {}, "As Python, and what this does not show"),
    h("pre", { class: "ls-code" }, "@server.websocket(\"/small\", compression=\"deflate\")\nasync def echo(ws):\n    async for message in ws:\n        await ws.send(message)\n\nwith ls.connect(server.url(\"/small\"), compression=\"deflate\") as ws:\n    ws.send(\"a text\")\n    ws.recv()"),
    h("p", { class: "ls-faint" }, "Each press opens three new connections on this machine, and closes them. The bars are the whole frames that the server sent back, header and all; the client's have four bytes more, the key. Point at one for its first bytes."),
  );
  const root = instrument(el, "deflate", "Five messages, compressed or not", presets.element, sentence, question.element, go, rows, outcome, why, more);
  const link = follow(model, root, { snapshot: draw, news: draw });
  return () => link.stop();
}

export default { render };
