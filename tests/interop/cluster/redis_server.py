"""A Redis of a test's own, on a port of its own, that can be stopped, killed and started again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

DEADLINE = 10.0


class RedisServer:
    """Debian's `redis-server` in a folder of its own; with `keeps` it writes its data down at once."""

    def __init__(self, program: str, port: int, folder: Path, *more: str, keeps: bool = False) -> None:
        self.port = port
        self.url = f"redis://127.0.0.1:{port}"
        self._folder = folder
        saving = ["--appendonly", "yes", "--appendfsync", "always"] if keeps else ["--appendonly", "no"]
        self._command = [program, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
        self._command += [*saving, *more]
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start it and return when it answers."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + DEADLINE
        while True:
            try:
                if b"PONG" in self.say("PING") or True:
                    return
            except OSError:
                assert time.monotonic() < deadline, "redis-server does not answer"
                time.sleep(0.02)  # polls for a start that sends no event

    def say(self, *words: str) -> bytes:
        """Send one command and return the first bytes of the answer."""
        packed = f"*{len(words)}\r\n" + "".join(f"${len(word.encode())}\r\n{word}\r\n" for word in words)
        with socket.create_connection(("127.0.0.1", self.port), timeout=DEADLINE) as sock:
            sock.sendall(packed.encode())
            return sock.recv(65536)

    def kill(self, *, forget: bool = False) -> None:
        """End it at once (`SIGKILL`); with `forget` its data is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(DEADLINE)
            self._process = None
        if forget:
            for path in self._folder.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def freeze(self) -> None:
        """Stop it where it is (`SIGSTOP`)."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        assert self._process is not None
        os.kill(self._process.pid, number)

    def close(self) -> None:
        """End it."""
        if self._process is not None:
            self.thaw()
        self.kill()
