"""`Crowd`: several recorded Socket.IO clients on one thread, so that a broadcast has somebody to reach.

    ann, bob, cat …   each a real client with a connection and a trace of its own, all in one namespace
                 └──► heard: (who, number of the event, when), as it came off the wire

Any of them can stop reading; what is said to it then piles up at the server, which is what we want to see.
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
from livesock.net.client.line import Endpoint
from livesock.net.client.listeners import Answer, HandlerThread, Listeners
from livesock.net.client.manager import Manager
from livesock.net.client.seat import LoopSeat
from livesock.net.connect.dial import Dialer
from livesock.net.connect.options import target_of
from livesock.net.connect.tls import client_context
from livesock.net.connect.urls import HasUrl, Target
from livesock.net.loop.thread import LoopThread
from livesock.realtime.actions import PATH
from livesock.trace.recording import Trace
from livesock.wire.quote import one_line

__all__ = ["MAX_CROWD", "NAMES", "Crowd", "Heard", "Member"]

NAMES = ("ann", "bob", "cat", "dan", "eve", "fay", "gus", "hal", "ida", "jon", "kim", "leo", "mia", "ned", "ola", "pam")

MAX_CROWD = len(NAMES)

TRACE = 2**18
"""Bytes that the trace of a member keeps."""

_numbers = itertools.count(1)


class Heard(NamedTuple):
    """An event has reached a member."""

    who: int
    name: str
    arguments: list[Any]
    when: float
    """`time.perf_counter()` when the packet had been read and taken apart."""


class _Ears(Listeners):
    """Writes down what is heard, on the loop itself: no handler, no thread, no waiting."""

    def __init__(self, member: Member, namespace: str, crew: HandlerThread, heard: deque[Heard]) -> None:
        super().__init__(namespace, crew)
        self._member, self._all = member, heard

    def heard(self, name: str, arguments: list[Any], answer: Answer | None = None) -> None:
        if name == "disconnect":
            self._member.why = str(arguments[0])
        elif name not in ("connect", "connect_error"):
            self._all.append(Heard(self._member.index, name, arguments, time.perf_counter()))
        if answer is not None:
            answer([])


class Member:
    """One of them. `is_slow` and `why` may be read from any thread."""

    def __init__(self, index: int, crowd: Crowd) -> None:
        self.index, self.name = index, NAMES[index]
        self.is_slow = False
        """Whether it has stopped reading."""
        self.why = ""
        """Why it is not in, if it was or wanted to be."""
        self.trace = Trace(client=">", limit=TRACE)
        query = crowd.target.path.partition("?")[2]
        self.manager = Manager(
            Dialer(crowd.target, client_context(crowd.target), self.trace),
            Endpoint(PATH, query, []),
            ("websocket",),
            None,
            TIMEOUT,
        )
        self.seat = LoopSeat(crowd.namespace, None, crowd.crew)
        self.seat.listeners = _Ears(self, crowd.namespace, crowd.crew, crowd.heard)
        self.manager.seats = {crowd.namespace: self.seat}

    @property
    def id(self) -> str | None:
        """What the server calls it; None while it is not in, as far as it knows."""
        return self.seat.state.id


class Crowd:
    """Every method may be called from any thread and returns at once, but for `close`."""

    def __init__(self, where: HasUrl, namespace: str, size: int) -> None:
        self.target: Target = target_of(where)
        self.namespace = namespace
        self.heard: deque[Heard] = deque(maxlen=100_000)
        name = f"crowd {next(_numbers)}"
        self._loop = LoopThread(name).start()
        self.crew = HandlerThread(name, lambda behind: None)  # nobody has a handler, so it never starts
        self.members = [Member(index, self) for index in range(size)]
        self._tasks: set[asyncio.Task[None]] = set()

    def come(self, member: Member) -> None:
        """Let a member join, or come back after it was sent away; it reads again then."""
        self._loop.post(self._begin, member)

    def hold(self, member: Member, is_slow: bool) -> None:
        """Let a member stop reading, or read again. What it had begun to read it still takes."""
        member.is_slow = is_slow
        self._loop.post(member.manager.hold, is_slow)

    def _begin(self, member: Member) -> None:
        task = asyncio.get_running_loop().create_task(self._come(member))
        self._tasks.add(task)  # a loop remembers its tasks only weakly
        task.add_done_callback(self._tasks.discard)

    async def _come(self, member: Member) -> None:
        try:
            member.is_slow = False
            member.manager.hold(False)
            if member.manager.line is not None:  # it has not noticed yet that it was dropped
                await member.manager.leave(self.namespace)
            await member.manager.join(self.namespace)
            member.why = ""
        except (OSError, LivesockError) as exc:
            member.why = one_line(f"{type(exc).__name__}: {exc}", 100)

    def close(self) -> None:
        """End every connection and the thread. A second call does nothing."""
        with contextlib.suppress(TimeoutError, NotRunning):
            self._loop.call(self._close_all, timeout=3.0)
        self.crew.stop(0)
        self._loop.stop(1.0)

    async def _close_all(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        for member in self.members:
            member.manager.hold(False)
        await asyncio.gather(*(member.manager.close(0.5) for member in self.members), return_exceptions=True)
