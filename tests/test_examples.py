"""The examples in docstrings show what really comes."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHOWN = [path for path in sorted(ROOT.glob("livesock/**/*.py")) if "\n    >>> " in path.read_text("utf-8")]


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_an_example_in_a_docstring_is_true(path: Path) -> None:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    found = doctest.testmod(import_module(name))

    assert found.attempted and not found.failed
