"""`MemoryBus`: a bus for the servers of one process, with the stream and the channels of Redis and nothing to install.

bus = cluster.memory()
a, b = serve("a", cluster=bus), serve("b", cluster=bus)
bus.entries          what an XRANGE would show
bus.pause()          the bus is away, until bus.resume()
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import threading
import time
from collections import deque
from collections.abc import Sequence

from livesock.errors import ClusterError
from livesock.net.cluster.bus import Told
from livesock.realtime.cluster.entries import Entry, id_key

__all__ = ["MemoryBus", "MemoryStation"]

MAX_ENTRIES = 10_000
"""Entries that the stream keeps, as in the adapter for Redis."""

MAX_SESSIONS = 1000
"""Sessions that are remembered."""

MAX_TOLD = 10_000
"""Messages that wait for one server whose loop is held; further ones are dropped, as by a channel of Redis."""

PATIENCE = 5.0
"""Seconds that `read` waits for news."""


class MemoryBus:
    """A bus in this process. Every method may be called from any thread."""

    def __init__(self, name: str = "memory") -> None:
        self.name = name
        self._lock = threading.Lock()
        self._stream: deque[tuple[str, Entry]] = deque(maxlen=MAX_ENTRIES)
        self._count = 0  # entries that were ever written
        self._last = (0, -1)
        self._stations: dict[str, MemoryStation] = {}
        self._sessions: dict[str, tuple[float, str]] = {}
        self._is_away = False

    def __repr__(self) -> str:
        state = "away" if self._is_away else f"{len(self._stream)} entries"
        return f'<MemoryBus "{self.name}": {len(self._stations)} servers, {state}>'

    def station(self, uid: str) -> MemoryStation:
        """Return a station for the server with this uid."""
        return MemoryStation(self, uid)

    @property
    def entries(self) -> list[tuple[str, Entry]]:
        """The entries of the stream with their ids, oldest first; a snapshot."""
        with self._lock:
            return [(number, dict(entry)) for number, entry in self._stream]

    @property
    def is_away(self) -> bool:
        """Whether it is paused."""
        return self._is_away

    def pause(self) -> None:
        """Be away for every server, as a Redis that has stopped. What was written is kept."""
        self._is_away = True
        self._wake()

    def resume(self) -> None:
        """Be there again."""
        self._is_away = False
        self._wake()

    def append_now(self, entry: Entry) -> str:
        """Write one entry. Raises `ClusterError` while the bus is paused."""
        return self.append([entry])[0]

    def tell_now(self, message: Told) -> None:
        """Send one message to the servers that listen now. Raises `ClusterError` while the bus is paused."""
        self.check()
        namespace, uid, payload = message
        with self._lock:
            stations = [s for s in self._stations.values() if namespace in s.namespaces and uid in ("", s.uid)]
        for station in stations:
            station.told(payload)

    # -- what the stations call

    def append(self, entries: Sequence[Entry]) -> list[str]:
        """Write entries and return their ids."""
        self.check()
        ids = []
        with self._lock:
            for entry in entries:
                now = int(time.time() * 1000)
                self._last = (now, 0) if now > self._last[0] else (self._last[0], self._last[1] + 1)
                ids.append(f"{self._last[0]}-{self._last[1]}")
                self._stream.append((ids[-1], entry))
                self._count += 1
        self._wake()
        return ids

    def check(self) -> None:
        """Raise `ClusterError` while the bus is paused."""
        if self._is_away:
            raise ClusterError(f'the bus "{self.name}" is away: it was paused, and resume() brings it back')

    def enrol(self, station: MemoryStation) -> int:
        """Let a station take part, and return how many entries there were before it."""
        with self._lock:
            self._stations[station.uid] = station
            return self._count

    def forget(self, station: MemoryStation) -> None:
        """Let a station go."""
        with self._lock:
            self._stations.pop(station.uid, None)

    def after(self, position: int) -> tuple[int, list[tuple[str, Entry]]]:
        """Return the entries behind the first `position` ones that there ever were, and the new position."""
        with self._lock:
            skip = max(0, position - (self._count - len(self._stream)))
            return self._count, list(itertools.islice(self._stream, skip, None))

    def since(self, offset: str) -> list[tuple[str, Entry]] | None:
        """Return the entries after the one with this id; None if there is none."""
        entries = self.entries
        if not any(number == offset for number, _ in entries):
            return None
        return [(number, entry) for number, entry in entries if id_key(number) > id_key(offset)]

    def servers(self, namespace: str) -> set[str]:
        """Return who listens in a namespace."""
        with self._lock:
            return {station.uid for station in self._stations.values() if namespace in station.namespaces}

    def save(self, pid: str, session: str, seconds: float) -> None:
        """Remember a session."""
        with self._lock:
            self._sessions.pop(pid, None)
            self._sessions[pid] = time.monotonic() + seconds, session
            while len(self._sessions) > MAX_SESSIONS:
                del self._sessions[next(iter(self._sessions))]

    def take(self, pid: str) -> str | None:
        """Return a session and forget it."""
        with self._lock:
            until, session = self._sessions.pop(pid, (0.0, ""))
        return session if until > time.monotonic() else None

    def _wake(self) -> None:
        with self._lock:
            stations = list(self._stations.values())
        for station in stations:
            station.wake()


class MemoryStation:
    """One server's place on a `MemoryBus`. Runs on the server's loop, but for `told` and `wake`."""

    def __init__(self, bus: MemoryBus, uid: str) -> None:
        self.uid = uid
        self.warning = ""
        self.namespaces: set[str] = set()
        self._bus = bus
        self._loop: asyncio.AbstractEventLoop | None = None
        self._position = 0
        self._told: deque[bytes] = deque(maxlen=MAX_TOLD)
        self._news = asyncio.Event()
        self._call = asyncio.Event()

    async def open(self, namespaces: set[str]) -> None:
        """Take part from now on."""
        await self.enter(namespaces)
        self._loop = asyncio.get_running_loop()
        self._position = self._bus.enrol(self)

    async def append(self, entries: Sequence[Entry]) -> list[str]:
        """Write entries and return their ids."""
        return self._bus.append(entries)

    async def read(self) -> list[tuple[str, Entry]]:
        """Return what is new; otherwise wait until something is, or the bus goes or comes."""
        self._bus.check()
        self._position, entries = self._bus.after(self._position)
        if not entries:
            await _happens(self._news)
        return entries

    async def tell(self, messages: Sequence[Told]) -> None:
        """Send messages to the servers that listen now."""
        for message in messages:
            self._bus.tell_now(message)

    async def listen(self) -> bytes:
        """Return the next message to this server; otherwise wait until there is one, or the bus goes or comes."""
        self._bus.check()
        if not self._told:
            await _happens(self._call)
        return self._told.popleft() if self._told else b""

    async def enter(self, namespaces: set[str]) -> None:
        """Listen in these namespaces and in no other."""
        self._bus.check()
        self.namespaces = set(namespaces)

    async def servers(self, namespace: str) -> set[str]:
        """Return who listens in a namespace."""
        self._bus.check()
        return self._bus.servers(namespace)

    async def save(self, pid: str, session: str, seconds: float) -> None:
        """Remember a session."""
        self._bus.check()
        self._bus.save(pid, session, seconds)

    async def take(self, pid: str) -> str | None:
        """Return a session and forget it."""
        self._bus.check()
        return self._bus.take(pid)

    async def since(self, offset: str) -> list[tuple[str, Entry]] | None:
        """Return the entries after the one with this id; None if there is none."""
        self._bus.check()
        return self._bus.since(offset)

    async def close(self) -> None:
        """Leave the bus."""
        self._bus.forget(self)

    def told(self, payload: bytes) -> None:
        """Keep a message for `listen` (any thread)."""
        self._told.append(payload)
        self._post(self._call)

    def wake(self) -> None:
        """Let the server look: there is an entry, or the bus comes or goes (any thread)."""
        self._post(self._news)
        self._post(self._call)

    def _post(self, event: asyncio.Event) -> None:
        if self._loop is not None and not self._loop.is_closed():
            try:
                self._loop.call_soon_threadsafe(event.set)
            except RuntimeError:  # closed between the two lines
                self._bus.forget(self)


async def _happens(event: asyncio.Event) -> None:
    """Wait for an event, or for `PATIENCE`."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            await event.wait()
    event.clear()
