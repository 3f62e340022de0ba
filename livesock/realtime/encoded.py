"""`Encoded`: an event made ready once, however many peers will get it.

    packet ─► messages ["2/point,…", b"…"]          once
                  ├─► frames b"\\x81\\x1c42/point,…"   once, for every peer on a WebSocket: the same bytes object
                  └─► Engine.IO messages             for every peer that polls

Each form is cached for its own transport: a text for polls is not a frame.
"""

from __future__ import annotations

from typing import Any

from livesock.wire.engineio import EngineType
from livesock.wire.frame import Opcode, encode_header
from livesock.wire.socketio import RESERVED, Packet, PacketType, encode

__all__ = ["Encoded"]


class Encoded:
    """The messages of one packet, and their frames. Made in the caller's thread, so that errors rise there."""

    __slots__ = ("_frames", "messages")

    def __init__(self, packet: Packet) -> None:
        self.messages = encode(packet)
        self._frames = b""

    @classmethod
    def event(cls, namespace: str, name: str, arguments: tuple[Any, ...], number: int | None = None) -> Encoded:
        """Return the event `name` with its `arguments`, asking for an answer if it has a `number`.

        Raises:
            TypeError: If the name is not a str, or an argument has no form in JSON and is not bytes.
            ValueError: If the name is reserved, a number is not finite, or there are too many binary values.
        """
        if not isinstance(name, str):
            raise TypeError(
                f'an event has a name, such as emit("move", 1, 2), not {name!r:.40} ({type(name).__name__})'
            )
        if name in RESERVED:
            raise ValueError(f'"{name}" is a name of Socket.IO itself: choose another name for your event')
        return cls(Packet(PacketType.EVENT, namespace, [name, *arguments], number))

    @property
    def size(self) -> int:
        """Bytes of the messages; a character counts as one."""
        return sum(map(len, self.messages))

    @property
    def frames(self) -> bytes:
        """The messages as unmasked WebSocket frames, one after the other."""
        if not self._frames:
            self._frames = b"".join(map(_frame, self.messages)) if len(self.messages) > 1 else _frame(self.messages[0])
        return self._frames


_MESSAGE = str(EngineType.MESSAGE.value)
"""What stands before a text that carries a packet (Engine.IO protocol 4); bytes go as they are."""

_TEXT, _BINARY = 0x80 | Opcode.TEXT, 0x80 | Opcode.BINARY
"""The first byte of a frame that is the only one of its message (RFC 6455, 5.2)."""


def _frame(message: str | bytes) -> bytes:
    if isinstance(message, bytes):
        return encode_header(_BINARY, len(message)) + message
    payload = (_MESSAGE + message).encode()
    return encode_header(_TEXT, len(payload)) + payload
