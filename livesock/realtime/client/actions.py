"""What a client's session asks its owner to do; it shares `Send`, `Close`, `Deliver` and `Ended` with the server's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from livesock.realtime.actions import Close, Deliver, Ended, Send

__all__ = ["WEBSOCKET", "ClientAction", "Dial", "Get", "Opened", "Post", "Upgraded"]

WEBSOCKET = 0
"""The number in `Send` and `Close`: a client's session has one WebSocket at most."""


@dataclass(frozen=True, slots=True)
class Get:
    """Poll: send a GET, with the session's id once it has one."""


@dataclass(frozen=True, slots=True)
class Post:
    """Send `payload` in a POST."""

    payload: str


@dataclass(frozen=True, slots=True)
class Dial:
    """Open the WebSocket, with the session's id if it has one."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The server has sent its greeting; the layer above may send."""


@dataclass(frozen=True, slots=True)
class Upgraded:
    """The WebSocket carries the session from here on."""


ClientAction: TypeAlias = Get | Post | Dial | Opened | Upgraded | Send | Close | Deliver | Ended
