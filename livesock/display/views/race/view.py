"""`race()`: the same events over polling, long-polling, SSE and WebSocket, side by side, at a chosen distance.

"Start" ──► {"kind": "start"} ──► Track: a server, a network, four recorded clients ──► lanes ──► page

Everything on the page is measured: when each event happened, when each client held it, and every byte that the client
sent and received for it, openings included. What TCP and IP add is not in the numbers (40 bytes a segment or more).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, ClassVar

from livesock.display.targets import quoted
from livesock.display.view import Message, View
from livesock.display.views.race.heat import WAYS, Heat, Settings, Track, Tried
from livesock.display.views.race.lanes import lanes_of
from livesock.display.views.race.words import ASKED, PRESETS, outcome, question_of, sentence_of
from livesock.errors import LivesockError
from livesock.race.picture import Lane, lanes_svg
from livesock.trace.show.svg import document, text

__all__ = ["RaceView", "race"]

LIMITS = {"events": (1, 200), "gap": (0.01, 5.0), "every": (0.02, 10.0), "delay": (0.0, 1.0)}
"""The least and the most of each number: in seconds, except the number of events."""

LONGEST = 60.0
"""Seconds that a race may take: more events or longer gaps are refused."""

KEPT = 12
"""Finished races that the page lists."""

LATE = 30.0
"""Seconds that a race may take beyond its length, before `measured` gives up."""


class RaceView(View):
    """Starts races and shows them; owns a server and a simulated network until it ends."""

    page: ClassVar[str] = "race"
    parts: ClassVar[tuple[str, ...]] = ("instrument", "lanes")

    def __init__(self, settings: Settings) -> None:
        self._start, self._now, self._preset = settings, settings, "start"
        self._heat: Heat | None = None
        self._guesses: dict[Settings, str] = {}
        self._tried: dict[Settings, dict[str, Tried]] = {}
        """What the newest race with each of the settings has measured."""
        self._told_over = True
        self._track = Track()
        super().__init__()

    def measured(self, *ways: str) -> list[Tried]:
        """Return what these ways cost in a race with the settings that the view began with: (wait, size, requests).

        Runs such a race now if the reader has not done so yet.

        Raises:
            ValueError: If there is no such way, or a race with other settings is running.
            LivesockError: If the race fails or does not end.
        """
        for way in ways:
            if way not in WAYS:
                raise ValueError(f"a way is one of {', '.join(WAYS)}, not {quoted(way)}")
        tried = self._tried.get(self._start) or self._run_now()
        return [tried[way] for way in ways]

    def _run_now(self) -> dict[str, Tried]:
        heat = self._heat
        if heat is None or heat.settings != self._start:
            heat = self._track.begin(self.name, self._start)
            if self._now == self._start:
                self._heat, self._told_over = heat, False
        if not heat.done.wait(self._start.length + LATE) or heat.problem:
            raise LivesockError(heat.problem or "the race has not ended: run this cell again")
        self._remember(heat)
        return heat.tried()

    # -- what the page gets

    def snapshot(self) -> Message:
        return self._state()

    def news(self) -> Message | None:
        if self._told_over or self._heat is None:
            return None
        if self._heat.done.is_set():
            self._told_over = True
            self._remember(self._heat)
        return self._state()

    def _remember(self, heat: Heat) -> None:
        if heat.problem:
            return
        kept = {now: tried for now, tried in self._tried.items() if now != heat.settings}
        self._tried = dict([*kept.items(), (heat.settings, heat.tried())][-KEPT:])

    def _state(self) -> Message:
        now, heat = self._now, self._heat
        over = heat is None or heat.done.is_set()
        tried = heat.tried() if heat is not None and over else {}
        guess = self._guesses.get(now, "")
        question = question_of(guess, tried)
        self.guesses.settle(self._preset, question["right"])
        return {
            **lanes_of(heat, now, time.monotonic()),
            "settings": now._asdict(),
            "presets": [{"key": key, "text": preset.text} for key, preset in PRESETS.items()],
            "preset": self._preset,
            "sentence": sentence_of(now),
            "question": question,
            "busy": not over,
            "problem": heat.problem if heat else "",
            "outcome": outcome(guess, tried, now.events) if tried else None,
            "table": [[way, *_cells(tried[way], now.events)] for way in WAYS] if tried else [],
            "past": [self._past(settings, tried) for settings, tried in self._tried.items()],
        }

    def _past(self, settings: Settings, tried: dict[str, Tried]) -> list[str]:
        costs = [f"{tried[way].size / settings.events:.0f} B, {tried[way].wait * 1000:.0f} ms" for way in WAYS]
        return [sentence_of(settings), *costs]

    # -- what the reader does

    def on_message(self, message: Message) -> None:
        kind = message.get("kind")
        actions: dict[str, Callable[[Message], None]] = {
            "preset": self._choose,
            "turn": self._turn_knob,
            "guess": self._guess,
            "start": lambda m: self._begin(),
        }
        if not isinstance(kind, str) or kind not in actions:
            raise ValueError(f"a page of race() may send {', '.join(actions)}, not {kind!r:.60}")
        if self._heat is not None and not self._heat.done.is_set():
            raise ValueError("a race is running: wait until every client has its last event")
        actions[kind](message)
        self.send("news", news=self._state())

    def _choose(self, message: Message) -> None:
        key = message.get("key")
        if not isinstance(key, str) or key not in PRESETS:
            raise ValueError(f"a preset is one of {', '.join(PRESETS)}, not {quoted(key)}")
        self._become(_checked(**(self._start._asdict() | PRESETS[key].changes)))
        self._preset = key

    def _turn_knob(self, message: Message) -> None:
        name = message.get("name")
        if not isinstance(name, str) or name not in LIMITS:
            raise ValueError(f"a knob is one of {', '.join(LIMITS)}, not {quoted(name)}")
        self._become(_checked(**(self._now._asdict() | {name: message.get("value")})))

    def _become(self, now: Settings) -> None:
        if now != self._now:
            self._now, self._preset, self._heat = now, "", None  # a new question begins with empty lanes

    def _guess(self, message: Message) -> None:
        if message.get("key") not in WAYS:
            raise ValueError(f"a guess is one of {', '.join(WAYS)}, not {quoted(message.get('key'))}")
        self._guesses[self._now] = str(message["key"])
        self.guesses.make(self._preset, self._guesses[self._now])

    def _begin(self) -> None:
        self._heat, self._told_over = self._track.begin(self.name, self._now), False

    # -- without a browser

    def picture(self) -> str:
        tried, heat = self._tried.get(self._now), self._heat
        if heat is None or not tried or not heat.done.is_set():
            lines = [text(24, 32 + 22 * i, line, size=13) for i, line in enumerate(self.words().splitlines())]
            return document(22 * len(lines) + 24, title="a race", description=self.words(), body=lines)
        lanes = [
            Lane(
                way,
                [moment - heat.begin for moment in heat.readings[way].arrivals],
                *_cells(tried[way], heat.settings.events)[:2],
            )
            for way in WAYS
        ]
        return lanes_svg([moment - heat.begin for moment in heat.feed.times], lanes, description=self.words())

    def words(self) -> str:
        options = [f"    {option['text']}: {option['about']}" for option in question_of("", {})["options"]]
        return "\n".join([sentence_of(self._now), ASKED, *options])

    def finish(self) -> None:
        self._track.close()


def _cells(tried: Tried, events: int) -> list[str]:
    """Return the numbers of one way in a table."""
    return [f"{tried.wait * 1000:.1f} ms", f"{tried.size / events:.0f}", f"{tried.requests}"]


def _checked(**values: Any) -> Settings:
    """Return a race with these numbers.

    Raises:
        ValueError: If a number is missing or out of its limits, or the race would take too long.
    """
    for name, (least, most) in LIMITS.items():
        value = values[name]
        if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"{name} is a number from {least} to {most}, not {quoted(value)}")
    if values["events"] != int(values["events"]):
        raise ValueError(f"events is a whole number, not {quoted(values['events'])}")
    if values["events"] * values["gap"] > LONGEST:
        raise ValueError(f"this race would take more than {LONGEST:.0f} s: fewer events, or more of them in a second")
    return Settings(int(values["events"]), float(values["gap"]), float(values["every"]), float(values["delay"]))


def race(*, events: int = 20, gap: float = 0.15, every: float = 1.0, delay: float = 0.0) -> RaceView:
    """Return a view in which the reader starts races of `events` events, one every `gap` seconds on average.

    `every` is the pause of the polling client, `delay` the seconds that every byte needs for one way. The page has
    knobs for the last three. What a race cost is in `.measured("polling", "SSE")`.

    Raises:
        ValueError: If a number is out of its limits (`LIMITS`), or a race would take more than a minute.
    """
    return RaceView(_checked(events=events, gap=gap, every=every, delay=delay))
