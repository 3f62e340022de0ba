"""`socket()`: a Socket.IO client for a cell. Its calls block, its bytes are recorded, and it reconnects by itself.

    point = socket(server.url("/point"), transports=["polling", "websocket"])
    point.call("move", 1, 2)            ask, and wait for the answer
    point.emit("hello")                 send, and go on
    point.wait("moved", timeout=1)      the arguments of an event

    @point.on("moved")                  or a handler on a thread of its own
    def moved(x, y): ...

    point.trace                         every connection that the session has used
    point.close()

The path of the URL is the namespace, not a path of HTTP: every request goes to `/socket.io/`. The scheme decides only
whether TLS comes first; `transports` decides what carries the session.

This module puts parts together: `livesock.realtime` knows the protocol, `livesock.net` moves and records the bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from ssl import SSLContext
from types import TracebackType
from typing import Any, ClassVar, TypeAlias, TypeVar, overload

from livesock.errors import LivesockError
from livesock.net.client.answers import held_up, warn_of_failure
from livesock.net.client.client import Client, ClientHandle
from livesock.net.client.listeners import Listeners
from livesock.net.client.names import OWN, check_name
from livesock.net.client.seat import LoopSeat
from livesock.net.client.theirs import events_as_written
from livesock.net.connect.advice import brief
from livesock.net.connect.habits import (
    CALL,
    EMIT,
    JOIN,
    LEAVE,
    ON,
    ON_SOCKET,
    SOCKET,
    VOLATILE,
    WAIT,
    Value,
    any_alone,
    ask,
    auth_alone,
    event_alone,
    in_their_seconds,
    no_await,
    no_new_connection,
)
from livesock.net.connect.urls import HasUrl
from livesock.net.loop.arguments import Options, seconds_of
from livesock.net.loop.explain import takes
from livesock.net.loop.failures import HandlerError
from livesock.net.loop.habits import Blocking, blocking, check_values
from livesock.net.loop.thread import refuse_loops
from livesock.realtime.actions import PATH
from livesock.realtime.client.backoff import Backoff
from livesock.realtime.client.session import TRANSPORTS
from livesock.realtime.encoded import Encoded
from livesock.trace.recording import Trace

__all__ = ["ClientSocket", "Volatile", "socket"]

TIMEOUT = 5.0
"""Seconds after which a cell that waits for the server gives up."""

Auth: TypeAlias = Mapping[str, Any] | Callable[[], Mapping[str, Any] | None] | None
"""What goes with each request for a namespace, or a function that returns it, called on the client's own thread.

