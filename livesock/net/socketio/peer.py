"""`PeerSession`: what the hub keeps for one session, and the deadlines of its peer."""

from __future__ import annotations

import asyncio

from livesock.net.loop.turns import end
from livesock.net.socketio.handling.order import Order, Place
from livesock.net.socketio.line import Line
from livesock.net.socketio.seat import Socket
from livesock.realtime.actions import SessionOptions
from livesock.realtime.server.seats import Event, Seats

__all__ = ["PeerSession"]


class PeerSession:
    """One session: its seats, its sockets, and the events that wait for their handlers. Runs on the loop."""

    __slots__ = (
        *("line", "loop", "seats", "sockets", "deciding", "ends_when_refused", "busy", "in_a_row", "is_going_on"),
        *(
            "ended",
            "is_watched",
            "order",
            "waiting",
            "size",
            "_unfinished",
            "_binary_timeout",
            "_incomplete",
            "_join_by",
        ),
    )

    def __init__(self, line: Line, options: SessionOptions) -> None:
        self.line = line
        # An attachment is a message: what is allowed as one message is allowed as one attachment.
        self.seats = Seats(options.max_attachments, max(options.max_binary, options.max_payload))
        self.sockets: dict[str, Socket] = {}
        self.deciding: dict[str, asyncio.Task[None]] = {}
        self.ends_when_refused = False
        """Whether `disconnect(True)` was called before a seat of it was decided about."""
        self.busy = 0
        """Events that are handled now."""
        self.in_a_row = 0
        """Events that have begun since the others had their turn because of it."""
        self.is_going_on = False
        self.ended = 0
        """Events that have been handled."""
        self.is_watched = False
        """Whether a look is planned at how many those are, because others wait."""
        self.order = Order()
        self.waiting: list[tuple[Place, Socket, Event, int]] = []
        """Events that are not handled yet, each with its size. There are few, and an empty deque takes 760 bytes."""
        self.size = 0
        """Bytes of the events that wait; a character counts as one."""
        self._unfinished = 0
        self._binary_timeout = options.binary_timeout
        self._incomplete: asyncio.TimerHandle | None = None
        self.loop = asyncio.get_running_loop()  # asking for it is a system call in Python 3.11 (getpid)
        self._join_by = self.loop.call_later(options.connect_timeout, line.end, "forced server close")

    def measure(self, message: str | bytes, *, is_whole: bool) -> int:
        """Count the bytes of a message, and return those of the packet if this `is_whole` now.

        The binary values of a packet have some seconds to come, all of them together.
        """
        size = self._unfinished + len(message)
        self._unfinished = 0 if is_whole else size
        if not is_whole and self._incomplete is None:
            self._incomplete = self.loop.call_later(self._binary_timeout, self.line.end, "forced close")
        elif is_whole and self._incomplete is not None:
            self._incomplete.cancel()
            self._incomplete = None
        return size

    def wait(self, event: Event, size: int) -> None:
        """Let an event wait behind the others."""
        self.waiting.append((self.order.take(event.namespace), self.sockets[event.namespace], event, size))
        self.size += size

    def next(self) -> tuple[Place, Socket, Event]:
        """Return the event that has waited longest."""
        place, socket, event, size = self.waiting.pop(0)
        self.size -= size
        return place, socket, event

    def joined(self) -> None:
        """Note that it has a seat: it need not hurry to join any more."""
        self._join_by.cancel()
        self.line.settle()

    def gone(self) -> None:
        """End its deadlines and the decisions about its seats: the session is over."""
        self._join_by.cancel()
        if self._incomplete is not None:
            self._incomplete.cancel()
        self.decide_no_more()

    def decide_no_more(self) -> None:
        """Cancel the handlers that decide about its seats."""
        for task in self.deciding.values():
            end(task)
