"""Stages 13 to 18, but for compression: what a server may have beyond the protocol itself."""

from __future__ import annotations

from livesock.conformance.case import (
    Expect,
    ExpectAnswer,
    ExpectClose,
    ExpectEnd,
    ExpectExit,
    ExpectPing,
    SendBytes,
    ShakeHands,
    Step,
    Terminate,
    WireCase,
)
from livesock.conformance.cases.frames import echo
from livesock.conformance.cases.opening import REFUSED
from livesock.conformance.cases.written import binary, frame, head
from livesock.wire.frame import Opcode

__all__ = ["CASES"]

HEADER = "Sec-WebSocket-Protocol"


def offering(names: str, answer: ExpectAnswer) -> list[Step]:
    """Return the steps: a handshake that offers subprotocols, and its answer."""
    return [SendBytes(head(more=(f"{HEADER}: {names}",))), answer]


CHOSEN = ExpectAnswer((101,), ((HEADER, "echo"),), otherwise="The server speaks the subprotocol echo.")

SUBPROTOCOL = [
    WireCase(
        "13a", "echo is offered", "RFC 6455, 4.2.2", "The server names the one it picked.", offering("echo", CHOSEN)
    ),
    WireCase(
        "13b",
        "echo among others",
        "RFC 6455, 4.2.2",
        "The header holds a list: pick one of it.",
        offering("chat, echo,superchat", CHOSEN),
    ),
    WireCase(
        "13c",
        "only others",
        "RFC 6455, 4.2.2",
        "With nothing in common the header is left out.",
        offering("chat, echoes", ExpectAnswer((101,), tolerated=REFUSED)),
    ),
    WireCase("13d", "nothing is offered", "RFC 6455, 4.2.2", "What was not offered must not be named.", [ShakeHands()]),
]


def from_page(origin: str | None, *, enters: bool) -> list[Step]:
    """Return the steps: a handshake from a page of `origin`."""
    if enters:
        return [SendBytes(head(more=(f"Origin: {origin}",) if origin else ())), ExpectAnswer((101,))]
    refused = ExpectAnswer((403,), tolerated=REFUSED, otherwise="A page of a stranger can now talk to the server.")
    return [SendBytes(head(more=(f"Origin: {origin}",))), refused]


COMPARE = "An origin is scheme, host and port: compare the whole text, not its beginning or end."

ORIGIN = [
    WireCase(
        "14a",
        "no Origin: not a browser",
        "RFC 6455, 10.2",
        "Programs send no Origin: this server lets them in.",
        from_page(None, enters=True),
    ),
    WireCase(
        "14b",
        "a page of this very server",
        "RFC 6455, 10.2",
        "The own origin may enter.",
        from_page("http://{host}", enters=True),
    ),
    WireCase(
        "14c",
        "localhost is the same machine",
        "RFC 6455, 10.2",
        "http://localhost:PORT may enter.",
        from_page("http://localhost:{port}", enters=True),
    ),
    WireCase(
        "14d",
        "a stranger's page",
        "RFC 6455, 10.2",
        "Any other origin gets 403.",
        from_page("https://evil.example", enters=False),
    ),
    WireCase(
        "14e",
        "a name that begins like ours",
        "RFC 6454, 5",
        COMPARE,
        from_page("http://{host}.evil.example", enters=False),
    ),
    WireCase(
        "14f",
        "a name that ends like ours",
        "RFC 6454, 5",
        COMPARE,
        from_page("http://evil.example/?http://{host}", enters=False),
    ),
    WireCase(
        "14g", "the same host, another port", "RFC 6454, 5", COMPARE, from_page("http://127.0.0.1:1", enters=False)
    ),
    WireCase(
        "14h",
        "null",
        "RFC 6454, 7.3",
        "A page in a sandbox says null: anyone can make one.",
        from_page("null", enters=False),
    ),
]

HEARTBEAT = [
    WireCase(
        "15a",
        "a ping comes by itself",
        "RFC 6455, 5.5.2",
        "After HEARTBEAT seconds of silence the server asks.",
        [ShakeHands(), ExpectPing()],
    ),
    WireCase(
        "15b",
        "who answers stays",
        "RFC 6455, 5.5.2",
        "A pong proves that the client is there.",
        [ShakeHands(), ExpectPing(), ExpectPing(), ExpectPing(), *echo("still here")],
    ),
    WireCase(
        "15c",
        "who does not answer is dropped",
        "RFC 6455, 5.5.2",
        "Two pings without a pong: the client is gone, end the connection (1011, or without a Close).",
        [ShakeHands(), ExpectEnd(2.5, after_close=True, is_mute=True), ShakeHands(on=2), *echo("served", on=2)],
    ),
]


LARGE = b"0123456789" * 20_000

WSS = [
    WireCase(
        "17a",
        "Hello inside TLS",
        "RFC 6455, 4.1",
        "TLS first, then the same handshake.",
        [ShakeHands(), *echo("Hello")],
    ),
    WireCase(
        "17b",
        "200,000 bytes inside TLS",
        "RFC 8446, 5.1",
        "A record of TLS holds 16 KiB: one read may bring a part, and the TLS object can hold more.",
        [ShakeHands(), SendBytes(binary(LARGE)), Expect(Opcode.BINARY, LARGE)],
    ),
    WireCase(
        "17c",
        "the Close inside TLS",
        "RFC 6455, 7.1.1",
        "The closing handshake is the same.",
        [ShakeHands(), SendBytes(frame(Opcode.CLOSE, b"\x03\xe8")), ExpectClose((1000,), (None,), may_drop=True)],
    ),
]

GOING_AWAY = "Close 1001 tells the client that the server goes away, and that it may come back."

SHUTDOWN = [
    WireCase(
        "18a",
        "two clients hear 1001",
        "RFC 6455, 7.4.1",
        GOING_AWAY,
        [
            ShakeHands(),
            ShakeHands(on=2),
            *echo("here"),
            Terminate(),
            ExpectClose((1001,), (1000, 1012)),
            ExpectClose((1001,), (1000, 1012), on=2),
            ExpectExit(),
        ],
    ),
    WireCase(
        "18b",
        "with nobody connected",
        "RFC 6455, 7.4.1",
        "With no client there is nothing to wait for.",
        [Terminate(), ExpectExit()],
    ),
    WireCase(
        "18c",
        "a client that does not answer the Close",
        "RFC 6455, 7.1.1",
        "A silent client must not keep the server from stopping: wait CLOSE_TIMEOUT at most.",
        [ShakeHands(), *echo("here"), Terminate(), ExpectEnd(2.5, after_close=True), ExpectExit(3.0)],
    ),
]

CASES = [*SUBPROTOCOL, *ORIGIN, *HEARTBEAT, *WSS, *SHUTDOWN]
