"""What lesson 14 lends: a Redis of the lesson's own where one is installed, and the learner's `Relay` or ours."""

import atexit
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from livesock.errors import LivesockError
from livesock.learn.whose import is_own
from livesock.lessons.lesson14.relay import Relay

__all__ = ["RedisHere", "lent", "redis_here"]

PATIENCE = 5.0
"""Seconds that a `redis-server` has to start."""

ENDING = 'cat; kill -KILL "$0"; rm -rf "$1"'
"""Ends the process with the number $0 and removes the folder $1 once the kernel has closed its pipe, or was killed."""

_here: list["RedisHere"] = []


class RedisHere:
    """A `redis-server` that listens on a file of its own, and ends with the kernel, also with one that is killed."""

    def __init__(self, program: str) -> None:
        self._folder = tempfile.mkdtemp(prefix="livesock-redis-")
        self._door = str(Path(self._folder, "redis.sock"))
        self.url = f"unix://{self._door}"
        command = [program, "--port", "0", "--unixsocket", self._door, "--dir", self._folder, "--save", ""]
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )  # in a session of its own: an interrupted cell interrupts the kernel's
        self._ending = subprocess.Popen(
            ["sh", "-c", ENDING, str(self._process.pid), self._folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + PATIENCE
        while not os.path.exists(self._door) and time.monotonic() < deadline:
            time.sleep(0.01)
        atexit.register(self.close)

    def __repr__(self) -> str:
        return "a redis-server of this lesson"

    def say(self, *words: str) -> str:
        """Return what Redis answers to a command, as its own tool shows it."""
        tool = shutil.which("redis-cli")
        if tool is None:
            return "redis-cli is not installed"
        answer = subprocess.run(
            [tool, "-s", self._door, *words], capture_output=True, text=True, timeout=5, check=False
        )
        return answer.stdout

    def pause(self) -> None:
        """Stop it where it is, as a machine that hangs.

        Raises:
            LivesockError: If it is closed; also in `resume`.
        """
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        if self._process.poll() is not None:
            raise LivesockError("this Redis is closed: run the cell with redis_here() again, and those below it")
        os.kill(self._process.pid, number)

    def close(self) -> None:
        """End it. A second call does nothing."""
        self._ending.communicate(timeout=PATIENCE)
        self._process.wait(PATIENCE)
        atexit.unregister(self.close)


def redis_here() -> RedisHere | None:
    """Return a fresh Redis of the lesson's own; None where `redis-server` or the library `redis` is not installed."""
    while _here:
        _here.pop().close()
    program = shutil.which("redis-server")
    if program is None or importlib.util.find_spec("redis") is None or not hasattr(signal, "SIGSTOP"):
        return None
    _here.append(RedisHere(program))
    return _here[-1]


def lent(relay: type[Any]) -> tuple[type[Any], str]:
    """Return the class that is used, and whose it is: `relay` and "yours", or the reference and "ours".

    It is ours while a method of `relay` still raises NotImplementedError.
    """

    def trial() -> None:
        one = relay("a", lambda room, text: None, lambda entry: entries.append(entry))
        one.emit("red", "hi")
        one.receive(entries[0])

    entries: list[Any] = []
    return (relay, "yours") if is_own(relay, trial) else (Relay, "ours")
