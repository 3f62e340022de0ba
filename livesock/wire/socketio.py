"""Socket.IO protocol 5: events with names, in namespaces, with acknowledgements and bytes.

    2/point,7["move",{"x":1}]
    │ │      │ └ the event's name and its arguments, always a JSON array
    │ │      └ an id, if the sender wants an acknowledgement: 3/point,7[…] answers
    │ └ the namespace, and a comma; the main namespace "/" is not written
    └ the type: 0 connect, 1 disconnect, 2 event, 3 ack, 4 connect error; 5 and 6 as 2 and 3, with bytes

JSON cannot carry bytes. Each binary value is replaced by a placeholder with a number and follows in a binary message
of its own; the digits before the `-` say how many follow:

    51-["upload",{"_placeholder":true,"num":0}]    then    89 50 4e 47 …
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from livesock.errors import PacketError
from livesock.wire.strictjson import dumps, loads

__all__ = ["MAX_ATTACHMENTS", "MAX_BINARY", "RESERVED", "Decoder", "Packet", "PacketType", "encode"]

MAX_ATTACHMENTS = 10
"""Binary values of one packet; the official client closes the connection at the eleventh."""

MAX_BINARY = 16 * 2**20
"""Bytes of all binary values of one packet together."""

MAX_NAMESPACE = 256
"""Characters of a namespace's name. The protocol sets no bound, so this module does."""

RESERVED = frozenset({"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"})
"""Names that the libraries use for themselves. A peer that sends one of them as an event breaks the protocol."""

_HEAD = re.compile(r"(?:([0-9]+)-)?(/[^,]*,?)?([0-9]*)", re.ASCII)
"""Attachments, namespace and id, each optional. The rest is JSON."""

MAX_ID_DIGITS = 16
"""Digits of an acknowledgement's id: the whole numbers that every peer can hold."""


class PacketType(IntEnum):
    """What a packet is (Socket.IO protocol 5, "Packet types")."""

    CONNECT = 0
    DISCONNECT = 1
    EVENT = 2
    ACK = 3
    CONNECT_ERROR = 4
    BINARY_EVENT = 5
    BINARY_ACK = 6


_EVENT, _ACK, _BINARY_EVENT = PacketType.EVENT, PacketType.ACK, PacketType.BINARY_EVENT
"""What each packet is compared with. Asking an enum for a member costs 0.1 us each time (Python 3.11)."""

_TYPES = {str(kind.value): kind for kind in PacketType}
"""The digit on the wire, and the type; a look-up costs a tenth of `PacketType(int(digit))`."""


@dataclass(slots=True)  # not frozen: that takes 0.6 us longer for each packet; a tuple with names 0.4
class Packet:
    """One packet. `data` is a list for EVENT and ACK, a dict or None for CONNECT, a dict or str for CONNECT_ERROR.

    Bytes inside `data` need no special type: an EVENT that holds some is written as BINARY_EVENT.
    """

    type: PacketType
    namespace: str = "/"
    data: Any = None
    id: int | None = None


def encode(packet: Packet) -> list[str | bytes]:
    """Return the messages for `packet`: one str, then one bytes for each binary value.

    Socket.IO protocol 5, "Packet encoding". Anything that has the buffer interface is a binary value (an array of
    numpy, for instance), except a single number (`numpy.int64(3)`): it is sent as that number.

    Raises:
        ValueError: If it has more than `MAX_ATTACHMENTS` binary values, or a number is not finite.
        TypeError: If `data` holds a value that JSON cannot carry.
    """
    attachments: list[bytes] = []
    text = "" if packet.data is None else _text(packet, attachments)
    kind, count = int(packet.type), ""
    if attachments:
        if len(attachments) > MAX_ATTACHMENTS:
            raise ValueError(f"a packet carries at most {MAX_ATTACHMENTS} binary values, not {len(attachments)}")
        kind, count = kind + 3, f"{len(attachments)}-"
    namespace = "" if packet.namespace == "/" else packet.namespace + ","
    number = "" if packet.id is None else packet.id
    return [f"{kind}{count}{namespace}{number}{text}", *attachments]


def _text(packet: Packet, attachments: list[bytes]) -> str:
    """Return the data of `packet` as JSON, and append its binary values to `attachments`.

    Most packets have none. So the values are looked through only when JSON cannot carry one: 1 us of an event less.
    """
    try:
        return dumps(packet.data)
    except TypeError:
        if packet.type not in (_EVENT, _ACK):
            raise
    try:
        return dumps(_take_out(packet.data, attachments))
    except RecursionError:
        raise ValueError("data for a peer must not be nested in itself") from None


def _take_out(value: Any, attachments: list[bytes]) -> Any:
    """Return `value` with each binary value replaced by a placeholder, and append the bytes to `attachments`."""
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    if isinstance(value, dict):
        return {key: _take_out(inner, attachments) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_take_out(inner, attachments) for inner in value]
    try:
        view = memoryview(value)
    except (TypeError, ValueError):
        return value  # JSON will say that it cannot carry this
    if getattr(value, "ndim", view.ndim) == 0 and not isinstance(value, bytes):
        return _number(value)
    attachments.append(bytes(view))
    return {"_placeholder": True, "num": len(attachments) - 1}


def _number(value: Any) -> Any:
    """Return the number in a buffer without dimensions, such as a number of numpy."""
    plain = value.item() if hasattr(value, "item") else value
    if isinstance(plain, (str, int, float)):
        return plain
    raise TypeError(f"a single {type(value).__name__} is not a number for JSON: pass a plain one, or its bytes()")


