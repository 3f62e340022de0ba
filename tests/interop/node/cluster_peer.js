// A server of Socket.IO with the Redis Streams adapter, and official clients, for tests/interop/cluster/.
// node cluster_peer.js REDIS_URL RECOVERY: one JSON line says where it listens. Then each line of standard input is a
// command, {"do": …}, and is answered by one line. RECOVERY is how many milliseconds a peer may come back; 0 is never.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { createClient } from "redis";
import { createAdapter } from "@socket.io/redis-streams-adapter";
import { Server } from "socket.io";
import { io as connect } from "socket.io-client";

const [url, recovery] = process.argv.slice(2);
const redis = createClient({ url, socket: { reconnectStrategy: 50 } });
redis.on("error", () => {}); // it tries again by itself
await redis.connect();

const http = createServer();
const io = new Server(http, {
  adapter: createAdapter(redis, { blockTimeInMs: 1000 }),
  connectionStateRecovery: Number(recovery) ? { maxDisconnectionDuration: Number(recovery) } : undefined,
});
const heard = {}; // by client: [event, ...arguments]
const asked = []; // events for servers
const clients = {};

for (const name of ["/", "/chat"]) {
  io.of(name).on("connection", (socket) => {
    socket.data.home = "node";
    socket.on("enter", (room, answer) => { socket.join(room); answer(); });
    socket.on("others", (...args) => socket.broadcast.emit(...args));
    socket.on("who", (answer) => answer(socket.id, socket.recovered, socket.data));
  });
  io.of(name).on("hello", (...args) => {
    const answer = typeof args.at(-1) === "function" ? args.pop() : () => {};
    asked.push(args);
    answer(["node", ...args]);
  });
}

const plain = (value) => JSON.parse(JSON.stringify(value, (key, inner) =>
  inner?.type === "Buffer" ? { bytes: Buffer.from(inner.data).toString("hex") } : inner));
const real = (value) => JSON.parse(JSON.stringify(value), (key, inner) =>
  inner?.bytes !== undefined ? Buffer.from(inner.bytes, "hex") : inner);

function chosen({ namespace = "/", to = [], except = [], flags = [], timeout }) {
  let some = io.of(namespace).to([]);
  if (to.length) some = some.to(to);
  if (except.length) some = some.except(except);
  for (const flag of flags) some = some[flag];
  return timeout ? some.timeout(timeout) : some;
}

const commands = {
  client: ({ name, address, transports }) => new Promise((resolve) => {
    const socket = (clients[name] = connect(address, { transports, forceNew: true, reconnectionDelay: 100 }));
    heard[name] = [];
    socket.onAny((...args) => args[0] === "question" || heard[name].push(args));
    socket.on("question", (value, answer) => answer(`${name}: ${value}`, "more"));
    socket.on("disconnect", (reason) => heard[name].push(["(gone)", reason]));
    socket.on("connect", () => resolve(socket.id));
  }),
  move: ({ name, address }) => new Promise((resolve) => {
    const socket = clients[name]; // its connection breaks, and it comes back to another server
    socket.io.uri = address;
    socket.once("connect", () => resolve([socket.id, socket.recovered]));
    socket.io.engine.close();
  }),
  ask: ({ name, args }) => clients[name].timeout(10000).emitWithAck(...args),
  send: ({ name, args }) => { clients[name].emit(...real(args)); },
  close: ({ name }) => { clients[name].close(); },
  heard: ({ name }) => heard[name],
  emit: (c) => { chosen(c).emit(...real(c.args)); },
  call: (c) => chosen(c).emitWithAck(...real(c.args)).catch((error) => ({ error: error.message, got: error.responses })),
  fetch: async (c) => (await chosen(c).fetchSockets()).map(({ id, rooms, data, handshake }) =>
    ({ id, rooms: [...rooms], data, handshake })),
  join: (c) => { chosen(c).socketsJoin(c.rooms); },
  leave: (c) => { chosen(c).socketsLeave(c.rooms); },
  disconnect: (c) => { chosen(c).disconnectSockets(c.close); },
  serverEmit: ({ namespace = "/", args }) => { io.of(namespace).serverSideEmit(...args); },
  serverCall: ({ namespace = "/", args }) => io.of(namespace).serverSideEmitWithAck(...args),
  asked: () => asked,
};

http.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: http.address().port })));
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  let answer;
  try { answer = { value: plain((await commands[command.do](command)) ?? null) }; }
  catch (error) { answer = { error: error.message }; }
  console.log(JSON.stringify(answer));
}
process.exit(0); // the test that started us is gone
