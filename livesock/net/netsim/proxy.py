"""`Proxy`: accepts the connections of a simulator and gives each one a relay.

It runs on the simulator's loop and knows nothing of threads; `counters` may be read from any thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from livesock.net.connect.recorded import address_of
from livesock.net.netsim.knobs import Knobs
from livesock.net.netsim.pipe import UnderWay
from livesock.net.netsim.relay import Address, Relay
from livesock.trace.recording import Trace

__all__ = ["Counters", "Line", "Proxy"]

Line = tuple[int, str]
"""One direction of a connection: its number, and `"<"` (from the client) or `">"` (to the client)."""

MAX_CONNECTIONS = 1000
"""Open connections through one simulator; more wait in the operating system's queue until one ends."""

MAX_ERRORS = 100
"""How many of the latest problems are remembered."""

ACCEPT_PAUSE = 0.1
"""Seconds to wait when the operating system has no socket left for us."""


class Counters(NamedTuple):
    """Connections and bytes of a simulator until now."""

    accepted: int
    """Connections since the start."""
    connected: int
    """Connections that are open now."""
    from_client: int
    """Bytes that clients have sent."""
    to_client: int
    """Bytes that went out to clients."""


class Proxy:
    """The connections between the clients of one listening socket and the `target`."""

    def __init__(self, knobs: Knobs, trace: Trace, target: Sequence[Address], seed: int) -> None:
        self.errors: deque[Exception] = deque(maxlen=MAX_ERRORS)
        self._knobs, self._trace, self._target, self._seed = knobs, trace, target, seed
        self._relays: dict[int, Relay] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._listener: socket.socket
        self._acceptor: asyncio.Task[None] | None = None
        self._accepted = self._from_client = self._to_client = 0

    @property
    def counters(self) -> Counters:
        """Connections and bytes until now."""
        return Counters(self._accepted, len(self._relays), self._from_client, self._to_client)

    async def open(self, listener: socket.socket) -> None:
        """Begin to accept."""
        self._listener = listener
        self._acceptor = asyncio.create_task(self._accept(listener))

    async def close(self, timeout: float) -> None:
        """Stop accepting, end every connection in an orderly way, and wait at most `timeout` seconds for that."""
        if self._acceptor is not None:
            with contextlib.suppress(NotImplementedError):  # the proactor loop of Windows
                asyncio.get_running_loop().remove_reader(self._listener)
            for _ in range(3):  # a client that is accepted right now gets its relay: a cancelled accept forgets it
                await asyncio.sleep(0)
            self._acceptor.cancel()
        await self.each(lambda relay: relay.finish(was_reset=False))
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=timeout)

    async def each(self, action: Callable[[Relay], None]) -> int:
        """Do something to every open connection, and return how many there were."""
        relays = list(self._relays.values())
        for relay in relays:
            action(relay)
        return len(relays)

    async def under_way(self, after: Mapping[Line, int]) -> dict[Line, UnderWay]:
        """Return what is under way in every open connection; of its reads those behind the number in `after`."""
        return {
            (number, direction): relay.under_way(direction, after.get((number, direction), 0))
            for number, relay in self._relays.items()
            for direction in "<>"
        }

    def ring(self) -> None:
        """Let every connection look at the knobs again."""
        for relay in list(self._relays.values()):
            relay.ring()

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        places = asyncio.Semaphore(MAX_CONNECTIONS)
        while True:
            await places.acquire()
            try:
                client, _ = await loop.sock_accept(listener)
            except OSError as exc:  # out of file descriptors: that may pass
                self.errors.append(exc)
                places.release()
                await asyncio.sleep(ACCEPT_PAUSE)
                continue
            task = asyncio.create_task(self._serve(client, places))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _serve(self, client: socket.socket, places: asyncio.Semaphore) -> None:
        self._accepted += 1
        number = self._accepted
        try:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._trace.peers[number] = (address_of(client), address_of(client, peer=True))
            self._relays[number] = Relay(
                client,
                self._knobs,
                seed=f"{self._seed}/{number}",
                record=lambda direction, data: self._record(direction, number, data),
                on_error=self.errors.append,
            )
            await self._relays[number].run(self._target)
        except OSError:
            client.close()  # it was gone already
        finally:
            self._relays.pop(number, None)
            places.release()

    def _record(self, direction: str, number: int, data: bytes) -> None:
        self._trace.add(direction, number, data)
        if direction == "<":
            self._from_client += len(data)
        elif direction == ">":
            self._to_client += len(data)
