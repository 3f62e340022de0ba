"""The chunks of one connection that wait to be decoded, and those that are skipped because too many wait.

put ──► waiting ── step ──► Conversation ──► rows
           └── trim ──► skipped ──► the conversation loses it, and a row reports it
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

from livesock.trace.conversation import Conversation
from livesock.trace.packets import is_for_engine
from livesock.trace.recording import CHUNK_COST
from livesock.trace.rows import Chunk, Kind, Row
from livesock.trace.states import ConnectionState
from livesock.wire.http.head import RequestHead

__all__ = ["Backlog", "Skipped", "gap_row"]


@dataclass(slots=True)
class Skipped:
    """Chunks of one connection that are not decoded."""

    time: float = 0.0
    chunks: int = 0
    size: int = 0
    fell_out: bool = False
    """Whether some fell out of the trace before they were looked at."""


class Backlog:
    """One connection: the chunks that wait, and the conversation that decodes them. Not thread-safe."""

    def __init__(self, number: int, client: str) -> None:
        self.number = number
        self.conversation = Conversation(number, client)
        self.waiting: deque[Chunk] = deque()
        self.weight = 0
        """Bytes of memory that the waiting chunks cost, counted as a trace counts them."""
        self.skipped: Skipped | None = None
        """Skipped chunks that no row has reported yet."""
        self.received = {"<": 0, ">": 0}
        self.cleared = {"<": 0, ">": 0}
        """Bytes that had been received when the follower was cleared."""
        self.is_engine = False
        self.is_over = False
        self._missing: dict[str, int] = {}  # skipped bytes that the conversation does not know of, by direction
        self._unsure: set[str] = set()  # directions in which nothing has been found after a gap
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
        self.weight += sum(map(_weight, states))

    def skip(self, moment: float, direction: str, size: int, chunks: int = 0) -> Skipped:
        """Count bytes that are not decoded."""
        self.skipped = self.skipped or Skipped()
        self.skipped.time = moment
        self.skipped.chunks += chunks
        self.skipped.size += size
        self._missing[direction] = self._missing.get(direction, 0) + size
        return self.skipped

    def step(self, piece: int) -> list[Row]:
        """Decode at most `piece` bytes of what waits."""
        chunk = self.waiting.popleft()
        self.weight -= _weight(chunk)
        self._lose_skipped(chunk.time)
        rest, chunk = chunk._replace(data=chunk.data[piece:]), chunk._replace(data=chunk.data[:piece])
        rows = [self._checked(row, chunk.time) for row in self.conversation.feed(chunk)]
        if (
            rest.data and chunk.direction in self._unsure
        ):  # its beginning was skipped, so the rest cannot be explained either
            self.skip(chunk.time, chunk.direction, len(rest.data))
        elif rest.data:
            self.waiting.appendleft(rest)
            self.weight += _weight(rest)
        self.is_over = self.is_over or chunk.is_end
        return rows

    def _lose_skipped(self, moment: float) -> None:
        """Let the conversation lose the skipped bytes. It drops a row that it had begun, which may be half a secret."""
        for direction, size in self._missing.items():
            if self._last.get(direction) in (Kind.RAW, Kind.TLS) and direction not in self._unsure:
                continue  # raw bytes go on as raw bytes
            self._lose(direction, size, moment)
        self._missing.clear()

    def _lose(self, direction: str, size: int, moment: float) -> None:
        self._unsure.add(direction)
        self.conversation.feed(Chunk(moment, "=", self.number, ConnectionState.LOST.note(direction, size)))

    def _checked(self, row: Row, moment: float) -> Row:
        """Return the row, or a note in place of bytes from the middle of a row: they may be part of a secret."""
        if row.direction == "=":
            return row
        if row.direction in self._unsure:
            if row.kind is Kind.RAW:
                self._lose(row.direction, 0, moment)
                summary = f"{len(row.data):,} bytes from the middle of a row that was skipped"
                return replace(row, kind=Kind.GAP, data=b"", summary=summary, secret=(), error=None)
            self._unsure.discard(row.direction)
        if isinstance(row.value, RequestHead):
            self.is_engine = is_for_engine(row.value.target)
        self._last[row.direction] = row.kind
        return row


def _weight(chunk: Chunk) -> int:
    return len(chunk.data) + CHUNK_COST


def gap_row(connection: int, parts: list[Skipped]) -> Row:
    """Return one row for skipped chunks, on one connection or on many (number 0)."""
    chunks, size = sum(part.chunks for part in parts), sum(part.size for part in parts)
    counted = f"{chunks:,} chunks, " if chunks else ""
    where = "" if connection else f" of {len(parts):,} connections"
    summary = f"{counted}{size:,} bytes{where} not decoded here: too much at once; the trace has recorded all of it"
    if any(part.fell_out for part in parts):
        summary = f"{counted}{size:,} bytes{where} not shown: some fell out of the trace before they were read"
    return Row(max(part.time for part in parts), connection, "=", Kind.GAP, b"", 0, summary)
