"""`Client`: the threads of one Socket.IO client, and the calls into them.

    a cell's thread ── call ──► the loop's thread "livesock socket 1"            Manager ─► ClientLine ─► TCP
                                          └── events ──► "livesock socket 1 handlers"    HandlerThread

The registry keeps it until it is closed. A `ClientHandle` keeps it open: it closes itself when the last one is gone.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import itertools
import threading
import weakref
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from livesock.errors import NotRunning
from livesock.net.client.line import Endpoint
from livesock.net.client.listeners import HandlerThread
from livesock.net.client.manager import Manager
from livesock.net.client.seat import LoopSeat
from livesock.net.connect.dial import Dialer
from livesock.net.connect.tls import client_context
from livesock.net.connect.urls import Target
from livesock.net.loop import registry
from livesock.net.loop.thread import LoopThread
from livesock.realtime.client.backoff import Backoff
from livesock.trace.recording import Trace

__all__ = ["Client", "ClientHandle"]

T = TypeVar("T")

_numbers = itertools.count(1)


class ClientHandle:
    """Keeps the client open for as long as something refers to it."""

    def __init__(self, client: Client) -> None:
        self.client = client
        weakref.finalize(self, client.close_soon).atexit = False  # at exit the registry closes it


class Client:
    """One connection to one server, kept alive. Every method may be called from any thread but the loop's."""

    port = 0

    def __init__(
        self, target: Target, endpoint: Endpoint, transports: tuple[str, ...], backoff: Backoff | None, timeout: float
    ) -> None:
        self.trace = Trace(client=">")
        self.target = target
        self.timeout = timeout
        self.is_closed = False
        self._lock = threading.Lock()
        self._name = f"socket {next(_numbers)}"
        self._loop = LoopThread(self._name)
        self.handlers = HandlerThread(self._name, lambda behind: self._loop.post(self.manager.hold, behind))
        dialer = Dialer(target, client_context(target), self.trace)
        self.manager = Manager(dialer, endpoint, transports, backoff, timeout)
        registry.put("client", self._name, self)  # before it starts: what an interrupted cell leaves can be stopped
        self._loop.start()

    def join(self, namespace: str, auth: Any) -> LoopSeat:
        """Take a seat in `namespace` and return it; a second one is the first one. Raises as `Manager.join`."""
        with self._lock:
            seat = self.manager.seats.get(namespace)
            if seat is None:
                seat = LoopSeat(namespace, auth, self.handlers)
                self.manager.seats = self.manager.seats | {namespace: seat}  # the loop may be walking the old one
            elif auth is not None:
                seat.state.auth = auth
        self.call(self.manager.join, namespace)
        return seat

    def call(self, function: Callable[..., Coroutine[Any, Any, T]], *args: Any) -> T:
        """Run `function(*args)` on the loop and return its result.

        Raises:
            NotRunning: If the client is closed, or is being closed meanwhile.
        """
        if self.is_closed:
            raise NotRunning(f"the socket to {self.target.address} is closed: make a new one with livesock.socket()")
        try:
            return self._loop.call(function, *args)
        except (asyncio.CancelledError, concurrent.futures.CancelledError):
            raise NotRunning(f"the socket to {self.target.address} was closed meanwhile") from None

    def close(self, timeout: float = 2.0) -> None:
        """Leave every namespace, end the session and the threads. A second call does nothing."""
        with self._lock:
            if self.is_closed:
                return
            self.is_closed = True
        try:
            with contextlib.suppress(TimeoutError, NotRunning, concurrent.futures.CancelledError):
                self._loop.call(self.manager.close, timeout, timeout=timeout + 1)
        finally:  # also when a cell was interrupted in the middle of the goodbye
            for seat in self.manager.seats.values():
                seat.listeners.close("the socket is closed")
            self.handlers.stop(timeout)
            self._loop.stop(1.0)
            registry.forget("client", self._name, self)

    def close_soon(self) -> None:
        """Close without waiting: for the garbage collector, which may come on any thread."""
        if not self.is_closed:
            threading.Thread(target=self.close, name=f"livesock {self._name} close", daemon=True).start()

    def stop(self, timeout: float = 1.0) -> None:
        """What the registry calls."""
        self.close(timeout)
