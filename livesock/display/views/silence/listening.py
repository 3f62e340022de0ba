"""`Listening`: a real TCP connection whose client calls `recv` until it knows how the server's silence ends.

    client ── recv() ──► b"one" ── the server is silent in one of four ways ──► recv() ──► recv()

`recv` waits `PATIENCE` seconds at most, so a run takes less than a second. Both ends are recorded.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
import time
from typing import NamedTuple

from livesock.net.connect.tcp import TcpSocket
from livesock.net.netsim.netsim import NetSim, netsim
from livesock.trace.recording import Trace

__all__ = ["PATIENCE", "SAID", "SILENCES", "Listening", "Silence"]

PATIENCE = 0.3
"""Seconds that each `recv` of the client waits."""

LIMIT = 5.0

SAID = {"bytes": "bytes", "end": 'b""', "timeout": "TimeoutError", "reset": "ConnectionResetError"}
"""What `recv` may say, as the page writes it."""

_numbers = itertools.count(1)


class Silence(NamedTuple):
    """One way in which a server sends nothing."""

    button: str
    story: str


SILENCES = {
    "thinks": Silence("it thinks", "The server has sent “one”, and thinks for a while."),
    "ends": Silence("it ends its direction", "The server has sent “one”, and calls shutdown(): that was all from it."),
    "resets": Silence("it crashes", "The server has sent “one”, and crashes; its system sends a reset."),
    "cut": Silence("the cable is cut", "The server has sent “one”. The cable is cut, and it sends “two”."),
}


class Note(NamedTuple):
    """What a program did or got, and when (Unix time)."""

    end: int
    at: float
    text: str


class Listening:
    """One run, begun at once, in a thread of its own. Read the results when `done` is set. Thread-safe."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.number = next(_numbers)
        self.said: list[str] = []
        """What each `recv` said after `b"one"`: a key of `SAID`."""
        self.notes: list[Note] = []
        self.cut: float | None = None
        self.client_trace, self.server_trace = Trace(client=">"), Trace()
        self.problem = ""
        self.done = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"livesock silence {self.number}", daemon=True)
        self._thread.start()

    def join(self, timeout: float) -> None:
        self._thread.join(timeout)

    def _run(self) -> None:
        try:
            with contextlib.ExitStack() as stack:
                door = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
                door.settimeout(LIMIT)
                line = stack.enter_context(netsim(door.getsockname(), name=f"silence {self.number}"))
                port = line.port if self.key == "cut" else door.getsockname()[1]
                near = socket.create_connection(("127.0.0.1", port), LIMIT)
                client = stack.enter_context(TcpSocket(near, self.client_trace))
                server = stack.enter_context(TcpSocket(door.accept()[0], self.server_trace))
                server.settimeout(LIMIT)
                server.sendall(b"one")
                client.recv()
                client.settimeout(PATIENCE)
                self._be_silent(client, server, line)
        except (OSError, EOFError) as exc:
            self.problem = str(exc) or type(exc).__name__
        finally:
            self.done.set()

    def _be_silent(self, client: TcpSocket, server: TcpSocket, line: NetSim) -> None:
        if self.key == "thinks":
            self._hear(client)
            server.sendall(b"two")
        elif self.key == "ends":
            self._note(1, "shutdown()")
            server.shutdown()
            self._hear(client)
            client.sendall(b"ok?")  # the other direction still works
            server.recv()
        elif self.key == "resets":
            self._note(1, "crashes")
            server.reset()
            self._hear(client)
            return
        else:
            self.cut = time.time()
            line.black_hole = True
            server.sendall(b"two")
            self._hear(client)
        self._hear(client)

    def _hear(self, client: TcpSocket) -> None:
        """Call `recv` once and note what it says."""
        try:
            data = client.recv()
            said, text = ("bytes", repr(data)) if data else ("end", 'b""')
        except TimeoutError:
            said = text = "timeout"
        except ConnectionResetError:
            said = text = "reset"
        self.said.append(said)
        self._note(0, {"timeout": "TimeoutError", "reset": "error: reset"}.get(said, text))

    def _note(self, end: int, text: str) -> None:
        self.notes.append(Note(end, time.time(), text))
