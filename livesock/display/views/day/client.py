"""`DayClient`: a client that stays connected by what a learner wrote, at a hundredth of every duration.

backoff ─────┐
Reconnector ─┼─► ("dial", seconds), ("close", code)  ──► done here, on a real connection
Heartbeat ───┘   "ping", "dead"
                 heard, opened, failed, lost  ◄── told from here
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

__all__ = ["INTERVAL", "SCALE", "TIMEOUT", "DayClient"]

SCALE = 100
"""Seconds of the day that a second of the run stands for."""

INTERVAL, TIMEOUT = 20.0, 10.0
"""Seconds of the day: the silence before a ping, and the wait for its answer."""

BASE, CAP = 1.0, 30.0
"""Seconds of the day: the first limit of the back-off, and the largest."""

OPENING = 10.0
"""Seconds of the day that a handshake may take."""

TICK = 0.005
"""Seconds of the run between two looks at the heartbeat: half a second of the day."""


class DayLine(ClientConnection):
    """A connection that reports every byte that comes."""

    on_bytes: Callable[[], None] = staticmethod(lambda: None)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self.on_bytes()


class DayClient:
    """Runs on a loop of its own. Counts may be read from any thread."""

    def __init__(self, url: str, backoff: Any, heartbeat: Any, reconnector: Any) -> None:
        self._url, self._heartbeat = url, heartbeat
        self._machine = reconnector(lambda attempt: backoff(attempt, BASE, CAP))
        self._began = time.perf_counter()
        self._ws: Any = None
        self._heart: Any = None
        self._jobs: set[asyncio.Task[None]] = set()
        self.pings = self.attempts = self.open_now = self.most_open = 0
        self.spans: list[list[float]] = []
        """When it was connected: pairs of seconds of the day; the last pair may be without its end."""
        self.failure: BaseException | None = None
        """What the learner's code raised."""

    @property
    def now(self) -> float:
        """Seconds of the day since the beginning."""
        return (time.perf_counter() - self._began) * SCALE

    @property
    def is_up(self) -> bool:
        return bool(self.spans) and len(self.spans[-1]) == 1

    async def run(self, until: float) -> None:
        """Stay connected until this second of the day; raise what the learner's code raises."""
        self._do(self._machine.start())
        try:
            while self.now < until and self.failure is None:
                await asyncio.sleep(TICK)
                self._look()
        finally:
            self._down()
            for job in list(self._jobs):
                job.cancel()
            await asyncio.gather(*self._jobs, return_exceptions=True)
        if self.failure is not None:
            raise self.failure

    def _look(self) -> None:
        """Ask the heartbeat what to do."""
        if self._heart is None:
            return
        word = self._heart.tick(self.now)
        if word == "ping":
            self.pings += 1
            self._begin(self._ping(self._ws))
        elif word == "dead":
            self._ws.transport.abort()
            self._lost(1006)

    async def _ping(self, ws: Any) -> None:
        with contextlib.suppress(ConnectionClosed):
            await ws.ping()

    def _do(self, actions: Iterable[tuple[str, float]]) -> None:
        for action, value in actions:
            if action == "dial":
                self._begin(self._dial(value))
            elif action == "close" and self._ws is not None:
                self._begin(self._ws.close(int(value)))

    def _begin(self, job: Any) -> None:
        task = asyncio.create_task(self._guarded(job))
        self._jobs.add(task)
        task.add_done_callback(self._jobs.discard)

    async def _guarded(self, job: Any) -> None:
        try:
            await job
        except Exception as exc:
            self.failure = self.failure or exc

    async def _dial(self, wait: float) -> None:
        await asyncio.sleep(wait / SCALE)
        self.attempts += 1
        try:
            ws = await connect(
                self._url, create_connection=DayLine, compression=None, proxy=None, ping_interval=None,
                open_timeout=OPENING / SCALE, close_timeout=0.05,
            )  # fmt: skip
        except (OSError, InvalidHandshake, ConnectionClosed):  # TimeoutError is an OSError
            self._do(self._machine.failed())
            return
        self.open_now += 1
        self.most_open = max(self.most_open, self.open_now)
        try:
            if list(self._machine.opened(self.now)):  # it wants to close a connection that it does not await
                await ws.close()
                return
            self._up(ws)
            async for _ in ws:
                pass
            await ws.wait_closed()
        except ConnectionClosed:
            pass
        finally:
            self.open_now -= 1
            ws.transport.abort()
        if ws is self._ws:
            self._lost(int(ws.close_code or 1006))

    def _up(self, ws: Any) -> None:
        self._ws, heart = ws, self._heartbeat(INTERVAL, TIMEOUT, self.now)
        self._heart = heart
        ws.on_bytes = lambda: heart.heard(self.now)
        self.spans.append([self.now])

    def _lost(self, code: int) -> None:
        self._down()
        self._do(self._machine.lost(code, self.now))

    def _down(self) -> None:
        self._ws = self._heart = None
        if self.is_up:
            self.spans[-1].append(self.now)
