"""`Follower`: what is new in a trace, as rows.

    trace ── since(cursor) ──► by connection: waiting ── trim ──► Conversation ── until the time is up ──► rows
                                                  └─► skipped, counted in a gap row

A look costs what is new, not what the trace holds. Decoding takes ten times as long as recording and holds the
interpreter's lock meanwhile, so a follower has an allowance of time: a small one while chunks come fast, a large one
while they come slowly. What there is no time for waits, and is decoded when it is quiet; the quiet connections come
first. No more waits than the trace itself may hold: the oldest chunks of the loudest connections are skipped beyond
that. The `Conversation` learns of skipped bytes as of bytes that fell out of a trace: it finds the next head or frame.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

from livesock.trace.backlog import Backlog, gap_row
from livesock.trace.layers import Layers, layers_of
from livesock.trace.recording import CHUNK_COST, Trace
from livesock.trace.rows import Kind, Row

__all__ = ["Amount", "Follower", "Seen"]

RATE = 0.015
"""Seconds of decoding earned per second while chunks come fast: what a flood may cost the server at most."""

QUIET_RATE = 0.25
"""Seconds of decoding earned per second while it is quiet: ten thousand messages that wait are rows within two."""

QUIET = 3000
"""Chunks per second up to which it is quiet: to decode them all as they come takes a tenth of a second."""

SAVED = 0.25
"""Seconds of decoding that can be saved up: enough for a burst of two thousand messages."""

SLICE = 0.04
"""Seconds of decoding in one look at most, so that the page moves and the server gets its turn."""

TICK = 0.1
"""Seconds that a look counts as having taken at least, when it is asked how fast chunks come."""

LEAST = 0.0015
"""Seconds of decoding that a look may always take: something of a flood is always seen."""

PIECE, SMALL = 16 * 2**10, 512
"""Bytes that are decoded at a time, with time saved up and without: 20 small frames take 2 ms."""

FEW = 4
"""Connections whose gaps get a row each; those of more are counted together."""

SURE = 16
"""Connections, the quiet first, that get a step in each look even when the time is up: 2 ms at most."""


class Amount(NamedTuple):
    """Some chunks, and their bytes."""

    chunks: int = 0
    size: int = 0


class Seen(NamedTuple):
    """A row, and what only the rows before it show."""

    row: Row
    is_packet: bool
    """Whether it carries Engine.IO or Socket.IO."""


class Follower:
    """Follows one trace. Not thread-safe; `clock` gives seconds.

    With `everything` no look has a limit and no chunk is skipped: for the trace of one client, never for a server's.
    """

    def __init__(
        self, trace: Trace, *, everything: bool = False, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._trace = trace
        self._everything = everything
        self._clock = clock
        self._cursor = 0
        self._open: dict[int, Backlog] = {}
        self._busy: dict[int, Backlog] = {}  # those with chunks that wait, or with a gap to report
        self._saved, self._looked = SAVED, clock()
        self._cleared = -math.inf  # the time of the newest chunk that `clear` was asked to forget
        self.payload = {"<": 0, ">": 0}
        """Bytes that were recorded, by direction, whether decoded or not."""
        self.layers = {"<": Layers(), ">": Layers()}
        self.skipped = Amount()
        """What no row will show: too much waited, or it fell out of the trace before it was read."""

    def look(self, limit: float = SLICE) -> list[Seen]:
        """Return the rows that are new since the last call, in the order of time; takes `limit` seconds at most."""
        began = self._clock()
        passed, self._looked = began - self._looked, began
        is_quiet = self._take_in() <= QUIET * max(passed, TICK)
        self._saved = min(self._saved + (QUIET_RATE if is_quiet else RATE) * passed, SAVED)
        busy = sorted(self._busy.values(), key=lambda one: one.weight)
        if not self._everything:
            self._trim(busy)
        seen = [Seen(row, False) for row in self._gaps(busy)]
        seen += self._decode(busy, self._clock() + max(min(limit, self._saved), LEAST))
        self._saved = max(self._saved - (self._clock() - began), 0.0)
        seen.sort(key=lambda one: one.row.time)
        return [one for one in seen if self._trace.shows(one.row)]

    @property
    def backlog(self) -> Amount:
        """What waits to be decoded."""
        chunks = sum(len(one.waiting) for one in self._busy.values())
        return Amount(chunks, sum(one.weight for one in self._busy.values()) - chunks * CHUNK_COST)

    def waiting_row(self) -> Row:
        """Return a row that counts what waits, for a picture that is drawn now."""
        chunks, size = self.backlog
        summary = f"{chunks:,} more chunks, {size:,} bytes, were not decoded yet when this was drawn"
        return Row(self._trace.since().chunks[-1].time, 0, "=", Kind.GAP, b"", 0, summary)

    def clear(self) -> None:
        """Show and count what is recorded from here on."""
        self._take_in()
        self._cleared = max((one.waiting[-1].time for one in self._busy.values() if one.waiting), default=self._cleared)
        self.skipped = Amount()
        self.payload = {"<": 0, ">": 0}
        self.layers = {"<": Layers(), ">": Layers()}
        for one in self._open.values():
            one.cleared = dict(one.received)

    def _take_in(self) -> int:
        """Let what is new wait, and return how many chunks that is."""
        chunks, self._cursor, lost = self._trace.since(self._cursor)
        if lost:
            self._miss(lost, chunks[0].time if chunks else 0.0)
        for chunk in chunks:
            one = self._backlog_of(chunk.connection)
            one.put(chunk)
            if chunk.direction != "=":
                one.received[chunk.direction] += len(chunk.data)
                self.payload[chunk.direction] += len(chunk.data)
        return len(chunks)

    def _miss(self, lost: dict[tuple[int, str], int], moment: float) -> None:
        """Count what fell out of the trace before we looked; forget connections whose end fell out too."""
        for (number, direction), total in lost.items():
            one = self._backlog_of(number)
            missed = total - one.received[direction]
            if missed > 0:
                one.trim(0)
                one.skip(moment, direction, missed).fell_out = True
                one.received[direction] += missed
                self.payload[direction] += missed
        known = self._trace.peers.keys() | {number for number, _ in lost}
        self._open = {number: one for number, one in self._open.items() if number in known or one.waiting}

    def _backlog_of(self, number: int) -> Backlog:
        """Return the backlog of a connection that has something new."""
        if number not in self._open:
            self._open[number] = Backlog(number, self._trace.client)
        self._busy[number] = self._open[number]
        return self._open[number]

    def _trim(self, busy: list[Backlog]) -> None:
        """Let no more wait than the trace may hold: quiet connections keep everything, loud ones an equal share."""
        room = self._trace.limit
        for index, one in enumerate(busy):
            share = -(-room // (len(busy) - index))
            one.trim(share)
            room = max(room - min(one.weight, share), 0)

    def _gaps(self, busy: list[Backlog]) -> list[Row]:
        """Return the rows that report what is skipped."""
        skipped = {one.number: one.skipped for one in busy if one.skipped is not None}
        for one in busy:
            one.skipped = None
        skipped = {number: parts for number, parts in skipped.items() if parts.time > self._cleared}
        for parts in skipped.values():
            self.skipped = Amount(self.skipped.chunks + parts.chunks, self.skipped.size + parts.size)
        if len(skipped) <= FEW:
            return [gap_row(number, [parts]) for number, parts in skipped.items()]
        return [gap_row(0, list(skipped.values()))]

    def _decode(self, busy: list[Backlog], deadline: float) -> list[Seen]:
        seen: list[Seen] = []
        piece = PIECE if self._saved > SAVED / 2 else SMALL
        if self._everything:
            piece, deadline = sys.maxsize, math.inf
        for index, one in enumerate(busy):
            now = self._clock()
            end = now + (deadline - now) / (len(busy) - index)
            steps = 0
            while one.waiting and (self._clock() < end or (not steps and index < SURE)):
                steps += 1
                seen += [self._seen(row, one) for row in one.step(piece) if row.time > self._cleared]
            self._settle(one)
        return seen

    def _seen(self, row: Row, one: Backlog) -> Seen:
        """Count the bytes of a row: all of them, also if it was under way when we were cleared."""
        if row.direction in self.layers:
            self.layers[row.direction] = self.layers[row.direction].plus(layers_of(row))
            self.payload[row.direction] += min(max(one.cleared[row.direction] - row.offset, 0), len(row.data))
        return Seen(row, one.is_engine and row.kind in (Kind.FRAME, Kind.BODY))

    def _settle(self, one: Backlog) -> None:
        """Forget a connection that is over; one with nothing left to decode or to report is no longer busy."""
        if one.is_over and not one.waiting:
            self._open.pop(one.number, None)
        if not one.waiting and one.skipped is None:
            del self._busy[one.number]
