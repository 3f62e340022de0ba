"""Ticker: thousands of prices a second for peers that can show ten.

    market ── 5,000 ticks a second ──► the last price of each symbol ──┬─► feed ── prices ──► tab      at its own pace
                                       (older ones are forgotten)      └─► feed ── prices ──► slow tab

A queue for each tab would grow without bound at a slow tab, and show older and older prices there. So there is no
queue: a feed remembers one number, the last tick that its tab has seen, and sends every symbol that has changed since.
It sends only when the tab has *answered* the last batch. A slow tab gets fewer batches, and each of them is the newest.
"""

from __future__ import annotations

import random
import secrets
from contextlib import suppress
from functools import partial
from typing import Any

from livesock import event
from livesock.errors import NotRunning
from livesock.net.loop.repeat import Repeat
from livesock.net.socketio.namespace import Namespace
from livesock.net.socketio.seat import Socket
from livesock.server import Server

__all__ = ["Market", "Ticker"]

TREES = (
    "ALDER ASH BEECH BIRCH CEDAR CHERRY ELDER ELM FIR HAZEL HOLLY LARCH LAUREL LINDEN MAPLE OAK OLIVE PINE ROWAN YEW"
)
SYMBOLS = TREES.split()

STEP = 0.02
"""Seconds between two steps of the market."""

TICKS = 100
"""Ticks in a step: 5,000 a second."""

PAUSE = 0.1
"""Least seconds between two batches for a tab: an eye sees no more than ten a second."""

PATIENCE = 60.0
"""Seconds that a feed waits for an answer. A tab in the background does not paint, and does not answer."""


class Market:
    """Prices that wander. It knows nothing of peers."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)
        self.epoch = secrets.token_hex(4)
        """Names this market: the ticks of another one are not comparable."""
        self.count = 0
        """Ticks so far; a tick's number is its time."""
        self.last = {symbol: (self._random.randrange(2_000, 40_000), 0) for symbol in SYMBOLS}
        """The last price of each symbol in cents, and the tick at which it came."""

    def tick(self) -> None:
        """Change one price."""
        self.count += 1
        symbol = self._random.choice(SYMBOLS)
        price = self.last[symbol][0]
        self.last[symbol] = (max(100, price + round(self._random.gauss(0, price / 4000))), self.count)

    def since(self, tick: int) -> list[tuple[str, int, int]]:
        """Return symbol, price and tick of everything that is newer than `tick`; with -1, of everything."""
        return [(symbol, price, at) for symbol, (price, at) in self.last.items() if at > tick]


class Ticker:
    """Answers the namespace of the ticker: each peer gets `prices` and answers them when it has shown them."""

    server: Server
    namespace: Namespace[Socket]

    def __init__(self) -> None:
        self.market = Market()
        self.batches = 0
        """Batches sent so far, to all peers together."""
        self._beat: Repeat | None = None

    async def on_connect(self, socket: Socket) -> None:
        """Open the market with the first peer. It closes with the last."""
        if self._beat is None or not self._beat.is_running:
            self._beat = self.server.every(STEP, self._step)

    @event("watch")
    async def watch(self, socket: Socket) -> dict[str, Any]:
        """Start a feed for the peer; the answer is the market as it is now."""
        feed: Repeat | None = socket.data.get("feed")
        if feed is None or not feed.is_running:
            socket.data["seen"] = self.market.count
            socket.data["feed"] = self.server.every(PAUSE, partial(self._feed, socket))
        return self._batch(-1)

    async def on_disconnect(self, socket: Socket, reason: str) -> None:
        """End its feed."""
        feed = socket.data.get("feed")
        if feed is not None:
            feed.stop()

    async def _step(self) -> None:
        if self._beat is not None and not self.namespace.members:
            self._beat.stop()
        for _ in range(TICKS):
            self.market.tick()

    def _batch(self, seen: int) -> dict[str, Any]:
        return {"epoch": self.market.epoch, "tick": self.market.count, "prices": self.market.since(seen)}

    async def _feed(self, socket: Socket) -> None:
        """Send what has changed, and wait until the peer has shown it."""
        batch, socket.data["seen"] = self._batch(socket.data["seen"]), self.market.count
        self.batches += 1
        with suppress(TimeoutError, NotRunning):  # the peer does not show it, or has gone
            await socket.call("prices", batch, timeout=PATIENCE)
