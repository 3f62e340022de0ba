"""`Beat`: calls a function in steps, while somebody is there to see it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from livesock.net.namespace import Namespace
from livesock.net.seat import Socket

__all__ = ["Beat"]

logger = logging.getLogger("livesock.demos")


class Beat:
    """Calls `step(now)` every `seconds` while one of its sockets is in the namespace. Runs on the server's loop."""

    def __init__(self, namespace: Namespace, seconds: float, step: Callable[[float], None]) -> None:
        self._namespace = namespace
        self._seconds = seconds
        self._step = step
        self._sockets: set[str] = set()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        """Whether it beats."""
        return self._task is not None and not self._task.done()

    def beat_for(self, socket: Socket) -> None:
        """Beat at least as long as `socket` is there. It ends by itself with the last one, or with the server."""
        self._sockets.add(socket.id)
        if not self.is_running:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        """Keep to the clock: a late step is followed by a shorter wait, but steps that were missed are not made up."""
        clock = asyncio.get_running_loop().time
        due = clock()
        while self._somebody_is_there():
            try:
                self._step(clock())
            except Exception:
                logger.exception("! a step failed: it is not repeated")
                return
            due = max(due + self._seconds, clock())
            await asyncio.sleep(due - clock())

    def _somebody_is_there(self) -> bool:
        """Look at the members, not at who said goodbye: somebody who was refused later on never says it."""
        self._sockets &= self._namespace.members.keys()
        return bool(self._sockets)
