"""`Limits`: every bound of a server in one table, with its unit and its reason."""

from __future__ import annotations

from dataclasses import dataclass, fields

from livesock.realtime.actions import check_number

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server allows a peer to cost it. Durations are seconds, sizes are bytes."""

    max_connections: int = 1000
    """Open TCP connections; one more is answered 503, without an effect on the others."""
    head_timeout: float = 10.0
    """From the accepted connection (or the first byte of a later request) to the end of the request head."""
    body_timeout: float = 20.0
    """From the end of the head to the end of the body."""
    handler_patience: float = 10.0
    """A request waits that long for a plain handler none of whose calls returns; then it is answered 503."""
    idle_timeout: float = 75.0
    """A keep-alive connection between two requests."""
    linger: float = 1.0
    """After a refusal we read and drop what the peer still sends, so that it can read the reason before the end."""
    half_close_grace: float = 1.0
    """After a peer has ended its direction, a handler may run this long: the peer may still read, or be gone."""
    max_line: int = 8192
    """Request line, or one header line (the bound of `websockets`); longer is answered 414 or 431."""
    max_headers: int = 128
    """Header lines of a request (the bound of `websockets`); more are answered 431."""
    max_head: int = 16384
    """The whole request head; longer is answered 431."""
    max_body: int = 1_000_000
    """A request body (the bound of Socket.IO); longer is answered 413 while it is read."""
    max_pipelined: int = 65_536
    """Bytes of later requests that may wait while one is answered; then reading pauses."""
    max_message: int = 2**20
    """One WebSocket message, summed over its fragments (the bound of `websockets`); longer closes with 1009."""
    max_backlog: int = 4 * 2**20
    """Bytes that may be added to what already waits for a peer that does not read; one more ends the connection."""
    stall_timeout: float = 10.0
    """A peer with a backlog that takes no byte for this long is dropped."""

    def __post_init__(self) -> None:
        for field in fields(self):
            least = 0 if field.name in _MAY_BE_0 else None
            check_number(field.name, getattr(self, field.name), field.default, least=least)


_MAY_BE_0 = ("linger", "half_close_grace", "max_pipelined")
"""0 means not at all here; elsewhere it would refuse every peer."""
