"""A plot as data, for the page (plot.js), and as a picture for a saved notebook: both draw the same curves.

Ticks, names and sentences are settled here; nothing else knows what an axis shows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field

from livesock.display.view import Message
from livesock.trace.show.svg import LINE, WIDTH, document, element, text

__all__ = ["Axis", "Curve", "Plot", "Rule", "Stop", "plot_svg"]

Points = Sequence[tuple[float, float]]
_Scale = Callable[[float], float]

HUES = ("#57606a", "#0550ae", "#953800", "#0b5a50", "#5b2fa8", "#99286e")
"""As in shared.css, in the light."""


@dataclass(frozen=True)
class Axis:
    """What is counted along one side: its ends, and the values that are written there."""

    text: str
    start: float
    end: float
    ticks: Sequence[float]
    log: bool = False

    def message(self) -> Message:
        ticks = [[value, f"{value:,g}"] for value in self.ticks]
        return {"text": self.text, "from": self.start, "to": self.end, "log": self.log, "ticks": ticks}

    def share(self, value: float) -> float:
        """Return how far along the axis `value` lies: 0 at its beginning, 1 at its end."""
        if self.log:
            return math.log(value / self.start) / math.log(self.end / self.start)
        return (value - self.start) / (self.end - self.start)


@dataclass(frozen=True)
class Curve:
    """One curve: dots that were measured, and the line that is drawn."""

    name: str
    hue: int
    mark: str
    """circle, square, triangle or diamond: colour alone does not tell curves apart."""
    points: Points = ()
    line: Points = ()
    dashed: bool = False


@dataclass(frozen=True)
class Rule:
    """A vertical line at `x`, with a text at its top, in the given row, at its left or right."""

    x: float
    text: str
    hue: int
    row: int = 0
    to_right: bool = False


@dataclass(frozen=True)
class Stop:
    """A place on the x axis at which a reader may stop, and what was measured there."""

    x: float
    text: str


@dataclass(frozen=True)
class Plot:
    x: Axis
    y: Axis
    curves: Sequence[Curve]
    rules: Sequence[Rule] = ()
    stops: Sequence[Stop] = field(default=())
    empty: str = ""
    """What stands in the middle of a plot without curves."""

    def message(self) -> Message:
        lists = {name: [asdict(one) for one in getattr(self, name)] for name in ("curves", "rules", "stops")}
        return {"x": self.x.message(), "y": self.y.message(), **lists, "empty": self.empty}


_LEFT, _RIGHT, _TOP, _FLOOR = 70.0, WIDTH - 150.0, 24.0, 290.0


def plot_svg(plot: Plot, *, title: str, description: str) -> str:
    """Return the plot as a picture; equal plots give equal pictures."""

    def x_of(value: float) -> float:
        return _LEFT + plot.x.share(value) * (_RIGHT - _LEFT)

    def y_of(value: float) -> float:
        return _FLOOR - plot.y.share(value) * (_FLOOR - _TOP)

    body = []
    for value in plot.x.ticks:
        body += [_line(x_of(value), _TOP, x_of(value), _FLOOR)]
        body += [text(x_of(value), _FLOOR + 18, f"{value:,g}", anchor="middle", class_="muted")]
    for value in plot.y.ticks:
        body += [_line(_LEFT, y_of(value), _RIGHT, y_of(value))]
        body += [text(_LEFT - 8, y_of(value) + 4, f"{value:,g}", anchor="end", class_="muted")]
    body += [text(_RIGHT, _FLOOR + 38, f"{plot.x.text} →", anchor="end", size=12, class_="sans")]
    body += [text(_LEFT, _TOP - 8, f"↑ {plot.y.text}", size=12, class_="sans")]
    drawn = [part for curve in plot.curves for part in _curve(curve, x_of, y_of)]
    inner = {"x": 0.0, "y": _TOP - 6, "width": float(WIDTH), "height": _FLOOR - _TOP + 12}
    box = f"0 {_TOP - 6:g} {WIDTH} {_FLOOR - _TOP + 12:g}"
    body += [element("svg", "".join(drawn), **inner, viewBox=box, overflow="hidden")] if drawn else []
    for rule in plot.rules:
        body += [_line(x_of(rule.x), _TOP, x_of(rule.x), _FLOOR, stroke=HUES[rule.hue], dash="4 3")]
        beside = x_of(rule.x) + (6 if rule.to_right else -6)
        top = _TOP + 12 + 16 * rule.row
        body += [
            text(beside, top, rule.text, anchor="start" if rule.to_right else "end", fill=HUES[rule.hue], class_="sans")
        ]
    body += _names(plot.curves, y_of)
    if plot.empty:
        body += [text((_LEFT + _RIGHT) / 2, 150, plot.empty, anchor="middle", size=13, class_="sans")]
    return document(_FLOOR + 54, title=title, description=description, body=body)


def _line(x1: float, y1: float, x2: float, y2: float, *, stroke: str = LINE, dash: str = "") -> str:
    attributes: dict[str, str | float] = {"x1": x1, "y1": y1, "x2": x2, "y2": y2, "stroke": stroke}
    attributes |= {"stroke_dasharray": dash} if dash else {"stroke_width": 0.4}
    return element("line", **attributes)


def _curve(curve: Curve, x_of: _Scale, y_of: _Scale) -> list[str]:
    path = " ".join(f"{x_of(x):.1f},{y_of(y):.1f}" for x, y in curve.line)
    shape: dict[str, str | float] = {"points": path, "fill": "none", "stroke": HUES[curve.hue], "stroke_width": 2}
    shape |= {"stroke_dasharray": "7 4"} if curve.dashed else {}
    line = [element("polyline", **shape)] if path else []
    return line + [_sign(curve, x_of(x), y_of(y)) for x, y in curve.points]


def _sign(curve: Curve, x: float, y: float) -> str:
    colour = {"fill": HUES[curve.hue], "stroke": "#ffffff"}
    if curve.mark == "circle":
        return element("circle", cx=x, cy=y, r=4.5, **colour)
    corners = {
        "square": ((-4, -4), (4, -4), (4, 4), (-4, 4)),
        "triangle": ((0, -5), (5, 4), (-5, 4)),
        "diamond": ((0, -6), (6, 0), (0, 6), (-6, 0)),
    }[curve.mark]
    return element("polygon", points=" ".join(f"{x + a:.1f},{y + b:.1f}" for a, b in corners), **colour)


def _names(curves: Sequence[Curve], y_of: _Scale) -> list[str]:
    """Return the names, each beside the end of its curve, pushed apart where they would lie on each other."""
    ends = [(min(max(y_of([*c.points, *c.line][-1][1]), _TOP), _FLOOR), c) for c in curves if [*c.points, *c.line]]
    body, last = [], 0.0
    for y, curve in sorted(ends, key=lambda end: end[0]):
        last = max(y, last + 17)
        body += [_sign(curve, _RIGHT + 16, last)]
        body += [text(_RIGHT + 26, last + 4, curve.name, size=12, fill=HUES[curve.hue], class_="sans bold")]
    return body
