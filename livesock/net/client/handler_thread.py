"""`HandlerThread`: the thread on which the handlers of a client run, one after the other."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

from livesock.net.loop.failures import Failures

__all__ = ["HandlerThread"]

BEHIND = 1000
"""How many events wait for a handler at most: with more of them we stop reading, and TCP stops the server."""

logger = logging.getLogger("livesock.socket")


class HandlerThread:
    """One thread that runs handlers in order. Every method may be called from any thread."""

    def __init__(self, name: str, on_behind: Callable[[bool], None]) -> None:
        self.failures = Failures(logger)
        self._name = name
        self._on_behind = on_behind
        self._work: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._is_behind = self._is_stopped = False

    @property
    def is_current(self) -> bool:
        """Whether a handler calls."""
        return self._thread is threading.current_thread()

    def put(self, work: Callable[[], object]) -> None:
        """Do `work` after everything that was put before."""
        with self._lock:
            if self._is_stopped:
                return
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=f"livesock {self._name} handlers", daemon=True)
                self._thread.start()
            self._work.put(work)
            self._compare()

    def stop(self, timeout: float) -> None:
        """Drop what waits, and end the thread; a handler that blocks is given `timeout` seconds."""
        with self._lock:
            self._is_stopped = True
            while not self._work.empty():
                self._work.get()
            self._work.put(None)
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout)

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            work()
            with self._lock:
                self._compare()

    def _compare(self) -> None:
        """Call `on_behind` when too much waits, and again when half of it is done."""
        waiting = self._work.qsize()
        if waiting > BEHIND if not self._is_behind else waiting < BEHIND // 2:
            self._is_behind = not self._is_behind
            self._on_behind(self._is_behind)
