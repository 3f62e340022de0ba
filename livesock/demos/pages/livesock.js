// livesock.js: a client of Socket.IO that can be read. No build step, and nothing else to load but engineio.js below it.
//
//   import { connect } from "livesock";
//   const chat = connect("/chat", { auth: { key } });
//   chat.on("line", (line) => …);                what a listener returns answers the server's question
//   chat.emit("say", "hello");                   send, whenever it can be sent
//   const answer = await chat.call("say", "hello");     send, and wait for the answer
//
//   Socket       one namespace: events and answers                          Socket.IO protocol 5
//   Connection   comes back after every loss; carries several sockets       Socket.IO protocol 5
//   Session      one conversation: greeting, heartbeat, upgrade             Engine.IO protocol 4, in engineio.js
//
// A session ends for good when its connection breaks. What survives is the `Connection`: it opens a new session and joins
// its namespaces again, with new ids. What was missed meanwhile, only the application knows: see chat.js.

// With the server's token, if this module was asked for with one; a plain import would leave it out.
const { Session } = await import(`./engineio.js${new URL(import.meta.url).search}`);

const [CONNECT, DISCONNECT, EVENT, ACK, REFUSED, BINARY_EVENT, BINARY_ACK] = [0, 1, 2, 3, 4, 5, 6]; // Socket.IO's packets

const DEFAULTS = {
  transports: ["websocket", "polling"], // the first is tried first; ["polling", "websocket"] polls and then upgrades
  timeout: 10_000, // ms for one attempt to connect
  delay: 1000, maxDelay: 5000, jitter: 0.5, // the wait doubles, and ±50 % keep a thousand tabs from coming back at once
  buffer: 100, // events that wait for the connection
};

// Relative to the page, so that it also works behind a path prefix; `auth` is the server's token, when it has one.
function address() {
  const url = new URL("socket.io/", document.baseURI);
  const token = new URLSearchParams(location.search).get("auth");
  if (token !== null) url.searchParams.set("auth", token);
  return url;
}

// 51-/chat,7["say",{"_placeholder":true,"num":0}]: type, attachments, namespace, number of the question, JSON.
const PACKET = /^([0-6])(?:(\d+)-)?(?:(\/[^,]*),?)?(\d+)?(.*)$/s;

function encode(type, namespace, data, number = "") {
  const attachments = [];
  const text = JSON.stringify(data, (name, value) => {
    if (!(value instanceof ArrayBuffer || ArrayBuffer.isView(value))) return value;
    attachments.push(ArrayBuffer.isView(value) ? value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength) : value);
    return { _placeholder: true, num: attachments.length - 1 };
  }) ?? "";
  const kind = attachments.length ? `${type + 3}${attachments.length}-` : type; // 2 becomes 5, 3 becomes 6
  return [`${kind}${namespace === "/" ? "" : `${namespace},`}${number}${text}`, ...attachments];
}

function fill(value, attachments) {
  if (value?._placeholder === true) return attachments[value.num];
  if (value !== null && typeof value === "object") for (const key of Object.keys(value)) value[key] = fill(value[key], attachments);
  return value;
}

