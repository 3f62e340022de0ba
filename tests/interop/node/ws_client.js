// A client of the package `ws` that follows the plan in its first argument and says what happened in one JSON line.
// Messages are {"text": "…"} or {"binary": "<base64>"}; {"parts": [message, …]} is one message in fragments.
import { readFileSync } from "node:fs";
import WebSocket from "ws";

const plan = JSON.parse(readFileSync(process.argv[2], "utf8"));
const socket = new WebSocket(plan.url, plan.protocols, {
  perMessageDeflate: plan.deflate,
  ca: plan.ca ? readFileSync(plan.ca) : undefined,
});
const result = { received: [], pongs: [], pings: [], extensions: "", protocol: "" };
const bytes = (message) => ("text" in message ? message.text : Buffer.from(message.binary, "base64"));

function send(message) {
  const parts = message.parts ?? [message];
  for (const [i, part] of parts.entries()) {
    socket.send(bytes(part), { binary: "binary" in part, fin: i === parts.length - 1 });
  }
}

function goOn() {
  const isDone = result.received.length >= plan.replies && result.pongs.length >= (plan.ping === null ? 0 : 1);
  if (isDone && plan.close) socket.close(...plan.close);
}

socket.on("open", () => {
  Object.assign(result, { extensions: socket.extensions, protocol: socket.protocol });
  plan.send.forEach(send);
  if (plan.ping !== null) socket.ping(plan.ping);
  goOn();
});
socket.on("message", (data, isBinary) => {
  result.received.push(isBinary ? { binary: data.toString("base64") } : { text: data.toString() });
  goOn();
});
socket.on("ping", (data) => result.pings.push(data.toString()));
socket.on("pong", (data) => { result.pongs.push(data.toString()); goOn(); });
socket.on("error", (error) => { result.error = error.message; });
socket.on("close", (code, reason) => console.log(JSON.stringify({ ...result, closed: [code, reason.toString()] })));
