"""The pulse of each peer, and why it ended: as figures and as a sentence."""

from __future__ import annotations

import queue
from typing import Any

import pytest

import livesock as ls
from livesock.realtime.reasons import SENTENCES, Reason
from tests.peers import eventually


def test_a_raw_peer_has_a_latency_and_a_last_word() -> None:
    with ls.serve("pulse") as server:

        @server.websocket("/quiet", ping_interval=0.05)
        async def quiet(ws: Any) -> None:
            await ws.wait_closed()

        with ls.netsim(server, delay=0.02) as far, ls.connect(far.url("/quiet")):
            eventually(lambda: server.peers[0].latency is not None, "the first pong")
            (peer,) = server.peers
            assert peer.latency is not None and 0.03 < peer.latency < 5
            assert peer.heard is not None and 0 <= peer.heard < 5
            far.black_hole = True
            eventually(lambda: server.peers[0].heard > 0.3, "silence")


def test_a_connection_of_http_has_neither() -> None:
    with ls.serve("pulse") as server, ls.tcp(server):
        eventually(lambda: bool(server.peers), "the connection")
        assert (server.peers[0].latency, server.peers[0].heard) == (None, None)


def test_a_socket_has_a_latency_and_a_last_word() -> None:
    came: queue.Queue[Any] = queue.Queue()
    with ls.serve("pulse", sessions={"ping_interval": 0.05, "ping_timeout": 5}) as server:

        @server.of("/").on_connect
        async def on_connect(socket: ls.Socket) -> None:
            came.put(socket)

        with ls.netsim(server, delay=0.02) as far, ls.socket(far.url("/", "http")):
            socket = came.get(timeout=5)
            eventually(lambda: socket.latency is not None, "the first pong")
            assert 0.03 < socket.latency < 5
            eventually(lambda: socket.heard < 0.05, "a pong")
            far.black_hole = True
            eventually(lambda: socket.heard > 0.3, "silence")


@pytest.mark.parametrize("transport", ["polling", "websocket"])
def test_an_event_is_a_sign_of_life(transport: str) -> None:
    with ls.serve("pulse") as server:

        @server.of("/").on("when")
        async def when(socket: ls.Socket) -> float:
            return socket.line.session.heard_at

        with ls.socket(server.url("/", "http"), transports=[transport]) as client:
            first = client.call("when")
            eventually(lambda: client.call("when") > first, "a later one")


def test_a_reason_is_a_text_with_a_sentence() -> None:
    came: queue.Queue[Any] = queue.Queue()
    with ls.serve("pulse") as server:

        @server.of("/").on_disconnect
        async def on_disconnect(socket: ls.Socket, reason: str) -> None:
            came.put(reason)

        client = ls.socket(server.url("/", "http"))
        client.on("disconnect", came.put)
        client.disconnect()
        reasons = {came.get(timeout=5), came.get(timeout=5)}

    assert reasons == {"io client disconnect", "client namespace disconnect"}
    assert all(reason.sentence == SENTENCES[reason] for reason in reasons)
    assert Reason("what else").sentence == "what else"
