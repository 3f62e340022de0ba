// engine.io-client, unchanged, against the Engine.IO of a livesock server, without Socket.IO's own client.
// Prints one JSON object: for each way to connect, what happened. Usage: node engineio_client.js URL
import { Socket } from "engine.io-client";

const url = process.argv[2];
const WAYS = { default: ["polling", "websocket"], polling: ["polling"], websocket: ["websocket"] };

async function talk(transports) {
  const seen = { acks: [] };
  const socket = new Socket(url, { path: "/socket.io/", transports });
  const heard = [];
  let wake = () => {};
  socket.on("message", (data) => { heard.push(data); wake(); });
  const next = async () => {
    while (!heard.length) await new Promise((resolve) => (wake = resolve));
    return heard.shift();
  };
  await new Promise((resolve) => socket.once("open", resolve));
  if (transports.length > 1) await new Promise((resolve) => socket.once("upgrade", resolve));
  seen.transport = socket.transport.name;
  socket.send("0");
  seen.joined = (await next()).startsWith('0{"sid":');
  for (let n = 0; n < 50; n++) socket.send(`2${n}["echo",${n}]`);
  for (let n = 0; n < 50; n++) seen.acks.push(await next());
  socket.send('51-7["echo",{"_placeholder":true,"num":0}]');
  socket.send(Buffer.from([0, 255]));
  seen.binary = [await next(), Buffer.from(await next()).toString("hex")];
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.send("9");
  seen.closed = await closed;
  return seen;
}

const seen = {};
for (const [way, transports] of Object.entries(WAYS)) seen[way] = await talk(transports);
console.log(JSON.stringify(seen));
process.exit(0);
