// One row of the table of gateways in a real NestJS application; decorators are applied by hand, so nothing is built.
// Prints "PORT n", then one line for each hook and event that runs. Usage: node nest_gateway.js FIRST SECOND
// where FIRST and SECOND are namespaces, "/" for none, "-" for no gateway.
import "reflect-metadata";
import { Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { IoAdapter } from "@nestjs/platform-socket.io";
import { SubscribeMessage, WebSocketGateway, WsException } from "@nestjs/websockets";

const say = (line) => process.stdout.write(`${line}\n`);

function gateway(letter, namespace) {
  const Gateway = class {
    handleConnection() { say(`${letter}.connect`); }
    handleDisconnect() { say(`${letter}.disconnect`); }
    ping() { say(`${letter}.ping`); return letter; }
    nothing() {}
    reply() { return { event: "replied", data: 7 }; }
    refuse() { throw new WsException("not today"); }
    fail() { throw new Error("the secret"); }
  };
  for (const name of ["ping", "nothing", "reply", "refuse", "fail"]) {
    SubscribeMessage(name)(Gateway.prototype, name, Object.getOwnPropertyDescriptor(Gateway.prototype, name));
  }
  WebSocketGateway(namespace === "/" ? {} : { namespace })(Gateway);
  return Gateway;
}

class App {}
const wanted = process.argv.slice(2).map((name, n) => (name === "-" ? null : gateway("AB"[n], name)));
Module({ providers: wanted.filter(Boolean) })(App);
const app = await NestFactory.create(App, { logger: false });
app.useWebSocketAdapter(new IoAdapter(app));
await app.listen(0, "127.0.0.1");
say(`PORT ${app.getHttpServer().address().port}`);
