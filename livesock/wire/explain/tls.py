"""What the parts of a TLS record mean, as far as they can be read from the outside (RFC 8446, 5.1)."""

from __future__ import annotations

from livesock.wire.explain.field import Field
from livesock.wire.quote import counted, hexed
from livesock.wire.tls import CONTENT_TYPES

__all__ = ["explain_record"]


def explain_record(data: bytes) -> tuple[Field, ...]:
    """Return the parts of one whole record; they cover it."""
    length = int.from_bytes(data[3:5], "big")
    section = "RFC 8446, 5.1"
    kind = f"{data[0]} ({CONTENT_TYPES[data[0]]})"
    version = f"{data[1]}.{data[2]}"
    return (
        Field("content type", kind, 0, 8, "What the record holds.", section),
        Field(
            "version", version, 8, 24, "A version that old devices on the way accept; the real one is inside.", section
        ),
        Field("length", str(length), 24, 40, f"The fragment has {counted(length)}.", section),
        Field("fragment", hexed(data[5:]), 40, 8 * len(data), "Encrypted: only the two ends can read it.", section),
    )
