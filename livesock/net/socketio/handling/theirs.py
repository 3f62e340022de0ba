"""`handlers_as_written`: the handlers that a program registers as in another library, each as it is written here.

    @sio.event                            @sio.of("/").on_connect above def connect(socket): …
    def connect(sid, environ, auth): …
    @sio.on("move", namespace="/game")    @sio.of("/game").on("move") above async def move(socket, x, y): …
    async def move(sid, x, y): …

All of them stand in the error of the first one: else each would take a run of the program.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Iterator
from types import FrameType
from typing import NamedTuple

from livesock.advice.spelled import caller
from livesock.advice.written import definition, node_at, tree_of
from livesock.net.socketio.handling.spoken import emits_as_written

__all__ = ["REGISTERS", "handlers_as_written"]

REGISTERS = ("on", "once", "event", "on_event", "add_event_handler", "addListener")
"""Attributes that other libraries have to register a handler."""

_PEERS = ("sid", "_sid", "_", "socket", "client", "sock", "ws", "connection")
"""First parameters that stand for the peer."""

_ACKS = ("ack", "callback", "cb", "done", "fn", "respond")
"""Last parameters that answer the peer, in Node."""

_KNOWN = {
    "sid": "socket.id for sid",
    "auth": "socket.handshake.auth for auth",
}
"""Parameters that a handler does not get, and what has their values."""

_NO_EVENTS = ("startup", "shutdown", "error", "exception", "connect_error", "newListener", "removeListener")
"""What libraries call themselves, and nothing of the kind is here: another sentence speaks of it."""

_Function = ast.FunctionDef | ast.AsyncFunctionDef


class _Handler(NamedTuple):
    """A function that answers an event in another library."""

    event: str
    """As code: `"move"` with its quotes, or a variable."""
    of: str
    """What it is registered with, as code: `server.of("/chat")`."""
    is_of_all: bool
    """Whether it is one for every namespace."""
    function: _Function | ast.Lambda | None
    outside_of: str = ""
    """The function in which it stands, and must not stand."""
    peer: str = "socket"
    """How the code calls the peer."""
    is_once: bool = False


def handlers_as_written(owner: object, namespace: str = "/") -> str:
    """Return what to write for all handlers that the code registers, which has led here by reading `owner.on`, say.

    Those of a socket stand in a function, and must not stand there. A handler that names no namespace belongs to
    `namespace`. "" if the source is not known, or nothing in it is read as a handler.
    """
    frame = caller()
    tree = tree_of(frame)
    node = node_at(frame, ast.Attribute, tree)
    if tree is None or node is None or _has(owner, node.attr):
        return ""
    around = _function_around(node, tree) if type(owner).__name__ == "Socket" else None
    of = (_place_of(around) if around else None) or f"server.of({json.dumps(namespace)})"
    search = _Search(tree, tuple(name for name in REGISTERS if not _has(owner, name)), of)
    owners = [node.value] if node.attr in REGISTERS else _names_of(owner, frame)
    found = [one for it in owners for one in search.handlers(around or tree, it, around.name if around else "")]
    if not found:
        return ""
    used = [name for one in found for name in _used(one)]
    notes = [
        _environ(tree) if name == "environ" else _KNOWN.get(name, f"return x for {name}(x)")
        for name in dict.fromkeys(used)
    ]
    names = [name.id for name in _names_of(owner, frame) if isinstance(name, ast.Name)]
    inside = [(one.function, one.of) for one in found if one.function is not None and not one.is_of_all]
    said = [line for part, of in inside for line in emits_as_written(part, of, names)]
    said += [line for part in _others(tree, found) for line in emits_as_written(part, 'server.of("/")', names, ())]
    notes += list(dict.fromkeys(said))[:8]
    known = [f"and in them {notes[0]}", *(f"  {note}" for note in notes[1:])] if notes else []
    return "\n  ".join([_BEGIN, *dict.fromkeys(map(_line, found)), *known])


def _others(tree: ast.Module, handlers: list[_Handler]) -> list[_Function]:
    """Return the functions beside the handlers, such as one that runs on a thread; methods have another sentence."""
    known = [node for one in handlers if one.function is not None for node in ast.walk(one.function)]
    known += [node for one in tree.body if isinstance(one, ast.ClassDef) for node in ast.walk(one)]
    return [node for node in ast.walk(tree) if isinstance(node, _Function) and node not in known]


def _environ(tree: ast.Module) -> str:
    """Return what has the values that a program reads from `environ`."""
    keys = [
        node.value
        for one in ast.walk(tree)
        if isinstance(one, ast.Subscript | ast.Call) and ast.unparse(one).startswith("environ")
        for node in ast.walk(one)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isupper()
    ]
    said = {
        "QUERY_STRING": 'socket.handshake.query, a dict, for parse_qs(environ["QUERY_STRING"])',
        "REMOTE_ADDR": 'socket.handshake.address for environ["REMOTE_ADDR"]',
        "PATH_INFO": '"/socket.io/", always, for environ["PATH_INFO"]: the namespace is socket.namespace.name',
        "REQUEST_METHOD": '"GET", always, for environ["REQUEST_METHOD"]',
    }
    known = [said.get(key) or _header(key) for key in dict.fromkeys(keys) if key in said or key.startswith("HTTP_")]
    return ", ".join(known) or f'{_header("HTTP_X_TOKEN")}, .query, a dict, for parse_qs(environ["QUERY_STRING"])'


def _header(key: str) -> str:
    name = "-".join(part.capitalize() for part in key.removeprefix("HTTP_").split("_"))
    return f'socket.handshake.headers.get("{name}", "") for environ["{key}"]'


_BEGIN = "handlers belong to a namespace, each gets the socket, and what it returns is the answer: write"


def _names_of(owner: object, frame: FrameType) -> list[ast.expr]:
    known = {**frame.f_globals, **frame.f_locals}
    return [ast.Name(name, ast.Load()) for name, value in known.items() if value is owner]


def _place_of(function: _Function) -> str | None:
    """Return what a handler of connections is registered with, as code: `chat` of `@chat.on_connect`."""
    marks = (mark.func if isinstance(mark, ast.Call) else mark for mark in function.decorator_list)
    hooks = ("on_connect", "on_connected", "use")
    place = next((ast.unparse(it.value) for it in marks if isinstance(it, ast.Attribute) and it.attr in hooks), None)
    return place and re.sub(r"'([^'\"\\]*)'", r'"\1"', place)


def _has(owner: object, name: str) -> bool:
    return inspect.getattr_static(owner, name, None) is not None


def _function_around(node: ast.expr, tree: ast.AST) -> _Function | None:
    """Return the function in which an expression stands, the innermost one."""
    around = [one for one in ast.walk(tree) if isinstance(one, _Function) and _is_in(node, one.body)]
    return max(around, key=lambda one: one.lineno, default=None)


def _is_in(node: ast.expr, body: list[ast.stmt]) -> bool:
    return any(node is one for statement in body for one in ast.walk(statement))


def _used(handler: _Handler) -> Iterator[str]:
    """Yield the parameters of a handler that it does not get here, and that its code reads."""
    function = handler.function
    body = function.body if isinstance(function, _Function) else [function.body] if function else []
    read = {one.id for part in body for one in ast.walk(part) if isinstance(one, ast.Name)}
    for name in _Parameters(handler).asked:
        if name in read and (name in _KNOWN or name == "environ" or name in _ACKS):
            yield name


class _Search(NamedTuple):
    """A look for handlers in the code of one file or cell."""

    tree: ast.Module
    registers: tuple[str, ...]
    """Attributes that register a handler."""
    of: str
    """Code for the namespace of a handler that names none: `server.of("/")`."""

    def handlers(self, part: ast.AST, owner: ast.expr, outside_of: str = "") -> Iterator[_Handler]:
        """Yield what a part of the code registers with `owner`, in the order of its lines."""
        nodes = [node for node in ast.walk(part) if isinstance(node, _Function | ast.Expr)]
        for node in sorted(nodes, key=lambda node: node.lineno):
            if isinstance(node, _Function):
                for decorator in node.decorator_list:
                    yield from self._registered(decorator, owner, node, outside_of)
            elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and len(node.value.args) > 1:
                yield from self._registered(node.value, owner, self._given(node.value.args[1]), outside_of)

    def _given(self, value: ast.expr) -> _Function | ast.Lambda | None:
        """Return the function that is given as a value: a lambda, or the one of this name in the same code."""
        if isinstance(value, ast.Lambda):
            return value
        named = (one for one in ast.walk(self.tree) if isinstance(one, _Function) and ast.unparse(value) == one.name)
        return next(named, None)

    def _registered(
        self, node: ast.expr, owner: ast.expr, function: _Function | ast.Lambda | None, outside_of: str
    ) -> Iterator[_Handler]:
        """Yield what a decorator or a call registers, and what stands in the handler of Node's `connection`."""
        call = node if isinstance(node, ast.Call) else None
        register = call.func if call else node
        if not isinstance(register, ast.Attribute) or register.attr not in self.registers:
            return
        name = next(iter(call.args), None) if call else None
        if ast.dump(register.value) != ast.dump(owner) or (isinstance(name, ast.Constant) and name.value in _NO_EVENTS):
            return
        words = {word.arg: word.value for word in call.keywords} if call else {}
        named = _code(words["namespace"]) if "namespace" in words else None
        of = self.of if named is None else f"server.of({named if named != _EACH else _ANY})"
        event = _code(name) if name is not None else json.dumps(getattr(function, "name", "name"))
        peer = owner.id if outside_of and isinstance(owner, ast.Name) else "socket"
        yield _Handler(event, of, named == _EACH, function, outside_of, peer, register.attr == "once")
        if event == '"connection"' and isinstance(function, _Function) and function.args.args:
            inner = self._replace(registers=REGISTERS, of=of)
            yield from inner.handlers(function, ast.Name(function.args.args[0].arg, ast.Load()), function.name)