class Decoder:
    """Puts packets together from messages: one decoder for each direction. Holds at most one incomplete packet."""

    __slots__ = ("_attachments", "_max", "_max_binary", "_missing", "_packet", "_size")

    def __init__(self, max_attachments: int = MAX_ATTACHMENTS, max_binary: int = MAX_BINARY) -> None:
        self._max = max_attachments
        self._max_binary = max_binary
        self._packet: Packet | None = None
        self._missing = 0
        self._size = 0  # bytes of the attachments that are there
        self._attachments: list[bytes] = []

    @property
    def is_waiting(self) -> bool:
        """Whether the binary values of a packet have not all come yet."""
        return self._packet is not None

    def add(self, message: str | bytes) -> Packet | None:
        """Return the packet that `message` completes, or None while its binary values are missing.

        Raises:
            PacketError: If the message breaks a rule of the protocol; the decoder must not be used any more.
        """
        if isinstance(message, bytes):
            return self._attach(message)
        if self._packet is not None:
            raise _wrong("the binary values of a packet follow it before any other packet")
        packet, count = decode_text(message, self._max)
        if not count:
            return packet
        self._packet, self._missing, self._size = packet, count, 0
        return None

    def _attach(self, data: bytes) -> Packet | None:
        if self._packet is None:
            raise _wrong("a binary message belongs to a packet that announced it, and there was none")
        self._size += len(data)
        if self._size > self._max_binary:
            raise _wrong(f"the binary values of a packet hold at most {self._max_binary} bytes together")
        self._attachments.append(data)
        if len(self._attachments) < self._missing:
            return None
        packet, attachments = self._packet, self._attachments
        self._packet, self._attachments = None, []
        return replace(packet, data=_put_back(packet.data, lambda number: attachments[number]))


def decode_text(text: str, max_attachments: int = MAX_ATTACHMENTS) -> tuple[Packet, int]:
    """Return the packet that `text` holds, and how many binary messages must follow it.

    Raises:
        PacketError: If it breaks a rule of the protocol.
    """
    kind = _TYPES.get(text[:1])
    if kind is None:
        raise _wrong("a packet begins with its type, a digit from 0 to 6")
    head = _HEAD.match(text, 1)
    assert head is not None  # every part of it is optional
    count, namespace, number = head.groups()
    data = loads(text, end) if (end := head.end()) < len(text) else None
    # Most packets have none of the three; what is not there is not asked about, which saves each packet 0.5 us.
    attachments = _count(kind, count, max_attachments) if count or kind >= _BINARY_EVENT else 0
    plain = _plain(kind) if attachments else kind
    packet = Packet(plain, _namespace(namespace) if namespace else "/", data, _id(number) if number else None)
    _check_data(packet)
    if attachments:
        found: list[int] = []
        _put_back(data, lambda placeholder: found.append(placeholder))
        if sorted(found) != list(range(attachments)):
            raise _wrong(f"a packet with {attachments} binary values has one placeholder for each")
    return packet, attachments


def _plain(kind: PacketType) -> PacketType:
    """BINARY_EVENT is an EVENT and BINARY_ACK an ACK: for the reader the bytes make no difference."""
    return PacketType(kind - 3)


def _count(kind: PacketType, count: str | None, limit: int) -> int:
    if kind < _BINARY_EVENT or count is None or len(count) > 3 or not 1 <= int(count) <= limit:
        raise _wrong(f"the types 5 and 6, and only they, announce 1 to {limit} binary values and a dash")
    return int(count)


def _namespace(text: str) -> str:
    if len(text) > MAX_NAMESPACE:
        raise _wrong(f"the name of a namespace has at most {MAX_NAMESPACE} characters")
    return text.removesuffix(",")


def _id(digits: str) -> int:
    if len(digits) > MAX_ID_DIGITS:
        raise _wrong(f"an id has at most {MAX_ID_DIGITS} digits")
    return int(digits)


def _check_data(packet: Packet) -> None:
    """Check that the data fits the type of the packet (the reference parser's `isPayloadValid`)."""
    data, kind = packet.data, packet.type
    if kind is _EVENT:
        fits = isinstance(data, list) and bool(data) and _is_name(data[0])
    elif kind is _ACK:
        fits = data is None or isinstance(data, list)
    elif kind is PacketType.CONNECT:
        fits = data is None or isinstance(data, dict)
    elif kind is PacketType.DISCONNECT:
        fits = data is None
    else:
        fits = isinstance(data, (str, dict))
    if not fits:
        raise _wrong(f"a packet of type {kind.value} ({kind.name}) holds other data than this")


def _is_name(name: object) -> bool:
    """An event's name is text or a number, and not one that the libraries reserve."""
    if isinstance(name, str):
        return name not in RESERVED
    return isinstance(name, (int, float)) and not isinstance(name, bool)


def _put_back(value: Any, attachment: Callable[[int], Any]) -> Any:
    """Return `value` with each placeholder replaced by `attachment(its number)`."""
    if isinstance(value, list):
        return [_put_back(inner, attachment) for inner in value]
    if not isinstance(value, dict):
        return value
    if value.get("_placeholder") is not True:
        return {key: _put_back(inner, attachment) for key, inner in value.items()}
    number = value.get("num")
    # Not bool, not a float, not negative: Python's own lists would take True for 1 and -1 for the last.
    if type(number) is not int or number < 0:
        raise _wrong("a placeholder holds the number of its binary value")
    return attachment(number)


def _wrong(rule: str) -> PacketError:
    return PacketError(rule, section='Socket.IO protocol 5, "Packet encoding"')
