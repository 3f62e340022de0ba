"""Lesson 11's desk: the learner's `Rooms` and `Router` behind a socket, ours where they are not written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import livesock as ls
from livesock.lessons.lesson11 import rooms, router
from livesock.lessons.lesson11.desk import Desk


class Stub:
    def __getattr__(self, name: str) -> Any:
        raise NotImplementedError


class MyRooms(rooms.Rooms):
    """A learner's."""


class MyRouter(router.Router):
    """A learner's."""


class Half(rooms.Rooms):
    def targets(self, *arguments: Any) -> Any:
        raise NotImplementedError


@contextmanager
def serving(desk: Desk) -> Iterator[ls.Server]:
    name_of: dict[str, str] = {}

    def enter(member: str, name: str, room: str) -> None:
        name_of[member] = name
        desk.rooms.join(member, room)

    def wave(member: str) -> list[str]:
        others = desk.rooms.targets(list(desk.rooms.rooms_of(member)), exclude=(member,))
        desk.emit(others, "/point", "waved", name_of[member])
        return sorted(name_of[other] for other in others)

    desk.gateway("point", {"enter": enter, "wave": wave})
    with ls.serve("desk") as server:
        server.websocket("/mine/")(desk.serve)
        yield server


def come(server: ls.Server, namespace: str = "/point") -> ls.ClientSocket:
    return ls.socket(server.url(namespace), path="/mine/", transports=["websocket"])


def test_it_says_whose_each_class_is() -> None:
    assert str(Desk(Stub, Stub)) == repr(Desk(Stub, Stub)) == "Rooms: ours, Router: ours"
    assert str(Desk(MyRooms, Stub)) == "Rooms: yours, Router: ours"
    assert str(Desk(Stub, MyRouter)) == "Rooms: ours, Router: yours"
    assert str(Desk(rooms.Rooms, router.Router)) == "Rooms: ours, Router: ours"


def test_a_class_with_one_method_missing_is_not_written_yet() -> None:
    assert str(Desk(Half, Stub)) == "Rooms: ours, Router: ours"


@pytest.mark.parametrize("desk", [Desk(Stub, Stub), Desk(MyRooms, MyRouter)], ids=str)
def test_the_others_in_the_room_hear_a_wave_and_are_named_in_the_answer(desk: Desk) -> None:
    with serving(desk) as server, come(server) as ann, come(server) as ben, come(server) as cat:
        for member, name, room in ((ann, "Ann", "red"), (ben, "Ben", "red"), (cat, "Cat", "blue")):
            member.emit("enter", name, room)
            assert member.call("wave", timeout=5) in ([], ["Ann"])
        assert ann.wait("waved", timeout=5) == ("Ben",)

        assert ann.call("wave", timeout=5) == ["Ben"]
        assert ben.wait("waved", timeout=5) == ("Ann",)
        with pytest.raises(TimeoutError):
            cat.wait("waved", timeout=0.05)


def test_an_unknown_namespace_is_refused_in_the_router_s_words() -> None:
    with serving(Desk(Stub, Stub)) as server, pytest.raises(ls.Refused, match="Invalid namespace"):
        come(server, "/chat")


def test_a_member_that_goes_leaves_its_rooms_and_its_namespaces() -> None:
    desk = Desk(Stub, Stub)
    with serving(desk) as server:
        with come(server) as ann:
            ann.emit("enter", "Ann", "red")
            assert ann.call("wave", timeout=5) == []
            assert desk.rooms.names() == {"red"}
        server.trace.wait(lambda _: not desk.rooms.names(), timeout=5)
        with pytest.raises(LookupError):
            desk.router.dispatch("member 1", "/point", "wave", "member 1")


def test_a_mistake_of_the_learner_ends_the_connection_and_is_kept() -> None:
    class Wrong(rooms.Rooms):
        def join(self, member: str, room: str) -> None:
            raise KeyError(room)

    with serving(Desk(Wrong, Stub)) as server, come(server) as ann:
        ann.emit("enter", "Ann", "red")
        server.trace.wait(lambda _: bool(server.errors), timeout=5)
        assert "KeyError" in repr(server.errors[-1])
