"""Stages 9 to 11: pings, fragments, the closing handshake."""

from __future__ import annotations

from livesock.conformance.case import EndTcp, Expect, ExpectClose, SendBytes, ShakeHands, Step, WireCase
from livesock.conformance.cases.frames import echo
from livesock.conformance.cases.written import binary, close, more, ping, pong, text
from livesock.wire.frame import Opcode

__all__ = ["CASES"]

SAME = "A pong carries the payload of its ping, byte for byte."

PING = [
    WireCase(
        "9a",
        "an empty ping",
        "RFC 6455, 5.5.2",
        "A ping is answered with a pong.",
        [ShakeHands(), SendBytes(ping(), note="empty ping"), Expect(Opcode.PONG, b"")],
    ),
    WireCase(
        "9b",
        "a ping with a payload",
        "RFC 6455, 5.5.3",
        SAME,
        [ShakeHands(), SendBytes(ping(b"abc"), note='ping "abc"'), Expect(Opcode.PONG, b"abc")],
    ),
    WireCase(
        "9c",
        "a ping of 125 bytes that are not text",
        "RFC 6455, 5.5.3",
        SAME,
        [ShakeHands(), SendBytes(ping(bytes(range(131, 256)))), Expect(Opcode.PONG, bytes(range(131, 256)))],
    ),
    WireCase(
        "9d",
        "a ping between two texts",
        "RFC 6455, 5.5.2",
        "A ping is no message: the handler does not see it.",
        [ShakeHands(), *echo("before"), SendBytes(ping(b"?")), Expect(Opcode.PONG, b"?"), *echo("after")],
    ),
    WireCase(
        "9e",
        "a pong that nobody asked for",
        "RFC 6455, 5.5.3",
        "An unsolicited pong is a heartbeat in one direction: it gets no answer.",
        [ShakeHands(), SendBytes(pong(b"alive"), note='pong "alive"'), *echo("after")],
    ),
    WireCase(
        "9f",
        "ten pings in one piece",
        "RFC 6455, 5.5.3",
        "Each ping gets its pong (only the last one is also allowed, and rarely done).",
        [
            ShakeHands(),
            SendBytes(b"".join(ping(b"%d" % number) for number in range(10)), note="10 pings"),
            *(Expect(Opcode.PONG, b"%d" % number) for number in range(10)),
        ],
    ),
]

JOIN = "FIN=0 says that more follows: keep the pieces, and deliver one message at FIN=1."
BETWEEN = "Control frames come between the fragments of a message, and are answered at once."

EURO = "€".encode()

FRAGMENTS = [
    WireCase(
        "10a",
        "a text in two fragments",
        "RFC 6455, 5.4",
        JOIN,
        [
            ShakeHands(),
            SendBytes(text("Hel", fin=False)),
            SendBytes(more("lo", fin=True)),
            Expect(Opcode.TEXT, b"Hello"),
        ],
    ),
    WireCase(
        "10b",
        "a binary message in three fragments, one of them empty",
        "RFC 6455, 5.4",
        JOIN,
        [
            ShakeHands(),
            SendBytes(binary(b"\xff\x00", fin=False) + more(b"") + more(b"\x01", fin=True)),
            Expect(Opcode.BINARY, b"\xff\x00\x01"),
        ],
    ),
    WireCase(
        "10c",
        "a character cut by a border of fragments",
        "RFC 6455, 5.6",
        "Only the whole message is UTF-8: join the bytes first, then decode.",
        [
            ShakeHands(),
            SendBytes(text(EURO[:1], fin=False)),
            SendBytes(more(EURO[1:2])),
            SendBytes(more(EURO[2:], fin=True)),
            Expect(Opcode.TEXT, EURO),
        ],
    ),
    WireCase(
        "10d",
        "a ping between two fragments",
        "RFC 6455, 5.4",
        BETWEEN,
        [
            ShakeHands(),
            SendBytes(text("Hel", fin=False)),
            SendBytes(ping(b"now")),
            Expect(Opcode.PONG, b"now"),
            SendBytes(more("lo", fin=True)),
            Expect(Opcode.TEXT, b"Hello"),
        ],
    ),
    WireCase(
        "10e",
        "a pong between two fragments",
        "RFC 6455, 5.4",
        BETWEEN,
        [
            ShakeHands(),
            SendBytes(text("Hel", fin=False) + pong(b"x") + more("lo", fin=True)),
            Expect(Opcode.TEXT, b"Hello"),
        ],
    ),
    WireCase(
        "10f",
        "two messages in fragments, byte for byte",
        "RFC 6455, 5.4",
        "After FIN=1 the next message begins with its own opcode.",
        [
            ShakeHands(),
            SendBytes(
                text("a", fin=False) + more("b", fin=True) + binary(b"c", fin=False) + more(b"d", fin=True), pieces=1
            ),
            Expect(Opcode.TEXT, b"ab"),
            Expect(Opcode.BINARY, b"cd"),
        ],
    ),
    WireCase(
        "10g",
        "fragments that are all empty",
        "RFC 6455, 5.4",
        JOIN,
        [ShakeHands(), SendBytes(text("", fin=False) + more("") + more("", fin=True)), Expect(Opcode.TEXT, b"")],
    ),
    WireCase(
        "10h",
        "a hundred fragments",
        "RFC 6455, 5.4",
        JOIN,
        [
            ShakeHands(),
            SendBytes(
                text("0", fin=False) + b"".join(more("1") for _ in range(98)) + more("2", fin=True),
                note="100 fragments",
            ),
            Expect(Opcode.TEXT, b"0" + b"1" * 98 + b"2"),
        ],
    ),
]

