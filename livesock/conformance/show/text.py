"""A report as plain text, for a terminal.

my_server.py                                                    stage 9 reached, 3.1 s
 8  clients     ✓ 6 of 6
 9  ping        ✕ 4 of 6
    9b FAIL  a ping with a payload (RFC 6455, 5.5.3)
       The pong carries "", and the ping carried "abc". A pong carries the payload of its ping, byte for byte.
         sent 89 83 37 fa 21 3d 56 98 42 (ping "abc")
         expected 8a 03 61 62 63 (pong "abc")
         got 8a 00 (empty pong)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from livesock.conformance.case import CaseVerdict
from livesock.conformance.results import Findings, Result, worst
from livesock.conformance.stages import STAGES

__all__ = ["MARKS", "NAMES", "summary", "to_text"]

MARKS = {CaseVerdict.PASS: "✓", CaseVerdict.NON_STRICT: "~", CaseVerdict.NOT_RUN: "·", CaseVerdict.FAIL: "✕"}
"""A sign for each verdict; the word stands beside it."""

NAMES = {
    "clients": "clients that others wrote",
    "autobahn": "Autobahn's cases",
    "weather": "rough weather",
}

SHOWN = 3
"""Failures that are shown with their transcripts, the first ones: they come first in mending, too."""


def to_text(report: Findings) -> str:
    """Return the ladder, and below each rung what did not pass."""
    return "\n".join(_lines(report))


def summary(report: Findings) -> str:
    """Return the result in one sentence."""
    judged = [one for one in report.results if one.verdict is not CaseVerdict.NOT_RUN]
    passed = sum(one.verdict is CaseVerdict.PASS for one in judged)
    loose = sum(one.verdict is CaseVerdict.NON_STRICT for one in judged)
    words = [f"{passed} of {len(judged)} pass"]
    words += [f"{loose} non-strict"] if loose else []
    words += [f"{len(report.failures)} fail"] if report.failures else []
    if len(report.stages) > 1:
        words.append(f"reached stage {report.reached}" if report.reached else "stage 1 is not reached yet")
    return ", ".join(words)


def _lines(report: Findings) -> Iterator[str]:
    if not report.results:
        yield f"{report.target}: {' '.join(report.notes)}"
        return
    yield f"{report.target}: {summary(report)} ({report.seconds:.1f} s)"
    detailed = set(report.failures[:SHOWN])
    for stage in STAGES:
        if found := report.of(stage.number):
            yield from _rung(f"{stage.number:>2}  {stage.name:<12}", found, detailed)
    for judge in report.judges:
        if judge != "cases":
            yield from _rung(f"    {NAMES[judge]:<26}", report.by(judge), detailed)
    for note in report.notes:
        yield f"note: {note}"


def _rung(name: str, found: Sequence[Result], detailed: set[Result]) -> Iterator[str]:
    judged = [one for one in found if one.verdict is not CaseVerdict.NOT_RUN]
    verdict = worst(found) if judged else CaseVerdict.NOT_RUN
    passed = sum(one.verdict is CaseVerdict.PASS for one in found)
    yield f"{name}{MARKS[verdict]} {passed} of {len(found)} pass"
    for one in found:
        if one.verdict in (CaseVerdict.PASS, CaseVerdict.NOT_RUN):
            continue
        where = f", stage {one.stage}" if one.judge != "cases" and one.stage else ""
        yield f"      {one.case_id} {one.verdict.value}  {one.title} ({one.section}{where})"
        if one.sentence:
            yield f"          {one.sentence}"
        if one in detailed:
            if one.lesson:
                yield f"          The rule: {one.lesson}"
            yield from (f"            {line}" for line in one.transcript)
    for reason in dict.fromkeys(one.sentence for one in found if one.verdict is CaseVerdict.NOT_RUN):
        which = [one.case_id for one in found if one.verdict is CaseVerdict.NOT_RUN and one.sentence == reason]
        yield f"      NOT RUN  {', '.join(dict.fromkeys(which))}: {reason}"
