"""`Rounds`: what was emitted, who has heard it, and how long each delivery took.

A *round* is one press of a button: one form of emit, once or many times. Its events carry numbers, so that each arrival
finds its departure and its round.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["EDGES", "Latencies", "Round", "Rounds"]

EDGES = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
"""Milliseconds: upper ends of the bars of the histogram; a last bar holds the rest."""

KEPT = 12
"""Rounds that are remembered."""

SAMPLE = 4000
"""Deliveries whose exact time is kept, the newest ones: for the median."""


@dataclass
class Round:
    """One press of a button."""

    code: str
    """What was called, as Python code."""
    first: int
    count: int
    heard: dict[int, int] = field(default_factory=dict)
    """Member to events of this round that reached it."""

    def shown(self, names: Sequence[str]) -> dict[str, Any]:
        """Return it as JSON."""
        heard = {names[who]: count for who, count in sorted(self.heard.items())}
        return {"n": self.first, "code": self.code, "count": self.count, "heard": heard}


@dataclass
class Latencies:
    """How long deliveries took."""

    bars: list[int] = field(default_factory=lambda: [0] * (len(EDGES) + 1))
    newest: deque[float] = field(default_factory=lambda: deque(maxlen=SAMPLE))
    count: int = 0
    worst: float = 0.0

    def add(self, ms: float) -> None:
        """Count one delivery."""
        place = next((n for n, edge in enumerate(EDGES) if ms < edge), len(EDGES))
        self.bars[place] += 1
        self.newest.append(ms)
        self.count += 1
        self.worst = max(self.worst, ms)

    def shown(self) -> dict[str, Any]:
        """Return them as JSON; the median and the 95th percentile are of the newest `SAMPLE`."""
        ordered = sorted(self.newest)
        middle, late = (ordered[int(len(ordered) * part)] if ordered else 0.0 for part in (0.5, 0.95))
        numbers = {"median": round(middle, 2), "p95": round(late, 2), "worst": round(self.worst, 2)}
        return {"bars": list(self.bars), "count": self.count} | numbers


class Rounds:
    """All rounds, the newest last. It has no clock: times are passed in."""

    def __init__(self) -> None:
        self.all: deque[Round] = deque(maxlen=KEPT)
        self.latencies = Latencies()
        self._left: dict[int, float] = {}
        self._next = 1

    def begin(self, code: str, count: int) -> Round:
        """Begin a round of `count` events."""
        if len(self.all) == KEPT:
            gone = self.all[0]
            for number in range(gone.first, gone.first + gone.count):
                self._left.pop(number, None)
        self.all.append(new := Round(code, self._next, count))
        self._next += count
        return new

    def left(self, number: int, when: float) -> None:
        """Note that event `number` leaves at `when` seconds."""
        self._left[number] = when

    def arrived(self, number: object, who: int, when: float) -> None:
        """Note that an event has reached a member; an event of no round is ignored."""
        if type(number) is not int or number not in self._left:
            return
        self.latencies.add((when - self._left[number]) * 1000)
        for one in reversed(self.all):
            if one.first <= number < one.first + one.count:
                one.heard[who] = one.heard.get(who, 0) + 1
                return
