"""`herd()`: a hundred clients come back after a restart, as a histogram that grows.

a way to wait ──► "Restart" ──► Comeback: a real server, a hundred real clients ──► bars, and a table of what was tried
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from livesock.display.targets import quoted
from livesock.display.view import Message, View
from livesock.display.views.herd.picture import herd_svg
from livesock.display.views.herd.run import BIN, DOWN, LENGTH, Comeback
from livesock.display.views.herd.words import POLICIES, STORY, cells_of, own_policy, sentence_of

__all__ = ["HerdView", "herd"]

SCALES = (20, 50, 100, 200)
"""Attempts at the top of the picture: the least that fits."""


class HerdView(View):
    """The attempts of one comeback, and a table of the ways that were tried."""

    page: ClassVar[str] = "herd"
    parts: ClassVar[tuple[str, ...]] = ("instrument",)

    def __init__(self, policy: str, backoff: Callable[..., float] | None) -> None:
        self._policies = POLICIES | ({"yours": own_policy(backoff)} if backoff else {})
        self._policy = policy
        self._newest: Comeback | None = None
        self._tried: dict[str, Comeback] = {}
        self._told_done = True
        super().__init__()

    def measured(self, policy: str) -> dict[str, Any]:
        """Return what came of a way to wait; makes a run if the reader has not done so yet, of three seconds or five.

        "most" is how many clients the server met within a tenth of a second at most, "attempts" how many attempts
        there were, "back" how many clients came back.

        Raises:
            ValueError: If there is no such way.
            RuntimeError: If the run failed.
        """
        _known(policy, self._policies)
        run = self._newest
        if run is not None:
            run.done.wait(LENGTH + 12)
        if run is None or run.problem or run.policy != policy:
            run = self._tried.get(policy) or self._begin(policy)
        run.done.wait(LENGTH + 20)
        if run.problem or not run.done.is_set():
            raise RuntimeError(run.problem or "the run does not end")
        self._tried[policy] = run
        attempts, most, *_ = cells_of(run)
        return {"most": int(most), "attempts": int(attempts), "back": run.back}

    # -- what the page gets

    def snapshot(self) -> Message:
        return self._state()

    def news(self) -> Message | None:
        if self._told_done:
            return None
        self._told_done = self._newest is None or self._newest.done.is_set()
        return self._state()

    def _state(self) -> Message:
        run = self._newest
        running = run is not None and not run.done.is_set()
        if run is not None and not running and not run.problem:
            self._tried[run.policy] = run
        bins = _bins(run)
        return {
            "policies": [{"key": key, "name": one.name, "code": one.code} for key, one in self._policies.items()],
            "policy": self._policy,
            "sentence": sentence_of(run),
            "running": running,
            "bins": bins,
            "bin": BIN,
            "top": next((scale for scale in SCALES if max(map(sum, bins)) <= scale), 400),
            "length": LENGTH,
            "down": DOWN,
            "now": min(run.now, LENGTH) if run is not None and running else None,
            "tried": [
                {"name": one.name, "cells": cells_of(self._tried.get(key))} for key, one in self._policies.items()
            ],
        }

    # -- what the reader does

    def on_message(self, message: Message) -> None:
        kind = message.get("kind")
        if kind not in ("policy", "start"):
            raise ValueError(f"a page of herd() may send policy or start, not {quoted(kind)}")
        if self._newest is not None and not self._newest.done.is_set():
            raise ValueError("the last restart is not over yet: wait some seconds")
        if kind == "policy":
            self._policy = _known(message.get("key"), self._policies)
        else:
            self._begin(self._policy)
        self.send("news", news=self._state())

    def _begin(self, policy: str) -> Comeback:
        self._policy = policy
        self._newest = Comeback(policy, self._policies[policy].wait)
        self._told_done = False
        return self._newest

    # -- without a browser

    def picture(self) -> str:
        return herd_svg(self._state(), self.words())

    def words(self) -> str:
        lines = [f"    {one.name}: {one.code}" for one in self._policies.values()]
        return "\n".join([f"{STORY} Each waits before it tries:", *lines])

    def finish(self) -> None:
        if self._newest is not None:
            self._newest.join(2.0)


def _bins(run: Comeback | None) -> list[list[int]]:
    """Return for each tenth of a second how many attempts began: those that were refused, those that opened."""
    bins = [[0, 0] for _ in range(round(LENGTH / BIN))]
    for one in list(run.attempts) if run else []:
        bins[min(int(one.at / BIN), len(bins) - 1)][one.has_opened] += 1
    return bins


def herd(policy: str = "doubling", *, backoff: Callable[..., float] | None = None) -> HerdView:
    """Return a view of a hundred clients that come back after a restart.

    `policy` is how each of them waits before an attempt: "fixed", "doubling", or "jitter"; with a `backoff(attempt,
    base, cap)` of your own also "yours". All connections are real. Nothing runs until the button is pressed, or
    `.measured()` is called.

    Raises:
        ValueError: If there is no such policy.
    """
    return HerdView(_known(policy, POLICIES | ({"yours": None} if backoff else {})), backoff)


def _known(key: object, known: Any) -> str:
    if not isinstance(key, str) or key not in known:
        raise ValueError(f"a policy is one of {', '.join(known)}, not {quoted(key)}")
    return key
