"""The form of the lessons: short, live, in one row of numbers."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from livesock.learn import catalogue

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
LESSONS = [path for path in NOTEBOOKS if path.stem[:2].isdigit()]

MAX_CELLS = 45
MAX_WORDS = 1000
STAGES = {"15"}
"""Lessons that are measured by their stages: each markdown cell is the page of one."""

STAGE_WORDS = 170
"""At most on the page of a stage."""

MAX_LINES = 6
"""In most code cells."""

MIN_LIVE = 3
FIRST_LIVE = 8
"""The first live thing comes within so many cells."""

LIVE = re.compile(r"\bdisplay\.[a-z_]+\(")
ALSO_KNOW = re.compile(r"<details><summary>Also know(?:(?!</details>).)*</details>", re.DOTALL)
CODE = re.compile(r"```.*?```", re.DOTALL)
TAG_OR_TARGET = re.compile(r"<[^>]+>|\]\([^)]*\)")

lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda p: p.stem[:2])


def cells_of(path: Path) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["cells"]
    return cells


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def words(text: str) -> int:
    """Count the words of a lesson; only what is folded as "Also know" is no part of it."""
    for pattern in (ALSO_KNOW, CODE, TAG_OR_TARGET):
        text = pattern.sub(" ", text)
    return len(re.findall(r"\w[\w'’-]*", text))


def test_words_are_counted_in_every_fold_but_also_know() -> None:
    assert words("Two words <b>here</b>, [a link](https://example.org/some/where)") == 5
    assert words("one<details><summary>Also know: this</summary>many more words</details>two\n```\ncode\n```") == 2
    assert words("one<details><summary>All digits</summary>counts</details>two") == 5


@lesson
def test_a_lesson_is_short(path: Path) -> None:
    cells = cells_of(path)
    lines = [len([x for x in source(cell).splitlines() if x.strip()]) for cell in cells if cell["cell_type"] == "code"]

    assert len(cells) <= MAX_CELLS
    prose = [c for c in cells if c["cell_type"] == "markdown" and "instructor" not in c["metadata"].get("tags", [])]
    sizes = [words(source(cell)) for cell in prose]
    if path.stem[:2] in STAGES:
        assert max(sizes) <= STAGE_WORDS
    else:
        assert sum(sizes) <= MAX_WORDS
    assert sum(count > MAX_LINES for count in lines) < len(lines) / 2


@lesson
def test_a_lesson_is_live(path: Path) -> None:
    live = [n for n, cell in enumerate(cells_of(path)) if cell["cell_type"] == "code" and LIVE.search(source(cell))]

    assert len(live) >= MIN_LIVE
    assert live[0] < FIRST_LIVE


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem[:5])
def test_only_lessons_that_exist_are_named(path: Path) -> None:
    named = {m[1] for cell in cells_of(path) for m in re.finditer(r"\b[Ll]essons? (\d\d?)\b", source(cell))}

    assert named <= {found.stem[:2] for found in LESSONS}


def test_the_course_is_one_row_of_numbers() -> None:
    assert [path.stem[:2] for path in LESSONS] == catalogue.numbers()


def test_the_start_page_and_each_lesson_name_the_same_minutes() -> None:
    start = "".join(source(cell) for cell in cells_of(NOTEBOOKS[-1]))
    listed = dict(re.findall(r"(?m)^\| \[(\d\d)\].*\| (\d+) \|$", start))
    said = {path.stem[:2]: re.search(r"About (\d+) minutes to read", source(cells_of(path)[0])) for path in LESSONS}

    assert listed == {number: found and found[1] for number, found in said.items()}
