"""`stages("my_server.py")`: the ladder of stages of a WebSocket server. It fills while the server is judged.

a rung ──► its page: why, what the tester sends, what it must see ──► "Judge" ──► conformance.judge ──► verdicts, bytes
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from livesock.conformance import STAGES, Judgement, Result, cases_of, stage_of
from livesock.conformance.stages import CORE
from livesock.display.view import Message
from livesock.display.views.stages.asked import lines_of
from livesock.display.views.stages.picture import stages_svg
from livesock.display.views.stages.trying import Trying, missing, outcome_of
from livesock.display.whole import WholeView

__all__ = ["StagesView", "stages"]

LINES = 20
"""The last lines of what a server printed that a page shows."""

LONGEST = 60.0
"""Seconds that `judge()` waits at most."""


class StagesView(WholeView):
    """The ladder of one server. `judge` may be called from any thread."""

    page: ClassVar[str] = "stages"
    parts: ClassVar[tuple[str, ...]] = ("instrument",)

    def __init__(self, target: str, start: int) -> None:
        self._target = target
        self._chosen = start
        self._watches = False
        self._found: dict[int, tuple[Result, ...]] = {}
        self._reports: dict[int, Judgement] = {}
        self._trying: Trying | None = None
        self._mutex = threading.Lock()
        self._saved = self._time_of_file()
        super().__init__()

    def judge(self, stage: int | str | None = None) -> Judgement:
        """Judge one stage, or climb from the first one to the first that fails; return the report when it is over.

        Raises:
            ValueError: If there is no such stage.
        """
        numbers = list(CORE) if stage is None else [stage_of(stage).number]
        self._chosen = numbers[0] if stage is not None else self._chosen
        if self._cannot_start() and numbers[0] != 1:
            return self._report([], "Stage 1 fails, so nothing above it was tried.")
        trying = self._begin(numbers, climbs=stage is None)
        trying.join(LONGEST)
        return self._report(numbers, trying.problem)

    def _cannot_start(self) -> bool:
        """Whether the first stage has failed, and the file is still the one that was judged."""
        with self._mutex:
            return outcome_of(self._found.get(1, ())) == "fail" and self._saved == self._time_of_file() != 0.0

    def _report(self, numbers: Sequence[int], note: str) -> Judgement:
        with self._mutex:
            results = [one for number in numbers for one in self._found.get(number, ())]
            output = next((self._reports[n].output for n in numbers if n in self._reports), "")
        seconds = sum(one.seconds for one in results)
        notes = (note,) if note else ()
        return Judgement(Path(self._target).name, tuple(results), seconds=seconds, notes=notes, output=output)

    @property
    def reached(self) -> int:
        """The highest stage up to which nothing has failed, 0 if the first one is not passed."""
        with self._mutex:
            passed = [n for n in CORE if outcome_of(self._found.get(n, ())) in ("pass", "non-strict")]
        return next((n - 1 for n in CORE if n not in passed), CORE[-1])

    def _begin(self, numbers: Sequence[int], *, climbs: bool) -> Trying:
        if self._trying is not None and not self._trying.done.is_set():
            self._trying.stop()
            self._trying.join(LONGEST)
        self._saved = self._time_of_file()
        self._trying = Trying(self._target, numbers, partial(self._remember, climbs=climbs), climbs=climbs)
        return self._trying

    def _remember(self, number: int, report: Judgement, *, climbs: bool) -> None:
        outcome = outcome_of(report.results)
        with self._mutex:
            self._found[number], self._reports[number] = report.results, report
            if climbs and outcome == "fail":  # what stands above was said of an earlier file
                self._found = {below: found for below, found in self._found.items() if below <= number}
        self.guesses.tried(stage_of(number).name, "failed" if outcome == "fail" else "passed")
        if outcome == "fail":
            self._chosen = number

    def _time_of_file(self) -> float:
        try:
            return Path(self._target).stat().st_mtime
        except OSError:  # an address, or no file yet
            return 0.0

    # -- what the page gets

    def news(self) -> Message | None:
        is_idle = self._trying is None or self._trying.done.is_set()
        if self._watches and is_idle and self._time_of_file() not in (self._saved, 0.0):
            self._begin(CORE, climbs=True)
        return super().news()

    def state(self) -> Message:
        running = self._trying is not None and not self._trying.done.is_set()
        with self._mutex:
            found = dict(self._found)
            report = self._reports.get(self._chosen)
        chosen = stage_of(self._chosen)
        rungs = [
            {
                "number": one.number,
                "name": one.name,
                "title": one.title,
                "extension": one.is_extension,
                "outcome": outcome_of(found.get(one.number, ())),
                "running": bool(running and self._trying and self._trying.at == one.number),
            }
            for one in STAGES
        ]
        return {
            "target": Path(self._target).name if "://" not in self._target else self._target,
            "rungs": rungs,
            "chosen": chosen.number,
            "why": chosen.why,
            "not_yet": chosen.not_yet,
            "cases": [self._case(case, found.get(chosen.number, ())) for case in cases_of(chosen.number)],
            "notes": list(report.notes) if report else [],
            "output": "\n".join(report.output.splitlines()[-LINES:]) if report else "",
            "running": running,
            "watches": self._watches,
            "sentence": self._sentence(running),
        }

    def _sentence(self, running: bool) -> str:
        if running and self._trying:
            return f"Stage {self._trying.at} is being judged …" if self._trying.at else "Judging …"
        if self._trying is not None and self._trying.problem:
            return self._trying.problem
        if not self._found and "://" not in self._target and not self._saved and not self._time_of_file():
            return missing(self._target)
        if not self._found:
            return "Nothing was judged yet."
        reached = self.reached
        if reached == CORE[-1]:
            return f"All {CORE[-1]} stages: this is a WebSocket server."
        return f"Stage {reached} of {CORE[-1]} reached." if reached else "Stage 1 is not passed yet."

    def _case(self, case: Any, results: Sequence[Result]) -> Message:
        result = next((one for one in results if one.case_id == case.id), None)
        return {
            "id": case.id,
            "title": case.title,
            "section": case.section,
            "lesson": case.lesson,
            "steps": [list(line) for line in lines_of(case)],
            "verdict": result.verdict.value if result else "",
            "sentence": result.sentence if result else "",
            "transcript": list(result.transcript) if result and result.verdict.value != "PASS" else [],
        }

    # -- what the reader does

    def on_message(self, message: Message) -> None:
        kind, number = message.get("kind"), message.get("number")
        if kind == "choose":
            self._chosen = _known(number)
        elif kind == "judge":
            self._chosen = _known(number)
            self._begin([self._chosen], climbs=False)
        elif kind == "climb":
            self._begin(CORE, climbs=True)
        elif kind == "watch":
            self._watches, self._saved = bool(message.get("on")), self._time_of_file()
        else:
            raise ValueError(f"a page of stages() may send choose, judge, climb or watch, not {kind!r:.60}")

    # -- without a browser

    def picture(self) -> str:
        return stages_svg(self.state(), self.words())

    def words(self) -> str:
        state = self.state()
        signs = {"pass": "✓", "non-strict": "~", "fail": "✕", "": "○"}
        rungs = "  ".join(f"{signs[one['outcome']]} {one['number']} {one['name']}" for one in state["rungs"])
        return f"{state['target']}: {state['sentence']}\n{rungs}"

    def finish(self) -> None:
        if self._trying is not None:
            self._trying.stop()
            self._trying.join(3.0)


def _known(number: object) -> int:
    if not isinstance(number, int) or isinstance(number, bool):
        raise ValueError(f"a stage is a number from 1 to {STAGES[-1].number}, not {number!r:.60}")
    return stage_of(number).number


def stages(target: str | Path = "my_server.py", start: int = 1) -> StagesView:
    """Return the ladder of stages of a WebSocket server, and judge it when asked: a file, or the address of one.

    `start` is the stage whose page is open at first. `.judge(5)` judges one stage and returns its report; `.judge()`
    climbs to the first stage that fails.

    Raises:
        ValueError: If there is no such stage.
    """
    return StagesView(str(target), _known(start))
