// The official client at the address that a server beyond loopback gives: with its token, and without.
// Prints one JSON object: what each transport made of each address. Usage: node token_client.js URL
import { io } from "socket.io-client";

const whole = process.argv[2];
const bare = whole.split("?")[0];

function attempt(url, options) {
  return new Promise((resolve) => {
    const socket = io(url, { forceNew: true, reconnection: false, ...options });
    const end = (said) => {
      socket.disconnect();
      resolve(said);
    };
    socket.once("connect", () => socket.emit("echo", "hello", end));
    socket.once("connect_error", (error) => end(String(error.context?.status ?? error.context?.statusCode ?? error.message)));
  });
}

const seen = {};
for (const transport of ["polling", "websocket"]) {
  const options = { transports: [transport] };
  seen[transport] = {
    address: await attempt(whole, options),
    query: await attempt(bare, { ...options, query: { auth: new URL(whole).searchParams.get("auth") } }),
    without: await attempt(bare, options),
  };
}
console.log(JSON.stringify(seen));
process.exit(0);
