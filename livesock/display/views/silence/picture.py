"""The picture of a silence for a saved notebook: the ladder and the answer, or, before a run, the question."""

from __future__ import annotations

from livesock.display.parts.ladder import LIFELINES
from livesock.display.parts.ladderpicture import ladder_svg
from livesock.display.view import Message
from livesock.trace.show.svg import MUTED, WIDTH, document, text

__all__ = ["silence_svg"]

_INKS = ("#0550ae", "#116329")


def silence_svg(state: Message, words: str) -> str:
    """Return the picture of what the page would show."""
    body = [text(24, 34, state["sentence"], size=14, class_="sans bold")]
    if state["run"] is None:
        question = state["question"]
        body.append(text(24, 62, question["text"], size=13, class_="sans bold"))
        options = [option["text"] for option in question["options"]]
        body += [text(44, 86 + 22 * n, option, size=13) for n, option in enumerate(options)]
        return document(100 + 22 * len(options), title="what recv says to silence", description=words, body=body)
    body += [
        text(WIDTH * place / 100, 66, name, size=13, class_="sans bold", anchor="middle", fill=ink)
        for place, name, ink in zip(LIFELINES, ("client", "server"), _INKS, strict=True)
    ]
    ladder = state["run"]["ladder"]
    body += ladder_svg(ladder, 80)
    y = 80 + ladder["height"]
    body.append(text(24, y + 24, state["outcome"], size=13, class_="sans bold"))
    body.append(text(24, y + 46, state["rule"], size=12, class_="sans", fill=MUTED))
    return document(y + 62, title="what recv says to silence", description=words, body=body)
