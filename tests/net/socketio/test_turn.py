"""A turn of the loop: what many were told in it, in how many writes, and in which order."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.server import Server
from tests.peers import eventually
from tests.rawsio import Polls, Raw

NEWS = b'\x81\x0c42["news",1]'
"""The event as an unmasked frame (RFC 6455, 5.2), written here by hand."""


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("turns") as server:
        space = server.of("/")

        @space.on("go")
        async def go(socket: Any, count: int, text: str = "") -> str:
            """Tell everybody, then the one who asked."""
            for number in range(count):
                space.emit("news", *([text, number] if text else [1]))
            return "told"

        @space.on("bye")
        async def bye(socket: Any) -> None:
            space.emit("news", 1)
            socket.disconnect(close=True)

        yield server


@pytest.fixture
def peers(server: Server) -> Iterator[list[Raw]]:
    with contextlib.ExitStack() as stack:
        raws = [stack.enter_context(Raw(server.port)) for _ in range(3)]
        for raw in raws:
            raw.join()
        yield raws


def written(server: Server, ending: bytes) -> dict[int, bytes]:
    """The last chunk of each connection that was written and ends so."""
    return {c.connection: c.data for c in server.trace if c.direction == ">" and c.data.endswith(ending)}


def test_what_a_handler_tells_a_peer_leaves_in_one_write(server: Server, peers: list[Raw]) -> None:
    peers[0].say('42["go",50]')

    for raw in peers:
        assert [raw.event() for _ in range(50)] == ['42["news",1]'] * 50
    assert set(written(server, NEWS).values()) == {NEWS * 50}
    assert len(written(server, NEWS)) == 3


def test_the_peers_share_one_object_of_bytes(server: Server, peers: list[Raw]) -> None:
    peers[0].say('42["go",2]')
    for raw in peers:
        raw.event()

    assert len({id(data) for data in written(server, NEWS).values()}) == 1


def test_an_answer_follows_what_its_handler_said_before(server: Server, peers: list[Raw]) -> None:
    peers[1].say('421["go",3]')

    assert [peers[1].event() for _ in range(4)] == ['42["news",1]'] * 3 + ['431["told"]']
    assert [peers[0].event() for _ in range(3)] == ['42["news",1]'] * 3


def test_the_last_words_are_heard_before_the_close(server: Server, peers: list[Raw]) -> None:
    peers[0].say('42["bye"]')

    assert peers[0].ends()[:1] == ['42["news",1]']
    assert peers[1].event() == '42["news",1]'


def test_a_long_turn_is_written_in_pieces_and_in_order(server: Server, peers: list[Raw]) -> None:
    """More than 64 KiB do not wait for the end of a turn: the transport must feel them, to say that a peer is slow."""
    text = "x" * 10_000

    peers[0].say(f'42["go",40,"{text}"]')

    for raw in peers:
        assert [raw.event() for _ in range(40)] == [f'42["news","{text}",{n}]' for n in range(40)]
    sizes = [len(c.data) for c in server.trace if c.direction == ">"]
    assert 65536 < max(sizes) < 65536 + 11_000


def test_a_peer_that_is_gone_stops_nobody_in_its_turn(server: Server, peers: list[Raw]) -> None:
    peers[1].wire.reset()
    peers[0].say('42["go",5]')

    for raw in (peers[0], peers[2]):
        assert [raw.event() for _ in range(5)] == ['42["news",1]'] * 5
    eventually(lambda: len(server.of("/").sockets()) == 2, "the one who left is forgotten")


def test_the_server_counts_what_it_hands_over_and_what_waits_for_a_poll(server: Server) -> None:
    space = server.of("/")
    with ls.socket(server, transports=["websocket"]):
        (seat,) = space.sockets()
        space.emit("news", 1)
        seat.emit("news", 2)
        space.to("nobody").emit("news", 3)

        assert space.loop.now(lambda: seat.delivered) == 2
    peer = Polls(server.port)  # it polls only when told to
    sid = peer.join()
    (seat,) = space.to(sid).sockets()
    space.emit("news", "four")
    assert space.loop.now(lambda: seat.unsent) == len('2["news","four"]')
    assert peer.get() == (200, '42["news","four"]')
    assert space.loop.now(lambda: seat.unsent) == 0
