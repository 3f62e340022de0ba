"""`Crowd`: several recorded Socket.IO clients on one thread, so that a broadcast reaches several peers.

    ann, bob, cat …   each a real client with a connection and a trace of its own, all in one namespace
                 └──► heard: (who, number of the event, when), as it came off the wire

Each member can stop reading. What the server sends to it then piles up at the server, which is what the view shows.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections import deque
from typing import Any, NamedTuple

from livesock.display.visitor import TIMEOUT
from livesock.errors import LivesockError, NotRunning
from livesock.net.client.loop_client import LoopClient
from livesock.net.connect.urls import HasUrl
from livesock.net.loop.thread import LoopThread
from livesock.trace.recording import Trace
from livesock.wire.quote import one_line

__all__ = ["MAX_CROWD", "NAMES", "Crowd", "CrowdMember", "Heard"]

NAMES = ("ann", "bob", "cat", "dan", "eve", "fay", "gus", "hal", "ida", "jon", "kim", "leo", "mia", "ned", "ola", "pam")

MAX_CROWD = len(NAMES)

TRACE = 2**18
"""Bytes that the trace of a member keeps."""

_numbers = itertools.count(1)


class Heard(NamedTuple):
    """An event that has reached a member."""

    who: int
    name: str
    arguments: list[Any]
    when: float
    """`time.perf_counter()` when the packet had been read and taken apart."""


class CrowdMember:
    """One client of the crowd. `is_slow` and `why` may be read from any thread."""

    def __init__(self, index: int, where: HasUrl, namespace: str, heard: deque[Heard]) -> None:
        self.index, self.name = index, NAMES[index]
        self.is_slow = False
        """Whether it has stopped reading."""
        self.why = ""
        """Why it has no seat, if it had one or tried to get one."""
        self.client = LoopClient(
            where, namespace, self._hear, transports=("websocket",), timeout=TIMEOUT, trace_limit=TRACE
        )
        self._heard = heard

    @property
    def trace(self) -> Trace:
        """Every byte of every connection that it has used."""
        return self.client.trace

    @property
    def id(self) -> str | None:
        """The id of its seat; None while it has no seat, as far as it knows."""
        return self.client.id

    def _hear(self, name: str, arguments: list[Any]) -> None:
        if name == "disconnect":
            self.why = str(arguments[0])
        elif name not in ("connect", "connect_error"):
            self._heard.append(Heard(self.index, name, arguments, time.perf_counter()))


class Crowd:
    """Every method may be called from any thread and returns at once, but for `close`."""

    def __init__(self, where: HasUrl, namespace: str, size: int) -> None:
        self.heard: deque[Heard] = deque(maxlen=100_000)
        self.members = [CrowdMember(index, where, namespace, self.heard) for index in range(size)]
        self._loop = LoopThread(f"crowd {next(_numbers)}").start()
        self._tasks: set[asyncio.Task[None]] = set()

    def come(self, member: CrowdMember) -> None:
        """Let a member join, or join again after the server dropped it; it then reads again."""
        self._loop.post(self._begin, member)

    def hold(self, member: CrowdMember, is_slow: bool) -> None:
        """Let a member stop reading, or read again. It still takes what it has begun to read."""
        member.is_slow = is_slow
        self._loop.post(member.client.hold, is_slow)

    def _begin(self, member: CrowdMember) -> None:
        task = asyncio.get_running_loop().create_task(self._come(member))
        self._tasks.add(task)  # a loop remembers its tasks only weakly
        task.add_done_callback(self._tasks.discard)

    async def _come(self, member: CrowdMember) -> None:
        try:
            member.is_slow = False
            await member.client.join()
            member.why = ""
        except (OSError, LivesockError) as exc:
            member.why = one_line(f"{type(exc).__name__}: {exc}", 100)

    def close(self) -> None:
        """End every connection and the thread. A second call does nothing."""
        with contextlib.suppress(TimeoutError, NotRunning):
            self._loop.call(self._close_all, timeout=3.0)
        self._loop.stop(1.0)

    async def _close_all(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*(member.client.close(0.5) for member in self.members), return_exceptions=True)
