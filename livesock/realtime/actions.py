"""The options of a session, and the actions that it asks of its owner: values between a pure core and the sockets."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import TypeAlias

from livesock.wire.socketio import MAX_ATTACHMENTS

__all__ = [
    "GOING_AWAY",
    "PATH",
    "POLICY",
    "Action",
    "Answer",
    "Close",
    "Deliver",
    "Ended",
    "Send",
    "SessionOptions",
    "check_number",
]

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
    max_outbox: int = 16_000_000
    """Bytes that may wait for a poll, or for `on_connect` to decide; more ends the session."""
    recovery: float = 0.0
    """How long a peer whose connection broke may come back to its seat; 0 forgets it at once."""
    transports: tuple[str, ...] = ("polling", "websocket")
    allow_upgrades: bool = True
    path: str = PATH
    """Where the server answers the clients, which name the same path."""
    mark: str = ""
    """Begins the id of every session, `mark-…`: a balancer reads there which server has it (docs/deploy.md)."""

    def __post_init__(self) -> None:
        for field in fields(self):
            least = 0 if field.name in _MAY_BE_0 else None
            check_number(field.name, getattr(self, field.name), field.default, least=least)
        if not isinstance(self.allow_upgrades, bool):
            raise TypeError(f"allow_upgrades is True or False, not {self.allow_upgrades!r:.40}")
        if not isinstance(self.mark, str) or not re.fullmatch(r"[A-Za-z0-9_]{0,32}", self.mark):
            raise ValueError(f"mark is up to 32 letters, digits and _, such as the port, not {self.mark!r:.60}")
        object.__setattr__(self, "transports", _transports(self.transports))
        object.__setattr__(self, "path", _path(self.path))


_MAY_BE_0 = ("recovery", "max_attachments", "max_binary")
"""0 is a promise here; elsewhere it would end every session."""

LONGEST = 3600
"""Seconds: a longer heartbeat or time-out was most likely meant in milliseconds, as in Node."""

A_DAY = 86_400
"""Seconds: the longest recovery."""


def check_number(name: str, value: object, default: object, *, least: int | None = None) -> None:
    """Check an option by the type of its default: a float is seconds, an int a size in bytes or a count.

    Raises:
        ValueError: With what is expected, and what came.
    """
    wrong = isinstance(value, bool) or not isinstance(value, (int, float)) or not -math.inf < value < math.inf
    if isinstance(default, bool):
        return
    if isinstance(default, int):
        if wrong or not isinstance(value, int) or value < (1 if least is None else least):
            unit = "" if any(word in name for word in _COUNTED) else " of bytes"
            raise ValueError(f"{name} is a whole number{unit}, such as {default:_}, not {value!r:.40}")
    elif isinstance(default, float):
        if wrong or not isinstance(value, (int, float)) or value < 0:
            raise ValueError(f"{name} is a number of seconds, such as {default or 120:g}, not {value!r:.40}")
        if value == 0 and least is None:
            raise ValueError(f"{name} is more than 0 seconds, such as {default:g}, not {value!r:.40}")
        longest = A_DAY if name == "recovery" else LONGEST
        if value > longest:
            raise ValueError(
                f"{name} is in seconds, at most {longest}, not {value}: write {value / 1000:g} for {value:g} ms"
            )


_COUNTED = ("connections", "headers", "attachments")
"""What is counted, and not measured in bytes."""


def _transports(names: object) -> tuple[str, ...]:
    if isinstance(names, str) or not isinstance(names, Iterable):
        raise TypeError(f'transports is a list such as ["polling", "websocket"], not {names!r:.40}')
    found = tuple(names)
    if not found or not set(found) <= {"polling", "websocket"}:
        raise ValueError(f'transports are "polling", "websocket" or both, not {list(found)!r:.60}')
    return found


def _path(path: object) -> str:
    if not isinstance(path, str) or not path.startswith("/") or path == "/" or set(path) & set("?#{}<>* \r\n"):
        raise ValueError(f'path is where the sessions are served, such as "/socket.io/", not {path!r:.60}')
    return path if path.endswith("/") else path + "/"


@dataclass(frozen=True, slots=True)
class Answer:
    """End an HTTP request: `body` is a payload of packets, `ok`, or a JSON error."""

    request: int
    status: int
    body: str


@dataclass(slots=True)  # not frozen: made for every message, and so it costs half
class Send:
    """Send a message on a WebSocket."""

    connection: int
    message: str | bytes


@dataclass(frozen=True, slots=True)
class Close:
    """Close a WebSocket."""

    connection: int
    code: int = 1000


@dataclass(slots=True)  # not frozen: made for every message, and so it costs half
class Deliver:
    """Hand a message to the layer above."""

    message: str | bytes


@dataclass(frozen=True, slots=True)
class Ended:
    """The session is over; nothing follows."""

    reason: str


Action: TypeAlias = Answer | Send | Close | Deliver | Ended
