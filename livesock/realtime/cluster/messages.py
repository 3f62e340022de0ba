"""What the servers of a cluster say to each other: values, checked like what comes from a peer.

    Broadcast, Join, Leave, Expel    something happens to the sockets in some rooms, on every server
    Fetch ─► Fetched                 which sockets are in these rooms?
    ServerEvent ─► ServerAnswer      an event for the servers themselves
    Broadcast with a request ─► ClientCount, then one ClientAnswer for each client

Numbers and fields are those of the cluster adapter of Socket.IO (`socket.io-adapter` 2.5), so that servers in Node
understand ours. How a message travels is written in `livesock.realtime.cluster.entries`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeAlias

from livesock.errors import PacketError

__all__ = [
    "Body",
    "Broadcast",
    "ClientAnswer",
    "ClientCount",
    "Envelope",
    "Expel",
    "Fetch",
    "Fetched",
    "Join",
    "Leave",
    "Presence",
    "ServerAnswer",
    "ServerEvent",
    "Whom",
    "body_of",
    "data_of",
    "kind_of",
]

SECTION = "the cluster adapter of Socket.IO, socket.io-adapter 2.5"

MAX_ROOMS = 10_000
"""Rooms that one message names."""

MAX_NAME = 1024
"""Characters of a room, a namespace or an id in a message."""

EVENT = 2
"""The type of the only packet that is broadcast (Socket.IO protocol 5, "Packet types")."""


@dataclass(frozen=True, slots=True)
class Whom:
    """The sockets that are in one of `rooms` (in all, if there is none) and in none of `without`."""

    rooms: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    is_volatile: bool = False
    seconds: float | None = None
    """How long the server that asks waits for the answers."""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """An event for clients; with a `request` each of them answers."""

    arguments: list[Any]
    """The event's name first."""
    whom: Whom
    request: str | None = None


@dataclass(frozen=True, slots=True)
class Join:
    """Put these sockets into rooms."""

    whom: Whom
    rooms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leave:
    """Take these sockets out of rooms."""

    whom: Whom
    rooms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expel:
    """Send these sockets away; with `close` their sessions end."""

    whom: Whom
    close: bool = False


@dataclass(frozen=True, slots=True)
class Fetch:
    """Ask every server for its sockets among these."""

    whom: Whom
    request: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """The sockets of one server: each a dict with `id`, `rooms`, `data` and `handshake`."""

    request: str
    sockets: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """An event for the other servers; with a `request` each of them answers."""

    arguments: list[Any]
    request: str | None = None


@dataclass(frozen=True, slots=True)
class ServerAnswer:
    """The answer of one server."""

    request: str
    value: Any


@dataclass(frozen=True, slots=True)
class ClientCount:
    """How many clients of one server were asked."""

    request: str
    clients: int


@dataclass(frozen=True, slots=True)
class ClientAnswer:
    """What one client answered: a list of values, of which a server in Node reads the first."""

    request: str
    values: list[Any]


@dataclass(frozen=True, slots=True)
class Presence:
    """A server says that it is there (1, 2), or that it goes (13). The adapter for streams sends none of them."""

    kind: int


