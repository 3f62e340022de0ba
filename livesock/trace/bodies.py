"""HTTP bodies and event streams, as rows.

framing        BODY rows                      EVENT rows (text/event-stream)
a length       one, when it is complete       one for every empty line, as soon as it comes
chunked        one for every chunk            one for every empty line, when its chunk is complete
until close    one, when the connection ends  one for every empty line, as soon as it comes
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from livesock.errors import PacketError
from livesock.trace.packets import describe_payload, hide
from livesock.trace.pending import PendingBytes
from livesock.trace.rows import Kind, Row, masked
from livesock.trace.secretfinder import fields, wishes
from livesock.wire.engineio import SEPARATOR
from livesock.wire.explain.events import explain_lines
from livesock.wire.explain.field import Field
from livesock.wire.explain.http import explain_body, explain_chunk
from livesock.wire.http import BodyChunk, Framing, decode_chunk
from livesock.wire.quote import counted, one_line, quote
from livesock.wire.sse import EventReader, ServerSentEvent

__all__ = ["BodyDecoder", "EventDecoder"]


class BodyDecoder:
    """Cuts one body into rows. Not thread-safe."""

    kind = Kind.BODY

    def __init__(self, framing: int | Framing, *, is_engine: bool = False) -> None:
        self.is_done = framing == 0
        self._framing = framing
        self._is_engine = is_engine

    def read(self, pending: PendingBytes) -> list[Row]:
        """Return the next row, if it is complete."""
        if self._framing is Framing.CHUNKED:
            return self._read_chunk(pending)
        if self._framing is Framing.UNTIL_CLOSE or len(pending.buffer) < self._framing:
            return []
        self.is_done = True
        return [_payload(pending, self._framing) if self._is_engine else _whole(pending, self._framing)]

    def _read_chunk(self, pending: PendingBytes) -> list[Row]:
        chunk = decode_chunk(pending.buffer)
        if chunk is None:
            return []
        self.is_done = chunk.is_last
        framing = chunk.end if chunk.is_last else chunk.before + 2
        if not self._is_engine or not pending.from_client or chunk.is_last:
            found = fields(chunk.content)
            summary, before = _sum_chunk(chunk, masked(chunk.content, found)), chunk.before
            secret = tuple((before + start, before + stop) for start, stop in found)
            return [pending.cut(chunk.end, Kind.BODY, summary, explain=explain_chunk, framing=framing, secret=secret)]
        secret = ((chunk.before, chunk.before + len(chunk.content)),)  # packets may be cut anywhere
        summary = f"chunk, {counted(len(chunk.content))} of packets"
        return [pending.cut(chunk.end, Kind.BODY, summary, explain=explain_chunk, framing=framing, secret=secret)]

    def close(self, pending: PendingBytes) -> list[Row]:
        """Return what the end of the connection completes."""
        if self._framing is Framing.UNTIL_CLOSE and pending.buffer:
            return [_whole(pending, len(pending.buffer))]
        return []

    def missing(self, pending: PendingBytes) -> str:
        """Return in words what an incomplete row waits for."""
        if self._framing is Framing.CHUNKED:
            return f"a chunk of the body, {counted(len(pending.buffer))} so far"
        if self._framing is Framing.UNTIL_CLOSE:
            return f"a body that ends with the connection, {counted(len(pending.buffer))} so far"
        return f"a body, {len(pending.buffer)} of {self._framing} bytes"


def _whole(pending: PendingBytes, size: int) -> Row:
    data = bytes(pending.buffer[:size])
    secret = fields(data)
    summary = one_line(f"body, {counted(size)}: {quote(masked(data, secret))}")
    return pending.cut(size, Kind.BODY, summary, explain=explain_body, secret=secret)


def _payload(pending: PendingBytes, size: int) -> Row:
    """The body of a poll: packets, joined by U+001E."""
    data = bytes(pending.buffer[:size])
    shown, about = _read_payload(data, pending.from_client)
    summary = one_line(f"payload {shown}: {about}", 140)
    secret = wishes(data) if pending.from_client else ()
    explain = partial(_explain_payload, from_client=pending.from_client)
    return pending.cut(size, Kind.BODY, summary, explain=explain, secret=secret)


def _read_payload(data: bytes, from_client: bool) -> tuple[str, str]:
    """Return what may be shown of a payload, and what it says."""
    text = data.decode("utf-8", "replace")
    shown = SEPARATOR.join(hide(packet)[0] for packet in text.split(SEPARATOR)) if from_client else text
    return quote(shown, 40), describe_payload(text)


def _explain_payload(data: bytes, *, from_client: bool) -> tuple[Field, ...]:
    shown, about = _read_payload(data, from_client)
    return (Field("payload", shown, 0, 8 * len(data), about, "Engine.IO protocol 4, HTTP long-polling"),)


def _sum_chunk(chunk: BodyChunk, shown: bytes) -> str:
    if chunk.is_last:
        return "last chunk: the body ends"
    return one_line(f"chunk, {counted(len(chunk.content))}: {quote(shown)}")


class _Span(NamedTuple):
    """A part of the bytes that wait for their row: chunk framing, or lines of the event stream."""

    start: int
    stop: int
    role: str


class EventDecoder:
    """Cuts the body of a text/event-stream response into one row per event. Not thread-safe."""

    kind = Kind.BODY

    def __init__(self, framing: int | Framing) -> None:
        self.is_done = framing == 0
        self._framing = framing
        self._reader = EventReader()
        self._parsed = 0
        self._spans: list[_Span] = []
        self._held: tuple[int, ServerSentEvent | None] | None = None

    def read(self, pending: PendingBytes) -> list[Row]:
        """Return the rows of the next complete events; the bytes after them, perhaps broken, wait for the next call."""
        rows: list[Row] = []
        while not rows and not self.is_done and (found := self._next_content(pending.buffer)) is not None:
            start, stop, end = found
            rows += self._cut_all(pending, self._complete(bytes(pending.buffer[start:stop]), start, end))
            if self.is_done:
                rows += self.close(pending)
        return rows

    def _next_content(self, buffer: bytearray) -> tuple[int, int, int] | None:
        """Return where the next content begins and stops, and where its framing ends; None while incomplete."""
        begin = self._parsed
        if self._framing is Framing.CHUNKED:
            return self._next_chunk(buffer, begin)
        stop = len(buffer)
        if isinstance(self._framing, int):
            stop = min(stop, begin + self._framing)
            self._framing -= stop - begin
            self.is_done = self._framing == 0
        if stop == begin:
            return None
        self._mark(begin, stop, "lines")
        self._parsed = stop
        return begin, stop, stop

    def _next_chunk(self, buffer: bytearray, begin: int) -> tuple[int, int, int] | None:
        try:
            chunk = decode_chunk(buffer, begin)
        except PacketError as exc:
            raise PacketError(exc.rule, section=exc.section, offset=begin + exc.offset) from exc
        if chunk is None:
            return None
        self._parsed = chunk.end
        if chunk.is_last:
            self.is_done = True
            self._mark(begin, chunk.end, "last chunk")
            return chunk.end, chunk.end, chunk.end
        start, stop = begin + chunk.before, chunk.end - 2
        self._mark(begin, start, "chunk size")
        self._mark(start, stop, "lines")
        self._mark(stop, chunk.end, "chunk end")
        return start, stop, chunk.end

    def _mark(self, start: int, stop: int, role: str) -> None:
        if role == "lines" and self._spans and self._spans[-1].role == role:
            start = self._spans.pop().start
        self._spans.append(_Span(start, stop, role))

    def _complete(self, content: bytes, start: int, end: int) -> list[tuple[int, ServerSentEvent | None]]:
        """Return where each event that `content` completes ends in the buffer.

        The end of a chunk belongs to an event that ends just before it. An event that ends with a CR waits for the
        next byte: an LF would belong to it.
        """
        ready = []
        if self._held is not None and content:
            position, event = self._held
            ready.append((start + 1 if content[0] == 0x0A else position, event))
            self._held = None
        for position, event in self._reader.blocks(content):
            if position < len(content):
                ready.append((start + position, event))
            elif content.endswith(b"\r"):
                self._held = (end, event)
            else:
                ready.append((end, event))
        return ready

    def _cut_all(self, pending: PendingBytes, ready: list[tuple[int, ServerSentEvent | None]]) -> list[Row]:
        rows, done = [], 0
        for position, event in ready:
            rows.append(self._cut(pending, position - done, Kind.EVENT, event))
            done = position
        return rows

    def _cut(self, pending: PendingBytes, size: int, kind: Kind, event: ServerSentEvent | None = None) -> Row:
        spans = [_Span(start, min(stop, size), role) for start, stop, role in self._spans if start < size]
        moved = [_Span(max(start - size, 0), stop - size, role) for start, stop, role in self._spans if stop > size]
        self._spans, self._parsed = moved, self._parsed - size
        if self._held is not None:
            self._held = (self._held[0] - size, self._held[1])
        explain = partial(_explain_spans, spans=spans)
        framing = sum(stop - start for start, stop, role in spans if role != "lines")
        summary = _sum_event(event) if event else _sum_no_event(kind, explain(bytes(pending.buffer[:size])))
        return pending.cut(size, kind, summary, explain=explain, value=event, framing=framing)

    def close(self, pending: PendingBytes) -> list[Row]:
        """Return what the end of the body completes."""
        rows = []
        if self._held is not None:
            (position, event), self._held = self._held, None
            rows.append(self._cut(pending, position, Kind.EVENT, event))
        if self._parsed and (self.is_done or self._framing is Framing.UNTIL_CLOSE):
            rows.append(self._cut(pending, self._parsed, Kind.BODY))
        return rows

    def missing(self, pending: PendingBytes) -> str:
        """Return in words what an incomplete row waits for."""
        return f"an event, {counted(len(pending.buffer))} so far"


def _explain_spans(data: bytes, spans: list[_Span]) -> tuple[Field, ...]:
    return tuple(field for span in spans for field in _explain_span(data[span.start : span.stop], span))


def _explain_span(data: bytes, span: _Span) -> list[Field]:
    if span.role == "lines":
        return explain_lines(data, span.start)
    if span.role == "last chunk":
        move = 8 * span.start
        fields = explain_chunk(data)
        return [Field(f.name, f.value, f.start + move, f.stop + move, f.meaning, f.section) for f in fields]
    value = data[:-2].decode("latin-1")
    meaning = "The size in hexadecimal of the chunk." if span.role == "chunk size" else "CR LF ends the chunk."
    return [Field(span.role, value, 8 * span.start, 8 * span.stop, meaning, "RFC 9112, 7.1")]


def _sum_event(event: ServerSentEvent) -> str:
    marks = f" id {event.id}" if event.id else ""
    return one_line(f"event {event.event}{marks}: {quote(event.data)}")


def _sum_no_event(kind: Kind, fields: tuple[Field, ...]) -> str:
    """Return the summary of lines that make no event, or of the end of the body."""
    if kind is Kind.EVENT:
        comments = [field.value for field in fields if field.name == "comment"]
        return one_line(f"no event: comment {comments[0]}" if comments else "no event: there is no data line")
    if any(field.name in ("data", "event", "id", "retry") for field in fields):
        return "an event without its empty line: a reader ignores it"
    return "last chunk: the body ends" if fields and fields[-1].name == "end of body" else "rest of the event stream"
