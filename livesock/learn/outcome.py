"""`Outcome`: what one call came to, as a value that can be compared, shown and kept after the call."""

from __future__ import annotations

import collections.abc
import enum
from dataclasses import dataclass
from typing import Any

__all__ = ["Endless", "Outcome", "plain", "same"]


class Endless(BaseException):
    """Ends a learner's code that would go on for ever. No `except Exception` catches it."""


@dataclass(frozen=True)
class Outcome:
    """A value, an exception, or neither because the call had to be ended."""

    value: Any = None
    error: BaseException | None = None
    changed: tuple[str, ...] = ()
    """The arguments that the call changed."""

    @property
    def is_endless(self) -> bool:
        return isinstance(self.error, Endless)


def plain(value: Any) -> Any:
    """Return a copy of `value` without differences of style: any bytes are bytes, a list and a tuple are the same.

    What is neither of these is returned as it is, generators unconsumed.
    """
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    if isinstance(value, enum.IntEnum):
        return int(value)
    if isinstance(value, list | tuple):
        return tuple(plain(item) for item in value)
    if isinstance(value, collections.abc.Mapping):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return frozenset(plain(item) for item in value)
    return value


def equal(left: Any, right: Any) -> bool:
    try:
        return bool(left == right)
    except Exception:  # a learner's own __eq__, an array that has no truth
        return False


def same(outcome: Outcome, expected: Outcome) -> bool:
    """Whether `outcome` is what `expected` is: an equal value, or an exception of the same class or a subclass."""
    if expected.error is not None:
        return isinstance(outcome.error, type(expected.error))
    return outcome.error is None and outcome.changed == expected.changed and equal(outcome.value, expected.value)
