"""A port before two servers: each session stays where it is, and a server that is gone is passed over."""

from __future__ import annotations

import contextlib
import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.net.cluster.front import Front
from livesock.net.cluster.memory import MemoryBus
from livesock.net.loop.thread import LoopThread
from tests.peers import Wire, eventually


class Place:
    """Two servers on one bus, behind a front."""

    def __init__(self) -> None:
        bus = MemoryBus("front")
        self.servers = [ls.serve(name, cluster=bus) for name in ("left", "right")]
        self.loop = LoopThread("front").start()
        self.front = Front([server.port for server in self.servers])
        self.port = self.loop.call(self.front.start, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.port}/"

    def close(self) -> None:
        ls.stop_all()
        self.loop.call(self.front.stop)
        self.loop.stop()


@pytest.fixture
def place() -> Iterator[Place]:
    place = Place()
    yield place
    place.close()


@pytest.mark.parametrize("transports", [["polling"], ["websocket"], ["polling", "websocket"]])
def test_sessions_stay_on_their_server_and_share_rooms(place: Place, transports: list[str]) -> None:
    heard: list[Any] = []
    for server in place.servers:
        server.of("/").on("double", lambda socket, value: value * 2)
    clients = [ls.socket(place.url, transports=transports) for _ in range(4)]
    for client in clients:
        client.on("news", heard.append)

    assert [client.call("double", number) for number, client in enumerate(clients)] == [0, 2, 4, 6]
    assert [len(server.of("/").local.sockets()) for server in place.servers] == [2, 2]
    place.servers[0].of("/").emit("news", "for all")
    eventually(lambda: heard == ["for all"] * 4, "every client hears it")


def test_a_page_is_answered_by_the_servers_in_turn(place: Place) -> None:
    for server in place.servers:
        server.get("/name")(lambda request, name=server.name: {"name": name})

    names = []
    for _ in range(4):
        with urllib.request.urlopen(f"{place.url}name", timeout=10) as answer:
            names.append(json.load(answer)["name"])
            assert answer.headers["Connection"] == "close"

    assert sorted(names) == ["left", "left", "right", "right"]


def test_a_server_that_is_gone_is_passed_over_and_without_any_the_answer_is_502(place: Place) -> None:
    place.servers[0].stop()
    clients = [ls.socket(place.url) for _ in range(2)]
    assert len(place.servers[1].of("/").sockets()) == 2

    for client in clients:
        client.disconnect()
    place.servers[1].stop()
    with Wire(place.port) as wire:
        wire.sock.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert wire.sock.recv(100).startswith(b"HTTP/1.1 502 ")


@pytest.mark.parametrize("sent", [b"\r\n\r\n", b"hello\r\n\r\n", b"x" * 70_000])
def test_what_is_no_request_harms_nobody(place: Place, sent: bytes) -> None:
    with Wire(place.port) as wire:
        wire.sock.sendall(sent)
        wire.sock.settimeout(10)
        with contextlib.suppress(ConnectionError):
            wire.sock.recv(1000)

    assert ls.socket(place.url).transport
