"""Gateways: a class that answers a namespace, as NestJS has them.

    @server.gateway("/point")
    class Point:
        def on_connect(self, socket): ...              awaited; raising `Refused` turns the peer away
        def on_disconnect(self, socket, reason): ...

        @event("move")
        def move(self, socket, x: int, y: int):        the arguments as they were sent, checked against the annotations
            socket.to("board").emit("moved", x, y)
            return {"ok": True}                        the answer; it always comes, also when this raises
                                                       (a tuple answers with several values)

What an event's method raises is an `exception` event for its peer, and the answer to its question, in NestJS's shape; a
`Refused` tells its message and its data, anything else is a fault of ours and tells nothing:

    raise Refused("too far", {"limit": 9})
    {"status": "error", "message": "too far", "data": {"limit": 9}, "cause": {"pattern": "move", "data": [10, 2]}}

A cell may be run again: a gateway replaces the one of the same class name in its namespace. Whoever is connected stays
so and is answered by the new one, which did not see it come: `on_connect` is not asked again, so what the new one must
know about a peer belongs in `socket.data`. What the old one did again and again (`self.server.every`) ends.

Several gateways may share a namespace. Each hook and each event then runs in all of them, in order of registration, and
the first answer counts: what separates them is the namespace, not the class.
"""

from __future__ import annotations

import dataclasses
import inspect
import types
import typing
import warnings
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar, Union, get_args, get_origin

from livesock.errors import Refused
from livesock.net.socketio.handlers import Handlers
from livesock.net.socketio.namespace import Namespace
from livesock.net.socketio.running import run
from livesock.net.socketio.seat import Socket

__all__ = ["Reply", "event", "guard", "install"]

Handler = TypeVar("Handler", bound=Callable[..., Any])
Thing = TypeVar("Thing")

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
    if not isinstance(name, str):
        raise TypeError(f'an event has a name: write @event("move") above the method, not @event ({name!r:.40})')

    def mark(handler: Handler) -> Handler:
        setattr(handler, _EVENT, name)
        return handler

    return mark


def guard(allows: Callable[..., Any]) -> Callable[[Thing], Thing]:
    """Let a gateway (or one event of it) run only if `allows(socket, *arguments)` is true; else refuse.

    On a class it also guards the connection: `allows(socket)` is asked before `on_connect`.
    """

    def mark(thing: Thing) -> Thing:
        setattr(thing, _GUARDS, [allows, *getattr(thing, _GUARDS, [])])
        return thing

    return mark


def install(namespace: Namespace[Socket], gateway: object) -> object:
    """Let `gateway` answer `namespace`, and return the one of the same class name that it replaces, or None.

    They change places between two events: none of them finds nobody.
    """
    key = type(gateway).__qualname__
    old = namespace.handlers.gateways.get(key)
    for name in namespace.loop.now(_install, namespace.handlers, gateway, key):
        warnings.warn(
            f'the event "{name}" of {namespace.name} has a handler already: both run, and the first answer counts',
            stacklevel=3,
        )
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
    for hooks, name in ((handlers.connects, "on_connect"), (handlers.disconnects, "on_disconnect")):
        hook = getattr(gateway, name, None)
        if hook is not None:
            handlers.install(key, hooks, hook)
    for method in _events(gateway):
        name = getattr(method, _EVENT)
        others = handlers.events.setdefault(name, [])
        if others:
            shared.append(name)
        handlers.install(key, others, _Method(method, [*class_guards, *getattr(method, _GUARDS, [])]).handle)
    return shared


def _events(gateway: object) -> list[Callable[..., Any]]:
    """The marked methods, in the order in which the class defines them."""
    names = [name for cls in reversed(type(gateway).__mro__) for name in vars(cls)]
    methods = (getattr(gateway, name) for name in dict.fromkeys(names))
    return [method for method in methods if hasattr(method, _EVENT)]


def _guarded(allows: Callable[..., Any]) -> Callable[[Socket], Any]:
    async def check(socket: Socket) -> None:
        if not await run(socket, allows, socket):
            raise Refused("Forbidden resource")

    return check


class _Method:
    """One event's method: guards, then arguments, then the call, then what it gave."""

    def __init__(self, method: Callable[..., Any], guards: list[Callable[..., Any]]) -> None:
        self._method = method
        self._guards = guards
        self._parameters = list(inspect.signature(method).parameters.values())[1:]  # without the socket
        self._types = _annotations(method)

    async def handle(self, socket: Socket, *arguments: Any) -> Any:
        """Answer one event; the result is the answer."""
        for allows in self._guards:
            if not await run(socket, allows, socket, *arguments):
                raise Refused("Forbidden resource")
        checked = self._check(arguments)
        if inspect.isasyncgenfunction(self._method):
            return await self._replies(socket, self._method(socket, *checked))
        return _said(socket, await run(socket, self._method, socket, *checked))

    async def _replies(self, socket: Socket, parts: AsyncIterator[Any]) -> Any:
        """Send each reply as it comes; the last one answers the question."""
        answer = None
        async for part in parts:
            answer = _said(socket, part)
        return answer

    def _check(self, arguments: tuple[Any, ...]) -> list[Any]:
        """Return the arguments as their annotations want them."""
        try:
            inspect.signature(self._method).bind(None, *arguments)
        except TypeError:
            wanted = ", ".join(str(parameter) for parameter in self._parameters) or "none"
            raise Refused(f"expected the arguments ({wanted}), got {len(arguments)}") from None
        checked = []
        for position, value in enumerate(arguments):
            parameter = self._parameters[min(position, len(self._parameters) - 1)]
            checked.append(_convert(value, self._types.get(parameter.name, Any), parameter.name))
        return checked


