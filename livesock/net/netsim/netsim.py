"""`netsim()`: a bad network in front of any port, with knobs that turn while it runs.

    client ──────────────► NetSim ──────────────► target
             far.url()       │ delay, jitter, rate, chunk, black_hole,
                             │ reset_after, idle_timeout, block_upgrade
                             └ far.trace: what the client's side saw

On loopback nothing is late, nothing is cut and nothing is lost, so loopback teaches the wrong lessons. A simulator
is a TCP proxy: it accepts a connection, opens one to the target, and lets the bytes through as its knobs allow. It
sits above TCP, so it cannot lose or reorder bytes; it can show what TCP makes of loss: waiting.

A black hole holds the bytes and delivers them when it ends. TCP does the same when a cable is cut for a while and the
sender goes on transmitting the same segments: nothing is lost, neither side gets an error, everything is late.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from urllib.parse import parse_qs, quote

from livesock.advice.instead import GIVEN
from livesock.errors import NotRunning
from livesock.net.connect.urls import Target, Where, parse
from livesock.net.loop import registry
from livesock.net.loop.habits import blocking, method
from livesock.net.loop.thread import LoopThread
from livesock.net.netsim.knobs import Knobs
from livesock.net.netsim.pipe import UnderWay
from livesock.net.netsim.proxy import Counters, Line, Proxy
from livesock.net.netsim.relay import Relay
from livesock.trace.recording import Trace

__all__ = ["NetSim", "netsim"]


_HABITS = {
    **dict.fromkeys(("latency", "lag", "rtt", "ping"), f"write delay={GIVEN}, in seconds for one way"),
    **dict.fromkeys(("bandwidth", "throttle", "speed", "bps"), f"write rate={GIVEN}, in bytes per second"),
    **dict.fromkeys(
        ("loss", "packet_loss", "drop"), "TCP loses nothing, it waits: write jitter=0.2 or black_hole=True"
    ),
    **dict.fromkeys(("mtu", "segment", "size"), f"write chunk={GIVEN}, in bytes"),
    **dict.fromkeys(("timeout", "idle"), f"write idle_timeout={GIVEN}, in seconds"),
    **dict.fromkeys(("host", "port", "url"), "the target comes first: a server, a port, a (host, port) pair or a URL"),
}
"""Options of other simulators, and what to write here."""


@blocking(_HABITS, write="netsim(server)")
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
        TypeError, ValueError: If the target or a knob is impossible; then nothing has been started.
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
    - `black_hole`: nothing arrives any more, without an error; bytes, ends and resets wait until it is over.
    - `reset_after` bytes that may still pass (both directions together, counted from the turn of the knob), then
      both sides get a reset. It stays on for new connections, or None.
    - `idle_timeout` seconds without a byte, after which both sides are closed, or None.
    - `block_upgrade`: requests lose their `Upgrade`, so the server refuses them (400, 426); open WebSockets go on.

    Each direction of a connection holds at most 256 KiB: then it stops reading, and a slow reader slows the sender
    down. TLS passes through untouched. `trace` records what the client's side saw, so `"<"` is what clients sent.
    """

    __slots__ = ("_listener", "_loop", "_proxy", "name", "port", "target", "trace")

    def __init__(self, target: Target, name: str, seed: int) -> None:
        super().__init__()
        self.target = target
        self.name = name
        self.trace = Trace(client="<", place="netsim")
        self.port = 0
        """The port on 127.0.0.1 to connect to instead of the target's; it stays the same when the simulator stops."""
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        self._proxy = Proxy(self, self.trace, [(family, address) for family, _, _, _, address in found], seed)
        self._loop: LoopThread | None = None
        self._listener: socket.socket | None = None

    # -- looking

    @method('far.url("/ws")')
    def url(self, path: str = "/", scheme: str = "ws") -> str:
        """Return the URL of `path` through the simulator: `ws` or `http`, with an `s` where the target speaks TLS.

        If the target is a server that asks for a token, the address holds it.
        """
        for token in parse_qs(self.target.path.partition("?")[2]).get("auth", [])[:1]:
            path += f"{'&' if '?' in path else '?'}auth={quote(token, safe='')}"
        return Target("127.0.0.1", self.port, tls=self.target.tls).url(path, scheme)

    @property
    def is_running(self) -> bool:
        """Whether it accepts connections."""
        return self._loop is not None and self._loop.is_running

    @property
    def counters(self) -> Counters:
        """Connections and bytes until now."""
        return self._proxy.counters

    def under_way(self, after: Mapping[Line, int] | None = None) -> dict[Line, UnderWay]:
        """Return what has left one end of a connection and not reached the other, for each direction of each one.

        `after` names for each line the number of the read from which on its reads are wanted, so that a caller who
        looks again and again gets only what is new.

        Raises:
            TimeoutError: If the simulator moved no byte for a second (see `busy`).
        """
        if self._loop is None or not self._loop.is_running:
            return {}
        return self._loop.call(self._proxy.under_way, after or {}, timeout=1.0)

    @property
    def errors(self) -> list[Exception]:
        """The latest 100 errors: the target refused, or could not be reached."""
        return list(self._proxy.errors)

    # -- doing

    @contextlib.contextmanager
    def busy(self) -> Iterator[None]:
        """Move no byte meanwhile, for a second at most: what is sent piles up in the sender's kernel."""
        began, free = threading.Event(), threading.Event()

        def block() -> None:
            began.set()
            free.wait(1.0)

        if self._loop is not None:
            self._loop.post(block)
            began.wait(1.0)
        try:
            yield
        finally:
            free.set()

    def half_close(self, direction: str) -> int:
        """End one direction of every open connection behind the bytes under way, and return how many were open.

        `"<"` ends what comes from the clients: the target reads its end and can still answer. `">"` ends what goes to
        the clients. Bytes that are still sent in that direction are dropped.
        """
        if direction not in ("<", ">"):
            raise ValueError(f'direction is "<" (from the clients) or ">" (to the clients), not {direction!r}')
        return self._each(lambda relay: relay.half_close(direction))

    def reset(self) -> int:
        """Reset every open connection, on both sides, and return how many there were."""
        return self._each(lambda relay: relay.finish(was_reset=True))

    def stop(self, timeout: float = 1.0) -> None:
        """Free the port and close all connections, within `timeout` seconds. A second call does nothing."""
        if self._loop is not None and self._loop.is_running:
            with contextlib.suppress(TimeoutError, NotRunning):
                self._loop.call(self._proxy.close, timeout / 2, timeout=timeout / 2)
        if self._loop is not None:
            self._loop.stop(timeout / 2)
        if self._listener is not None:
            self._listener.close()
        registry.forget("netsim", self.name, self)  # last, so that an interrupted stop can be repeated

    def __enter__(self) -> NetSim:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, where: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        knobs = "".join(f", {name}={value!r}" for name, value in self.changed().items())
        address = Target("127.0.0.1", self.port, tls=self.target.tls).url()  # without the token
        state = f"{address} in front of {self.target.address}" if self.is_running else "stopped"
        return f"<NetSim {self.name!r}: {state}{knobs}, {self.counters.connected} connections>"

    # -- inside

    def _start(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._listener.setblocking(False)
        self.port = self._listener.getsockname()[1]
        self._loop = LoopThread(self.name)
        registry.put("netsim", self.name, self)  # first, so that what an interrupted cell leaves can be stopped
        self._loop.start()
        self._loop.call(self._proxy.open, self._listener)

    def _turned(self) -> None:
        if self._loop is not None:
            self._loop.post(self._proxy.ring)

    def _each(self, action: Callable[[Relay], None]) -> int:
        if self._loop is None or not self._loop.is_running:
            return 0
        return self._loop.call(self._proxy.each, action, timeout=1.0)

    def _abandon(self) -> None:
        """Called in a forked child: the listening socket belongs to the parent."""
        if self._listener is not None:
            self._listener.close()
