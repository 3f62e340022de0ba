"""`StallGuard`: a peer that does not read costs bounded memory.

    write ─► [ backlog ] ─► kernel ─► peer that reads slowly, or never
                 │
                 ├─ more than `max_backlog` bytes added on top of it ─► dropped, "too slow"
                 └─ not one byte taken for `stall_timeout` seconds  ─► dropped, "too slow"

Progress counts: a slow reader of a large message stays connected as long as it takes bytes. While a peer has a backlog
we do not read from it either, so a peer that only sends (a flood of pings, say) is held by TCP itself.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable

from livesock.net.http.limits import Limits

try:
    import fcntl
    import termios
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

__all__ = ["StallGuard", "waiting_in_kernel"]


class StallGuard:
    """Watches one transport's write buffer. Runs on the loop; `on_drop(reason)` is called once, then the abort."""

    __slots__ = ("_left", "_limits", "_on_drop", "_timer", "_transport", "_written")

    def __init__(self, transport: asyncio.Transport, limits: Limits, on_drop: Callable[[str], None]) -> None:
        self._transport = transport
        self._limits = limits
        self._on_drop = on_drop
        self._timer: asyncio.TimerHandle | None = None
        self._written = 0  # since the backlog began
        self._left = 0

    def write(self, data: bytes) -> bool:
        """Account for a write of `data` and return whether it may happen; False means that the peer was dropped."""
        if self._timer is None:
            return True
        self._written += len(data)
        limit = self._limits.max_backlog
        # One large message may wait, however large, and pings on top of it; a pile of messages may not.
        if self._written <= limit or self._transport.get_write_buffer_size() <= limit:
            return True
        self._drop(f"too slow: more than {limit} bytes (max_backlog) were written faster than the peer reads them")
        return False

    def paused(self) -> None:
        """The backlog passed the high-water mark: begin to measure progress."""
        if self._timer is None:
            self._written = 0
            self._left = self._taken()
            self._watch()

    def resumed(self) -> None:
        """The backlog is below the low-water mark again."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _taken(self) -> int:
        """Bytes that the peer took since some moment: what we wrote, less what waits here and in the kernel."""
        return self._written - self._transport.get_write_buffer_size() - waiting_in_kernel(self._transport)

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


def waiting_in_kernel(transport: asyncio.Transport) -> int:
    """Return the bytes that the kernel holds for the peer and that the peer has not acknowledged; 0 if it cannot tell.

    A kernel takes our bytes in steps of a megabyte, so its progress alone would make a slow reader look dead.
    """
    sock = transport.get_extra_info("socket")
    if fcntl is None or sock is None:
        return 0
    try:
        return int.from_bytes(fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, bytes(4)), sys.byteorder)
    except OSError:
        return 0
