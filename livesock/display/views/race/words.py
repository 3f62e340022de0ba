"""Races to begin with, the question before one, and the sentences before and after it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from livesock.display.view import Message
from livesock.display.views.race.heat import WAYS, Settings, Tried

__all__ = ["ASKED", "PRESETS", "outcome", "question_of", "sentence_of"]


class _Preset(NamedTuple):
    text: str
    changes: dict[str, float]
    """What differs from the settings that the view began with."""


PRESETS = {
    "start": _Preset("as it began", {}),
    "often": _Preset("what if it asks every 30 ms?", {"every": 0.03}),
    "seldom": _Preset("what if news can wait?", {"every": 5.0}),
    "one": _Preset("only one event?", {"events": 1, "gap": 1.0}),
    "far": _Preset("100 ms away?", {"delay": 0.1}),
}

ASKED = "Which of the four will move the fewest bytes?"

ABOUT = {
    "polling": "asks again and again",
    "long-polling": "asks; the answer waits for news",
    "SSE": "asks once; the answer never ends",
    "WebSocket": "opens once; the server just sends",
}

_WINS = {
    "polling": "One answer brought all that had come together. News that is not urgent is cheapest to ask for rarely.",
    "long-polling": "One short exchange is cheaper than opening anything, as long as there is so little news.",
    "SSE": "It asked once. Each event costs a few bytes after that.",
    "WebSocket": "Its opening is the longest, but it is paid once. Each event costs only two bytes more than its text.",
}

_TEMPTS = {
    "polling": "It asks seldom enough to look cheap. But each question and each answer has a whole head.",
    "long-polling": "It never asks in vain. But it asks once for nearly every event, and each time with a whole head.",
    "SSE": "It asks once only. But each event comes with its own lines and the length of its chunk.",
    "WebSocket": "Its events are the smallest. But its opening is the longest, and so few events do not pay it back.",
}


def sentence_of(now: Settings) -> str:
    """Return the settings in words."""
    count = "One event happens" if now.events == 1 else f"{now.events} events happen, one each {_time(now.gap)} or so"
    far = f" Every byte needs {_time(now.delay)} for one way." if now.delay else ""
    return f"{count}. Polling pauses {_time(now.every)} before it asks again.{far}"


def question_of(guess: str, tried: Mapping[str, Tried]) -> Message:
    """Return the question, with the guess, and the right answer once the race is over."""
    options = [{"key": way, "text": way, "about": ABOUT[way]} for way in WAYS]
    return {"text": ASKED, "chosen": guess, "right": _fewest(tried), "options": options}


def outcome(guess: str, tried: Mapping[str, Tried], events: int) -> Message:
    """Return what came, why, and why another guess tempts."""
    best = _fewest(tried)
    most = max(tried, key=lambda way: tried[way].size)
    last = max(tried, key=lambda way: tried[way].wait)
    each = {way: f"{tried[way].size / events:.0f}" for way in tried}
    fewest = f"{_first(best)} moved the fewest: {each[best]} bytes for each event"
    return {
        "text": f"{fewest}. {_first(most)} moved the most: {each[most]}. With {last} an event waited longest: "
        f"{_time(tried[last].wait)} (median).",
        "why": _WINS[best],
        "tempts": _TEMPTS[guess] if guess and guess != best else "",
    }


def _fewest(tried: Mapping[str, Tried]) -> str:
    return min(tried, key=lambda way: tried[way].size) if tried else ""


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2g} s"


def _first(way: str) -> str:
    return way[:1].upper() + way[1:]