SAME_CODE = "A Close is answered with a Close, usually of the same code; then the server ends TCP."


def closing(
    which: str, title: str, code: int | None, *, reason: bytes = b"", section: str = "RFC 6455, 5.5.1"
) -> WireCase:
    """Return the case: this Close is answered with the same code, then TCP ends."""
    others = (1000, 1001, None, code)
    answer = ExpectClose((code,) if code is not None else (None, 1000), tolerated=others, may_drop=True)
    return WireCase(
        which, title, section, SAME_CODE, [ShakeHands(), *echo("before"), SendBytes(close(code, reason)), answer]
    )


def late(what: bytes, note: str) -> list[Step]:
    """Return the steps: a Close, and something after it that gets no answer."""
    return [ShakeHands(), SendBytes(close(1000) + what, note=note), ExpectClose((1000,), (None,), may_drop=True)]


CLOSE = [
    closing("11a", "1000", 1000),
    closing("11b", "a Close without a code", None, section="RFC 6455, 7.1.5"),
    closing("11c", "1001 with a reason", 1001, reason="bye, tschüß".encode()),
    closing("11d", "3000, a code of a framework", 3000, section="RFC 6455, 7.4.2"),
    closing("11e", "4999, a code of an application", 4999, section="RFC 6455, 7.4.2"),
    closing("11f", "a reason of 123 bytes", 1000, reason=b"r" * 123),
    WireCase(
        "11g",
        "a text after the Close",
        "RFC 6455, 5.5.1",
        "After a Close nothing counts: what comes behind it is not answered.",
        late(text("late"), "Close, then a text"),
    ),
    WireCase(
        "11h",
        "a ping after the Close",
        "RFC 6455, 5.5.1",
        "After a Close nothing counts, a ping neither.",
        late(ping(b"late"), "Close, then a ping"),
    ),
    WireCase(
        "11i",
        "a Close between two fragments",
        "RFC 6455, 5.4",
        "A Close is a control frame: it may come before the message is complete.",
        [
            ShakeHands(),
            SendBytes(text("never", fin=False)),
            SendBytes(close(1000)),
            ExpectClose((1000,), (None, 1002), may_drop=True),
        ],
    ),
    WireCase(
        "11j",
        "a text and a Close behind it",
        "RFC 6455, 5.5.1",
        "What came before the Close may still be answered; a server may also close at once.",
        [
            ShakeHands(),
            SendBytes(text("last") + close(1000), note="a text and a Close in one piece"),
            Expect(Opcode.TEXT, b"last", or_close=True),
            ExpectClose((1000,), (None,), may_drop=True),
        ],
    ),
    WireCase(
        "11k",
        "a client that never ends TCP",
        "RFC 6455, 7.1.1",
        "The server ends TCP first, whatever the client does.",
        [ShakeHands(), SendBytes(close(1000)), ExpectClose((1000,), (None,), may_drop=True)],
    ),
    WireCase(
        "11l",
        "a client that ends TCP without a Close",
        "RFC 6455, 7.1.5",
        "b'' without a Close before it is 1006, a word for your own log; the connection ends, and the next is served.",
        [
            ShakeHands(),
            SendBytes(text("bye")),
            Expect(Opcode.TEXT, b"bye"),
            EndTcp(),
            ShakeHands(on=2),
            *echo("served", on=2),
        ],
    ),
]

CASES = [*PING, *FRAGMENTS, *CLOSE]
