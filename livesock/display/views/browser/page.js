// The reader's browser as a client: this page itself opens a `new WebSocket(…)`.
/* global follow, h, panel -- from shared.js */
/* global addressOf, wayTo -- from address.js */

const STATES = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"];
const KEPT = 60; // lines of the log
const LONGEST = 300; // characters of one of them: a longer message would push the others out of sight

function render({ model, el }) {
  const options = model.get("options");
  let socket = null;

  const choice = (label, values, chosen) => {
    const select = h("select", {}, ...values.map(([value, text]) => h("option", { value, selected: value === chosen }, text)));
    return [select, h("label", { class: "ls-row" }, label, select)];
  };
  const field = (label, value, size) => {
    const input = h("input", { type: "text", value, size });
    const box = h("label", { class: "ls-row" }, label, input);
    return [input, box];
  };
  const [kind, kindBox] = choice("speak", [["raw", "WebSocket"], ["socketio", "Socket.IO"]], "raw");
  const [way, wayBox] = wayTo(options);
  const [path, pathBox] = field("path", options.path, 14);
  const [space, spaceBox] = field("namespace", options.namespace, 14);
  const [event, eventBox] = field("event", "message", 10);
  const [message, messageBox] = field("message", "hello", 24);
  const [code, codeBox] = field("code", "1000", 5);

  const connect = h("button", { type: "button", onclick: open }, "Connect");
  const send = h("button", { type: "button", onclick: () => say(message.value) }, "Send");
  const close = h("button", { type: "button", onclick: leave }, "Close");
  const state = h("output", { class: "ls-state", "aria-label": "readyState" }, "no WebSocket yet");
  const address = h("code", { class: "ls-address" });
  const own = h("ol", { class: "ls-log", "aria-label": "What this page saw", tabindex: 0 });
  const theirs = h("ol", { class: "ls-log", "aria-label": "What the server recorded", tabindex: 0 });
  const whose = h("h4", {}, "What the server recorded");

  const root = panel(
    el, "browser", "A client in your browser",
    h("div", { class: "ls-row" }, kindBox, pathBox, spaceBox, wayBox, connect),
    h("div", { class: "ls-row" }, eventBox, messageBox, send, codeBox, close, state),
    h("p", { class: "ls-where" }, address),
    h("div", { class: "ls-pair" },
      h("div", {}, h("h4", {}, "What this page saw"), own),
      h("div", {}, whose, theirs)),
  );
  kind.addEventListener("change", adapt);
  message.addEventListener("keydown", (pressed) => pressed.key === "Enter" && socket?.readyState === 1 && say(message.value));

  function adapt() {
    const raw = kind.value === "raw";
    pathBox.hidden = !raw;
    spaceBox.hidden = eventBox.hidden = raw;
    messageBox.firstChild.textContent = raw ? "message" : "arguments, JSON";
    message.value = raw ? "hello" : '["hello"]';
  }

  function line(list, sign, text, side) {
    const shown = text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length.toLocaleString("en")} characters)` : text;
    list.append(h("li", { class: `ls-${side}` }, `${sign} ${shown}`));
    while (list.childElementCount > KEPT) list.firstChild.remove();
    list.scrollTop = list.scrollHeight;
  }

  function show() {
    const ready = socket?.readyState ?? 3;
    state.textContent = socket ? `readyState ${ready} ${STATES[ready]}` : "no WebSocket yet";
    connect.disabled = socket !== null && ready < 2;
    send.disabled = ready !== 1;
    close.disabled = ready > 1;
  }

  function open() {
    const mark = crypto.getRandomValues(new Uint32Array(2)).join("x"); // finds this connection in the server's trace
    const raw = kind.value === "raw";
    const target = raw ? path.value : "/socket.io/?EIO=4&transport=websocket";
    const url = addressOf(options, way.value, `${target}${target.includes("?") ? "&" : "?"}view=${mark}`);
    address.textContent = `new WebSocket("${url}")`;
    own.replaceChildren();
    link.send("opened", { mark });
    const opened = (socket = new WebSocket(url));
    const spaceName = space.value === "/" ? "" : `${space.value},`;
    opened.onopen = () => (line(own, "●", "open", "note"), show());
    opened.onerror = () => line(own, "✗", "error: a browser does not tell a page which", "note");
    opened.onclose = (e) => {
      line(own, "●", `close ${e.code}${e.reason ? ` "${e.reason}"` : ""} ${e.wasClean ? "clean" : "not clean"}`, "note");
      show();
    };
    opened.onmessage = (e) => {
      const text = typeof e.data === "string" ? e.data : `${e.data.size} bytes`;
      line(own, "◄", text, "server");
      if (raw || typeof e.data !== "string") return;
      if (text[0] === "0") put(`40${spaceName}`); // Engine.IO has opened: ask for the namespace
      if (text === "2") put("3"); // Engine.IO's ping wants a pong
    };
    show();
  }

  function put(text) {
    socket.send(text);
    line(own, "►", text, "browser");
  }

  function say(text) {
    if (kind.value === "raw") return put(text);
    try {
      const values = JSON.parse(text);
      if (!Array.isArray(values)) throw new Error("not an array");
      put(`42${space.value === "/" ? "" : `${space.value},`}${JSON.stringify([event.value, ...values])}`);
    } catch (problem) {
      root.notice(`The arguments are a JSON array such as ["hello", 1]: ${problem.message}`);
    }
  }

  function leave() {
    try {
      socket.close(Number(code.value), "the reader closed it");
      show();
    } catch (problem) { // the browser's own rule: 1000 or 3000 to 4999
      root.notice(problem.message);
    }
  }

  function draw(recorded) {
    whose.textContent = recorded.connection ? `What the server recorded, connection ${recorded.connection}` : "What the server recorded";
    const signs = { browser: "►", server: "◄", note: "●" };
    theirs.replaceChildren();
    for (const row of recorded.rows) line(theirs, signs[row.side], row.size ? `${row.text}  (${row.size} B)` : row.text, row.side);
  }

  const link = follow(model, root, { snapshot: draw, news: draw });
  adapt();
  show();
  return () => {
    socket?.close();
    link.stop();
  };
}

export default { render };
