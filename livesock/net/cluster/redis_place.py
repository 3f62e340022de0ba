"""`RedisPlace`: where a Redis is, and how the adapter names what it keeps there. `sentence`: what is wrong with it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from livesock.errors import ClusterError, MissingExtra
from livesock.realtime.cluster.entries import Entry

__all__ = ["CONNECT_TIMEOUT", "MAX_ENTRIES", "RedisPlace", "sentence"]

SCHEMES = ("redis", "rediss", "unix")

MAX_ENTRIES = 10_000
"""Entries that the stream keeps, nearly: `maxLen` of the adapter."""

CONNECT_TIMEOUT = 5.0
"""Seconds for a connection, the login included."""


class RedisPlace:
    """Where a Redis is, and how the adapter names what it keeps there."""

    def __init__(
        self,
        url: str,
        *,
        stream: str = "socket.io",
        channels: str = "socket.io",
        sessions: str = "sio:session:",
        max_entries: int = MAX_ENTRIES,
    ) -> None:
        try:
            import redis  # noqa: F401
        except ImportError:
            raise MissingExtra("a cluster on Redis needs redis", "redis") from None
        parts = urlsplit(url) if isinstance(url, str) else None
        if parts is None or parts.scheme not in SCHEMES or not (parts.hostname or parts.scheme == "unix"):
            raise ValueError(f'the address of a Redis looks like "redis://127.0.0.1:6379/0", not {url!r:.60}')
        self.url = url
        self.stream = stream
        self.channels = channels
        self.sessions = sessions
        self.max_entries = max_entries

    @property
    def address(self) -> str:
        """Where it is, without the password."""
        return re.sub(r"//[^@/]*@", "//…@", self.url.partition("?")[0])

    def __repr__(self) -> str:
        return f'<RedisBus at {self.address}, stream "{self.stream}">'

    def channel(self, namespace: str, uid: str = "") -> str:
        """Return the channel of a namespace, or the one of a server in it."""
        return f"{self.channels}#{namespace}#{uid}{'#' if uid else ''}"

    def adding(self, entry: Entry) -> list[Any]:
        """Return the command that writes an entry."""
        fields = [part for pair in entry.items() for part in pair]
        return ["XADD", self.stream, "MAXLEN", "~", self.max_entries, "*", *fields]

    def options(self) -> dict[str, Any]:
        """Return how the library connects."""
        options: dict[str, Any] = {"protocol": 2, "socket_connect_timeout": CONNECT_TIMEOUT}
        return options if self.url.startswith("unix:") else {**options, "socket_keepalive": True}


def sentence(address: str, exc: BaseException) -> ClusterError:
    """Return the error that says what is wrong with a Redis, and what to do."""
    from redis import exceptions

    text = str(exc).strip() or type(exc).__name__
    if isinstance(exc, exceptions.AuthenticationError) or text.startswith(("NOAUTH", "WRONGPASS")):
        return ClusterError(
            f"Redis at {address} refuses the login ({text:.100}): "
            "write it as redis://user:password@host, or redis://:password@host"
        )
    if isinstance(exc, exceptions.NoPermissionError) or text.startswith("NOPERM"):
        return ClusterError(f"Redis at {address} does not let this user do what a cluster needs: {text:.120}")
    if "unknown command" in text.lower():
        return ClusterError(f"Redis at {address} is too old: streams need version 5.0 or newer ({text:.80})")
    if text.startswith("WRONGTYPE"):
        return ClusterError(f"Redis at {address} holds something else under the stream's name: choose another stream")
    if isinstance(exc, exceptions.ResponseError):
        return ClusterError(f"Redis at {address} refuses: {text:.160}")
    return ClusterError(f"no Redis answers at {address}: {text:.160}")
