"""14.Rooms: two directions that must agree, who is in a room and in which rooms somebody is."""

from __future__ import annotations

from typing import Any

from livesock.learn.checking.outcome import plain
from livesock.learn.exercise import Solution

__all__ = ["Rooms", "Step", "trial", "typed"]

Step = tuple[Any, ...]
"""The name of a method, then its arguments."""


class Rooms:
    """Who is in which room of one namespace."""

    def __init__(self) -> None:
        self._members: dict[str, set[str]] = {}

    def join(self, member: str, room: str) -> None:
        """Put `member` into `room`; twice is once."""
        self._members.setdefault(room, set()).add(member)

    def leave(self, member: str, room: str) -> None:
        """Take `member` out of `room`; no harm is done if it is not in."""
        self._members.get(room, set()).discard(member)
        if not self._members.get(room):
            self._members.pop(room, None)

    def leave_all(self, member: str) -> None:
        """Take `member` out of every room."""
        for room in self.rooms_of(member):
            self.leave(member, room)

    def rooms_of(self, member: str) -> set[str]:
        """Return the rooms that `member` is in."""
        return {room for room, members in self._members.items() if member in members}

    def names(self) -> set[str]:
        """Return all rooms; an empty room is no room."""
        return set(self._members)

    def targets(self, rooms: list[str], exclude: tuple[str, ...] = ()) -> set[str]:
        """Return everybody who is in one of `rooms`, but nobody of `exclude`."""
        united: set[str] = set()
        for room in rooms:
            united |= self._members.get(room, set())
        return united - set(exclude)


def trial(solution: Solution, steps: list[Step]) -> list[Any]:
    """Take the steps on one object and return what the questions gave; another object must not notice, nor disturb."""
    other, rooms, answers = solution(), solution(), []
    other.join("zoe", "red")
    for name, *arguments in steps:
        answer = getattr(rooms, name)(*arguments)
        if name in ("rooms_of", "names", "targets"):
            answers.append(plain(answer))
            if isinstance(answer, set):
                answer.clear()  # what was returned is the caller's
    if solution().names():
        return ["a new object has rooms already"]
    return answers


def typed(steps: list[Step], name: str = "rooms") -> str:
    """Return the steps as a learner would type them."""
    return "; ".join(f"{name}.{step[0]}({', '.join(map(repr, step[1:]))})" for step in steps)
