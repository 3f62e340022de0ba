"""`goodbye()`: how a WebSocket ends. Choose an ending, guess two codes, and see what each end reports and what crossed.

an ending ──► guess ──► "End it" ──► Farewell: a real server, a real client ──► two traces ──► ladder, codes, table
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from livesock.display.parts.framesteps import ladder_from
from livesock.display.parts.ladder import LEAST, steps_in_words
from livesock.display.view import Message, View
from livesock.display.views.goodbye.closes import goodbyes_of
from livesock.display.views.goodbye.endings import CODES, ENDINGS, Farewell, Lend, Report
from livesock.display.views.goodbye.picture import goodbye_svg
from livesock.display.views.goodbye.words import NAMES, crossed_words, made_by, rule_of, sentence_of, tally

__all__ = ["GoodbyeView", "goodbye"]

ASKED = "Which code will each end report?"
LONGEST_RUN = 15.0


class GoodbyeView(View):
    """The ladder of one ending, and the table of those tried so far."""

    page: ClassVar[str] = "goodbye"
    parts: ClassVar[tuple[str, ...]] = ("instrument", "ladder")

    def __init__(self, start: str, lend: Lend | None = None) -> None:
        self._ending, self._lend = start, lend
        self._guesses: dict[str, int] = {}
        self._farewell: Farewell | None = None
        self._runs: dict[str, Farewell] = {}
        """The newest run of each ending that the reader has tried."""
        self._told_done = True
        super().__init__()

    def end(self, key: str) -> GoodbyeView:
        """End a connection this way, wait until it is over, and return the view: what the page's button does.

        Raises:
            ValueError: If `key` is not an ending.
        """
        farewell = Farewell(_known(key), self._lend)
        farewell.join(LONGEST_RUN)
        self._ending, self._farewell, self._told_done = key, farewell, False
        self._remember(farewell)
        return self

    def crossed(self, key: str) -> list[int | None]:
        """Return the code of each Close frame that crossed in the newest run of an ending; None is one without a code.

        Ends a connection this way now if the reader has not done so yet.

        Raises:
            ValueError: If `key` is not an ending.
        """
        run = self._runs.get(_known(key)) or Farewell(key, self._lend)
        run.join(LONGEST_RUN)
        return [one.code for one in goodbyes_of(run) if one.arrived]

    # -- what the page gets

    def snapshot(self) -> Message:
        return self._state()

    def news(self) -> Message | None:
        if self._told_done or self._farewell is None or not self._farewell.done.is_set():
            return None
        self._told_done = True
        return self._state()

    def _state(self) -> Message:
        ending, run = ENDINGS[self._ending], self._farewell
        over = run is not None and run.done.is_set()
        goodbyes = goodbyes_of(run) if run is not None and over else []
        if run is not None and over:
            self._remember(run)
        if run is not None and over and not run.problem:
            self.guesses.settle(run.key, f"{run.client.code} {run.server.code}")
        return {
            "endings": [{"key": key, "text": one.button} for key, one in ENDINGS.items()],
            "ending": self._ending,
            "codes": list(CODES),
            "guesses": dict(self._guesses),
            "sentence": sentence_of(run, goodbyes) if run is not None and over else f"{ending.story} {ASKED}",
            "rule": rule_of(run, goodbyes) if run is not None and over else "",
            "whose": made_by(run.whose) if run is not None and over else "",
            "running": run is not None and not over,
            "run": self._result(run) if run is not None and over else None,
            "least": LEAST,
            "tried": [self._line(key) for key in ENDINGS],
            "tally": tally([(run.client, run.server, goodbyes_of(run)) for run in list(self._runs.values())]),
        }

    def _result(self, run: Farewell) -> Message:
        reports = (run.client, run.server)
        return {
            "number": run.number,
            "ladder": ladder_from(run),
            "crossed": crossed_words(goodbyes_of(run)),
            "ends": [self._end(name, report) for name, report in zip(NAMES, reports, strict=True)],
        }

    def _end(self, name: str, report: Report) -> Message:
        guess = self._guesses.get(name)
        return {
            "code": report.code,
            "reason": report.reason,
            "error": report.error,
            "guess": guess,
            "right": None if guess is None else guess == report.code,
        }

    def _remember(self, run: Farewell) -> None:
        if not run.problem:
            self._runs[run.key] = run

    def _line(self, key: str) -> Message:
        """Return one line of the table, empty until the reader has tried the ending."""
        run = self._runs.get(key)
        if run is None:
            return {"key": key, "ending": ENDINGS[key].button, "client": None, "server": None, "crossed": []}
        crossed = crossed_words(goodbyes_of(run))
        codes = {"client": run.client.code, "server": run.server.code}
        return {"key": key, "ending": ENDINGS[key].button, **codes, "crossed": crossed}

    # -- what the reader does

    def on_message(self, message: Message) -> None:
        kind = message.get("kind")
        actions: dict[str, Callable[[Message], None]] = {
            "ending": self._choose,
            "guess": self._guess,
            "end": self._begin,
        }
        if not isinstance(kind, str) or kind not in actions:
            raise ValueError(f"a page of goodbye() may send {', '.join(actions)}, not {kind!r:.60}")
        actions[kind](message)
        self.send("news", news=self._state())

    def _choose(self, message: Message) -> None:
        self._must_rest()
        self._ending = _known(message.get("key"))
        self._guesses, self._farewell = {}, None

    def _guess(self, message: Message) -> None:
        end, code = message.get("end"), message.get("code")
        if end not in NAMES or code not in CODES:
            raise ValueError(
                f"a guess is one of {CODES} for the client or the server, not {code!r:.60} for {end!r:.60}"
            )
        self._must_rest()
        if self._farewell is not None:  # what is known cannot be guessed: this one is for the next time
            self._guesses, self._farewell = {}, None
        self._guesses[end] = code
        if len(self._guesses) == len(NAMES):
            self.guesses.make(self._ending, " ".join(str(self._guesses[name]) for name in NAMES))

    def _begin(self, message: Message) -> None:
        self._must_rest()
        self._farewell, self._told_done = Farewell(self._ending, self._lend), False

    def _must_rest(self) -> None:
        if self._farewell is not None and not self._farewell.done.is_set():
            raise ValueError("the last ending is still running: wait a second or two")

    # -- without a browser

    def picture(self) -> str:
        return goodbye_svg(self._state(), self.words())

    def words(self) -> str:
        state = self._state()
        lines = [state["sentence"]]
        run = state["run"]
        if run is None:
            return "\n".join([*lines, f"one of {', '.join(map(str, CODES))}"])
        lines += steps_in_words(run["ladder"])
        lines += [f"{name} reports {end['code']}" for name, end in zip(NAMES, run["ends"], strict=True)]
        return "\n".join([*lines, state["rule"]])

    def finish(self) -> None:
        if self._farewell is not None:
            self._farewell.join(1.0)


def goodbye(start: str = "close", *, lend: Lend | None = None) -> GoodbyeView:
    """Return a view that ends real connections in seven ways, and compares what each end reports with what crossed.

    `start` is the ending that it begins with: "close", "code", "returns", "raises", "abort", "cut" or "both". Nothing
    runs until the button is pressed, or `.end("abort")` is called, and nothing stays open afterwards.

    `lend(ws)` is called with the server's end of each connection before its first message: it may let functions of
    your own end it, and returns whose they are.

    Raises:
        ValueError: If `start` is not an ending.
    """
    return GoodbyeView(_known(start), lend)


def _known(key: object) -> str:
    if not isinstance(key, str) or key not in ENDINGS:
        raise ValueError(f"an ending is one of {', '.join(ENDINGS)}, not {key!r:.60}")
    return key
