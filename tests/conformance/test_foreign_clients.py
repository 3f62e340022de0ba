"""The clients that others wrote, as processes of the judge."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.peers import eventually


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGINT for one process")
def test_an_interrupt_ends_a_client_that_would_go_on(tmp_path: Path) -> None:
    file = tmp_path / "runs"
    client = [sys.executable, "-c", f"import time; open({str(file)!r}, 'w'); time.sleep(600)"]
    asks = f"from livesock.conformance.foreign.clients import _finished; _finished({client!r}, 600)"
    with subprocess.Popen([sys.executable, "-c", asks], stderr=subprocess.PIPE, text=True) as judge:
        eventually(file.exists, "the client runs, and the judge waits for it")
        (started,) = psutil.Process(judge.pid).children()
        judge.send_signal(signal.SIGINT)
        assert "KeyboardInterrupt" in judge.communicate(timeout=20)[1]
    eventually(lambda: not started.is_running(), "the client has ended")
