"""Autobahn's cases, in kosoku's edition, against `connect()`."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from livesock.client import connect

pytestmark = pytest.mark.interop

AGENT = "livesock"

EXCUSED = {"7.1.5"}
"""Failures of `websockets` itself, as its page on compliance says: a close frame inside a fragmented message is not
answered with the same code but with 1002, because the message is never finished."""

ACCEPTED = {"OK", "NON-STRICT", "INFORMATIONAL"}

NON_STRICT = {
    *("3.2", "3.3", "3.4", "4.1.3", "4.1.4", "4.1.5", "4.2.3", "4.2.4", "4.2.5", "5.15"),
    *("6.4.1", "6.4.2", "6.4.3", "6.4.4"),
}
"""Cases with a stricter and a more lenient right answer, in which `websockets` may give the lenient one; most are on
its page on compliance. 3 to 5: it may see the fault before it has echoed what came ahead of it. 6.4: it looks at the
text of a frame when the frame is complete, not while its bytes come in."""

NOT_PLAYED = {
    "9.3.1": "65536 fragments; websockets refuses more than 4096 in one message (WEBSOCKETS_MAX_FRAGMENTS), with 1009",
    "9.3.2": "16384 fragments, likewise",
    "9.4.1": "65536 fragments, likewise",
    "9.4.2": "16384 fragments, likewise",
    "12.*": "measures compression, which is off by default here",
    "13.*": "negotiates compression, which is off by default here",
}
"""Cases left out, each with the reason."""

PARALLEL = 8
"""Cases played at once: a few wait for seconds by design."""


@contextlib.contextmanager
def fuzzing_server(reports: Path) -> Iterator[str]:
    """Yield the URL of a server that plays the cases; when it has stopped, `reports` holds its verdicts."""
    command = [sys.executable, "-c", "from kosoku._cli import main; main()", "-m", "fuzzingserver"]
    command += [part for case in NOT_PLAYED for part in ("-x", case)]
    command += ["-o", str(reports), "127.0.0.1:0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stderr is not None
        try:
            yield process.stderr.readline().split()[-1]
            process.wait(30)
        finally:
            process.kill()


def play(url: str) -> None:
    """Echo whatever comes until the connection ends, as a client under test does."""
    with contextlib.suppress(ConnectionClosed), connect(url, max_size=None, timeout=20) as ws:
        for message in ws:
            ws.send(message)


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """Run every case once and return what the report says, by case."""
    reports = tmp_path_factory.mktemp("kosoku")
    with fuzzing_server(reports) as url:
        with connect(f"{url}/getCaseCount") as ws:
            count = int(ws.recv(timeout=20))
        cases = [f"{url}/runCase?case={number}&agent={AGENT}" for number in range(1, count + 1)]
        with ThreadPoolExecutor(PARALLEL) as pool:
            list(pool.map(play, cases))
        play(f"{url}/updateReports?agent={AGENT}")
    found: dict[str, dict[str, str]] = json.loads((reports / "index.json").read_text("utf-8"))[AGENT]
    return found


def test_every_case_was_played(verdicts):
    core = [case for case in verdicts if not case.startswith("9.")]

    assert len(core) == 247
    assert len(verdicts) == 297


def test_no_case_failed_that_websockets_does_not_excuse(verdicts):
    failed = {case for case, verdict in verdicts.items() if verdict["behavior"] not in ACCEPTED}

    assert failed <= EXCUSED, {case: verdicts[case] for case in failed}


def test_every_connection_ended_as_the_case_demands(verdicts):
    failed = {case for case, verdict in verdicts.items() if verdict["behaviorClose"] not in ACCEPTED}

    assert failed <= EXCUSED, {case: verdicts[case] for case in failed}


def test_the_lenient_verdicts_are_the_known_ones(verdicts):
    lenient = {case for case, verdict in verdicts.items() if verdict["behavior"] == "NON-STRICT"}

    assert lenient <= NON_STRICT
