"""What was measured as a plot: the axes, the curves, and a sentence for each place on the x axis."""

from __future__ import annotations

from livesock.display.parts.plot import Axis, Curve, Plot, Stop
from livesock.display.views.latency.doors import EVERY, LOST, POSITIONS
from livesock.display.views.latency.measure import WAYS

__all__ = ["Measured", "lost_in_words", "plot_of", "sentence_at"]

Measured = dict[str, dict[float, float]]
"""For each way milliseconds by milliseconds of distance; for a car, by position."""

LOOKS = {
    "new connection": (2, "circle", False),
    "kept alive": (1, "square", False),
    "poll": (2, "circle", False),
    "long-poll": (4, "diamond", False),
    "SSE": (1, "square", False),
    "datagram": (2, "circle", False),
    "WebSocket": (3, "triangle", True),
}
"""Hue, mark, and whether the line is dashed: two lines that lie on each other are both seen."""

NEAR, FAR = 100, 200
"""Milliseconds there and back at the right end of the x axis; the farther one when somebody measures there."""

LATE = 25
"""Milliseconds: an older position counts as late."""


def plot_of(kind: str, measured: Measured) -> Plot:
    """Return the plot of one kind of measurement, which may be empty."""
    empty = "" if any(measured.values()) else "nothing measured yet"
    if kind == "lost":
        return _road(measured, empty)
    places = sorted({distance for ages in measured.values() for distance in ages})
    end = FAR if places and places[-1] > NEAR else NEAR
    top = {"ask": 2.2 * end, "news": 3.0 * NEAR + end}[kind]
    what = {"ask": "ms from question to answer", "news": "ms until the news is here"}[kind]
    curves = [_curve(way, sorted(measured.get(way, {}).items())) for way in WAYS[kind]]
    return Plot(
        Axis("ms there and back", 0, end, range(0, end + 1, end // 4)),
        Axis(what, 0, top, range(0, int(top) + 1, 100 if top > 250 else 50)),
        curves,
        stops=[Stop(place, sentence_at(kind, measured, place)) for place in places],
        empty=empty,
    )


def sentence_at(kind: str, measured: Measured, place: float) -> str:
    """Say what was measured at a distance, or for a position."""
    if kind == "lost":
        ages = [f"{way} {measured[way][place]:.0f} ms old" for way in WAYS[kind] if place in measured.get(way, {})]
        return f"Position {place:.0f}: {', '.join(ages)}{'' if len(ages) > 1 else '; the other one has not come'}."
    ages = [f"{way} {measured[way][place]:.0f} ms" for way in WAYS[kind] if place in measured.get(way, {})]
    return f"{place:.0f} ms there and back: {', '.join(ages)}."


def _road(measured: Measured, empty: str) -> Plot:
    """Return when which position was seen."""
    seen = {way: _arrivals(ages) for way, ages in measured.items()}
    stops = [Stop(x, sentence_at("lost", measured, n)) for x, n in seen.get("WebSocket", [])]
    end = int(POSITIONS * EVERY * 1000)
    return Plot(
        Axis("ms since the first position", 0, end, range(0, end + 1, 50)),
        Axis("position that was seen", 0, POSITIONS - 1, range(POSITIONS)),
        [_curve(way, seen.get(way, [])) for way in WAYS["lost"]],
        stops=stops,
        empty=empty,
    )


def _arrivals(ages: dict[float, float]) -> list[tuple[float, float]]:
    """Return when each position was seen, in ms; they are sent at equal distances, give or take a fraction of one."""
    moments = [(n * EVERY * 1000 + age, n) for n, age in sorted(ages.items())]
    return [(max(x for x, _ in moments[: place + 1]), n) for place, (_, n) in enumerate(moments)]


def _curve(way: str, points: list[tuple[float, float]]) -> Curve:
    return Curve(way, *LOOKS[way][:2], points=points, line=points, dashed=LOOKS[way][2])


def lost_in_words(measured: Measured) -> str:
    """Say what became of the lost position."""
    came = measured["WebSocket"]
    behind = sum(n > LOST and age > LATE for n, age in came.items())
    if came.get(LOST, 0.0) <= LATE:
        return "The positions came in time: the machine was slower than the loss. Measure again."
    said = f"it came {came[LOST]:.0f} ms late, and {behind} others waited behind it for more than {LATE} ms"
    return f"Position {LOST} was lost: over the WebSocket {said}. As a datagram it never came, and none waited."
