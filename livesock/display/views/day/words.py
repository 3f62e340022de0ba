"""The sentences of the view: what the client lives through, and how it fared."""

from __future__ import annotations

import itertools
import statistics

from livesock.display.views.day.client import INTERVAL, TIMEOUT
from livesock.display.views.day.run import KINDS, DayRun, Trouble

__all__ = ["STORY", "away_of", "back_after", "by_kind", "clock", "sentence_of", "share_of"]

STORY = (
    f"Each second of the day takes a hundredth. A ping after {INTERVAL:g} s of silence, {TIMEOUT:g} s for its answer; "
    "a proxy that cuts after 60 s; cables, restarts, sleep."
)


def clock(seconds: float) -> str:
    """Return a second of the day as a clock shows it.

    >>> clock(3725.4)
    '01:02:05'
    """
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest:02}"


def sentence_of(run: DayRun | None, length: str) -> str:
    """Return what happens now, or what has happened."""
    if run is None:
        return f"Does your client stay connected for {length}?"
    if run.problem:
        return f"This run went wrong: {run.problem}"
    client = run.client
    if client is None:
        return "It begins …"
    now = min(client.now, run.length)
    if not run.done.is_set():
        return f"{clock(now)}, and the client is {'connected' if client.is_up else 'away'}."
    end = "connected" if client.spans and client.spans[-1][-1] >= run.length - 1 else "away"
    return f"It is over: connected for {share_of(run):.1f} % of the time, and {end} at the end."


def share_of(run: DayRun) -> float:
    """Return for how many percent of the time the client was connected."""
    client = run.client
    if client is None:
        return 0.0
    now = min(client.now, run.length)
    up = sum(min(pair[1] if len(pair) > 1 else now, now) - pair[0] for pair in list(client.spans))
    return 100 * up / max(now, 1.0)


def away_of(run: DayRun) -> float:
    """Return for how many seconds the client was away at a stretch, at most; the beginning does not count."""
    spans = list(run.client.spans) if run.client else []
    gaps = [after[0] - before[1] for before, after in itertools.pairwise(spans) if len(before) > 1]
    return max(gaps, default=0.0)


def back_after(run: DayRun, trouble: Trouble) -> float | None:
    """Return how many seconds after the end of a trouble the client was connected; None while it is not.

    A client that did not notice a trouble was connected at once.
    """
    end = trouble.at + trouble.lasts
    client = run.client
    if client is None or client.now < end + 1:
        return None
    for pair in list(client.spans):
        if len(pair) < 2 or pair[1] > end + INTERVAL + TIMEOUT or pair is client.spans[-1]:
            return max(0.0, pair[0] - end)
    return None


def by_kind(run: DayRun) -> list[list[str]]:
    """Return a line for each kind of trouble: how often it came, what it is, how soon the client was back."""
    lines = []
    for kind, text in KINDS.items():
        backs = [back_after(run, one) for one in run.happened if one.kind == kind]
        known = [back for back in backs if back is not None]
        if known:
            after = f"back {statistics.median(known):.0f} s later, {max(known):.0f} s at worst"
            lines.append([f"{len(backs)} times", text, after])
    return lines
