"""`CutRun`: ten messages each way across a cut, as they are noted down, and what became of each."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = ["CUT", "DOWN", "LAST", "UP", "CutRun", "Fate", "Given"]

CUT, UNSEEN, AWAY, LAST = 4, 6, 8, 10
"""The message at whose arrival the line is cut, the last one before both ends notice, the last one while it is cut, and
the last one of all."""

UP, DOWN = "up", "down"
"""From the client to the server, and back."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What can become of a message: a name, a sign that says it without the colour, and a tone of the style sheet."""

    name: str
    sign: str
    tone: str


SENT = Fate("sent", "✓", "sent")
BUFFERED = Fate("buffered", "‖", "buffered")
LOST = Fate("lost", "✗", "lost")
REPEATED = Fate("repeated", "×2", "repeated")
RECOVERED = Fate("recovered", "↺", "recovered")
FATES = (SENT, BUFFERED, LOST, REPEATED, RECOVERED)


@dataclass
class Given:
    """One message as its sender sees it."""

    number: int
    belief: str
    """What the sender's program knows of it: `"sent"`, `"kept"`, `"dropped"`, `"answered"`."""
    at: float
    """Its place in the picture, in messages."""


@dataclass
class CutRun:
    """What has happened so far. Written by the run's threads, read by the view."""

    cut: str
    client: str
    server: str
    began: float = field(default_factory=time.perf_counter)
    place: float = 0.0
    """How far the run is: the number of the message that was sent last."""
    sent: dict[str, dict[int, Given]] = field(default_factory=lambda: {UP: {}, DOWN: {}})
    came: dict[str, list[tuple[int, float, str]]] = field(default_factory=lambda: {UP: [], DOWN: []})
    """By direction: the number of each message that the other end's handler got, its place, and a fate's name or ""."""
    dropped: int = 0
    """Repeats that an inbox has dropped."""
    phase: str = "open"
    """`"open"`, `"cut"` before both ends know, `"away"`, `"back"`."""
    recovered: bool | None = None
    """Whether the server restored the client's seat; None before it is back."""
    problem: str = ""
    is_ending: bool = False
    done: threading.Event = field(default_factory=threading.Event)

    def fail(self, exc: Exception) -> None:
        """Note the first thing that went wrong; the run ends with it."""
        self.problem = self.problem or f"{type(exc).__name__}: {exc}"

    @contextlib.contextmanager
    def noting(self) -> Iterator[None]:
        """Note what the learner's own parts raise, and let it pass on."""
        try:
            yield
        except Exception as exc:
            self.fail(exc)
            raise

    def send(self, way: str, number: int, belief: str) -> None:
        """Note that a message was given to the library, or what is known of it by now."""
        known = self.sent[way].get(number)
        self.sent[way][number] = Given(number, belief, known.at if known else float(number))

    def arrive(self, way: str, number: int, fate: str = "") -> None:
        """Note that a handler got a message."""
        self.came[way].append((number, self.place, fate))

    def count(self, way: str, number: int) -> int:
        return sum(one == number for one, _, _ in list(self.came[way]))

    def fate(self, way: str, number: int) -> Fate | None:
        """Return what became of a message; None while that is open."""
        came = [fate for one, _, fate in list(self.came[way]) if one == number]
        if not came:
            return LOST if self.done.is_set() and number in self.sent[way] else None
        if len(came) > 1:
            return REPEATED
        return {"buffered": BUFFERED, "recovered": RECOVERED}.get(came[0], SENT)

    def fates(self, way: str) -> Counter[str]:
        """Return how many messages have which fate, by its name."""
        found = [self.fate(way, number) for number in self.sent[way]]
        return Counter(fate.name for fate in found if fate is not None)

    def numbers(self, way: str) -> list[int]:
        """Return the numbers in the order in which the other end got them."""
        return [number for number, _, _ in list(self.came[way])]
