"""`RecordedSocket`: a connected socket whose every byte is in a trace, and that behaves like any other socket.

The record keeps cause before effect. A reply can arrive while `send` has not yet returned, in another thread; it must
not stand in the trace before the bytes that it answers. So a send and its record are one step under a lock, and the
received bytes are recorded under the same lock. No thread waits for the network while it holds the lock:

    send:   wait until writable │ lock: send what fits, record it │ again for the rest
    recv:   receive, waiting as long as the socket waits          │ lock: record it

Over TLS the bytes above the encryption are recorded: what was meant, not what an eavesdropper sees. There the lock
holds each call of OpenSSL, receiving too: one of its connections must not be in two threads at once, and Python
guards it only since 3.13. So the socket below never waits, and its timeout is kept here.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import ssl
import struct
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from livesock.trace.recording import Trace, compact
from livesock.trace.states import ConnectionState

__all__ = ["RecordedSocket", "address_of", "reset"]

TLS_PIECE = 16 * 1024
"""Bytes handed to TLS at once: one record (RFC 8446, 5.1), which fits whenever the kernel says "writable"."""

_DONT_WAIT = getattr(socket, "MSG_DONTWAIT", 0)
_RESET = ConnectionState.RESET.note()
_Selector = getattr(selectors, "PollSelector", selectors.SelectSelector)

_PASSED_ON = {
    *("fileno", "family", "type", "proto", "getsockname", "getpeername", "getsockopt", "setsockopt"),
    *("version", "cipher", "getpeercert", "selected_alpn_protocol"),
}
"""Names that neither move bytes nor end the connection. Anything else would go unrecorded, so it is not there."""


def address_of(sock: socket.socket, *, peer: bool = False) -> str:
    """Return the local or the peer's address as `host:port`, with brackets around an IPv6 address."""
    host, port = (sock.getpeername() if peer else sock.getsockname())[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def reset(sock: socket.socket) -> None:
    """Close `sock` so that the peer gets a reset (RST) instead of an orderly end; bytes not yet sent are dropped."""
    # Linger on, for 0 seconds: "close" then means "abort". Windows has two shorts where the others have two ints.
    linger = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
    with contextlib.suppress(OSError):  # it is closed already
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    sock.close()


class RecordedSocket:
    """Wraps a connected socket: same verbs, same errors, same time limits, and every byte in `trace`.

    One thread may send while another one receives. It counts as one more connection of `trace`.
    """

    def __init__(self, sock: socket.socket, trace: Trace) -> None:
        self._socket = sock
        self._trace = trace
        self._lock = threading.Lock()
        self._noted: set[bytes] = set()
        self._is_plain = type(sock) is socket.socket
        self._timeout = sock.gettimeout()
        self._waits = 0
        if not self._is_plain:
            sock.setblocking(False)
        self.number = max(trace.peers, default=0) + 1
        peer = address_of(sock, peer=True)
        trace.peers[self.number] = (address_of(sock), peer)
        self._note(ConnectionState.OPEN.note(peer))

    def __getattr__(self, name: str) -> Any:
        if name not in _PASSED_ON:
            raise AttributeError(f"a recorded socket has no {name!r}: its bytes would not be in the trace")
        return getattr(self._socket, name)

    def gettimeout(self) -> float | None:
        """Return the seconds that a call waits: None for ever, 0.0 not at all."""
        return self._timeout

    def settimeout(self, timeout: float | None) -> None:
        """Let each call wait that many seconds, None for ever, 0 not at all."""
        if self._is_plain:
            self._socket.settimeout(timeout)
        self._timeout = timeout

    def send(self, data: bytes | bytearray | memoryview) -> int:
        """Send at least the first byte of `data` and return how many were sent."""
        return self._send(memoryview(data).cast("B"), self._deadline())

    def sendall(self, data: bytes | bytearray | memoryview) -> None:
        """Send all of `data` within the socket's timeout. What was sent before an error is recorded, too."""
        deadline = self._deadline()
        rest = memoryview(data).cast("B")
        while rest:
            rest = rest[self._send(rest, deadline) :]

    def send_what_fits(self, data: bytes | bytearray | memoryview) -> int:
        """Send what the kernel takes at once and return how many bytes that were: 0 if the peer has to read first."""
        try:
            return self._send_now(memoryview(data).cast("B"))
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return 0

    def recv(self, size: int) -> bytes:
        """Receive at most `size` bytes, `b""` when the peer has ended its direction."""
        try:
            data = self._recv_plain(size) if self._is_plain else self._recv_tls(size)
        except ConnectionResetError:
            self._note(_RESET)
            raise
        if not data and size:
            self._note(ConnectionState.EOF.note("<"))
        return data

    def _recv_plain(self, size: int) -> bytes:
        data: bytes = self._socket.recv(size)
        if data:
            with self._lock:
                self._trace.add("<", self.number, compact(data))
        return data

    def _recv_tls(self, size: int) -> bytes:
        deadline = self._deadline()
        while True:
            try:
                with self._lock:
                    data: bytes = self._socket.recv(size)
                    if data:
                        self._trace.add("<", self.number, compact(data))
                    return data
            except ssl.SSLWantReadError as exc:
                self._wait(selectors.EVENT_READ, deadline, exc)
            except ssl.SSLWantWriteError as exc:
                self._wait(selectors.EVENT_WRITE, deadline, exc)

    def shutdown(self, how: int) -> None:
        """End one direction or both, as `socket.shutdown` does."""
        self._note(ConnectionState.EOF.note(">") if how != socket.SHUT_RD else None, lambda: self._socket.shutdown(how))

    def close(self) -> None:
        """Close the socket; a second call does nothing. A thread that waits in `send` gets an `OSError`."""
        if self._socket.fileno() != -1:
            if self._waits:  # closing alone does not wake it
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
            self._note(ConnectionState.CLOSED.note(), self._socket.close)

    def reset(self) -> None:
        """Close the socket with a reset instead of an orderly end."""
        if self._socket.fileno() != -1:
            self._note(_RESET, lambda: reset(self._socket))

    def _send(self, data: memoryview, deadline: float | None) -> int:
        # Without a time limit a send can be told not to wait, so trying it is cheaper than asking first.
        is_sure_not_to_wait = not self._is_plain or (_DONT_WAIT and deadline is None)
        if not is_sure_not_to_wait and self._timeout != 0.0:
            self._wait(selectors.EVENT_WRITE, deadline)
        while True:
            try:
                return self._send_now(data)
            except ssl.SSLWantReadError as exc:
                self._wait(selectors.EVENT_READ, deadline, exc)
            except (BlockingIOError, ssl.SSLWantWriteError) as exc:
                self._wait(selectors.EVENT_WRITE, deadline, exc)
            except ConnectionResetError:
                self._note(_RESET)
                raise

    def _send_now(self, data: memoryview) -> int:
        """Send what fits and record it, in one step."""
        with self._lock:
            sent: int = self._socket.send(data, _DONT_WAIT) if self._is_plain else self._socket.send(data[:TLS_PIECE])
            if sent:
                self._trace.add(">", self.number, bytes(data[:sent]))
            return sent

    def _deadline(self) -> float | None:
        return None if self._timeout is None else time.monotonic() + self._timeout

    def _wait(self, event: int, deadline: float | None, error: Exception | None = None) -> None:
        """Wait until the socket can be read or written; raise `error` instead if it must not wait."""
        if self._timeout == 0.0 and error is not None:
            raise error
        if self._socket.fileno() == -1:
            return  # trying it raises the right error
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        with _Selector() as selector:
            try:
                selector.register(self._socket, event)
            except ValueError:
                return  # another thread has closed it meanwhile: the same
            self._waits += 1
            try:
                if not selector.select(left):
                    raise TimeoutError("timed out")
            finally:
                self._waits -= 1

    def _note(self, state: bytes | None, action: Callable[[], None] = lambda: None) -> None:
        """Do `action` and record the change of state, in one step; each state once, and nothing after a reset."""
        with self._lock:
            action()
            if state is not None and state not in self._noted and _RESET not in self._noted:
                self._noted.add(state)
                self._trace.add("=", self.number, state)
