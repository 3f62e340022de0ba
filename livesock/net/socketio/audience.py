"""`Audience`: the members of one namespace, their rooms, and how an event reaches them. Runs on the loop.

Selection.emit ──► Audience.emit ─┬─► on_any_out, recovery, server.overhear
                                  └─► the members in the chosen rooms ─┬─► on a WebSocket: one TurnWriter for all
                                                                       └─► polling, or not let in yet: its Line
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from livesock.errors import NotRunning
from livesock.net.socketio.elsewhere import Elsewhere
from livesock.net.socketio.handling.handlers import Handlers
from livesock.net.socketio.handling.observers import Emitted, Moved, Observers
from livesock.net.socketio.line import Line
from livesock.net.socketio.turn import Outlet
from livesock.realtime.awaited_acks import Acks, answer_of
from livesock.realtime.encoded import Encoded
from livesock.realtime.offsets import offset_of
from livesock.realtime.server.recovery import Missed, Recovery
from livesock.realtime.server.rooms import Rooms

__all__ = ["Audience", "Emission", "Member"]

_numbers = itertools.count()


class Member:
    """The loop's half of a socket: what goes to its peer, and the answers that come back."""

    # Slots, and first what each delivery reads: when the next event comes, the processor's cache holds nothing
    # of the peers, and each piece of memory to look at costs 0.1 us. With those of `Line` and `Carrier`: 0.7 of 9.2 us.
    __slots__ = (
        *("is_connected", "line", "delivered", "dropped", "id", "was_sent_away", "last_rooms", "has_left"),
        *("_acks", "early", "_early_size"),
    )

    def __init__(self, number: str, line: Line) -> None:
        self.id = number
        self.line = line
        """Its session, with what carries that. On the loop only."""
        self.is_connected = False
        """Whether it was let in and has not left."""
        self.was_sent_away = False
        """Whether the server ended its seat: what came from it and still waits is not handled."""
        self.dropped = 0
        """Volatile events that this peer missed."""
        self.delivered = 0
        """Events of all kinds that were handed to its connection, or wait until it is let in."""
        self.last_rooms: list[str] = []
        """Where it was when it left."""
        self.has_left = False
        """Whether it was in the namespace, or asked for it, and is gone."""
        self._acks: Acks[asyncio.Future[Any]] = Acks()
        self.early: list[Encoded] = []
        """What was emitted to it before it was let in; it is lost if it is refused."""
        self._early_size = 0

    def deliver(self, encoded: Encoded, *, volatile: bool = False) -> None:
        """Hand it what is ready. Before it is let in, events wait; one that is volatile is dropped instead."""
        if not self.is_connected:
            if not self.has_left and not volatile:
                self._wait(encoded)
        elif self.line.deliver(encoded, volatile=volatile):
            self.delivered += 1
        else:
            self.dropped += 1

    def _wait(self, encoded: Encoded) -> None:
        self.early.append(encoded)
        self.delivered += 1
        self._early_size += encoded.size
        if self._early_size > self.line.session.options.max_outbox:
            self.early.clear()
            self.line.overrun("too much was emitted to it before on_connect decided")

    def let_in(self, missed: list[Encoded]) -> None:
        """The peer knows that it is in: send what it missed, and what was emitted to it meanwhile."""
        self.is_connected = True
        for encoded in [*missed, *self.early]:
            self.line.deliver(encoded)
        self.early.clear()

    async def question(self, namespace: str, name: str, arguments: tuple[Any, ...], timeout: float) -> list[Any]:
        """Send a question and return the values of the answer.

        Raises:
            TimeoutError: If there is no answer within `timeout` seconds.
            NotRunning: If the peer leaves before it answers.
        """
        future: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
        number = self._acks.ask(future)
        self.line.asks(+1)
        try:
            self.deliver(Encoded.event(namespace, name, arguments, number))
            async with asyncio.timeout(timeout):
                return await future
        except TimeoutError:
            raise TimeoutError(f'"{self.id}" did not answer "{name}" within {timeout} s') from None
        finally:
            self._acks.forget(number)
            self.line.asks(-1)

    def answered(self, number: int | None, arguments: list[Any]) -> None:
        """The peer answered a question; the one that asked may have given up since."""
        future = self._acks.answered(number)
        if future is not None and not future.done():
            future.set_result(arguments)

    def left(self) -> None:
        """It is no longer in the namespace: no answer will come."""
        self.is_connected, self.has_left = False, True
        self.early.clear()
        for future in self._acks.fail():
            if not future.done():
                future.set_exception(NotRunning(f'the peer "{self.id}" left before it answered'))


