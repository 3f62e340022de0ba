"""`Trace`: every byte that crossed the wire, in both directions, with its time.

    write() ──► tap ──► kernel          the tap is the one place where bytes leave
    data_received() ◄── tap ◄── kernel  and the one place where they arrive

A trace records chunks, not meanings: `(time, direction, connection, bytes)`. What they mean is worked out when a
reader asks (`rows`, `text`, a notebook's display), so recording is cheap enough to be always on. The memory is bounded:
the oldest chunks fall out, and a trace counts and shows how much fell out.

What reads and draws is imported when somebody looks: 25 modules, a fifth of the time of `import livesock.server`.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from livesock.trace.overflow import Overflow
from livesock.trace.rowfilter import DIRECTIONS, ROWS, RowFilter, known, newest_of, noted
from livesock.trace.rows import Chunk, Row
from livesock.trace.states import ENDS, ConnectionState
from livesock.wire.quote import printable

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Trace", "compact"]

LIMIT = 4 * 2**20
"""Bytes of payload that a trace keeps by default: a lesson's traffic many times over."""

CHUNK_COST = 160
"""Bytes of memory that a chunk needs besides its payload (measured: tuple, float, bytes header), so that a flood of
tiny chunks is bounded too."""

Entry: TypeAlias = tuple[float, str, int | tuple[int, ...], bytes]
"""A chunk as it is held: time, direction, its connection or all those that it belongs to, data."""


def compact(data: bytes) -> bytes:
    """Return a copy of a chunk that a `recv` returned, or asyncio's `data_received` got: the shrunk end of its buffer.

    Kept as it is it would scatter the heap, which made every later read slower (measured: a fifth of the echoes).
    """
    return bytes(memoryview(data))


class News(NamedTuple):
    """What `Trace.since` returns."""

    chunks: list[Chunk]
    cursor: int
    """What to ask with next time."""
    lost: dict[tuple[int, str], int]
    """All bytes lost so far, by open connection and direction, if chunks fell out before they were asked for."""


