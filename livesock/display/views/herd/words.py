"""Ways in which clients wait, and the sentences about what came of it."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Callable
from typing import NamedTuple

from livesock.display.views.herd.run import BASE, BIN, CAP, CLIENTS, DOWN, Comeback

__all__ = ["POLICIES", "STORY", "WayBack", "cells_of", "own_policy", "sentence_of"]


class WayBack(NamedTuple):
    """One way to wait before an attempt."""

    name: str
    code: str
    wait: Callable[[int], float]


def _doubling(attempt: int) -> float:
    return min(CAP, BASE * 2.0 ** min(attempt, 32))


POLICIES = {
    "fixed": WayBack("always the same", f"wait = {BASE:g}", lambda attempt: BASE),
    "doubling": WayBack("doubling", f"wait = min({CAP:g}, {BASE:g} * 2**attempt)", _doubling),
    "jitter": WayBack(
        "doubling, with jitter", "wait *= random()", lambda attempt: _doubling(attempt) * random.random()
    ),
}

STORY = f"A server is away for {DOWN:g} s. {CLIENTS} clients lost it in the same moment."


def own_policy(backoff: Callable[..., float]) -> WayBack:
    """Return the policy that the learner wrote."""
    return WayBack("your backoff", f"backoff(attempt, {BASE:g}, {CAP:g})", lambda attempt: backoff(attempt, BASE, CAP))


def sentence_of(run: Comeback | None) -> str:
    """Return what happens now, or what has happened."""
    if run is None:
        return f"{STORY} When do they come back?"
    if run.problem:
        return f"This run went wrong: {run.problem}"
    if not run.lost:
        return f"{CLIENTS} clients connect …"
    if run.done.is_set():
        return f"{run.back} of {CLIENTS} are back. The server met up to {most_of(run)} of them in a tenth of a second."
    state = "is away" if run.now < DOWN else "serves again"
    return f"The server {state}. {run.back} of {CLIENTS} are back, after {len(run.attempts)} attempts."


def most_of(run: Comeback) -> int:
    """Return the most attempts that found the server within `BIN` seconds, wherever the bars have their borders."""
    moments = sorted(one.at for one in list(run.attempts) if one.has_opened)
    return max((bisect_left(moments, moment + BIN) - n for n, moment in enumerate(moments)), default=0)


def cells_of(run: Comeback | None) -> list[str]:
    """Return a line of the table, empty until a run of that policy is over."""
    if run is None:
        return [""] * 4
    opened = [one for one in run.attempts if one.has_opened]
    over = f"{max((one.at + one.took for one in opened), default=0.0):.1f} s" if run.back == CLIENTS else "not all"
    slowest = f"{max((one.took for one in opened), default=0.0) * 1000:.0f} ms"
    return [str(len(run.attempts)), str(most_of(run)), over, slowest]
