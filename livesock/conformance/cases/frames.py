"""Stages 5 to 8: one text, all lengths, the stream, several clients."""

from __future__ import annotations

from livesock.conformance.case import Connect, EndTcp, Expect, ExpectAnswer, SendBytes, ShakeHands, Step, WireCase
from livesock.conformance.cases.written import binary, frame, head, text
from livesock.wire.frame import Opcode

__all__ = ["CASES"]


def echo(content: str, on: int = 1) -> list[Step]:
    """Return the steps: a text goes out and comes back."""
    return [SendBytes(text(content), on=on, note=f'text "{content}"'), Expect(Opcode.TEXT, content.encode(), on=on)]


SCRIPT = "Grüße, 你好, 😀"

TEXT = [
    WireCase(
        "5a",
        "the masked Hello of the RFC",
        "RFC 6455, 5.7",
        "XOR each byte of the payload with the byte of the key whose turn it is, and send 81 05 48 65 6c 6c 6f.",
        [ShakeHands(), *echo("Hello")],
    ),
    WireCase(
        "5b",
        "another masking key",
        "RFC 6455, 5.3",
        "The key is new in each frame: read it from the frame.",
        [ShakeHands(), SendBytes(frame(Opcode.TEXT, b"Hello", key=b"\x00\x01\xfe\xff")), Expect(Opcode.TEXT, b"Hello")],
    ),
    WireCase(
        "5c",
        "characters of two, three and four bytes",
        "RFC 6455, 5.2",
        "The length counts bytes of UTF-8, not characters.",
        [ShakeHands(), *echo(SCRIPT)],
    ),
    WireCase(
        "5d", "an empty text", "RFC 6455, 5.2", "A length of 0 is a message like any other.", [ShakeHands(), *echo("")]
    ),
    WireCase(
        "5e",
        "several texts, one after the other",
        "RFC 6455, 5.4",
        "The connection stays open: read the next frame.",
        [ShakeHands(), *echo("one"), *echo("two"), *echo("three")],
    ),
]

FORMS = (
    "Up to 125 the length stands in 7 bits; 126 announces two bytes of length, 127 eight; the shortest form is sent."
)


