"""Blocking handlers on threads of their own, so that `time.sleep` in one of them stops no other connection.

    handler A   ■■■■■■■■■■■■■■■■   never returns: its own places are taken, and its callers wait or get an error
    handler B   ■■                 has places of its own, and goes on

Every loop, and so every server, has its own `HandlerThreads`; a server that ends gives its threads up. The standard
pool is not used: its threads are joined when the interpreter ends, and a handler that never returns would keep a
kernel from restarting. Ours are daemons.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from livesock.errors import HandlerBusy
from livesock.net.loop.places import name_of

__all__ = ["Call", "HandlerThreads", "run_in_thread", "threads_of"]

HANDLER_THREADS = 16
"""Calls of one handler that run at once. Further ones wait until one ends: the other handlers keep theirs."""

LOOP_THREADS = 128
"""Threads of one server. Above it a handler gets one thread only, so that each handler can always run."""

PATIENCE = 10.0
"""Seconds that a call with a deadline waits for a place, counted from the last end of a call of the same handler."""


@dataclass
class Call:
    """One call of a handler that runs on a thread."""

    name: str
    """That of the handler."""
    began: float
    """`time.monotonic()`."""
    thread: int = 0
    """Its `ident`; 0 before it runs."""


@dataclass
class _Handler:
    """What one handler has of its loop's threads."""

    key: object
    name: str
    running: int = 0
    """Places that are taken."""
    returned: float = 0.0
    """When a call of it returned last, by the loop's clock."""
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)


class HandlerThreads:
    """The threads on which one loop runs plain handlers. Used on the loop; `running` and `waiting` from any thread."""

    def __init__(self) -> None:
        self._handlers: dict[object, _Handler] = {}
        self._calls: dict[int, Call] = {}
        self._taken = 0

    @property
    def running(self) -> list[Call]:
        """The calls that have not returned, oldest first."""
        return list(self._calls.values())

    @property
    def waiting(self) -> dict[str, int]:
        """How many calls wait for a place, by the name of their handler."""
        return {handler.name: len(handler.waiting) for handler in list(self._handlers.values()) if handler.waiting}

    async def run(self, function: Callable[..., Any], *args: Any, patience: float | None = None) -> Any:
        """Return `function(*args)`, called on a daemon thread, or raise its exception.

        Cancelling the wait does not stop the function: Python has no safe way to.

        Raises:
            HandlerBusy: If there is no place, and no call of this handler has returned for `patience` seconds.
        """
        key = _key(function)
        handler = self._handlers.setdefault(key, _Handler(key, name_of(function)))
        await self._take_place(handler, patience)
        return await self._start(handler, function, args)

    # -- places

    def _has_place(self, handler: _Handler) -> bool:
        return handler.running < (HANDLER_THREADS if self._taken < LOOP_THREADS else 1)

    async def _take_place(self, handler: _Handler, patience: float | None) -> None:
        """Take a place of `handler`, now or when one of its calls returns; those who wait have their turn in order."""
        if not handler.waiting and self._has_place(handler):
            self._count(handler, 1)
            return
        loop = asyncio.get_running_loop()
        began, turn = loop.time(), loop.create_future()
        handler.waiting.append(turn)
        try:
            while not turn.done():
                left = None if patience is None else patience - (loop.time() - max(began, handler.returned))
                if left is not None and left <= 0:
                    raise HandlerBusy(
                        f"{handler.running} calls of {handler.name} run, and none has returned for {patience:g} s"
                    )
                await asyncio.wait([turn], timeout=left)
        except BaseException:  # too late, or cancelled
            if turn.done():
                self._free_place(handler)
            else:
                handler.waiting.remove(turn)
            raise

    def _free_place(self, handler: _Handler) -> None:
        self._count(handler, -1)
        handler.returned = asyncio.get_running_loop().time()
        for other in [handler, *(other for other in self._handlers.values() if other.waiting)]:
            while other.waiting and self._has_place(other):
                self._count(other, 1)
                other.waiting.popleft().set_result(None)
        if not handler.running:  # then nobody waits for it either
            self._handlers.pop(handler.key, None)

    def _count(self, handler: _Handler, change: int) -> None:
        handler.running += change
        self._taken += change

    # -- threads

    def _start(self, handler: _Handler, function: Callable[..., Any], args: tuple[Any, ...]) -> asyncio.Future[Any]:
        """Call `function` on a thread, in a place that was taken; return the future of its result."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Any] = loop.create_future()
        call, context = Call(handler.name, time.monotonic()), copy_context()

        def finish(result: Any, exc: BaseException | None) -> None:
            end()
            if not done.done():
                done.set_exception(exc) if exc is not None else done.set_result(result)

        def end() -> None:
            del self._calls[id(call)]
            self._free_place(handler)

        def work() -> None:
            call.thread = threading.get_ident()
            result, error = None, None
            try:
                result = context.run(function, *args)
            except BaseException as exc:  # also SystemExit: it belongs to the caller, not to this thread
                error = exc if not isinstance(exc, StopIteration) else RuntimeError("the handler raised StopIteration")
            with contextlib.suppress(RuntimeError):  # the server has stopped meanwhile, and the caller with it
                loop.call_soon_threadsafe(finish, result, error)

        self._calls[id(call)] = call
        try:
            threading.Thread(target=work, name=f"livesock handler {handler.name}", daemon=True).start()
        except BaseException:  # without a thread nothing else would free the place
            end()
            raise
        return done


_of_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, HandlerThreads] = WeakKeyDictionary()


def threads_of(loop: asyncio.AbstractEventLoop) -> HandlerThreads:
    """Return the threads on which `loop` runs its plain handlers; they belong to it alone."""
    return _of_loop.get(loop) or _of_loop.setdefault(loop, HandlerThreads())


async def run_in_thread(function: Callable[..., Any], *args: Any, patience: float | None = None) -> Any:
    """Return `function(*args)`, called on a thread of the running loop: see `HandlerThreads.run`."""
    return await threads_of(asyncio.get_running_loop()).run(function, *args, patience=patience)


def _key(function: Callable[..., Any]) -> object:
    """What is the same for all calls of one handler, and not for the next version of it: that has places of its own.

    A method is a new object each time it is looked up, its two parts are not. Both live as long as the key is used.
    """
    return id(getattr(function, "__self__", None)), id(getattr(function, "__func__", function))
