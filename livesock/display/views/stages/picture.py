"""The picture of the ladder for a saved notebook: a rung for each stage, and the page of the chosen one."""

from __future__ import annotations

from livesock.display.view import Message
from livesock.trace.show.columns import fit
from livesock.trace.show.svg import MUTED, RED, document, rect, text

__all__ = ["stages_svg"]

_SIGNS = {"pass": ("✓", "#116329"), "non-strict": ("~", "#7a5b00"), "fail": ("✕", RED), "": ("○", MUTED)}
_STEP = 24.0


def stages_svg(state: Message, words: str) -> str:
    """Return the picture of what the page would show."""
    body = [text(24, 32, fit(f"{state['target']}: {state['sentence']}", 96), size=14, class_="sans bold")]
    top = 50.0
    for number, rung in enumerate(state["rungs"]):
        y = top + _STEP * number
        sign, ink = _SIGNS[rung["outcome"]]
        if rung["number"] == state["chosen"]:
            body.append(rect(16, y, 236, _STEP - 2, fill="#f6f8fa", stroke="#afb8c1", radius=4))
        body.append(text(28, y + 16, sign, size=13, fill=ink))
        body.append(
            text(50, y + 16, f"{rung['number']:>2}  {rung['name']}", size=13, fill=MUTED if rung["extension"] else ink)
        )
    chosen = next(one for one in state["rungs"] if one["number"] == state["chosen"])
    body.append(text(276, top + 16, f"{chosen['number']} · {chosen['title']}", size=14, class_="sans bold"))
    lines = [
        state["why"],
        f"Not needed yet: {state['not_yet']}",
        "",
        *(line for case in state["cases"] for line in _lines(case)),
    ]
    for number, line in enumerate(lines[:18]):
        body.append(text(276, top + 42 + 22 * number, fit(line, 84), size=11, class_="" if number > 2 else "sans"))
    return document(
        top + _STEP * len(state["rungs"]) + 16, title="stages of a WebSocket server", description=words, body=body
    )


def _lines(case: Message) -> list[str]:
    return [
        f"{case['id']} {case['title']} {case['verdict']}".rstrip(),
        *(f"    {who}: {what}" for who, what in case["steps"]),
    ]
