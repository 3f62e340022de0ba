"""What other libraries write differently: each gets a sentence here that says what to write, instead of silence.

Nothing is guessed: a call means one thing, or raises in the line that makes it.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import re
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from types import AsyncGeneratorType, FunctionType, GeneratorType
from typing import TYPE_CHECKING, Any

from livesock.advice.attributes import no_attribute
from livesock.advice.instead import known_as
from livesock.advice.missing import without_auth
from livesock.advice.spelled import caller, spelled
from livesock.advice.values import event_written_in
from livesock.advice.written import is_literal, on_a_thread, written_call
from livesock.errors import NotRunning, Refused
from livesock.guards import GUARDS, called_by
from livesock.net.http.web import Response
from livesock.net.loop.explain import HEARD_BY, OFF, ONCE, SAVED, SLEEP
from livesock.net.loop.habits import refuse_await, warn
from livesock.net.loop.places import parameters_as_written
from livesock.net.loop.thread import LoopThread
from livesock.net.socketio.handling.spoken import inside_of_gateway
from livesock.net.socketio.handling.theirs import REGISTERS, handlers_as_written
from livesock.realtime.encoded import Encoded

__all__ = [
    "EVENTS",
    "HANDSHAKE",
    "HOOKS",
    "SHARED",
    "SOCKETS",
    "AnswersOfPeers",
    "check_allowed",
    "check_answer",
    "check_class_guard",
    "check_event",
    "check_gateway_class",
    "check_guard",
    "check_handler",
    "check_verdict",
    "explain_refusal",
    "is_event",
    "no_such",
    "pass_on",
    "room_names",
    "too_late",
    "unheard",
    "unmarked",
    "unsaid",
    "waited",
]

EVENTS = "__livesock_events__"
"""The attribute with the names of the events that a method of a gateway handles."""

HOOKS = {"on_connect": ("socket",), "on_connected": ("socket",), "on_disconnect": ("socket", "reason")}
"""What a gateway may have besides its events, and what each gets."""

_ENTERS = (
    'write @server.of("{}").on_connect above def enter(socket): …, which may raise ls.Refused("why") to refuse its '
    "peer; what it sent is in socket.handshake.auth, .headers and .query"
    '\n    @server.of("{}").on_connected above def enter(socket): … for what runs when the peer is in'
)
_IS_IN = (
    'write @server.of("{}").on_connected above def enter(socket): …, which runs when the peer is in'
    '\n    @server.of("{}").on_connect above def enter(socket): … for what may refuse it, with raise ls.Refused("why")'
)
_LEAVES = 'write @server.of("{}").on_disconnect above def gone(socket, reason): …'

_EVENT_HOOKS = {
    "connect": _ENTERS,
    "connection": _IS_IN,
    "disconnect": _LEAVES,
    "disconnecting": f"{_LEAVES}, where socket.rooms is still known",
    "connect_error": "write raise ls.Refused('why') in on_connect, which the peer hears as connect_error",
    "new_namespace": "write server.of(pattern) for many namespaces, and on_connect, which runs in each of them",
    **dict.fromkeys(("newListener", "removeListener"), "write server.of(…).answers, which names who answers what"),
}
"""Names that are events elsewhere, and the hooks that they are here."""

_ONLY_FROM_PEERS = {
    **dict.fromkeys(("error", "exception"), "errors of handlers are in server.errors"),
}
"""Names of events that other libraries call, and here only a peer does."""

_FOREIGN_HOOKS = {
    **dict.fromkeys(
        ("handleconnection", "handleconnect"),
        "on_connect(self, socket), which may refuse a peer; on_connected(self, socket) runs when it is in",
    ),
    "handledisconnect": "on_disconnect(self, socket, reason)",
    "handledisconnection": "on_disconnect(self, socket, reason)",
    **dict.fromkeys(
        ("afterinit", "onmoduleinit", "onapplicationbootstrap"),
        '__init__, which has no server yet: what needs one stands below the class, with server.of("/point")',
    ),
    **dict.fromkeys(
        ("onmoduledestroy", "beforeapplicationshutdown", "onapplicationshutdown"),
        "none for the end: write @server.task above async def work(): …, whose finally runs then",
    ),
    "triggerevent": 'none for each event: write @ls.event("*") above def any(self, socket, name, *arguments): …',
    **dict.fromkeys(("connect", "connection", "onconnect", "onconnection"), "on_connect(self, socket)"),
    **dict.fromkeys(("connected", "onconnected"), "on_connected(self, socket)"),
    **dict.fromkeys(
        ("disconnect", "disconnected", "ondisconnect", "ondisconnected", "ondisconnection", "ondisconnecting"),
        "on_disconnect(self, socket, reason)",
    ),
}
"""Hooks of NestJS, python-socketio and others: names in lower case, without the underscores."""

_PARAMETERS = {
    **dict.fromkeys(
        ("next", "next_", "nxt"),
        "leave {} out: return to let in, raise ls.Refused('why') to refuse, or ls.Refused('why', {{…}}) with data",
    ),
    "sid": "{} is socket.id",
    "namespace": "{} is socket.namespace.name",
    "auth": "{} is socket.handshake.auth",
    "environ": '{} is socket.handshake: .headers.get("X-Token") for HTTP_X_TOKEN, .query for QUERY_STRING, a dict, '
    ".address for REMOTE_ADDR",
    "request": "{} is socket.handshake, with headers, query and address",
}
"""Parameters of handlers elsewhere, and where to find their values."""

_PEERS = ("socket", "client", "peer", "sock", "ws", "conn")
"""First parameters that are the socket, by a name of their author's own."""

