"""`StallGuard`: no peer may hold our memory by not reading.

    write ─► [ backlog ] ─► kernel ─► peer that reads slowly, or never
                 │
                 ├─ one more write while `max_backlog` bytes wait  ─► dropped, "too slow"
                 └─ not one byte taken for `stall_timeout` seconds ─► dropped, "too slow"

Progress counts, not patience: a slow reader of a large message lives as long as it takes bytes. While a peer has a
backlog we do not read from it either, so a peer that only sends (a flood of pings, say) is held by TCP itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from livesock.net.limits import Limits

__all__ = ["StallGuard"]


class StallGuard:
    """Watches one transport's write buffer. Runs on the loop; `on_drop(reason)` is called once, then the abort."""

    __slots__ = ("_left", "_limits", "_on_drop", "_timer", "_transport", "_written")

    def __init__(self, transport: asyncio.Transport, limits: Limits, on_drop: Callable[[str], None]) -> None:
        self._transport = transport
        self._limits = limits
        self._on_drop = on_drop
        self._timer: asyncio.TimerHandle | None = None
        self._written = 0
        self._left = 0

    def write(self, data: bytes) -> bool:
        """Account for a write of `data` and return whether it may happen; False means that the peer was dropped."""
        if self._timer is not None and self._transport.get_write_buffer_size() > self._limits.max_backlog:
            self._drop(f"too slow: more than {self._limits.max_backlog} bytes waited for a peer that does not read")
            return False
        self._written += len(data)
        return True

    def paused(self) -> None:
        """The backlog passed the high-water mark: begin to measure progress."""
        if self._timer is None:
            self._left = self._taken()
            self._watch()

    def resumed(self) -> None:
        """The backlog is below the low-water mark again."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _taken(self) -> int:
        """Bytes that the kernel took from us so far."""
        return self._written - self._transport.get_write_buffer_size()

    def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._limits.stall_timeout, self._look)

    def _look(self) -> None:
        taken = self._taken()
        if taken > self._left:
            self._left = taken
            self._watch()
        else:
            self._drop(f"too slow: not one byte taken in {self._limits.stall_timeout} s, and more are waiting")

    def _drop(self, reason: str) -> None:
        self.resumed()
        self._on_drop(reason)
        self._transport.abort()
