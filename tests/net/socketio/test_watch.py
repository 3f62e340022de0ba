"""`server.watch`: who comes into a namespace or a room, and who leaves it, in the order in which it happens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.net.socketio.handling.observers import Moved
from livesock.server import Server


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("watched") as server:
        yield server


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
