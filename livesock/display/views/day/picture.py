"""The strip of a day for a saved notebook: when the client was connected, and what happened."""

from __future__ import annotations

from livesock.display.view import Message
from livesock.trace.show.svg import LINE, MUTED, RED, WIDTH, document, element, rect, text

__all__ = ["day_svg"]

_LEFT, _RIGHT, _TOP, _HEIGHT = 24.0, WIDTH - 24.0, 70.0, 34.0


def day_svg(state: Message, words: str) -> str:
    """Return the picture of what the page would show."""
    scale = (_RIGHT - _LEFT) / state["length"]
    body = [text(24, 34, state["sentence"], size=14, class_="sans bold")]
    body.append(element("rect", x=_LEFT, y=_TOP, width=_RIGHT - _LEFT, height=_HEIGHT, fill="#f3f5f7", stroke=LINE))
    for start, stop in state["spans"]:
        body.append(rect(_LEFT + start * scale, _TOP, max(0.5, (stop - start) * scale), _HEIGHT, fill="#116329"))
    for one in state["troubles"]:
        x = _LEFT + one["at"] * scale
        if state["crowded"]:
            body.append(rect(x - 0.5, _TOP - 10, 1, 7, fill=RED))
        else:
            body.append(text(x, _TOP - 6, "▼", size=11, anchor="middle", fill=RED))
    for share, words_of in ((0, "00:00"), (1, state["ends"])):
        x = _LEFT + share * (_RIGHT - _LEFT)
        body.append(text(x, _TOP + _HEIGHT + 18, words_of, anchor="end" if share else "start", class_="muted"))
    y = _TOP + _HEIGHT + 44
    for name, value in state["figures"]:
        body.append(text(24, y, f"{name}: {value}", size=12, class_="sans", fill=MUTED))
        y += 18
    return document(y + 6, title="a day of a client", description=words, body=body)