_VALUES = ("data", "msg", "message", "json", "payload", "text", "body")
"""First parameters of handlers elsewhere that get what the peer has sent."""

SHARED = 'the event "{}" of {} has a handler already: both run, and the first answer counts'
"""The warning for a second handler of an event."""

_ON = (
    'write @server.of("{}").on("name") above def f(socket, data): …, outside of any other handler; for "disconnect" '
    '@server.of("{}").on_disconnect above def f(socket, reason): …'
)
_NEW_PEERS = 'write @server.of("{}").on_connect above def enter(socket): …, which may refuse the peer, or .on_connected'

_WITHOUT_IT = "which in on_disconnect is without the peer that has left"

_HEARD_BY = HEARD_BY.replace('("name")', '("name", namespace="{}")')

_ATTRIBUTES = {
    "compress": "messages are not compressed: leave it out",
    "once": ONCE,
    **dict.fromkeys(("on", "addListener", "prependListener", "addEventListener"), _ON),
    **dict.fromkeys(
        ("onAny", "prependAny", "on_any"), 'write @server.of("{}").on_any above def see(socket, name, *arguments): …'
    ),
    **dict.fromkeys(
        ("onAnyOutgoing", "prependAnyOutgoing"),
        'write @server.of("{}").on_any_out above def see(socket, name, *arguments): …',
    ),
    **dict.fromkeys(
        ("listeners", "listenersAny", "listenerCount", "eventNames"),
        'write server.of("{}").answers, which names who answers what',
    ),
    **dict.fromkeys(
        ("off", "offAny", "offAnyOutgoing", "removeListener", "removeAllListeners", "removeEventListener"), OFF
    ),
    **dict.fromkeys(
        ("on_error", "on_error_default", "default_error_handler"),
        "errors of handlers are in server.errors; for the peer write try: … except ValueError as e: "
        'return "failed" in the handler, which is the answer, or socket.emit("failed", str(e))',
    ),
    "broadcast": 'write emit("name", …) for all, socket.broadcast.emit("name", …) in a handler for the others',
    "event": 'write @server.of("{}").on("name")',
    "engine": 'write len(server.of("{}").sockets()) for clients; it has no events of its own: what failed is in '
    "server.errors",
    "sid": "a socket's name is socket.id",
    "send": 'write .emit("message", text)',
    "enter_room": "write socket.join(room)",
    "leave_room": "write socket.leave(room)",
    "join_room": "write socket.join(room)",
    **dict.fromkeys(("save_session", "get_session", "session"), SAVED),
    "request": "what the peer sent when it came is in socket.handshake, with headers, cookies, query and address",
    "environ": "what the peer sent when it came is in socket.handshake",
    "auth": "what the peer sent to join is in socket.handshake.auth",
    "nsp": "a socket's namespace is socket.namespace",
    **dict.fromkeys(
        ("emit_with_ack", "emitWithAck"), "write .call(…), which returns a list of answers, one for each peer"
    ),
    "fetchSockets": "write .sockets(), without await",
    "allSockets": "write [socket.id for socket in namespace.sockets()]",
    "connected": "write .sockets(), without await",
    "clients": "write .sockets(), without await",
    "on_message": 'write on("message")',
    **dict.fromkeys(("connect", "on_connection", "onconnection"), _NEW_PEERS),
    "gateway": 'write @server.gateway("{}") above a class',
    "server": "the server is the variable that serve() returned; in a gateway it is self.server",
    "in": 'write in_("room")',
    "fetch_sockets": "write .sockets(), without await",
    "socketsJoin": "write join(room), or .to(other).join(room)",
    "socketsLeave": "write leave(room), or .to(other).leave(room)",
    "except": "write except_(…)",
    "sockets_join": "write join(room), or .to(other).join(room)",
    "sockets_leave": "write leave(room), or .to(other).leave(room)",
    **dict.fromkeys(
        ("disconnectSockets", "disconnect_sockets"),
        "write disconnect(), or disconnect(True), which ends each connection, too",
    ),
    "close_room": "write .to(room).leave(room)",
    **dict.fromkeys(
        ("serverSideEmit", "server_side_emit"),
        f'write server.emit_to_servers("name", …, namespace="{{}}"), in a cluster; {_HEARD_BY}',
    ),
    **dict.fromkeys(
        ("serverSideEmitWithAck", "server_side_emit_with_ack"),
        f'write server.call_servers("name", …, namespace="{{}}"), in a cluster; {_HEARD_BY}; what it returns is its '
        "answer",
    ),
    "of": 'the server has them: write server.of("/point")',
    "get_environ": "what the peer sent when it came is in socket.handshake",
    **dict.fromkeys(("participants", "get_participants"), f"write .to(room).sockets(), {_WITHOUT_IT}"),
    "manager": f"who is where is in socket.rooms, and in .to(room).sockets(), {_WITHOUT_IT}",
    "on_new_connection": _NEW_PEERS,
    "trigger_event": "call the function of the handler itself",
    "adapter": f"who is where is in socket.rooms, and in .to(room).sockets(), {_WITHOUT_IT}",
    "sleep": SLEEP,
}