M = TypeVar("M", bound=Member)


@dataclass(slots=True)  # not frozen: made for every event, and so it costs half
class Emission:
    """An event that is ready to be sent, and for whom it is."""

    name: str
    arguments: tuple[Any, ...]
    encoded: Encoded
    rooms: tuple[str, ...]
    without: tuple[str, ...]
    is_volatile: bool
    offset: str
    """Its name for peers that come back; empty for an event that may be missed."""


class Audience(Generic[M]):
    """Runs on the loop, but for `prepare` and `child`."""

    def __init__(
        self,
        name: str,
        handlers: Handlers,
        overhearers: Observers[Emitted],
        watchers: Observers[Moved],
        recovery: Recovery | None,
        failed: Callable[[str, int, BaseException], None],
    ) -> None:
        self.name = name
        """Of the namespace."""
        self.handlers = handlers
        self.members: dict[str, M] = {}
        """By id, with those that are not let in yet."""
        self.rooms: Rooms[M] = Rooms()
        self._overhearers = overhearers
        self._watchers = watchers
        self.recovery = recovery
        self._failed = failed
        self.elsewhere: Elsewhere | None = None
        """The other servers, if there are any."""

    def child(self, name: str) -> Audience[M]:
        """Return an empty audience for the namespace `name`, which shares the handlers of this one."""
        handlers = self.handlers.shared()
        child: Audience[M] = Audience(name, handlers, self._overhearers, self._watchers, self.recovery, self._failed)
        child.elsewhere = self.elsewhere
        return child

    def add(self, member: M, rooms: Iterable[str] = ()) -> None:
        """Let `member` wait in its room and in `rooms`."""
        self.members[member.id] = member
        self.rooms.add(member.id, member)
        for room in rooms:
            self.join(member, room)

    def let_in(self, member: M, missed: list[Encoded]) -> None:
        """The peer of `member` knows that it is in: send what it missed, and what was emitted to it meanwhile."""
        member.let_in(missed)
        if self._watchers:
            self._watchers.show(Moved(self.name, member, "", True))

    def join(self, member: M, room: str) -> None:
        """Put `member` into `room`, if it has not left."""
        if self.rooms.join(member.id, room):
            self._show_move(True, member, room)

    def leave(self, member: M, room: str) -> None:
        """Take `member` out of `room`."""
        if self.rooms.leave(member.id, room):
            self._show_move(False, member, room)

    def _show_move(self, joins: bool, member: M, room: str) -> None:
        if self._watchers:
            self._watchers.show(Moved(self.name, member, room, joins))
        self._call_hooks(joins, member, room)

    def _call_hooks(self, joins: bool, member: M, room: str) -> None:
        for kind, handler in list(self.handlers.moves):
            if kind == joins:
                try:
                    handler(member, room)
                except BaseException as exc:  # it stops no move, not even by exit()
                    self._failed(f"{'on_join' if joins else 'on_leave'} {self.name}", 0, exc)

    def remove(self, member: M) -> None:
        """Take `member` out of every room; the questions to it fail."""
        self.members.pop(member.id, None)
        member.last_rooms = self.rooms.rooms_of(member.id)
        self.rooms.remove(member.id)
        member.left()
        for room in member.last_rooms[1:] if self.handlers.moves else ():  # the first is its own
            self._call_hooks(False, member, room)
        if self._watchers:
            self._watchers.show(Moved(self.name, member, "", False))

    def expel(self, member: M, close: bool) -> None:
        """Send a member away from the namespace, or refuse it; with `close` its whole session ends."""
        if not member.has_left:
            member.line.owner.expel(member.line, self.name, close)

    def prepare(
        self, name: str, arguments: tuple[Any, ...], rooms: tuple[str, ...], without: tuple[str, ...], is_volatile: bool
    ) -> Emission:
        """Make an event ready, on the caller's thread, so that errors rise there. Raises as `Encoded.event`."""
        offset = ""
        if self.recovery is not None and not is_volatile:
            offset = offset_of(time.time(), next(_numbers))
            arguments = (*arguments, offset)
        return Emission(name, arguments, Encoded.event(self.name, name, arguments), rooms, without, is_volatile, offset)

    def emit(self, event: Emission) -> None:
        """Send an event to the members that it is for."""
        if event.offset and self.recovery is not None:
            missed = Missed(event.offset, self.name, event.rooms, event.without, event.encoded, event.encoded.size)
            self.recovery.keep(missed, asyncio.get_running_loop().time())
        members = self.rooms.select(event.rooms, event.without)
        if self.handlers.outgoing:
            arguments = event.arguments[:-1] if event.offset else event.arguments
            dropped = [member.dropped for member in members]
            self._hand_out(members, event.encoded, event.is_volatile)
            for member, count in zip(members, dropped, strict=True):
                if member.dropped == count:
                    self._show_outgoing(member, event.name, arguments)
        elif self._overhearers:
            before = [member.delivered for member in members]
            self._hand_out(members, event.encoded, event.is_volatile)
            self._overhearers.show(self._emitted(event, members, before))
        else:
            self._hand_out(members, event.encoded, event.is_volatile)

    def _hand_out(self, members: list[M], encoded: Encoded, is_volatile: bool) -> None:
        """Send to each of them what is ready. One flat loop over those on a WebSocket: it runs for every delivery."""
        outlets: list[Outlet] = []
        writer = None
        for member in members:
            carrier = member.line.carrier
            if carrier is None or not member.is_connected:
                member.deliver(encoded, volatile=is_volatile)
            elif is_volatile and not carrier.is_writable:
                member.dropped += 1
            else:
                member.delivered += 1
                if carrier.is_open:
                    outlets.append(carrier)
                    writer = carrier.writer  # all of a server's carriers share one
        if writer is not None:
            writer.write(outlets, encoded.frames)

    def _emitted(self, event: Emission, members: list[M], before: list[int]) -> Emitted:
        """Return what happened: an event reached the members whose count of deliveries has grown."""
        heard = [member.id for member, count in zip(members, before, strict=True) if member.delivered > count]
        missed = [member.id for member, count in zip(members, before, strict=True) if member.delivered == count]
        return Emitted(time.time(), self.name, event.name, event.arguments, event.rooms, event.without, heard, missed)

    async def ask(self, member: M, name: str, arguments: tuple[Any, ...], timeout: float) -> Any:
        """Ask one member and return its answer: one value, a list of several, or None. Raises as `question`."""
        return answer_of(await self.question(member, name, arguments, timeout))

    async def question(self, member: M, name: str, arguments: tuple[Any, ...], timeout: float) -> list[Any]:
        """Ask one member, return the values of its answer. Raises as `Member.question`, also if it is not connected."""
        if not member.is_connected:
            early = ": it is not in yet; write async def on_connected(…) in place of on_connect, and ask there"
            raise NotRunning(
                f'the peer "{member.id}" is not connected to {self.name}{"" if member.has_left else early}'
            )
        self._show_outgoing(member, name, arguments)
        return await member.question(self.name, name, arguments, timeout)

    def _show_outgoing(self, member: M, name: str, arguments: tuple[Any, ...]) -> None:
        for handler in list(self.handlers.outgoing):
            try:
                handler(member, name, *arguments)
            except BaseException as exc:  # it stops no event, not even by exit()
                self._failed(f"on_any_out {self.name}", 0, exc)
