"""Answers to a handshake that are wrong in one thing each, and the truth.

server.websocket("/liar", handshake=told("no Upgrade"))
"""

from collections.abc import Callable

from livesock.errors import LivesockError
from livesock.lessons.lesson03.accept_key import accept_key

__all__ = ["LIES", "told", "why"]

Headers = dict[str, str]

LIES: dict[str, dict[str, str | None]] = {
    "a bare 101": {"Upgrade": None, "Connection": None, "Sec-WebSocket-Accept": None},
    "no Upgrade": {"Upgrade": None},
    "no Connection": {"Connection": None},
    "the Accept of another key": {"Sec-WebSocket-Accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="},
    "a subprotocol, unasked": {"Sec-WebSocket-Protocol": "chat"},
    "an extension, unasked": {"Sec-WebSocket-Extensions": "permessage-deflate"},
    "the truth": {},
}
"""What each changes in the headers of a right answer; None leaves one out."""


def told(name: str) -> Callable[[str, str, Headers], tuple[int, Headers]]:
    """Return a handshake that answers every request with 101 and this lie."""

    def handshake(method: str, version: str, headers: Headers) -> tuple[int, Headers]:
        key = headers.get("sec-websocket-key", "")
        truth = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": accept_key(key)}
        return 101, {header: value for header, value in (truth | LIES[name]).items() if value is not None}

    return handshake


def why(error: LivesockError) -> str:
    """Return what the client found wrong in the answer, without the values."""
    return str(error.__cause__).partition(":")[0]
