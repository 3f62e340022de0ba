"""What the exercises of lesson 12 share: steps on one object, what each gave, and both in words."""

import gc
import itertools
import weakref
from collections.abc import Callable
from typing import Any

from livesock.learn.checking.outcome import plain
from livesock.learn.exercise import Solution

__all__ = ["MANY", "Step", "held", "said", "trial_of", "typed"]

Step = tuple[Any, ...]
"""The name of a method, then its arguments."""

NUMBERS = itertools.count()

MANY = "many"
"""The step after which nothing of many messages may be left, but the newest."""


MOST = 50
"""Steps, answers or messages that are written out; of more the first and the last ones are."""


class Text(str):
    """A message that can be looked for: a plain str knows no weak references."""


def held(method: Callable[[Any], Any], count: int) -> int:
    """Give many messages to `method`, and return of how many of the first half something is still in memory."""
    given: list[weakref.ref[Text]] = []
    for number in range(count):
        message = Text(f"{MANY}-{number}")
        given.append(weakref.ref(message))
        method(message)
    del message
    older = given[: count // 2]
    if any(ref() is not None for ref in older):
        gc.collect()
    return sum(ref() is not None for ref in older)


def take(make: Callable[[], Any], steps: list[Step], allowed: type[Exception]) -> list[Any]:
    """Take the steps on one object and return what each gave; of an exception that is `allowed` the name.

    What an object returned is the caller's, who may change it.
    """
    made = make()
    came: list[Any] = []
    for name, *arguments in steps:
        if name == MANY:
            method, count = arguments
            came.append(held(getattr(made, method), count))
            continue
        try:
            answer = getattr(made, name)(*arguments)
        except allowed:
            came.append(allowed.__name__)
            continue
        came.append(plain(answer))
        if isinstance(answer, list):
            answer.clear()
    return came


def call(name: str, method: str, *arguments: Any) -> str:
    if method == MANY:
        more, count = arguments
        return f"{name}.{more}(…) {count} times: how many of the first {count // 2} are still in memory?"
    return f"{name}.{method}({', '.join(map(repr, arguments))})"


def typed(name: str) -> Callable[..., str]:
    """Return the function that writes steps as a learner would type them."""

    def write(size: Any, steps: list[Step]) -> str:
        calls = [call(name, *step) for step in steps]
        return "; ".join([f"{name} = {name.capitalize()}({size!r})", *shortened(calls)])

    return write


def said(came: Any) -> str:
    """Return what `take` returned in words: one answer for each step."""
    return came if isinstance(came, str) else "; ".join(shortened(list(map(shown, came)))) or "no answer"


def shortened(texts: list[str]) -> list[str]:
    return [*texts[:3], "…", *texts[-3:]] if len(texts) > MOST else texts


def shown(answer: Any) -> str:
    if isinstance(answer, tuple) and answer and all(isinstance(one, tuple) for one in answer):
        return f"[{', '.join(shortened(list(map(repr, answer))))}]"
    return answer if isinstance(answer, str) else "[]" if answer == () else repr(answer)


class Never(Exception):
    """Is allowed where no exception is."""


def trial_of(
    shares: Callable[[Any, Any, str], bool], allowed: type[Exception] = Never
) -> Callable[[Solution, Any, list[Step]], Any]:
    """Return the trial of a class that is made with one number.

    `shares(first, second, text)` tells whether two objects share what they hold; no earlier trial has used the text.
    """

    def trial(solution: Solution, size: Any, steps: list[Step]) -> Any:
        try:
            shared = shares(solution(50), solution(50), f"text {next(NUMBERS)}")
        except NotImplementedError:
            raise
        except Exception:
            shared = False  # the steps below show it
        return "two objects share what they hold" if shared else take(lambda: solution(size), steps, allowed)

    return trial
