"""What keeps the kernel safe from the code that a check runs.

What would end the kernel raises instead, and a name that the code replaces in a module of Python or ours comes back.
"""

from __future__ import annotations

import builtins
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from livesock.learn.checking.outcome import Asked

__all__ = ["descendants", "harmless", "unpatched"]

OURS = tuple(
    f"livesock.learn.{name}"
    for name in (
        "checking.checker",
        "checking.diff",
        "checking.guard",
        "checking.outcome",
        "checking.run",
        "show.report",
    )
)
PYTHONS = [
    "base64",
    "builtins",
    "contextlib",
    "copy",
    "copyreg",
    "hashlib",
    "inspect",
    "json",
    "json.encoder",
    "json.decoder",
    "os",
    "random",
    "re",
    "socket",
    "struct",
    "threading",
    "time",
    "traceback",
    "zlib",
]
"""Modules that the checker, or the kernel around it, relies on."""


@contextmanager
def harmless(namespace: dict[str, Any]) -> Iterator[None]:
    """Replace what ends the kernel by what raises SystemExit, and input() by what raises `Asked`.

    A notebook's own `exit` and `quit` stand in its `namespace`. A forked child may still leave as it likes.
    """
    us, really = os.getpid(), os._exit

    def leave(*args: Any) -> None:
        if os.getpid() != us:
            really(*args)
        raise SystemExit(*args)

    def ask(*args: Any) -> str:
        raise Asked

    before: list[tuple[dict[str, Any], str, Any]] = [
        (names, name, names[name])
        for names in (namespace, vars(os), vars(builtins))
        for name in ("exit", "quit", "_exit", "abort", "input")
        if name in names and not (names is namespace and name in ("_exit", "abort", "input"))
    ]
    for names, name, _ in before:
        names[name] = ask if name == "input" else leave
    try:
        yield
    finally:
        for names, name, was in before:
            names[name] = was


@contextmanager
def descendants(name: str) -> Iterator[list[threading.Thread]]:
    """Yield a list that gets each thread which the thread called `name` starts, or one that it has started."""
    started: list[threading.Thread] = []
    start = threading.Thread.start

    def noted(thread: threading.Thread) -> None:
        parent = threading.current_thread()
        if parent.name == name or parent in started:
            started.append(thread)
        start(thread)

    threading.Thread.start = noted  # type: ignore[method-assign,assignment]
    try:
        yield started
    finally:
        threading.Thread.start = start  # type: ignore[method-assign]


@contextmanager
def unpatched() -> Iterator[Callable[[], None]]:
    """Give modules back the names that the learner's code replaces: at the end, and at each call of what is yielded."""
    found: list[ModuleType] = [sys.modules[name] for name in (*PYTHONS, *OURS) if name in sys.modules]
    before = [(vars(module), dict(vars(module))) for module in found]
    depth = sys.getrecursionlimit()

    def restore() -> None:
        for names, was in before:  # needs no builtin: the code may have replaced those
            names.update(was)

    try:
        yield restore
    finally:
        restore()
        sys.setrecursionlimit(depth)
