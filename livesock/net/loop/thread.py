"""`LoopThread`: an asyncio event loop in a thread of its own, with blocking calls into it.

A notebook's kernel runs its own loop, and that loop stands still while a cell runs. A server that must answer
at any moment therefore lives elsewhere:

    the cell's thread                         the loop's thread ("livesock <name>")
    loop.call(coro_fn, 1, 2)   ──────────►    await coro_fn(1, 2)
          waits            ◄──────────        its result, or its exception

The loop knows nothing about servers. It never touches signals, so interrupting a cell interrupts only the cell.
What it runs begins in an empty context (`contextvars`). In the context of the cell that started the server, or
called into it, a handler's `print` would land below that cell for ever; so it lands below the cell that runs.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import inspect
import logging
import math
import threading
import time
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any, TypeVar

from livesock.advice.instead import on_a_loop, on_its_loop
from livesock.errors import LoopHeld, NotRunning, WrongThread
from livesock.net.loop.turns import end
from livesock.net.loop.watchdog import Watchdog, new_loop

__all__ = ["LoopThread", "refuse_loops"]

logger = logging.getLogger("livesock.loop")

MAX_HELD = 10.0
"""Seconds that a call without a time limit waits for a loop that one handler holds."""

QUIET = 1.0
"""Seconds in which asyncio's reports of one kind are logged once: out of file descriptors, it makes 512 of them."""

T = TypeVar("T")


