"""`Client`: the threads of one Socket.IO client, and the calls into them.

    a cell's thread ── call ──► the loop's thread "livesock socket 1"            Manager ─► ClientLine ─► TCP
                                          └── events ──► "livesock socket 1 handlers"    HandlerThread

The registry keeps it until it is closed. A `ClientHandle` keeps it open: it closes itself once the last handle is gone.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import itertools
import ssl
import threading
import weakref
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any, TypeVar

from livesock.advice.spelled import spelled
from livesock.errors import NotRunning, Refused
from livesock.net.client.handler_thread import HandlerThread
from livesock.net.client.listeners import Listeners
from livesock.net.client.manager import Manager
from livesock.net.client.retrying import Retrying
from livesock.net.client.seat import LoopSeat
from livesock.net.connect.advice import fault_here, no_namespace
from livesock.net.connect.here import refuse_own_loop
from livesock.net.connect.options import (
    auth_of,
    backoff_of,
    check_session_query,
    pairs_of,
    path_of,
    retries_of,
    target_of,
    tls_of,
    transports_of,
)
from livesock.net.connect.urls import HasUrl
from livesock.net.loop import registry
from livesock.net.loop.arguments import Options, seconds_of
from livesock.net.loop.thread import LoopThread
from livesock.realtime.actions import PATH
from livesock.realtime.client.backoff import Backoff
from livesock.realtime.client.session import TRANSPORTS
from livesock.trace.recording import Trace

__all__ = ["Client", "ClientHandle"]

T = TypeVar("T")

_numbers = itertools.count(1)

_REFUSED = (
    "The server refused us: write try: … around ls.socket(), and except ls.Refused as error: …, where str(error) is "
    'the message and error.data its data; "connect_error" is heard at reconnections alone.'
)


class ClientHandle:
    """Keeps the client open for as long as something refers to it."""

    def __init__(self, client: Client) -> None:
        self.client = client
        weakref.finalize(self, client.close_soon).atexit = False  # at exit the registry closes it


class Client:
    """One connection to one server, kept alive. Every method may be called from any thread but the loop's."""

    port = 0

    def __init__(
        self,
        url: str | HasUrl,
        *,
        transports: Iterable[str] = TRANSPORTS,
        path: str = PATH,
        headers: Mapping[str, str] | None = None,
        reconnection: Backoff | Options | bool = True,
        timeout: float,
        retries: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Start the threads of a client of `url`; `join` connects. The arguments are those of `livesock.socket`.

        Raises:
            TypeError, ValueError: If an argument is impossible; then nothing was started.
        """
        target = target_of(url)
        check_session_query(target)
        refuse_own_loop("socket()", target)
        chosen, fields = transports_of(transports), pairs_of(headers)
        backoff, path = backoff_of(reconnection), path_of(path)
        tls = tls_of(tls, target)
        self.timeout = limit = seconds_of(timeout)
        self._retries = retries_of(retries)
        self._path = path
        self.trace = Trace(client=">")
        self.target = target
        self.is_closed = False
        self._lock = threading.Lock()
        self._name = f"socket {next(_numbers)}"
        over = f"the socket to {target.address} is closed: make a new one with livesock.socket()"
        self._loop = LoopThread(self._name, over)
        self.handlers = HandlerThread(self._name, lambda behind: self._loop.post(self.manager.hold, behind))
        self.manager = Manager(
            target, self.trace, path=path, headers=fields, transports=chosen, backoff=backoff, timeout=limit, tls=tls
        )
        self._listeners: dict[str, Listeners] = {}  # by namespace
        registry.put("client", self._name, self)  # before it starts: what an interrupted cell leaves can be stopped
        self._loop.start()

    def join(self, namespace: str, auth: object = None) -> tuple[LoopSeat, Listeners]:
        """Take a seat in `namespace` and return it with the listeners of its events. Raises as `Manager.join`.

        The second call for one namespace returns the same; a new `auth` goes with the next request for the seat.
        """
        given = auth_of(auth)
        with self._lock:
            seat = self.manager.seats.get(namespace)
            if seat is None:
                self._listeners[namespace] = Listeners(namespace, self.handlers)
                seat = LoopSeat(namespace, given, self._listeners[namespace], self._retrying(namespace))
                # A new dict, because the loop may be iterating over the old one.
                self.manager.seats = self.manager.seats | {namespace: seat}
            elif given is not None:
                seat.state.auth = given
        try:
            self.call(self.manager.join, namespace)
        except Refused as exc:
            exc.add_note(fault_here(str(exc), namespace, self.target) or spelled(_REFUSED))
            if str(exc) != "Invalid namespace":
                raise
            raise Refused(no_namespace(namespace, self.target, self._path), exc.data) from None
        return seat, self._listeners[namespace]

    def _retrying(self, namespace: str) -> Retrying | None:
        def dropped(name: str, exc: Exception) -> None:
            self.handlers.failures.add(f'event "{name}" to {namespace}', 0, exc)

        return Retrying(self._retries, dropped) if self._retries else None

    def call(self, function: Callable[..., Coroutine[Any, Any, T]], *args: Any) -> T:
        """Run `function(*args)` on the loop and return its result.

        Raises:
            NotRunning: If the client is closed, or is closed during the call.
        """
        if self.is_closed:
            raise NotRunning(f"the socket to {self.target.address} is closed: make a new one with ls.socket()")
        try:
            return self._loop.call(function, *args)
        except (asyncio.CancelledError, concurrent.futures.CancelledError):
            raise NotRunning(f"the socket to {self.target.address} was closed during the call") from None

    def close(self, timeout: float = 2.0) -> None:
        """Leave every namespace, end the session and the threads. A second call does nothing."""
        with self._lock:
            if self.is_closed:
                return
            self.is_closed = True
        try:
            with contextlib.suppress(TimeoutError, NotRunning, concurrent.futures.CancelledError):
                self._loop.call(self.manager.close, timeout, timeout=timeout + 1)
        finally:  # also when a cell was interrupted meanwhile
            for listeners in list(self._listeners.values()):
                listeners.close("the socket is closed")
            self.handlers.stop(timeout)
            self._loop.stop(1.0)
            registry.forget("client", self._name, self)

    def close_soon(self) -> None:
        """Close without waiting: for the garbage collector, which may come on any thread."""
        if not self.is_closed:
            threading.Thread(target=self.close, name=f"livesock {self._name} close", daemon=True).start()

    def stop(self, timeout: float = 1.0) -> None:
        """Close, as the registry asks."""
        self.close(timeout)
