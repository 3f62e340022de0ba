"""TLS records, from the outside: their type and length, and the name of the server that a client asks for.

    16 03 01 02 00 …      content type 22 (handshake), version, length 512, then the fragment

The rest is encrypted: only these parts can be read without the keys (RFC 8446, 5.1).
"""

from __future__ import annotations

from typing import NamedTuple

from livesock.errors import PacketError
from livesock.wire.quote import one_line

__all__ = ["CONTENT_TYPES", "HANDSHAKE", "TlsRecord", "decode_record", "server_name"]

FRAGMENT_LIMIT = 2**14 + 2048
"""Bytes of a record's fragment (RFC 5246, 6.2.3; RFC 8446 allows a little less)."""

HANDSHAKE = 22
"""The content type of a client's first record."""

CONTENT_TYPES: dict[int, str] = {
    20: "change cipher spec",
    21: "alert",
    HANDSHAKE: "handshake",
    23: "application data",
    24: "heartbeat",
}
"""What a record holds, by its first byte."""


class TlsRecord(NamedTuple):
    """One record, opaque."""

    content_type: int
    version: int
    fragment: bytes

    @property
    def name(self) -> str:
        """The content type in words."""
        return CONTENT_TYPES[self.content_type]


def decode_record(data: bytes | bytearray) -> tuple[TlsRecord, int] | None:
    """Return the record at the beginning of `data` and the position after it, or None while it is incomplete.

    Raises:
        PacketError: If the bytes are not a TLS record (RFC 8446, 5.1).
    """
    if data and data[0] not in CONTENT_TYPES:
        raise _wrong(f"a TLS record begins with its content type, 20 to 24, and here it is {data[0]}", 0)
    if len(data) > 1 and data[1] != 3:
        raise _wrong(f"the version of a TLS record begins with 3, and here it is {data[1]}", 1)
    if len(data) < 5:
        return None
    length = int.from_bytes(data[3:5], "big")
    if length > FRAGMENT_LIMIT:
        raise _wrong(f"a TLS record holds at most {FRAGMENT_LIMIT} bytes, and this one announces {length}", 4)
    if len(data) < 5 + length:
        return None
    return TlsRecord(data[0], int.from_bytes(data[1:3], "big"), bytes(data[5 : 5 + length])), 5 + length


def _wrong(rule: str, offset: int) -> PacketError:
    return PacketError(rule, section="RFC 8446, 5.1", offset=offset)


def server_name(fragment: bytes) -> str | None:
    """Return the server name that a ClientHello asks for in the clear (SNI), or None when there is none.

    RFC 6066, 3. Never raises: a fragment that is not a whole ClientHello has no name.
    """
    try:
        return _server_name(fragment)
    except IndexError:
        return None


class _Cursor:
    """Reads numbers and vectors; IndexError past the end."""

    def __init__(self, data: bytes) -> None:
        self.data, self.position = data, 0

    def take(self, size: int) -> bytes:
        end = self.position + size
        if end > len(self.data):
            raise IndexError(end)
        piece, self.position = self.data[self.position : end], end
        return piece

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def vector(self, size: int) -> bytes:
        return self.take(self.number(size))


def _server_name(fragment: bytes) -> str | None:
    hello = _Cursor(fragment)
    if hello.number(1) != 1:
        return None
    hello.take(3 + 2 + 32)  # the length of the message, the version, the random
    for size in (1, 2, 1):  # the session id, the cipher suites, the compressions
        hello.vector(size)
    extensions = _Cursor(hello.vector(2))
    while extensions.position < len(extensions.data):
        kind, body = extensions.number(2), _Cursor(extensions.vector(2))
        if kind == 0:
            names = _Cursor(body.vector(2))
            names.take(1)
            return one_line(names.vector(2).decode("latin-1"), 60)
    return None
