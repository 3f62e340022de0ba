"""What the benchmarks share: three servers of Socket.IO, each in a process of its own, and peers that cost little.

    python benchmarks/broadcast.py          prints a table; nothing here passes or fails

The peers run in this process, so the CPU time of a server's process is that of the server alone. Node's server needs
the packages of tests/interop/node, python-socketio's needs python-socketio, uvicorn and uvloop; a side that is not
installed is left out.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import os
import platform
import selectors
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

ROOT = Path(__file__).parent.parent
NODE = ROOT / "tests/interop/node"
sys.path.insert(0, str(ROOT))

from tests.peers import TEXT, frame, handshake  # noqa: E402

LIVESOCK = """
import asyncio, sys, threading, livesock as ls
from livesock.net.http.limits import Limits
if "off" in sys.argv:
    ls.Trace.add = ls.Trace.add_all = lambda self, *a, **k: None
server = ls.serve("bench", limits=Limits(max_connections=20000))
space = server.of("/")
@space.on("echo")
async def echo(socket, value): return value
@space.on("go")
async def go(socket, count, apart=False):
    for _ in range(count):
        space.to("all").emit("news", {"id": 1, "price": 101.25, "text": "hello"})
        if apart: await asyncio.sleep(0)
@space.on_connect
async def came(socket): socket.join("all")
print(server.port, flush=True)
threading.Event().wait()
"""

PYTHON_SOCKETIO = """
import socket as s, asyncio, socketio, uvicorn
sio = socketio.AsyncServer(async_mode="asgi")
app = socketio.ASGIApp(sio)
@sio.event
async def connect(sid, environ): await sio.enter_room(sid, "all")
@sio.on("echo")
async def echo(sid, value): return value
@sio.on("go")
async def go(sid, count, apart=False):
    for _ in range(count):
        await sio.emit("news", {"id": 1, "price": 101.25, "text": "hello"}, to="all")
        if apart: await asyncio.sleep(0)
sock = s.socket(); sock.bind(("127.0.0.1", 0)); sock.listen(2048)
print(sock.getsockname()[1], flush=True)
config = uvicorn.Config(app, loop="uvloop", log_level="critical", ws_per_message_deflate=False, ws_ping_interval=None)
uvicorn.Server(config).run(sockets=[sock])
"""

NODEJS = """
import { createServer } from "http";
import { Server } from "socket.io";
const http = createServer(), io = new Server(http);
io.on("connection", (socket) => {
  socket.join("all");
  socket.on("echo", (value, ack) => ack(value));
  socket.on("go", async (count, apart) => {
    for (let n = 0; n < count; n++) {
      io.to("all").emit("news", { id: 1, price: 101.25, text: "hello" });
      if (apart) await new Promise(setImmediate);
    }
  });
});
http.listen(0, "127.0.0.1", 2048, () => console.log(http.address().port));
"""


@contextmanager
def running(side: str) -> Iterator[tuple[int, psutil.Process]]:
    """A server of one side: its port and process."""
    with tempfile.TemporaryDirectory() as folder:
        if side == "node":
            path = NODE / f"bench-{os.getpid()}.mjs"
            path.write_text(NODEJS)
            command = ["node", str(path)]
        else:
            path = Path(folder) / "server.py"
            path.write_text(PYTHON_SOCKETIO if side == "python-socketio" else LIVESOCK)
            command = [sys.executable, str(path), *(["off"] if side.endswith("off") else [])]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline()), psutil.Process(process.pid)
        finally:
            process.kill()
            process.communicate()
            path.unlink(missing_ok=True)


def sides(*more: str) -> list[str]:
    """The sides that are installed."""
    found = ["livesock", *more]
    if shutil.which("node") and (NODE / "node_modules/socket.io").is_dir():
        found.append("node")
    if all(importlib.util.find_spec(name) for name in ("socketio", "uvicorn", "uvloop")):
        found.append("python-socketio")
    return found


class Crowd:
    """Many peers on WebSockets, read by one selector; they count bytes and frames and understand nothing."""

    def __init__(self, port: int, size: int) -> None:
        self.selector = selectors.DefaultSelector()
        self.socks = [self._join(port) for _ in range(size)]
        for sock in self.socks:
            sock.setblocking(False)
            self.selector.register(sock, selectors.EVENT_READ)

    def _join(self, port: int) -> socket.socket:
        sock = socket.create_connection(("127.0.0.1", port))
        sock.settimeout(20)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.sendall(handshake(f"127.0.0.1:{port}", "/socket.io/?EIO=4&transport=websocket"))
        data = b""
        while b'0{"sid"' not in data:  # uvicorn loses frames that come glued to the handshake
            data += sock.recv(65536)
        sock.sendall(frame(TEXT, b"40"))
        while b'40{"sid"' not in data:
            data += sock.recv(65536)
        return sock

    def say(self, index: int, text: str) -> None:
        self.socks[index].send(frame(TEXT, text.encode()))

    def read(self, size: int) -> None:
        """Read until `size` bytes came in all."""
        while size > 0:
            for key, _ in self.selector.select(20):
                size -= len(key.fileobj.recv(1 << 20))  # type: ignore[union-attr]

    def close(self) -> None:
        for sock in self.socks:
            sock.close()


def cpu(process: psutil.Process) -> float:
    """CPU seconds of a process: to the nanosecond where Linux counts so, else to 10 ms."""
    with contextlib.suppress(OSError):
        threads = Path(f"/proc/{process.pid}/task").iterdir()
        return sum(int((thread / "schedstat").read_text("ascii").split()[0]) for thread in threads) / 1e9
    times = process.cpu_times()
    return float(times.user + times.system)


def machine() -> str:
    """What a figure belongs to."""
    found = [f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores"]
    for name in ("python-socketio", "uvicorn", "uvloop", "websockets"):
        if importlib.util.find_spec({"python-socketio": "socketio"}.get(name, name)):
            found.append(f"{name} {importlib.metadata.version(name)}")
    if shutil.which("node"):
        found.append("Node " + subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip())
    return ", ".join(found) + f"; load {os.getloadavg()[0]:.1f}"


def compared(names: list[str], measure: Callable[[str], float], times: int = 5) -> dict[str, list[float]]:
    """Measure each side `times` times, in turns, so that a busy minute of the machine hurts all of them."""
    found: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(times):
        for name in names:
            found[name].append(measure(name))
    return found


def table(rows: dict[str, list[float]], unit: str) -> None:
    """Print the median of each side, the least and the most, and what livesock's median is of this one."""
    ours = statistics.median(rows["livesock"])
    for side, values in rows.items():
        middle = statistics.median(values)
        spread = f"{min(values):.1f} to {max(values):.1f}"
        print(f"  {side:22} {middle:8.1f} {unit:18} {spread:>18}    livesock is {ours / middle:5.2f} of it")


__all__ = ["Crowd", "compared", "cpu", "machine", "running", "sides", "table"]
