"""`netsim()`: a bad network in front of any port, with knobs that turn while it runs.

    client ──────────────► NetSim ──────────────► target
             far.url()       │ delay, jitter, rate, chunk, black_hole,
                             │ reset_after, idle_timeout, block_upgrade
                             └ far.trace: what the client's side saw

On loopback nothing is late, nothing is cut and nothing is lost, so loopback teaches the wrong lessons. A simulator
is a TCP proxy: it accepts a connection, opens one to the target, and lets the bytes through as its knobs allow. It
sits above TCP, so it cannot lose or reorder bytes; what it can show is what TCP makes of loss: waiting.

A black hole holds the bytes and delivers them when it ends. That is what TCP does when a cable is cut for a while and
the sender goes on transmitting the same segments: nothing is lost, nobody is told, everything is late.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import NamedTuple

from livesock.errors import NotRunning
from livesock.net import registry
from livesock.net.knobs import Knobs
from livesock.net.loop import LoopThread
from livesock.net.recorded import address_of
from livesock.net.relay import Address, Relay
from livesock.net.trace import Trace
from livesock.net.urls import Target, Where, parse

__all__ = ["Counters", "NetSim", "netsim"]

MAX_CONNECTIONS = 1000
"""Open connections through one simulator; more wait in the operating system's queue until one ends."""

MAX_ERRORS = 100
"""How many of the latest problems a simulator remembers."""

ACCEPT_PAUSE = 0.1
"""Seconds to wait when the operating system has no socket left for us."""


class Counters(NamedTuple):
    """What went through a simulator until now."""

    accepted: int
    """Connections since the start."""
    connected: int
    """Connections that are open now."""
    from_client: int
    """Bytes that clients have sent."""
    to_client: int
    """Bytes that have reached clients."""


def netsim(
    target: Where,
    *,
    name: str | None = None,
    delay: float = 0.0,
    jitter: float = 0.0,
    rate: float | None = None,
    chunk: int | None = None,
    black_hole: bool = False,
    reset_after: int | None = None,
    idle_timeout: float | None = None,
    block_upgrade: bool = False,
    seed: int = 0,
) -> NetSim:
    """Start a simulated network in front of `target` and return it once it accepts connections.

    `target` is a server, a port, a (host, port) pair or a URL. The other options are the knobs of `NetSim` to begin
    with; `seed` makes the jitter repeatable. A simulator of the same `name` is stopped and replaced, so a cell may be
    run again; the default name says which port is behind it. Two in front of one port need two names.

    Raises:
        TypeError, ValueError: If the target or a knob cannot be; nothing has been started then.
        OSError: If the target's host name is unknown.
    """
    place = parse(target)
    sim = NetSim(place, name or f"netsim-{place.port}", seed)
    sim.delay, sim.jitter, sim.rate, sim.chunk = delay, jitter, rate, chunk
    sim.black_hole, sim.reset_after, sim.idle_timeout = black_hole, reset_after, idle_timeout
    sim.block_upgrade = block_upgrade
    old = registry.running("netsim").get(sim.name)
    if old is not None:
        old.stop()
    sim._start()
    return sim


