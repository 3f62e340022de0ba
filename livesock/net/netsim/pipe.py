"""`Pipe`: one direction of one connection through a simulated network.

    source ──► fill() ──► line: bytes under way, at most WINDOW ──► drain() ──► sink
               reads while      each waits its delay,               writes pieces:
               there is room    the first one first                 rate, chunk, reset_after

The line is the network: what stands in it has left the sender and not reached the receiver. The end of the stream and
a reset stand in the same line behind the bytes, so they too are late when the network is slow, and out of sight
while it is a black hole. A full line stops the reading, then the sender's kernel fills up, then the sender's `send`
blocks: back-pressure, as on a real network. Everything here runs on the simulator's loop.
"""

from __future__ import annotations

import asyncio
import math
import random
import socket
import time
from collections import deque
from collections.abc import Callable
from enum import Enum
from functools import partial
from itertools import takewhile
from typing import NamedTuple

from livesock.net.netsim.knobs import Knobs

__all__ = ["WINDOW", "Bell", "End", "Pipe", "Read", "UnderWay"]

WINDOW = 256 * 1024
"""Bytes that one direction of one connection holds at most: about the window of a TCP connection on a fast line. With
a delay it bounds the throughput to WINDOW / delay, as a window does."""

READ = 64 * 1024
"""Bytes of one read at most; what a fast sender wrote at once stays together up to here."""

TICK = 0.02
"""Seconds of line time in one write under a rate: short enough to look steady, long enough to cost little."""


class Bell:
    """Lets tasks wait for a moment in time that may move. Ring it when a reason to wait has changed."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Let all waiting tasks check again."""
        self._event.set()
        self._event = asyncio.Event()

    async def until(self, left: Callable[[], float]) -> None:
        """Wait until `left()` is not above 0: the seconds that are left, `inf` to wait for a ring."""
        while (seconds := left()) > 0:
            event = self._event  # taken in the same step as `left()`, so no ring is missed
            try:
                async with asyncio.timeout(seconds if math.isfinite(seconds) else None):
                    await event.wait()
            except TimeoutError:
                pass


class End(Enum):
    """How a pipe ended."""

    FINISHED = "the end of the stream has reached the sink"
    RESET = "a reset has come through, or the bytes that were allowed are used up"
    BROKEN = "the sink takes no more bytes"


class _Item(NamedTuple):
    """An entry of the line: bytes, `b""` for the end of the stream, None for a reset."""

    number: int
    arrived: float
    luck: float
    """The share of the jitter that this read got, 0 to 1."""
    data: bytes | None


class Read(NamedTuple):
    """The bytes of one read that are under way."""

    number: int
    """Reads of one direction of one connection are counted from 1."""
    entered: float
    """When they left the sender, on the clock `time.monotonic()`."""
    due: float
    """When they reach the other end as the knobs stand now; a rate or a black hole may hold them there for longer."""
    size: int


class UnderWay(NamedTuple):
    """What stands in the line of one direction of one connection."""

    first: int
    """The number of the oldest read in it: all before have reached the receiver."""
    held: int
    """Bytes in it."""
    new: list[Read]
    """The latest reads, oldest first."""


