"""What a server of livesock holds on one small machine: seven loads, the clients on the same two cores.

    uv run python -m benchmarks.budgets [seconds of T1, 1100] [off: nothing is recorded]

T1 holds connections and looks at memory; T2 broadcasts; T3 asks; T4 lets everybody come at once, and again; T5 holds
2,000; T6 and T7 are official clients, on polling and in the middle of the upgrade. The server is a process of its own,
so its memory is its own. Both processes read one clock (CLOCK_MONOTONIC). Linux, and Node's packages.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import psutil
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.servers import NODE, machine

SERVER = """
import asyncio, json, sys, time, livesock as ls
from livesock.net.http.limits import Limits

if "off" in sys.argv:
    ls.Trace.add = ls.Trace.add_all = lambda self, *a, **k: None
server = ls.serve("budgets", limits=Limits(max_connections=20000), trace_limit=2**22)
listeners, order = set(), {}

@server.websocket("/news")
async def news(ws):
    listeners.add(ws)
    try:
        await ws.wait_closed()
    finally:
        listeners.discard(ws)

@server.websocket("/fill")
async def fill(ws):
    async for message in ws:
        pass

async def tell(count, gap):
    from websockets.asyncio.server import broadcast
    begin = time.monotonic()
    for number in range(count):
        broadcast(listeners, f"{number} {time.monotonic()} ".ljust(200, "x"))
        await asyncio.sleep(max(begin + (number + 1) * gap - time.monotonic(), 0))

space = server.of("/")

@space.on("echo")
async def echo(socket, value):
    return value

@space.on("number")
async def number(socket, value):
    order.setdefault(socket.id, []).append(value)
    socket.emit("back", value)

@space.on("sum")
async def sum_up(socket):
    return order.pop(socket.id, [])

async def tasks():
    return len(asyncio.all_tasks())

far = ls.netsim(server, name="far", delay=0.05)  # the upgrade takes two round trips, the first events one
print(server.port, far.port, flush=True)
for line in sys.stdin:
    word, *rest = line.split()
    if word == "tell":
        server.call(tell, int(rest[0]), float(rest[1]), timeout=None)
        print("told", flush=True)
    if word == "fill":
        from websockets.sync.client import connect
        with connect(server.url("/fill")) as ws:
            while "off" not in sys.argv and not server.trace.lost:
                ws.send("x" * 20)
        print("filled", flush=True)
    if word == "count":
        print(json.dumps([len(server.peers), server.call(tasks), len(server.errors)]), flush=True)
