"""`explain`: what Python says of a habit of another library, and what to write instead.

TypeError: data is a dict-like object                        websockets, of await ws.send({"a": 1})
TypeError: … : write await ws.send(json.dumps(value))        as it stands in server.errors
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any

from livesock.advice.attributes import no_attribute
from livesock.advice.missing import undefined_at, without_auth, words_of_an_error
from livesock.advice.spelled import respelled, spelled
from livesock.net.loop.places import parameters_as_written
from livesock.wire.strictjson import NOT_FINITE, SENDABLE

__all__ = [
    "AT_ONCE",
    "HEARD_BY",
    "OFF",
    "ONCE",
    "ON_GATEWAY",
    "SAVED",
    "SLEEP",
    "explain",
    "made_by",
    "not_called",
    "takes",
    "words_of",
]

LONGEST = 10_000
"""Characters of an exception's own words that are kept: more than any that a person reads."""

AT_ONCE = "emit, join, leave and disconnect act at once and return None; leave await out"

ONCE = (
    'a handler runs every time: write @server.of("{}").on("name") above it, and in it '
    'if socket.data.get("name"): return, then socket.data["name"] = True'
)
"""What to write instead of `once`; {} stands for the namespace."""

OFF = (
    'a handler stays: write socket.data["quiet"] = True where it is to end, and if socket.data.get("quiet"): return at '
    'its beginning; @server.of("{}").on("name") outside, above a def of the same name, replaces it for all peers'
)
"""What to write instead of `off`."""

HEARD_BY = (
    'another server of the cluster hears it with @server.cluster.on("name") above def f(*arguments): …, no socket'
)
"""What handles an event that one server sends to the others."""

SAVED = (
    'write socket.data["name"] = value for save_session() and async with session(), socket.data["name"] for '
    "get_session(): a dict, yours, one for each peer, without await"
)
"""What to write instead of the three that keep a dict for each peer in other libraries."""

SLEEP = (
    "write await asyncio.sleep(seconds) in an async def, where the next events of the same peer run meanwhile; in a "
    "plain def time.sleep(seconds), and they wait until it has returned"
)

_SOCKET = "write socket.handshake.auth for what the peer sent when it came, socket.data for what you remember of it"
_CALLED = (
    "it was called at once: write threading.Thread(target=work, args=(3,), daemon=True).start() for a plain def "
    "work, or await asyncio.to_thread(work, 3) to wait for it"
)
_ON_THREAD = (
    "a plain def handler runs on a thread: write async def in front of it, or, for a plain def work, "
    "threading.Thread(target=work, args=(3,), daemon=True).start()"
)

_OF_ANSWER = "a handler returns the dict itself: write return ls.Response({…}, status=200, headers={…})"

