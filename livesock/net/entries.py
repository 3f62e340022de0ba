"""What a trace holds, and what it gives to those who follow it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

from livesock.wire.rows import Chunk

__all__ = ["Entry", "News", "each"]

Entry: TypeAlias = tuple[float, str, int | tuple[int, ...], bytes]
"""What is held of a chunk: time, direction, its connection or all of those that it belongs to, data."""


class News(NamedTuple):
    """What `Trace.since` returns."""

    chunks: list[Chunk]
    cursor: int
    """What to ask with next time."""
    lost: dict[tuple[int, str], int]
    """Where chunks fell out before they were asked for: all bytes lost so far, by open connection and direction."""


def each(entries: Iterable[Entry]) -> Iterator[Chunk]:
    """Yield a chunk for each connection of each entry."""
    for moment, direction, whose, data in entries:
        for connection in whose if isinstance(whose, tuple) else (whose,):
            yield Chunk(moment, direction, connection, data)
