"""`MarketRun`: what happens while prices go to two readers, as the two loops write it down and the view reads it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

__all__ = ["BOUND", "FRIEND", "LENGTH", "LIMITS", "RATE", "SIZE", "SLOW", "SLOWS", "MarketRun", "Sample"]

RATE, SIZE = 20, 16_000
"""Prices a second, and bytes of each."""

BOUND = 10
"""Prices that may wait for a reader where the policy has a bound."""

LIMITS = {"oldest": BOUND, "close": BOUND, "newest": 1}
"""By policy: prices that may wait; the other policies have no bound."""

LENGTH = 10
"""Seconds of a run on the page."""

SLOWS = 0.6
"""Seconds after which the slow reader becomes slow: before that, the picture shows how it should be."""


FRIEND, SLOW = "friend", "slow"


@dataclass(frozen=True, slots=True)
class Sample:
    """One look: seconds since the beginning, how old each reader's newest price was, what waited for the slow one."""

    when: float
    friend: float
    slow: float | None
    waiting: int


@dataclass
class MarketRun:
    """What has happened so far. Written by the two loops, read by the view; `policy` and `pace` may be turned."""

    policy: str
    pace: int
    """Prices a second that the slow reader takes."""
    length: float
    began: float = 0.0
    made: int = 0
    seen: dict[str, tuple[int, float]] = field(default_factory=dict)
    """By reader: the number of the newest price it has read, and when that price was made."""
    read: dict[str, int] = field(default_factory=dict)
    """By reader: how many prices it has read."""
    waiting: dict[str, int] = field(default_factory=dict)
    """By reader: prices that wait at the server."""
    on_the_way: dict[str, int] = field(default_factory=dict)
    """By reader: prices that have left the queue, at least in part, and were not read yet."""
    dropped: int = 0
    closed: float = 0.0
    """When the slow reader was sent away, in seconds since the beginning; 0 if it was not."""
    samples: list[Sample] = field(default_factory=list)
    turns: list[tuple[float, str]] = field(default_factory=list)
    """When a knob was turned, and to what."""
    problem: str = ""
    is_ending: bool = False
    done: threading.Event = field(default_factory=threading.Event)

    @property
    def is_pure(self) -> bool:
        """Whether no knob was turned: what came belongs to one policy and one pace."""
        return not self.turns

    def now(self) -> float:
        return time.perf_counter() - self.began if self.began else 0.0

    def age(self, who: str) -> float:
        """Return how old the newest price is that a reader has; nothing is old before the first."""
        return time.perf_counter() - self.seen[who][1] if who in self.seen else 0.0
