"""The two ladders for a saved notebook, or, before anything was opened, the question."""

from __future__ import annotations

from livesock.display.parts.ladder import LIFELINES
from livesock.display.parts.ladderpicture import ladder_svg
from livesock.display.view import Message
from livesock.trace.show.svg import WIDTH, document, text

__all__ = ["opening_svg"]

_INKS = ("#0550ae", "#116329")


def opening_svg(state: Message, words: str) -> str:
    """Return the picture of what the page would show, the ladders one below the other."""
    body = [text(24, 34, state["sentence"], size=14, class_="sans bold")]
    y = 60.0
    if not state["runs"]:
        lines = words.splitlines()[1:]
        body += [text(24, y + 20 * number, line, size=13, class_="sans") for number, line in enumerate(lines)]
        return document(y + 20 * len(lines), title="opening a WebSocket", description=words, body=body)
    for run in state["runs"]:
        body.append(text(WIDTH / 2, y, f"{run['scheme']}://", size=14, class_="sans bold", anchor="middle"))
        for place, name, ink in zip(LIFELINES, ("client", "server"), _INKS, strict=True):
            body.append(text(WIDTH * place / 100, y, name, size=13, class_="sans bold", anchor="middle", fill=ink))
        if run["ladder"]:
            body += ladder_svg(run["ladder"], y + 10)
            y += run["ladder"]["height"]
        body.append(text(WIDTH / 2, y + 30, run["foot"], size=13, class_="sans bold", anchor="middle"))
        y += 66
    return document(y - 20, title="opening a WebSocket", description=words, body=body)
