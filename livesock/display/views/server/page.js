// The status card of a server: drawn anew from each state, because it is small.
/* global count, follow, h, panel -- from shared.js */

function render({ model, el }) {
  const title = h("strong");
  const address = h("code");
  const stop = h("button", { type: "button", onclick: () => link.send(running ? "stop" : "start") }, "Stop");
  let running = true;
  const peers = h("ul", { class: "ls-list" });
  const seats = h("ul", { class: "ls-list", "aria-label": "Who is in which namespace" });
  const errors = h("ul", { class: "ls-list ls-errors" });
  const more = (left, before, after) => (left > 0 ? [h("li", { class: "ls-faint" }, `${before} ${left.toLocaleString("en")} ${after}`.trim())] : []);
  const counts = h("p", { class: "ls-counts", role: "status" });
  const root = panel(el, "server", "Status of a server", h("div", { class: "ls-row" }, title, address, stop), counts, peers, seats, errors);

  function draw(state) {
    title.textContent = `Server "${state.name}" ${state.running ? "is running" : "is stopped"}`;
    address.textContent = state.url;
    running = state.running;
    stop.textContent = running ? "Stop" : "Start again";
    counts.textContent = `${count(state.peer_count, "open connection")}, ${count(state.error_count, "error")}${state.refused_count ? `, ${state.refused_count.toLocaleString("en")} refused` : ""}`;
    peers.replaceChildren(
      ...state.peers.map((p) => h("li", {}, `#${p.connection} ${p.protocol} ${p.path} from ${p.address}`)),
      ...more(state.peer_count - state.peers.length, "and", "more, opened later"),
    );
    seats.replaceChildren(...state.seats.map((s) => h("li", {}, `${count(s.count, "peer")} in ${s.namespace}: ${s.names}`)));
    errors.replaceChildren(
      ...more(state.earlier_count, "", "earlier"),
      ...state.errors.map((error) => h("li", {}, error)),
    );
  }

  const link = follow(model, root, { snapshot: draw, news: draw });
  return link.stop;
}

export default { render };
