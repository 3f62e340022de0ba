"""Stage 12: frames that break a rule, one rule in each case."""

from __future__ import annotations

from collections.abc import Iterator

from livesock.conformance.case import Expect, ExpectClose, ExpectEnd, SendBytes, ShakeHands, Step, WireCase
from livesock.conformance.cases.written import KEY, binary, close, frame, more, ping, text
from livesock.wire.frame import Opcode, mask

__all__ = ["CASES", "LIMIT"]

LIMIT = 2**20
"""Bytes of a message that a server accepts at most, unless the judge is asked for another number."""

ERROR = ExpectClose((1002,), (1000, 1003, 1007, 1008, 1009, 1011, None), may_drop=True)
"""1002. RFC 6455, 7.1.7 says that the Close SHOULD come, and lets the server choose the code."""

NOT_UTF8 = ExpectClose((1007,), (1000, 1002, 1003, 1008, 1011, None), may_drop=True)
AT_HEADER = ExpectClose((1009,), (1000, 1002, 1008, 1011, None), may_drop=True, may_wait=True)
TOO_BIG = ExpectClose((1009,), (1000, 1002, 1008, 1011, None), may_drop=True)


Written = tuple[str, str, str, list[Step]]
"""A case without its letter."""


def broken(title: str, section: str, lesson: str, *data: bytes, answer: ExpectClose = ERROR, note: str = "") -> Written:
    """Return a case: a handshake, these bytes, and a Close."""
    return title, f"RFC 6455, {section}", lesson, [ShakeHands(), *(SendBytes(one, note=note) for one in data), answer]


MASKED = "A client must mask: a server closes when a frame is not masked, so that no proxy can be poisoned."
RSV = "RSV bits belong to extensions: with none agreed on, they are 0."
RESERVED = "What a reserved opcode means is not known yet: it cannot be skipped."
CONTROL = "A control frame is whole and carries at most 125 bytes."
ORDER = "One message after the other: a continuation continues a message that is open, and nothing else."
SHORTEST = "A length must use the fewest bytes. Most servers of the world do not look, so accepting it is NON-STRICT."
UTF8 = "Text is UTF-8: bytes that cannot be are refused with 1007."
ON_WIRE = "Only some codes may travel: 1000 to 1003, 1007 to 1014, 3000 to 4999."
TOP = "The top bit of a length of eight bytes is 0."
HEADER = "The header says how much will come: refuse it there, before memory is taken for it."
LIMITED = "MAX_SIZE bounds what one message may take of memory: 1009."
WHOLE = "The limit is for the message: a thousand small fragments fill memory as well."

LENIENT = ExpectClose((1002,), (1007, 1009, None), may_drop=True, may_accept=True)
EITHER = ExpectClose((1002, 1009), (1000, 1008, 1011, None), may_drop=True)
CODE = ExpectClose((1002,), (1000, 1007, 1008, None), may_drop=True)
REASON = ExpectClose((1007, 1002), (1000, None), may_drop=True)

BAD_TEXTS = (
    ("a byte that is never in UTF-8", b"a\xffb"),
    ("an overlong form", b"\xc0\xaf"),
    ("half of a surrogate pair", b"\xed\xa0\x80"),
    ("a code point above U+10FFFF", b"\xf4\x90\x80\x80"),
    ("a character that is cut off", b"abc\xe2\x82"),
)
"""Names and bytes of text that cannot be UTF-8 (RFC 3629, 3 and 10)."""


def table() -> Iterator[Written]:
    """Yield the cases in their order."""
    yield from _one_frame()
    yield from _order()
    yield from _lengths()
    yield from _texts()
    yield from _closes()
    yield from _afterwards()


def _one_frame() -> Iterator[Written]:
    yield broken("a text that is not masked", "5.1", MASKED, frame(Opcode.TEXT, b"Hello", key=None))
    yield broken("a ping that is not masked", "5.1", MASKED, frame(Opcode.PING, b"Hello", key=None))
    yield broken("RSV1 without an extension", "5.2", RSV, frame(Opcode.TEXT, b"Hello", rsv=4))
    yield broken("RSV2", "5.2", RSV, frame(Opcode.BINARY, b"Hello", rsv=2))
    yield broken("RSV3 in a ping", "5.2", RSV, frame(Opcode.PING, b"", rsv=1))
    yield broken("opcode 3", "5.2", RESERVED, frame(3, b"Hello"))
    yield broken("opcode 11, a control frame", "5.2", RESERVED, frame(11, b"Hello"))
    yield broken("a ping in fragments", "5.5", CONTROL, frame(Opcode.PING, b"Hel", fin=False))
    yield broken("a ping of 126 bytes", "5.5", CONTROL, ping(b"x" * 126))
    yield broken("a Close of 126 bytes", "5.5", CONTROL, close(1000, b"x" * 124))


