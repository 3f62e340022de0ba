"""The picture and the words of `namespaces(…)`, for a saved notebook and for a terminal.

┌ client ┐                      ┌ /point   we are in ──────────────┐
│        ├══ one connection ══┬─┤ Point   move, clear     ran 3    │
└────────┘                    └─┤ …                                │
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from livesock.trace.show.columns import cut
from livesock.trace.show.svg import INK, LINE, MUTED, RED, Tint, columns_in, document, element, rect, text

__all__ = ["SIGNS", "draw", "in_words"]

SIGNS = "○●■▲◆★⬟▼"
"""A sign for each namespace, beside its colour; the first is that of `/`."""

_TINTS = (
    Tint("#f6f8fa", "#8c959f", "#424a53"),
    Tint("#f1f7ff", "#7fb0ea", "#0550ae"),
    Tint("#fff5ec", "#e0a067", "#8a3a00"),
    Tint("#effaf8", "#6fb8ac", "#0b5a50"),
    Tint("#f7f2ff", "#b18fe0", "#5b2fa8"),
    Tint("#fff0f7", "#e28bb8", "#8c1f5f"),
)

_LEFT, _RIGHT, _TOP, _ROWS = 150.0, 320.0, 24.0, 8
"""Right edge of the client, left edge of the namespaces, top; lines of the log that are drawn."""


def in_words(state: dict[str, Any]) -> str:
    """Return the namespaces, the gateways of each, and where the client has a seat: no address, no id, no time."""
    lines = [f"a client and the namespaces of a server{'' if state['running'] else ', which is stopped'}"]
    lines += [f"{space['name']}: {_who(space)}; {_place(space)}" for space in state["spaces"]]
    if state["more"]:
        lines.append(f"and {state['more']} more")
    lines += [f"livesock warns: {warning}" for warning in state["warnings"]]
    return "\n".join(lines)


def _who(space: dict[str, Any]) -> str:
    if not space["known"]:
        return "the server does not have it"
    gateways = [
        f"{g['who']}{' (' + ', '.join(g['events']) + ')' if g['events'] else ''}"
        f"{', ran ' + _times(g['ran']) if g['ran'] else ''}"
        for g in space["gateways"]
    ]
    return " and ".join(gateways) or "nobody answers"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _place(space: dict[str, Any]) -> str:
    if space["in"]:
        return "we are in" + (f", in the rooms {', '.join(space['rooms'])}" if space["rooms"] else "")
    return f"refused: {space['refused']}" if space["refused"] else "we are not in"


def draw(state: dict[str, Any], log: Sequence[dict[str, Any]], words: str) -> str:
    """Return the picture: the client, its one connection, the namespaces with their gateways, and the last packets."""
    body: list[str] = []
    y, middles = _TOP, list[tuple[float, Tint, bool]]()
    for number, space in enumerate(state["spaces"]):
        tint = _TINTS[min(number, len(_TINTS) - 1)]
        height = 34.0 + 20 * max(1, len(space["gateways"]))
        body += _space(space, SIGNS[min(number, len(SIGNS) - 1)], tint, y, height)
        middles.append((y + height / 2, tint, space["in"]))
        y += height + 12
    middle = (_TOP + y - 12) / 2
    body[:0] = [*_wires(middles, middle), *_client(state, middle)]
    last = [line for line in log if line["kind"] != "note"][-_ROWS:]
    if last:
        body.append(text(24, y + 18, "the last packets, and the handlers that ran", size=12, class_="sans bold"))
        y += 24
    for line in last:
        y += 18
        body.append(text(24, y + 6, _line(line), size=11))
    return document(y + 24, title="namespaces of a server", description=words, body=body)


def _line(line: dict[str, Any]) -> str:
    if line["kind"] == "ran":
        return cut(f"      {line['space']}  {line['who']}: {line['what']}  {line['value']}", 120)
    return cut(f"{'→' if line['up'] else '←'}  {line['text']}", 118)


def _wires(middles: Sequence[tuple[float, Tint, bool]], middle: float) -> list[str]:
    """Return one line from the client, with a branch to each namespace: solid with a seat there, dashed without."""
    fork = _RIGHT - 50
    parts = [element("path", d=f"M{_LEFT:g} {middle:g}H{fork:g}", stroke=LINE, stroke_width=7, fill="none")]
    for y, tint, is_in in middles:
        path = f"M{fork:g} {middle:g}C{fork + 30:g} {middle:g} {fork + 20:g} {y:g} {_RIGHT:g} {y:g}"
        style = {"stroke_width": 2.5} if is_in else {"stroke_width": 1.5, "stroke_dasharray": "3 4"}
        parts.append(element("path", d=path, stroke=tint.line, fill="none", **style))
    return parts


def _client(state: dict[str, Any], y: float) -> list[str]:
    over = "one connection" if state["transport"] else "no connection yet"
    return [
        rect(20, y - 30, _LEFT - 20, 60, fill="#f1f7ff", stroke="#7fb0ea", radius=6),
        text(32, y - 6, "client", size=13, class_="sans bold", fill="#0550ae"),
        text(32, y + 14, state["transport"] or "not connected", size=11, fill=MUTED),
        text((_LEFT + _RIGHT - 50) / 2, y - 10, over, size=11, class_="sans", anchor="middle", fill=MUTED),
    ]


def _space(space: dict[str, Any], sign: str, tint: Tint, y: float, height: float) -> list[str]:
    width = 836 - _RIGHT
    sign, ink = (sign, tint.ink) if space["known"] else ("✕", RED)
    parts = [
        rect(_RIGHT, y, width, height, fill=tint.fill, stroke=tint.line, radius=6),
        text(_RIGHT + 12, y + 21, f"{sign} {cut(space['name'], 24)}", size=13, class_="bold", fill=ink),
        text(_RIGHT + width - 12, y + 21, cut(_place(space), 40), size=11, anchor="end", class_="sans", fill=MUTED),
    ]
    if not space["gateways"]:
        parts.append(text(_RIGHT + 12, y + 42, _who(space), size=11, class_="sans", fill=MUTED))
    for number, gateway in enumerate(space["gateways"]):
        line = y + 42 + 20 * number
        parts.append(text(_RIGHT + 12, line, gateway["who"], size=11, class_="bold", fill=INK))
        parts.append(text(_RIGHT + 130, line, cut(", ".join(gateway["events"]), columns_in(250, 11)), size=11))
        if gateway["ran"]:
            parts.append(text(_RIGHT + width - 12, line, f"ran {_times(gateway['ran'])}", size=11, anchor="end"))
    return parts
