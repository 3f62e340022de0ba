"""Engine.IO protocol 4: one digit in front of each message, so that one channel can carry several kinds.

    0{"sid":…}   open: the server greets        4Hello    message: what the layer above sends
    2            ping (from the server)         5         upgrade: "from now on only the WebSocket"
    3            pong (from the client)         6         noop: ends a poll that waits

Over WebSocket one packet is one message, and bytes go as they are. Over HTTP long-polling the packets of one request
are joined by U+001E, and bytes become `b` and base64, since a polled payload is text.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from livesock.errors import PacketError

__all__ = [
    "SEPARATOR",
    "EnginePacket",
    "EngineType",
    "Opening",
    "decode_message",
    "decode_payload",
    "encode_message",
    "encode_payload",
]

SEPARATOR = "\x1e"
"""Between the packets of a polled payload: a character that JSON never holds unescaped."""

_SECTION = 'Engine.IO protocol 4, "Packet encoding"'


class EngineType(IntEnum):
    """What a packet is for (Engine.IO protocol 4, "Protocol")."""

    OPEN = 0
    CLOSE = 1
    PING = 2
    PONG = 3
    MESSAGE = 4
    UPGRADE = 5
    NOOP = 6


_TYPES = {str(kind.value): kind for kind in EngineType}
"""The digit on the wire, and the type."""


@dataclass(frozen=True, slots=True)
class EnginePacket:
    """One packet. `data` is str, or bytes for a binary MESSAGE."""

    type: EngineType
    data: str | bytes = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """The first packet of a server. Durations are seconds, sizes are bytes."""

    sid: str
    upgrades: tuple[str, ...]
    ping_interval: float
    ping_timeout: float
    max_payload: int

    def packet(self) -> EnginePacket:
        """Return the OPEN packet. On the wire durations are whole milliseconds; half a second is 500, not 0."""
        fields = {
            "sid": self.sid,
            "upgrades": list(self.upgrades),
            "pingInterval": round(self.ping_interval * 1000),
            "pingTimeout": round(self.ping_timeout * 1000),
            "maxPayload": self.max_payload,
        }
        return EnginePacket(EngineType.OPEN, json.dumps(fields, separators=(",", ":")))

    @classmethod
    def parse(cls, data: str | bytes) -> Opening:
        """Return the values in the `data` of an OPEN packet.

        Raises:
            PacketError: If it is not the JSON object that the protocol asks for.
        """
        try:
            fields = json.loads(data)
            return cls(
                sid=_text(fields["sid"]),
                upgrades=tuple(_text(name) for name in fields["upgrades"]),
                ping_interval=_number(fields["pingInterval"]) / 1000,
                ping_timeout=_number(fields["pingTimeout"]) / 1000,
                max_payload=int(_number(fields.get("maxPayload", 1_000_000))),
            )
        except (ValueError, KeyError, TypeError, RecursionError):
            rule = "an open packet holds sid, upgrades, pingInterval and pingTimeout as JSON"
            raise PacketError(rule, section='Engine.IO protocol 4, "Handshake"', offset=1) from None


def encode_message(packet: EnginePacket) -> str | bytes:
    """Return the WebSocket message for `packet`: text, or the bytes themselves for a binary MESSAGE."""
    return packet.data if isinstance(packet.data, bytes) else f"{packet.type.value}{packet.data}"


def decode_message(message: str | bytes) -> EnginePacket:
    """Return the packet that a WebSocket message holds; bytes are always a MESSAGE.

    Raises:
        PacketError: If a text does not begin with a digit from 0 to 6.
    """
    if isinstance(message, bytes):
        return EnginePacket(EngineType.MESSAGE, message)
    kind = _TYPES.get(message[:1])
    if kind is None:
        raise PacketError("a packet begins with its type, a digit from 0 to 6", section=_SECTION)
    return EnginePacket(kind, message[1:])


def encode_payload(packets: Iterable[EnginePacket]) -> str:
    """Return the body of one polling request or answer.

    Engine.IO protocol 4, "HTTP long-polling".
    """
    return SEPARATOR.join(map(_encode_polled, packets))


def decode_payload(payload: str) -> list[EnginePacket]:
    """Return the packets of one polled body, in order. The time that it takes grows with its length only.

    Raises:
        PacketError: If one of them is not a packet; then none is returned.
    """
    return [_decode_polled(part) for part in payload.split(SEPARATOR)]


def _encode_polled(packet: EnginePacket) -> str:
    message = encode_message(packet)
    return message if isinstance(message, str) else "b" + base64.b64encode(message).decode("ascii")


def _decode_polled(part: str) -> EnginePacket:
    if not part.startswith("b"):
        return decode_message(part)
    try:
        return EnginePacket(EngineType.MESSAGE, base64.b64decode(part[1:], validate=True))
    except (binascii.Error, ValueError):
        raise PacketError("a binary packet in a poll is b and base64", section=_SECTION, offset=1) from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("expected text")
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e12:
        raise TypeError("expected a number of milliseconds or bytes")
    return value
