"""What decodes one direction of a connection, until something else has to.

    Head      a request or a response                Raw       nothing is known, or a rule was broken
    Frames    WebSocket                              Waiting   the answer to an upgrade must come first
    Records   TLS, opaque                            Choice    the next bytes will tell
    Plain     bytes that never claimed to be HTTP

A decoder takes rows off the front of a stream. `conversation` chooses it; those of HTTP bodies are in `bodyrows`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from livesock.trace.direction import Stream
from livesock.trace.packets import describe, hide
from livesock.trace.rows import Kind, Row, Spans
from livesock.wire.codes import decode_close
from livesock.wire.explain.frame import explain_frame, inflated_note
from livesock.wire.explain.tls import explain_record
from livesock.wire.frame import NAMES, Opcode
from livesock.wire.framereader import FrameReader, Reading
from livesock.wire.http import HeadReader, Request, Response
from livesock.wire.quote import counted, hexed, one_line, quote
from livesock.wire.tls import HANDSHAKE, decode_record, server_name

__all__ = ["Choice", "Decoder", "Frames", "Head", "Plain", "Raw", "Records", "Side", "Waiting"]


class Decoder(Protocol):
    kind: Kind

    def read(self, stream: Stream) -> list[Row]:
        """Return the next rows, or none while they are incomplete or another decoder has to go on."""

    def close(self, stream: Stream) -> list[Row]:
        """Return the rows that the end of the connection completes."""

    def missing(self, stream: Stream) -> str:
        """Say what the bytes in the buffer wait for."""


class Raw:
    """Explains nothing: after a broken rule, or where nothing is known."""

    kind = Kind.RAW

    def read(self, stream: Stream) -> list[Row]:
        return [stream.cut(len(stream.buffer), Kind.RAW, _sum_raw)]

    def close(self, stream: Stream) -> list[Row]:
        return []

    def missing(self, stream: Stream) -> str:
        return counted(len(stream.buffer))


class Plain(Raw):
    """Bytes that never claimed to be HTTP: a protocol of somebody's own. No rule is broken."""

    def read(self, stream: Stream) -> list[Row]:
        return [stream.cut(len(stream.buffer), Kind.RAW, _sum_plain)]


class Waiting(Raw):
    """Holds what a client sends after an upgrade: only the answer says whether it is HTTP."""

    def read(self, stream: Stream) -> list[Row]:
        return []

    def missing(self, stream: Stream) -> str:
        return f"{counted(len(stream.buffer))} that came before the answer to the upgrade"


class Choice(Raw):
    """Stands at the beginning, or after lost bytes, until the next bytes show what may decode them.

    `choose` returns that decoder, or None while more bytes must come first.
    """

    def __init__(self, choose: Callable[[], Decoder | None]) -> None:
        self.choose = choose

    def read(self, stream: Stream) -> list[Row]:
        return []


class Head:
    """Reads one head and hands it to `take`, which makes its row and chooses what comes next."""

    def __init__(self, from_client: bool, take: Callable[[Request | Response, int], Row]) -> None:
        self.kind = Kind.REQUEST if from_client else Kind.RESPONSE
        self._reader = HeadReader(from_client)
        self._take = take

    def read(self, stream: Stream) -> list[Row]:
        found = self._reader.read(stream.buffer)
        return [] if found is None else [self._take(*found)]

    def close(self, stream: Stream) -> list[Row]:
        return []

    def missing(self, stream: Stream) -> str:
        return f"the head of a {self.kind.value}, {counted(len(stream.buffer))} so far"


class Records:
    """Reads TLS records, opaque."""

    kind = Kind.TLS

    def read(self, stream: Stream) -> list[Row]:
        found = decode_record(stream.buffer)
        if found is None:
            return []
        record, size = found
        name = server_name(record.fragment) if record.content_type == HANDSHAKE and stream.from_client else None
        asked = f', asks for "{name}"' if name else ""
        summary = one_line(f"TLS {record.name}, {counted(len(record.fragment))}{asked}")
        return [stream.cut(size, Kind.TLS, summary, explain=explain_record)]

    def close(self, stream: Stream) -> list[Row]:
        return []

    def missing(self, stream: Stream) -> str:
        return f"a TLS record, {counted(len(stream.buffer))} so far"


class Frames:
    """Reads frames; after lost bytes, the first one is a guess."""

    kind = Kind.FRAME

    def __init__(self, reader: FrameReader, *, is_guess: bool, is_engine: bool = False) -> None:
        self.is_guess = is_guess
        self._reader = reader
        self._is_engine = is_engine

    def read(self, stream: Stream) -> list[Row]:
        reading = self._reader.read(stream.buffer)
        if reading is None:
            return []
        self.is_guess = False
        note = "" if reading.inflated is None else inflated_note(reading.inflated)
        explain = partial(explain_frame, note=note) if note else explain_frame
        summary = _sum_frame(reading)
        secret: Spans = ()
        if self._is_engine and reading.frame.fin and reading.frame.opcode in (Opcode.TEXT, Opcode.BINARY):
            summary, secret = _sum_packet(reading, stream.from_client)
        return [stream.cut(reading.end, Kind.FRAME, summary, explain=explain, value=reading.frame, secret=secret)]

    def close(self, stream: Stream) -> list[Row]:
        return []

    def missing(self, stream: Stream) -> str:
        expected = self._reader.expected
        return f"a frame, {len(stream.buffer)} of {expected or 'at least 2'} bytes"


class Side:
    """One direction of a connection: its stream, and what decodes it now."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.decoder: Decoder = Raw()
        self.after_body: Decoder = self.decoder
        self.is_lost = False
        """Whether bytes were lost and nothing has been found after them."""


def _sum_raw(shown: bytes) -> str:
    return one_line(f"not explained: {quote(shown, 70)}")


def _sum_plain(shown: bytes) -> str:
    return one_line(f"{counted(len(shown))}: {quote(shown, 70)}")


def _sum_packet(reading: Reading, from_client: bool) -> tuple[str, Spans]:
    """Return what a packet says, and where in the frame it holds what opens doors."""
    content = reading.frame.payload if reading.inflated is None else reading.inflated
    if reading.frame.opcode == Opcode.BINARY:
        return describe(content), ()
    message = content.decode("utf-8", "replace")
    shown, hidden = hide(message) if from_client else (message, 0)
    secret = ((max(0, reading.end - hidden), reading.end),) if hidden else ()
    return one_line(f"text {quote(shown, 40)}: {describe(message)}", 140), secret


def _sum_frame(reading: Reading) -> str:
    frame = reading.frame
    content = frame.payload if reading.inflated is None else reading.inflated
    name = NAMES[frame.opcode]
    if frame.opcode == Opcode.CLOSE:
        code, reason = decode_close(frame.payload)
        words = [name, "without a code" if code is None else str(code), quote(reason) if reason else ""]
        return one_line(" ".join(word for word in words if word))
    if frame.opcode == Opcode.CONTINUATION:
        name = "continuation, the last," if frame.fin else "continuation"
    elif not frame.fin:
        name = f"{name}, first fragment,"
    is_binary = frame.opcode == Opcode.BINARY or (frame.rsv1 and reading.inflated is None)
    shown = f"{counted(len(content))}: {hexed(content)}" if is_binary and content else quote(content)
    packed = f" (deflated: {counted(len(frame.payload))})" if reading.inflated is not None else ""
    return one_line(f"{name} {shown}") if not packed else one_line(f"{name} {shown}{packed}")
