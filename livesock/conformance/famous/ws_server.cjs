// `ws` in Node, as its documentation shows it. Run as: node ws_server.cjs PORT
"use strict";
const fs = require("fs");
const { WebSocketServer } = require("ws");
const port = Number(process.argv[2]);
const { TLS_CERT, TLS_KEY, HEARTBEAT, MAX_SIZE } = process.env;
const server = TLS_CERT
  ? require("https").createServer({ cert: fs.readFileSync(TLS_CERT), key: fs.readFileSync(TLS_KEY) })
  : require("http").createServer((request, response) => response.writeHead(426).end());
const mayEnter = [undefined, `http://127.0.0.1:${port}`, `http://localhost:${port}`];

const sockets = new WebSocketServer({
  server,
  maxPayload: Number(MAX_SIZE),
  perMessageDeflate: true,
  handleProtocols: (offered) => (offered.has("echo") ? "echo" : false),
  verifyClient: ({ req }, answer) => answer(mayEnter.includes(req.headers.origin), 403),
});

sockets.on("connection", (ws) => {
  ws.isAlive = true;
  ws.on("error", () => {});
  ws.on("pong", () => (ws.isAlive = true));
  ws.on("message", (data, isBinary) => ws.send(data, { binary: isBinary }));
});

if (HEARTBEAT) {
  setInterval(() => {
    for (const ws of sockets.clients) {
      if (!ws.isAlive) ws.terminate();
      ws.isAlive = false;
      ws.ping();
    }
  }, 1000 * Number(HEARTBEAT));
}

process.on("SIGTERM", () => {
  for (const ws of sockets.clients) ws.close(1001);
  server.close(() => process.exit(0));
  setTimeout(() => process.exit(0), 1000);
});

server.listen(port, "127.0.0.1");
