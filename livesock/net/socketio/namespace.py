"""`Namespace`: what a learner holds of one namespace. Its `handlers` answer, its `audience` hears, its loop runs both.

Everything here may be called from any thread. On the loop (in a handler) it happens at once; from a cell it is passed
to the loop, in order, and the cell goes on. Wrong arguments raise in the caller's thread in either case.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, NoReturn, overload

from livesock.advice.spelled import spelled
from livesock.advice.written import assigned_from, namespace_given_to
from livesock.errors import NotRunning
from livesock.net.loop.explain import made_by
from livesock.net.loop.habits import blocking, warn
from livesock.net.loop.thread import LoopThread
from livesock.net.socketio.audience import Audience, M
from livesock.net.socketio.handling.fitted import fitting
from livesock.net.socketio.handling.habits import (
    HOOKS,
    SHARED,
    check_event,
    check_gateway_class,
    check_handler,
    no_such,
)
from livesock.net.socketio.handling.handlers import ANY_OTHER, Handler, Handlers, register
from livesock.net.socketio.selection import Selection, Speaker
from livesock.realtime.encoded import Encoded
from livesock.realtime.server.rooms import Rooms

__all__ = ["Namespace"]


_PARTS = ("audience", "audiences", "child", "handlers", "loop", "members", "rooms", "selection")


class Namespace(Speaker[M]):
    """One namespace of a server. Speak to all of its sockets, or to a selection."""

    def __new__(cls, *arguments: Any, **options: Any) -> Namespace[M]:
        """Refuse what other libraries write: `Namespace("/point")`."""
        made_by(cls, Audience, arguments, 'server.of("/point"), or @server.gateway("/point") above a class')
        return super().__new__(cls)

    def __setattr__(self, name: str, value: object) -> None:
        if name.startswith("on_") and callable(value):
            write = f'@server.of("{self.name}").{name if name in HOOKS else "on_connect"} above the function'
            raise AttributeError(f"a namespace never calls {name}: write {write}", name=name)
        super().__setattr__(name, value)

    def __init__(self, audience: Audience[M], loop: LoopThread, *, is_pattern: bool = False) -> None:
        self.name = audience.name
        self.audience = audience
        self.handlers = audience.handlers
        self.loop = loop
        self.audiences = {} if is_pattern else {self.name: audience}
        """Whom it speaks to; a pattern to the audiences of those namespaces that it stands for by now."""

    def __init_subclass__(cls) -> None:
        name = cls.__name__
        write = f'@server.gateway("{namespace_given_to(name)}") above class {name}: …, without a base'
        made = assigned_from("Server", "AsyncServer")
        below = f"below {' = '.join(dict.fromkeys(made)) or 'server'} = ls.serve()"
        out = f"leave out {', '.join(made.values())} and " if made else "leave out "
        text = f"a namespace is no base: write {write}, {below}; {out}the line that registers it"
        own = {key: value for key, value in vars(cls).items() if key not in ("__dict__", "__weakref__")}
        try:
            check_gateway_class(object.__new__(type(name, (), own)), {})  # as if the base were gone
        except TypeError as exc:
            text = "\n".join([text, *(f"  {line}" for line in str(exc).split("\n"))])
        raise TypeError(spelled(text, variable=next(iter(made), "server")))

    def __repr__(self) -> str:
        events = ", ".join(f'"{name}"' for name in list(self.handlers.events)[:10]) or "none"
        count = sum(len(audience.members) for audience in list(self.audiences.values()))
        return f'<Namespace "{self.name}", {count} socket{"" if count == 1 else "s"}; events: {events:.200}>'

    def _as_code(self) -> str:
        """Return what stands in `server.of(…)` for it."""
        if self.name in self.audiences:
            return f'"{self.name}"'
        return self.name if self.name.isidentifier() else f"re.compile({self.name!r})"

    def __str__(self) -> str:
        return self.name

    def _refuse(self, *_: object) -> NoReturn:
        raise TypeError(
            'a namespace is neither a str nor a list: write socket.namespace.name, such as "/chat", or '
            "socket.namespace.sockets()"
        )

    __add__ = __radd__ = __contains__ = __iter__ = __len__ = __getitem__ = _refuse

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            self._refuse()
        return self is other

    def __hash__(self) -> int:
        """Let a dict whose keys are names compare it with one of them, and raise, where it would find nothing."""
        return hash(self.name)

    def __dir__(self) -> list[str]:
        """Offer what readers use; the parts that the loop uses are found by their names alone."""
        return [name for name in super().__dir__() if name not in _PARTS]

    def __getattr__(self, name: str) -> Any:
        own = self.__dict__.get("name", "")
        raise no_such(self, f"the namespace {own}", name, own)

    def child(self, name: str) -> Namespace[M]:
        """Return the namespace `name` for which this one, a pattern, stands; it shares the handlers."""
        child = Namespace(self.audience.child(name), self.loop)
        self.audiences[name] = child.audience
        return child

    @property
    def members(self) -> dict[str, M]:
        """Its sockets by id, with those that are not let in yet. Look at it on the loop, or take a copy."""
        return self.audience.members

    @property
    def rooms(self) -> Rooms[M]:
        """Who is in which of its rooms. Look at it on the loop."""
        return self.audience.rooms

    # -- what it answers

    def _own(self) -> Handlers:
        """Return the handlers, to add one.

        Raises:
            NotRunning: If the server is stopped: no peer would ever reach it.
        """
        if not self.loop.is_running:
            raise NotRunning(f"the server is stopped: serve() again, and take of({self.name!r}) of the new one")
        return self.handlers.own()

    @overload
    def on(self, name: str) -> Callable[[Handler], Handler]: ...
    @overload
    def on(self, name: str, handler: Handler) -> Handler: ...
    @blocking({"namespace": 'write server.of("/chat").on("move")'}, write='@namespace.on("move") above the function')
    def on(self, name: str, handler: Any = ...) -> Any:
        """Handle the event `name` with the decorated `handler(socket, *arguments)`; what it returns is the answer.

        A tuple answers with several values. An argument with an annotation (`price: float`, a dataclass, a pydantic
        model) is made to fit it, or the event is refused, as in a gateway. The name `"*"` stands for every event
        without a handler of its own; its handler gets the name first: `handler(socket, name, *arguments)`. A second
        function for the same name runs after the first, with a warning; one of the same name as the first takes its
        place.

        The events of one peer begin in the order in which they came. A plain `def` runs on a thread, where it may
        block, and ends before the peer's next event begins. An `async def` runs alone until it first waits; from
        there on it runs beside the events that follow. Two peers, and two namespaces of one, do not wait for each
        other.

        Each event has a task and a context of its own (`asyncio.current_task`, `contextvars`), from the first line of
        an `async def` to its end. What it says leaves when the loop's turn ends, so also when it first waits.
        """
        check_event(name, f"server.of({self._as_code()}).on")
        Encoded.event(self.name, name, ())  # a name that cannot be sent cannot be heard

        def add(handler: Handler) -> Handler:
            given = ("socket", "name") if name == ANY_OTHER else ("socket",)
            check_handler(handler, f'the handler of "{name}"', *given, is_open=True)
            handlers = self._own().events.setdefault(name, [])
            register(handlers, fitting(handler, len(given)))
            if len(handlers) > 1:
                warn(SHARED.format(name, self.name))
            return handler

        return add if handler is ... else add(handler)

    @blocking(write="@namespace.on_connect above the function, without brackets")
    def on_connect(self, handler: Handler) -> Handler:
        """Call `handler(socket)` before a peer is let in; raising refuses it."""
        check_handler(handler, "on_connect", "socket")
        return register(self._own().connects, handler, is_hook=True)

    @blocking(write="@namespace.on_connected above the function, without brackets")
    def on_connected(self, handler: Handler) -> Handler:
        """Call `handler(socket)` when a peer has been let in: it is among `sockets()`, and hears what is emitted.

        Its events begin when the handler has returned or, if it is async, waits for the first time.
        """
        check_handler(handler, "on_connected", "socket", asks=False)
        return register(self._own().connected, handler, is_hook=True)

    @blocking(write="@namespace.on_disconnect above the function, without brackets")
    def on_disconnect(self, handler: Handler) -> Handler:
        """Call `handler(socket, reason)` when a peer has left; `socket.rooms` are those in which it was.

        `reason` is a text of Node's, such as "client namespace disconnect" or "transport close": see
        `livesock.realtime.reasons`.
        """
        check_handler(handler, "on_disconnect", "socket", "reason", asks=False)
        return register(self._own().disconnects, handler, is_hook=True)

    @blocking(write="@namespace.use above the function, without brackets")
    def use(self, handler: Handler) -> Handler:
        """Ask `handler(socket)` first, before any `on_connect`; raising refuses the peer."""
        check_handler(handler, "use", "socket")
        return register(self._own().middleware, handler)

    @blocking(write="@namespace.on_any above the function, without brackets")
    def on_any(self, handler: Handler) -> Handler:
        """Show `handler(socket, name, *arguments)` every event that comes in."""
        check_handler(handler, "on_any", "socket", "name", is_open=True)
        return register(self._own().incoming, handler)

    @blocking(write="@namespace.on_any_out above the function, without brackets")
    def on_any_out(self, handler: Handler) -> Handler:
        """Show `handler(socket, name, *arguments)`, a plain function, every event that goes out, once for each peer.

        It must be quick. A volatile event that a peer misses is not shown.
        """
        if inspect.iscoroutinefunction(handler):
            raise TypeError("on_any_out calls a plain function while the event leaves: write def, not async def")
        check_handler(handler, "on_any_out", "socket", "name", is_open=True, asks=False)
        return register(self._own().outgoing, handler)

    @blocking(write="@namespace.on_join above the function, without brackets")
    def on_join(self, handler: Handler) -> Handler:
        """Show `handler(socket, room)`, a plain function, which socket has joined which room; it must be quick."""
        return self._on_move(handler, True)

    @blocking(write="@namespace.on_leave above the function, without brackets")
    def on_leave(self, handler: Handler) -> Handler:
        """Show `handler(socket, room)`, a plain function, which socket has left which room; it must be quick."""
        return self._on_move(handler, False)

    def _on_move(self, handler: Handler, joins: bool) -> Handler:
        if inspect.iscoroutinefunction(handler):
            raise TypeError("on_join and on_leave call a plain function at once: write def, not async def")
        check_handler(handler, "on_join" if joins else "on_leave", "socket", "room", asks=False)
        moves = self._own().moves
        others = [other for kind, other in moves if kind == joins]
        register(others, handler)
        moves[:] = [*(move for move in moves if move[0] != joins), *((joins, other) for other in others)]
        return handler

    @property
    def answers(self) -> dict[str, list[str]]:
        """Who answers here, gateways and functions in order of registration, each with its events."""
        return self.handlers.answers

    # -- speaking

    @property
    def selection(self) -> Selection[M]:
        """All of its sockets."""
        return Selection(self.loop, self.audiences)

    def call(self, name: str, *arguments: Any, **strange: Any) -> Any:
        """Ask all sockets and return the list of their answers; in a handler, `await` it."""
        return self.selection.call(name, *arguments, **strange)