_PYTHON = {
    "name 'ls' is not defined": "write import livesock as ls at the top",
    **dict.fromkeys(("name 'undefined' is", "name 'null' is"), "write None"),
    "name 'true' is": "write True",
    "name 'false' is": "write False",
    "name 'this' is": "write self in a method",
    "name 'console' is": "write print(…)",
    "a coroutine was expected, got": _CALLED,
    "an awaitable is required": _CALLED,
    "no running event loop": _ON_THREAD,
    "There is no current event loop": _ON_THREAD,
    "asyncio.run() cannot be called": "write await in front of the call itself, without asyncio.run",
    "'Selection' object is not callable": 'write .emit("name", …) behind it, as in socket.broadcast.emit("name", …)',
    "object NoneType can't be used in 'await'": AT_ONCE,
    "can't be used in 'await'": "the value is there already: leave await out",
    "'coroutine'": "write await in front of the call that made it",
    '"coroutine"': "write await in front of the call that made it",
    "not coroutine": "write await in front of the call that made it",
    "data is a dict-like object": "write await ws.send(json.dumps(value))",
    "data must be str, bytes, iterable": "write await ws.send(json.dumps(value))",
    **dict.fromkeys(("of type method is not", "of type _Method is not"), "write its brackets, as in request.json()"),
    "of type coroutine is not JSON": "write await in front of the call",
    "of type Socket is not JSON": "write socket.id",
    "of type Namespace is not JSON": "write socket.namespace.name",
    "of type Rooms is not JSON": 'write socket.rooms, or socket.namespace.to("room").sockets() for who is in one',
    "of type BytesIO is not JSON": "write buffer.getvalue(), whose bytes are sent as they are",
    "of type BufferedReader is not JSON": "write file.read(), whose bytes are sent as they are",
    ".emit() missing 1 required positional argument: 'name'": 'write emit("name", value), without event= and data=',
    ".call() missing 1 required positional argument: 'name'": 'write call("name", value), without event= and data=',
    "of type Reply is not JSON": 'write async def, and in it yield ls.Reply("name", …) for each',
    "of type Refused is not JSON": "write raise ls.Refused('why')",
    "Out of range float values": NOT_FINITE,
    "is not JSON serializable": SENDABLE,
    "'method' object is not subscriptable": "a method needs its brackets, such as request.json()",
    "'bytes' object is not callable": "it is a value: leave the brackets out",
    "required, not 'HandshakeQuery'": 'the query is a dict already: write socket.handshake.query.get("name")',
    "required, not 'Query'": 'the query is a dict already: write request.query.get("name")',
    "'dict' object is not callable": "it is a value: leave the brackets out",
    "'Response' object is not subscriptable": "write if isinstance(value, ls.Response): return value",
    "exceptions must derive from BaseException": "an answer is no exception: write return ls.Response(…, status=404)",
    "'Members' object is not callable": "it is a value: leave the brackets out",
    "'Sent' object is not callable": "it is a value: leave the brackets out",
    "'Query' object is not callable": "it is a value: leave the brackets out",
    "'Form' object is not callable": "write request.form, without brackets and await",
    "'Files' object is not callable": "write request.files, without brackets and await",
    "'Cookies' object is not callable": "it is a value: leave the brackets out",
    "'async_generator' object": "write @contextlib.asynccontextmanager above it, and async with f() as value: …",
    "'Headers' object is not callable": "it is a value: leave the brackets out",
    "'list' object is not callable": "it is a value: leave the brackets out",
    "'bool' object is not callable": "it is a value: leave the brackets out",
    "'Rooms' object is not callable": "write socket.rooms in a handler",
    "'list' object has no attribute 'size'": "write len(socket.rooms)",
    "'Rooms' object has no attribute": 'write server.of("/").to("room").sockets(), a list of who is in a room',
    "'list' object has no attribute 'forEach'": "write for room in socket.rooms: …",
    "'list' object has no attribute 'has'": 'write "room" in socket.rooms',
    "'HttpRequest' object is not subscriptable": "write request.path, request.query, request.headers or request.json()",
    "'generator' object": "write @contextlib.contextmanager above its function, and with f() as value: …",
    **dict.fromkeys(("'bytes' object has no attribute 'get'", "byte indices"), "a body is bytes: write request.json()"),
    "'dict' object has no attribute 'add'": 'write response.headers["X-Name"] = "value"; an empty set is set()',
    "'dict' object has no attribute 'headers'": _OF_ANSWER,
    "'dict' object has no attribute 'status_code'": _OF_ANSWER,
    "'dict' object has no attribute 'set_cookie'": _OF_ANSWER,
    "'dict' object has no attribute": 'write data["name"], or data.get("name"); a gateway makes models of dicts',
    "'str' object is not callable": "it is a value: leave the brackets out",
    "'Socket' object is not subscriptable": _SOCKET,
    "of type 'Socket' is not iterable": _SOCKET,
    "'str' object has no attribute 'type'": "a message is a str or bytes itself",
    "'str' object has no attribute 'data'": "a message is a str or bytes itself",
    "control frame too long": "the reason of close() has at most 123 bytes",
    "Connection.send() got an unexpected keyword": "write await ws.send(text), or send(data) with bytes",
    "Connection.close() got an unexpected keyword": 'write await ws.close(1000, "bye")',
    "invalid status code": "write close(1000), or a code of your own from 4000 to 4999",
}
"""What Python and `websockets` say of a habit, and what to write instead; the first that fits."""


def _each(names: str, sentence: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), sentence)


_SPEAK = (
    'write self.namespace.emit("name", …) for all, self.namespace.to("room").emit("name", …) for a room, or for one '
    "peer by its id, each without await"
    '\n    socket.emit("name", …) for this peer'
    '\n    socket.broadcast.emit("name", …), socket.to("room").emit("name", …) without this peer, in place of skip_sid='
    '\n    "message" is the name of what send() sends'
    '\n    server.of("/other") in place of self.namespace for namespace="/other"'
)

ON_GATEWAY = {
    **_each("emit send broadcast to of", _SPEAK),
    **_each(
        "enter_room join_room join",
        'write socket.join("room") for this peer, self.namespace.to("id").join("room") for another one, without await',
    ),
    **_each(
        "leave_room leave",
        'write socket.leave("room") for this peer, self.namespace.to("id").leave("room") for another one, without '
        "await",
    ),
    "close_room": 'write self.namespace.to("room").leave("room")',
    "rooms": "write socket.rooms",
    **_each(
        "trigger_event",
        'write @ls.event("*") above def other(self, socket, name, *arguments): …, or call the method itself',
    ),
    **_each("sid id", "write socket.id"),
    **_each("session save_session get_session", SAVED),
    "disconnect": 'write socket.disconnect() for this peer, self.namespace.to("id").disconnect() for another one',
    "call": 'write socket.call("name", …), or self.namespace.to("id").call("name", …), a list of answers, for another '
    "peer, with await in an async def",
    **_each("sockets clients", "write self.namespace.sockets()"),
    **_each("environ request", "write socket.handshake, with headers, query and address"),
}
"""What a gateway inherits in other libraries. Here it is the user's own class, which gets `server` and `namespace`."""


