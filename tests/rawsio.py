"""Engine.IO and Socket.IO by hand: what the examiner says to a server, byte for byte, and what it hears.

Nothing of livesock is used here, so that a fault of ours cannot hide itself.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
from collections.abc import Iterator
from typing import Any

from tests.peers import BINARY, CLOSE, PING, PONG, TEXT, Wire, close_code, frame

PATH = "/socket.io/"
WEBSOCKET = PATH + "?EIO=4&transport=websocket"
POLLING = PATH + "?EIO=4&transport=polling"

SOON = 6.0
"""Seconds in which a close must come that is no time-out: the shortest default time-out is 10."""

Message = str | bytes


class Closed(Exception):
    """The server closed; `code` is that of its close frame, None if the connection just ended."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"closed with {code}")
        self.code = code


class Raw:
    """A session on a WebSocket. `join` takes a seat in a namespace; then `say` and `hear`."""

    def __init__(self, port: int, *, sid: str = "", timeout: float = 20.0, headers: tuple[str, ...] = ()) -> None:
        self.wire = Wire(port, timeout=timeout)
        self._parts: list[bytes] = []
        self.opening: dict[str, Any] = {}
        try:
            self._data = self.wire.upgrade(WEBSOCKET + (f"&sid={sid}" if sid else ""), *headers)
            if not sid:
                first = self.hear()
                assert isinstance(first, str) and first[0] == "0", first
                self.opening = json.loads(first[1:])
        except BaseException:
            self.wire.sock.close()
            raise

    def __enter__(self) -> Raw:
        return self

    def __exit__(self, *_: object) -> None:
        self.wire.sock.close()

    def say(self, *messages: Message) -> Raw:
        """Send messages, glued together in one write."""
        self.wire.send(b"".join(frame(TEXT, m.encode()) if isinstance(m, str) else frame(BINARY, m) for m in messages))
        return self

    def hear(self) -> Message:
        """Return the next message; `Closed` if the server ends it instead, `TimeoutError` if it says nothing."""
        while True:
            opcode, payload, fin = self._frame()
            if opcode == CLOSE:
                raise Closed(close_code(payload))
            if opcode == PING:
                self.wire.send(frame(PONG, payload))
            elif opcode != PONG:
                self._parts.append(payload)
                if fin:
                    data, self._parts = b"".join(self._parts), []
                    return data if opcode == BINARY else data.decode()

    def _frame(self) -> tuple[int, bytes, bool]:
        data = self._need(2)
        assert data[0] & 0x70 == 0 and data[1] < 128, data[:2]
        size, start = data[1], 2
        if size > 125:
            start = 4 if size == 126 else 10
            size = int.from_bytes(self._need(start)[2:start], "big")
        whole = self._need(start + size)
        self._data = whole[start + size :]
        return whole[0] & 15, whole[start : start + size], bool(whole[0] & 128)

    def _need(self, size: int) -> bytes:
        if len(self._data) < size:
            data = bytearray(self._data)
            while len(data) < size:
                try:
                    more = self.wire.sock.recv(1 << 20)
                except ConnectionResetError:
                    more = b""
                if not more:
                    raise Closed(None)
                data += more
            self._data = bytes(data)
        return self._data

    def event(self) -> Message:
        """Return the next message that is no heartbeat, answering pings."""
        while (message := self.hear()) == "2":
            self.say("3")
        return message

    def join(self, namespace: str = "/", auth: Any = None) -> str:
        """Take a seat and return the socket's id."""
        prefix = "" if namespace == "/" else namespace + ","
        self.say(f"40{prefix}{'' if auth is None else json.dumps(auth)}")
        answer = self.event()
        assert isinstance(answer, str) and answer.startswith(f"40{prefix}{{"), answer
        return str(json.loads(answer[2 + len(prefix) :])["sid"])

    def ends(self, timeout: float = SOON) -> list[Message]:
        """Wait until the server closes, and return what it said before. Silence until `timeout` fails the test."""
        self.wire.sock.settimeout(timeout)
        said: list[Message] = []
        try:
            while True:
                said.append(self.event())
        except Closed:
            return said
        except TimeoutError:
            raise AssertionError(f"still open after {timeout} s; it said {said!r}") from None

    def ask(self, text: str) -> Message:
        """Say a message, and return what comes back."""
        return self.say(text).event()

    def answers(self, namespace: str = "/") -> None:
        """Fail unless the session is alive: an echo comes back. Anything else that comes first fails as well."""
        prefix = "" if namespace == "/" else namespace + ","
        assert self.ask(f'42{prefix}977["echo","alive"]') == f'43{prefix}977["alive"]'

    def leave(self) -> None:
        """Close politely and wait for the end."""
        self.wire.send(frame(CLOSE, b"\x03\xe8"))
        with contextlib.suppress(Closed, TimeoutError, OSError):
            while True:
                self.hear()
        self.wire.sock.close()


