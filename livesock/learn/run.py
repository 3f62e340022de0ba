"""The watchdog: run a learner's code in a thread of its own, and always come back.

    call ──► thread "livesock check"  ──► outcomes, one for each call
                 │ deadline over: an exception is thrown into it, again and again
                 ├─► it ends                        STOPPED: a loop that ran for ever
                 └─► it does not hear               ABANDONED: it sleeps or waits; the thread stays behind

While it runs, what that thread prints is kept and cut, and `exit()` is an exception like any other.
"""

from __future__ import annotations

import ctypes
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any, TextIO

from livesock.learn.outcome import Endless, Outcome

__all__ = ["DEADLINE", "Ending", "Run", "run"]

DEADLINE = 5.0
"""Seconds that all calls of one check may take together."""

GRACE = 1.0
"""Seconds in which a thread that was told to stop may do so."""

KEPT = 2000
"""Characters of what the learner's code prints that are kept; the rest is counted."""


OURS = "livesock.learn"
"""The package whose modules a check relies on."""


class Ending(Enum):
    """How the thread ended."""

    DONE = "done"
    STOPPED = "stopped"
    ABANDONED = "abandoned"


@dataclass(frozen=True)
class Run:
    """What came of the calls. There are fewer outcomes than calls when one did not return; the last one says so."""

    outcomes: Sequence[Outcome]
    ending: Ending
    printed: str
    """The first characters of what was printed."""
    unprinted: int
    """How many more there were."""
    threads: Sequence[str]
    """Names of threads that the code has started and left running."""


class Catcher:
    """Stands in for sys.stdout: keeps what one thread writes, hands on what the others write.

    One with a `master` keeps it there, so that stdout and stderr stay in order.
    """

    def __init__(self, real: TextIO, master: Catcher | None = None) -> None:
        self.real = real
        self.master = master
        self.thread = 0
        self.kept = ""
        self.lost = 0

    def write(self, text: str) -> int:
        master = self.master or self
        if threading.get_ident() != master.thread:
            return self.real.write(text)
        return master.keep(text)

    def keep(self, text: str) -> int:
        room = KEPT - len(self.kept)
        self.kept += text[:room]
        self.lost += len(text[room:])
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


def run(
    calls: Sequence[Callable[[], Outcome]],
    namespace: dict[str, Any] | None = None,
    deadline: float = DEADLINE,
    interrupted: threading.Event | None = None,
) -> Run:
    """Make the calls one after the other in a thread, for `deadline` seconds at most or until `interrupted` is set.

    A call returns an `Outcome` or raises anything. `namespace` is where the learner's code finds its names.
    """
    outcomes: list[Outcome] = []
    over = threading.Event()
    before = set(threading.enumerate())
    with caught() as catcher, harmless_exit(namespace or {}), unpatched():

        def work() -> None:
            catcher.thread = threading.get_ident()
            try:
                for call in calls:
                    if over.is_set():
                        return
                    outcomes.append(attempt(call))
                    if isinstance(outcomes[0].error, NotImplementedError):
                        return  # a stub: the other calls have nothing to add
            except Endless:
                pass  # the stop came between two calls

        thread = threading.Thread(target=work, name="livesock check", daemon=True)
        thread.start()
        ending = await_end(thread, over, deadline, interrupted or threading.Event())
    done = list(outcomes)
    if ending is not Ending.DONE and not (done and done[-1].is_endless):
        done.append(Outcome(error=Endless()))
    others = {t for t in set(threading.enumerate()) - before if t is not thread and t.is_alive()}
    return Run(done, ending, catcher.kept, catcher.lost, sorted(t.name for t in others))


def await_end(thread: threading.Thread, over: threading.Event, seconds: float, interrupted: threading.Event) -> Ending:
    """Wait until the thread has ended, the time is over, or somebody interrupts; return how it ended."""
    deadline = time.monotonic() + seconds
    ending = Ending.DONE
    try:
        while thread.is_alive() and not interrupted.is_set() and (left := deadline - time.monotonic()) > 0:
            thread.join(min(left, 0.1))
    finally:  # a KeyboardInterrupt must leave nothing behind that goes on for ever
        over.set()
        if thread.is_alive():
            ending = stop(thread)
    return ending


def attempt(call: Callable[[], Outcome]) -> Outcome:
    """Return what the call returns; whatever it raises, also SystemExit, is an outcome too."""
    try:
        return call()
    except BaseException as error:
        return Outcome(error=error)


def stop(thread: threading.Thread) -> Ending:
    """Throw `Endless` into the thread until it ends, or until it is clear that it does not hear."""
    deadline = time.monotonic() + GRACE
    while thread.is_alive() and time.monotonic() < deadline:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(Endless))
        thread.join(0.05)  # code that catches everything is told again
    return Ending.ABANDONED if thread.is_alive() else Ending.STOPPED


@contextmanager
def caught() -> Iterator[Catcher]:
    """Put a `Catcher` in the place of sys.stdout and sys.stderr."""
    real, errors = sys.stdout, sys.stderr
    catcher = Catcher(real)
    sys.stdout, sys.stderr = catcher, Catcher(errors, catcher)
    try:
        yield catcher
    finally:
        sys.stdout, sys.stderr = real, errors


@contextmanager
def harmless_exit(namespace: dict[str, Any]) -> Iterator[None]:
    """Replace a notebook's `exit` and `quit`, which end the kernel, by functions that raise SystemExit."""

    def leave(*args: Any) -> None:
        raise SystemExit(*args)

    before: dict[str, Any] = {name: namespace[name] for name in ("exit", "quit") if name in namespace}
    namespace.update(dict.fromkeys(before, leave))
    try:
        yield
    finally:
        namespace.update(before)


@contextmanager
def unpatched() -> Iterator[None]:
    """Give the checker's own modules back the names that the learner's code has bound anew in them."""
    modules = [
        m for name in ("checker", "diff", "outcome", "report", "run") if (m := sys.modules.get(f"{OURS}.{name}"))
    ]
    before = [dict(vars(module)) for module in modules]
    try:
        yield
    finally:
        for module, names in zip(modules, before, strict=True):
            vars(module).update(names)
