"""04.encode_frame: two to fourteen bytes of header, then the payload (RFC 6455, 5.2)."""

from __future__ import annotations

import random
from functools import partial
from typing import Any

from livesock.learn.exercise import Exercise, Mutant, case
from livesock.lessons.lesson04.mask import KEY, mask
from livesock.wire.frames import explain_frame

__all__ = ["ENCODE_FRAME", "encode_frame"]


def encode_frame(opcode: int, payload: bytes, fin: bool = True, mask_key: bytes | None = None) -> bytes:
    """Return the bytes of one frame: the shortest header, and the payload, masked if there is a key."""
    size = len(payload)
    if size <= 125:
        length, extended = size, b""
    elif size <= 65535:
        length, extended = 126, size.to_bytes(2, "big")
    else:
        length, extended = 127, size.to_bytes(8, "big")
    first = (0x80 if fin else 0) | opcode
    if mask_key is None:
        return bytes([first, length]) + extended + payload
    return bytes([first, 0x80 | length]) + extended + mask_key + mask(payload, mask_key)


def wrong(
    opcode: int,
    payload: bytes,
    fin: bool = True,
    mask_key: bytes | None = None,
    *,
    short: int = 125,
    medium: int = 65535,
    order: str = "big",
    wide: int = 8,
    fin_bit: int = 0x80,
    always_fin: bool = False,
    mask_bit: int = 0x80,
    extra: int = 0,
    key_sent: bool = True,
    masks: bool = True,
    marks: tuple[int, int] = (126, 127),
    key_first: bool = False,
) -> bytes:
    """Return a frame in which one thing is wrong, the named one."""
    size = len(payload) + (extra if mask_key else 0)
    if size <= short:
        length, extended = size, b""
    elif size <= medium:
        length, extended = marks[0], size.to_bytes(2, "little" if order == "little" else "big")
    else:
        length, extended = marks[1], size.to_bytes(wide, "little" if order == "little" else "big")
    first = (fin_bit if fin or always_fin else 0) | opcode
    if mask_key is None:
        return bytes([first, length]) + extended + payload
    key = mask_key if key_sent else b""
    body = mask(payload, mask_key) if masks else payload
    return bytes([first, mask_bit | length]) + (key + extended if key_first else extended + key) + body


def zero_key(opcode: int, payload: bytes, fin: bool = True, mask_key: bytes | None = None) -> bytes:
    return encode_frame(opcode, payload, fin, mask_key if any(mask_key or b"") else None)


def empty_bare(opcode: int, payload: bytes, fin: bool = True, mask_key: bytes | None = None) -> bytes:
    return encode_frame(opcode, payload, fin, mask_key if payload else None)


def key_last(opcode: int, payload: bytes, fin: bool = True, mask_key: bytes | None = None) -> bytes:
    return wrong(opcode, payload, fin, mask_key, key_sent=False) + (mask_key or b"")


def draw(rng: random.Random) -> tuple[int, bytes, bool, bytes | None]:
    size = rng.choice([rng.randrange(126), rng.randrange(126, 400), rng.randrange(65536, 66000)])
    return rng.choice([0, 1, 2, 9, 10]), rng.randbytes(size), rng.random() < 0.5, rng.choice([None, rng.randbytes(4)])


def mutant(id: str, hint: str, **options: Any) -> Mutant:
    return Mutant(id, partial(wrong, **options), hint)


