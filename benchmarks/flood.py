"""How long a well-behaved peer waits while another one floods the server.

    uv run python -m benchmarks.flood [rounds]     prints a table; nothing here passes or fails

A canary echoes one small message after the other. Meanwhile a second connection sends 2.5 MB of the smallest frames,
messages of deeply nested JSON, or 600 kB that inflate to 600 MB, in one go and reads what comes back. The figure is the
canary's slowest answer.
Each server runs in a process of its own; the sides take turns.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from benchmarks.servers import ENGINE, NODE, machine, upgraded
from tests.peers import PING, PONG, TEXT, frame

LIVESOCK = """
import asyncio, json, threading, livesock as ls
server = ls.serve("flood")
@server.websocket("/echo", compression="deflate")
async def echo(ws):
    async for message in ws: await ws.send(message)
@server.of("/").on("say")
async def say(socket, *values): return len(values)
print(server.port, flush=True)
threading.Event().wait()
"""

WEBSOCKETS = """
import asyncio
from websockets.asyncio.server import serve
async def echo(ws):
    async for message in ws: await ws.send(message)
async def main():
    async with serve(echo, "127.0.0.1", 0) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().create_future()
asyncio.run(main())
"""

NODE_WS = """
import { WebSocketServer } from "ws";
const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: true });
server.on("listening", () => console.log(server.address().port));
server.on("connection", (socket) => socket.on("message", (data, binary) => socket.send(data, { binary })));
"""

NODE_IO = """
import { createServer } from "http";
import { Server } from "socket.io";
const http = createServer(), io = new Server(http);
io.on("connection", (socket) => socket.on("say", (...values) => {
  const answer = values.pop();
  if (typeof answer === "function") answer(values.length);
}));
http.listen(0, "127.0.0.1", () => console.log(http.address().port));
"""

PYTHON, NODEJS = [sys.executable, "-c"], ["node", "--input-type=module", "-e"]
SIZE = 2_500_000
NESTED = b'42["say",' + b",".join([b"[" * 60 + b"]" * 60] * 7000) + b"]"
LEGAL = b'42["say",' + b",".join([b"[" * 60 + b"]" * 60] * 800) + b"]"
"""As many lists as livesock takes; NESTED has 420,000."""

COMPRESSED = "Sec-WebSocket-Extensions: permessage-deflate"


def many(one: bytes) -> bytes:
    """Return the smallest frames that make up SIZE bytes."""
    return one * (SIZE // len(one))


def bomb(size: int) -> bytes:
    """Return a frame that inflates to `size` bytes."""
    packer = zlib.compressobj(9, wbits=-15)
    return frame(TEXT, (packer.compress(b"x" * size) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4], rsv1=True)


FLOODS = {
    "pings": ("raw", many(frame(PING))),
    "pongs": ("raw", many(frame(PONG))),
    "texts of 1 byte": ("raw", many(frame(TEXT, b"x"))),
    "600 texts of 1 MB, deflated": ("raw", bomb(1_000_000) * 600),
    "pings, Socket.IO": ("io", many(frame(PING))),
    "nested JSON, Socket.IO": ("io", frame(TEXT, NESTED)),
    "nested JSON in 20 messages": ("io", frame(TEXT, LEGAL) * 20),
}
SIDES = {
    "raw": {"livesock": [*PYTHON, LIVESOCK], "websockets": [*PYTHON, WEBSOCKETS], "Node": [*NODEJS, NODE_WS]},
    "io": {"livesock": [*PYTHON, LIVESOCK], "Node": [*NODEJS, NODE_IO]},
}


@contextmanager
def served(command: list[str]) -> Iterator[int]:
    """Yield the port of a server in a process of its own."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=NODE) as process:
        assert process.stdout
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def opened(port: int, kind: str) -> Any:
    """Return a connection that echoes, or a Socket.IO socket whose question is answered."""
    sock = upgraded(port, "/echo", COMPRESSED) if kind == "raw" else upgraded(port, ENGINE)
    if kind == "io":
        sock.recv(4096)
        sock.sendall(frame(TEXT, b"40"))
        sock.recv(4096)
    return sock


def slowest(port: int, kind: str, flood: bytes) -> float:
    """Return the canary's slowest answer in milliseconds, of those asked while the flood goes on."""
    ask = frame(TEXT, b"still there" if kind == "raw" else b'420["say",1]')
    over = threading.Event()

    def attack() -> None:
        with opened(port, kind) as sock:
            threading.Thread(target=drain, args=(sock,), daemon=True).start()
            with suppress(OSError):  # a server may end it
                sock.sendall(flood)
            time.sleep(1.0)  # what is left in its buffers
        over.set()

    waits = []
    with upgraded(port, "/echo") if kind == "raw" else opened(port, kind) as canary:
        attacker = threading.Thread(target=attack)
        attacker.start()
        while not over.is_set():
            began = time.perf_counter()
            canary.sendall(ask)
            canary.recv(4096)
            waits.append(time.perf_counter() - began)
            time.sleep(0.002)
        attacker.join()
    return 1000 * max(waits)


def drain(sock: Any) -> None:
    """Read until the end."""
    with suppress(OSError):
        while sock.recv(1 << 20):
            pass


def main() -> None:
    rounds = int(sys.argv[1]) if sys.argv[1:] else 3
    print(machine())
    print(f"slowest answer in ms, median of {rounds} rounds (least to most)\n")
    for name, (kind, flood) in FLOODS.items():
        found: dict[str, list[float]] = {side: [] for side in SIDES[kind]}
        for _ in range(rounds):
            for side, command in SIDES[kind].items():
                with served(command) as port:
                    found[side].append(slowest(port, kind, flood))
        cells = (f"{s} {statistics.median(v):.0f} ({min(v):.0f} to {max(v):.0f})" for s, v in found.items())
        print(f"{name:28}", " | ".join(cells), flush=True)


if __name__ == "__main__":
    main()