_ATTRIBUTES_OF = {
    "a socket": {
        **dict.fromkeys(("emit_with_ack", "emitWithAck"), "write socket.call(…), which returns the answer"),
        "send": 'write socket.emit("message", text), and socket.emit("json", value) for json=True; for broadcast=True '
        'socket.namespace.emit("message", text), for to=room socket.namespace.to(room).emit("message", text)',
        "close_room": "write socket.namespace.to(room).leave(room)",
        "participants": f"write socket.namespace.to(room).sockets(), {_WITHOUT_IT}",
        "request": "write socket.id for request.sid, socket.namespace.name for request.namespace, "
        "socket.handshake.query for request.args, also .headers, .cookies, .auth, .address; socket.data for "
        "request.session",
        "event": 'the name is that of @server.of("{}").on("name"); @server.of("{}").on("*") above '
        "def any(socket, name, *arguments): … gets it",
        **dict.fromkeys(("leave_all", "leaveAll"), "write socket.leave(*socket.rooms[1:]): the first is its own"),
        **dict.fromkeys(
            ("switchToWs", "switchToHttp", "getHandler", "getClass", "getArgs"),
            "the first argument is the socket itself",
        ),
        "use": 'write @server.of("{}").on_any above def see(socket, name, *arguments): …, and raise ls.Refused("why") '
        "in it: then the handler does not run, and the peer is told so",
        **dict.fromkeys(("is_open", "open"), "write socket.is_connected"),
        **dict.fromkeys(("receive", "recv", "receive_json"), 'write @server.of("{}").on("message") above a function'),
        **dict.fromkeys(("send_json", "write"), 'write emit("message", …)'),
        "close": "write disconnect()",
        **dict.fromkeys(
            ("remote_address", "remoteAddress", "remote_addr", "ip", "remote"), "write socket.handshake.address"
        ),
        **dict.fromkeys(("user", "set", "username", "state"), "what you remember about a peer is in socket.data"),
        "get": "what you remember about a peer is in socket.data, what it sent when it came in socket.handshake.auth",
        "ack": "write return value in the handler: it is the answer",
        "cookies": "write socket.handshake.cookies",
        "local": "write socket.namespace.local",
        "connected": "write socket.is_connected",
        "disconnected": "write not socket.is_connected",
        "conn": 'write socket.transport, a str such as "websocket", for conn.transport.name; socket.handshake.address '
        "for conn.remoteAddress; socket.handshake.connection for its number in server.trace",
        "client": "write socket.handshake.address",
        "active": "write socket.is_connected",
        "upgraded": 'write socket.transport == "websocket"',
        "io": "write socket.namespace",
        "headers": "write socket.handshake.headers",
        "query": "write socket.handshake.query",
        "fetch_sockets": "write socket.namespace.sockets()",
        "fetchSockets": "write socket.namespace.sockets()",
    },
    "a socket of another server": {"timeout": 'write socket.call("name", …, timeout=2), with await in an async def'},
    "a time limit": {
        **dict.fromkeys(("emitWithAck", "emit_with_ack"), 'write .call("name", …), with await in an async def'),
        "emit": 'it is for answers: write answer = ….call("name", …) in place of emit and its callback, with await in '
        "an async def; it raises TimeoutError where the callback gets an error",
    },
    "a selection of sockets": {
        **dict.fromkeys(("socketsJoin", "sockets_join"), "write join(room)"),
        **dict.fromkeys(("socketsLeave", "sockets_leave"), "write leave(room)"),
    },
}
"""What one of them has, and the others have not."""


HANDSHAKE = {
    **dict.fromkeys(("time", "issued"), 'write socket.data["time"] = time.time() in on_connect, and read it later'),
    "secure": 'write server.url("/").startswith("wss:"), which is the same for all peers',
    **dict.fromkeys(
        ("url", "path"),
        'write "/socket.io/?" + urllib.parse.urlencode(socket.handshake.query); the parameters are in '
        "socket.handshake.query",
    ),
    "args": "write socket.handshake.query, the parameters of the address",
    **dict.fromkeys(("xdomain", "origin"), 'write socket.handshake.headers.get("origin")'),
    "cookie": 'write socket.handshake.cookies["name"]',
    **dict.fromkeys(("ip", "remoteAddress", "remote_addr", "client"), "write socket.handshake.address"),
    **dict.fromkeys(("session", "user", "data"), 'write socket.data["name"]'),
    **dict.fromkeys(("sid", "id"), "write socket.id"),
    **dict.fromkeys(
        ("namespace", "environ"), "write socket.namespace, or socket.handshake.headers, .query and .address"
    ),
    "token": 'write (socket.handshake.auth or {}).get("token")',
    "get": "write socket.handshake.auth, .headers, .query or .address",
}
"""Attributes of a handshake."""

_ONE = (
    'write to(id).emit("name", …), or to(id).sockets() for a list with it, without .sockets in front of them; '
    "len(sockets()) for their number"
)

