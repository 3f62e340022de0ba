"""Messages: one whole str or bytes, put together from data frames (RFC 6455, 5.4 and 5.6).

    text "Hel"  FIN=0 ─┐
    ping               │ not part of it: a control frame may stand between fragments
    continuation "lo"  ┴─> "Hello"

Sessions and our client put messages together here; on raw routes the library `websockets` does.

A peer chooses how it cuts a message, so its size and the number of its fragments have bounds.
"""

from __future__ import annotations

from livesock.errors import PacketError
from livesock.wire.frame import Opcode, broken
from livesock.wire.utf8 import decode_text

__all__ = ["Assembler", "check_order"]

MAX_FRAGMENTS = 4096
"""Frames of one message, empty ones counted (the bound of `websockets`)."""


def check_order(opcode: int, current: int | None) -> None:
    """Check that a data frame may come now; `current` is the opcode of the message under way, None outside of one.

    RFC 6455, 5.4.

    Raises:
        PacketError: Code 1002, if a continuation continues nothing or a message begins inside another.
    """
    if opcode == Opcode.CONTINUATION and current is None:
        raise broken("a continuation frame needs a message that has begun", "5.4", 0)
    if opcode != Opcode.CONTINUATION and current is not None:
        raise broken("a new message may not begin inside a fragmented one", "5.4", 0)


class Assembler:
    """Puts the messages of one direction together. Not thread-safe.

    `max_size` bounds the bytes of one message, `max_fragments` its frames.
    """

    __slots__ = ("_max_fragments", "_max_size", "_opcode", "_parts", "_size")

    def __init__(self, *, max_size: int, max_fragments: int = MAX_FRAGMENTS) -> None:
        self._max_size = max_size
        self._max_fragments = max_fragments
        self._opcode: int | None = None
        self._parts: list[bytes] = []
        self._size = 0

    @property
    def is_between(self) -> bool:
        """Whether no message is under way."""
        return self._opcode is None

    def add(self, opcode: int, payload: bytes, fin: bool) -> str | bytes | None:
        """Return the message that this data frame completes, or None while more of it must come.

        Raises:
            PacketError: If frames come in a wrong order (1002), a text is not UTF-8 (1007), or the message is larger
                than this end accepts (1009). The assembler must not be used after that.
        """
        check_order(opcode, self._opcode)
        if self._opcode is None:
            self._opcode = opcode
        self._parts.append(payload)
        self._size += len(payload)
        if len(self._parts) > self._max_fragments:
            raise _too_big(f"a message has at most {self._max_fragments} fragments")
        if self._size > self._max_size:
            raise _too_big(f"a message has at most {self._max_size} bytes")
        if not fin:
            return None
        data = payload if len(self._parts) == 1 else b"".join(self._parts)
        is_text = self._opcode == Opcode.TEXT
        self._opcode, self._size = None, 0
        self._parts.clear()
        return decode_text(data) if is_text else data


def _too_big(rule: str) -> PacketError:
    return PacketError(rule, section="RFC 6455, 10.4", code=1009)
