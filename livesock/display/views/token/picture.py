"""The picture of `token()` for a saved notebook: the three places, and the token in them."""

from __future__ import annotations

from livesock.display.view import Message
from livesock.trace.show.columns import cut
from livesock.trace.show.svg import MUTED, RED, document, rect, text, width_of

__all__ = ["token_svg"]

_SIZE, _LINE, _LETTERS = 11.0, 18.0, 100


def token_svg(state: Message, words: str) -> str:
    """Return the picture of what the page would show."""
    body = [text(24, 32, state["sentence"], size=14, class_="sans bold")]
    y = 62.0
    for place in state["places"]:
        body.append(text(24, y, place["name"], size=12, class_="sans", fill=MUTED))
        y += _LINE
        for line in place["lines"]:
            x, left = 36.0, _LETTERS
            for part in line:
                shown = cut(part["text"], left)
                left -= len(shown)
                if part["token"] and shown:
                    body.append(rect(x - 2, y - 12, width_of(shown, _SIZE) + 4, 16, fill="#ffe3e3", radius=3))
                body.append(text(x, y, shown, size=_SIZE, class_="bold" if part["token"] else ""))
                x += width_of(shown, _SIZE)
            y += _LINE
        y += 8
    body.append(text(24, y + 8, state["stolen"], size=13, class_="sans", fill=RED if state["is_bad"] else ""))
    return document(y + 28, title="where the token went", description=words, body=body)