class Polls:
    """A session on HTTP long-polling, a new connection for each request, as Node's client does it."""

    def __init__(self, port: int, *, timeout: float = 20.0) -> None:
        self.port, self.timeout = port, timeout
        self.sid = ""
        status, body = self.get()
        assert status == 200 and body[:1] == "0", (status, body)
        self.opening: dict[str, Any] = json.loads(body[1:])
        self.sid = self.opening["sid"]

    @property
    def target(self) -> str:
        return POLLING + (f"&sid={self.sid}" if self.sid else "")

    def request(self, method: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
        return ask(self.port, method, self.target, body, timeout=self.timeout, **headers)

    def get(self) -> tuple[int, str]:
        return self.request("GET")

    def post(self, text: str | bytes, **headers: str) -> tuple[int, str]:
        body = text.encode() if isinstance(text, str) else text
        return self.request("POST", body, **{"content_type": "text/plain;charset=UTF-8", **headers})

    def join(self, namespace: str = "/") -> str:
        prefix = "" if namespace == "/" else namespace + ","
        assert self.post(f"40{prefix}") == (200, "ok")
        status, body = self.get()
        assert status == 200 and body.startswith(f"40{prefix}{{"), body
        return str(json.loads(body[2 + len(prefix) :])["sid"])

    def messages(self, count: int) -> list[str]:
        """Poll until `count` messages came; heartbeats are answered."""
        found: list[str] = []
        while len(found) < count:
            status, body = self.get()
            assert status == 200, (status, body, found)
            for part in body.split("\x1e"):
                if part == "2":
                    self.post("3")
                elif part != "6":
                    found.append(part)
        return found

    def answers(self) -> None:
        assert self.post('42977["echo","alive"]') == (200, "ok")
        assert self.messages(1) == ['43977["alive"]']

    @contextlib.contextmanager
    def parked(self) -> Iterator[Wire]:
        """A GET that waits: the request is sent, its answer can be read from the wire."""
        with Wire(self.port, timeout=self.timeout) as wire:
            wire.send(f"GET {self.target} HTTP/1.1\r\nHost: {wire.host}\r\n\r\n".encode())
            yield wire


def ask(
    port: int, method: str, target: str, body: bytes | None = None, *, timeout: float = 20.0, **headers: str
) -> tuple[int, str]:
    """Do one HTTP request on a connection of its own, and return status and body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, target, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def lines(server: Any) -> dict[str, Any]:
    """The sessions of a server (a look inside)."""
    return server._site.websockets[PATH].lines  # type: ignore[no-any-return]


def parked_on(lines: dict[str, Any], sid: str) -> bool:
    """Whether a poll of the session waits at the server (a look inside, for tests that must not guess with a sleep)."""
    return sid in lines and lines[sid].session._poll is not None


def half_read(sock: socket.socket) -> None:
    """Make the kernel's buffer small, so that a peer that does not read stalls after few bytes."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
