"""The ladder as pieces of an SVG, for a saved notebook: what ladder.js draws on the page."""

from __future__ import annotations

from typing import Any

from livesock.display.parts.ladder import LIFELINES
from livesock.display.view import Message
from livesock.trace.show.svg import INK, LINE, MUTED, RED, WIDTH, element, rect, text

__all__ = ["ladder_svg"]

_INKS = ("#0550ae", "#116329")
_CONTROL = "#953800"


def ladder_svg(ladder: Message, top: float) -> list[str]:
    """Return the pieces of the picture; `top` is where it begins."""
    x = tuple(WIDTH * place / 100 for place in LIFELINES)
    body: list[str] = []
    if ladder["cut"] is not None:
        y = top + ladder["cut"]
        body.append(rect(WIDTH * 0.45, y, WIDTH * 0.1, ladder["height"] - ladder["cut"], fill="#f3f5f7"))
        body.append(text(WIDTH / 2, y + 14, "✂ cut", size=11, anchor="middle", fill=RED))
    body += _axis_svg(ladder, x, top)
    for span in ladder["spans"]:
        body += _span_svg(span, x[span["end"]], top)
    for arrow in ladder["arrows"]:
        body += _arrow_svg(arrow, x, top)
    for mark in [*ladder["marks"], *ladder["times"]]:
        outside, anchor = (x[0] - 16, "end") if mark["end"] == 0 else (x[1] + 16, "start")
        look = {"fill": _INKS[mark["end"]], "class_": "bold"} if mark in ladder["marks"] else {"fill": MUTED}
        body.append(text(outside, top + mark["y"] + 4, mark["text"], size=11, anchor=anchor, **look))
    return body


def _axis_svg(ladder: Message, x: tuple[float, ...], top: float) -> list[str]:
    body: list[str] = []
    for tick in ladder.get("axis", []):
        y = top + tick["y"]
        body.append(element("line", x1=8, x2=WIDTH - 8, y1=y, y2=y, stroke=LINE, stroke_width=0.4))
        body.append(text(WIDTH - 8, y - 3, tick["text"], size=10, anchor="end", fill=MUTED))
    for bar in ladder.get("bars", []):
        left = WIDTH / 2 if bar["end"] is None else (x[0] + 13, x[1] - 23)[bar["end"]]
        colour = {"wait": "#f0b429", "limit": RED, "idle": "#f0b429"}[bar["tone"]]
        place = {"x": left, "y": top + bar["from"], "width": 10, "height": bar["to"] - bar["from"]}
        body.append(element("rect", **place, fill=colour, fill_opacity=0.5))
    return body


def _span_svg(span: Message, x: float, top: float) -> list[str]:
    ink, y, size = _INKS[span["end"]], top + span["from"], span["to"] - span["from"]
    looks: dict[str, dict[str, Any]] = {
        "open": {"fill": ink, "fill_opacity": 0.16, "stroke": ink},
        "closing": {"fill": "#ffffff", "stroke": ink, "stroke_dasharray": "4 3"},
    }
    look = looks.get(span["state"], {"fill": "#ffffff", "stroke": LINE, "stroke_dasharray": "1 3"})
    pieces = [element("rect", x=x - 9, y=y, width=18, height=size, **look)]
    if size >= 44:
        middle = y + size / 2
        turned = element(
            "g",
            text(0, 4, span["state"], size=11, anchor="middle", fill=MUTED if span["state"] == "closed" else ink),
            transform=f"translate({x:g} {middle:g}) rotate(90)",
        )
        pieces.append(turned)
    return pieces


def _arrow_svg(arrow: Message, x: tuple[float, ...], top: float) -> list[str]:
    side, way = arrow["from"], 1 if arrow["from"] == 0 else -1
    begin, finish = x[side] + way * 9, x[1 - side] - way * 9
    if arrow["lost"]:
        finish = WIDTH * (0.45 if side == 0 else 0.55)
    y0, y1 = (top + y for y in arrow["y"])
    ink = {"close": _INKS[side], "control": _CONTROL, "tcp": INK}.get(arrow["tone"], MUTED)
    dash = {"stroke_dasharray": "5 4"} if arrow["tone"] == "tcp" else {}
    width = 2.5 if arrow["tone"] == "close" else 1.5
    pieces = [element("path", d=f"M{begin:g} {y0:g}L{finish:g} {y1:g}", stroke=ink, stroke_width=width, **dash)]
    if arrow["lost"]:
        pieces.append(text(finish - way * 2, y1 + 5, "✕", size=14, anchor="middle", fill=RED))
    else:
        pieces.append(element("path", d=f"M{finish:g} {y1:g}l{-way * 9:g} -5v10z", fill=ink))
    at = begin + (finish - begin) * arrow["label"]
    line = y0 + (y1 - y0) * arrow["label"]
    pieces.append(text(at, line - 5, arrow["text"], size=12, anchor="middle", fill=ink))
    return pieces