SOCKETS = {
    "(…)": "write to({}).sockets()",
    **dict.fromkeys(("on", "once"), 'write @server.of("/").on_connected above def enter(socket): …'),
    **dict.fromkeys(("get", "sockets"), _ONE),
    **dict.fromkeys(("size", "length"), "write len(sockets())"),
    **dict.fromkeys(("items", "values", "entries", "forEach"), "write for socket in sockets(): …"),
    **dict.fromkeys(("keys", "has"), "write [socket.id for socket in sockets()]"),
    "adapter": 'write to("room").sockets() for who is in a room, without .sockets in front of it',
}
"""What `io.sockets` and `namespace.sockets` have in Node."""


class AnswersOfPeers(list[Any]):
    """The answers of several peers, one for each; read as if it were that of one peer, it says which it is."""

    __slots__ = ()

    if not TYPE_CHECKING:

        def __getitem__(self, key: Any) -> Any:
            if isinstance(key, str):
                raise TypeError(f"a list of answers, one for each peer: write answers[0][{key!r:.60}]")
            return super().__getitem__(key)

        def __getattr__(self, name: str) -> Any:
            write = f": write answers[0].{name}, for there is one answer for each peer" if hasattr(dict, name) else ""
            raise AttributeError(f"a list of answers has no attribute {name!r}{write}", name=name)


def room_names(rooms: tuple[Any, ...], verb: str) -> tuple[str, ...]:
    """Return the names that were meant: `verb("a", "b")` and `verb(["a", "b"])` are the same.

    Raises:
        TypeError: If one is not a str.
        ValueError: If `to` gets none: no room at all is not everybody.
    """
    if len(rooms) == 1 and type(rooms[0]) is str:  # as nearly always
        return rooms
    kinds = (list, tuple, set, frozenset)
    names = tuple(name for room in rooms for name in (room if isinstance(room, kinds) else [room]))
    if wrong := [name for name in names if not isinstance(name, str)]:
        raise TypeError(_not_rooms(rooms, verb, wrong[0]))
    if not names and verb == "to":
        raise ValueError("to() needs the name of a room and got none: leave it out to speak to all")
    return names


def _not_rooms(rooms: tuple[Any, ...], verb: str, wrong: object) -> str:
    """Return what to write instead of rooms of which one is not a str: with the caller's own expressions if known."""
    codes: list[str] = [*written_call().places]
    if len(codes) != len(rooms) or any(code.startswith("*") for code in codes):
        codes = [repr(room) if isinstance(room, str) else "room" for room in rooms]
    expected = f"{verb}() takes the names of rooms, each a str"
    if wrong is None:
        place = next((code for code, room in zip(codes, rooms, strict=True) if room is None), "None")
        which = "one of them" if place in ("None", "room") else place
        return f"{expected}, and {which} is None: give it a value" + (
            ", or leave to() out to speak to all" if verb == "to" else ""
        )
    better = ", ".join(_as_room(room, code) for room, code in zip(rooms, codes, strict=True))
    return f"{expected}, not {_shown(wrong)}: write {verb}({better})"


def _as_room(room: object, code: str) -> str:
    """Return the code that makes a room's name of an argument, which the caller has written as `code`."""
    if isinstance(room, str):
        return code
    if isinstance(room, list | tuple | set | frozenset):
        each = next((_named_by("one", one) for one in room if not isinstance(one, str)), "")
        return f"*({each} for one in {code})" if each else code
    return f'"{room}"' if is_literal(code) else _named_by(code, room)


def _named_by(code: str, value: object) -> str:
    """Return the code for the name of a room that stands for `value`: a socket has its id, as a user of an app may."""
    own = getattr(value, "id", None)
    if own is None or callable(own):
        return f"str({code})"
    return f"{code}.id" if isinstance(own, str) else f"str({code}.id)"


def check_verdict(result: object, hook: str) -> None:
    """Raise `TypeError` if a hook returned what may refuse a peer in other libraries: here only raising does.

    None and True refuse nowhere; for `on_connected` it is too late in any case, and only a clear refusal is one.
    """
    check_ran(result)
    if result is None or result is True or (hook == "on_connected" and not _refuses(result)):
        return
    refused = f"raise {_meant_by(result)}"
    if hook == "on_connected":
        raise TypeError(f"on_connected returned {result!r:.60}: write {refused} in on_connect to turn the peer away")
    raise TypeError(
        f"{hook} returned {result!r:.60}: write {refused} to turn the peer away, return without a value to let it in"
    )


def _refuses(result: object) -> bool:
    """Return whether a value means "no" wherever it is returned."""
    is_error = isinstance(result, BaseException) or (isinstance(result, type) and issubclass(result, BaseException))
    return result is False or is_error or isinstance(result, Response)


def _meant_by(result: object) -> str:
    """Return the `ls.Refused(…)` for what a function of another library has returned: a text, an error, an answer."""
    value = result.body if isinstance(result, Response) else result
    why = value[0] if isinstance(value, tuple) and value else value
    if isinstance(why, BaseException):
        why = str(why)
    if isinstance(why, dict) and why:
        return f"ls.Refused('why', {why!r})" if len(repr(why)) <= 60 else "ls.Refused('why', {…})"
    return f"ls.Refused({why!r:.60})" if isinstance(why, str) and why else "ls.Refused('why')"


