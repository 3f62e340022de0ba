"""`TcpSocket`: a recorded TCP connection for bytes typed by hand.

    raw.sendall(b"GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
    raw.recv()                     any number of bytes from 1: what has come so far
    raw.recv_until(b"\\r\\n\\r\\n")    up to and including the marker
    raw.recv_exactly(5)            five bytes, however they were cut on the way

TCP carries a stream of bytes without borders. `recv_until` and `recv_exactly` put borders on it, and what they have
read beyond a border waits for the next call, as in every protocol that is built on TCP.
"""

from __future__ import annotations

import errno
import os
import socket
import time
import weakref
from types import TracebackType

from livesock.errors import LivesockError
from livesock.net.connect.recorded import RecordedSocket, address_of
from livesock.net.loop.habits import Blocking
from livesock.trace.recording import Trace

__all__ = ["TcpSocket"]

READ = 65_536
"""Bytes of one read at most."""

SEARCH_LIMIT = 2**20
"""Bytes in which `recv_until` has to find its marker: no one types a longer line by hand."""

Data = bytes | bytearray | memoryview


class TcpSocket(Blocking):
    """A TCP connection with the verbs of `socket.socket`, and `trace` with every byte of it.

    One thread may send while another one receives; `close` may come from any. A socket that nothing refers to any
    more is closed. Errors are those of `socket`; a `TimeoutError` also says what was expected and what came.
    """

    def __init__(self, sock: socket.socket, trace: Trace) -> None:
        """Take over the connected `sock`."""
        self.trace = trace
        self._name = f"{address_of(sock)} to {address_of(sock, peer=True)}"
        self._socket = RecordedSocket(sock, trace)
        self._waiting = bytearray()
        self._finalizer = weakref.finalize(self, sock.close)

    # -- sending

    def send(self, data: Data) -> int:
        """Send some of `data`, at least one byte, and return how many."""
        self._check_open()
        return self._socket.send(_checked(data))

    def sendall(self, data: Data) -> None:
        """Send all of `data`."""
        self._check_open()
        self._socket.sendall(_checked(data))

    # -- receiving

    def recv(self, n: int = READ) -> bytes:
        """Return what has arrived, from 1 to `n` bytes, waiting for the first one; `b""` at the end of the stream."""
        if not self._waiting:
            return self._read(n, self._deadline(), "the next bytes")
        return self._take(min(n, len(self._waiting)))

    def recv_exactly(self, n: int) -> bytes:
        """Return `n` bytes.

        Raises:
            EOFError: If the peer ends its direction before; what came stays readable.
            TimeoutError: If they have not come within the timeout; what came stays readable.
        """
        if n < 0:
            raise ValueError(f"a number of bytes is 0 or more, not {n}")
        deadline = self._deadline()
        while len(self._waiting) < n:
            self._read_more(deadline, f"{n} bytes")
        return self._take(n)

    def recv_until(self, marker: bytes) -> bytes:
        """Return everything up to and including `marker`.

        Raises:
            EOFError: If the peer ends its direction before; what came stays readable.
            TimeoutError: If the marker has not come within the timeout; what came stays readable.
            LivesockError: If it is not within the first MiB; what came stays readable.
        """
        marker = bytes(_checked(marker))
        if not marker:
            raise ValueError("a marker is at least one byte, not an empty one: it is found in any stream")
        deadline = self._deadline()
        start = 0
        while (found := self._waiting.find(marker, start)) < 0:
            if len(self._waiting) >= SEARCH_LIMIT:
                raise LivesockError(f"{marker!r} is not in the first {SEARCH_LIMIT} bytes: read them with recv()")
            start = max(0, len(self._waiting) - len(marker) + 1)  # the marker may be cut by the end of what is here
            self._read_more(deadline, f"{marker!r}")
        return self._take(found + len(marker))

    # -- ending

    def shutdown(self, how: int = socket.SHUT_WR) -> None:
        """End our direction: the peer reads its end, and we can still receive."""
        self._socket.shutdown(how)

    def close(self) -> None:
        """End the connection in an orderly way; a second call does nothing."""
        self._socket.close()

    def reset(self) -> None:
        """End the connection with a reset (RST), as a crash does: what is on the way in either direction is lost."""
        self._socket.reset()

    # -- the rest of `socket.socket`

    def settimeout(self, timeout: float | None) -> None:
        """Let every later call wait at most so many seconds; None waits for ever, 0 never."""
        self._socket.settimeout(timeout)

    def gettimeout(self) -> float | None:
        """Return the seconds that a call waits at most, or None."""
        timeout: float | None = self._socket.gettimeout()
        return timeout

    def fileno(self) -> int:
        """Return the operating system's number of the socket, -1 once it is closed."""
        number: int = self._socket.fileno()
        return number

    def getsockname(self) -> tuple[str, int]:
        """Return our own (host, port)."""
        host, port = self._socket.getsockname()[:2]
        return host, port

    def getpeername(self) -> tuple[str, int]:
        """Return the peer's (host, port)."""
        host, port = self._socket.getpeername()[:2]
        return host, port

    def __enter__(self) -> TcpSocket:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "closed" if self.fileno() == -1 else "open"
        return f"<TcpSocket {self._name}, {state}, {len(self._waiting)} B unread>"

    # -- inside

    def _take(self, n: int) -> bytes:
        data = bytes(self._waiting[:n])
        del self._waiting[:n]
        return data

    def _read_more(self, deadline: float | None, awaited: str) -> None:
        data = self._read(READ, deadline, awaited)
        if not data:
            raise EOFError(f"the peer ended its direction before {awaited} came; {self._so_far()}")
        self._waiting += data

    def _read(self, n: int, deadline: float | None, awaited: str) -> bytes:
        """Receive once, until `deadline` at most, and leave the socket's own timeout as it was."""
        self._check_open()
        timeout = self._socket.gettimeout()
        try:
            if deadline is not None and timeout:
                self._socket.settimeout(max(deadline - time.monotonic(), 1e-6))
            return self._socket.recv(n)
        except TimeoutError as exc:
            raise TimeoutError(f"waited {timeout:g} s for {awaited}; {self._so_far()}") from exc
        finally:
            if timeout and self.fileno() != -1:
                self._socket.settimeout(timeout)

    def _check_open(self) -> None:
        if self.fileno() == -1:
            what = os.strerror(errno.EBADF)
            raise OSError(errno.EBADF, f"{what}: this end of the connection is closed, make a new one with tcp()")

    def _so_far(self) -> str:
        if not self._waiting:
            return "nothing came"
        shown = bytes(self._waiting[:60])
        more = " …" if len(self._waiting) > 60 else ""
        return f"so far came {len(self._waiting)} bytes, {shown!r}{more}; recv() still returns them"

    def _deadline(self) -> float | None:
        timeout = self.gettimeout()
        return None if timeout is None else time.monotonic() + timeout


def _checked(data: Data) -> Data:
    if isinstance(data, str):
        raise TypeError("send bytes, not str: write b'…' or text.encode()")
    if not isinstance(data, bytes | bytearray | memoryview):
        raise TypeError(f"send bytes, not {type(data).__name__}: write b'…'")
    return data
