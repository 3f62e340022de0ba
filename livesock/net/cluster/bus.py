"""What joins servers: a `Bus`, and the `Station` that each server has on it.

    server ─ Cluster ─ Link ─ Station ═══ the bus ═══ Station ─ Link ─ Cluster ─ server
                                           │
                                           ├─ a stream   append, read   in order, kept for a while: nothing is lost
                                           └─ channels   tell, listen   at once or never: questions and answers

A station that cannot reach the bus raises `ClusterError`, also from `read` and `listen`, and tries again at the next
call: the `Link` decides when that is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from livesock.realtime.cluster.entries import Entry

__all__ = ["Bus", "Station", "Told"]

Told = tuple[str, str, bytes]
"""A namespace, the uid of one server or an empty str for all of them, and what they are told."""


class Station(Protocol):
    """One server's place on the bus. Runs on the server's loop."""

    warning: str
    """What the reader of the stream may have missed; empty if nothing."""

    async def open(self, namespaces: set[str]) -> None:
        """Reach the bus: entries and messages to these namespaces that come from now on will be heard.

        Raises `ClusterError` with a sentence.
        """

    async def append(self, entries: Sequence[Entry]) -> list[str]:
        """Write entries and return their ids.

        After a `ClusterError` it is called with the same entries again, and writes those that were not written.
        """

    async def read(self) -> list[tuple[str, Entry]]:
        """Wait some seconds for entries and return those that have come, each once and in order."""

    async def tell(self, messages: Sequence[Told]) -> None:
        """Send messages to the servers that listen now."""

    async def listen(self) -> bytes:
        """Wait for a message to this server, or to all."""

    async def enter(self, namespaces: set[str]) -> None:
        """Listen in these namespaces and in no other."""

    async def servers(self, namespace: str) -> set[str]:
        """Return the uids of the servers that listen in a namespace, this one included."""

    async def save(self, pid: str, session: str, seconds: float) -> None:
        """Remember a session that broke."""

    async def take(self, pid: str) -> str | None:
        """Return a session that was saved and forget it."""

    async def since(self, offset: str) -> list[tuple[str, Entry]] | None:
        """Return the entries after the one with the id `offset`; None if the stream does not hold that one."""

    async def close(self) -> None:
        """Leave the bus. A second call does nothing."""


class Bus(Protocol):
    """What `serve(cluster=…)` takes."""

    def station(self, uid: str) -> Station:
        """Return a station for the server with this uid."""

    def append_now(self, entry: Entry) -> str:
        """Write one entry, blocking, without a station. Raises `ClusterError`."""

    def tell_now(self, message: Told) -> None:
        """Send one message, blocking, without a station. Raises `ClusterError`."""
