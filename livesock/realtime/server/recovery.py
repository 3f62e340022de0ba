"""`Recovery`: a peer whose connection broke comes back to its seat and gets what it missed.

    connected ──► broken ──► remembered for a while ──► back with its pid and the offset of the last event it got
                               id, rooms, data             the same id, rooms, data; the events after the offset

The `pid` is a secret of the peer; the `offset` is the name of an event, sent along as its last argument. A peer that
comes back passes every `use` and `on_connect` again: being known is no reason to be let in.

Socket.IO, "Connection state recovery".
"""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import Any

__all__ = ["Missed", "Recovery", "SeatState"]

MAX_EVENTS = 10_000
"""Events that are kept for peers that may come back; a peer that missed more begins anew."""

MAX_BYTES = 16 * 2**20
"""Bytes of these events."""

MAX_STATES = 1000
"""Peers that are remembered."""


@dataclass(frozen=True, slots=True)
class SeatState:
    """A peer's seat at the moment when its connection broke."""

    id: str
    namespace: str
    rooms: tuple[str, ...]
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Missed:
    """An event that a peer may have missed: for whom it was, and how it was sent."""

    offset: str
    namespace: str
    rooms: tuple[str, ...]
    without: tuple[str, ...]
    event: Any
    size: int = 0
    """Bytes that it holds."""

    def concerns(self, state: SeatState) -> bool:
        """Whether a peer in this state would have got it."""
        mine = set(state.rooms)
        wanted = not self.rooms or not mine.isdisjoint(self.rooms)
        return self.namespace == state.namespace and wanted and mine.isdisjoint(self.without)


class Recovery:
    """Remembers peers and events for `window` seconds. Not thread-safe."""

    def __init__(self, window: float) -> None:
        self.window = window
        self._events: deque[tuple[float, Missed]] = deque()
        self._size = 0
        self._states: OrderedDict[str, tuple[float, SeatState]] = OrderedDict()

    def keep(self, event: Missed, now: float) -> None:
        """Remember an event that was emitted."""
        self._events.append((now, event))
        self._size += event.size
        while len(self._events) > MAX_EVENTS or self._size > MAX_BYTES:
            self._drop()
        self._forget(now)

    def save(self, pid: str, state: SeatState, now: float) -> None:
        """Remember a peer whose connection broke."""
        self._states[pid] = now, state
        while len(self._states) > MAX_STATES:
            self._states.popitem(last=False)
        self._forget(now)

    def expects(self, pid: str, now: float) -> bool:
        """Return whether a peer is remembered."""
        self._forget(now)
        return pid in self._states

    def restore(self, pid: object, offset: object, namespace: str, now: float) -> tuple[SeatState, list[Missed]] | None:
        """Return the peer's seat and what it missed after `offset`, and forget the seat; None if it must begin anew.

        A peer that got no event yet sends no offset. It begins anew, because we cannot know what it missed.
        """
        self._forget(now)
        if not isinstance(pid, str) or not isinstance(offset, str) or pid not in self._states:
            return None
        state = self._states[pid][1]
        heard = next((n for n, (_, event) in enumerate(self._events) if event.offset == offset), None)
        if state.namespace != namespace or heard is None:
            return None
        del self._states[pid]
        return state, [event for _, event in list(self._events)[heard + 1 :] if event.concerns(state)]

    def _forget(self, now: float) -> None:
        while self._events and self._events[0][0] < now - self.window:
            self._drop()
        while self._states and next(iter(self._states.values()))[0] < now - self.window:
            self._states.popitem(last=False)

    def _drop(self) -> None:
        """Forget the oldest event."""
        _, event = self._events.popleft()
        self._size -= event.size
