"""Guards: functions that decide whether a handler runs. `@ls.guard` marks the handler; the place that calls it asks.

    @ls.guard(allows)               the mark stands below or above the line that registers the handler
    @server.of("/").on("move")      a place that asks: `run` looks at the mark at each call
    @server.get("/page")            a place that does not: TypeError, in either order

So a guard is asked or refused, and never passed over.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

__all__ = ["GUARD", "GUARDS", "called_by", "check_brackets", "guards_of", "mark"]

GUARD = "write @ls.guard(allows), where allows(socket, *arguments) is true or false"

GUARDS = "__livesock_guards__"
"""The attribute with the guards of a function, and with those that a class has besides those of its bases."""

_PLACE = "__livesock_place__"
"""The attribute with the id of the function that is called (a decorator copies it), and why no guard of it is asked."""


def guards_of(cls: type) -> list[Callable[..., Any]]:
    """Return the guards of a class and its bases, in the order in which they are asked."""
    return [allows for base in cls.__mro__ for allows in vars(base).get(GUARDS, ())]


def mark(thing: Any, allows: Callable[..., Any]) -> None:
    """Add a guard to a function or class; it is asked before the others.

    Raises:
        TypeError: If no guard of `thing` would be asked.
    """
    if not isinstance(thing, FunctionType | type):
        raise TypeError(f"guard() is written above a function or a class, not {type(thing).__name__}: {GUARD}")
    registered, why = vars(thing).get(_PLACE, (id(thing), ""))
    if why or registered != id(thing):  # the second: `thing` wraps the function that is called, and is never called
        raise TypeError(why or f"{thing.__name__} is registered below a decorator: write @ls.guard right above its def")
    setattr(thing, GUARDS, [allows, *vars(thing).get(GUARDS, [])])


def check_brackets(handler: object) -> None:
    """Raise `TypeError` for what `@ls.guard` without its brackets makes of a handler."""
    if getattr(handler, "__qualname__", "").startswith("guard.<locals>"):
        raise TypeError(f"guard has brackets: {GUARD}")


def called_by(place: str, handler: Any, *, write: str = "", asks: bool = False) -> None:
    """Note that `place` calls `handler` from now on; `asks` says whether it asks the guards first.

    Raises:
        TypeError: If `handler` has guards that `place` does not ask.
    """
    check_brackets(handler)
    function = getattr(handler, "__func__", handler)
    why = "" if asks else f"{place} asks no guard: {write or 'write the question as the first line of the function'}"
    if why and getattr(function, GUARDS, None):
        raise TypeError(why)
    if isinstance(function, FunctionType):  # `mark` takes no others
        registered, before = vars(function).get(_PLACE, (0, ""))
        setattr(function, _PLACE, (id(function), why or (before if registered == id(function) else "")))