def _said(socket: Socket, result: Any) -> Any:
    """Emit a reply; return what answers the question."""
    if not isinstance(result, Reply):
        return result
    socket.emit(result.name, *result.arguments)
    return result.arguments[0] if len(result.arguments) == 1 else list(result.arguments)


def _annotations(method: Callable[..., Any]) -> dict[str, Any]:
    try:
        return typing.get_type_hints(method)
    except (NameError, TypeError):  # a name that only a type checker knows: then nothing is checked
        return {}


def _convert(value: Any, wanted: Any, where: str) -> Any:
    """Return `value` as `wanted` has it: a plain type is checked, a dataclass or a pydantic model is made.

    Raises:
        Refused: If it does not fit, with the name of what is wrong.
    """
    if wanted is Any or wanted is inspect.Parameter.empty:
        return value
    origin = get_origin(wanted)
    if origin in (Union, types.UnionType):
        return _either(value, get_args(wanted), where)
    if wanted is None or wanted is type(None):
        return _fits(value, type(None), where)
    if dataclasses.is_dataclass(wanted) and isinstance(wanted, type):
        return _dataclass(value, wanted, where)
    if hasattr(wanted, "model_validate"):
        return _model(value, wanted, where)
    if origin is typing.Literal:
        return _one_of(value, get_args(wanted), where)
    if origin is tuple or wanted is tuple:
        return _tuple(value, get_args(wanted), where)
    if origin is list and isinstance(value, list):
        (inner,) = get_args(wanted)
        return [_convert(item, inner, f"{where}[{number}]") for number, item in enumerate(value)]
    if origin is dict and isinstance(value, dict):
        inner = get_args(wanted)[1]  # the keys of JSON are text
        return {key: _convert(item, inner, f"{where}[{key!r:.20}]") for key, item in value.items()}
    plain = dict if typing.is_typeddict(wanted) else origin or wanted
    return _fits(value, plain, where) if isinstance(plain, type) else value


def _fits(value: Any, wanted: type, where: str) -> Any:
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)  # JSON has one kind of number
    if isinstance(value, wanted) and not (isinstance(value, bool) and wanted in (int, float)):
        return value
    raise Refused(f"{where} must be {wanted.__name__}, not {type(value).__name__}")


def _one_of(value: Any, choices: tuple[Any, ...], where: str) -> Any:
    if any(value == choice and type(value) is type(choice) for choice in choices):
        return value
    raise Refused(f"{where} must be one of {', '.join(map(repr, choices))}")


def _tuple(value: Any, wanted: tuple[Any, ...], where: str) -> tuple[Any, ...]:
    """JSON knows no tuples: an array of the right length and types becomes one."""
    if not isinstance(value, list):
        raise Refused(f"{where} must be a list, not {type(value).__name__}")
    if not wanted or wanted[-1] is Ellipsis:
        wanted = (wanted or (Any,))[:1] * len(value)
    if len(value) != len(wanted):
        raise Refused(f"{where} must be a list of {len(wanted)}, not of {len(value)}")
    parts = enumerate(zip(value, wanted, strict=True))
    return tuple(_convert(item, inner, f"{where}[{number}]") for number, (item, inner) in parts)


def _either(value: Any, choices: tuple[Any, ...], where: str) -> Any:
    refused: list[str] = []
    for choice in choices:
        try:
            return _convert(value, choice, where)
        except Refused as exc:
            refused.append(str(exc))
    raise Refused("; or ".join(refused))


def _dataclass(value: Any, wanted: type, where: str) -> Any:
    if not isinstance(value, dict):
        raise Refused(f"{where} must be an object for {wanted.__name__}, not {type(value).__name__}")
    fields = {field.name: field for field in dataclasses.fields(wanted) if field.init}
    needed = {
        name
        for name, field in fields.items()
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    }
    if missing := sorted(needed - value.keys()):
        raise Refused(f"{where} lacks {', '.join(missing)}")
    if strange := sorted(value.keys() - fields.keys()):
        raise Refused(f"{where} has no {', '.join(strange)[:60]}")
    hints = typing.get_type_hints(wanted)
    parts = {name: _convert(item, hints[name], f"{where}.{name}") for name, item in value.items()}
    try:
        return wanted(**parts)
    except ValueError as exc:  # its __post_init__ knows more rules than types can say
        raise Refused(f"{where}: {exc}") from exc


def _model(value: Any, wanted: Any, where: str) -> Any:
    try:
        return wanted.model_validate(value)
    except ValueError as exc:  # pydantic's ValidationError is one
        raise Refused(f"{where}: {str(exc).splitlines()[0]}", getattr(exc, "errors", lambda: None)()) from exc
