"""A run as a ladder in true time, and, before it, what is known of it: the moment, the bound, the proxy's patience."""

from __future__ import annotations

from livesock.display.parts.framesteps import frames_of, states_of
from livesock.display.parts.ladder import LifelineState, Note, ladder_of
from livesock.display.parts.timeaxis import Bar, TimeAxis
from livesock.display.view import Message
from livesock.display.views.heartbeat.run import HELLO, IDLE, LENGTH, NAP, Setting, Watch

__all__ = ["NAMES", "bounded", "ladder_from", "plan_of"]

NAMES = ("client", "server")


def bounded(setting: Setting) -> list[int]:
    """Return the ends that will know, interval + timeout after the moment at the latest."""
    hears = {"cut": (0, 1), "hangs": (1,), "blocked": (0,), "proxy": ()}[setting.story]
    return [end for end in hears if setting.pings in (NAMES[end], "both")]


def plan_of(setting: Setting) -> Message:
    """Return the ladder of a run that has not begun."""
    axis = TimeAxis(0.0, LENGTH)
    cut = setting.at if setting.story == "cut" else None
    return ladder_of([], _nap(setting, 0.0), [], cut, axis=axis, bars=_bars(setting, setting.at))


def ladder_from(run: Watch) -> Message:
    """Return what happened in a run."""
    axis = TimeAxis(run.began, LENGTH)
    inside = [one for one in frames_of(run) if run.began <= one.start < run.began + LENGTH]
    moment = (run.happened or run.began) - run.began
    notes = [Note(call.end, call.at, call.text) for call in run.calls]
    states: list[LifelineState] = []
    for end in (0, 1):
        knew = run.knew(end)
        if knew is None:
            continue
        closed = [one for one in states_of(run, end, [], []) if one.word == "closed" and one.at >= knew]
        states += closed if any(one.at == knew for one in closed) else [LifelineState(end, knew, "closing"), *closed]
        word = "end of TCP" if run.setting.story == "proxy" else "no pong" if run.gave_up(end) else "is told"
        if not any(note.end == end and abs(note.at - knew) < 0.08 for note in notes):
            notes.append(Note(end, knew, word))
    bars = _idle(run, [one.start for one in inside]) if run.setting.story == "proxy" else _bars(run.setting, moment)
    states = [one for one in states if one.at < run.began + LENGTH]
    return ladder_of(inside, notes, states, run.cut, axis=axis, bars=bars)


def _nap(setting: Setting, zero: float) -> list[Note]:
    end = {"hangs": 0, "blocked": 1}.get(setting.story)
    at = zero + setting.at
    return [] if end is None else [Note(end, at, "hangs"), Note(end, at + NAP, "wakes")]


def _bars(setting: Setting, moment: float) -> list[Bar]:
    if setting.story == "proxy":
        return [Bar(None, HELLO[0], HELLO[0] + IDLE, "✂ after 0.6 s of silence", "idle")]
    asked, over = moment + setting.interval, moment + setting.interval + setting.timeout
    return [
        bar
        for end in bounded(setting)
        for bar in (Bar(end, moment, asked), Bar(end, asked, over, f"knows by {over:.1f} s", "limit"))
    ]


def _idle(run: Watch, sent: list[float]) -> list[Bar]:
    """Return the silences that the proxy counted; the last one may have been too long."""
    began = [at - run.began for at in sorted(sent)]
    ends = [*began[1:], LENGTH if run.cut is None else run.cut - run.began]
    pairs = [(start, stop) for start, stop in zip(began, ends, strict=True) if stop - start > 0.05]
    return [Bar(None, start, stop, "", "idle") for start, stop in pairs]
