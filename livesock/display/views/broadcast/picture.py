"""The picture and the words of `broadcast(…)`, for a saved notebook and for a terminal: who has heard which emit."""

from __future__ import annotations

from typing import Any

from livesock.trace.show.columns import cut
from livesock.trace.show.svg import INK, MUTED, RED, document, rect, text

__all__ = ["draw", "in_words"]

_CELL, _LEFT, _TOP, _ROW = 62.0, 292.0, 78.0, 24.0


def in_words(state: dict[str, Any]) -> str:
    """Return who is there and who has heard what: no time, no id, no address."""
    names = ", ".join(member["name"] for member in state["members"]) or "nobody"
    lines = [f"who hears what in the namespace {state['namespace']}; the view brings {names}"]
    lines += [f"{_code(one)}: {_heard(one)}" for one in state["rounds"]]
    if not state["rounds"]:
        lines.append("nothing has been said yet")
    return "\n".join(lines)


def _code(one: dict[str, Any]) -> str:
    return f"{one['code']} × {one['count']}" if one["count"] > 1 else str(one["code"])


def _heard(one: dict[str, Any]) -> str:
    who = [name + (f" {n} of {one['count']}" if n < one["count"] else "") for name, n in one["heard"].items()]
    return "heard by " + (", ".join(who) or "nobody of them")


def draw(state: dict[str, Any], words: str) -> str:
    """Return the picture: a column for each member, a row for each emit, and a mark where it was heard."""
    members, rounds = state["members"][:9], state["rounds"]
    body = [text(24, 32, f"who hears what in the namespace {state['namespace']}", size=13, class_="sans bold")]
    for number, member in enumerate(members):
        x = _LEFT + _CELL * number + _CELL / 2
        body.append(text(x, 60, member["name"], size=12, class_="bold", anchor="middle"))
    y = _TOP
    for place, one in enumerate(rounds):
        if place % 2 == 0:
            body.append(rect(12, y - 4, 836, _ROW, fill="#f6f8fa"))
        body.append(text(24, y + 12, cut(_code(one), 38), size=11))
        for number, member in enumerate(members):
            count = one["heard"].get(member["name"], 0)
            mark = "●" if count == one["count"] else str(count) if count else "·"
            fill = INK if count == one["count"] else RED if count else MUTED
            body.append(text(_LEFT + _CELL * number + _CELL / 2, y + 12, mark, size=12, anchor="middle", fill=fill))
        y += _ROW
    if not rounds:
        body.append(text(24, y + 12, "nothing has been said yet", size=12, class_="sans", fill=MUTED))
        y += _ROW
    latency = state["latency"]
    if latency["count"]:
        said = f"{latency['count']} deliveries, median {latency['median']} ms, 95 % within {latency['p95']} ms"
        body.append(text(24, y + 20, said, size=11, class_="sans"))
        y += 22
    return document(y + 18, title="who hears what", description=words, body=body)