class Pipe:
    """Moves the bytes of one direction from `source` to `sink`, as the knobs allow.

    `on_read` sees the bytes as they come in and returns those that go on; `on_write` sees those that go out
    (`b""`: the end of the stream).
    `budget` returns how many bytes may still pass before the connection is reset (`inf` for any number).
    `not_before` returns the time before which nothing can have arrived here (an opening that is still under way).
    """

    def __init__(
        self,
        knobs: Knobs,
        bell: Bell,
        dice: random.Random,
        *,
        on_read: Callable[[bytes], bytes],
        on_write: Callable[[bytes], None],
        budget: Callable[[], float],
        not_before: Callable[[], float],
    ) -> None:
        self._knobs, self._bell, self._dice = knobs, bell, dice
        self._on_read, self._on_write = on_read, on_write
        self._budget, self._not_before = budget, not_before
        self._line: deque[_Item] = deque()
        self._held = 0
        self._entries = 0
        self._free = 0.0
        self._is_cut = False
        self.end: End | None = None
        """How it ended, None while it runs."""

    async def fill(self, source: socket.socket) -> None:
        """Read until the source ends or breaks, and put everything in line."""
        loop = asyncio.get_running_loop()
        while True:
            await self._bell.until(lambda: math.inf if self._held >= WINDOW else 0.0)
            try:
                data = await loop.sock_recv(source, min(READ, WINDOW - self._held))
            except OSError:
                return self.put(None)
            passed = self._on_read(data)
            if passed and not self._is_cut:
                self.put(passed)
            if not data:
                return self.cut()

    def put(self, data: bytes | None) -> None:
        """Put bytes in line, or None for a reset."""
        self._entries += 1
        self._line.append(_Item(self._entries, time.monotonic(), self._dice.random(), data))
        self._held += len(data or b"")
        self._bell.ring()

    def cut(self) -> None:
        """Put the end of the stream in line; bytes that the source sends later are read and dropped."""
        if not self._is_cut:
            self._is_cut = True
            self.put(b"")

    def under_way(self, after: int = 0) -> UnderWay:
        """Return what stands in line, of its reads only those with a number above `after`. Costs what is new."""
        if self.end is not None:  # what a broken sink left behind reaches no receiver
            return UnderWay(self._entries + 1, 0, [])
        latest = [item for item in takewhile(lambda item: item.number > after, reversed(self._line)) if item.data]
        pieces = [Read(item.number, item.arrived, self._due(item), len(item.data or b"")) for item in latest[::-1]]
        return UnderWay(self._line[0].number if self._line else self._entries + 1, self._held, pieces)

    async def drain(self, sink: socket.socket) -> End:
        """Deliver the line until it ends; when the sink breaks, the rest of the line is lost."""
        try:
            self.end = await self._drain(sink)
        except OSError:
            self.end = End.BROKEN
        return self.end

    async def _drain(self, sink: socket.socket) -> End:
        while data := await self._next():
            if await self._deliver(data, sink):
                return End.RESET
            self._line.popleft()
        if data is None:
            return End.RESET
        self._on_write(b"")
        sink.shutdown(socket.SHUT_WR)
        return End.FINISHED

    async def _next(self) -> bytes | None:
        """Wait until the first in line has been under way long enough; it stays until it is delivered."""
        await self._bell.until(lambda: 0.0 if self._line else math.inf)
        item = self._line[0]
        await self._bell.until(lambda: math.inf if self._knobs.black_hole else self._due(item) - time.monotonic())
        # An idle link gives no credit beyond one tick: what waited in line still leaves at the rate.
        self._free = max(self._free, self._due(item), time.monotonic() - TICK)
        return item.data

    def _due(self, item: _Item) -> float:
        return max(item.arrived, self._not_before()) + self._knobs.delay + item.luck * self._knobs.jitter

    async def _deliver(self, data: bytes, sink: socket.socket) -> bool:
        """Write `data` in the pieces that the knobs ask for; return whether that used up the budget."""
        loop = asyncio.get_running_loop()
        rest = memoryview(data)
        while rest:
            await self._bell.until(partial(self._line_time, len(rest)))
            piece = bytes(rest[: self._size(len(rest))])
            if piece:
                self._on_write(piece)  # first, so that a peer that has received the bytes finds them in the trace
                await loop.sock_sendall(sink, piece)
                self._sent(len(piece))
            if self._budget() <= 0:
                return True
            rest = rest[len(piece) :]
            if self._knobs.chunk:
                await asyncio.sleep(self._knobs.gap)
        return False

    def _size(self, rest: int) -> int:
        """Bytes of the next piece."""
        rate, chunk = self._knobs.rate, self._knobs.chunk
        tick = max(1, int(rate * TICK)) if rate else rest
        return int(max(0, min(rest, chunk or rest, tick, self._budget())))

    def _line_time(self, rest: int) -> float:
        """Seconds until the last byte of the next piece has come through."""
        if self._knobs.black_hole:
            return math.inf
        rate = self._knobs.rate
        return self._free + self._size(rest) / rate - time.monotonic() if rate else 0.0

    def _sent(self, count: int) -> None:
        rate = self._knobs.rate
        self._free = self._free + count / rate if rate else time.monotonic()
        self._held -= count
        self._bell.ring()
