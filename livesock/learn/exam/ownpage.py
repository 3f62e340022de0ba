"""A page to keep: what a learner built, what they measured, how they graded the article. HTML, without any path."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Any

from livesock.learn import catalogue, words
from livesock.learn.exercise import VERDICTS, Lesson
from livesock.learn.standing import Standing, counted, earned, standings, totals
from livesock.learn.store import Store

__all__ = ["page"]

STYLE = """
body { max-width: 52rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; color: #1f2328; background: #fff; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #d0d7de; }
th { font-weight: normal; } code { font-family: ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; } img { max-width: 100%; }
.quiet { color: #57606a; }
@media (prefers-color-scheme: dark) { body { color: #e6edf3; background: #0d1117; } th, td { border-color: #30363d; } .quiet { color: #8d96a0; } }
"""  # noqa: E501 a style sheet reads better with a rule to a line


def page(store: Store, pictures: Sequence[Any] = ()) -> str:
    """Return the page; each of `pictures` is shown as its notebook shows it."""
    course = standings(store)
    passed, exercises, made, questions = totals(course)
    numbers = [one.lesson.number for one in course]
    parts = [
        "<h1>What crosses the wire when a page changes by itself</h1>",
        f"<p>{passed} of {exercises} exercises and stages passed, {made} of {questions} predictions made, "
        f"{sum(one.held for one in course)} of them right.</p>",
        section("What I built", table(["lesson", "mine"], map(built, course))),
        section("What I measured", table(["question", "what came"], measured(store, numbers))),
        section("The article, graded", table(["claim", "verdict", "shown by"], graded(store, numbers))),
        section("From my traces", "".join(map(picture, pictures))),
    ]
    return (
        '<!doctype html>\n<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>What I built and measured</title><style>{STYLE}</style>\n{''.join(parts)}</html>\n"
    )


def section(title: str, content: str) -> str:
    return f"<h2>{title}</h2>\n{content}\n" if content else ""


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of texts; "" without rows."""
    lines = ["".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in rows if row]
    head = "".join(f'<th scope="col" class="quiet">{column}</th>' for column in columns)
    body = "".join(f"<tr>{line}</tr>\n" for line in lines)
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table>" if lines else ""


def built(one: Standing) -> Sequence[str]:
    done = [f"{words.RIGHT} {part.name}" for part in one.parts if part.passed]
    return (f"{one.lesson.number} {one.lesson.title}", ", ".join(done)) if done else ()


def measured(store: Store, numbers: Iterable[str]) -> Iterable[Sequence[str]]:
    for lesson in map(catalogue.lesson, numbers):
        yield from came_of(store, lesson)


def came_of(store: Store, lesson: Lesson) -> Iterable[Sequence[str]]:
    for one in lesson.predictions:
        came = store.get("prediction", one.id).get("came")
        if came:
            yield f"{one.id} {one.question}", str(came)


def graded(store: Store, numbers: Iterable[str]) -> Iterable[Sequence[str]]:
    for claim in (one for number in numbers for one in catalogue.lesson(number).claims):
        if counted(store, claim.id):
            artefact = str(store.get("claim", claim.id).get("artefact"))
            yield (
                f"“{claim.text}”",
                f"{VERDICTS[claim.verdict]}. {claim.correction}",
                f"{artefact}, {earned(store, artefact)}",
            )


def picture(shown: Any) -> str:
    """Return something as HTML: what it shows in a notebook, else its text."""
    bundle: Any = getattr(shown, "_repr_mimebundle_", dict)()
    bundle = bundle[0] if isinstance(bundle, tuple) else bundle
    return f"<p>{bundle.get('text/html') or f'<code>{html.escape(str(shown))}</code>'}</p>"
