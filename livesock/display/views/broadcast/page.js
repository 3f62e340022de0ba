// Broadcast: one event for many peers. A card lights up when its client has really heard the newest emit.
/* global bytes, follow, h, panel, s -- from shared.js */

function render({ model, el }) {
  let state = null;
  const cards = new Map(); // name -> the parts of a card

  const title = h("strong", {}, "One event for all, and who does not read");
  const sum = h("span", { class: "ls-faint", role: "status" });
  const count = h("select", {}, ...[[1, "once"], [100, "100 times"], [300, "300 times"]].map(([n, words]) => h("option", { value: n }, words)));
  const size = h("select", {}, ...[[10, "10 B"], [16384, "16 KiB"]].map(([n, words]) => h("option", { value: n }, words)));
  const volatile = h("input", { type: "checkbox", onchange: () => { say.textContent = called(); } });
  const called = () => `space${volatile.checked ? ".volatile" : ""}.emit(…)`;
  const say = h("button", { type: "button", class: "ls-mono", onclick: () => link.send("emit", { volatile: volatile.checked, count: Number(count.value), size: Number(size.value) }) }, called());
  const people = h("ul", { class: "ls-people", "aria-label": "Peers" });
  const trouble = h("p", { class: "ls-cast-trouble", hidden: true });
  const rounds = h("tbody");
  const table = h("table", { class: "ls-rounds" }, h("caption", {}, "Who has heard it"), h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "what was called"), h("th", { scope: "col" }, "times"), h("th", { scope: "col" }, "heard by"))), rounds);
  const bars = s("svg", { viewBox: "0 0 360 130", role: "img", class: "ls-bars" });
  const numbers = h("p", { class: "ls-faint ls-cast-caption" });
  const times = h("figure", { class: "ls-times" }, h("figcaption", {}, "Time of each delivery, in ms"), bars, numbers);
  const root = panel(
    el,
    "broadcast", "Broadcast in a namespace",
    h("div", { class: "ls-row" }, title, sum),
    h("div", { class: "ls-row ls-cast-bar" }, say, h("label", {}, "say it ", count), h("label", {}, "with ", size), h("label", {}, volatile, "volatile")),
    people,
    trouble,
    h("div", { class: "ls-cast-results" }, table, times),
  );

  // -- the peers

  function card(member) {
    const parts = { heard: h("span", { class: "ls-heard" }), state: h("span", { class: "ls-faint" }), queue: h("span", { class: "ls-queue" }) };
    parts.slow = h("button", { type: "button" });
    parts.item = h("li", { class: "ls-peer" }, h("div", { class: "ls-peer-head" }, h("strong", {}, member.name), parts.heard), parts.state, parts.queue, parts.slow);
    return parts;
  }

  function fill(parts, member, newest) {
    const heard = member.heard > 0;
    parts.item.className = `ls-peer${heard ? " ls-lit" : ""}${member.gone ? " ls-gone" : ""}`;
    parts.heard.textContent = !newest ? "" : heard ? (newest.count > 1 ? `✓ ${member.heard}/${newest.count}` : "✓ heard it") : "· not heard";
    parts.state.textContent = member.gone ? `✕ ${member.gone}` : !member.in ? "comes …" : member.slow ? "❚❚ does not read" : "reads";
    parts.queue.textContent = member.in && (member.unsent || member.missed) ? `${bytes(member.unsent)} wait${member.missed ? `, ${member.missed} volatile missed` : ""}` : "";
    parts.queue.style.setProperty("--ls-full", `${Math.min(100, (member.unsent / 4194304) * 100)}%`);
    parts.slow.textContent = member.gone ? "Come back" : member.slow ? "Read again" : "Stop reading";
    parts.slow.setAttribute("aria-label", `${parts.slow.textContent}: ${member.name}`);
    parts.slow.onclick = () => (member.gone ? link.send("come", { name: member.name }) : link.send("slow", { name: member.name, on: !member.slow }));
  }

  function draw(next) {
    state = next;
    const newest = state.rounds.at(-1);
    const present = state.members.filter((one) => one.in).length;
    const all = present + state.others;
    people.hidden = !state.members.length;
    sum.textContent = `${state.running ? "" : "the server is stopped · "}namespace ${state.namespace} · ${all} peers, ${present} of them brought by this view`;
    if (cards.size !== state.members.length) {
      for (const member of state.members) cards.set(member.name, card(member));
      people.replaceChildren(...[...cards.values()].map((parts) => parts.item));
    }
    for (const member of state.members) fill(cards.get(member.name), member, newest);
    trouble.hidden = !state.dropped;
    trouble.textContent = `The server has dropped ${state.dropped} ${state.dropped === 1 ? "peer" : "peers"}. ${state.why}`;
    drawRounds();
    drawBars();
  }

  function drawRounds() {
    rounds.replaceChildren(...[...state.rounds].reverse().map((one) => {
      const who = Object.entries(one.heard).map(([peer, n]) => (n < one.count ? `${peer} (${n})` : peer));
      return h("tr", {}, h("td", {}, h("code", {}, one.code)), h("td", {}, String(one.count)), h("td", {}, who.join(", ") || "no member"));
    }));
    if (!state.rounds.length) rounds.append(h("tr", {}, h("td", { colspan: "3", class: "ls-faint" }, "Nothing was emitted yet: press the button above.")));
  }

  function drawBars() {
    const { bars: counts, count: deliveries, median, p95, worst } = state.latency;
    const most = Math.max(1, ...counts);
    const labels = [...state.edges.map((edge) => `<${edge >= 1000 ? "1 s" : edge}`), "more"];
    bars.setAttribute("aria-label", deliveries ? counts.map((n, i) => (n ? `${n} took ${labels[i]} ms` : "")).filter(Boolean).join(", ") : "no delivery yet");
    bars.replaceChildren(...counts.flatMap((n, i) => {
      const height = n ? Math.max(2, (n / most) * 84) : 0;
      const x = 2 + i * 30;
      return [
        s("rect", { x, y: 104 - height, width: 25, height, class: "ls-bar" }),
        n ? s("text", { x: x + 12.5, y: 100 - height, "text-anchor": "middle" }, String(n)) : null,
        s("text", { x: x + 12.5, y: 118, "text-anchor": "middle", class: "ls-faint" }, labels[i]),
      ].filter(Boolean);
    }), s("path", { d: "M0 104.5H360", class: "ls-axis" }));
    numbers.textContent = deliveries
      ? `${deliveries} deliveries: median ${median} ms, 95 % within ${p95} ms, the slowest ${worst} ms. From emit() to the packet taken apart at the peer, both ends in one process and on one clock; the peers share a thread, so the later ones wait for the earlier.`
      : "Nothing was delivered yet.";
  }

  const link = follow(model, root, { snapshot: draw, news: draw });
  return link.stop;
}

export default { render };
