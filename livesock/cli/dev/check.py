"""`livesock dev check`: examine the exercises, then run each lesson twice, unsolved and solved.

A cell tagged `exercise:04.encode_frame` holds the stub; solved, it holds the reference instead. Unsolved, every check
answers that nothing is written yet; solved, every check is right. No cell may raise or take long in either case.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from livesock.cli.dev.clone import root
from livesock.cli.dev.notebooks import Notebook, execute
from livesock.cli.lessons import lessons
from livesock.cli.terminal import fail, say
from livesock.errors import LivesockError
from livesock.learn import catalogue, source, words
from livesock.learn.above import TAG
from livesock.learn.audit import defects
from livesock.learn.exercise import Exercise

__all__ = ["page_of", "rehearse", "run"]


def run(names: Iterable[str], *, fast: bool) -> int:
    """Examine the named lessons (default: all that have exercises); return 1 if anything is wrong.

    Notebooks run in processes of their own, one for each core, while the exercises are examined here.
    """
    numbers = list(names) or catalogue.numbers()
    status = 0
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:
        runs = {n: [] if fast else [pool.submit(rehearse, n, [solved]) for solved in (False, True)] for n in numbers}
        for number in numbers:
            exercises = catalogue.lesson(number).exercises
            found = [defect for exercise in exercises for defect in defects(exercise, catalogue.others(exercise.id))]
            found += [defect for run in runs[number] for defect in run.result()]
            say(f"{number}: {len(exercises)} exercises, {len(found) or 'no'} defects")
            for defect in found:
                status = fail(defect)
    return status


def page_of(number: str) -> Path | None:
    """Return the notebook of a lesson, None while there is none."""
    return next((path for path in lessons(root() / "notebooks") if path.name.startswith(f"{number}_")), None)


def rehearse(number: str, solved: Iterable[bool] = (False, True)) -> list[str]:
    """Run the notebook of a lesson with stubs, with solutions, or both; return what is wrong."""
    page = page_of(number)
    if page is None:
        return []
    return [defect for done in solved for defect in acts(page, catalogue.lesson(number).exercises, done)]


def acts(page: Path, exercises: Iterable[Exercise], solved: bool) -> Iterator[str]:
    """Run `page` once; yield what is wrong with it."""
    missing: list[str] = []

    def prepare(notebook: Notebook) -> None:
        for exercise in exercises:
            cells = [c for c in notebook["cells"] if TAG + exercise.id in c["metadata"].get("tags", [])]
            if len(cells) != 1:
                missing.append(f"{page.name}: {len(cells)} cells are tagged {TAG}{exercise.id}, one is needed")
            for cell in cells if solved else ():
                cell["source"] = solved_source(cell, exercise)

    try:
        cells = execute(page, prepare)["cells"]
    except LivesockError as error:
        yield f"{page.name} {'solved' if solved else 'with stubs'}: {error}"
        return
    yield from missing
    wanted = "right" if solved else "not written yet"
    outputs = [text for cell in cells for text in texts(cell)]
    for exercise in exercises:
        if not any(text.startswith(f"{exercise.id} · {wanted}") for text in outputs):
            shown = next((text for text in outputs if text.startswith(exercise.id)), "no check of it")
            yield f"{page.name}: expected “{exercise.id} · {wanted}”, the page shows: {shown}"
        elif solved and not any(words.kept(exercise.name) in text for text in outputs):
            yield f"{page.name}: the right solution of {exercise.id} is not kept for later lessons"


def solved_source(cell: dict[str, Any], exercise: Exercise) -> str:
    """Return the reference as a cell; `@learn.keep` stays when the stub has it."""
    text = source.standalone(exercise.reference)
    kept = f'@learn.keep("{exercise.name}")'
    if kept in "".join(cell["source"]):
        text += f'\n\n\nlearn.keep("{exercise.name}")({exercise.name})'
    return text


def texts(cell: dict[str, Any]) -> Iterator[str]:
    """Yield the outputs of a cell as plain text."""
    for output in cell.get("outputs", []):
        yield "".join(output.get("text") or output.get("data", {}).get("text/plain", ""))
