"""The learner's `ws_bytes` and `break_even` in the plot of `traffic()`; where one is not written, ours is used.

`display` knows nothing of lessons, so the two are here again, in three lines each.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from livesock.display.views.stream.own import limited
from livesock.display.views.traffic.count import MINUTE, TEXT, Parts

__all__ = ["Own", "crossing", "own"]

PATIENCE = 1.0
"""Seconds that a function of the learner's may take."""


class Own(NamedTuple):
    """What the learner's functions say, or what stands in for them."""

    frame: float
    """Bytes that one event adds on a WebSocket."""
    frame_whose: str
    even: float
    """Events per second at which poll and WebSocket move as many bytes."""
    even_whose: str
    problem: str = ""


def crossing(parts: Parts, every: float, beat_every: float) -> float:
    """Return the events per second at which both ways move as many bytes; 0.0 where polling is never dearer."""
    silence = parts.beat / beat_every + parts.handshake / MINUTE
    return max(0.0, ((parts.request + parts.answer) / every - silence) / parts.frame)


def own(
    parts: Parts,
    every: float,
    beat_every: float,
    ws_bytes: Callable[..., Any] | None,
    break_even: Callable[..., Any] | None,
) -> Own:
    """Ask the learner's functions about these sizes."""
    even = crossing(parts, every, beat_every)
    sizes = (parts.request, parts.answer, every, parts.frame, parts.beat, beat_every, parts.handshake, MINUTE)
    said_frame, frame_whose, one = _said(ws_bytes, parts.frame + len(TEXT), len(TEXT), False)
    said_even, even_whose, two = _said(break_even, even, *sizes)
    return Own(said_frame - len(TEXT), frame_whose, said_even, even_whose, one or two)


def _said(function: Callable[..., Any] | None, ours: float, *arguments: float) -> tuple[float, str, str]:
    """Return a number, whose it is, and what went wrong."""
    if function is None or getattr(function, "__module__", "").startswith("livesock."):  # learn.catch_up() brought it
        return ours, "ours", ""
    try:
        with limited(PATIENCE):
            said = function(*arguments)
    except NotImplementedError:
        return ours, "ours", ""
    except Exception as exc:
        return ours, "ours", f"{function.__name__} raises {type(exc).__name__}: {exc}".rstrip(": ")
    if isinstance(said, bool) or not isinstance(said, int | float) or not math.isfinite(said):
        return ours, "ours", f"{function.__name__} returned {said!r:.40}, and not a number"
    return float(said), "yours", ""
