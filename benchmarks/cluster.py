"""Two servers on one Redis: livesock beside Node with `@socket.io/redis-streams-adapter`, in turns.

    uv run python -m benchmarks.cluster           about two minutes; needs redis-server and Node's packages

CPU for each delivery when one server emits to the clients of both; the time of an event from a client of one server to
a client of the other; what is lost and doubled while Redis is killed for 6 s; deliveries a second, with 1 to 4 workers.
"""

from __future__ import annotations

import json
import re
import selectors
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

from benchmarks.servers import ENGINE, NODE, machine
from tests.interop.cluster.redis_server import RedisServer
from tests.peers import TEXT, frame, handshake

NEWS = b'42["news"'
_NUMBER = re.compile(rb'42\["news",(\d+)\]')

AWAY = 6.0
"""Seconds without Redis."""

LIVESOCK = """
import sys, threading, livesock as ls
server = ls.serve("bench", cluster=ls.cluster.redis(sys.argv[1]))
space = server.of("/")
@space.on("go")
async def go(socket, count, first):
    for number in range(first, first + count): space.emit("news", number)
print(server.port, flush=True)
threading.Event().wait()
"""

NODEJS = """
import { createServer } from "http";
import { Server } from "socket.io";
import { createClient } from "redis";
import { createAdapter } from "@socket.io/redis-streams-adapter";
const redis = createClient({ url: process.argv[2], socket: { reconnectStrategy: 50 } });
redis.on("error", () => {});
await redis.connect();
const http = createServer();
const io = new Server(http, { adapter: createAdapter(redis), perMessageDeflate: false });
io.on("connection", (socket) => socket.on("go", (count, first) => {
  for (let n = first; n < first + count; n += 1) io.emit("news", n);
}));
http.listen(0, "127.0.0.1", () => console.log(http.address().port));
"""


