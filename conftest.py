"""What the notebooks need from pytest; the tests' own conftest.py is in tests/."""

from __future__ import annotations

import os

import pytest


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Let nbval compare words, not pictures: the pictures in text/html hold times, keys and ports."""
    if collector.path.suffix == ".ipynb":
        collector.skip_compare += ("text/html", "image/svg+xml")  # type: ignore[attr-defined]


def pytest_configure(config: pytest.Config) -> None:
    """Let the lessons forget: what they show must not depend on who has worked in that folder before."""
    os.environ["LIVESOCK_PROGRESS"] = "off"
