// engineio.js: one conversation with a server, over polling or a WebSocket, and from the one to the other.
//
//   Session   greeting, heartbeat, upgrade                                  Engine.IO protocol 4
//
// It carries messages and does not know what they say; livesock.js does. When its connection breaks, it is over for good.

const SEPARATOR = "\x1e"; // between the packets of one HTTP body
const OPENING = "0", CLOSING = "1", PING = "2", PONG = "3", MESSAGE = "4", UPGRADE = "5"; // its packets

export class Session {
  transport = ""; id = "";
  #on; #url; #socket = null; #probe = null; #queue = []; #polling = null; #posting = null;
  #isOpen = false; #isOver = false; #isPaused = false; #stop = new AbortController(); #patience = 0; #deadline = 0; #watch = 0;

  // `on` has opened(), heard(message), moved() and ended(reason).
  constructor(url, transports, on) {
    this.#on = on;
    this.#url = url;
    this.mayUpgrade = transports.includes("websocket");
    this.transport = transports[0];
    if (this.transport === "websocket") this.#carry(this.#open());
    else this.#polling = this.#poll();
  }

  send(...messages) {
    this.#queue.push(...messages.map((message) => typeof message === "string" ? MESSAGE + message : message));
    this.#flush();
  }

  get isIdle() { return !this.#queue.length && !this.#posting && !(this.#socket?.bufferedAmount > 0); }

  end(reason) {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#watch);
    this.#probe?.close();
    this.#socket?.close();
    this.#stop.abort();
    this.#on.ended(reason);
  }

  goodbye() { // a deliberate end: otherwise a server that is polled would wait for the next poll
    if (this.transport === "polling" && this.#isOpen) {
      fetch(this.#address("polling"), { method: "POST", body: CLOSING, keepalive: true }).catch(() => {});
    }
    this.end("client disconnect");
  }

  // The server pings. When no packet came for longer than it promised, the connection is dead, even without a close:
  // a pulled cable sends none. Measured by the wall clock, for timers stand still while a laptop sleeps.
  check() { if (this.#isOpen && Date.now() > this.#deadline) this.end("ping timeout"); }

  #alive() {
    this.#deadline = Date.now() + this.#patience;
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.check(), this.#patience + 50);
  }

  #address(transport, protocol = location.protocol) {
    const url = new URL(this.#url);
    url.protocol = protocol;
    for (const [name, value] of [["EIO", 4], ["transport", transport], ...(this.id ? [["sid", this.id]] : [])]) {
      url.searchParams.set(name, value);
    }
    return url;
  }

  #take(packet) {
    if (this.#isOver) return;
    if (this.#isOpen) this.#alive();
    if (typeof packet !== "string") return this.#on.heard(packet);
    const [type, text] = [packet[0], packet.slice(1)];
    if (type === MESSAGE) this.#on.heard(text);
    else if (type === PING) { this.#queue.push(PONG); this.#flush(); }
    else if (type === OPENING) this.#greeted(JSON.parse(text));
    else if (type === CLOSING) this.end("transport close");
  }

  #greeted({ sid, upgrades, pingInterval, pingTimeout, maxPayload }) {
    Object.assign(this, { id: sid, maxPayload });
    this.#patience = pingInterval + pingTimeout;
    this.#isOpen = true;
    this.#alive();
    this.#on.opened();
    if (this.mayUpgrade && upgrades.includes("websocket")) this.#upgrade();
  }

  #flush() {
    if (!this.#isOpen || this.#isOver || this.#isPaused) return;
    if (this.#socket) for (const packet of this.#queue.splice(0)) this.#socket.send(packet);
    else this.#posting ??= this.#post().finally(() => { this.#posting = null; if (this.#queue.length) this.#flush(); });
  }

  // -- WebSocket

  #open() {
    const socket = new WebSocket(this.#address("websocket", location.protocol === "https:" ? "wss:" : "ws:"));
    socket.binaryType = "arraybuffer";
    return socket;
  }

  #carry(socket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#take(data);
    socket.onclose = ({ code }) => this.end(this.#isOpen ? `transport close (${code})` : "cannot connect");
  }

  // Polling goes on until the WebSocket has proved that it works. Then the poll on its way is awaited (the server answers
  // it with a noop), and "5" says: from here on, everything over the WebSocket. So nothing overtakes, and nothing is lost.
  #upgrade() {
    const socket = this.#probe = this.#open();
    socket.onopen = () => socket.send(`${PING}probe`);
    socket.onclose = () => { this.#probe = null; this.#resume(); }; // no WebSocket here: polling it stays
    socket.onmessage = async ({ data }) => {
      if (data !== `${PONG}probe`) return socket.close();
      this.#isPaused = true;
      await Promise.all([this.#polling, this.#posting]);
      if (this.#isOver || socket.readyState !== WebSocket.OPEN) return;
      socket.send(UPGRADE);
      [this.#probe, this.#isPaused, this.transport] = [null, false, "websocket"];
      this.#carry(socket);
      this.#on.moved();
      this.#flush();
    };
  }

  #resume() {
    if (!this.#isPaused || this.#isOver) return;
    this.#isPaused = false;
    Promise.resolve(this.#polling).then(() => { this.#polling = this.#poll(); });
    this.#flush();
  }

  // -- long-polling: one GET waits for what the server has to say, one POST at a time brings what we have to say

  async #poll() {
    while (!this.#isOver && !this.#isPaused) {
      const payload = await this.#request("GET");
      for (const packet of payload?.split(SEPARATOR) ?? []) this.#take(packet[0] === "b" ? unpack(packet.slice(1)) : packet);
    }
  }

  async #post() {
    while (this.#queue.length && !this.#isOver && !this.#isPaused) {
      const packets = [];
      for (let size = 0; this.#queue.length; ) {
        const packet = typeof this.#queue[0] === "string" ? this.#queue[0] : `b${pack(this.#queue[0])}`;
        size += 3 * packet.length + 1; // at most three bytes of UTF-8 for each of JavaScript's characters
        if (packets.length && size > this.maxPayload) break;
        packets.push(packet);
        this.#queue.shift();
      }
      await this.#request("POST", packets.join(SEPARATOR));
    }
  }

  async #request(method, body) {
    try {
      const answer = await fetch(this.#address("polling"), { method, body, cache: "no-store", signal: this.#stop.signal });
      if (answer.ok) return await answer.text();
      this.end(`transport error (${answer.status})`);
    } catch {
      this.end(this.#isOpen ? "transport error" : "cannot connect");
    }
  }
}

const pack = (bytes) => btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(""));
const unpack = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer;
