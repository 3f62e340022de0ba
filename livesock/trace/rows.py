"""`Chunk` in, `Row` out: the two values between a recording and everything that shows it.

A *chunk* is what one read or one write carried; TCP may cut anywhere. A *row* is one thing that the bytes mean: a
request, a frame, a close. Several rows may share a chunk, and a row may need many.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from livesock.errors import PacketError
from livesock.trace.states import ENDS

if TYPE_CHECKING:
    from livesock.wire.explain.field import Field

__all__ = ["Chunk", "Explainer", "Kind", "Row", "Spans", "masked"]

Spans: TypeAlias = tuple[tuple[int, int], ...]
"""Start and stop of parts of some bytes, in order, without overlap."""

Explainer: TypeAlias = "Callable[[bytes], tuple[Field, ...]]"
"""Names the parts of some bytes."""


def unexplained(data: bytes) -> tuple[Field, ...]:
    """Return no fields: nothing is known of the parts of these bytes."""
    return ()


class Chunk(NamedTuple):
    """What one read or write carried."""

    time: float
    """Seconds since the trace began (monotonic)."""
    direction: str
    """`"<"` received, `">"` sent, `"="` a change of state."""
    connection: int
    """Number of the TCP connection, from 1 in order of appearance."""
    data: bytes
    """The bytes; for `"="` the words of `states`: `open 127.0.0.1:5000`, `closed` …."""

    @property
    def is_end(self) -> bool:
        """Whether nothing can follow on this connection."""
        return self.direction == "=" and self.data in ENDS


class Kind(Enum):
    """What a row is."""

    STATE = "state"
    """The TCP connection opened, half-closed, closed, was reset; or a note of the recorder."""
    REQUEST = "request"
    """An HTTP/1.1 request head."""
    RESPONSE = "response"
    """An HTTP/1.1 response head."""
    BODY = "body"
    """Bytes of an HTTP body (a whole one, or one chunk of the chunked coding with its size line)."""
    EVENT = "event"
    """One server-sent event inside a `text/event-stream` body."""
    FRAME = "frame"
    """A WebSocket frame."""
    TLS = "tls"
    """A TLS record, opaque (seen by a netsim in front of a TLS server)."""
    RAW = "raw"
    """Bytes without an explanation: not HTTP, or after the first invalid byte."""
    GAP = "gap"
    """Bytes that the bounded trace no longer holds."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that crossed the wire. Whether a row has been opened makes no difference to `==`, `hash` and `repr`."""

    time: float
    """Seconds since the trace began, when the last byte came."""
    connection: int
    direction: str
    kind: Kind
    data: bytes
    """Exactly the bytes of this row; `b""` for STATE and GAP."""
    offset: int
    """Position of the first byte in its direction's byte stream (from 0)."""
    summary: str
    """One line without control characters: `GET /echo HTTP/1.1`, `text "Hello"`, `close 1000`."""
    first_chunk: int = 0
    """Ordinal, within connection and direction, of the chunk that held the first byte."""
    last_chunk: int = 0
    """Ordinal of the chunk that held the last byte: equal to `first_chunk` when one segment carried the row."""
    from_client: bool = False
    """Whether the bytes came from the side that opened the connection."""
    secret: Spans = ()
    """Byte spans of `data` that must not be shown: cookies, Authorization, tokens."""
    value: object = None
    """What was decoded: a `Frame`, the head of a request or response, an event, a `ConnectionState`, or None."""
    error: PacketError | None = None
    """The rule that these bytes break; nothing after it in this direction is explained."""
    framing: int = 0
    """Bytes of `data` that only say how a body is cut into chunks."""
    explain: Explainer = field(default=unexplained, compare=False, repr=False)
    """Works out `fields` from `data`."""
    _fields: tuple[Field, ...] | None = field(default=None, init=False, compare=False, repr=False)

    @property
    def fields(self) -> tuple[Field, ...]:
        """The parts of `data`, in order, without overlap; together they cover it unless `error` is set.

        They are worked out when they are first asked for: most rows are listed and never opened. Two threads may do it
        at once; they get equal fields.
        """
        if self._fields is None:
            object.__setattr__(self, "_fields", self.explain(self.data))
        assert self._fields is not None
        return self._fields

    @property
    def shown(self) -> bytes:
        """`data` with every secret byte replaced by `x`, for displays and exports."""
        return masked(self.data, self.secret)

    def beginning(self, size: int) -> Row:
        """Return this row with only the first `size` bytes and without its value; its fields are those of the whole."""
        fields = self.fields
        return replace(self, data=self.data[:size], value=None, explain=lambda data: fields)


def masked(data: bytes, secret: Spans) -> bytes:
    """Return `data` with the bytes of these spans replaced by `x`."""
    if not secret:
        return data
    shown = bytearray(data)
    for start, stop in secret:
        shown[start:stop] = b"x" * len(shown[start:stop])
    return bytes(shown)
