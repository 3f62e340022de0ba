"""What each bit of a frame means, in words (RFC 6455, section 5).

    81 85 37 fa 21 3d 7f 9f 4d 51 58
    FIN=1  RSV1..3=0  opcode=1 (text)  MASK=1  payload length=5  masking key  payload: unmasks to "Hello"

Broken and incomplete frames are explained as far as their bytes go.
"""

from __future__ import annotations

from functools import cache

from livesock.wire.codes import describe_code
from livesock.wire.explain.field import Field
from livesock.wire.frame import NAMES, Opcode, mask
from livesock.wire.quote import counted, hexed, quote, quote_ascii

__all__ = ["explain_frame", "inflated_note"]

MEANINGS: dict[int, str] = {
    Opcode.CONTINUATION: "Goes on with the message that an earlier frame began.",
    Opcode.TEXT: "Begins a text message: its bytes are UTF-8.",
    Opcode.BINARY: "Begins a binary message: its bytes mean what the application wants.",
    Opcode.CLOSE: "Says goodbye: after this frame its sender sends no other.",
    Opcode.PING: "Asks for a sign of life: the peer answers with a pong that carries the same payload.",
    Opcode.PONG: "Answers a ping, with the ping's payload.",
}
"""One sentence for each opcode."""

QUOTED = 512
"""Bytes of a payload that are looked at for its sentence: more than it quotes."""


def explain_frame(data: bytes, note: str = "") -> tuple[Field, ...]:
    """Return the parts of the frame at the beginning of `data`, in order, as far as the bytes go.

    The fields follow each other without a hole and cover all of `data`. Broken and incomplete frames are
    explained too. Bytes after the frame become one last field, `rest`. `note` is one more sentence on the payload:
    see `inflated_note`.
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
    if len(data) > position or (len(data) == position and not length):
        fields += _explain_payload(data[0], data[position : position + length], length, position, key, note)
    if len(data) > position + length:
        meaning = "Not part of this frame: the next one begins here."
        rest = data[position + length :]
        fields.append(Field("rest", hexed(rest), 8 * (position + length), 8 * len(data), meaning, "RFC 6455, 5.2"))
    return tuple(fields)


def inflated_note(content: bytes) -> str:
    """Return the sentence on what a compressed payload expands to."""
    return f"Inflated: {quote(content)} ({counted(len(content))})."


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
    meaning = MEANINGS.get(opcode, "This opcode has no meaning, so it must not be sent.")
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
        meaning = f"The payload has {counted(short)}; up to 125 the length fits into these 7 bits."
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
        value, meaning = str(length), f"The payload has {counted(length)}, which a shorter form must say."
    else:
        value, meaning = str(length), f"The payload has {counted(length)}: a big-endian number of {8 * size} bits."
    return [Field("extended length", value, 16, 16 + 8 * len(data), meaning, "RFC 6455, 5.2")]


def _explain_key(key: bytes, position: int) -> Field:
    meaning = "Byte number i of the payload is XORed with byte i mod 4 of this key."
    if len(key) < 4:
        meaning = f"The first {len(key)} of 4 bytes of the masking key; the rest has not come."
    start = 8 * position
    return Field("masking key", hexed(key), start, start + 8 * len(key), meaning, "RFC 6455, 5.3")


def _explain_payload(first: int, raw: bytes, length: int, position: int, key: bytes | None, note: str) -> list[Field]:
    opcode = first & 15
    plain = raw if opcode == Opcode.CLOSE else raw[:QUOTED]
    if key is not None and len(key) == 4:
        plain = mask(plain, key)
    if opcode == Opcode.CLOSE and len(raw) >= 2:
        return _explain_close(plain, length, position, masked=key is not None)
    if opcode == Opcode.BINARY or first & 0x40:
        text = hexed(plain)
    else:
        text = quote_ascii(plain) if opcode in (Opcode.PING, Opcode.PONG) else quote(plain)
    if opcode == Opcode.CLOSE and raw:
        meaning = "A close payload is empty or begins with a code of two bytes."
    elif not length:
        meaning = "Nothing: the frame ends here."
    elif key is not None:
        meaning = f"Masked on the wire; it unmasks to {text}."
    else:
        meaning = f"{counted(length).capitalize()} of {_KINDS.get(opcode, 'payload')}."
    if note:
        meaning += f" {note}"
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
