"""The borders as a picture, for a saved notebook: the row, its frames above, its segments below."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from livesock.display.views.borders.model import Borders
from livesock.trace.show.cells import TINTS, UNKNOWN
from livesock.trace.show.svg import INK, WIDTH, document, element, rect, text
from livesock.wire.frame import Opcode

if TYPE_CHECKING:
    from livesock.display.views.borders.questions import Question

__all__ = ["borders_svg"]

_LEFT, _TOP, _HEIGHT, _CELL = 24.0, 84.0, 48.0, 40.0
_TINT = {
    "flags": TINTS["FIN"],
    "length": TINTS["MASK"],
    "key": TINTS["masking key"],
    "payload": TINTS["payload"],
    "other": UNKNOWN,
}
_BLUE, _ORANGE, _TEAL = "#0550ae", "#953800", "#0b5a50"


def borders_svg(now: Borders, words: str, question: Question) -> str:
    """Return the row with its borders, a sentence about it and the question to think about, as an SVG document."""
    cells = now.cells()
    width = min(_CELL, (WIDTH - 2 * _LEFT) / len(cells))
    body = [text(_LEFT, 30, f"one message: “{now.message.decode()}”", size=13, class_="bold")]
    for number, cell in enumerate(cells):
        tint, x = _TINT[cell.part], _LEFT + width * number
        body.append(rect(x, _TOP, width, _HEIGHT, fill=tint.fill, stroke=tint.line))
        size = 16 if cell.part in ("payload", "other") else 10
        body.append(text(x + width / 2, _TOP + 21, cell.top, size=size, anchor="middle", fill=tint.ink))
        shown = cell.data.hex() if len(cell.data) == 1 else f"×{len(cell.data)}"
        body.append(text(x + width / 2, _TOP + 39, shown, size=11, anchor="middle", class_="muted"))
    for part in now.frames():
        colour = _ORANGE if part.opcode == Opcode.PING else _BLUE
        body += _span(_LEFT + width * part.start, width * len(part.cells), _TOP - 8, -1, colour)
        name = {Opcode.PING: "ping", Opcode.TEXT: "text"}.get(Opcode(part.opcode), "continuation")
        body.append(
            text(_LEFT + width * part.start + 4, _TOP - 16, f"{name}, FIN {int(part.fin)}", size=11, fill=colour)
        )
    cuts = [0, *now.segments, len(cells)]
    for number, (begin, end) in enumerate(pairwise(cuts), 1):
        body += _span(_LEFT + width * begin, width * (end - begin), _TOP + _HEIGHT + 8, 1, _TEAL)
        name = f"segment {number}" if end - begin > 2 else str(number)
        body.append(text(_LEFT + width * begin + 4, _TOP + _HEIGHT + 24, name, size=11, fill=_TEAL))
    y = _TOP + _HEIGHT + 56
    body += [
        text(_LEFT, y, words, size=12, class_="sans"),
        text(_LEFT, y + 26, question.text, size=12, class_="bold sans"),
    ]
    for number, option in enumerate(question.options.values(), 1):
        body.append(text(_LEFT + 14, y + 26 + 20 * number, f"○ {option.text}", size=12, class_="sans", fill=INK))
    return document(
        y + 50 + 20 * len(question.options), title="A message and its borders", description=words, body=body
    )


def _span(x: float, width: float, y: float, way: int, colour: str) -> list[str]:
    """A bracket that opens towards the row."""
    return [
        element(
            "path", d=f"M{x + 2:g} {y - 5 * way:g}v{5 * way:g}h{width - 4:g}v{-5 * way:g}", fill="none", stroke=colour
        )
    ]