def _order() -> Iterator[Written]:
    yield broken("a continuation of nothing", "5.4", ORDER, more("orphan", fin=True))
    yield broken("the beginning of a continuation of nothing", "5.4", ORDER, more("orphan"))
    yield broken("a new text inside an open one", "5.4", ORDER, text("one", fin=False), text("two"))


def _lengths() -> Iterator[Written]:
    short = bytes.fromhex("81fe0005") + KEY + mask(b"Hello", KEY)
    long = bytes.fromhex("81ff0000000000000005") + KEY + mask(b"Hello", KEY)
    top = bytes.fromhex("82ff8000000000000005") + KEY + b"Hello"
    yield broken("a length of 5 written in two bytes", "5.2", SHORTEST, short, answer=LENIENT)
    yield broken("a length of 5 written in eight bytes", "5.2", SHORTEST, long, answer=LENIENT)
    yield broken("a length of eight bytes whose top bit is set", "5.2", TOP, top, answer=EITHER)
    huge = bytes((0x82, 0xFF)) + (2**62).to_bytes(8, "big") + KEY + b"x" * 100
    yield broken("a frame that announces 4 EiB", "10.4", HEADER, huge, answer=AT_HEADER)
    one = bytes((0x82, 0xFF)) + (LIMIT + 1).to_bytes(8, "big") + KEY + b"x" * 100
    yield broken("a frame that announces one byte more than MAX_SIZE", "10.4", HEADER, one, answer=AT_HEADER)
    large = binary(b"L" * (LIMIT + 1))
    yield broken("a frame of one byte more than MAX_SIZE", "10.4", LIMITED, large, answer=TOO_BIG)
    piece = b"f" * (LIMIT // 16)
    parts = binary(piece, fin=False) + b"".join(more(piece) for _ in range(16))
    yield broken("a message in fragments, larger than MAX_SIZE", "10.4", WHOLE, parts, answer=TOO_BIG)


def _texts() -> Iterator[Written]:
    for title, data in BAD_TEXTS:
        yield broken(f"text with {title}", "8.1", UTF8, text(data), answer=NOT_UTF8)
    yield broken(
        "text that is bad in its second fragment",
        "8.1",
        UTF8,
        text(b"\xe2\x82", fin=False),
        more(b"A", fin=True),
        answer=NOT_UTF8,
    )
    free: list[Step] = [ShakeHands(), SendBytes(binary(b"\xff\xfe\xc0")), Expect(Opcode.BINARY, b"\xff\xfe\xc0")]
    yield "the same bytes as binary", "RFC 6455, 5.6", "Binary is free: only text must be UTF-8.", free


def _closes() -> Iterator[Written]:
    yield broken("a Close of one byte", "5.5.1", "A code has two bytes.", frame(Opcode.CLOSE, b"\x03"), answer=CODE)
    for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535):
        yield broken(f"a Close with {code}", "7.4", ON_WIRE, close(code), answer=CODE)
    bad = close(1000, b"\xff\xfe")
    yield broken("a reason that is not UTF-8", "5.5.1", "A reason is UTF-8.", bad, answer=REASON)


def _afterwards() -> Iterator[Written]:
    after = frame(3, b"Hello") + text("ignored")
    lesson = "After a violation the connection is failed: what comes behind it is not answered."
    yield broken("a text behind a violation", "7.1.7", lesson, after, answer=ERROR, note="opcode 3, then a text")
    steps: list[Step] = [ShakeHands(), SendBytes(frame(3, b"Hello")), ERROR, ShakeHands(on=2)]
    steps += [SendBytes(text("served"), on=2), Expect(Opcode.TEXT, b"served", on=2)]
    yield "the next client, after a violation", "RFC 6455, 7.1.7", "Only this connection is failed.", steps
    yield (
        "a client that does not answer the server's Close",
        "RFC 6455, 7.1.1",
        "After its own Close a server waits a moment (CLOSE_TIMEOUT) for the client's, and then ends TCP.",
        [ShakeHands(), SendBytes(frame(3, b"Hello")), ExpectEnd(2.5, is_strict=False, after_close=True)],
    )


def letters(number: int) -> str:
    """Return a, b … z, aa, ab …"""
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    return ("" if number < 26 else alphabet[number // 26 - 1]) + alphabet[number % 26]


CASES = [WireCase(f"12{letters(number)}", *written) for number, written in enumerate(table())]
