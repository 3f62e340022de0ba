"""`livesock lab`: the learner's copy of the lessons, and JupyterLab open on the first one.

JupyterLab is a process of its own. It gets a token, a port and settings that keep it quiet through its command line
and environment; the learner's own Jupyter configuration is read and never written.
"""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from livesock.cli.checks import packages
from livesock.cli.kernels import LESSONS
from livesock.cli.lessons import Refreshed, first_lesson, refresh, shipped_folder
from livesock.cli.terminal import fail, say, stop_on_terminate
from livesock.errors import LivesockError, MissingExtra, PortInUse

__all__ = ["add", "run"]

HOST = "127.0.0.1"
PORTS = range(8888, 8908)
"""Ports to try when none was asked for: Jupyter's usual one and the next."""

START = 90.0
"""Seconds that JupyterLab gets to answer its first request: a cold disk needs many, a warm one three."""

LOG = ".jupyterlab.log"
"""File in the learner's folder that takes what JupyterLab has to say, so that the terminal stays readable."""

STOP = 10.0
"""Seconds that JupyterLab gets to shut its kernels down."""

SETTINGS = Path(__file__).parent / "jupyter"
"""Holds labconfig/: defaults that JupyterLab layers under the learner's own settings."""

EXAMPLES = """\
examples:
  livesock lab                       lessons in ./livesock-lessons, JupyterLab in the browser
  livesock lab --dir ~/sockets       lessons in another folder
  livesock lab --no-browser          only print the address (a remote machine, a container)
  livesock lab --port 9000           JupyterLab on this port, or a clear error

The folder is yours: edit and run the lessons there. After an update of livesock the command brings the lessons that
you did not change up to date, and asks about those that you did. Deleting one brings back a fresh copy."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "lab",
        help="copy the lessons into a folder of yours and open JupyterLab on the first one",
        description="Copy the lessons into a folder of yours and open JupyterLab on the first one.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--dir", type=Path, default=LESSONS, help="your folder (default: %(default)s)")
    parser.add_argument("--port", type=int, help="port of JupyterLab (default: the first free one from 8888)")
    parser.add_argument("--no-browser", action="store_true", help="open no browser, only print the address")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run until Ctrl-C; return the exit status."""
    folder: Path = args.dir.expanduser()
    try:
        check_place(folder)
        check_packages()
        tell(refresh(shipped_folder(), folder, ask), folder)
        while (status := run_on(choose_port(args.port), folder, args)) is None:
            pass  # the port was free, and another program was faster
    except (LivesockError, OSError) as exc:
        return fail(str(exc))
    return status


def run_on(port: int, folder: Path, args: argparse.Namespace) -> int | None:
    """Run JupyterLab until Ctrl-C; return the exit status, None if `port` is taken and was not asked for."""
    token = secrets.token_hex(24)
    url = f"http://{HOST}:{port}/lab/tree/{quote(first_lesson(shipped_folder()))}?token={token}"
    with stop_on_terminate(), jupyterlab(folder, port, token) as process:
        try:
            if not answers(process, port, token):
                if args.port is None and not is_free(port):
                    return None
                said = (folder / LOG).read_text("utf-8", errors="replace")[-2000:]
                return fail(f"JupyterLab did not start, `livesock doctor` looks for the cause. It said:\n{said}")
            opened = not args.no_browser and webbrowser.open(url)
            done = "is open on the first lesson" if opened else "runs; open the first lesson in a browser"
            say(f"\n  JupyterLab {done}:\n\n      {url}\n\n  Stop it with Ctrl-C.\n")
            process.wait()
            return fail(f"JupyterLab has stopped by itself; see {folder / LOG}") if process.returncode else 0
        except KeyboardInterrupt:
            say(f"\nStopped. Your lessons are in {folder}; `livesock lab` opens them again.")
            return 0


def check_place(folder: Path) -> None:
    """Raise LivesockError if `folder` is below one that another program has removed."""
    try:
        folder.absolute()
    except FileNotFoundError:
        raise LivesockError("the current folder does not exist any more: cd to another one") from None


def check_packages() -> None:
    """Raise MissingExtra with the command that helps unless JupyterLab, its kernel and its widgets are as needed."""
    troubles = {finding.name: finding.detail for finding in packages() if finding.status == "fail"}
    if troubles:
        found = ", ".join(f"{name} ({detail})" for name, detail in troubles.items())
        raise MissingExtra(f"the lessons need other packages here: {found}", *troubles)


def tell(done: Refreshed, folder: Path) -> None:
    """Say what happened to the learner's files."""
    if done.copied:
        say(f"Copied {len(done.copied)} files into {folder.resolve()}. They are yours to edit.")
    if done.replaced:
        say(f"Brought up to date: {', '.join(done.replaced)}")
    for name, saved_as in done.saved.items():
        say(f"{name} is new; yours is saved as {saved_as}.")
    for name in done.kept:
        say(f"{name}: yours differs from the lesson of that name, so it stays. Rename it to get the lesson beside it.")


def ask(name: str, saved_as: str) -> bool:
    """Ask the learner which version to use; without a terminal, and on any doubt, theirs."""
    if not sys.stdin.isatty():
        return False
    say(f"{name}: yours differs from livesock's new version.")
    try:
        answer = input(f"  [k]eep yours, or take the [n]ew one and save yours as {saved_as}? [k] ")
    except EOFError:
        return False
    return answer.strip().lower() in ("n", "new")


def choose_port(wanted: int | None) -> int:
    """Return a port of 127.0.0.1 that is free now: `wanted`, or the first of `PORTS`, or any.

    Raises:
        PortInUse: If `wanted` is taken, may not be used, or is no port.
    """
    for port in [wanted] if wanted is not None else [*PORTS, 0]:
        with socket.socket() as probe:
            if os.name == "posix":  # as servers do: a port whose last connection is still fading away is free
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError, OverflowError):
                probe.bind((HOST, port))
                return int(probe.getsockname()[1])
    raise PortInUse(f"port {wanted} cannot be used: choose another with --port, or leave --port out")


def is_free(port: int) -> bool:
    try:
        return choose_port(port) == port
    except PortInUse:
        return False


@contextmanager
def jupyterlab(folder: Path, port: int, token: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start JupyterLab on `folder`; on leaving, stop it together with its kernels."""
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--log-level=WARN"]
    command += [f"--ServerApp.ip={HOST}", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    command += [f"--ServerApp.root_dir={folder.resolve()}", "--LabApp.news_url="]
    path = os.pathsep.join(filter(None, [str(SETTINGS), os.environ.get("JUPYTER_CONFIG_PATH")]))
    environment = os.environ | {"JUPYTER_TOKEN": token, "JUPYTER_CONFIG_PATH": path}
    # A session of its own: Ctrl-C reaches this program only, which then stops JupyterLab without a question.
    (folder / LOG).write_bytes(b"")
    with (folder / LOG).open("ab") as log:  # at its end, where another lab in this folder may write too
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(STOP)
        except subprocess.TimeoutExpired:
            kill_group(process)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """End `process` and what it started, at once."""
    if os.name == "posix":
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def answers(process: subprocess.Popen[bytes], port: int, token: str) -> bool:
    """Wait until JupyterLab answers; False when it ended or let `START` seconds pass."""
    # No proxy from the environment: the request must not leave this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(f"http://{HOST}:{port}/api/status", headers={"Authorization": f"token {token}"})
    deadline = time.monotonic() + START
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError):
            opener.open(request, timeout=5).close()
            return True
        time.sleep(0.05)
    return False
