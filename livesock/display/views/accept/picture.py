"""The way from key to accept as a picture, for a saved notebook: what is hashed, the hash, its letters, the answer."""

from __future__ import annotations

from collections.abc import Sequence

from livesock.display.view import Message
from livesock.trace.show.svg import LINE, RED, WIDTH, Tint, document, rect, text

__all__ = ["accept_svg"]

_LEFT, _PLACES = 24.0, 28
_WIDTH = (WIDTH - 2 * _LEFT) / _PLACES
_TINTS = {
    "key": Tint("#dff1ff", "#72b4e8", "#0a3a70"),
    "guid": Tint("#f3f5f7", "#8c959f", "#1f2328"),
    "hash": Tint("#ece6ff", "#a48fe0", "#4a2a9c"),
    "letter": Tint("#dcf5e3", "#6fb583", "#0f4a20"),
}
_GREEN = "#116329"


def accept_svg(state: Message, words: str) -> str:
    """Return four rows and the server's answer."""
    body: list[str] = []
    y = 30.0
    for title, cells, tint, least in (
        ("1, 2 · the key as text, then the GUID", state["hashed"], "", _PLACES),
        ("3 · SHA-1", state["digest"], "hash", 20),
        ("4 · base64", state["letters"], "letter", _PLACES),
    ):
        body.append(text(_LEFT, y, title, size=12, class_="bold sans"))
        body += _cells(cells, tint, y + 8, (WIDTH - 2 * _LEFT) / least)
        y += 38 + 34 * ((len(cells) - 1) // least + 1)
    answer = state["answer"]
    body.append(text(_LEFT, y, "the server's Sec-WebSocket-Accept", size=12, class_="bold sans"))
    ink = _GREEN if answer["state"] == "same" else RED
    sign = {"same": "✓ ", "wrong": "✕ "}.get(answer["state"], "")
    body.append(text(_LEFT, y + 20, f"{answer['letters']}  {sign}{answer['text']}".strip(), size=13, fill=ink))
    return document(y + 40, title="From the key to the accept value", description=words, body=body)


def _cells(cells: Sequence[Message], tint: str, y: float, width: float) -> list[str]:
    body = []
    per_line = round((WIDTH - 2 * _LEFT) / width)
    for number, cell in enumerate(cells):
        look = _TINTS[tint or cell["part"]]
        x, top = _LEFT + width * (number % per_line), y + 34 * (number // per_line)
        body.append(rect(x, top, width, 32, fill=look.fill, stroke=look.line if cell["new"] else LINE))
        shown = cell.get("top") or cell["hex"]
        body.append(
            text(
                x + width / 2,
                top + (14 if "hex" in cell and cell.get("top") else 20),
                shown,
                size=12,
                anchor="middle",
                fill=look.ink,
            )
        )
        if "hex" in cell and cell.get("top"):
            body.append(text(x + width / 2, top + 28, cell["hex"], size=10, anchor="middle", class_="muted"))
    return body
