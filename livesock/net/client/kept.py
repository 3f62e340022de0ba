"""`Kept`: the events of one socket that no handler has heard, until the next `on()` or `wait()` of their name."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

__all__ = ["MAX_KEPT", "Answer", "Arrived", "Entry", "Handler", "Kept"]

MAX_KEPT = 100
"""Events of one name that are kept, the newest ones, and names for which some are kept."""

MAX_SIZE = 2**24
"""Characters and bytes of all that is kept, about: the oldest events give way, but never the newest."""

logger = logging.getLogger("livesock.socket")

Handler = Callable[..., Any]
Answer = Callable[[list[Any]], None]

Entry = tuple[Handler, bool]
"""A handler, and whether it hears only one event."""

_numbers = count()


@dataclass(slots=True)
class Arrived:
    """An event that has come, with the handlers that hear it when it is its turn."""

    name: str
    arguments: tuple[Any, ...]
    answer: Answer | None
    listeners: list[Entry]
    """The handlers of every event, which hear it when it is its turn."""
    told: list[Entry] = field(default_factory=list)
    """All of them that have heard it, or will; one list for an event and for what is kept of it."""
    handlers: list[Entry] = field(default_factory=list)
    is_taken: bool = False
    """Whether no later handler or call gets it: a call that waited has it."""
    number: int = field(default_factory=_numbers.__next__)
    """Its place in the order in which they came."""

    @property
    def is_heard(self) -> bool:
        """Whether it is not kept."""
        return self.is_taken or bool(self.handlers)


class Kept:
    """Its user holds the lock."""

    def __init__(self) -> None:
        self._events: dict[str, deque[Arrived]] = {}
        self._size = 0  # of all of them, at most

    def __iter__(self) -> Iterator[Arrived]:
        """Iterate over all of them, in the order in which they came."""
        return iter(sorted((event for events in self._events.values() for event in events), key=lambda e: e.number))

    def add(self, event: Arrived) -> None:
        """Keep an event; what is too much is forgotten, the oldest first."""
        name = event.name
        if name not in self._events and len(self._events) >= MAX_KEPT:
            gone = next(iter(self._events))
            logger.warning('= "%s" is forgotten: it has no handler, and %d names are kept already', gone, MAX_KEPT)
            del self._events[gone]
        kept = Arrived(name, event.arguments, event.answer, [], event.told, number=event.number)
        self._events.setdefault(name, deque(maxlen=MAX_KEPT)).append(kept)
        self._size += _size(kept.arguments)
        if self._size > MAX_SIZE:
            self._make_room(kept)

    def take(self, name: str) -> Arrived | None:
        """Return the oldest event of a name, which is kept no longer; None if there is none."""
        events = self._events.get(name)
        event = events.popleft() if events else None
        if not events:
            self._events.pop(name, None)
        return event

    def take_all(self, name: str) -> deque[Arrived]:
        """Return the events of a name, which are kept no longer."""
        return self._events.pop(name, deque())

    def _make_room(self, newest: Arrived) -> None:
        self._size = sum(_size(event.arguments) for event in self)
        gone = []
        for event in self:
            if self._size <= MAX_SIZE or event is newest:
                break
            self.take(event.name)
            self._size -= _size(event.arguments)
            gone.append(event.name)
        if gone:
            logger.warning('= "%s": %d events are forgotten: they have no handler, and are large', gone[0], len(gone))


def _size(value: object) -> int:
    """Return how many characters and bytes a value has, about."""
    if isinstance(value, str | bytes):
        return len(value)
    if isinstance(value, dict):
        return sum(len(name) + _size(one) for name, one in value.items())
    return sum(map(_size, value)) if isinstance(value, list | tuple) else 8
