"""`Order`: the events of one seat are handled as they came. Runs on the loop.

    take() ──► Place ── turn() ──► handlers … ── give_way() ──► the turn of the next place

A place is taken when something comes: a request for the seat, an event, the end. Its turn begins when the place before
it has given way: when a plain handler has returned, or an async one waits for the first time.
"""

from __future__ import annotations

import asyncio

__all__ = ["Order", "Place"]

MAX_IDLE = 64
"""Namespaces whose last place is remembered although it is over: a peer chooses their names, so they are forgotten."""


class Place:
    """One place in an order."""

    __slots__ = ("_before", "_next", "is_over")

    def __init__(self, before: Place | None) -> None:
        self._before = before
        self.is_over = False
        """Whether it has given way."""
        self._next: asyncio.Future[None] | None = None  # the place behind waits for it

    @property
    def is_next(self) -> bool:
        """Whether its turn has begun: `turn` would not wait."""
        return self._before is None or self._before.is_over

    async def turn(self, patience: float | None = None) -> None:
        """Wait until the place before has given way, or for at most `patience` seconds."""
        before, self._before = self._before, None
        if before is not None and not before.is_over:
            before._next = asyncio.get_running_loop().create_future()
            await asyncio.wait([before._next], timeout=patience) if patience else await before._next

    def give_way(self) -> None:
        """Let the next one begin. A second call does nothing."""
        if not self.is_over:
            self.is_over, self._before = True, None  # otherwise each place would keep all before it
            if self._next is not None and not self._next.done():
                self._next.set_result(None)


class Order:
    """The places of one session: those of one namespace follow each other, two namespaces do not wait."""

    __slots__ = ("_last",)

    def __init__(self) -> None:
        self._last: dict[str, Place] = {}

    def take(self, namespace: str) -> Place:
        """Take the place behind all others of this namespace."""
        if len(self._last) > MAX_IDLE:
            self._last = {name: place for name, place in self._last.items() if not place.is_over}
        place = self._last[namespace] = Place(self._last.get(namespace))
        return place