class Peers:
    """Clients that only count what they hear. One thread reads all of them."""

    def __init__(self, port: int, count: int) -> None:
        self.socks = [_joined(port) for _ in range(count)]
        self.heard = 0
        self.numbers: list[int] = []
        """The events that the first of them heard."""
        self._poll = selectors.DefaultSelector()
        self._first = self.socks[0]
        self._rest = b""
        self._tails: dict[socket.socket, bytes] = {}
        self._is_over = False
        for sock in self.socks:
            sock.setblocking(False)
            self._poll.register(sock, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while not self._is_over:
            for key, _ in self._poll.select(0.2):
                sock = key.fileobj
                assert isinstance(sock, socket.socket)
                data = sock.recv(262_144)
                if not data:
                    self._poll.unregister(sock)
                if b"\x81\x012" in data:  # a ping of Engine.IO
                    sock.sendall(frame(TEXT, b"3"))
                tail = self._tails.get(sock, b"")
                self.heard += (tail + data).count(NEWS)
                self._tails[sock] = data[1 - len(NEWS) :]
                if sock is self._first:
                    self._rest += data
                    for match in _NUMBER.finditer(self._rest):
                        self.numbers.append(int(match[1]))
                    self._rest = self._rest[self._rest.rfind(b"]") + 1 :]

    def go(self, count: int, first: int) -> None:
        """Let the server of the first of them emit."""
        self._first.sendall(frame(TEXT, f'42["go",{count},{first}]'.encode()))

    def close(self) -> None:
        self._is_over = True
        self._thread.join(5)
        for sock in self.socks:
            sock.close()


def _joined(port: int) -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", port), timeout=20)
    sock.sendall(handshake(f"127.0.0.1:{port}", ENGINE))
    data = b""
    while b'0{"sid"' not in data:
        data += sock.recv(4096)
    sock.sendall(frame(TEXT, b"40"))
    while b'40{"sid"' not in data:
        data += sock.recv(4096)
    return sock


@contextmanager
def servers(side: str, url: str, count: int) -> Iterator[list[tuple[psutil.Process, int]]]:
    """Run servers of one side, each in a process of its own."""
    with ExitStack() as stack, tempfile.TemporaryDirectory(dir=NODE) as folder:
        found = []
        for _ in range(count):
            if side == "livesock":
                command = [sys.executable, "-c", LIVESOCK, url]
            else:
                path = Path(folder, "server.mjs")
                path.write_text(NODEJS, "utf-8")
                command = ["node", str(path), url]
            process = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            stack.callback(process.kill)
            assert process.stdout is not None
            found.append((psutil.Process(process.pid), int(process.stdout.readline())))
        time.sleep(1.0)  # subscriptions have no event that tells
        yield found


def cpu(processes: list[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def reached(peers: list[Peers], count: int, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while sum(one.heard for one in peers) < count and time.monotonic() < end:
        time.sleep(0.002)


def measured(side: str, redis: RedisServer, brief: bool) -> dict[str, object]:
    """Return every figure of one side; `brief` leaves out what takes a minute: the outage, and workers."""
    figures: dict[str, object] = {}
    with servers(side, redis.url, 2) as both:
        peers = [Peers(port, 50) for _, port in both]
        peers[0].go(50, 0)
        reached(peers, 50 * 100)
        before, processes = cpu([process for process, _ in both]), [process for process, _ in both]
        for number in range(100):
            peers[0].go(10, 1000 + 10 * number)
            reached(peers, 100 * (50 + 10 * (number + 1)))
        figures["CPU, µs a delivery"] = round((cpu(processes) - before) / (1000 * 100) * 1e6, 2)
        times = []
        for number in range(300):
            began, count = time.perf_counter(), len(peers[1].numbers)
            peers[0].go(1, 10_000 + number)
            while len(peers[1].numbers) == count:
                time.sleep(0.0001)
            times.append((time.perf_counter() - began) * 1000)
            time.sleep(0.005)
        figures["crossing, p50, ms"] = round(statistics.median(times), 2)
        figures["crossing, p99, ms"] = round(statistics.quantiles(times, n=100)[98], 2)
        figures |= {} if brief else outage(peers, redis)
        for one in peers:
            one.close()
    for workers in () if brief else (1, 2, 4):
        figures[f"deliveries a second, {workers} workers"] = round(throughput(side, redis.url, workers))
    return figures


def outage(peers: list[Peers], redis: RedisServer) -> dict[str, object]:
    """Let both servers emit 20 times a second while Redis is killed, and count at a client of each."""
    for one in peers:
        one.numbers.clear()
    away = threading.Thread(target=lambda: (time.sleep(2), redis.kill(), time.sleep(AWAY), redis.start()))
    away.start()
    for number in range(240):
        for index, one in enumerate(peers):
            one.go(1, 100_000 * (index + 1) + number)
        time.sleep(0.05)
    away.join()
    time.sleep(5)
    wanted = {100_000 * (index + 1) + number for index in (0, 1) for number in range(240)}
    lost = sum(len(wanted - set(one.numbers)) for one in peers)
    doubled = sum(len(one.numbers) - len(set(one.numbers)) for one in peers)
    return {"outage: wanted": 2 * len(wanted), "lost": lost, "doubled": doubled}


def throughput(side: str, url: str, workers: int) -> float:
    """Return deliveries a second to 200 clients, shared out over the workers; each worker emits its share."""
    with servers(side, url, workers) as found:
        peers = [Peers(port, 200 // workers) for _, port in found]
        began = time.perf_counter()
        for index, one in enumerate(peers):
            one.go(1000 // workers, 1000 * index)
        reached(peers, 1000 * 200, 60.0)
        spent = time.perf_counter() - began
        heard = sum(one.heard for one in peers)
        for one in peers:
            one.close()
    return heard / spent


def is_installed() -> bool:
    """Return whether Redis is here, and what Node needs for it."""
    return shutil.which("redis-server") is not None and (NODE / "node_modules" / "redis").is_dir()


def beside_redis(side: str, brief: bool = False) -> dict[str, object]:
    """Return the figures of one side, on a Redis of its own."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        redis = RedisServer(str(shutil.which("redis-server")), port, Path(folder), keeps=True)
        try:
            return measured(side, redis, brief)
        finally:
            redis.close()


def main() -> None:
    if not is_installed():
        sys.exit("needs redis-server (apt install redis-server) and Node's packages (uv run livesock dev peers)")
    print(machine())
    for side in ("livesock", "Node"):
        print(side, json.dumps(beside_redis(side), ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
