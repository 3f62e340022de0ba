"""`Acks`: the questions that a peer has not answered yet. (What we answer leaves in `seats`.)

A question is an event with an id; the answer is an ACK packet with the same id. An answer without an open question is
ignored: it is late, or invented. Every question ends once: answered, forgotten by the one that asked (its time is up),
or failed with its connection.
"""

from __future__ import annotations

from typing import Any, Generic, NoReturn, TypeVar

__all__ = ["Acks", "ErrorAnswer", "answer_of"]

Waiter = TypeVar("Waiter")


class ErrorAnswer(dict[str, Any]):
    """The answer of a handler that failed: a dict like any other, which says so when it is used as a good answer."""

    def __missing__(self, key: str) -> NoReturn:
        error = f"the handler failed, {str(self['message'])[:200]!r}; ask answer['status'] == 'error' first"
        raise KeyError(f"the answer has no {key!r:.60}: {error}")


def answer_of(values: list[Any]) -> Any:
    """Return the values of an answer as `call` gives them: one value, a list of several, or None."""
    value = values[0] if len(values) == 1 else values or None
    if isinstance(value, dict) and value.get("status") == "error" and {"message", "cause"} <= value.keys():
        return ErrorAnswer(value)
    return value


class Acks(Generic[Waiter]):
    """Open questions to one socket. A waiter is whatever the caller needs to pass the answer on."""

    def __init__(self, limit: int = 1000) -> None:
        self._limit = limit
        self._next = 0
        self._open: dict[int, Waiter] = {}

    def ask(self, waiter: Waiter) -> int:
        """Remember a question and return its id.

        Raises:
            OverflowError: If too many are open: the peer does not answer, and each of them costs memory.
        """
        if len(self._open) >= self._limit:
            raise OverflowError(f"{self._limit} questions are not answered yet: wait for answers before asking more")
        number, self._next = self._next, self._next + 1
        self._open[number] = waiter
        return number

    def answered(self, number: int | None) -> Waiter | None:
        """Return the waiter of the question with this id and forget the question; None if it is not open."""
        return self._open.pop(-1 if number is None else number, None)

    def forget(self, number: int) -> None:
        """Give a question up: its answer will be ignored."""
        self._open.pop(number, None)

    def fail(self) -> list[Waiter]:
        """Return the waiters of all open questions and forget these: the connection is gone, no answer will come."""
        waiters = list(self._open.values())
        self._open.clear()
        return waiters

    def __len__(self) -> int:
        return len(self._open)
