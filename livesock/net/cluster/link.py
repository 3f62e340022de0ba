"""`Link`: what a server writes to the bus waits here, and what comes is handed on. It survives a bus that goes away.

    write  ──► waiting, in order ──► Station.append ──► its id         after a failure the same entries again
    tell   ──► ─────────────────────► Station.tell                     what cannot leave now is dropped
    Station.read   ──► on_entry(id, entry)      each once
    Station.listen ──► on_told(bytes)

Runs on the server's loop, but for `state`, `waiting` and `full`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from livesock.errors import ClusterError
from livesock.net.cluster.bus import Station, Told
from livesock.net.loop.failures import Failures
from livesock.realtime.cluster.entries import Entry, sender_of

__all__ = ["MAX_WAITING", "MAX_WAITING_BYTES", "Link", "Waiting"]

logger = logging.getLogger("livesock.cluster")

MAX_WAITING = 10_000
"""Messages that wait for a bus that is away or slow: as many as the stream keeps."""

MAX_WAITING_BYTES = 32 * 2**20
"""Bytes of these messages."""

MAX_TOLD = 10_000
"""Questions and answers that wait for their turn."""

BATCH = 100
"""Entries that are written at once."""

SLOW = 1.0
"""Seconds after which a bus that does not answer is slow: local sockets wait no longer for what they hear."""

PAUSES = (0.05, 0.1, 0.2, 0.5)
"""Seconds between two attempts to reach the bus; the last one again and again."""

SENDERS = 1000
"""Servers whose numbers are remembered, so that none of their entries is taken twice."""


@dataclass(slots=True)
class Waiting:
    """An entry that is not written yet."""

    entry: Entry
    on_id: Callable[[str], None] | None = None
    """Called with its id when it is written."""

    @property
    def size(self) -> int:
        """Its bytes, nearly."""
        return len(self.entry.get("data", "")) + 100


class Link:
    """One server's connection to the bus."""

    def __init__(self, station: Station, uid: str, failures: Failures) -> None:
        self.uid = uid
        self.station = station
        self.on_entry: Callable[[str, Entry], None] = lambda number, entry: None
        self.on_told: Callable[[bytes], None] = lambda payload: None
        self.on_trouble: Callable[[], None] = lambda: None
        """Called when the bus goes away or becomes slow."""
        self._failures = failures
        self._waiting: deque[Waiting] = deque()
        self._size = 0
        self._told: deque[Told] = deque()
        self._numbers = 0
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._troubles: dict[str, str] = {}
        self._since = 0.0
        self._is_slow = False
        self._is_open = False
        self._refused = 0
        self._seen: OrderedDict[str, int] = OrderedDict()
        self._wanted: set[str] = set()
        self._entering: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []

    # -- how it stands (any thread)

    @property
    def state(self) -> str:
        """`connected`, `slow`, `away` or `closed`."""
        if not self._is_open:
            return "closed"
        return "away" if self._troubles else "slow" if self._is_slow else "connected"

    @property
    def why(self) -> str:
        """Why the bus is away; empty if it is not."""
        return next(iter(list(self._troubles.values())), "")

    @property
    def waiting(self) -> int:
        """How many messages wait for the bus."""
        return len(self._waiting)

    def full(self, entry: Entry | None) -> ClusterError | None:
        """Return why this entry may not wait, and keep that in `server.errors`; None if it may."""
        size = 0 if entry is None else len(entry.get("data", ""))
        if entry is None or (len(self._waiting) < MAX_WAITING and self._size + size <= MAX_WAITING_BYTES):
            return None
        self._refused += 1
        exc = ClusterError(
            f"{len(self._waiting):,} messages wait for the bus, which is {self.state}, and no more may: "
            "the sockets of this server hear this one, and the other servers will not"
        )
        self._failures.note((self.uid, "full"), "cluster", exc, count=self._refused)
        return exc

    # -- coming and going

    async def open(self, namespaces: set[str]) -> None:
        """Reach the bus and begin. Raises `ClusterError` with a sentence."""
        self._wanted = set(namespaces)
        try:
            await self.station.open(self._wanted)
        except BaseException:
            await self.station.close()
            raise
        self._is_open = True
        jobs: list[tuple[str, Callable[[], Coroutine[Any, Any, None]]]] = [
            ("write", self._write),
            ("read", self._read),
            ("listen", self._listen),
        ]
        self._tasks = [asyncio.get_running_loop().create_task(self._keep_on(name, job)) for name, job in jobs]

    async def close(self, patience: float) -> None:
        """Write what waits, for at most `patience` seconds, and leave the bus."""
        if not self._is_open:
            return
        if self._waiting and not self._troubles:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await self._idle.wait()
        self._is_open = False
        tasks = [*self._tasks, *([self._entering] if self._entering else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.station.close()

    def enter(self, namespaces: set[str]) -> None:
        """Listen in these namespaces and in no other, soon."""
        self._wanted = set(namespaces)
        if self._is_open and (self._entering is None or self._entering.done()):
            self._entering = asyncio.get_running_loop().create_task(self._enter())

    async def _enter(self) -> None:
        entered: set[str] | None = None
        while entered != self._wanted:
            entered = set(self._wanted)
            try:
                await self.station.enter(entered)
            except ClusterError:
                await asyncio.sleep(PAUSES[-1])
                entered = None

    # -- what leaves

    def write(self, entry: Entry, on_id: Callable[[str], None] | None = None) -> None:
        """Write an entry, when the bus is there. Beyond the bound it is dropped, and `server.errors` says so."""
        if self.full(entry):
            return
        waiting = Waiting({**entry, "n": str(self._numbers)}, on_id)
        self._numbers += 1
        self._waiting.append(waiting)
        self._size += waiting.size
        self._idle.clear()
        self._wake.set()

    def tell(self, namespace: str, uid: str, payload: bytes) -> None:
        """Send a message to one server (to all, if `uid` is empty), or drop it if the bus is away.

        Raises:
            ClusterError: If the bus is away.
        """
        if self._troubles or not self._is_open or len(self._told) >= MAX_TOLD:
            raise ClusterError(f"the bus is {self.state}: questions to the other servers do not wait for it")
        self._told.append((namespace, uid, payload))
        self._wake.set()

    async def _write(self) -> None:
        await self._wake.wait()
        self._wake.clear()
        while self._waiting or self._told:
            if self._waiting:
                batch = [self._waiting[i] for i in range(min(BATCH, len(self._waiting)))]
                ids = await self._patiently(self.station.append([one.entry for one in batch]))
                for number, one in zip(ids, batch, strict=True):
                    self._waiting.popleft()
                    self._size -= one.size
                    if one.on_id is not None:
                        one.on_id(number)
                if not self._waiting:
                    self._idle.set()
            told, self._told = list(self._told), deque()
            if told:
                await self.station.tell(told)
        self._fine("write")

    async def _patiently(self, appending: Coroutine[Any, Any, list[str]]) -> list[str]:
        """Wait for the bus; when it takes long, say so, and go on waiting."""
        task = asyncio.ensure_future(appending)
        try:
            if not (await asyncio.wait({task}, timeout=SLOW))[0]:
                self._is_slow = True
                self.on_trouble()
            return await task
        finally:
            self._is_slow = False
            task.cancel()

    # -- what comes

    async def _read(self) -> None:
        entries = await self.station.read()
        if self.station.warning:
            self._failures.note((self.uid, self.station.warning), "cluster", ClusterError(self.station.warning))
            self.station.warning = ""
        for number, entry in entries:
            sender, count = sender_of(entry)
            if sender == self.uid or (count is not None and not self._is_new(sender, count)):
                continue
            self.on_entry(number, entry)
        self._fine("read")
        await asyncio.sleep(0)

    def _is_new(self, sender: str, count: int) -> bool:
        if count <= self._seen.get(sender, -1):
            return False
        self._seen[sender] = count
        self._seen.move_to_end(sender)
        if len(self._seen) > SENDERS:
            self._seen.popitem(last=False)
        return True

    async def _listen(self) -> None:
        payload = await self.station.listen()
        self._fine("listen")
        if payload:
            self.on_told(payload)

    # -- trouble

    async def _keep_on(self, name: str, job: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do a job again and again, with pauses while it fails."""
        attempts = 0
        while True:
            try:
                await job()
                attempts = 0
            except ClusterError as exc:
                self._note(name, exc)
                self._wake.set()  # what waits is written when the bus is back
                await asyncio.sleep(PAUSES[min(attempts, len(PAUSES) - 1)])
                attempts += 1
            except Exception as exc:  # a mistake of ours must not end the job
                self._failures.add("cluster", 0, exc)
                await asyncio.sleep(PAUSES[-1])

    def _note(self, name: str, exc: ClusterError) -> None:
        is_first = not self._troubles
        self._troubles[name] = str(exc)
        self._told.clear()
        if is_first:
            self._since = time.time()
            self._failures.note((self.uid, "away", self._since), "cluster", exc)
            self.on_trouble()

    def _fine(self, name: str) -> None:
        if self._troubles.pop(name, None) is not None and not self._troubles:
            seconds = time.time() - self._since
            logger.info("= the bus is there again after %.1f s; %d messages wait", seconds, len(self._waiting))
