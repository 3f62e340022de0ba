"""Boxes in boxes, for a saved notebook."""

from __future__ import annotations

from livesock.display.view import Message
from livesock.trace.show.columns import fit
from livesock.trace.show.svg import WIDTH, Tint, columns_in, document, rect, text

__all__ = ["layers_svg"]

_TINTS = {
    "tcp": Tint("#f3f5f7", "#8c959f", "#1f2328"),
    "tls": Tint("#fff4d6", "#c9a227", "#5c4a00"),
    "frame": Tint("#dff1ff", "#72b4e8", "#0a3a70"),
    "message": Tint("#ffffff", "#72b4e8", "#0a3a70"),
}
_STEP, _TOP = 56.0, 52.0


def layers_svg(state: Message, words: str) -> str:
    """Return all boxes open, the outermost first."""
    body = [text(24, 30, state["sentence"], size=13, class_="sans bold")]
    boxes = state["boxes"]
    height = _STEP * len(boxes) + 12 * max(len(boxes) - 1, 0)
    for depth, box in enumerate(boxes):
        tint, x, y = _TINTS[box["key"]], 24 + 20 * depth, _TOP + _STEP * depth
        wide = WIDTH - 2 * x
        body.append(rect(x, y, wide, height - (_STEP + 12) * depth, fill=tint.fill, stroke=tint.line, radius=6))
        title = f"{box['name']} · {box['size']} bytes · {box['words']}"
        body.append(text(x + 12, y + 20, title, size=12, class_="sans bold", fill=tint.ink))
        body.append(text(x + 12, y + 40, fit(box["text"] or box["hex"], columns_in(wide - 24, 11)), size=11))
    return document(_TOP + height + 16, title="a message and its layers", description=words, body=body)
