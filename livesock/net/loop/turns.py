"""`TurnLoop`: asyncio's loop, with two things that it lacks: the end of a turn, and tasks that begin at once.

    select() ──ready──► callbacks … ──► at_end functions ──► select()
                          │
                          └─ begin(coroutine): its first step runs here, and not in the next turn

An event that waits for nothing is so handled, and its answer written, in the turn in which it came. Without the two it
took three: one to read, one for the task, one to write (15,011 polls for 5,000 answers; now 5,005).

`begin` and `at_end` work on every loop. On one that is no `TurnLoop` (Windows) the end of a turn is the next one.
`end` cancels a handler. `ends_the_task` tells the two ends of one apart: what it raised itself, and that `end` did so.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from contextvars import Context
from functools import partial
from typing import Any
from weakref import WeakSet

__all__ = ["TurnLoop", "alone", "at_end", "begin", "end", "ends_the_task"]


class TurnLoop(asyncio.SelectorEventLoop):
    """A loop that calls functions at the end of a turn: after all callbacks that were ready, before it waits again."""

    def __init__(self, selector: Any) -> None:
        super().__init__(selector)
        self.ending: list[Callable[[], bool]] = []
        """What is called at the end of this turn; each says whether it gave the loop more to do."""

    def end_turn(self) -> bool:
        """Call what waits for the end of the turn, and return whether the loop may have more to do now."""
        if not self.ending:
            return False
        functions, self.ending = self.ending, []
        busy = False
        for function in functions:
            try:
                busy = function() or busy
            except Exception as exc:
                self.call_exception_handler({"message": "the end of a turn failed", "exception": exc})
                busy = True
        return busy or bool(self.ending)


def at_end(function: Callable[[], bool]) -> None:
    """Call `function()` at the end of this turn of the running loop.

    It returns whether it gave the loop more to do (a callback, a timer): then the loop does not wait.
    """
    loop = asyncio.get_running_loop()
    if isinstance(loop, TurnLoop):
        loop.ending.append(function)
    else:
        loop.call_soon(function)


if sys.version_info >= (3, 12):

    def begin(coroutine: Coroutine[Any, Any, None], loop: asyncio.AbstractEventLoop) -> asyncio.Task[None]:
        """Return a task of `loop`, which runs, that has taken its first step, and is done if that was all.

        In that step `current_task` is the new task and the context is its own, a copy, as in any task.
        """
        return asyncio.Task(coroutine, loop=loop, eager_start=True)

else:

    def begin(coroutine: Coroutine[Any, Any, None], loop: asyncio.AbstractEventLoop) -> asyncio.Task[None]:
        """Return a task of `loop`, which runs, that has taken its first step, and is done if that was all.

        In that step `current_task` is the new task and the context is its own, a copy, as in any task.

        A task asks its loop to `call_soon` its first step, and Python 3.11 has no other way. So it is made while the
        loop hands that call to us, and the step is taken here; it costs 1 us, with the queue and the turn 4.
        """
        run: Callable[[], object]

        def take(step: Callable[[], object], *, context: Context) -> None:
            nonlocal run
            run = partial(context.run, step)

        loop.call_soon = take  # type: ignore[method-assign, assignment]  # until the task is made
        try:
            task = asyncio.Task(coroutine, loop=loop)
        finally:
            del loop.call_soon  # the method of its class is back
        outer = asyncio.current_task(loop)
        if outer is not None:
            asyncio._leave_task(loop, outer)
        try:
            run()
        finally:
            if outer is not None:
                asyncio._enter_task(loop, outer)
        return task


_ended: WeakSet[asyncio.Task[Any]] = WeakSet()
"""The tasks of handlers that livesock has cancelled."""


def end(task: asyncio.Task[Any]) -> None:
    """Cancel the task of a handler, once: a second time would cut what it has to clean up."""
    if task not in _ended:
        _ended.add(task)
        task.cancel()


def ends_the_task(exc: BaseException, task: asyncio.Task[Any] | None) -> bool:
    """Whether `exc`, which left a handler, ends the `task` that runs it: `end` has cancelled it, or its loop is gone.

    All others are the handler's own, also the CancelledError of a task that it awaited or of its own, which it has
    cancelled itself, a GeneratorExit that it raised, and what `exit()` raises.
    """
    if isinstance(exc, asyncio.CancelledError):
        return task is None or task in _ended
    return not _runs_now(task)


def alone(exc: BaseException) -> BaseException:
    """Return the one exception that a group holds, and anything else as it is.

    A `TaskGroup` raises a group also if one of its tasks has failed.
    """
    while isinstance(exc, BaseExceptionGroup) and len(exc.exceptions) == 1:
        exc = exc.exceptions[0]
    return exc


def _runs_now(task: asyncio.Task[Any] | None) -> bool:
    """Whether `task` runs at this moment; one whose loop is gone is only thrown away, perhaps on another loop."""
    try:
        return task is not None and asyncio.current_task() is task
    except RuntimeError:  # no loop runs here
        return False
