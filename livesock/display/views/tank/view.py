"""`tank()`: what waits at a server for a reader that is too slow, and who pays for it.

a policy, a pace ──► "Start" ──► TwoReaders: real connections, some seconds ──► two tanks, two curves, a table
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from livesock.display.parts.plot import plot_svg
from livesock.display.targets import quoted
from livesock.display.view import Message, View
from livesock.display.views.tank.picture import plot_of
from livesock.display.views.tank.readers import TwoReaders
from livesock.display.views.tank.run import FRIEND, LENGTH, LIMITS, SLOW, MarketRun
from livesock.display.views.tank.words import HUB, MIXED, PACES, POLICIES, STORY, bytes_of, sentence

__all__ = ["TankView", "tank"]

SHORT = 3.0
"""Seconds of a run that a cell asks for."""

NO_LID = {"wait": "no queue: it waits", "all": "no bound", "hub": "no bound"}

SCALES = (16, 60, 200)
"""Prices that a tank has room for in the picture."""


class TankView(View):
    """The newest run, and one line for each policy that was tried."""

    page: ClassVar[str] = "tank"
    parts: ClassVar[tuple[str, ...]] = ("instrument", "plot")

    def __init__(self, policy: str, pace: int, hub: type | None) -> None:
        self._policies = POLICIES | ({"hub": HUB} if hub else {})
        self._policy, self._pace = policy, pace
        self._whose = f"Hub: {'ours' if hub.__module__.startswith('livesock.') else 'yours'}" if hub else ""
        self._newest: MarketRun | None = None
        self._tried: dict[str, MarketRun] = {}
        self._told_done = True
        self._market = TwoReaders(hub)
        super().__init__()

    def measured(self, policy: str, pace: int = 0) -> dict[str, float]:
        """Return what came of a policy when the slow reader read `pace` prices a second: 0, 4 or 20.

        "friend" and "slow" are the ages of the newest price that each had at the end, in seconds; a slow reader that
        was sent away has the age -1. "waiting" and "dropped" count prices. Runs for three seconds if the reader has
        not done so yet; the page draws meanwhile.

        Raises:
            ValueError: If there is no such policy or pace.
        """
        policy, pace = _known("policy", policy, self._policies), _known("pace", pace, PACES)
        run = self._newest
        if run is not None and not run.done.is_set():
            run.done.wait(LENGTH + 5)
        if run is None or run.problem or not run.is_pure or (run.policy, run.pace) != (policy, pace):
            self._policy, self._pace = policy, pace
            run = self._begin(SHORT)
            run.done.wait(SHORT + 10)
        if run.problem or not run.samples:
            raise RuntimeError(run.problem or "nothing was measured")
        last = run.samples[-1]
        return {
            "friend": round(last.friend, 2),
            "slow": -1.0 if last.slow is None else round(last.slow, 2),
            "waiting": last.waiting,
            "dropped": run.dropped,
        }

    # -- what the page gets

    def snapshot(self) -> Message:
        return self._state()

    def news(self) -> Message | None:
        if self._told_done:
            return None
        self._told_done = self._newest is None or self._newest.done.is_set()
        return self._state()

    def _shown(self) -> MarketRun | None:
        """Return the run that the pressed buttons are about: the one that goes on, or one that is over with both."""
        for run in (self._newest, self._tried.get(self._policy)):
            if run is not None and (not run.done.is_set() or (run.policy, run.pace) == (self._policy, self._pace)):
                return run
        return None

    def _rule(self, run: MarketRun | None) -> str:
        """Return what is true once a run is over."""
        if run is None or not run.done.is_set():
            return ""
        return self._policies[run.policy].rule if run.is_pure else MIXED

    def _state(self) -> Message:
        tried = [self._line(key) for key in self._policies]
        run = self._shown()
        running = run is not None and not run.done.is_set()
        return {
            "policies": [{"key": key, "name": one.name, "code": one.code} for key, one in self._policies.items()],
            "policy": self._policy,
            "paces": [{"key": str(key), "text": text} for key, text in PACES.items()],
            "pace": str(self._pace),
            "sentence": sentence(run),
            "rule": self._rule(run),
            "running": running,
            "tanks": [self._tank(run, SLOW, "for the slow reader"), self._tank(run, FRIEND, "for the friend")],
            "plot": plot_of(run).message(),
            "tried": tried,
            "whose": self._whose,
        }

    def _tank(self, run: MarketRun | None, who: str, name: str) -> Message:
        waiting = run.waiting.get(who, 0) if run else 0
        number = run.seen[who][0] if run and who in run.seen else 0
        return {
            "name": name,
            "waiting": waiting,
            "bytes": bytes_of(waiting),
            "limit": LIMITS.get(self._policy),
            "lid": f"full at {LIMITS[self._policy]}" if self._policy in LIMITS else NO_LID[self._policy],
            "scale": next((scale for scale in SCALES if waiting < scale), waiting),
            "way": run.on_the_way.get(who, 0) if run else 0,
            "dropped": run.dropped if run and who == SLOW else 0,
            "closed": bool(run and run.closed and who == SLOW),
            "read": f"has price {number} of {run.made}" if run and number else "",
        }

    def _line(self, key: str) -> Message:
        """Return one line of the table, empty until a whole run of that policy is over."""
        run = self._newest
        if run is not None and run.done.is_set() and run.is_pure and run.samples and not run.problem:
            self._tried[run.policy] = run
        one = self._tried.get(key)
        cells = ["", "", "", "", ""]
        if one is not None:
            last = one.samples[-1]
            most = max(sample.waiting for sample in one.samples)
            slow = "gone" if last.slow is None else f"{last.slow:.1f} s"
            cells = [PACES[one.pace], f"{last.friend:.1f} s", slow, f"{most}, {bytes_of(most)}", str(one.dropped)]
        return {"name": self._policies[key].name, "cells": cells}

    # -- what the reader does

    def on_message(self, message: Message) -> None:
        kind, key = message.get("kind"), message.get("key")
        run = self._newest if self._newest is not None and not self._newest.done.is_set() else None
        if kind == "policy":
            policy = _known("policy", key, self._policies)
            if run and run.policy != policy and "hub" in (run.policy, policy):
                raise ValueError("your Hub takes part from the beginning: wait until this run is over")
            self._policy = policy
            if run and run.policy != policy:
                run.policy = policy
                run.turns.append((run.now(), self._policies[run.policy].name))
        elif kind == "pace":
            self._pace = _known("pace", int(key) if isinstance(key, str) and key.isdigit() else key, PACES)
            if run and run.pace != self._pace:
                run.pace = self._pace
                run.turns.append((run.now(), f"reads {PACES[run.pace]}"))
        elif kind == "start" and run is None:
            self._begin(LENGTH)
        else:
            raise ValueError(f"a page of tank() may send policy, pace, or start between two runs, not {kind!r:.60}")
        self.send("news", news=self._state())

    def _begin(self, length: float) -> MarketRun:
        run = self._newest = MarketRun(self._policy, self._pace, length)
        self._told_done = False
        self._market.start(run)
        return run

    # -- without a browser

    def picture(self) -> str:
        run = self._shown()
        return plot_svg(plot_of(run), title="A slow reader, and who pays", description=sentence(run))

    def words(self) -> str:
        lines = [f"    {one.name}: {one.code}" for one in self._policies.values()]
        return "\n".join([f"{STORY} The server may:", *lines, *([self._whose] if self._whose else [])])

    def finish(self) -> None:
        self._market.stop()


def tank(policy: str = "wait", *, pace: int = 0, hub: type | None = None) -> TankView:
    """Return a view of what waits at a server for a reader that is too slow, and of who pays for it.

    The server sends 20 prices a second to two real readers. The slow one reads `pace` of them: 0, 4 or 20 a second.
    `policy` says what the server does with it at first: "wait", "all", "oldest", "newest" or "close". With a `hub`,
    a class with `join`, `leave` and `broadcast`, "hub" is one more. Nothing runs until the button is pressed, or
    `.measured()` is called.

    Raises:
        ValueError: If there is no such policy or pace.
    """
    known = POLICIES | ({"hub": HUB} if hub else {})
    return TankView(_known("policy", policy, known), _known("pace", pace, PACES), hub)


def _known(what: str, key: Any, known: Mapping[Any, object]) -> Any:
    if not isinstance(key, str | int) or key not in known:
        raise ValueError(f"a {what} is one of {', '.join(map(str, known))}, not {quoted(key)}")
    return key
