"""The program that has led to an error, read: its calls, what it imports, and what it calls its servers and clients."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from types import FrameType
from typing import NamedTuple, TypeGuard

from livesock.advice.written import Code, made_as, tree_of

__all__ = [
    "APPLICATIONS",
    "CLIENTS",
    "REDIS",
    "SERVERS",
    "address_written",
    "calls_in",
    "client_written",
    "imports_in",
    "imports_written",
    "mentions",
    "name_of",
    "names_written",
    "options_of",
    "program",
    "servers_written",
    "value_of",
]

SERVERS = (
    "FastAPI",
    "Starlette",
    "Flask",
    "SocketIO",
    "AsyncServer",
    "Application",
    "createServer",
    "Server",
    "WebSocketGateway",
)
"""Classes of other libraries whose options belong to a server."""

CLIENTS = ["Client", "AsyncClient", "SimpleClient", "AsyncSimpleClient", "io", "Manager"]
"""Classes of other libraries whose options belong to a client."""

APPLICATIONS = ("ASGIApp", "WSGIApp")
"""What python-socketio writes around its server."""

REDIS = "redis://127.0.0.1:6379"
"""The address of a Redis in what is advised."""


def address_written(scheme: str, else_: str) -> str:
    """Return the first address of this scheme in the program, `else_` if it has none, or has a password in it."""
    texts = (node.value for node in ast.walk(program()) if isinstance(node, ast.Constant))
    found = (text for text in texts if isinstance(text, str) and re.match(rf"{scheme}s?://[^@]*$", text))
    return next(found, else_)


def mentions(name: str) -> bool:
    """Return whether the program has an attribute or a keyword of this name: `asyncio.Queue`, `response_class=…`."""
    nodes = ast.walk(program())
    return any(name in (getattr(node, "attr", None), getattr(node, "arg", None)) for node in nodes)


def imports_written() -> list[str]:
    """Return the names in all lines `from livesock import …` and `from livesock.other import …`, in their order."""
    return [name.name for name in imports_in()]


def imports_in() -> list[ast.alias]:
    return [name for node in ast.walk(program()) if _is_import(node) for name in node.names]


def names_written() -> list[str]:
    """Return the names that the program imports from `livesock`, and those that it reads as `ls.name`."""
    tree = program()
    imported = (name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names)
    packages = {name.asname or name.name for name in imported if name.name == "livesock"}
    read = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name))
    found = sorted((node.lineno, node.attr) for node in read if ast.unparse(node.value) in packages)
    return [*imports_written(), *(name for _, name in found)]


class Servers(NamedTuple):
    """What a program calls its servers."""

    ours: str
    """The variable of `server = ls.serve()`, if that stands above the servers of other libraries; "" without one."""
    theirs: list[str]
    """Those of servers and applications of other libraries, and of a `serve()` below them."""
    call: ast.Call | None
    """The call of `serve()`, wherever it stands."""
    later: str
    """The line of a `serve()` below them, "" without one."""


def servers_written() -> Servers:
    """Return what the program calls its servers: `sio` of `sio = AsyncServer()`."""
    made: list[tuple[str, str, ast.Assign, ast.Call]] = []
    for node in ast.walk(program()):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            call = node.value.value if isinstance(node.value, ast.Await) else node.value
            made += [(_made_by(call), node.targets[0].id, node, call)] if isinstance(call, ast.Call) else []
    others = [(node, name) for kind, name, node, _ in made if kind in (*SERVERS, *APPLICATIONS, "NestFactory")]
    names = [name for _, name in others]
    for kind, ours, node, call in made:
        if kind == "serve" and others and node.lineno > others[0][0].lineno:
            return Servers("", list(dict.fromkeys([*names, ours])), call, made_as(node))
        if kind == "serve":
            return Servers(ours, [name for name in dict.fromkeys(names) if name != ours], call, "")
    return Servers("", list(dict.fromkeys(names)), None, "")


def _made_by(call: ast.Call) -> str:
    """Return the name of what makes a server: `AsyncServer`, or `NestFactory` of `NestFactory.create(…)`."""
    is_factory = isinstance(call.func, ast.Attribute) and name_of(call.func.value) == "NestFactory"
    return "NestFactory" if is_factory else name_of(call.func)


def client_written() -> str:
    """Return the only variable of the program that holds a client of another library, "" without one."""
    found = {
        node.targets[0].id
        for node in ast.walk(program())
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and isinstance(node.targets[0], ast.Name)
        if name_of(node.value.func) in CLIENTS
    }
    return found.pop() if len(found) == 1 else ""


def _is_import(node: ast.AST) -> TypeGuard[ast.ImportFrom]:
    return isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "livesock"


def program() -> ast.Module:
    """Return the code of the program that has led here through an import, or by reading `ls.FastAPI`."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and _is_on_the_way(frame):
        frame = frame.f_back
    return (tree_of(frame) if frame is not None else None) or ast.Module([], [])


def _is_on_the_way(frame: FrameType) -> bool:
    package = str(frame.f_globals.get("__name__")).partition(".")[0]
    return package in ("livesock", "importlib", "_frozen_importlib")


def calls_in(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def name_of(function: ast.expr) -> str:
    """Return the name of what is called, without what stands in front of its dot."""
    return getattr(function, "attr", getattr(function, "id", ""))


def options_of(call: ast.Call) -> dict[str, object]:
    """Return the options of a call by their names: values where they are constant, code where they are not.

    A number behind the first bracket is the port, and a dict holds further options, as in Node.
    """
    found: dict[str, object] = {}
    for argument in call.args:
        value = value_of(argument)
        if isinstance(value, tuple) and [type(one) for one in value] == [str, int]:  # listen(("", 5000))
            found.update({"port": value[1]} | ({"host": value[0]} if value[0] else {}))
        elif isinstance(value, int) and not isinstance(value, bool):
            found["port"] = value
        elif isinstance(argument, ast.Dict):
            pairs = zip(argument.keys, argument.values, strict=True)
            found.update({str(value_of(key)): value_of(one) for key, one in pairs if isinstance(key, ast.Constant)})
    return found | {word.arg: value_of(word.value) for word in call.keywords if word.arg is not None}


def value_of(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except ValueError:
        return Code(ast.unparse(node))
