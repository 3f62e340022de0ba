"""A server for views that are made without one: two gateways, each in a namespace of its own, or both in one.

A drawing board and a chat. Both answer the event `clear`, each in its own way.
"""

from __future__ import annotations

import itertools
import warnings
from typing import Any

from livesock.gateway import event
from livesock.net.socketio.seat import Socket
from livesock.server import Server, serve

__all__ = ["demonstrate"]

_numbers = itertools.count(1)


class Point:
    """A drawing board."""

    async def on_connect(self, socket: Socket) -> None:
        """Accept every peer."""

    @event("move")
    async def move(self, socket: Socket, x: float, y: float) -> dict[str, Any]:
        """Move the pen."""
        return {"at": [x, y]}

    @event("clear")
    async def clear(self, socket: Socket) -> str:
        """Wipe the board."""
        return "the board is empty"


class Chat:
    """A chat."""

    async def on_connect(self, socket: Socket) -> None:
        """Accept every peer."""

    @event("say")
    async def say(self, socket: Socket, text: str) -> dict[str, Any]:
        """Send a text to the other members."""
        socket.broadcast.emit("said", text)
        return {"said": text}

    @event("clear")
    async def clear(self, socket: Socket) -> str:
        """Forget every line."""
        return "all lines are gone"


def demonstrate(point: str = "/point", chat: str | None = "/chat") -> tuple[Server, list[str]]:
    """Start the server and return it with the warnings of livesock: none while each gateway has its own namespace."""
    server = serve(f"demonstration {next(_numbers)}")
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        server.gateway(point)(Point)
        if chat is not None:
            server.gateway(chat)(Chat)
    return server, [str(warning.message) for warning in warned]
