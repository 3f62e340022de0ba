"""`PeerSession`: what the hub knows of one session, and the time that its peer has for things."""

from __future__ import annotations

import asyncio
from collections import deque

from livesock.net.socketio.line import Line
from livesock.net.socketio.seat import Socket
from livesock.realtime.actions import SessionOptions
from livesock.realtime.server.seats import Event, Seats

__all__ = ["PeerSession"]


class PeerSession:
    """One session: its seats, its sockets, its events that wait. Runs on the loop."""

    def __init__(self, line: Line, options: SessionOptions) -> None:
        self.line = line
        # An attachment is a message: whatever may be one message may be one attachment.
        self.seats = Seats(options.max_attachments, max(options.max_binary, options.max_payload))
        self.sockets: dict[str, Socket] = {}
        self.deciding: dict[str, asyncio.Task[None]] = {}
        self.busy = 0
        self.waiting: deque[tuple[Socket, Event]] = deque()
        self._binary_timeout = options.binary_timeout
        self._incomplete: asyncio.TimerHandle | None = None
        loop = asyncio.get_running_loop()
        self._zombie = loop.call_later(options.connect_timeout, line.end, "forced server close")

    def joined(self) -> None:
        """It sits somewhere: it is no zombie."""
        self._zombie.cancel()

    def expect(self) -> None:
        """Give the binary values of a packet some seconds to come, all of them together."""
        if self._incomplete is None:
            if self.seats.is_waiting:
                loop = asyncio.get_running_loop()
                self._incomplete = loop.call_later(self._binary_timeout, self.line.end, "forced close")
        elif not self.seats.is_waiting:
            self._incomplete.cancel()
            self._incomplete = None

    def gone(self) -> None:
        """Its session is over: nobody waits for it, and nobody decides about it any more."""
        self._zombie.cancel()
        if self._incomplete is not None:
            self._incomplete.cancel()
        self.decide_no_more()

    def decide_no_more(self) -> None:
        """Whoever decides about its seats may stop."""
        for task in self.deciding.values():
            task.cancel()
