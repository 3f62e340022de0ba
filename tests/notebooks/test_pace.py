"""The lessons at a person's pace: minutes between cells, cells run twice, again later, interrupted, after a restart.

Kernels wait most of the time, so all runs go on at once in a few threads, and a test looks at the run of one lesson.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.notebooks.promises import PROMISES
from tests.notebooks.reader import LESSONS, Reader, cells_of, differences, reading, source

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning"),
]

FACTOR = 1 / 20
"""A reader's second in seconds of a test: 25 s are 1.25 s, pings come every second, a peer is lost a second later."""

GROWS = {
    "00": ["talk"],
}
"""Cells whose output says how often they, or cells above them, were run; all others show the same each time."""

HEALS: dict[str, list[str]] = {}
"""Cells that hear once, after an interruption, what was said before it; the next run is right."""

UNSTOPPED = {"07": ["draw"]}
"""Cells that load matplotlib's compiled modules: Python cannot import one again after an interruption in its middle."""

READ = ("learn.predict(", "learn.check(")
"""What these cells do does not depend on how long ago anything was: nobody has to wait before them."""

Found = list[str]


def number(path: Path) -> str:
    return path.stem.partition("_")[0]


def pausing(seconds: float, path: Path) -> Found:
    """Wait before each cell; at the end run each confrontation again, as a reader does who scrolls back."""
    cells, found = cells_of(path), []
    promises = PROMISES.get(number(path), {})
    with reading(path, FACTOR) as reader:
        for cell in cells[:-1]:
            if not source(cell).startswith(READ) and "raise NotImplementedError" not in source(cell):
                time.sleep(seconds * FACTOR)  # the pause is what is tested
            found += differences(cell, reader.run(cell)) + broken(reader, promises.get(cell["id"], ()))
        for cell in cells[:-1]:
            if "learn.observed(" in source(cell):
                found += [f"again, {one}" for one in differences(cell, reader.run(cell))]
        found += differences(cells[-1], reader.run(cells[-1]))
        found += broken(reader, [*promises.get(cells[-1]["id"], ()), "not ls.servers()"])
    return found


def twice(path: Path) -> Found:
    """Run every cell twice."""
    found = []
    with reading(path) as reader:
        for cell in cells_of(path):
            for _ in range(2):
                found += difference_in(number(path), cell, reader.run(cell))
    return found


def interrupting(path: Path) -> Found:
    """Interrupt every cell a moment after it began, then run it."""
    found = []
    with reading(path) as reader:
        for cell in cells_of(path):
            after = None if cell["id"] in UNSTOPPED.get(number(path), ()) else 0.1
            errors = [o["ename"] for o in reader.run(cell, interrupt_after=after)["outputs"] if "ename" in o]
            found += [f"{cell['id']}: {name}" for name in errors if name not in ("KeyboardInterrupt", "CancelledError")]
            if cell["id"] in HEALS.get(number(path), ()):
                reader.run(cell)
            found += difference_in(number(path), cell, reader.run(cell))
    return found


