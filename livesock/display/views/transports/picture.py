"""The picture and the words of `transports(…)`, for a saved notebook and for a terminal.

GET POST WS
 ●            → GET opens
 ○            ← 200 OK 0{"sid":"…"}
 ●            → GET with the sid                 it waits …
 │       ●    → GET, Upgrade: websocket
 │       ○    ← 101 Switching Protocols
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from livesock.trace.show.columns import cut
from livesock.trace.show.svg import LINE, MUTED, RED, document, element, rect, text

__all__ = ["draw", "in_words"]

SHOWN = 24
"""Steps that are drawn, the newest; the rest is counted."""

_LANES = (("GET", "#0550ae"), ("POST", "#8a3a00"), ("WebSocket", "#116329"))
_X, _GAP, _ROW, _TOP = 40.0, 58.0, 19.0, 96.0


def in_words(state: dict[str, Any]) -> str:
    """Return what is set, what carries the session, and what it has cost: no time, no id, no address."""
    blocked = "the upgrade is blocked" if state["blocked"] else "the upgrade may pass"
    delay = f", every way takes {state['delay']:g} s" if state["delay"] else ""
    lines = [f"one session with transports {', '.join(state['transports'])}; {blocked}{delay}", _carried(state)]
    lines += [_cost(cost) for cost in state["costs"]]
    return "\n".join(lines)


def _carried(state: dict[str, Any]) -> str:
    if not state["count"]:
        return "nothing has been sent yet"
    return f"it is carried by {state['carried']}" if state["carried"] else "it is over"


def _cost(cost: dict[str, Any]) -> str:
    each = f", {cost['bytes'] / cost['events']:.0f} bytes for each" if cost["events"] else ""
    events = f" for {cost['events']} events and answers{each}" if cost["events"] else ""
    return f"{cost['purpose']}: {cost['requests']} requests, {cost['frames']} frames, {cost['bytes']} bytes{events}"


def draw(state: dict[str, Any], steps: Sequence[dict[str, Any]], words: str) -> str:
    """Return the picture: three lanes from top to bottom, and beside them what was said."""
    lines = words.split("\n")
    body = [
        text(24, 30, lines[0], size=13, class_="sans bold"),
        text(24, 50, state["sentence"], size=12, class_="sans"),
    ]
    body += [text(_X + _GAP * n, 78, name, size=10, fill=ink, anchor="middle") for n, (name, ink) in enumerate(_LANES)]
    y = _TOP
    if not steps:
        body.append(text(24, y + 8, "nothing yet: press Connect", size=12, class_="sans", fill=MUTED))
        y += _ROW
    if len(steps) > SHOWN:
        body.append(text(220, y, f"… {len(steps) - SHOWN} earlier steps are not drawn …", size=11, fill=MUTED))
        y += _ROW
    for step in list(steps)[-SHOWN:]:
        body += _step(step, y)
        y += _ROW
    y += 8
    for line in lines[2:]:
        body.append(text(24, y + 10, line, size=11))
        y += 18
    body.insert(0, rect(12, 60, 190, _TOP + _ROW * max(1, min(len(steps), SHOWN + 1)) - 66, fill="#f6f8fa", radius=6))
    return document(y + 16, title="transports of a session", description=words, body=body)


def _step(step: dict[str, Any], y: float) -> list[str]:
    parts = []
    for number, (_, ink) in enumerate(_LANES):
        x = _X + _GAP * number
        for state, top in ((step["before"][number], y - _ROW / 2), (step["after"][number], y)):
            if state != " ":
                dash = {"stroke_dasharray": "3 3"} if state == "p" else {}
                width = 4.0 if state == "c" else 2.0
                path = f"M{x:g} {top:g}v{_ROW / 2:g}"
                parts.append(element("path", d=path, stroke=ink, stroke_width=width, **dash))
    lane = ("get", "post", "ws").index(step["lane"]) if step["lane"] else None
    if lane is not None:
        fill = _LANES[lane][1] if step["up"] else "#ffffff"
        parts.append(element("circle", cx=_X + _GAP * lane, cy=y, r=5, fill=fill, stroke=_LANES[lane][1]))
        parts.append(element("path", d=f"M{_X + _GAP * lane + 8:g} {y:g}H206", stroke=LINE, stroke_dasharray="1 4"))
    way = "" if step["kind"] in ("note", "state") else "→ " if step["up"] else "← "
    about = f"  {step['about']}" if step.get("about") else ""
    words = cut(f"{way}{step['text']}{about}", 80)
    parts.append(text(214, y + 4, words, size=11, fill=RED if step["wrong"] else ""))
    if step.get("bytes"):
        parts.append(text(836, y + 4, f"{step['bytes']} B", size=11, anchor="end", fill=MUTED))
    return parts
