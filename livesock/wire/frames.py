"""Frames: the unit in which WebSocket cuts its messages (RFC 6455, section 5).

      0 1 2 3 4 5 6 7   8 9 ...     15
     +-+-+-+-+-------+ +-+-------------+
     |F|R|R|R|opcode | |M| length      |  126: 16 bits of length follow    then 4 bytes of masking key
     |I|S|S|S| (4)   | |A| (7)         |  127: 64 bits of length follow    (if MASK), then the payload
     |N|V|V|V|       | |S|             |
     | |1|2|3|       | |K|             |  81 05 48 65 6c 6c 6f   =   text "Hello", whole, unmasked
     +-+-+-+-+-------+ +-+-------------+

Three ways in: `encode_frame` and `decode_frame` for one frame, `explain_frame` for its bits, and `FrameReader`
for one direction of a connection, where the rules hold that one frame alone cannot break.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import NamedTuple

from livesock.errors import PacketError
from livesock.wire.codes import decode_close, describe_code
from livesock.wire.deflate import Inflater
from livesock.wire.fields import Field
from livesock.wire.quote import hexed, quote
from livesock.wire.utf8 import Utf8Checker

__all__ = ["Frame", "FrameReader", "Opcode", "Reading", "decode_frame", "encode_frame", "explain_frame", "mask"]

CONTROL_LIMIT = 125
"""Bytes of payload of a control frame: what the 7-bit length can say (RFC 6455, 5.5)."""

Buffer = bytes | bytearray | memoryview


class Opcode(IntEnum):
    """What a frame is; 3 to 7 and 11 to 15 are reserved (RFC 6455, 5.2)."""

    CONTINUATION = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


NAMES: dict[int, str] = {opcode.value: opcode.name.lower() for opcode in Opcode}
"""The lower-case name of each opcode: `{1: "text", …}`."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame; `payload` is what it carries, without the mask."""

    opcode: int
    payload: bytes
    fin: bool = True
    """Whether this is the last frame of its message."""
    rsv1: bool = False
    rsv2: bool = False
    rsv3: bool = False
    mask: bytes | None = None
    """The four bytes of the masking key, or None for an unmasked frame."""

    @property
    def is_control(self) -> bool:
        """Whether this is a Close, Ping or Pong (or a reserved control frame)."""
        return self.opcode >= 8


class _Header(NamedTuple):
    """What stands before the payload."""

    first: int
    length: int
    size: int
    key: bytes | None


def mask(payload: Buffer, key: bytes) -> bytes:
    """Return `payload` with every byte XORed with the byte of `key` whose turn it is (RFC 6455, 5.3).

    Masking twice gives the payload back. The whole payload is one big integer, which is a hundred times faster
    than a loop over the bytes.

    >>> mask(b"Hello", bytes.fromhex("37fa213d")).hex(" ")
    '7f 9f 4d 51 58'

    Raises:
        ValueError: If the key does not have four bytes.
    """
    if len(key) != 4:
        raise ValueError(f"a masking key has 4 bytes, got {len(key)}")
    size = len(payload)
    stream = (key * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "little") ^ int.from_bytes(stream, "little")).to_bytes(size, "little")


def encode_frame(frame: Frame) -> bytes:
    """Return the bytes of `frame`, with the shortest form of its length (RFC 6455, 5.2).

    Whatever fits into the bits is written, reserved opcodes too: an experiment may want to break a rule.

    Raises:
        ValueError: If the opcode is not 0 to 15 or the masking key does not have four bytes.
    """
    if not 0 <= frame.opcode <= 15:
        raise ValueError(f"an opcode has 4 bits, 0 to 15, got {frame.opcode}")
    first = frame.fin << 7 | frame.rsv1 << 6 | frame.rsv2 << 5 | frame.rsv3 << 4 | frame.opcode
    size = len(frame.payload)
    if size < 126:
        length = bytes([size])
    elif size < 1 << 16:
        length = b"\x7e" + size.to_bytes(2, "big")
    else:
        length = b"\x7f" + size.to_bytes(8, "big")
    if frame.mask is None:
        return bytes([first]) + length + frame.payload
    return bytes([first, length[0] | 0x80]) + length[1:] + frame.mask + mask(frame.payload, frame.mask)


