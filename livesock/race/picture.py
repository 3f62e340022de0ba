"""The picture of a race: a lane for each way of delivery, a line for each event.

                 │          │    │
    poll         ├──────────┼──● ├───●          bar: the event is on its way
    WebSocket    ●          ●    ●              dot: the client has it
                 │          │    │

Equal numbers give equal pictures, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from livesock.trace.show.svg import MUTED, WIDTH, document, element, rect, text

__all__ = ["Lane", "lanes_svg"]

_HEIGHT, _TOP = 34.0, 64.0
"""Pixels from one lane to the next, and from the top to the first."""

_LEFT, _RIGHT = 170.0, 660.0
"""Where the time axis begins and ends."""

_FIRST, _SECOND = 744.0, WIDTH - 20.0
"""Where the two columns of numbers end."""

_BAR, _DOT = "#f0b429", "#0550ae"


class Lane(NamedTuple):
    """One way of delivery."""

    name: str
    arrivals: Sequence[float]
    """When each event had arrived, in seconds, in the order of the events."""
    delay: str
    """The text in the column "delay"."""
    size: str
    """The text in the column "B per event"."""


def lanes_svg(happened: Sequence[float], lanes: Sequence[Lane], *, description: str) -> str:
    """Return the picture of events that `happened` at these seconds and of how each lane delivered them."""
    end = max([*happened, *(moment for lane in lanes for moment in lane.arrivals)])
    bottom = _TOP + _HEIGHT * len(lanes)
    words = [
        text(_LEFT, 30, f"{len(happened)} events: each line is the moment at which one happens", size=12),
        text(_FIRST, 30, "delay", anchor="end", class_="muted"),
        text(_SECOND, 30, "B per event", anchor="end", class_="muted"),
        text(_LEFT, bottom + 12, "0 s", class_="muted"),
        text(_LEFT + 60, bottom + 12, "bar: the event is under way    dot: the client has it", class_="muted"),
        text(_RIGHT, bottom + 12, f"{end:.1f} s", anchor="end", class_="muted"),
    ]
    grid = [
        element("line", x1=x, x2=x, y1=_TOP - 16, y2=bottom - 8, stroke=MUTED, stroke_opacity=0.35)
        for x in (_x(moment, end) for moment in happened)
    ]
    drawn = [part for i, lane in enumerate(lanes) for part in _lane(happened, lane, _TOP + _HEIGHT * i, end)]
    return document(bottom + 28, title="a race of deliveries", description=description, body=[*grid, *drawn, *words])


def _x(moment: float, end: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * moment / (end or 1.0)


def _lane(happened: Sequence[float], lane: Lane, y: float, end: float) -> Iterator[str]:
    yield text(20, y + 4, lane.name, size=12, class_="bold")
    for start, stop in zip(happened, lane.arrivals, strict=True):
        left, right = _x(start, end), _x(stop, end)
        yield rect(left, y - 4, max(right - left, 0.5), 8, fill=_BAR, radius=2)
    for stop in sorted(set(lane.arrivals)):
        yield element("circle", cx=_x(stop, end), cy=y, r=4, fill=_DOT)
    yield text(_FIRST, y + 4, lane.delay, size=12, anchor="end")
    yield text(_SECOND, y + 4, lane.size, size=12, anchor="end")