class Emitter {
  #listeners = new Map();
  on(name, listener) { this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]); return this; }
  off(name, listener) { this.#listeners.set(name, (this.#listeners.get(name) ?? []).filter((one) => one !== listener)); return this; }
  fire(name, ...values) { return (this.#listeners.get(name) ?? []).map((listener) => listener(...values))[0]; }
}

/** One namespace. Besides the server's events it fires `connect`, `disconnect` (reason) and `connect_error` (error). */
export class Socket extends Emitter {
  id = null; // new after every reconnection
  wanted = true; // false after close(), a refusal, or when the server sent it away: then only open() comes back
  #waiting = []; #questions = new Map(); #number = 0;

  constructor(connection, namespace, auth) { super(); Object.assign(this, { connection, namespace, auth }); }

  get connected() { return this.id !== null; }

  /** Send an event; without a connection it waits, up to a bound. */
  emit(name, ...values) {
    if (this.connected) return this.connection.send(encode(EVENT, this.namespace, [name, ...values]));
    if (this.#waiting.length >= this.connection.options.buffer) throw new RangeError(`${this.#waiting.length} events wait already`);
    this.#waiting.push([name, ...values]);
  }

  /** Send an event if it can leave at once, else drop it and return false: for news that the next news replaces. */
  volatile(name, ...values) {
    if (!this.connected || !this.connection.session.isIdle) return false;
    this.emit(name, ...values);
    return true;
  }

  /** Send an event and return the answer. Throws when it is an error, does not come in time, or the connection breaks. */
  async call(name, ...values) {
    if (!this.connected) throw new Error("not connected");
    const number = this.#number++;
    const answer = await new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#answered(number, new Error(`no answer to "${name}"`)), this.connection.options.timeout);
      this.#questions.set(number, { resolve, reject, timer });
      this.connection.send(encode(EVENT, this.namespace, [name, ...values], number));
    });
    if (answer?.status === "error") throw Object.assign(new Error(answer.message), { answer });
    return answer;
  }

  open() { this.wanted = true; this.connection.join(this); }

  close() {
    this.wanted = false;
    if (this.connected) this.connection.send(encode(DISCONNECT, this.namespace));
    this.lost("client namespace disconnect");
    this.connection.rest();
  }

  heard(type, number, data) {
    if (type === CONNECT) {
      this.id = data.sid;
      this.fire("connect");
      for (const event of this.#waiting.splice(0)) this.emit(...event);
    } else if (type === EVENT) this.#event(number, data);
    else if (type === ACK) this.#answered(number, null, data);
    else if (type === REFUSED) {
      this.wanted = false;
      this.fire("connect_error", Object.assign(new Error(data?.message ?? data), { data: data?.data }));
      this.connection.rest();
    } else if (type === DISCONNECT) {
      this.wanted = false;
      this.lost("server namespace disconnect");
      this.connection.rest();
    }
  }

  lost(reason) {
    for (const number of [...this.#questions.keys()]) this.#answered(number, new Error(`disconnected: ${reason}`));
    if (!this.connected) return;
    this.id = null;
    this.fire("disconnect", reason);
  }

  async #event(number, [name, ...values]) {
    const id = this.id;
    const answer = await this.fire(name, ...values);
    if (number !== undefined && this.id === id) this.connection.send(encode(ACK, this.namespace, answer === undefined ? [] : [answer], number));
  }

  #answered(number, error, values) {
    const question = this.#questions.get(number);
    if (!question) return;
    this.#questions.delete(number);
    clearTimeout(question.timer);
    if (error) question.reject(error);
    else question.resolve(values.length > 1 ? values : values[0]);
  }
}

/** Carries sockets, and comes back. Fires `state` whenever `state` changes: {name, transport, id, reason, until}. */
export class Connection extends Emitter {
  state = { name: "idle" }; session = null;
  #sockets = new Map(); #attempts = 0; #timer = 0; #first = 0; #pending = null;

  constructor(options = {}) {
    super();
    this.options = { ...DEFAULTS, url: options.url ?? address(), ...options };
    // A tab wakes up, or the network is back: look at once, instead of when a sleeping timer finds the time.
    const look = () => { this.session?.check(); if (this.state.name === "waiting") this.open(); };
    addEventListener("online", look);
    addEventListener("pageshow", look);
    document.addEventListener("resume", look);
    document.addEventListener("visibilitychange", () => document.hidden || look());
  }

  socket(namespace, auth) {
    const socket = new Socket(this, namespace, auth);
    this.#sockets.set(namespace, socket);
    this.join(socket);
    return socket;
  }

  /** Connect now; nothing happens if it is connected or about to be. */
  open() {
    if (this.session) return;
    clearTimeout(this.#timer);
    const { transports, url, timeout } = this.options;
    const ordered = [...transports.slice(this.#first), ...transports.slice(0, this.#first)];
    const session = this.session = new Session(url, ordered, {
      opened: () => {
        clearTimeout(this.#timer);
        this.#attempts = 0;
        this.#show("connected");
        for (const socket of this.#sockets.values()) if (socket.wanted) this.join(socket);
      },
      heard: (message) => this.#heard(message),
      moved: () => this.#show("connected"),
      ended: (reason) => this.#lost(session, reason),
    });
    this.#timer = setTimeout(() => session.end("timeout"), timeout);
    this.#show("connecting");
  }

  /** End the session and stay away until open(). */
  close() {
    clearTimeout(this.#timer);
    const session = this.session;
    this.session = null;
    session?.goodbye();
    for (const socket of this.#sockets.values()) socket.lost("client disconnect");
    this.#show("closed");
  }

  join(socket) {
    if (!this.session) return this.open();
    if (this.state.name !== "connected") return;
    const auth = typeof socket.auth === "function" ? socket.auth() : socket.auth;
    this.send(encode(CONNECT, socket.namespace, auth));
  }

  rest() { if (![...this.#sockets.values()].some((socket) => socket.wanted)) this.close(); }

  send(messages) { this.session?.send(...messages); }

  #heard(message) {
    if (typeof message !== "string") { // an attachment of the packet before
      this.#pending?.attachments.push(message);
    } else {
      const [, type, count, namespace = "/", number, json] = PACKET.exec(message);
      this.#pending = { type: Number(type), count: Number(count ?? 0), namespace, number, json, attachments: [] };
    }
    const packet = this.#pending;
    if (!packet || packet.attachments.length < packet.count) return;
    this.#pending = null;
    const data = fill(packet.json ? JSON.parse(packet.json) : undefined, packet.attachments);
    const type = { [BINARY_EVENT]: EVENT, [BINARY_ACK]: ACK }[packet.type] ?? packet.type;
    this.#sockets.get(packet.namespace)?.heard(type, packet.number && Number(packet.number), data);
  }

  #lost(session, reason) {
    if (session !== this.session) return; // closed on purpose
    const { delay, maxDelay, jitter, transports } = this.options;
    this.session = this.#pending = null;
    clearTimeout(this.#timer);
    // A network that blocks WebSocket lets polling through, and the other way round: the next attempt begins with the next one.
    if (!session.id) this.#first = (this.#first + 1) % transports.length;
    const wait = Math.min(maxDelay, delay * 2 ** this.#attempts++) * (1 + jitter * (2 * Math.random() - 1));
    this.#timer = setTimeout(() => this.open(), wait);
    this.#show("waiting", { reason, until: Date.now() + wait });
    for (const socket of this.#sockets.values()) socket.lost(reason);
  }

  #show(name, more = {}) {
    this.state = { name, transport: this.session?.transport ?? "", id: this.session?.id ?? "", ...more };
    this.fire("state", this.state);
  }
}

/** Connect to one namespace of the server that this page came from. */
export function connect(namespace = "/", { auth, ...options } = {}) {
  return new Connection(options).socket(namespace, auth);
}