def check_answer(result: object) -> None:
    """Raise `TypeError` if the handler of an event returned an answer of a page, or an error that it did not raise.

    A peer that asked for no answer would hear nothing of it.
    """
    check_ran(result)
    if isinstance(result, Response):
        is_fault = isinstance(result.status, int) and result.status >= 400
        write = f"raise {_meant_by(result)}" if is_fault else "return value, the value itself, which is the answer"
        raise TypeError(f"a Response is for a page, and this is an event: write {write}")
    if _refuses(result) and result is not False:
        raise TypeError(f"the handler returned {result!r:.60}: write raise {_meant_by(result)}")


def check_ran(result: object) -> None:
    """Raise `TypeError` for the generator that a handler returned: nothing runs its body."""
    if isinstance(result, GeneratorType | AsyncGeneratorType):
        raise TypeError(f"{result.__name__} has a yield, so its body never runs: write it without yield")


def is_event(value: object) -> bool:
    """Return whether a value is what NestJS sends as an event if a method returns it."""
    return isinstance(value, dict) and value.keys() == {"event", "data"}


def unsaid(result: object, is_question: bool, method: Callable[..., Any]) -> UserWarning | None:
    """Return a warning if a gateway's method returned what NestJS sends as an event; here it only answers questions."""
    if not isinstance(result, dict) or not is_event(result):
        return None
    what = "is the answer as it stands, and no event" if is_question else "is an answer, and this peer asked for none"
    verb = "yield" if inspect.isasyncgenfunction(method) else "return"
    written = event_written_in(method, result)
    at_the_top = ", with import dataclasses at the top" if "dataclasses." in written else ""
    return UserWarning(f"a {verb}ed dict {what}: write {verb} ls.Reply({written}){at_the_top}")


def explain_refusal(exc: BaseException) -> None:
    """Add to an error of `on_connect` what to write, if it is how other libraries turn a peer away, or ask for auth."""
    better = ""
    if refusal := _refusal_of(exc):
        better = f"to send the peer a reason, write raise {refusal}"
    elif isinstance(exc, AttributeError | TypeError):
        better = without_auth(exc, at_the_door=True) or ""
    better = spelled(better, exc.__traceback__)
    if better and isinstance(exc, OSError) and exc.strerror is not None:  # its words are "[Errno …] …", not its args
        exc.strerror = f"{exc.strerror}: {better}"
    elif better:
        exc.args = (f"{exc}: {better}",)


def too_late(exc: BaseException, hook: str, where: str) -> BaseException:
    """Return the error to keep for one of `on_connected` or `on_disconnect`, where it is too late to refuse a peer."""
    refusal = f"ls.Refused({str(exc)!r:.60})" if isinstance(exc, Refused) else _refusal_of(exc)
    if not refusal:
        return exc
    text = f"{type(exc).__name__}: {hook} cannot refuse, {where}: write raise {refusal} in on_connect"
    return TypeError(spelled(text, exc.__traceback__)).with_traceback(exc.__traceback__)


def _refusal_of(exc: BaseException) -> str:
    """Return the `ls.Refused(…)` that is meant by an exception with which other libraries turn a peer away, or ""."""
    is_habit = type(exc) in (Exception, PermissionError) or type(exc).__name__ == "ConnectionRefusedError"
    if not is_habit or (len(exc.args) > 1 and not isinstance(exc.args[0], str)):  # OSError(111, "Connection refused")
        return ""
    why, *data = exc.args if len(exc.args) > 1 else (str(exc), *filter(None, [getattr(exc, "data", None)]))
    return f"ls.Refused({', '.join(f'{part!r:.60}' for part in (why, *data[:1]))})"


def check_event(name: object, where: str) -> None:
    """Raise if `name` cannot be an event that peers send; `where` is the decorator, such as `n.on`."""
    if not isinstance(name, str):
        raise TypeError(f'an event has a name: write @{where}("move") above the function, not {_shown(name)}')
    if "…" in name:
        raise ValueError(f'write the name of your event, such as "move", in place of the dots in {name!r:.60}')
    if name in _EVENT_HOOKS:
        raise ValueError(spelled(f'"{name}" is no event that a peer sends: {_as_hook(_EVENT_HOOKS[name], where)}'))
    if name in _ONLY_FROM_PEERS:
        warn(f'the handler of "{name}" runs only if a peer emits "{name}": {_ONLY_FROM_PEERS[name]}')


def _as_hook(write: str, where: str) -> str:
    """Return what to write instead of a hook's name for an event: with its namespace, or as a method of a gateway."""
    if found := re.search(r"of\((.*)\)", where):
        return write.replace('"{}"', found[1])
    write = re.sub(r'@server\.of\("{}"\)\.(\w+) above def \w+\(', r"def \1(self, ", write)
    return write.replace(": …", ": … in the class, without a line above it", 1)


