"""Stages 13 to 18: what a server may have beyond the protocol itself."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from livesock.conformance.case import (
    Case,
    Expect,
    ExpectAnswer,
    ExpectClose,
    ExpectEnd,
    ExpectExit,
    ExpectPing,
    Request,
    Send,
    Step,
    Terminate,
)
from livesock.conformance.cases.frames import echo
from livesock.conformance.cases.opening import REFUSED
from livesock.conformance.cases.violations import LIMIT
from livesock.conformance.cases.written import binary, frame, head, more, ping
from livesock.wire.frame import Opcode

__all__ = ["CASES"]

HEADER = "Sec-WebSocket-Protocol"


def offering(names: str, answer: ExpectAnswer) -> list[Step]:
    """Return the steps: a handshake that offers subprotocols, and its answer."""
    return [Send(head(more=(f"{HEADER}: {names}",))), answer]


CHOSEN = ExpectAnswer((101,), ((HEADER, "echo"),), otherwise="The server speaks the subprotocol echo.")

SUBPROTOCOL = [
    Case("13a", "echo is offered", "RFC 6455, 4.2.2", "The server names the one it picked.",
         offering("echo", CHOSEN)),
    Case("13b", "echo among others", "RFC 6455, 4.2.2", "The header holds a list: pick one of it.",
         offering("chat, echo,superchat", CHOSEN)),
    Case("13c", "only others", "RFC 6455, 4.2.2", "With nothing in common the header is left out.",
         offering("chat, echoes", ExpectAnswer((101,), tolerated=REFUSED))),
    Case("13d", "nothing is offered", "RFC 6455, 4.2.2", "What was not offered must not be named.", [Request()]),
]  # fmt: skip


def from_page(origin: str | None, *, enters: bool) -> list[Step]:
    """Return the steps: a handshake from a page of `origin`."""
    if enters:
        return [Send(head(more=(f"Origin: {origin}",) if origin else ())), ExpectAnswer((101,))]
    refused = ExpectAnswer((403,), tolerated=REFUSED, otherwise="A page of a stranger can now talk to the server.")
    return [Send(head(more=(f"Origin: {origin}",))), refused]


COMPARE = "An origin is scheme, host and port: compare the whole text, not its beginning or end."

ORIGIN = [
    Case("14a", "no Origin: not a browser", "RFC 6455, 10.2", "Programs send no Origin: this server lets them in.",
         from_page(None, enters=True)),
    Case("14b", "a page of this very server", "RFC 6455, 10.2", "The own origin may enter.",
         from_page("http://{host}", enters=True)),
    Case("14c", "localhost is the same machine", "RFC 6455, 10.2", "http://localhost:PORT may enter.",
         from_page("http://localhost:{port}", enters=True)),
    Case("14d", "a stranger's page", "RFC 6455, 10.2", "Any other origin gets 403.",
         from_page("https://evil.example", enters=False)),
    Case("14e", "a name that begins like ours", "RFC 6454, 5", COMPARE,
         from_page("http://{host}.evil.example", enters=False)),
    Case("14f", "a name that ends like ours", "RFC 6454, 5", COMPARE,
         from_page("http://evil.example/?http://{host}", enters=False)),
    Case("14g", "the same host, another port", "RFC 6454, 5", COMPARE, from_page("http://127.0.0.1:1", enters=False)),
    Case("14h", "null", "RFC 6454, 7.3", "A page in a sandbox says null: anyone can make one.",
         from_page("null", enters=False)),
]  # fmt: skip

HEARTBEAT = [
    Case("15a", "a ping comes by itself", "RFC 6455, 5.5.2", "After HEARTBEAT seconds of silence the server asks.",
         [Request(), ExpectPing()]),
    Case("15b", "who answers stays", "RFC 6455, 5.5.2", "A pong proves that the client is there.",
         [Request(), ExpectPing(), ExpectPing(), ExpectPing(), *echo("still here")]),
    Case("15c", "who does not answer is dropped", "RFC 6455, 5.5.2",
         "Two pings without a pong: the client is gone, end the connection (1011, or without a Close).",
         [Request(), ExpectEnd(2.5, after_close=True, is_mute=True), Request(on=2), *echo("served", on=2)]),
]  # fmt: skip


def squeezed(content: bytes) -> bytes:
    """Return a payload of permessage-deflate that begins with an empty window (RFC 7692, 7.2.1)."""
    press = zlib.compressobj(9, zlib.DEFLATED, -15)
    return (press.compress(content) + press.flush(zlib.Z_SYNC_FLUSH))[:-4]


AGREED = (("Sec-WebSocket-Extensions", "permessage-deflate"),)


def agreed(offer: str = "permessage-deflate") -> list[Step]:
    """Return the steps of a handshake that agrees on compression."""
    wanted = ExpectAnswer((101,), AGREED, otherwise="The server does not compress yet.")
    return [Send(head(more=(f"Sec-WebSocket-Extensions: {offer}",))), wanted]


def _deflate() -> Iterator[Case]:
    hello, long = squeezed(b"Hello"), b"the same words again and again, " * 200
    text = Opcode.TEXT
    half = squeezed(long)
    yield Case(
        "16a",
        "the Hello of the RFC",
        "RFC 7692, 7.2.3.1",
        "Append 00 00 ff ff, then inflate.",
        [*agreed(), Send(frame(text, hello, rsv=4)), Expect(text, b"Hello")],
    )
    yield Case(
        "16b",
        "two messages",
        "RFC 7692, 7.2.2",
        "The window is kept from one message to the next.",
        [
            *agreed(),
            Send(frame(text, hello, rsv=4)),
            Expect(text, b"Hello"),
            Send(frame(text, half, rsv=4)),
            Expect(text, long),
        ],
    )
    yield Case(
        "16c",
        "in fragments, with a ping between them",
        "RFC 7692, 6.1",
        "RSV1 stands on the first frame only; the fragments are joined, then inflated.",
        [
            *agreed(),
            Send(frame(text, half[:20], rsv=4, fin=False)),
            Send(ping(b"?")),
            Expect(Opcode.PONG, b"?"),
            Send(more(half[20:], fin=True)),
            Expect(text, long),
        ],
    )
    yield Case(
        "16d",
        "a message that is not compressed",
        "RFC 7692, 6",
        "Without RSV1 the payload is the content.",
        [*agreed(), *echo("plain"), Send(binary(b"\x00\x01")), Expect(Opcode.BINARY, b"\x00\x01")],
    )
    yield Case(
        "16e",
        "no context takeover is asked for",
        "RFC 7692, 7.1.1.1",
        "server_no_context_takeover: begin each message with an empty window, and say so in the answer.",
        [
            Send(head(more=("Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover",))),
            ExpectAnswer((101,), (("Sec-WebSocket-Extensions", "server_no_context_takeover"),)),
            Send(frame(text, hello, rsv=4)),
            Expect(text, b"Hello"),
            Send(frame(text, hello, rsv=4)),
            Expect(text, b"Hello"),
        ],
    )
    yield Case(
        "16f",
        "an offer that cannot be",
        "RFC 7692, 7.1.2.1",
        "An offer with a wrong parameter is declined: no header in the answer.",
        [
            Send(head(more=("Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=77",))),
            ExpectAnswer((101,), tolerated=(400,)),
            *echo("plain"),
        ],
    )
    yield Case(
        "16g",
        "RSV1 on a continuation",
        "RFC 7692, 6.1",
        "RSV1 there is a violation: 1002.",
        [
            *agreed(),
            Send(frame(text, b"Hel", fin=False)),
            Send(frame(0, b"lo", rsv=4)),
            ExpectClose((1002,), (1007, 1011), may_drop=True),
        ],
    )
    yield Case(
        "16h",
        "a few bytes that become two million",
        "RFC 7692, 8 and RFC 6455, 10.4",
        "Bound the size while inflating: 1009 before memory is full.",
        [
            *agreed(),
            Send(frame(text, squeezed(b"0" * 2 * LIMIT), rsv=4), note="2 MiB of zeros, compressed"),
            ExpectClose((1009,), (1002, 1007, 1008, 1011), may_drop=True),
        ],
    )
    yield Case("16i", "what is not DEFLATE", "RFC 7692, 7.2.2", "Data that cannot be inflated ends the connection.",
               [*agreed(), Send(frame(text, b"\xff\xff\xff\xff", rsv=4)),
                ExpectClose((1007, 1002), (1000, 1003, 1011), may_drop=True)])  # fmt: skip


LARGE = b"0123456789" * 20_000

WSS = [
    Case("17a", "Hello inside TLS", "RFC 6455, 4.1", "TLS first, then the same handshake.",
         [Request(), *echo("Hello")]),
    Case("17b", "200,000 bytes inside TLS", "RFC 8446, 5.1",
         "A record of TLS holds 16 KiB: one read may bring a part, and more may wait inside the TLS object.",
         [Request(), Send(binary(LARGE)), Expect(Opcode.BINARY, LARGE)]),
    Case("17c", "the Close inside TLS", "RFC 6455, 7.1.1", "The closing handshake is the same.",
         [Request(), Send(frame(Opcode.CLOSE, b"\x03\xe8")), ExpectClose((1000,), (None,), may_drop=True)]),
]  # fmt: skip

GOING_AWAY = "Close 1001 tells the client that the server goes away, and that it may come back."

SHUTDOWN = [
    Case("18a", "two clients hear 1001", "RFC 6455, 7.4.1", GOING_AWAY,
         [Request(), Request(on=2), *echo("here"), Terminate(), ExpectClose((1001,), (1000, 1012)),
          ExpectClose((1001,), (1000, 1012), on=2), ExpectExit()]),
    Case("18b", "with nobody connected", "RFC 6455, 7.4.1", "With no client there is nothing to wait for.",
         [Terminate(), ExpectExit()]),
    Case("18c", "a client that does not answer the Close", "RFC 6455, 7.1.1",
         "A silent client must not keep the server from stopping: wait CLOSE_TIMEOUT at most.",
         [Request(), *echo("here"), Terminate(), ExpectEnd(2.5, after_close=True), ExpectExit(3.0)]),
]  # fmt: skip

CASES = [*SUBPROTOCOL, *ORIGIN, *HEARTBEAT, *_deflate(), *WSS, *SHUTDOWN]
