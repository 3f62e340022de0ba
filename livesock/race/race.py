"""A race: the same events, delivered at the same time in several ways, measured by what the clients saw.

    feed.publish(…) ──►  /poll        anything new? asked again and again      ask(…, every=0.3)
                         /long-poll   the answer waits until there is          ask(…)
                         /stream      one answer that never ends               read_stream(…)
                         /push        WebSocket messages                       read_websocket(…)

The learner writes the four routes of the server; the clients are here. They are plain sockets that send as few headers
as HTTP allows, so that no way loses by a longer User-Agent. The bytes of HTTP and WebSocket are counted; the headers of
TCP and IP are not (40 bytes a segment or more).
"""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import mean

from livesock.errors import LivesockError
from livesock.net.connect.tcp import TcpSocket
from livesock.net.connect.urls import Where, parse
from livesock.race.picture import Lane, lanes_svg
from livesock.trace.recording import Trace
from livesock.trace.show.svg import to_html
from livesock.wire.frame import Frame, Opcode, encode_frame
from livesock.wire.framereader import FrameReader
from livesock.wire.http import BodyReader, ResponseHead, body_framing, parse_response
from livesock.wire.quote import printable
from livesock.wire.sse import EventReader

__all__ = ["Delivered", "Feed", "Race", "Reading", "ask", "race", "read_stream", "read_websocket"]

PATIENCE = 10.0
"""Seconds that a client waits for the next bytes before it gives up."""


class Feed:
    """A growing list of events that handlers can wait for. Thread-safe; `after` may be awaited on any loop."""

    def __init__(self) -> None:
        self.times: list[float] = []
        """When each event happened, in seconds of `time.monotonic()`."""
        self._events: list[str] = []
        self._bells: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
        self._lock = threading.Lock()

    def publish(self, event: str) -> None:
        """Add an event now and wake all who wait for it."""
        with self._lock:
            self._events.append(event)
            self.times.append(time.monotonic())
            bells, self._bells = self._bells, []
        for loop, bell in bells:
            if not loop.is_closed():
                loop.call_soon_threadsafe(bell.set)

    def since(self, seen: int) -> list[str]:
        """Return the events after the first `seen` ones; an empty list if there are none."""
        with self._lock:
            return self._events[seen:]

    async def after(self, seen: int) -> list[str]:
        """Return the events after the first `seen` ones, as soon as there is one."""
        while True:
            bell = asyncio.Event()
            with self._lock:
                if len(self._events) > seen:
                    return self._events[seen:]
                self._bells.append((asyncio.get_running_loop(), bell))
            await bell.wait()


# -- four ways to receive


@dataclass(slots=True)
class Reading:
    """What a client saw. Pass an empty one as `into`: it fills while the client runs, and a live picture can follow."""

    arrivals: list[float] = field(default_factory=list)
    """When the client held each event, in seconds of `time.monotonic()`."""
    asked: list[float] = field(default_factory=list)
    """When each HTTP request was sent."""
    trace: Trace = field(default_factory=lambda: Trace(client=">"))
    """Every byte of its connections."""

    @property
    def requests(self) -> int:
        """HTTP requests that it has sent."""
        return len(self.asked)


def ask(
    where: Where, path: str, count: int, *, every: float = 0.0, keep: bool = True, into: Reading | None = None
) -> Reading:
    """Ask `path?seen=N` until `count` events have come, over one connection or, without `keep`, a new one each time.

    Each answer is a JSON list of the events after the first N. `every` seconds pass between an answer and the next
    question; with 0 it follows at once, which is long-polling when the server answers only when it has something.

    Raises:
        LivesockError: If the answer has another status than this way of asking expects.
        OSError, EOFError: If there is no server, it closes the connection, or it sends nothing for 10 s.
    """
    reading = into or Reading()
    raw = _connection(where, reading.trace)
    try:
        while True:
            head = _answer(raw, f"{path}?seen={len(reading.arrivals)}", reading, status=200)
            size = int(head.get("Content-Length") or 0)
            reading.arrivals.extend([time.monotonic()] * len(json.loads(raw.recv_exactly(size))))
            del reading.arrivals[count:]
            if len(reading.arrivals) == count:
                return reading
            time.sleep(every)
            if not keep:
                raw.close()
                raw = _connection(where, reading.trace)
    finally:
        raw.close()


def read_stream(where: Where, path: str, count: int, *, into: Reading | None = None) -> Reading:
    """Ask `path` once and read `count` server-sent events from the one answer. Raises as `ask` does."""
    reading = into or Reading()
    with _connection(where, reading.trace) as raw:
        body = BodyReader(body_framing(_answer(raw, path, reading, status=200), "GET"))
        events = EventReader()

        def look(data: bytes) -> list[bool]:
            return [True] * len(events.feed(body.feed(data))) + [False] * body.is_done

        return _read(raw, count, look, reading)


def read_websocket(where: Where, path: str, count: int, *, into: Reading | None = None) -> Reading:
    """Open a WebSocket at `path` and receive `count` text messages of one frame each. Raises as `ask` does.

    Pings are answered: a race may last longer than a server waits for a sign of life.
    """
    reading = into or Reading()
    with _connection(where, reading.trace) as raw:
        _answer(raw, path, reading, status=101, headers=_UPGRADE)
        frames = FrameReader(from_client=False)

        def look(data: bytes) -> list[bool]:
            came = frames.feed(data)
            for ping in (frame for frame in came if frame.opcode == Opcode.PING):
                raw.sendall(encode_frame(Frame(Opcode.PONG, ping.payload, mask=bytes(4))))
            return [frame.opcode == Opcode.TEXT for frame in came if frame.opcode in (Opcode.TEXT, Opcode.CLOSE)]

        return _read(raw, count, look, reading)


