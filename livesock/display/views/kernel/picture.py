"""The ladder of a question to a kernel, for a saved notebook."""

from __future__ import annotations

from livesock.display.parts.ladder import LIFELINES
from livesock.display.parts.ladderpicture import ladder_svg
from livesock.display.view import Message
from livesock.trace.show.svg import WIDTH, document, text

__all__ = ["kernel_svg"]

_INKS = ("#0550ae", "#116329")


def kernel_svg(state: Message, words: str) -> str:
    """Return the picture of what the page would show."""
    body = [text(24, 34, state["sentence"], size=14, class_="sans bold")]
    if state["ladder"] is None:
        body.append(text(24, 62, f"run {' '.join(state['code'].split())}", size=13))
        return document(84, title="a question to a kernel", description=words, body=body)
    for place, name, ink in zip(LIFELINES, ("we", "kernel"), _INKS, strict=True):
        body.append(text(WIDTH * place / 100, 66, name, size=13, class_="sans bold", anchor="middle", fill=ink))
    body += ladder_svg(state["ladder"], 76)
    return document(90 + state["ladder"]["height"], title="a question to a kernel", description=words, body=body)
