"""The lessons as they are committed. nbval runs them; this looks at what nbval would let pass."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from livesock.cli.dev.notebooks import WIDGET_VIEW, foreign, sanitizer, shown
from tests.notebooks.promises import PROMISES

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
RULES = sanitizer((Path(__file__).parent / "sanitize.cfg").read_text("utf-8"))

lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def load(path: Path) -> dict[str, Any]:
    notebook: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return notebook


def code_cells(path: Path) -> list[tuple[int, dict[str, Any]]]:
    return [(number, cell) for number, cell in enumerate(load(path)["cells"]) if cell["cell_type"] == "code"]


def must_show(source: str) -> bool:
    """Whether running `source` certainly shows something: it prints, or ends in a name or an attribute."""
    body = ast.parse(source).body
    if not body:
        return False
    prints = [s for s in body if isinstance(s, ast.Expr) and isinstance(s.value, ast.Call)]
    if any(isinstance(s.value, ast.Call) and ast.unparse(s.value.func) == "print" for s in prints):
        return True
    last = body[-1]
    return isinstance(last, ast.Expr) and not isinstance(last.value, ast.Call | ast.Await | ast.Constant)


def test_there_are_lessons() -> None:
    assert LESSONS


@lesson
def test_every_cell_was_run_from_top_to_bottom(path: Path) -> None:
    counts = [cell["execution_count"] for _, cell in code_cells(path)]

    assert counts == list(range(1, len(counts) + 1)), "nbval compares only cells that were run: livesock dev refresh"


@lesson
def test_every_cell_that_shows_something_has_its_output(path: Path) -> None:
    silent = [n for n, cell in code_cells(path) if must_show("".join(cell["source"])) and not cell["outputs"]]

    assert silent == []


@lesson
def test_no_cell_failed(path: Path) -> None:
    failed = [n for n, cell in code_cells(path) if any(o["output_type"] == "error" for o in cell["outputs"])]

    assert failed == []


@lesson
def test_it_opens_without_a_question_and_without_the_state_of_a_widget(path: Path) -> None:
    notebook = load(path)
    kinds = {k for _, cell in code_cells(path) for output in cell["outputs"] for k in output.get("data", {})}

    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert "widgets" not in notebook["metadata"]
    assert WIDGET_VIEW not in kinds


@lesson
def test_no_cell_is_collapsed(path: Path) -> None:
    """A collapsed cell shows its first line as it is written, a <details> among others."""
    assert [n for n, cell in enumerate(load(path)["cells"]) if "jupyter" in cell["metadata"]] == []


@lesson
def test_it_holds_no_path_of_this_machine_and_no_times(path: Path) -> None:
    assert foreign(load(path)) == []
    assert [n for n, cell in code_cells(path) if set(cell["metadata"]) - {"tags", "jupyter"}] == []


@lesson
def test_what_is_compared_holds_no_address_in_memory(path: Path) -> None:
    texts = [text for _, cell in code_cells(path) for text in shown(cell, []).values()]

    assert [text for text in texts if " at 0x" in text] == []


@lesson
def test_prose_is_short_and_code_has_one_step(path: Path) -> None:
    """Tables are looked up, not read; notes for instructors are folded; a stub may have to name every method."""
    cells = dict(enumerate(load(path)["cells"]))
    tags = {n: " ".join(cell["metadata"].get("tags", [])) for n, cell in cells.items()}
    prose = {n: cell for n, cell in cells.items() if cell["cell_type"] == "markdown" and tags[n] != "instructor"}
    code = {n: cell for n, cell in cells.items() if cell["cell_type"] == "code" and "exercise:" not in tags[n]}
    words = {n: len(" ".join(row for row in lines_of(cell) if row[:1] != "|").split()) for n, cell in prose.items()}

    assert {n: len(lines_of(cell)) for n, cell in code.items() if len(lines_of(cell)) > 20} == {}
    assert {n: count for n, count in words.items() if count > 200} == {}


def lines_of(cell: dict[str, Any]) -> list[str]:
    return "".join(cell["source"]).splitlines()


@lesson
def test_each_prediction_is_observed_below_it(path: Path) -> None:
    waiting: set[str] = set()
    for _, cell in code_cells(path):
        calls = called("".join(cell["source"]))
        waiting = (waiting | calls["predict"]) - calls["observed"]

    assert waiting == set()


def called(source: str) -> dict[str, set[str]]:
    """Return the names that a cell hands to learn.predict and learn.observed."""
    found: dict[str, set[str]] = {"predict": set(), "observed": set()}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("learn.predict", "learn.observed"):
            found[ast.unparse(node.func).removeprefix("learn.")].add(ast.literal_eval(node.args[0]))
    return found


@lesson
def test_no_cell_asserts(path: Path) -> None:
    """A learner is invited to change cells: what must be true is an output, or stands in `promises`."""
    trees = {cell["id"]: ast.parse("".join(cell["source"])) for _, cell in code_cells(path)}

    assert [cell for cell, tree in trees.items() for node in ast.walk(tree) if isinstance(node, ast.Assert)] == []


@lesson
def test_each_promise_belongs_to_a_cell(path: Path) -> None:
    promises = PROMISES.get(path.stem.partition("_")[0], {})

    assert promises.keys() - {cell["id"] for _, cell in code_cells(path)} == set()


@lesson
def test_there_are_no_installs_and_no_magics(path: Path) -> None:
    sources = ["".join(cell["source"]) for _, cell in code_cells(path)]

    assert [line for s in sources for line in s.splitlines() if line.lstrip().startswith(("%", "!"))] == []


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("ws://127.0.0.1:43215/echo", "ws://127.0.0.1:PORT/echo"),
        ("on port 43215.", "on port PORT."),
        ("took 12.5 ms", "took N ms"),
        ("sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==", "sec-websocket-key: KEY"),
        ("Date: Sun, 06 Nov 1994 08:49:37 GMT", "Date: DATE"),
        ("<C object at 0x7f3a5c2b1d90>", "<C object at 0xADDRESS>"),
        ("code 1006, 125 bytes, 3 frames", "code 1006, 125 bytes, 3 frames"),
        ("0x81 0x05", "0x81 0x05"),
    ],
)
def test_what_differs_from_run_to_run_is_sanitised_and_nothing_else(raw: str, clean: str) -> None:
    cell = {"outputs": [{"output_type": "stream", "name": "stdout", "text": raw}]}

    assert shown(cell, RULES) == {"stdout": clean}
