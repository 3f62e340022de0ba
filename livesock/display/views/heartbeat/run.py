"""`Watch`: a real connection for `LENGTH` seconds, in which something happens that no end says aloud.

    client (a loop of its own) ──► netsim ──► server          who pings, how often, how long it waits for a pong
              hangs?               cut? idle?    blocked?

Both ends are recorded. What they call is noted: `send` returns, a program hangs, and wakes.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import threading
import time
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from livesock.display.parts.framesteps import ProgramCall, noted
from livesock.errors import LivesockError, NotRunning
from livesock.net.loop.thread import LoopThread
from livesock.net.netsim.netsim import NetSim, netsim
from livesock.server import Server, serve
from livesock.trace.recording import Trace
from livesock.trace.states import ConnectionState
from livesock.wire.frame import Frame, Opcode

__all__ = ["IDLE", "LENGTH", "NAP", "Setting", "Watch"]

LENGTH = 2.6
"""Seconds of a run: twenty-three of them stand for a minute of the defaults that libraries have."""

NAP = 0.9
"""Seconds that a program hangs."""

IDLE = 0.6
"""Seconds without a byte after which the proxy closes both sides: nginx's 60 s, in small."""

HELLO = 0.1, "hello"
"""After so many seconds the client says this, so that there is something on the wire."""

EOF, CLOSED, RESET = ConnectionState.EOF.note("<"), ConnectionState.CLOSED.note(), ConnectionState.RESET.note()

_numbers = itertools.count(1)
_quiet = logging.getLogger("livesock.heartbeat")  # websockets reports a missed pong with a traceback
_quiet.addHandler(logging.NullHandler())
_quiet.propagate = False


@dataclass(frozen=True)
class Setting:
    """What is going to happen. Durations are seconds."""

    story: str
    """"cut", "hangs", "blocked" or "proxy"."""
    pings: str
    """Who pings: "neither", "client", "server" or "both"."""
    interval: float
    timeout: float
    at: float
    """When it happens."""

    def beat(self, end: str) -> dict[str, float | None]:
        """Return the options of the heartbeat of one end."""
        on = self.pings in (end, "both")
        return {"ping_interval": self.interval if on else None, "ping_timeout": self.timeout if on else None}


class Tapped(ClientConnection):
    """A connection of `websockets` on a loop, whose every byte is in `trace`."""

    trace: Trace

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(Tap(transport, self.trace))  # type: ignore[arg-type]  # all but write is passed on

    def data_received(self, data: bytes) -> None:
        self.trace.add("<", 1, data)
        super().data_received(data)

    def eof_received(self) -> None:
        self.trace.add("=", 1, EOF)
        super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self.trace.add("=", 1, RESET if isinstance(exc, ConnectionResetError) else CLOSED)
        super().connection_lost(exc)


