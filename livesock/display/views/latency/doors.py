"""The server behind `latency()`: one that answers, one that has news, and one that sends where a car is.

GET /five, a WebSocket /five      five bytes, for each question
/poll /long-poll /stream /push    the news of a `Feed`, in four ways
a WebSocket /car                  ten positions, each as a message and as a datagram
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from typing import Any

from livesock.race.race import Feed
from livesock.server import Server, serve
from livesock.wire.sse import ServerSentEvent

__all__ = ["EVERY", "LOST", "POSITIONS", "LatencyServer"]

POSITIONS, EVERY, LOST = 10, 0.03, 3
"""Positions of a car, the seconds from one to the next, and the one whose segment is lost."""


class LatencyServer:
    """A server, and what its handlers say: set `feed` before clients ask for news, `datagrams` before a car drives."""

    def __init__(self, name: str) -> None:
        self.feed = Feed()
        self.datagrams: tuple[str, int] | None = None
        """Where the datagrams go."""
        self.server = serve(name)
        _answer(self.server)
        self._tell_news(self.server)
        self._drive(self.server)

    def _tell_news(self, server: Server) -> None:
        @server.get("/poll")
        def poll(request: Any) -> list[str]:
            return self.feed.since(int(request.query["seen"]))

        @server.get("/long-poll")
        async def long_poll(request: Any) -> list[str]:
            return await self.feed.after(int(request.query["seen"]))

        @server.get("/stream")
        async def stream(request: Any) -> AsyncIterator[ServerSentEvent]:
            async for event in each(self.feed):
                yield ServerSentEvent(event)

        @server.websocket("/push")
        async def push(ws: Any) -> None:
            async for event in each(self.feed):
                await ws.send(event)

    def _drive(self, server: Server) -> None:
        @server.websocket("/car")
        async def car(ws: Any) -> None:
            begin = time.monotonic()
            with socket.socket(type=socket.SOCK_DGRAM) as out:
                for number in range(POSITIONS):
                    text = f"{number} {time.monotonic()}"
                    if number != LOST and self.datagrams:
                        out.sendto(text.encode(), self.datagrams)
                    await ws.send(text)
                    await asyncio.sleep(begin + (number + 1) * EVERY - time.monotonic())


def _answer(server: Server) -> None:
    @server.get("/five")
    def five(request: Any) -> str:
        return "xxxxx"

    @server.websocket("/five")
    async def fives(ws: Any) -> None:
        async for _ in ws:
            await ws.send("xxxxx")


async def each(feed: Feed) -> AsyncIterator[str]:
    """Yield the events of `feed`, each as soon as it is there, without end."""
    seen = 0
    while True:
        for event in await feed.after(seen):
            seen += 1
            yield event
