"""04.mask: XOR each byte with the byte of the key whose turn it is (RFC 6455, 5.3)."""

import random

from livesock.learn.exercise import Property, Solution, case
from livesock.learn.tables import exercise

__all__ = ["MASK", "mask"]


def mask(payload: bytes, key: bytes) -> bytes:
    """Return `payload` with byte i XORed with byte i modulo 4 of the four-byte `key`."""
    return bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))


KEY = bytes.fromhex("37fa213d")
"""The key of the RFC's example (5.7)."""


def draw(rng: random.Random) -> tuple[bytes, bytes]:
    return rng.randbytes(rng.randrange(5, 40)), rng.randbytes(4)


def undoes_itself(solution: Solution, payload: bytes, key: bytes) -> bool:
    return bytes(solution(bytes(solution(payload, key)), key)) == payload


MASK = exercise(
    "04.mask",
    mask,
    r"""
hint: Which byte of the key meets byte 0 of the payload? And byte 4? And byte 5?
hint: RFC 6455, 5.3: transformed[i] = original[i] XOR key[i MOD 4]. 48 ^ 37 is 7f, 65 ^ fa is 9f, 6c ^ 21 is 4d, and so
    on.
hint: A neighbour with a key of two bytes: bytes(byte ^ key[i % 2] for i, byte in enumerate(data)). enumerate gives the
    place and the byte, bytes(…) puts the numbers together.
explanation: XOR undoes itself, so one function masks and unmasks. It hides nothing: the key lies beside the payload. It
    is there so that a page cannot choose which bytes an old proxy sees (RFC 6455, 10.3).

zip_stops: Begin the key again after four bytes: zip ends with the shorter of the two.
  * byte ^ key[i % 4] for i, byte in enumerate(payload) → byte ^ k for byte, k in zip(payload, key)
first_key_byte: Take turns: which byte of the key belongs to byte i? Yours is always 0.
    i % 4 → 0
by_blocks: Use i modulo 4: i // 4 is the number of the block, and stays for four bytes.
  * i % 4 → i // 4 % 4
backwards: Read the key as it comes, first byte first: yours runs backwards.
    key[i % 4] → key[::-1][i % 4]
one_late: Begin with byte 0 of the key: yours is one ahead.
    i % 4 → (i + 1) % 4
added: Use XOR, the ^ of Python: yours adds, and a second masking would not undo it.
    byte ^ key[i % 4] → (byte + key[i % 4]) % 256
ored: Use ^, exclusive or: yours is |, which can only set bits and loses the rest.
  * byte ^ key → byte | key
anded: Use ^, exclusive or: yours is &, which can only clear bits and loses the rest.
    byte ^ key → byte & key
zeros_lost: Give to_bytes the length of the payload: a number forgets the zeros in front.
    return bytes( → number = int.from_bytes(bytes(
    enumerate(payload)) → enumerate(payload)), "big"); return number.to_bytes((number.bit_length() + 7) // 8, "big")
whole_blocks: Stop where the payload stops: your result has bytes that were not in it.
    enumerate(payload) → enumerate(payload + bytes(-len(payload) % 4))
tail_in_clear: Mask the rest too: the last bytes, fewer than four, are still readable.
    byte ^ key[i % 4] → byte ^ key[i % 4] * (i < len(payload) // 4 * 4)
with_key: Return the masked payload only: the key travels before it, and not from here.
    return → return key +
numbers: Make bytes of the numbers: bytes(…) takes a list of them.
    return bytes( → return list(
hexed: Return the bytes, not their picture in hexadecimal.
    enumerate(payload)) → enumerate(payload)).hex()
""",
    cases=(
        case("the RFC's “Hello”", b"Hello", KEY, gives=bytes.fromhex("7f9f4d5158")),
        case("an empty payload", b"", KEY, gives=b""),
        case("one byte", b"A", KEY, gives=b"v"),
        case("exactly four bytes", b"abcd", b"\x01\x02\x04\x08", gives=b"``gl"),
        case("a key of zeros", b"Hello", bytes(4), gives=b"Hello"),
        case("a payload of zeros", bytes(6), b"\x01\x02\x03\x04", gives=b"\x01\x02\x03\x04\x01\x02"),
        case("bytes above 127", b"\xff\xff\xff\xff\xff", b"\x0f\xf0\x00\xff", gives=b"\xf0\x0f\xff\x00\xf0"),
        case("seven bytes", b"\x00\x01\x02\x03\x04\x05\x06", b"\x80\x40\x20\x10", gives=b"\x80A\x22\x13\x84E\x26"),
        case("zeros come out", b"7\xfaA", KEY, gives=b"\x00\x00`"),
        case("300 bytes", bytes(300), b"\x01\x02\x03\x04", gives=b"\x01\x02\x03\x04" * 75),
    ),
    random=draw,
    claim=Property("masking twice gives the payload back", draw, undoes_itself),
)
