"""Changing the bytes of a frame: one bit by hand, or one part and everything that depends on it.

    flip(data, 8)                 the MASK bit alone: the first bytes of the payload now stand where the key is read
    encode_frame(replace(as_frame(data), mask=key))       the same part, with all that follows from it

And how each end of a connection would judge the result.
"""

from __future__ import annotations

from typing import NamedTuple

from livesock.errors import PacketError
from livesock.trace.show.text import broken_rule
from livesock.wire.frame import CONTROL_LIMIT, Frame, Opcode, mask, read_header
from livesock.wire.framereader import FrameReader
from livesock.wire.quote import counted

__all__ = ["FrameVerdict", "as_frame", "flip", "judge"]


def flip(data: bytes, bit: int) -> bytes:
    """Return `data` with one bit turned over; bit 0 is the first one of the first byte, as RFC 6455, 5.2 counts.

    >>> flip(bytes.fromhex("8105"), 0).hex()
    '0105'

    Raises:
        ValueError: If there is no such bit.
    """
    if not 0 <= bit < 8 * len(data):
        raise ValueError(f"{counted(len(data))} have the bits 0 to {8 * len(data) - 1}, not {bit}")
    changed = bytearray(data)
    changed[bit // 8] ^= 0x80 >> bit % 8
    return bytes(changed)


def as_frame(data: bytes) -> Frame:
    """Return what stands in `data`, whatever rules it breaks; a length that is not true is not believed.

    Raises:
        ValueError: If `data` is empty.
    """
    if not data:
        raise ValueError("a frame has at least one byte, got none")
    first, second = data[0], data[1] if len(data) > 1 else 0
    position = 2 + {126: 2, 127: 8}.get(second & 0x7F, 0)
    key = None
    if second & 0x80:
        key = data[position : position + 4].ljust(4, b"\0")
        position += 4
    raw = data[position:]
    fin, rsv1, rsv2, rsv3 = (bool(first & place) for place in (0x80, 0x40, 0x20, 0x10))
    return Frame(first & 15, raw if key is None else mask(raw, key), fin, rsv1, rsv2, rsv3, key)


class FrameVerdict(NamedTuple):
    """How the receiver of some bytes would judge them."""

    sign: str
    """`✓` a whole frame, `…` not whole yet, `✕` refused."""
    text: str
    code: int | None = None
    """The close code with which it would answer; None where it would not close."""


def judge(data: bytes, *, from_client: bool, limit: int | None = None) -> FrameVerdict:
    """Return how an end judges `data` as the first bytes after the handshake; it takes messages of up to `limit` bytes.

    Never raises on any bytes.
    """
    reader = FrameReader(from_client)
    try:
        frames = reader.feed(data)
    except PacketError as exc:
        broken = _broken_rules(data, from_client=from_client)
        others = f". {broken} rules are broken: programs look in different orders" if broken > 1 else ""
        return FrameVerdict("✕", f"broken rule: {broken_rule(exc)}{others}", exc.code)
    length = _announced(data)
    if limit is not None and length is not None and length > limit:
        text = f"breaks no rule, but announces {length:,} bytes: an end that takes {limit:,} answers with close 1009"
        return FrameVerdict("✕", text, 1009)
    if not frames:
        lacks = "" if reader.expected is None else f"{reader.expected - len(data):,} "
        return FrameVerdict("…", f"not complete: {lacks}more bytes must come, and the receiver waits for them")
    frame = frames[0]
    text = f"complete: {counted(len(frame.payload))} of payload"
    if not frame.fin:
        text += "; FIN is 0, so the receiver waits for the rest of the message"
    if reader.error is not None:
        return FrameVerdict("✕", f"{text}; in the bytes after it a broken rule: {broken_rule(reader.error)}", 1002)
    return FrameVerdict("✓", text)


def _broken_rules(data: bytes, *, from_client: bool) -> int:
    """Count the rules that the first two bytes break (RFC 6455, 5.1, 5.2 and 5.5)."""
    first, second = data[0], data[1] if len(data) > 1 else 0x80 * from_client
    opcode = first & 15
    is_control = opcode in (Opcode.CLOSE, Opcode.PING, Opcode.PONG)
    rules = (
        bool(first & 0x70),
        opcode not in set(Opcode),
        opcode == Opcode.CONTINUATION,
        is_control and not first & 0x80,
        is_control and second & 0x7F > CONTROL_LIMIT,
        bool(second & 0x80) != from_client,
    )
    return sum(rules)


def _announced(data: bytes) -> int | None:
    """Return the length in the header of a valid first frame, None while the header is not complete."""
    header = read_header(data, 0)
    return None if header is None else header.length
