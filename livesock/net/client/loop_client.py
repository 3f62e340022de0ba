"""`LoopClient`: a recorded Socket.IO client for a caller that has a loop of its own. No thread and no handlers.

a view's loop ──► LoopClient ann ─► Manager ─► its session, its trace
              ──► LoopClient bob ─► …             └──► on_event(name, arguments), on the loop, at once
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from livesock.net.client.listeners import Answer
from livesock.net.client.manager import Manager
from livesock.net.client.seat import LoopSeat
from livesock.net.connect.options import target_of
from livesock.net.connect.urls import HasUrl
from livesock.trace.recording import LIMIT, Trace

__all__ = ["LoopClient"]

OnEvent = Callable[[str, list[Any]], None]


class LoopClient:
    """A client with a seat in one namespace. It does not come back by itself. Runs on the loop, but for `id`."""

    def __init__(
        self,
        url: str | HasUrl,
        namespace: str,
        on_event: OnEvent,
        *,
        transports: tuple[str, ...],
        timeout: float,
        trace_limit: int = LIMIT,
    ) -> None:
        """Prepare a client of `url`; `join` connects.

        `on_event(name, arguments)` hears every event, also "connect", "disconnect" and "connect_error"; it must be
        quick. A question of the server is answered with nothing.
        """
        self.trace = Trace(client=">", limit=trace_limit)
        self._seat = LoopSeat(namespace, None, _Hearer(on_event))
        self._manager = Manager(target_of(url), self.trace, transports=transports, backoff=None, timeout=timeout)
        self._manager.seats = {namespace: self._seat}

    @property
    def id(self) -> str | None:
        """What the server calls it; None while it is not in the namespace, as far as it knows (any thread)."""
        return self._seat.state.id

    async def join(self) -> None:
        """Join the namespace, also again after the server has dropped us; then everything is read again.

        Raises:
            Refused, HandshakeError, OSError: As `livesock.socket` does.
        """
        self.hold(False)
        if self._manager.line is not None:  # we have not noticed yet that we were dropped
            await self._manager.leave(self._seat.namespace)
        await self._manager.join(self._seat.namespace)

    def hold(self, held: bool) -> None:
        """Stop reading from the server, or read again. What we had begun to read we still take."""
        self._manager.hold(held)

    async def close(self, timeout: float) -> None:
        """Leave the namespace and end the session, politely if that takes less than `timeout` seconds."""
        self.hold(False)
        await self._manager.close(timeout)


class _Hearer:
    """Hears the events of a seat on the loop itself, where a `Listeners` would pass them to a thread."""

    def __init__(self, on_event: OnEvent) -> None:
        self._on_event = on_event

    def heard(self, name: str, arguments: list[Any], answer: Answer | None = None) -> None:
        self._on_event(name, arguments)
        if answer is not None:
            answer([])

    def joined(self, *, is_awaited: bool) -> None:
        """Hear "connect" if nobody has asked for it: this client does not come back by itself."""
        if not is_awaited:
            self._on_event("connect", [])

    def end(self, sentence: str, reason: str) -> None:
        """Nothing waits here for an event, so there is nothing to end."""
