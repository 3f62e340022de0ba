"""06.parse_close: what a Close frame says, or that it breaks a rule (RFC 6455, 5.5.1 and 7.1.5)."""

import random

from livesock.learn.exercise import Property, Solution, case
from livesock.learn.tables import exercise
from livesock.lessons.lesson06.close_payload import close_payload
from livesock.lessons.lesson06.sendable import sendable

__all__ = ["PARSE_CLOSE", "parse_close"]


def parse_close(payload: bytes) -> tuple[int, str]:
    """Return the code and the reason that a Close frame carries; ValueError if it breaks a rule."""
    if not payload:
        return 1005, ""
    code = int.from_bytes(payload[:2], "big")
    if len(payload) == 1 or not sendable(code):
        raise ValueError(f"no close payload: {payload!r}")
    try:
        return code, payload[2:].decode()
    except UnicodeDecodeError as exc:
        raise ValueError("the reason is not valid UTF-8") from exc


def draw(rng: random.Random) -> tuple[bytes]:
    """Return a payload that is right, or has a code or a reason that is not."""
    code = rng.choice([1000, 1001, 1003, 1007, 1014, 3000, 4321, 1004, 1005, 1006, 1015, 1016, 2999, 0, 65535])
    reason = rng.choice([b"", b"bye", "à bientôt".encode(), "漢".encode(), b"caf\xe9", "漢".encode()[:2]])
    return (code.to_bytes(2, "big") + reason,)


def draw_said(rng: random.Random) -> tuple[int, str]:
    return rng.choice([1000, 1008, 1012, 3999, 4000]), "".join(rng.choice("aé漢😀") for _ in range(rng.randrange(10)))


def hears(solution: Solution, code: int, reason: str) -> bool:
    return tuple(solution(close_payload(code, reason))) == (code, reason)


PARSE_CLOSE = exercise(
    "06.parse_close",
    parse_close,
    r"""
hint: How long can a payload be? 0, 1, or 2 and more bytes: three cases.
hint: RFC 6455, 5.5.1 and 7.1.5: 03 e8 62 79 65 is 1000 “bye”; an empty payload is reported as 1005; one byte, a code
    that must not travel and a reason that is not valid UTF-8 are errors.
hint: A neighbour, a port and a name: port, name = int.from_bytes(data[:2], 'big'), data[2:].decode(). A
    UnicodeDecodeError is a ValueError.
explanation: 1005 is an answer that no wire ever carried: our own word for silence. A peer that receives 1005 or 1006 in
    a frame fails the connection with 1002, and a reason that is not valid UTF-8 with 1007.

empty_is_1000: Report 1005 for an empty payload: the peer did not say 1000, it said nothing.
  * 1005, "" → 1000, ""
empty_is_1006: Report 1005 for an empty payload: 1006 is for a connection without any Close frame.
    1005, "" → 1006, ""
empty_is_none: Return 1005 for an empty payload: that is the word for “there was no code”.
    1005, "" → None, ""
empty_refused: Accept an empty payload: it is allowed, and reported as 1005.
    return 1005, "" → raise ValueError("nothing there")
one_byte: Refuse a single byte: a code is two bytes.
    code = int → if len(payload) == 1:
    |     return payload[0], ""
    | code = int
one_byte_is_1005: Refuse a single byte: empty is allowed, half a code is not.
    if not payload → if len(payload) < 2
returns_1002: Raise ValueError for a broken rule: 1002 is what we then send, not what the peer said.
    raise ValueError(f"no close payload: {payload!r}") → return 1002, ""
    raise ValueError("the reason is not valid UTF-8") from exc → return 1002, ""
none_for_bad: Raise ValueError for a broken rule: a caller may notice None much later, or never.
    raise ValueError(f"no close payload: {payload!r}") → return None
    raise ValueError("the reason is not valid UTF-8") from exc → return None
little_endian: Read the big end first: 03 e8 is 1000.
  * "big" → "little"
any_code: Refuse a code that must not travel: ask sendable.
    or not sendable(code) →
from_1000: Refuse 1005, 1006, 1015 and what has no meaning yet: ask sendable, the range is not enough.
  * len(payload) == 1 or not sendable(code) → not 1000 <= code <= 4999
never_private: Accept 3000 to 4999: they belong to libraries and applications.
    not sendable(code) → not sendable(code) or code >= 3000
skips_a_byte: Begin the reason right after the two bytes of the code.
    payload[2:] → payload[3:]
code_in_reason: Begin the reason after the code: its two bytes are not text.
    payload[2:].decode() → payload.decode(errors="replace")
bytes: Decode the reason: it is text, and you return bytes.
    return code, payload[2:].decode() → payload[2:].decode(); return code, payload[2:]
no_reason: Return the reason too: it follows the two bytes of the code.
    return code, payload[2:].decode() → payload[2:].decode(); return code, ""
replace: Refuse a reason that is not valid UTF-8: a “�” hides the error.
  * .decode() → .decode(errors="replace")
stripped: Return the reason as it came: blanks at its ends were sent, too.
    .decode() → .decode().strip()
ignore: Refuse a reason that is not valid UTF-8: you leave bytes out, and the error stays hidden.
    .decode() → .decode(errors="ignore")
utf_8_sig: Decode with utf-8: utf-8-sig takes the first character away when it is U+FEFF, and the peer has sent it.
    .decode() → .decode("utf-8-sig")
surrogates: Refuse half a surrogate pair: ed a0 80 is not UTF-8, whatever surrogatepass makes of it.
    .decode() → .decode(errors="surrogatepass")
latin_1: Decode the reason as UTF-8 (5.5.1): in latin-1 nothing is ever refused.
    .decode() → .decode("latin-1")
""",
    cases=(
        case("a code", b"\x03\xe8", gives=(1000, "")),
        case("a code and a reason", b"\x03\xe8bye", gives=(1000, "bye")),
        case("nothing at all", b"", gives=(1005, "")),
        case("a private code", b"\x0f\xa1log in again", gives=(4001, "log in again")),
        case("a reason in UTF-8", b"\x03\xe9\xc3\xa0 bient\xc3\xb4t", gives=(1001, "à bientôt")),
        *(
            case(f"the code {code}", code.to_bytes(2, "big"), gives=(code, ""))
            for code in (1002, 1003, *range(1007, 1015), 3000, 4999)
        ),
        case("123 bytes of reason", b"\x03\xe8" + b"x" * 123, gives=(1000, "x" * 123)),
        case("a single byte", b"\x03", raises=ValueError),
        case("1004", b"\x03\xec", raises=ValueError),
        case("1005 on the wire", b"\x03\xed", raises=ValueError),
        case("1006 on the wire", b"\x03\xeecut", raises=ValueError),
        case("1015 on the wire", b"\x03\xf7", raises=ValueError),
        case("1016", b"\x03\xf8", raises=ValueError),
        case("999", b"\x03\xe7", raises=ValueError),
        case("5000", b"\x13\x88", raises=ValueError),
        case("a reason in latin-1", b"\x03\xe8caf\xe9", raises=ValueError),
        case("a reason that begins with U+FEFF", b"\x03\xe8\xef\xbb\xbfhi", gives=(1000, "\ufeffhi")),
        case("blanks around a reason", b"\x03\xe8 bye\n", gives=(1000, " bye\n")),
        case("half a surrogate pair", b"\x03\xe8\xed\xa0\x80", raises=ValueError),
        case("half a character at the end", b"\x03\xe8caf\xc3", raises=ValueError),
    ),
    random=draw,
    times=30,
    claim=Property("what close_payload writes is what parse_close reads", draw_said, hears),
)
