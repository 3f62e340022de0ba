"""`Follower`: what is new in a trace, as rows, in the time that the display may take from the server.

    trace ── since(cursor) ──► by connection: waiting ── trim ──► Conversation ── until the time is up ──► rows
                                                  └─► skipped, counted in a gap row

To decode takes ten times as long as to record, and holds the interpreter's lock while it does. So a follower has an
allowance of time that grows slowly and is saved up to `SAVED`: a burst is decoded whole, of a flood as much as fits,
the quiet connections first and of the loud ones the newest. What is skipped is told to the `Conversation` as lost, as
bytes that fell out of a trace are, and it finds the next head or frame by itself.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from livesock.trace.conversation import Conversation
from livesock.trace.layers import Layers, layers_of
from livesock.trace.packets import is_for_engine
from livesock.trace.recording import Trace
from livesock.trace.rows import Chunk, Kind, Row
from livesock.trace.states import ConnectionState
from livesock.wire.http.head import Request

__all__ = ["Follower", "Seen"]

RATE = 0.015
"""Seconds of decoding earned per second: what a flood may cost the server at most."""

SAVED = 0.25
"""Seconds of decoding that can be saved up: enough for a burst of two thousand messages."""

SLICE = 0.04
"""Seconds of decoding in one look at most, so that the page moves and the server gets its turn."""

LEAST = 0.0015
"""Seconds of decoding that a look may always take: something of a flood is always seen."""

KEPT = 100
"""Chunks that may wait for the next look when nothing is saved up: the newest, to show how a flood ended."""

PER_SECOND = 10_000
"""Chunks that a second of decoding is worth, roughly."""

PIECE, SMALL = 16 * 2**10, 512
"""Bytes that are decoded at a time, with time saved up and without: 20 small frames take 2 ms."""

WEIGHT = 2048
"""Bytes of a large chunk that count as one chunk."""

FEW = 4
"""Connections whose gaps get a row each; those of more are counted together."""


SURE = 16
"""Connections, the quiet first, that get a step in each look even when the time is up: 2 ms at most."""


class Seen(NamedTuple):
    """A row, and what only its surroundings say of it."""

    row: Row
    is_packet: bool
    """Whether it carries Engine.IO or Socket.IO."""


@dataclass(slots=True)
class Skipped:
    """Chunks of one connection that are not decoded."""

    time: float = 0.0
    chunks: int = 0
    size: int = 0
    fell_out: bool = False
    """Whether the trace no longer held some of them when we looked."""


class _Line:
    """One connection: what waits to be decoded, and what decodes it."""

    def __init__(self, number: int, client: str) -> None:
        self.conversation = Conversation(number, client)
        self.waiting: deque[Chunk] = deque()
        self.weight = 0
        """What waits, in chunks, the large ones counted as several."""
        self.untold: Skipped | None = None
        """What no row has told of yet."""
        self.received = {"<": 0, ">": 0}
        self.is_engine = False
        self.is_over = False
        self._missing: dict[str, int] = {}  # bytes that the conversation has not been told of, by direction
        self._unsure: set[str] = set()  # directions that have not found their way back after a gap
        self._last: dict[str, Kind] = {}

    def put(self, chunk: Chunk) -> None:
        """Let a chunk wait."""
        self.waiting.append(chunk)
        self.weight += _weight(chunk)

    def trim(self, room: int) -> None:
        """Skip the oldest chunks until the rest weighs no more than `room`; the newest and changes of state stay."""
        states = []
        while self.weight > room and len(self.waiting) > 1:
            chunk = self.waiting.popleft()
            self.weight -= _weight(chunk)
            if chunk.direction == "=":
                states.append(chunk)
            else:
                self.skip(chunk.time, chunk.direction, len(chunk.data), 1)
        self.waiting.extendleft(reversed(states))
        self.weight += len(states)

    def skip(self, moment: float, direction: str, size: int, chunks: int = 0) -> Skipped:
        """Count bytes that are not decoded."""
        self.untold = self.untold or Skipped()
        self.untold.time = moment
        self.untold.chunks += chunks
        self.untold.size += size
        self._missing[direction] = self._missing.get(direction, 0) + size
        return self.untold

    def step(self, piece: int) -> list[Row]:
        """Decode at most `piece` bytes of what waits."""
        chunk = self.waiting.popleft()
        self.weight -= _weight(chunk)
        self._tell(chunk.time)
        rest, chunk = chunk._replace(data=chunk.data[piece:]), chunk._replace(data=chunk.data[:piece])
        rows = [self._checked(row, chunk.time) for row in self.conversation.feed(chunk)]
        if rest.data and chunk.direction in self._unsure:  # what begins in the middle will not get better
            self.skip(chunk.time, chunk.direction, len(rest.data))
        elif rest.data:
            self.waiting.appendleft(rest)
            self.weight += _weight(rest)
        self.is_over = self.is_over or chunk.is_end
        return rows

    def _tell(self, moment: float) -> None:
        """Tell the conversation what it misses. What it had begun is not shown: it could be half a secret."""
        for direction, size in self._missing.items():
            if self._last.get(direction) in (Kind.RAW, Kind.TLS) and direction not in self._unsure:
                continue  # nothing to find again: raw bytes go on as raw bytes
            self._lose(direction, size, moment)
        self._missing.clear()

    def _lose(self, direction: str, size: int, moment: float) -> None:
        self._unsure.add(direction)
        self.conversation.feed(Chunk(moment, "=", self.conversation.number, ConnectionState.LOST.note(direction, size)))

    def _checked(self, row: Row, moment: float) -> Row:
        """Return the row; in place of bytes from the middle of something, which may be a secret, a note."""
        if row.direction == "=":
            return row
        if row.direction in self._unsure:
            if row.kind is Kind.RAW:
                self._lose(row.direction, 0, moment)
                summary = f"{len(row.data):,} bytes from the middle of something"
                return replace(row, kind=Kind.GAP, data=b"", summary=summary, secret=(), error=None)
            self._unsure.discard(row.direction)
        if isinstance(row.value, Request):
            self.is_engine = is_for_engine(row.value.target)
        self._last[row.direction] = row.kind
        return row


def _weight(chunk: Chunk) -> int:
    return 1 + len(chunk.data) // WEIGHT


class Follower:
    """Follows one trace. Not thread-safe; `clock` gives seconds."""

    def __init__(self, trace: Trace, clock: Callable[[], float] = time.perf_counter) -> None:
        self._trace = trace
        self._clock = clock
        self._cursor = 0
        self._lines: dict[int, _Line] = {}
        self._over: set[int] = set()  # connections that have ended, as long as the trace may speak of them
        self._saved, self._looked = SAVED, clock()
        self.payload = {"<": 0, ">": 0}
        """Bytes that TCP carried, by direction, decoded or not."""
        self.layers = {"<": Layers(), ">": Layers()}

    def look(self, limit: float = SLICE) -> list[Seen]:
        """Return what has become known since the last call, in the order of time, after `limit` seconds at most."""
        began = self._clock()
        self._saved = min(self._saved + RATE * (began - self._looked), SAVED)
        self._looked = began
        self._take_in()
        busy = sorted((line for line in self._lines.values() if line.waiting), key=lambda line: line.weight)
        self._trim(busy)
        seen = [Seen(row, False) for row in self._gaps()]
        seen += self._decode(busy, self._clock() + max(min(limit, self._saved), LEAST))
        self._saved = max(self._saved - (self._clock() - began), 0.0)
        seen.sort(key=lambda one: one.row.time)
        return [one for one in seen if self._trace.shows(one.row)]

    @property
    def backlog(self) -> int:
        """Chunks that wait to be decoded."""
        return sum(len(line.waiting) for line in self._lines.values())

    def clear(self) -> None:
        """Count bytes from here on."""
        self.payload = {"<": 0, ">": 0}
        self.layers = {"<": Layers(), ">": Layers()}

    def _take_in(self) -> None:
        chunks, self._cursor, lost = self._trace.since(self._cursor)
        if lost:
            self._miss(lost, chunks[0].time if chunks else 0.0)
        for chunk in chunks:
            line = self._line(chunk.connection)
            line.put(chunk)
            if chunk.direction != "=":
                line.received[chunk.direction] += len(chunk.data)
                self.payload[chunk.direction] += len(chunk.data)

    def _miss(self, lost: dict[tuple[int, str], int], moment: float) -> None:
        """Count what fell out of the trace before we looked; forget connections whose end fell out too."""
        self._over &= self._trace.peers.keys()
        for (number, direction), total in lost.items():
            line = None if number in self._over else self._line(number)
            if line is not None and (missed := total - line.received[direction]) > 0:
                line.trim(0)
                line.skip(moment, direction, missed).fell_out = True
                line.received[direction] += missed
                self.payload[direction] += missed
        known = self._trace.peers.keys() | {number for number, _ in lost}
        self._lines = {number: line for number, line in self._lines.items() if number in known or line.waiting}

    def _line(self, number: int) -> _Line:
        if number not in self._lines:
            self._lines[number] = _Line(number, self._trace.client)
        return self._lines[number]

    def _trim(self, busy: list[_Line]) -> None:
        """Skip what cannot be decoded in time: the quiet connections keep everything, the loud ones the same."""
        room = max(KEPT, int(self._saved * PER_SECOND))
        for index, line in enumerate(busy):
            share = -(-room // (len(busy) - index))
            line.trim(share)
            room = max(room - min(line.weight, share), 0)

    def _gaps(self) -> list[Row]:
        """Return the rows that tell of what is skipped."""
        untold: list[tuple[int, Skipped]] = []
        for number, line in self._lines.items():
            if line.untold is not None:
                untold.append((number, line.untold))
                line.untold = None
        if len(untold) <= FEW:
            return [_gap(number, [skipped]) for number, skipped in untold]
        return [_gap(0, [skipped for _, skipped in untold])]

    def _decode(self, busy: list[_Line], deadline: float) -> list[Seen]:
        seen: list[Seen] = []
        piece = PIECE if self._saved > SAVED / 2 else SMALL
        for index, line in enumerate(busy):
            now = self._clock()
            end = now + (deadline - now) / (len(busy) - index)
            steps = 0
            while line.waiting and (self._clock() < end or (not steps and index < SURE)):
                steps += 1
                for row in line.step(piece):
                    if row.direction in self.layers:
                        self.layers[row.direction] = self.layers[row.direction].plus(layers_of(row))
                    seen.append(Seen(row, line.is_engine and row.kind in (Kind.FRAME, Kind.BODY)))
            if line.is_over and not line.waiting:
                self._over.add(line.conversation.number)
                del self._lines[line.conversation.number]
        return seen


def _gap(connection: int, all_skipped: list[Skipped]) -> Row:
    """Return one row for chunks that are skipped, on one connection or on many (number 0)."""
    chunks, size = sum(s.chunks for s in all_skipped), sum(s.size for s in all_skipped)
    counted = f"{chunks:,} chunks, " if chunks else ""
    where = "" if connection else f" of {len(all_skipped):,} connections"
    summary = f"{counted}{size:,} bytes{where} not decoded here: too much at once; the trace has recorded all of it"
    if any(skipped.fell_out for skipped in all_skipped):
        summary = f"{counted}{size:,} bytes{where} not shown: some fell out of the trace before they were read"
    return Row(max(s.time for s in all_skipped), connection, "=", Kind.GAP, b"", 0, summary)
