"""How far a learner is: per lesson the exercises and the predictions, and the one thing to do next."""

from __future__ import annotations

import html
import os
from collections.abc import Sequence
from dataclasses import dataclass

from livesock.learn import catalogue, words
from livesock.learn.exercise import Lesson
from livesock.learn.show.page import Page, box, line
from livesock.learn.store import Store

__all__ = ["Part", "Standing", "closed", "counted", "earned", "next_step", "page", "standings"]


TRIES = 3
"""Failed checks before the solution is open."""

WAIT = 300
"""Seconds after the first failed check before the solution is open."""


@dataclass(frozen=True)
class Part:
    """One exercise and what was done with it."""

    id: str
    passed: bool
    checks: int
    hints: int

    @property
    def is_begun(self) -> bool:
        return self.passed or self.checks > 0 or self.hints > 0

    @property
    def sign(self) -> str:
        return words.RIGHT if self.passed else words.BEGUN if self.is_begun else words.OPEN

    @property
    def name(self) -> str:
        return self.id.partition(".")[2]


@dataclass(frozen=True)
class Standing:
    """One lesson and what was done in it."""

    lesson: Lesson
    parts: Sequence[Part]
    predicted: int
    """Predictions that were made."""
    held: int
    """Of these, how many came true."""
    off: int
    """And how many did not; the others have not been measured yet."""

    @property
    def passed(self) -> int:
        return sum(part.passed for part in self.parts)

    @property
    def is_begun(self) -> bool:
        return self.predicted > 0 or any(part.is_begun for part in self.parts)

    @property
    def is_done(self) -> bool:
        return self.passed == len(self.parts)


def closed(store: Store, which: str, hints: int | None) -> str:
    """Return why a solution is not shown yet, "" when it is open; `hints` is how many there are, None: none."""
    record = store.get("exercise", which)
    if record.get("passed") or os.environ.get("LIVESOCK_SOLUTIONS") == "open":
        return ""
    tries = TRIES - int(record.get("failed", 0))
    now = store.clock()
    wait = WAIT - (now - float(record.get("first", now)))
    hinted = None if hints is None else int(record.get("hints", 0)) >= hints
    return words.solution_closed(which, tries, wait, hinted) if tries > 0 or wait > 0 else ""


def standings(store: Store) -> list[Standing]:
    """Return what was done in each lesson that has something to check."""
    return [standing(store, catalogue.lesson(number)) for number in catalogue.numbers()]


def standing(store: Store, lesson: Lesson) -> Standing:
    ids = [*(one.id for one in lesson.exercises), *(f"{lesson.number}.{name}" for name in lesson.stages)]
    records = [(which, store.get("exercise", which)) for which in ids]
    parts = [Part(one, bool(r.get("passed")), int(r.get("checks", 0)), int(r.get("hints", 0))) for one, r in records]
    if lesson.claims:  # the article is one thing to do, passed when every claim is graded
        graded = [counted(store, claim.id) for claim in lesson.claims]
        parts.append(Part(f"{lesson.number}.article", all(graded), sum(graded), 0))
    made = [r for which in lesson.questions if "answer" in (r := store.get("prediction", which))]
    held = sum(r.get("right") is True for r in made)
    return Standing(lesson, parts, len(made), held, sum(r.get("right") is False for r in made))


def counted(store: Store, which: str) -> bool:
    """Return whether the verdict on a claim counts: it was right, and what shows it is still there."""
    record = store.get("claim", which)
    return bool(record.get("counted") and earned(store, record.get("artefact", "")))


def earned(store: Store, which: str) -> str:
    """Return what a learner has for the artefact `which`, in a few words: "" if nothing yet."""
    if store.get("exercise", which).get("passed"):
        return "a test: it passed its check"
    record = store.get("prediction", which)
    if "came" in record:
        return f"a measurement: {record['came']}"
    if "right" in record:
        return "a measurement of yours"
    return ""


def next_step(course: Sequence[Standing]) -> str:
    """Return the one thing to do next: what was tried, else what is left of a lesson begun, else the next lesson."""
    begun = [one for one in course if one.is_begun and not one.is_done]
    tried = [part for one in begun for part in one.parts if part.is_begun and not part.passed]
    if tried:
        which = tried[0].id
        kind = {"is_stage": catalogue.step(which) is not None, "is_article": which.endswith(".article")}
        return words.go_on(which, tried[0].checks, **kind)
    if begun:
        part = next(part for part in begun[0].parts if not part.passed)
        return words.next_exercise(part.id, begun[0].lesson.number)
    fresh = next((one for one in course if not one.is_done), None)
    if fresh is None:
        return words.ALL_RIGHT
    return words.next_lesson(fresh.lesson.number, fresh.lesson.title, first=not any(one.is_begun for one in course))


