// Broadcast: the peers of a namespace. A card lights up when its client has really heard the newest emit.
/* global bytes, follow, h, panel, s -- from shared.js */

const ROOMS = ["red", "blue"];
const FORMS = [
  ["all", "space"],
  ["room", 'space.to("ROOM")'],
  ["but", 'space.except_("ROOM")'],
  ["one", "SEAT"],
  ["others", "SEAT.broadcast"],
  ["room_others", 'SEAT.to("ROOM")'],
  ["room_but", 'SEAT.except_("ROOM")'],
];

function render({ model, el }) {
  let state = null;
  const cards = new Map(); // name -> the parts of a card

  const title = h("strong", {}, "Who hears what");
  const sum = h("span", { class: "ls-faint", role: "status" });
  const speaker = h("select", { onchange: name });
  const room = h("select", { onchange: name }, ...ROOMS.map((one) => h("option", { value: one }, one)));
  const count = h("select", {}, ...[[1, "once"], [100, "100 times"], [300, "300 times"]].map(([n, words]) => h("option", { value: n }, words)));
  const size = h("select", {}, ...[[10, "10 B"], [16384, "16 KiB"]].map(([n, words]) => h("option", { value: n }, words)));
  const volatile = h("input", { type: "checkbox", onchange: name });
  const buttons = FORMS.map(([form]) => h("button", { type: "button", class: "ls-mono", onclick: () => emit(form) }));
  const people = h("ul", { class: "ls-people", "aria-label": "Peers" });
  const guests = h("ul", { class: "ls-people", "aria-label": "Other peers" });
  const others = h("div", {}, h("p", { class: "ls-faint ls-cast-caption" }, "Other peers, by what the server has counted"), guests);
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
    h("div", { class: "ls-row ls-cast-bar" }, h("label", {}, "seat ", speaker), h("label", {}, "room ", room), h("label", {}, volatile, "volatile"), h("label", {}, "say it ", count), h("label", {}, "with ", size)),
    h("div", { class: "ls-row ls-forms", role: "group", "aria-label": "Forms of emit" }, ...buttons),
    people,
    others,
    trouble,
    h("div", { class: "ls-cast-results" }, table, times),
  );

  function emit(form) {
    link.send("emit", { form, room: room.value, speaker: speaker.value, volatile: volatile.checked, count: Number(count.value), size: Number(size.value) });
  }

  function name() {
    FORMS.forEach(([, code], n) => {
      const text = code.replace("SEAT", speaker.value || "seat").replace("ROOM", room.value);
      buttons[n].textContent = `${text}${volatile.checked ? ".volatile" : ""}.emit(…)`;
      buttons[n].disabled = code.includes("SEAT") && !speaker.value;
    });
  }

  // -- the peers

  function card(member) {
    const parts = { heard: h("span", { class: "ls-heard" }), state: h("span", { class: "ls-faint" }), queue: h("span", { class: "ls-queue" }) };
    parts.rooms = ROOMS.map((one, n) => {
      const box = h("input", { type: "checkbox", "aria-label": `${member.name} in the room ${one}`, onchange: () => link.send("room", { name: member.name, room: one, in: box.checked }) });
      return { box, label: h("label", { class: n ? "ls-hue-1" : "ls-hue-5" }, box, one) };
    });
    parts.slow = h("button", { type: "button" });
    parts.item = h("li", { class: "ls-peer" }, h("div", { class: "ls-peer-head" }, h("strong", {}, member.name), parts.heard), h("div", { class: "ls-row" }, ...parts.rooms.map((one) => one.label)), parts.state, parts.queue, parts.slow);
    return parts;
  }

  function fill(parts, member, newest) {
    const heard = member.heard > 0;
    parts.item.className = `ls-peer${heard ? " ls-lit" : ""}${member.gone ? " ls-gone" : ""}`;
    parts.heard.textContent = !newest ? "" : heard ? (newest.count > 1 ? `✓ ${member.heard}/${newest.count}` : "✓ heard it") : "· not heard";
    parts.rooms.forEach(({ box }, n) => {
      box.checked = member.rooms.includes(ROOMS[n]);
      box.disabled = !member.in;
    });
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
    const all = present + state.guests.length + state.more;
    people.hidden = !state.members.length;
    sum.textContent = `${state.running ? "" : "the server is stopped · "}namespace ${state.namespace} · ${all} peers, ${present} of them brought by this view`;
    if (cards.size !== state.members.length) {
      for (const member of state.members) cards.set(member.name, card(member));
      people.replaceChildren(...[...cards.values()].map((parts) => parts.item));
      speaker.replaceChildren(...state.members.map((one) => h("option", { value: one.name }, one.name)));
      name();
    }
    for (const member of state.members) fill(cards.get(member.name), member, newest);
    others.hidden = !state.guests.length;
    guests.replaceChildren(...state.guests.map((guest) => h("li", { class: `ls-peer${newest && guest.since ? " ls-lit" : ""}` }, h("code", {}, guest.name), h("span", { class: "ls-faint" }, guest.rooms.length ? `rooms: ${guest.rooms.join(", ")}` : "no rooms"), h("span", {}, newest ? `${guest.since} handed to it` : ""), h("span", { class: "ls-queue" }, guest.unsent ? `${bytes(guest.unsent)} wait` : ""))), ...(state.more ? [h("li", { class: "ls-faint" }, `and ${state.more} more`)] : []));
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
    if (!state.rounds.length) rounds.append(h("tr", {}, h("td", { colspan: "3", class: "ls-faint" }, "Nothing was emitted yet: press one of the buttons above.")));
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

  name(); // without a crowd no seat ever comes that would name the buttons
  const link = follow(model, root, { snapshot: draw, news: draw });
  return link.stop;
}

export default { render };
