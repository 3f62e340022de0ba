"""From a key to its accept value, byte by byte, as the RFC says and in the wrong ways that people take.

key's text + GUID  ──►  SHA-1: 20 bytes  ──►  base64: 28 letters         (RFC 6455, 4.2.2)
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

from livesock.wire.handshake import GUID

__all__ = ["WAYS", "Walk", "bits_between", "size_of", "walk"]

WAYS = {
    "rfc": "as RFC 6455 says",
    "first": "the GUID first",
    "decoded": "the key's 16 bytes, not its text",
    "hex": "the hash in hex",
    "alone": "without the GUID",
}
"""The way of the RFC, and four that are taken by mistake."""


@dataclass(frozen=True, slots=True)
class Walk:
    """The values on one way."""

    parts: tuple[tuple[str, bytes], ...]
    """What is hashed: `("key", …)` and `("guid", …)`, in this order or the other."""
    digest: bytes
    """What is written in base64: the hash, or the picture of it in hex."""
    letters: str

    @property
    def hashed(self) -> bytes:
        """What goes into SHA-1."""
        return b"".join(piece for _, piece in self.parts)


def walk(key: str, way: str = "rfc") -> Walk:
    """Return the values on the way from `key` to what the server should answer."""
    text = _decoded(key) if way == "decoded" else key.encode()
    parts = [("key", text), ("guid", GUID.encode())]
    if way == "first":
        parts.reverse()
    if way == "alone":
        parts.pop()
    digest = hashlib.sha1(b"".join(piece for _, piece in parts), usedforsecurity=False).digest()
    if way == "hex":
        digest = digest.hex().encode()
    return Walk(tuple(parts), digest, base64.b64encode(digest).decode())


def size_of(key: str) -> int | None:
    """Return how many bytes a key stands for, None if it is not base64."""
    try:
        return len(base64.b64decode(key, validate=True))
    except binascii.Error:
        return None


def bits_between(one: bytes, other: bytes) -> int:
    """Return how many bits differ in two hashes of the same length."""
    return sum((a ^ b).bit_count() for a, b in zip(one, other, strict=True))


def _decoded(key: str) -> bytes:
    return base64.b64decode(key) if size_of(key) is not None else key.encode()
