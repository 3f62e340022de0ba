// The chat's page. What it must get right is what happens around a lost connection:
//   seen     the place of the last line on the screen. On coming back we ask for what follows it: nothing missing, nothing twice.
//   outbox   lines that the server has not confirmed. On coming back we send them again under their old numbers; the
//            server skips the numbers that it knows.
import { connect } from "livesock";
import { again, at, element, key, newKey, remember, remembered, showState, transports } from "demo";

const KEPT = 500; // lines on the screen

const asked = new URLSearchParams(location.search);
let me = remembered("chat me", asked.has("name") ? { name: asked.get("name"), room: asked.get("room") ?? "lobby" } : null);
let { number, outbox } = remembered("chat outbox", { number: 0, outbox: [] });
let here = { room: "", epoch: "", seen: 0 }; // what the screen shows
let people = [];
let isIn = false; // the server counts us in

const chat = connect("/chat", { auth: () => ({ key: key() }), transports: transports() });
showState(chat.connection);

// -- coming and going

async function enter() {
  if (!me || !chat.connected) return;
  const wanted = me;
  const { epoch, seen } = here.room === me.room ? here : { epoch: "", seen: 0 };
  try {
    const answer = await chat.call("enter", me.room, me.name, epoch, seen);
    if (wanted !== me) return; // the reader has gone elsewhere meanwhile
    show(answer);
  } catch (error) {
    if (!error.answer) return; // the connection broke: `connect` will call us again
    [me, isIn] = [null, false];
    remember("chat me", null);
    door(error.message);
  }
}

function show({ room, name, epoch, lines, people: present }) {
  if (here.room !== room) {
    at("log").replaceChildren();
    here = { room, epoch, seen: 0 };
  } else if (here.epoch !== epoch) { // the room is another one under the same name
    if (here.seen) note("The server has begun anew and has forgotten the lines above: they are on this page only.");
    here = { room, epoch, seen: 0 };
  } else if (lines.length && lines[0].place > here.seen + 1) {
    note(`${lines[0].place - here.seen - 1} lines were said that the room does not remember`);
  }
  me = { room, name };
  isIn = true;
  people = present;
  remember("chat me", me);
  at("door").hidden = true;
  at("chat").hidden = false;
  delete at("chat").dataset.away;
  at("here").textContent = room;
  at("text").focus();
  lines.forEach(line);
  paintPeople();
  flush();
}

function door(trouble = "") {
  at("chat").hidden = true;
  at("door").hidden = false;
  at("door-trouble").textContent = trouble;
  at("name").focus();
}

at("door").addEventListener("submit", (event) => {
  event.preventDefault();
  go(at("name").value, at("room").value);
});
at("other").addEventListener("submit", (event) => {
  event.preventDefault();
  go(me.name, at("other-room").value);
  at("other").reset();
});
at("leave").addEventListener("click", () => {
  [me, isIn, here] = [null, false, { room: "", epoch: "", seen: 0 }];
  remember("chat me", null);
  again(chat);
  door();
});

function go(name, room) {
  me = { name, room };
  if (chat.connection.state.name === "closed") chat.open();
  enter();
}

chat.on("connect", enter);
chat.on("disconnect", () => {
  isIn = false;
  at("chat").dataset.away = ""; // who is there, we do not know now: the list goes pale
});
chat.on("anew", () => again(chat));
chat.on("replaced", () => {
  remember("livesock key", newKey()); // a copy of this tab has our key: from now on this tab has another one
  [number, outbox, me] = [0, [], null];
  flush();
  door("You have come in with another tab. Choose another name to be here as well.");
});
chat.on("connect_error", (error) => door(error.message));

// -- lines

chat.on("line", (said) => {
  if (said.place > here.seen + 1) return enter(); // a gap: cannot happen, and would be filled
  line(said);
});

function line({ place, name, text, time }) {
  if (place <= here.seen) return;
  here.seen = place;
  const when = new Date(1000 * time);
  const item = element("li", {},
    element("time", { dateTime: when.toISOString() }, when.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false })),
    coloured(element("span", { className: "who" }, name), name),
    element("span", { className: "text" }, text));
  item.dataset.place = place;
  append(item);
}

const note = (text) => append(element("li", { className: "note" }, text));

function append(item) {
  const log = at("log");
  const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40; // else the reader is reading something older
  log.append(item);
  while (log.childElementCount > KEPT) log.firstElementChild.remove();
  if (isAtEnd) log.scrollTop = log.scrollHeight;
}

const LONGEST = 500; // the server refuses more; the field does not cut, for a cut would go unnoticed

at("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = at("text").value.trim();
  if (!text) return;
  const length = [...text].length; // characters, as the server counts them: an emoji is not two
  if (length > LONGEST) {
    at("trouble").textContent = `A line has at most ${LONGEST} characters, and this one has ${length}: nothing was sent.`;
    return;
  }
  outbox.push({ number: ++number, text });
  at("text").value = "";
  at("trouble").textContent = "";
  flush();
});

let isFlushing = false;

async function flush() {
  paintOutbox();
  if (isFlushing) return;
  isFlushing = true;
  try {
    while (isIn && outbox.length) { // one after the other: so they arrive in order, whatever breaks in between
      const [first] = outbox;
      try {
        await chat.call("say", first.text, first.number);
      } catch (error) {
        if (!error.answer) break; // it may or may not have arrived: it stays, and is sent again
        if (error.message === "enter a room first") { enter(); break; }
        at("trouble").textContent = `“${first.text.slice(0, 40)}” was refused: ${error.message}`;
      }
      outbox = outbox.filter((one) => one !== first);
      paintOutbox();
    }
  } finally { isFlushing = false; }
}

function paintOutbox() {
  remember("chat outbox", { number, outbox });
  at("outbox").replaceChildren(...outbox.map(({ text }) => element("li", {},
    element("span", { className: "when" }, "waits"), element("span", { className: "who" }, me?.name ?? ""), element("span", { className: "text" }, text))));
}

// -- rooms and people: the server always tells the whole list

chat.on("rooms", (rooms) => {
  at("rooms").replaceChildren(...rooms.map(([name, count]) => {
    const button = element("button", { type: "button" }, element("span", {}, name), element("span", { className: "count" }, String(count)));
    button.setAttribute("aria-label", `${name}, ${count} ${count === 1 ? "person" : "people"}`);
    if (name === me?.room) button.setAttribute("aria-current", "true");
    button.addEventListener("click", () => go(me.name, name));
    return element("li", {}, button);
  }));
});

chat.on("people", (present) => {
  for (const name of present.filter((one) => !people.includes(one))) note(`${name} has come`);
  for (const name of people.filter((one) => !present.includes(one))) note(`${name} has gone`);
  people = present;
  paintPeople();
});

function paintPeople() {
  at("people").replaceChildren(...[...people].sort((a, b) => a.localeCompare(b)).map((name) =>
    coloured(element("li", {}, name === me?.name ? `${name} (you)` : name), name)));
}

/** Give a name its colour; the same one in every tab. */
function coloured(item, name) {
  let hue = 0;
  for (const character of name) hue = (hue * 31 + character.codePointAt(0)) % 360;
  item.style.setProperty("--mine", `light-dark(hsl(${hue} 75% 30%), hsl(${hue} 60% 75%))`);
  return item;
}

if (me) { at("name").value = me.name; at("room").value = me.room; } else door();
if (outbox.length) paintOutbox();
