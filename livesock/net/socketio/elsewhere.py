"""`Elsewhere`: what a namespace asks of the other servers of a cluster. A server without one has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from livesock.realtime.server.recovery import SeatState

__all__ = ["ANSWER_TIMEOUT", "Elsewhere"]

ANSWER_TIMEOUT = 5.0
"""Seconds that the other servers have to answer, as in the adapter."""


class Elsewhere(Protocol):
    """The other servers. An `audience` is an `Audience`, an `event` its `Emission`, `chosen` a `Selection`."""

    recovers: bool
    """Whether a peer may come back on another server: then every event passes the bus first, which names it."""

    def emit(self, audience: Any, event: Any, is_local: bool) -> None:
        """Send an event to the members here and, unless `is_local`, to those of the other servers (any thread)."""

    def join(self, namespace: str, chosen: Any, rooms: tuple[str, ...]) -> None:
        """Put the sockets of the other servers into `rooms` (any thread)."""

    def leave(self, namespace: str, chosen: Any, rooms: tuple[str, ...]) -> None:
        """Take the sockets of the other servers out of `rooms` (any thread)."""

    def expel(self, namespace: str, chosen: Any, close: bool) -> None:
        """Send the sockets of the other servers away; with `close` their sessions end (any thread)."""

    async def ask_clients(
        self, namespace: str, arguments: list[Any], chosen: Any, seconds: float
    ) -> tuple[list[Any], list[str], int]:
        """Return the answers of the clients of other servers, who is silent, and how many clients are missing."""

    async def sockets(self, audience: Any, chosen: Any, seconds: float) -> list[Any]:
        """Return the sockets of other servers."""

    async def restore(self, pid: str, offset: str, namespace: str) -> tuple[SeatState, list[Any]] | None:
        """Return a seat that broke on any server, and the arguments of each event that it missed."""

    def save(self, pid: str, state: SeatState) -> None:
        """Remember a seat that broke (on the loop)."""

    def changed(self) -> None:
        """A namespace was made or forgotten (any thread)."""
