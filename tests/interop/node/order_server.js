// Servers of others whose handlers note when they begin, for order_client.js. Prints "PORT n".
// Usage: node order_server.js node | nest
import "reflect-metadata";
import { createServer } from "node:http";
import { Server } from "socket.io";
import { Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { IoAdapter } from "@nestjs/platform-socket.io";
import { SubscribeMessage, WebSocketGateway } from "@nestjs/websockets";

const say = (port) => process.stdout.write(`PORT ${port}\n`);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const logs = new WeakMap();
const log = (socket) => logs.get(socket) ?? logs.set(socket, []).get(socket);

const handlers = {
  plain(socket, number) { log(socket).push(number); },
  async later(socket, number) { log(socket).push(number); },
  async waits(socket, number) { log(socket).push(number); await sleep(3); },
};

if (process.argv[2] === "node") {
  const http = createServer();
  new Server(http).on("connection", (socket) => {
    for (const [name, handler] of Object.entries(handlers)) socket.on(name, (number) => handler(socket, number));
    socket.on("log", (_, answer) => answer(log(socket)));
  });
  http.listen(0, "127.0.0.1", () => say(http.address().port));
} else {
  const Gateway = class { log(socket) { return log(socket); } };
  Object.assign(Gateway.prototype, handlers);
  for (const name of ["log", ...Object.keys(handlers)]) {
    SubscribeMessage(name)(Gateway.prototype, name, Object.getOwnPropertyDescriptor(Gateway.prototype, name));
  }
  WebSocketGateway({})(Gateway);
  class App {}
  Module({ providers: [Gateway] })(App);
  const app = await NestFactory.create(App, { logger: false });
  app.useWebSocketAdapter(new IoAdapter(app));
  await app.listen(0, "127.0.0.1");
  say(app.getHttpServer().address().port);
}
