"""Predictions, exercises, checks: what turns watching into practice.

    from livesock import learn

    learn.predict("03.same_key")                   # asked before the experiment
    learn.observed("03.same_key", answers)         # the prediction beside the measurement
    learn.check(accept_key, "03.accept_key")       # which wrong idea is it, and where to look
    learn.hint("03.accept_key")                    # three levels, then
    learn.parsons("03.accept_key")                 # the same as blocks to put in order, then
    learn.solution("03.accept_key")
    learn.progress()

Importing starts nothing and reads nothing; the first call opens the learner's record.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from livesock.learn.page import Page
    from livesock.learn.session import Session

__all__ = ["catch_up", "check", "hint", "keep", "observed", "parsons", "predict", "progress", "reset", "solution"]

Kept = TypeVar("Kept", bound=Callable[..., Any])

_session: Session | None = None


def current() -> Session:
    """Return the session of this kernel."""
    global _session
    if _session is None:
        from livesock.learn.session import Session

        _session = Session()
    return _session


def check(solution: Any, id: str, *, seed: int | None = None) -> Page:
    """Judge what you wrote: `check(accept_key, "03.accept_key")`.

    Runs it on named cases, on random ones (`seed` draws others), and against one property. Returns within six seconds,
    whatever the code does; the kernel goes on.
    """
    return current().check(solution, id, seed=seed)


def predict(id: str, answer: Any = None) -> Page:
    """Ask the question `id`, and store your answer: choose below, or `predict("03.same_key", "b")`.

    Nothing waits for it: an experiment runs without a prediction too.
    """
    return current().predict(id, answer)


def observed(id: str, *value: Any) -> Page:
    """Show your prediction beside what you have measured: `observed("03.same_key", answers)`."""
    return current().observed(id, *value)


def hint(id: str) -> Page:
    """Show the next hint; there are three."""
    return current().hint(id)


def solution(id: str) -> Page:
    """Show the solution: after yours is right, or after three failed checks and five minutes.

    An instructor opens all of them in a kernel with `%env LIVESOCK_SOLUTIONS=open`.
    """
    return current().solution(id)


def parsons(id: str, order: Sequence[int] | None = None) -> Page:
    """Show the exercise as blocks to put in order; `parsons(id, [3, 1, 2])` checks an order."""
    return current().parsons(id, order)


def keep(name: str) -> Callable[[Kept], Kept]:
    """Remember what you wrote for later lessons: put `@learn.keep("encode_frame")` above the function."""

    def remember(solution: Kept) -> Kept:
        current().keep(name, solution)
        return solution

    return remember


def catch_up(number: str) -> Page:
    """Bring the functions that the lessons before `number` ask for into this notebook: yours, else ours."""
    return current().catch_up(number)


def reset(number: str) -> Page:
    """Begin a lesson anew: forget its predictions, checks and hints."""
    return current().reset(number)


def progress() -> Page:
    """Show what is done in each lesson."""
    return current().progress()