def _code(node: ast.expr) -> str:
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return json.dumps(node.value, ensure_ascii=False) if is_text else ast.unparse(node)  # type: ignore[attr-defined]


def _line(handler: _Handler) -> str:
    """Return a handler as it is written here."""
    function = handler.function
    hook = _HOOKS.get(handler.event)
    mark = f"@{handler.of}.{hook}" if hook else f"@{handler.of}.on({handler.event})"
    outside = f", outside of {handler.outside_of}" if handler.outside_of else ""
    if handler.is_once and not hook:
        seen = f"{handler.peer}.data"
        outside += f", and in it if {seen}.get({handler.event}): return, then {seen}[{handler.event}] = True"
    if function is None or isinstance(function, ast.Lambda) or set(function.name) == {"_"}:
        event = handler.event.strip('"')
        name = event if event.isidentifier() else "f"
        is_async = "async " * isinstance(function, ast.AsyncFunctionDef)
        return f"{mark} above {is_async}def {name}({_Parameters(handler).here}): …{outside}"
    return f"{mark} above {definition(function, _Parameters(handler).here)}{outside}"


_EACH, _ANY = '"*"', 're.compile("/.+")'

_HOOKS = {
    '"connect"': "on_connect",
    '"connection"': "on_connected",
    '"disconnect"': "on_disconnect",
    '"disconnecting"': "on_disconnect",
}


class _Parameters:
    """What a handler asks for there, and what it gets here."""

    def __init__(self, handler: _Handler) -> None:
        function = handler.function
        listed = [*function.args.posonlyargs, *function.args.args] if function else [ast.arg("data")]
        defaults = function.args.defaults if function else []
        values = [*[None] * (len(listed) - len(defaults)), *defaults]
        self.asked = [one.arg for one in listed]
        """The names of its parameters there."""
        own = next((name for name in self.asked if name in _PEERS and name not in ("sid", "_sid", "_")), handler.peer)
        hook = _HOOKS.get(handler.event)
        if hook:
            rest = ["reason"] if hook == "on_disconnect" else []
        else:
            left = ("self", *_PEERS, *_ACKS, *(["namespace"] if handler.is_of_all else []))
            rest = [
                f"{ast.unparse(one)}={ast.unparse(value)}" if value is not None else ast.unparse(one)
                for one, value in zip(listed, values, strict=True)
                if one.arg not in left
            ]
            rest += [f"*{function.args.vararg.arg}"] if function and function.args.vararg else []
        self.here = ", ".join([own, *rest])
        """Its parameters here, as code."""
