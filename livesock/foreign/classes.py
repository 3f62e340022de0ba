"""What a program makes of the classes of other libraries: gateways, namespaces, servers and applications.

class Chat(AsyncNamespace): …          @sio.gateway("/chat") above class Chat: …
app = ASGIApp(sio, static_files=…)     a line for each thing that it gives
"""

from __future__ import annotations

import ast
import mimetypes
import re

from livesock.advice.written import Code, namespace_in
from livesock.foreign.program import calls_in, name_of, options_of, program, value_of

__all__ = [
    "GATEWAYS",
    "application_written",
    "bases_written",
    "classes_written",
    "gateways_written",
    "refusal_written",
    "replies_written",
]

GATEWAYS = ("WebSocketGateway", "gateway")
"""What other libraries write above the class of a gateway."""


def gateways_written() -> str:
    """Return what to write above each class of a gateway; "" for a program without any."""
    found = []
    for node in (node for node in ast.walk(program()) if isinstance(node, ast.ClassDef)):
        for mark in node.decorator_list:
            call = mark if isinstance(mark, ast.Call) else None
            if name_of(call.func if call else mark) in GATEWAYS:
                namespace = options_of(call).get("namespace", "/") if call else "/"
                path = namespace if isinstance(namespace, Code) else f'"/{str(namespace).lstrip("/")}"'
                found.append(f"@server.gateway({path}) above class {node.name}: …")
    return ", ".join(found)


def replies_written() -> str:
    """Return how a program's `return {"event": "sum", "data": 3}` is written here; "" for a program without any."""
    found = []
    for node in ast.walk(program()):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Dict):
            pairs = zip(node.value.keys, node.value.values, strict=True)
            parts = {key.value: ast.unparse(value) for key, value in pairs if isinstance(key, ast.Constant)}
            if parts.keys() == {"event", "data"}:
                found.append(f"return ls.Reply({parts['event']}, {parts['data']})")
    return f"; what is returned as event and data is {', '.join(dict.fromkeys(found))}" if found else ""


def bases_written() -> list[str]:
    """Return a line for the classes that have a `Namespace` for a base; none for a program without any."""
    heads = classes_written("Namespace")
    text = f"Namespace as a base: write {heads}, below server = ls.serve(), and without that base"
    return [text] if heads else []


def classes_written(base: str) -> str:
    """Return what to write above each class with this base, `class Chat(AsyncNamespace)`; "" for a program without."""
    tree = program()
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    return ", ".join(
        f'@server.gateway("{namespace_in(tree, node.name) or "/"}") above class {node.name}: …'
        for node in classes
        if any(name_of(one) == base for one in node.bases)
    )


def application_written(name: str) -> list[str] | None:
    """Return what to write for what a program gives to `ASGIApp(sio, app, static_files={…})`, a line for each.

    None for a program that does not call it.
    """
    calls = [call for call in calls_in(program()) if name_of(call.func) == name]
    if not calls:
        return None
    words = {word.arg: word.value for call in calls for word in call.keywords if word.arg is not None}
    lines = _static(words["static_files"]) if "static_files" in words else []
    if path := words.get("socketio_path", words.get("engineio_path")):
        value = value_of(path)
        text = value if isinstance(value, Code) else f'"/{str(value).strip("/")}/"'
        lines.append(f'sessions={{"path": {text}}} in ls.serve() for socketio_path={ast.unparse(path)}')
    if "other_asgi_app" in words or "wsgi_app" in words or any(len(call.args) > 1 for call in calls):
        lines.append("@server.get(path) above def page(request): … for each page of the other app")
    return lines


def _static(node: ast.expr) -> list[str]:
    """Return what to write for each path of `static_files={"/static": "./public", "/": "index.html"}`."""
    pairs = zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else []
    known = [(value_of(path), value_of(file)) for path, file in pairs if path is not None]
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


def refusal_written(name: str) -> str:
    """Return how a page refuses as the program does with `abort(400, "why")` or `HTTPException(404, "why")`, or ""."""
    call = next((call for call in calls_in(program()) if name_of(call.func) == name), None)
    words = {word.arg: word.value for word in call.keywords} if call is not None else {}
    places = call.args if call is not None else []
    status = words.get("status_code", words.get("code", places[0] if places else None))
    why = words.get("detail", words.get("description", places[1] if len(places) > 1 else None))
    if status is None:
        return ""
    text = ast.unparse(why) if why is not None else "''"
    text = f'{{"detail": {text}}}' if why is not None and name == "HTTPException" else text
    number = re.search(r"HTTP_(\d{3})", ast.unparse(status))  # status.HTTP_404_NOT_FOUND
    more = f", headers={ast.unparse(words['headers'])}" if "headers" in words else ""
    return f"return ls.Response({text}, status={number[1] if number else ast.unparse(status)}{more})"
