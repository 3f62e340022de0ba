"""`Asking`: asks the other servers, and knows when the last one has answered, or has left."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable

from livesock.errors import ClusterError, NotRunning
from livesock.net.cluster.link import Link
from livesock.realtime.cluster.entries import encode_payload
from livesock.realtime.cluster.messages import Body
from livesock.realtime.cluster.requests import Request, Requests

__all__ = ["LOOK", "Asking"]

LOOK = 0.5
"""Seconds between two looks whether a server that has not answered is still there."""


class Asking:
    """Runs on the loop."""

    def __init__(self, link: Link) -> None:
        self.requests = Requests()
        self._link = link

    async def others(self, namespace: str) -> list[str]:
        """Return the uids of the other servers in a namespace. Raises `ClusterError` if the bus is away."""
        return sorted(await self._link.station.servers(namespace) - {self._link.uid})

    async def ask(
        self, namespace: str, question: Callable[[str], Body], seconds: float, *, clients: bool = False
    ) -> Request:
        """Ask the other servers what `question(id)` returns; give back the request, complete or when its time is up.

        Raises:
            ClusterError: If the bus is away, or does not answer.
            OverflowError: If too many questions are open.
        """
        if self._link.state == "closed":
            raise NotRunning("the server is stopped: serve() again")
        clock = asyncio.get_running_loop().time
        end = clock() + seconds
        try:
            async with asyncio.timeout(seconds):
                others = await self.others(namespace)
        except TimeoutError:
            raise ClusterError(f"the bus does not answer within {seconds:g} s, and so does no other server") from None
        number = secrets.token_hex(8)
        request = self.requests.open(number, namespace, others, clients=clients)
        news = asyncio.Event()
        request.on_news = news.set
        try:
            if others:
                self._link.tell(namespace, "", encode_payload(self._link.uid, namespace, question(number)))
            while not request.is_complete and (left := end - clock()) > 0:
                news.clear()
                if not await _happens(news, min(left, LOOK)):
                    await self._forget_the_gone(request, namespace, min(left, LOOK))
            return request
        finally:
            self.requests.close(number)

    async def _forget_the_gone(self, request: Request, namespace: str, seconds: float) -> None:
        """Wait no longer for servers that have left: they will not answer."""
        try:
            async with asyncio.timeout(seconds):
                there = await self.others(namespace)
        except (ClusterError, TimeoutError):
            return
        for server in set(request.missing) - set(there):
            request.gone(server)


async def _happens(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False
