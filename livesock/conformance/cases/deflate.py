"""Stage 16: permessage-deflate (RFC 7692)."""

from __future__ import annotations

import zlib

from livesock.conformance.case import Expect, ExpectAnswer, ExpectClose, SendBytes, Step, WireCase
from livesock.conformance.cases.frames import echo
from livesock.conformance.cases.violations import LIMIT
from livesock.conformance.cases.written import binary, frame, head, more, ping
from livesock.wire.frame import Opcode

__all__ = ["CASES"]


def squeezed(content: bytes) -> bytes:
    """Return a payload of permessage-deflate that begins with an empty window (RFC 7692, 7.2.1)."""
    press = zlib.compressobj(9, zlib.DEFLATED, -15)
    return (press.compress(content) + press.flush(zlib.Z_SYNC_FLUSH))[:-4]


AGREED = (("Sec-WebSocket-Extensions", "permessage-deflate"),)


def agreed(offer: str = "permessage-deflate") -> list[Step]:
    """Return the steps of a handshake that agrees on compression."""
    wanted = ExpectAnswer((101,), AGREED, otherwise="The server does not compress yet.")
    return [SendBytes(head(more=(f"Sec-WebSocket-Extensions: {offer}",))), wanted]


HELLO = squeezed(b"Hello")
LONG = b"the same words again and again, " * 200
HALF = squeezed(LONG)
"""All of `LONG`; it is sent in two parts."""

TEXT = Opcode.TEXT


MESSAGES = [
    WireCase(
        "16a",
        "the Hello of the RFC",
        "RFC 7692, 7.2.3.1",
        "Append 00 00 ff ff, then inflate.",
        [*agreed(), SendBytes(frame(TEXT, HELLO, rsv=4)), Expect(TEXT, b"Hello")],
    ),
    WireCase(
        "16b",
        "two messages",
        "RFC 7692, 7.2.2",
        "The window is kept from one message to the next.",
        [
            *agreed(),
            SendBytes(frame(TEXT, HELLO, rsv=4)),
            Expect(TEXT, b"Hello"),
            SendBytes(frame(TEXT, HALF, rsv=4)),
            Expect(TEXT, LONG),
        ],
    ),
    WireCase(
        "16c",
        "in fragments, with a ping between them",
        "RFC 7692, 6.1",
        "RSV1 stands on the first frame only; the fragments are joined, then inflated.",
        [
            *agreed(),
            SendBytes(frame(TEXT, HALF[:20], rsv=4, fin=False)),
            SendBytes(ping(b"?")),
            Expect(Opcode.PONG, b"?"),
            SendBytes(more(HALF[20:], fin=True)),
            Expect(TEXT, LONG),
        ],
    ),
    WireCase(
        "16d",
        "a message that is not compressed",
        "RFC 7692, 6",
        "Without RSV1 the payload is the content.",
        [*agreed(), *echo("plain"), SendBytes(binary(b"\x00\x01")), Expect(Opcode.BINARY, b"\x00\x01")],
    ),
]

AGREEMENT = [
    WireCase(
        "16e",
        "no context takeover is asked for",
        "RFC 7692, 7.1.1.1",
        "server_no_context_takeover: begin each message with an empty window, and say so in the answer.",
        [
            SendBytes(head(more=("Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover",))),
            ExpectAnswer((101,), (("Sec-WebSocket-Extensions", "server_no_context_takeover"),)),
            SendBytes(frame(TEXT, HELLO, rsv=4)),
            Expect(TEXT, b"Hello"),
            SendBytes(frame(TEXT, HELLO, rsv=4)),
            Expect(TEXT, b"Hello"),
        ],
    ),
    WireCase(
        "16f",
        "an offer that cannot be",
        "RFC 7692, 7.1.2.1",
        "An offer with a wrong parameter is declined: no header in the answer.",
        [
            SendBytes(head(more=("Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=77",))),
            ExpectAnswer((101,), tolerated=(400,)),
            *echo("plain"),
        ],
    ),
]

VIOLATIONS = [
    WireCase(
        "16g",
        "RSV1 on a continuation",
        "RFC 7692, 6.1",
        "RSV1 there is a violation: 1002.",
        [
            *agreed(),
            SendBytes(frame(TEXT, b"Hel", fin=False)),
            SendBytes(frame(0, b"lo", rsv=4)),
            ExpectClose((1002,), (1007, 1011), may_drop=True),
        ],
    ),
    WireCase(
        "16h",
        "a few bytes that become two million",
        "RFC 7692, 8 and RFC 6455, 10.4",
        "Bound the size while inflating: 1009 before memory is full.",
        [
            *agreed(),
            SendBytes(frame(TEXT, squeezed(b"0" * 2 * LIMIT), rsv=4), note="2 MiB of zeros, compressed"),
            ExpectClose((1009,), (1002, 1007, 1008, 1011), may_drop=True),
        ],
    ),
    WireCase(
        "16i",
        "what is not DEFLATE",
        "RFC 7692, 7.2.2",
        "Data that cannot be inflated ends the connection.",
        [
            *agreed(),
            SendBytes(frame(TEXT, b"\xff\xff\xff\xff", rsv=4)),
            ExpectClose((1007, 1002), (1000, 1003, 1011), may_drop=True),
        ],
    ),
]

CASES = [*MESSAGES, *AGREEMENT, *VIOLATIONS]
