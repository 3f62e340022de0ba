"""The watchdog: run a learner's code in a thread of its own, and always come back.

    call ──► thread "livesock check"  ──► outcomes, one for each call
                 │ deadline over: an exception is thrown into it, again and again
                 ├─► it ends                        STOPPED: a loop that ran forever
                 └─► it does not hear               ABANDONED: it sleeps or waits; the thread stays behind

While it runs, what that thread prints is kept and cut, and `exit()` is an exception like any other.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from time import monotonic
from typing import Any, TextIO

from livesock.learn.checking.guard import descendants, harmless, unpatched
from livesock.learn.checking.outcome import Endless, Outcome, unwritten

__all__ = ["DEADLINE", "NAME", "Ending", "Run", "attempt", "run"]

DEADLINE = 5.0
"""Seconds that all calls of one check may take together."""

GRACE = 1.0
"""Seconds in which a thread may stop after it was asked to."""

SLOWEST = 4.0
"""How many times longer than alone a check may take on a busy machine, at most."""

KEPT = 2000
"""Characters of what the learner's code prints that are kept; the rest is counted."""

NAME = "livesock check"
"""The name of the thread in which a learner's code runs."""

ONE_AT_A_TIME = threading.Lock()
"""Held while a learner's code runs: two checks would take each other's sys.stdout for the notebook's."""


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
    seconds: float = DEADLINE
    """How long all calls might have taken together."""


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

    On a busy machine the time is longer: what is slow there may still be right.

    A call returns an `Outcome` or raises anything. `namespace` is where the learner's code finds its names.
    """
    outcomes: list[Outcome] = []
    over = threading.Event()
    seconds = deadline * slowness()
    with (
        ONE_AT_A_TIME,
        caught() as catcher,
        harmless(namespace or {}),
        unpatched() as restore,
        descendants(NAME) as started,
    ):

        def work() -> None:
            catcher.thread = threading.get_ident()
            work_off(calls, outcomes, over, restore)

        thread = threading.Thread(target=work, name=NAME, daemon=True)
        thread.start()
        ending = await_end(thread, over, seconds, interrupted or threading.Event(), restore)
    done = list(outcomes)
    if ending is not Ending.DONE and not (done and done[-1].is_endless):
        done.append(Outcome(error=Endless()))
    others = [other for other in started if other.is_alive()]
    for other in others if ending is not Ending.DONE else ():
        throw(SystemExit, other)  # it may be what took all the time; SystemExit ends a thread in silence
    return Run(done, ending, catcher.kept, catcher.lost, sorted(other.name for other in others), seconds)


def slowness() -> float:
    """Return how many programs want each core now, 1 to `SLOWEST`: a check takes so many times longer than alone."""
    try:
        busy = os.getloadavg()[0] / (os.cpu_count() or 1)
    except (AttributeError, OSError):  # Windows does not count them
        busy = 1.0
    return min(SLOWEST, max(1.0, busy))


def work_off(
    calls: Sequence[Callable[[], Outcome]], outcomes: list[Outcome], over: threading.Event, restore: Callable[[], None]
) -> None:
    """Make the calls and append what comes of them, until it is over or the first one is a stub."""
    try:
        for call in calls:
            if over.is_set():
                return
            outcomes.append(attempt(call))
            restore()
            if unwritten(outcomes[0].error):
                return  # a stub: the other calls have nothing to add
    except Endless:
        pass  # the stop came between two calls


def await_end(
    thread: threading.Thread,
    over: threading.Event,
    seconds: float,
    interrupted: threading.Event,
    restore: Callable[[], None],
) -> Ending:
    """Wait until the thread has ended, the time is over, or the learner interrupts; return how it ended."""
    deadline = monotonic() + seconds
    ending = Ending.DONE
    try:
        while thread.is_alive() and not interrupted.is_set() and (left := deadline - monotonic()) > 0:
            thread.join(left if left < 0.1 else 0.1)
            restore()
    finally:  # a KeyboardInterrupt must leave nothing behind that goes on forever
        over.set()
        if thread.is_alive():
            ending = stop(thread)
    return ending


def attempt(call: Callable[[], Outcome]) -> Outcome:
    """Return what the call returns; whatever it raises, also SystemExit, is an outcome too."""
    try:
        return call()
    except BaseException as error:
        return Outcome(error=error, text=written(error))


def written(error: BaseException) -> str:
    """Return the text of an exception, "" if its own code does not return one."""
    try:
        return str.__str__(str(error))
    except Endless:
        raise
    except BaseException:  # a learner's own __str__
        return ""


def stop(thread: threading.Thread) -> Ending:
    """Throw `Endless` into the thread until it ends, or until it is clear that it does not hear."""
    deadline = monotonic() + GRACE
    while thread.is_alive() and monotonic() < deadline:
        throw(Endless, thread)
        thread.join(0.05)  # code that catches everything is asked again
    return Ending.ABANDONED if thread.is_alive() else Ending.STOPPED


def throw(error: type[BaseException], thread: threading.Thread) -> None:
    """Let `thread` raise `error` as soon as it runs Python code again."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(error))


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
