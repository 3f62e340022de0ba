"""How old each reader's prices are, as a plot: for the page, and for a saved notebook."""

from __future__ import annotations

from livesock.display.parts.plot import Axis, Curve, Plot, Rule, Stop
from livesock.display.views.tank.run import LENGTH, SLOWS, MarketRun

__all__ = ["plot_of"]

SHORT_AXIS, OLD = 4, 4
"""Seconds of the axis for a run that a cell asks for, and of the least age that fits."""


def plot_of(run: MarketRun | None) -> Plot:
    """Return the ages of the newest prices that the two readers have."""
    samples = list(run.samples) if run else []
    highest = max((max(s.friend, s.slow or 0) for s in samples), default=0.0)
    top = next(limit for limit in (OLD, 10, 1000) if highest <= limit)
    end = SHORT_AXIS if run and run.length < SHORT_AXIS else LENGTH
    axes = (
        Axis("seconds", 0, end, range(0, end + 1, 1 if end == SHORT_AXIS else 2)),
        Axis("age of the newest price, in seconds", 0, top, range(0, top + 1, 1 if top == OLD else 2)),
    )
    if run is None or not samples:
        return Plot(*axes, curves=(), empty="Start, and two curves grow")
    friend = [(s.when, s.friend) for s in samples]
    slow = [(s.when, s.slow) for s in samples if s.slow is not None]
    curves = (
        Curve("slow reader", 2, "square", points=slow[-1:], line=slow),
        Curve("friend", 1, "circle", points=friend[-1:], line=friend),
    )
    marks = [(SLOWS, "reads slowly"), *run.turns, *([(run.closed, "closed")] if run.closed else [])]
    rules = [
        Rule(when, text, 0, row % 3, to_right=when < 0.6 * end)
        for row, (when, text) in enumerate(marks)
        if when <= samples[-1].when
    ]
    stops = [
        Stop(s.when, f"After {s.when:.1f} s: friend {s.friend:.2f} s, {_slow(s.slow)}, {s.waiting} waiting.")
        for s in samples
    ]
    return Plot(*axes, curves=curves, rules=rules, stops=stops)


def _slow(age: float | None) -> str:
    return "the slow reader is gone" if age is None else f"slow reader {age:.2f} s"
