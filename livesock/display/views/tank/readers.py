"""A server of prices and its two readers: one reads everything, the other as slowly as it is asked to.

    20 prices/s ──► Outbox: what waits for this reader ──► TCP's buffers, kept small ──► a real client that reads

What happens when an outbox is full, or has no bound, is the policy. It may change while the prices go on.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
import threading
import time
from collections import deque
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from livesock.display.views.tank.run import BOUND, FRIEND, LIMITS, RATE, SIZE, SLOW, SLOWS, MarketRun, Sample
from livesock.errors import NotRunning
from livesock.net.loop.thread import LoopThread
from livesock.server import Server, serve

__all__ = ["TwoReaders"]

KERNEL = 8192
"""Bytes asked for in the kernel's buffers at both ends: with usual ones, megabytes would be on the way unseen."""

TOO_SLOW = 1013
"""The close code for a reader that is sent away: "try again later"."""

SAMPLE = 0.1
"""Seconds between two looks at how old the prices are."""

_numbers = itertools.count(1)


class Outbox:
    """What waits at the server for one reader, and the task that hands it on. Used on the server's loop."""

    def __init__(self, who: str, ws: Any, run: MarketRun) -> None:
        self.who, self.ws, self.run = who, ws, run
        self._queue: deque[tuple[int, str]] = deque()
        self._news = asyncio.Event()
        self._is_sending = False
        self._handed = 0
        self._closing: asyncio.Task[None] | None = None

    @property
    def is_busy(self) -> bool:
        return bool(self._queue) or self._is_sending

    def count(self) -> None:
        """Note what waits, and what is on its way."""
        waiting, handed = len(self._queue), self._handed
        if self.run.policy == "hub":  # the connection's own buffer is the queue
            waiting = self.ws.transport.get_write_buffer_size() // SIZE
            handed = self.run.made - waiting
        self.run.waiting[self.who] = waiting
        self.run.on_the_way[self.who] = 0 if self._closing else max(0, handed - self.run.read.get(self.who, 0))

    async def put(self, price: tuple[int, str]) -> None:
        """Take a price in, as the policy of this moment says."""
        limit = LIMITS.get(self.run.policy)
        if self._closing is not None:
            return
        if self.run.policy == "close" and len(self._queue) >= BOUND:
            self.run.closed = self.run.now()
            self._queue.clear()
            self._closing = asyncio.create_task(self.ws.close(TOO_SLOW, "you read too slowly"))
            return
        self._queue.append(price)
        while limit is not None and len(self._queue) > limit:
            self._queue.popleft()
            self.run.dropped += 1
        self._news.set()
        await asyncio.sleep(0)
        while self.run.policy == "wait" and self.is_busy and not self.run.is_ending:
            await asyncio.sleep(0.005)

    async def hand_on(self) -> None:
        """Send what waits, one price after the other, for as long as the connection is open."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                await self._news.wait()
                self._news.clear()
                while self._queue:
                    _, message = self._queue.popleft()
                    self._is_sending = True
                    self._handed += 1
                    await self.ws.send(message)
                    self._is_sending = False


class TwoReaders:
    """The server and its two readers; `hub` takes the place of the outboxes where the policy is "hub"."""

    def __init__(self, hub: type | None = None) -> None:
        self._name, self._hub_class = f"prices {next(_numbers)}", hub
        self._server: Server | None = None
        self._loop: LoopThread | None = None
        self._thread: threading.Thread | None = None
        self._boxes: dict[str, Outbox] = {}
        self._hub: Any = None
        self._run = MarketRun("wait", 0, 0)

    def start(self, run: MarketRun) -> None:
        """Start a run and return at once."""
        self._run, self._boxes = run, {}
        if self._server is None or not self._server.is_running:
            self._server = serve(self._name, limits={"stall_timeout": 60.0})
            self._server.websocket("/prices", close_timeout=0.5, ping_interval=None)(self._serve)
        if self._loop is None:
            self._loop = LoopThread("two readers").start()
        loop, server = self._loop, self._server

        def go() -> None:
            try:
                loop.call(self._read, server, run)
            except NotRunning:
                run.problem = "it was stopped"
            except Exception as exc:  # shown on the page
                run.problem = run.problem or f"{type(exc).__name__}: {exc}"
            finally:
                run.done.set()

        self._thread = threading.Thread(target=go, name="livesock market", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the readers and the server."""
        self._run.is_ending = True
        if self._thread is not None:
            self._thread.join(1.0)
        if self._loop is not None:
            self._loop.stop()
        if self._server is not None:
            self._server.stop()

    # -- the server's side

    async def _serve(self, ws: Any) -> None:
        run, who = self._run, await ws.recv()
        ws.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL)
        ws.transport.set_write_buffer_limits(0)  # send() waits as soon as the kernel takes no more
        box = Outbox(who, ws, run)
        if run.policy == "hub":
            await self._hub.join(ws)
        self._boxes[who] = box
        handing = asyncio.create_task(box.hand_on())
        try:
            await ws.wait_closed()
        finally:
            handing.cancel()
            if run.policy == "hub":
                self._hub.leave(ws)

    async def _tick(self, run: MarketRun) -> None:
        """Make the prices, and give each to every reader, one after the other."""
        counting = asyncio.create_task(self._count(run))
        try:
            while run.now() < run.length and not run.is_ending:
                began = time.perf_counter()
                run.made += 1
                message = f"{run.made} {began} ".ljust(SIZE, ".")
                if run.policy == "hub":
                    await self._hub.broadcast(message)
                else:
                    for who in (SLOW, FRIEND):
                        if self._boxes[who].ws.state is State.OPEN:
                            await self._boxes[who].put((run.made, message))
                await asyncio.sleep(max(0.0, began + 1 / RATE - time.perf_counter()))
        finally:
            counting.cancel()

    async def _count(self, run: MarketRun) -> None:
        while True:
            for box in list(self._boxes.values()):
                box.count()
            await asyncio.sleep(0.02)

    # -- the readers' side

    async def _read(self, server: Server, run: MarketRun) -> None:
        if run.policy == "hub":
            assert self._hub_class is not None
            self._hub = self._hub_class()
        async with contextlib.AsyncExitStack() as stack:
            lines = {}
            for who in (SLOW, FRIEND):
                lines[who] = ws = await self._connect(server)
                stack.push_async_callback(hang_up, ws)
                await ws.send(who)
            async with asyncio.timeout(5):
                while len(self._boxes) < len(lines):
                    await asyncio.sleep(0.005)
            run.began = time.perf_counter()
            reading = [asyncio.create_task(listen(run, who, ws)) for who, ws in lines.items()]
            sampling = asyncio.create_task(sample(run))
            ticking = asyncio.create_task(asyncio.to_thread(server.call, self._tick, run, timeout=run.length + 5))
            try:
                await asyncio.wait([ticking], timeout=run.length)
            finally:
                for task in (*reading, sampling):
                    task.cancel()
                run.is_ending = True
            await ticking

    async def _connect(self, server: Server) -> Any:
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, KERNEL)
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", server.port))
        return await connect(
            server.url("/prices"), sock=sock, compression=None, max_queue=1, proxy=None, ping_interval=None
        )


async def hang_up(ws: Any) -> None:
    """End a connection at once, whatever is on the way."""
    ws.transport.abort()
    await ws.wait_closed()


async def listen(run: MarketRun, who: str, ws: Any) -> None:
    """Read prices: all of them, or those of the slow reader at its pace."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            pace = RATE if who == FRIEND or run.now() < SLOWS else run.pace
            if pace == 0:
                await asyncio.sleep(0.02)
                continue
            number, made, *_ = (await ws.recv()).split(maxsplit=2)
            run.seen[who] = int(number), float(made)
            run.read[who] = run.read.get(who, 0) + 1
            if pace < RATE:
                await asyncio.sleep(1 / pace)


async def sample(run: MarketRun) -> None:
    """Look ten times a second how old each reader's newest price is."""
    while True:
        slow = None if run.closed else run.age(SLOW)
        run.samples.append(Sample(run.now(), run.age(FRIEND), slow, run.waiting.get(SLOW, 0)))
        await asyncio.sleep(SAMPLE)
