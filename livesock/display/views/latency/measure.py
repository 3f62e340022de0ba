"""What `latency()` measures, each over real connections through a simulated distance.

    ask    a question and its answer: on a new connection, on one kept alive, on a WebSocket
    news   how old a message of the server is when the client has it, in four ways
    lost   how old each position of a car is, over a WebSocket and as a datagram, when one segment is lost

Fair: one server, one line, the same five bytes; the ways take turns; a warm-up that does not count; the median.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median

from livesock.client import connect, tcp
from livesock.display.views.latency.doors import EVERY, LOST, POSITIONS, LatencyServer
from livesock.net.connect.tcp import TcpSocket
from livesock.net.netsim.netsim import NetSim
from livesock.race.race import Feed, Reading, ask, race, read_stream, read_websocket

__all__ = ["HOLE", "POLL", "WAYS", "ask_at", "drive", "news_at"]

WAYS = {
    "ask": ("new connection", "kept alive", "WebSocket"),
    "news": ("poll", "long-poll", "SSE", "WebSocket"),
    "lost": ("datagram", "WebSocket"),
}
"""Who takes part."""

TRIES, EVENTS = 3, 7
"""Questions of which the median counts, and pieces of news."""

POLL = 0.3
"""Seconds between two polls."""

GOLDEN = 0.618
"""Of the time from poll to poll: pieces of news with this distance find the pollers in all states, early and late."""

HOLE = 0.2
"""Seconds until TCP sends a lost segment again."""

PATIENCE = 5.0

REQUEST = b"GET /five HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def ask_at(far: NetSim) -> dict[str, float]:
    """Ask in three ways, in turns; return the median seconds of each."""
    with tcp(far) as kept, connect(far.url("/five")) as ws:
        questions: dict[str, Callable[[], object]] = {
            "new connection": lambda: _on_a_new_connection(far),
            "kept alive": lambda: _exchange(kept),
            "WebSocket": lambda: (ws.send("?"), ws.recv(timeout=PATIENCE)),
        }
        turns = [{way: _seconds(question) for way, question in questions.items()} for _ in range(TRIES + 1)]
    return {way: median(turn[way] for turn in turns[1:]) for way in questions}


def _on_a_new_connection(far: NetSim) -> None:
    with tcp(far) as raw:
        _exchange(raw)


def _exchange(raw: TcpSocket) -> bytes:
    raw.sendall(REQUEST)
    head = raw.recv_until(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: *(\d+)", head)
    return raw.recv_exactly(int(length[1]) if length else 0)


def _seconds(question: Callable[[], object]) -> float:
    begin = time.perf_counter()
    question()
    return time.perf_counter() - begin


def news_at(far: NetSim, doors: LatencyServer) -> dict[str, float]:
    """Let the server have some news, while four clients wait for it, each in its way; return the median seconds."""
    feed = doors.feed = Feed()
    clients: dict[str, Callable[[int], Reading]] = {
        "poll": lambda count: ask(far, "/poll", count, every=POLL),
        "long-poll": lambda count: ask(far, "/long-poll", count),
        "SSE": lambda count: read_stream(far, "/stream", count),
        "WebSocket": lambda count: read_websocket(far, "/push", count),
    }
    round_trip = 2 * far.delay
    pauses = [GOLDEN * (POLL + round_trip)] * EVENTS
    pauses[0] += 2 * round_trip  # every client is connected
    deliveries = race(feed, clients, pauses).deliveries
    return {delivery.name: median(delivery.delays) for delivery in deliveries}


def drive(far: NetSim, doors: LatencyServer, seen: Callable[[str, int, float], None]) -> None:
    """Follow a car in two ways; call `seen` with the way, the position and its age in seconds, as each comes."""
    with _datagrams(doors, seen), connect(far.url("/car")) as ws:
        for _ in range(POSITIONS):
            number, moment = str(ws.recv(timeout=PATIENCE)).split()
            seen("WebSocket", int(number), time.monotonic() - float(moment))
            if int(number) == LOST - 1:
                far.black_hole = True  # the segment with the next position does not come through
                threading.Timer(HOLE + EVERY, setattr, (far, "black_hole", False)).start()


@contextmanager
def _datagrams(doors: LatencyServer, seen: Callable[[str, int, float], None]) -> Iterator[None]:
    """Listen for datagrams meanwhile."""
    with socket.socket(type=socket.SOCK_DGRAM) as here:
        here.bind(("127.0.0.1", 0))
        here.settimeout(1)
        doors.datagrams = here.getsockname()

        def listen() -> None:
            number = b""
            while number != b"%d" % (POSITIONS - 1):
                try:
                    number, moment = here.recv(100).split()
                except OSError:  # the last one did not come
                    return
                seen("datagram", int(number), time.monotonic() - float(moment))

        listener = threading.Thread(target=listen, name="livesock datagrams", daemon=True)
        listener.start()
        try:
            yield
            listener.join(PATIENCE)
        finally:
            doors.datagrams = None
