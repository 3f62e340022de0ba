"""`RetryQueue`: events that are sent one at a time, each again until it is answered or was tried often enough.

    add(a), add(b)      a, b
    send()          ──► a        try 1 of `retries` + 1
    missed()            a, b     no answer in time, or the connection was lost: a is sent again
    send()          ──► a        try 2
    answered()          b        the next one may go

So the order holds across time-outs and connections, and a slow answer holds up all that follow. The other end may get
an event twice: an answer that is missing does not say whether the event was.
"""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

__all__ = ["MAX_WAITING", "RetryQueue"]

MAX_WAITING = 1000
"""Events that wait for their turn, as many as wait for a connection."""

Item = TypeVar("Item")


class RetryQueue(Generic[Item]):
    """The official Socket.IO client's option `retries`. An item is whatever the caller sends. Not thread-safe.

    >>> queue = RetryQueue(retries=1)
    >>> queue.add("a")
    >>> queue.send(), queue.missed(), queue.send(), queue.missed()
    ('a', None, 'a', 'a')
    """

    def __init__(self, retries: int) -> None:
        self._retries = retries
        self._tries = 0  # of the oldest
        self._items: deque[Item] = deque()

    def __len__(self) -> int:
        return len(self._items)

    @property
    def tries(self) -> int:
        """How often the oldest was sent."""
        return self._tries

    def add(self, item: Item) -> None:
        """Let it wait for its turn.

        Raises:
            OverflowError: If `MAX_WAITING` wait already.
        """
        if len(self._items) >= MAX_WAITING:
            raise OverflowError(f"{MAX_WAITING} events wait for their answers already: wait until some have come")
        self._items.append(item)

    def send(self) -> Item | None:
        """Return the oldest, which is sent now, and count the try; None if there is none."""
        if not self._items:
            return None
        self._tries += 1
        return self._items[0]

    def answered(self) -> Item:
        """Return the oldest, which is done with: its answer has come."""
        self._tries = 0
        return self._items.popleft()

    def missed(self) -> Item | None:
        """Note that no answer comes to this try; return the oldest if it was the last one, and the next one's turn."""
        return self.answered() if self._tries > self._retries else None

    def clear(self) -> list[Item]:
        """Give all up, and return them in their order."""
        self._tries, items = 0, list(self._items)
        self._items.clear()
        return items
