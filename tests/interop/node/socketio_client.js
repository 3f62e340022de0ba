// The official client, unchanged, against one server: what each transport makes of the same conversation.
// Prints one JSON object: for each way to connect, what happened. Usage: node socketio_client.js URL
import { io } from "socket.io-client";

const url = process.argv[2];
const WAYS = { default: {}, polling: { transports: ["polling"] }, websocket: { transports: ["websocket"] } };

const once = (socket, name) => new Promise((resolve) => socket.once(name, (...values) => resolve(values)));

async function talk(options) {
  const seen = {};
  const socket = io(`${url}/point`, { forceNew: true, auth: { name: "ann" }, ...options });
  const welcome = once(socket, "welcome");
  await Promise.race([once(socket, "connect"), once(socket, "connect_error").then(([error]) => Promise.reject(error))]);
  seen.welcome = await welcome;
  seen.id = socket.id === seen.welcome[0];

  const numbers = [...Array(80).keys()];
  seen.acks = await Promise.all(numbers.map((n) => socket.timeout(20000).emitWithAck("echo", n)));
  seen.transport = socket.io.engine.transport.name;

  for (let n = 0; n < 40; n++) socket.emit("count", n);
  seen.counted = await socket.timeout(20000).emitWithAck("counted");

  const answer = await socket.timeout(20000).emitWithAck("echo", Buffer.from([1, 2, 255]));
  seen.binary = Buffer.isBuffer(answer) && answer.toString("hex");
  seen.ten = (await socket.timeout(20000).emitWithAck("echo", [...Array(10)].map((_, n) => Buffer.from([n])))).length;
  seen.large = (await socket.timeout(20000).emitWithAck("echo", "é".repeat(450_000))).length;
  seen.failed = await socket.timeout(20000).emitWithAck("fail", 7);
  seen.refusing = await socket.timeout(20000).emitWithAck("refuse", 7);
  seen.nothing = await socket.timeout(20000).emitWithAck("nothing");

  socket.on("question", (text, reply) => reply(text.toUpperCase()));
  seen.asked = await socket.timeout(20000).emitWithAck("ask me");

  const news = once(socket, "news");
  socket.emit("tell all", "hello");
  seen.news = await news;

  const nowhere = io(`${url}/nowhere`, { forceNew: true, ...options });
  seen.nowhere = (await once(nowhere, "connect_error"))[0].message;
  nowhere.close();
  const closed = io(`${url}/closed`, { forceNew: true, ...options });
  const [refused] = await once(closed, "connect_error");
  seen.closed = [refused.message, refused.data];
  closed.close();

  const gone = once(socket, "disconnect");
  socket.emit("throw me out");
  seen.gone = (await gone)[0];
  socket.close();
  return seen;
}

const seen = {};
for (const [way, options] of Object.entries(WAYS)) seen[way] = await talk(options);
console.log(JSON.stringify(seen));
process.exit(0);
