"""`OpeningRun`: one WebSocket that is really opened, through a simulated distance; its flights, as the line saw them.

    client ──► netsim, `delay` seconds each way ──► a server of ours, with or without TLS

A *flight* is what one end sends before it waits for the other. The kernel does TCP's own handshake, and nobody sees
its segments: the simulator lets it take a round trip, and so it is drawn.
"""

from __future__ import annotations

import threading
import time
from typing import NamedTuple

from livesock.display.targets import request_to, target_of
from livesock.net.connect.raw_request import RawRequest
from livesock.net.netsim.netsim import NetSim, netsim
from livesock.server import Server
from livesock.wire.http import ResponseHead

__all__ = ["Flight", "OpeningRun"]

PATIENCE = 5.0
LOOK = 0.002

AFTER = 1e-6
"""Seconds between a cause and its effect where no clock tells them apart."""


class Flight(NamedTuple):
    """What one end sent at once. Times are seconds since the client began."""

    end: int
    """0: the client, 1: the server."""
    left: float
    arrived: float
    text: str
    size: int
    """Bytes on the line; 0 for TCP's own segments, which are not seen."""


class OpeningRun(threading.Thread):
    """Begins at once. `flights` and `took` are complete when `done` is set."""

    def __init__(self, server: Server, delay: float) -> None:
        super().__init__(name="livesock opening", daemon=True)
        self.delay, self.tls = delay, server.url().startswith("wss")
        self.flights: list[Flight] = []
        self.took = 0.0
        """Seconds until the 101 was read; 0 if none came."""
        self.problem = ""
        self.done = threading.Event()
        self._server = server
        self.start()

    def run(self) -> None:
        try:
            with netsim(self._server, name=f"distance of {self._server.port}", delay=self.delay) as far:
                self._open(far)
        except Exception as exc:
            self.problem = f"{type(exc).__name__}: {exc}"
        finally:
            self.done.set()

    def _open(self, far: NetSim) -> None:
        target = target_of(far.url("/"), "/")
        begin = time.monotonic()
        request = RawRequest(target, request_to(target))
        while not request.done.is_set() and not self._has_answer(request):
            if time.monotonic() - begin > PATIENCE + 8 * self.delay:
                break
            time.sleep(LOOK)
        if self._has_answer(request):
            self.flights = self._tcp() + self._bytes(far)
            self.took = self.flights[-1].arrived
        else:
            self.problem = request.problem or "no answer came"
        request.close()

    @staticmethod
    def _has_answer(request: RawRequest) -> bool:
        return any(isinstance(row.value, ResponseHead) for row in request.trace.rows())

    def _tcp(self) -> list[Flight]:
        there, back = self.delay + AFTER, 2 * self.delay + 3 * AFTER
        return [Flight(0, 0.0, there, "SYN", 0), Flight(1, there + AFTER, back, "SYN + ACK", 0)]

    def _bytes(self, far: NetSim) -> list[Flight]:
        """Return what has crossed the line by now, one flight for each change of direction."""
        found: list[tuple[int, float, int]] = []
        chunks = list(far.trace)
        for chunk in chunks:
            at = chunk.time - chunks[0].time  # the first one says that the client has connected
            if chunk.direction not in "<>":
                continue
            end = 0 if chunk.direction == "<" else 1
            if found and found[-1][0] == end:
                found[-1] = (end, found[-1][1] if end == 0 else at, found[-1][2] + len(chunk.data))
            else:
                found.append((end, at, len(chunk.data)))
        return [self._flight(number, len(found), *each) for number, each in enumerate(found)]

    def _flight(self, number: int, count: int, end: int, at: float, size: int) -> Flight:
        text = {count - 1: "101", count - 2: "TLS finished + GET" if self.tls else "GET"}.get(number, "")
        text = text or ("TLS hello" if number == 0 else "TLS hello, certificate" if end else "TLS")
        if end == 1:  # recorded when it reached the client's side
            return Flight(end, at - self.delay, at, text, size)
        left = max(at, 2 * self.delay + 4 * AFTER) if number == 0 else at  # the first one waits for TCP's round trip
        return Flight(end, left, left + self.delay, text, size)