class NetSim(Knobs):
    """A running simulated network. Made by `netsim()`; every method may be called from any thread.

    Each knob is an attribute. It takes effect at once, on open connections too, and in both directions:

    - `delay` seconds for one way. Opening a connection takes a round trip more, which shows in its first bytes: the
      client's `connect()` returns at once, because the simulator is on the same machine.
    - `jitter` seconds at most on top, drawn for each read; the order is kept, as TCP keeps it.
    - `rate` bytes per second and direction of each connection, or None.
    - `chunk` bytes at most in one segment, or None: pieces go out one by one, 1 ms apart. A reader that is waiting
      gets them one by one; one that is busy may find several at once, as TCP never promised otherwise.
    - `black_hole`: nothing arrives any more, and nobody is told; bytes, ends and resets wait until it is over.
    - `reset_after` bytes that may still pass (both directions together, counted from the turn of the knob), then
      both sides get a reset. It stays on for new connections, or None.
    - `idle_timeout` seconds without a byte, after which both sides are closed, or None.
    - `block_upgrade`: requests lose their `Upgrade`, so the server refuses them (400, 426); open WebSockets go on.

    Each direction of a connection holds at most 256 KiB: then it stops reading, and a slow reader slows the sender
    down. TLS passes through untouched. `trace` records what the client's side saw, so `"<"` is what clients sent.
    """

    __slots__ = (
        "_accepted",
        "_acceptor",
        "_addresses",
        "_errors",
        "_from_client",
        "_listener",
        "_loop",
        "_relays",
        "_seed",
        "_tasks",
        "_to_client",
        "name",
        "port",
        "target",
        "trace",
    )

    def __init__(self, target: Target, name: str, seed: int) -> None:
        super().__init__()
        self.target = target
        self.name = name
        self.trace = Trace(client="<")
        self.port = 0
        """The port on 127.0.0.1 to connect to instead of the target's; it stays the same when the simulator stops."""
        self._seed = seed
        self._errors: deque[Exception] = deque(maxlen=MAX_ERRORS)
        self._accepted = self._from_client = self._to_client = 0
        self._relays: dict[int, Relay] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._acceptor: asyncio.Task[None] | None = None
        self._loop: LoopThread | None = None
        self._listener: socket.socket | None = None
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        self._addresses: list[Address] = [(family, address) for family, _, _, _, address in found]

    # -- looking

    def url(self, path: str = "/", scheme: str = "ws") -> str:
        """Return the URL of `path` through the simulator: `ws` or `http`, with an `s` where the target speaks TLS."""
        return Target("127.0.0.1", self.port, tls=self.target.tls).url(path, scheme)

    @property
    def is_running(self) -> bool:
        """Whether it accepts connections."""
        return self._loop is not None and self._loop.is_running

    @property
    def counters(self) -> Counters:
        """Connections and bytes until now."""
        return Counters(self._accepted, len(self._relays), self._from_client, self._to_client)

    @property
    def errors(self) -> list[Exception]:
        """What went wrong with the target, the latest 100: it refused, it could not be reached."""
        return list(self._errors)

    # -- doing

    def half_close(self, direction: str) -> int:
        """End one direction of every open connection behind the bytes under way, and return how many were open.

        `"<"` ends what comes from the clients: the target reads its end and can still answer. `">"` ends what goes to
        the clients. Whatever is still sent in that direction is dropped.
        """
        if direction not in ("<", ">"):
            raise ValueError(f'direction is "<" (from the clients) or ">" (to the clients), not {direction!r}')
        return self._each(lambda relay: relay.half_close(direction))

    def reset(self) -> int:
        """Reset every open connection, on both sides, and return how many there were."""
        return self._each(lambda relay: relay.finish(was_reset=True))

    def stop(self, timeout: float = 1.0) -> None:
        """Free the port and close all connections, within `timeout` seconds. A second call does nothing."""
        registry.forget("netsim", self.name, self)
        if self._loop is None or self._listener is None:
            return
        with contextlib.suppress(TimeoutError, NotRunning):
            self._loop.call(self._close, timeout / 2, timeout=timeout / 2)
        self._loop.stop(timeout / 2)
        self._listener.close()

    def __enter__(self) -> NetSim:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, where: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        knobs = "".join(f", {name}={value!r}" for name, value in self.changed().items())
        state = f"{self.url()} in front of {self.target.address}" if self.is_running else "stopped"
        return f"<NetSim {self.name!r}: {state}{knobs}, {len(self._relays)} connections>"

    # -- inside

    def _start(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._listener.setblocking(False)
        self.port = self._listener.getsockname()[1]
        self._loop = LoopThread(self.name).start()
        self._loop.call(self._open, self._listener)
        registry.put("netsim", self.name, self)

    def _turned(self) -> None:
        if self._loop is not None:
            self._loop.post(self._ring)

    def _ring(self) -> None:
        for relay in list(self._relays.values()):
            relay.ring()

    def _each(self, action: Callable[[Relay], None]) -> int:
        """Do something to every relay, on the loop; return to how many."""

        async def do() -> int:
            relays = list(self._relays.values())
            for relay in relays:
                action(relay)
            return len(relays)

        if self._loop is None or not self._loop.is_running:
            return 0
        return self._loop.call(do, timeout=1.0)

    async def _open(self, listener: socket.socket) -> None:
        self._acceptor = asyncio.create_task(self._accept(listener))

    async def _accept(self, listener: socket.socket) -> None:
        """Take every connection that comes, until the listener is closed."""
        loop = asyncio.get_running_loop()
        places = asyncio.Semaphore(MAX_CONNECTIONS)
        while True:
            await places.acquire()
            try:
                client, _ = await loop.sock_accept(listener)
            except OSError as exc:  # out of file descriptors: that may pass
                self._errors.append(exc)
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
            self.trace.peers[number] = (address_of(client), address_of(client, peer=True))
            relay = Relay(
                client,
                self,
                seed=f"{self._seed}/{number}",
                record=lambda direction, data: self._record(direction, number, data),
                on_error=self._errors.append,
            )
            self._relays[number] = relay
            await relay.run(self._addresses)
        except OSError:
            client.close()  # gone before we could look at it
        finally:
            self._relays.pop(number, None)
            places.release()

    def _record(self, direction: str, number: int, data: bytes) -> None:
        self.trace.add(direction, number, data)
        if direction == "<":
            self._from_client += len(data)
        elif direction == ">":
            self._to_client += len(data)

    async def _close(self, timeout: float) -> None:
        """Stop accepting, end every connection in an orderly way, and wait for that."""
        if self._acceptor is not None:
            self._acceptor.cancel()
        for relay in list(self._relays.values()):
            relay.finish(was_reset=False)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=timeout)

    def _abandon(self) -> None:
        """Called in a forked child: the listening socket belongs to the parent."""
        if self._listener is not None:
            self._listener.close()
