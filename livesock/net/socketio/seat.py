"""`Socket`: one peer's seat in one namespace, and how to speak to it and to the others."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Any

from livesock.errors import NotRunning
from livesock.net.socketio.selection import CALL_TIMEOUT, Selection
from livesock.realtime.acks import Acks
from livesock.realtime.encoded import Encoded
from livesock.wire.socketio import Packet, PacketType

if TYPE_CHECKING:
    from livesock.net.socketio.line import Line, SocketHandshake
    from livesock.net.socketio.namespace import Namespace

__all__ = ["Socket"]


class Socket:
    """One peer in one namespace. Handlers get it as their first argument; its id is new for every connection."""

    def __init__(self, number: str, namespace: Namespace, line: Line, handshake: SocketHandshake) -> None:
        self.id = number
        self.namespace = namespace
        self.handshake = handshake
        self.data: dict[str, Any] = {}
        """Yours: whatever the handlers want to remember about this peer."""
        self.is_connected = False
        self.recovered = False
        """Whether its connection broke and it came back as the one it was: same id, rooms and data."""
        self.pid = secrets.token_urlsafe(15)
        """Its secret, with which it may come back."""
        self.dropped = 0
        """Volatile events that this peer missed."""
        self.delivered = 0
        """Events of all kinds that were handed to its connection."""
        self.in_order = asyncio.Lock()
        """Held while a blocking handler runs, so that this peer's events are handled in order."""
        self.line = line
        """Its session, with what carries that. On the loop only."""
        self._acks: Acks[asyncio.Future[Any]] = Acks()
        self._early: list[Encoded] = []  # said to it before it was let in
        self._early_size = 0

    def __repr__(self) -> str:
        state = "connected" if self.is_connected else "not connected"
        return f'<Socket "{self.id}" in {self.namespace.name}, {state}>'

    # -- speaking to it

    def emit(self, name: str, *arguments: Any) -> None:
        """Send it an event. Raises `TypeError` or `ValueError` for what cannot be sent."""
        Selection(self.namespace, rooms=(self.id,)).emit(name, *arguments)

    def call(self, name: str, *arguments: Any, timeout: float = CALL_TIMEOUT) -> Any:
        """Ask it and return the answer (a list if there are several values); in a handler, `await` it.

        Raises:
            TimeoutError: If it does not answer within `timeout` seconds.
            NotRunning: If it goes before it answers.
        """
        Encoded.event(self.namespace.name, name, arguments)
        return self.namespace.wait(self.ask, name, arguments, timeout)

    async def ask(self, name: str, arguments: tuple[Any, ...], timeout: float) -> Any:
        """Send a question and wait for the answer. Runs on the loop."""
        if not self.is_connected:
            raise NotRunning(f'the peer "{self.id}" is not connected to {self.namespace.name}')
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        number = self._acks.ask(future, loop.time() + timeout)
        self.namespace.told(name, arguments)
        self.deliver(Encoded.event(self.namespace.name, name, arguments, number))
        try:
            async with asyncio.timeout(timeout):
                return await future
        except TimeoutError:
            raise TimeoutError(f'"{self.id}" did not answer "{name}" within {timeout} s') from None
        finally:
            self._acks.forget(number)

    # -- others

    def to(self, *rooms: str) -> Selection:
        """Select everybody else in `rooms`."""
        return self.broadcast.to(*rooms)

    in_ = to

    def except_(self, *rooms: str) -> Selection:
        """Select everybody else but those in `rooms`."""
        return self.broadcast.except_(*rooms)

    @property
    def broadcast(self) -> Selection:
        """Select everybody else in the namespace."""
        return Selection(self.namespace, without=(self.id,))

    @property
    def volatile(self) -> Selection:
        """Select this peer alone, for events that it may miss."""
        return Selection(self.namespace, rooms=(self.id,), is_volatile=True)

    # -- rooms

    @property
    def rooms(self) -> list[str]:
        """The rooms it is in; the first is its own."""
        return self.namespace.now(self.namespace.rooms.rooms_of, self.id)

    def join(self, *rooms: str) -> None:
        """Put it into `rooms`."""
        for room in rooms:
            self.namespace.soon(self.namespace.rooms.join, self.id, room)

    def leave(self, *rooms: str) -> None:
        """Take it out of `rooms`."""
        for room in rooms:
            self.namespace.soon(self.namespace.rooms.leave, self.id, room)

    def disconnect(self, close: bool = False) -> None:
        """Send it away from this namespace; with `close` its whole session ends."""
        self.namespace.soon(self._expel, close)

    # -- the loop's side

    @property
    def unsent(self) -> int:
        """Bytes of its session that the peer has not taken: it reads slowly, or not at all. Ask on the loop."""
        return self.line.unsent

    def deliver(self, encoded: Encoded, *, volatile: bool = False) -> None:
        """Hand it what is ready. Before it is let in, things wait; what is volatile is dropped when it must wait."""
        if not self.is_connected:
            if self.id in self.namespace.members and not volatile:
                self._wait(encoded)
        elif self.line.deliver(encoded, volatile=volatile):
            self.delivered += 1
        else:
            self.dropped += 1

    def _wait(self, encoded: Encoded) -> None:
        self._early.append(encoded)
        self._early_size += encoded.size
        if self._early_size > self.line.session.options.max_outbox:
            self._early.clear()
            self.line.overrun("more was said to it than may wait, and on_connect has not decided yet")

    def let_in(self, missed: list[Encoded]) -> None:
        """It has been told that it is in; now what it missed, and what was said to it meanwhile."""
        self.is_connected = True
        for encoded in [*missed, *self._early]:
            self.line.deliver(encoded)
        self._early.clear()

    def answered(self, number: int | None, arguments: list[Any]) -> None:
        """It answered a question; nobody may be waiting any more."""
        future = self._acks.answered(number)
        if future is not None and not future.done():
            future.set_result(arguments[0] if len(arguments) == 1 else arguments or None)

    def answer(self, number: int, arguments: list[Any]) -> None:
        """Answer one of its questions."""
        if self.is_connected:
            self.line.deliver(Encoded(Packet(PacketType.ACK, self.namespace.name, arguments, number)))

    def gone(self) -> None:
        """It is no longer here: out of every room, and no answer will come."""
        self.is_connected = False
        self._early.clear()
        self.namespace.members.pop(self.id, None)
        self.namespace.rooms.remove(self.id)
        for future in self._acks.fail():
            if not future.done():
                future.set_exception(NotRunning(f'the peer "{self.id}" went before it answered'))

    def _expel(self, close: bool) -> None:
        if self.is_connected:
            self.line.owner.expel(self.line, self.namespace.name, close)
