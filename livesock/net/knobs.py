"""`Knobs`: what a network can do to bytes, as attributes that are checked when they are set.

    far.delay = 0.2        checked here, in the caller's thread: ValueError or TypeError with a sentence
         │
         ▼
    _turned()              the simulator wakes what waits, so that bytes already under way feel it too

The values are read at the moment when a byte is about to move, never copied: that is why a knob needs no lock and
acts on open connections.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

__all__ = ["Knob", "Knobs"]

T = TypeVar("T")

PERFECT: dict[str, Any] = {
    "delay": 0.0,
    "jitter": 0.0,
    "rate": None,
    "chunk": None,
    "black_hole": False,
    "reset_after": None,
    "idle_timeout": None,
    "block_upgrade": False,
}
"""The positions at which every byte passes at once and unchanged."""


class Knob(Generic[T]):
    """An attribute of `Knobs`: `check(name, value)` returns the value to keep, or raises."""

    def __init__(self, check: Callable[[str, object], T], meaning: str) -> None:
        self._check = check
        self.__doc__ = meaning

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, knobs: None, owner: type) -> Knob[T]: ...
    @overload
    def __get__(self, knobs: Knobs, owner: type) -> T: ...
    def __get__(self, knobs: Knobs | None, owner: type) -> Knob[T] | T:
        if knobs is None:
            return self
        value: T = knobs._values[self._name]
        return value

    def __set__(self, knobs: Knobs, value: T) -> None:
        knobs._values[self._name] = self._check(self._name, value)
        knobs._turns[self._name] = knobs._turns.get(self._name, 0) + 1
        knobs._turned()


def _number(name: str, value: object, unit: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} is a number of {unit}, not {value!r:.60} ({type(value).__name__})")
    if not math.isfinite(value):
        raise ValueError(f"{name} is a finite number of {unit}, not {value}: black_hole = True stops everything")
    return float(value)


def seconds(name: str, value: object) -> float:
    """Return a duration: 0 or more seconds."""
    if (number := _number(name, value, "seconds")) < 0:
        raise ValueError(f"{name} is 0 or more seconds, not {value}: nothing arrives before it was sent")
    return number


def seconds_or_none(name: str, value: object) -> float | None:
    """Return a duration above 0, or None."""
    if value is not None and _number(name, value, "seconds (or None)") <= 0:
        raise ValueError(f"{name} is more than 0 seconds, or None for never, not {value}")
    return None if value is None else float(value)  # type: ignore[arg-type]  # checked by _number


def rate_or_none(name: str, value: object) -> float | None:
    """Return a number of bytes per second above 0, or None."""
    if value is not None and _number(name, value, "bytes per second (or None)") <= 0:
        raise ValueError(
            f"{name} is more than 0 bytes per second, or None for no limit, not {value}: "
            "black_hole = True stops everything"
        )
    return None if value is None else float(value)  # type: ignore[arg-type]  # checked by _number


def count_or_none(least: int) -> Callable[[str, object], int | None]:
    """Return the check of a whole number of bytes from `least`, or None."""

    def check(name: str, value: object) -> int | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(f"{name} is a whole number of bytes, or None, not {value!r:.60} ({type(value).__name__})")
        if value < least:
            raise ValueError(f"{name} is {least} or more bytes, or None, not {value}")
        return value

    return check


def switch(name: str, value: object) -> bool:
    """Return True or False."""
    if not isinstance(value, bool):
        raise TypeError(f"{name} is True or False, not {value!r:.60} ({type(value).__name__})")
    return value


class Knobs:
    """The knobs of a simulated network. Each may be read and set from any thread."""

    # Without a __dict__ a misspelt knob (`far.dealy = 1`) is an AttributeError instead of a knob that does nothing.
    __slots__ = ("_turns", "_values")

    delay = Knob(seconds, "Seconds that every byte needs for one way; also bytes already under way wait for it.")
    jitter = Knob(seconds, "Up to so many seconds more for each read, evenly spread; the order is kept.")
    rate = Knob(rate_or_none, "Bytes per second in each direction of each connection, or None for no limit.")
    chunk = Knob(count_or_none(1), "Cut everything into pieces of at most so many bytes, each a segment of its own.")
    black_hole = Knob(switch, "Nothing arrives while this is True, and nobody is told; bytes wait until it ends.")
    reset_after = Knob(count_or_none(0), "Reset a connection once so many bytes more have passed, both ways together.")
    idle_timeout = Knob(seconds_or_none, "Close a connection that carried nothing for so many seconds, as proxies do.")
    block_upgrade = Knob(switch, "Take the WebSocket upgrade out of requests, as a proxy that knows only HTTP does.")

    def __init__(self) -> None:
        self._values: dict[str, Any] = dict(PERFECT)
        self._turns: dict[str, int] = {}

    def turns(self, name: str) -> int:
        """Return how often the knob of this name has been set."""
        return self._turns.get(name, 0)

    def changed(self) -> dict[str, Any]:
        """Return the knobs that differ from a perfect network, by name."""
        return {name: value for name, value in self._values.items() if value != PERFECT[name]}

    def _turned(self) -> None:
        """Called after every change, in the thread that made it."""