def check_handler(
    handler: object, what: str, *given: str, is_open: bool = False, is_method: bool = False, asks: bool = True
) -> None:
    """Raise `TypeError` if `handler` cannot be called with what it is given; with `is_open` more may follow.

    `is_method` is for an event of a gateway, which may yield; `asks` says whether guards are asked.
    """
    if not callable(handler):
        raise TypeError(f"a handler is a function, not {_shown(handler)}: pass f, not f()")
    called_by(
        what, handler, write="write @ls.guard(allows) above on_connect, or above the class of a gateway", asks=asks
    )
    name = getattr(handler, "__name__", type(handler).__name__)
    if inspect.isgeneratorfunction(handler) or (inspect.isasyncgenfunction(handler) and not is_method):
        raise TypeError(
            f"{name} has a yield, so {what} would never run it: write {_unyielding(name, is_open, is_method)}"
        )
    signature = _signature(handler, [*given, "*arguments"] if is_open else [*given])
    if signature is None:
        return
    parameters = list(signature.parameters.values())
    _check_self(parameters, what, name)
    needed = [p for p in parameters if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    places = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    takes_all = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    named = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty]
    fits = (takes_all or len(places) >= len(given)) and (is_open or len(needed) <= len(given)) and not named
    if not fits:
        here = [places[0].name if places and places[0].name in _PEERS else one for one in given[:1]]
        wanted = ", ".join(_wanted(handler, given, [p.name for p in places]) if is_open else [*here, *given[1:]])
        better = [_PARAMETERS[p.name].format(p.name) for p in parameters if p.name in _PARAMETERS]
        text = f"{what} is called with ({wanted}), but {name}{signature} takes something else"
        raise TypeError("; ".join([f"{text}: write {_head(handler, name, wanted)}", *better]))
    if is_open and (callback := next((p.name for p in places if _is_callback(p.name, handler)), None)):
        raise TypeError(f"{what} gets no {callback}: write return value in it, which is the answer")
    if late := next((p for p in places[1:] if is_open and _is_socket(p)), None):
        wanted = ", ".join([late.name, *parameters_as_written(handler, [late.name])])
        raise TypeError(f"{what} gets the socket first: write {_head(handler, name, wanted)}")
    if places:
        _check_first(handler, what, places, given, is_open)


def _check_self(parameters: list[inspect.Parameter], what: str, name: str) -> None:
    """Raise `TypeError` for a method that is registered in its class: its `self` would be the socket."""
    if parameters and parameters[0].name == "self":
        raise TypeError(
            f'{what} is a function without self: in the class of a gateway write @ls.event("name") above def {name}; '
            f"the hooks {', '.join(HOOKS)} stand there without such a line"
        )


def _signature(handler: Callable[..., Any], wanted: list[str]) -> inspect.Signature | None:
    """Return the signature of a handler; None for a builtin that has none.

    Raises:
        TypeError: If it is a method without `self`.
    """
    try:
        return inspect.signature(handler)
    except (TypeError, ValueError):
        if not inspect.ismethod(handler):
            return None
        name = handler.__name__
        raise TypeError(f"{name} has no self: write def {name}({', '.join(['self', *wanted])}): …") from None


def _is_callback(name: str, handler: object) -> bool:
    """Return whether the handler answers with its parameter `name`; a value of the peer may be named `done`, too."""
    if name in ("callback", "cb"):
        return True
    try:
        return name in ("ack", "done", "respond", "fn") and f"{name}(" in inspect.getsource(handler)  # type: ignore[arg-type]
    except (OSError, TypeError):
        return False


def _in_decorator(function: object) -> list[FunctionType]:
    """Return the functions that a decorator without `functools.wraps` hides in the one that it returns."""
    cells = getattr(function, "__closure__", None) or ()
    return [cell.cell_contents for cell in cells if isinstance(getattr(cell, "cell_contents", None), FunctionType)]


def _head_with_socket(method: Callable[..., Any], name: str) -> str:
    """Return ` above def name(self, socket, data): …` for a method whose first parameter is no socket, or ""."""
    try:
        names = [place.name for place in inspect.signature(method).parameters.values()]
    except ValueError:  # it has no self
        names = []
    if names[:1] in (["socket"], ["client"], ["peer"]):
        return ""
    rest = parameters_as_written(method, (*_PARAMETERS, "socket", "client"))
    return f" above {_head(method, name, ', '.join(['socket', *rest]))}"


def _wanted(handler: Callable[..., Any], given: Sequence[str], places: Sequence[str]) -> list[str]:
    """Return the parameters of a handler of what peers send: `given`, under the handler's names, then its own."""
    is_named = len(places) >= len(given) and places[0] not in (*_PARAMETERS, *_VALUES, *given[1:])
    first = places[: len(given)] if is_named else given
    left_out = (*_PARAMETERS, *first, *(places if len(places) < len(given) else ()))
    return [*first, *(parameters_as_written(handler, left_out) or ["*arguments"])]


def _is_socket(parameter: inspect.Parameter) -> bool:
    """Return whether the annotation of a parameter says that it is a socket."""
    kind = parameter.annotation
    return str(getattr(kind, "__name__", kind)).rpartition(".")[2] == "Socket"


def _head(handler: Callable[..., Any], name: str, wanted: str) -> str:
    """Return the line with which a handler begins that takes what is `wanted`."""
    if not name.isidentifier():
        return f"lambda {wanted}: …"
    head = f"def {name}({'self, ' if inspect.ismethod(handler) else ''}{wanted}): …"
    return f"async {head}" if inspect.iscoroutinefunction(handler) else head


