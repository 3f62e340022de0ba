"""What the notebooks need from pytest; the tests' own conftest.py is in tests/."""

from __future__ import annotations

import itertools
import os
import socket
from contextlib import suppress
from pathlib import Path

import pytest
from jupyter_client.connect import LocalPortCache

WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
"""Number of this process among those that pytest-xdist starts."""

LESSONS = Path(__file__).parent / "notebooks"
BESIDE = pytest.StashKey[set[Path]]()

PORTS = itertools.count(20_000 + 500 * (WORKER % 20))
"""Ports for kernels, below those that the system gives to servers and clients that ask for any."""


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Let nbval compare words, not pictures: the pictures in text/html hold times, keys and ports."""
    if collector.path.suffix == ".ipynb":
        collector.skip_compare += ("text/html", "image/svg+xml")  # type: ignore[attr-defined]


def pytest_configure(config: pytest.Config) -> None:
    """Let the lessons forget, for what they show must not depend on earlier runs; and give kernels ports of their own.

    Jupyter looks for five free ports, and the kernel takes them a second later. Until then a test of another process
    could take one of them.
    """
    os.environ["LIVESOCK_PROGRESS"] = "off"
    LocalPortCache.find_available_port = free_port  # type: ignore[assignment, method-assign]


def pytest_sessionstart(session: pytest.Session) -> None:
    """Remember what lies beside the lessons."""
    session.config.stash[BESIDE] = set(LESSONS.iterdir())


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Remove what lessons wrote beside themselves, such as my_server.py: `livesock lab` would hand it to a learner."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        for path in set(LESSONS.iterdir()) - session.config.stash[BESIDE]:
            if path.is_file():
                path.unlink()


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return more processes than two cores: most tests wait for a socket or a page, and hold no core meanwhile.

    Measured on two cores: the fast tests take 250 s in two processes and 164 s in four. What draws pages or installs
    (`-m "browser or …"`) needs more of a core, and gets three.
    """
    is_fast = config.getoption("markexpr").startswith("not browser")
    return max(4 if is_fast else 3, os.cpu_count() or 1)


def free_port(cache: LocalPortCache, ip: str) -> int:
    """Return the next port of `PORTS` that can be bound."""
    while True:
        with socket.socket() as probe, suppress(OSError):
            probe.bind((ip, port := next(PORTS)))
            return port
