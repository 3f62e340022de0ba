"""`Selection`: some sockets of a namespace, and how to speak to them.

server.of("/point")                      a namespace
    .to("board").except_("s1").volatile  a selection of its sockets: each step returns a new one
    .emit("moved", 1, 2)                 what each of them hears
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from livesock.net.socketio.observers import Said
from livesock.realtime.encoded import Encoded
from livesock.realtime.offsets import offset_of
from livesock.realtime.server.recovery import Missed

if TYPE_CHECKING:
    from livesock.net.socketio.carrier import Carrier
    from livesock.net.socketio.namespace import Namespace
    from livesock.net.socketio.seat import Socket

__all__ = ["CALL_TIMEOUT", "Selection"]

CALL_TIMEOUT = 10.0
"""Seconds that `call` waits for an answer unless told otherwise."""

_numbers = itertools.count()


class Unanswered(TimeoutError):
    """Not all have answered in time; `answers` holds those that came.

    A class of its own, because asyncio replaces a plain `TimeoutError` on its way to another thread.
    """

    def __init__(self, message: str, answers: list[Any]) -> None:
        super().__init__(message)
        self.answers = answers


@dataclass(frozen=True, slots=True)
class Selection:
    """Some sockets of a namespace. Immutable: `to`, `except_`, `volatile` and `timeout` return another one."""

    namespace: Namespace
    rooms: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    is_volatile: bool = False
    seconds: float = CALL_TIMEOUT

    def to(self, *rooms: str) -> Selection:
        """Add everybody in `rooms`; a socket in two of them hears things once."""
        return replace(self, rooms=self.rooms + rooms)

    in_ = to

    def except_(self, *rooms: str) -> Selection:
        """Leave out everybody in `rooms`; the id of a socket is a room, too."""
        return replace(self, without=self.without + rooms)

    @property
    def volatile(self) -> Selection:
        """Drop what a peer cannot take right now: for news that the next news replaces."""
        return replace(self, is_volatile=True)

    def timeout(self, seconds: float) -> Selection:
        """Wait `seconds` for the answers to a `call`."""
        return replace(self, seconds=seconds)

    def emit(self, name: str, *arguments: Any) -> None:
        """Send an event to each of them.

        Raises:
            TypeError, ValueError: If the event cannot be sent: see `Encoded.event`.
        """
        if self.namespace.children is not None:
            for space in self.namespace.family:
                replace(self, namespace=space).emit(name, *arguments)
            return
        offset = ""
        if self.namespace.recovery is not None and not self.is_volatile:
            offset = offset_of(time.time(), next(_numbers))
            arguments = (*arguments, offset)
        encoded = Encoded.event(self.namespace.name, name, arguments)
        self.namespace.soon(self._deliver, encoded, name, arguments, offset)

    def _deliver(self, encoded: Encoded, name: str, arguments: tuple[Any, ...], offset: str) -> None:
        space = self.namespace
        space.told(name, arguments)
        if offset and space.recovery is not None:
            missed = Missed(offset, space.name, self.rooms, self.without, encoded, encoded.size)
            space.recovery.keep(missed, asyncio.get_running_loop().time())
        if space.overhearers:
            self._overheard(encoded, name, arguments)
        else:
            self._hand_out(encoded)

    def _overheard(self, encoded: Encoded, name: str, arguments: tuple[Any, ...]) -> None:
        """Hand it out, and tell who really got it: whose count of what was handed to its connection has grown."""
        before = [(socket, socket.delivered) for socket in self._chosen()]
        self._hand_out(encoded)
        heard = [socket.id for socket, count in before if socket.delivered > count]
        missed = [socket.id for socket, count in before if socket.delivered == count]
        space = self.namespace
        said = Said(time.time(), space.name, name, arguments, self.rooms, self.without, heard, missed)
        for overhearer in list(space.overhearers):
            try:
                overhearer(said)
            except BaseException as exc:  # whoever looks on must not change what happens
                space.failed("an overhearer", 0, exc)

    def _hand_out(self, encoded: Encoded) -> None:
        """Let each of them hear what is ready. One flat loop over those on a WebSocket: it runs for every delivery."""
        carriers: list[Carrier] = []
        for socket in self._chosen():
            carrier = socket.line.carrier
            if carrier is None or not socket.is_connected:
                socket.deliver(encoded, volatile=self.is_volatile)
            elif self.is_volatile and not carrier.is_writable:
                socket.dropped += 1
            else:
                socket.delivered += 1
                if carrier.is_open:
                    carriers.append(carrier)
        if carriers:
            carriers[0].turn.say(carriers, encoded.frames)  # all of a server's carriers share one

    def call(self, name: str, *arguments: Any) -> Any:
        """Ask each of them and return the list of their answers; in a handler, `await` it.

        Raises:
            TimeoutError: If not all have answered in time; its `answers` holds those that came.
        """
        Encoded.event(self.namespace.name, name, arguments)
        return self.namespace.wait(self._ask, name, arguments)

    async def _ask(self, name: str, arguments: tuple[Any, ...]) -> list[Any]:
        questions = [
            asyncio.ensure_future(s.ask(name, arguments, self.seconds)) for s in self._chosen() if s.is_connected
        ]
        results = await asyncio.gather(*questions, return_exceptions=True)
        answers = [result for result in results if not isinstance(result, BaseException)]
        if len(answers) < len(results):
            raise Unanswered(f"{len(results) - len(answers)} of {len(results)} peers did not answer", answers)
        return answers

    def sockets(self) -> list[Socket]:
        """Return them; who has not been let in yet is not there."""
        return self.namespace.now(lambda: [socket for socket in self._chosen() if socket.is_connected])

    def join(self, *rooms: str) -> None:
        """Put each of them into `rooms`."""
        self.namespace.soon(self._each, lambda socket: socket.join(*rooms))

    def leave(self, *rooms: str) -> None:
        """Take each of them out of `rooms`."""
        self.namespace.soon(self._each, lambda socket: socket.leave(*rooms))

    def disconnect(self, close: bool = False) -> None:
        """Send each of them away from the namespace; with `close` its whole session ends."""
        self.namespace.soon(self._each, lambda socket: socket.disconnect(close))

    def _each(self, action: Callable[[Socket], object]) -> None:
        for socket in self._chosen():
            action(socket)

    def _chosen(self) -> list[Socket]:
        return [socket for space in self.namespace.family for socket in space.rooms.select(self.rooms, self.without)]
