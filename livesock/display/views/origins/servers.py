"""`RoomAndPages`: a room whose rules can be switched, and a second port from which pages come.

127.0.0.1:ROOM    GET /room, WebSocket /room     the rules of `Door`, decided for each request
127.0.0.1:PAGES   GET /                          a page that tries both ways, for the reader's own browser
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from importlib import resources
from typing import Any

from websockets.exceptions import ConnectionClosed

from livesock.display.views.origins.rules import ANN, NEWS, TOKEN, Door, Headers, Rules
from livesock.net.http.web import HttpRequest, Response
from livesock.server import serve
from livesock.wire.handshake import accept_key

__all__ = ["RoomAndPages"]

PATIENCE = 2.0
"""Seconds that the room waits for a token in the first message."""

OURS, EVIL = "app.localhost", "evil.localhost"

_numbers = itertools.count(1)


class RoomAndPages:
    """Both servers of one view. `rules` may be set at any time, from any thread."""

    def __init__(self, rules: Rules) -> None:
        number = next(_numbers)
        names = [OURS, EVIL]
        self.rules = rules
        self.pages = serve(f"pages {number}", hosts=names)
        self.app, self.evil = (f"http://{name}:{self.pages.port}" for name in names)
        # livesock's own checks let these in: here the switches decide
        self.room = serve(f"room {number}", hosts=names, origins=[self.app, self.evil, "null"])
        self.false_name = f"{EVIL}:{self.room.port}"
        self.pages.get("/")(lambda request: page())
        self.room.get("/room")(self._answer)
        self.room.websocket("/room", handshake=self._handshake)(self._serve)

    @property
    def door(self) -> Door:
        """The rules as they are now."""
        return Door(self.app, frozenset({f"127.0.0.1:{self.room.port}"}), self.rules)

    def _news(self, headers: Headers) -> str:
        return f"Ann, {NEWS}" if self.rules.cookie and headers.get("cookie") == ANN else NEWS

    async def _answer(self, request: HttpRequest) -> Response:
        door, headers = self.door, request.headers
        refusal = door.refusal(headers)
        if refusal is None and door.rules.token and headers.get("authorization") != f"Bearer {TOKEN}":
            refusal = 401, "no token"
        status, text = refusal or (200, self._news(headers))
        return Response(text, status=status, headers=door.may_read(headers.get("origin")))

    def _handshake(self, method: str, version: str, headers: dict[str, str]) -> tuple[int, dict[str, str]]:
        refusal = self.door.refusal(headers)
        if refusal is not None:
            return refusal[0], self.door.may_read(headers.get("origin"))
        accept = accept_key(headers.get("sec-websocket-key", ""))
        return 101, {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": accept}

    async def _serve(self, ws: Any) -> None:
        with contextlib.suppress(ConnectionClosed):
            if self.rules.token and not await has_token(ws):
                await ws.close(4401, "no token")
                return
            await ws.send(self._news({name.lower(): value for name, value in ws.request.headers.raw_items()}))
            await ws.wait_closed()

    def stop(self) -> None:
        self.room.stop()
        self.pages.stop()


async def has_token(ws: Any) -> bool:
    try:
        async with asyncio.timeout(PATIENCE):
            return bool(await ws.recv() == TOKEN)
    except TimeoutError:
        return False


def page() -> str:
    """Return the page that tries both ways and tells its parent what it could read."""
    return resources.files(__package__).joinpath("knock.html").read_text("utf-8")
