"""A client written with `wsproto`, which knows the protocol and leaves the socket to others."""

from __future__ import annotations

import contextlib
import socket
from urllib.parse import urlsplit

from wsproto import ConnectionType, WSConnection, events

from livesock.conformance.clients.checks import WAIT, Message

__all__ = ["CLIENT", "WsprotoClient"]


class WsprotoClient:
    """One connection."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._ws = WSConnection(ConnectionType.CLIENT)
        self._events: list[events.Event] = []
        self._pieces: list[str] | list[bytes] = []
        self._socket = socket.create_connection((str(parts.hostname), int(parts.port or 80)), timeout=WAIT)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._socket.sendall(self._ws.send(events.Request(parts.netloc, target)))
        if not isinstance(came := self._next(), events.AcceptConnection):
            raise ConnectionError(f"the handshake failed: {type(came).__name__}")

    def _next(self) -> events.Event:
        """Return the next event; pings are answered."""
        while True:
            while not self._events:
                data = self._socket.recv(65_536)
                self._ws.receive_data(data or None)
                self._events += self._ws.events()
                if not data and not self._events:
                    raise ConnectionError("the server ended the connection")
            came = self._events.pop(0)
            if not isinstance(came, events.Ping):
                return came
            self._socket.sendall(self._ws.send(came.response()))

    def send(self, message: Message) -> None:
        event = events.TextMessage(message) if isinstance(message, str) else events.BytesMessage(message)
        self._socket.sendall(self._ws.send(event))

    def receive(self) -> Message:
        pieces: list[str | bytes] = []
        while True:
            came = self._next()
            if isinstance(came, events.TextMessage | events.BytesMessage):
                pieces.append(came.data if isinstance(came.data, str) else bytes(came.data))
                if came.message_finished:
                    whole = [piece for piece in pieces if isinstance(piece, str)]
                    return "".join(whole) if whole else b"".join(p for p in pieces if isinstance(p, bytes))
            elif not isinstance(came, events.Pong):
                raise ConnectionError(f"{type(came).__name__} came, where a message was expected")

    def close(self) -> int:
        self._socket.sendall(self._ws.send(events.CloseConnection(1000)))
        return self.closed()

    def closed(self) -> int:
        try:
            while not isinstance(came := self._next(), events.CloseConnection):
                pass
        except (ConnectionError, TimeoutError):
            return 1006
        with contextlib.suppress(Exception):  # the server may have gone already
            self._socket.sendall(self._ws.send(came.response()))
        return int(came.code)

    def drop(self) -> None:
        self._socket.close()


CLIENT = WsprotoClient
"""What `load` finds."""
