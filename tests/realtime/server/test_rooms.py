"""Rooms against a model that is too simple to be wrong: a set of (member, room) pairs."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from livesock.realtime.server.rooms import Rooms

MEMBERS = st.sampled_from(["ann", "bob", "cem"])
ROOMS = st.sampled_from(["red", "blue", "ann"])


class Memberships(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.rooms = Rooms()
        self.pairs: set[tuple[str, str]] = set()
        self.present: set[str] = set()

    @rule(member=MEMBERS)
    def add(self, member: str) -> None:
        if member not in self.present:
            self.rooms.add(member, member.upper())
            self.present.add(member)
            self.pairs.add((member, member))

    @rule(member=MEMBERS)
    def remove(self, member: str) -> None:
        self.rooms.remove(member)
        self.present.discard(member)
        self.pairs = {pair for pair in self.pairs if pair[0] != member}

    @rule(member=MEMBERS, room=ROOMS)
    def join(self, member: str, room: str) -> None:
        self.rooms.join(member, room)
        if member in self.present:
            self.pairs.add((member, room))

    @rule(member=MEMBERS, room=ROOMS)
    def leave(self, member: str, room: str) -> None:
        self.rooms.leave(member, room)
        self.pairs.discard((member, room))

    @rule(to=st.lists(ROOMS, max_size=3), without=st.lists(ROOMS, max_size=2))
    def select(self, to: list[str], without: list[str]) -> None:
        out = {member for member, room in self.pairs if room in without}
        into = {member for member, room in self.pairs if room in to} if to else self.present
        chosen = self.rooms.select(to, without)
        assert len(chosen) == len(set(chosen)), "nobody hears it twice"
        assert set(chosen) == {member.upper() for member in into - out}

    @invariant()
    def both_directions_agree_and_empty_rooms_are_gone(self) -> None:
        rooms = {room for _, room in self.pairs}
        assert len(self.rooms) == len(rooms)
        for room in ("red", "blue", "ann", "bob"):
            assert set(self.rooms.members(room)) == {member for member, r in self.pairs if r == room}
            assert (room in self.rooms) == (room in rooms)
        for member in ("ann", "bob", "cem"):
            assert set(self.rooms.rooms_of(member)) == {room for m, room in self.pairs if m == member}


TestMemberships = Memberships.TestCase


@pytest.mark.parametrize(
    ("to", "without", "chosen"),
    [
        ((), (), "ABC"),
        (("red",), (), "AB"),
        (("red", "blue"), (), "ABC"),
        (("red", "nowhere"), ("blue",), "A"),
        ((), ("a", "nowhere"), "BC"),
        (("nowhere",), (), ""),
    ],
)
def test_rooms_are_added_up_and_exceptions_too(to, without, chosen):
    rooms: Rooms[str] = Rooms()
    for member, joined in (("a", ["red"]), ("b", ["red", "blue"]), ("c", ["blue"])):
        rooms.add(member, member.upper())
        for room in joined:
            rooms.join(member, room)
    rooms.join("stranger", "red")
    assert sorted(rooms.select(to, without)) == list(chosen)


def test_who_is_removed_is_in_no_room():
    rooms: Rooms[str] = Rooms()
    rooms.add("a", "a")
    rooms.join("a", "room")
    rooms.remove("a")
    rooms.remove("a")
    assert (rooms.select(), rooms.rooms_of("a"), len(rooms)) == ([], [], 0)


def test_members_are_listed_in_order_of_joining():
    rooms: Rooms[str] = Rooms()
    for member in ("c", "a", "b"):
        rooms.add(member, member)
        rooms.join(member, "room")
    assert rooms.members("room") == ["c", "a", "b"]
    assert rooms.rooms_of("a") == ["a", "room"]


def test_leaving_a_room_that_one_is_not_in_changes_nothing():
    rooms: Rooms[str] = Rooms()
    rooms.add("a", "a")
    rooms.leave("a", "room")
    rooms.leave("stranger", "a")
    assert rooms.rooms_of("a") == ["a"] == rooms.members("a")


def test_a_room_is_there_until_its_last_member_leaves():
    rooms: Rooms[str] = Rooms()
    for member in ("a", "b"):
        rooms.add(member, member)
        rooms.join(member, "room")
    rooms.leave("a", "room")
    assert rooms.members("room") == ["b"]
    rooms.leave("b", "room")
    assert "room" not in rooms and "b" in rooms
