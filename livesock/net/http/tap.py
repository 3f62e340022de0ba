"""`TapTransport`: where the bytes of a raw connection leave, recorded first.

ws.send() ─┬─ alone ──────────────────────────────► StallGuard ─► trace ─► kernel
           └─ more messages wait ─► gathered ─► one write, when the last one is answered or the turn ends
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from livesock.net.http.slow_peers import StallGuard
from livesock.net.loop.turns import at_end

__all__ = ["TapTransport"]

GATHERED = 65_536
"""Bytes of answers that are joined to one write: the rest would be copied for little."""

GATHERING = 0.005
"""Seconds that an answer waits for the next one at most: a handler that takes its time answers one by one."""


class TapTransport:
    """The transport that a raw connection writes to: what goes out is guarded, recorded, and passed on."""

    __slots__ = (
        "_gathered",
        "_guard",
        "_is_planned",
        "_loop",
        "_number",
        "_record",
        "_room",
        "_transport",
        "_until",
        "is_closing",
        "is_held",
        "on_room",
    )

    def __init__(self, transport: asyncio.Transport, number: int, record: Callable[..., None], guard: StallGuard):
        self._transport = transport
        self._number = number
        self._record = record
        self._guard = guard
        self._loop = asyncio.get_running_loop()
        self._gathered: list[bytes] | None = None
        self._room, self._until, self._is_planned = GATHERED, 0.0, False
        self.is_closing = transport.is_closing  # asked for every message: not left to the slow way below
        self.is_held = False
        """Whether it stays paused when the library asks to read on: what was read before is not handled yet."""
        self.on_room: Callable[[], object] = bool
        """Called instead while it is held: the handler has taken messages, and there is room for more."""

    def write(self, data: bytes) -> bool:
        """The single place where bytes of this connection leave. False if they did not: it is ending."""
        if self._gathered is not None:
            data, self._gathered = b"".join((*self._gathered, data)), None
        if self.is_closing() or not self._guard.write(data):  # after an abort nothing leaves any more
            return False
        self._record(">", self._number, data if data.__class__ is bytes else bytes(data))
        self._transport.write(data)
        return True

    def gather(self, head: bytes, data: bytes) -> bool:
        """Write a frame soon: with what follows, and at the end of the turn at the latest.

        For an answer behind which others follow at once. A hundred echoes of 20 bytes then leave in two writes and not
        in a hundred: 4 us of CPU for each, of 12, measured.
        """
        if self._gathered is None:
            self._gathered = []
            self._room, self._until = GATHERED, self._loop.time() + GATHERING
            if not self._is_planned:
                self._is_planned = True
                at_end(self._end_turn)
        self._gathered += (head, data)
        self._room -= len(data)
        return (self._room > 0 and self._loop.time() < self._until) or self.write(b"")

    def flush(self) -> bool:
        """Write what was gathered, and return whether there was any."""
        if self._gathered is None:
            return False
        self.write(b"")
        return True

    def _end_turn(self) -> bool:
        self._is_planned = False
        return self.flush()

    def write_eof(self) -> None:
        self.flush()
        self._transport.write_eof()

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def abort(self) -> None:
        self.flush()
        self._transport.abort()

    def get_write_buffer_size(self) -> int:
        self.flush()
        return self._transport.get_write_buffer_size()

    def resume_reading(self) -> None:
        """Read on, unless it is held."""
        if self.is_held:
            self.on_room()
        else:
            self._transport.resume_reading()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
