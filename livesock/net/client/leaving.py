"""`Leaving`: the calls that wait until a socket has left for good, `point.wait()`.

cut, comes back            the calls wait on
left, sent away, refused   the calls return, once the handlers have heard all that came before
joined again               later calls wait again
closed                     the calls return, now and later
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future

from livesock.realtime.reasons import Reason

__all__ = ["Leaving"]


class Leaving:
    """Why a socket is out for good, and who waits for that. Every method may be called from any thread."""

    def __init__(self, is_busy: Callable[[], bool]) -> None:
        """Wait for handlers for as long as `is_busy()`; `settle` is called when they are done."""
        self._is_busy = is_busy
        self._lock = threading.Lock()
        self._waiting: list[Future[tuple[Reason]]] = []
        self._reason: Reason | None = None
        self._is_closed = False

    def wait(self, timeout: float | None, *, in_handler: bool) -> tuple[Reason]:
        """Return the reason, now if the socket has left already. A call `in_handler` does not wait for handlers.

        Raises:
            TimeoutError: If it has not left within `timeout` seconds.
        """
        future: Future[tuple[Reason]] = Future()
        with self._lock:
            if in_handler and self._reason is not None:
                return (self._reason,)
            self._waiting.append(future)
            self._settle()
        try:
            return future.result(timeout)
        except TimeoutError:
            raise TimeoutError(f"the socket has not left within {timeout:g} s") from None
        finally:
            with self._lock:
                self._waiting = [other for other in self._waiting if other is not future]

    def end(self, reason: str) -> None:
        """Hear that the socket is out; the first reason stays until it is in again."""
        with self._lock:
            self._reason = self._reason or Reason(reason)
            self._settle()

    def begin(self) -> None:
        """Hear that the socket is in."""
        with self._lock:
            self._reason = None

    def close(self, reason: str) -> None:
        """Hear that the socket does not come back, and that no handler runs any more."""
        with self._lock:
            self._is_closed = True
        self.end(reason)

    def settle(self) -> None:
        """Let the calls return whose time has come."""
        with self._lock:
            self._settle()

    def _settle(self) -> None:
        if self._reason is not None and (self._is_closed or not self._is_busy()):
            for future in self._waiting:
                future.set_result((self._reason,))
            self._waiting = []