def decode_frame(data: Buffer, start: int = 0) -> tuple[Frame, int] | None:
    """Return the frame that begins at `start` and the position after it, or None while it is incomplete.

    Only the rules that one frame can break by itself are checked; `FrameReader` knows the others.

    Raises:
        PacketError: For a reserved opcode, a fragmented or long control frame, a length that is not in its
            shortest form or has its top bit set (RFC 6455, 5.2 and 5.5). Offsets count from `start`.
    """
    header = _read_header(data, start)
    if header is None or len(data) < start + header.size + header.length:
        return None
    return _frame(header, data, start), start + header.size + header.length


class Reading(NamedTuple):
    """A frame that a `FrameReader` has accepted."""

    frame: Frame
    end: int
    """The position after its last byte."""
    inflated: bytes | None = None
    """What the payload of a compressed message expands to; None when the payload is the content."""


class FrameReader:
    """One direction of one connection: bytes in, checked frames out. Not thread-safe.

    An `inflater` says that permessage-deflate was agreed on; without one, every RSV bit must be 0. `late` says
    that reading begins somewhere inside the stream: what came before is unknown, so nothing that depends on it is
    checked until it is known again.
    """

    def __init__(self, from_client: bool, inflater: Inflater | None = None, *, late: bool = False) -> None:
        self.from_client = from_client
        self.error: PacketError | None = None
        """The broken rule after which this reader reads no more."""
        self._inflater = inflater
        self._late = late
        self._buffer = bytearray()
        self._offset = 0
        self._header: _Header | None = None
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

    def read(self, data: bytes | bytearray, start: int = 0) -> Reading | None:
        """Return the frame that begins at `start`, or None while it is incomplete.

        For callers that keep the bytes themselves: call again with more bytes after the same ones, until the
        frame is there; then go on at its `end`. What was looked at once is not looked at again.

        Raises:
            PacketError: As soon as no continuation could make the bytes right. Offsets count from `start`.
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
        frame = _frame(header, data, start)
        inflated = self._close_frame(frame, header.size)
        self._header, self._checked = None, 0
        return Reading(frame, end, inflated)

    @property
    def expected(self) -> int | None:
        """Bytes of the frame under way, header included; None while its header is incomplete."""
        return None if self._header is None else self._header.size + self._header.length

    def _open_frame(self, data: bytes | bytearray, start: int) -> _Header | None:
        """Check byte after byte, so that the same byte is blamed however the stream is cut."""
        have = len(data) - start
        if have >= 1:
            self._check_place(data[start])
        if have >= 2:
            self._check_masked(data[start + 1])
        return _read_header(data, start)

    def _check_place(self, first: int) -> None:
        """Check what the first byte may be after what came before."""
        if self._closed:
            raise _broken("nothing may follow a close frame", "5.5.1", 0)
        _check_first_byte(first)
        opcode, rsv1 = first & 15, bool(first & 0x40)
        if first & 0x30 or (rsv1 and self._inflater is None):
            raise _broken("the RSV bits must be 0: no extension that gives them a meaning was agreed on", "5.2", 0)
        if rsv1 and opcode not in (Opcode.TEXT, Opcode.BINARY):
            rule = "RSV1 marks a compressed message on its first frame only, never on a continuation or control frame"
            raise PacketError(rule, section="RFC 7692, 6.1", offset=0, code=1002)
        if opcode >= 8 or self._late:
            return
        if opcode == Opcode.CONTINUATION and self._message is None:
            raise _broken("a continuation frame needs a message that has begun", "5.4", 0)
        if opcode != Opcode.CONTINUATION and self._message is not None:
            raise _broken("a new message may not begin inside a fragmented one", "5.4", 0)

    def _check_masked(self, second: int) -> None:
        if self.from_client and not second & 0x80:
            raise _broken("a client must mask every frame that it sends", "5.1", 1)
        if not self.from_client and second & 0x80:
            raise _broken("a server must not mask any frame", "5.1", 1)

    def _look_ahead(self, header: _Header, data: bytes | bytearray, begin: int) -> None:
        """Check the text that has come of an incomplete frame: an impossible byte need not wait for the rest."""
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


def _broken(rule: str, section: str, offset: int) -> PacketError:
    return PacketError(rule, section=f"RFC 6455, {section}", offset=offset, code=1002)


def _check_first_byte(first: int) -> None:
    opcode = first & 15
    if opcode not in NAMES:
        raise _broken(f"opcode {opcode} is reserved", "5.2", 0)
    if opcode >= 8 and not first & 0x80:
        raise _broken("a control frame must not be fragmented", "5.5", 0)


def _read_header(data: Buffer, start: int) -> _Header | None:
    """Return what stands before the payload, or None while it is incomplete."""
    have = len(data) - start
    if have < 1:
        return None
    first = data[start]
    _check_first_byte(first)
    if have < 2:
        return None
    masked, short = data[start + 1] & 0x80, data[start + 1] & 0x7F
    if first & 15 >= 8 and short > CONTROL_LIMIT:
        raise _broken(f"a control frame carries at most {CONTROL_LIMIT} bytes", "5.5", 1)
    extended = {126: 2, 127: 8}.get(short, 0)
    size = 2 + extended + (4 if masked else 0)
    if have < 2 + extended:
        return None
    length = int.from_bytes(data[start + 2 : start + 2 + extended], "big") if extended else short
    _check_length(length, extended)
    if have < size:
        return None
    key = bytes(data[start + size - 4 : start + size]) if masked else None
    return _Header(first, length, size, key)


def _check_length(length: int, extended: int) -> None:
    if length >> 63:
        raise _broken("the most significant bit of a 64-bit length must be 0", "5.2", 2)
    if extended and length < (126 if extended == 2 else 1 << 16):
        rule = f"a length must use the fewest bytes, and {length} fits into fewer than {8 * extended} bits"
        raise _broken(rule, "5.2", 1 + extended)


def _frame(header: _Header, data: Buffer, start: int) -> Frame:
    begin = start + header.size
    payload = bytes(data[begin : begin + header.length])
    if header.key is not None:
        payload = mask(payload, header.key)
    first = header.first
    rsv1, rsv2, rsv3 = bool(first & 0x40), bool(first & 0x20), bool(first & 0x10)
    return Frame(first & 15, payload, bool(first & 0x80), rsv1, rsv2, rsv3, header.key)


# What the bits mean, in words.

MEANINGS: dict[int, str] = {
    Opcode.CONTINUATION: "Goes on with the message that an earlier frame began.",
    Opcode.TEXT: "Begins a text message: its bytes are UTF-8.",
    Opcode.BINARY: "Begins a binary message: its bytes mean what the application wants.",
    Opcode.CLOSE: "Says goodbye: after this frame its sender sends no other.",
    Opcode.PING: "Asks for a sign of life: the peer answers with a pong that carries the same payload.",
    Opcode.PONG: "Answers a ping, with the ping's payload.",
}
"""One sentence for each opcode."""


def explain_frame(data: bytes, inflated: bytes | None = None) -> tuple[Field, ...]:
    """Return the parts of the frame at the beginning of `data`, in order, as far as the bytes go.

    The fields follow each other without a hole and cover all of `data`. Broken and incomplete frames are
    explained too: a rule that is broken is what a reader wants to see. Bytes after the frame become one last
    field, `rest`. `inflated` is what a compressed payload expands to, for its sentence.
    """
    if not data:
        return ()
    fields = list(_explain_first(data[0]))
    if len(data) < 2:
        return tuple(fields)
    fields += _explain_second(data[1])
    masked, short = data[1] & 0x80, data[1] & 0x7F
    position, length, key = 2, short, None
    if short >= 126:
        size = 2 if short == 126 else 8
        length = int.from_bytes(data[2 : 2 + size], "big")
        fields += _explain_extended(data[2 : 2 + size], size)
        position += size
    if masked and len(data) > position:
        key = data[position : position + 4]
        fields.append(_explain_key(key, position))
        position += 4
    if len(data) >= position:
        fields += _explain_payload(data[0], data[position : position + length], length, position, key, inflated)
    if len(data) > position + length:
        meaning = "Not part of this frame: the next one begins here."
        rest = data[position + length :]
        fields.append(Field("rest", hexed(rest), 8 * (position + length), 8 * len(data), meaning, "RFC 6455, 5.2"))
    return tuple(fields)


@cache
def _explain_first(first: int) -> tuple[Field, ...]:
    fin, opcode = first >> 7, first & 15
    whole = "The last frame of its message." if fin else "More frames of the same message follow."
    if opcode >= 8 and not fin:
        whole = "More frames would follow, but a control frame must not be fragmented."
    fields = [Field("FIN", str(fin), 0, 1, whole, "RFC 6455, 5.2")]
    for number in (1, 2, 3):
        bit = first >> (7 - number) & 1
        meaning = "Reserved for extensions: must be 0 unless one was agreed on."
        if number == 1 and bit:
            meaning = "The message is compressed, if permessage-deflate was agreed on; forbidden otherwise."
        section = "RFC 7692, 6" if number == 1 and bit else "RFC 6455, 5.2"
        fields.append(Field(f"RSV{number}", str(bit), number, number + 1, meaning, section))
    name = NAMES.get(opcode, "reserved")
    meaning = MEANINGS.get(opcode, "No meaning has been given to this opcode, so it must not be sent.")
    section = f"RFC 6455, {_SECTIONS.get(opcode, '5.2')}"
    fields.append(Field("opcode", f"{opcode} ({name})", 4, 8, meaning, section))
    return tuple(fields)


_SECTIONS = {0: "5.4", 1: "5.6", 2: "5.6", 8: "5.5.1", 9: "5.5.2", 10: "5.5.3"}


@cache
def _explain_second(second: int) -> tuple[Field, ...]:
    masked, short = second >> 7, second & 0x7F
    sentence = (
        "The payload is masked, as every frame from a client must be."
        if masked
        else "The payload is not masked, as in every frame from a server."
    )
    if short < 126:
        meaning = f"The payload has {_count(short)}; up to 125 the length fits into these 7 bits."
    else:
        meaning = f"126 and 127 are marks: the length stands in the next {16 if short == 126 else 64} bits."
    return (
        Field("MASK", str(masked), 8, 9, sentence, "RFC 6455, 5.1"),
        Field("payload length", str(short), 9, 16, meaning, "RFC 6455, 5.2"),
    )


def _explain_extended(data: bytes, size: int) -> list[Field]:
    if not data:
        return []
    length = int.from_bytes(data, "big")
    if len(data) < size:
        value, meaning = hexed(data), f"The first {len(data)} of {size} bytes of the length; the rest has not come."
    elif length >> 63:
        value, meaning = str(length), "A length whose top bit is set, which is forbidden."
    elif length < (126 if size == 2 else 1 << 16):
        value, meaning = str(length), f"The payload has {_count(length)}, which a shorter form must say."
    else:
        value, meaning = str(length), f"The payload has {_count(length)}: a big-endian number of {8 * size} bits."
    return [Field("extended length", value, 16, 16 + 8 * len(data), meaning, "RFC 6455, 5.2")]


def _explain_key(key: bytes, position: int) -> Field:
    meaning = "Byte number i of the payload is XORed with byte i mod 4 of this key."
    if len(key) < 4:
        meaning = f"The first {len(key)} of 4 bytes of the masking key; the rest has not come."
    start = 8 * position
    return Field("masking key", hexed(key), start, start + 8 * len(key), meaning, "RFC 6455, 5.3")


def _explain_payload(
    first: int, raw: bytes, length: int, position: int, key: bytes | None, inflated: bytes | None
) -> list[Field]:
    opcode = first & 15
    plain = mask(raw, key) if key is not None and len(key) == 4 else raw
    if opcode == Opcode.CLOSE and len(raw) >= 2:
        return _explain_close(plain, length, position, masked=key is not None)
    text = hexed(plain) if opcode == Opcode.BINARY or first & 0x40 else quote(plain)
    if opcode == Opcode.CLOSE and raw:
        meaning = "A close payload is empty or begins with a code of two bytes."
    elif not length:
        meaning = "Nothing: the frame ends here."
    elif key is not None:
        meaning = f"Masked on the wire; it unmasks to {text}."
    else:
        meaning = f"{_count(length).capitalize()} of {_KINDS.get(opcode, 'payload')}."
    if inflated is not None:
        meaning += f" Inflated: {quote(inflated)} ({_count(len(inflated))})."
    if len(raw) < length:
        meaning += f" {len(raw)} of {length} bytes have come."
    start = 8 * position
    return [Field("payload", text if length else "", start, start + 8 * len(raw), meaning, "RFC 6455, 5.2")]


_KINDS = {0: "the message, continued", 1: "text", 2: "binary data", 9: "data to be sent back", 10: "data sent back"}


def _explain_close(plain: bytes, length: int, position: int, *, masked: bool) -> list[Field]:
    code, reason = int.from_bytes(plain[:2], "big"), plain[2:]
    start = 8 * position
    fields = [Field("close code", str(code), start, start + 16, describe_code(code), "RFC 6455, 7.4")]
    if length > 2:
        meaning = "The reason in words, for people: programs look at the code."
        if masked:
            meaning += f" It unmasks to {quote(reason)}."
        if len(plain) < length:
            meaning += f" {len(plain)} of {length} bytes have come."
        end = start + 8 * len(plain)
        fields.append(Field("close reason", quote(reason), start + 16, end, meaning, "RFC 6455, 5.5.1"))
    return fields


def _count(size: int) -> str:
    return "1 byte" if size == 1 else f"{size} bytes"
