"""What a reader calls a peer: the name that it gave, otherwise the beginning of its id."""

from __future__ import annotations

from collections.abc import Iterable

from livesock.net.socketio.seat import Socket
from livesock.wire.quote import one_line

__all__ = ["name_of", "names_of"]

KEYS = ("name", "username", "nickname", "user")
"""Fields of `auth` that hold a name. Nothing else of it is shown: it may be a secret."""


def name_of(socket: Socket) -> str:
    """Return the name in the `auth` of a peer, or the first six characters of its id."""
    auth = socket.handshake.auth
    for key in KEYS if isinstance(auth, dict) else ():
        if isinstance(auth.get(key), str) and auth[key].strip():
            return one_line(auth[key].strip(), 24)
    return f"{socket.id[:6]}…"


def names_of(sockets: Iterable[Socket], most: int) -> str:
    """Return the names of at most `most` peers, with commas, and how many more there are."""
    everyone = list(sockets)
    more = [f"{len(everyone) - most} more"] if len(everyone) > most else []
    return ", ".join([*map(name_of, everyone[:most]), *more])
