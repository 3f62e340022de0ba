"""`Requests`: what this server has asked the others, and who has not answered yet.

open(…, {"a", "b"})     a fetch or an event for servers: one answer of each
open(…, clients=True)   a broadcast: each says how many clients it asked, and then passes their answers on
gone("b")               a server that has left is not waited for
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

__all__ = ["Request", "Requests"]

MAX_OPEN = 1000
"""Requests of one server that are open at once."""

MAX_ANSWERS = 100_000
"""Answers to one request; further ones are not kept."""


class Request:
    """One question to the other servers."""

    def __init__(self, namespace: str, servers: Iterable[str], *, clients: bool) -> None:
        self.namespace = namespace
        self.answers: list[Any] = []
        self._of_clients = clients
        self._silent = set(servers)  # have not said anything
        self.on_news: Callable[[], object] = lambda: None
        """Called whenever somebody answers or leaves."""
        self._due: dict[str, int] = {}  # answers of clients that are still to come, by server; below 0 before the count

    @property
    def is_complete(self) -> bool:
        """Whether no answer is missing."""
        return not self._silent and not any(self._due.values())

    @property
    def missing(self) -> list[str]:
        """The servers whose answer, or the answer of whose clients, is missing."""
        return sorted(self._silent | {server for server, due in self._due.items() if due})

    @property
    def clients_due(self) -> int:
        """Clients of other servers that were asked and have not answered."""
        return sum(due for due in self._due.values() if due > 0)

    def counted(self, server: str, clients: int) -> None:
        """Note how many clients a server has asked."""
        if self._of_clients:
            self._silent.discard(server)
            self._due[server] = self._due.get(server, 0) + clients
            self.on_news()

    def answered(self, server: str, *answers: Any) -> None:
        """Note what a server, or one of its clients, answered."""
        room = MAX_ANSWERS - len(self.answers)
        self.answers.extend(answers[:room])
        if self._of_clients:
            self._due[server] = self._due.get(server, 0) - 1
        else:
            self._silent.discard(server)
        self.on_news()

    def gone(self, server: str) -> None:
        """Wait no longer for a server that has left."""
        self._silent.discard(server)
        self._due.pop(server, None)
        self.on_news()


class Requests:
    """The open requests of one server, by id. Not thread-safe."""

    def __init__(self) -> None:
        self._open: dict[str, Request] = {}

    def open(self, number: str, namespace: str, servers: Iterable[str], *, clients: bool = False) -> Request:
        """Remember a request to `servers` and return it.

        Raises:
            OverflowError: If too many are open.
        """
        if len(self._open) >= MAX_OPEN:
            raise OverflowError(f"{MAX_OPEN} questions to the other servers are open: wait for answers")
        request = self._open[number] = Request(namespace, servers, clients=clients)
        return request

    def find(self, number: str, namespace: str) -> Request | None:
        """Return the open request with this id in this namespace; None if its time is up, or it was never ours."""
        request = self._open.get(number)
        return request if request is not None and request.namespace == namespace else None

    def close(self, number: str) -> None:
        """Forget a request: answers that still come are ignored."""
        self._open.pop(number, None)

    def __len__(self) -> int:
        return len(self._open)
