// The same conversation with any server: what a client hears from a namespace. Prints one JSON object.
// Usage: node nest_client.js URL NAMESPACE
import { io } from "socket.io-client";

const [url, namespace] = process.argv.slice(2);
const socket = io(url + namespace, { transports: ["websocket"], reconnection: false, forceNew: true });
const seen = {};
const once = (name) => new Promise((resolve) => socket.once(name, resolve));

const error = await Promise.race([once("connect").then(() => null), once("connect_error")]);
if (error) seen.refused = error.message;
else {
  const ask = (name, wait, ...values) => socket.timeout(wait).emitWithAck(name, ...values).catch(() => "no ack");
  let acks = 0;
  const answered = new Promise((resolve) => socket.emit("ping", 1, (value) => { acks += 1; resolve(value); }));
  seen.ping = await Promise.race([answered, new Promise((resolve) => setTimeout(resolve, 400, "no ack"))]);
  seen.nothing = await ask("nothing", 300, 1);
  const replied = once("replied");
  seen.reply = await ask("reply", 300, 1);
  for (const name of ["refuse", "fail"]) {
    const heard = [];
    const listen = (value) => heard.push(value);
    socket.on("exception", listen);
    seen[name] = await ask(name, 300, { a: 1 });
    socket.off("exception", listen);
    seen[`${name} exception`] = heard;
  }
  seen.replied = await Promise.race([replied, new Promise((resolve) => setTimeout(resolve, 100, "nothing"))]);
  seen.acks = acks;
}
socket.close();
console.log(JSON.stringify(seen));
setTimeout(() => process.exit(0), 50);
