"""What a race looks like: a lane for the events and one for each way, in milliseconds.

events      ╷    ╷   ╷  ╷                 mark: one happens
polling     ▏ ───────②▏ ─────────②▏       tick: a request · bar: news wait · dot: the client has them
WebSocket   ▏●    ●   ●  ●
"""

from __future__ import annotations

from itertools import groupby

from livesock.display.view import Message
from livesock.display.views.race.heat import WAYS, Heat, Settings

__all__ = ["LATE", "lanes_of"]

LATE = 0.1
"""Seconds, besides the distance, after which a person notices that news are late."""

BLOCK = 1 / 400
"""Requests that are closer together than this part of the picture are drawn as one block."""


def lanes_of(heat: Heat | None, settings: Settings, now: float) -> Message:
    """Return the lanes of a race, or empty ones; `now` is the time in seconds of `time.monotonic()`."""
    if heat is None:
        empty = [_lane(name) for name in ("events", *WAYS)]
        return {"length": _ms(settings.length), "now": None, "title": "B/event", "walls": [], "lanes": empty}
    over = heat.done.is_set()
    since = now - heat.begin
    last = max(
        (reading.arrivals[-1] - heat.begin for reading in heat.readings.values() if reading.arrivals), default=0.0
    )
    length = last * 1.03 if over and last else max(settings.length, since)
    happened = [_ms(moment - heat.begin) for moment in list(heat.feed.times)]
    events = _lane("events") | {
        "marks": happened,
        "head": True,
        "said": _counted(happened),
    }
    return {
        "length": _ms(length),
        "now": None if over else _ms(since),
        "title": "B/event",
        "walls": [],
        "lanes": [events, *(_way(heat, way, length, since) for way in WAYS)],
    }


def _lane(name: str) -> Message:
    nothing: Message = {"ticks": [], "spans": [], "marks": [], "dots": []}
    return {"name": name, "note": "", "total": "", "tone": "quick", "said": "", "head": name == "events", **nothing}


def _way(heat: Heat, way: str, length: float, now: float) -> Message:
    """Return one lane: requests, and from the first event that waits to the moment at which it arrives."""
    reading, happened = heat.readings[way], list(heat.feed.times)
    arrived = list(zip(list(reading.arrivals), happened, strict=False))
    spans, dots = [], []
    for moment, group in groupby(arrived, key=lambda pair: pair[0]):
        events = list(group)
        first, to = _ms(events[0][1] - heat.begin), _ms(moment - heat.begin)
        is_late = moment - events[0][1] > LATE + heat.settings.delay
        spans.append([first, to, "late" if is_late else "quick", ""])
        dots.append([to, "late" if is_late else "quick", len(events)])
    waits = happened[len(arrived) :]
    if waits and not heat.done.is_set():
        spans.append([_ms(waits[0] - heat.begin), _ms(now), "late", ""])
    count = len(arrived)
    return _lane(way) | {
        "ticks": _blocks([moment - heat.begin for moment in list(reading.asked)], length * BLOCK),
        "spans": spans,
        "dots": dots,
        "total": f"{reading.trace.size / count:.0f}" if count else "",
        "said": _said(heat, way),
    }


def _said(heat: Heat, way: str) -> str:
    waits, reading = heat.waits(way), heat.readings[way]
    asked = f"{reading.requests} request{'s' if reading.requests != 1 else ''}, {reading.trace.size:,} bytes"
    if not waits:
        return f"{way}: {asked}, no event yet"
    return f"{way}: {len(waits)} events; {asked}; the longest wait was {max(waits) * 1000:.0f} ms"


def _counted(happened: list[float]) -> str:
    return f"{len(happened)} events have happened, each at a mark"


def _blocks(moments: list[float], near: float) -> list[list[float]]:
    """Return each request as [from, to] in milliseconds; requests nearer than `near` seconds share one."""
    blocks: list[list[float]] = []
    for moment in moments:
        if blocks and moment - blocks[-1][1] < near:
            blocks[-1][1] = moment
        else:
            blocks.append([moment, moment])
    return [[_ms(a), _ms(b)] for a, b in blocks]


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
