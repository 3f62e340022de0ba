// What a server emits while its only client is away, in Node and in NestJS, with and without recovery.
// Prints one JSON object: what the official client heard, and what it was. Usage: node arrive_server.js node|nest MS
// where MS is how long the server remembers; 0 for no recovery.
import "reflect-metadata";
import { createServer } from "node:http";
import { Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { IoAdapter } from "@nestjs/platform-socket.io";
import { WebSocketGateway } from "@nestjs/websockets";
import { Server } from "socket.io";
import { io as connect } from "socket.io-client";

const [which, ms] = process.argv.slice(2);
const options = Number(ms) ? { connectionStateRecovery: { maxDisconnectionDuration: Number(ms) } } : {};
const once = (socket, name) => new Promise((resolve) => socket.once(name, (...values) => resolve(values)));
const sleep = (time) => new Promise((resolve) => setTimeout(resolve, time));

async function node() {
  const http = createServer();
  const io = new Server(http, options);
  await new Promise((resolve) => http.listen(0, "127.0.0.1", resolve));
  return [io, http.address().port];
}

async function nest() {
  let io = null;
  const Gateway = class { afterInit(server) { io = server; } };
  WebSocketGateway(options)(Gateway);
  class App {}
  Module({ providers: [Gateway] })(App);
  const app = await NestFactory.create(App, { logger: false });
  app.useWebSocketAdapter(new IoAdapter(app));
  await app.listen(0, "127.0.0.1");
  return [io, app.getHttpServer().address().port];
}

const [io, port] = await (which === "nest" ? nest() : node());
const socket = connect(`http://127.0.0.1:${port}`, { transports: ["websocket"], reconnectionDelay: 400, randomizationFactor: 0 });
const heard = [];
socket.on("news", (number) => heard.push(number));
const [seat] = await once(io, "connection");
const away = once(seat, "disconnect");
io.emit("news", 1);
await once(socket, "news");
socket.io.engine.close();
await away;
io.emit("news", 2);
io.volatile.emit("news", 3);
await once(socket, "connect");
io.emit("news", 4);
await once(socket, "news");
await sleep(100);
console.log(JSON.stringify({ heard, recovered: socket.recovered }));
process.exit(0);
