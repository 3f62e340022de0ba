// The client of `ws`, in Node: the checks of checks.py, a line of JSON for each. node node_ws.cjs ws://127.0.0.1:8000/
"use strict";
const WebSocket = require("ws");
const url = process.argv[2];
const LIMIT = 2 ** 20;
const SIZES = [0, 1, 125, 126, 127, 1000, 65535, 65536, 1000000];
const WAIT = 8000;

function open() {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(url, { perMessageDeflate: false, maxPayload: 2 * LIMIT });
    ws.waiting = [];
    ws.came = [];
    ws.ended = new Promise((done) => ws.on("close", (code) => done(code)));
    ws.on("message", (data, isBinary) => {
      const message = isBinary ? data : data.toString();
      const next = ws.waiting.shift();
      if (next) next.resolve(message);
      else ws.came.push(message);
    });
    ws.on("close", (code) => ws.waiting.forEach((one) => one.reject(new Error(`the server closed (${code})`))));
    ws.on("error", reject);
    ws.on("open", () => resolve(ws));
  });
}

function receive(ws) {
  if (ws.came.length) return Promise.resolve(ws.came.shift());
  return new Promise((resolve, reject) => ws.waiting.push({ resolve, reject }));
}

function soon(promise) {
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error("nothing came")), WAIT)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

const same = (a, b) => (typeof a === "string" ? a === b : Buffer.isBuffer(b) && a.equals(b));

async function sizes() {
  const ws = await soon(open());
  for (const size of SIZES) {
    for (const message of ["x".repeat(size), Buffer.alloc(size, 7)]) {
      ws.send(message);
      if (!same(message, await soon(receive(ws)))) return `a message of ${size} bytes came back as another.`;
    }
  }
  ws.close(1000);
  const code = await soon(ws.ended);
  return code === 1000 ? "" : `~The client closed with 1000 and got ${code} back.`;
}

async function many() {
  const ws = await soon(open());
  const sent = [...Array(100).keys()].map((n) => (n % 2 ? `text ${n}` : Buffer.from(`binary ${n}`)));
  sent.forEach((message) => ws.send(message));
  for (const [number, message] of sent.entries()) {
    if (!same(message, await soon(receive(ws)))) return `message ${number} of 100 came back as another.`;
  }
  ws.close(1000);
  await soon(ws.ended);
  return "";
}

async function tooLarge() {
  const ws = await soon(open());
  ws.on("error", () => {});
  ws.send(Buffer.alloc(LIMIT + 1), () => {});
  const code = await soon(ws.ended);
  if (code === 1006) return "~The client learns no code: the Close was lost. Read on until its Close, then end TCP.";
  return code === 1009 ? "" : `The server closed with ${code}, where 1009 is expected.`;
}

(async () => {
  const list = [
    ["handshake, a message of each size, Close", sizes],
    ["100 messages each way", many],
    ["the server closes: 1009 for too large a message", tooLarge],
  ];
  for (const [name, check] of list) {
    let sentence;
    try {
      sentence = await check();
    } catch (error) {
      sentence = `The client reports ${error.message}`;
    }
    const verdict = sentence.startsWith("~") ? "NON-STRICT" : sentence ? "FAIL" : "PASS";
    console.log(JSON.stringify([name, verdict, sentence.replace(/^~/, "")]));
  }
  process.exit(0);
})();
