"""`day()`: what a learner wrote keeps a client connected, through all that a day brings, at a hundredth of its length.

backoff, Heartbeat, Reconnector ──► "Begin the day" ──► DayRun: real connections ──► a strip that grows, and figures
"""

from __future__ import annotations

from typing import Any, ClassVar

from livesock.display.targets import quoted
from livesock.display.view import Message, View
from livesock.display.views.day.client import SCALE
from livesock.display.views.day.picture import day_svg
from livesock.display.views.day.run import KINDS, LENGTHS, DayRun, Trouble
from livesock.display.views.day.words import STORY, away_of, back_after, by_kind, clock, sentence_of, share_of

__all__ = ["DayView", "day"]

LINES = 9
"""Troubles that the page lists while it runs: the newest."""

CROWD = 30
"""Troubles from which on a strip shows strokes: the triangles of a whole day would cover each other."""


class DayView(View):
    """One run, and what came of each trouble."""

    page: ClassVar[str] = "day"
    parts: ClassVar[tuple[str, ...]] = ("instrument",)

    def __init__(self, parts: tuple[Any, Any, Any], whose: str) -> None:
        self._parts, self._whose = parts, whose
        self._length = "an hour"
        self._run_now: DayRun | None = None
        self._told_done = True
        super().__init__()

    def measured(self, length: str = "ten minutes") -> dict[str, Any]:
        """Return how the client fared; makes a run of this length, unless the newest was of it.

        "connected" is percent of the time, "most_open" how many connections it had at once, "away" its longest time
        without one, in seconds of the day, "troubles" how many it met.

        Raises:
            ValueError: If there is no such length.
            RuntimeError: If the run failed: what the learner's code raised is named.
        """
        run, seconds = self._run_now, LENGTHS[_known(length)]
        if run is not None and not run.done.is_set() and run.length != seconds:
            run = DayRun(seconds, *self._parts)  # beside the one on the page, which goes on
        elif run is None or run.problem or run.length != seconds:
            run = self._begin(length)
        run.done.wait(seconds / SCALE + 10)
        client = run.client
        if run.problem or client is None or not run.done.is_set():
            raise RuntimeError(run.problem or "the run does not end")
        return {
            "connected": round(share_of(run), 1),
            "most_open": client.most_open,
            "away": round(away_of(run)),
            "troubles": len(run.happened),
        }

    # -- what the page gets

    def snapshot(self) -> Message:
        return self._state()

    def news(self) -> Message | None:
        if self._told_done:
            return None
        self._told_done = self._run_now is None or self._run_now.done.is_set()
        return self._state()

    def _state(self) -> Message:
        run = self._run_now
        running = run is not None and not run.done.is_set()
        length = run.length if run else LENGTHS[self._length]
        client = run.client if run else None
        now = min(client.now, length) if client else 0.0
        spans = [[pair[0], min(pair[1] if len(pair) > 1 else now, length)] for pair in client.spans] if client else []
        happened = list(run.happened) if run else []
        return {
            "lengths": [
                {"key": key, "text": f"{key}, in {_lasts(seconds / SCALE)}"} for key, seconds in LENGTHS.items()
            ],
            "chosen": self._length,
            "length": length,
            "ends": clock(length)[:5],
            "sentence": sentence_of(run, self._length),
            "whose": self._whose,
            "running": running,
            "now": now if running else None,
            "spans": [[round(start, 1), round(stop, 1)] for start, stop in spans],
            "troubles": [{"at": one.at, "text": KINDS[one.kind]} for one in happened],
            "crowded": len(happened) > CROWD,
            "lines": self._lines(run, happened) if run else [],
            "figures": self._figures(run),
        }

    def _lines(self, run: DayRun, happened: list[Trouble]) -> list[list[str]]:
        """Return the newest troubles; of a day that is over how each kind went."""
        if len(happened) > CROWD and run.done.is_set():
            return by_kind(run)
        return [self._line(run, one) for one in happened[-LINES:]]

    def _line(self, run: DayRun, trouble: Any) -> list[str]:
        back = back_after(run, trouble)
        lasts = f"{KINDS[trouble.kind]}, for {trouble.lasts:g} s" if trouble.lasts else KINDS[trouble.kind]
        after = "…" if back is None else "connected" if back < 0.5 else f"back {back:.0f} s later"
        return [clock(trouble.at)[:5], lasts, after]

    def _figures(self, run: DayRun | None) -> list[list[str]]:
        client = run.client if run else None
        if run is None or client is None:
            return []
        return [
            ["connected", f"{share_of(run):.1f} %"],
            ["longest away", f"{away_of(run):.0f} s"],
            ["attempts", str(client.attempts)],
            ["pings", str(client.pings)],
            ["open at once, at most", str(client.most_open)],
        ]

    # -- what the reader does

    def on_message(self, message: Message) -> None:
        kind = message.get("kind")
        running = self._run_now is not None and not self._run_now.done.is_set()
        if kind == "stop" and running and self._run_now is not None:
            self._run_now.stop(0.0)
        elif kind == "length" and not running:
            self._length, self._run_now = _known(message.get("key")), None
        elif kind == "start" and not running:
            self._begin(self._length)
        else:
            raise ValueError(f"a page of day() may send length, start or stop, each in its time, not {quoted(kind)}")
        self.send("news", news=self._state())

    def _begin(self, length: str) -> DayRun:
        if self._run_now is not None:
            self._run_now.stop()
        self._length, self._told_done = length, False
        self._run_now = DayRun(LENGTHS[length], *self._parts)
        return self._run_now

    # -- without a browser

    def picture(self) -> str:
        return day_svg(self._state(), self.words())

    def words(self) -> str:
        return "\n".join(filter(None, [STORY, *(f"    {text}" for text in KINDS.values()), self._whose]))

    def finish(self) -> None:
        if self._run_now is not None:
            self._run_now.stop(2.0)


def day(backoff: Any, heartbeat: Any, reconnector: Any, *, whose: str = "") -> DayView:
    """Return a view of a client that `backoff`, a `Heartbeat` and a `Reconnector` keep connected through a day.

    The three are what lesson 09 asks for; `whose` is shown beside them. The day takes 14 minutes, an hour of it 36 s.
    Nothing runs until the button is pressed, or `.measured()` is called.

    Raises:
        TypeError: If one of them cannot be called.
    """
    for name, one in (("backoff", backoff), ("heartbeat", heartbeat), ("reconnector", reconnector)):
        if not callable(one):
            raise TypeError(f"{name} is a function or a class, not {quoted(one)}")
    return DayView((backoff, heartbeat, reconnector), whose)


def _lasts(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _known(key: object) -> str:
    if not isinstance(key, str) or key not in LENGTHS:
        raise ValueError(f"a length is one of {', '.join(LENGTHS)}, not {quoted(key)}")
    return key