"""

OFFICIAL = """
import { io } from "socket.io-client";
const [port, test, clients, count] = process.argv.slice(1).map((word) => Number(word) || word);
const transports = test === "poll" ? ["polling"] : ["polling", "websocket"];
const begin = performance.now();
const one = () => new Promise((resolve) => {
  const socket = io(`http://127.0.0.1:${port}`, { transports, forceNew: true, reconnection: false });
  const back = [];
  const carriers = new Set();
  socket.on("back", (n) => back.push(n));
  socket.on("connect", async () => {
    if (test === "poll") {
      let answered = 0;
      const ask = (n) => socket.timeout(120000).emitWithAck("echo", n).then((m) => { answered += m === n; }, () => {});
      await Promise.all(Array.from({ length: count }, (_, n) => ask(n)));
      socket.disconnect();
      resolve(answered);
    } else {
      for (let n = 0; n < count; n++) {
        socket.emit("number", n);
        carriers.add(socket.io.engine.transport.name);
        await new Promise((go) => setTimeout(go, 20));
      }
      const heard = await socket.timeout(60000).emitWithAck("sum");
      await new Promise((go) => setTimeout(go, 500));
      const whole = (list) => list.length === count && list.every((n, i) => n === i);
      socket.disconnect();
      resolve([Number(whole(heard) && whole(back)), carriers.size]);
    }
  });
});
const results = await Promise.all(Array.from({ length: clients }, one));
console.log(JSON.stringify({ results, seconds: (performance.now() - begin) / 1000 }));
"""

Row = tuple[str, str, str]


class Side:
    """The server's process, and what is known of it from outside."""

    def __init__(self) -> None:
        command = [sys.executable, "-c", SERVER, *sys.argv[2:]]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port, self.far = map(int, self._heard().split())
        self._ps = psutil.Process(self.process.pid)

    @property
    def rss(self) -> int:
        """Memory in use, in bytes."""
        return int(self._ps.memory_info().rss)

    @property
    def fds(self) -> int:
        return int(self._ps.num_fds())

    def cpu(self) -> float:
        """Seconds of processor time so far."""
        times = self._ps.cpu_times()
        return float(times.user + times.system)

    async def ask(self, line: str) -> str:
        assert self.process.stdin
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return await asyncio.to_thread(self._heard)

    async def count(self) -> tuple[int, int, int]:
        """Return its peers, tasks and errors."""
        peers, tasks, errors = json.loads(await self.ask("count"))
        return peers, tasks, errors

    async def settled(self, peers: int) -> float:
        """Wait until it has so many peers; return how long that took."""
        begin = time.monotonic()
        while (await self.count())[0] != peers and time.monotonic() < begin + 30:
            await asyncio.sleep(0.02)
        return time.monotonic() - begin

    def _heard(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()


@asynccontextmanager
async def raw(side: Side, count: int) -> AsyncIterator[list[ClientConnection]]:
    """Hold raw connections."""
    url = f"ws://127.0.0.1:{side.port}/news"
    opening = [connect(url, compression=None, ping_interval=None, open_timeout=60, proxy=None) for _ in range(count)]
    peers = list(await asyncio.gather(*opening))
    try:
        yield peers
    finally:
        await asyncio.gather(*(peer.close() for peer in peers))


async def session(side: Side) -> ClientConnection:
    """Open a Socket.IO session on a WebSocket, by hand, that answers pings."""
    url = f"ws://127.0.0.1:{side.port}/socket.io/?EIO=4&transport=websocket"
    peer = await connect(url, compression=None, ping_interval=None, open_timeout=60, proxy=None)
    await peer.recv()
    await peer.send("40")
    await peer.recv()
    return peer


async def answering(peer: ClientConnection) -> None:
    with contextlib.suppress(Exception):
        async for message in peer:
            if message == "2":
                await peer.send("3")


async def polling(side: Side, http: aiohttp.ClientSession) -> None:
    """Hold a session by polling, and answer pings, until cancelled."""
    url = f"http://127.0.0.1:{side.port}/socket.io/?EIO=4&transport=polling"
    async with http.get(url) as answer:
        sid = json.loads((await answer.text())[1:])["sid"]
    own = f"{url}&sid={sid}"
    await http.post(own, data="40")
    while True:
        async with http.get(own) as answer:
            for packet in (await answer.text()).split("\x1e"):
                if packet == "2":
                    await http.post(own, data="3")


def slope(samples: list[tuple[float, int]]) -> tuple[float, float]:
    """Return the slope of a line through samples in MiB a minute, and the upper end of its 95 % interval."""
    xs, ys = [x / 60 for x, _ in samples], [y / 2**20 for _, y in samples]
    line = statistics.linear_regression(xs, ys)
    rest = sum((y - line.intercept - line.slope * x) ** 2 for x, y in zip(xs, ys, strict=True))
    mean = statistics.fmean(xs)
    error = (rest / (len(xs) - 2) / sum((x - mean) ** 2 for x in xs)) ** 0.5
    return line.slope, line.slope + 1.96 * error


def spread(values: list[float]) -> str:
    """Return p50, p99 and the largest of times, in ms."""
    ordered = sorted(values)
    p50, p99 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
    return f"p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms, max {ordered[-1] * 1000:.0f} ms"


async def t1(side: Side, seconds: float) -> list[Row]:
    await side.ask("fill")  # a trace that fills is no leak: the slope is that of a server that has run for long
    base = side.rss
    async with raw(side, 500) as peers, aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        await side.settled(500)
        after_raw = side.rss
        sessions = await asyncio.gather(*(session(side) for _ in range(300)))
        after_sessions = side.rss
        jobs = [asyncio.create_task(answering(one)) for one in sessions]
        jobs += [asyncio.create_task(polling(side, http)) for _ in range(50)]
        await asyncio.sleep(1)
        begin, samples, (_, tasks, _), fds = time.monotonic(), [], await side.count(), side.fds
        while (now := time.monotonic() - begin) < seconds:
            if now > seconds * 0.4:
                samples.append((now, side.rss))
            await asyncio.sleep(1)
        left = sum(peer.state.name == "OPEN" for peer in (*peers, *sessions)) + sum(not j.done() for j in jobs[300:])
        _, tasks_after, errors = await side.count()
        for job in jobs:
            job.cancel()
        await asyncio.gather(*(one.close() for one in sessions))
    flat, upper = slope(samples)
    per_raw, per_session = (after_raw - base) / 500 / 1024, (after_sessions - after_raw) / 300 / 1024
    return [
        (
            f"T1 hold 500 raw, 300 sessions, 50 polling, {seconds:.0f} s",
            f"{left} of 850 still there, {errors} errors",
            "850",
        ),
        ("   memory", f"{per_raw:.1f} KiB a raw connection, {per_session:.1f} a session", "32, 64 KiB"),
        ("   slope of memory after 40 % of the time", f"{flat:+.3f} MiB/min, at most {upper:+.3f}", "0.1 MiB/min"),
        (
            "   tasks and file descriptors",
            f"{tasks_after - tasks:+d}, {side.fds - fds:+d} after closing",
            "± 5 while held",
        ),
    ]


async def t2(side: Side) -> list[Row]:
    waits: list[float] = []
    gaps = 0

    async def hear(peer: ClientConnection) -> None:
        nonlocal gaps
        for expected in range(400):
            number, sent, _ = str(await peer.recv()).split(" ", 2)
            waits.append(time.monotonic() - float(sent))
            gaps += int(number) != expected

    async with raw(side, 500) as peers:
        await side.settled(500)
        spent = side.cpu()
        hearing = [asyncio.create_task(hear(peer)) for peer in peers]
        await side.ask("tell 400 0.05")
        await asyncio.gather(*hearing)
        spent = side.cpu() - spent
    return [
        (
            "T2 broadcast 20/s × 200 B to 500",
            f"{len(waits):,} of 200,000, {gaps} out of order, {spread(waits)}",
            "p99 60 ms",
        ),
        ("   the server's processor", f"{spent / 20:.0%} of one core", ""),
    ]


async def t3(side: Side) -> list[Row]:
    waits: list[float] = []
    wrong = 0

    async def ask(peer: ClientConnection, number: int) -> None:
        nonlocal wrong
        await asyncio.sleep(number / 500 / 5)
        for turn in range(50):
            begin = time.monotonic()
            await peer.send(f'42{turn}["echo",{turn}]')
            while (came := await peer.recv()) == "2":
                await peer.send("3")
            waits.append(time.monotonic() - begin)
            wrong += came != f"43{turn}[{turn}]"
            await asyncio.sleep(max(0.2 - (time.monotonic() - begin), 0))

    peers = await asyncio.gather(*(session(side) for _ in range(500)))
    await asyncio.gather(*(ask(peer, number) for number, peer in enumerate(peers)))
    await asyncio.gather(*(peer.close() for peer in peers))
    return [
        ("T3 500 sessions × 5/s with ack", f"{len(waits):,} of 25,000, {wrong} wrong, {spread(waits)}", "p99 100 ms")
    ]


async def t4(side: Side) -> list[Row]:
    fds = side.fds
    begin, times, peers = time.monotonic(), [], await asyncio.gather(*(session(side) for _ in range(500)))
    first = time.monotonic() - begin
    for _ in range(10):
        begin = time.monotonic()
        await asyncio.gather(*(peer.close() for peer in peers))
        peers = await asyncio.gather(*(session(side) for _ in range(500)))
        times.append(time.monotonic() - begin)
    await side.settled(500)
    at_the_end = (await side.count())[0]
    await asyncio.gather(*(peer.close() for peer in peers))
    await side.settled(0)
    return [
        ("T4 500 come at once", f"{first:.2f} s", "3 s"),
        (
            "   all close and come again, 10 times",
            f"{min(times):.2f} to {max(times):.2f} s, then {at_the_end} there",
            "500",
        ),
        ("   file descriptors after all have left", f"{side.fds - fds:+d}", "0"),
    ]


async def t5(side: Side) -> list[Row]:
    base = side.rss
    async with raw(side, 2000) as peers:
        await side.settled(2000)
        await asyncio.sleep(120)
        left = sum(peer.state.name == "OPEN" for peer in peers)
        used = (side.rss - base) / 2**20
    return [
        (
            "T5 2,000 raw connections, 2 min",
            f"{left:,} still there, {used:.1f} MiB ({used * 1024 / 2000:.1f} KiB each)",
            "80 MiB",
        )
    ]


async def official(*arguments: object) -> dict[str, Any]:
    words = [str(word) for word in arguments]
    process = await asyncio.create_subprocess_exec(
        "node", "--input-type=module", "-e", OFFICIAL, *words, cwd=NODE, stdout=subprocess.PIPE
    )
    out, _ = await process.communicate()
    came: dict[str, Any] = json.loads(out)
    return came


async def t6(side: Side) -> list[Row]:
    rows = []
    for burst in (100, 1000):
        came = await official(side.port, "poll", 100, burst)
        answered = sum(came["results"])
        said = f"{answered:,} of {100 * burst:,} in {came['seconds']:.1f} s"
        rows.append((f"T6 100 official clients, polling, bursts of {burst:,}", said, "100 %"))
    return rows


async def t7(side: Side) -> list[Row]:
    came = await official(side.far, "upgrade", 200, 100)
    whole = sum(one for one, _ in came["results"])
    both = sum(carriers == 2 for _, carriers in came["results"])
    said = f"{whole} of 200 whole and in order; {both} sent on polling first, then on a WebSocket"
    return [("T7 200 official clients, 100 numbers each way across the upgrade", said, "200")]


async def main(seconds: float) -> None:
    tests: list[Callable[[Side], Coroutine[Any, Any, list[Row]]]] = [
        lambda side: t1(side, seconds),
        t2,
        t3,
        t4,
        t5,
        t6,
        t7,
    ]
    print(machine())
    print("| load | measured | budget |\n|---|---|---|", flush=True)
    for test in tests:
        side = Side()
        try:
            for row in await test(side):
                print(f"| {' | '.join(row)} |", flush=True)
        finally:
            side.process.kill()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else 1100.0))