One that fails at a reconnection is heard as "connect_error", and the seat is given up, as if the server refused it.
"""

F = TypeVar("F", bound=Callable[..., Any])


@blocking(SOCKET)
def socket(
    url: str | HasUrl,
    *,
    transports: Iterable[str] = TRANSPORTS,
    auth: Auth = None,
    timeout: float = TIMEOUT,
    path: str = PATH,
    headers: Mapping[str, str] | None = None,
    reconnection: Backoff | Options | bool = True,
    retries: int = 0,
    ssl: SSLContext | None = None,
) -> ClientSocket:
    """Join the namespace in the path of `url`, and return the socket once the server has let us in.

    `url` may begin with http, https, ws or wss, or be a server or a netsim. The first of `transports` opens the
    session; polling moves to a WebSocket if "websocket" is among them. `auth` goes with each request for the namespace
    (a function is called each time), `headers` with every HTTP request. `timeout` seconds bound each attempt to
    connect, and each call without its own. `reconnection` is True (wait 1 s, 2 s, 4 s, 5 s …, for ever), False, or a
    dict such as `{"first": 0.05, "attempts": 3}`, a `livesock.realtime.client.backoff.Backoff`. `retries` is how often
    each event is sent again: see `ClientSocket`. `ssl` is a context that trusts the server's certificate; one of a
    livesock server of this process is trusted. Close it or use `with`.

    Raises:
        WrongThread: If called in an async handler of a livesock server.
        Refused: If the server refuses the namespace; `data` holds what it sent with the refusal.
        HandshakeError: If no Socket.IO server listens there, or it does not allow the transport.
        OSError: If there is no connection: refused, unknown host, `TimeoutError`; a note says what to check.
        TypeError, ValueError: If an argument is impossible.
    """
    refuse_loops("socket()")
    more: dict[str, Any] = {"reconnection": reconnection, "timeout": timeout, "retries": retries, "tls": ssl}
    client = Client(url, transports=transports, path=path, headers=headers, **more)
    try:
        seat, listeners = client.join(client.target.path.partition("?")[0], auth)
    except BaseException as exc:
        client.close(1.0)
        if isinstance(exc, OSError | LivesockError):
            raise brief(exc, client.target, client.trace.data("<")) from None
        raise
    return ClientSocket(ClientHandle(client), seat, listeners)


class ClientSocket(Blocking):
    """Our seat in one namespace of a server. Every method may be called from any thread, also from handlers.

    It reconnects by itself after a lost connection, with a new id unless it is `recovered`; what was emitted meanwhile
    (at most 1000 events) is sent then. It does not reconnect after the server has sent it away, nor after
    `disconnect()`.

    With `retries` events leave one at a time, in order, each again until the server answers it: after `timeout`
    seconds, and after each reconnection. So one that was sent into a cut arrives once the line is back, and may arrive
    twice: give it an id. A livesock server answers by itself; one in Node has to call the callback that comes along.
    """

    _habits: ClassVar[Mapping[str, str]] = ON_SOCKET
    _called: ClassVar[str] = "point"
    _callbacks: ClassVar[str] = "write on('name', handler)"
    _unread: ClassVar[frozenset[str]] = frozenset({"auth", "query", "io", "namespaces"})

    def __init__(self, handle: ClientHandle, seat: LoopSeat, listeners: Listeners) -> None:
        self._handle = handle
        self._client = handle.client
        self._seat = seat
        self._listeners = listeners

    def _instead(self, name: str) -> str | None:
        if name == "event":
            return events_as_written(self.namespace) or super()._instead(name)
        return in_their_seconds(super()._instead(name)) if name == "timeout" else super()._instead(name)

    def __repr__(self) -> str:
        state = f"connected over {self.transport}" if self.connected else "not connected"
        return f'<ClientSocket "{self.namespace}" at {self._client.target.address}, {state}>'

    # -- who and where

    @property
    def namespace(self) -> str:
        """The name of the namespace, such as `/point`."""
        return self._seat.namespace

    @property
    def id(self) -> str | None:
        """Our id at the server, new after each reconnection unless `recovered`; None while we are not connected."""
        return self._seat.state.id

    @property
    def recovered(self) -> bool:
        """Whether the last reconnection restored the seat that we had lost: our id, our rooms, and what we missed.

        Only a server with recovery does that, such as `serve(sessions={"recovery": 60})`, and only for a while. It
        sends the name of each event along as its last argument: the trace shows it, the handlers do not get it.
        """
        return self._seat.state.recovered

    @property
    def connected(self) -> bool:
        """Whether the namespace is joined now."""
        return self.id is not None

    @property
    def transport(self) -> str | None:
        """`"polling"` or `"websocket"`: what carries the session now; None without a session."""
        name = self._client.manager.transport
        return None if name is None else Value(name)

    @property
    def trace(self) -> Trace:
        """Every byte of every connection, shared by all namespaces of this client."""
        return self._client.trace

    @property
    def errors(self) -> list[HandlerError]:
        """The latest exceptions that left handlers, the newest last; they are logged, never printed into a cell."""
        return list(self._client.handlers.failures.latest)

    @property
    def reconnects(self) -> int:
        """How often it has reconnected."""
        return self._client.manager.reconnects

    @property
    def attempts(self) -> int:
        """How often it has tried to reconnect since the connection was lost; 0 once it is back."""
        return self._client.manager.attempts

    # -- speaking

    @blocking(EMIT, check=event_alone("emit"))
    def emit(self, name: str, *arguments: Any) -> None:
        """Send an event. While the connection is lost it is kept, and sent when it is back.

        Anything with the buffer interface (bytes, bytearray, memoryview, numpy arrays) travels as bytes. Blocks only
        while the server does not read. With `retries` it waits for its turn; one that is given up is in `errors`.

        Raises:
            TypeError, ValueError: If the name is reserved, or an argument cannot be sent.
            OverflowError: If 1000 events are kept already.
            NotRunning: If the namespace was left or the socket is closed, so that it would never be sent.
            TimeoutError: If the server does not read what was sent before.
        """
        check_values("emit", name, arguments, ask)
        encoded = Encoded.event(self.namespace, name, arguments)
        self._client.call(self._client.manager.emit, self._seat, encoded, False)

    @property
    def volatile(self) -> Volatile:
        """`volatile.emit(…)` sends an event that may be missed: it is dropped if it cannot leave at once."""
        return Volatile(self)

    @blocking(CALL, write='call("move", 1, 2)', check=event_alone("call", ("timeout",)))
    def call(self, name: str, *arguments: Any, timeout: float | None = None) -> Any:
        """Ask the server and return its answer (a list if there are several values, None if there is none).

        The answer of a handler that fails or refuses is an error, a dict with the `status` "error" and a `message`. Of
        one that fails a warning says so, since the dict is true as a good answer is; the server's `errors` say why.
        With `retries` the question waits for its turn, and each try for `timeout` seconds.

        Raises:
            TimeoutError: If there is no answer within `timeout` seconds.
            NotRunning: If the connection is lost before the answer comes; the server may have got the question or not.
            TypeError, ValueError, OverflowError: As `emit`.
        """
        check_values("call", name, arguments, partial(ask, timeout=timeout))
        Encoded.event(self.namespace, name, arguments)
        seconds = self._wait_time(timeout)
        try:
            answer = self._client.call(self._client.manager.ask, self._seat, name, arguments, seconds)
        except TimeoutError as exc:
            raise held_up(exc, [event.name for event in self._listeners.behind if event.handlers]) from None
        warn_of_failure(name, answer)
        return answer

    # -- listening

    @overload
    def on(self, name: str) -> Callable[[F], F]: ...
    @overload
    def on(self, name: str, handler: F) -> F: ...
    @blocking(ON, write='on("moved", handler)', check=any_alone)
    def on(self, name: str, handler: Any = ...) -> Any:
        """Call `handler(*arguments)` for every event of this name; also a decorator, `@socket.on("news")`.

        Handlers run one after the other on a thread of their own, and may block. Events that were kept because they had
        no handler come first. If the server asks a question, the first handler's value is the answer. Our own events
        are "connect" (now if we are connected, and each time that we are let in again), "disconnect" (with the reason)
        and "connect_error" (with the exception).
        A function that is defined again, as a cell does that runs twice, takes the place of its older self.
        """
        return self._listen(name, handler, once=False)

    @overload
    def once(self, name: str) -> Callable[[F], F]: ...
    @overload
    def once(self, name: str, handler: F) -> F: ...
    @blocking(ON, write='on("moved", handler)', check=any_alone)
    def once(self, name: str, handler: Any = ...) -> Any:
        """As `on`, for one event only."""
        return self._listen(name, handler, once=True)

    def _listen(self, name: Any, handler: Any, once: bool) -> Any:
        if callable(name):
            written = getattr(name, "__name__", "handler")
            raise TypeError(f'a handler needs the name of its event: write @point.on("{written}") above def {written}')
        check_name(name)

        def decorate(handler: F) -> F:
            if callable(handler) and name in OWN:
                takes(handler, OWN[name], f'the event "{name}"')
            self._listeners.on(name, handler, once=once)
            return handler

        return decorate if handler is ... else decorate(handler)

    def off(self, name: str | None = None, handler: Callable[..., Any] | None = None) -> None:
        """Remove a handler; without `handler` all of that name, without `name` of every name and of `on_any`.

        In a handler that holds for what has arrived behind its event, too.
        """
        self._listeners.off(name, handler)

    @blocking(write="@point.on_any above the function, without brackets")
    def on_any(self, handler: F) -> F:
        """Call `handler(name, *arguments)` for every event of the server, before the handlers of its name.

        What is kept because it had no handler comes first, in the order in which it came. It stays kept for `on` and
        `wait` of its name; the same function hears it once.
        """
        self._listeners.on_any(handler)
        return handler

    @blocking(WAIT, check=no_await)
    def wait(self, name: str | None = None, timeout: float | None = None) -> tuple[Any, ...]:
        """Return the arguments of the oldest event of this name that was kept, or wait for the next one.

        Events without a handler are kept, the newest 100 of a name, so that none is lost between two cells. Our own
        "disconnect" comes whenever the connection ends, also if it comes back, with the reason.

        Without a name it stays until the socket has left for good, not at a cut from which it comes back, and returns
        the reason in a tuple; at once if it has left. It has no limit then but a `timeout` of its own.

        Raises:
            TimeoutError: If none comes within `timeout` seconds.
            NotRunning: If no event can come any more.
        """
        if name is None:
            return self._listeners.wait_for_the_end(None if timeout is None else seconds_of(timeout))
        if isinstance(name, int | float) and not isinstance(name, bool):
            raise TypeError(f'an event has a name, and it comes first: write wait("moved", timeout={name!r:.40})')
        check_name(name)
        seconds = self._wait_time(timeout)
        try:
            return self._listeners.wait(name, seconds, self._why_not)
        except TimeoutError:
            raise TimeoutError(f'no event "{name}" within {seconds:g} s') from None

    # -- coming and going

    @blocking(JOIN, check=auth_alone)
    def of(self, namespace: str, auth: Auth = None) -> ClientSocket:
        """Join another namespace over the same session and return its socket, as `livesock.socket` does and raises."""
        if not isinstance(namespace, str):
            raise TypeError(f'a namespace is a str such as "/chat", not {namespace!r:.40} ({type(namespace).__name__})')
        name = namespace if namespace.startswith("/") else f"/{namespace}"
        return ClientSocket(self._handle, *self._client.join(name, auth))

    @blocking(check=no_new_connection)
    def connect(self) -> None:
        """Join again after `disconnect()`, or after the server has sent us away. Raises as `livesock.socket` does."""
        self._client.call(self._client.manager.join, self.namespace)

    @blocking(LEAVE)
    def disconnect(self) -> None:
        """Leave this namespace, with the reason "io client disconnect"; the last one to leave ends the session.

        Further namespaces, of `of()`, stay: `close()` leaves them all, as `disconnect()` of python-socketio does.
        """
        if not self._client.is_closed:
            self._client.call(self._client.manager.leave, self.namespace)

    @blocking()
    def close(self, timeout: float = 2.0) -> None:
        """Leave every namespace of this client and end its threads. A second call does nothing."""
        self._client.close(seconds_of(timeout))

    def __enter__(self) -> ClientSocket:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()

    def _wait_time(self, timeout: float | None) -> float:
        return self._client.timeout if timeout is None else seconds_of(timeout)

    def _why_not(self) -> str | None:
        """Return why no event can come any more, or None if one can."""
        if self._client.is_closed:
            return "the socket is closed"
        return None if self._seat.is_wanted else f"{self.namespace} was left: connect() joins it again"


class Volatile(Blocking):
    """Emits events that may be missed; `socket.volatile` returns it."""

    _habits: ClassVar[Mapping[str, str]] = VOLATILE

    def __init__(self, owner: ClientSocket) -> None:
        self._owner = owner

    def _instead(self, name: str) -> str | None:
        return in_their_seconds(super()._instead(name)) if name == "timeout" else super()._instead(name)

    @blocking(EMIT)
    def emit(self, name: str, *arguments: Any) -> bool:
        """Send an event if it can leave at once; return False if it was dropped. Raises as `socket.emit` does."""
        owner = self._owner
        check_values("emit", name, arguments, ask)
        encoded = Encoded.event(owner.namespace, name, arguments)
        return owner._client.call(owner._client.manager.emit, owner._seat, encoded, True)
