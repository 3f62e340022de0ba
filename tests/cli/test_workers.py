"""`livesock serve --workers`: what it refuses, and in tests/interop what it does."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

import psutil
import pytest

from livesock.cli import main
from tests.peers import eventually


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--workers", "0"], "--workers is a number of processes, at least 1, and not 0"),
        (["--workers", "-2"], "--workers is a number of processes, at least 1, and not -2"),
        (["--workers", "2"], "several workers share no rooms without a bus"),
        (["--workers", "2", "--cluster", "redis://127.0.0.1:1", "--host", "0.0.0.0"], "for this machine alone"),
        (["--demo", "chat", "--cluster", "redis://127.0.0.1:1"], "an application keeps its state in one process"),
        (["--workers", "2", "--demo", "game", "--cluster", "redis://127.0.0.1:1"], "leave --demo out"),
        (["--port", "0", "--cluster", "redis://127.0.0.1:1"], "no Redis answers at redis://127.0.0.1:1"),
    ],
)
def test_what_cannot_work_is_a_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert main(["serve", *arguments]) != 0

    assert sentence in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGTERM")
def test_a_signal_while_workers_start_leaves_none() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}"
        command = [sys.executable, "-m", "livesock", "serve", "--port", "0", "--workers", "2", "--cluster", url]
        with subprocess.Popen(command) as process:
            workers = eventually(lambda: two_of(psutil.Process(process.pid).children()), "two workers start")
            process.send_signal(signal.SIGTERM)

    eventually(lambda: not any(worker.is_running() for worker in workers), "no worker is left")
    assert process.returncode == 130


def two_of(processes: list[psutil.Process]) -> list[psutil.Process]:
    return processes if len(processes) == 2 else []
