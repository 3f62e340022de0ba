"""`routes_written`: how the pages and raw routes of a program are written here, before it has what it wants to import.

def user(token: str = Header()): …                 headers, queries and paths are in the request
@app.get("/me")                                    async def me(request): …, and in it
async def me(user: Annotated[str, Depends(user)])      user = user(request.headers['token'])

`livesock.net.http.asked` reads functions; these are made of the code, with a stand-in for each name of FastAPI.
"""

from __future__ import annotations

import ast
import builtins
import sys
import typing
from collections.abc import Iterator
from typing import Any

from livesock.foreign.program import calls_in, name_of, program
from livesock.net.http.asked.below import UNKNOWN, Function, pages_in, stand_in, stub
from livesock.net.http.asked.one_parameter import written_so

__all__ = ["depends_written", "routes_written"]


def routes_written() -> list[str]:
    """Return what to write for each page and raw route of the program, none for those that are right as they stand."""
    tree = program()
    names = dict(_imported(tree))
    pages: list[ast.stmt] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            names[node.name] = _class(node, names)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            names[node.targets[0].id] = _assigned(node.value, names)
        elif isinstance(node, Function):
            is_clear = all(names.get(name, UNKNOWN) is not UNKNOWN or hasattr(builtins, name) for name in _needs(node))
            pages += [node] if is_clear else []
            names[node.name] = (_made(node, names) or UNKNOWN) if is_clear else UNKNOWN
    return pages_in(ast.Module(pages, []), names, written_so, "write ")


def depends_written() -> bool:
    """Return whether the lines of the pages call all that the program's pages depend on."""
    text = "\n".join(routes_written())
    calls = [call for call in calls_in(program()) if name_of(call.func) in ("Depends", "Security")]
    return bool(calls) and all(ast.unparse(one) in text for call in calls for one in call.args)


def _imported(tree: ast.Module) -> Iterator[tuple[str, Any]]:
    """Yield the names that a program imports: those of `typing`, what has been imported, and a stand-in for others."""
    for node in ast.walk(tree):
        for one in node.names if isinstance(node, ast.Import | ast.ImportFrom) else ():
            name = one.asname or one.name
            if isinstance(node, ast.ImportFrom) and node.module in ("typing", "typing_extensions"):
                yield name, getattr(typing, one.name, UNKNOWN)
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("livesock"):
                yield name, _mark(one.name)
            else:
                module = node.module if isinstance(node, ast.ImportFrom) else one.name
                found = sys.modules.get(module or "")
                yield name, getattr(found, one.name, UNKNOWN) if isinstance(node, ast.ImportFrom) else found


def _mark(name: str) -> type:
    """Return a class that keeps what FastAPI's class of this name would: what it depends on, a default, an alias."""

    def made(self: Any, first: Any = ..., *, alias: str | None = None, default: Any = ..., **_: Any) -> None:
        if name in ("Depends", "Security"):
            self.dependency = None if first is ... else first
        else:
            self.default, self.alias = default if first is ... else first, alias

    return type(name, (), {"__module__": "fastapi", "__init__": made})


def _class(node: ast.ClassDef, names: dict[str, Any]) -> Any:
    """Return a class that stands for one of the program: a model, or one that is made with the same parameters."""
    made = stand_in(node)
    begins = [one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"]
    begin = _made(begins[0], names) if made is UNKNOWN and begins else None
    return type(node.name, (), {"__init__": begin}) if begin is not None else made


def _assigned(value: ast.expr, names: dict[str, Any]) -> Any:
    """Return what a program calls `Annotated[Session, Depends(session)]`, or its scheme `OAuth2PasswordBearer(…)`."""
    if isinstance(value, ast.Subscript) or (isinstance(value, ast.Call) and name_of(value.func) == _SCHEME):
        try:
            return eval(ast.unparse(value), dict(names))
        except Exception:  # it needs what the program makes at run time
            return UNKNOWN
    return UNKNOWN


_SCHEME = "OAuth2PasswordBearer"


def _made(function: Function, names: dict[str, Any]) -> Any:
    try:
        return stub(function, names)
    except Exception:  # its parameters need what the program makes at run time
        return None


def _needs(function: Function) -> set[str]:
    """Return the names that the parameters of a function need, with those in annotations that are texts."""
    listed = function.args
    parts = [one.annotation for one in (*listed.posonlyargs, *listed.args, *listed.kwonlyargs) if one.annotation]
    parts += [one for one in (*listed.defaults, *listed.kw_defaults) if one is not None]
    return {name.id for part in parts for name in ast.walk(part) if isinstance(name, ast.Name)}
