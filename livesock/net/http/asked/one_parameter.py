"""`one_parameter`: a handler gets one argument, and what other libraries give as further ones is in it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

from livesock.guards import called_by
from livesock.net.http.asked.below import pages_below
from livesock.net.http.asked.made import to_import
from livesock.net.http.asked.parameters import Parameter
from livesock.net.http.habits import what_a_page_gets

__all__ = ["one_parameter", "written_so"]


def one_parameter(handler: Callable[..., Any], path: str, name: str, write: str, *, has_body: bool = True) -> None:
    """Raise `TypeError` for a handler that cannot be called with one argument, or means something else by it.

    Flask calls a handler without any, FastAPI with the parameters of path and query, and older `websockets` with the
    path. `name` is that of the one argument; a GET `has_body` not, so that a class is made of its query. The error
    speaks of the pages below it in the same code, too.
    """
    no = "raise ls.Refused('why')" if name == "ws" else 'return ls.Response("no", status=403)'
    called_by(f'the route "{path}"', handler, write=f"write if not allows({name}): {no} in the handler")
    if wrong := _wrong(handler, path, name, write, has_body):
        what, better, more = wrong
        raise TypeError(f"{what} write {better}{more}{pages_below(handler, written_so)}")


def written_so(handler: Callable[..., Any], path: str, name: str, write: str, has_body: bool) -> str:
    """Return how a handler is written that cannot be called with one argument, "" for one that can."""
    wrong = _wrong(handler, path, name, write, has_body)
    return wrong[1] if wrong else ""


def _wrong(
    handler: Callable[..., Any], path: str, name: str, write: str, has_body: bool
) -> tuple[str, str, str] | None:
    """Return what is wrong with the parameters of a handler, how it is written, and what else there is to say."""
    try:
        signature = inspect.signature(handler)
    except (TypeError, ValueError):  # some builtins have none
        return None
    parameters = enumerate(signature.parameters.values())
    asked = [Parameter(p, handler, path, name, is_first=not n, has_body=has_body) for n, p in parameters]
    bodies = sum(one.is_body for one in asked)
    found = {one.name: one.line(value) for one in asked if (value := one.value(has_body_alone=bodies < 2))}
    own = next((one.name for one in asked if one.name not in found and one.is_called_so), name)
    if any(re.search(r"\b(await|async) ", line) for line in found.values()) and not write.startswith("async "):
        write = f"async {write}"
    between = " " if len(found) == 1 else "\n  "
    inside = f", and in it{between}{between.join(found.values())}" if found else ""
    better = re.sub(rf"(?<![\w.]){name}(?=[.),])", own, f"{to_import(found.values(), handler)}{write}{inside}")
    joint = ":" if found else ";"
    try:
        signature.bind(None)
    except TypeError:
        more = "" if found else what_a_page_gets(own, has_answer="res" in signature.parameters)
        return f"this handler takes {signature}, and is called with one argument{joint}", better, more
    if found:
        return f"a handler gets the {name}, not the value of {' and '.join(found)}{joint}", better, ""
    return None
