"""06.close_payload: two bytes of code and a reason, or nothing (RFC 6455, 5.5.1)."""

import random

from livesock.learn.exercise import Property, Solution, case
from livesock.learn.tables import exercise
from livesock.lessons.lesson06.sendable import sendable

__all__ = ["CLOSE_PAYLOAD", "close_payload"]


def close_payload(code: int | None = None, reason: str = "") -> bytes:
    """Return the payload of a Close frame; a reason that is too long is cut between two characters."""
    if code is None:
        if reason:
            raise ValueError("a reason needs a code")
        return b""
    if not sendable(code):
        raise ValueError(f"code {code} must not be sent")
    return code.to_bytes(2, "big") + reason.encode()[:123].decode(errors="ignore").encode()


LETTERS = "aé漢😀 "


def draw(rng: random.Random) -> tuple[int, str]:
    code = rng.choice([1000, 1001, 1008, 1011, 3000, 4999, rng.randrange(4000, 5000), 1005, 1006, 2000])
    return code, "".join(rng.choice(LETTERS) for _ in range(rng.choice([0, 5, 20, 60, 200])))


def draw_long(rng: random.Random) -> tuple[str]:
    return ("".join(rng.choice(LETTERS) for _ in range(rng.randrange(30, 200))),)


def fits(solution: Solution, reason: str) -> bool:
    """Whether the payload fits, the reason is whole characters from the beginning, and no further one would fit."""
    payload = bytes(solution(1000, reason))
    kept = payload[2:].decode()
    more = reason[len(kept) : len(kept) + 1].encode()
    return len(payload) <= 125 and reason.startswith(kept) and (not more or len(payload) + len(more) > 125)


CLOSE_PAYLOAD = exercise(
    "06.close_payload",
    close_payload,
    r"""
hint: Three questions in this order: is there a code? May it be sent? How much of the reason fits?
hint: RFC 6455, 5.5.1 and 5.5: 03 e8 62 79 65 is 1000 “bye”. The whole payload has at most 125 bytes. A byte of UTF-8
    that continues a character looks like 10xxxxxx.
hint: A neighbour, at most 3 bytes of “naïve”: 'naïve'.encode()[:3] ends in half an ï; decode(errors='ignore') leaves
    such a half out, encode() makes bytes of it again.
explanation: Two bytes for programs, a sentence for the logs. An empty payload is allowed; the peer then reports 1005.
    The limit of 125 is that of every control frame.

none_is_1000: Return nothing, b'', when there is no code: no code is not 1000; the peer will report 1005.
  * return b"" → return b"\x03\xe8"
none_is_1005: Return nothing, b'', when there is no code: 1005 is what the peer says to itself then.
    return b"" → return b"\x03\xed"
reason_alone: Raise ValueError for a reason without a code: its first two bytes would be read as one.
    raise ValueError("a reason needs a code") → return reason.encode()
reason_lost: Raise ValueError for a reason without a code: you drop it, and the caller will never know.
    raise ValueError("a reason needs a code") → pass
any_code: Ask sendable first: a code that must not travel is a ValueError.
    not sendable(code) → False
zero_is_none: Compare with None: 0 is a code, and it must not be sent.
    if code is None → if not code
never_travels: Ask sendable first: 1005, 1006 and 1015 lie between 1000 and 4999, and must not travel.
    not sendable(code) → not 1000 <= code <= 4999
little_endian: Put the big end first: 1000 is 03 e8.
    "big" → "little"
as_text: Write the code as a number of two bytes, not as four digits.
    code.to_bytes(2, "big") → str(code).encode()
wide: Write the code in two bytes: yours has four.
    to_bytes(2, → to_bytes(4,
too_long: Cut a reason that is too long: a goodbye should not fail because of its last words.
    return code.to_bytes → if len(reason.encode()) > 123:
    |     raise ValueError("the reason is too long")
    | return code.to_bytes
uncut: Cut the reason at 123 bytes: a control frame carries 125, and the code takes two.
    reason.encode()[:123].decode(errors="ignore").encode() → reason.encode()
mid_character: Cut between two characters: yours ends in the middle of one, and is not valid UTF-8 any more.
  * .decode(errors="ignore").encode() →
characters: Count bytes, not characters: é has two.
  * reason.encode()[:123].decode(errors="ignore").encode() → reason[:123].encode()
125_bytes: Count the code too: 125 bytes are the whole payload.
    [:123] → [:125]
122_bytes: Use all the room: two bytes of code and 123 of reason make 125.
    [:123] → [:122]
replaced: Leave the half character out: a “�” in its place takes three bytes of its own.
    "ignore" → "replace"
latin_1: Encode the reason in UTF-8 (5.5.1).
    reason.encode()[:123].decode(errors="ignore").encode() → reason.encode("latin-1", "replace")[:123]
no_reason: Add the reason after the code.
    + reason.encode()[:123].decode(errors="ignore").encode() →
whole_frame: Return the payload only: the header, 88 and the length, is the work of encode_frame.
    return b"" → return b"\x88\x00"
    return code.to_bytes → payload = code.to_bytes
    .decode(errors="ignore").encode() → .decode(errors="ignore").encode(); return bytes([0x88, len(payload)]) + payload
none_for_bad: Raise ValueError for what must not be sent: a caller may notice None much later, or never.
    raise ValueError("a reason needs a code") → return None
    raise ValueError(f"code {code} must not be sent") → return None
zero_at_end: Stop after the reason: the frame knows its length, no zero is needed.
    .decode(errors="ignore").encode() → .decode(errors="ignore").encode() + b"\0"
""",
    cases=(
        case("a code", 1000, gives=b"\x03\xe8"),
        case("a code and a reason", 1000, "bye", gives=b"\x03\xe8bye"),
        case("a private code", 4001, "log in again", gives=b"\x0f\xa1log in again"),
        case("nothing at all", gives=b""),
        case("a reason in UTF-8", 1001, "à bientôt", gives=b"\x03\xe9\xc3\xa0 bient\xc3\xb4t"),
        case("a reason without a code", None, "bye", raises=ValueError),
        case("1004", 1004, raises=ValueError),
        case("1005", 1005, raises=ValueError),
        case("1006", 1006, "cut", raises=ValueError),
        case("1015", 1015, raises=ValueError),
        case("0", 0, raises=ValueError),
        case("0 and a reason", 0, "bye", raises=ValueError),
        case("999", 999, raises=ValueError),
        case("5000", 5000, raises=ValueError),
        case("70000", 70_000, "bye", raises=ValueError),
        case("123 bytes of reason", 1000, "x" * 123, gives=b"\x03\xe8" + b"x" * 123),
        case("124 bytes of reason", 1000, "x" * 124, gives=b"\x03\xe8" + b"x" * 123),
        case("an é on the border", 1000, "x" * 122 + "é", gives=b"\x03\xe8" + b"x" * 122),
        case("a 😀 on the border", 1000, "x" * 121 + "😀", gives=b"\x03\xe8" + b"x" * 121),
        case("61 times é, and one more", 1000, "é" * 62, gives=b"\x03\xe8" + "é".encode() * 61),
    ),
    random=draw,
    times=30,
    claim=Property(
        "the payload fits, is whole characters, and leaves out no character that would fit", draw_long, fits
    ),
)
