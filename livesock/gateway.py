"""Gateways: a class that answers a namespace, as NestJS has them.

    @server.gateway("/point")
    class Point:
        def on_connect(self, socket): ...              awaited; raising `Refused` turns the peer away
        def on_connected(self, socket): ...            the peer is in, and hears what is emitted
        def on_disconnect(self, socket, reason): ...   it has left; `socket.rooms` are those in which it was

        @event("move")
        def move(self, socket, x: int, y: int):        the arguments as they were sent, checked against the annotations
            socket.to("board").emit("moved", x, y)
            return {"ok": True}                        the answer; it always comes, also when this raises
                                                       (a tuple answers with several values)

When an event's method raises, its peer gets an `exception` event, and the same as the answer, in NestJS's shape. A
`Refused` sends its message and its data; any other exception is a fault of ours and sends neither:

    raise Refused("too far", {"limit": 9})
    {"status": "error", "message": "too far", "data": {"limit": 9}, "cause": {"pattern": "move", "data": [10, 2]}}

Arguments are made by msgspec's `convert`: a list becomes the tuple, an object the dataclass that the annotation names.
Nothing is guessed: the text "2" is no int. What does not fit is refused in msgspec's words, behind the place:

    move.to.x: expected `float`, got `str`

A cell may be run again: a gateway replaces the one of the same class name in its namespace. Peers stay connected, and
the new gateway answers them. Its `on_connect` does not run for them, so what a gateway must know about a peer belongs
in `socket.data`. What the old gateway repeats (`self.server.every`) ends.

The events of one peer begin in the order in which they came: see `Namespace.on`. Guards and a plain method end before
the next one begins, an async method gives way when it first waits.

Several gateways may share a namespace. Each hook and each event then runs in all of them, in order of registration, and
the first answer counts: what separates them is the namespace, not the class.
"""

from __future__ import annotations

import dataclasses
import inspect
import warnings
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

from livesock.errors import Refused
from livesock.net.socketio.handling.arguments import Arguments
from livesock.net.socketio.handling.habits import HOOKS, check_event, check_handler, check_hooks
from livesock.net.socketio.handling.handlers import Handlers
from livesock.net.socketio.namespace import Namespace
from livesock.net.socketio.run_handler import GiveWay, NotRun, StepHandler, run
from livesock.net.socketio.seat import Socket

__all__ = ["Reply", "event", "guard", "install"]

Handler = TypeVar("Handler", bound=Callable[..., Any])
Thing = TypeVar("Thing")

_GUARD = "write @ls.guard(allows), where allows(socket, *arguments) is true or false"
_EVENT, _GUARDS = "__livesock_event__", "__livesock_guards__"


@dataclasses.dataclass(frozen=True)
class Reply:
    """Return or yield it from an event's method: the peer hears the event `name` with these `arguments`.

    A question is answered with them as well.
    """

    name: str
    arguments: tuple[Any, ...]

    def __init__(self, name: str, *arguments: Any) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "arguments", arguments)


def event(name: str) -> Callable[[Handler], Handler]:
    """Mark a method of a gateway as the handler of the event `name`."""
    check_event(name, "event")

    def mark(handler: Handler) -> Handler:
        if getattr(handler, "__qualname__", "").startswith("guard.<locals>"):
            raise TypeError(f"guard has brackets: {_GUARD}")
        setattr(handler, _EVENT, name)
        return handler

    return mark


def guard(allows: Callable[..., Any]) -> Callable[[Thing], Thing]:
    """Let a gateway (or one event of it) run only if `allows(socket, *arguments)` is true; else refuse.

    On a class it also guards the connection: `allows(socket)` is asked before `on_connect`.
    """

    if not callable(allows) or hasattr(allows, _EVENT) or inspect.isclass(allows):
        raise TypeError(f"guard() takes the function that decides, not {allows!r:.60}: {_GUARD}")

    def mark(thing: Thing) -> Thing:
        setattr(thing, _GUARDS, [allows, *getattr(thing, _GUARDS, [])])
        return thing

    return mark


def install(namespace: Namespace[Socket], gateway: object) -> object:
    """Let `gateway` answer `namespace`, and return the one of the same class name that it replaces, or None.

    They change places between two events, so each event is handled by one of them.
    """
    events = _events(gateway)
    check_hooks(gateway, [method.__name__ for method in events])
    for method in events:
        check_handler(method, f'the event "{getattr(method, _EVENT)}"', "socket", is_open=True)
    key = type(gateway).__qualname__
    old = namespace.handlers.gateways.get(key)
    for name in namespace.loop.now(_install, namespace.handlers, gateway, key):
        text = f'the event "{name}" of {namespace.name} has a handler already: both run, and the first answer counts'
        warnings.warn(text, stacklevel=3)
    return old


def _install(handlers: Handlers, gateway: object, key: str) -> list[str]:
    """Install it, and return the names of the events that have another handler already."""
    handlers.own()
    handlers.uninstall(key)
    handlers.gateways[key] = gateway
    shared = []
    class_guards = getattr(type(gateway), _GUARDS, [])
    for allows in class_guards:
        handlers.install(key, handlers.middleware, _guarded(allows))
    for name, hooks in zip(HOOKS, (handlers.connects, handlers.connected, handlers.disconnects), strict=True):
        hook = getattr(gateway, name, None)
        if hook is not None:
            handlers.install(key, hooks, hook)
    for method in _events(gateway):
        name = getattr(method, _EVENT)
        others = handlers.events.setdefault(name, [])
        if others:
            shared.append(name)
        handlers.install(key, others, _Method(method, [*class_guards, *getattr(method, _GUARDS, [])]))
    return shared


def _events(gateway: object) -> list[Callable[..., Any]]:
    """The marked methods, in the order in which the class defines them."""
    names = [name for cls in reversed(type(gateway).__mro__) for name, it in vars(cls).items() if callable(it)]
    methods = (getattr(gateway, name) for name in dict.fromkeys(names))
    return [method for method in methods if hasattr(method, _EVENT)]


def _guarded(allows: Callable[..., Any]) -> Callable[[Socket], Any]:
    async def check(socket: Socket) -> None:
        if not await run(allows, socket):
            raise Refused("Forbidden resource")

    return check


class _Method(StepHandler):
    """One event's method: guards, then arguments, then the call, then what it gave."""

    def __init__(self, method: Callable[..., Any], guards: list[Callable[..., Any]]) -> None:
        self._method = method
        self._guards = guards
        self._arguments = Arguments(method)

    async def steps(self, give_way: GiveWay, socket: Socket, *arguments: Any) -> Any:
        """Answer one event; the result is the answer."""
        for allows in self._guards:
            if not await run(allows, socket, *arguments):
                raise Refused("Forbidden resource")
        try:
            checked = self._arguments.fitted(arguments)
        except Refused as exc:
            raise NotRun(self._method, exc) from None
        if inspect.isasyncgenfunction(self._method):
            give_way()
            return await self._replies(socket, self._method(socket, *checked))
        return _said(socket, await run(self._method, socket, *checked, give_way=give_way))

    async def _replies(self, socket: Socket, parts: AsyncIterator[Any]) -> Any:
        """Send each reply as it comes; the last one answers the question."""
        answer = None
        async for part in parts:
            answer = _said(socket, part)
        return answer


def _said(socket: Socket, result: Any) -> Any:
    """Emit a reply; return what answers the question."""
    if not isinstance(result, Reply):
        return result
    socket.emit(result.name, *result.arguments)
    return result.arguments[0] if len(result.arguments) == 1 else list(result.arguments)
