"""`Gate`: open or shut. A coroutine can wait until it opens."""

from __future__ import annotations

import asyncio

__all__ = ["Gate"]


class Gate:
    """An `asyncio.Event` for each of many idle peers: 48 bytes while no coroutine waits, and not 820. On one loop."""

    __slots__ = ("_is_open", "_waiters")

    def __init__(self, *, is_open: bool) -> None:
        self._is_open = is_open
        self._waiters: asyncio.Event | None = None  # its queue takes the room

    def is_set(self) -> bool:
        """Whether it is open: `wait` would not wait."""
        return self._is_open

    def set(self) -> None:
        """Open it, and let those go on that wait."""
        self._is_open = True
        if self._waiters is not None:
            self._waiters.set()
            self._waiters = None

    def clear(self) -> None:
        """Shut it."""
        self._is_open = False

    async def wait(self) -> None:
        """Wait until it is opened; one that is open lets everybody pass."""
        if not self._is_open:
            if self._waiters is None:
                self._waiters = asyncio.Event()
            await self._waiters.wait()
