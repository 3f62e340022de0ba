// The official client sends many events of several kinds, and asks which of them began in which order.
// Prints one JSON object: for each way to connect, the numbers in order. Usage: node order_client.js URL COUNT [KIND …]
import { io } from "socket.io-client";

const [url, count, ...kinds] = process.argv.slice(2);
const WAYS = { default: {}, polling: { transports: ["polling"] }, websocket: { transports: ["websocket"] } };

async function talk(options) {
  const socket = io(url, { forceNew: true, reconnection: false, ...options });
  let gone = null;
  socket.on("disconnect", (reason) => (gone = reason));
  await new Promise((resolve) => socket.once("connect", resolve));
  for (let n = 0; n < Number(count); n++) socket.emit(kinds[n % kinds.length], n);
  const log = await socket.timeout(60000).emitWithAck("log", 0);
  const thrown = gone;
  socket.disconnect();
  return { log, thrown };
}

const seen = {};
for (const [way, options] of Object.entries(WAYS)) seen[way] = await talk(options);
console.log(JSON.stringify(seen));
process.exit(0);
