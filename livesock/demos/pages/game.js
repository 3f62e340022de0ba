// The game's page: it predicts its own player, and lets the others glide to where the server last saw them.
import { connect } from "livesock";
import { again, at, element, key, newKey, remember, showState, transports } from "demo";

const COLOURS = { A: "#1257a8", B: "#a3261b", C: "#17692f", D: "#7a3aa0", E: "#8a5300", F: "#00707a", G: "#9c2f6b", H: "#4a5568" };
const KEYS = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
  KeyA: [-1, 0], KeyD: [1, 0], KeyW: [0, -1], KeyS: [0, 1],
};
const GLIDE = 0.3; // of the way that is left, in each picture
const MARGIN = 40; // around the board, for a player at its edge
const PENDING = 40; // steers that wait for the server: two seconds

let seat = { letter: null, number: 0, width: 1600, height: 900, speed: 16, tick: 0.05 };
let board = { tick: -1, players: {}, stars: [] }; // the truth, as of the last board
let mine = null; // [x, y] where we believe to be
let pending = []; // [number, dx, dy] that the server has not done yet
const shown = new Map(); // letter -> [x, y] on the screen
const held = new Map(); // key or button -> direction

const game = connect("/game", { auth: () => ({ key: key() }), transports: transports() });
showState(game.connection);

game.on("seat", (given) => {
  [seat, pending, mine] = [given, [], null];
  board = { tick: -1, players: {}, stars: [] };
  at("you").textContent = seat.letter ? `You are player ${seat.letter}` : "All seats are taken: you look on";
  delete at("field").dataset.away;
});

game.on("board", (latest) => {
  if (latest.tick < board.tick) return;
  board = latest;
  const me = board.players[seat.letter];
  if (me) {
    const [x, y, , number] = me;
    pending = pending.filter(([one]) => one > number); // what the server has done is in its board; the rest once more
    mine = pending.reduce(([px, py], [, dx, dy]) => moved(px, py, dx, dy), [x, y]);
  }
  showPlayers();
});

game.on("disconnect", () => { at("field").dataset.away = ""; pending = []; });
game.on("anew", () => again(game));
game.on("replaced", () => {
  remember("livesock key", newKey()); // a copy of this tab has our key and our seat
  at("you").textContent = "Another tab has your seat. Connect to take a new one.";
});

/** The server's rule for one tick, word for word. */
function moved(x, y, dx, dy) {
  const within = (value, most) => Math.min(Math.max(value, 0), most);
  return [within(x + dx * seat.speed, seat.width), within(y + dy * seat.speed, seat.height)];
}

// -- steering: one steer a tick, while a key is down

function steer() {
  const sum = [...held.values()].reduce(([x, y], [dx, dy]) => [x + dx, y + dy], [0, 0]);
  const [dx, dy] = sum.map(Math.sign);
  if (!(dx || dy) || !mine || pending.length >= PENDING) return;
  const number = seat.number + 1;
  if (!game.volatile("steer", number, dx, dy)) return; // it did not leave: then we do not move either
  seat.number = number;
  pending.push([number, dx, dy]);
  mine = moved(...mine, dx, dy);
}

addEventListener("keydown", (event) => {
  if (!(event.code in KEYS) || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("select")) return;
  event.preventDefault();
  held.set(event.code, KEYS[event.code]);
});
addEventListener("keyup", (event) => held.delete(event.code));
addEventListener("blur", () => held.clear()); // the key may come up elsewhere, unheard
for (const button of at("pad").children) {
  const direction = [Number(button.dataset.x), Number(button.dataset.y)];
  button.addEventListener("pointerdown", () => held.set(button, direction));
  for (const end of ["pointerup", "pointerleave", "pointercancel"]) button.addEventListener(end, () => held.delete(button));
  button.addEventListener("click", (event) => { // by keyboard or screen reader: five ticks
    if (event.detail > 0) return;
    held.set(button, direction);
    setTimeout(() => held.delete(button), 5000 * seat.tick);
  });
}

setInterval(steer, 1000 * seat.tick);

// -- showing

function showPlayers() {
  const players = Object.entries(board.players).sort(([a], [b]) => a.localeCompare(b));
  at("players").replaceChildren(...players.map(([letter, [x, y, score, , isHere]]) => element("tr", { className: isHere ? "" : "gone" },
    element("th", { scope: "row" }, element("span", { className: "disc", style: `background: ${COLOURS[letter]}` }, letter), letter === seat.letter ? "you" : isHere ? "" : "away"),
    element("td", { className: "number" }, String(score)),
    element("td", { className: "number quiet mono" }, `${x}, ${y}`))));
  const score = board.players[seat.letter]?.[2];
  const said = score === undefined ? "" : `You have ${score} ${score === 1 ? "star" : "stars"}`;
  if (at("announce").textContent !== said) at("announce").textContent = said;
  at("late").textContent = seat.letter ? `${pending.length} ${pending.length === 1 ? "step" : "steps"} ahead of the server` : "";
}

const canvas = at("board");
const pen = canvas.getContext("2d");

function star(x, y, size) {
  pen.beginPath();
  for (let corner = 0; corner < 10; corner++) {
    const [angle, radius] = [Math.PI * (corner / 5 - 0.5), corner % 2 ? size * 0.45 : size];
    pen.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
  }
  pen.fill();
}

function draw() {
  requestAnimationFrame(draw);
  const [full, high] = [seat.width + 2 * MARGIN, seat.height + 2 * MARGIN];
  const scale = canvas.clientWidth * devicePixelRatio / full;
  const [width, height] = [Math.round(full * scale), Math.round(high * scale)];
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  pen.setTransform(scale, 0, 0, scale, MARGIN * scale, MARGIN * scale);
  pen.clearRect(-MARGIN, -MARGIN, full, high);
  const style = getComputedStyle(canvas);
  pen.strokeStyle = style.getPropertyValue("--line");
  pen.lineWidth = 1;
  pen.beginPath();
  for (let x = 0; x <= seat.width; x += 100) { pen.moveTo(x, 0); pen.lineTo(x, seat.height); }
  for (let y = 0; y <= seat.height; y += 100) { pen.moveTo(0, y); pen.lineTo(seat.width, y); }
  pen.stroke();
  pen.fillStyle = style.getPropertyValue("--star");
  for (const [x, y] of board.stars) star(x, y, 24);
  for (const letter of shown.keys()) if (!(letter in board.players)) shown.delete(letter);
  for (const [letter, [x, y, , , isHere]] of Object.entries(board.players)) {
    const target = letter === seat.letter && mine ? mine : [x, y];
    const from = shown.get(letter) ?? target;
    const now = from.map((value, axis) => value + (target[axis] - value) * GLIDE);
    shown.set(letter, now);
    player(letter, now, isHere, style);
  }
}

function player(letter, [x, y], isHere, style) {
  pen.globalAlpha = isHere ? 1 : 0.4;
  pen.beginPath();
  pen.arc(x, y, 30, 0, 2 * Math.PI);
  pen.fillStyle = COLOURS[letter];
  pen.fill();
  if (letter === seat.letter) {
    pen.strokeStyle = style.getPropertyValue("--ink");
    pen.lineWidth = 5;
    pen.stroke();
  }
  pen.fillStyle = "#fff";
  pen.font = "bold 34px system-ui, sans-serif";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(letter, x, y + 2);
  pen.globalAlpha = 1;
}

requestAnimationFrame(draw);
