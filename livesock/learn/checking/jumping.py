"""`JumpingLoop`: asyncio on which a minute takes no time.

What a learner wrote runs on a real loop. Only its clock is not real: where a loop waits, this one jumps to what comes
next. So time-outs of seconds are exact, and nothing depends on the speed of the machine.
"""

import asyncio
import selectors
from typing import Any

from livesock.learn.checking.outcome import Endless

__all__ = ["JumpingLoop"]


class JumpingLoop(asyncio.SelectorEventLoop):
    """A loop whose clock jumps to the next thing that is due.

    Raises:
        Endless: While it runs, if nothing is due and nothing comes.
    """

    _closed = True
    """Until it is made: an interrupt before that left asyncio's `__del__` without it, and a traceback in a cell."""

    def __init__(self) -> None:
        self._jumps = Jumps()
        super().__init__(self._jumps)

    def time(self) -> float:
        """Return the seconds of this clock."""
        return self._jumps.now


class Jumps(selectors.DefaultSelector):
    """A selector that does not wait, and notes for how long it would have waited."""

    now = 1000.0

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None:
            if not (ready := super().select(0.2)):
                raise Endless("nothing will ever wake it")
            return ready
        self.now += max(timeout, 0)
        return super().select(0)
