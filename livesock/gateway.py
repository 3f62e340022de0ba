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

import asyncio
import dataclasses
import inspect
import sys
import weakref
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from functools import partial
from inspect import getattr_static
from types import FunctionType, ModuleType
from typing import Any, NoReturn, TypeVar

from livesock.advice.values import event_written_in
from livesock.guards import GUARD, GUARDS, check_brackets, guards_of
from livesock.guards import mark as add_guard
from livesock.net.loop.habits import warn
from livesock.net.socketio.handling.answering import OfTheOneThatAnswers
from livesock.net.socketio.handling.arguments import Arguments
from livesock.net.socketio.handling.fitted import made_to_fit
from livesock.net.socketio.handling.habits import (
    EVENTS,
    HOOKS,
    SHARED,
    check_class_guard,
    check_event,
    check_gateway_class,
    check_guard,
    check_handler,
    is_event,
)
from livesock.net.socketio.handling.handlers import Handlers
from livesock.net.socketio.handling.run import GiveWay, StepHandler, ask, run
from livesock.net.socketio.namespace import Namespace
from livesock.net.socketio.seat import Socket

__all__ = ["Reply", "check", "event", "guard", "install"]

Handler = TypeVar("Handler", bound=Callable[..., Any])
Thing = TypeVar("Thing")

_ANSWERS = "__livesock_answers__"


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


def event(name: str = ..., *more: object) -> Callable[[Handler], Handler]:  # type: ignore[assignment]  # none: a sentence
    """Mark a method of a gateway as the handler of the event `name`; with several marks it handles each of them."""
    if more:
        marks = " above ".join(f"@ls.event({one!r:.40})" for one in (name, *more))
        raise TypeError(f"event() takes one name: write {marks}")
    check_event(name, "ls.event")

    def mark(handler: Handler) -> Handler:
        check_brackets(handler)
        if not isinstance(handler, FunctionType):  # a staticmethod or a property would hide the mark
            written, kind = getattr(handler, "__name__", "move"), type(handler).__name__
            raise TypeError(f"@ls.event is written above a method, def {written}(self, socket): …, not a {kind}")
        is_in_class = "__qualname__" in sys._getframe(1).f_locals or handler.__name__ == "<lambda>"
        if not is_in_class and handler.__qualname__.rpartition(".")[0].rpartition(".")[2] in ("", "<locals>"):
            raise TypeError(
                f'@ls.event marks methods of a gateway: write @server.of("/").on("{name}") above a function'
            )
        setattr(handler, EVENTS, tuple(dict.fromkeys((*names_of(handler), name))))
        return handler

    return mark


def names_of(method: object) -> tuple[str, ...]:
    """Return the names of the events that a method handles."""
    names: tuple[str, ...] = getattr(method, EVENTS, ())
    return names


def guard(allows: Callable[..., Any] = ..., *more: object) -> Callable[[Thing], Thing]:  # type: ignore[assignment]  # none: a sentence
    """Let a gateway, or a handler of Socket.IO, run only if `allows(socket, *arguments)` is true; else refuse.

    `allows` gets what the handler gets: of an event the arguments too, of `on_connect` and `use` the socket alone. On a
    class it guards the connection, asked before `on_connect`, and every event. It may stand above or below the line
    that registers the class or function; above, a peer that comes between the two lines is in, and its events are asked
    about all the same.

    Raises:
        TypeError: Above what asks no guard: a page, a raw WebSocket, `on_connected`, …; above a class if it needs more
            than the socket.
    """
    if not callable(allows) or EVENTS in getattr(allows, "__dict__", ()) or inspect.isclass(allows) or more:
        raise TypeError(_not_one([allows, *more]))
    check_guard(allows)

    def mark(thing: Thing) -> Thing:
        if isinstance(thing, type):
            check_class_guard(thing, allows)
        add_guard(thing, allows)
        for cls in _with_heirs(thing) if isinstance(thing, type) else ():
            for namespace in list(vars(cls).get(_ANSWERS, ())):
                if namespace.loop.is_running:
                    namespace.loop.now(_renew, namespace.handlers, cls)
        return thing

    return mark


def _not_one(given: list[Any]) -> str:
    names = [getattr(allows, "__name__", "allows") for allows in given]
    if len(given) > 1:
        return f"guard() takes one function: write {' above '.join(f'@ls.guard({name})' for name in names)}"
    return (
        f"guard() takes the function that decides, not {'nothing' if given[0] is ... else repr(given[0])[:60]}: {GUARD}"
    )


def _with_heirs(cls: type) -> list[type]:
    children: list[type] = cls.__subclasses__()
    return [cls, *(heir for child in children for heir in _with_heirs(child))]


def check(gateway: object) -> None:
    """Raise `TypeError` for a class of which something would not run as it is meant, before a peer can come to it."""
    check_gateway_class(gateway, {name: partial(_check, method) for name, method in _events(gateway).items()})


