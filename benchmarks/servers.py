"""The servers that are compared, each in a process of its own, and peers that cost little.

The peers run in this process, so the CPU time of a server's process is that of the server alone. Node's server needs
the packages of tests/interop/node, python-socketio's needs python-socketio and uvicorn (and takes uvloop if it is
there); a side that is not installed is left out, and named.
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
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.peers import TEXT, frame, handshake

ROOT = Path(__file__).parent.parent
NODE = ROOT / "tests/interop/node"
ENGINE = "/socket.io/?EIO=4&transport=websocket"
NEWS = b'42["news",{"id":1,"price":101.25,"text":"hello"}]'

LIVESOCK = """
import asyncio, sys, threading, livesock as ls
from livesock.net.http.limits import Limits
if "off" in sys.argv:
    ls.Trace.add = ls.Trace.add_all = lambda self, *a, **k: None
server = ls.serve("bench", limits=Limits(max_connections=20000))
space = server.of("/")
@server.websocket("/")
async def raw(ws):
    async for message in ws: await ws.send(message)
@space.on("echo")
async def echo(socket, value): return value
@space.on("go")
async def go(socket, count, apart=False):
    for _ in range(count):
        space.to("all").emit("news", {"id": 1, "price": 101.25, "text": "hello"})
        if apart: await asyncio.sleep(0)
@space.on_connect
async def came(socket): socket.join("all")
if "view" in sys.argv:
    view = ls.display.wire(server)
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
config = uvicorn.Config(app, log_level="critical", ws_per_message_deflate=False, ws_ping_interval=None)
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

WEBSOCKETS = f"""
import asyncio, logging
from websockets.asyncio.server import broadcast, serve
logging.disable()
async def raw(ws):
    async for message in ws:
        broadcast(server.connections, {NEWS.decode()!r}) if message == "go" else await ws.send(message)
async def main():
    global server
    async with serve(raw, "127.0.0.1", 0, compression=None, backlog=2048) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Event().wait()
asyncio.run(main())
"""

