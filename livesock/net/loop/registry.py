"""What runs in this process, by name: the one place that remembers servers, clients and simulators.

`livesock.serve("chat")` looks here for a server of that name, and stops it before the new one takes its port.

Running a cell again must replace what the cell started before, even after `%autoreload` has made new classes of
everything. So the registry is keyed by strings, survives a reload of this module, and needs nothing of its entries
but `stop()`. It holds strong references: a server lives until it is stopped, even if its variable is lost.
"""

from __future__ import annotations

import atexit
import inspect
import os
import sys
import threading
import time
from typing import Any, Protocol

from livesock.advice.spelled import caller
from livesock.net.loop.habits import warn

__all__ = ["Stoppable", "forget", "identity", "put", "running", "stop_everything", "warn_of_namesake"]


SHARING = ("server", "client", "netsim")
"""Kinds of entries that share the time when all are stopped. A Jupyter server needs more, a view draws once more."""

STOP_TIMEOUT = 1.0
"""Seconds that they share."""

LEAST = 0.1
"""Seconds that each of them gets in any case, for its farewells."""


class Stoppable(Protocol):
    """Something that runs in the background until it is stopped."""

    @property
    def port(self) -> int:
        """The TCP port it listens on."""

    def stop(self, timeout: float = 1.0) -> None:
        """End it within `timeout` seconds."""


_entries: dict[tuple[str, str], Any] = globals().get("_entries", {})
_lock: threading.RLock = globals().get("_lock", threading.RLock())
_hooked: bool = globals().get("_hooked", False)


def put(kind: str, name: str, entry: Stoppable) -> None:
    """Remember `entry` as the running `kind` ("server", "netsim") of this `name`, in place of any other."""
    global _hooked
    with _lock:
        _entries[kind, name] = entry
        if not _hooked:
            atexit.register(_at_exit)
            if hasattr(os, "register_at_fork"):
                os.register_at_fork(after_in_child=_leave_to_parent)
            _hooked = True


def forget(kind: str, name: str, entry: object) -> None:
    """Forget `entry`; do nothing if the name belongs to another one by now."""
    with _lock:
        if _entries.get((kind, name)) is entry:
            del _entries[kind, name]


def running(kind: str) -> dict[str, Any]:
    """Return the running entries of one kind by name, oldest first (a copy)."""
    with _lock:
        return {name: entry for (k, name), entry in _entries.items() if k == kind}


def stop_everything() -> None:
    """Stop every entry, the newest first; each has a bounded stop, and one that fails does not prevent the others.

    Those whose handlers may hang share a second: each may take its part of what is left, and `LEAST` in any case.
    """
    with _lock:
        entries = list(_entries.items())
    left, waiting = STOP_TIMEOUT, sum(kind in SHARING for (kind, _), _ in entries)
    for (kind, _), entry in reversed(entries):
        began = time.monotonic()
        try:
            entry.stop(max(LEAST, left / waiting)) if kind in SHARING else entry.stop()
        except Exception as exc:  # a simulator of an old class, half torn down: the others still need their turn
            import logging

            logging.getLogger("livesock.registry").debug("= %r did not stop: %r", entry, exc)
        if kind in SHARING:
            left, waiting = left - (time.monotonic() - began), waiting - 1


def _at_exit() -> None:
    """Stop everything, and say so of a server that a script has made for others and did not run."""
    for name, entry in running("server").items():
        if getattr(entry, "_left_alone", bool)():
            end = f"livesock: the script has ended, and its server {f'{name!r} ' * (name != 'notebook')}with it"
            names = [name for name, value in vars(sys.modules["__main__"]).items() if value is entry]
            variable = "server" if "server" in names else [*names, "server"][0]
            print(f"{end}: write {variable}.run() as its last line", file=sys.stderr)
    stop_everything()


def identity(function: Any) -> object:
    """Return what two versions of one function have in common, so that a cell that runs again replaces the older one.

    It is the function's name. A lambda has none: there it is the code itself.
    """
    name: str | None = getattr(function, "__qualname__", None)
    return getattr(function, "__code__", function) if name is not None and name.endswith("<lambda>") else name


def warn_of_namesake(old: Any, new: Any) -> None:
    """Warn if `new` takes the place of `old`, and the code that registers both has two functions of this name."""
    before, now = (getattr(inspect.unwrap(one), "__code__", None) for one in (old, new))
    there = caller().f_code.co_consts
    if before is not None and before is not now and all(any(code is one for one in there) for code in (before, now)):
        name = str(identity(new)).rpartition(".")[2]
        line = before.co_firstlineno
        warn(f"this {name} takes the place of the {name} of line {line}: give each a name of its own, and both run")


def _leave_to_parent() -> None:
    """In a forked child: close the copies of the listening sockets, so that only the parent accepts."""
    for entry in _entries.values():
        abandon = getattr(entry, "_abandon", None)
        if abandon is not None:
            abandon()
    _entries.clear()
