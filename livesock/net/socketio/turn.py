"""`Turn`: what is said during one turn of the loop leaves at its end, in one write for each peer.

    emit, emit, emit ──► (these carriers, those frames), … ──► the turn ends ──► one write for each carrier

The system call is most of what a delivery costs (decision 6), so fifty events that one handler emits cost a peer one of
them and not fifty. Peers that are told the same share the joined bytes, and one entry of the trace.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from livesock.trace.recording import Trace

if TYPE_CHECKING:
    from livesock.net.socketio.carrier import Carrier

__all__ = ["Turn"]

MAX_UNSENT = 65536
"""Bytes that wait for the end of a turn; more are written at once, so that a long turn feels a peer that is slow."""


class Turn:
    """What carriers have been told and what is not written yet. Runs on the loop."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._said: list[tuple[list[Carrier], list[bytes]]] = []
        self._size = 0

    def say(self, carriers: list[Carrier], frames: bytes) -> None:
        """Write `frames` to each of `carriers` when the turn ends. Carriers that are closing are not among them."""
        said = self._said
        if not said:
            asyncio.get_running_loop().call_soon(self.end)
        if said and said[-1][0] == carriers:
            said[-1][1].append(frames)
        else:
            said.append((carriers, [frames]))
        self._size += len(frames)
        if self._size > MAX_UNSENT:
            self.end()

    def unsent(self, carrier: Carrier) -> int:
        """Bytes that `carrier` will write when the turn ends."""
        return sum(len(data) for carriers, frames in self._said if carrier in carriers for data in frames)

    def end(self) -> None:
        """Write everything now, in the order in which it was said."""
        said, self._said, self._size = self._said, [], 0
        if len(said) > 1:
            said = _by_carrier(said)
        for carriers, frames in said:
            self._write(carriers, b"".join(frames))

    def _write(self, carriers: list[Carrier], data: bytes) -> None:
        """The single place where bytes of carriers leave: recorded, then written to each of them."""
        # A peer that reads as fast as we write needs no guard; to ask it nonetheless would cost each delivery a call.
        able = [
            carrier
            for carrier in carriers
            if not carrier.transport.is_closing() and (carrier.is_writable or carrier.guard.write(data))
        ]
        if able:
            self._trace.add_all(">", [carrier.number for carrier in able], data)
        for carrier in able:
            carrier.transport.write(data)


def _by_carrier(said: list[tuple[list[Carrier], list[bytes]]]) -> list[tuple[list[Carrier], list[bytes]]]:
    """Put together what each carrier was told, and then neighbours that were told the same."""
    told: dict[Carrier, list[bytes]] = {}
    for carriers, frames in said:
        for carrier in carriers:
            told.setdefault(carrier, []).extend(frames)
    alike: list[tuple[list[Carrier], list[bytes]]] = []
    for carrier, frames in told.items():
        if alike and alike[-1][1] == frames:
            alike[-1][0].append(carrier)
        else:
            alike.append(([carrier], frames))
    return alike