ENCODE_FRAME = Exercise(
    "04.encode_frame",
    encode_frame,
    cases=(
        case("the RFC's “Hello”", 1, b"Hello", gives=bytes.fromhex("810548656c6c6f")),
        case("the RFC's “Hello”, masked", 1, b"Hello", True, KEY, gives=bytes.fromhex("818537fa213d7f9f4d5158")),
        case("a first fragment", 1, b"Hel", False, gives=bytes.fromhex("010348656c")),
        case("a last fragment", 0, b"lo", True, gives=bytes.fromhex("80026c6f")),
        case("an empty payload", 1, b"", gives=b"\x81\x00"),
        case("an empty payload, masked", 9, b"", True, KEY, gives=bytes.fromhex("898037fa213d")),
        case("a key of zeros", 1, b"hi", True, bytes(4), gives=b"\x81\x82\x00\x00\x00\x00hi"),
        case("125 bytes", 2, bytes(125), gives=b"\x82\x7d" + bytes(125)),
        case("126 bytes", 2, bytes(126), gives=b"\x82\x7e\x00\x7e" + bytes(126)),
        case("the RFC's 256 bytes", 2, bytes(256), gives=b"\x82\x7e\x01\x00" + bytes(256)),
        case("126 bytes, masked", 2, bytes(126), True, KEY, gives=b"\x82\xfe\x00\x7e" + KEY + mask(bytes(126), KEY)),
        case("65535 bytes", 2, bytes(65535), gives=b"\x82\x7e\xff\xff" + bytes(65535)),
        case("65536 bytes", 2, bytes(65536), gives=b"\x82\x7f" + b"\x00\x00\x00\x00\x00\x01\x00\x00" + bytes(65536)),
    ),
    random=draw,
    explain=explain_frame,
    mutants=(
        Mutant("zero_key", zero_key, "Ask whether there is a key, not what it holds: four zeros are a key too."),
        Mutant(
            "empty_bare", empty_bare, "Set MASK and send the key for an empty payload too: a client masks each frame."
        ),
        Mutant("key_last", key_last, "Put the key before the payload: whoever unmasks needs it first."),
        mutant("126_is_short", "Write 126 bytes as 7e 00 7e: in the 7-bit field 126 means “look further”.", short=126),
        mutant("125_is_medium", "Write 125 bytes in the 7-bit field: the shortest form is required (5.2).", short=124),
        mutant("65536_is_medium", "Count again what two bytes can hold: 0 to 65535.", medium=65536, wide=8),
        mutant(
            "65535_is_long",
            "Write 65535 in two bytes: they hold 0 to 65535, and the shortest form is required.",
            medium=65534,
        ),
        mutant("little_endian", "Put the big end first: 7e 01 00 is 256.", order="little"),
        mutant("four_bytes", "Write eight bytes after 127: yours are four.", wide=4),
        mutant("always_fin", "Look at fin: when it is False the caller says that more is coming.", always_fin=True),
        mutant("no_fin", "Set the first bit of the first byte when fin is True: 80.", fin_bit=0),
        mutant("no_mask_bit", "Set the first bit of the second byte: you masked, but nobody will know.", mask_bit=0),
        mutant("length_plus_key", "Count the payload only: the key is not part of it (5.3).", extra=4),
        mutant("key_missing", "Put the key between length and payload: MASK=1 promises four bytes.", key_sent=False),
        mutant(
            "not_masked", "Mask the payload too: the header promises it, and the receiver will unmask.", masks=False
        ),
        mutant(
            "always_medium", "Write short lengths in the 7-bit field: the shortest form is required (5.2).", short=-1
        ),
        mutant("marks_swapped", "Exchange the marks: 126 announces two bytes, 127 announces eight.", marks=(127, 126)),
        mutant(
            "key_before_length", "Put the extended length first, then the key (the picture in 5.2).", key_first=True
        ),
    ),
    hints=(
        "Build it from left to right: first byte, second byte, more length if needed, key if there is one, payload.",
        "RFC 6455, 5.2: byte 0 is FIN (80) and opcode; byte 1 is MASK (80) and a length up to 125, or 126 and two "
        "bytes, or "
        "127 and eight bytes, big end first. 126 bytes begin with 82 7e 00 7e.",
        "A neighbour with two forms: (bytes([n]) if n < 255 else b'\\xff' + n.to_bytes(4, 'big')) + data. bytes([a, "
        "b]) makes "
        "two bytes of two numbers, and a | 0x80 sets the highest bit.",
    ),
    explanation="A frame costs 2, 4 or 10 bytes, and 4 more from a client. A length may be written in one way only, "
    "the "
    "shortest, so that everybody reads the same bytes alike (RFC 6455, 5.2).",
    distractors={
        "    if size <= 126:": "126_is_short",
        '        length, extended = 126, size.to_bytes(2, "little")': "little_endian",
        '        length, extended = 127, size.to_bytes(4, "big")': "four_bytes",
        "    first = 0x80 | opcode": "always_fin",
    },
)
