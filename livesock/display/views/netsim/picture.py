"""The lines of a network as a picture, for a saved notebook."""

from __future__ import annotations

import time
from collections.abc import Mapping

from livesock.display.view import Message
from livesock.display.views.netsim.flight import grouped
from livesock.net.netsim.pipe import UnderWay
from livesock.net.netsim.proxy import Line
from livesock.trace.show.svg import LINE, WIDTH, document, element, rect, text

__all__ = ["netsim_svg"]

_LEFT, _RIGHT, _TOP, _ROW = 120.0, WIDTH - 120.0, 78.0, 26.0
_WAYS = {"<": ("to server", "#0550ae"), ">": ("to client", "#116329")}


def netsim_svg(state: Message, lines: Mapping[Line, UnderWay], words: str) -> str:
    """Return what is under way, and the knobs that are turned, as an SVG document."""
    now = time.monotonic()
    body = [
        text(24, 32, state["sentence"], size=14, class_="sans"),
        text(_LEFT, _TOP - 18, "client", size=12, class_="bold"),
        text(_RIGHT, _TOP - 18, "server", size=12, class_="bold", anchor="end"),
        text(WIDTH - 24, _TOP - 18, "under way", size=11, class_="muted", anchor="end"),
    ]
    for row, (way, (name, colour)) in enumerate(_WAYS.items()):
        y = _TOP + _ROW * row
        body += [text(24, y + 4, name, size=12), rect(_LEFT, y, _RIGHT - _LEFT, 1, fill=LINE)]
        held = 0
        places = set()
        for (_, direction), line in lines.items():
            if direction == way:
                held += line.held
                places |= {_share(group[0].entered, group[0].due, now) for group in grouped(line.new)}
        for share in sorted(places):
            x = _LEFT + (share if way == "<" else 1 - share) * (_RIGHT - _LEFT)
            body.append(element("circle", cx=x, cy=y, r=4, fill=colour))
        body.append(text(WIDTH - 24, y + 4, f"{held:,} B", size=12, anchor="end"))
    for row, line_of_words in enumerate(words.splitlines()[1:]):
        body.append(text(24, _TOP + 70 + 20 * row, line_of_words.strip(), size=12))
    return document(_TOP + 62 + 20 * len(words.splitlines()), title="a simulated network", description=words, body=body)


def _share(entered: float, due: float, now: float) -> float:
    """How far a piece has come, in steps that a reader can tell apart."""
    return round(min(1.0, max(0.0, (now - entered) / max(due - entered, 0.001))), 2)
