"""Many frames that came at once: a few hundred are handled before the other connections have their turn."""

from __future__ import annotations

import asyncio
import socket
import threading
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.sync.client import connect

import livesock as ls
from livesock.net.http.channel import CHUNKS, HttpChannel
from livesock.net.http.websocket import BYTES, FRAMES, PIECE, RawConnection
from livesock.server import Server
from tests.peers import CLOSE, DEADLINE, PING, PONG, TEXT, Wire, eventually, frame, frames

SMALLEST = 6
"""Bytes of a masked frame without a payload."""

MOST = FRAMES + PIECE[0] // SMALLEST
"""Frames that one turn may handle."""


class Turns:
    """Counts the turns of a loop, as a connection would that asks for one each time."""

    now = 0

    async def count(self) -> None:
        while True:
            self.now += 1
            await asyncio.sleep(0)


@pytest.fixture
def turns() -> Turns:
    return Turns()


@pytest.fixture
def handled(monkeypatch: pytest.MonkeyPatch, turns: Turns) -> Counter[int]:
    """How many frames were handled in each turn."""
    counted: Counter[int] = Counter()
    process = RawConnection.process_event

    def count(self: RawConnection, event: Any) -> None:
        counted[turns.now] += 1
        process(self, event)

    monkeypatch.setattr(RawConnection, "process_event", count)
    return counted


@pytest.fixture
def server(turns: Turns) -> Iterator[Server]:
    with ls.serve("turns") as server:

        @server.websocket("/echo")
        async def echo(ws: Any) -> None:
            async for message in ws:
                await ws.send(message)

        async def begin() -> None:
            server._site.start(turns.count())

        server.call(begin)
        yield server


def opened(server: Server) -> Wire:
    wire = Wire(server.port)
    wire.upgrade("/echo")
    return wire


@pytest.mark.parametrize(
    "one",
    [frame(PONG), frame(PING), frame(TEXT, b"x"), frame(TEXT)],
    ids=["pongs", "pings", "texts", "nothing"],
)
def test_a_turn_handles_a_few_hundred_frames_at_most(server: Server, handled: Counter[int], one: bytes) -> None:
    count = 100_000 // len(one)
    with opened(server) as wire:
        wire.send(one * count)
        eventually(lambda: sum(handled.values()) >= count, "they are handled")

    assert max(handled.values()) <= MOST, handled.most_common(3)


def test_all_of_a_flood_is_echoed_in_order(server: Server) -> None:
    with connect(server.url("/echo"), proxy=None, max_queue=None) as ws:
        sent = [str(n) * (n % 3 + 1) for n in range(3000)] + ["x" * 300_000, "end"]
        ws.socket.sendall(b"".join(frame(TEXT, text.encode()) for text in sent))

        assert [ws.recv(timeout=DEADLINE) for _ in sent] == sent


def test_a_close_behind_a_flood_is_answered_after_it(server: Server) -> None:
    with opened(server) as wire:
        wire.send(frame(PING, b"x") * 3000 + frame(CLOSE, b"\x03\xe8"))
        received = frames(wire.read_to_end())

    assert [opcode for opcode, _ in received] == [PONG] * 3000 + [CLOSE]


def test_a_peer_that_leaves_behind_its_flood_leaves_no_error(server: Server) -> None:
    for how in ("close", "reset"):
        with opened(server) as wire:
            wire.send(frame(PONG) * 30_000)
            if how == "reset":
                wire.reset()
    eventually(lambda: not server.peers, "they are gone")
    assert server.errors == []


# -- compressed: a kilobyte that becomes a megabyte


def deflated(text: bytes) -> bytes:
    packer = zlib.compressobj(9, wbits=-15)
    packed = (packer.compress(text) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]
    return frame(TEXT, packed, rsv1=True)


BOMB = deflated(b"x" * 1_000_000)
"""A message of a megabyte in less than a kilobyte."""

COMPRESSED = "Sec-WebSocket-Extensions: permessage-deflate"


def test_a_turn_inflates_a_message_or_two_of_a_megabyte(server: Server, turns: Turns, monkeypatch: Any) -> None:
    inflated: Counter[int] = Counter()
    process = RawConnection.process_event
    done: list[int] = []

    def count(self: RawConnection, event: Any) -> None:
        inflated[turns.now] += len(getattr(event, "data", b""))
        process(self, event)

    monkeypatch.setattr(RawConnection, "process_event", count)

    @server.websocket("/deflate", compression="deflate")
    async def read(ws: Any) -> None:
        async for message in ws:
            done.append(len(message))

    with Wire(server.port) as wire:
        wire.upgrade("/deflate", COMPRESSED)
        wire.send(BOMB * 100)
        eventually(lambda: len(done) == 100, "they are read")

    assert max(inflated.values()) <= BYTES + 2 * 1_000_000, inflated.most_common(3)


@pytest.mark.parametrize("how", ["stays", "leaves", "resets"])
def test_a_handler_that_does_not_read_holds_a_few_messages(server: Server, how: str) -> None:
    held: list[Any] = []
    go = threading.Event()

    @server.websocket("/lazy", compression="deflate", ping_interval=0.2)
    async def lazy(ws: Any) -> None:
        held.append(ws)
        while not go.is_set():
            await asyncio.sleep(0.01)
        async for message in ws:
            held.append(len(message))

    with Wire(server.port) as wire:
        wire.upgrade("/lazy", COMPRESSED)
        wire.send(BOMB * 200)
        eventually(lambda: held and held[0].recv_messages.paused, "its queue is full")
        if how == "leaves":
            wire.sock.shutdown(socket.SHUT_WR)
        elif how == "resets":
            wire.reset()
            eventually(lambda: not server.peers, "it is gone")
        assert len(held[0].recv_messages.frames) < 25
        go.set()
        if how != "resets":
            eventually(lambda: len(held) == 201, "the rest is read")
    eventually(lambda: not server.peers, "it is gone")
    assert set(held[1:]) <= {1_000_000} and server.errors == []


def test_a_turn_takes_a_few_hundred_chunks_of_a_body_at_most(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    grown: list[int] = []
    advance = HttpChannel._advance

    def noted(self: HttpChannel) -> None:
        before = len(self._body)
        advance(self)
        grown.append(len(self._body) - before)

    monkeypatch.setattr(HttpChannel, "_advance", noted)
    server.post("/size")(lambda request: {"size": len(request.body)})
    with Wire(server.port) as wire:
        head = f"POST /size HTTP/1.1\r\nHost: {wire.host}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        wire.send(head + b"1\r\na\r\n" * 20_000 + b"0\r\n\r\n" + head + b"2\r\nab\r\n0\r\n\r\n")

        answers = wire.read_until(lambda received: b'{"size": 2}' in received)
    assert b'{"size": 20000}' in answers and 0 < max(grown) <= CHUNKS


def test_a_peer_that_goes_amid_many_chunks_leaves_nothing_behind(server: Server) -> None:
    server.post("/size")(lambda request: {"size": len(request.body)})
    with Wire(server.port) as wire:
        head = f"POST /size HTTP/1.1\r\nHost: {wire.host}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        wire.send(head + b"1\r\na\r\n" * 20_000)

    eventually(lambda: not server.peers, "it is gone")
    assert server.errors == []
