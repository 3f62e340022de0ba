"""`RowFilter`: which rows of a trace are shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from livesock.trace.rows import Kind, Row

__all__ = ["RowFilter"]


class RowFilter(NamedTuple):
    """The connections, directions and kinds of the rows that are shown; None means all."""

    connections: frozenset[int] | None = None
    directions: frozenset[str] | None = None
    kinds: frozenset[Kind] | None = None

    def takes(self, row: Row) -> bool:
        """Return whether this row is shown."""
        return (
            (self.connections is None or row.connection in self.connections)
            and (self.directions is None or row.direction in self.directions)
            and (self.kinds is None or row.kind in self.kinds)
        )

    def changed(
        self,
        *,
        connection: int | Iterable[int] | None = None,
        direction: str | Iterable[str] | None = None,
        kind: str | Iterable[str] | None = None,
    ) -> RowFilter:
        """Return this filter with other connections, directions or kinds where some are given.

        Raises:
            ValueError: If there is no such direction or kind.
        """
        connections, directions, kinds = self
        if connection is not None:
            connections = frozenset([connection] if isinstance(connection, int) else connection)
        if direction is not None:
            directions = frozenset(_known(one, ("<", ">", "=")) for one in direction)
        if kind is not None:
            names = [kind] if isinstance(kind, str) else kind
            kinds = frozenset(Kind(_known(name, [one.value for one in Kind])) for name in names)
        return RowFilter(connections, directions, kinds)

    def within(self, connections: Iterable[int]) -> RowFilter:
        """Return this filter for only those of its connections that are also among these."""
        old = self.connections
        return self._replace(connections=frozenset(connections) if old is None else old.intersection(connections))


def _known(name: str, names: Iterable[str]) -> str:
    if name not in names:
        raise ValueError(f"{name!r} is not one of {', '.join(map(repr, names))}")
    return name
