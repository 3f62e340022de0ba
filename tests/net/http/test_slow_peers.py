"""Peers that do not read: dropped when they take no byte, kept as long as they take some. And those that have gone."""

from __future__ import annotations

import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
import websockets
from websockets.exceptions import ConnectionClosed

import livesock as ls
from livesock.net.http.limits import Limits
from livesock.server import Server
from tests.peers import DEADLINE, eventually, faults

STALL = 1.0
"""Seconds without progress after which the server of these tests drops a peer."""

WRITE = "connection 2 has gone: write websockets.broadcast(connections, text)"

LARGE = b"x" * (8 * 2**20)
"""More than the kernel's buffers of a loopback connection hold (measured: about 4 MB)."""


@pytest.fixture
def server():
    with ls.serve("guard", limits=Limits(stall_timeout=STALL, max_backlog=2**20)) as server:

        @server.websocket("/pour")
        async def pour(ws):
            await ws.send(LARGE)
            await ws.recv()

        @server.get("/pour")
        async def stream(request):
            while True:
                yield LARGE

        yield server


def ask(server, request: bytes) -> socket.socket:
    raw = socket.socket()
    raw.settimeout(20)
    raw.connect((server.host, server.port))
    raw.sendall(request)
    return raw


UPGRADE = (
    b"GET /pour HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
PLAIN = b"GET /pour HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize("request_bytes", [UPGRADE, PLAIN], ids=["websocket", "http"])
def test_a_peer_that_takes_no_byte_is_dropped_counted_and_named(server, request_bytes):
    with ask(server, request_bytes):
        server.trace.wait(lambda trace: any(c.data in (b"closed", b"reset") for c in trace), timeout=20)
    assert "too slow" in str(server.errors[0])
    assert 1 not in [peer.connection for peer in server.peers]  # other tests' clients may look here


def test_a_slow_reader_of_a_large_message_gets_all_of_it_however_long_it_takes(server):
    never = threading.Event()
    with ask(server, UPGRADE) as raw:
        received, started = 0, time.monotonic()
        while received < len(LARGE):
            never.wait(STALL / 20)  # slowness is the point: all of it takes longer than one stall
            piece = raw.recv(128 * 1024, socket.MSG_WAITALL)
            assert piece, f"closed after {received} bytes: {[str(e) for e in server.errors]}"
            received += len(piece)
        assert time.monotonic() - started > 2 * STALL
    assert faults(server) == []


# -- those that have gone


@pytest.fixture
def members(server: Server) -> Iterator[tuple[Any, list[Any]]]:
    """Serve a chat whose list keeps those that leave; the second one has left."""
    all_: list[Any] = []

    @server.websocket("/chat")
    async def chat(ws: Any) -> None:
        all_.append(ws)
        async for message in ws:
            for one in all_:
                await one.send(message)

    with ls.connect(server.url("/chat")) as first:
        with ls.connect(server.url("/chat")):
            eventually(lambda: len(all_) == 2, "both are there")
        yield first, all_


def test_a_send_to_one_that_has_gone_is_an_error_of_the_sender(server: Server, members: tuple[Any, list[Any]]) -> None:
    first, _ = members
    first.send("news")
    assert first.recv(timeout=DEADLINE) == "news"
    with pytest.raises(ConnectionClosed) as closed:
        first.recv(timeout=DEADLINE)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1011

    (error,) = eventually(lambda: server.errors, "the error is kept")
    assert (error.where, error.connection) == ("websocket /chat", 1)
    assert isinstance(error.exception, ConnectionClosed)
    assert WRITE in str(error)


def test_a_page_that_sends_to_one_that_has_gone_says_so(server: Server, members: tuple[Any, list[Any]]) -> None:
    @server.get("/say")
    async def say(request: Any) -> str:
        for one in members[1]:
            await one.send("news")
        return "said"

    with pytest.raises(urllib.error.HTTPError, match="500"):
        urllib.request.urlopen(server.url("/say", "http"), timeout=DEADLINE)
    assert "connection 2 has gone" in str(server.errors[-1])


def test_what_is_advised_reaches_those_that_are_there(server: Server, members: tuple[Any, list[Any]]) -> None:
    @server.get("/say")
    async def say(request: Any) -> str:
        websockets.broadcast(members[1], "one")
        for one in members[1]:
            try:  # noqa: SIM105 (as it is advised)
                await one.send("two")
            except websockets.exceptions.ConnectionClosed:
                pass
        return "said"

    with urllib.request.urlopen(server.url("/say", "http"), timeout=DEADLINE) as answer:
        assert answer.read() == b"said"
    assert [members[0].recv(timeout=DEADLINE) for _ in range(2)] == ["one", "two"]
    assert server.errors == []


def test_the_end_of_its_own_connection_is_no_error_of_a_handler(server: Server) -> None:
    ended = []

    @server.websocket("/own")
    async def own(ws: Any) -> None:
        try:
            await (await ws.ping())
            await ws.recv()
        finally:
            ended.append(ws)

    ls.connect(server.url("/own")).close()
    eventually(lambda: ended and not server.peers, "it has ended")
    assert server.errors == []


def test_the_end_of_a_client_in_a_handler_is_an_error_of_the_handler(server: Server) -> None:
    @server.websocket("/other")
    async def other(ws: Any) -> None:
        await ws.recv()

    gone = ls.connect(server.url("/other"))
    gone.close()

    @server.websocket("/own")
    async def own(ws: Any) -> None:
        gone.send("news")

    with ls.connect(server.url("/own")) as ws, pytest.raises(ConnectionClosed, match="1011"):
        ws.recv(timeout=DEADLINE)
    (error,) = server.errors
    assert error.where == "websocket /own"
