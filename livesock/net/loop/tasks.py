"""`Tasks`: functions of a server that run beside its connections, from now until it stops."""

from __future__ import annotations

import asyncio
import inspect
import math
from collections.abc import Callable
from typing import Any

from livesock.guards import called_by
from livesock.net.loop.blocking import run_in_thread
from livesock.net.loop.places import name_of
from livesock.net.loop.registry import identity
from livesock.net.loop.thread import LoopThread
from livesock.net.loop.turns import end, ends_the_task

__all__ = ["Tasks", "runs_once"]


class Tasks:
    """The tasks of one server. They end with its loop, so `pause()` does not end them."""

    def __init__(self, loop: LoopThread, failed: Callable[[str, int, BaseException], None]) -> None:
        self._loop = loop
        self._failed = failed
        self._running: dict[object, asyncio.Task[None]] = {}

    def begin(self, function: Callable[[], Any]) -> None:
        """Run `function()`, in place of one with the same name: a cell that is run again replaces its tasks."""
        self._loop.soon(self._begin, function)

    def _begin(self, function: Callable[[], Any]) -> None:
        key = identity(function)
        if key in self._running:
            end(self._running[key])
        task = self._running[key] = self._loop.loop.create_task(self._run(function))
        task.add_done_callback(lambda task: self._forget(key, task))

    def _forget(self, key: object, task: asyncio.Task[None]) -> None:
        if self._running.get(key) is task:
            del self._running[key]

    async def _run(self, function: Callable[[], Any]) -> None:
        task = asyncio.current_task()
        try:
            if inspect.iscoroutinefunction(function):
                await function()
            elif inspect.isawaitable(result := await run_in_thread(function, may_take=math.inf)):
                await result
        except BaseException as exc:  # also SystemExit: it must not end the loop
            if ends_the_task(exc, task):
                raise
            self._failed(f"task {name_of(function)}", 0, exc)


def runs_once(function: Callable[..., Any], caller: str) -> None:
    """Raise `TypeError` for a function with a `yield`, as a lifespan has elsewhere: a call would not begin it."""
    called_by(caller, function)
    inner = inspect.unwrap(function)  # below @contextlib.asynccontextmanager
    if inspect.isgeneratorfunction(inner) or inspect.isasyncgenfunction(inner):
        name = getattr(inner, "__name__", "lifespan")
        raise TypeError(
            f"{caller} calls {name}(), which has a yield: write async def {name}(): …, without parameters, with await "
            "asyncio.Event().wait() in a try for the yield; what follows it belongs into the finally"
        )
