"""`watch`: one thread for all servers of the process, which looks ten times a second for handlers that do not return.

    loop      a turn longer than `LONG`         "tick held the loop for 2.3 s, at app.py:12"
    threads   a call longer than `SLOW`         "3 calls have not returned; the first runs for 6 s now, at app.py:30"
              that something waits for

It looks from outside: a loop that is held cannot look itself. What it finds is noted among the errors of the server.

A machine that stands still (a paused VM, a load of 15) makes the looks late as well, and that is how it is told from a
handler that holds the loop: the time by which looks came late is taken off, but for what was computed meanwhile.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from itertools import groupby

from livesock.errors import HandlerBusy, LoopHeld
from livesock.net.loop.blocking import Call, HandlerThreads
from livesock.net.loop.failures import Failures
from livesock.net.loop.places import where_it_runs
from livesock.net.loop.watchdog import LONG, Held, Watchdog

__all__ = ["SLOW", "Inspection", "StoodStill", "watch"]

SLOW = 5.0
"""Seconds after which a call of a plain handler that has not returned is an error."""

LOOK = 0.1
"""Seconds between two looks. A look at one idle server takes some microseconds."""

_LONG_WORK = (
    "; what its peer sends next waits: a loop that goes on belongs in async def, with await asyncio.sleep(…) in it"
)

logger = logging.getLogger("livesock.loop")


class StoodStill:
    """When the whole process stood still: the looks of the patrol were late, and nothing computed meanwhile.

    C code of a handler that keeps the GIL makes them late, too; but then the process has computed. On a busy machine it
    does so for a part of the time only, and that part counts.
    """

    def __init__(self) -> None:
        self._looked = self._computed = 0.0
        self._times: deque[tuple[float, float]] = deque(maxlen=100)

    def look(self, now: float, computed: float) -> None:
        """Note a look at `now`, when the process had computed for that many seconds in all."""
        late = now - self._looked - LOOK
        if self._looked and late > LOOK:
            self._times.append((min(now, now - late + computed - self._computed), now))
        self._looked, self._computed = now, computed

    def during(self, began: float, ended: float) -> float:
        """Return the seconds between `began` and `ended` in which the process stood still."""
        return sum(max(0.0, min(ended, until) - max(began, since)) for since, until in self._times)


class Inspection:
    """What is looked at for one server, and what was noted about it. `look` runs on the thread of the patrol."""

    def __init__(self, watchdog: Watchdog, threads: HandlerThreads, failures: Failures) -> None:
        self._watchdog = watchdog
        self._threads = threads
        self._failures = failures
        self._holds: dict[tuple[str, str], int] = {}  # how often a function held the loop at a place
        self._current = (0.0, 0.0)  # when the turn under way began, and when it is noted again
        self._next: dict[str, float] = {}  # when a handler that does not return is noted again

    def look(self, still: StoodStill) -> None:
        """Note what takes too long, without the time in which the machine stood still."""
        for held in self._watchdog.long():
            if (held := _without(held, still)).seconds > LONG:
                self._note_held(held, "held")
        self._watchdog.look()
        holding = self._watchdog.holding
        held_now = holding and _without(holding, still)
        if held_now is not None and held_now.seconds > LONG:
            began, again = self._current
            if began != held_now.began or held_now.seconds > again:
                self._note_held(held_now, "holds")
                self._current = held_now.began, 2 * held_now.seconds
        self._look_at_threads()

    def _note_held(self, held: Held, verb: str) -> None:
        key = held.who, held.place
        if not held.place:
            return  # no handler was seen in it: a busy machine
        if held.began != self._current[0]:  # otherwise it counts already
            self._holds[key] = self._holds.get(key, 0) + 1
        self._failures.note(("held", *key), "loop", LoopHeld(held.text(verb)), count=self._holds.get(key, 1))

    def _look_at_threads(self) -> None:
        waiting = self._threads.waiting
        now = time.monotonic()
        slow = [call for call in self._threads.running if call.began < now - SLOW and _delays(call, now, waiting)]
        if not slow:
            self._next.clear()
            return
        for name, group in groupby(sorted(slow, key=lambda call: (call.name, call.began)), lambda call: call.name):
            stuck = list(group)
            if now >= self._next.get(name, 0.0):
                seconds = now - stuck[0].began
                self._next[name] = now + min(seconds, 60.0)
                self._note_slow(name, stuck, seconds, waiting.get(name, 0))

    def _note_slow(self, name: str, stuck: list[Call], seconds: float, waiting: int) -> None:
        which = f"{len(stuck)} calls have not returned; the first runs" if stuck[1:] else "one call runs"
        where = where_it_runs(stuck[0].thread)
        text = f"{which} for {seconds:.0f} s now{f', at {where}' if where else ''}"
        more = f"; {waiting} more wait for a thread" if waiting else ""
        if stuck[0].may_take != math.inf:
            more += "; its next call waits" if stuck[0].may_take else _LONG_WORK
        self._failures.note(("slow", name, stuck[0].began), f"handler {name}", HandlerBusy(text + more))


def _delays(call: Call, now: float, waiting: dict[str, int]) -> bool:
    """Whether a peer, its own next call, or calls without a place wait for the end of a call."""
    return now - call.began > call.may_take or call.name in waiting


def _without(held: Held, still: StoodStill) -> Held:
    return replace(held, seconds=held.seconds - still.during(held.began, held.began + held.seconds))


_watched: list[Inspection] = []
_lock = threading.Lock()
_thread: threading.Thread | None = None
_end = threading.Event()


def watch(inspection: Inspection) -> Callable[[], None]:
    """Look at a server from now on, and return the function that ends that."""
    global _thread, _end
    with _lock:
        _watched.append(inspection)
        if _thread is None or not _thread.is_alive():  # a forked child has the variables and not the thread
            _end = threading.Event()
            _thread = threading.Thread(target=_patrol, args=(_end,), name="livesock patrol", daemon=True)
            _thread.start()
    return lambda: _unwatch(inspection)


def _unwatch(inspection: Inspection) -> None:
    global _thread
    ending: threading.Thread | None = None
    with _lock:
        if inspection in _watched:
            _watched.remove(inspection)
        if not _watched and _thread is not None:
            _end.set()
            ending, _thread = _thread, None
    if ending is not None and ending is not threading.current_thread():
        ending.join(1.0)  # it is between two looks, or in one: some microseconds


def _patrol(end: threading.Event) -> None:
    still = StoodStill()
    while not end.wait(LOOK):
        still.look(time.perf_counter(), time.process_time())
        for inspection in list(_watched):
            try:
                inspection.look(still)
            except Exception:  # the other servers still want to be looked at
                logger.exception("= the patrol failed")
