"""What a program gives to the classes of other libraries that it wants to import: `SocketIO(app, ping_timeout=5)`.

The import fails first, and its error speaks of the options, too: else a program that writes `ls.serve()` in their place
would lose them without a word.
"""

from __future__ import annotations

import ast
import inspect
import mimetypes
import re
import sys
from collections.abc import Iterator, Mapping
from types import FrameType
from typing import TypeGuard

from livesock.advice.instead import instead, together
from livesock.advice.written import Code, namespace_in, tree_of
from livesock.net.connect.habits import SOCKET
from livesock.net.http.habits import SERVE

__all__ = [
    "GATEWAYS",
    "address_written",
    "application_written",
    "bases_written",
    "classes_written",
    "client_options_written",
    "gateways_written",
    "imports_written",
    "options_written",
    "refusal_written",
]

_SERVERS = (
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

_CLIENTS = ["Client", "AsyncClient", "SimpleClient", "AsyncSimpleClient", "io", "Manager"]
"""Classes of other libraries whose options belong to a client."""

GATEWAYS = ("WebSocketGateway", "gateway")
"""What other libraries write above the class of a gateway."""

APPLICATIONS = ("ASGIApp", "WSGIApp")
"""What python-socketio writes around its server."""

_RUNNERS = ("run", "uvicorn", "NestFactory", "Server")

_STARTS = ("run", "listen", "run_simple", "run_app")
"""Functions and methods that start a server in other libraries, with its port."""


def options_written(names: list[str]) -> list[str]:
    """Return what to write for the options of all calls of `names`, a line for each; none for a program without any."""
    calls = list(_calls(_program()))
    if not {*names} & {*_SERVERS, *_RUNNERS}:
        return []
    given: dict[str, object] = {}
    for call in calls:
        name = _name(call.func)
        if name in _SERVERS and (name in names or name == "Server"):
            given.update(_options(call))
        elif name in _STARTS:
            started = _options(call).items()
            given.update({key: value for key, value in started if key in ("host", "port")})
    ports = [_options(call)["port"] for call in calls if _name(call.func) in _SERVERS and "port" in _options(call)]
    there = {"namespace", *(word.arg for call in calls if _name(call.func) == "serve" for word in call.keywords)}
    given = {name: value for name, value in given.items() if name not in there}
    if not given:
        return []
    ours, strange = _ours_and_theirs(given, "serve", SERVE)
    head = f"with the options that the program names, write server = ls.serve({', '.join(ours)}){_run(calls)}"
    strange += [
        f"  {port}: one port is for all: leave it out, and clients ask that of the server"
        for port in ports
        if port != given.get("port", port)
    ]
    return [f"{head}:", *strange] if strange else [head]


def client_options_written(names: list[str]) -> list[str]:
    """Return what to write for the options of a client's class and of its `connect()`, a line for each."""
    if not {*names} & {*_CLIENTS}:
        return []
    given: dict[str, object] = {}
    for call in _calls(_program()):
        if _name(call.func) in _CLIENTS:
            given.update(_options(call))
        elif _name(call.func) == "connect" and isinstance(call.func, ast.Attribute):
            given.update({word.arg: _value(word.value) for word in call.keywords if word.arg is not None})
    ours, strange = _ours_and_theirs(given, "socket", SOCKET)
    head = f"with the options of its client, write ls.socket({', '.join(['url', *ours])})"
    return [f"{head}:", *strange] if strange else [head] if ours else []


def _ours_and_theirs(
    given: Mapping[str, object], function: str, habits: Mapping[str, str]
) -> tuple[list[str], list[str]]:
    """Return the options that a function of ours has, as code, and a line for each of the others.

    What may be a secret stays in the program: an error is printed, and saved with a notebook.
    """
    known = [*inspect.signature(getattr(sys.modules["livesock"], function)).parameters]
    shown = {name: Code("…") if name in _SECRET and _has_text(value) else value for name, value in given.items()}
    lines = [instead(name, habits, known, value) for name, value in shown.items() if name not in known]
    ours = [f"{name}={value!r:.60}" for name, value in shown.items() if name in known]
    return ours, [f"  {line}" for line in (*lines, *together(lines, shown))]


def _has_text(value: object) -> bool:
    """Return whether a value is written with a text in it, `{"token": "abc"}` but not `{"token": token}`."""
    node = ast.parse(repr(value), mode="eval").body
    parts = node.values if isinstance(node, ast.Dict) else [node]
    inner = (one.value for part in parts for one in ast.walk(part) if isinstance(one, ast.Constant))
    return any(isinstance(one, str | bytes) for one in inner)


_SECRET = ("auth", "headers", "extraHeaders", "extra_headers", "cookies", "query", "secret_key")
"""Options that may hold a secret."""


def _run(calls: list[ast.Call]) -> str:
    """Return where `run()` stands, if the program starts its server."""
    if not any(_name(call.func) in _STARTS for call in calls):
        return ""
    is_in_thread = any(_name(call.func) == "Thread" for call in calls)
    return ", and server.run() at its end" + (
        "; a run() in a thread is left out, with its thread" if is_in_thread else ""
    )


def gateways_written() -> str:
    """Return what to write above each class of a gateway; "" for a program without any."""
    found = []
    for node in (node for node in ast.walk(_program()) if isinstance(node, ast.ClassDef)):
        for mark in node.decorator_list:
            call = mark if isinstance(mark, ast.Call) else None
            if _name(call.func if call else mark) in GATEWAYS:
                namespace = _options(call).get("namespace", "/") if call else "/"
                path = namespace if isinstance(namespace, Code) else f'"/{str(namespace).lstrip("/")}"'
                found.append(f"@server.gateway({path}) above class {node.name}: …")
    return ", ".join(found)


def address_written(scheme: str, else_: str) -> str:
    """Return the first address of this scheme in the program, `else_` if it has none, or has a password in it."""
    texts = (node.value for node in ast.walk(_program()) if isinstance(node, ast.Constant))
    found = (text for text in texts if isinstance(text, str) and re.match(rf"{scheme}s?://[^@]*$", text))
    return next(found, else_)


def refusal_written(name: str) -> str:
    """Return how a page refuses as the program does with `abort(400, "why")` or `HTTPException(404, "why")`, or ""."""
    call = next((call for call in _calls(_program()) if _name(call.func) == name), None)
    words = {word.arg: word.value for word in call.keywords} if call is not None else {}
    places = call.args if call is not None else []
    status = words.get("status_code", words.get("code", places[0] if places else None))
    why = words.get("detail", words.get("description", places[1] if len(places) > 1 else None))
    if status is None:
        return ""
    text = ast.unparse(why) if why is not None else "''"
    text = f'{{"detail": {text}}}' if why is not None and name == "HTTPException" else text
    number = re.search(r"HTTP_(\d{3})", ast.unparse(status))  # status.HTTP_404_NOT_FOUND
    return f"return ls.Response({text}, status={number[1] if number else ast.unparse(status)})"


def bases_written() -> list[str]:
    """Return a line for the classes that have a `Namespace` for a base; none for a program without any."""
    heads = classes_written("Namespace")
    text = f"Namespace as a base: write {heads}, below server = ls.serve(), and without it"
    return [text] if heads else []


def classes_written(base: str) -> str:
    """Return what to write above each class with this base, `class Chat(AsyncNamespace)`; "" for a program without."""
    tree = _program()
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    return ", ".join(
        f'@server.gateway("{namespace_in(tree, node.name) or "/"}") above class {node.name}: …'
        for node in classes
        if any(_name(one) == base for one in node.bases)
    )


def application_written(name: str) -> list[str] | None:
    """Return what to write for what a program gives to `ASGIApp(sio, app, static_files={…})`, a line for each.

    None for a program that does not call it.
    """
    calls = [call for call in _calls(_program()) if _name(call.func) == name]
    if not calls:
        return None
    words = {word.arg: word.value for call in calls for word in call.keywords if word.arg is not None}
    lines = _static(words["static_files"]) if "static_files" in words else []
    if path := words.get("socketio_path", words.get("engineio_path")):
        value = _value(path)
        text = value if isinstance(value, Code) else f'"/{str(value).strip("/")}/"'
        lines.append(f'sessions={{"path": {text}}} in ls.serve() for socketio_path={ast.unparse(path)}')
    if "other_asgi_app" in words or "wsgi_app" in words or any(len(call.args) > 1 for call in calls):
        lines.append("@server.get(path) above def page(request): … for each page of the other app")
    return lines


def _static(node: ast.expr) -> list[str]:
    """Return what to write for each path of `static_files={"/static": "./public", "/": "index.html"}`."""
    pairs = zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else []
    known = [(_value(path), _value(file)) for path, file in pairs if path is not None]
    if not known or any(not isinstance(one, str) or isinstance(one, Code) for pair in known for one in pair):
        return [
            'server.static("/static", "folder") for a folder of static_files; for a file @server.get("/") above '
            'def page(request): …, and in it return ls.Response(open("index.html", "rb").read(), type="text/html")'
        ]
    folders = [(path, file) for path, file in known if not re.search(r"\.\w+$", str(file))]
    files = [(path, file) for path, file in known if (path, file) not in folders]
    return [
        *(f'server.static("{path}", "{file}") for "{path}" of static_files' for path, file in folders),
        *(
            f'@server.get("{path}") above def page(request): …, and in it '
            f'return ls.Response(open("{file}", "rb").read(), type="{_type(str(file))}"), for "{path}" of static_files'
            for path, file in files
        ),
    ]


def _type(file: str) -> str:
    return mimetypes.guess_type(file)[0] or "application/octet-stream"


def imports_written() -> list[str]:
    """Return the names in all lines `from livesock import …` and `from livesock.other import …`, in their order."""
    return [name.name for node in ast.walk(_program()) if _is_import(node) for name in node.names]


def _is_import(node: ast.AST) -> TypeGuard[ast.ImportFrom]:
    return isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "livesock"


def _program() -> ast.Module:
    """Return the code of the program that has led here through an import, or by reading `ls.FastAPI`."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and _is_on_the_way(frame):
        frame = frame.f_back
    return (tree_of(frame) if frame is not None else None) or ast.Module([], [])


def _is_on_the_way(frame: FrameType) -> bool:
    package = str(frame.f_globals.get("__name__")).partition(".")[0]
    return package in ("livesock", "importlib", "_frozen_importlib")


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _name(function: ast.expr) -> str:
    """Return the name of what is called, without what stands in front of its dot."""
    return getattr(function, "attr", getattr(function, "id", ""))


def _options(call: ast.Call) -> dict[str, object]:
    """Return the options of a call by their names: values where they are constant, code where they are not.

    A number behind the first bracket is the port, and a dict holds further options, as in Node.
    """
    found: dict[str, object] = {}
    for argument in call.args:
        value = _value(argument)
        if isinstance(value, int) and not isinstance(value, bool):
            found["port"] = value
        elif isinstance(value, dict):
            found.update({str(key): one for key, one in value.items()})
    return found | {word.arg: _value(word.value) for word in call.keywords if word.arg is not None}


def _value(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except ValueError:
        return Code(ast.unparse(node))
