"""What a wrong result shows without knowing the idea behind it: its kind, its order, what is around it.

Only of exercises whose trial is a plain call: elsewhere the values are not those that the learner returned.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from livesock.learn import words
from livesock.learn.checking.diff import kind, shown
from livesock.learn.checking.outcome import equal, is_known
from livesock.learn.exercise import Exercise, call

__all__ = ["constant", "remark"]

Pair = tuple[Any, Any]
"""What came and what was expected."""


def remark(exercise: Exercise, pairs: Sequence[Pair], arguments: Sequence[Sequence[Any]]) -> str:
    """Return a sentence that is true of all of these wrong results, "" if there is none."""
    if exercise.trial is not call or len(pairs) < 2 or not all(is_known(came) for came, _ in pairs):
        return ""
    name = exercise.name
    if all(args and equal(args[0], came) for (came, _), args in zip(pairs, arguments, strict=True)):
        return words.unchanged(name)
    if all(isinstance(came, tuple) and len(came) == 1 and equal(expected, came[0]) for came, expected in pairs):
        return words.wrapped(name)
    if all(turned(came, expected) for came, expected in pairs):
        return words.turned(name)
    if all(isinstance(expected, tuple) and expected and equal(expected[0], came) for came, expected in pairs):
        return words.first_only(name)
    came = {kind(came) for came, _ in pairs}
    wanted = {kind(expected) for _, expected in pairs if expected is not None}
    if len(came) == 1 and len(wanted) == 1 and came != wanted and "a number" not in wanted | came:
        return words.other_kind(name, came.pop(), wanted.pop())
    return ""


def constant(exercise: Exercise, pairs: Sequence[Pair]) -> str:
    """Return a sentence if one value came from every call, right or wrong, where several are expected; "" if not."""
    value = pairs[0][0] if pairs else None
    if (
        exercise.trial is not call
        or value is None
        or not all(is_known(came) and equal(value, came) for came, _ in pairs)
    ):
        return ""
    varied = any(not equal(pairs[0][1], expected) for _, expected in pairs)
    return words.constant(exercise.name, shown(value)) if varied else ""


def turned(came: Any, expected: Any) -> bool:
    """Whether one is the other, backwards; what is the same in both directions says nothing."""
    if not isinstance(came, bytes | str | tuple) or type(came) is not type(expected):
        return False
    return equal(expected, came[::-1])
