"""The client for a caller that has a loop of its own: what a view builds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.errors import Refused
from livesock.net.client.loop_client import LoopClient
from livesock.net.loop.thread import LoopThread
from livesock.server import Server
from tests.peers import DEADLINE, eventually


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("loop-client", limits={"max_backlog": 2**26}) as server:
        yield server


@pytest.fixture
def loop() -> Iterator[LoopThread]:
    loop = LoopThread("views").start()
    yield loop
    loop.stop()


def prepared(server: Server, namespace: str, heard: list[Any]) -> LoopClient:
    def on_event(name: str, arguments: list[Any]) -> None:
        heard.append((name, *arguments))

    return LoopClient(server, namespace, on_event, transports=("websocket",), timeout=DEADLINE, trace_limit=10_000)


def test_several_clients_share_a_loop_and_each_has_a_trace(server: Server, loop: LoopThread) -> None:
    heard: list[list[Any]] = [[], []]
    clients = [prepared(server, "/", place) for place in heard]
    for client in clients:
        assert client.id is None and not client.trace.peers
        loop.call(client.join)

    server.of("/").to(str(clients[0].id)).emit("news", 1)
    eventually(lambda: heard[0] == [("news", 1)], "the event has come")

    assert heard[1] == [] and clients[0].id != clients[1].id
    assert b'["news",1]' in clients[0].trace.data("<") and b"news" not in clients[1].trace.data("<")
    for client in clients:
        loop.call(client.close, 1.0)
    eventually(lambda: not server.peers, "both connections are closed")


def test_a_question_is_answered_with_nothing(server: Server, loop: LoopThread) -> None:
    heard: list[Any] = []
    client = prepared(server, "/", heard)
    loop.call(client.join)

    (socket,) = server.of("/").sockets()
    assert socket.call("ready?", timeout=DEADLINE) is None
    assert heard == [("ready?",)]
    loop.call(client.close, 1.0)


def test_it_joins_again_after_it_was_sent_away(server: Server, loop: LoopThread) -> None:
    heard: list[Any] = []
    client = prepared(server, "/", heard)
    loop.call(client.join)

    server.of("/").disconnect()
    eventually(lambda: heard == [("disconnect", "io server disconnect")], "it knows")
    assert client.id is None
    loop.call(client.join)

    assert client.id == server.of("/").sockets()[0].id
    loop.call(client.close, 1.0)


def test_while_it_is_held_it_reads_nothing(server: Server, loop: LoopThread) -> None:
    heard: list[Any] = []
    client = prepared(server, "/", heard)
    loop.call(client.join)
    (socket,) = server.of("/").sockets()

    loop.now(client.hold, True)
    for _ in range(200):
        socket.emit("news", "x" * 100_000)
    eventually(
        lambda: loop.now(lambda: len(heard)) < 200 and server.of("/").loop.now(lambda: socket.unsent) > 0, "it waits"
    )
    loop.now(client.hold, False)

    eventually(lambda: len(heard) == 200, "everything has come")
    loop.call(client.close, 1.0)


def test_a_refusal_is_raised(server: Server, loop: LoopThread) -> None:
    client = prepared(server, "/nowhere", [])

    with pytest.raises(Refused, match="Invalid namespace"):
        loop.call(client.join)
    loop.call(client.close, 1.0)
