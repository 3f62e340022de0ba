"""Wrong ways to keep rooms, each with one thing that is not right."""

from __future__ import annotations

from typing import Any

from livesock.lessons.lesson14.rooms import Rooms


class JoinReplaces(Rooms):
    def join(self, member: str, room: str) -> None:
        self.leave_all(member)
        super().join(member, room)


class CountsTwice(Rooms):
    """Counts how often each one has joined."""

    def __init__(self) -> None:
        super().__init__()
        self._more: list[tuple[str, str]] = []

    def join(self, member: str, room: str) -> None:
        if room in self.rooms_of(member):
            self._more.append((member, room))
        super().join(member, room)

    def leave(self, member: str, room: str) -> None:
        if (member, room) in self._more:
            self._more.remove((member, room))
        else:
            super().leave(member, room)


class LeavesEverything(Rooms):
    def leave(self, member: str, room: str) -> None:
        for name in self.rooms_of(member):
            super().leave(member, name)


class DropsRoom(Rooms):
    def leave(self, member: str, room: str) -> None:
        self._members.pop(room, None)


class LeaveRaises(Rooms):
    def leave(self, member: str, room: str) -> None:
        self._members[room].remove(member)
        if not self._members[room]:
            del self._members[room]


class KeepsEmpty(Rooms):
    def leave(self, member: str, room: str) -> None:
        self._members.get(room, set()).discard(member)


class OnlyFirst(Rooms):
    def leave_all(self, member: str) -> None:
        for room in sorted(self.rooms_of(member))[:1]:
            self.leave(member, room)


class ChangesWhileLooking(Rooms):
    def leave_all(self, member: str) -> None:
        for room in self._members:
            self.leave(member, room)


class StaleList(Rooms):
    """Keeps both directions, and forgets the second one when somebody leaves everything."""

    def __init__(self) -> None:
        super().__init__()
        self._rooms: dict[str, set[str]] = {}

    def join(self, member: str, room: str) -> None:
        super().join(member, room)
        self._rooms.setdefault(member, set()).add(room)

    def leave(self, member: str, room: str) -> None:
        super().leave(member, room)
        self._rooms.get(member, set()).discard(room)

    def leave_all(self, member: str) -> None:
        for room in self._rooms.get(member, set()):
            super().leave(member, room)

    def rooms_of(self, member: str) -> set[str]:
        return set(self._rooms.get(member, set()))


class StaleRoom(StaleList):
    def leave_all(self, member: str) -> None:
        self._rooms.pop(member, None)


class UnknownRaises(Rooms):
    def targets(self, rooms: list[str], exclude: tuple[str, ...] = ()) -> set[str]:
        return set[str]().union(*(self._members[room] for room in rooms)) - set(exclude)


class AskingMakes(Rooms):
    def targets(self, rooms: list[str], exclude: tuple[str, ...] = ()) -> set[str]:
        return set[str]().union(*(self._members.setdefault(room, set()) for room in rooms)) - set(exclude)


class Intersects(Rooms):
    def targets(self, rooms: list[str], exclude: tuple[str, ...] = ()) -> set[str]:
        sets = [self._members.get(room, set()) for room in rooms]
        return set.intersection(*sets) - set(exclude) if sets else set()


class AddsUp(Rooms):
    def targets(self, rooms: list[str], exclude: tuple[str, ...] = ()) -> Any:
        return [m for room in rooms for m in sorted(self._members.get(room, set())) if m not in exclude]


class FirstRoom(Rooms):
    def targets(self, rooms: list[str], exclude: tuple[str, ...] = ()) -> set[str]:
        return super().targets(rooms[:1], exclude)


class IgnoresExclude(Rooms):
    def targets(self, rooms: list[str], exclude: tuple[str, ...] = ()) -> set[str]:
        return super().targets(rooms)


class ExcludesOne(Rooms):
    def targets(self, rooms: list[str], exclude: tuple[str, ...] = ()) -> set[str]:
        return super().targets(rooms, exclude[:1])


class HandsOut(Rooms):
    def targets(self, rooms: list[str], exclude: tuple[str, ...] = ()) -> set[str]:
        if len(rooms) == 1 and not exclude:
            return self._members.get(rooms[0], set())
        return super().targets(rooms, exclude)


class Grows(Rooms):
    def targets(self, rooms: list[str], exclude: tuple[str, ...] = ()) -> set[str]:
        united = self._members.get(rooms[0], set()) if rooms else set()
        for room in rooms[1:]:
            united |= self._members.get(room, set())
        return united - set(exclude)


EVERYWHERE: dict[str, set[str]] = {}


class Shared(Rooms):
    def __init__(self) -> None:
        self._members = EVERYWHERE
