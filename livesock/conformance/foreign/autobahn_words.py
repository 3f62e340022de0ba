"""What each group of Autobahn's cases is about, in a learner's words, with the stage that teaches it.

A case belongs to the longest prefix of its number: 7.9.3 to "7.9", 5.2 to "5.2".
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["GROUPS", "Group", "group_of"]


class Group(NamedTuple):
    """Cases that belong together."""

    stage: int
    section: str
    lesson: str


_LENGTH = "All forms of the length, as text and as binary, also cut into small pieces."
_PONG = "Every ping gets a pong with the same payload; a pong that nobody asked for gets nothing."
_RSV = "RSV bits without an extension end the connection."
_OPCODE = "A reserved opcode ends the connection, whatever comes before and after it."
_CONTROL = "A control frame is whole and carries at most 125 bytes."
_JOIN = "Fragments make one message; control frames between them are answered at once."
_ORPHAN = "A continuation without a message that is open ends the connection; so does a message inside another."
_UTF8_GOOD = "Valid UTF-8 comes back, wherever the border of a fragment or a chunk falls."
_UTF8_BAD = "Text that is not UTF-8 ends the connection with 1007."
_CLOSE = "A Close is answered with a Close, and nothing behind it counts."
_CODE_GOOD = "The code of a Close comes back."
_CODE_BAD = "A code that must not travel is a violation: 1002, or the end."

GROUPS: dict[str, Group] = {
    "1": Group(6, "RFC 6455, 5.2", _LENGTH),
    "2": Group(9, "RFC 6455, 5.5.2", _PONG),
    "2.5": Group(12, "RFC 6455, 5.5", _CONTROL),
    "3": Group(12, "RFC 6455, 5.2", _RSV),
    "4": Group(12, "RFC 6455, 5.2", _OPCODE),
    "5": Group(10, "RFC 6455, 5.4", _JOIN),
    **dict.fromkeys(("5.1", "5.2"), Group(12, "RFC 6455, 5.5", _CONTROL)),
    **dict.fromkeys([f"5.{number}" for number in range(9, 19)], Group(12, "RFC 6455, 5.4", _ORPHAN)),
    "6": Group(12, "RFC 6455, 8.1", _UTF8_BAD),
    **dict.fromkeys(("6.1", "6.2"), Group(10, "RFC 6455, 5.6", _UTF8_GOOD)),
    **dict.fromkeys(("6.5", "6.7", "6.9", "6.11", "6.22", "6.23"), Group(5, "RFC 6455, 5.6", _UTF8_GOOD)),
    "7": Group(11, "RFC 6455, 5.5.1", _CLOSE),
    "7.3": Group(11, "RFC 6455, 5.5.1", _CLOSE),
    "7.3.2": Group(12, "RFC 6455, 5.5.1", "A Close of one byte is a violation: a code has two."),
    "7.3.6": Group(12, "RFC 6455, 5.5", _CONTROL),
    "7.5": Group(12, "RFC 6455, 5.5.1", "The reason of a Close is UTF-8."),
    "7.7": Group(11, "RFC 6455, 7.4", _CODE_GOOD),
    "7.9": Group(12, "RFC 6455, 7.4", _CODE_BAD),
    "7.13": Group(12, "RFC 6455, 7.4", _CODE_BAD),
    "10": Group(10, "RFC 6455, 5.4", "A text of 65,536 bytes in fifty fragments."),
}
"""Prefixes of case numbers."""


def group_of(case: str) -> Group:
    """Return the group of a case, by the longest prefix of its number."""
    parts = case.split(".")
    for size in range(len(parts), 0, -1):
        if (found := GROUPS.get(".".join(parts[:size]))) is not None:
            return found
    return Group(0, "RFC 6455", "")
