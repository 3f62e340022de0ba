"""`Namespace`, `Socket` and `Selection`: who is there, and how to speak to them.

    server.of("/point")                      a namespace
        .to("board").except_("s1").volatile  a selection of its sockets: each step returns a new one
        .emit("moved", 1, 2)                 what each of them hears

Everything here may be called from any thread. On the loop (in a handler) it happens at once; from a cell it is passed
to the loop, in order, and the cell goes on. What is wrong with the arguments is said to the caller in either case.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from livesock.errors import NotRunning
from livesock.net.encoded import Encoded
from livesock.net.loop import LoopThread
from livesock.realtime.acks import Acks
from livesock.realtime.rooms import Rooms
from livesock.wire.socketio import Packet, PacketType

if TYPE_CHECKING:
    from livesock.net.engine import Handshake, Line

__all__ = ["Namespace", "Selection", "Socket"]

T = TypeVar("T")

CALL_TIMEOUT = 10.0
"""Seconds that `call` waits for an answer unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Some sockets of a namespace. Immutable: `to`, `except_`, `volatile` and `timeout` return another one."""

    namespace: Namespace
    rooms: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    is_volatile: bool = False
    seconds: float = CALL_TIMEOUT

    def to(self, *rooms: str) -> Selection:
        """Add everybody in `rooms`; a socket in two of them hears things once."""
        return replace(self, rooms=self.rooms + rooms)

    in_ = to

    def except_(self, *rooms: str) -> Selection:
        """Leave out everybody in `rooms`; the id of a socket is a room, too."""
        return replace(self, without=self.without + rooms)

    @property
    def volatile(self) -> Selection:
        """Drop what a peer cannot take right now: for news that the next news replaces."""
        return replace(self, is_volatile=True)

    def timeout(self, seconds: float) -> Selection:
        """Wait `seconds` for the answers to a `call`."""
        return replace(self, seconds=seconds)

    def emit(self, name: str, *arguments: Any) -> None:
        """Send an event to each of them.

        Raises:
            TypeError, ValueError: If the event cannot be sent: see `Encoded.event`.
        """
        encoded = Encoded.event(self.namespace.name, name, arguments)
        self.namespace.soon(self._deliver, encoded, name, arguments)

    def _deliver(self, encoded: Encoded, name: str, arguments: tuple[Any, ...]) -> None:
        self.namespace.told(name, arguments)
        for socket in self._chosen():
            socket.deliver(encoded, volatile=self.is_volatile)

    def call(self, name: str, *arguments: Any) -> Any:
        """Ask each of them and return the list of their answers; in a handler, `await` it.

        Raises:
            TimeoutError: If not all have answered in time; its `answers` holds those that came.
        """
        Encoded.event(self.namespace.name, name, arguments)
        return self.namespace.wait(self._ask, name, arguments)

    async def _ask(self, name: str, arguments: tuple[Any, ...]) -> list[Any]:
        questions = [asyncio.ensure_future(s.ask(name, arguments, self.seconds)) for s in self._chosen()]
        results = await asyncio.gather(*questions, return_exceptions=True)
        answers = [result for result in results if not isinstance(result, BaseException)]
        if len(answers) < len(results):
            late = TimeoutError(f"{len(results) - len(answers)} of {len(results)} peers did not answer")
            late.answers = answers  # type: ignore[attr-defined]
            raise late
        return answers

    def sockets(self) -> list[Socket]:
        """Return them."""
        return self.namespace.now(self._chosen)

    def join(self, *rooms: str) -> None:
        """Put each of them into `rooms`."""
        self.namespace.soon(self._each, lambda socket: socket.join(*rooms))

    def leave(self, *rooms: str) -> None:
        """Take each of them out of `rooms`."""
        self.namespace.soon(self._each, lambda socket: socket.leave(*rooms))

    def disconnect(self, close: bool = False) -> None:
        """Send each of them away from the namespace; with `close` its whole session ends."""
        self.namespace.soon(self._each, lambda socket: socket.disconnect(close))

    def _each(self, action: Callable[[Socket], object]) -> None:
        for socket in self._chosen():
            action(socket)

    def _chosen(self) -> list[Socket]:
        space = self.namespace
        members = space.rooms.select(self.rooms, self.without)
        return [space.members[member] for member in members if member in space.members]


Handler = Callable[..., Any]


@dataclass
class Namespace:
    """One namespace of a server. Speak to everybody in it, or to a selection."""

    name: str
    loop: LoopThread
    members: dict[str, Socket] = field(default_factory=dict)
    rooms: Rooms = field(default_factory=Rooms)
    handlers: dict[str, list[Handler]] = field(default_factory=dict)
    connects: list[Handler] = field(default_factory=list)
    disconnects: list[Handler] = field(default_factory=list)
    middleware: list[Handler] = field(default_factory=list)
    listeners_in: list[Handler] = field(default_factory=list)
    listeners_out: list[Handler] = field(default_factory=list)

    # -- what it answers

    def on(self, name: str) -> Callable[[Handler], Handler]:
        """Handle the event `name` with the decorated `handler(socket, *arguments)`; what it returns is the answer."""
        return self._register(lambda handler: self.handlers.setdefault(name, []), name)

    def on_connect(self, handler: Handler) -> Handler:
        """Call `handler(socket)` before a peer is let in; raising refuses it."""
        return self._add(self.connects, handler)

    def on_disconnect(self, handler: Handler) -> Handler:
        """Call `handler(socket, reason)` when a peer has gone."""
        return self._add(self.disconnects, handler)

    def use(self, handler: Handler) -> Handler:
        """Ask `handler(socket)` first, before any `on_connect`; raising refuses the peer."""
        return self._add(self.middleware, handler)

    def on_any(self, handler: Handler) -> Handler:
        """Show `handler(socket, name, *arguments)` every event that comes in."""
        return self._add(self.listeners_in, handler)

    def on_any_out(self, handler: Handler) -> Handler:
        """Show `handler(name, *arguments)` every event that goes out."""
        return self._add(self.listeners_out, handler)

    def _register(self, where: Callable[[Handler], list[Handler]], name: str) -> Callable[[Handler], Handler]:
        Encoded.event(self.name, name, ())  # a name that cannot be sent cannot be heard

        def register(handler: Handler) -> Handler:
            return self._add(where(handler), handler)

        return register

    def _add(self, handlers: list[Handler], handler: Handler) -> Handler:
        """Add `handler`, in place of one with the same name: a cell that is run again replaces its functions."""
        if not callable(handler):
            raise TypeError(f"a handler is a function, not {type(handler).__name__}")
        key = getattr(handler, "__qualname__", None)
        handlers[:] = [h for h in handlers if key is None or getattr(h, "__qualname__", None) != key]
        handlers.append(handler)
        return handler

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
        return replace(self, name=name, members={}, rooms=Rooms())

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
        for listener in self.listeners_out:
            listener(name, *arguments)


class Socket:
    """One peer in one namespace. Handlers get it as their first argument; its id is new for every connection."""

    def __init__(self, number: str, namespace: Namespace, line: Line, handshake: Handshake) -> None:
        self.id = number
        self.namespace = namespace
        self.handshake = handshake
        self.data: dict[str, Any] = {}
        """Yours: whatever the handlers want to remember about this peer."""
        self.is_connected = False
        self.dropped = 0
        """Volatile events that this peer missed."""
        self.in_order = asyncio.Lock()
        """Held while a blocking handler runs, so that this peer's events are handled in order."""
        self._line = line
        self._acks: Acks[asyncio.Future[Any]] = Acks()
        self._early: list[Encoded] = []  # said to it before it was let in

    def __repr__(self) -> str:
        state = "connected" if self.is_connected else "not connected"
        return f'<Socket "{self.id}" in {self.namespace.name}, {state}>'

    # -- speaking to it

    def emit(self, name: str, *arguments: Any) -> None:
        """Send it an event. Raises `TypeError` or `ValueError` for what cannot be sent."""
        encoded = Encoded.event(self.namespace.name, name, arguments)

        def deliver() -> None:
            self.namespace.told(name, arguments)
            self.deliver(encoded)

        self.namespace.soon(deliver)

    def call(self, name: str, *arguments: Any, timeout: float = CALL_TIMEOUT) -> Any:
        """Ask it and return the answer (a list if there are several values); in a handler, `await` it.

        Raises:
            TimeoutError: If it does not answer within `timeout` seconds.
            NotRunning: If it goes before it answers.
        """
        Encoded.event(self.namespace.name, name, arguments)
        return self.namespace.wait(self.ask, name, arguments, timeout)

    async def ask(self, name: str, arguments: tuple[Any, ...], timeout: float) -> Any:
        """Send a question and wait for the answer. Runs on the loop."""
        if not self.is_connected:
            raise NotRunning(f'the peer "{self.id}" is not connected to {self.namespace.name}')
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        number = self._acks.ask(future, loop.time() + timeout)
        self.namespace.told(name, arguments)
        self.deliver(Encoded.event(self.namespace.name, name, arguments, number))
        try:
            async with asyncio.timeout(timeout):
                return await future
        except TimeoutError:
            raise TimeoutError(f'"{self.id}" did not answer "{name}" within {timeout} s') from None
        finally:
            self._acks.forget(number)

    # -- others

    def to(self, *rooms: str) -> Selection:
        """Select everybody else in `rooms`."""
        return self.broadcast.to(*rooms)

    in_ = to

    def except_(self, *rooms: str) -> Selection:
        """Select everybody else but those in `rooms`."""
        return self.broadcast.except_(*rooms)

    @property
    def broadcast(self) -> Selection:
        """Select everybody else in the namespace."""
        return Selection(self.namespace, without=(self.id,))

    @property
    def volatile(self) -> Selection:
        """Select this peer alone, for events that it may miss."""
        return Selection(self.namespace, rooms=(self.id,), is_volatile=True)

    # -- rooms

    @property
    def rooms(self) -> list[str]:
        """The rooms it is in; the first is its own."""
        return self.namespace.now(self.namespace.rooms.rooms_of, self.id)

    def join(self, *rooms: str) -> None:
        """Put it into `rooms`."""
        for room in rooms:
            self.namespace.soon(self.namespace.rooms.join, self.id, room)

    def leave(self, *rooms: str) -> None:
        """Take it out of `rooms`."""
        for room in rooms:
            self.namespace.soon(self.namespace.rooms.leave, self.id, room)

    def disconnect(self, close: bool = False) -> None:
        """Send it away from this namespace; with `close` its whole session ends."""
        self.namespace.soon(self._expel, close)

    # -- the loop's side

    def deliver(self, encoded: Encoded, *, volatile: bool = False) -> None:
        """Hand it what is ready. Before it is let in, things wait; what is volatile is dropped when it must wait."""
        if not self.is_connected:
            if self.id in self.namespace.members and not volatile:
                self._early.append(encoded)
        elif not self._line.deliver(encoded, volatile=volatile):
            self.dropped += 1

    def let_in(self) -> None:
        """It has been told that it is in; now what was said to it meanwhile."""
        self.is_connected = True
        for encoded in self._early:
            self._line.deliver(encoded)
        self._early.clear()

    def answered(self, number: int | None, arguments: list[Any]) -> None:
        """It answered a question; nobody may be waiting any more."""
        future = self._acks.answered(number)
        if future is not None and not future.done():
            future.set_result(arguments[0] if len(arguments) == 1 else arguments or None)

    def answer(self, number: int, arguments: list[Any]) -> None:
        """Answer one of its questions."""
        if self.is_connected:
            self._line.deliver(Encoded(Packet(PacketType.ACK, self.namespace.name, arguments, number)))

    def gone(self) -> None:
        """It is no longer here: out of every room, and no answer will come."""
        self.is_connected = False
        self.namespace.members.pop(self.id, None)
        self.namespace.rooms.remove(self.id)
        for future in self._acks.fail():
            if not future.done():
                future.set_exception(NotRunning(f'the peer "{self.id}" went before it answered'))

    def _expel(self, close: bool) -> None:
        if self.is_connected:
            self._line.listener.expel(self._line, self.namespace.name, close)
