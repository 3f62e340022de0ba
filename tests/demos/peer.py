"""A client of Socket.IO made of a plain WebSocket and `json`, so that what is tested is not tested with itself."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import threading
from collections import deque
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from livesock.server import Server
from tests.peers import DEADLINE

PACKET = re.compile(r"4(\d)(?:/[^,]*,)?(\d+)?(.*)", re.DOTALL)


class Peer:
    """One seat in one namespace. A thread reads; whatever comes is kept in `heard`, questions are answered."""

    def __init__(
        self, server: Server, namespace: str, auth: dict[str, Any] | None = None, *, answers: bool = True
    ) -> None:
        self.namespace = namespace
        self.answers = answers
        """Whether it answers the server's questions."""
        self.heard: list[tuple[Any, ...]] = []
        self.is_over = False
        self._is_refused = False
        self._unread = 0
        self._acks: dict[int, Any] = {}
        self._early: deque[int] = deque()
        self._change = threading.Condition()
        url = server.url("/socket.io/?EIO=4&transport=websocket")
        self.ws = connect(url, proxy=None, compression=None, max_size=None, ping_interval=None, legacy=True)
        self.ws.send(f"40{namespace},{json.dumps(auth or {})}")
        self._thread = threading.Thread(target=self._read, name="peer", daemon=True)
        self._thread.start()
        self.id = self.wait("sid")[1]

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.ws.close()
        self._thread.join(DEADLINE)

    def cut(self) -> None:
        """Go without a word of WebSocket: no close frame, only the end of the bytes, whatever was on its way."""
        with contextlib.suppress(OSError):
            self.ws.socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(DEADLINE)

    def emit(self, name: str, *arguments: Any) -> None:
        self.ws.send(f"42{self.namespace},{json.dumps([name, *arguments])}")

    def ask(self, name: str, *arguments: Any) -> int:
        """Send a question; return its number."""
        number = len(self._acks)
        self._acks[number] = None
        self.ws.send(f"42{self.namespace},{number}{json.dumps([name, *arguments])}")
        return number

    def call(self, name: str, *arguments: Any) -> Any:
        return self.answer_to(self.ask(name, *arguments))

    def answer_to(self, number: int) -> Any:
        """Wait for the answer to a question; None if the connection ended before."""
        with self._change:
            assert self._change.wait_for(lambda: self._acks[number] is not None or self.is_over, DEADLINE), number
        (answer,) = self._acks[number] or [None]
        return answer

    def wait(self, name: str, condition: Any = None) -> tuple[Any, ...]:
        """Return the next event `name` for which `condition(*arguments)` holds; earlier ones are passed over."""
        found: list[tuple[Any, ...]] = []

        def there() -> bool:
            while self._unread < len(self.heard) and not found:
                heard = self.heard[self._unread]
                self._unread += 1
                if heard[0] == name and (condition is None or condition(*heard[1:])):
                    found.append(heard)
            return bool(found) or self.is_over or self._is_refused

        with self._change:
            assert self._change.wait_for(there, DEADLINE), f'no "{name}" in {self.heard[-20:]}'
        assert found, f'no "{name}" before the end: {self.heard[-20:]}'
        return found[0]

    def all(self, name: str) -> list[Any]:
        """Return the first argument of each event `name` so far."""
        with self._change:
            return [heard[1] if len(heard) > 1 else None for heard in self.heard if heard[0] == name]

    def go_on(self) -> None:
        """Answer the questions that came, and those that will come."""
        self.answers = True
        while self._early:
            self._answer(self._early.popleft())

    def _read(self) -> None:
        with contextlib.suppress(ConnectionClosed, OSError):
            for message in self.ws:
                self._take(str(message))
        with self._change:
            self.is_over = True
            self._change.notify_all()

    def _take(self, message: str) -> None:
        if message == "2":
            self.ws.send("3")
        packet = PACKET.fullmatch(message)
        if packet is None:
            return
        kind, number, text = packet[1], packet[2], packet[3]
        value = json.loads(text) if text else None
        with self._change:
            if kind == "0":
                self.heard.append(("sid", value["sid"]))
            elif kind == "1":
                self.heard.append(("sent away",))
            elif kind == "2":
                self.heard.append(tuple(value))
            elif kind == "3":
                self._acks[int(number)] = value
            elif kind == "4":
                self.heard.append(("refused", value["message"]))
                self._is_refused = True
            self._change.notify_all()
        if kind == "2" and number:
            self._answer(int(number)) if self.answers else self._early.append(int(number))

    def _answer(self, number: int) -> None:
        self.ws.send(f"43{self.namespace},{number}[]")
