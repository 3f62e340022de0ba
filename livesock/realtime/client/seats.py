"""`ClientSeats`: the Socket.IO side of a client's session. What each message of the server means, and for whom.

    request    ──► 0/point,{"token":…}
               ◄── 0/point,{"sid":…}          Joined: what was emitted meanwhile leaves now
               ◄── 4/point,{"message":…}      Denied
    2/point,7["move",1] ──►                   ◄── 3/point,7[…]    Answered
               ◄── 2/point,["moved",1]        Event
               ◄── 1/point,                   Left: the server sent us away

A `ClientSeat` outlives its session. What is emitted between two sessions waits, bounded, for the next one. Questions
without an answer fail with the session, because we cannot know whether the server has read them.

A server with connection state recovery also gives a `pid`, our secret, and names its events: the *offset* is the last
argument. Both go with the next request for the seat, so that the server can restore the seat and send what we missed.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from livesock.realtime.awaited_acks import Acks
from livesock.realtime.offsets import is_offset
from livesock.realtime.server.seats import Answered, Event, Left
from livesock.wire.socketio import Decoder, Packet, PacketType, encode

__all__ = ["ClientSeat", "ClientSeats", "Denied", "Joined", "Meaning"]

MAX_KEPT = 1000
"""Events that wait while there is no connection."""

Waiter = TypeVar("Waiter")


@dataclass(frozen=True, slots=True)
class Joined:
    """The server gave us a seat."""

    namespace: str
    sid: str
    pid: str | None = None
    """Our secret, with which we may come back; None from a server without recovery."""


@dataclass(frozen=True, slots=True)
class Denied:
    """The server refused the seat."""

    namespace: str
    message: str
    data: Any


Meaning: TypeAlias = Joined | Denied | Event | Answered | Left


class ClientSeats:
    """Puts the messages of one session together. Not thread-safe."""

    def __init__(self) -> None:
        self._decoder = Decoder()
        self._asked: set[str] = set()  # namespaces for which the server has not decided yet

    def request(self, seat: ClientSeat[Any]) -> list[str | bytes]:
        """Return the request for `seat`; nothing while the server decides: it ends a session that asks twice."""
        if seat.namespace in self._asked:
            return []
        request = seat.request()
        self._asked.add(seat.namespace)
        return request

    def take(self, message: str | bytes) -> Meaning | None:
        """Return what `message` means, or None while the binary values of a packet are missing.

        Raises:
            PacketError: If it breaks a rule; the session must end.
        """
        packet = self._decoder.add(message)
        if packet is None:
            return None
        what = _meaning(packet)
        if isinstance(what, Joined | Denied):
            self._asked.discard(what.namespace)
        return what


def _meaning(packet: Packet) -> Meaning:
    namespace = packet.namespace
    if packet.type is PacketType.CONNECT:
        return _joined(namespace, packet.data)
    if packet.type is PacketType.CONNECT_ERROR:
        return _denied(namespace, packet.data)
    if packet.type is PacketType.DISCONNECT:
        return Left(namespace)
    if packet.type is PacketType.ACK:
        return Answered(namespace, packet.id, packet.data or [])
    name, *arguments = packet.data
    return Event(namespace, name, arguments, packet.id)


def _joined(namespace: str, data: Any) -> Meaning:
    sid, pid = (data or {}).get("sid"), (data or {}).get("pid")
    if isinstance(sid, str):
        return Joined(namespace, sid, pid if isinstance(pid, str) else None)
    # Version 2 of the server puts every client into "/" without a request, and gives no id.
    return Denied(namespace, "the server gave no id: it speaks an older version of Socket.IO (livesock speaks 5)", None)


def _denied(namespace: str, data: Any) -> Denied:
    """Return the refusal; the reference server sends an object, python-socketio a text."""
    if isinstance(data, str):
        return Denied(namespace, data, None)
    message = data.get("message")
    return Denied(namespace, message if isinstance(message, str) else "refused", data.get("data"))


class ClientSeat(Generic[Waiter]):
    """Our seat in one namespace. Returns messages to send now; never sends. Not thread-safe."""

    def __init__(self, namespace: str, auth: Any = None) -> None:
        self.namespace = namespace
        self.auth = auth
        self.id: str | None = None
        """Our id at the server; None while we have no seat."""
        self.recovered = False
        """Whether the server restored the seat that we had lost: our id, our rooms and what we missed."""
        self._pid: str | None = None
        self._offset: str | None = None  # of the newest event
        self._acks: Acks[Waiter] = Acks()
        self._asked: set[int] = set()  # questions that have left
        self._kept: deque[tuple[int | None, list[str | bytes]]] = deque()

    def request(self) -> list[str | bytes]:
        """Return the request for the seat: for the one that we had, if the server can restore it."""
        auth = self.auth() if callable(self.auth) else self.auth
        if self._pid is not None:
            ours = {"pid": self._pid} | ({} if self._offset is None else {"offset": self._offset})
            auth = ours | (auth or {})
        return encode(Packet(PacketType.CONNECT, self.namespace, auth))

    def joined(self, sid: str, pid: str | None = None) -> list[str | bytes]:
        """Note that we have the seat, and return what was emitted before, in order."""
        self.id = sid
        self.recovered = pid is not None and pid == self._pid
        self._pid = pid
        kept, self._kept = self._kept, deque()
        self._asked.update(number for number, _ in kept if number is not None)
        return [message for _, messages in kept for message in messages]

    def received(self, event: Event, time: float) -> list[Any]:
        """Return the arguments for the handlers of an event that came at this Unix time, and note its offset.

        The official client passes the offset on; here a handler of two arguments does not get a third.
        """
        *arguments, last = event.arguments or [None]
        if self._pid is None or event.id is not None or not is_offset(last, time):
            return event.arguments
        self._offset = last
        return arguments

    def left(self) -> list[Waiter]:
        """Note that the session is over, and return the waiters for answers that will not come."""
        self.id = None
        waiters = [self._acks.answered(number) for number in sorted(self._asked)]
        self._asked.clear()
        return [waiter for waiter in waiters if waiter is not None]

    def give_up(self) -> list[Waiter]:
        """Give the seat up for good: forget what was kept, and return all waiters."""
        self.id = None
        self._kept.clear()
        self._asked.clear()
        return self._acks.fail()

    def send(self, messages: list[str | bytes], number: int | None = None) -> list[str | bytes]:
        """Return the messages of one event if they can leave now; otherwise keep them and return nothing.

        Raises:
            OverflowError: If `MAX_KEPT` events wait already.
        """
        if self.id is not None:
            if number is not None:
                self._asked.add(number)
            return messages
        if len(self._kept) >= MAX_KEPT:
            raise OverflowError(
                f"{MAX_KEPT} events wait for the connection to {self.namespace} already: wait until it is back, "
                "or use volatile.emit() for events that may be missed"
            )
        self._kept.append((number, messages))
        return []

    def ask(self, waiter: Waiter) -> int:
        """Return the id for a question of `waiter`. Raises `OverflowError` if too many are open."""
        return self._acks.ask(waiter)

    def answered(self, number: int | None) -> Waiter | None:
        """Return the waiter for the answer with this id; None if the question is not open."""
        if number is not None:
            self._asked.discard(number)
        return self._acks.answered(number)

    def forget(self, number: int) -> None:
        """Give a question up: its answer will be ignored, and if it has not left yet, it will not leave."""
        self._acks.forget(number)
        self._asked.discard(number)
        self._kept = deque(entry for entry in self._kept if entry[0] != number)

    def leave(self) -> list[str | bytes]:
        """Return the packet that gives the seat up; nothing if we have none."""
        return self.decline() if self.id is not None else []

    def decline(self) -> list[str | bytes]:
        """Return the packet that gives back a seat that we do not want any more."""
        return encode(Packet(PacketType.DISCONNECT, self.namespace))
