"""The options of a session, and the actions that it asks of its owner: values between a pure core and the sockets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from livesock.wire.socketio import MAX_ATTACHMENTS

__all__ = ["GOING_AWAY", "PATH", "POLICY", "Action", "Answer", "Close", "Deliver", "Ended", "Send", "SessionOptions"]

PATH = "/socket.io/"
"""The path that every Socket.IO client asks for, whatever its namespace."""

GOING_AWAY = 1001
"""The close code of a server that stops (RFC 6455, 7.4.1)."""

POLICY = 1008
"""The close code for a peer that breaks our rules without breaking the protocol (RFC 6455, 7.4.1)."""


@dataclass(frozen=True, slots=True)
class SessionOptions:
    """The promises of a session. Durations are seconds, sizes are bytes."""

    ping_interval: float = 25.0
    ping_timeout: float = 20.0
    connect_timeout: float = 10.0
    """In which a session must join a namespace; one that does not is ended."""
    upgrade_timeout: float = 10.0
    max_payload: int = 1_000_000
    max_attachments: int = MAX_ATTACHMENTS
    """Binary values of one event that comes in; the official client sends and takes ten at most."""
    max_binary: int = 4_000_000
    """Bytes of all binary values of one event that comes in; at least one of `max_payload` always fits."""
    binary_timeout: float = 10.0
    """In which the binary values of an event must follow it."""
    max_outbox: int = 1_000_000
    """Bytes that may wait for a poll, or for `on_connect` to decide; more ends the session."""
    recovery: float = 0.0
    """How long a peer whose connection broke may come back to its seat; 0 forgets it at once."""
    transports: tuple[str, ...] = ("polling", "websocket")
    allow_upgrades: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """End an HTTP request: `body` is a payload of packets, `ok`, or a JSON error."""

    request: int
    status: int
    body: str


@dataclass(frozen=True, slots=True)
class Send:
    """Send a message on a WebSocket."""

    connection: int
    message: str | bytes


@dataclass(frozen=True, slots=True)
class Close:
    """Close a WebSocket."""

    connection: int
    code: int = 1000


@dataclass(frozen=True, slots=True)
class Deliver:
    """Hand a message to the layer above."""

    message: str | bytes


@dataclass(frozen=True, slots=True)
class Ended:
    """The session is over; nothing follows."""

    reason: str


Action: TypeAlias = Answer | Send | Close | Deliver | Ended
