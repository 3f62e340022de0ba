"""Stages 1 to 4: the port, the head of the request, the 101, and what is refused."""

from __future__ import annotations

from livesock.conformance.case import Connect, EndTcp, ExpectAnswer, ExpectOpen, SendBytes, ShakeHands, WireCase
from livesock.conformance.cases.written import SAMPLE, head

__all__ = ["CASES"]

ANY = ExpectAnswer(())
"""Any answer of HTTP."""

REFUSED = (400, 403, 404, 405, 411, 412, 413, 421, 422, 426, 431, 501, 505)
"""Statuses with which servers say that a request is wrong."""

HEAD = head()

BIND = [
    WireCase(
        "1a",
        "a client can connect",
        "RFC 6455, 4.2",
        "A server listens at the port that it was given, and accepts.",
        [Connect()],
    ),
    WireCase(
        "1b",
        "a second client, after the first has gone",
        "RFC 6455, 4.2",
        "accept() returns one client; a server calls it again for the next.",
        [Connect(), EndTcp(), Connect(on=2)],
    ),
]

WHOLE = "The head ends at the empty line, CR LF CR LF: read until it has come."

HEADS = [
    WireCase("2a", "a head in one piece", "RFC 9112, 2.2", "A request gets an answer.", [SendBytes(HEAD), ANY]),
    WireCase("2b", "a head in two pieces", "RFC 9112, 2.2", WHOLE, [SendBytes(HEAD, pieces=len(HEAD) // 2 + 1), ANY]),
    WireCase("2c", "a head in pieces of seven bytes", "RFC 9112, 2.2", WHOLE, [SendBytes(HEAD, pieces=7), ANY]),
    WireCase(
        "2d",
        "the end of the head is cut in two",
        "RFC 9112, 2.2",
        "The empty line itself may be cut: look for it in all that has come, not in the last piece.",
        [SendBytes(HEAD[:-2], note="all but the last CR LF"), SendBytes(HEAD[-2:-1]), SendBytes(HEAD[-1:]), ANY],
    ),
    WireCase(
        "2e",
        "no answer before the head is whole",
        "RFC 9112, 2.2",
        "Half a request is not a request yet: wait for the rest.",
        [SendBytes(HEAD[:-2]), ExpectOpen(), SendBytes(HEAD[-2:]), ANY],
    ),
    WireCase(
        "2f",
        "the next client, after one that left in the middle of its head",
        "RFC 9112, 2.2",
        "recv() returns b'' when the client has gone: leave the loop, and take the next client.",
        [SendBytes(HEAD[:27]), EndTcp(), SendBytes(HEAD, on=2), ExpectAnswer((), on=2)],
    ),
]

ACCEPTED = ExpectAnswer((101,))

ACCEPT = [
    WireCase(
        "3a",
        "the key of the RFC's example",
        "RFC 6455, 4.2.2",
        "Sec-WebSocket-Accept is base64(SHA-1(key + GUID)); the key is hashed as the text that it is.",
        [
            SendBytes(HEAD),
            ExpectAnswer((101,), (("Sec-WebSocket-Accept", ""), ("Upgrade", "websocket"), ("Connection", "upgrade"))),
        ],
    ),
    WireCase(
        "3b",
        "a key that is new each time",
        "RFC 6455, 4.2.2",
        "The proof is worked out from the key of this very request.",
        [ShakeHands(), ShakeHands(on=2)],
    ),
    WireCase(
        "3c",
        "names of headers in lower case",
        "RFC 9110, 5.1",
        "The case of a header's name does not matter.",
        [
            SendBytes(
                b"GET {path} HTTP/1.1\r\nhost: {host}\r\nupgrade: WebSocket\r\nCONNECTION: upgrade\r\n"
                b"sec-websocket-key: " + SAMPLE.encode() + b"\r\nSEC-WEBSOCKET-VERSION: 13\r\n\r\n"
            ),
            ACCEPTED,
        ],
    ),
    WireCase(
        "3d",
        "Connection holds a list, as browsers send it",
        "RFC 6455, 4.2.1",
        "Connection: keep-alive, Upgrade is a list that holds the word upgrade.",
        [SendBytes(head(connection="keep-alive, Upgrade")), ACCEPTED],
    ),
    WireCase(
        "3e",
        "no spaces after the colon",
        "RFC 9112, 5.1",
        "The blanks around a header's value are optional.",
        [SendBytes(HEAD.replace(b": ", b":")), ACCEPTED],
    ),
    WireCase(
        "3f",
        "nothing after the head of the answer",
        "RFC 6455, 4.2.2",
        "After the empty line of the 101 come frames; a body or a greeting would be read as a frame.",
        [SendBytes(HEAD), ACCEPTED, ExpectOpen()],
    ),
    WireCase(
        "3g",
        "extensions and subprotocols that the server need not know",
        "RFC 6455, 4.2.2",
        "A server names only what it agrees to: with nothing agreed, these headers are left out.",
        [
            SendBytes(head(more=("Sec-WebSocket-Extensions: x-unknown", "Sec-WebSocket-Protocol: unknown.livesock"))),
            ACCEPTED,
        ],
    ),
]

NO_HANDSHAKE = "A request that is no valid handshake gets an HTTP error, and no 101."


def refused(
    which: str, title: str, section: str, lesson: str, data: bytes, answer: ExpectAnswer | None = None
) -> WireCase:
    """Return a case: `data` is refused, and the next client is served."""
    wanted = answer or ExpectAnswer(REFUSED, may_end=True, otherwise=lesson)
    return WireCase(which, title, section, lesson, [SendBytes(data), wanted, ShakeHands(on=2)])


REFUSE = [
    refused(
        "4a",
        "POST instead of GET",
        "RFC 6455, 4.1",
        "The method of a handshake is GET; 405 says so.",
        head(method="POST", more=("Content-Length: 0",)),
    ),
    refused(
        "4b",
        "version 8",
        "RFC 6455, 4.2.2",
        "Another version gets 426 (or 400), and Sec-WebSocket-Version: 13 says which one is spoken.",
        head(number="8"),
        ExpectAnswer((400, 426), (("Sec-WebSocket-Version", "13"),)),
    ),
    refused("4c", "no version", "RFC 6455, 4.2.1", NO_HANDSHAKE, head(number=None)),
    refused("4d", "no key", "RFC 6455, 4.2.1", NO_HANDSHAKE, head(key=None)),
    refused(
        "4e",
        "a key of 14 bytes",
        "RFC 6455, 4.2.1",
        "The key is 16 bytes in base64.",
        head(key="c2hvcnRlciBrZXkhIQ==="[:20]),
    ),
    refused(
        "4f",
        "a plain request, without Upgrade",
        "RFC 6455, 4.2.1",
        "A page may be asked for at the same port: any answer but 101 is right, 426 says what is spoken here.",
        head(upgrade=None, connection="close", key=None, number=None),
        ExpectAnswer((200, 204, 301, 302, *REFUSED), may_end=True),
    ),
    refused(
        "4g",
        "Upgrade to another protocol",
        "RFC 6455, 4.2.1",
        NO_HANDSHAKE,
        head(upgrade="h2c"),
        ExpectAnswer((200, 204, *REFUSED), may_end=True),
    ),
    refused(
        "4h",
        "Connection without upgrade",
        "RFC 6455, 4.2.1",
        NO_HANDSHAKE,
        head(connection="keep-alive"),
        ExpectAnswer((200, 204, *REFUSED), may_end=True),
    ),
    refused("4i", "no Host", "RFC 9112, 3.2", "A request of HTTP/1.1 without Host gets 400.", head(host=None)),
    refused("4j", "HTTP/1.0", "RFC 6455, 4.2.1", "The handshake needs HTTP/1.1 or later.", head(version="HTTP/1.0")),
    refused(
        "4k",
        "bytes that are not HTTP",
        "RFC 9112, 2.2",
        "These bytes begin TLS: someone wrote wss:// for ws://. Answer 400 or hang up, and serve the next client.",
        bytes.fromhex("16030100c8010000c40303") + b"\x11" * 80 + b"\r\n\r\n",
        ExpectAnswer(REFUSED, may_end=True),
    ),
    WireCase(
        "4l",
        "a head without end",
        "RFC 9110, 15.5 and RFC 6585, 5",
        "A head has a limit (8 KiB is usual): beyond it comes 431 or 400, or the end; otherwise memory grows for ever.",
        [
            SendBytes(HEAD[:-2] + b"X-Long: " + b"a" * 300_000, note="300,000 bytes, and no end"),
            ExpectAnswer(REFUSED, may_end=True, may_wait=True, otherwise="Its memory grows as long as bytes come."),
            ShakeHands(on=2),
        ],
    ),
]


CASES = [*BIND, *HEADS, *ACCEPT, *REFUSE]
