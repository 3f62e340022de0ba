"""Decoders: each turns the bytes of one direction into rows, until another one takes over.

    HeadDecoder    a request or a response                RawDecoder      nothing is known, or a rule was broken
    FrameDecoder   WebSocket                              WaitingDecoder  the answer to an upgrade must come first
    TlsDecoder     TLS, opaque                            ChoiceDecoder   the next bytes decide which one it is
    PlainDecoder   bytes that never claimed to be HTTP

A decoder takes rows off the front of a stream. `conversation` chooses it; those of HTTP bodies are in `bodies`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from livesock.trace.packets import describe, hide
from livesock.trace.pending import PendingBytes
from livesock.trace.rows import Kind, Row, Spans
from livesock.wire.codes import decode_close
from livesock.wire.explain.frame import explain_frame, inflated_note
from livesock.wire.explain.tls import explain_record
from livesock.wire.frame import NAMES, Opcode
from livesock.wire.framereader import AcceptedFrame, FrameReader
from livesock.wire.http import HeadReader, RequestHead, ResponseHead
from livesock.wire.quote import counted, hexed, one_line, quote, quote_ascii
from livesock.wire.tls import HANDSHAKE, decode_record, server_name

__all__ = [
    "ChoiceDecoder",
    "FrameDecoder",
    "HeadDecoder",
    "PlainDecoder",
    "RawDecoder",
    "RowDecoder",
    "Side",
    "TlsDecoder",
    "WaitingDecoder",
]


class RowDecoder(Protocol):
    kind: Kind

    def read(self, pending: PendingBytes) -> list[Row]:
        """Return the next rows; none while they are incomplete, or if another decoder must go on."""

    def close(self, pending: PendingBytes) -> list[Row]:
        """Return the rows that the end of the connection completes."""

    def missing(self, pending: PendingBytes) -> str:
        """Return in words what the bytes in the buffer wait for."""


class RawDecoder:
    """Explains nothing: used after a broken rule, and where nothing is known."""

    kind = Kind.RAW

    def read(self, pending: PendingBytes) -> list[Row]:
        return [pending.cut(len(pending.buffer), Kind.RAW, _sum_raw)]

    def close(self, pending: PendingBytes) -> list[Row]:
        return []

    def missing(self, pending: PendingBytes) -> str:
        return counted(len(pending.buffer))


class PlainDecoder(RawDecoder):
    """Bytes that never claimed to be HTTP: another protocol. No rule is broken."""

    def read(self, pending: PendingBytes) -> list[Row]:
        return [pending.cut(len(pending.buffer), Kind.RAW, _sum_plain)]


class WaitingDecoder(RawDecoder):
    """Holds what a client sends after an upgrade: only the answer shows whether it is HTTP."""

    def read(self, pending: PendingBytes) -> list[Row]:
        return []

    def missing(self, pending: PendingBytes) -> str:
        return f"{counted(len(pending.buffer))} that came before the answer to the upgrade"


class ChoiceDecoder(RawDecoder):
    """Stands at the beginning and after lost bytes, until the next bytes show which decoder fits.

    `choose` returns that decoder, or None while more bytes must come first.
    """

    def __init__(self, choose: Callable[[], RowDecoder | None]) -> None:
        self.choose = choose

    def read(self, pending: PendingBytes) -> list[Row]:
        return []


class HeadDecoder:
    """Reads one head and passes it to `take`, which makes its row and chooses the next decoder."""

    def __init__(self, from_client: bool, take: Callable[[RequestHead | ResponseHead, int], Row]) -> None:
        self.kind = Kind.REQUEST if from_client else Kind.RESPONSE
        self._reader = HeadReader(from_client)
        self._take = take

    def read(self, pending: PendingBytes) -> list[Row]:
        found = self._reader.read(pending.buffer)
        return [] if found is None else [self._take(*found)]

    def close(self, pending: PendingBytes) -> list[Row]:
        return []

    def missing(self, pending: PendingBytes) -> str:
        return f"the head of a {self.kind.value}, {counted(len(pending.buffer))} so far"


class TlsDecoder:
    """Reads TLS records, opaque."""

    kind = Kind.TLS

    def read(self, pending: PendingBytes) -> list[Row]:
        found = decode_record(pending.buffer)
        if found is None:
            return []
        record, size = found
        name = server_name(record.fragment) if record.content_type == HANDSHAKE and pending.from_client else None
        asked = f', asks for "{name}"' if name else ""
        summary = one_line(f"TLS {record.name}, {counted(len(record.fragment))}{asked}")
        return [pending.cut(size, Kind.TLS, summary, explain=explain_record)]

    def close(self, pending: PendingBytes) -> list[Row]:
        return []

    def missing(self, pending: PendingBytes) -> str:
        return f"a TLS record, {counted(len(pending.buffer))} so far"


class FrameDecoder:
    """Reads frames; after lost bytes, the first one is a guess."""

    kind = Kind.FRAME

    def __init__(self, reader: FrameReader, *, is_guess: bool, is_engine: bool = False) -> None:
        self.is_guess = is_guess
        self._reader = reader
        self._is_engine = is_engine
        self._begins = b"40"  # of the message under way, the two bytes that say whether it is a wish to be let in

    def read(self, pending: PendingBytes) -> list[Row]:
        reading = self._reader.read(pending.buffer)
        if reading is None:
            return []
        self.is_guess = False
        note = "" if reading.inflated is None else inflated_note(reading.inflated)
        explain = partial(explain_frame, note=note) if note else explain_frame
        summary = _sum_frame(reading)
        secret: Spans = ()
        if self._is_engine and reading.frame.fin and reading.frame.opcode in (Opcode.TEXT, Opcode.BINARY):
            summary, secret = _sum_packet(reading, pending.from_client)
        elif self._is_engine and pending.from_client and reading.frame.opcode in (Opcode.TEXT, Opcode.CONTINUATION):
            summary, secret = self._sum_part(reading)
        return [pending.cut(reading.end, Kind.FRAME, summary, explain=explain, value=reading.frame, secret=secret)]

    def _sum_part(self, reading: AcceptedFrame) -> tuple[str, Spans]:
        """Return the summary of a part of a message; one that asks to be let in, or may do so, is not shown."""
        payload = reading.frame.payload
        self._begins = (b"" if reading.frame.opcode == Opcode.TEXT else self._begins)[:2] + payload[:2]
        if not b"40".startswith(self._begins[:2]) or not payload:
            return _sum_frame(reading), ()
        size = len(payload)
        return f"a part of a message, {counted(size)}", ((reading.end - size, reading.end),)

    def close(self, pending: PendingBytes) -> list[Row]:
        return []

    def missing(self, pending: PendingBytes) -> str:
        expected = self._reader.expected
        return f"a frame, {len(pending.buffer)} of {expected or 'at least 2'} bytes"


class Side:
    """One direction of a connection: its bytes that no row holds yet, and its current decoder."""

    def __init__(self, pending: PendingBytes) -> None:
        self.pending = pending
        self.decoder: RowDecoder = RawDecoder()
        self.after_body: RowDecoder = self.decoder
        self.is_lost = False
        """Whether bytes were lost and no head or frame has been found after them."""


def _sum_raw(shown: bytes) -> str:
    return one_line(f"not explained: {quote(shown, 70)}")


def _sum_plain(shown: bytes) -> str:
    return one_line(f"{counted(len(shown))}: {quote(shown, 70)}")


def _sum_packet(reading: AcceptedFrame, from_client: bool) -> tuple[str, Spans]:
    """Return the summary of a packet, and where in the frame it holds a secret."""
    content = reading.frame.payload if reading.inflated is None else reading.inflated
    if reading.frame.opcode == Opcode.BINARY:
        return describe(content), ()
    message = content.decode("utf-8", "replace")
    shown, hidden = hide(message) if from_client else (message, 0)
    secret = ((max(0, reading.end - hidden), reading.end),) if hidden else ()
    return one_line(f"text {quote(shown, 40)}: {describe(message)}", 140), secret


def _sum_frame(reading: AcceptedFrame) -> str:
    frame = reading.frame
    content = frame.payload if reading.inflated is None else reading.inflated
    name = NAMES[frame.opcode]
    if frame.opcode == Opcode.CLOSE:
        code, reason = decode_close(frame.payload)
        words = [name, "without a code" if code is None else str(code), quote(reason) if reason else ""]
        return one_line(" ".join(word for word in words if word))
    if frame.opcode in (Opcode.PING, Opcode.PONG):
        return one_line(f"{name} {quote_ascii(frame.payload)}")
    if frame.opcode == Opcode.CONTINUATION:
        name = "continuation, the last," if frame.fin else "continuation"
    elif not frame.fin:
        name = f"{name}, first fragment,"
    is_binary = frame.opcode == Opcode.BINARY or (frame.rsv1 and reading.inflated is None)
    shown = f"{counted(len(content))}: {hexed(content)}" if is_binary and content else quote(content)
    packed = f" (deflated: {counted(len(frame.payload))})" if reading.inflated is not None else ""
    return one_line(f"{name} {shown}") if not packed else one_line(f"{name} {shown}{packed}")
