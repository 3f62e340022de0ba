// The official client across a cut: what is kept, lost, repeated, answered. Prints one JSON object.
// Usage: node arrive_client.js URL CONTROL: the server, perhaps behind a simulated network, and the same one directly.
import { io } from "socket.io-client";

const [url, control] = process.argv.slice(2);
const seen = {};
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const once = (socket, name) => new Promise((resolve) => socket.once(name, (...values) => resolve(values)));
const order = (what) => fetch(new URL(what, control), { method: "POST" }).then((answer) => answer.json());

async function join(options = {}) {
  const socket = io(url, { forceNew: true, transports: ["websocket"], reconnectionDelay: 100, randomizationFactor: 0, ...options });
  await once(socket, "connect");
  return socket;
}

async function breaks(socket) {
  const gone = once(socket, "disconnect");
  socket.io.engine.close(); // the connection breaks, and the client does not mean to go
  return gone;
}

async function until(condition) {
  for (let n = 0; n < 300 && !condition(); n++) await sleep(20);
  return Boolean(condition());
}

let socket = await join();
socket.emit("number", 1);
await breaks(socket);
socket.emit("number", 2);
socket.volatile.emit("number", 3); // no attempt to come back has begun: the old transport counts as writable
await once(socket, "connect");
socket.emit("number", 4);
seen.kept = await socket.timeout(5000).emitWithAck("numbers");

const lost = socket.emitWithAck("never").catch((error) => error.message);
let called = false;
socket.emit("never", () => { called = true; });
await breaks(socket);
seen.lostAnswer = await lost;
await once(socket, "connect");
seen.callback = called;
seen.timeout = await socket.timeout(200).emitWithAck("never").catch((error) => error.message);
seen.withoutTimeout = await Promise.race([socket.emitWithAck("never"), sleep(1000).then(() => "pending")]);

let news = 0;
const listen = () => socket.on("news", () => { news += 1; });
listen();
socket.on("connect", listen);
for (let n = 0; n < 2; n++) {
  await breaks(socket);
  await once(socket, "connect");
}
await socket.timeout(5000).emitWithAck("tell");
seen.thrice = (await until(() => news >= 3)) && news;

let gone = once(socket, "disconnect");
socket.emit("throw");
seen.thrown = [(await gone)[0], socket.active, await Promise.race([once(socket, "connect").then(() => "back"), sleep(1000).then(() => "away")])];
socket.close();

socket = await join();
gone = once(socket, "disconnect");
socket.emit("throw hard");
seen.thrownHard = [(await gone)[0], socket.active];
socket.close();

socket = await join({ retries: 5, ackTimeout: 300 });
socket.emit("slow", "pizza");
socket.emit("slow", "tea");
await until(() => socket._queue.length === 0);
seen.retried = await order("slow");
socket.close();

socket = await join();
await order("hole"); // nothing arrives any more, and neither side gets an error
let thrown = null;
try {
  socket.emit("number", 5);
} catch (error) {
  thrown = error.message;
}
seen.dead = [thrown, socket.connected];
await once(socket, "disconnect");
socket.emit("number", 6);
await sleep(500); // an attempt is under way
socket.volatile.emit("number", 7);
await order("mend");
await once(socket, "connect");
seen.afterDead = await socket.timeout(5000).emitWithAck("numbers");
console.log(JSON.stringify(seen));
process.exit(0);
