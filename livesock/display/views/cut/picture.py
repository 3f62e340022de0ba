"""The two bands as a picture, for a saved notebook."""

from __future__ import annotations

from livesock.display.view import Message
from livesock.display.views.cut.layout import BOTTOM, HEIGHT, TOP, WIDTH
from livesock.trace.show.svg import INK, LINE, MUTED, document, element, text
from livesock.trace.show.svg import WIDTH as PAGE

__all__ = ["cut_svg"]

COLOURS = {
    "sent": "#0550ae",
    "buffered": "#953800",
    "lost": "#a40e26",
    "repeated": "#5b2fa8",
    "recovered": "#0b5a50",
    "open": "#8c959f",
}
SCALE = PAGE / WIDTH
HEAD, FOOT = 56.0, 26.0


def cut_svg(state: Message) -> str:
    """Return the picture of a state of the view, as an SVG document."""
    body = [text(16, 26, state["sentence"][:118], size=13, class_="sans")]
    for number, band in enumerate(state["bands"]):
        body += _band(band, state["zones"], HEAD + number * (HEIGHT + FOOT))
    height = HEAD + 2 * (HEIGHT + FOOT)
    return document(height, title="Ten numbers each way, across a cut", description=state["sentence"], body=body)


def _band(band: Message, zones: list[Message], y: float) -> list[str]:
    parts = []
    for zone in zones:
        width = (zone["to"] - zone["from"]) * SCALE
        fill = "#fbeac0" if zone["tone"] == "unseen" else "#eaeef2"
        parts.append(element("rect", x=zone["from"] * SCALE, y=y + 6, width=width, height=HEIGHT - 8, fill=fill))
        middle = (zone["from"] + zone["to"]) / 2 * SCALE
        parts.append(text(middle, y + BOTTOM + 26, zone["text"], size=11, anchor="middle", class_="muted"))
    for name, row in ((band["sender"], TOP), (band["receiver"], BOTTOM)):
        parts.append(text(16, y + row + 4, name, size=12, class_="bold"))
        parts.append(element("line", x1=80, x2=PAGE - 20, y1=y + row, y2=y + row, stroke=LINE))
    parts += [_link(link, y) for link in band["links"]]
    for chip in band["top"]:
        parts += _chip(chip, y + TOP, chip["word"], is_sent=chip["is_sent"])
    for chip in band["bottom"]:
        parts += _chip(chip, y + BOTTOM, chip["sign"])
    counts = "   ".join(f"{one['sign']} {one['name']} {one['count']}" for one in band["counts"])
    parts.append(
        text(80, y + HEIGHT + 14, f"{counts}      the sender believes: {band['believes']}", size=11, fill=MUTED)
    )
    return parts


def _link(link: Message, y: float) -> str:
    lost = link["tone"] == "lost"
    end = (TOP + BOTTOM) / 2 if lost else BOTTOM - 14
    line = element(
        "line",
        x1=link["from"] * SCALE, y1=y + TOP + 14, x2=link["to"] * SCALE, y2=y + end,
        stroke=COLOURS[link["tone"]], stroke_width=1.5,
    )  # fmt: skip
    mark = text(link["to"] * SCALE, y + end + 10, "✗", size=14, anchor="middle", fill=COLOURS["lost"])
    return line + (mark if lost else "")


def _chip(chip: Message, y: float, word: str, *, is_sent: bool = True) -> list[str]:
    x, colour = chip["x"] * SCALE, COLOURS[chip["tone"]]
    fill = "#ffffff" if chip["tone"] == "open" or not is_sent else colour
    ink = INK if fill == "#ffffff" else "#ffffff"
    dashes = {"stroke_dasharray": "3 3"} if chip["tone"] == "lost" or not is_sent else {}
    return [
        element("circle", cx=x, cy=y, r=12, fill=fill, stroke=colour, **dashes),
        text(x, y + 4, str(chip["number"]), size=12, anchor="middle", fill=ink),
        text(x, y + (-17 if is_sent and "word" in chip else 26), word, size=10, anchor="middle", fill=MUTED),
    ]
