"""04.encode_frame: two to fourteen bytes of header, then the payload (RFC 6455, 5.2)."""

import random
from typing import Any

from livesock.learn.checking.diff import shown
from livesock.learn.exercise import Solution, case
from livesock.learn.tables import exercise
from livesock.lessons.lesson04.mask import KEY, mask
from livesock.wire.explain.frame import explain_frame

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


def trial(solution: Solution, opcode: int, payload: bytes, *more: Any) -> Any:
    """Name the two options, as the lessons that follow do."""
    return solution(opcode, payload, **dict(zip(OPTIONS, more, strict=False)))


def calls(opcode: int, payload: bytes, *more: Any) -> str:
    named = [f", {name}={shown(value)}" for name, value in zip(OPTIONS, more, strict=False)]
    return f"encode_frame({opcode}, {shown(payload, 160)}{''.join(named)})"


OPTIONS = ("fin", "mask_key")


def draw(rng: random.Random) -> tuple[int, bytes, bool, bytes | None]:
    sizes = rng.randrange(126), rng.randrange(126, 400), rng.randrange(65536, 66000)
    (size,) = rng.choices(sizes, (6, 5, 1))  # long ones cost time
    return rng.choice([0, 1, 2, 9, 10]), rng.randbytes(size), rng.random() < 0.5, rng.choice([None, rng.randbytes(4)])


ENCODE_FRAME = exercise(
    "04.encode_frame",
    encode_frame,
    r"""
hint: Build it from left to right: first byte, second byte, more length if needed, key if there is one, payload.
hint: RFC 6455, 5.2: byte 0 is FIN (80) and opcode; byte 1 is MASK (80) and a length up to 125, or 126 and two bytes, or
    127 and eight bytes, big end first. 126 bytes begin with 82 7e 00 7e.
hint: A neighbour with two forms: (bytes([n]) if n < 255 else b'\xff' + n.to_bytes(4, 'big')) + data. bytes([a, b])
    makes two bytes of two numbers, and a | 0x80 sets the highest bit.
explanation: A frame costs 2, 4 or 10 bytes, and 4 more from a client. A length may be written in one way only, the
    shortest, so that every reader reads them alike (RFC 6455, 5.2).

zero_key: Ask whether there is a key, not what it holds: four zeros are a key too.
    mask_key is None → not any(mask_key or b"")
empty_bare: Set MASK and send the key for an empty payload too: a client masks each frame.
    mask_key is None → mask_key is None or not payload
key_last: Put the key before the payload: the receiver needs it first.
    mask_key + mask(payload, mask_key) → mask(payload, mask_key) + mask_key
126_is_short: Write 126 bytes as 7e 00 7e: in the 7-bit field 126 means “look further”.
  * size <= 125 → size <= 126
125_is_medium: Write 125 bytes in the 7-bit field: the shortest form is required (5.2).
    size <= 125 → size <= 124
65536_is_medium: Count again what two bytes can hold: 0 to 65535.
    size <= 65535 → size <= 65536
65535_is_long: Write 65535 in two bytes: they hold 0 to 65535, and the shortest form is required.
    size <= 65535 → size <= 65534
little_endian: Put the big end first: 7e 01 00 is 256.
  * size.to_bytes(2, "big") → size.to_bytes(2, "little")
    size.to_bytes(8, "big") → size.to_bytes(8, "little")
four_bytes: Write eight bytes after 127: yours are four.
  * to_bytes(8, "big") → to_bytes(4, "big")
always_fin: Look at fin: when it is False the caller says that more is coming.
  * (0x80 if fin else 0) → 0x80
no_fin: Set the first bit of the first byte when fin is True: 80.
    (0x80 if fin else 0) → 0
no_mask_bit: Set the first bit of the second byte: you masked, but the receiver cannot know.
    0x80 | length → length
length_plus_key: Count the payload only: the key is not part of it (5.3).
    size = len(payload) → size = len(payload) + 4 * bool(mask_key)
key_missing: Put the key between length and payload: MASK=1 promises four bytes.
    extended + mask_key + mask → extended + mask
not_masked: Mask the payload too: the header promises it, and the receiver will unmask.
    mask(payload, mask_key) → payload
always_medium: Write short lengths in the 7-bit field: the shortest form is required (5.2).
    size <= 125 → size < 0
marks_swapped: Exchange the marks: 126 announces two bytes, 127 announces eight.
    length, extended = 126 → length, extended = 127
    length, extended = 127 → length, extended = 126
key_before_length: Put the extended length first, then the key (the picture in 5.2).
    extended + mask_key + mask → mask_key + extended + mask
""",
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
        case("126 bytes, a fragment", 0, bytes(126), False, gives=b"\x00\x7e\x00\x7e" + bytes(126)),
        case(
            *("65536 bytes, masked, a fragment", 2, bytes(65536), False, KEY),
            gives=b"\x02\xff" + b"\x00\x00\x00\x00\x00\x01\x00\x00" + KEY + KEY * 16384,
        ),
        case("65535 bytes", 2, bytes(65535), gives=b"\x82\x7e\xff\xff" + bytes(65535)),
        case("65536 bytes", 2, bytes(65536), gives=b"\x82\x7f" + b"\x00\x00\x00\x00\x00\x01\x00\x00" + bytes(65536)),
    ),
    random=draw,
    trial=trial,
    calls=calls,
    explain=explain_frame,
)
