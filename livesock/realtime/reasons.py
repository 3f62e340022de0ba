"""`Reason`: why a session ended, as a word of the protocol; `.sentence` says it to a person.

The words are those of the official Socket.IO client and server; they compare as the texts that they are. Those that
python-socketio has in their place raise what to write: they would equal no reason, without a word.
"""

from __future__ import annotations

__all__ = ["SENTENCES", "Reason"]

SENTENCES = {
    "ping timeout": "no heartbeat came in time: a cut cable, a machine that sleeps, or a loop that is blocked",
    "transport close": "the connection ended without a goodbye: a proxy's idle time, a crash, a closed tab",
    "transport error": "the connection broke, or a request was answered with an error",
    "parse error": "what came is not a packet of Socket.IO",
    "forced close": "the connection was cut for what it sent",
    "forced server close": "it joined no namespace in time",
    "too slow": "it read too slowly, and too much was waiting for it",
    "server shutting down": "the server stops",
    "io server disconnect": "the server sent this client away; it does not come back by itself",
    "io client disconnect": "this client left by itself",
    "client namespace disconnect": "the client left this namespace by itself",
    "server namespace disconnect": "the server sent the client away from this namespace",
}
"""What each reason means, and where to look."""

_OF_OTHERS = {
    "client disconnect": ("client namespace disconnect", "io client disconnect"),
    "server disconnect": ("server namespace disconnect", "io server disconnect"),
}
"""Reasons of python-socketio, and what they are here: at a server, and at a client."""


class Reason(str):
    """A reason: a text, with a sentence.

    >>> Reason("ping timeout") == "ping timeout", Reason("ping timeout").sentence[:31]
    (True, 'no heartbeat came in time: a cu')
    """

    __slots__ = ("_why",)
    _why: str

    def __new__(cls, word: str, why: str = "") -> Reason:
        """Return a reason; `why` says in words what ended the session, where it is known. A reason keeps its own."""
        self = super().__new__(cls, word)
        self._why = word._why if isinstance(word, Reason) else why
        return self

    def __eq__(self, other: object) -> bool:
        """Compare as a text.

        Raises:
            ValueError: If the other is a reason of python-socketio alone.
        """
        is_same = str.__eq__(self, other)
        if is_same is False and str(other) in _OF_OTHERS:
            here, there = _OF_OTHERS[str(other)]
            raise ValueError(f"no reason is '{other}': write '{here}' in a server's handler, '{there}' in a client's")
        return is_same

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__

    @property
    def sentence(self) -> str:
        """What ended it, if that is known, or what the word means and where to look; else the reason itself."""
        return self._why or SENTENCES.get(self, str(self))

    @property
    def full(self) -> str:
        """The word, and what ended the session if that is known."""
        return f"{self}: {self._why}" if self._why else str(self)