def beginning_in_the_middle(path: Path) -> Found:
    """Go on in the middle of a kernel that was restarted, after one call."""
    cells, found = cells_of(path), []
    with reading(path) as reader:
        for third in (1, 2):
            rest = cells[len(cells) * third // 3 :]
            said = reader.run({**rest[0], "source": "from livesock import learn; learn.catch_up()"})["outputs"]
            text = "".join(output.get("data", {}).get("text/plain", "") for output in said)
            if "run again without output." not in text:
                found.append(f"{rest[0]['id']}: {text}")
            for cell in rest:
                fresh = reader.run(cell)
                if not source(cell).startswith("learn.check("):  # catch_up() has brought what is checked: it is right
                    found += difference_in(number(path), cell, fresh)
            reader.restart()
    return found


def broken(reader: Reader, promises: list[str] | tuple[()]) -> Found:
    answers = [(promise, reader.ask(f"print(bool({promise}))", store_history=False)) for promise in promises]
    return [f"{promise}: {came}" for promise, came in answers if [one.get("text") for one in came] != ["True\n"]]


def difference_in(lesson: str, cell: dict, fresh: dict) -> Found:
    found = differences(cell, fresh)
    return [] if cell["id"] in GROWS.get(lesson, ()) and found and "stored" in found[0] else found


REALLY = {"00": ["ask", "talk"], "06": ["who-ends", "mine-log"], "10": ["two-at-once", "mine-page"]}
"""Lessons in which something stays open from cell to cell, and the cells before which the reader takes a minute."""


def really_waiting(path: Path) -> Found:
    """Wait for 65 s, with every interval as it is, where it matters most."""
    found = []
    with reading(path) as reader:
        for cell in cells_of(path):
            if cell["id"] in REALLY[number(path)]:
                time.sleep(65)  # the pause is what is tested
            found += differences(cell, reader.run(cell))
    return found


NAMED = {
    lesson: {cell for table in (PROMISES, GROWS, HEALS, REALLY, UNSTOPPED) for cell in table.get(lesson, ())}
    for lesson in PROMISES | GROWS | HEALS | REALLY | UNSTOPPED
}
"""The cells that this file names, by lesson."""

READERS: dict[str, Callable[[Path], Found]] = {
    "65 real seconds": really_waiting,
    "65 s between cells": lambda path: pausing(65, path),
    "25 s between cells": lambda path: pausing(25, path),
    "every cell twice": twice,
    "every cell interrupted": interrupting,
    "from the middle": beginning_in_the_middle,
}


@pytest.fixture(autouse=True)
def nothing_is_left_over() -> None:
    """Kernels of other readers come and go during a test; what outlives all tests is still found."""


CASES = [(name, path) for name in READERS for path in LESSONS if "real" not in name or number(path) in REALLY]

Runs = dict[tuple[str, str], "Future[Found]"]


@pytest.fixture(scope="module")
def runs(request: pytest.FixtureRequest) -> Iterator[Runs]:
    """Begin the runs that tests ask for: those that wait are many at a time, the others keep both cores busy."""
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    chosen = [item.callspec.params for item in items if "reader" in item.fixturenames]
    with ThreadPoolExecutor(len(LESSONS) + len(REALLY)) as waiting, ThreadPoolExecutor(2) as busy:
        pools = {name: waiting if "seconds" in name or "between" in name else busy for name in READERS}
        asked = [case for case in CASES if dict(zip(("reader", "path"), case, strict=True)) in chosen]
        yield {(name, path.stem): pools[name].submit(READERS[name], path) for name, path in asked}


@pytest.mark.parametrize("lesson", sorted(NAMED))
def test_the_cells_that_are_named_here_exist(lesson: str) -> None:
    (path,) = [path for path in LESSONS if number(path) == lesson]
    assert NAMED[lesson] <= {cell["id"] for cell in cells_of(path)}


@pytest.mark.parametrize(("reader", "path"), CASES, ids=lambda value: getattr(value, "stem", value))
def test_a_lesson_at_a_persons_pace(runs: Runs, reader: str, path: Path) -> None:
    assert runs[reader, path.stem].result() == []


AGAIN = [
    ("01", ["pair", "break"] * 2, ""),
    ("08", ["ghosts", "confront-ghosts"], "b ✓"),
    ("12", ["imports", "confront-retry"], "fits none of the options"),
    ("14", ["ann", "confront-away"], "fits none of the options"),
    ("14", ["hello", "confront-away"], "fits none of the options"),
]
"""A lesson, cells that are run again at its end without those between them, and what the last one then shows."""


@pytest.mark.parametrize(("lesson", "again", "shows"), AGAIN, ids=lambda value: value if isinstance(value, str) else "")
def test_cells_that_are_run_again_without_those_between_them_end_and_claim_nothing_wrong(
    lesson: str, again: list[str], shows: str
) -> None:
    (path,) = [path for path in LESSONS if number(path) == lesson]
    cells = {cell["id"]: cell for cell in cells_of(path)}
    with reading(path) as reader:
        for cell in list(cells.values())[:-1]:
            reader.run(cell)
        outputs = [reader.run(cells[name])["outputs"] for name in again][-1]

    assert shows in "".join(output.get("data", {}).get("text/plain", "") for output in outputs)


@pytest.mark.parametrize("path", LESSONS[:-1], ids=lambda path: path.stem)
def test_a_cell_whose_names_are_missing_says_what_to_run(path: Path) -> None:
    """Each cell is run with nothing above it: it works, or a sentence names the line that was not run."""
    silent = []
    with reading(path) as reader:
        for cell in cells_of(path):
            reader.ask("from livesock import learn, stop_all; learn.progress(); stop_all(); get_ipython().reset(False)")
            for error in (one for one in reader.run(cell)["outputs"] if "ename" in one):
                if error["ename"] != "NameError" or "this kernel has not run it" not in "".join(error["traceback"]):
                    silent.append(f"{cell['id']}: {error['ename']}: {error['evalue']}")
    assert silent == []
