"""The client of `aiohttp`."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import aiohttp

from livesock.conformance.clients.checks import LIMIT, WAIT, Message

__all__ = ["CLIENT", "AiohttpClient"]

T = TypeVar("T")


class AiohttpClient:
    """One connection, with a loop of its own."""

    def __init__(self, url: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._run(self._open(url))

    async def _open(self, url: str) -> None:
        self._session = aiohttp.ClientSession()
        self._ws = await self._session.ws_connect(url, max_msg_size=2 * LIMIT)

    def _run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(asyncio.wait_for(doing, WAIT))

    def send(self, message: Message) -> None:
        self._run(self._ws.send_str(message) if isinstance(message, str) else self._ws.send_bytes(message))

    def receive(self) -> Message:
        came = self._run(self._ws.receive())
        if came.type is aiohttp.WSMsgType.TEXT:
            return str(came.data)
        if came.type is aiohttp.WSMsgType.BINARY:
            return bytes(came.data)
        raise ConnectionError(f"{came.type.name} came, where a message was expected")

    def close(self) -> int:
        self._run(self._ws.close(code=1000))
        return self._ws.close_code or 1006

    def closed(self) -> int:
        while True:
            came = self._run(self._ws.receive())
            if came.type is aiohttp.WSMsgType.CLOSE:
                return int(came.data)  # `close_code` says 1006 when the answer to it could not be written any more
            if came.type not in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                return self._ws.close_code or 1006

    def drop(self) -> None:
        self._run(self._session.close())
        self._loop.close()


CLIENT = AiohttpClient
"""What `load` finds."""
