"""`Elsewhere`: what a namespace asks of the other servers of a cluster. A server without one has none."""

from __future__ import annotations

from typing import Any, Protocol

from livesock.realtime.cluster.messages import Body, Whom
from livesock.realtime.server.recovery import SeatState

__all__ = ["ANSWER_TIMEOUT", "Elsewhere"]

ANSWER_TIMEOUT = 5.0
"""Seconds that the other servers have to answer, as in the adapter."""


class Elsewhere(Protocol):
    """The other servers. An `audience` is an `Audience`, an `event` its `Emission`."""

    recovers: bool
    """Whether a peer may come back on another server: then every event passes the bus first, which names it."""

    def emit(self, audience: Any, event: Any, is_local: bool) -> None:
        """Send an event to the members here and, unless `is_local`, to those of the other servers (any thread)."""

    def publish(self, namespace: str, body: Body) -> None:
        """Let the same happen on the other servers (any thread)."""

    async def ask_clients(
        self, namespace: str, arguments: list[Any], whom: Whom, seconds: float
    ) -> tuple[list[Any], list[str], int]:
        """Return the answers of the clients of other servers, who is silent, and how many clients are missing."""

    async def sockets(self, audience: Any, whom: Whom, seconds: float) -> list[Any]:
        """Return the sockets of other servers."""

    async def restore(self, pid: str, offset: str, namespace: str) -> tuple[SeatState, list[Any]] | None:
        """Return a seat that broke on any server, and the arguments of each event that it missed."""

    def save(self, pid: str, state: SeatState) -> None:
        """Remember a seat that broke (on the loop)."""

    def changed(self) -> None:
        """A namespace was made or forgotten (any thread)."""
