"""`race()`: the same events over polling, long-polling, SSE and WebSocket, side by side, at a chosen distance.

    Feed ──► /poll /long-poll /stream /push      a server of the view's own
                       │
                    netsim(delay)                the distance
                       │
             five clients, recorded byte by byte

Everything on the page is measured: when each event happened, when each client held it, and every byte that the client
sent and received for it, openings included. What TCP and IP add is not in the numbers (40 bytes a segment or more).
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any, ClassVar

from livesock.display.targets import quoted
from livesock.display.view import Message, View
from livesock.net.netsim.netsim import NetSim, netsim
from livesock.race.picture import Lane, lanes_svg
from livesock.race.race import Feed, Reading, ask, read_stream, read_websocket
from livesock.server import Server, serve
from livesock.trace.show.svg import document, text
from livesock.wire.sse import ServerSentEvent

__all__ = ["RaceView", "race"]

WAYS = ("polling, a new connection each", "polling, kept alive", "long-polling", "SSE", "WebSocket")
"""The five clients, in the order of the lanes."""

LIMITS = {"events": (1, 200), "gap": (0.01, 5.0), "every": (0.02, 10.0), "delay": (0.0, 1.0)}
"""The least and the most of each number: in seconds, except the number of events."""

LONGEST = 60.0
"""Seconds that a race may take: more events or longer gaps are refused."""

KEPT = 12
"""Finished races that the page lists."""


@dataclass
class Heat:
    """One race, running or over."""

    events: int
    gap: float
    """Seconds between two events on average; they come at random moments."""
    every: float
    """Seconds that the two polling clients wait between an answer and the next request."""
    delay: float
    """Seconds that every byte needs for one way."""
    begin: float = field(default_factory=time.monotonic)
    feed: Feed = field(default_factory=Feed)
    readings: dict[str, Reading] = field(default_factory=lambda: {way: Reading() for way in WAYS})
    problem: str = ""
    is_over: bool = False

    def lanes(self) -> list[Message]:
        """Return what each client has received by now."""
        happened = list(self.feed.times)
        return [self._lane(way, reading, happened) for way, reading in self.readings.items()]

    def _lane(self, way: str, reading: Reading, happened: list[float]) -> Message:
        arrivals = list(reading.arrivals)
        delays = [there - here for there, here in zip(arrivals, happened, strict=False)]
        size, count = reading.trace.size, len(arrivals)
        return {
            "way": way,
            "arrivals": [round(moment - self.begin, 4) for moment in arrivals],
            "delay": round(median(delays), 5) if delays else None,
            "bytes": size,
            "perEvent": round(size / count, 1) if count else None,
            "requests": reading.requests,
            "connections": len(reading.trace.peers),
        }


class RaceView(View):
    """Starts races and shows them; owns a server and a simulated network until it ends."""

    page: ClassVar[str] = "race"

    def __init__(self, heat: Heat) -> None:
        self._heat: Heat | None = None
        self._server: Server | None = None
        self._far: NetSim | None = None
        self._past: list[Message] = []
        self._told = (0, False)
        super().__init__(events=heat.events, gap=heat.gap, every=heat.every, delay=heat.delay)

    def snapshot(self) -> Message:
        heat = self._heat
        if heat is None:
            return {"heat": None, "past": self._past}
        state = {"events": heat.events, "gap": heat.gap, "every": heat.every, "delay": heat.delay, "over": heat.is_over}
        happened = [round(moment - heat.begin, 4) for moment in heat.feed.times]
        now = round(time.monotonic() - heat.begin, 3)
        shown = {**state, "happened": happened, "lanes": heat.lanes(), "now": now, "problem": heat.problem}
        return {"heat": shown, "past": self._past}

    def news(self) -> Message | None:
        heat = self._heat
        if heat is None:
            return None
        so_far = (sum(len(r.arrivals) for r in heat.readings.values()) + len(heat.feed.times), heat.is_over)
        if so_far == self._told:
            return None
        if heat.is_over and not self._told[1] and not heat.problem:
            lanes = [{k: v for k, v in lane.items() if k != "arrivals"} for lane in heat.lanes()]
            row = {"delay": heat.delay, "every": heat.every, "gap": heat.gap, "events": heat.events, "lanes": lanes}
            self._past = [*self._past, row][-KEPT:]
        self._told = so_far
        return self.snapshot()

    def on_message(self, message: Message) -> None:
        if message.get("kind") != "start":
            raise ValueError(f'a page of race() may send "start", not {message.get("kind")!r}')
        if self._heat is not None and not self._heat.is_over:
            raise ValueError("a race is running: wait until every client has its last event")
        self.start(_checked(**{name: message.get(name) for name in LIMITS}))

    def start(self, heat: Heat) -> None:
        """Start a race on threads of its own and return at once."""
        if self._server is None:
            self._server = serve(self.name)
            _doors(self._server, lambda: self._heat)
            self._far = netsim(self._server, name=self.name)
        assert self._far is not None
        self._far.delay = heat.delay
        heat.begin, self._told = time.monotonic(), (0, False)
        self._heat = heat
        threading.Thread(target=_run, args=(heat, self._far), name=f"livesock {self.name}", daemon=True).start()

    def picture(self) -> str:
        heat = self._heat
        if heat is None or not all(reading.arrivals for reading in heat.readings.values()):
            lines = [text(24, 32 + 22 * i, line, size=13) for i, line in enumerate(self.words().splitlines())]
            return document(22 * len(lines) + 24, title="a race", description=self.words(), body=lines)
        lanes = [
            Lane(lane["way"], lane["arrivals"], _milliseconds(lane["delay"]), _number(lane["perEvent"]))
            for lane in heat.lanes()
        ]
        count = min(len(lane.arrivals) for lane in lanes)
        happened = [moment - heat.begin for moment in heat.feed.times[:count]]
        even = [lane._replace(arrivals=lane.arrivals[:count]) for lane in lanes]
        return lanes_svg(happened, even, description=self.words())

    def words(self) -> str:
        return "\n".join(["the same events in five ways, side by side:", *(f"  {way}" for way in WAYS)])

    def finish(self) -> None:
        for running in (self._far, self._server):
            if running is not None:
                running.stop()


def _checked(**values: Any) -> Heat:
    """Return a race with these numbers.

    Raises:
        ValueError: If a number is missing or out of its limits, or the race would take too long.
    """
    for name, (least, most) in LIMITS.items():
        value = values[name]
        if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"{name} is a number from {least} to {most}, not {quoted(value)}")
    if values["events"] != int(values["events"]):
        raise ValueError(f"events is a whole number, not {quoted(values['events'])}")
    if values["events"] * values["gap"] > LONGEST:
        raise ValueError(f"this race would take more than {LONGEST:.0f} s: fewer events, or more of them in a second")
    return Heat(int(values["events"]), float(values["gap"]), float(values["every"]), float(values["delay"]))


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


def _run(heat: Heat, far: NetSim) -> None:
    """Publish the events while five clients receive them; note failures, and the end."""
    into = heat.readings
    clients: dict[str, Callable[[], Reading]] = {
        WAYS[0]: lambda: ask(far, "/poll", heat.events, every=heat.every, keep=False, into=into[WAYS[0]]),
        WAYS[1]: lambda: ask(far, "/poll", heat.events, every=heat.every, into=into[WAYS[1]]),
        WAYS[2]: lambda: ask(far, "/long-poll", heat.events, into=into[WAYS[2]]),
        WAYS[3]: lambda: read_stream(far, "/stream", heat.events, into=into[WAYS[3]]),
        WAYS[4]: lambda: read_websocket(far, "/push", heat.events, into=into[WAYS[4]]),
    }

    def receive(way: str) -> None:
        try:
            clients[way]()
        except Exception as exc:  # the view was closed, or the machine is out of ports: shown on the page
            heat.problem = heat.problem or f"{way}: {type(exc).__name__}: {exc}"

    threads = [threading.Thread(target=receive, args=(way,), name=f"livesock race {way}", daemon=True) for way in WAYS]
    for thread in threads:
        thread.start()
    dice = random.Random(2)
    time.sleep(4 * heat.delay + 0.2)  # every client is connected before the first event
    while len(heat.feed.times) < heat.events and not heat.problem and far.is_running:
        time.sleep(dice.uniform(0.5, 1.5) * heat.gap)
        heat.feed.publish(f"event {len(heat.feed.times) + 1}")
    for thread in threads:
        thread.join()
    heat.is_over = True


def _milliseconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds * 1000:.1f} ms"


def _number(count: float | None) -> str:
    return "" if count is None else f"{count:.0f}"


def race(*, events: int = 20, gap: float = 0.15, every: float = 0.3, delay: float = 0.0) -> RaceView:
    """Return a view in which the reader starts races of `events` events, one every `gap` seconds on average.

    `every` is the pause of the polling clients, `delay` the seconds that every byte needs for one way. The page has
    knobs for all four.

    Raises:
        ValueError: If a number is out of its limits (`LIMITS`), or a race would take more than a minute.
    """
    return RaceView(_checked(events=events, gap=gap, every=every, delay=delay))