def install(namespace: Namespace[Socket], gateway: object) -> object:
    """Let `gateway` answer `namespace`, and return the one of the same class name that it replaces, or None.

    They change places between two events, so each event is handled by one of them.
    """
    cls = type(gateway)
    key = cls.__qualname__
    old = namespace.handlers.gateways.get(key)
    if _ANSWERS not in vars(cls):
        setattr(cls, _ANSWERS, weakref.WeakSet())
    vars(cls)[_ANSWERS].add(namespace)
    for name in ("server", "namespace"):
        if isinstance(getattr_static(cls, name, None), OfTheOneThatAnswers | None):
            setattr(cls, name, OfTheOneThatAnswers(name, namespace.name))
    for name in namespace.loop.now(_install, namespace.handlers, gateway, key):
        warn(SHARED.format(name, namespace.name))
    return old


def _check(method: Callable[..., Any]) -> None:
    name, *_ = names_of(method)
    given = ("socket", "name") if "*" in names_of(method) else ("socket",)
    check_handler(method, f'the event "{name}"', *given, is_open=True, is_method=True)
    Arguments(method)  # raises for an annotation that cannot be checked


def _install(handlers: Handlers, gateway: object, key: str) -> list[str]:
    """Install it, and return the names of the events that have another handler already."""
    handlers.own()
    handlers.uninstall(key)
    handlers.gateways[key] = gateway
    shared = []
    class_guards = guards_of(type(gateway))
    for allows in class_guards:
        handlers.install(key, handlers.middleware, _guarded(allows))
    for name, hooks in zip(HOOKS, (handlers.connects, handlers.connected, handlers.disconnects), strict=True):
        hook = getattr(gateway, name, None)
        if hook is not None:
            handlers.install(key, hooks, hook)
    for method in _events(gateway).values():
        for name in names_of(method):
            others = handlers.events.setdefault(name, [])
            if others:
                shared.append(name)
            handlers.install(key, others, _Method(method, class_guards))
    return shared


def _renew(handlers: Handlers, cls: type) -> None:
    """Install the gateway of a class again, which has got a guard since."""
    gateway = handlers.gateways.get(cls.__qualname__)
    if type(gateway) is cls:
        _install(handlers, gateway, cls.__qualname__)


def _events(gateway: object) -> dict[str, Callable[..., Any]]:
    """The marked methods by their names, in the order in which the class defines them."""
    names = [name for cls in reversed(type(gateway).__mro__) for name, it in vars(cls).items() if callable(it)]
    methods = {name: getattr(gateway, name) for name in names}
    return {name: method for name, method in methods.items() if names_of(method)}


def _guarded(allows: Callable[..., Any]) -> Callable[[Socket], Any]:
    async def check(socket: Socket) -> None:
        await ask([allows], socket)

    return check


class _Method(StepHandler):
    """One event's method: guards, then arguments, then the call, then what it gave."""

    def __init__(self, method: Callable[..., Any], class_guards: list[Callable[..., Any]]) -> None:
        self.method = method
        self._class_guards = class_guards
        self._arguments = Arguments(method)

    async def steps(self, give_way: GiveWay, socket: Socket, *arguments: Any) -> Any:
        """Answer one event; the result is the answer."""
        if guards := [*self._class_guards, *getattr(self.method, GUARDS, ())]:
            await ask(guards, socket, *arguments)
        checked = made_to_fit(self.method, self._arguments, arguments)
        if inspect.isasyncgenfunction(self.method):
            give_way()
            return await self._replies(socket, self.method(socket, *checked))
        return _said(socket, await run(self.method, socket, *checked, give_way=give_way, is_asked=True))

    async def _replies(self, socket: Socket, parts: AsyncGenerator[Any, None]) -> Any:
        """Send each reply as it comes; the last one answers the question. For a peer that has gone no more are made."""
        answer = overtaken = None
        async with aclosing(parts):
            async for part in parts:
                if overtaken is not None:
                    write = f"write yield ls.Reply({self._event_of(overtaken)})"
                    raise TypeError(f"a yielded value that is not the last is lost: {write}")
                answer, overtaken = _said(socket, part), None if isinstance(part, Reply) else part
                await asyncio.sleep(0)  # a generator that never waits must neither stop the loop nor outlive its peer
                if socket.has_gone:
                    break
        return answer

    def _event_of(self, value: Any) -> str:
        return event_written_in(self.method, value) if is_event(value) else f"'name', {value!r:.40}"


def _said(socket: Socket, result: Any) -> Any:
    """Emit a reply; return what answers the question: of a reply a tuple, which shows that its event was sent."""
    if not isinstance(result, Reply):
        return result
    socket.emit(result.name, *result.arguments)
    answer = result.arguments[0] if len(result.arguments) == 1 else list(result.arguments)
    return None if answer is None else (answer,)


class _NoDecorator(ModuleType):
    """This module, called as `ls.gateway("/point")`: where it has been imported it stands in the place of that name."""

    def __call__(self, *arguments: object, **options: object) -> NoReturn:
        raise TypeError('livesock.gateway is a module: write @server.gateway("/point") above the class')


sys.modules[__name__].__class__ = _NoDecorator
