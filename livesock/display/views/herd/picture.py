"""The histogram of a comeback for a saved notebook."""

from __future__ import annotations

from livesock.display.view import Message
from livesock.trace.show.svg import LINE, MUTED, RED, WIDTH, document, element, rect, text

__all__ = ["herd_svg"]

_LEFT, _FLOOR, _HEIGHT = 60.0, 230.0, 150.0
_GREEN, _GREY = "#116329", "#afb8c1"


def herd_svg(state: Message, words: str) -> str:
    """Return the picture of what the page would show."""
    body = [text(24, 34, state["sentence"], size=14, class_="sans bold")]
    width = (WIDTH - _LEFT - 24) / len(state["bins"])
    for n, (refused, opened) in enumerate(state["bins"]):
        x, grey, green = _LEFT + n * width, refused / state["top"] * _HEIGHT, opened / state["top"] * _HEIGHT
        body += [rect(x, _FLOOR - grey, width - 1, grey, fill=_GREY)] if refused else []
        body += [rect(x, _FLOOR - grey - green, width - 1, green, fill=_GREEN)] if opened else []
    body.append(element("line", x1=_LEFT, x2=WIDTH - 24, y1=_FLOOR, y2=_FLOOR, stroke=LINE))
    for second in range(int(state["length"]) + 1):
        x = _LEFT + second / state["length"] * (WIDTH - _LEFT - 24)
        body.append(text(x, _FLOOR + 18, f"{second} s", anchor="middle", class_="muted"))
    x = _LEFT + state["down"] / state["length"] * (WIDTH - _LEFT - 24)
    body.append(element("line", x1=x, x2=x, y1=60, y2=_FLOOR, stroke=RED, stroke_dasharray="4 3"))
    body.append(text(x + 5, 70, "it serves again", size=11, fill=RED))
    body.append(text(_LEFT - 6, _FLOOR - _HEIGHT + 4, str(state["top"]), anchor="end", class_="muted"))
    y = _FLOOR + 44
    for line in state["tried"]:
        cells = " · ".join(filter(None, line["cells"]))
        body.append(text(24, y, f"{line['name']}: {cells or 'not tried yet'}", size=12, class_="sans", fill=MUTED))
        y += 18
    return document(y + 6, title="a hundred clients come back", description=words, body=body)
