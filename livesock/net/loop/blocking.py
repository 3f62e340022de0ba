"""Blocking handlers on threads of their own, so that `time.sleep` in one of them stops no other connection.

The standard pool is not used: its threads are joined when the interpreter ends, and a handler that never returns
would keep a kernel from restarting. Ours are daemons.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import Any

__all__ = ["run_in_thread"]

MAX_THREADS = 32
"""Blocking handlers that run at once; further calls wait until one ends. Well above what a lesson starts."""

_places = threading.BoundedSemaphore(MAX_THREADS)


async def run_in_thread(function: Callable[..., Any], *args: Any) -> Any:
    """Return `function(*args)`, called on a daemon thread, or raise its exception.

    Cancelling the wait does not stop the function: Python has no safe way to.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Any] = loop.create_future()
    while not _places.acquire(blocking=False):
        await asyncio.sleep(0.01)

    def finish(result: Any, exc: BaseException | None) -> None:
        if not done.done():
            done.set_exception(exc) if exc is not None else done.set_result(result)

    def work() -> None:
        result, error = None, None
        try:
            result = function(*args)
        except BaseException as exc:  # also SystemExit: it belongs to the caller, not to this thread
            error = exc if not isinstance(exc, StopIteration) else RuntimeError("the handler raised StopIteration")
        _places.release()
        with contextlib.suppress(RuntimeError):  # the server has stopped meanwhile, and the caller with it
            loop.call_soon_threadsafe(finish, result, error)

    thread = threading.Thread(target=work, name=f"livesock handler {getattr(function, '__name__', '')}", daemon=True)
    try:
        thread.start()
    except BaseException:  # without a thread nothing else would free the place
        _places.release()
        raise
    return await done