def _unyielding(name: str, is_open: bool, is_method: bool) -> str:
    if is_method:
        return f'async def {name}, with yield ls.Reply("name", …)'
    if is_open:
        return 'socket.emit("name", …) for it, or async def with yield ls.Reply("name", …) in a gateway'
    return "it without yield; raise ls.Refused('why') refuses a peer in on_connect and use"


def _check_first(
    handler: Callable[..., Any], what: str, places: list[inspect.Parameter], given: tuple[str, ...], is_open: bool
) -> None:
    """Raise `TypeError` for a handler whose first parameter means something else than the socket, which it gets.

    The socket is always true: `if auth` would let every peer in.
    """
    first = places[0].name
    is_value = is_open and _is_value(handler, places[0].annotation)
    events = ("event", "event_name") if "name" in given else ()
    if first not in _PARAMETERS and first not in (*_VALUES, *given[1:], *events) and not is_value:
        return
    left_out = ("socket", "client", "sid", *([first] if first in _PARAMETERS else []))
    wanted = ["socket", *parameters_as_written(handler, left_out)]
    if events:
        has_name = wanted[1:] and wanted[1].split(":")[0] in (*events, "name")
        wanted[1:] = wanted[1:] if has_name else ["name", *wanted[1:]]
        wanted += ["*arguments"] if len(wanted) == 2 else []
    elif not is_open:
        wanted = list(given)
    where = f"{_PARAMETERS[first].format(first)}: " if first in _PARAMETERS else ""
    write = f"write {_head(handler, getattr(handler, '__name__', 'handler'), ', '.join(wanted))}"
    raise TypeError(
        f"{what} gets the socket first; {where}{write}" if where else f"{what} gets the socket first: {write}"
    )


def _is_value(handler: Callable[..., Any], kind: Any) -> bool:
    """Return whether the annotation `kind` is that of a value which a peer sends, and so of no socket."""
    if isinstance(kind, str):
        kind = getattr(handler, "__globals__", {}).get(kind, kind)
    name = kind if isinstance(kind, str) else getattr(kind, "__name__", "")
    is_plain = name.partition("[")[0] in ("bool", "bytes", "dict", "float", "int", "list", "str")
    return is_plain or hasattr(kind, "model_fields") or hasattr(kind, "__dataclass_fields__")


def check_guard(allows: Callable[..., Any]) -> None:
    """Raise `TypeError` for a guard that would allow everything, or that means something else than the socket."""
    signature = _signature(allows, ["socket", "*arguments"])
    first = next(iter(signature.parameters), "") if signature is not None else ""
    if first in ("context", "ctx", "execution_context", "executionContext"):
        head = _head(allows, getattr(allows, "__name__", "allows"), "socket, *arguments")
        raise TypeError(f"a guard gets what the handler gets, and no {first}: write {head}")
    check_handler(allows, "a guard", "socket", is_open=True)