Body: TypeAlias = (
    Broadcast
    | Join
    | Leave
    | Expel
    | Fetch
    | Fetched
    | ServerEvent
    | ServerAnswer
    | ClientCount
    | ClientAnswer
    | Presence
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message, who sent it, and in which namespace."""

    uid: str
    namespace: str
    body: Body
    number: int | None = field(default=None, compare=False)
    """Counts what one livesock server sends, so that nobody takes a message twice. Servers in Node send none."""


def kind_of(body: Body) -> int:
    """Return the number of a message on the wire.

    >>> kind_of(Expel(Whom()))
    6
    """
    return body.kind if isinstance(body, Presence) else next(n for n, (cls, _) in _KINDS.items() if cls is type(body))


def data_of(body: Body) -> dict[str, Any] | None:
    """Return the fields of a message as the adapter writes them; None for a message without any."""
    if isinstance(body, Broadcast):
        asked = {} if body.request is None else {"requestId": body.request}
        return {"packet": {"type": EVENT, "data": body.arguments}, **asked, "opts": _options(body.whom)}
    if isinstance(body, Join | Leave):
        return {"opts": _options(body.whom), "rooms": list(body.rooms)}
    if isinstance(body, Expel):
        return {"opts": _options(body.whom), "close": body.close}
    if isinstance(body, Fetch):
        return {"opts": _options(body.whom), "requestId": body.request}
    if isinstance(body, Fetched):
        return {"requestId": body.request, "sockets": body.sockets}
    if isinstance(body, ServerEvent):
        return ({} if body.request is None else {"requestId": body.request}) | {"packet": body.arguments}
    if isinstance(body, ServerAnswer):
        return {"requestId": body.request, "packet": body.value}
    if isinstance(body, ClientCount):
        return {"requestId": body.request, "clientCount": body.clients}
    if isinstance(body, ClientAnswer):
        return {"requestId": body.request, "packet": body.values[0] if body.values else None}
    return None


def _options(whom: Whom) -> dict[str, Any]:
    flags: dict[str, Any] = {"volatile": True} if whom.is_volatile else {}
    if whom.seconds is not None:
        flags["timeout"] = round(whom.seconds * 1000)
    return {"rooms": list(whom.rooms), "except": list(whom.without), "flags": flags}


def body_of(kind: int, data: Any) -> Body:
    """Return the message with this number and these fields.

    Raises:
        PacketError: If the number is unknown, or a field is missing or of another kind.
    """
    if kind not in _KINDS:
        raise PacketError(f"message type {kind} is unknown: a server with another version?", section=SECTION)
    cls, read = _KINDS[kind]
    if cls is not Presence and not isinstance(data, dict):
        _wrong(cls.__name__, "its fields")
    return read(_Fields(cls.__name__, data if isinstance(data, dict) else {}))


class _Fields:
    """The fields of one message; each method returns one of them, or raises `PacketError`."""

    def __init__(self, name: str, data: Mapping[str, Any]) -> None:
        self._name = name
        self._data = data

    def text(self, key: str) -> str:
        """A str that is not too long."""
        value = self._data.get(key)
        return value if isinstance(value, str) and len(value) <= MAX_NAME else _wrong(self._name, key)

    def request(self) -> str | None:
        """The id of a request, if there is one."""
        return None if self._data.get("requestId") is None else self.text("requestId")

    def items(self, key: str) -> list[Any]:
        """A list."""
        value = self._data.get(key)
        return value if isinstance(value, list) else _wrong(self._name, key)

    def count(self, key: str) -> int:
        """A whole number from 0."""
        value = self._data.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        return _wrong(self._name, key)

    def any(self, key: str) -> Any:
        """Whatever there is; None if there is nothing."""
        return self._data.get(key)

    def rooms(self, key: str = "rooms") -> tuple[str, ...]:
        """Names of rooms."""
        return _names(self._name, key, self._data.get(key))

    def event(self, arguments: Any) -> list[Any]:
        """An event's name and its arguments."""
        is_event = isinstance(arguments, list) and arguments and isinstance(arguments[0], str)
        return list(arguments) if is_event else _wrong(self._name, "an event with a name")

    def packet(self) -> list[Any]:
        """The arguments of a packet that is an event."""
        packet = self._data.get("packet")
        if not isinstance(packet, dict) or packet.get("type") != EVENT:
            _wrong(self._name, "a packet that is an event")
        return self.event(packet.get("data"))

    def whom(self) -> Whom:
        """For whom it is."""
        options = self._data.get("opts")
        if not isinstance(options, dict):
            return _wrong(self._name, "opts")
        flags = options.get("flags")
        flags = flags if isinstance(flags, dict) else {}
        return Whom(
            _names(self._name, "rooms", options.get("rooms")),
            _names(self._name, "except", options.get("except")),
            flags.get("volatile") is True,
            _seconds(flags.get("timeout")),
        )

    def sockets(self) -> list[dict[str, Any]]:
        """Descriptions of sockets."""
        sockets = self.items("sockets")
        for one in sockets:
            if not isinstance(one, dict) or not isinstance(one.get("id"), str):
                _wrong(self._name, "sockets, each with an id")
            _names(self._name, "rooms", one.get("rooms"))
        return sockets


def _seconds(milliseconds: Any) -> float | None:
    if isinstance(milliseconds, int | float) and not isinstance(milliseconds, bool) and milliseconds > 0:
        return min(milliseconds / 1000, 3600.0)
    return None


def _names(message: str, key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MAX_ROOMS:
        _wrong(message, f"{key}: a list of at most {MAX_ROOMS} names")
    if not all(isinstance(name, str) and len(name) <= MAX_NAME for name in value):
        _wrong(message, f"{key}: names of at most {MAX_NAME} characters")
    return tuple(value)


def _wrong(message: str, what: str) -> NoReturn:
    raise PacketError(f"{message} needs {what}", section=SECTION)


_Read: TypeAlias = Callable[[_Fields], Body]

_KINDS: dict[int, tuple[type[Any], _Read]] = {
    1: (Presence, lambda f: Presence(1)),
    2: (Presence, lambda f: Presence(2)),
    3: (Broadcast, lambda f: Broadcast(f.packet(), f.whom(), f.request())),
    4: (Join, lambda f: Join(f.whom(), f.rooms())),
    5: (Leave, lambda f: Leave(f.whom(), f.rooms())),
    6: (Expel, lambda f: Expel(f.whom(), f.any("close") is True)),
    7: (Fetch, lambda f: Fetch(f.whom(), f.text("requestId"))),
    8: (Fetched, lambda f: Fetched(f.text("requestId"), f.sockets())),
    9: (ServerEvent, lambda f: ServerEvent(f.event(f.any("packet")), f.request())),
    10: (ServerAnswer, lambda f: ServerAnswer(f.text("requestId"), f.any("packet"))),
    11: (ClientCount, lambda f: ClientCount(f.text("requestId"), f.count("clientCount"))),
    12: (ClientAnswer, lambda f: ClientAnswer(f.text("requestId"), [f.any("packet")])),
    13: (Presence, lambda f: Presence(13)),
}
"""The numbers of the adapter, and how the fields of each are read."""
