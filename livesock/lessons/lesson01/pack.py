"""01.pack: four bytes of length, big end first, then the payload."""

import random

from livesock.learn.exercise import Property, Solution, case
from livesock.learn.tables import exercise

__all__ = ["PACK", "pack"]


def pack(payload: bytes) -> bytes:
    """Return `payload` with its length in front: four bytes, the most significant first."""
    return len(payload).to_bytes(4, "big") + payload


def draw(rng: random.Random) -> tuple[bytes]:
    return (rng.randbytes(rng.choice([rng.randrange(1, 30), rng.randrange(256, 2000)])),)


def four_longer(solution: Solution, payload: bytes) -> bool:
    return len(solution(payload)) == len(payload) + 4


PACK = exercise(
    "01.pack",
    pack,
    r"""
hint: Two parts, one after the other: a number as four bytes, then the payload as it is.
hint: The length in big-endian order: 5 is 00 00 00 05, and 256 is 00 00 01 00. int has a method to_bytes, and the
    module struct knows it as “!I”.
hint: A neighbour, the same with two bytes for the length of a name: len(name).to_bytes(2, 'big') + name. For b'ab' it
    gives 00 02 61 62.
explanation: Four bytes reach up to 4 GiB. A real protocol also says what is too long: otherwise a peer that announces 4
    GiB makes us wait, and keep, forever.

little_endian: Write the big end first, the order of networks: 5 is 00 00 00 05.
  * "big" → "little"
characters: Count bytes, not characters: “é” is one character and two bytes.
    len(payload) → len(payload.decode(errors="ignore"))
header_counted: Count the payload only: here the length does not include itself.
  * len(payload) → (len(payload) + 4)
two_bytes: Write four bytes of length: yours has two, and ends at 65535.
    to_bytes(4, → to_bytes(2,
one_byte: Write four bytes of length: a single one cannot hold more than 255.
    len(payload).to_bytes(4, "big") → bytes([len(payload)])
decimal: Write the number as four bytes, not as four digits: 5 is 00 00 00 05, your digits are 30 30 30 35.
    len(payload).to_bytes(4, "big") → f"{len(payload):04}".encode()
behind: Put the length in front: a reader has to know it before it reads on.
    len(payload).to_bytes(4, "big") + payload → payload + len(payload).to_bytes(4, "big")
length_alone: Add the payload after its length: you return the length alone.
    + payload →
no_empty: Pack the empty message too: it is a message, four zero bytes long.
    + payload → + payload if payload else b""
strips: Leave the payload as it is: blanks and newlines are bytes like all others.
    return → payload = payload.strip(); return
three_bytes: Write four bytes of length: yours has three.
    to_bytes(4, → to_bytes(3,
eight_bytes: Write four bytes of length: yours has eight.
    to_bytes(4, → to_bytes(8,
hex_digits: Write four bytes, not their picture in hexadecimal: 5 is 00 00 00 05, your digits are 30 30 30 30 …
    len(payload).to_bytes(4, "big") → f"{len(payload):08x}".encode()
terminated: Leave out the mark at the end: the length says already where the payload ends.
    + payload → + payload + bytes(1)
newline: Put a length in front: a mark at the end fails as soon as the payload holds the mark.
    len(payload).to_bytes(4, "big") + payload → payload + b"\n"
""",
    cases=(
        case("five bytes", b"hello", gives=b"\x00\x00\x00\x05hello"),
        case("an empty payload", b"", gives=b"\x00\x00\x00\x00"),
        case("one character, two bytes", "é".encode(), gives=b"\x00\x00\x00\x02\xc3\xa9"),
        case("256 bytes", bytes(256), gives=b"\x00\x00\x01\x00" + bytes(256)),
        case("70,000 bytes", bytes(70_000), gives=b"\x00\x01\x11\x70" + bytes(70_000)),
        case("bytes that are not text", b"\xff\xfe", gives=b"\x00\x00\x00\x02\xff\xfe"),
        case("blanks and a newline", b" a\r\n", gives=b"\x00\x00\x00\x04 a\r\n"),
    ),
    random=draw,
    claim=Property("the result is four bytes longer than the payload", draw, four_longer),
)
