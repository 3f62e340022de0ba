"""`Rooms`: who is in which room. A room exists as long as somebody is in it.

Both directions are kept, room to members and member to rooms, so that a member who leaves costs as much as the rooms it
was in, however many members there are.
"""

from __future__ import annotations

from collections.abc import Collection

__all__ = ["Rooms"]


class Rooms:
    """Memberships of one namespace. Members are ids. Every member is alone in the room of its own id."""

    def __init__(self) -> None:
        self._members: dict[str, dict[str, None]] = {}  # dicts, because a set would forget the order of joining
        self._rooms: dict[str, dict[str, None]] = {}

    def add(self, member: str) -> None:
        """Let `member` in: it joins the room of its own id."""
        self._rooms[member] = {}
        self.join(member, member)

    def remove(self, member: str) -> None:
        """Let `member` go from every room. Nothing happens if it is not there."""
        for room in self._rooms.pop(member, {}):
            self._leave(room, member)

    def join(self, member: str, room: str) -> None:
        """Put `member` into `room`. Joining twice is joining once; a stranger joins nothing."""
        if member in self._rooms:
            self._rooms[member][room] = None
            self._members.setdefault(room, {})[member] = None

    def leave(self, member: str, room: str) -> None:
        """Take `member` out of `room`. Nothing happens if it is not in there."""
        if self._rooms.get(member, {}).pop(room, member) is None:
            self._leave(room, member)

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

    def select(self, to: Collection[str] = (), without: Collection[str] = ()) -> list[str]:
        """Return each member that is in a room of `to` (in any room, if `to` is empty) and in none of `without`, once.

        Socket.IO's `to` and `except`: unions on both sides, and being in two rooms is no reason to hear it twice.
        """
        if len(to) == 1 and not without:
            return self.members(*to)
        out = {member for room in without for member in self._members.get(room, ())}
        if not to:
            return [member for member in self._rooms if member not in out]
        chosen = dict.fromkeys(member for room in to for member in self._members.get(room, ()))
        return [member for member in chosen if member not in out]
