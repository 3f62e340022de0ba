"""`livesock dev refresh`: run the lessons and store what they show.

What is stored is what a reader without a kernel sees and what nbval compares, so it holds nothing of this machine:
no path, no metadata of an editor, no state of a widget, no times of cells.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from livesock.cli.dev.clone import root
from livesock.cli.lessons import lessons
from livesock.cli.terminal import fail, say
from livesock.errors import LivesockError

__all__ = ["clean", "execute", "foreign", "run", "sanitizer", "shown"]

TIMEOUT = 60
"""Seconds that one cell may take; nbval uses the same."""

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
"""Names a widget that lives in one kernel; in a stored notebook it would show an error instead of the picture."""

Notebook = dict[str, Any]


def run(names: Iterable[str], *, check: bool) -> int:
    """Execute the named lessons (default: all) and write them, or with `check` tell which are stale."""
    status = 0
    for path in choose(names):
        stored = json.loads(path.read_text("utf-8"))
        fresh = clean(execute(path))
        if check:
            status = max(status, report(path.name, compare(stored, fresh)))
        elif found := foreign(fresh):
            status = fail(f"{path.name} is not written, its outputs hold paths of this machine: {', '.join(found)}")
        else:
            path.write_text(json.dumps(fresh, indent=1, ensure_ascii=False) + "\n", "utf-8")
            say(f"{path.name} refreshed")
    return status


def choose(names: Iterable[str]) -> list[Path]:
    """Return the lessons whose names begin with one of `names`; all for none."""
    wanted = tuple(Path(name).name for name in names)
    found = [path for path in lessons(root() / "notebooks") if not wanted or path.name.startswith(wanted)]
    if not found:
        raise LivesockError(f"no lesson in notebooks/ begins with {' or '.join(wanted) or 'any name'}")
    return found


def execute(path: Path, prepare: Callable[[Notebook], None] | None = None) -> Notebook:
    """Return the notebook at `path` after running it in a new kernel, from its own folder; nothing is written.

    `prepare` may change the cells before they run. What a learner did in that folder is not looked at.

    Raises:
        LivesockError: If a cell raises or takes too long; the message names it.
    """
    try:
        import nbformat
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
    except ImportError as exc:
        raise LivesockError("nbclient is needed: run this as  uv run livesock dev refresh") from exc
    page = json.loads(path.read_text("utf-8"))
    if prepare:
        prepare(page)
    notebook = nbformat.reads(json.dumps(page), as_version=4)  # type: ignore[no-untyped-call]
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        client.execute(env={**os.environ, "LIVESOCK_PROGRESS": "off"})
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as exc:
        raise LivesockError(f"{path.name} does not run: {exc}") from exc
    executed: Notebook = json.loads(nbformat.writes(notebook))  # type: ignore[no-untyped-call]
    return executed


def clean(notebook: Notebook) -> Notebook:
    """Return `notebook` without what belongs to one machine, one editor or one run."""
    cells = [clean_cell(cell) for cell in notebook["cells"]]
    metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def clean_cell(cell: dict[str, Any]) -> dict[str, Any]:
    """Keep of a cell's metadata what its author wrote: tags, and what folds a cell."""
    kept = {key: value for key, value in cell["metadata"].items() if key in ("tags", "jupyter", "slideshow")}
    outputs = [clean_output(output) for output in cell.get("outputs", [])]
    outputs = [output for output in outputs if output.get("data") != {}]  # a widget alone
    return {**cell, "metadata": kept, **({"outputs": outputs} if cell["cell_type"] == "code" else {})}


def clean_output(output: dict[str, Any]) -> dict[str, Any]:
    if "data" not in output:
        return output
    data = {kind: value for kind, value in output["data"].items() if kind != WIDGET_VIEW}
    return {**output, "data": data, "metadata": {}}


def foreign(notebook: Notebook) -> list[str]:
    """Return the folders of this machine whose paths stand in an output of `notebook`."""
    folders = {str(root()), str(Path.home()), tempfile.gettempdir()} - {"/"}
    outputs = json.dumps([cell.get("outputs", []) for cell in notebook["cells"]], ensure_ascii=False)
    return sorted(folder for folder in folders if re.search(re.escape(folder) + r"\b", outputs))


def sanitizer(config: str) -> list[tuple[re.Pattern[str], str]]:
    """Return the rules of an nbval sanitise file: pairs of adjacent lines `regex:` and `replace:`."""
    rules = re.findall(r"^regex: (.*)$\n^replace: (.*)$", config, re.MULTILINE)
    return [(re.compile(regex), replace) for regex, replace in rules]


def shown(cell: dict[str, Any], rules: list[tuple[re.Pattern[str], str]]) -> dict[str, str]:
    """Return what nbval would compare of a cell: each stream, and the text of what it displayed."""
    texts: dict[str, str] = {}
    for output in cell.get("outputs", []):
        if output["output_type"] == "stream":
            kind, text = output["name"], output["text"]
        elif set(output.get("data", ())) == {"text/html"}:
            continue  # what is shown as HTML alone: that a handler has failed
        else:
            kind, text = "text/plain", output.get("data", {}).get("text/plain", "")
        texts[kind] = texts.get(kind, "") + "".join(text)
    for kind, text in texts.items():
        for pattern, replacement in rules:
            text = pattern.sub(replacement, text)
        texts[kind] = text
    return texts


def compare(stored: Notebook, fresh: Notebook) -> list[str]:
    """Return one line for each code cell whose stored output is not what running it shows."""
    rules = sanitizer((root() / "tests" / "notebooks" / "sanitize.cfg").read_text("utf-8"))
    differences = []
    for number, (old, new) in enumerate(zip(stored["cells"], fresh["cells"], strict=True)):
        if old["cell_type"] != "code" or is_ignored(old):
            continue
        if old.get("execution_count") is None:
            differences.append(f"cell {number} was never run")
        elif (before := shown(old, rules)) != (now := shown(new, rules)):
            differences.append(f"cell {number} stored {before} and shows {now}")
    return differences


def is_ignored(cell: dict[str, Any]) -> bool:
    """Whether its author says that the output differs from run to run."""
    return "NBVAL_IGNORE_OUTPUT" in "".join(cell["source"]) or "nbval-ignore-output" in cell["metadata"].get("tags", [])


def report(name: str, differences: list[str]) -> int:
    if not differences:
        say(f"{name} is up to date")
        return 0
    return fail(f"{name} is stale: run  uv run livesock dev refresh {name}\n  " + "\n  ".join(differences))
