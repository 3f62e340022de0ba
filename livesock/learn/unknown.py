"""A name that is unknown because its cell was not run: the error says which cell, and how to run all of them.

NameError: name 'server' is not defined
A cell above defines server, and this kernel has not run it: “server = ls.serve("chat")” …
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from livesock.learn import above, catalogue, words

__all__ = ["defining", "explain_unknown_names"]


def explain_unknown_names() -> None:
    """Let this notebook's kernel add such a sentence to a `NameError`; do nothing where there is no notebook.

    Another program that has changed how the kernel shows errors is left alone.
    """
    shell: Any = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None and not getattr(shell, "custom_exceptions", True):
        shell.set_custom_exc((NameError,), show)


def show(shell: Any, kind: type, error: NameError, trace: TracebackType, tb_offset: int | None = None) -> None:
    """Show `error` as the kernel does, with a sentence if a cell above defines the name."""
    cell, name = above.asking_cell(), error.name or ""
    line = defining(name, above.cells_above(cell, Path.cwd()) or () if cell else ())
    if line:
        error.add_note(words.not_run(name, line))
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


def defining(name: str, cells: Sequence[above.Cell]) -> str:
    """Return the line of the last of these cells that defines `name` at its top level, "" if none does."""
    for cell in reversed(cells):
        text = "".join(cell["source"])
        try:
            body = ast.parse(text).body
        except SyntaxError:
            continue
        for statement in body:
            if name in names_of(statement):
                return text.splitlines()[statement.lineno - 1].strip()
    return ""


def names_of(statement: ast.stmt) -> set[str]:
    """Return the names that a statement of a cell defines in the notebook."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    found = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(one.asname or one.name).partition(".")[0] for one in node.names}
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "learn.catch_up" and node.args:
            found |= before(ast.literal_eval(node.args[0]))
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.discard(node.name)  # gone again after the block
    return found


def before(number: str) -> set[str]:
    """Return the names that `learn.catch_up(number)` defines."""
    earlier = [catalogue.lesson(one) for one in catalogue.numbers() if one < number]
    return {exercise.name for lesson in earlier for exercise in lesson.exercises}
