"""The picture of a heartbeat for a saved notebook: the ladder, what each end knew, or, before a run, the question."""

from __future__ import annotations

from livesock.display.parts.ladder import LIFELINES
from livesock.display.parts.ladderpicture import ladder_svg
from livesock.display.view import Message
from livesock.trace.show.svg import MUTED, WIDTH, document, text

__all__ = ["heartbeat_svg"]

_INKS = ("#0550ae", "#116329")


def heartbeat_svg(state: Message, words: str) -> str:
    """Return the picture of what the page would show."""
    body = [text(24, 34, state["sentence"], size=14, class_="sans bold")]
    body.append(text(24, 56, state["settings"], size=12, class_="sans", fill=MUTED))
    body += [
        text(WIDTH * place / 100, 86, name, size=13, class_="sans bold", anchor="middle", fill=ink)
        for place, name, ink in zip(LIFELINES, ("client", "server"), _INKS, strict=True)
    ]
    ladder = state["ladder"]
    body += ladder_svg(ladder, 96)
    y = 96 + ladder["height"]
    body.append(text(24, y + 24, state["outcome"] or "Run the cell, guess, and start.", size=13, class_="sans bold"))
    body.append(text(24, y + 46, state["rule"], size=12, class_="sans", fill=MUTED))
    return document(y + 62, title="who knows that it is over", description=words, body=body)
