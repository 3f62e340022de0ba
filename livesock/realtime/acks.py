"""`Acks`: the questions that a peer has not answered yet.

A question is an event with an id; the answer is an ACK packet with the same id. Answers that nobody waits for are
passed over: they are late, or invented. Every question ends once: answered, expired, or failed with its connection.
"""

from __future__ import annotations

from typing import Generic, TypeVar

__all__ = ["Acks"]

Waiter = TypeVar("Waiter")


class Acks(Generic[Waiter]):
    """Open questions to one socket. A waiter is whatever the caller needs to pass the answer on."""

    def __init__(self, limit: int = 1000) -> None:
        self._limit = limit
        self._next = 0
        self._open: dict[int, tuple[Waiter, float]] = {}

    def ask(self, waiter: Waiter, until: float) -> int:
        """Remember a question that expires at the time `until` and return its id.

        Raises:
            OverflowError: If too many are open: the peer does not answer, and each of them costs memory.
        """
        if len(self._open) >= self._limit:
            raise OverflowError(f"{self._limit} questions wait for an answer already")
        number, self._next = self._next, self._next + 1
        self._open[number] = waiter, until
        return number

    def answered(self, number: int | None) -> Waiter | None:
        """Return who waits for the answer with this id, and forget the question; None if nobody does."""
        waiter, _ = self._open.pop(-1 if number is None else number, (None, 0.0))
        return waiter

    def forget(self, number: int) -> None:
        """Give a question up."""
        self._open.pop(number, None)

    def expired(self, now: float) -> list[Waiter]:
        """Return who has waited long enough, and forget their questions."""
        numbers = [number for number, (_, until) in self._open.items() if until <= now]
        return [self._open.pop(number)[0] for number in numbers]

    def fail(self) -> list[Waiter]:
        """Return everybody who still waits: the connection is gone, and no answer will come."""
        waiters = [waiter for waiter, _ in self._open.values()]
        self._open.clear()
        return waiters

    def __len__(self) -> int:
        return len(self._open)