def check_class_guard(cls: type, allows: Callable[..., Any]) -> None:
    """Raise `TypeError` for a guard of a whole gateway that needs more than the socket: the connection brings no more.

    Asked there, it would fail, and turn every peer away.
    """
    signature = _signature(allows, ["socket", "*arguments"])
    if signature is None:
        return
    places = [p for p in signature.parameters.values() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    needed = [p.name for p in places[1:] if p.default is p.empty]
    if not needed:
        return
    name = getattr(allows, "__name__", "allows")
    guard, name = (name, f"{name}()") if name.isidentifier() else ("allows", "the guard")
    methods = [f"def {method}" for method, it in vars(cls).items() if hasattr(it, EVENTS)] or ["def move"]
    raise TypeError(
        f"above a class a guard is asked at the connection, too, where {name} gets no {' and no '.join(needed)}: write "
        f"@ls.guard({guard}) above each method whose events it judges: {', '.join(methods)}"
    )


def check_allowed(result: object) -> None:
    """Raise `TypeError` if a guard returned what is true and may mean "no", such as the text "unauthorized"."""
    if not result or result is True:
        return
    raise TypeError(
        f"a guard returned {result!r:.60}: write return False or raise {_meant_by(result)} to refuse the peer, return "
        "True to allow what follows, or bool(value) for a value that may be missing"
    )


def check_gateway_class(gateway: object, events: Mapping[str, Callable[[], None]]) -> None:
    """Raise `TypeError` with a line for each method of a class that would not run as it is meant.

    `events` has the checks of those that are marked, by their names.
    """
    cls = type(gateway)
    for base in cls.__mro__[1:]:
        if base.__module__.partition(".")[0] in ("socketio", "flask_socketio", "channels", "tornado"):
            raise TypeError(
                f"a gateway has no base: write class {cls.__name__}: without {base.__name__} behind the name"
            )
    names = {name: None for base in cls.__mro__[:-1] for name, it in vars(base).items() if inspect.isroutine(it)}
    said = []
    for name in names:
        try:
            events[name]() if name in events else _check_unmarked(gateway, name)
        except TypeError as exc:
            said.append(str(exc))
    if said:
        inside = [f"  {line}" for line in inside_of_gateway(gateway)]
        raise TypeError("\n".join([*said, *(["and in its methods write", *inside] if inside else [])]))
    others = [name for name in names if not name.startswith("_")]
    if others and not events and not HOOKS.keys() & names.keys():
        own = 'what your own code calls stands outside the class, with server.of("/point").emit("name", …)'
        raise TypeError(f"no method of {cls.__name__} would ever run: {_mark(others[0])} for peers; {own}")


def _check_unmarked(gateway: object, name: str) -> None:
    """Raise `TypeError` for a method that other libraries would call and we would not, and for a hook that is none."""
    cls = type(gateway)
    if name not in HOOKS and getattr(getattr(cls, name), GUARDS, None):
        raise TypeError(f"{cls.__name__}.{name} is no event, and its guard would never be asked: {_mark(name)}")
    if any(hasattr(inner, EVENTS) for inner in _in_decorator(getattr(cls, name))):
        raise TypeError(f"{cls.__name__}.{name} would never run: write @ls.event above the other decorator")
    if name.startswith("__"):
        return
    if name in HOOKS:
        what = f"{cls.__name__}.{name}"
        check_handler(getattr(gateway, name), what, *HOOKS[name], asks=name == "on_connect")
    elif (ours := _FOREIGN_HOOKS.get(name.lower().replace("_", ""))) is not None:
        raise TypeError(f"{cls.__name__}.{name} would never run: a gateway's hook is {ours}")
    elif name.startswith("on_"):
        head = _head_with_socket(getattr(gateway, name), name)
        raise TypeError(
            f'{cls.__name__}.{name} would never run: mark it with @ls.event("{name[3:]}"){head}; '
            f"the hooks are {', '.join(HOOKS)}"
        )


def unmarked(gateways: Iterable[object], name: str) -> str:
    """Return what to write if one of the gateways has a method `name` without a mark; otherwise an empty string."""
    found = (type(it) for it in gateways if inspect.isroutine(getattr(type(it), name, None)))
    cls = None if name.startswith("_") or name in HOOKS else next(found, None)
    return f"; {cls.__name__}.{name} would run with a mark: {_mark(name)}" if cls else ""


def _mark(name: str) -> str:
    return f'write @ls.event("{name}") above def {name}'


def no_such(thing: object, owner: str, name: str, namespace: str = "/") -> AttributeError:
    """Return the error for an attribute that `thing` has not, with what to write if another library has it.

    `owner` says what it is. What else the same code reads from it gets a line each.
    """

    def known(other: str) -> str:
        if other in REGISTERS and (written := handlers_as_written(thing, namespace)):
            return written
        better = known_as(other, _ATTRIBUTES_OF.get(owner, {})) or known_as(other, _ATTRIBUTES) or ""
        if not better and owner.startswith("the namespace ") and hasattr(str, other):
            better = f"write socket.namespace.name.{other}"
        return better.replace("{}", namespace)

    better = "" if name.startswith("_") else known(name)
    called = "socket" if owner.startswith("a socket") else ""
    text = no_attribute(thing, owner, name, better, known, called) if better else f"{owner} has no attribute {name!r}"
    if name in ("emitWithAck", "emit_with_ack"):  # in Node its errors are caught: a peer may be silent
        warn(spelled(text))
    return AttributeError(spelled(text), name=name)  # not whose it is: Python would offer names readers never use


def unheard(step: str, early: Sequence[Encoded]) -> TypeError | None:
    """Return what to write if a peer was disconnected before it was in, and something was emitted to it: it is lost."""
    if not early:
        return None
    text = str(early[-1].messages[0])
    name, *values = json.loads(text[text.index("[") :])
    why = values[0] if values and isinstance(values[0], str) else "why"
    return TypeError(
        spelled(
            f'in {step} a peer is not in yet, and "{name:.40}", emitted before disconnect(), is lost: write raise '
            f"ls.Refused({why!r:.60}) in place of both, which it hears as connect_error, or both in on_connected"
        )
    )


def pass_on(loop: LoopThread, function: Callable[..., object], *arguments: Any) -> None:
    """Run `function` on the loop, now or soon.

    Raises:
        NotRunning: If the server is stopped.
    """
    if loop.is_current:
        function(*arguments)
        return
    if not loop.is_running:
        raise NotRunning("the server is stopped: serve() again")
    refuse_await()
    loop.soon(function, *arguments)


def waited(loop: LoopThread, function: Callable[..., Coroutine[Any, Any, Any]], *arguments: Any) -> Any:
    """Return the result of the async `function(*arguments)`; on the loop return its coroutine, to be awaited.

    Raises:
        TypeError: If it is awaited elsewhere, where it blocks; a warning says so of an async function without await.
    """
    if not loop.is_current:
        refuse_await(on_a_thread)
        code = caller().f_code
        is_async = code.co_flags & inspect.CO_COROUTINE and not code.co_name.startswith("<")  # of a cell: it may block
        if is_async and asyncio._get_running_loop() is not None:
            warn(on_a_thread())
    return loop.wait(function, *arguments)


def _shown(value: object) -> str:
    return f"{type(value).__name__} {value!r:.40}" if not callable(value) else f"a {type(value).__name__}"
