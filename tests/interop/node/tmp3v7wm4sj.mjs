
import { createServer } from "http";
import { Server } from "socket.io";
const http = createServer(), io = new Server(http);
io.on("connection", (socket) => {
  socket.join("all");
  socket.on("echo", (value, ack) => ack(value));
  socket.on("go", async (count, apart) => {
    for (let n = 0; n < count; n++) {
      io.to("all").emit("news", { id: 1, price: 101.25, text: "hello" });
      if (apart) await new Promise(setImmediate);
    }
  });
});
http.listen(0, "127.0.0.1", 2048, () => console.log(http.address().port));
