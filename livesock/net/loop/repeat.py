"""`Repeat`: calls a function again and again on a server's loop, and keeps what it raises.

server.every(1.0, tick)   ──►  wait 1 s ─► tick() ─► wait what is left of the next second ─► tick() ─► …
                                              └─ raises: kept in server.errors, and that was the last time
"""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Callable
from typing import Any

from livesock.net.loop.blocking import run_in_thread
from livesock.net.loop.registry import identity
from livesock.net.loop.thread import LoopThread
from livesock.net.loop.turns import end, ends_the_task

__all__ = ["Repeat", "Repeats"]

Failed = Callable[[str, int, BaseException], None]
"""Keeps what the function raises; see `Failures.add`."""


class Repeat:
    """A function that a server calls again and again. Made by `server.every`; usable from any thread."""

    def __init__(self, loop: LoopThread, failed: Failed, seconds: float, function: Callable[[], Any]) -> None:
        self._loop = loop
        self._failed = failed
        self._seconds = seconds
        self.function = function
        self._is_stopped = False
        self._task: asyncio.Task[None] | None = None

    def __repr__(self) -> str:
        return f"<Repeat {self.name} every {self._seconds} s, {'running' if self.is_running else 'stopped'}>"

    @property
    def name(self) -> str:
        """The name of the function."""
        return str(getattr(_plain(self.function), "__qualname__", "function"))

    @property
    def is_running(self) -> bool:
        """Whether it will be called again. It ends with `stop()`, with an exception, and with the server."""
        return not self._is_stopped and self._loop.is_running and (self._task is None or not self._task.done())

    @property
    def owner(self) -> object:
        """The object whose method it is; None for a function."""
        return getattr(_plain(self.function), "__self__", None)

    def stop(self) -> None:
        """Do not call it again; an async function that runs is cancelled. A second call does nothing."""
        self._is_stopped = True
        if self._task is not None:
            self._loop.post(end, self._task)

    def start(self) -> None:
        """Begin, on the loop."""
        if not self._is_stopped:
            self._task = self._loop.loop.create_task(self._run())

    async def _run(self) -> None:
        """Keep to the clock: a late call is followed by a shorter wait, but missed calls are not made up for."""
        clock, task = asyncio.get_running_loop().time, asyncio.current_task()
        due = clock()
        while not self._is_stopped:
            due = max(due + self._seconds, clock())
            await asyncio.sleep(due - clock())
            try:
                await self._call()
            except BaseException as exc:  # also SystemExit: it must not end the loop
                if ends_the_task(exc, task):
                    raise
                self._is_stopped = True
                self._failed(f"every {self._seconds} s: {self.name}", 0, exc)

    async def _call(self) -> None:
        if inspect.iscoroutinefunction(self.function):
            await self.function()
        elif inspect.isawaitable(result := await run_in_thread(self.function, may_take=self._seconds)):
            await result


class Repeats:
    """All functions that one server repeats. They end with its loop, so `pause()` does not end them.

    Runs on the loop, but for `begin`.
    """

    def __init__(self, loop: LoopThread, failed: Failed) -> None:
        self._loop = loop
        self._failed = failed
        self._running: dict[object, Repeat] = {}

    def begin(self, seconds: float, function: Callable[[], Any]) -> Repeat:
        """Repeat `function`, in place of one with the same name: a cell that is run again replaces its functions."""
        repeat = Repeat(self._loop, self._failed, seconds, function)
        if self._loop.is_current:
            self._begin(repeat)
        else:
            self._loop.post(self._begin, repeat)
        return repeat

    def _begin(self, repeat: Repeat) -> None:
        self._running = {key: old for key, old in self._running.items() if old.is_running}
        name = identity(repeat.function)
        key = repeat if name is None else (id(repeat.owner), name)
        if key in self._running:
            self._running[key].stop()
        self._running[key] = repeat
        repeat.start()

    def end_for(self, owner: object) -> None:
        """Stop the methods of `owner`."""
        for repeat in self._running.values():
            if repeat.owner is owner:
                repeat.stop()


def _plain(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function inside a `functools.partial`."""
    return function.func if isinstance(function, functools.partial) else function
