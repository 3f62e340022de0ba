"""`Encoded`: an event made ready once, however many peers will get it.

    packet ─► messages ["2/point,…", b"…"]          once
                  ├─► frames b"\\x81\\x1c42/point,…"   once, for every peer on a WebSocket: the same bytes object
                  └─► Engine.IO messages             for every peer that polls

Each form is cached for its own transport: a text for polls is not a frame.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from livesock.wire.engineio import EnginePacket, EngineType, encode_message
from livesock.wire.frame import Opcode, encode_header
from livesock.wire.socketio import RESERVED, Packet, PacketType, encode

__all__ = ["Encoded"]


class Encoded:
    """The messages of one packet, and their frames. Made in the caller's thread, so that errors rise there."""

    def __init__(self, packet: Packet) -> None:
        self.messages = encode(packet)

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

    @cached_property
    def frames(self) -> bytes:
        """The messages as unmasked WebSocket frames, one after the other."""
        return b"".join(map(_frame, self.messages))


def _frame(message: str | bytes) -> bytes:
    packed = encode_message(EnginePacket(EngineType.MESSAGE, message))
    opcode, payload = (Opcode.BINARY, packed) if isinstance(packed, bytes) else (Opcode.TEXT, packed.encode())
    return encode_header(0x80 | opcode, len(payload)) + payload  # 0x80: the only frame of its message
