"""`Visitor`: the recorded Socket.IO client that a view brings along, with a seat in any number of namespaces.

view ──► join("/point"), join("/chat")      one session, one trace, a seat in each
view ──► ask, emit, leave                   each blocks, at most `TIMEOUT` seconds
"""

from __future__ import annotations

from typing import Any

from livesock.net.client.client import Client, ClientHandle
from livesock.net.connect.urls import HasUrl
from livesock.socketio_client import ClientSocket
from livesock.trace.recording import Trace

__all__ = ["TIMEOUT", "Visitor"]

TIMEOUT = 3.0
"""Seconds that a view waits for a server."""


class Visitor:
    """One client of a view. It begins with a thread and no connection; every method may be called from any thread."""

    def __init__(self, where: str | HasUrl, transports: tuple[str, ...] = ("websocket",)) -> None:
        self._handle = ClientHandle(Client(where, transports=transports, reconnection=False, timeout=TIMEOUT))
        self.seats: dict[str, ClientSocket] = {}
        """By namespace. A seat that was left stays in here."""

    @property
    def trace(self) -> Trace:
        """Every byte of every connection that the session has used."""
        return self._handle.client.trace

    @property
    def transport(self) -> str | None:
        """The transport of the session; None while there is no session."""
        return self._handle.client.manager.transport

    def id(self, namespace: str) -> str | None:
        """Return the id of our seat in a namespace; None without a seat."""
        seat = self.seats.get(namespace)
        return seat.id if seat is not None else None

    def join(self, namespace: str, auth: Any = None) -> ClientSocket:
        """Take a seat. Raises as `livesock.socket` does."""
        seat = ClientSocket(self._handle, *self._handle.client.join(namespace, auth))
        self.seats = self.seats | {namespace: seat}  # a copy: another thread may be reading the old dictionary
        return seat

    def close(self) -> None:
        """Leave every namespace and end the client's threads. A second call does nothing."""
        self._handle.client.close()
