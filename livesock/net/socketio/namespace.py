"""`Namespace`: who is there, what it answers, and how to speak to everybody in it.

Everything here may be called from any thread. On the loop (in a handler) it happens at once; from a cell it is passed
to the loop, in order, and the cell goes on. What is wrong with the arguments is said to the caller in either case.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from livesock.net.loop.registry import identity
from livesock.net.loop.thread import LoopThread
from livesock.net.socketio.selection import Selection
from livesock.realtime.encoded import Encoded
from livesock.realtime.server.recovery import Recovery
from livesock.realtime.server.rooms import Rooms

if TYPE_CHECKING:
    from livesock.net.socketio.seat import Socket

__all__ = ["Handler", "Namespace"]

T = TypeVar("T")
Handler = Callable[..., Any]


@dataclass
class Namespace:
    """One namespace of a server. Speak to everybody in it, or to a selection."""

    name: str
    loop: LoopThread
    failed: Callable[[str, int, BaseException], None]
    """Who keeps what handlers raise."""
    members: dict[str, Socket] = field(default_factory=dict)
    rooms: Rooms[Socket] = field(default_factory=Rooms)
    handlers: dict[str, list[Handler]] = field(default_factory=dict)
    connects: list[Handler] = field(default_factory=list)
    disconnects: list[Handler] = field(default_factory=list)
    middleware: list[Handler] = field(default_factory=list)
    listeners_in: list[Handler] = field(default_factory=list)
    listeners_out: list[Handler] = field(default_factory=list)
    recovery: Recovery | None = None
    """What helps a broken connection come back; shared by all namespaces of a server."""
    installed: dict[str, list[tuple[list[Handler], Handler]]] = field(default_factory=dict)
    gateways: dict[str, object] = field(default_factory=dict)
    overhearers: list[Callable[[Any], None]] = field(default_factory=list)
    """Who is told what is said, and who heard it; one list for all namespaces of a server."""
    children: dict[str, Namespace] | None = None
    """Those that it stands for, if it stands for many; then it has no members of its own."""
    shares_handlers: bool = False
    """Whether its handlers are those of the one that stands for it."""

    # -- what it answers

    def on(self, name: str) -> Callable[[Handler], Handler]:
        """Handle the event `name` with the decorated `handler(socket, *arguments)`; what it returns is the answer.

        A tuple answers with several values.
        """
        return self._register(lambda: self.handlers.setdefault(name, []), name)

    def on_connect(self, handler: Handler) -> Handler:
        """Call `handler(socket)` before a peer is let in; raising refuses it."""
        return self._add(lambda: self.connects, handler)

    def on_disconnect(self, handler: Handler) -> Handler:
        """Call `handler(socket, reason)` when a peer has gone."""
        return self._add(lambda: self.disconnects, handler)

    def use(self, handler: Handler) -> Handler:
        """Ask `handler(socket)` first, before any `on_connect`; raising refuses the peer."""
        return self._add(lambda: self.middleware, handler)

    def on_any(self, handler: Handler) -> Handler:
        """Show `handler(socket, name, *arguments)` every event that comes in."""
        return self._add(lambda: self.listeners_in, handler)

    def on_any_out(self, handler: Handler) -> Handler:
        """Show `handler(name, *arguments)`, a plain function, every event that goes out; it must be quick."""
        if inspect.iscoroutinefunction(handler):
            raise TypeError("on_any_out calls a plain function while the event leaves: write def, not async def")
        return self._add(lambda: self.listeners_out, handler)

    def _register(self, where: Callable[[], list[Handler]], name: str) -> Callable[[Handler], Handler]:
        Encoded.event(self.name, name, ())  # a name that cannot be sent cannot be heard

        def register(handler: Handler) -> Handler:
            return self._add(where, handler)

        return register

    def _add(self, where: Callable[[], list[Handler]], handler: Handler) -> Handler:
        """Add `handler`, in place of one with the same name: a cell that is run again replaces its functions."""
        if not callable(handler):
            raise TypeError(f"a handler is a function, not {type(handler).__name__}")
        self.own()
        key, handlers = identity(handler), where()
        handlers[:] = [
            *(h for h in handlers if key is None or identity(h) != key),
            handler,
        ]  # at once: no event is lost
        return handler

    def install(self, key: str, handlers: list[Handler], handler: Handler) -> None:
        """Add a handler that belongs to `key`, as a gateway's methods belong to their class."""
        handlers.append(handler)
        self.installed.setdefault(key, []).append((handlers, handler))

    def uninstall(self, key: str) -> None:
        """Remove every handler that belongs to `key`."""
        for handlers, handler in self.installed.pop(key, []):
            handlers.remove(handler)

    def who(self, handler: Handler) -> str:
        """Return whose `handler` it is: the class of a gateway, or else the name of the function."""
        for key, parts in list(self.installed.items()):
            if any(part == handler for _, part in parts):
                return _without_place(key)
        return _without_place(getattr(handler, "__qualname__", type(handler).__name__))

    @property
    def answers(self) -> dict[str, list[str]]:
        """Return who answers here, gateways and functions in order of registration, each with its events."""
        found: dict[str, list[str]] = {_without_place(key): [] for key in list(self.installed)}
        for hook in [*self.connects, *self.disconnects]:
            found.setdefault(self.who(hook), [])
        for name, handlers in list(self.handlers.items()):
            for handler in list(handlers):
                found.setdefault(self.who(handler), []).append(name)
        return found

    # -- speaking

    def to(self, *rooms: str) -> Selection:
        """Select everybody in `rooms`."""
        return Selection(self).to(*rooms)

    in_ = to

    def except_(self, *rooms: str) -> Selection:
        """Select everybody but those in `rooms`."""
        return Selection(self).except_(*rooms)

    @property
    def volatile(self) -> Selection:
        """Select everybody, for events that a peer may miss."""
        return Selection(self).volatile

    def timeout(self, seconds: float) -> Selection:
        """Select everybody, for a `call` that waits `seconds`."""
        return Selection(self).timeout(seconds)

    def emit(self, name: str, *arguments: Any) -> None:
        """Send an event to everybody."""
        Selection(self).emit(name, *arguments)

    def call(self, name: str, *arguments: Any) -> Any:
        """Ask everybody and return the list of their answers; in a handler, `await` it."""
        return Selection(self).call(name, *arguments)

    def sockets(self) -> list[Socket]:
        """Return everybody."""
        return Selection(self).sockets()

    def disconnect(self, close: bool = False) -> None:
        """Send everybody away."""
        Selection(self).disconnect(close)

    def child(self, name: str) -> Namespace:
        """Return the namespace `name` with the handlers of this one, which stands for many."""
        child = replace(self, name=name, members={}, rooms=Rooms(), children=None, shares_handlers=True)
        if self.children is not None:
            self.children[name] = child
        return child

    def own(self) -> None:
        """Have handlers of its own from here on, at first those it shared: what is added here is for here alone."""
        if self.shares_handlers:
            self.handlers = {name: list(handlers) for name, handlers in self.handlers.items()}
            self.connects, self.disconnects = list(self.connects), list(self.disconnects)
            self.middleware = list(self.middleware)
            self.listeners_in, self.listeners_out = list(self.listeners_in), list(self.listeners_out)
            self.installed, self.gateways = {}, {}
            self.shares_handlers = False

    @property
    def family(self) -> list[Namespace]:
        """Itself, or those that it stands for."""
        return [self] if self.children is None else list(self.children.values())

    # -- threads

    def soon(self, function: Callable[..., object], *arguments: Any) -> None:
        """Run `function` on the loop: now if we are on it, else soon and in order."""
        if self.loop.is_current:
            function(*arguments)
        else:
            self.loop.post(function, *arguments)

    def now(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run `function` on the loop and return its result."""
        if self.loop.is_current:
            return function(*arguments)

        async def run() -> T:
            return function(*arguments)

        return self.loop.call(run)

    def wait(self, function: Callable[..., Coroutine[Any, Any, Any]], *arguments: Any) -> Any:
        """Return the result of an async `function`; on the loop return its coroutine, to be awaited."""
        return function(*arguments) if self.loop.is_current else self.loop.call(function, *arguments)

    def told(self, name: str, arguments: tuple[Any, ...]) -> None:
        """Show an outgoing event to those who listen to all of them."""
        for listener in list(self.listeners_out):
            try:
                listener(name, *arguments)
            except BaseException as exc:  # a listener keeps nothing from its way, not even by exit()
                self.failed(f"on_any_out {self.name}", 0, exc)


def _without_place(name: str) -> str:
    """Return the name of a class or function without that of the function in which it was defined."""
    return name.rpartition("<locals>.")[2]
