// The official client loses its connection and comes back. Prints what it was and what it heard.
import { io } from "socket.io-client";

const socket = io(process.argv[2], { reconnectionDelay: 200, transports: ["websocket"] });
const heard = [];
const ids = [];
socket.on("news", (text) => heard.push(text));
socket.on("connect", () => {
  ids.push([socket.id, socket.recovered]);
  if (ids.length === 1) {
    socket.emit("ready", () => {
      socket.io.engine.close(); // the connection breaks, and the client does not mean to go
      fetch(`${process.argv[2]}/say`, { method: "POST", body: "while away" });
    });
  } else {
    socket.emit("after", () => {
      console.log(JSON.stringify({ ids, heard }));
      process.exit(0);
    });
  }
});
