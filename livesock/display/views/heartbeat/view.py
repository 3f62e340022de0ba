"""`heartbeat()`: who notices that a connection is over, and when.

what happens, who pings, two durations ──► guess on the ladder ──► "Start" ──► Watch: a real connection ──► ladder
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

from livesock.display.parts.ladder import steps_in_words
from livesock.display.targets import quoted
from livesock.display.view import Message, View
from livesock.display.views.heartbeat.ladder import NAMES, bounded, ladder_from, plan_of
from livesock.display.views.heartbeat.picture import heartbeat_svg
from livesock.display.views.heartbeat.run import LENGTH, Setting, Watch
from livesock.display.views.heartbeat.words import (
    NEVER,
    PINGS,
    STORIES,
    code_of,
    outcome_of,
    rule_of,
    story_of,
    when_of,
)

__all__ = ["HeartbeatView", "heartbeat"]

LIMITS = {"interval": (0.2, 1.0), "timeout": (0.1, 0.8), "at": (0.3, 1.6)}
"""Seconds that each knob may have."""

NEAR = 0.25
"""Seconds by which a guess may be off."""


class HeartbeatView(View):
    """One connection, what happens to it, and when each end knows."""

    page: ClassVar[str] = "heartbeat"
    parts: ClassVar[tuple[str, ...]] = ("instrument", "ladder")

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._guesses: dict[str, float] = {}
        self._run_now: Watch | None = None
        self._told_done = True
        super().__init__()

    def measured(self, story: str | None = None, pings: str | None = None) -> dict[str, Any]:
        """Return what came of a story: of the newest run, if it is of that story, otherwise of a run made now.

        "client" and "server" say after how many seconds that end knew, None if it did not; "send" what the client's
        last `send` did: "returned", or the name of an exception; "codes" are the close codes that the two report.
        A run takes three seconds.

        Raises:
            ValueError: If there is no such story, or no such end that pings.
        """
        wanted = replace(
            self._setting,
            story=_known("story", story or self._setting.story, STORIES),
            pings=_known("pings", pings or self._setting.pings, PINGS),
        )
        run = self._run_now
        if run is None or run.problem or (run.setting.story, run.setting.pings) != (wanted.story, wanted.pings):
            self._setting = wanted
            run = self._begin()
        run.done.wait(LENGTH + 12)
        if run.problem or not run.done.is_set():
            raise RuntimeError(run.problem or "the run does not end")
        return {"client": _after(run, 0), "server": _after(run, 1), "send": run.sent, "codes": run.codes}

    # -- what the page gets

    def snapshot(self) -> Message:
        return self._state()

    def news(self) -> Message | None:
        run = self._run_now
        if self._told_done or run is None or not run.done.is_set():
            return None
        self._told_done = True
        return self._state()

    @property
    def _over(self) -> Watch | None:
        run = self._run_now
        return run if run is not None and run.done.is_set() else None

    def _state(self) -> Message:
        setting, run = self._setting, self._over
        return {
            "stories": [{"key": key, "text": one.button} for key, one in STORIES.items()],
            "story": setting.story,
            "pings": [{"key": key, "text": text} for key, text in PINGS.items()],
            "pinger": setting.pings,
            "knobs": {name: {"now": getattr(setting, name), "limits": limits} for name, limits in LIMITS.items()},
            "bound": round(setting.interval + setting.timeout, 1) if bounded(setting) else None,
            "sentence": story_of(setting),
            "settings": self._settings(),
            "running": self._run_now is not None and run is None,
            "number": run.number if run else 0,
            "ladder": ladder_from(run) if run and not run.problem else plan_of(setting),
            "length": LENGTH,
            "ends": [self._end(n, run) for n in (0, 1)],
            "outcome": outcome_of(run) if run else "",
            "rule": rule_of(run) if run else "",
        }

    def _settings(self) -> str:
        setting = self._setting
        if setting.pings == "neither":
            return "Neither end pings."
        who, s = PINGS[setting.pings].capitalize(), "" if setting.pings == "both" else "s"
        return f"{who} ping{s} every {setting.interval:.1f} s, and wait{s} {setting.timeout:.1f} s for the pong."

    def _end(self, end: int, run: Watch | None) -> Message:
        name, guess = NAMES[end], self._guesses.get(NAMES[end])
        came = when_of(run, end) if run and not run.problem else None
        is_known = run is not None and not run.problem
        is_near = guess is not None and (came is None) == (guess >= LENGTH) and abs((came or LENGTH) - guess) <= NEAR
        if is_known:
            self.guesses.settle(name, _shown(guess) if is_near else _shown(came))
        return {
            "guess": guess,
            "guessed": "" if guess is None else _shown(guess),
            "came": _shown(came) if is_known else "",
            "right": is_near if is_known and guess is not None else None,
            "says": code_of(run, end) if run and is_known else "",
        }

    # -- what the reader does

    def on_message(self, message: Message) -> None:
        kind = message.get("kind")
        actions: dict[str, Callable[[Message], object]] = {
            "story": lambda m: self._set(story=_known("story", m.get("key"), STORIES)),
            "pings": lambda m: self._set(pings=_known("pings", m.get("key"), PINGS)),
            "knob": lambda m: self._set(**{_known("knob", m.get("name"), LIMITS): _seconds(m)}),
            "guess": self._take_guess,
            "start": lambda m: self._begin(),
        }
        if not isinstance(kind, str) or kind not in actions:
            raise ValueError(f"a page of heartbeat() may send {', '.join(actions)}, not {quoted(kind)}")
        if self._run_now is not None and self._over is None:
            raise ValueError("the last run is not over yet: wait three seconds")
        actions[kind](message)
        self.send("news", news=self._state())

    def _set(self, **changes: Any) -> None:
        self._setting = replace(self._setting, **changes)
        self._run_now = None

    def _take_guess(self, message: Message) -> None:
        end, at = message.get("end"), message.get("at")
        if end not in (0, 1) or isinstance(at, bool) or not isinstance(at, int | float) or not 0 <= at <= LENGTH:
            raise ValueError(f"a guess is an end, 0 or 1, and a moment up to {LENGTH:g} s, not {quoted(message)}")
        if self._over is not None:  # what is known cannot be guessed: this one is for the next time
            self._guesses, self._run_now = {}, None
        self._guesses[NAMES[end]] = round(at, 1)
        self.guesses.make(NAMES[end], _shown(round(at, 1)))

    def _begin(self) -> Watch:
        self._told_done = False
        self._run_now = Watch(self._setting)
        return self._run_now

    # -- without a browser

    def picture(self) -> str:
        return heartbeat_svg(self._state(), self.words())

    def words(self) -> str:
        state = self._state()
        lines = [state["sentence"], state["settings"]]
        return "\n".join([*lines, *steps_in_words(state["ladder"]), state["outcome"], state["rule"]]).rstrip()

    def finish(self) -> None:
        if self._run_now is not None:
            self._run_now.join(LENGTH + 2.0)


def heartbeat(
    story: str = "cut", *, pings: str = "neither", interval: float = 0.5, timeout: float = 0.3, at: float = 0.8
) -> HeartbeatView:
    """Return a view of a connection to which something happens, and of the moment when each end knows.

    `story` is "cut" (the cable), "hangs" (the client's program), "blocked" (the server's loop) or "proxy" (one that
    cuts what is silent for 0.6 s); `pings` says who asks: "neither", "client", "server" or "both", every `interval`
    seconds, with `timeout` seconds for the pong. It happens after `at` seconds. Nothing runs until the button is
    pressed, or `.measured()` is called.

    Raises:
        ValueError: If there is no such story or end, or a duration is out of range.
    """
    durations = {"interval": interval, "timeout": timeout, "at": at}
    for name, value in durations.items():
        _seconds({"name": name, "value": value})
    return HeartbeatView(Setting(_known("story", story, STORIES), _known("pings", pings, PINGS), **durations))


def _after(run: Watch, end: int) -> float | None:
    knew = run.knew(end)
    return None if knew is None else round(max(0.0, knew - (run.happened or run.began)), 1)


def _shown(at: float | None) -> str:
    return NEVER if at is None or at >= LENGTH else f"{at:.1f} s"


def _known(what: str, key: Any, known: Any) -> Any:
    if not isinstance(key, str) or key not in known:
        raise ValueError(f"{what} is one of {', '.join(known)}, not {quoted(key)}")
    return key


def _seconds(message: Message) -> float:
    name, value = message.get("name"), message.get("value")
    least, most = LIMITS[_known("knob", name, LIMITS)]
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise ValueError(f"{name} is {least:g} to {most:g} s, not {quoted(value)}")
    return round(float(value), 2)