def takes(function: Callable[..., Any], given: tuple[str, ...], caller: str) -> None:
    """Raise `TypeError` for a function that cannot be called with what `caller` gives it."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some builtins have none
        return
    try:
        signature.bind(*given)
    except TypeError:
        name = getattr(function, "__name__", type(function).__name__)
        is_class = inspect.isclass(function)
        write = ": write def __init__(self): …, and in it self.service = Service()" if is_class else ""
        if not write and inspect.isfunction(function):
            head = f"def {name}({{}}): …" if name.isidentifier() else "lambda {}: …"
            write = f": write {head.format(', '.join(given)).replace('lambda :', 'lambda:')}"
        raise TypeError(f"{caller} calls {name}({', '.join(given)}), but it is {name}{signature}{write}") from None


def made_by(cls: type, needs: type, arguments: tuple[object, ...], write: str) -> None:
    """Raise `TypeError` if `cls` is called by a user, and not by livesock, which gives it a `needs` first."""
    if not arguments or not isinstance(arguments[0], needs):
        raise TypeError(spelled(f"a {cls.__name__} is not made by calling {cls.__name__}(): write {write}"))


def words_of(exc: BaseException) -> str:
    """Return what an exception says, whole up to `LONGEST` characters; one whose own code fails says only that."""
    try:
        words = str(exc)
    except Exception as why:  # a user's own __str__
        return f"(its text cannot be shown: {type(why).__name__} in __str__)"
    if isinstance(exc, BaseExceptionGroup):
        words = "; ".join([words, *(f"{type(one).__name__}: {words_of(one)}" for one in exc.exceptions[:3])])
    return words if len(words) <= LONGEST else f"{words[:LONGEST]} … ({len(words)} characters)"


def explain(exc: BaseException) -> None:
    """Add to an error's own words what to write, if they are those of a known habit."""
    words = words_of(exc)
    if len(exc.args) == 1 and type(exc.args[0]) is str and exc.args[0] == words:
        if on_gateway := _on_gateway(exc):
            exc.args = (spelled(on_gateway, exc.__traceback__),)
            return
        sentence = (
            words_of_an_error(exc)
            or without_auth(exc)
            or sys.modules["livesock"].undefined(undefined_at(exc))
            or next((write for part, write in _PYTHON.items() if part in words), None)
        )
        if sentence is not None and sentence not in words:
            exc.args = (f"{words}: {spelled(sentence, exc.__traceback__)}",)
    respelled(exc)


def _on_gateway(exc: BaseException) -> str | None:
    """Return what the error says and what to write if it is that a gateway has no such attribute."""
    if not isinstance(exc, AttributeError) or not getattr(exc.obj, "__dict__", {}).keys() >= {"server", "namespace"}:
        return None
    name = exc.name or ""
    what, write, known = f"'{type(exc.obj).__name__}' object", ON_GATEWAY.get(name), ON_GATEWAY.get
    return no_attribute(exc.obj, what, name, write, known, place=exc.__traceback__) if write else None


_CALLBACKS = ("callback", "cb", "ack", "done", "respond", "fn")
"""Names of the last parameter with which handlers elsewhere answer."""


def not_called(exc: TypeError, handler: Callable[..., Any], arguments: tuple[Any, ...], given: str) -> None:
    """Add to an error what a handler is called with, if its parameters are why it could not be called."""
    try:
        signature = inspect.signature(handler)
        signature.bind(*arguments)
    except TypeError:
        rule = f"it was called with ({given}), {len(arguments)} in all, and answers with what it returns"
        names = [name for name, one in signature.parameters.items() if one.kind is one.POSITIONAL_OR_KEYWORD]
        if given.startswith("socket"):
            rule = _write_with_socket(handler, names, len(arguments)) or rule
        elif given == "*arguments" and len(names) == len(arguments) + 1 and names[-1] in _CALLBACKS:
            name, wanted = getattr(handler, "__name__", "handler"), ", ".join(names[:-1])
            head = f"lambda {wanted}: …" if name == "<lambda>" else f"def {name}({wanted}): return …"
            rule = f"it gets no {names[-1]}, and what it returns is the answer: write {head}"
        is_list = bool(arguments) and isinstance(arguments[-1], list)
        exc.args = (f"{exc}: {rule}{'; a list is one value' if is_list else ''}",)
    except ValueError:  # a builtin without a signature
        return


def _write_with_socket(handler: Callable[..., Any], names: list[str], count: int) -> str:
    """Return what to write for a handler with fewer parameters than the `count` that it gets, or ""."""
    has_socket = names[:1] in (["socket"], ["client"], ["peer"])
    if len(names) >= count or not (has_socket or len(names) == count - 1):
        return ""
    name, written = getattr(handler, "__name__", "handler"), parameters_as_written(handler)
    written = [*written, "*arguments"] if has_socket else ["socket", *written]
    wanted = ", ".join(["self", *written] if inspect.ismethod(handler) else written)
    head = f"lambda {wanted}: …" if name == "<lambda>" else f"def {name}({wanted}): …"
    return f"it gets {'what the peer has sent behind the socket' if has_socket else 'the socket first'}: write {head}"
