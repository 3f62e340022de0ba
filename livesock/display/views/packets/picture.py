"""The line and the conversation of `packets(…)` as a picture, for a saved notebook."""

from __future__ import annotations

from livesock.display.view import Message
from livesock.trace.show.columns import cut
from livesock.trace.show.svg import MUTED, RED, Tint, document, rect, text, width_of

__all__ = ["draw"]

TINTS = {
    "Engine.IO": Tint("#ece6ff", "#a48fe0", "#4a2a9c"),
    "Socket.IO": Tint("#fff4d6", "#d4a72c", "#5c4a00"),
    "namespace": Tint("#ffe5ee", "#e08aa8", "#7a1740"),
    "number": Tint("#dcf5e3", "#6fb583", "#0f4a20"),
    "data": Tint("#dff1ff", "#72b4e8", "#0a3a70"),
    "broken": Tint("#ffffff", RED, RED),
}
PLAIN = Tint("#f3f5f7", "#8c959f", "#1f2328")

_LEFT, _LINE = 24.0, 26.0


def draw(state: Message, words: str) -> str:
    """Return what was said, line by line, and the line that waits, with its parts named."""
    body = [text(_LEFT, 30, state["sentence"], size=13, class_="sans bold")]
    y = 60.0
    for line in state["lines"]:
        if line.get("new"):
            body.append(rect(_LEFT, y - 12, 700, 1, fill=MUTED))
            y += 8
        body.append(text(_LEFT, y, "→" if line["up"] else "←", size=13))
        end = _chips(body, line["parts"], _LEFT + 24, y)
        body.append(text(end + 12, y, cut(line["about"], 60), size=12, class_="sans", fill=MUTED))
        y += _LINE
    y += 12
    body.append(text(_LEFT, y, "to send", size=12, class_="sans", fill=MUTED))
    _chips(body, state["parts"], _LEFT + 70, y, names=True)
    return document(y + 36, title="packets of Socket.IO, spoken by hand", description=words, body=body)


def _chips(body: list[str], parts: list[Message], x: float, y: float, *, names: bool = False) -> float:
    """Draw parts from `x` on with their baseline at `y`; return where they end."""
    for part in parts:
        tint, shown = TINTS.get(part["name"], PLAIN), cut(part["text"], 46) or "∅"
        width = max(width_of(shown, 12), width_of(part["name"], 10) if names else 0) + 8
        body.append(rect(x, y - 14, width, 19, fill=tint.fill, stroke=tint.line, radius=3))
        body.append(text(x + 4, y, shown, size=12, fill=tint.ink))
        if names:
            body.append(text(x + 4, y + 18, part["name"], size=10, fill=MUTED))
        x += width + 3
    return x
