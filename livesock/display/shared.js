// What all views share: making elements, talking with the kernel, saying when it has gone silent.
// Text from the wire enters the page through `textContent` only: it can never become markup.
/* exported bytes, count, follow, h, panel, s */

const SILENCE = 6000; // milliseconds without a word after which the reader is told; the kernel speaks every 2000

const GONE = "No news from the kernel: it was restarted, or the network is gone. Run the cell again, or wait.";

/** Make an element: h("button", { class: "ls-small", title: "…", onclick: f }, "text", child, …). */
function h(tag, attributes = {}, ...children) {
  return dress(document.createElement(tag), attributes, children);
}

/** The same for SVG: s("rect", { x: 0, y: 0, width: 10, height: 10 }). */
function s(tag, attributes = {}, ...children) {
  return dress(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function dress(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "checked" || name === "value" || name === "disabled") element[name] = value;
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined)); // strings become text nodes
  return element;
}

/**
 * A frame around a view, with its name for screen readers and a line for what went wrong. `kind` is the folder of the
 * view: its style sheet applies below `.ls-view.ls-<kind>` only, for all views of a page share one document.
 */
function panel(el, kind, name, ...children) {
  const notice = h("p", { class: "ls-notice", role: "status", hidden: true });
  const root = h("section", { class: `ls-view ls-${kind}`, "aria-label": name }, notice, ...children);
  // The keys pressed in a view are the view's: without this, JupyterLab takes "x" on a button for "cut the cell". It
  // looks at the focused element first, so the mark on an element around it comes too late.
  root.addEventListener("focusin", (event) => event.target.setAttribute("data-lm-suppress-shortcuts", "true"));
  el.replaceChildren(root);
  root.notice = (text) => {
    notice.textContent = text;
    notice.hidden = !text;
  };
  return root;
}

/**
 * Follow the kernel. `root` is a `panel`, `draw.snapshot(state)` draws from nothing, `draw.news(news)` what changed.
 * A message of another kind goes, with its buffers, to the method of `draw` with that name.
 * Returns { send(kind, content), stop() }; call `stop` when the page lets go of the view.
 */
function follow(model, root, draw) {
  let number = 0; // of the last message; 0: no snapshot yet
  let heard = Date.now();
  let silent = false;
  let ended = false;

  function send(kind, content = {}) {
    try {
      model.send({ kind, ...content });
    } catch { // the line to the kernel is gone for good: JupyterLab has thrown away the kernel's models
      root.classList.add("ls-stale");
      root.notice(GONE);
    }
  }

  function hear(message, buffers) {
    heard = Date.now();
    if (silent) {
      silent = false;
      root.notice("");
      root.classList.remove("ls-stale");
    }
    if (message.kind === "snapshot") {
      number = message.number;
      ended = false;
      root.classList.remove("ls-ended");
      draw.snapshot(message.state);
      return;
    }
    if (number === 0) return; // somebody else's news: ours begin with the snapshot
    if (message.number !== number + 1) { // something got lost on the way: draw from nothing again
      number = 0;
      send("hello");
      return;
    }
    number = message.number;
    if (message.kind === "news") draw.news?.(message.news);
    else if (message.kind === "beat") return;
    else if (message.kind === "complaint") root.notice(message.text);
    else if (message.kind === "end") {
      ended = true;
      root.classList.add("ls-ended");
      const again = "Run the cell again for a live one; if it shows a server, start that first.";
      root.notice(`This picture no longer moves: ${message.why}. ${again}`);
    } else draw[message.kind]?.(message, buffers); // a kind of the view's own
  }

  const watch = setInterval(() => {
    if (ended || silent || Date.now() - heard < SILENCE) return;
    silent = true;
    root.classList.add("ls-stale");
    root.notice(GONE);
    send("hello"); // where the network comes back, the answer does
  }, 1000);

  model.on("msg:custom", hear);
  send("hello");
  return {
    send,
    stop() {
      clearInterval(watch);
      model.off("msg:custom", hear);
    },
  };
}

/** (1, "error") -> "1 error" */
const count = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;

/** 1536 -> "1.5 KiB" */
function bytes(size) {
  if (size < 1024) return `${size} B`;
  const units = ["KiB", "MiB", "GiB"];
  let unit = -1;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${size.toFixed(1)} ${units[unit]}`;
}
