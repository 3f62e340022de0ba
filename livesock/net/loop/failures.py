"""`Failures`: the exceptions that left handlers, kept and logged. None of them is printed into a cell."""

from __future__ import annotations

import logging
import time
import traceback
from collections import deque
from dataclasses import dataclass

from livesock.wire.quote import one_line

__all__ = ["Failures", "HandlerError"]

KEPT = 100
"""Errors that are remembered, the newest ones; the count goes on."""


@dataclass(frozen=True, slots=True)
class HandlerError:
    """An exception that left a handler, or a peer that had to be dropped."""

    time: float
    """Unix time."""
    where: str
    """`websocket /echo`, `GET /time`, `event "move" in /point`, or `connection`."""
    connection: int
    """Its number in the trace; 0 where the handler belongs to no connection."""
    exception: BaseException

    def __str__(self) -> str:
        return f"{self.where} (connection {self.connection}): {type(self.exception).__name__}: {self.exception}"

    def traceback(self) -> str:
        """Return the whole traceback as text."""
        return "".join(traceback.format_exception(self.exception))


class Failures:
    """Thread-safe. One line of the log for each error; the traceback is in `latest`, and logged at DEBUG."""

    def __init__(self, logger: logging.Logger) -> None:
        self.latest: deque[HandlerError] = deque(maxlen=KEPT)
        """Oldest first."""
        self.count = 0
        """All of them, those that were forgotten too."""
        self._logger = logger
        package = logging.getLogger("livesock")
        if not package.handlers:
            package.addHandler(logging.NullHandler())  # otherwise Python prints our records into the learner's cell

    def add(self, where: str, connection: int, exc: BaseException) -> None:
        """Keep and log an exception that left a handler."""
        error = HandlerError(time.time(), where, connection, exc)
        self.latest.append(error)
        self.count += 1
        self._logger.error("! %s", one_line(str(error)))
        self._logger.debug("! %s", error.traceback())
