"""One case as HTML: the sentence, the transcript, and the bytes taken apart as in the live log.

Text from the wire enters the page as text: everything is escaped here.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import islice

from livesock.conformance.case import CaseVerdict
from livesock.conformance.results import Result
from livesock.conformance.show.text import MARKS
from livesock.conformance.stages import STAGES
from livesock.trace.recording import Trace
from livesock.trace.rows import Kind, Row
from livesock.trace.show.card import title_of
from livesock.trace.show.cells import TINTS, chips_of
from livesock.trace.show.text import head_lines

__all__ = ["case", "verdict"]

ROWS = 30
"""Rows of one case that are drawn; a hundred equal frames teach no more than thirty."""

BYTES = 24
"""Bytes of one part that are drawn."""

_CLASSES = {
    TINTS["FIN"]: "flags",
    TINTS["payload length"]: "length",
    TINTS["masking key"]: "key",
    TINTS["payload"]: "payload",
}


def verdict(which: CaseVerdict) -> str:
    """Return a verdict as a sign and its word."""
    return f'<span class="ls-verdict ls-{which.name}">{MARKS[which]} {which.value}</span>'


def case(one: Result, *, is_open: bool) -> str:
    """Return a fold with everything about one case."""
    return "".join(_case(one, is_open))


def _case(one: Result, is_open: bool) -> Iterator[str]:
    yield f"<details{' open' if is_open else ''}><summary>{verdict(one.verdict)} "
    yield f"<strong>{escape(one.case_id)}</strong> <span>{escape(one.title)}</span> "
    yield f'<span class="ls-faint">{escape(one.section)}{_stage(one)}</span></summary>'
    if one.sentence:
        yield f"<p>{escape(one.sentence)}</p>"
    if one.lesson:
        yield f"<p><em>The rule:</em> {escape(one.lesson)}</p>"
    if one.transcript:
        yield f"<pre>{''.join(_line(line) for line in one.transcript)}</pre>"
    if one.trace is not None:
        yield from _wire(one.trace)
    yield "</details>"


def _stage(one: Result) -> str:
    """Return the stage that teaches what a case of another judge is about."""
    if one.judge == "cases" or not one.stage:
        return ""
    return f" · stage {one.stage}, {STAGES[one.stage - 1].name}"


def _line(line: str) -> str:
    verb, _, rest = line.partition(" ")
    if verb.startswith("#"):
        number, (verb, _, rest) = verb, rest.partition(" ")
        verb = f"{number} {verb}"
    return f'<span class="ls-line"><span class="ls-verb">{escape(verb)}</span> {escape(rest)}\n</span>'


def _wire(trace: Trace) -> Iterator[str]:
    """Yield the bytes: sent on the left, received further in."""
    rows = list(islice(trace.iter_rows(), ROWS + 1))
    if not rows:
        return
    yield '<ol class="ls-wire">'
    for row in rows[:ROWS]:
        yield _row(row, many=len(trace.peers) > 1)
    if len(rows) > ROWS:
        yield '<li class="ls-state">… more of the same</li>'
    yield "</ol>"


def _row(row: Row, *, many: bool) -> str:
    kind = {"<": "ls-in", ">": "ls-out"}.get(row.direction, "ls-state")
    who = f"#{row.connection} " if many else ""
    words = {"<": "server: ", ">": "judge: "}.get(row.direction, "")
    inside = f"{escape(who + words)}{escape(title_of(row))}"
    if row.kind in (Kind.REQUEST, Kind.RESPONSE):
        headers = "\n".join(head_lines(row)[1:15])
        inside += f"<pre>{escape(headers[:1500])}</pre>" if headers else ""
    elif row.data and kind != "ls-state":
        inside += f'<div class="ls-chips">{"".join(_chips(row))}</div>'
    if row.error:
        inside += f'<div class="ls-FAIL">✕ {escape(row.error.rule)} ({escape(row.error.section)})</div>'
    return f'<li class="{kind}">{inside}</li>'


def _chips(row: Row) -> Iterator[str]:
    for label, data, tint in chips_of(row):
        more = f" … {len(data):,} bytes" if len(data) > BYTES else ""
        name = _CLASSES.get(tint, "rest")
        yield f'<span class="ls-chip ls-chip-{name}"><small>{escape(label)}</small>'
        yield f"<code>{data[:BYTES].hex(' ')}{more}</code></span>"
