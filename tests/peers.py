"""What tests use as the other end: plain sockets, parsers that are not ours, and waits with a deadline."""

from __future__ import annotations

import http.client
import io
import itertools
import logging
import os
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest

T = TypeVar("T")

DEADLINE = 20.0
"""Seconds after which something that has to happen is said to have failed. Generous: no test measures speed."""

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
"""Opcodes (RFC 6455, 5.2)."""

KEY = "dGhlIHNhbXBsZSBub25jZQ=="


def eventually(condition: Callable[[], T], what: str, timeout: float = DEADLINE) -> T:
    """Return the first true value of `condition()`; fail with `what` when there is none in time."""
    deadline = time.monotonic() + timeout
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {timeout} s: {what}"
        time.sleep(0.01)  # polls for a change that sends no event
    return value


def unavailable(sentence: str) -> None:
    """Skip the test with `sentence`, or fail it in CI, where everything has to be there."""
    if os.environ.get("CI"):
        pytest.fail(f"required in CI: {sentence}", pytrace=False)
    pytest.skip(sentence)


def faults(server: Any) -> list[Any]:
    """Return what went wrong on a server, without the peers that it turned away."""
    return [error for error in server.errors if not error.is_refusal]


def listening() -> set[str]:
    """Return the listening TCP sockets of this process as `inode port N`; empty where /proc is missing.

    Each socket is asked itself: the table of /proc/net/tcp also holds every connection that ended in the last minute.
    """
    found = set()
    for number in os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else ():
        with suppress(OSError):  # another thread closed it meanwhile
            inode = os.readlink(f"/proc/self/fd/{number}")
            if inode.startswith("socket:["):
                with socket.socket(fileno=os.dup(int(number))) as copy:
                    if copy.family != socket.AF_UNIX and copy.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                        found.add(f"{inode[8:-1]} port {copy.getsockname()[1]}")
    return found


def open_files() -> int:
    """Return how many file descriptors this process holds."""
    return len(os.listdir("/proc/self/fd"))


class Wire:
    """A TCP connection to a server under test, for bytes that no client library would send."""

    def __init__(self, port: int, host: str = "127.0.0.1", timeout: float = DEADLINE) -> None:
        self.host = f"{host}:{port}"
        self.sock = socket.create_connection((host, port), timeout=timeout)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.sock.close()

    def send(self, data: bytes) -> None:
        """Send everything, or as much as a peer takes that has had enough of it."""
        with suppress(BrokenPipeError, ConnectionResetError):
            self.sock.sendall(data)

    def read_to_end(self) -> bytes:
        """Return everything until the peer closes; a reset ends it too. Silence until the deadline fails the test."""
        received = bytearray()
        with suppress(ConnectionResetError):
            while data := self.sock.recv(65536):
                received += data
        return bytes(received)

    def read_until(self, end: Callable[[bytes], object]) -> bytes:
        """Return what arrives until `end(received)` is true, or until the peer closes."""
        received = b""
        while not end(received):
            data = self.sock.recv(65536)
            if not data:
                break
            received += data
        return received

    def half_close(self) -> None:
        self.sock.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Close with RST instead of FIN, as a crashed program or a pulled cable looks."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def upgrade(self, path: str, *headers: str) -> bytes:
        """Do the opening handshake and return what came after the head of the 101."""
        self.send(handshake(self.host, path, *headers))
        received = self.read_until(lambda data: b"\r\n\r\n" in data)
        head, _, rest = received.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 "), received
        return rest


def handshake(host: str, path: str, *headers: str) -> bytes:
    """Return the request of an opening handshake."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {KEY}",
        *headers,
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, rsv1: bool = False) -> bytes:
    """Return a frame as a client sends it, masked with zeros so that the payload stays readable."""
    first = fin << 7 | rsv1 << 6 | opcode
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", first, 0x80 | size)
    elif size < 65536:
        head = struct.pack("!BBH", first, 0xFE, size)
    else:
        head = struct.pack("!BBQ", first, 0xFF, size)
    return head + b"\0\0\0\0" + payload


def frames(data: bytes) -> list[tuple[int, bytes]]:
    """Return the whole frames of a server's side as pairs of opcode and payload; fragments are joined to messages."""
    found: list[tuple[int, bytes]] = []
    message: tuple[int, bytes] | None = None
    while len(data) > 1:
        first, size, start = data[0], data[1], 2
        assert first & 0x70 == 0, "a reserved bit"
        assert size < 128, "a server never masks"
        if size > 125:
            start = 4 if size == 126 else 10
            size = int.from_bytes(data[2:start], "big")
        if len(data) < start + size:
            break
        payload, data = data[start : start + size], data[start + size :]
        if first & 15 >= 8:
            found.append((first & 15, payload))
            continue
        message = (first & 15, payload) if message is None else (message[0], message[1] + payload)
        if first & 0x80:
            found.append(message)
            message = None
    return found


def close_code(payload: bytes) -> int:
    """Return the code in the payload of a close frame; 1005 if there is none (RFC 6455, 7.1.5)."""
    return int.from_bytes(payload[:2], "big") if payload else 1005


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


def answers(data: bytes, *methods: str) -> list[Answer]:
    """Return the responses in `data` as the standard library reads them; `methods` of the requests, GET if missing."""
    return list(_answers(data, methods))


def _answers(data: bytes, methods: tuple[str, ...]) -> Iterator[Answer]:
    stream: io.BufferedReader[Any] = io.BufferedReader(io.BytesIO(data))
    for number in itertools.count():
        if not stream.peek(1):
            return
        source: Any = _Source(stream)
        response = http.client.HTTPResponse(source, method=methods[number] if number < len(methods) else "GET")
        response.begin()
        yield Answer(response.status, response.headers, response.read())


class _Source:
    """A stream in the shape that `http.client` asks of a socket; it must not close what the next response needs."""

    def __init__(self, stream: io.BufferedReader[Any]) -> None:
        self._stream = stream

    def makefile(self, mode: str) -> _Source:
        return self

    def close(self) -> None: ...

    def flush(self) -> None: ...

    def read(self, size: int = -1) -> bytes:
        return self._stream.read(size)

    def readline(self, limit: int = -1) -> bytes:
        return self._stream.readline(limit)


@contextmanager
def quiet_logs() -> Iterator[list[str]]:
    """Collect what is logged at WARNING and above anywhere, also by asyncio and websockets; the list may be cleared."""
    found: list[str] = []

    class Collect(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.name == "asyncio" and record.getMessage().startswith("Executing <"):
                return  # python -X dev: a step took more than 0.1 s
            found.append(f"{record.name}: {record.getMessage()}")
            if record.exc_info:
                found.append(self.format(record))

    handler = Collect(logging.WARNING)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield found
    finally:
        root.removeHandler(handler)