FLOOR = f"""
import asyncio, base64, hashlib
ANSWER, NEWS, peers = b"\\x81\\x06431[7]", bytes((0x81, {len(NEWS)})) + {NEWS!r}, []
class Bare(asyncio.BufferedProtocol):
    buffer, came = memoryview(bytearray(2**18)), 0
    def connection_made(self, transport): self.transport = transport; peers.append(transport)
    def get_buffer(self, size): return self.buffer
    def buffer_updated(self, count):
        data, self.came = bytes(self.buffer[:count]), self.came + 1
        if self.came == 1:
            key = next(line for line in data.split(b"\\r\\n") if line.lower().startswith(b"sec-websocket-key"))
            accept = hashlib.sha1(key.split(b": ")[1] + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
            head = b"HTTP/1.1 101 Ok\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: "
            self.transport.write(head + base64.b64encode(accept) + b'\\r\\n\\r\\n\\x81\\x0c0{{"sid":"x"}}')
        elif self.came == 2: self.transport.write(b'\\x81\\x0d40{{"sid":"x"}}')
        elif b"echo" in data: self.transport.write(ANSWER)
        else:
            for peer in peers: peer.write(NEWS)
async def main():
    server = await asyncio.get_running_loop().create_server(Bare, "127.0.0.1", 0, backlog=2048)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""

PROGRAMS = {
    "livesock": LIVESOCK,
    "trace off": LIVESOCK,
    "view open": LIVESOCK,
    "Node": NODEJS,
    "python-socketio": PYTHON_SOCKETIO,
    "websockets": WEBSOCKETS,
    "floor": FLOOR,
}
"""The sides. The floor is a bare loop of `transport.write` on asyncio, which understands nothing."""


def missing() -> dict[str, str]:
    """Return the sides that are not installed, and what is."""
    found = {}
    if not (shutil.which("node") and (NODE / "node_modules/socket.io").is_dir()):
        found["Node"] = "node, and npm install in tests/interop/node"
    if not all(importlib.util.find_spec(name) for name in ("socketio", "uvicorn")):
        found["python-socketio"] = "uv pip install uvicorn uvloop"
    return found


@contextmanager
def running(side: str) -> Iterator[tuple[int, psutil.Process]]:
    """A server of one side: its port and process."""
    suffix = ".mjs" if side == "Node" else ".py"
    with tempfile.NamedTemporaryFile("w", suffix=suffix, dir=NODE if side == "Node" else None) as program:
        program.write(PROGRAMS[side])
        program.flush()
        command = ["node" if side == "Node" else sys.executable, program.name, side.split()[-1]]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline()), psutil.Process(process.pid)
        finally:
            process.kill()
            process.communicate()


def upgraded(port: int, path: str = "/", *more: str) -> socket.socket:
    """Return a socket that has done the opening handshake: as cheap as a client can be."""
    sock = socket.create_connection(("127.0.0.1", port), timeout=60)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.sendall(handshake(f"127.0.0.1:{port}", path, *more))
    received = b""
    while not received.endswith(b"\r\n\r\n"):
        received += sock.recv(1)
    assert received.startswith(b"HTTP/1.1 101 "), received
    return sock


class Crowd:
    """Many peers, read by one selector; they count bytes and understand nothing. With `raw` they join no namespace.

    They answer no heartbeat, so a crowd is made anew before the first one comes, after 25 s.
    """

    def __init__(self, port: int, size: int, *, raw: bool = False) -> None:
        self.selector = selectors.DefaultSelector()
        self.socks = [upgraded(port) if raw else self._join(port) for _ in range(size)]
        for sock in self.socks:
            sock.setblocking(False)
            self.selector.register(sock, selectors.EVENT_READ)

    def _join(self, port: int) -> socket.socket:
        sock = upgraded(port, ENGINE)
        data = b""
        while b'0{"sid"' not in data:  # uvicorn loses frames that come glued to the handshake
            data += sock.recv(65536)
        sock.sendall(frame(TEXT, b"40"))
        while b'40{"sid"' not in data:
            data += sock.recv(65536)
        return sock

    def say(self, index: int, text: str) -> None:
        self.socks[index].send(frame(TEXT, text.encode()))

    def read(self, size: int) -> list[float]:
        """Read until `size` bytes came in all, and return when each piece came. A server that ends it is an OSError."""
        times = []
        while size > 0:
            for key, _ in self.selector.select(20):
                piece = key.fileobj.recv(1 << 20)  # type: ignore[union-attr]
                if not piece:
                    raise ConnectionError("the server has ended the connection")
                size -= len(piece)
                times.append(time.perf_counter())
        return times

    def close(self) -> None:
        for sock in self.socks:
            sock.close()


def cpu(process: psutil.Process) -> float:
    """CPU seconds of a process: to the nanosecond where Linux counts so, otherwise to 10 ms."""
    with contextlib.suppress(OSError):
        threads = Path(f"/proc/{process.pid}/task").iterdir()
        return sum(int((thread / "schedstat").read_text("ascii").split()[0]) for thread in threads) / 1e9
    times = process.cpu_times()
    return float(times.user + times.system)


def quiet(process: psutil.Process) -> None:
    """Wait until the server has done what there was to do: hardly any CPU in a third of a second."""
    used = -1.0
    while (now := cpu(process)) - used > 0.003:
        used = now
        time.sleep(0.3)


def machine() -> str:
    """Return what a figure belongs to, in one line."""
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.exists() else []
    name = next((line.partition(":")[2].strip() for line in lines if "model name" in line), name)
    found = [f"{name}, {os.cpu_count()} cores", platform.system(), f"Python {platform.python_version()}"]
    for package in ("livesock", "websockets", "h11", "python-socketio", "uvicorn", "uvloop"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found.append(f"{package} {importlib.metadata.version(package)}")
    if shutil.which("node"):
        found.append("Node " + subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip())
    return ", ".join(found)
