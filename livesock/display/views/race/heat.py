"""One race: a server with four doors to one feed, and four clients that are recorded byte by byte.

Feed ──► /poll /long-poll /stream /push      a server of the view's own
                   │
                netsim(delay)                the distance
                   │
         four clients, recorded byte by byte
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import AsyncIterator, Callable
from statistics import median
from typing import Any, NamedTuple

from livesock.net.netsim.netsim import NetSim, netsim
from livesock.race.race import Feed, Reading, ask, read_stream, read_websocket
from livesock.server import Server, serve
from livesock.wire.sse import ServerSentEvent

__all__ = ["WAYS", "Heat", "Settings", "Track", "Tried"]

WAYS = ("polling", "long-polling", "SSE", "WebSocket")
"""The four clients, in the order of the lanes."""

CONNECT = 0.2
"""Seconds before the first event, besides two round trips: every client is connected by then."""


class Settings(NamedTuple):
    """What a reader turns; times are in seconds."""

    events: int
    gap: float
    """Between two events on average; they come at random moments."""
    every: float
    """Between an answer and the next request of the polling client."""
    delay: float
    """What every byte needs for one way."""

    @property
    def length(self) -> float:
        """Seconds that a race takes at most, if nothing is late by itself."""
        return CONNECT + 4 * self.delay + 1.1 * self.events * self.gap + self.every + 4 * self.delay + 0.2


class Tried(NamedTuple):
    """What one way cost in a race that is over."""

    wait: float
    """Seconds from the event to the client that has it: the median."""
    size: int
    """Bytes of both directions, the opening included; without those that TCP and IP add (40 a segment or more)."""
    requests: int


class Heat:
    """One race: `start` it, then look at what the clients have until it is `done`."""

    def __init__(self, settings: Settings, far: NetSim) -> None:
        self.settings = settings
        self.feed = Feed()
        self.readings = {way: Reading() for way in WAYS}
        self.problem = ""
        self.done = threading.Event()
        self.begin = time.monotonic()
        self._far = far

    def start(self) -> None:
        """Begin on threads of its own; return at once."""
        self._far.delay = self.settings.delay
        self.begin = time.monotonic()
        threading.Thread(target=self._run, name="livesock race", daemon=True).start()

    def tried(self) -> dict[str, Tried]:
        """Return what each way cost by now; empty until every way has an event."""
        if not all(reading.arrivals for reading in self.readings.values()):
            return {}
        return {
            way: Tried(median(self.waits(way)), reading.trace.size, reading.requests)
            for way, reading in self.readings.items()
        }

    def waits(self, way: str) -> list[float]:
        """Return the seconds that each event needed to one client, as far as it has come."""
        arrived, happened = list(self.readings[way].arrivals), list(self.feed.times)
        return [there - here for there, here in zip(arrived, happened, strict=False)]

    def _run(self) -> None:
        """Publish the events while the clients receive them; note failures, and the end."""
        threads = [threading.Thread(target=self._receive, args=(way,), name=f"livesock race {way}") for way in WAYS]
        for thread in threads:
            thread.daemon = True
            thread.start()
        now, dice = self.settings, random.Random(2)
        time.sleep(CONNECT + 4 * now.delay)
        while len(self.feed.times) < now.events and not self.problem and self._far.is_running:
            time.sleep(dice.uniform(0.5, 1.5) * now.gap)
            self.feed.publish(f"event {len(self.feed.times) + 1}")
        for thread in threads:
            thread.join()
        self.done.set()

    def _receive(self, way: str) -> None:
        far, into, (events, _, every, _) = self._far, self.readings[way], self.settings
        clients: dict[str, Callable[[], Reading]] = {
            "polling": lambda: ask(far, "/poll", events, every=every, into=into),
            "long-polling": lambda: ask(far, "/long-poll", events, into=into),
            "SSE": lambda: read_stream(far, "/stream", events, into=into),
            "WebSocket": lambda: read_websocket(far, "/push", events, into=into),
        }
        try:
            clients[way]()
        except Exception as exc:  # the view was closed, or the machine is out of ports: shown on the page
            self.problem = self.problem or f"{way}: {type(exc).__name__}: {exc}"


class Track:
    """A server with four doors to the feed of the running race, and a network before it. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._server: Server | None = None
        self._far: NetSim | None = None
        self._heat: Heat | None = None

    def begin(self, name: str, settings: Settings) -> Heat:
        """Start a race and return at once; `name` is the server's, if there is none yet.

        Raises:
            ValueError: If the last one is still running.
        """
        with self._lock:
            if self._heat is not None and not self._heat.done.is_set():
                raise ValueError("a race is running: wait until every client has its last event")
            if self._server is None or self._far is None:
                self._server = serve(name)
                _doors(self._server, lambda: self._heat)
                self._far = netsim(self._server, name=name)
            self._heat = heat = Heat(settings, self._far)  # before it starts: its clients ask for its feed
            heat.start()
            return heat

    def close(self) -> None:
        """Stop the network and the server."""
        with self._lock:
            for running in (self._far, self._server):
                if running is not None:
                    running.stop()


def _doors(server: Server, heat: Callable[[], Heat | None]) -> None:
    """Add the four routes to the server that deliver the feed of the running race."""

    def feed() -> Feed:
        current = heat()
        assert current is not None  # no client connects before the first race
        return current.feed

    @server.get("/poll")
    def poll(request: Any) -> list[str]:
        return feed().since(int(request.query["seen"]))

    @server.get("/long-poll")
    async def long_poll(request: Any) -> list[str]:
        return await feed().after(int(request.query["seen"]))

    @server.get("/stream")
    async def stream(request: Any) -> AsyncIterator[ServerSentEvent]:
        source, seen = feed(), 0
        while True:
            for event in await source.after(seen):
                seen += 1
                yield ServerSentEvent(event)

    @server.websocket("/push")
    async def push(ws: Any) -> None:
        source, seen = feed(), 0
        while True:
            for event in await source.after(seen):
                seen += 1
                await ws.send(event)
