"""What every test gets: nothing may be left over, and a missing tool is a failure in CI only."""

from __future__ import annotations

import gc
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from livesock.cli.dev.peers import missing
from tests.peers import listening, unavailable

# No test measures speed: a busy machine draws examples slowly, and each of them may take its time.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

# A shell that runs the tests in its background lets them ignore Ctrl-C, and then no test could interrupt anything.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

GRACE = 3.0
"""Seconds that threads and sockets get to end after a test has asked them to."""

WORKERS = ("asyncio_", "ThreadPoolExecutor-")
"""Names of idle pool threads: they belong to a loop that a fixture of wider scope may still be using."""


def running(*, workers: bool) -> set[threading.Thread]:
    return {t for t in threading.enumerate() if t.is_alive() and (workers or not t.name.startswith(WORKERS))}


def left_over(threads: set[threading.Thread], sockets: set[str], *, workers: bool) -> list[str]:
    """Return what exists now and did not before, after giving it `GRACE` seconds to go away."""
    deadline = time.monotonic() + GRACE
    while True:
        found = [f"thread {t.name}" for t in running(workers=workers) - threads]
        found += [f"listening socket {s}" for s in listening() - sockets]
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.01)  # polls for an end that sends no event


def pytest_collection_finish() -> None:
    """Let `gc.collect()`, which many tests call, look only at what a test made, and not at pytest and Jupyter."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def nothing_outlives_the_tests() -> Iterator[None]:
    """Fail the run when a fixture of any scope leaves a thread or a listening socket behind."""
    threads, sockets = running(workers=True), listening()
    yield
    found = left_over(threads, sockets, workers=True)
    assert not found, f"left over at the end of the run: {found}"


@pytest.fixture(autouse=True)
def nothing_is_left_over(nothing_outlives_the_tests: None) -> Iterator[None]:
    """Fail the test that leaves a thread or a listening socket behind."""
    threads, sockets = running(workers=False), listening()
    yield
    found = left_over(threads, sockets, workers=False)
    assert not found, f"left over by this test: {found}; close it, or use it in a with statement"


INSTALL = {
    "chromium": "apt install chromium",
    "curl": "apt install curl",
    "kosoku": "uv sync, it is a development dependency",
    "nginx": "apt install nginx",
    "haproxy": "apt install haproxy",
    "node": "apt install nodejs, or nodejs.org",
    "redis-server": "apt install redis-server",
    "systemd-analyze": "apt install systemd",
    "tshark": "apt install tshark",
    "uv": "pip install uv",
}
"""How to get the programs that tests use."""


@pytest.fixture(scope="session")
def need() -> Callable[[object, str], None]:
    """Return a function `need(there, sentence)` that skips the test unless `there`, and in CI fails it."""

    def check(there: object, sentence: str) -> None:
        if not there:
            unavailable(sentence)

    return check


@pytest.fixture(scope="session")
def tool() -> Callable[[str], str]:
    """Return a function that finds a program: its path, or a skip that says what is missing (a failure in CI)."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            unavailable(f"the program {name} is not installed: {INSTALL[name]}")
        return str(path)

    return find


@pytest.fixture(scope="session")
def index(need: Callable[[object, str], None], tool: Callable[[str], str]) -> None:
    """Skip (in CI: fail) unless uv can ask the package index about a package that it has not kept."""
    answer = subprocess.run(
        [tool("uv"), "pip", "compile", "--quiet", "--no-cache", "--no-deps", "-"],
        input="h11",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    need(answer.returncode == 0, "the package index cannot be reached")


NODE = Path(__file__).parent / "interop" / "node"


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """Return the folder with the npm packages that interop/node/package.json names, or skip (fail in CI)."""
    if absent := missing(NODE):
        unavailable(f"not here: {', '.join(absent)}; run  uv run livesock dev peers")
    return NODE / "node_modules"


@pytest.fixture
def free_port() -> int:
    """Return a port of 127.0.0.1 that was free a moment ago; only for programs that cannot take port 0."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
