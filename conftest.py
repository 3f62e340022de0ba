"""What the notebooks need from pytest; the tests' own conftest.py is in tests/."""

from __future__ import annotations

import pytest


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Let nbval compare words, not pictures: the pictures in text/html hold times, keys and ports."""
    if collector.path.suffix == ".ipynb":
        collector.skip_compare += ("text/html", "image/svg+xml")  # type: ignore[attr-defined]
