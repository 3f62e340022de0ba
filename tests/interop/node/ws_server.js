// A server of the package `ws` that echoes, and says one JSON line per connection about what it received.
import { WebSocketServer } from "ws";

const server = new WebSocketServer({
  host: "127.0.0.1",
  port: 0,
  handleProtocols: (offered) => (offered.has("chat.v2") ? "chat.v2" : false),
  perMessageDeflate: { threshold: 0 },
});
const say = (line) => console.log(JSON.stringify(line));

server.on("listening", () => say({ port: server.address().port }));
server.on("connection", (socket, request) => {
  const log = { raw: request.rawHeaders, url: request.url, messages: [], pings: [], pongs: [] };
  socket.on("message", (data, isBinary) => {
    log.messages.push([isBinary ? "binary" : "text", data.length]);
    if (!isBinary && data.toString() === "fragments, please") {
      for (const [i, part] of ["frag", "men", "ts"].entries()) socket.send(part, { fin: i === 2 });
    } else if (!isBinary && data.toString() === "ping me") {
      socket.ping("are you there?");
    } else if (!isBinary && data.toString() === "close me") {
      socket.close(4321, "as you wish");
    } else if (!isBinary && data.toString() === "drop me") {
      socket.terminate();
    } else {
      socket.send(data, { binary: isBinary });
    }
  });
  socket.on("ping", (data) => log.pings.push(data.toString()));
  socket.on("pong", (data) => { log.pongs.push(data.toString()); socket.send("there you are"); });
  socket.on("close", (code, reason) => say({ ...log, code, reason: reason.toString() }));
});
process.stdin.resume();
process.stdin.on("end", () => process.exit(0)); // the test that started us is gone
