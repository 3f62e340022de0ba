r"""Where each number stands in the picture: for the page, and for the picture of a saved notebook.

client   ①  ②  ③  ④  ⑤  ⑥  ⑦  ⑧  ⑨  ⑩      what its program believes below each
          \   \   \   \  ✗  ✗   \   \              the cut is a band between 4 and 9
server     ①  ②  ③  ④          ⑦⑧ ⑨ ⑩     in the order in which its handler got them
"""

from __future__ import annotations

from livesock.display.view import Message
from livesock.display.views.cut.run import AWAY, CUT, DOWN, FATES, LAST, LOST, UNSEEN, UP, CutRun
from livesock.display.views.cut.words import beliefs

__all__ = ["HEIGHT", "WIDTH", "bands_of", "zones_of"]

WIDTH, HEIGHT = 820, 156
"""The size of one band, in units of the picture."""

LEFT, COLUMN, CLOSEST, LATER = 76, 60, 32, 18
"""Where the first column begins, how wide one is, how close two arrivals may stand, and how far right one arrives."""

TOP, BOTTOM = 34, 122

SHORT = {"answered": "ok", "dropped": "drop"}
"""What stands above a number, where the whole word would run into the next one."""

ENDS = {UP: ("client", "server"), DOWN: ("server", "client")}


def column(place: float) -> float:
    return LEFT + COLUMN * (place - 0.5)


def zones_of(run: CutRun | None) -> list[Message]:
    """Return the bands of the cut: from where to where, and what it says there."""
    cut = run.cut if run else "cable"
    begin, end = column(CUT + 0.5), column(AWAY + 0.5)
    if cut == "reset":
        return [{"from": begin, "to": end, "text": "cut: both know", "tone": "known"}]
    middle = column(UNSEEN + 0.5)
    return [
        {"from": begin, "to": middle, "text": "cut: neither knows", "tone": "unseen"},
        {"from": middle, "to": end, "text": "both know", "tone": "known"},
    ]


def bands_of(run: CutRun | None) -> list[Message]:
    """Return the two directions: chips of sender and receiver, lines between them, and counts."""
    return [band(run, way) for way in (UP, DOWN)]


def band(run: CutRun | None, way: str) -> Message:
    top, bottom, links = [], [], []
    for number in range(1, LAST + 1):
        sent = run.sent[way].get(number) if run else None
        fate = run.fate(way, number) if run and sent else None
        chip = {"number": number, "x": column(number), "tone": fate.tone if fate else "open", "sign": ""}
        top.append(chip | {"word": SHORT.get(sent.belief, sent.belief) if sent else "", "is_sent": sent is not None})
        if fate is LOST:
            links.append({"from": column(number), "to": column(number) + 8, "tone": "lost"})
    x = 0.0
    for number, place, _ in list(run.came[way]) if run else []:
        x = max(x + CLOSEST, column(place) + LATER)
        fate = run.fate(way, number) if run else None
        tone = fate.tone if fate else "open"
        bottom.append({"number": number, "x": x, "tone": tone, "sign": fate.sign if fate else ""})
        links.append({"from": column(number), "to": x, "tone": tone})
    counted = run.fates(way) if run else {}
    return {
        "sender": ENDS[way][0],
        "receiver": ENDS[way][1],
        "top": top,
        "bottom": bottom,
        "links": links,
        "counts": [{"name": fate.name, "sign": fate.sign, "count": counted.get(fate.name, 0)} for fate in FATES],
        "believes": beliefs(run, way),
        "heard": " ".join(map(str, run.numbers(way))) if run else "",
    }
