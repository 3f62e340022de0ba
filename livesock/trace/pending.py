"""One direction of a recorded connection: bytes that came in chunks and leave as rows.

    chunks   |GET / HT|TP/1.1 … \\r\\n\\r\\n 81 85|37 fa 21 3d …|
    rows     |request ───────────────────|frame ────────────|       chunks 0 to 1, then 1 to 2

It knows where each byte came from (its position, its chunk, its time), and not what it means.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from livesock.errors import PacketError
from livesock.trace.rows import Chunk, Explainer, Kind, Row, Spans, masked, unexplained
from livesock.trace.secretfinder import SecretFinder, wishes

__all__ = ["PendingBytes"]

_MAY_HOLD_SECRETS = (Kind.REQUEST, Kind.RESPONSE, Kind.RAW)


class _Mark(NamedTuple):
    """Where one chunk ends in the stream."""

    end: int
    ordinal: int
    time: float


class PendingBytes:
    """The bytes of one direction that no row holds yet. Not thread-safe."""

    def __init__(self, connection: int, direction: str, *, from_client: bool) -> None:
        self.connection = connection
        self.direction = direction
        self.from_client = from_client
        self.buffer = bytearray()
        self.offset = 0
        """Position in the stream of the first byte in `buffer`."""
        self._marks: deque[_Mark] = deque()
        self._chunks = 0
        self._secrets = SecretFinder()

    def add(self, chunk: Chunk) -> None:
        """Append what one chunk carried."""
        self.buffer += chunk.data
        self._marks.append(_Mark(self.offset + len(self.buffer), self._chunks, chunk.time))
        self._chunks += 1

    def skip(self, size: int, time: float, summary: str) -> Row:
        """Step over bytes that were lost and return the row that reports them; the buffer must be empty."""
        assert not self.buffer
        row = Row(
            time, self.connection, self.direction, Kind.GAP, b"", self.offset, summary, from_client=self.from_client
        )
        self.offset += size
        self._secrets = SecretFinder()
        return row

    def cut(
        self,
        size: int,
        kind: Kind,
        summary: str | Callable[[bytes], str],
        *,
        explain: Explainer = unexplained,
        value: object = None,
        error: PacketError | None = None,
        secret: Spans = (),
        framing: int = 0,
    ) -> Row:
        """Take the first `size` bytes (at least one) off and return them as a row.

        A `summary` that quotes the bytes is a function: it gets them with their secrets masked.
        """
        data = bytes(self.buffer[:size])
        del self.buffer[:size]
        first, last = self._chunks_of(size)
        secret = secret or self._secrets_of(kind, data)
        row = Row(
            time=last.time,
            connection=self.connection,
            direction=self.direction,
            kind=kind,
            data=data,
            offset=self.offset,
            summary=summary if isinstance(summary, str) else summary(masked(data, secret)),
            first_chunk=first.ordinal,
            last_chunk=last.ordinal,
            from_client=self.from_client,
            secret=secret,
            value=value,
            error=error,
            framing=framing,
            explain=explain,
        )
        self.offset += size
        return row

    def _chunks_of(self, size: int) -> tuple[_Mark, _Mark]:
        """Return the marks of the chunks that hold the first and the last of the next `size` bytes."""
        marks = self._marks
        while marks[0].end <= self.offset:
            marks.popleft()
        first = marks[0]
        while marks[0].end < self.offset + size:
            marks.popleft()
        return first, marks[0]

    def _secrets_of(self, kind: Kind, data: bytes) -> Spans:
        if kind in _MAY_HOLD_SECRETS:
            found = self._secrets.find(data)
            return tuple(sorted({*found, *wishes(data)})) if kind is Kind.RAW else found
        self._secrets = SecretFinder()
        return ()
