"""`RemoteSocket`: a socket of another server, as that server has described it."""

from __future__ import annotations

from functools import partial
from typing import Any

from livesock.errors import NotRunning
from livesock.net.loop.arguments import seconds_of
from livesock.net.loop.habits import check_values
from livesock.net.loop.thread import LoopThread
from livesock.net.socketio.audience import Audience
from livesock.net.socketio.handling.habits import no_such
from livesock.net.socketio.handling.keywords import asked, no_keywords
from livesock.net.socketio.selection import CALL_TIMEOUT, Selection
from livesock.realtime.encoded import Encoded

__all__ = ["RemoteSocket"]


class RemoteSocket:
    """A socket of another server. What it knows is a snapshot; what it does crosses the bus."""

    def __init__(self, loop: LoopThread, audience: Audience[Any], found: dict[str, Any]) -> None:
        self.id: str = found["id"]
        self.rooms: list[str] = list(found["rooms"])
        self.data: Any = found.get("data") or {}
        """What the handlers of its server remember about it."""
        self.handshake: dict[str, Any] = found.get("handshake") or {}
        """What its peer sent when it came: `headers`, `query`, `address`, `auth`."""
        self._selection: Selection[Any] = Selection(loop, {audience.name: audience}, (self.id,))
        self._name = audience.name
        self._loop = loop

    def __repr__(self) -> str:
        return f'<RemoteSocket "{self.id}" in {self._name}>'

    def __getattr__(self, name: str) -> Any:
        raise no_such(self, "a socket of another server", name)

    def emit(self, name: str, *arguments: Any, **strange: Any) -> None:
        """Send it an event."""
        self._selection.emit(name, *arguments, **strange)

    def call(self, name: str, *arguments: Any, timeout: float = CALL_TIMEOUT, **strange: Any) -> Any:
        """Ask it and return its answer; in an async handler, `await` it.

        Raises:
            TimeoutError: If it does not answer within `timeout` seconds.
            NotRunning: If it has left.
        """
        no_keywords("call", strange, "socket", name)
        check_values("call", name, arguments, partial(asked, "socket"))
        Encoded.event(self._name, name, arguments)
        return self._loop.wait(self._ask, name, arguments, seconds_of(timeout))

    async def _ask(self, name: str, arguments: tuple[Any, ...], seconds: float) -> Any:
        answers = await self._selection.timeout(seconds).ask(name, arguments)
        if not answers:
            raise NotRunning(f'the peer "{self.id}" is not connected to {self._name} any more')
        return answers[0]

    def join(self, *rooms: str, **strange: Any) -> None:
        """Put it into `rooms`."""
        self._selection.join(*rooms, **strange)

    def leave(self, *rooms: str, **strange: Any) -> None:
        """Take it out of `rooms`."""
        self._selection.leave(*rooms, **strange)

    def disconnect(self, close: bool = False, **strange: Any) -> None:
        """Send it away from the namespace; with `close` its whole session ends."""
        self._selection.disconnect(close, **strange)