def page(store: Store, notes: Sequence[str] = ()) -> Page:
    """Return everything as a page; `notes` are sentences that come first."""
    course = standings(store)
    title = f"progress · {words.done(*totals(course))}"
    sentences = [*notes, next_step(course)]
    lines = aligned([words.COLUMNS, *((name(one), cells(one), guesses(one)) for one in course)])
    body = [line(sentence, "p") for sentence in sentences]
    table = f'<table style="{TABLE}">{HEAD}<tbody>{"".join(map(row, course))}</tbody></table>'
    # on a very narrow page the table is wider than there is room
    table = f'<div style="overflow-x:auto" tabindex="0" role="group" aria-label="progress">{table}</div>'
    legend = f'<div style="{QUIET}">{html.escape(words.LEGEND)}</div>'
    text = "\n".join([title, *(f"  {sentence}" for sentence in sentences), *lines, f"  {words.LEGEND}"])
    return Page(text, box(title, *body, bar(course), table, legend))


def totals(course: Sequence[Standing]) -> tuple[int, int, int, int]:
    """Return exercises passed, exercises, predictions made, predictions."""
    predictions = sum(len(one.lesson.questions) for one in course)
    return (
        sum(s.passed for s in course),
        sum(len(s.parts) for s in course),
        sum(s.predicted for s in course),
        predictions,
    )


def aligned(rows: Sequence[tuple[str, str, str]]) -> list[str]:
    """Return rows of three columns as lines of text."""
    widths = [max(len(row[n]) for row in rows) for n in (0, 1)]
    return [f"    {row[0]:{widths[0]}}  {row[1]:{widths[1]}}  {row[2]}" for row in rows]


def name(one: Standing) -> str:
    return f"{one.lesson.number}  {one.lesson.title}"


def cells(one: Standing) -> str:
    return "  ".join(f"{part.sign} {part.name}" for part in one.parts)


def guesses(one: Standing) -> str:
    asked = len(one.lesson.questions)
    return words.guesses(one.predicted, asked, one.held, one.off) if asked else ""


# HTML: inline, so that it stays as it is in a saved notebook; the colours are those of JupyterLab, light or dark

QUIET = "color:var(--jp-content-font-color2, inherit);font-size:90%"
TABLE = "table-layout:auto;border-collapse:collapse;margin:8px 0;width:100%;max-width:60em;font-size:inherit"
CELL = "text-align:left;vertical-align:baseline;padding:4px 10px 4px 0;white-space:normal"
LINE = "border-top:1px solid var(--jp-border-color2, #9e9e9e55)"
EDGES = {
    words.RIGHT: "var(--jp-success-color1, #2e7d32)",
    words.BEGUN: "var(--jp-brand-color1, #1565c0)",
    words.OPEN: "var(--jp-border-color1, #9e9e9e)",
}
HEAD = (
    f'<thead><tr style="{QUIET};background:none">'
    + "".join(f'<th scope="col" style="{CELL};font-weight:normal">{column}</th>' for column in words.COLUMNS)
    + "</tr></thead>"
)


def row(one: Standing) -> str:
    quiet = "" if one.is_begun else ";color:var(--jp-content-font-color2, inherit)"
    label = f"<strong>{one.lesson.number}</strong>&ensp;{html.escape(one.lesson.title)}"
    return (
        f'<tr style="background:none;{LINE}{quiet}"><th scope="row" style="{CELL};font-weight:normal">{label}</th>'
        f'<td style="{CELL}">{"".join(map(chip, one.parts))}</td>'
        f'<td style="{CELL};padding-right:0">{html.escape(guesses(one))}</td></tr>'
    )


def chip(part: Part) -> str:
    """Return an exercise as its sign and name; what was done with it is its tooltip."""
    style = (
        f"display:inline-block;border:1px solid {EDGES[part.sign]};border-radius:3px;padding:0 4px;"
        "margin:1px 4px 1px 0;font-family:var(--jp-code-font-family, monospace);font-size:90%;white-space:nowrap"
    )
    tooltip = html.escape(words.part_done(part.passed, part.checks, part.hints), quote=True)
    return f'<span style="{style}" title="{tooltip}">{part.sign} {html.escape(part.name)}</span>'


def bar(course: Sequence[Standing]) -> str:
    """Return a thin line that is as full as the exercises are passed."""
    passed, exercises, _, _ = totals(course)
    part = round(100 * passed / exercises) if exercises else 0
    return (
        '<div aria-hidden="true" style="height:4px;max-width:60em;border-radius:2px;margin:8px 0;'
        f"background:linear-gradient(to right, {EDGES[words.RIGHT]} {part}%, "
        f'var(--jp-border-color2, #9e9e9e55) {part}%)"></div>'
    )
