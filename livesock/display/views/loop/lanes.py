"""What has happened in a take, as lanes: milliseconds from its beginning, for the page and the picture."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median
from typing import Any

from livesock.display.view import Message
from livesock.display.views.loop.cast import ASKER, LENGTH, PEOPLE, Exchange, Take, echo
from livesock.net.loop.watchdog import HELD, Held

__all__ = ["WAITED", "busy", "holder", "holds", "lanes_of", "longest", "seconds", "waited"]

WAITED = 0.4
"""Seconds of delay from which the page counts a client as one that waited."""

LATE, STUCK = 0.05, 0.5
SAME = 0.03
"""Answers that come within this time are one dot with a number."""

MERGED = 0.012
"""Turns of the loop that are closer than a pixel are one tick."""


def seconds(span: float) -> str:
    """Return a time as the page shows it: `3 ms`, `1.00 s`."""
    return f"{span:.2f} s" if span >= 0.1 else f"{span * 1000:.0f} ms" if span >= 0.0015 else "1 ms"


def now_of(take: Take) -> float:
    """Return the time of a take's clock; it stops when the take is over."""
    return time.perf_counter() if not take.done.is_set() else take.began + LENGTH


def delay(asked: Exchange, now: float) -> float:
    """Return how long a message has waited, up to now if it still does."""
    return (asked.back or now) - asked.sent


def longest(take: Take, who: int) -> float:
    """Return the longest delay of a client; a message that has just been sent does not count yet."""
    now = now_of(take)
    return max((delay(a, now) for a in list(take.asked[who]) if a.back or now - a.sent > LATE), default=0.0)


def waited(take: Take) -> list[int]:
    """Return the numbers of the clients that waited."""
    return [who for who in range(len(PEOPLE)) if longest(take, who) >= WAITED]


def holds(take: Take) -> list[Held]:
    """Return what held the loop during the take."""
    return [held for held in list(take.held) if held.began >= take.began]


def busy(take: Take) -> float:
    """Return the share of the take in which the loop worked, or was held."""
    return sum(ended - began for began, ended in _turns(take)) / LENGTH


def lanes_of(take: Take, holding: Held | None) -> Message:
    """Return the lanes, the walls through them and the clock."""
    all_held = [*holds(take), *([holding] if holding and holding.began >= take.began > 0 else [])]
    began, over = take.began, take.done.is_set()
    now = now_of(take)
    walls = [
        [_ms(h.began - began), None if h is holding else _ms(h.began + h.seconds - began)] for h in all_held if h.who
    ]
    people = [_person(take, who, now) for who in range(len(PEOPLE))]
    return {
        "lanes": [_loop(take, all_held, holding), _threads(take, now), *people],
        "walls": walls,
        "length": LENGTH * 1000,
        "now": None if over or not began else _ms(now - began),
        "title": "longest",
    }


def _turns(take: Take) -> list[tuple[float, float]]:
    return [turn for turn in list(take.turns) if take.began and take.began <= turn[0] < take.began + LENGTH]


def _loop(take: Take, held: list[Held], holding: Held | None) -> Message:
    ticks: list[list[int]] = []
    for began, ended in _turns(take):
        if ended - began >= HELD:
            continue
        begin, end = _ms(began - take.began), _ms(ended - take.began)
        if ticks and begin - ticks[-1][1] < MERGED * 1000:
            ticks[-1][1] = end
        else:
            ticks.append([begin, end])
    spans = [
        [
            _ms(h.began - take.began),
            _ms(h.began + h.seconds - take.began),
            "held" if h.who else "unknown",
            _label(h, h is holding),
        ]
        for h in held
    ]
    most = max((h.seconds for h in held), default=max((ended - began for began, ended in _turns(take)), default=0.0))
    holders = ", ".join(
        f"{_label(h, h is holding) or 'a function that was not seen'}: {seconds(h.seconds)}" for h in held
    )
    holders = holders or f"never held for {HELD * 1000:.0f} ms"
    said = f"The loop: {holders}. Each tick is a turn: it read a message, or ran a handler up to its next await."
    tone = "held" if held else "quick"
    total = seconds(most) if take.began else ""
    return _lane("the loop", "", total, tone, said, ticks=ticks, spans=spans, head=True)


def _label(held: Held, still: bool) -> str:
    """`dan’s handler slept`; empty if the watchdog saw no function in it: most likely the machine was busy."""
    who = holder(held)
    return who and f"{who} {'holds it' if still else held.how}"


def holder(held: Held) -> str:
    """Return what held the loop: by name, or as the text calls it where it is the view's own handler."""
    is_own = held.who == echo.__name__ and held.place.startswith("cast.py:")
    return f"{PEOPLE[ASKER]}’s handler" if is_own else held.who


def _threads(take: Take, now: float) -> Message:
    spans: list[list[Any]] = []
    most = 0.0
    for begin, end in [(span[0], span[1]) for span in list(take.threads)]:
        most = max(most, (end or now) - begin)
        label = f"slept {end - begin:.2f} s" if end else "sleeps"
        spans.append([_ms(begin - take.began), _ms((end or now) - take.began), "away", label])
    said = "Threads beside the loop: a thread that sleeps holds up no client."
    return _lane("a thread", "", seconds(most) if most else "", "quick", said, spans=spans, head=True)


def _person(take: Take, who: int, now: float) -> Message:
    asked, began = list(take.asked[who]), take.began
    spans, marks, dots = [], [], []
    for back, group in _groups(asked):
        late = max(delay(a, now) for a in group)
        if late > LATE:
            spans.append([_ms(group[0].sent - began), _ms((back or now) - began), "late", ""])
            marks += [_ms(a.sent - began) for a in group]
        if back:
            tone = "stuck" if late >= STUCK else "late" if late > LATE else "quick"
            dots.append([_ms(back - began), tone, len(group)])
    most = longest(take, who)
    tone = "stuck" if most >= STUCK else "late" if most > LATE else "quick"
    delays = [delay(a, now) for a in asked if a.back]
    middle = f", half of them within {seconds(median(delays))}" if delays else ""
    said = f"{PEOPLE[who]}: {len(delays)} of {len(asked)} messages answered{middle}; longest wait {seconds(most)}."
    note = "asks" if who == ASKER and take.wish else ""
    total = seconds(most) if any(a.back for a in asked) else ""
    return _lane(PEOPLE[who], note, total, tone, said, spans=spans, marks=marks, dots=dots)


def _groups(asked: list[Exchange]) -> Iterator[tuple[float, list[Exchange]]]:
    """Yield messages that were answered together, and at the end those that still wait."""
    group: list[Exchange] = []
    for one in asked:
        if group and (not one.back) == (not group[-1].back) and one.back - group[0].back <= SAME:
            group.append(one)
        else:
            if group:
                yield group[-1].back, group
            group = [one]
    if group:
        yield group[-1].back, group


def _lane(name: str, note: str, total: str, tone: str, said: str, *, head: bool = False, **parts: Any) -> Message:
    empty: Message = {"ticks": [], "spans": [], "marks": [], "dots": []}
    return {"name": name, "note": note, "total": total, "tone": tone, "said": said, "head": head, **empty, **parts}


def _ms(span: float) -> int:
    return round(span * 1000)
