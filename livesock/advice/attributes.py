"""`no_attribute`: what to write instead of all attributes of other libraries that the code uses on one object.

    async def talk(websocket):
        await websocket.accept()                      raises here, and speaks of receive_text and send_text as well
        text = await websocket.receive_text()
        await websocket.send_text(text)

Only an error asks, when the first of them is missing: what never runs is never refused.
"""

from __future__ import annotations

import dis
import inspect
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from types import CodeType, FrameType, TracebackType
from typing import NoReturn, TypeVar

from livesock.advice.spelled import is_ours, spelled

__all__ = ["by_its_name", "no_attribute", "unchanging", "used_with"]

T = TypeVar("T")

_VARIABLES = ("LOAD_FAST", "LOAD_DEREF", "LOAD_GLOBAL", "LOAD_NAME")
_NONE = object()


def no_attribute(
    owner: object,
    what: str,
    name: str,
    sentence: str,
    known: Callable[[str], str | None],
    called: str = "",
    place: TracebackType | None = None,
) -> str:
    """Return that `what` has no attribute `name`, and what to write instead: `sentence`, with "" for nothing.

    The other attributes that the code uses and `owner` has not get a line each, if `known` returns a sentence for
    them. What `sentence` itself speaks of, as `send_text(x) is …`, needs none. The sentences call the owner `called`;
    the answer calls it as the code does. The code is what has led here, or what Python's own error came through, if
    `place` is its traceback.
    """
    frames = _callers() if place is None else [frame for frame, _ in traceback.walk_tb(place)][::-1]
    variable, used = _used_with(owner, name, _of_the_user(frames))
    sentences: dict[str, list[str]] = {}
    for other in [name, *used] if sentence else ():
        is_said = re.search(rf"\b{re.escape(other)}\(", sentence)
        write = sentence if other == name else "" if is_said else known(other) or ""
        if other not in (others := sentences.setdefault(write, [])):
            others.append(other)
    sentences.pop("", None)
    if sum(map(len, sentences.values())) < 2:
        text = f"{what} has no attribute {name!r}{f': {sentence}' if sentence else ''}"
    else:
        lines = (f"{', '.join(others)}: {write}" for write, others in sentences.items())
        text = "\n  ".join([f"{what} has none of these attributes:", *lines])
    return _named(called, variable, text) if variable and called else text


def by_its_name(exc: Exception, arguments: tuple[object, ...]) -> None:
    """Let the words of an error call the object whose method has raised it as the code does that calls the method."""
    called = getattr(type(arguments[0]), "_called", "") if arguments else ""
    if called and len(exc.args) == 1 and f"{called}." in str(exc.args[0]):
        frames = _of_the_user(_callers())
        variable = next((name for frame in frames for name in _variables(frame, arguments[0]) if name != "self"), "")
        exc.args = (_named(called, variable, str(exc.args[0])),) if variable else exc.args


def used_with(owner: object, name: str) -> list[str]:
    """Return what the code that has led here reads from `owner`, as it reads `name`, and what is not there yet."""
    return _used_with(owner, name, _of_the_user(_callers()))[1]


def unchanging(say: Callable[[str, object], str]) -> Callable[[type[T]], type[T]]:
    """Return a decorator for a frozen dataclass with slots: to set an attribute raises what `say(name, value)` returns.

    The `__setattr__` of dataclasses fails itself there, with "super(type, obj): obj must be an instance".
    """

    def decorate(cls: type[T]) -> type[T]:
        def refuse(_: T, name: str, value: object) -> NoReturn:
            raise AttributeError(spelled(say(name, value)), name=name)

        cls.__setattr__ = refuse  # type: ignore[method-assign, assignment]
        return cls

    return decorate


def _named(called: str, variable: str, text: str) -> str:
    return re.sub(rf"(?<![\w.]){called}(?=\.[a-z]|: …)|(?<=\bstr\(){called}(?=\))", variable, text)


def _used_with(owner: object, name: str, frames: Iterable[FrameType]) -> tuple[str, list[str]]:
    """Return the variable by which the code that has led here reads `name` from `owner`, and what else it reads.

    That is the nearest function outside of this package, and those that called it with the same object. Only what
    `owner` does not have counts. The variable is "" where it is not known.
    """
    called, found = "", list[str]()
    for frame in frames:
        for variable in _variables(frame, owner):
            read = list(_read_from(frame.f_code, variable))
            called = called or (variable if name in read else "")
            found += read
    return called, [one for one in dict.fromkeys(found) if inspect.getattr_static(owner, one, _NONE) is _NONE]


def _callers() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        yield frame
        frame = frame.f_back


def _of_the_user(frames: Iterable[FrameType]) -> Iterator[FrameType]:
    """Yield the frames outside of this package, from the nearest to the one that this package has called."""
    has_begun = False
    for frame in frames:
        if is_ours(frame) and has_begun:
            return
        if not is_ours(frame):
            has_begun = True
            yield frame


def _variables(frame: FrameType, owner: object) -> list[str]:
    local = [name for name, value in [*frame.f_locals.items()] if value is owner]
    return local or [name for name in frame.f_code.co_names if frame.f_globals.get(name) is owner]


def _read_from(code: CodeType, variable: str) -> Iterator[str]:
    """Yield the attributes that a function, and those that stand in it, read from a variable."""
    before = None
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_ATTR", "LOAD_METHOD") and before == variable:
            yield step.argval
        is_variable = step.opname.startswith(_VARIABLES)
        before = step.argval if is_variable else before if step.opname in ("CACHE", "EXTENDED_ARG") else None
        before = before[-1] if isinstance(before, tuple) else before  # Python 3.13 loads two variables in one step
    for inner in code.co_consts:
        if isinstance(inner, CodeType) and variable not in inner.co_varnames and variable not in inner.co_cellvars:
            yield from _read_from(inner, variable)
