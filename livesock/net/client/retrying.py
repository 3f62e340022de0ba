"""`Retrying`: sends the events of one seat one at a time, each until it is answered. Runs on the loop.

add(event) ──► RetryQueue ──► the seat is taken? ──► ask ──► answered: the next one
                                     ▲                 └───► no answer, or the connection is lost: the same again
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from livesock.errors import NotRunning
from livesock.realtime.client.retries import RetryQueue
from livesock.realtime.encoded import Encoded
from livesock.wire.socketio import Decoder

__all__ = ["Ask", "Retrying"]

Ask = Callable[[str, tuple[Any, ...], float], Awaitable[Any]]
"""Sends an event once and returns its answer."""

Dropped = Callable[[str, Exception], None]
"""Gets the name of an event that was given up, and why."""


class _Waiting(NamedTuple):
    name: str
    arguments: tuple[Any, ...]
    seconds: float
    """How long each try waits."""
    asker: asyncio.Future[Any] | None
    """What waits for the answer; None if nothing does."""


class Retrying:
    """The queue of one seat, and the task that sends it."""

    def __init__(self, retries: int, dropped: Dropped) -> None:
        self._queue: RetryQueue[_Waiting] = RetryQueue(retries)
        self._dropped = dropped
        self._seated = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def add(self, encoded: Encoded, seconds: float, ask: Ask, asker: asyncio.Future[Any] | None = None) -> None:
        """Send the event `encoded` in its turn. Each try waits `seconds`; the answer ends the future `asker`.

        Raises:
            OverflowError: If too many wait already.
        """
        self._queue.add(_Waiting(*_values_of(encoded), seconds, asker))
        if self._task is None:
            self._task = asyncio.create_task(self._run(ask))

    def seated(self, is_in: bool) -> None:
        """Go on, because we have the seat, or wait until we have it again."""
        self._seated.set() if is_in else self._seated.clear()

    def end(self, sentence: str) -> None:
        """Give everything up."""
        self._seated.clear()
        if self._task is not None:
            self._task.cancel()
            self._task = None
        for event in self._queue.clear():
            self._give_up(event, NotRunning(sentence))

    async def settle(self, timeout: float) -> None:
        """Wait until nothing waits any more, `timeout` seconds at most; not at all while we have no seat."""
        if self._task is not None and self._seated.is_set():
            await asyncio.wait([self._task], timeout=timeout)

    async def _run(self, ask: Ask) -> None:
        while len(self._queue):
            await self._seated.wait()
            event = self._queue.send()
            if event is None:
                break
            try:
                answer = await ask(event.name, event.arguments, event.seconds)
            except (TimeoutError, NotRunning) as exc:
                tries = self._queue.tries
                if self._queue.missed() is not None:
                    self._give_up(event, type(exc)(f"{exc}; sent {tries} times"))
            else:
                self._queue.answered()
                if event.asker is not None and not event.asker.done():
                    event.asker.set_result(answer)
        self._task = None

    def _give_up(self, event: _Waiting, exc: Exception) -> None:
        if event.asker is None:
            self._dropped(event.name, exc)
        elif not event.asker.done():
            event.asker.set_exception(exc)


def _values_of(encoded: Encoded) -> tuple[str, tuple[Any, ...]]:
    """Return the name and the arguments of an event as they are now: the caller may change a list afterwards."""
    decoder = Decoder()
    (packet,) = filter(None, map(decoder.add, encoded.messages))
    name, *arguments = packet.data
    return name, tuple(arguments)
