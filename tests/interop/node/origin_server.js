// A server of the kind MODE, for requests of pages that it does not know. Prints "PORT n".
// Usage: node origin_server.js socketio | socketio-cors | socketio-allow | ws | ws-verify | nest | nest-cors | nest-guard
import "reflect-metadata";
import { createServer } from "node:http";
import { Module, UseGuards } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { IoAdapter } from "@nestjs/platform-socket.io";
import { SubscribeMessage, WebSocketGateway } from "@nestjs/websockets";
import { Server } from "socket.io";
import { WebSocketServer } from "ws";

const APP = "https://app.example";
const cors = { origin: APP, credentials: true };
const mode = process.argv[2];
const say = (line) => process.stdout.write(`${line}\n`);
const listen = (http) => http.listen(0, "127.0.0.1", () => say(`PORT ${http.address().port}`));

const options = {
  socketio: {},
  "socketio-cors": { cors },
  "socketio-allow": { cors, allowRequest: ({ headers }, done) => done(null, headers.origin === APP) },
};

async function nest() {
  class Room {
    handleConnection(socket) { say("handleConnection"); socket.emit("news", "dinner is at eight"); }
    say() { say("say"); return "said"; }
  }
  SubscribeMessage("say")(Room.prototype, "say", Object.getOwnPropertyDescriptor(Room.prototype, "say"));
  if (mode === "nest-guard") UseGuards({ canActivate: () => false })(Room);
  WebSocketGateway(mode === "nest-cors" ? { cors } : {})(Room);
  class App {}
  Module({ providers: [Room] })(App);
  const app = await NestFactory.create(App, { logger: false });
  app.useWebSocketAdapter(new IoAdapter(app));
  await app.listen(0, "127.0.0.1");
  say(`PORT ${app.getHttpServer().address().port}`);
}

if (mode.startsWith("nest")) await nest();
else {
  const http = createServer();
  if (mode in options) new Server(http, options[mode]);
  else new WebSocketServer({ server: http, ...(mode === "ws-verify" && { verifyClient: ({ origin }) => origin === APP }) });
  listen(http);
}
