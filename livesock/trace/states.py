"""What happens to a connection itself: the words of the chunks whose direction is `"="`.

    open 127.0.0.1:5000     the connection exists; the address is the peer's
    eof <                   no more bytes come in that direction
    closed                  it ended in order; nothing follows
    reset                   it was cut off; nothing follows
    lost > 1200             the recorder no longer holds so many bytes of that direction

Any other words are a note of the recorder: they are shown and mean nothing to a decoder.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

__all__ = ["ENDS", "Change", "ConnectionState", "read_change"]


class ConnectionState(Enum):
    """The first word of a change of state."""

    OPEN = "open"
    EOF = "eof"
    CLOSED = "closed"
    RESET = "reset"
    LOST = "lost"

    def note(self, *details: object) -> bytes:
        """Return what a trace records of this change.

        >>> ConnectionState.LOST.note("<", 1200)
        b'lost < 1200'
        """
        return " ".join([self.value, *map(str, details)]).encode()


ENDS = (ConnectionState.CLOSED.note(), ConnectionState.RESET.note())
"""The last change that is recorded of a connection."""


class Change(NamedTuple):
    """What a recorded change says."""

    state: ConnectionState | None
    """None for a note in other words."""
    direction: str = ""
    """`"<"` or `">"` if the change concerns one direction."""
    size: int = 0
    """Bytes that were lost."""


_STATES = {state.value: state for state in ConnectionState}


def read_change(data: bytes) -> Change:
    """Return what the bytes of a `"="` chunk say; never raises."""
    word, *details = data.decode("ascii", "backslashreplace").split(" ")
    state = _STATES.get(word)
    direction = details[0] if details and details[0] in ("<", ">") else ""
    if state is not ConnectionState.LOST:
        return Change(state, direction)
    if not direction or len(details) != 2 or not _is_count(details[1]):
        return Change(None)
    return Change(state, direction, int(details[1]))


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18
