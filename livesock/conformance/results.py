"""`Result` and `Findings`: what the judge found, as data; `show` makes text, pages and files of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from livesock.conformance.case import CaseVerdict
from livesock.conformance.stages import CORE, STAGES
from livesock.trace.recording import Trace

__all__ = ["Findings", "Result", "worst"]


@dataclass(frozen=True, slots=True)
class Result:
    """How one case ended."""

    case_id: str
    title: str
    section: str
    stage: int
    """The number of its stage; 0 for what belongs to none."""
    verdict: CaseVerdict
    sentence: str = ""
    """What came instead of what was expected, for the author of the server; empty when all is well."""
    lesson: str = ""
    """The rule in one sentence."""
    transcript: tuple[str, ...] = ()
    """What was sent, waited for, expected and got."""
    seconds: float = 0.0
    judge: str = "cases"
    """Who judged: cases, clients, autobahn or weather."""
    trace: Trace | None = field(default=None, repr=False, compare=False)
    """Every byte of the case, recorded at the judge's end."""


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that was found about one server."""

    target: str
    results: tuple[Result, ...]
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    """Sentences about the whole: what was left out, and why."""
    beside: tuple[Findings, ...] = ()
    """The same about servers of the world, if that was asked for."""
    output: str = ""
    """The last lines that the server printed."""

    def of(self, stage: int) -> tuple[Result, ...]:
        """Return the results of our own cases of a stage."""
        return tuple(one for one in self.results if one.stage == stage and one.judge == "cases")

    def by(self, judge: str) -> tuple[Result, ...]:
        """Return the results of one judge: cases, clients, autobahn or weather."""
        return tuple(one for one in self.results if one.judge == judge)

    def verdict(self, stage: int) -> CaseVerdict:
        """Return the worst verdict of a stage; NOT RUN if none of its cases was judged."""
        return worst(self.of(stage))

    @property
    def judges(self) -> tuple[str, ...]:
        """The judges that ran, in their order."""
        return tuple(dict.fromkeys(one.judge for one in self.results))

    @property
    def stages(self) -> tuple[int, ...]:
        """The numbers of the stages that were judged by our own cases."""
        return tuple(stage.number for stage in STAGES if self.of(stage.number))

    @property
    def reached(self) -> int:
        """The highest stage up to which nothing failed, of those that were judged; 0 if the first one did."""
        reached = 0
        for stage in self.stages:
            if self.verdict(stage).rank >= CaseVerdict.NOT_RUN.rank:
                break
            reached = stage
        return reached

    @property
    def failures(self) -> tuple[Result, ...]:
        """The results that failed, in their order."""
        return tuple(one for one in self.results if one.verdict is CaseVerdict.FAIL)

    @property
    def passed(self) -> bool:
        """Whether no stage of the twelve and no other judge has a FAIL, and all of what was asked for was judged.

        An extension counts when it was asked for by itself.
        """
        asked = [one for one in self.results if one.stage in CORE or one.stage == 0 or not self._has_core]
        return bool(asked) and all(one.verdict.rank < CaseVerdict.NOT_RUN.rank or _left_out(one) for one in asked)

    @property
    def _has_core(self) -> bool:
        return any(one.stage in CORE for one in self.results)


def worst(results: Sequence[Result]) -> CaseVerdict:
    """Return the worst verdict; NOT RUN without any."""
    return max((one.verdict for one in results), key=lambda verdict: verdict.rank, default=CaseVerdict.NOT_RUN)


def _left_out(one: Result) -> bool:
    """A client that is not installed is no fault of the server."""
    return one.verdict is CaseVerdict.NOT_RUN and one.judge != "cases"
