"""`refuse_loop_objects`: a handler that wakes a coroutine by asyncio's Event, Queue, Future or Semaphore.

    done = asyncio.Event()

    @point.on("news")
    def news(text):
        done.set()                 runs on a thread of its own, and `await done.wait()` would sleep on, without a word

A handler's code is read for `name.method`, and the name is looked up as Python would. One that names
`call_soon_threadsafe` or `run_coroutine_threadsafe` knows what it does.
"""

from __future__ import annotations

import asyncio
import dis
import inspect
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import CodeType, FunctionType

from livesock.advice.spelled import caller, spelled

__all__ = ["refuse_loop_objects", "sentences_for"]

_WAKES: list[tuple[type, frozenset[str]]] = [
    (asyncio.Event, frozenset({"set"})),
    (asyncio.Queue, frozenset({"put", "put_nowait"})),
    (asyncio.Future, frozenset({"set_result", "set_exception", "cancel"})),
    (asyncio.Semaphore, frozenset({"release"})),
]
_METHODS = frozenset[str]().union(*(methods for _, methods in _WAKES))
_KNOWING = {"call_soon_threadsafe", "run_coroutine_threadsafe"}
_GLOBAL, _DEREF, _FAST = "LOAD_GLOBAL", "LOAD_DEREF", "LOAD_FAST"
_NONE = object()

Read = tuple[str, tuple[str, ...], bool]
"""How a variable is loaded, its name and the attributes behind it, and whether an inner function reads it."""


def refuse_loop_objects(handler: object) -> None:
    """Raise `TypeError` if a handler calls what wakes a coroutine on its own loop alone."""
    if found := sentences_for(handler):
        raise TypeError(spelled("\n    ".join(found)))


def sentences_for(handler: object) -> list[str]:
    """Return what is wrong, and what to write, a line for each: nothing if nothing is."""
    owner, function = getattr(handler, "__self__", _NONE), getattr(handler, "__func__", handler)
    found: dict[str, tuple[str, object]] = {}
    if _wakes(owner, method := getattr(handler, "__name__", "")):  # point.on("news", done.set)
        found[_called(owner)] = (method, owner)
        function = None
    function = inspect.unwrap(function) if callable(function) else None
    if isinstance(function, FunctionType):
        for read in _reads(function.__code__):
            *path, method = read[1]
            if _wakes(value := _value(function, owner, read), method):
                found.setdefault(".".join(path), (method, value))
    calls = " and ".join(f"{name}.{method}()" for name, (method, _) in found.items())
    lines = [f"a handler runs on a thread of its own, and no coroutine wakes from {calls} there"] if found else []
    return lines + [line for name, (method, value) in found.items() for line in _write(name, method, value)]


def _wakes(value: object, method: str) -> bool:
    return any(isinstance(value, kind) and method in methods for kind, methods in _WAKES)


def _called(value: object) -> str:
    """Return the variable in which the caller has a value."""
    frame = caller()
    return next((name for names in (frame.f_locals, frame.f_globals) for name in names if names[name] is value), "it")


def _write(name: str, method: str, value: object) -> list[str]:
    """Return what to write for an object of asyncio that the code calls `name`."""
    if isinstance(value, asyncio.Event):
        return [
            f"write {name} = threading.Event(), with import threading, and await asyncio.to_thread({name}.wait) for "
            f"await {name}.wait()",
            f"with a time limit await asyncio.to_thread({name}.wait, 5), which returns False when it is over",
        ]
    if isinstance(value, asyncio.Queue):
        kind, size = type(value).__name__, f"{value.maxsize}" if value.maxsize > 0 else ""
        return [
            f"write {name} = {kind}({size}), with from queue import {kind}, and await asyncio.to_thread({name}.get) "
            f"for await {name}.get()",
            f"with a time limit await asyncio.to_thread({name}.get, True, 5), which raises queue.Empty",
        ]
    if isinstance(value, asyncio.Semaphore):
        return [
            f"write {name} = threading.Semaphore({value._value}), with import threading, and "
            f"await asyncio.to_thread({name}.acquire) for await {name}.acquire()"
        ]
    arguments = "" if method == "cancel" else ", …"
    return [f"write {name}.get_loop().call_soon_threadsafe({name}.{method}{arguments}) for {name}.{method}(…)"]


def _value(function: FunctionType, owner: object, read: Read) -> object:
    """Return what a handler reads; a value of no interest if that is not known before it runs."""
    how, (name, *attributes), is_inner = read
    code = function.__code__
    first = {code.co_varnames[0]: owner} if owner is not _NONE and code.co_argcount else {}
    closure = dict(zip(code.co_freevars, function.__closure__ or (), strict=True))
    value: object = _NONE
    if how == _GLOBAL:
        value = function.__globals__.get(name, _NONE)
    elif name in first and (how == _DEREF or not is_inner):
        value = first[name]
    elif how == _DEREF and name in closure:
        try:
            value = closure[name].cell_contents
        except ValueError:  # defined below the handler
            return _NONE
    for attribute in attributes[:-1]:
        fields = getattr(value, "__dict__", None)  # no property runs
        value = fields.get(attribute, _NONE) if isinstance(fields, Mapping) else _NONE
    return value


@lru_cache(maxsize=1000)
def _reads(code: CodeType) -> tuple[Read, ...]:
    """Return what a function, and those that stand in it, read that may wake a coroutine; few do."""
    codes = [(code, False), *((inner, True) for inner in _inner(code))]
    if any(name in _KNOWING for one, _ in codes for name in one.co_names):
        return ()
    return tuple(read for one, is_inner in codes for read in _paths(one, is_inner) if read[1][-1] in _METHODS)


def _inner(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _inner(constant)


def _paths(code: CodeType, is_inner: bool) -> Iterator[Read]:
    """Yield each `variable.attribute…` that is read."""
    how, path = "", tuple[str, ...]()
    for step in dis.get_instructions(code):
        if step.opname.startswith((_GLOBAL, _DEREF, _FAST, "LOAD_NAME")):
            how = next((one for one in (_DEREF, _FAST) if step.opname.startswith(one)), _GLOBAL)
            # Python 3.13 loads two variables in one step.
            path = (step.argval[-1] if isinstance(step.argval, tuple) else step.argval,)
        elif step.opname in ("LOAD_ATTR", "LOAD_METHOD") and path:
            path = (*path, step.argval)
            yield how, path, is_inner
        elif step.opname not in ("CACHE", "EXTENDED_ARG", "PUSH_NULL"):
            path = ()
