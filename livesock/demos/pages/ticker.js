// The ticker's page. It answers a batch of prices when it has painted it; only then does the server send the next one.
// So a slow tab, or one in the background, gets fewer batches, and what it shows is never old.
import { connect } from "livesock";
import { again, at, element, showState, transports } from "demo";

const POINTS = 120; // of a line
const EVERY = 500; // ms between two points
const SVG = "http://www.w3.org/2000/svg";

const rows = new Map(); // symbol -> what its row shows
let market = { epoch: "", tick: -1 };
let arrived = []; // [when, tick] of the last batches

const ticker = connect("/ticker", { transports: transports() });
showState(ticker.connection);

ticker.on("connect", async () => {
  try {
    show(await ticker.call("watch"));
    delete at("prices").dataset.away;
  } catch { /* the connection broke: `connect` will come again */ }
});
ticker.on("disconnect", () => { at("prices").dataset.away = ""; arrived = []; });
ticker.on("anew", () => again(ticker));
ticker.on("prices", async (batch) => {
  show(batch);
  await painted();
}); // the return answers the server

/** Wait until the browser has painted; a tab in the background does not paint. And be as slow as the reader wishes. */
async function painted() {
  await new Promise((resolve) => requestAnimationFrame(resolve));
  const wait = Number(at("slow").value);
  if (wait) await new Promise((resolve) => setTimeout(resolve, wait));
}

function show({ epoch, tick, prices }) {
  if (epoch !== market.epoch) { // another market: its ticks begin at 0 again
    rows.clear();
    at("prices").replaceChildren();
    arrived = [];
  }
  market = { epoch, tick };
  for (const [symbol, price, since] of prices) {
    const row = rows.get(symbol) ?? newRow(symbol, price);
    if (since < row.tick) throw new Error(`${symbol} went back in time`); // cannot happen
    Object.assign(row, { price, tick: since });
  }
  arrived.push([performance.now(), tick]);
  paint();
}

function newRow(symbol, price) {
  const line = document.createElementNS(SVG, "polyline");
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 100 20");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  svg.append(line);
  const cells = { price: element("td", { className: "number" }), change: element("td", { className: "number" }), tick: element("td", { className: "number quiet" }) };
  at("prices").append(element("tr", {}, element("th", { scope: "row" }, symbol), cells.price, cells.change, element("td", { className: "line" }, svg), cells.tick));
  const row = { price, tick: -1, opened: price, points: [price], cells, line };
  rows.set(symbol, row);
  return row;
}

const money = (cents) => (cents / 100).toFixed(2);
const whole = (value) => Math.round(value).toLocaleString("en");

function paint() {
  for (const { price, tick, opened, cells } of rows.values()) {
    const change = 100 * (price - opened) / opened;
    cells.price.textContent = money(price);
    cells.change.textContent = `${change > 0 ? "▲ +" : change < 0 ? "▼ −" : ""}${Math.abs(change).toFixed(2)} %`; // not by colour alone
    cells.change.className = `number ${change > 0 ? "up" : change < 0 ? "down" : ""}`;
    cells.tick.textContent = whole(tick);
  }
}

function paintLines() {
  for (const row of rows.values()) {
    row.points.push(row.price);
    if (row.points.length > POINTS) row.points.shift();
    const [low, high] = [Math.min(...row.points), Math.max(...row.points)];
    const y = (point) => high === low ? 10 : 19 - 18 * (point - low) / (high - low);
    const x = (index) => 100 * index / (Math.max(row.points.length, POINTS / 4) - 1);
    row.line.setAttribute("points", row.points.map((point, index) => `${x(index).toFixed(1)},${y(point).toFixed(1)}`).join(" "));
    row.line.setAttribute("class", row.points.at(-1) >= row.points[0] ? "up" : "down");
  }
}

function paintFigures() {
  arrived = arrived.slice(-20);
  const [[since, from], [until, to]] = [arrived[0] ?? [0, 0], arrived.at(-1) ?? [0, 0]];
  const seconds = (until - since) / 1000;
  if (arrived.length < 2 || seconds <= 0) return;
  at("source").textContent = `${whole((to - from) / seconds)} / s`;
  at("batches").textContent = `${((arrived.length - 1) / seconds).toFixed(1)} / s`;
  at("merged").textContent = whole((to - from) / (arrived.length - 1));
}

setInterval(() => { paintLines(); paintFigures(); }, EVERY);
