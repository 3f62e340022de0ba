"""Run the cells above again, without a word: after a restart of the kernel their names are gone.

learn.catch_up()  ──►  which cell asks? the kernel's message says it, and the saved notebook has that cell
                  ──►  each code cell above it is run, what it prints is dropped
                       checks, predictions and views are left out; a stub becomes yours where you kept it, else ours
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import io
import json
import linecache
import os
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import __main__

__all__ = ["TAG", "Rerun", "asking_cell", "cells_above", "notebook_namespace", "run"]

TAG = "exercise:"
"""What the tag of a stub's cell begins with."""

VIEWS = "ls.display", "livesock.display", "display"
"""How a notebook names the module of the views."""

Cell = dict[str, Any]


@dataclass
class Rerun:
    """What came of it."""

    count: int = 0
    failed: list[str] = field(default_factory=list)
    """For each cell that raised: its first line, and the error."""


def asking_cell() -> str:
    """Return the id of the cell that runs now, "" where the kernel is not told: outside of a notebook, in a test."""
    shell: Any = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    with contextlib.suppress(Exception):  # a shell without a kernel, or of another kind
        return str(shell.get_parent()["metadata"].get("cellId", ""))
    return ""


def notebook_namespace() -> dict[str, Any]:
    """Return where the cells of this notebook have their names."""
    if "IPython" in sys.modules and (shell := sys.modules["IPython"].get_ipython()):
        found: dict[str, Any] = shell.user_ns
        return found
    return vars(__main__)


def cells_above(cell_id: str, folder: Path) -> list[Cell] | None:
    """Return the code cells above a cell in the saved notebook that has it; None if it is in none, or in several.

    Jupyter says in JPY_SESSION_NAME which notebook a kernel was started for; without it those in `folder` are searched.
    """
    named = os.environ.get("JPY_SESSION_NAME", "")
    paths = [Path(named)] if named.endswith(".ipynb") and Path(named).is_file() else sorted(folder.glob("*.ipynb"))
    found = [cells for cells in map(cells_of, paths) if cell_id in [cell.get("id") for cell in cells]]
    if len(found) != 1:
        return None
    place = next(n for n, cell in enumerate(found[0]) if cell.get("id") == cell_id)
    return [cell for cell in found[0][:place] if cell.get("cell_type") == "code"]


def cells_of(path: Path) -> list[Cell]:
    """Return the cells of a notebook; none if it cannot be read, or is being written."""
    try:
        cells: list[Cell] = json.loads(path.read_text("utf-8"))["cells"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return cells


def run(cells: Sequence[Cell], namespace: dict[str, Any], solve: Callable[[str], Any]) -> Rerun:
    """Run the cells where the notebook has its names. `solve(id)` returns what to use for an exercise's stub."""
    done = Rerun()
    for number, cell in enumerate(cells):
        text = "".join(cell["source"])
        try:
            with silence():
                execute(text, f"<cell {number} above>", namespace)
        except Exception as error:
            first = next((line for line in text.splitlines() if line.strip()), "")
            done.failed.append(f"“{first.strip()[:60]}” raises {type(error).__name__}: {error}"[:160])
        for tag in cell.get("metadata", {}).get("tags", []):
            if tag.startswith(TAG) and "raise NotImplementedError" in text:
                namespace[tag.rpartition(".")[2]] = solve(tag.removeprefix(TAG))
        done.count += 1
    return done


def execute(text: str, filename: str, namespace: dict[str, Any]) -> None:
    """Run the text of a cell without what only shows something; a top-level await is awaited in a thread."""
    tree = ast.parse(text, filename)
    tree.body = [statement for statement in tree.body if not only_shows(statement)]
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)  # learn.keep reads it
    code = compile(tree, filename, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    if not code.co_flags & inspect.CO_COROUTINE:
        exec(code, namespace)
        return
    failed: list[BaseException] = []

    def wait() -> None:
        try:
            asyncio.run(eval(code, namespace))
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=wait, name="livesock cell above")  # the notebook's own loop runs this cell
    thread.start()
    thread.join()
    if failed:
        raise failed[0]


def only_shows(statement: ast.stmt) -> bool:
    """Whether a statement is a check, a prediction or a view: to run it again would count, ask or paint."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return False
    module, _, function = ast.unparse(statement.value.func).rpartition(".")
    return module in VIEWS or (module == "learn" and function not in ("catch_up", "keep", "lend"))


@contextlib.contextmanager
def silence() -> Any:
    """Drop what is printed and displayed."""
    with contextlib.ExitStack() as stack:
        if "IPython" in sys.modules and sys.modules["IPython"].get_ipython():
            from IPython.utils.capture import capture_output

            stack.enter_context(capture_output())
        else:
            stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
        yield
