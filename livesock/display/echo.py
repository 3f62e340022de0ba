"""`OwnEcho`: the server of a view that was given none. It starts when it is first needed, and echoes."""

from __future__ import annotations

import itertools
from typing import Any

from livesock.display.targets import target_of
from livesock.net.connect.urls import Target
from livesock.server import Server, serve

__all__ = ["OwnEcho"]

_numbers = itertools.count(1)


class OwnEcho:
    """At most one server at a time; `options` are those of its route."""

    def __init__(self, **options: Any) -> None:
        self._options = options
        self._server: Server | None = None

    def target(self) -> Target:
        """Return where it echoes; start it if it does not run."""
        if self._server is None or not self._server.is_running:
            self._server = serve(f"echo of a view {next(_numbers)}")
            self._server.websocket("/echo", **self._options)(_echo)
        return target_of(self._server, "/echo")

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()


async def _echo(ws: Any) -> None:
    async for message in ws:
        await ws.send(message)
