"""`pages_below`: the pages of a program that the error of the first one speaks of, too: each would take a run."""

from __future__ import annotations
import __future__

import ast
import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from livesock.advice.instead import instead, known_as
from livesock.advice.spelled import caller
from livesock.advice.written import Code, is_literal, tree_of
from livesock.net.http.habits import PAGE, ROUTE

__all__ = ["UNKNOWN", "Function", "pages_below", "pages_in", "stand_in", "stub"]

Function = ast.FunctionDef | ast.AsyncFunctionDef

Write = Callable[[Callable[..., Any], str, str, str, bool], str]
"""Returns how a handler is written, of itself, its path, the name of its one argument, its first line, and whether it
has a body; "" for one that is right as it stands."""


def pages_below(handler: Callable[..., Any], write: Write) -> str:
    """Return what to `write` for the pages and raw routes below `handler` in the code that has led here."""
    frame = caller()
    tree = tree_of(frame)
    begin = getattr(getattr(handler, "__code__", None), "co_firstlineno", None)
    if tree is None or begin is None:
        return ""
    names = {**frame.f_globals, **frame.f_locals}
    names |= {one.name: stand_in(one) for one in ast.walk(tree) if isinstance(one, ast.ClassDef) and one.lineno > begin}
    return "".join(f"\n  {line}" for line in pages_in(tree, names, write, "below it write ", begin))


def pages_in(tree: ast.Module, names: dict[str, Any], write: Write, head: str, begin: int = 0) -> list[str]:
    """Return what to `write` for the pages and raw routes below the line `begin`, each behind the same words.

    `names` are those that their parameters may have.
    """
    lines = []
    for function in (node for node in ast.walk(tree) if isinstance(node, Function)):
        for mark, method, path in _routes(function, begin):
            name = "ws" if method == "websocket" else "request"
            first = f"{'async ' * isinstance(function, ast.AsyncFunctionDef)}def {function.name}({name}): …"
            made = stub(function, names)
            better = write(made, path, name, first, method != "get") if made is not None else ""
            options = list(_options(mark, ROUTE if name == "ws" else PAGE))
            if better or options:
                lines.append("\n    ".join([(better or first).replace("\n", "\n  "), *options]))
    told = list(dict.fromkeys(lines))
    more = [f"and so on for {len(told) - MOST} more"] if len(told) > MOST else []
    return [*(f"{head}{line}" for line in told[:MOST]), *more]


MOST = 20
"""Pages that one error speaks of."""


_MAKES = ("get", "post", "put", "patch", "delete", "websocket")
"""Decorators of pages and raw routes."""


def _options(mark: ast.Call, habits: Mapping[str, str]) -> Iterator[str]:
    """Yield what to write for the options of a decorator that other libraries have."""
    for word in mark.keywords:
        if word.arg is not None and known_as(word.arg, habits) is not None:
            code = re.sub(r"^(\w+\.)*HTTP_(\d{3})_\w+$", r"\2", ast.unparse(word.value))  # status.HTTP_201_CREATED
            yield instead(word.arg, habits, (), ast.literal_eval(code) if is_literal(code) else Code(code))


def _routes(function: Function, begin: int) -> Iterator[tuple[ast.Call, str, str]]:
    """Yield each decorator below a line that makes a page or a raw route of a function, with its method and path."""
    for mark in function.decorator_list:
        if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Attribute) and mark.func.attr in _MAKES:
            path = mark.args[0].value if mark.args and isinstance(mark.args[0], ast.Constant) else None
            if isinstance(path, str) and mark.lineno > begin:
                yield mark, mark.func.attr, path


UNKNOWN = object()
"""Stands for a class that is not defined yet, and whose kind is not known."""


def stand_in(node: ast.ClassDef) -> object:
    """Return a class for one that is not defined yet: a dataclass, or a model of pydantic."""
    marks = {ast.unparse(mark.func if isinstance(mark, ast.Call) else mark) for mark in node.decorator_list}
    if marks & {"dataclass", "dataclasses.dataclass"}:
        return dataclasses.make_dataclass(node.name, [])
    is_model = any(ast.unparse(base).rpartition(".")[2] == "BaseModel" for base in node.bases)
    return type(node.name, (), {"model_fields": {}}) if is_model else UNKNOWN


def stub(function: Function, names: dict[str, Any]) -> Callable[..., Any] | None:
    """Return a function with the same parameters, made of code that has not run yet; None if that is not known.

    Its annotations stay texts, which stand for what has these names by now. Defaults are values as they are written.
    """
    listed = function.args
    defaults = [one for one in (*listed.defaults, *listed.kw_defaults) if one is not None]
    kinds = [one.annotation for one in (*listed.posonlyargs, *listed.args, *listed.kwonlyargs) if one.annotation]
    used = {name.id for kind in kinds for name in ast.walk(kind) if isinstance(name, ast.Name)}
    if any(names.get(name) is UNKNOWN for name in used) or not all(_is_made(one, names) for one in defaults):
        return None
    kind = "async def" if isinstance(function, ast.AsyncFunctionDef) else "def"
    body = "yield" if any(isinstance(one, ast.Yield) for one in ast.walk(function)) else "..."
    head = ast.parse(f"{kind} {function.name}({ast.unparse(listed)}): {body}")
    code = compile(head, "<page>", "exec", __future__.annotations.compiler_flag, dont_inherit=True)
    made = dict(names)
    exec(code, made)
    found: Callable[..., Any] = made[function.name]
    return found


def _is_made(default: ast.expr, names: Mapping[str, Any]) -> bool:
    """Return whether a default can be made without the program: a value as it is written, or a mark of FastAPI."""
    called = names.get(ast.unparse(default.func)) if isinstance(default, ast.Call) else None
    return is_literal(ast.unparse(default)) or getattr(called, "__module__", "").partition(".")[0] == "fastapi"
