"""`Outcome`: what one call came to, as a value that can be compared, shown and kept after the call."""

from __future__ import annotations

import collections.abc
import dis
import enum
import inspect
import re
import traceback
import types
from dataclasses import dataclass
from typing import Any

__all__ = ["Asked", "Deep", "Endless", "Outcome", "is_known", "plain", "same", "unrun", "unwritten"]


class Endless(BaseException):
    """Ends a learner's code that would go on forever. No `except Exception` catches it."""


class Asked(Exception):
    """The code has called input(), which gets no answer during a check."""


class Deep:
    """Stands for a value that is nested too deep to be read, or holds itself."""

    def __init__(self, value: object) -> None:
        self.kind = type(value).__name__

    def __repr__(self) -> str:
        return f"a {self.kind} nested too deep to be read"


@dataclass(frozen=True)
class Outcome:
    """A value, an exception, or neither because the call had to be ended."""

    value: Any = None
    error: BaseException | None = None
    changed: tuple[str, ...] = ()
    """The arguments that the call changed."""
    text: str = ""
    """How the value or the exception writes itself, where that is the learner's own code: asked under the watchdog."""

    @property
    def is_endless(self) -> bool:
        return isinstance(self.error, Endless)


def unwritten(error: BaseException | None) -> types.CodeType | None:
    """Return the code of the stub that raised `error`: a body that raises NotImplementedError and does nothing else.

    None for any other error, also for a NotImplementedError that written code raises.
    """
    frames = list(traceback.walk_tb(error.__traceback__)) if error and type(error) is NotImplementedError else []
    code = frames[-1][0].f_code if frames else None
    return code if code and not any(map(WRITTEN.match, (step.opname for step in dis.get_instructions(code)))) else None


WRITTEN = re.compile("STORE|LOAD_(FAST|DEREF|ATTR)|.*JUMP")
"""Byte code that no stub has: it looks at an argument, stores something, takes a branch."""


def plain(value: Any) -> Any:
    """Return a copy of `value` without differences of style: any bytes are bytes, a list and a tuple are the same.

    What is neither of these is returned as it is, generators unconsumed.
    """
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    if isinstance(value, str):
        return str.__str__(value)  # a subclass may compare as it likes; what it holds is the same
    if isinstance(value, enum.IntEnum):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool | enum.Enum):
        return int.__int__(value)
    if isinstance(value, list | tuple):
        return tuple(plain(item) for item in value)
    if isinstance(value, collections.abc.Mapping):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return frozenset(plain(item) for item in value)
    return value


def is_known(value: Any) -> bool:
    """Whether a value of `plain` consists of Python's own types, so that its repr runs no code of the learner."""
    if isinstance(value, tuple | frozenset):
        return all(map(is_known, value))
    if isinstance(value, dict):
        return all(is_known(key) and is_known(item) for key, item in value.items())
    return value is None or type(value) in (str, bytes, bool, int, float, complex)


def unrun(value: Any) -> list[Any]:
    """Return the coroutines and generators in a value of `plain`: what was called and has not run."""
    if isinstance(value, tuple):
        return [found for item in value for found in unrun(item)]
    return [value] if inspect.iscoroutine(value) or inspect.isgenerator(value) else []


def equal(left: Any, right: Any) -> bool:
    """Whether two values are the same. `left` decides: an object of the learner's that equals everything does not."""
    try:
        if isinstance(left, tuple):
            return isinstance(right, tuple) and len(left) == len(right) and all(map(equal, left, right))
        if isinstance(left, dict):
            found = isinstance(right, dict) and marked(left) == marked(right)
            return found and all(equal(left[key], right[key]) for key in left)
        if isinstance(left, frozenset):
            return isinstance(right, frozenset) and marked(left) == marked(right)
        if isinstance(left, bool):
            return isinstance(right, int) and left == right  # 1 for True is a matter of style
        if isinstance(left, int | float | complex):
            kinds = int if isinstance(left, int) else (int, float, complex)
            return isinstance(right, kinds) and not isinstance(right, bool) and left == right
        return left is right or type(left).__eq__(left, right) is True  # type: ignore[call-arg]
    except Exception:  # a learner's own __eq__, an array that has no truth
        return False


def marked(items: collections.abc.Iterable[Any]) -> set[tuple[Any, Any]]:
    """Return the items with their types, int and float as one, so that none can pass for one of another type."""
    return {("number" if type(item) in (int, float) else type(item), item) for item in items}


def same(outcome: Outcome, expected: Outcome) -> bool:
    """Whether `outcome` is what `expected` is: an equal value, or an exception of the same class or a subclass."""
    if expected.error is not None:
        return issubclass(type(outcome.error), type(expected.error))  # isinstance believes a false __class__
    return outcome.error is None and outcome.changed == expected.changed and equal(expected.value, outcome.value)
