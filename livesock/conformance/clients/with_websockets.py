"""The client of `websockets`."""

from __future__ import annotations

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from livesock.conformance.clients.checks import LIMIT, WAIT, Message

__all__ = ["CLIENT", "WebsocketsClient"]


class WebsocketsClient:
    """One connection."""

    def __init__(self, url: str) -> None:
        self._entered = connect(url, proxy=None, open_timeout=WAIT, close_timeout=WAIT, max_size=2 * LIMIT)
        self._ws = self._entered.__enter__()

    def send(self, message: Message) -> None:
        self._ws.send(message)

    def receive(self) -> Message:
        return self._ws.recv(WAIT)

    def close(self) -> int:
        self._ws.close(1000)
        return self.closed()

    def closed(self) -> int:
        try:
            while True:
                self._ws.recv(WAIT)
        except ConnectionClosed as exc:
            return exc.rcvd.code if exc.rcvd is not None else 1006

    def drop(self) -> None:
        self._entered.__exit__(None, None, None)


CLIENT = WebsocketsClient
"""What `load` finds."""
