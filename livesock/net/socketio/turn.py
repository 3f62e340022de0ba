"""`TurnWriter`: what is sent during one turn of the loop leaves at its end, in one write for each peer.

    emit, emit, emit ──► (these outlets, those frames), … ──► the turn ends ──► one write for each outlet

The system call is most of what a delivery costs (decision 6), so fifty events that one handler emits cost a peer one of
them and not fifty. Peers that get the same share the joined bytes, and one entry of the trace.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

from livesock.net.http.slow_peers import StallGuard
from livesock.net.loop.turns import at_end
from livesock.trace.recording import Trace

__all__ = ["Outlet", "TurnWriter"]

MAX_UNSENT = 65536
"""Bytes that wait for the end of a turn; more are written at once, so that a long turn feels a peer that is slow."""


class Outlet(Protocol):
    """Where bytes leave for one peer: a carrier."""

    number: int
    transport: asyncio.Transport
    guard: StallGuard
    is_writable: bool


class TurnWriter:
    """The frames that are not written yet, and for whom they are. Runs on the loop."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._waiting: list[tuple[list[Outlet], list[bytes]]] = []
        self._size = 0

    def write(self, outlets: list[Outlet], frames: bytes) -> None:
        """Write `frames` to each of `outlets` when the turn ends. The caller leaves out outlets that are closing."""
        waiting = self._waiting
        if not waiting:
            at_end(self.flush)
        if waiting and waiting[-1][0] == outlets:
            waiting[-1][1].append(frames)
        else:
            waiting.append((outlets, [frames]))
        self._size += len(frames)
        if self._size > MAX_UNSENT:
            self.flush()

    def unsent(self, outlet: Outlet) -> int:
        """Return how many bytes will be written to `outlet` when the turn ends."""
        return sum(len(data) for outlets, frames in self._waiting if outlet in outlets for data in frames)

    def flush(self) -> bool:
        """Write everything now, in the order in which it came; return whether a peer was slow or is gone."""
        waiting, self._waiting, self._size = self._waiting, [], 0
        if len(waiting) > 1:
            waiting = _by_outlet(waiting)
        trouble = False
        for outlets, frames in waiting:
            trouble = self._write(outlets, b"".join(frames)) or trouble
        return trouble

    def _write(self, outlets: list[Outlet], data: bytes) -> bool:
        """The single place where bytes of carriers leave: recorded, then written to each of them.

        A peer that is slow or gone gives the loop more to do: a timer of its guard, `connection_lost`.
        """
        if len(outlets) == 1:
            return self._write_one(outlets[0], data)
        # A peer that reads as fast as we write needs no guard; asking it all the same would cost each delivery a call.
        able = [
            outlet
            for outlet in outlets
            if not outlet.transport.is_closing() and (outlet.is_writable or outlet.guard.write(data))
        ]
        if able:
            self._trace.add_all(">", [outlet.number for outlet in able], data)
        trouble = len(able) < len(outlets)
        for outlet in able:
            outlet.transport.write(data)
            if not outlet.is_writable or outlet.transport.is_closing():
                trouble = True
        return trouble

    def _write_one(self, outlet: Outlet, data: bytes) -> bool:
        """Do the same for one peer, as for each answer: without lists it takes a third of the time."""
        transport = outlet.transport
        if transport.is_closing() or not (outlet.is_writable or outlet.guard.write(data)):
            return True
        self._trace.add(">", outlet.number, data)
        transport.write(data)
        return not outlet.is_writable or transport.is_closing()


def _by_outlet(waiting: list[tuple[list[Outlet], list[bytes]]]) -> list[tuple[list[Outlet], list[bytes]]]:
    """Put together what each outlet gets, and then neighbours that get the same."""
    whole: dict[Outlet, list[bytes]] = {}
    for outlets, frames in waiting:
        for outlet in outlets:
            if outlet in whole:
                whole[outlet] += frames
            else:
                whole[outlet] = frames.copy()
    alike: list[tuple[list[Outlet], list[bytes]]] = []
    for outlet, frames in whole.items():
        if alike and alike[-1][1] == frames:
            alike[-1][0].append(outlet)
        else:
            alike.append(([outlet], frames))
    return alike
