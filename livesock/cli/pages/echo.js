// A WebSocket client in a page: open, send, close, and look at what the browser says about each.
"use strict";

const at = (id) => document.getElementById(id);
const STATES = ["CONNECTING (0)", "OPEN (1)", "CLOSING (2)", "CLOSED (3)"];
const CODES = {
  1000: "normal end", 1001: "going away", 1002: "protocol error", 1003: "cannot take this kind of data",
  1005: "the close frame held no code", 1006: "no close frame came: refused, or the connection broke",
  1007: "text that is not UTF-8", 1008: "policy", 1009: "message too big", 1011: "error in the server",
};
const KEPT = 200; // lines of the log

let socket = null;

// Relative to this page, so that it also works behind a proxy; ?auth= is the server's token, when it has one.
function address(path, protocol) {
  const url = new URL(path, location.href);
  const auth = new URLSearchParams(location.search).get("auth");
  if (auth !== null) url.searchParams.set("auth", auth);
  url.protocol = protocol;
  return url;
}

const webSocketAddress = (path) => address(path, location.protocol === "https:" ? "wss:" : "ws:");

// Text from the wire enters the page as text, never as HTML.
function log(kind, mark, text) {
  const item = document.createElement("li");
  const time = document.createElement("time");
  time.textContent = `${new Date().toLocaleTimeString([], { hour12: false })} `;
  const words = document.createElement("span");
  words.className = kind;
  words.textContent = `${mark} ${text}`;
  item.append(time, words);
  at("log").prepend(item);
  while (at("log").childElementCount > KEPT) at("log").lastElementChild.remove();
}

function show() {
  const isOpen = socket?.readyState === WebSocket.OPEN;
  at("state").textContent = socket === null ? "–" : STATES[socket.readyState];
  document.querySelector("#send button").disabled = !isOpen;
  document.querySelector("#end button").disabled = !isOpen;
}

function describe(data) {
  if (typeof data === "string") return `text "${data}"`;
  const hex = Array.from(new Uint8Array(data), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return `bytes ${hex || "(none)"}`;
}

function open(path) {
  socket?.close(1000, "opening another one");
  const mine = socket = new WebSocket(webSocketAddress(path));
  mine.binaryType = "arraybuffer";
  const shown = new URL(mine.url);
  shown.searchParams.delete("auth"); // a token is secret: it is not shown
  at("address").textContent = shown.href;
  log("state", "=", `new WebSocket("${shown.href}")`);
  mine.onopen = () => { log("state", "=", "open: the server answered 101"); show(); };
  mine.onmessage = (event) => log("received", "<", describe(event.data));
  mine.onerror = () => log("trouble", "!", "error: a browser does not tell a page why");
  mine.onclose = (event) => {
    const reason = event.reason ? ` "${event.reason}"` : "";
    const text = `${event.code}${reason}, ${CODES[event.code] ?? "an application’s code"}, wasClean ${event.wasClean}`;
    at("close").textContent = text;
    log(event.wasClean ? "state" : "trouble", "=", `close ${text}`);
    show();
  };
  show();
}

at("open").addEventListener("submit", (event) => {
  event.preventDefault();
  open(at("path").value);
});

at("send").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = at("text").value;
  const data = at("binary").checked ? new TextEncoder().encode(text).buffer : text;
  socket.send(data);
  log("sent", ">", describe(data));
  at("text").select();
});

at("end").addEventListener("submit", (event) => {
  event.preventDefault();
  try {
    socket.close(Number(at("code").value), at("reason").value);
    log("sent", ">", `close ${at("code").value} "${at("reason").value}"`);
  } catch (error) { // a page may send 1000 and 3000 to 4999 only, with at most 123 bytes of reason
    log("trouble", "!", `${error.name}: ${error.message}`);
  }
  show();
});

const ticker = new EventSource(address("ticks", location.protocol));
ticker.onmessage = (event) => { at("tick").textContent = event.data; };
ticker.onerror = () => { at("tick").textContent = "interrupted; the browser tries again by itself"; };

open("echo");
