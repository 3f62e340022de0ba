"""The JavaScript of the pages: a linter finds nothing, and a page takes only what stands before it."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from importlib import import_module, resources
from pathlib import Path

import pytest

from livesock import display
from livesock.display.view import View

ROOT = Path(__file__).parents[2]
DISPLAY = Path(str(resources.files("livesock.display")))

TAKEN = re.compile(r"^/\* global (.+?) -- from (\S+) \*/$", re.MULTILINE)
GIVEN = re.compile(r"^/\* exported (.+?) \*/$", re.MULTILINE)


@pytest.mark.interop
def test_the_linter_finds_nothing(tool: Callable[[str], str], node_modules: Path, need: Callable[..., None]) -> None:
    eslint = node_modules / "eslint" / "bin" / "eslint.js"
    need(eslint.exists(), "eslint is missing: run npm install --no-package-lock in tests/interop/node")
    config = node_modules.parent / "eslint.config.js"
    command = [tool("node"), str(eslint), "--config", str(config), "--max-warnings", "0", "livesock", "tests"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert result.returncode == 0, result.stdout + result.stderr


FIELD = """
let typed;
const page = { activeElement: null };
const field = { value: "", addEventListener: (_, heard) => { typed = heard; }, getRootNode: () => page };
const told = [];
const { put } = typing(field, (text) => told.push(text));
const type = (text) => { field.value = text; typed(); };
const shown = [];
const hear = (text) => { put(text); shown.push(field.value); };
hear("40/point,");
type("h"); type("he"); type("hey");
for (const text of ["40/point,", "h", "he", "hey", "40/point,", "hey"]) hear(text);
type("heyho");
hear("42");
console.log(JSON.stringify([told, shown]));
"""
"""Types into a field that the reader has just left, while older states of the kernel come, then newer ones."""


@pytest.mark.interop
def test_what_was_typed_is_not_taken_back_by_an_older_state(tool: Callable[[str], str]) -> None:
    script = (DISPLAY / "shared.js").read_text("utf-8") + FIELD
    result = subprocess.run([tool("node"), "-e", script], capture_output=True, text=True, timeout=30, check=True)
    told, shown = json.loads(result.stdout)

    assert told == ["h", "he", "hey", "heyho"]
    assert shown == ["40/point,", "hey", "hey", "hey", "hey", "40/point,", "hey", "42"]


def sources(view: type[View]) -> dict[str, str]:
    """Return the files that the browser gets as one module, in their order."""
    paths = ["shared.js", *(f"parts/{part}.js" for part in view.parts), f"views/{view.page}/page.js"]
    return {Path(path).name: (DISPLAY / path).read_text("utf-8") for path in paths}


def views() -> list[type[View]]:
    for name in display.__all__:
        import_module(f"livesock.display.views.{name}.view")
    found, classes = [], [View]
    while classes:
        below = classes.pop().__subclasses__()
        classes += below
        found += [view for view in below if "page" in vars(view)]  # one without is a base of several
    return sorted(found, key=lambda view: view.page)


def test_every_name_of_display_is_a_view_here() -> None:
    assert sorted(view.page for view in views()) == sorted(display.__all__)


@pytest.mark.parametrize("view", views(), ids=lambda view: view.page)
def test_what_a_page_takes_stands_before_it(view: type[View]) -> None:
    """The linter believes `/* global … -- from … */`; here each such name is looked up."""
    given: dict[str, set[str]] = {}
    for name, text in sources(view).items():
        for taken, source in TAKEN.findall(text):
            assert set(taken.split(", ")) <= given.get(source, set()), (
                f"{name} of {view.page} takes {taken} from {source}"
            )
        given[name] = {one for names in GIVEN.findall(text) for one in names.split(", ")}


def test_every_view_has_a_page() -> None:
    assert [view.page for view in views()] == sorted(display.__all__)
