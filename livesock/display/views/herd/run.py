"""`Comeback`: a server restarts, and a hundred real clients come back, each after its own waits.

serve ──► 100 connections ──► the server stops ──► DOWN seconds later it serves again on the same port
                └── each client: lost, wait, dial, refused, wait, dial, open      one attempt at a time
"""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake

from livesock.errors import LivesockError, NotRunning
from livesock.net.loop.thread import LoopThread
from livesock.server import Server, serve

__all__ = ["BASE", "BIN", "CAP", "CLIENTS", "DOWN", "LENGTH", "Attempt", "Comeback"]

CLIENTS = 100

DOWN = 1.0
"""Seconds that the server is away."""

BASE, CAP = 0.25, 2.0
"""Seconds of the first limit, and of the largest: a quarter of what applications take, so that you need not wait."""

LENGTH = 5.0
"""Seconds of a run at most; it is over when all are back."""

BIN = 0.1
"""Seconds of a bar."""

_numbers = itertools.count(1)


class Attempt(NamedTuple):
    """One attempt of one client: when it began, in seconds since the server stopped, and how it ended."""

    at: float
    has_opened: bool
    took: float
    """Seconds until the handshake was done, or refused."""


class Comeback:
    """One restart, begun at once, in threads of its own. `attempts` grows meanwhile; `done` is set at the end."""

    def __init__(self, policy: str, wait: Callable[[int], float]) -> None:
        self.policy = policy
        self._wait = wait
        self.number = next(_numbers)
        self.attempts: list[Attempt] = []
        self.lost = 0
        """How many clients have lost their server so far."""
        self.back = 0
        """How many clients are back."""
        self.problem = ""
        self.done = threading.Event()
        self._began = 0.0
        self._name = f"herd {self.number}"
        self._lines: list[Any] = []
        self._thread = threading.Thread(target=self._run, name=f"livesock {self._name}", daemon=True)
        self._thread.start()

    @property
    def now(self) -> float:
        """Seconds since the server stopped, 0 before."""
        return time.perf_counter() - self._began if self._began else 0.0

    def join(self, timeout: float) -> None:
        self._thread.join(timeout)

    # -- inside

    def _run(self) -> None:
        loop, servers = LoopThread(self._name), list[Server]()
        try:
            servers.append(self._serve(0))
            loop.start().call(self._open_all, servers[0].url("/"), timeout=20)
            coming = asyncio.run_coroutine_threadsafe(self._come_back(servers[0].url("/")), loop.loop)
            self._began = time.perf_counter()
            servers[0].stop()
            time.sleep(max(0.0, DOWN - self.now))
            servers.append(self._serve(servers[0].port))
            coming.result(LENGTH + 5)
        except NotRunning:
            self.problem = "it was stopped"
        except TimeoutError:
            self.problem = "the machine is too busy: a hundred handshakes take longer than the run"
        except (OSError, LivesockError) as exc:
            self.problem = str(exc) or type(exc).__name__
        except Exception as exc:  # of a back-off that the learner wrote: shown on the page
            self.problem = f"{type(exc).__name__} in your backoff: {exc}"
        finally:
            loop.stop()
            for server in servers:
                server.stop()
            self.done.set()

    def _serve(self, port: int) -> Server:
        server = serve(self._name, port=port)

        @server.websocket("/", ping_interval=None, close_timeout=0.2)
        async def wait(ws: Any) -> None:
            await ws.wait_closed()

        return server

    async def _open_all(self, url: str) -> None:
        for _ in range(CLIENTS):
            self._lines.append(await self._open(url))

    async def _open(self, url: str) -> Any:
        return await connect(url, compression=None, proxy=None, ping_interval=None, close_timeout=0.2, open_timeout=5)

    async def _come_back(self, url: str) -> None:
        over = asyncio.Event()
        clients = [asyncio.create_task(self._client(url, ws, over)) for ws in self._lines]
        try:
            async with asyncio.timeout(LENGTH + 1):
                while self.back < CLIENTS and self.now < LENGTH and not any(one.done() for one in clients):
                    await asyncio.sleep(0.02)
                over.set()
                await asyncio.gather(*clients)
        finally:
            for one in clients:
                one.cancel()
            for ws in self._lines:
                ws.transport.abort()
            await asyncio.sleep(0)

    async def _client(self, url: str, ws: Any, over: asyncio.Event) -> None:
        await ws.wait_closed()
        self.lost += 1
        for attempt in itertools.count():
            await asyncio.sleep(self._wait(attempt))
            began = self.now
            if began > LENGTH:
                return
            try:
                ws = await self._open(url)
            except (OSError, InvalidHandshake):  # TimeoutError is an OSError
                self.attempts.append(Attempt(began, False, self.now - began))
            else:
                self._lines.append(ws)
                self.attempts.append(Attempt(began, True, self.now - began))
                self.back += 1
                await over.wait()
                return
