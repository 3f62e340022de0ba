"""The picture of `origins()` for a saved notebook: the table of who reads."""

from __future__ import annotations

from livesock.display.view import Message
from livesock.trace.show.svg import INK, LINE, MUTED, RED, document, element, text

__all__ = ["origins_svg"]

_COLUMNS = (24.0, 250.0, 510.0)
_TOP, _LINE = 112.0, 30.0
_INKS = {"reads": RED, "hidden": "#7d4e00", "refused": INK}
_SIGNS = {"reads": "●", "hidden": "◐", "refused": "○"}


def origins_svg(state: Message, words: str) -> str:
    """Return the picture of what the page would show."""
    switches = " · ".join(f"{one['name']}: {one['says']}" for one in state["switches"])
    body = [text(24, 32, state["sentence"], size=14, class_="sans bold")]
    body += [text(24, 56, switches, size=10, class_="sans muted")]
    body += [
        text(x, 88, name, size=12, class_="sans bold", fill=MUTED)
        for x, name in zip(_COLUMNS, ("who asks", *state["ways"]), strict=True)
    ]
    for number, row in enumerate(state["rows"]):
        y = _TOP + number * _LINE
        body.append(element("line", x1=24, x2=780, y1=y - 19, y2=y - 19, stroke=LINE, stroke_width=0.5))
        body.append(text(_COLUMNS[0], y, row["name"], size=13, class_="sans"))
        for x, cell in zip(_COLUMNS[1:], row["cells"], strict=True):
            ink = "#116329" if row["ours"] and cell["outcome"] == "reads" else _INKS[cell["outcome"]]
            body.append(text(x, y, f"{_SIGNS[cell['outcome']]} {cell['words']}", size=12, class_="sans", fill=ink))
    return document(_TOP + len(state["rows"]) * _LINE, title="who reads the room", description=words, body=body)
