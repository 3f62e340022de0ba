"""`Rooms`: who is in which room. A room exists as long as it has a member.

Both directions are kept, room to members and member to rooms, so that a member who leaves costs as much as the rooms it
was in, however many members there are.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Generic, TypeVar

__all__ = ["Rooms"]

T = TypeVar("T")


class Rooms(Generic[T]):
    """Memberships of one namespace. A member is an id and a value; it begins in the room of its own id."""

    def __init__(self) -> None:
        self._all: dict[str, T] = {}
        self._members: dict[str, dict[str, T]] = {}  # dicts, because a set would forget the order of joining
        self._rooms: dict[str, dict[str, None]] = {}

    def add(self, member: str, value: T) -> None:
        """Add `member` with its `value`: it joins the room of its own id."""
        self._all[member] = value
        self._rooms[member] = {}
        self.join(member, member)

    def remove(self, member: str) -> None:
        """Take `member` out of every room. Nothing happens if it is in none."""
        for room in self._rooms.pop(member, {}):
            self._leave(room, member)
        self._all.pop(member, None)

    def join(self, member: str, room: str) -> bool:
        """Put `member` into `room`, and return whether it was not in there. An unknown member stays outside."""
        if member not in self._rooms or room in self._rooms[member]:
            return False
        self._rooms[member][room] = None
        self._members.setdefault(room, {})[member] = self._all[member]
        return True

    def leave(self, member: str, room: str) -> bool:
        """Take `member` out of `room`, and return whether it was in there."""
        was_in = self._rooms.get(member, {}).pop(room, member) is None
        if was_in:
            self._leave(room, member)
        return was_in

    def _leave(self, room: str, member: str) -> None:
        members = self._members[room]
        del members[member]
        if not members:
            del self._members[room]

    def members(self, room: str) -> list[str]:
        """Return who is in `room`, in order of joining."""
        return list(self._members.get(room, ()))

    def rooms_of(self, member: str) -> list[str]:
        """Return the rooms of `member`, its own first."""
        return list(self._rooms.get(member, ()))

    def __len__(self) -> int:
        return len(self._members)

    def __contains__(self, room: object) -> bool:
        return room in self._members

    def select(self, to: Collection[str] = (), without: Collection[str] = ()) -> list[T]:
        """Return the values of the members in a room of `to` (of all, if `to` is empty) and in none of `without`.

        Socket.IO's `to` and `except`: unions on both sides, and a member of two rooms is returned once.
        """
        chosen: dict[str, T] = {}
        if not to:
            chosen = self._all
        elif len(to) == 1:
            (room,) = to
            chosen = self._members.get(room, chosen)
        else:
            for room in to:
                chosen |= self._members.get(room, {})
        if not without:
            return list(chosen.values())
        out = {member for room in without for member in self._members.get(room, ())}
        return [value for member, value in chosen.items() if member not in out]
