"""Which rows of a trace are shown: those that a filter takes, and of too many the newest."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any, NamedTuple

from livesock.trace.rows import Kind, Row

__all__ = ["DIRECTIONS", "ROWS", "RowFilter", "known", "newest_of", "noted"]

DIRECTIONS = ("<", ">", "=")
"""What came, what was sent, and changes of state."""

ROWS = 25_000
"""Rows that `rows` and `text` return unless asked for others: as many as a trace of the default size has of messages in
chunks of their own. Its 4 MiB hold 700,000 empty frames, which as rows would take 300 MB."""


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
            TypeError: If a connection is not a number.
            ValueError: If there is no such direction or kind.
        """
        connections, directions, kinds = self
        if connection is not None:
            connections = frozenset(_numbers(connection))
        if direction is not None:
            directions = frozenset(known(one, DIRECTIONS) for one in direction)
        if kind is not None:
            names = [kind] if isinstance(kind, str) else kind
            kinds = frozenset(Kind(known(name, [one.value for one in Kind])) for name in names)
        return RowFilter(connections, directions, kinds)

    def within(self, connections: Iterable[int]) -> RowFilter:
        """Return this filter for only those of its connections that are also among these."""
        old = self.connections
        return self._replace(connections=frozenset(connections) if old is None else old.intersection(connections))


def newest_of(rows: Iterable[Row], limit: int) -> tuple[list[Row], int]:
    """Return the newest `limit` rows, and how many older ones there are.

    Raises:
        TypeError, ValueError: If `limit` is not a positive whole number.
    """
    if not isinstance(limit, int) or isinstance(limit, bool):
        raise TypeError(f"limit is a number of rows such as {ROWS}, not {limit!r}; iter_rows() has all rows")
    if limit <= 0:
        raise ValueError(f"limit is a positive number of rows, not {limit}")
    newest: deque[Row] = deque(maxlen=limit)
    count = 0
    for row in rows:
        count += 1
        newest.append(row)
    return list(newest), count - len(newest)


def noted(newest: list[Row], older: int) -> list[Row]:
    """Return these rows, after one that counts the older ones that are left out, if there are any."""
    if not older:
        return newest
    many = "1 older row is" if older == 1 else f"{older:,} older rows are"
    summary = f"{many} left out here: trace.iter_rows() has all"
    return [Row(newest[0].time, newest[0].connection, "=", Kind.GAP, b"", 0, summary), *newest]


def _numbers(connection: object) -> list[int]:
    """Return the numbers of connections: that of one, or of several."""
    numbers: list[Any] = (
        list(connection) if isinstance(connection, Iterable) and not isinstance(connection, str) else [connection]
    )
    for one in numbers:
        if not isinstance(one, int):
            raise TypeError(f"a connection is a number, such as 1 for #1, not {one!r:.60} ({type(one).__name__})")
    return numbers


def known(name: str, names: Iterable[str]) -> str:
    """Return `name`; ValueError with all `names` if it is not one of them."""
    if name not in names:
        raise ValueError(f"{name!r} is not one of {', '.join(map(repr, names))}")
    return name
