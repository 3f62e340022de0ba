"""`Turn`: what is said during one turn of the loop leaves at its end, in one write for each peer.

    emit, emit, emit ──► each carrier collects its frames ──► the turn ends ──► one write for each carrier

The system call is most of what a delivery costs (decision 6), so fifty events that one handler emits cost a peer one of
them and not fifty. Peers that are told the same share the joined bytes, and one entry of the trace.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from livesock.net.trace import Trace

if TYPE_CHECKING:
    from livesock.net.carrier import Carrier

__all__ = ["Turn"]


class Turn:
    """The carriers that have something to write when this turn of the loop ends. Runs on the loop."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._waiting: list[Carrier] = []

    def join(self, carrier: Carrier) -> None:
        """Write what `carrier` has collected when the turn ends."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._end)
        self._waiting.append(carrier)

    def write(self, carriers: list[Carrier], data: bytes) -> None:
        """The single place where bytes of carriers leave: recorded, then written to each of them."""
        self._trace.add_all(">", [carrier.number for carrier in carriers], data)
        for carrier in carriers:
            carrier.transport.write(data)

    def _end(self) -> None:
        waiting, self._waiting = self._waiting, []
        said: list[bytes] = []
        data = b""
        alike: list[Carrier] = []  # who is told `data`
        for carrier in waiting:
            unsent = carrier.take()
            if unsent != said and unsent:
                if alike:
                    self.write(alike, data)
                said, data, alike = unsent, b"".join(unsent), []
            if unsent and carrier.may_write(data):
                alike.append(carrier)
        if alike:
            self.write(alike, data)
