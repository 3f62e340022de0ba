"""`Arrivals`: where received bytes land.

asyncio reads into a fresh buffer of 256 KiB each time and shrinks it; for so large a block many systems map and unmap
pages. A message of 20 bytes cost 18 us that way, and 4 us in a buffer that stays (measured: Linux, Python 3.11).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from livesock.net.http.site import Site

__all__ = ["Arrivals"]


class Arrivals(asyncio.BufferedProtocol):
    """A protocol that reads into the buffer of its `_site`, and hands a copy of what came to `data_received`.

    All connections of a server share the buffer: the loop fills it and tells us in one step.
    """

    __slots__ = ()

    _site: Site

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where the loop may put what comes next."""
        return self._site.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """The loop has put `nbytes` there."""
        self.data_received(bytes(self._site.buffer[:nbytes]))

    def data_received(self, data: bytes) -> None:
        """The single place where bytes of the connection arrive."""
        raise NotImplementedError