class Trace:
    """A bounded recording of both directions of any number of connections.

    `client` is the direction in which the bytes of the connecting side appear: `"<"` on a server, `">"` on a client.
    `limit` bounds the memory in bytes; `place` names the recorder if it is not the client. All methods are thread-safe.
    """

    def __init__(self, *, client: str = "<", limit: int = LIMIT, place: str = "server") -> None:
        if client not in ("<", ">"):
            raise ValueError(f'client is "<" (recorded at the server) or ">" (recorded at the client), not {client!r}')
        if limit <= 0:
            raise ValueError(f"limit is a positive number of bytes, not {limit}")
        self.client = client
        self.place = place
        self.limit = limit
        self.peers: dict[int, tuple[str, str]] = {}
        """Connection number to (local, remote) address, each `host:port`."""
        self.began = time.time()
        """Unix time of the trace's second 0."""
        self._zero = time.monotonic()
        self._chunks: deque[Entry] = deque()
        self._lock = threading.Lock()
        self._cost = self._count = 0
        self._words = 0  # bytes of the changes of state, which are not payload
        self._lost = Overflow()  # of the connections that still have chunks
        self._lost_chunks = self._lost_bytes = 0
        self._gone = 0  # entries that are no longer held
        self._filter = RowFilter()

    # -- recording

    def add(self, direction: str, connection: int, data: bytes) -> None:
        """Record one chunk now. `direction` is `"<"`, `">"`, or `"="` for a change of state in words.

        `data` is kept as it is: what a `recv` returned is handed over as `compact(data)`.
        """
        # The garbage collector does not track a tuple of plain values; readers get `Chunk`s.
        chunk = (time.monotonic() - self._zero, direction, connection, data)
        with self._lock:
            self._chunks.append(chunk)
            self._count += 1
            self._cost += len(data) + CHUNK_COST
            if direction == "=":
                self._words += len(data)
            if self._cost > self.limit:
                self._let_go(self.limit - self.limit // 64)

    def add_all(self, direction: str, connections: Collection[int], data: bytes) -> None:
        """Record the same payload for each of `connections`, in this order.

        One entry holds them all: with one for each, the trace made a broadcast a fifth dearer.
        """
        chunk = (time.monotonic() - self._zero, direction, tuple(connections), data)
        with self._lock:
            self._chunks.append(chunk)
            self._count += len(connections)
            self._cost += (len(data) + CHUNK_COST) * len(connections)
            if self._cost > self.limit:
                self._let_go(self.limit - self.limit // 64)

    def _let_go(self, room: int, keep: int = 1) -> None:
        """Drop the oldest chunks until they cost at most `room`, but keep the newest `keep`.

        `room` is a little below the limit, so that many fall out at once: a full trace then takes a chunk in 0.7 us
        and not in 0.94, measured with nothing else in the caches.
        """
        chunks, cost, entries, count, payload = self._chunks, self._cost, len(self._chunks), 0, 0
        fell: dict[str, dict[int | tuple[int, ...], int]] = {"<": {}, ">": {}}
        while cost > room and len(chunks) > keep:
            _, direction, whose, data = chunks.popleft()
            size, peers = len(data), 1 if whose.__class__ is int else len(whose)  # type: ignore[arg-type]
            count, cost = count + peers, cost - (size + CHUNK_COST) * peers
            if direction != "=":
                payload += size * peers
                sizes = fell[direction]
                sizes[whose] = sizes.get(whose, 0) + size
                continue
            self._words -= size
            if data in ENDS:  # the last chunk of its connection: nothing of it is held any more
                self._lost.add_all(fell)
                for connection in whose if isinstance(whose, tuple) else (whose,):
                    self.peers.pop(connection, None)
                    self._lost.forget(connection)
        self._lost.add_all(fell)
        entries -= len(chunks)
        self._cost, self._count, self._gone = cost, self._count - count, self._gone + entries
        self._lost_chunks, self._lost_bytes = self._lost_chunks + count, self._lost_bytes + payload

    def clear(self) -> None:
        """Drop everything recorded so far. The clock goes on, and open connections are explained from here on."""
        with self._lock:
            self._let_go(-1, keep=0)

    # -- reading

    def __iter__(self) -> Iterator[Chunk]:
        return iter(self._snapshot())

    def __len__(self) -> int:
        return self._count

    def since(self, cursor: int = 0) -> News:
        """Return what was recorded after `cursor`; its time grows with what is new, not with what is held.

        Begin with 0, and then pass the cursor of the last call: so each chunk is returned once or counted as lost.
        """
        with self._lock:
            total, held = self._gone + len(self._chunks), len(self._chunks)
            entries = list(islice(reversed(self._chunks), min(max(total - cursor, 0), held)))
            lost = self._lost.by_connection() if cursor < self._gone else {}
        return News(list(_each(reversed(entries))), total, lost)

    @property
    def size(self) -> int:
        """Payload bytes that the trace holds."""
        with self._lock:
            return self._cost - self._count * CHUNK_COST - self._words

    @property
    def lost(self) -> int:
        """Chunks that fell out because of the limit."""
        return self._lost_chunks

    @property
    def lost_bytes(self) -> int:
        """Payload bytes that are no longer held."""
        return self._lost_bytes

    def data(self, direction: str, connection: int | None = None) -> bytes:
        """Return the joined bytes of one direction, of one connection or of all.

        Raises:
            ValueError: If `direction` is not `"<"`, `">"` or `"="`.
        """
        known(direction, DIRECTIONS)
        return b"".join(
            c.data for c in self._snapshot() if c.direction == direction and connection in (None, c.connection)
        )

    def rows(self, *, limit: int = ROWS) -> list[Row]:
        """Return what the bytes mean, in the order in which each thing was complete: the newest `limit` rows.

        If that leaves rows out, a row of kind GAP comes first and counts them. `iter_rows` has all.

        Raises:
            TypeError, ValueError: If `limit` is not a positive whole number.
        """
        return [row for row in noted(*newest_of(self.iter_rows(), limit)) if self.shows(row)]

    def iter_rows(self) -> Iterator[Row]:
        """Yield all rows of what is held now, the oldest first, and keep none: `for row in trace.iter_rows()`."""
        from livesock.trace.conversation import each_row

        return (row for row in each_row(self._with_losses(), self.client) if self.shows(row))

    def shows(self, row: Row) -> bool:
        """Return whether this trace shows the row: see `only`."""
        return self._filter.takes(row)

    def sessions(self) -> dict[str, list[int]]:
        """Return the Engine.IO sessions by id, each with the connections that carried it, in order.

        An id that a client made up and the server refused does not count.
        """
        from livesock.trace.packets import sessions_of

        return sessions_of(self.iter_rows())

    def only(
        self,
        *,
        connection: int | Iterable[int] | None = None,
        direction: str | Iterable[str] | None = None,
        kind: str | Iterable[str] | None = None,
        session: str | None = None,
    ) -> Trace:
        """Return a snapshot that shows only some rows: `only(connection=2, kind="frame")`.

        `kind` is a value of `Kind` or several: "state", "request", "response", "body", "event", "frame", "raw" ….
        `session` is an id of `sessions()`: it follows one Engine.IO session over all its connections.

        Raises:
            ValueError: If there is no such kind or direction.
        """
        copy = Trace(client=self.client, limit=self.limit, place=self.place)
        copy.peers = dict(self.peers)
        copy.began, copy._zero = self.began, self._zero
        with self._lock:
            copy._chunks = deque(self._chunks)
            copy._cost, copy._count, copy._words = self._cost, self._count, self._words
            copy._lost = self._lost.copy()
            copy._lost_chunks, copy._lost_bytes, copy._gone = self._lost_chunks, self._lost_bytes, self._gone
        copy._filter = self._filter.changed(connection=connection, direction=direction, kind=kind)
        if session is not None:
            copy._filter = copy._filter.within(self.sessions().get(session, ()))
        return copy

    def wait(self, condition: Callable[[Trace], object], timeout: float = 2.0) -> Trace:
        """Block until `condition(trace)` is true and return the trace itself.

        Bytes arrive some time after they are sent. A cell that looks at them names what it waits for:
        `server.trace.wait(lambda t: t.only(kind="frame").rows())`.

        Raises:
            TimeoutError: If it is still false after `timeout` seconds; the message holds what was recorded.
        """
        deadline = time.monotonic() + timeout
        while not condition(self):
            if time.monotonic() > deadline:
                raise TimeoutError(f"the trace did not show it within {timeout} s; it holds:\n{self.text(limit=100)}")
            time.sleep(0.005)
        return self

    # -- showing

    def text(self, *, hex_bytes: int = 24, times: bool = True, limit: int = ROWS) -> str:
        """Return the newest `limit` rows as text, secrets masked; a first line counts those that are left out."""
        from livesock.trace.show.text import to_text

        rows = noted(*newest_of(self.iter_rows(), limit))
        return to_text(rows, peers=self.peers, place=self.place, hex_bytes=hex_bytes, times=times)

    def __str__(self) -> str:
        return printable(self.text(), sys.stdout.encoding)

    def __repr__(self) -> str:
        lost = f", {self.lost_bytes} B fell out" if self.lost_bytes else ""
        return f"<Trace of {len(self.peers)} connection(s): {len(self)} chunks, {self.size} B{lost}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from livesock.trace.show.picture import in_a_cell

        return in_a_cell(*newest_of(self.iter_rows(), ROWS), peers=self.peers, place=self.place)

    def pcapng(self, path: str | Path) -> Path:
        """Write everything held as a capture file that Wireshark opens, and return its path.

        The bytes are the recorded ones, secrets masked; the Ethernet, IP and TCP headers around them are synthesised.
        """
        from pathlib import Path

        from livesock.trace.show.pcapng import to_pcapng

        target = Path(path)
        target.write_bytes(to_pcapng(self._with_losses(), peers=self.peers, client=self.client, epoch=self.began))
        return target

    def _snapshot(self) -> list[Chunk]:
        with self._lock:
            entries = list(self._chunks)
        return list(_each(entries))

    def _with_losses(self) -> list[Chunk]:
        """Return the chunks, after a note for each connection of what fell out of it."""
        with self._lock:
            entries, lost = list(self._chunks), self._lost.by_connection()
        chunks = list(_each(entries))
        start = chunks[0].time if chunks else 0.0
        notes = [Chunk(start, "=", number, ConnectionState.LOST.note(d, n)) for (number, d), n in lost.items() if n]
        return notes + chunks


def _each(entries: Iterable[Entry]) -> Iterator[Chunk]:
    """Yield a chunk for each connection of each entry."""
    for moment, direction, whose, data in entries:
        for connection in whose if isinstance(whose, tuple) else (whose,):
            yield Chunk(moment, direction, connection, data)
