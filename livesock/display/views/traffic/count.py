"""What `traffic()` counts: the bytes that four ways add to a minute of news, on real connections.

A minute is not waited for: bytes do not depend on the clock. So many polls, events and heartbeats as a minute has are
sent, one after the other, and their bytes are read off the recording. The news itself travels in every way and is
left out; so are the headers of TCP and IP (40 bytes a segment or more).
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from livesock.client import connect, tcp
from livesock.net.connect.tcp import TcpSocket
from livesock.server import Server, serve
from livesock.wire.sse import ServerSentEvent

__all__ = ["BROWSER", "MINUTE", "TEXT", "WAYS", "Parts", "count_minute", "measure_parts", "news_server"]

WAYS = ("poll", "long-poll", "SSE", "WebSocket")

MINUTE = 60.0
"""Seconds that the page is open."""

TEXT = "12345678"
"""One piece of news."""

EXCHANGES = 700
"""Requests and answers that are really sent for one number, at most."""

PATIENCE = 10.0

BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-US,en;q=0.5",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Referer": "http://127.0.0.1/prices",
    "Cookie": "theme=dark; session=0123456789abcdef0123456789abcdef",
    "Priority": "u=0, i",
}
"""What a browser sends with each request."""


class Parts(NamedTuple):
    """Bytes of each part, both directions, as they were counted."""

    request: int
    answer: int
    opening: int
    """Of a stream of server-sent events: its request, and the head of its answer."""
    event: int
    frame: float
    beat: int
    """A ping and its pong."""
    handshake: int

    def per_second(self, way: str, rate: float, every: float, beat_every: float) -> float:
        """Return the bytes that `way` adds in a second, for `rate` events a second."""
        if way == "poll":
            return (self.request + self.answer) / every
        if way == "long-poll":
            return rate * (self.request + self.answer)
        if way == "SSE":
            return self.opening / MINUTE + rate * self.event
        return self.handshake / MINUTE + self.beat / beat_every + rate * self.frame


def news_server(name: str) -> Server:
    """Return a server that has as much news as it is asked for."""
    server = serve(name)

    @server.get("/news")
    def news(request: Any) -> str:
        return TEXT * int(request.query["n"])

    @server.get("/stream")
    async def stream(request: Any) -> Any:
        for _ in range(int(request.query["n"])):
            yield ServerSentEvent(TEXT)

    @server.websocket("/push")
    async def push(ws: Any) -> None:
        for _ in range(int(ws.request.path.partition("n=")[2])):
            await ws.send(TEXT)
        await ws.wait_closed()

    return server


def measure_parts(server: Server, headers: dict[str, str]) -> Parts:
    """Send one of each and count."""
    with tcp(server) as raw:
        _exchange(raw, 1, headers)
        request, answer = len(raw.trace.data(">")), len(raw.trace.data("<")) - len(TEXT)
    one, two = (_stream(server, n, headers) for n in (1, 2))
    still, beaten = (_push(server, 0, beats, headers) for beats in (0, 1))
    opened = _push(server, 10, 0, headers) - still
    event = two - one - len(TEXT)
    return Parts(request, answer, one - event - len(TEXT), event, opened // 10 - len(TEXT), beaten - still, still)


def count_minute(
    server: Server, way: str, rate: float, every: float, beat_every: float, headers: dict[str, str]
) -> float | None:
    """Send a minute of news at `rate` events a second in this way; return the bytes that were added, per second.

    None where that would take too long.
    """
    events = round(rate * MINUTE)
    if way == "poll":
        polls = max(round(MINUTE / every), 1)
        size = None if polls > EXCHANGES else _poll(server, _dealt(events, polls), headers)
        scale = MINUTE / (polls * every)  # a pause of more than a minute: its share of one poll
        return None if size is None else (size - events * len(TEXT)) * scale / MINUTE
    if way == "long-poll":
        size = None if events > EXCHANGES else _poll(server, [1] * events, headers)
    elif way == "SSE":
        size = _stream(server, events, headers)
    else:
        size = _push(server, events, round(MINUTE / beat_every), headers)
    return None if size is None else (size - events * len(TEXT)) / MINUTE


def _dealt(events: int, polls: int) -> list[int]:
    """Return how many events each poll finds."""
    return [(k + 1) * events // polls - k * events // polls for k in range(polls)]


def _exchange(raw: TcpSocket, n: int, headers: dict[str, str]) -> None:
    lines = [f"GET /news?n={n} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    raw.sendall("\r\n".join([*lines, "", ""]).encode())
    length = re.search(rb"(?i)content-length: *(\d+)", raw.recv_until(b"\r\n\r\n"))
    raw.recv_exactly(int(length[1]) if length else 0)


def _poll(server: Server, finds: list[int], headers: dict[str, str]) -> int:
    with tcp(server) as raw:
        for n in finds:
            _exchange(raw, n, headers)
        return raw.trace.size


def _stream(server: Server, n: int, headers: dict[str, str]) -> int:
    lines = [f"GET /stream?n={n:05} HTTP/1.1", "Host: 127.0.0.1", *(f"{a}: {b}" for a, b in headers.items())]
    with tcp(server) as raw:
        raw.sendall("\r\n".join([*lines, "", ""]).encode())
        raw.recv_until(b"\r\n\r\n")
        raw.recv_until(b"0\r\n\r\n")  # the last chunk; a stream that goes on has none
        return raw.trace.size - len(b"0\r\n\r\n")


def _push(server: Server, n: int, beats: int, headers: dict[str, str]) -> int:
    with connect(f"{server.url('/push')}?n={n:05}", headers=headers, max_queue=None) as ws:
        for _ in range(n):
            ws.recv(timeout=PATIENCE)
        for _ in range(beats):
            ws.ping().wait(PATIENCE)
        return ws.trace.size
