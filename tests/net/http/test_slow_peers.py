"""Peers that do not read: dropped when they take no byte, kept as long as they take some."""

from __future__ import annotations

import socket
import threading
import time

import pytest

import livesock as ls
from livesock.net.http.limits import Limits
from tests.peers import faults

STALL = 1.0
"""Seconds without progress after which the server of these tests drops a peer."""

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
