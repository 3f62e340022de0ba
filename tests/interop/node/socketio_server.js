// The reference server of Socket.IO, with the conversation of tests/interop/test_socket_against_servers.py.
// node socketio_server.js PORT [RECOVERY]: one JSON line says where it listens; it ends with its standard input.
// RECOVERY is how many milliseconds a peer whose connection broke may come back as the one it was.
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const recovery = process.argv[3] ? { maxDisconnectionDuration: Number(process.argv[3]) } : undefined;
const io = new Server(http, { pingInterval: 25000, pingTimeout: 20000, connectionStateRecovery: recovery });

const kept = [];
for (const name of ["/", "/point"]) {
  io.of(name).on("connection", (socket) => {
    const numbers = [];
    let pushing = null, pushed = 0;
    socket.emit("welcome", socket.id, socket.handshake.auth);
    socket.on("echo", (value, answer) => answer(value));
    socket.on("kind", (value, answer) => answer(Buffer.isBuffer(value) ? value.length : "no bytes"));
    socket.on("both", (answer) => answer("one", "two"));
    socket.on("nothing", (answer) => answer());
    socket.on("silent", () => {});
    socket.on("say", (event, ...args) => socket.emit(event, ...args));
    socket.on("ask me", async (answer) => answer(await socket.timeout(10000).emitWithAck("question", "why?")));
    socket.on("count", (number) => numbers.push(number));
    socket.on("keep", (number, answer) => { kept.push(number); answer(); });
    socket.on("kept", (answer) => answer(kept));
    socket.on("counted", (answer) => answer(numbers));
    socket.on("start", () => { pushing = setInterval(() => socket.emit("number", pushed++), 1); });
    socket.on("stop", (answer) => { clearInterval(pushing); answer(pushed); });
    socket.on("throw me out", () => socket.disconnect());
    socket.on("drop me", () => socket.conn.close());
    socket.on("enter", (room, answer) => { socket.join(room); answer(); });
    socket.on("break me and tell", (room, ...news) => {
      socket.conn.close();
      news.forEach((text) => io.of(name).to(room).emit("news", text, "!"));
      io.of(name).volatile.emit("news", "missed", "!");
      setTimeout(() => io.of(name).emit("late"), 10);
    });
    socket.on("volatile", (...args) => socket.volatile.emit("fast", ...args));
    socket.on("disconnect", () => clearInterval(pushing));
  });
}
io.of("/closed").use((socket, next) => {
  next(Object.assign(new Error("members only"), { data: { code: 7 } }));
});

http.listen(Number(process.argv[2]), "127.0.0.1", () => console.log(JSON.stringify({ port: http.address().port })));
process.stdin.resume();
process.stdin.on("end", () => process.exit(0)); // the test that started us is gone
