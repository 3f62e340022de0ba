"""Where the brackets and borders of a row stand, as JSON for `byterow.js`.

A border has *stops*: pairs of a value that it may take and the place where it would then stand, counted in cells of the
row as it is now. The page picks the stop nearest to the hand, and asks for its value.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from livesock.display.view import Message
from livesock.display.views.borders.model import Borders
from livesock.display.views.borders.words import part_name
from livesock.wire.frame import Opcode

if TYPE_CHECKING:
    from livesock.display.views.borders.model import Cell

__all__ = ["marks_of"]


def marks_of(now: Borders) -> Message:
    """Return the cells, the brackets above and below them, and the borders that can be moved."""
    return {
        "cells": [_cell(cell) for cell in now.cells()],
        "above": _frames(now),
        "below": _segments(now),
        "borders": [*_fragment_borders(now), *_ping(now), *_segment_borders(now)],
    }


def _cell(cell: Cell) -> Message:
    shown = cell.data.hex() if len(cell.data) == 1 else f"×{len(cell.data)}"
    return {"top": cell.top, "hex": shown, "part": cell.part, "says": cell.says, "half": cell.half}


def _frames(now: Borders) -> list[Message]:
    spans = []
    for part in now.frames():
        name, more = part_name(part)
        tone = "ping" if part.opcode == Opcode.PING else "frame"
        spans.append({"from": part.start, "to": part.stop, "name": name, "more": more, "tone": tone})
    return spans


def _segments(now: Borders) -> list[Message]:
    spans = list(pairwise([0, *now.segments, len(now.cells())]))
    return [
        {"from": a, "to": b, "name": f"segment {n}", "short": str(n), "more": f"{len(piece)} B", "tone": "segment"}
        for n, ((a, b), piece) in enumerate(zip(spans, now.pieces(), strict=True), 1)
    ]


def _fragment_borders(now: Borders) -> list[Message]:
    """The header behind a border moves with it: so the places of its stops are counted without that header."""
    ends = [part.stop for part in now.frames() if part.opcode != Opcode.PING]
    return [
        _border(
            f"fragment-{number}",
            "above",
            (cut, ends[number]),
            ("border between frames", f"after byte {cut} of the message"),
            [(value, ends[number] + value - cut) for value in _between(now.fragments, number, len(now.message))],
        )
        for number, cut in enumerate(now.fragments)
    ]


def _ping(now: Borders) -> list[Message]:
    if now.ping is None:
        return []
    ping = next(part for part in now.frames() if part.opcode == Opcode.PING)
    middle = (ping.start + ping.stop) / 2
    stops = [(value, middle if value == now.ping else at) for value, at in now.ping_stops()]
    words = ("ping", f"after frame {now.ping} of the message" if now.ping else "before the message")
    return [_border("ping", "knob", (now.ping, middle), words, stops)]


def _segment_borders(now: Borders) -> list[Message]:
    size = len(now.cells())
    return [
        _border(
            f"segment-{number}",
            "below",
            (cut, cut),
            ("border between segments", f"after cell {cut} of {size}"),
            [(value, value) for value in _between(now.segments, number, size)],
        )
        for number, cut in enumerate(now.segments)
    ]


def _between(cuts: tuple[int, ...], number: int, size: int) -> range:
    """Return where a border may stand without reaching its neighbours or an end."""
    low = cuts[number - 1] if number else 0
    high = cuts[number + 1] if number + 1 < len(cuts) else size
    return range(low + 1, high)


def _border(
    name: str, side: str, place: tuple[int, float], words: tuple[str, str], stops: list[tuple[int, float]]
) -> Message:
    value, at = place
    label, text = words
    return {"name": name, "side": side, "at": at, "value": value, "label": label, "text": text, "stops": stops}
