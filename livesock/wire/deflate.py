"""permessage-deflate: what the two ends agree on, and how a message is inflated (RFC 7692).

A compressed message is raw DEFLATE without its last four bytes, `00 00 ff ff`, which every flush ends with: the
receiver puts them back. With *context takeover* the window of earlier text is kept from one message to the next,
which is why the second of two equal messages is tiny.

    f2 48 cd c9 c9 07 00      "Hello"          f2 00 11 00 00      "Hello" again, same window

A few compressed bytes may stand for gigabytes, so the size is bounded *while* inflating, never after.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from livesock.errors import PacketError

__all__ = ["INFLATED_LIMIT", "DeflateParameters", "Inflater"]

INFLATED_LIMIT = 4 * 1024 * 1024
"""Bytes to which one message may inflate: the size of a whole trace."""

FINAL_BLOCKS_LIMIT = 64
"""DEFLATE blocks with BFINAL in one message: each costs a new decoder, and no compressor needs more than one."""

TAIL = b"\x00\x00\xff\xff"
"""What the sender takes off and the receiver appends (RFC 7692, 7.2.1 and 7.2.2)."""


@dataclass(frozen=True, slots=True)
class DeflateParameters:
    """What both ends agreed on (RFC 7692, 7.1); an absent parameter has its default."""

    server_no_context_takeover: bool = False
    """The server begins every message with an empty window."""
    client_no_context_takeover: bool = False
    """The client begins every message with an empty window."""
    server_max_window_bits: int = 15
    """The server's window is at most 2 to this power, in bytes."""
    client_max_window_bits: int = 15
    """The client's window is at most 2 to this power, in bytes."""

    def inflater(self, *, from_client: bool, late: bool = False) -> Inflater:
        """Return an inflater for the messages of one direction; pass `late` if earlier messages were not seen."""
        if from_client:
            bits, takeover = self.client_max_window_bits, not self.client_no_context_takeover
        else:
            bits, takeover = self.server_max_window_bits, not self.server_no_context_takeover
        return Inflater(bits, context_takeover=takeover, blind=late and takeover)


class Inflater:
    """Inflates the messages of one direction, one frame after the other. Not thread-safe.

    `window_bits` (8 to 15) and `context_takeover` are what the two ends agreed on for this direction; `limit` is
    the size in bytes that one message may inflate to. A `blind` inflater is one whose window was lost:
    it accepts compressed messages and cannot inflate them.
    """

    def __init__(
        self,
        window_bits: int = 15,
        *,
        context_takeover: bool = True,
        limit: int = INFLATED_LIMIT,
        blind: bool = False,
    ) -> None:
        if not 8 <= window_bits <= 15:
            raise ValueError(f"a window has 8 to 15 bits, got {window_bits}")
        self._blind = blind
        self._bits = window_bits
        self._takeover = context_takeover
        self._limit = limit
        self._window = b""
        self._stream = zlib.decompressobj(-window_bits)
        self._size = 0
        self._finals = 0

    def inflate(self, payload: bytes, *, final: bool) -> bytes | None:
        """Return what the payload of the next frame of a message inflates to; None from a blind inflater.

        Pass `final` for the last frame of a message.

        Raises:
            PacketError: If the bytes are not DEFLATE within the agreed window (1002), or if the message grows
                beyond the limit (1009), in which case at most one byte more than the limit was allocated.
        """
        if self._blind:
            return None
        content = self._decompress(payload + TAIL if final else payload)
        self._window = (self._window + content)[-(1 << self._bits) :]
        if final:
            self._size = self._finals = 0
            if not self._takeover:
                self._window = b""
                self._stream = zlib.decompressobj(-self._bits)
        return content

    def _decompress(self, data: bytes) -> bytes:
        pieces: list[bytes] = []
        while data:
            try:
                piece = self._stream.decompress(data, self._limit - self._size + 1)
            except zlib.error as exc:
                rule = "a compressed message must be DEFLATE data within the agreed window"
                raise PacketError(rule, section="RFC 7692, 7.2.2", code=1002) from exc
            pieces.append(piece)
            self._size += len(piece)
            if self._size > self._limit:
                rule = f"a message may inflate to {self._limit} bytes here, and this one goes on"
                raise PacketError(rule, section="RFC 6455, 10.4", code=1009)
            if not self._stream.eof:
                break
            data = self._stream.unused_data
            self._begin_again(b"".join(pieces))
        return b"".join(pieces)

    def _begin_again(self, content: bytes) -> None:
        """Go on after a block with BFINAL set: it ends zlib's stream, not the message (RFC 7692, 7.2.3.4)."""
        self._finals += 1
        if self._finals > FINAL_BLOCKS_LIMIT:
            rule = f"a message may hold {FINAL_BLOCKS_LIMIT} final DEFLATE blocks here, and this one holds more"
            raise PacketError(rule, section="RFC 7692, 7.2.3.4", code=1009)
        window = (self._window + content)[-(1 << self._bits) :]
        self._stream = zlib.decompressobj(-self._bits, zdict=window)