class Tap:
    """A transport whose writes are recorded."""

    def __init__(self, transport: Any, trace: Trace) -> None:
        self._transport, self._trace = transport, trace

    def write(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._trace.add(">", 1, bytes(data))
            self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class Watch:
    """One run, begun at once, in a thread of its own. Read the results when `done` is set. Thread-safe."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.number = next(_numbers)
        self.calls: list[ProgramCall] = []
        self.began = time.time()
        self.cut: float | None = None
        """When bytes stopped crossing (Unix time); None if they never did."""
        self.happened: float | None = None
        """When the thing happened: the cut, the nap, or the end that the proxy made."""
        self.sent = ""
        """What the client's last `send` did: "returned", or the name of an exception."""
        self.codes: list[int | None] = [None, None]
        self.client_trace, self.server_trace = Trace(client=">"), Trace()
        self.problem = ""
        self.done = threading.Event()
        self._name = f"heartbeat {self.number}"
        self._far: Any = None
        self._thread = threading.Thread(target=self._run, name=f"livesock {self._name}", daemon=True)
        self._thread.start()

    def join(self, timeout: float) -> bool:
        """Wait until it is over and return whether it is."""
        self._thread.join(timeout)
        return self.done.is_set()

    def knew(self, end: int) -> float | None:
        """Return when this end knew that the connection is over (Unix time), None if it did not in this run."""
        trace = (self.client_trace, self.server_trace)[end]
        rows = trace.only(kind="frame").rows()
        closes = [trace.began + row.time for row in rows if row.data[:1] == b"\x88"]
        over = noted(trace, EOF, RESET)
        times = [at for at in [*closes, over] if at is not None and at <= self.began + LENGTH]
        return min(times, default=None)

    def gave_up(self, end: int) -> bool:
        """Return whether this end ended the connection, because no pong came."""
        trace = (self.client_trace, self.server_trace)[end]
        rows = trace.only(kind="frame").rows()
        closes = [row for row in rows if isinstance(row.value, Frame) and row.value.opcode == Opcode.CLOSE]
        return bool(closes) and closes[0].direction == ">"  # otherwise its Close only answers the other one

    # -- inside

    def _run(self) -> None:
        server: Server | None = None
        sim: NetSim | None = None
        loop = LoopThread(self._name)
        try:
            server = serve(self._name)
            server.websocket("/", close_timeout=0.2, **self.setting.beat("server"))(self._handler)
            self.server_trace = server.trace
            sim = netsim(server, name=self._name)
            loop.start().call(self._converse, server, sim, timeout=LENGTH + 8)
        except NotRunning:
            self.problem = "it was stopped"
        except (OSError, LivesockError, ConnectionClosed) as exc:
            self.problem = str(exc) or type(exc).__name__
        finally:
            loop.stop()
            for running in (sim, server):
                if running is not None:
                    running.stop()
            self.done.set()

    async def _handler(self, ws: Any) -> None:
        self._far = ws
        with contextlib.suppress(ConnectionClosed):
            async for _ in ws:
                pass
        await ws.wait_closed()

    async def _converse(self, server: Server, sim: NetSim) -> None:
        kind = type("Tapped", (Tapped,), {"trace": self.client_trace})
        ws = await connect(
            sim.url("/"), create_connection=kind, compression=None, proxy=None, close_timeout=0.2, logger=_quiet,
            **self.setting.beat("client"),  # type: ignore[arg-type]
        )  # fmt: skip
        self.client_trace.add("=", 1, ConnectionState.OPEN.note())
        while self._far is None:
            await asyncio.sleep(0.002)
        self.began = time.time()
        try:
            await self._until(HELLO[0])
            await self._say(ws, HELLO[1])
            await getattr(self, f"_{self.setting.story}")(ws, server, sim)
            await self._until(LENGTH)
            self.codes = [_number(ws.close_code), _number(self._far.close_code)]
        finally:
            ws.transport.abort()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.5):
                    await ws.wait_closed()

    async def _cut(self, ws: Any, server: Server, sim: NetSim) -> None:
        await self._until(self.setting.at)
        self.cut = self.happened = time.time()
        sim.black_hole = True
        await asyncio.sleep(0.05)  # between two pings, whatever their interval
        await self._say(ws, "hello?")

    async def _hangs(self, ws: Any, server: Server, sim: NetSim) -> None:
        await self._until(self.setting.at)
        self._hang(0)

    async def _blocked(self, ws: Any, server: Server, sim: NetSim) -> None:
        await self._until(self.setting.at)

        async def block() -> None:
            self._hang(1)

        with contextlib.suppress(NotRunning, TimeoutError):
            await asyncio.to_thread(server.call, block, timeout=NAP + 3)

    async def _proxy(self, ws: Any, server: Server, sim: NetSim) -> None:
        sim.idle_timeout = IDLE
        while time.time() < self.began + LENGTH - 0.3:
            await asyncio.sleep(0.005)
            if self.happened is None and (at := noted(self.client_trace, EOF, RESET)) is not None:
                self.cut = self.happened = at
        await self._say(ws, "hello?")

    def _hang(self, end: int) -> None:
        """Stop the loop of one end, as time.sleep in a handler does, or a debugger."""
        self.happened = time.time()
        self.calls.append(ProgramCall(end, self.happened, "hangs"))
        time.sleep(NAP)
        self.calls.append(ProgramCall(end, time.time(), "wakes"))

    async def _say(self, ws: Any, text: str) -> None:
        at = time.time()
        try:
            await ws.send(text)
            self.sent, words = "returned", "send() returns"
        except ConnectionClosed as exc:
            self.sent, words = type(exc).__name__, "send() raises"
        if text != HELLO[1]:
            self.calls.append(ProgramCall(0, at, words))

    async def _until(self, moment: float) -> None:
        await asyncio.sleep(max(0.0, self.began + moment - time.time()))


def _number(code: int | None) -> int | None:
    return None if code is None else int(code)
