"""06.close_payload: two bytes of code and a reason, or nothing (RFC 6455, 5.5.1)."""

from __future__ import annotations

import random
from functools import partial
from typing import Any

from livesock.learn.exercise import Exercise, Mutant, Property, Solution, case
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


def wrong(code: int | None = None, reason: str = "", *, odd: str) -> Any:
    """Return a payload in which one thing is wrong, the named one."""
    if odd == "whole_frame":
        payload = close_payload(code, reason)
        return bytes([0x88, len(payload)]) + payload
    if odd == "none_for_bad" and (reason if code is None else not sendable(code)):
        return None
    if code is None:
        if reason and odd not in ("reason_alone", "reason_lost"):
            raise ValueError("a reason needs a code")
        if odd == "none_is_1000":
            return b"\x03\xe8"
        if odd == "none_is_1005":
            return b"\x03\xed"
        return reason.encode() if odd == "reason_alone" else b""
    if not sendable(code) and not (odd == "any_code" or (odd == "never_travels" and 1000 <= code <= 4999)):
        raise ValueError(f"code {code} must not be sent")
    number = {
        "little_endian": code.to_bytes(2, "little"),
        "as_text": str(code).encode(),
        "wide": code.to_bytes(4, "big"),
    }
    raw = reason.encode()
    if odd == "too_long" and len(raw) > 123:
        raise ValueError("the reason is too long")
    cut = raw[:123].decode(errors="ignore").encode()
    cuts = {
        "uncut": raw,
        "mid_character": raw[:123],
        "characters": reason[:123].encode(),
        "125_bytes": raw[:125].decode(errors="ignore").encode(),
        "122_bytes": raw[:122].decode(errors="ignore").encode(),
        "replaced": raw[:123].decode(errors="replace").encode(),
        "latin_1": reason.encode("latin-1", "replace")[:123],
        "no_reason": b"",
        "zero_at_end": cut + b"\0",
    }
    return number.get(odd, code.to_bytes(2, "big")) + cuts.get(odd, cut)


HINTS = {
    "none_is_1000": "Return nothing, b'', when there is no code: no code is not 1000; the peer will report 1005.",
    "none_is_1005": "Return nothing, b'', when there is no code: 1005 is what the peer says to itself then.",
    "reason_alone": "Raise ValueError for a reason without a code: its first two bytes would be read as one.",
    "reason_lost": "Raise ValueError for a reason without a code: you drop it, and the caller will never know.",
    "any_code": "Ask sendable first: a code that must not travel is a ValueError.",
    "never_travels": "Ask sendable first: 1005, 1006 and 1015 lie between 1000 and 4999, and must not travel.",
    "little_endian": "Put the big end first: 1000 is 03 e8.",
    "as_text": "Write the code as a number of two bytes, not as four digits.",
    "wide": "Write the code in two bytes: yours has four.",
    "too_long": "Cut a reason that is too long: a goodbye should not fail because of its last words.",
    "uncut": "Cut the reason at 123 bytes: a control frame carries 125, and the code takes two.",
    "mid_character": "Cut between two characters: yours ends in the middle of one, and is no UTF-8 any more.",
    "characters": "Count bytes, not characters: é has two.",
    "125_bytes": "Count the code too: 125 bytes are the whole payload.",
    "122_bytes": "Use all the room: two bytes of code and 123 of reason make 125.",
    "replaced": "Leave the half character out: a “�” in its place takes three bytes of its own.",
    "latin_1": "Encode the reason in UTF-8 (5.5.1).",
    "no_reason": "Add the reason behind the code.",
    "whole_frame": "Return the payload only: the header, 88 and the length, is the work of encode_frame.",
    "none_for_bad": "Raise ValueError for what must not be sent: None would be noticed much later, if at all.",
    "zero_at_end": "Stop after the reason: the frame knows its length, no zero is needed.",
}

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


CLOSE_PAYLOAD = Exercise(
    "06.close_payload",
    close_payload,
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
        case("999", 999, raises=ValueError),
        case("5000", 5000, raises=ValueError),
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
    mutants=[Mutant(odd, partial(wrong, odd=odd), hint) for odd, hint in HINTS.items()],
    hints=(
        "Three questions in this order: is there a code? May it be sent? How much of the reason fits?",
        "RFC 6455, 5.5.1 and 5.5: 03 e8 62 79 65 is 1000 “bye”. The whole payload has at most 125 bytes. A byte of "
        "UTF-8 that continues a character looks like 10xxxxxx.",
        "A neighbour, at most 3 bytes of “naïve”: 'naïve'.encode()[:3] ends in half an ï; decode(errors='ignore') "
        "leaves such a half out, encode() makes bytes of it again.",
    ),
    explanation="Two bytes for programs, a sentence for the logs. An empty payload is allowed; the "
    "peer then reports 1005. The limit of 125 is that of every control frame.",
    distractors={
        '    return code.to_bytes(2, "big") + reason.encode()[:123]': "mid_character",
        '    return code.to_bytes(2, "big") + reason[:123].encode()': "characters",
        '        return b"\\x03\\xe8"': "none_is_1000",
    },
)
