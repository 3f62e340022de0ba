// What the three pages share: who this tab is, and how its connection is doing.

export const at = (id) => document.getElementById(id);

/** Return a new element; text enters a page as text, never as HTML. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** Something that this tab remembers over a reload, and no other tab knows. */
export function remembered(name, initial) {
  try {
    const kept = sessionStorage.getItem(name);
    return kept === null ? initial : JSON.parse(kept);
  } catch { return initial; } // storage may be forbidden; then a reload begins anew
}

export function remember(name, value) {
  try { sessionStorage.setItem(name, JSON.stringify(value)); } catch { /* as above */ }
}

/** The secret by which the server knows this tab again: after a reload, and after a cut that it has not noticed yet. */
export function key() {
  let mine = remembered("livesock key", null);
  if (mine === null) remember("livesock key", mine = newKey());
  return mine;
}

export const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Leave a namespace and join it again. */
export function again(socket) {
  socket.close();
  socket.open();
}

const TRANSPORTS = { "auto": ["websocket", "polling"], "websocket": ["websocket"], "polling": ["polling"], "upgrade": ["polling", "websocket"] };

/** The transports that the page's address asks for: ?transports=polling. */
export function transports() {
  return TRANSPORTS[new URLSearchParams(location.search).get("transports")] ?? TRANSPORTS.auto;
}

const WORDS = { idle: "not connected", connecting: "connecting …", connected: "connected", waiting: "connection lost", closed: "disconnected" };

/** Show the state of `connection` in the bar of the page, with a switch for it. */
export function showState(connection) {
  const [bar, word, detail, button, choice] = ["state", "state-word", "state-detail", "state-button", "state-transports"].map(at);
  const asked = new URLSearchParams(location.search).get("transports");
  choice.value = asked in TRANSPORTS ? asked : "auto";
  let timer = 0;

  const show = () => {
    const { name, transport, id, reason, until } = connection.state;
    clearTimeout(timer);
    bar.dataset.state = name;
    const said = name === "waiting" ? `${WORDS[name]}: ${reason}` : WORDS[name];
    if (word.textContent !== said) word.textContent = said; // what is read aloud changes only when it is another state
    if (name === "waiting") {
      const seconds = Math.ceil((until - Date.now()) / 1000);
      detail.textContent = seconds > 0 ? `trying again in ${seconds} s` : "trying again …";
      timer = setTimeout(show, 250);
    } else {
      detail.textContent = name === "connected" ? `${transport}, session ${id.slice(0, 6)}…` : "";
    }
    button.textContent = { connected: "Disconnect", connecting: "Disconnect", waiting: "Try now" }[name] ?? "Connect";
  };

  const restart = () => {
    connection.close();
    connection.open();
  };
  button.addEventListener("click", () => connection.state.name === "connected" || connection.state.name === "connecting" ? connection.close() : connection.open());
  choice.addEventListener("change", () => {
    connection.options.transports = TRANSPORTS[choice.value];
    restart();
  });
  connection.on("state", show);
  show();
}
