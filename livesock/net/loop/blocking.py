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
import inspect
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Generator
from contextvars import copy_context
from dataclasses import dataclass, field
from types import GeneratorType
from typing import Any
from weakref import WeakKeyDictionary

from livesock.errors import HandlerBusy
from livesock.net.loop.places import name_of

__all__ = ["Call", "HandlerThreads", "ThreadedParts", "run_in_thread", "threads_of"]

HANDLER_THREADS = 16
"""Calls of one handler that run at once. Further ones wait until one ends: the other handlers keep theirs."""

LOOP_THREADS = 128
"""Threads of one server. Above it a handler gets one thread only, so that each handler can always run."""

STREAM_THREADS = 48
"""Parts of one plain generator that are made at once, for as many readers: a class that follows a slow ticker."""


@dataclass
class Call:
    """One call of a handler that runs on a thread."""

    name: str
    """That of the handler."""
    began: float
    """`time.monotonic()`."""
    may_take: float
    """Seconds in which nothing waits for its end: 0 where a peer does, and infinite where no one does."""
    thread: int = 0
    """Its `ident`; 0 before it runs."""


@dataclass
class _Handler:
    """What one handler has of its loop's threads."""

    key: object
    name: str
    places: int
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

    async def run(
        self,
        function: Callable[..., Any],
        *args: Any,
        patience: float | None = None,
        parts: Generator[Any, Any, Any] | None = None,
        may_take: float = 0.0,
    ) -> Any:
        """Return `function(*args)`, called on a daemon thread, or raise its exception.

        Cancelling the wait does not stop the function: Python has no safe way to. One that works on `parts` takes a
        place of the function that made these, which all its generators share. `may_take` is that of `Call`.

        Raises:
            HandlerBusy: If there is no place, and no call of this handler has returned for `patience` seconds.
        """
        whose, places = (function, HANDLER_THREADS) if parts is None else (parts, STREAM_THREADS)
        key = _key(whose)
        handler = self._handlers.setdefault(key, _Handler(key, name_of(whose), places))
        await self._take_place(handler, patience)
        return await self._start(handler, may_take, function, args)

    # -- places

    def _has_place(self, handler: _Handler) -> bool:
        return handler.running < (handler.places if self._taken < LOOP_THREADS else 1)

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

    def _start(
        self, handler: _Handler, may_take: float, function: Callable[..., Any], args: tuple[Any, ...]
    ) -> asyncio.Future[Any]:
        """Call `function` on a thread, in a place that was taken; return the future of its result."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Any] = loop.create_future()
        call, context = Call(handler.name, time.monotonic(), may_take), copy_context()

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


async def run_in_thread(function: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Return `function(*args)`, called on a thread of the running loop: see `HandlerThreads.run`."""
    return await threads_of(asyncio.get_running_loop()).run(function, *args, **options)


class ThreadedParts:
    """The parts of a plain generator, which may block: each is made on a thread when it is asked for.

    A part may still be made when the reader leaves. It is not waited for: its thread closes the generator behind it.

    Raises:
        HandlerBusy: If there is no place for the first part, and none gets free for `patience` seconds.
    """

    def __init__(self, parts: Generator[Any, Any, Any]) -> None:
        self.patience: float | None = None
        self._parts = parts
        self._is_over = False
        self._lock = threading.Lock()  # a generator runs on one thread at a time

    def __aiter__(self) -> ThreadedParts:
        return self

    async def __anext__(self) -> Any:
        is_first = inspect.getgeneratorstate(self._parts) == inspect.GEN_CREATED
        patience = self.patience if is_first else None
        part = await run_in_thread(self._next, patience=patience, parts=self._parts, may_take=math.inf)
        if part is _END:
            raise StopAsyncIteration
        return part

    async def aclose(self) -> None:
        """Close the generator on a thread, now or when it has made the part that it makes."""
        self._is_over = True
        if inspect.getgeneratorstate(self._parts) == inspect.GEN_SUSPENDED and not self._lock.locked():
            await run_in_thread(self._close, parts=self._parts, may_take=math.inf)

    def _next(self) -> Any:
        with self._lock:
            part = next(self._parts, _END) if not self._is_over else _END
        if self._is_over:
            self._close()
        return part

    def _close(self) -> None:
        with self._lock:
            self._parts.close()


_END = object()


def _key(whose: Callable[..., Any] | Generator[Any, Any, Any]) -> object:
    """What is the same for all calls of one handler, and not for the next version of it: that has places of its own.

    A method is a new object each time it is looked up, its two parts are not. Both live as long as the key is used.
    """
    if isinstance(whose, GeneratorType):
        return id(whose.gi_code)
    return id(getattr(whose, "__self__", None)), id(getattr(whose, "__func__", whose))
