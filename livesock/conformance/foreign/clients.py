"""Judge (a): clients that nobody here wrote talk to the server, one after the other, each in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from livesock.conformance import clients
from livesock.conformance.bench import Bench
from livesock.conformance.case import CaseVerdict
from livesock.conformance.clients import in_browser
from livesock.conformance.node import node_path
from livesock.conformance.process.program import ServerFailed, kill_group
from livesock.conformance.results import Result

__all__ = ["BROWSER", "NODE", "run"]

NODE = "ws (Node)"
"""How the client of Node is called in a report."""

BROWSER = "a browser"
"""How a browser of this machine is called in a report."""

TIME = 12.0
"""Seconds that one client may take, for a patience of 1."""

LESSONS = "A server is right when clients that do not know it can talk to it."

NO_PROXY = {"NO_PROXY": "*", "no_proxy": "*"}


def run(bench: Bench) -> list[Result]:
    """Return a result for each client and each check; NOT RUN for a client that is not installed."""
    return [result for name in (*clients.CLIENTS, NODE, BROWSER) for result in _client(bench, name)]


def _client(bench: Bench, name: str) -> Iterator[Result]:
    command, why_not = _command(name)
    if bench.tls is not None:
        why_not = "The clients speak ws here, and the server speaks wss."
    if why_not:
        yield _result(name, "all checks", CaseVerdict.NOT_RUN, why_not)
        return
    began = time.monotonic()
    try:
        bench.up()
    except ServerFailed as exc:
        yield _result(name, "all checks", CaseVerdict.FAIL, str(exc))
        return
    address = f"ws://{bench.server.host}:{bench.server.port}{bench.server.path}"
    lines, error = _finished([*command, address], TIME * max(1.0, bench.patience))
    bench.server.served += 1
    for line in lines:
        check, verdict, sentence = json.loads(line)
        yield _result(name, check, CaseVerdict(verdict), sentence, time.monotonic() - began)
        began = time.monotonic()
    if error:
        yield _result(name, "the rest", CaseVerdict.FAIL, error)
        bench.suspect()
    elif wrong := bench.server.wrong():
        yield _result(name, "the server afterwards", CaseVerdict.FAIL, wrong)


def _finished(command: list[str], seconds: float) -> tuple[list[str], str]:
    """Return the lines that a client printed, and a sentence if it did not come to its end."""
    process = subprocess.Popen(
        command,
        env={**node_path(), **NO_PROXY},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=os.name == "posix",  # a client's own processes end with it
    )
    with process:
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            kill_group(process)
            out, err = process.communicate()
            return _json(out), f"The client did not come to its end within {seconds:.0f} s."
        except BaseException:  # Ctrl-C: it is in a session of its own, and would be waited for without end
            kill_group(process)
            raise
    if process.returncode:
        last = (err.strip().splitlines() or ["no word"])[-1]
        return _json(out), f"The client ended with an error: {last[:200]}"
    return _json(out), ""


def _json(out: str) -> list[str]:
    return [line for line in out.splitlines() if line.startswith("[")]


def _command(name: str) -> tuple[list[str], str]:
    """Return what starts the client, or a sentence that says what is missing."""
    if name == BROWSER:
        program = in_browser.found()
        if program is None:
            return [], "No Chromium, Chrome or Edge is installed: apt install chromium"
        return [sys.executable, "-m", in_browser.__name__, program], ""
    if name != NODE:
        if not clients.is_installed(name):
            return [], f"{name} is not installed: pip install 'livesock[judge]'"
        return [sys.executable, "-m", "livesock.conformance.clients", name], ""
    node = shutil.which("node")
    if node is None:
        return [], "Node is not installed: nodejs.org"
    script = Path(clients.__file__).with_name("node_ws.cjs")
    found = subprocess.run([node, "-e", 'require("ws")'], env=node_path(), capture_output=True)
    return ([node, str(script)], "") if found.returncode == 0 else ([], "ws is not installed: npm install ws")


def _result(name: str, check: str, verdict: CaseVerdict, sentence: str, seconds: float = 0.0) -> Result:
    return Result(name, check, "RFC 6455", 0, verdict, sentence, LESSONS, (), seconds, "clients")
