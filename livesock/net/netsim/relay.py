"""`Relay`: one client's connection, the connection to the target that belongs to it, and a pipe for each direction.

    client ◄────────────► kernel ◄─── incoming pipe "<" ───► kernel ◄────────────► target
            its side, recorded    ◄─── outgoing pipe ">" ───

It ends in one of two ways: *closed*, when both directions have delivered their end or the connection was idle too
long, or *reset*, when either side broke or a knob says so. Everything here runs on the simulator's loop.
"""

from __future__ import annotations

import asyncio
import math
import random
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any

from livesock.net.connect.recorded import address_of, reset
from livesock.net.netsim.knobs import Knobs
from livesock.net.netsim.pipe import Bell, End, Pipe, UnderWay
from livesock.net.netsim.upgrades import UpgradeFilter
from livesock.trace.states import ConnectionState

__all__ = ["Relay"]

DIAL_TIMEOUT = 5.0
"""Seconds in which the target has to accept; on loopback it takes less than a millisecond."""

Address = tuple[socket.AddressFamily, Any]
"""Family and socket address of a place to connect to, as `getaddrinfo` returns them."""


class Relay:
    """Carries one connection. `record(direction, data)` gets what the client's side saw, `on_error` the errors."""

    def __init__(
        self,
        client: socket.socket,
        knobs: Knobs,
        *,
        seed: str,
        record: Callable[[str, bytes], None],
        on_error: Callable[[Exception], None],
    ) -> None:
        self._client, self._knobs = client, knobs
        self._record, self._on_error = record, on_error
        self._opened = self._last = time.monotonic()
        self._upgrades = UpgradeFilter()
        self._bell = Bell()
        self._over: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._passed = 0
        self._turns = knobs.turns("reset_after")
        common: dict[str, Any] = {"knobs": knobs, "bell": self._bell, "budget": self._budget}
        self._pipes = {
            "<": Pipe(
                dice=random.Random(f"{seed}<"),
                on_read=self._from_client,
                on_write=self._to_target,
                not_before=self._first_request,
                **common,
            ),
            ">": Pipe(
                dice=random.Random(f"{seed}>"),
                on_read=self._from_target,
                on_write=self._to_client,
                not_before=lambda: 0.0,
                **common,
            ),
        }

    # -- what the simulator calls

    async def run(self, target: Sequence[Address]) -> None:
        """Connect to the target, carry the bytes until the connection ends, and close both sides."""
        self._record("=", ConnectionState.OPEN.note(address_of(self._client, peer=True)))
        sockets = [self._client]
        was_reset = True
        try:
            await self._bell.until(self._until_syn)
            if not self._over.done():
                sockets.append(await _dial(target))
                await self._carry(sockets[1])
            was_reset = self._over.result()
        except OSError as exc:
            exc.add_note("the target did not take the connection: " + ", ".join(_shown(place) for place in target))
            self._on_error(exc)
        finally:
            for sock in sockets:
                reset(sock) if was_reset else sock.close()
            self._record("=", (ConnectionState.RESET if was_reset else ConnectionState.CLOSED).note())

    def ring(self) -> None:
        """Look at the knobs again."""
        self._bell.ring()

    def under_way(self, direction: str, after: int) -> UnderWay:
        """Return what stands in the line of one direction, of its reads only those with a number above `after`."""
        return self._pipes[direction].under_way(after)

    def half_close(self, direction: str) -> None:
        """End one direction behind the bytes that are under way in it."""
        self._pipes[direction].cut()

    def finish(self, was_reset: bool) -> None:
        """End the connection now, with a reset or without."""
        if not self._over.done():
            self._over.set_result(was_reset)
            self._bell.ring()

    # -- inside

    async def _carry(self, target: socket.socket) -> None:
        """Run both pipes until the connection is over."""
        self._last = time.monotonic()
        incoming, outgoing = self._pipes["<"], self._pipes[">"]
        jobs = (
            incoming.fill(self._client),
            outgoing.fill(target),
            self._drain(incoming, target, outgoing),
            self._drain(outgoing, self._client, incoming),
            self._watch_idle(),
        )
        tasks = [asyncio.create_task(job) for job in jobs]
        for task in tasks:
            task.add_done_callback(self._notice)
        try:
            await self._over
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _drain(self, pipe: Pipe, sink: socket.socket, other: Pipe) -> None:
        end = await pipe.drain(sink)
        if end is End.RESET:
            self.finish(was_reset=True)
        elif other.end is not None:
            self.finish(was_reset=End.BROKEN in (end, other.end))
        elif end is End.BROKEN:
            other.put(None)  # the reset travels back behind what is already under way

    async def _watch_idle(self) -> None:
        await self._bell.until(self._until_idle)
        self.finish(was_reset=False)

    def _notice(self, task: asyncio.Task[None]) -> None:
        """Reset the connection after an error of our own, which would otherwise hang it."""
        if not task.cancelled() and isinstance(exc := task.exception(), Exception):
            self._on_error(exc)
            self.finish(was_reset=True)

    def _until_syn(self) -> float:
        """Seconds until the client's SYN would have reached the target."""
        if self._over.done():
            return 0.0
        return math.inf if self._knobs.black_hole else self._opened + self._knobs.delay - time.monotonic()

    def _first_request(self) -> float:
        """The moment at which the answer to the SYN would have reached the client.

        The client's kernel said "connected" at once, because the simulator is on the same machine; on a real path its
        first byte could have left only one round trip later.
        """
        return self._opened + 2 * self._knobs.delay

    def _until_idle(self) -> float:
        limit = self._knobs.idle_timeout
        return math.inf if limit is None else self._last + limit - time.monotonic()

    def _budget(self) -> float:
        """Bytes that may still pass before the reset, counted from the last turn of the knob."""
        if self._turns != (turns := self._knobs.turns("reset_after")):
            self._turns, self._passed = turns, 0
        limit = self._knobs.reset_after
        return math.inf if limit is None else limit - self._passed

    def _from_client(self, data: bytes) -> bytes:
        self._last = time.monotonic()
        if data:
            self._record("<", data)
        else:
            self._record("=", ConnectionState.EOF.note("<"))
        return self._upgrades.feed(data, block=self._knobs.block_upgrade)

    def _from_target(self, data: bytes) -> bytes:
        self._last = time.monotonic()
        return data

    def _to_target(self, data: bytes) -> None:
        self._passed += len(data)
        self._last = time.monotonic()

    def _to_client(self, data: bytes) -> None:
        self._passed += len(data)
        self._last = time.monotonic()
        if data:
            self._record(">", data)
        else:
            self._record("=", ConnectionState.EOF.note(">"))


async def _dial(places: Sequence[Address]) -> socket.socket:
    """Return a connection to the first of `places` that accepts one."""
    loop = asyncio.get_running_loop()
    problem: Exception = OSError("the target has no address")
    for family, address in places:
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            async with asyncio.timeout(DIAL_TIMEOUT):
                await loop.sock_connect(sock, address)
            return sock
        except OSError as exc:  # TimeoutError is one
            sock.close()
            problem = exc
        except BaseException:
            sock.close()
            raise
    raise problem


def _shown(place: Address) -> str:
    host, port = place[1][:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
