"""The picture of a goodbye for a saved notebook: the ladder, or, before anything happened, the question."""

from __future__ import annotations

from livesock.display.parts.ladder import LIFELINES
from livesock.display.parts.ladderpicture import ladder_svg
from livesock.display.view import Message
from livesock.trace.show.svg import MUTED, RED, WIDTH, document, text

__all__ = ["goodbye_svg"]

_TOP = 84.0
_INKS = ("#0550ae", "#116329")


def goodbye_svg(state: Message, words: str) -> str:
    """Return the picture of what the page would show."""
    run = state["run"]
    x = [WIDTH * place / 100 for place in LIFELINES]
    body = [text(24, 34, state["sentence"], size=14, class_="sans bold")]
    body += [
        text(x[n], 70, name, size=13, class_="sans bold", anchor="middle", fill=_INKS[n])
        for n, name in enumerate(("client", "server"))
    ]
    ladder = run["ladder"] if run else _waiting(140.0)
    body += ladder_svg(ladder, _TOP)
    y = _TOP + ladder["height"]
    if run is None:
        body.append(
            text(
                WIDTH / 2,
                _TOP + 74,
                "Run the cell, guess, and end it.",
                size=13,
                class_="sans",
                anchor="middle",
                fill=MUTED,
            )
        )
    for n in (0, 1):
        code = str(run["ends"][n]["code"]) if run else "?"
        body.append(
            text(x[n], y + 22, ("client reports", "server reports")[n], size=12, class_="sans muted", anchor="middle")
        )
        body.append(
            text(x[n], y + 50, code, size=24, class_="bold", anchor="middle", fill=RED if code == "1006" else _INKS[n])
        )
    if run:
        body.append(text(WIDTH / 2, y + 22, "crossed the wire", size=12, class_="sans muted", anchor="middle"))
        crossed = [one for one in run["crossed"] if one["arrived"]]
        lines = [f"{one['text']} →" if one["end"] == 0 else f"← {one['text']}" for one in crossed] or ["no Close"]
        body += [text(WIDTH / 2, y + 44 + 18 * n, line, size=14, anchor="middle") for n, line in enumerate(lines[:2])]
        body.append(text(24, y + 88, state["rule"], size=12, class_="sans"))
    return document(y + (104 if run else 66), title="how a WebSocket ends", description=words, body=body)


def _waiting(height: float) -> Message:
    spans = [{"end": end, "from": 0.0, "to": height, "state": ""} for end in (0, 1)]
    return {"height": height, "arrows": [], "marks": [], "times": [], "cut": None, "spans": spans}
