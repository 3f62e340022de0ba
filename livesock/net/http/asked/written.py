"""`pages_as_written`: pages of a program that are written as in Flask, `@app.route("/a/<int:n>", methods=["POST"])`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from livesock.advice.spelled import caller
from livesock.advice.written import definition, tree_of
from livesock.net.http.habits import NO_NUMBER

__all__ = ["ROUTES", "pages_as_written"]

ROUTES = ("route", "api_route")
"""Decorators of pages with any method."""

_METHODS = ("get", "post", "put", "patch", "delete")


def pages_as_written(server: object) -> str:
    """Return what to write for all pages of the code that has led here with `server.route`; "" if there is none."""
    frame = caller()
    tree = tree_of(frame)
    if tree is None:
        return ""
    known = {**frame.f_globals, **frame.f_locals}
    names = [name for name, value in known.items() if value is server]
    pages = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    lines = [line for page in pages for line in _lines(page, names)]
    number = re.search(r'(?:int|float)\(request\.path_params\["(\w+)"\]', "\n".join(lines))
    lines += [NO_NUMBER.format(number[1]).strip()] if number else []
    return "\n  ".join(["a page gets the request: write", *lines]) if lines else ""


def _lines(page: ast.FunctionDef | ast.AsyncFunctionDef, names: list[str]) -> Iterator[str]:
    for call in (mark for mark in page.decorator_list if isinstance(mark, ast.Call)):
        made = call.func
        if not (isinstance(made, ast.Attribute) and made.attr in ROUTES and ast.unparse(made.value) in names):
            continue
        given = call.args[0] if call.args else None
        if isinstance(given, ast.Constant) and isinstance(given.value, str):
            path, values = _path(given.value)
            marks = " above ".join(f'@{ast.unparse(made.value)}.{method}("{path}")' for method in _methods(call))
            values += ['return ls.Response(html, type="text/html")'] if _is_html(page) else []
            values += _with_status(page)
            inside = f", and in it {', '.join(values)}" if values else ""
            yield f"{marks} above {definition(page, 'request')}{inside}"


def _is_html(page: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether a page returns a part of HTML, which is sent as a text here; a whole one has a doctype."""
    values = [node.value for node in ast.walk(page) if isinstance(node, ast.Return)]
    texts = [one.values[0] if isinstance(one, ast.JoinedStr) and one.values else one for one in values]
    constants = [one.value for one in texts if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return any(re.match(r"\s*<(?!!doctype|html)[a-z]", one, re.IGNORECASE) for one in constants)


def _with_status(page: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """Yield how each `return "", 204` of a page is written here; of a body that another call makes, nothing."""
    found = sorted((node for node in ast.walk(page) if isinstance(node, ast.Return)), key=lambda node: node.lineno)
    values = [node.value for node in found]
    for body, status, *more in (one.elts for one in values if isinstance(one, ast.Tuple) and len(one.elts) in (2, 3)):
        if isinstance(body, ast.Call) and ast.unparse(body.func).endswith("jsonify"):
            pairs = ", ".join(f"{word.arg!r}: {ast.unparse(word.value)}" for word in body.keywords)
            body = body.args[0] if body.args else ast.parse(f"{{{pairs}}}", mode="eval").body
        if isinstance(status, ast.Constant) and isinstance(status.value, int) and not isinstance(body, ast.Call):
            headers = "".join(f", headers={ast.unparse(one)}" for one in more)
            yield f"return ls.Response({ast.unparse(body)}, status={status.value}{headers})"


def _methods(call: ast.Call) -> list[str]:
    words = {word.arg: ast.unparse(word.value).lower() for word in call.keywords}
    return [name for name in _METHODS if f"'{name}'" in words.get("methods", "")] or ["get"]


_PARAMETER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>|\{(?P<own>\w+)(?::(?P<of>\w+))?\}")
"""A parameter of Flask, `<int:n>`, or of FastAPI, `{n:int}`."""


def _path(path: str) -> tuple[str, list[str]]:
    """Return a path with parameters as they are written here, and the lines that read them."""
    values = []

    def part(found: re.Match[str]) -> str:
        kind, name = found["kind"] or found["of"], found["name"] or found["own"]
        value = f'request.path_params["{name}"]'
        values.append(f"{name} = {f'{kind}({value})' if kind in ('int', 'float') else value}")
        return f"{{{name}:path}}" if kind == "path" else f"{{{name}}}"

    return _PARAMETER.sub(part, path), values
