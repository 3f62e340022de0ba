// The ladder of stages: rungs at the left, the page of the chosen one at the right. The kernel judges.
/* global follow, h -- from shared.js */
/* global instrument -- from instrument.js */

const SIGNS = { pass: "✓", "non-strict": "~", fail: "✕", "": "○" };
const SPOKEN = { pass: "passed", "non-strict": "passed, not strictly", fail: "failed", "": "not judged" };

function render({ model, el }) {
  let state = null;
  const opened = new Set(); // cases that the reader has opened or closed by hand

  const sentence = h("p", { class: "ls-sentence", role: "status" });
  const climb = h("button", { type: "button", class: "ls-send", onclick: () => { if (!state.running) link.send("climb"); } }, "Climb");
  const watch = h("input", { type: "checkbox", onchange: () => link.send("watch", { on: watch.checked }) });
  const rungs = h("ol", { class: "ls-rungs", "aria-label": "Stages" });
  const title = h("h4");
  const why = h("p");
  const notYet = h("p", { class: "ls-faint" });
  const judge = h("button", { type: "button", onclick: () => { if (!state.running) link.send("judge", { number: state.chosen }); } });
  const said = h("p", { class: "ls-notes" });
  const output = h("pre", { tabindex: 0, "aria-label": "What your program printed" });
  const printed = h("details", { class: "ls-case" }, h("summary", {}, "What your program printed"), output);
  const cases = h("div", { class: "ls-cases" });
  const more = h("details", { class: "ls-more" }, h("summary", {}, "What this does not show"), h("p", { class: "ls-faint" }, "Each judging starts your file as a program of its own, with a time limit, and ends it. “Climb” begins at stage 1 and stops at the first stage that fails. Keys in the hexadecimal are always 37 fa 21 3d, the key of the RFC's example. A dozen cases are a sample, not a proof; other judges come at the end of the lesson."));

  function draw(next) {
    state = next;
    sentence.textContent = `${state.target}: ${state.sentence}`;
    watch.checked = state.watches;
    for (const button of [climb, judge]) button.setAttribute("aria-disabled", String(state.running));
    drawRungs();
    const rung = state.rungs.find(({ number }) => number === state.chosen);
    title.textContent = `${rung.number} · ${rung.title}`;
    why.textContent = state.why;
    notYet.textContent = `Not needed yet: ${state.not_yet}`;
    judge.textContent = `Judge stage ${rung.number}`;
    said.textContent = state.notes.join(" ");
    printed.hidden = !state.output;
    output.textContent = state.output;
    drawCases();
  }

  function drawRungs() {
    if (!rungs.children.length) {
      const first = state.rungs.findIndex((one) => one.extension);
      rungs.append(...state.rungs.map((one, n) => h(
        "li", { class: `${one.extension ? "ls-extra" : ""} ${n === first ? "ls-first-extra" : ""}` },
        h("button", { type: "button", onclick: () => link.send("choose", { number: one.number }) }, h("span", { "aria-hidden": "true" }), h("span", {}, String(one.number)), h("span", {}, one.name)),
      )));
    }
    state.rungs.forEach((one, n) => {
      const button = rungs.children[n].firstChild;
      button.className = one.outcome ? `ls-${one.outcome}` : "";
      button.setAttribute("aria-current", String(one.number === state.chosen));
      button.setAttribute("aria-label", `${one.number} ${one.name}: ${one.running ? "being judged" : SPOKEN[one.outcome]}`);
      button.firstChild.textContent = one.running ? "…" : SIGNS[one.outcome];
    });
  }

  function drawCases() {
    const isOpen = (one, n) => (opened.has(one.id) ? !byDefault(one, n) : byDefault(one, n));
    cases.replaceChildren(...state.cases.map((one, n) => {
      const details = h(
        "details", { class: "ls-case", open: isOpen(one, n) },
        h("summary", {}, one.verdict ? h("span", { class: `ls-verdict-${one.verdict.replace(" ", "-")}` }, `${one.verdict} `) : null, `${one.id} · ${one.title}`),
        one.sentence ? h("p", { class: `ls-said${one.verdict === "FAIL" ? "" : " ls-mild"}` }, one.sentence) : null,
        h("p", {}, one.lesson, h("span", { class: "ls-faint" }, ` ${one.section}`)),
        h("dl", {}, ...one.steps.flatMap(([who, what]) => [h("dt", {}, who), h("dd", { class: "ls-mono" }, what)])),
        one.transcript.length ? h("pre", { tabindex: 0, "aria-label": "What crossed" }, one.transcript.join("\n")) : null,
      );
      details.firstChild.addEventListener("click", () => { if (opened.has(one.id)) opened.delete(one.id); else opened.add(one.id); });
      return details;
    }));
  }

  /** The first failure is open; before the judging the first case. */
  const byDefault = (one, n) => (state.cases.some((other) => other.verdict) ? one === state.cases.find((other) => other.verdict === "FAIL") : n === 0);

  const root = instrument(
    el, "stages", "Stages of a WebSocket server",
    h("div", { class: "ls-row ls-top" }, sentence, h("label", { class: "ls-row" }, watch, "climb at each save"), climb),
    h("div", { class: "ls-two" }, rungs, h("div", { class: "ls-page" }, title, why, notYet, h("div", { class: "ls-row" }, judge), said, cases, printed)),
    more,
  );
  const link = follow(model, root, { snapshot: draw, news: draw });
  return link.stop;
}

export default { render };
