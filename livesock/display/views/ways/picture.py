"""The table of `ways()` as a picture, for a saved notebook."""

from __future__ import annotations

from livesock.display.view import Message
from livesock.trace.show.svg import LINE, MUTED, RED, Tint, document, rect, text

__all__ = ["draw"]

HEADS = {"none": "no option", "polling": '["polling"]', "websocket": '["websocket"]'}
WORDS = {"polling": "polling", "websocket": "WebSocket", "none": "✕ no session"}
TINTS = {
    "polling": Tint("#dff1ff", "#72b4e8", "#0a3a70"),
    "websocket": Tint("#dcf5e3", "#6fb583", "#0f4a20"),
    "none": Tint("#ffffff", RED, RED),
}
_LEFT, _TOP, _WIDE, _HIGH, _GAP = 110.0, 84.0, 232.0, 44.0, 8.0


def draw(state: Message, words: str) -> str:
    """Return the table; a cell that was not tried is empty."""
    body = [text(24, 32, state["sentence"], size=13, class_="sans bold")]
    for column, choice in enumerate(state["choices"]):
        body.append(text(_LEFT + (_WIDE + _GAP) * column, 68, HEADS[choice], size=12, fill=MUTED))
    for line, scheme in enumerate(state["schemes"]):
        y = _TOP + (_HIGH + _GAP) * line
        body.append(text(24, y + 27, f"{scheme}://", size=14, class_="bold"))
        for column, cell in enumerate(state["cells"][line]):
            x = _LEFT + (_WIDE + _GAP) * column
            tint = TINTS[cell["end"]] if cell else Tint("#f6f8fa", LINE, MUTED)
            body.append(rect(x, y, _WIDE, _HIGH, fill=tint.fill, stroke=tint.line, radius=4))
            if cell:
                body.append(text(x + 10, y + 18, _way(cell), size=13, class_="sans bold", fill=tint.ink))
                body.append(text(x + 10, y + 35, f"first: GET … transport={cell['first']}", size=10, fill=tint.ink))
            else:
                body.append(text(x + 10, y + 27, "?", size=13, fill=MUTED))
    return document(_TOP + (_HIGH + _GAP) * 4 + 12, title="schemes and transports", description=words, body=body)


def _way(cell: Message) -> str:
    first, end = cell["first"], cell["end"]
    return WORDS[end] if end in (first, "none") else f"{WORDS[first]} → {WORDS[end]}"
