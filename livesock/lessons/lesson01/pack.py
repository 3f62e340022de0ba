"""01.pack: four bytes of length, big end first, then the payload."""

from __future__ import annotations

import random

from livesock.learn.exercise import Exercise, Mutant, Property, Solution, case

__all__ = ["PACK", "pack"]


def pack(payload: bytes) -> bytes:
    """Return `payload` with its length in front: four bytes, the most significant first."""
    return len(payload).to_bytes(4, "big") + payload


def draw(rng: random.Random) -> tuple[bytes]:
    return (rng.randbytes(rng.choice([rng.randrange(1, 30), rng.randrange(256, 2000)])),)


def four_longer(solution: Solution, payload: bytes) -> bool:
    return len(solution(payload)) == len(payload) + 4


def characters(payload: bytes) -> bytes:
    return len(payload.decode(errors="ignore")).to_bytes(4, "big") + payload


def strips(payload: bytes) -> bytes:
    return pack(payload.strip())


PACK = Exercise(
    "01.pack",
    pack,
    cases=(
        case("five bytes", b"hello", gives=b"\x00\x00\x00\x05hello"),
        case("an empty payload", b"", gives=b"\x00\x00\x00\x00"),
        case("one character, two bytes", "é".encode(), gives=b"\x00\x00\x00\x02\xc3\xa9"),
        case("256 bytes", bytes(256), gives=b"\x00\x00\x01\x00" + bytes(256)),
        case("70,000 bytes", bytes(70_000), gives=b"\x00\x01\x11\x70" + bytes(70_000)),
        case("bytes that are no text", b"\xff\xfe", gives=b"\x00\x00\x00\x02\xff\xfe"),
        case("blanks and a newline", b" a\r\n", gives=b"\x00\x00\x00\x04 a\r\n"),
    ),
    random=draw,
    claim=Property("the result is four bytes longer than the payload", draw, four_longer),
    mutants=(
        Mutant(
            "little_endian",
            lambda payload: len(payload).to_bytes(4, "little") + payload,
            "Write the big end first, the order of networks: 5 is 00 00 00 05.",
        ),
        Mutant("characters", characters, "Count bytes, not characters: “é” is one character and two bytes."),
        Mutant(
            "header_counted",
            lambda payload: (len(payload) + 4).to_bytes(4, "big") + payload,
            "Count the payload only: here the length does not include itself.",
        ),
        Mutant(
            "two_bytes",
            lambda payload: len(payload).to_bytes(2, "big") + payload,
            "Write four bytes of length: yours has two, and ends at 65535.",
        ),
        Mutant(
            "one_byte",
            lambda payload: bytes([len(payload)]) + payload,
            "Write four bytes of length: a single one cannot hold more than 255.",
        ),
        Mutant(
            "decimal",
            lambda payload: f"{len(payload):04}".encode() + payload,
            "Write the number as four bytes, not as four digits: 5 is 00 00 00 05, your digits are 30 30 30 35.",
        ),
        Mutant(
            "behind",
            lambda payload: payload + len(payload).to_bytes(4, "big"),
            "Put the length in front: a reader has to know it before it reads on.",
        ),
        Mutant(
            "length_alone",
            lambda payload: len(payload).to_bytes(4, "big"),
            "Add the payload behind its length: what you return is the length alone.",
        ),
        Mutant(
            "no_empty",
            lambda payload: len(payload).to_bytes(4, "big") + payload if payload else b"",
            "Pack the empty message too: it is a message, four zero bytes long.",
        ),
        Mutant("strips", strips, "Leave the payload as it is: blanks and newlines are bytes like all others."),
        Mutant(
            "three_bytes",
            lambda payload: len(payload).to_bytes(3, "big") + payload,
            "Write four bytes of length: yours has three.",
        ),
        Mutant(
            "eight_bytes",
            lambda payload: len(payload).to_bytes(8, "big") + payload,
            "Write four bytes of length: yours has eight.",
        ),
        Mutant(
            "hex_digits",
            lambda payload: f"{len(payload):08x}".encode() + payload,
            "Write four bytes, not their picture in hexadecimal: 5 is 00 00 00 05, your digits are 30 30 30 30 …",
        ),
        Mutant(
            "terminated",
            lambda payload: len(payload).to_bytes(4, "big") + payload + bytes(1),
            "Leave out the mark at the end: the length says already where the payload ends.",
        ),
        Mutant(
            "newline",
            lambda payload: payload + b"\n",
            "Put a length in front: a mark at the end fails as soon as the payload holds the mark.",
        ),
    ),
    hints=(
        "Two parts, one behind the other: a number as four bytes, then the payload as it is.",
        "The length in big-endian order: 5 is 00 00 00 05, and 256 is 00 00 01 00. int has a method to_bytes, and the "
        "module "
        "struct knows it as “!I”.",
        "A neighbour, the same with two bytes for the length of a name: len(name).to_bytes(2, 'big') + name. "
        "For b'ab' it gives 00 02 61 62.",
    ),
    explanation="Four bytes reach up to 4 GiB. A real protocol also says what is too long: else a peer that announces "
    "4 GiB "
    "makes us wait, and keep, for ever (lesson 10).",
    distractors={
        '    return len(payload).to_bytes(4, "little") + payload': "little_endian",
        '    return (len(payload) + 4).to_bytes(4, "big") + payload': "header_counted",
    },
)
