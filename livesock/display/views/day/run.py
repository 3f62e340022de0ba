"""`DayRun`: a server, a bad network and a client, through what a day brings, at a hundredth of its length.

DayClient ──► netsim: cuts, and a proxy that ends what is silent for 60 s ──► a server that restarts and hangs
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import threading
import time
from typing import Any, NamedTuple

from livesock.display.views.day.client import SCALE, DayClient
from livesock.errors import LivesockError, NotRunning
from livesock.net.loop.thread import LoopThread
from livesock.net.netsim.netsim import netsim
from livesock.server import Server, serve

__all__ = ["KINDS", "LENGTHS", "DayRun", "Trouble", "troubles"]

IDLE = 60.0
"""Seconds of the day after which the proxy cuts what is silent."""

LENGTHS = {"ten minutes": 600.0, "an hour": 3600.0, "a day": 86_400.0}
"""Seconds of the day that a run may have."""

KINDS = {
    "cut": "the cable is cut",
    "restart": "the server restarts",
    "asleep": "the client's machine sleeps",
    "hang": "the server's loop is blocked",
    "thrown": "the server closes with 1012",
}


class Trouble(NamedTuple):
    """Something that happens, in seconds of the day."""

    at: float
    kind: str
    lasts: float


HOUR = (
    Trouble(60, "cut", 50),
    Trouble(200, "restart", 40),
    Trouble(360, "asleep", 100),
    Trouble(900, "hang", 45),
    Trouble(1300, "thrown", 0),
    Trouble(1700, "cut", 120),
    Trouble(2200, "restart", 90),
    Trouble(2700, "asleep", 300),
    Trouble(3200, "hang", 60),
)
"""What each hour brings."""

_numbers = itertools.count(1)


def troubles(length: float) -> list[Trouble]:
    """Return what happens in so many seconds of the day."""
    hours = (one._replace(at=one.at + 3600 * hour) for hour in range(24) for one in HOUR)
    return [one for one in hours if one.at + one.lasts + 60 < length]


class DayRun:
    """One run, begun at once, in threads of its own. Read it at any time; `done` is set at the end."""

    def __init__(self, length: float, backoff: Any, heartbeat: Any, reconnector: Any) -> None:
        self.length = length
        self.number = next(_numbers)
        self.happened: list[Trouble] = []
        self.client: DayClient | None = None
        self.problem = ""
        self.done = threading.Event()
        self._parts = backoff, heartbeat, reconnector
        self._name = f"day {self.number}"
        self._guests: set[Any] = set()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"livesock {self._name}", daemon=True)
        self._thread.start()

    def stop(self, timeout: float = 1.0) -> None:
        """End it early."""
        self._stopping.set()
        self._thread.join(timeout)

    # -- inside

    def _run(self) -> None:
        with contextlib.ExitStack() as stack:
            stack.callback(self.done.set)
            try:
                self._live(stack)
            except NotRunning:
                self.problem = self.problem or "it was stopped"
            except (OSError, LivesockError) as exc:
                self.problem = str(exc) or type(exc).__name__
            except Exception as exc:
                self.problem = f"{type(exc).__name__} in what you wrote: {exc}"

    def _live(self, stack: contextlib.ExitStack) -> None:
        self._server = self._serve(0)
        stack.callback(lambda: self._server.stop())
        self._far = stack.enter_context(netsim(self._server.port, name=self._name, idle_timeout=IDLE / SCALE))
        self._loop = LoopThread(self._name)
        stack.callback(self._loop.stop)
        self._loop.start()
        client = DayClient(self._far.url("/"), *self._parts)
        self.client = client
        going = asyncio.run_coroutine_threadsafe(client.run(self.length), self._loop.loop)
        for trouble in troubles(self.length):
            while client.now < trouble.at and not going.done() and not self._stopping.is_set():
                time.sleep(0.01)
            if going.done() or self._stopping.is_set():
                break
            self.happened.append(trouble)
            getattr(self, f"_{trouble.kind}")(trouble.lasts / SCALE)
        while not going.done() and not self._stopping.is_set():
            time.sleep(0.02)
        if self._stopping.is_set():
            going.cancel()
        else:
            going.result(5)

    def _serve(self, port: int) -> Server:
        server = serve(self._name, port=port)

        @server.websocket("/", ping_interval=None, close_timeout=0.05)
        async def wait(ws: Any) -> None:
            self._guests.add(ws)
            await ws.wait_closed()
            self._guests.discard(ws)

        return server

    def _cut(self, lasts: float) -> None:
        self._far.black_hole = True
        time.sleep(lasts)
        self._far.black_hole = False

    def _restart(self, lasts: float) -> None:
        port = self._server.port
        self._server.stop()
        time.sleep(lasts)
        self._server = self._serve(port)

    def _asleep(self, lasts: float) -> None:
        self._loop.post(time.sleep, lasts)
        time.sleep(lasts)

    def _hang(self, lasts: float) -> None:
        async def block() -> None:
            time.sleep(lasts)

        with contextlib.suppress(TimeoutError):
            self._server.call(block, timeout=lasts + 3)

    def _thrown(self, lasts: float) -> None:
        async def close() -> None:
            for ws in list(self._guests):
                await ws.close(1012)

        self._server.call(close, timeout=1)