class LoopThread:
    """A running event loop in a daemon thread. Every method may be called from any other thread."""

    def __init__(self, name: str, over: str = "") -> None:
        """Prepare a loop; `over` is the sentence for who asks something of it when it has been stopped."""
        self._over = over or f'the loop of "livesock {name}" has been stopped: start it again'
        self._loop, turns = new_loop()
        self._ready = threading.Event()
        self._ends_at = 0.0  # on the clock of time.monotonic: then tasks that were cancelled are left behind
        self.at_end: list[Callable[[], object]] = []
        """Called on the loop's thread when the loop has been stopped, even if tasks are left."""
        self._asked: set[concurrent.futures.Future[Any]] = set()  # callers wait for these
        self._is_stopping = self._has_begun = False
        self._begins = threading.Lock()
        self._thread = threading.Thread(target=Context().run, args=(self._run,), name=f"livesock {name}", daemon=True)
        self.on_trouble: Callable[[str, BaseException | None, int], None] | None = None
        """Called on the loop with what asyncio reports: message, exception, how often so far. Once a second at most."""
        self.on_failed_task: Callable[[str, BaseException], None] | None = None
        """Called on the loop with the name of a task's function and what ended it, if no one waits for it."""
        self._reports: dict[str, tuple[int, float]] = {}
        self.watchdog = Watchdog(turns, lambda: self._thread.ident)
        """Knows which function holds the loop, as long as it has an observer."""

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop itself, for code that already runs on it."""
        return self._loop

    @property
    def is_running(self) -> bool:
        """Whether the loop still runs what it is given."""
        return self._thread.is_alive() and not self._loop.is_closed()

    @property
    def is_current(self) -> bool:
        """Whether the caller runs on the loop's thread."""
        return threading.current_thread() is self._thread

    def start(self) -> LoopThread:
        """Start the thread and return once the loop runs."""
        self._thread.start()
        self._ready.wait()
        return self

    def call(self, function: Callable[..., Coroutine[Any, Any, T]], *args: Any, timeout: float | None = None) -> T:
        """Run `function(*args)` on the loop and return its result, or raise its exception here.

        Blocks. When the wait ends early (`timeout` in seconds, or an interrupted cell), the coroutine is cancelled.

        Raises:
            WrongThread: If called on the loop's own thread, where it would wait for itself.
            NotRunning: If the loop has been stopped.
            TimeoutError: If there is no result after `timeout` seconds; if a handler holds the loop, it is a
                `LoopHeld` and names the handler. A call without a time limit raises that after `MAX_HELD` seconds.
        """
        self.refuse_own_thread(function)
        if not self.is_running:
            raise NotRunning(self._over)
        coroutine = function(*args)
        future = self._submit(coroutine)
        try:
            return self._result(future, timeout)
        except (KeyboardInterrupt, TimeoutError):
            future.cancel()
            raise
        except concurrent.futures.CancelledError:
            if self._is_stopping:
                if inspect.getcoroutinestate(coroutine) == inspect.CORO_CREATED:
                    coroutine.close()  # the loop has not begun it, and will not
                raise NotRunning(f'the loop of "{self._thread.name}" was stopped before the result came') from None
            raise
        finally:
            self._asked.discard(future)

    def _result(self, future: concurrent.futures.Future[T], timeout: float | None) -> T:
        """Wait for the result, and look now and then whether the loop is held."""
        end = math.inf if timeout is None else time.monotonic() + timeout
        while True:
            left = end - time.monotonic()
            try:
                return future.result(max(0.0, min(left, QUIET)))
            except TimeoutError:
                if future.done():  # with a TimeoutError of its own
                    raise
            held = self.watchdog.holding
            if left <= QUIET and held is not None:
                raise LoopHeld(held.text()) from None
            if left <= QUIET:
                raise TimeoutError(f"no result after {timeout:g} s") from None
            if timeout is None and held is not None and held.seconds > MAX_HELD:
                raise LoopHeld(held.text())

    def _submit(self, coroutine: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Hand a coroutine to the loop; the future ends with it, or with the loop."""
        try:
            future = Context().run(asyncio.run_coroutine_threadsafe, coroutine, self._loop)
        except RuntimeError:  # closed at this very moment
            coroutine.close()
            raise NotRunning(self._over) from None
        self._asked.add(future)
        if self._loop.is_closed():  # between the two lines: nothing else would end the future
            future.cancel()
        return future

    def refuse_own_thread(self, function: Callable[..., object]) -> None:
        """Raise `WrongThread` when the caller runs on the loop's thread: a blocking call there never ends."""
        if self.is_current:
            raise WrongThread(on_its_loop(function))

    def post(self, function: Callable[..., object], *args: Any) -> None:
        """Run `function(*args)` soon on the loop without waiting; do nothing once the loop is stopped."""
        if not self._loop.is_closed():
            with contextlib.suppress(RuntimeError):  # closed between the two lines
                self._loop.call_soon_threadsafe(function, *args, context=Context())

    # -- for what a handler may call as well as a cell: on the loop it happens at once

    def soon(self, function: Callable[..., object], *args: Any) -> None:
        """Run `function(*args)` on the loop: now if the caller is on it, otherwise soon and in order.

        Raises:
            NotRunning: If the loop has been stopped.
        """
        if self.is_current:
            function(*args)
        elif self._is_stopping or not self.is_running:
            raise NotRunning(
                f'"{self._thread.name}" is stopped, and what it would send reaches no peer: start it again'
            )
        else:
            self.post(function, *args)

    def now(self, function: Callable[..., T], *args: Any) -> T:
        """Run `function(*args)` on the loop and return its result."""
        if self.is_current:
            return function(*args)

        async def run() -> T:
            return function(*args)

        return self.call(run)

    def wait(self, function: Callable[..., Coroutine[Any, Any, Any]], *args: Any) -> Any:
        """Return the result of the async `function(*args)`; on the loop return its coroutine, to be awaited."""
        if not self.is_current:
            return self.call(function, *args)
        waiting: Any = function(*args)
        waiting.__qualname__ = "socket.call() or namespace.call()"  # Python names it when the await is forgotten
        return waiting

    # -- its end

    def stop(self, timeout: float = 1.0) -> bool:
        """Cancel what still runs, end the thread and return whether it ended within `timeout` seconds.

        Four fifths of the time are for tasks that wait for something in their `finally`.

        A function that blocks the loop (a `time.sleep` in a handler) cannot be stopped from outside: the thread then
        ends as soon as that function returns.
        """
        with self._begins:
            self._is_stopping = True
            self._ends_at = time.monotonic() + 0.8 * timeout
            if not self._has_begun:  # a cell that is interrupted in start() may stop what is about to run
                self._loop.close()
                return True
        self.post(self._loop.stop)
        if not self.is_current:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        with self._begins:
            if self._is_stopping:
                return
            self._has_begun = True
        _here.loop = self
        asyncio.set_event_loop(self._loop)
        self._loop.set_exception_handler(lambda _, context: self._report(context))
        self._loop.call_soon(self._ready.set)
        try:
            self._run_until_stopped()
            while not self._is_stopping:
                self._run_until_stopped()
        finally:
            for function in self.at_end:
                function()
            self._cancel_all()
            self._turn()  # asyncio closes a socket one turn after its transport
            self._give_up()  # on the tasks that would not end
            self._loop.close()
            self._give_up()  # on calls that came after the last turn

    def _give_up(self) -> None:
        """Cancel the futures of the callers that wait: no result will come."""
        for future in list(self._asked):
            future.cancel()

    def _run_until_stopped(self) -> None:
        """Run; a task that calls `exit()` ends, and all others go on. (asyncio lets it end the loop.)"""
        try:
            self._loop.run_forever()
        except (SystemExit, KeyboardInterrupt) as exc:
            self._report({"message": "a task tried to end the loop", "exception": exc})

    def _report(self, context: dict[str, Any]) -> None:
        """Log what asyncio reports (a failed TLS handshake, a task that does not end); printing would fill a cell."""
        message, exc = str(context.get("message")), context.get("exception")
        task = context.get("future")
        if isinstance(task, asyncio.Task) and exc is not None and self.on_failed_task is not None:
            self.on_failed_task(getattr(task.get_coro(), "__name__", task.get_name()), exc)
            return
        kind = message[:40]  # what follows may name an object
        count, logged = self._reports.get(kind, (0, -math.inf))
        now = time.monotonic()
        is_due = now - logged >= QUIET
        self._reports[kind] = count + 1, now if is_due else logged
        if is_due:
            often = f" ({count + 1} times so far)" if count else ""
            logger.warning("= %s%s%s", message, f": {exc!r}" if exc else "", often)
            if self.on_trouble is not None:
                self.on_trouble(message, exc, count + 1)

    def _cancel_all(self) -> None:
        """Let every task end: at once, or until the time is over if its `finally` waits for something."""
        self._turn()  # a call of the last moment becomes a task, an accepted socket a transport
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            end(task)
        if tasks:
            ended = self._loop.create_task(asyncio.wait(tasks, timeout=max(0.05, self._ends_at - time.monotonic())))
            ended.add_done_callback(lambda _: self._loop.stop())
            while not ended.done():
                self._run_until_stopped()

    def _turn(self) -> None:
        """Run the loop once: everything that is ready now."""
        self._loop.call_soon(self._loop.stop)
        self._run_until_stopped()


_here = threading.local()
"""`loop` is the `LoopThread` that runs on the current thread, if there is one."""


def refuse_loops(name: str) -> None:
    """Raise `WrongThread` on the thread of any livesock loop: a blocking call there stops all its connections."""
    if getattr(_here, "loop", None) is not None:
        raise WrongThread(on_a_loop(name))