def lengths(which: str, size: int) -> WireCase:
    """Return the case for a text and a binary message of `size` bytes."""
    sign = (b"0123456789" * (size // 10 + 1))[:size]
    return WireCase(
        which,
        f"{size:,} bytes, as text and as binary",
        "RFC 6455, 5.2",
        FORMS,
        [
            ShakeHands(),
            SendBytes(text(sign), note=f"text of {size:,} bytes"),
            Expect(Opcode.TEXT, sign),
            SendBytes(binary(sign), note=f"binary of {size:,} bytes"),
            Expect(Opcode.BINARY, sign),
        ],
    )


SIZES = (125, 126, 127, 128, 65_535, 65_536, 200_000)

LENGTHS = [
    *(lengths(f"6{letter}", size) for letter, size in zip("abcdefg", SIZES, strict=True)),
    WireCase(
        "6h",
        "binary: every byte there is",
        "RFC 6455, 5.6",
        "Binary may hold any byte: do not decode it.",
        [ShakeHands(), SendBytes(binary(bytes(range(256)))), Expect(Opcode.BINARY, bytes(range(256)))],
    ),
    WireCase(
        "6i",
        "an empty binary message",
        "RFC 6455, 5.6",
        "An empty binary message comes back as binary.",
        [ShakeHands(), SendBytes(binary(b"")), Expect(Opcode.BINARY, b"")],
    ),
]

STREAM_RULE = "TCP has no borders: keep what has come in one buffer, and take whole frames off its front."

MIXED = text("one") + binary(b"two") + text("three")

STREAM = [
    WireCase(
        "7a",
        "three frames in one piece",
        "RFC 6455, 5.2",
        STREAM_RULE,
        [
            ShakeHands(),
            SendBytes(MIXED, note="three frames"),
            Expect(Opcode.TEXT, b"one"),
            Expect(Opcode.BINARY, b"two"),
            Expect(Opcode.TEXT, b"three"),
        ],
    ),
    WireCase(
        "7b",
        "a frame, byte for byte",
        "RFC 6455, 5.2",
        STREAM_RULE,
        [ShakeHands(), SendBytes(text("byte for byte"), pieces=1), Expect(Opcode.TEXT, b"byte for byte")],
    ),
    WireCase(
        "7c",
        "a frame of 300 bytes, cut inside its length",
        "RFC 6455, 5.2",
        "The header may be cut as well: two bytes may be all that has come.",
        [ShakeHands(), SendBytes(text("x" * 300)[:3]), SendBytes(text("x" * 300)[3:]), Expect(Opcode.TEXT, b"x" * 300)],
    ),
    WireCase(
        "7d",
        "a frame and a half, then the other half",
        "RFC 6455, 5.2",
        STREAM_RULE,
        [
            ShakeHands(),
            SendBytes(text("first") + text("second")[:5], note="a frame and a half"),
            Expect(Opcode.TEXT, b"first"),
            SendBytes(text("second")[5:], note="the other half"),
            Expect(Opcode.TEXT, b"second"),
        ],
    ),
    WireCase(
        "7e",
        "70,000 bytes in pieces",
        "RFC 6455, 5.2",
        "recv(n) returns at most n bytes, usually fewer: read until the whole payload has come.",
        [ShakeHands(), SendBytes(binary(b"p" * 70_000), pieces=9_000), Expect(Opcode.BINARY, b"p" * 70_000)],
    ),
    WireCase(
        "7f",
        "a hundred small frames in one piece",
        "RFC 6455, 5.2",
        STREAM_RULE,
        [
            ShakeHands(),
            SendBytes(b"".join(text(str(number)) for number in range(100)), note="100 frames"),
            *(Expect(Opcode.TEXT, str(number).encode()) for number in range(100)),
        ],
    ),
    WireCase(
        "7g",
        "a frame in two pieces that come with a pause",
        "RFC 6455, 5.2",
        "A pause inside a frame is not its end.",
        [ShakeHands(), SendBytes(text("slow")[:4]), SendBytes(text("slow")[4:]), Expect(Opcode.TEXT, b"slow")],
    ),
    WireCase(
        "7h",
        "a frame in one piece with the request",
        "RFC 6455, 4.1",
        "What was read beyond the empty line belongs to the frames. (Clients must wait: losing it is NON-STRICT.)",
        [
            SendBytes(head() + text("early"), note="the request, and a text"),
            ExpectAnswer((101,)),
            Expect(Opcode.TEXT, b"early", or_nothing=True, otherwise="The frame right behind the request was lost."),
        ],
    ),
]

WAITS = "While one client is silent, the others are served: one thread or one task for each connection."

CLIENTS = [
    WireCase(
        "8a",
        "two clients, both open",
        "RFC 6455, 1.5",
        WAITS,
        [ShakeHands(), ShakeHands(on=2), *echo("two", on=2), *echo("one"), *echo("two again", on=2)],
    ),
    WireCase(
        "8b",
        "a client that connects and sends nothing",
        "RFC 6455, 1.5",
        WAITS,
        [Connect(), ShakeHands(on=2), *echo("served", on=2)],
    ),
    WireCase(
        "8c",
        "a client that sends half a frame and stops",
        "RFC 6455, 1.5",
        WAITS,
        [
            ShakeHands(),
            SendBytes(text("half")[:7]),
            ShakeHands(on=2),
            *echo("served", on=2),
            SendBytes(text("half")[7:]),
            Expect(Opcode.TEXT, b"half"),
        ],
    ),
    WireCase(
        "8d",
        "ten clients at once",
        "RFC 6455, 1.5",
        "What comes from one client goes back to this client, and to no other.",
        [
            *(ShakeHands(on=number) for number in range(1, 11)),
            *(SendBytes(text(f"client {number}"), on=number) for number in range(1, 11)),
            *(Expect(Opcode.TEXT, f"client {number}".encode(), on=number) for number in range(10, 0, -1)),
        ],
    ),
    WireCase(
        "8e",
        "the next client, after one that left without a word",
        "RFC 6455, 7.1.5",
        "b'' from recv() means that the client has gone: end this connection, and only this one.",
        [ShakeHands(), *echo("here"), EndTcp(), ShakeHands(on=2), *echo("served", on=2)],
    ),
    WireCase(
        "8f",
        "the next client, after one that crashed",
        "RFC 6455, 7.1.5",
        "A reset raises ConnectionResetError: end this connection, and only this one.",
        [ShakeHands(), SendBytes(text("x" * 1000)), EndTcp(is_reset=True), ShakeHands(on=2), *echo("served", on=2)],
    ),
]

CASES = [*TEXT, *LENGTHS, *STREAM, *CLIENTS]
