"""`silence()`: four ways in which a server sends nothing, and what `recv` says to each.

a silence ──► guess ──► "Call recv" ──► Listening: a real TCP connection ──► two traces ──► ladder, answer, table
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from livesock.display.parts.ladder import steps_in_words
from livesock.display.view import Message, View
from livesock.display.views.silence.ladder import LEAST, ladder_from
from livesock.display.views.silence.listening import SAID, SILENCES, Listening
from livesock.display.views.silence.picture import silence_svg
from livesock.display.views.silence.words import ASKED, outcome_of, rule_of, tally_of, tempting

__all__ = ["SilenceView", "silence"]


class SilenceView(View):
    """The ladder of one silence, and the table of those tried so far."""

    page: ClassVar[str] = "silence"
    parts: ClassVar[tuple[str, ...]] = ("instrument", "ladder")

    def __init__(self, start: str) -> None:
        self._key = start
        self._guess = ""
        self._run_now: Listening | None = None
        self._runs: dict[str, Listening] = {}
        """The newest run of each silence that the reader has tried."""
        self._told_done = True
        super().__init__()

    @property
    def said(self) -> list[str]:
        """What each `recv` of the last run said after `b"one"`."""
        return [] if self._run_now is None else [SAID[said] for said in self._run_now.said]

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
    def _over(self) -> Listening | None:
        run = self._run_now
        return run if run is not None and run.done.is_set() else None

    def _state(self) -> Message:
        run = self._over
        if run is not None and not run.problem:
            self._runs[run.key] = run
        return {
            "presets": [{"key": key, "text": one.button} for key, one in SILENCES.items()],
            "preset": self._key,
            "sentence": SILENCES[self._key].story,
            "question": self._question(run),
            "running": self._run_now is not None and run is None,
            "run": None if run is None else {"number": run.number, "ladder": ladder_from(run)},
            "outcome": outcome_of(run) if run else "",
            "rule": rule_of(run) if run else "",
            "least": LEAST,
            "tried": [self._line(key) for key in SILENCES],
            "tally": tally_of(self._runs),
        }

    def _question(self, run: Listening | None) -> Message:
        said = run.said[0] if run is not None and run.said else ""
        self.guesses.settle(self._key, said)
        return {
            "text": ASKED,
            "options": [{"key": key, "text": text} for key, text in SAID.items()],
            "chosen": self._guess,
            "right": said,
            "why": "over" if said else "",
            "tempts": tempting(self._guess, said) if said and self._guess else "",
        }

    def _line(self, key: str) -> Message:
        """Return one line of the table, empty until the reader has tried the silence."""
        run = self._runs.get(key)
        return {"key": key, "text": SILENCES[key].button, "said": [SAID[said] for said in run.said] if run else []}

    # -- what the reader does

    def on_message(self, message: Message) -> None:
        kind = message.get("kind")
        actions: dict[str, Callable[[Message], None]] = {
            "preset": self._choose,
            "guess": self._take_guess,
            "run": self._begin,
        }
        if not isinstance(kind, str) or kind not in actions:
            raise ValueError(f"a page of silence() may send {', '.join(actions)}, not {kind!r:.60}")
        if self._run_now is not None and self._over is None:
            raise ValueError("the last run is not over yet: wait a second")
        actions[kind](message)
        self.send("news", news=self._state())

    def _choose(self, message: Message) -> None:
        self._key = _known(message.get("key"))
        self._guess, self._run_now = "", None

    def _take_guess(self, message: Message) -> None:
        key = message.get("key")
        if not isinstance(key, str) or key not in SAID:
            raise ValueError(f"a guess is one of {', '.join(SAID)}, not {key!r:.60}")
        self._guess, self._run_now = key, None  # what is known cannot be guessed: this one is for the next time
        self.guesses.make(self._key, key)

    def _begin(self, message: Message) -> None:
        self._run_now, self._told_done = Listening(self._key), False

    # -- without a browser

    def picture(self) -> str:
        return silence_svg(self._state(), self.words())

    def words(self) -> str:
        state = self._state()
        if state["run"] is None:
            return "\n".join([f"{state['sentence']} {ASKED}", *(f"    {text}" for text in SAID.values())])
        return "\n".join([state["sentence"], *steps_in_words(state["run"]["ladder"]), state["outcome"], state["rule"]])

    def finish(self) -> None:
        if self._run_now is not None:
            self._run_now.join(1.0)


def silence(start: str = "thinks") -> SilenceView:
    """Return a view in which a server is silent in four ways, and `recv` says what it can know of it.

    `start` is the silence that it begins with: "thinks", "ends", "resets" or "cut". Each press makes a new TCP
    connection; what `recv` said to the last one is in `.said`.

    Raises:
        ValueError: If `start` is not one of them.
    """
    return SilenceView(_known(start))


def _known(key: object) -> str:
    if not isinstance(key, str) or key not in SILENCES:
        raise ValueError(f"a silence is one of {', '.join(SILENCES)}, not {key!r:.60}")
    return key
