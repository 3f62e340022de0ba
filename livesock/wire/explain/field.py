"""`Field`: one named part of some bytes, with the bits that it occupies and what they mean.

Bits are counted from the first bit of the bytes that are explained: FIN of a frame is `start=0, stop=1`, and the
second byte begins at bit 8.

    81 05 48 65 …      byte 0: 1000 0001   FIN=1 (0..1)  RSV1..3=0 (1..4)  opcode=1 (4..8)
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Field"]


@dataclass(frozen=True, slots=True)
class Field:
    """A named part of some bytes: where it is, what it says, and which section of a specification defines it."""

    name: str
    """The specification's own word: `"FIN"`, `"opcode"`, `"Sec-WebSocket-Key"`."""
    value: str
    """Its value, as a reader would write it: `"1"`, `"text"`, `"Hello"`. Never redacted."""
    start: int
    """First bit, counted from the first bit of the bytes."""
    stop: int
    """The bit after the last one; `stop == start` for a part of no length, such as an empty payload."""
    meaning: str
    """One sentence, in plain words."""
    section: str
    """`"RFC 6455, 5.2"`, or an empty string where no specification defines it."""

    @property
    def first_byte(self) -> int:
        """The byte in which the field begins."""
        return self.start // 8

    @property
    def end_byte(self) -> int:
        """The byte after the one in which the field ends."""
        return -(-self.stop // 8)
