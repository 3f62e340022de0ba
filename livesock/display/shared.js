// What all views share: making elements, exchanging messages with the kernel, and a notice when the kernel is silent.
// Text from the wire enters the page through `textContent` only: it can never become markup.
/* exported bytes, count, follow, h, panel, s, typing */

const SILENCE = 6000; // milliseconds without a message after which the reader gets a notice; the kernel sends one every 2000

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
 * A frame around a view, with its name for screen readers and a line for notices. `kind` is the folder of the
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
 * Follow the kernel. `root` is a `panel`, `draw.snapshot(state)` draws everything, `draw.news(news)` what has changed.
 * Until the first snapshot the page shows nothing to act on, so nothing in it can be pressed or typed into.
 * A message of another kind goes, with its buffers, to the method of `draw` with that name.
 * Returns { send(kind, content), stop() }; call `stop` when the page removes the view.
 */
function follow(model, root, draw) {
  let number = 0; // of the last message; 0: no snapshot yet
  let heard = Date.now();
  let silent = false;
  let ended = false;
  const controls = [...root.children].slice(1); // without the line for notices, which is heard at any time
  for (const part of controls) part.inert = true;

  function send(kind, content = {}) {
    if (kind !== "hello" && !silent && !ended) root.notice(""); // what was wrong with the last thing that was asked for
    try {
      model.send({ kind, ...content });
    } catch { // the kernel cannot be reached any more: JupyterLab has disposed of its models
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
      for (const part of controls) part.inert = false;
      return;
    }
    if (number === 0) return; // news for another page: this one still waits for its snapshot
    if (message.number !== number + 1) { // a message was lost: ask for a new snapshot
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
    } else draw[message.kind]?.(message, buffers); // a kind that only this view has
  }

  const watch = setInterval(() => {
    if (ended || silent || Date.now() - heard < SILENCE) return;
    silent = true;
    root.classList.add("ls-stale");
    root.notice(GONE);
    send("hello"); // when the network is back, the answer comes
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

/**
 * A field in which the reader types, and which the kernel fills as well. `tell(text)` is called for each change.
 * Returns { put(text) }, to be called with the kernel's text: one that is older than what was typed does not come back,
 * or the button that is pressed next would send it.
 */
function typing(field, tell = () => {}) {
  const onTheWay = []; // what was typed, and the kernel has not shown yet
  let known = null;

  field.addEventListener("input", () => {
    onTheWay.push(field.value);
    tell(field.value);
  });

  function put(text) {
    const place = onTheWay.indexOf(text);
    if (place >= 0) onTheWay.splice(0, place + 1);
    else if (text !== known) onTheWay.length = 0; // another text, such as an example
    known = text;
    if (!onTheWay.length && field !== field.getRootNode().activeElement && field.value !== text) field.value = text;
  }

  return { put };
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
