"""`Program`: the learner's server as a process that is started, watched and ended, with everything it started.

    python my_server.py PORT      in a process group of its own; its folder is the working directory

Whatever the program does, three things hold: `start` returns within seconds, with a sentence if nothing listens;
`wrong` says what limit it broke; after `stop` no process and no port of it is left. When the judge is killed, a program
in Python ends too.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from livesock.conformance.node import node_path
from livesock.conformance.process import linux
from livesock.conformance.process.output import LIMIT, Output
from livesock.errors import LivesockError

__all__ = ["MEMORY", "Program", "ServerFailed", "kill_group"]

START = 3.0
"""Seconds until the port has to be open, for a patience of 1: Python itself needs a tenth of one."""

MEMORY = 512 * 1024**2
"""Bytes of memory of all processes of the program together: an echo server needs twenty million."""

PROCESSES = 32
"""Processes that the program may start."""

LOOK = 0.1
"""Seconds between two looks at the limits."""

INSIDE = Path(__file__).with_name("inside.py")

_POSIX = os.name == "posix"


class ServerFailed(LivesockError):
    """The server under test cannot be judged; the message is a sentence for its author."""


class Program:
    """The server in the file `path`. Call every method from one thread."""

    host = "127.0.0.1"
    path = "/"

    def __init__(
        self, path: str | Path, environment: Mapping[str, str] | None = None, *, patience: float = 1.0
    ) -> None:
        self.file = Path(path).resolve()
        self.port = 0
        self.served = 0
        """Connections since the start; who judges counts them."""
        self._start_within = START * max(1.0, patience)
        self._more = dict(environment or {})
        self._mark = f"LIVESOCK_JUDGE={secrets.token_hex(8)}"
        self._process: subprocess.Popen[bytes] | None = None
        self._output: Output | None = None
        self._channel: socket.socket | None = None
        self._wrong = ""
        self._done = threading.Event()
        self._watch: threading.Thread | None = None

    # -- its life

    @property
    def is_running(self) -> bool:
        """Whether the process has been started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the process and return when its port is open.

        Raises:
            ServerFailed: If it ends, or listens nowhere, or somewhere else.
        """
        runner = self._runner()
        self.port = _free_port()
        ours, theirs = socket.socketpair() if _POSIX else (None, None)
        number = -1 if theirs is None else theirs.fileno()
        if runner[-1] == str(INSIDE):
            runner = [*runner, str(number)]
        name, _, value = self._mark.partition("=")
        environment = {**node_path(), "PYTHONUNBUFFERED": "1", "HOST": self.host, "PORT": str(self.port), name: value}
        reading, writing = os.pipe()
        try:
            self._process = subprocess.Popen(
                [*runner, str(self.file), str(self.port)],
                cwd=self.file.parent,
                env={**environment, **self._more},
                stdin=subprocess.DEVNULL,
                stdout=writing,
                stderr=writing,
                pass_fds=() if theirs is None else (number,),
                start_new_session=_POSIX,
            )
        finally:
            os.close(writing)
            if theirs is not None:
                theirs.close()
        self._channel, self._output, self.served, self._wrong = ours, Output(reading), 0, ""
        self._done.clear()
        self._watch = threading.Thread(target=self._look, name="livesock-judge-watch", daemon=True)
        self._watch.start()
        self._wait_until_open()

    def wrong(self) -> str:
        """Return what is wrong with the process, in a sentence: it ended, or broke a limit; nothing if all is well."""
        if self._wrong:
            return self._wrong
        assert self._process is not None and self._output is not None
        status = self._process.poll()
        if status is None:
            return ""
        self._output.close()
        error = self._output.error()
        if linux.marked(self._mark):
            return (
                "The process of your server ended while a process that it had forked went on: one process is asked for."
            )
        if error:
            return f"Your server ended with an error: {error}."
        if status < 0:
            return f"Your server was ended by the signal {signal.Signals(-status).name}."
        return f"Your server ended by itself, with exit status {status}."

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the process."""
        assert self._process is not None
        self._process.terminate()

    def exit_status(self, seconds: float) -> int | None:
        """Return the exit status, None if the process still runs after `seconds`."""
        assert self._process is not None
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(seconds)
        return None

    def stop(self) -> str:
        """End every process, wait until the port is free, and return what was left over, in a sentence."""
        process, self._process = self._process, None
        if process is None:
            return ""
        self._done.set()
        kill_group(process)
        process.wait(5)
        left = linux.marked(self._mark)
        for pid in left:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        if self._watch is not None:
            self._watch.join()
        if self._channel is not None:
            self._channel.close()
        self._wait_until_free()
        if self._output is not None:
            self._output.close()
        return "Your server left a process behind, in a session of its own; the judge ended it." if left else ""

    # -- looking

    def output(self) -> str:
        """Return the last lines that the program printed."""
        return self._output.text() if self._output is not None else ""

    @property
    def printed(self) -> int:
        """Bytes that the program has printed."""
        return self._output.size if self._output is not None else 0

    def error(self) -> str:
        """Return the last error of Python that the program printed, with its line; or nothing."""
        return self._output.error() if self._output is not None else ""

    def counts(self) -> dict[str, int]:
        """Return what the process holds: tasks, threads, sockets, memory; empty where that cannot be asked."""
        if self._channel is None:
            return {}
        try:
            self._channel.settimeout(3)
            self._channel.sendall(b"count\n")
            answer = b""
            while not answer.endswith(b"\n"):
                data = self._channel.recv(4096)
                if not data:
                    return {}
                answer += data
            found: dict[str, int] = json.loads(answer)
        except (OSError, ValueError):
            return {}
        return found

    def _runner(self) -> list[str]:
        """Return what runs the file: Python, and Node for JavaScript."""
        if self.file.suffix in (".js", ".cjs", ".mjs"):
            node = shutil.which("node")
            if node is None:
                raise ServerFailed("Node is not installed, and it runs files that end in .js: nodejs.org")
            return [node]
        return [sys.executable, str(INSIDE)]

    def _look(self) -> None:
        """Look at the limits until the end, and end the processes when one is broken."""
        while not self._done.wait(LOOK):
            if self._output is not None and self._output.is_too_much:
                self._give_up(f"Your server printed more than {LIMIT // 1024**2} MiB: is there a print in a loop?")
            elif len(pids := linux.marked(self._mark)) > PROCESSES:
                self._give_up(f"Your server started more than {PROCESSES} processes: one is asked for.")
            elif linux.memory(pids) > MEMORY:
                self._give_up(f"Your server took more than {MEMORY // 1024**2} MiB of memory.")

    def _give_up(self, sentence: str) -> None:
        self._wrong = f"{sentence} The judge ended it."
        process = self._process
        if process is not None:
            kill_group(process)
        self._done.set()

    def _wait_until_open(self) -> None:
        deadline = time.monotonic() + self._start_within
        while not _is_open(self.port):
            if sentence := self.wrong():
                raise ServerFailed(sentence)
            if time.monotonic() > deadline and (why := self._elsewhere()):
                raise ServerFailed(why)
            time.sleep(0.005)

    def _elsewhere(self) -> str:
        """Return why nothing listens, after all that time; an empty text if it does so at this moment."""
        asked = f"on 127.0.0.1, port {self.port}: the first argument, int(sys.argv[1])"
        found = linux.listening(linux.marked(self._mark))
        if any(one.port == self.port and one.takes_loopback for one in found):
            return ""
        if found:
            places = ", ".join(sorted({f"{one.host}, port {one.port}" for one in found}))
            return f"Your server listens on {places}. It should listen {asked}."
        return f"Nothing listened within {self._start_within:g} s. The server should listen {asked}."

    def _wait_until_free(self) -> None:
        deadline = time.monotonic() + 2
        while linux.can_look() and _is_open(self.port) and time.monotonic() < deadline:
            time.sleep(0.005)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_open(port: int) -> bool:
    """Return whether something listens; where the system does not say, a connection is tried."""
    if linux.can_look():
        return any(one.port == port and one.takes_loopback for one in linux.listening())
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=0.5):
        return True
    return False


def kill_group(process: subprocess.Popen[Any]) -> None:
    """End a process and all that it has started."""
    with contextlib.suppress(OSError):
        if _POSIX:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
