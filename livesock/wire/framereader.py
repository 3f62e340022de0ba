"""One direction of a WebSocket: bytes in, checked frames out (RFC 6455, section 5).

A reader checks the rules that no single frame can break: which side masks, which frame may follow which, and that
text is UTF-8.

    text FIN=0 ─> ping ─> continuation FIN=0 ─> continuation FIN=1      one message, and a ping in between
    close ─> nothing
"""

from __future__ import annotations

from typing import NamedTuple

from livesock.errors import PacketError
from livesock.wire.codes import decode_close
from livesock.wire.deflate import Inflater
from livesock.wire.frame import (
    Frame,
    Header,
    Opcode,
    broken,
    check_first_byte,
    mask,
    read_frame,
    read_header,
)
from livesock.wire.messages import check_order
from livesock.wire.utf8 import Utf8Checker

__all__ = ["AcceptedFrame", "FrameReader"]


class AcceptedFrame(NamedTuple):
    """A frame that a `FrameReader` has accepted."""

    frame: Frame
    end: int
    """The position after its last byte."""
    inflated: bytes | None = None
    """What the payload of a compressed message expands to; None when the payload is the content."""


class FrameReader:
    """One direction of one connection: bytes in, checked frames out. Not thread-safe.

    Pass an `inflater` if both ends agreed on permessage-deflate; without one, every RSV bit must be 0. Pass `late` if
    reading begins somewhere inside the stream: then nothing that depends on earlier frames is checked until the next
    message begins.
    """

    def __init__(self, from_client: bool, inflater: Inflater | None = None, *, late: bool = False) -> None:
        self.from_client = from_client
        self.error: PacketError | None = None
        """The rule that was broken; the reader reads nothing after it."""
        self._inflater = inflater
        self._late = late
        self._buffer = bytearray()
        self._offset = 0
        self._header: Header | None = None
        self._message: int | None = None
        self._compressed = False
        self._text = Utf8Checker()
        self._checked = 0
        self._closed = False

    def feed(self, data: bytes) -> list[Frame]:
        """Return the frames that `data` completes.

        Frames before a broken one are returned first; the broken rule is then in `error`, and is raised by this
        call if it completes no frame, and by every later call. Offsets count from the first byte ever fed.

        Raises:
            PacketError: With the rule, its section, and 1002, 1007 or 1009 as `code`.
        """
        if self.error is not None:
            raise self.error
        self._buffer += data
        frames: list[Frame] = []
        start = 0
        try:
            while (reading := self.read(self._buffer, start)) is not None:
                frames.append(reading.frame)
                start = reading.end
        except PacketError as exc:
            offset = self._offset + start + exc.offset
            self.error = PacketError(exc.rule, section=exc.section, offset=offset, code=exc.code)
            if not frames:
                raise self.error from exc
        del self._buffer[:start]
        self._offset += start
        return frames

    def read(self, data: bytes | bytearray, start: int = 0) -> AcceptedFrame | None:
        """Return the frame that begins at `start`, or None while it is incomplete.

        For callers that keep the bytes themselves: call again with more bytes after the same ones, until the
        frame is complete; then go on at its `end`. No byte is looked at twice.

        Raises:
            PacketError: As soon as no further bytes could make these valid. Offsets count from `start`.
        """
        if self._header is None:
            self._header = self._open_frame(data, start)
            if self._header is None:
                return None
        header = self._header
        begin, end = start + header.size, start + header.size + header.length
        if len(data) < end:
            self._look_ahead(header, data, begin)
            return None
        frame = read_frame(header, data, start)
        inflated = self._close_frame(frame, header.size)
        self._header, self._checked = None, 0
        return AcceptedFrame(frame, end, inflated)

    @property
    def expected(self) -> int | None:
        """Bytes of the frame under way, header included; None while its header is incomplete."""
        return None if self._header is None else self._header.size + self._header.length

    def _open_frame(self, data: bytes | bytearray, start: int) -> Header | None:
        """Check one byte after the other: then the error names the same byte however the stream is cut."""
        have = len(data) - start
        if have >= 1:
            self._check_place(data[start])
        if have >= 2:
            self._check_masked(data[start + 1])
        return read_header(data, start)

    def _check_place(self, first: int) -> None:
        """Check that a frame with this first byte may follow the frames before it."""
        if self._closed:
            raise broken("nothing may follow a close frame", "5.5.1", 0)
        check_first_byte(first)
        opcode, rsv1 = first & 15, bool(first & 0x40)
        if first & 0x30 or (rsv1 and self._inflater is None):
            raise broken("the RSV bits must be 0: no extension that gives them a meaning was agreed on", "5.2", 0)
        if rsv1 and opcode not in (Opcode.TEXT, Opcode.BINARY):
            rule = "RSV1 marks a compressed message on its first frame only, never on a continuation or control frame"
            raise PacketError(rule, section="RFC 7692, 6.1", offset=0, code=1002)
        if opcode < 8 and not self._late:
            check_order(opcode, self._message)

    def _check_masked(self, second: int) -> None:
        if self.from_client and not second & 0x80:
            raise broken("a client must mask every frame that it sends", "5.1", 1)
        if not self.from_client and second & 0x80:
            raise broken("a server must not mask any frame", "5.1", 1)

    def _look_ahead(self, header: Header, data: bytes | bytearray, begin: int) -> None:
        """Check the text of an incomplete frame as far as it has come: an impossible byte is refused at once."""
        opcode, fresh = header.first & 15, data[begin + self._checked :]
        if not fresh or not self._is_plain_text(opcode, bool(header.first & 0x40)):
            return
        if header.key is not None:
            turn = self._checked % 4
            fresh = mask(fresh, header.key[turn:] + header.key[:turn])
        self._check_text(bytes(fresh), header.size, final=False)

    def _is_plain_text(self, opcode: int, rsv1: bool) -> bool:
        if opcode == Opcode.TEXT:
            return not rsv1
        return opcode == Opcode.CONTINUATION and self._message == Opcode.TEXT and not self._compressed

    def _check_text(self, fresh: bytes, before: int, *, final: bool) -> None:
        try:
            self._text.check(fresh, final=final)
        except PacketError as exc:
            offset = before + self._checked + exc.offset
            raise PacketError(exc.rule, section=exc.section, offset=offset, code=exc.code) from exc
        self._checked += len(fresh)

    def _close_frame(self, frame: Frame, before: int) -> bytes | None:
        """Check the payload of a complete frame; return what it inflates to if it is compressed."""
        if frame.opcode == Opcode.CLOSE:
            self._check_close(frame.payload, before)
            self._closed = True
        if frame.is_control:
            return None
        if frame.opcode != Opcode.CONTINUATION:
            self._message, self._compressed, self._late = frame.opcode, frame.rsv1, False
        inflated = self._check_content(frame, before)
        if frame.fin:
            self._message, self._compressed, self._late = None, False, False
            self._text = Utf8Checker()
        return inflated

    def _check_content(self, frame: Frame, before: int) -> bytes | None:
        is_text = self._message == Opcode.TEXT
        if self._inflater is None or not self._compressed:
            if is_text:
                self._check_text(frame.payload[self._checked :], before, final=frame.fin)
            return None
        try:
            inflated = self._inflater.inflate(frame.payload, final=frame.fin)
            if is_text and inflated is not None:
                self._text.check(inflated, final=frame.fin)
        except PacketError as exc:
            last = before + len(frame.payload) - 1
            raise PacketError(exc.rule, section=exc.section, offset=last, code=exc.code) from exc
        return inflated

    def _check_close(self, payload: bytes, before: int) -> None:
        try:
            decode_close(payload)
        except PacketError as exc:
            raise PacketError(exc.rule, section=exc.section, offset=before + exc.offset, code=exc.code) from exc
