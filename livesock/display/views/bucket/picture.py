"""The picture of `bucket()` for a saved notebook: the bucket, its level, the newest messages."""

from __future__ import annotations

from livesock.display.view import Message
from livesock.trace.show.svg import INK, MUTED, RED, document, element, rect, text

__all__ = ["bucket_svg"]

_LEFT, _RIGHT, _TOP, _FLOOR = 60.0, 220.0, 92.0, 242.0
_ACROSS = 20


def bucket_svg(state: Message, words: str) -> str:
    """Return the picture of what the page would show."""
    height = (_FLOOR - _TOP) * state["level"] / state["burst"]
    body = [text(24, 32, state["sentence"], size=14, class_="sans bold")]
    body.append(rect(_LEFT, _FLOOR - height, _RIGHT - _LEFT, height, fill="#dff1ff"))
    path = f"M{_LEFT} {_TOP - 14} V{_FLOOR} H{_RIGHT} V{_TOP - 14}"
    body.append(element("path", d=path, fill="none", stroke=INK, stroke_width=2))
    body.append(text((_LEFT + _RIGHT) / 2, _FLOOR - 12, f"{state['level']:g} tokens", size=13, anchor="middle"))
    body.append(text(_RIGHT + 10, _TOP + 4, f"burst {state['burst']}", size=12, fill=MUTED))
    body.append(
        text((_LEFT + _RIGHT) / 2, _TOP - 22, f"{state['rate']} a second", size=12, anchor="middle", fill=MUTED)
    )
    for number, dot in enumerate(state["dots"]):
        x, y = 330 + 22 * (number % _ACROSS), 100 + 22 * (number // _ACROSS)
        ink = "#116329" if dot["passed"] else RED
        body.append(
            element("circle", cx=x, cy=y, r=7, fill=ink if dot["passed"] else "none", stroke=ink, stroke_width=2)
        )
    body.append(
        text(330, 200, f"{state['passed']} got through, {state['stopped']} were stopped", size=13, class_="sans")
    )
    return document(_FLOOR + 20, title="a bucket that fills", description=words, body=body)
