"""`server.observe` and `server.watch`: the handlers that run, and who comes and goes, in order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.net.socketio.handling.observers import Moved, Ran
from livesock.server import Server


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("watched") as server:
        yield server


@pytest.fixture
def point(server: Server) -> Server:
    @server.gateway("/point")
    class Point:
        @ls.event("move")
        async def move(self, socket: Any, x: int, y: int) -> list[int]:
            return [x, y]

    return server


def test_an_observer_hears_of_each_handler_until_it_stops(point: Server) -> None:
    heard: list[Ran] = []
    stop = point.observe(heard.append)
    with ls.socket(point.url("/point"), transports=["websocket"]) as peer:
        peer.call("move", 1, 2)
        peer.call("move", "far", 2)
        stop()
        peer.call("move", 3, 4)

    assert [(ran.what, ran.outcome, ran.has_answer, ran.asked) for ran in heard] == [
        ("move", "returned", True, True),
        ("move", "refused", False, True),
    ]


def test_an_observer_that_fails_changes_nothing(point: Server) -> None:
    point.observe(lambda ran: ran.nonsense)  # type: ignore[attr-defined]
    with ls.socket(point.url("/point"), transports=["websocket"]) as peer:
        assert peer.call("move", 1, 2) == [1, 2]

    assert "an observer" in str(point.errors[0])


def test_a_namespace_tells_who_answers_in_it(point: Server) -> None:
    space = point.of("/point")

    @space.on("shout")
    async def shout(socket: Any) -> None: ...

    @space.on_connect
    async def greet(socket: Any) -> None: ...

    assert space.answers == {"Point": ["move"], "greet": [], "shout": ["shout"]}


def words(moved: Moved) -> str:
    return f"{'+' if moved.is_in else '-'}{moved.namespace} {moved.room}".strip()


def test_each_seat_and_each_room_is_shown_once(server: Server) -> None:
    seen: list[str] = []
    hall = server.of("/hall")

    @hall.on_connect
    def enter(socket: Any) -> None:
        socket.join("early")

    stop = server.watch(lambda moved: seen.append(words(moved)))
    with ls.socket(server.url("/hall"), transports=["websocket"]) as client:
        seats = hall.to(client.id or "")
        seats.join("red", "early")
        seats.leave("red", "blue")
    server.trace.wait(lambda _: "-/hall" in seen, timeout=5)
    stop()
    with ls.socket(server.url("/hall"), transports=["websocket"]):
        pass

    assert seen == ["+/hall early", "+/hall", "+/hall red", "-/hall red", "-/hall"]


def test_a_peer_that_is_refused_leaves_and_was_never_in(server: Server) -> None:
    seen: list[str] = []
    server.watch(lambda moved: seen.append(words(moved)))

    @server.of("/closed").on_connect
    def refuse(socket: Any) -> None:
        raise ls.Refused("members only")

    with pytest.raises(ls.Refused):
        ls.socket(server.url("/closed"), transports=["websocket"])

    assert seen == ["-/closed"]


def test_a_watcher_that_fails_stops_no_move(server: Server) -> None:
    server.watch(lambda moved: moved.nonsense)  # type: ignore[attr-defined]
    server.of("/hall")
    with ls.socket(server.url("/hall"), transports=["websocket"]) as client:
        assert client.connected

    assert "an observer" in str(server.errors[0])
