"""A report as a page: the ladder, the other judges, the table beside servers of the world, and every case.

The page is one file without a script. In a notebook the same thing is the output of a cell, without what passes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from livesock.conformance.case import CaseVerdict
from livesock.conformance.results import Findings, Result, worst
from livesock.conformance.show.case_page import case, verdict
from livesock.conformance.show.text import MARKS, NAMES, summary
from livesock.conformance.stages import STAGES

__all__ = ["in_a_cell", "to_html"]

STYLE = Path(__file__).with_name("page.css")

FOLDERS = re.compile(r'(?<=File ")[^"\n]*[/\\]')
"""The way to a file in a traceback: of no use to a reader, and of one machine."""

OPEN = 3
"""Failures whose fold is open when the page is; in a cell it is the first one."""

HOW_TO_READ = (
    "PASS is what the case asks for. NON-STRICT is another answer that the specification allows. FAIL is one that it "
    "does not. A difference is a place to read the section and to decide: the judge can be wrong, and famous servers "
    "differ too."
)


def to_html(report: Findings) -> str:
    """Return a page of its own, with every case and its bytes."""
    return "".join(
        (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width">',
            f"<title>{escape(report.target)}, judged</title><style>{_style()}</style></head>",
            '<body class="ls-page"><main class="ls-judged">',
            *_body(report, is_whole=True),
            "</main></body></html>\n",
        )
    )


def in_a_cell(report: Findings) -> str:
    """Return what a notebook shows: the ladder, and the cases that did not pass."""
    return "".join((f"<style>{_style()}</style>", '<div class="ls-judged">', *_body(report, is_whole=False), "</div>"))


def _style() -> str:
    return STYLE.read_text("utf-8")


def _body(report: Findings, *, is_whole: bool) -> Iterator[str]:
    if not report.results:
        yield f"<p>{escape(report.target)}: {escape(' '.join(report.notes))}</p>"
        return
    yield f"<h1>{escape(report.target)}</h1><p>{escape(summary(report))}, in {report.seconds:.1f} s.</p>"
    if is_whole or len(report.stages) > 1:
        yield f'<p class="ls-faint">{HOW_TO_READ}</p>'
    yield from (f"<p>{escape(note)}</p>" for note in report.notes)
    yield from _ladder(report)
    yield from _beside(report)
    opened = [id(one) for one in report.failures[: OPEN if is_whole else 1]]
    for stage in STAGES:
        if found := report.of(stage.number):
            title = f"{stage.number} {escape(stage.title)}"
            yield from _section(f"stage-{stage.number}", title, stage.why, found, opened, is_whole)
    for judge in report.judges:
        if judge != "cases":
            title = NAMES[judge][:1].upper() + NAMES[judge][1:]
            yield from _section(f"judge-{judge}", title, "", report.by(judge), opened, is_whole and judge != "autobahn")
    if report.output.strip() and (is_whole or report.failures):
        printed = f"<pre>{escape(FOLDERS.sub('', report.output[-3000:]))}</pre>"
        title = "What the server printed last"
        yield f"<h2>{title}</h2>{printed}" if is_whole else f"<details><summary>{title}</summary>{printed}</details>"


def _ladder(report: Findings) -> Iterator[str]:
    """Yield the stages as rungs, and the other judges below them."""
    yield '<ol class="ls-rungs">'
    is_extension = False
    for stage in STAGES:
        if found := report.of(stage.number):
            border = " ls-border" if stage.is_extension and not is_extension else ""
            is_extension = stage.is_extension
            yield _rung(str(stage.number), stage.name, f"stage-{stage.number}", found, border)
    for number, judge in enumerate(report.judges):
        if judge != "cases":
            yield _rung("", judge, f"judge-{judge}", report.by(judge), " ls-border" * (number == 1))
    yield "</ol>"


def _rung(number: str, name: str, place: str, found: Sequence[Result], border: str) -> str:
    judged = [one for one in found if one.verdict is not CaseVerdict.NOT_RUN]
    whole = worst(judged) if judged else CaseVerdict.NOT_RUN
    return (
        f'<li class="{border.strip()}"><span class="ls-number">{number}</span><a href="#{place}">{name}</a>'
        f'<span class="ls-marks" aria-hidden="true">{_marks(found)}</span>'
        f"<span>{verdict(whole)} {_counts(found)}</span></li>"
    )


def _marks(found: Sequence[Result]) -> str:
    if len(found) > 60:
        return ""
    return "".join(
        f'<span class="ls-{one.verdict.name}" title="{escape(one.case_id)} {escape(one.title)}">'
        f"{MARKS[one.verdict]}</span>"
        for one in found
    )


def _counts(found: Sequence[Result]) -> str:
    passed = sum(one.verdict is CaseVerdict.PASS for one in found)
    return f'<span class="ls-faint">{passed} of {len(found)}</span>'


def _section(
    place: str, title: str, why: str, found: Sequence[Result], opened: list[int], is_whole: bool
) -> Iterator[str]:
    shown = [one for one in found if is_whole or one.verdict not in (CaseVerdict.PASS, CaseVerdict.NOT_RUN)]
    if not shown and not is_whole:
        return
    yield f'<h2 id="{place}">{title}</h2>'
    yield f"<p>{escape(why)}</p>" if why else ""
    yield from (case(one, is_open=id(one) in opened) for one in shown)
    hidden = [one.verdict is CaseVerdict.PASS for one in found if one not in shown]
    counted = [(hidden.count(True), "pass"), (hidden.count(False), "not run")]
    if hidden:
        yield f'<p class="ls-faint">{", ".join(f"{count} {what}" for count, what in counted if count)}.</p>'


def _beside(report: Findings) -> Iterator[str]:
    """Yield the table of this server and others, a row for each stage."""
    if not report.beside:
        return
    columns: list[Findings] = [report, *report.beside]
    yield "<h2>Yours beside others</h2><p>The same cases, the same machine, each server as its documentation shows it. "
    yield "What is not PASS there is explained in docs/judged.md: an invitation to read, and no ranking.</p>"
    yield '<div class="ls-scroll"><table><thead><tr><th scope="col">stage</th>'
    yield "".join(f'<th scope="col">{escape("yours" if one is report else one.target)}</th>' for one in columns)
    yield "</tr></thead><tbody>"
    for stage in STAGES:
        if report.of(stage.number):
            cells = "".join(f"<td>{_cell(one.of(stage.number))}</td>" for one in columns)
            yield f'<tr><th scope="row">{stage.number} {stage.name}</th>{cells}</tr>'
    yield "</tbody></table></div>"


def _cell(found: Sequence[Result]) -> str:
    if not found:
        return '<span class="ls-faint">not judged</span>'
    judged = [one for one in found if one.verdict is not CaseVerdict.NOT_RUN]
    loose = [one.case_id for one in found if one.verdict is CaseVerdict.NON_STRICT]
    failed = [one.case_id for one in found if one.verdict is CaseVerdict.FAIL]
    lines = [f"{verdict(worst(judged) if judged else CaseVerdict.NOT_RUN)} {_counts(found)}"]
    lines += [f'<br><span class="ls-FAIL">✕ {_some(failed)}</span>'] if failed else []
    lines += [f'<br><span class="ls-NON_STRICT">~ {_some(loose)}</span>'] if loose else []
    return "".join(lines)


def _some(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - 4} more" if len(ids) > 4 else ""
    return escape(", ".join(ids[:4]) + more)
