// The official client loses its connection and comes back. Prints what it was, what it heard, and how it was refused.
// Usage: node recovery_client.js URL TRANSPORT TOKEN_WHEN_BACK
import { io } from "socket.io-client";

const [url, transport, later] = process.argv.slice(2);
const tokens = ["open", later];
const auth = (send) => send({ token: tokens.length > 1 ? tokens.shift() : tokens[0] });
const socket = io(url, { reconnectionDelay: 200, transports: [transport], auth });
const heard = [];
const ids = [];
socket.on("news", (text) => heard.push(text));

function finish(more) {
  console.log(JSON.stringify({ ids, heard, ...more }));
  process.exit(0);
}

socket.on("connect_error", (error) => socket.active || finish({ refused: [error.message, error.data] }));
socket.on("connect", () => {
  ids.push([socket.id, socket.recovered]);
  if (ids.length === 1) {
    socket.emit("ready", () => {
      fetch(`${url}/away`, { method: "POST" }); // the server speaks when it has noticed
      socket.io.engine.close(); // the connection breaks, and the client does not mean to go
    });
  } else {
    socket.emit("after", (answer) => finish({ answer }));
  }
});
