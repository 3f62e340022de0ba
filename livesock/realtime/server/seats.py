"""`Seats`: the Socket.IO side of one session. Its seats in namespaces, and what each message of its peer means.

    0/point,{"token":…}   ──► Wanted    the owner must decide; until then nothing else may come for /point
       accept("/point")   ──► 0/point,{"sid":…}            refuse("/point") ──► 4/point,{"message":…}
    2/point,7["move",1]   ──► Event     7 wants an answer
    3/point,2[…]          ──► Answered  to a question of ours
    1/point,              ──► Left

Strict where the reference server is: an event before the seat is taken, a second request for the same seat, a packet
that breaks the encoding; each raises `PacketError`, and the whole session ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from livesock.errors import PacketError
from livesock.wire.socketio import MAX_ATTACHMENTS, MAX_BINARY, Decoder, Packet, PacketType, encode

__all__ = ["Answered", "Event", "Left", "Meaning", "Seats", "Wanted"]

_EVENT = PacketType.EVENT
"""Looked up once: asking an enum for a member costs 0.1 us each time (Python 3.11)."""

MAX_NAMESPACES = 32
"""Namespaces of one session. Each costs memory and may cost a handler."""

MAX_REFUSALS = 64
"""Refused requests of one session; one more is a flood."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The peer asks for a seat in a namespace."""

    namespace: str
    auth: Any
    """Meaning it sent along: a dict, or None."""


@dataclass(slots=True)  # not frozen: made for every event, and so it costs half
class Event:
    """The peer emits an event."""

    namespace: str
    name: str | float
    arguments: list[Any]
    id: int | None
    """The id of its question; None if it expects no answer."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The peer answers a question."""

    namespace: str
    id: int | None
    arguments: list[Any]


@dataclass(frozen=True, slots=True)
class Left:
    """The peer gave up its seat."""

    namespace: str


Meaning: TypeAlias = Wanted | Event | Answered | Left


class Seats:
    """The seats of one session. Returns messages to send; never sends. Not thread-safe."""

    __slots__ = ("_decoder", "_refusals", "_taken")

    def __init__(self, max_attachments: int = MAX_ATTACHMENTS, max_binary: int = MAX_BINARY) -> None:
        self._decoder = Decoder(max_attachments, max_binary)
        self._taken: dict[str, bool] = {}  # namespace: False until accept or refuse, True once the seat is taken
        self._refusals = 0

    def take(self, message: str | bytes) -> Meaning | None:
        """Return what `message` means, or None while the binary values of a packet are missing.

        Raises:
            PacketError: If it breaks a rule; the session must end.
        """
        if isinstance(message, bytes) and not any(self._taken.values()):
            raise _wrong("the first packet asks for a namespace")
        packet = self._decoder.add(message[:-1] if message[-1:] == "\n" else message)  # typed in a terminal
        if packet is not None:
            return self._meaning(packet)
        if not any(self._taken.values()):
            raise _wrong("the first packet asks for a namespace")
        return None

    @property
    def is_waiting(self) -> bool:
        """Whether the binary values of a packet have not all come yet."""
        return self._decoder.is_waiting

    def _meaning(self, packet: Packet) -> Meaning:
        kind, namespace, data = packet.type, packet.namespace, packet.data
        if kind is _EVENT and self._taken.get(namespace):  # as nearly always
            return Event(namespace, data[0], data[1:], packet.id)
        if kind is PacketType.CONNECT:
            return self._want(namespace, data)
        if kind is PacketType.CONNECT_ERROR:
            raise _wrong("only a server refuses")
        if not self._taken.get(namespace):
            raise _wrong("a packet for a namespace comes after the namespace was joined")
        if kind is PacketType.ACK:
            return Answered(namespace, packet.id, data or [])
        del self._taken[namespace]
        return Left(namespace)

    def _want(self, namespace: str, auth: Any) -> Wanted:
        if namespace in self._taken:
            raise _wrong("a namespace is joined once")
        if len(self._taken) >= MAX_NAMESPACES:
            raise _wrong(f"a session joins at most {MAX_NAMESPACES} namespaces")
        self._taken[namespace] = False
        return Wanted(namespace, auth)

    def accept(self, namespace: str, socket_id: str, pid: str | None = None) -> list[str | bytes]:
        """Give the seat that was asked for, and return the packet for the peer."""
        self._taken[namespace] = True
        data = {"sid": socket_id} if pid is None else {"sid": socket_id, "pid": pid}
        return encode(Packet(PacketType.CONNECT, namespace, data))

    def refuse(self, namespace: str, message: str, data: Any = None) -> list[str | bytes]:
        """Refuse the seat that was asked for, and return the packet with the reason.

        Raises:
            PacketError: If the peer was refused too often.
        """
        self._taken.pop(namespace, None)
        self._refusals += 1
        if self._refusals > MAX_REFUSALS:
            raise _wrong(f"a session is refused at most {MAX_REFUSALS} times")
        error = {"message": message} if data is None else {"message": message, "data": data}
        return encode(Packet(PacketType.CONNECT_ERROR, namespace, error))

    def expel(self, namespace: str) -> list[str | bytes]:
        """Take the seat away, and return the packet for the peer; nothing if there was no seat."""
        if not self._taken.pop(namespace, False):
            return []
        return encode(Packet(PacketType.DISCONNECT, namespace))

    @property
    def joined(self) -> list[str]:
        """The namespaces in which the session has a seat."""
        return [namespace for namespace, taken in self._taken.items() if taken]

    @property
    def is_empty(self) -> bool:
        """Whether it has no seat and has asked for none."""
        return not self._taken


def _wrong(rule: str) -> PacketError:
    return PacketError(rule, section='Socket.IO protocol 5, "Exchange protocol"')
