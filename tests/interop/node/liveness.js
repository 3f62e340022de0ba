// A server and its client that others wrote, in one process: what each says when the line between them is cut or ended.
// node liveness.js KIND [INTERVAL TIMEOUT]: KIND is socketio, nest or ws; times are milliseconds, without them the defaults.
// The first line says where the server listens. Lines of standard input: a port to connect to, or "emit".
// Each further line is one thing that happened: [end, what, detail, milliseconds since the start].
import "reflect-metadata";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { IoAdapter } from "@nestjs/platform-socket.io";
import { WebSocketGateway } from "@nestjs/websockets";
import { Server } from "socket.io";
import { io } from "socket.io-client";
import WebSocket, { WebSocketServer } from "ws";

const [kind, interval, timeout] = process.argv.slice(2);
const beat = interval ? { pingInterval: Number(interval), pingTimeout: Number(timeout) } : {};
const began = Date.now();
const say = (...line) => console.log(JSON.stringify([...line, Date.now() - began]));
let client = null;

const welcome = (socket) => {
  say("server", "connect", "");
  socket.on("disconnect", (reason) => say("server", "disconnect", reason));
};

async function listen() {
  if (kind === "nest") {
    const Gateway = class { handleConnection(socket) { welcome(socket); } };
    WebSocketGateway(beat)(Gateway);
    class App {}
    Module({ providers: [Gateway] })(App);
    const app = await NestFactory.create(App, { logger: false });
    app.useWebSocketAdapter(new IoAdapter(app));
    await app.listen(0, "127.0.0.1");
    return app.getHttpServer().address().port;
  }
  const http = createServer();
  if (kind === "socketio") new Server(http, beat).on("connection", welcome);
  else {
    new WebSocketServer({ server: http }).on("connection", (socket) => {
      say("server", "connect", "");
      socket.on("close", (code) => say("server", "disconnect", String(code)));
    });
  }
  await new Promise((done) => { http.listen(0, "127.0.0.1", done); });
  return http.address().port;
}

function connect(port) {
  if (kind === "ws") {
    client = new WebSocket(`ws://127.0.0.1:${port}`);
    client.on("open", () => say("client", "connect", ""));
    client.on("close", (code) => say("client", "disconnect", String(code)));
    client.on("error", (error) => say("client", "error", error.message));
    return;
  }
  client = io(`http://127.0.0.1:${port}`, { transports: ["websocket"], reconnection: false });
  client.on("connect", () => {
    const { _pingInterval, _pingTimeout } = client.io.engine; // what the server's open packet says
    say("client", "connect", `${_pingInterval} ${_pingTimeout}`);
  });
  client.on("disconnect", (reason) => say("client", "disconnect", reason));
}

function emit() {
  try {
    if (kind === "ws") client.send("hello?", (error) => say("client", "sent", error ? error.message : "no error"));
    else client.emit("hello?");
    say("client", "emit", "returned");
  } catch (error) {
    say("client", "emit", error.message);
  }
}

console.log(JSON.stringify({ port: await listen() }));
const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => (line === "emit" ? emit() : connect(Number(line))));
lines.on("close", () => process.exit(0)); // the test that started us is gone
