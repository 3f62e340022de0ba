"""`Heartbeat`: when a session pings, and until when the peer must have answered.

    ping_interval ──► ping ──► pong within ping_timeout ──► ping_interval …
                       └────► no pong, although we read ──► the peer is gone

Engine.IO protocol 4, "Heartbeat".
"""

from __future__ import annotations

__all__ = ["LATE", "Heartbeat"]

LATE = 0.5
"""Seconds by which a busy owner may be late with a tick. One that is later has not read meanwhile, either."""

MAX_IDLE = 1000
"""Packets between two pings that mean nothing: noops, and pongs without a ping."""


class Heartbeat:
    """The times of pings and pongs. It sends nothing. Not thread-safe."""

    __slots__ = (
        *("_interval", "_timeout", "_ping_at", "_pinged_at", "_pong_by", "_was_refreshed", "_idle"),
        *("_left_at", "latency"),
    )

    def __init__(self, interval: float, timeout: float, now: float) -> None:
        self._interval = interval
        self._timeout = timeout
        self._ping_at = now + interval
        self._pinged_at = now
        self._pong_by: float | None = None
        self._was_refreshed = False
        self._idle = 0
        self._left_at = now
        self.latency: float | None = None
        """Seconds between the newest ping that was answered and its pong; None before the first."""

    @property
    def due(self) -> float:
        """When the next ping is due, or the pong."""
        return self._ping_at if self._pong_by is None else self._pong_by

    def is_missed(self, now: float) -> bool:
        """Whether the pong should be here by now."""
        return self._pong_by is not None and now >= self._pong_by

    def is_ping_due(self, now: float) -> bool:
        """Whether it is time for a ping."""
        return self._pong_by is None and now >= self._ping_at

    def pinged(self, now: float) -> None:
        """Note that a ping leaves. The deadline counts from when that was due, however late the owner's clock is."""
        due = now if self._pong_by is not None else max(self._ping_at, now - LATE)
        self._pinged_at, self._pong_by = due, due + self._timeout
        self._was_refreshed, self._idle, self._left_at = False, 0, now

    def answered(self, now: float) -> None:
        """Note a pong. One that is read late does not delay the next ping so long that the client gives us up."""
        if self._pong_by is not None:
            self.latency = now - self._left_at
        self._ping_at, self._pong_by = min(now, self._pinged_at + self._timeout / 2) + self._interval, None

    def is_flooded(self) -> bool:
        """Count a packet that means nothing, and return whether there were too many since the last ping."""
        self._idle += 1
        return self._idle > MAX_IDLE

    def show_life(self, now: float) -> None:
        """Give the peer more time for its pong after a message, once for each ping."""
        if self._pong_by is not None and not self._was_refreshed:
            self._pong_by, self._was_refreshed = now + self._timeout, True

    def extend(self, now: float) -> None:
        """Give the peer its whole time for the pong, if it owes one."""
        if self._pong_by is not None:
            self._pong_by = max(self._pong_by, now + self._timeout)

    def expect(self, now: float) -> None:
        """Expect a last sign of life, as if a ping had left."""
        self._pong_by = now + self._timeout