_UPGRADE = (
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    f"Sec-WebSocket-Key: {base64.b64encode(bytes(16)).decode()}",  # any 16 bytes will do: the key is not a secret
)


def _connection(where: Where, trace: Trace) -> TcpSocket:
    target = parse(where)
    sock = socket.create_connection((target.host, target.port), PATIENCE)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return TcpSocket(sock, trace)


def _answer(raw: TcpSocket, target: str, reading: Reading, *, status: int, headers: Iterable[str] = ()) -> ResponseHead:
    """Send the shortest GET that HTTP/1.1 allows, count it, and return the head of its answer."""
    reading.asked.append(time.monotonic())
    host, port = raw.getpeername()
    raw.sendall("\r\n".join([f"GET {target} HTTP/1.1", f"Host: {host}:{port}", *headers, "", ""]).encode())
    parsed = parse_response(raw.recv_until(b"\r\n\r\n"))
    assert parsed is not None  # the empty line is there
    head = parsed[0]
    if head.status != status:
        raise LivesockError(f"GET {target} should be answered {status}, and the answer is {head.status} {head.reason}")
    return head


def _read(raw: TcpSocket, count: int, look: Callable[[bytes], list[bool]], reading: Reading) -> Reading:
    """Receive until `look` has seen `count` events: it returns True for each, and False where the stream ends."""
    arrivals = reading.arrivals
    while len(arrivals) < count:
        data = raw.recv()
        seen = look(data) if data else [False]
        arrivals.extend([time.monotonic()] * sum(seen))
        if len(arrivals) < count and not all(seen):
            raise EOFError(f"the stream ended after {len(arrivals)} of {count} events")
    del arrivals[count:]
    return reading


# -- the race


@dataclass(frozen=True, slots=True)
class Delivered:
    """How one way delivered the events."""

    name: str
    arrivals: tuple[float, ...]
    """When each event had arrived, in seconds since the start of the race."""
    delays: tuple[float, ...]
    """Seconds from the moment each event happened to the moment the client held it."""
    requests: int
    """HTTP requests that it took."""
    trace: Trace
    """Every byte of its connections."""

    @property
    def mean_delay(self) -> float:
        """Seconds that an event took on average."""
        return mean(self.delays)

    @property
    def bytes_per_event(self) -> float:
        """Bytes of both directions, the opening included, divided by the number of events."""
        return self.trace.size / len(self.arrivals)


def race(feed: Feed, clients: Mapping[str, Callable[[int], Reading]], gaps: Iterable[float]) -> Race:
    """Publish one event after each of the `gaps` (seconds) while all clients receive them; return the result.

    A client is a function of the number of events, such as `lambda n: ask(server, "/poll", n, every=0.3)`. The feed
    must be new: clients count from its first event. Blocks until every client has them all; no thread is left then.

    Raises:
        ValueError: If the feed holds events already, or there are no gaps.
    """
    pauses = list(gaps)
    if feed.times:
        raise ValueError(f"a race needs a new Feed, and this one holds {len(feed.times)} events already")
    if not pauses:
        raise ValueError("a race needs at least one gap: one event is published after each")
    with ThreadPoolExecutor(len(clients), thread_name_prefix="livesock race") as pool:
        begin = time.monotonic()
        running = {name: pool.submit(client, len(pauses)) for name, client in clients.items()}
        try:
            for pause in pauses:
                time.sleep(pause)
                feed.publish(f"event {len(feed.times) + 1}")
        finally:  # also when interrupted, the clients get all the events that they wait for, and end
            for _ in pauses[len(feed.times) :]:
                feed.publish("late")
        readings = {name: future.result() for name, future in running.items()}
    happened = tuple(moment - begin for moment in feed.times)
    return Race(happened, tuple(_delivery(name, reading, begin, happened) for name, reading in readings.items()))


def _delivery(name: str, reading: Reading, begin: float, happened: tuple[float, ...]) -> Delivered:
    arrivals = tuple(moment - begin for moment in reading.arrivals)
    delays = tuple(there - here for there, here in zip(arrivals, happened, strict=True))
    return Delivered(name, arrivals, delays, reading.requests, reading.trace)


@dataclass(frozen=True, slots=True)
class Race:
    """The result of a race: a table as text, a picture in a notebook, `race["long-poll"]` for one delivery."""

    happened: tuple[float, ...]
    """When each event happened, in seconds since the start."""
    deliveries: tuple[Delivered, ...]

    def __getitem__(self, name: str) -> Delivered:
        return {delivery.name: delivery for delivery in self.deliveries}[name]

    def __str__(self) -> str:
        width = max(len(d.name) for d in self.deliveries)
        lines = [f"{'':{width}}  mean delay  bytes per event  requests"]
        for d in self.deliveries:
            lines.append(f"{d.name:{width}}  {d.mean_delay * 1000:7.1f} ms  {d.bytes_per_event:15.0f}  {d.requests:8}")
        return printable("\n".join(lines), sys.stdout.encoding)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": to_html(self.svg(), alt=str(self))}

    def svg(self) -> str:
        """Return the picture: a lane for each delivery, a line for each event, a bar while it is under way."""
        lanes = [
            Lane(d.name, d.arrivals, f"{d.mean_delay * 1000:.1f} ms", f"{d.bytes_per_event:.0f}")
            for d in self.deliveries
        ]
        return lanes_svg(self.happened, lanes, description=str(self))
