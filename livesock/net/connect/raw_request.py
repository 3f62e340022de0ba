"""`RawRequest`: one request to a server, sent as raw bytes on a recorded connection, and everything that comes back.

    TCP connect ─► (TLS) ─► head ─► answer ── 101 ──► frames ─► what comes ─► last words ─► until the end, or quiet
                                       └── other ──► its body

The request is not checked: its purpose is to see how a server answers a wrong one. It runs in a thread of its own, so
that a live view can show what has come so far.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time

from livesock.errors import LivesockError, PacketError
from livesock.net.connect.tcp import TcpSocket
from livesock.net.connect.tls import client_context
from livesock.net.connect.urls import Target
from livesock.trace.recording import Trace
from livesock.wire.http import parse_response

__all__ = ["RawRequest"]

PATIENCE = 5.0
"""Seconds for the connection, and for the answer to the head."""

QUIET = 1.0
"""Seconds without a byte after which nothing more is expected: long on loopback, short for a person."""

ENOUGH = 2**20
"""Bytes after which we stop reading: a server that never ends must not fill the memory."""


class RawRequest:
    """Begins at once and asks once. `trace` grows while it runs; everything is thread-safe.

    `head` are the bytes of the request, `then` the bytes that follow a 101, `last` those that follow the first answer
    to them. `patience` are the seconds for the connection, and for the answer to the head.
    """

    def __init__(
        self, target: Target, head: bytes, then: bytes = b"", last: bytes = b"", *, patience: float = PATIENCE
    ) -> None:
        self.trace = Trace(client=">")
        self.head, self.then, self.last = head, then, last
        self.connected: float | None = None
        """Seconds that the TCP handshake took; None before its end."""
        self.secured: float | None = None
        """Seconds that the TLS handshake took after that; None without one."""
        self.tls = ""
        """Version and cipher of TLS, as the library names them."""
        self.problem = ""
        """Why there is no answer, or only a part of one; empty if nothing went wrong."""
        self.went_quiet = False
        """Whether the connection was still open when we stopped reading."""
        self.done = threading.Event()
        self._target, self._patience = target, patience
        self._closing = False
        self._raw: TcpSocket | None = None
        self._thread = threading.Thread(target=self._run, name="livesock raw request", daemon=True)
        self._thread.start()

    def close(self, timeout: float = 1.0) -> None:
        """Stop: end the connection and the thread within `timeout` seconds; a second call does nothing."""
        self._closing = True
        raw = self._raw
        if raw is not None and raw.fileno() != -1:
            with contextlib.suppress(OSError):  # it ends by itself in this moment; a shutdown wakes the reader
                raw.shutdown(socket.SHUT_RDWR)
        self._thread.join(timeout)

    def _run(self) -> None:
        try:
            with self._connect() as raw:
                self._raw = raw
                if not self._closing:
                    self._talk(raw)
        except ConnectionRefusedError:
            self.problem = "nothing listens there: start the server again, then run this cell"
        except (OSError, EOFError, LivesockError) as exc:
            self.problem = str(exc) or type(exc).__name__
        finally:
            self.done.set()

    def _connect(self) -> TcpSocket:
        """Connect and measure the time. Raises `OSError` if there is no connection."""
        target, start = self._target, time.monotonic()
        sock = socket.create_connection((target.host, target.port), self._patience)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connected = time.monotonic() - start
            if (context := client_context(target)) is not None:
                secure = context.wrap_socket(sock, server_hostname=target.host)
                self.secured = time.monotonic() - start - self.connected
                self.tls = f"{secure.version()}, {(secure.cipher() or ('no cipher',))[0]}"
                sock = secure
            return TcpSocket(sock, self.trace)
        except BaseException:
            sock.close()
            raise

    def _talk(self, raw: TcpSocket) -> None:
        raw.sendall(self.head)
        head = raw.recv_until(b"\r\n\r\n")
        raw.settimeout(QUIET)
        last = b""
        if self.then and _switches(head):
            raw.sendall(self.then)
            last = self.last
        came = 0
        while came < ENOUGH:
            data = self._next(raw)
            if last:
                raw.sendall(last)
                last = b""
            elif data is None:
                self.went_quiet = True
                return
            if data == b"":
                return
            came += len(data or b"")
        self.problem = f"it sent {ENOUGH:,} bytes without an end: we stopped reading"

    def _next(self, raw: TcpSocket) -> bytes | None:
        """Return the next bytes, an empty one at the end, None if nothing comes."""
        try:
            return raw.recv()
        except TimeoutError:
            return None


def _switches(head: bytes) -> bool:
    try:
        found = parse_response(head)
    except PacketError:
        return False
    return found is not None and found[0].status == 101
