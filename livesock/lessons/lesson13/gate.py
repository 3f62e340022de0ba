"""`Gate`: the learner's functions guard a real room, ours where one is not written yet.

a page      POST /ticket, Origin looked at ──► Tickets.issue
            GET /room?ticket=…             ──► origin_allowed, before the 101 ──► Tickets.redeem
a program   GET /room, without an Origin   ──► authenticate: its first message, in time
both        each message                   ──► TokenBucket.take
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection, broadcast
from websockets.exceptions import ConnectionClosed

from livesock.learn.whose import is_own
from livesock.lessons.lesson03.accept_key import accept_key
from livesock.lessons.lesson03.check_request import check_request
from livesock.lessons.lesson13 import authenticate as ours_of_authenticate
from livesock.lessons.lesson13 import origin_allowed as ours_of_origin
from livesock.lessons.lesson13 import tickets as ours_of_tickets
from livesock.lessons.lesson13 import tokenbucket as ours_of_bucket

__all__ = ["BURST", "NEWS", "RATE", "TIMEOUT", "Gate", "Room"]

NEWS = "dinner is at eight"
"""What a member of the room hears first, and no stranger should."""

TIMEOUT, TTL, RATE, BURST = 0.3, 30.0, 5.0, 10
"""Seconds for the first message and for a ticket; messages a second, and at once."""

Headers = Mapping[str, str]


class Room:
    """A room without a door: each client hears the news, and what the others say."""

    def __init__(self) -> None:
        self.members: set[ServerConnection] = set()

    async def serve(self, ws: ServerConnection) -> None:
        """Let a client in at once."""
        self.members.add(ws)
        await self.talk(ws)

    async def talk(self, ws: ServerConnection) -> None:
        """Tell the news to a member, and pass on what it says."""
        try:
            await ws.send(NEWS)
            async for message in ws:
                if not self.passes(ws):
                    return await send_away(ws)
                broadcast(self.members, message)
        except ConnectionClosed:
            pass
        finally:
            self.members.discard(ws)

    def passes(self, ws: ServerConnection) -> bool:
        """Return whether a message of this member is passed on."""
        return True


async def send_away(ws: ServerConnection) -> None:
    """Close, and read what is under way without passing it on: the client's own Close comes behind it."""
    closing = asyncio.create_task(ws.close(1008, "too fast"))
    with contextlib.suppress(ConnectionClosed):
        async for _ in ws:
            pass
    await closing


class Gate(Room):
    """The same room, guarded. `str(gate)` says of each function whose it is; one that raises is seen failing."""

    def __init__(
        self,
        origin_allowed: Callable[..., Any],
        tickets: Callable[..., Any],
        authenticate: Callable[..., Any],
        bucket: Callable[..., Any],
        *,
        allowed: set[str],
        token: str,
    ) -> None:
        super().__init__()
        trials: dict[str, tuple[Callable[..., Any], Any, Callable[[], Any]]] = {
            "origin_allowed": (origin_allowed, ours_of_origin.origin_allowed, lambda: origin_allowed(None, set())),
            "Tickets": (tickets, ours_of_tickets.Tickets, lambda: tickets(1, time.monotonic).issue("ann")),
            "authenticate": (authenticate, ours_of_authenticate.authenticate, lambda: begin(authenticate)),
            "TokenBucket": (bucket, ours_of_bucket.TokenBucket, lambda: bucket(1, 1, time.monotonic).take()),
        }
        self._whose = {name: is_own(mine, trial) for name, (mine, _, trial) in trials.items()}
        chosen = {name: mine if self._whose[name] else ours for name, (mine, ours, _) in trials.items()}
        self.allowed, self._token = allowed, token
        self._origin_allowed, self._authenticate = chosen["origin_allowed"], chosen["authenticate"]
        self._bucket, self._buckets = chosen["TokenBucket"], dict[Any, Any]()
        self.tickets = chosen["Tickets"](TTL, time.monotonic)

    def handshake(self, method: str, version: str, headers: Headers) -> tuple[int, dict[str, str]]:
        """Answer an opening handshake: 403 for a page that may not enter. A program, without Origin, is asked later."""
        origin = headers.get("origin")
        if origin is not None and not self._origin_allowed(origin, self.allowed):
            return 403, {}
        status, answer = check_request(method, version, dict(headers))
        if status == 101:
            answer = answer | {"Sec-WebSocket-Accept": accept_key(headers["sec-websocket-key"])}
        return status, answer

    def ticket(self, request: Any) -> dict[str, str]:
        """Answer POST /ticket: a ticket for a page that may enter, and nothing for others."""
        allowed = self._origin_allowed(request.headers.get("origin"), self.allowed)
        return {"ticket": self.tickets.issue("a page")} if allowed else {"error": "not for this page"}

    def page(self, html: str) -> Callable[[Any], str]:
        """Return a handler that serves `html`, a page that may enter.

        Its origin is the name under which it was asked for, also behind a proxy. livesock has checked that name.
        """

        def serve(request: Any) -> str:
            scheme = request.headers.get("x-forwarded-proto", "http").partition(",")[0]
            self.allowed.add(f"{scheme}://{request.headers['host']}".lower())
            return html

        return serve

    async def serve(self, ws: ServerConnection) -> None:
        """Let a client in that has a ticket, or says the token first."""
        self._buckets[ws] = self._bucket(RATE, BURST, time.monotonic)
        try:
            if await self._enters(ws):
                await self.talk(ws)
        finally:
            self.members.discard(ws)
            del self._buckets[ws]

    async def _enters(self, ws: ServerConnection) -> bool:
        asked = urlsplit(ws.request.path if ws.request else "").query
        ticket = parse_qs(asked).get("ticket")
        if ticket is None:
            return bool(await self._authenticate(ws, self._token, self.members, TIMEOUT))
        if self.tickets.redeem(ticket[0]) is None:
            await ws.close(4401, "unauthorized")
            return False
        self.members.add(ws)
        return True

    def passes(self, ws: ServerConnection) -> bool:
        return bool(self._buckets[ws].take())

    def __str__(self) -> str:
        return ", ".join(f"{name}: {'yours' if is_mine else 'ours'}" for name, is_mine in self._whose.items())

    def __repr__(self) -> str:
        return str(self)


def begin(authenticate: Callable[..., Any]) -> None:
    """Run the coroutine to its first wait: a stub raises NotImplementedError."""
    coroutine = authenticate(None, "", set(), 1.0)
    try:
        coroutine.send(None)
    finally:
        coroutine.close()
