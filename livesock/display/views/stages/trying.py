"""`Trying`: a server file before the judge, one stage after the other, on a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from livesock.conformance import CaseVerdict, Judgement, Result, judge

__all__ = ["Trying", "outcome_of"]

Tell = Callable[[int, Judgement], None]
"""Called with the number of a stage and its report, on the thread of the trying."""


class Trying:
    """Judges `stages` in order; with `climbs`, the first one that fails is the last."""

    def __init__(self, target: str, stages: Sequence[int], tell: Tell, *, climbs: bool = False) -> None:
        self._target, self._stages, self._tell, self._climbs = target, stages, tell, climbs
        self.at = 0
        """The stage that is being judged."""
        self.problem = ""
        """Why nothing can be judged."""
        self.done = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="livesock judging", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            for number in self._stages:
                if self._stopping.is_set():
                    return
                self.at = number
                report = judge(self._target, number)
                self._tell(number, report)
                if self._climbs and outcome_of(report.results) == "fail":
                    return
        except (OSError, ValueError) as exc:
            self.problem = missing(self._target) if isinstance(exc, FileNotFoundError) else str(exc)
        finally:
            self.at = 0
            self.done.set()

    def join(self, timeout: float) -> bool:
        """Wait until it is over; return whether it is."""
        self._thread.join(timeout)
        return self.done.is_set()

    def stop(self) -> None:
        """Judge no further stage."""
        self._stopping.set()


def outcome_of(results: Sequence[Result]) -> str:
    """Return the worst of a stage in a word: "pass", "non-strict" or "fail"; "" if it was not judged."""
    if not results:
        return ""
    worst = max((one.verdict for one in results), key=lambda verdict: verdict.rank)
    return {CaseVerdict.PASS: "pass", CaseVerdict.NON_STRICT: "non-strict"}.get(worst, "fail")


def missing(target: str) -> str:
    return f"There is no file {Path(target).name} in this folder yet."
