"""`SpokenSession`: one session over a plain WebSocket, spoken by hand; what was said and what came, taken apart.

    say("40/point,") ──► the wire ──► a real server
    look()           ◄── frames of the recording, in order, both directions

The server's pings are answered at once, and counted instead of listed.
"""

from __future__ import annotations

import time
from collections import deque

from websockets.exceptions import ConnectionClosed

from livesock.client import connect
from livesock.display.view import Message
from livesock.display.visitor import TIMEOUT
from livesock.trace.follower import Follower
from livesock.trace.packets import packets_of
from livesock.trace.rows import Kind, Row
from livesock.wire.codes import decode_close
from livesock.wire.explain.field import Field
from livesock.wire.explain.packet import explain_packet
from livesock.wire.frame import Frame, Opcode
from livesock.wire.quote import one_line

__all__ = ["KEPT", "SpokenSession", "parts_of"]

KEPT = 40
"""Packets that a page shows, the newest."""


def parts_of(message: str) -> list[Message]:
    """Return the parts of a message for a page."""
    return [_part(field) for field in explain_packet(message)]


def _part(field: Field) -> Message:
    return {"text": field.value, "name": field.name, "says": field.meaning}


class SpokenSession:
    """Opens the session at once. Not thread-safe: the view's thread uses it.

    Raises:
        OSError, LivesockError: If there is no WebSocket at `url`.
    """

    def __init__(self, url: str) -> None:
        self._ws = connect(url, timeout=TIMEOUT, close_timeout=0.5)
        self._follower = Follower(self._ws.trace, everything=True)
        self.lines: deque[Message] = deque(maxlen=KEPT)
        self.seats: set[str] = set()
        """The namespaces that let us in."""
        self.answers = 0
        """Packets that came, without pings."""
        self.pings = 0
        self.end = ""
        """How the session ended, in a few words; empty while it goes on."""

    def say(self, message: str) -> None:
        """Send a message, whatever it says. It is listed when it has crossed the wire."""
        try:
            self._ws.send(message)
        except ConnectionClosed:
            self._drain()

    def look(self, patience: float = 0) -> bool:
        """List what has crossed; wait `patience` seconds at most for one more answer. Return whether that is news."""
        before, answers = self._size(), self.answers
        deadline = time.monotonic() + patience
        self._once()
        while not self.end and self.answers == answers and time.monotonic() < deadline:
            time.sleep(0.005)
            self._once()
        return before != self._size()

    def close(self) -> None:
        self._ws.close()

    def _size(self) -> tuple[int, int, str]:
        return self.answers + len(self.lines), self.pings, self.end

    def _once(self) -> None:
        self._drain()
        for row, _ in self._follower.look():
            if row.kind is Kind.FRAME:
                self._list(row)

    def _drain(self) -> None:
        """Take what has come off the connection, so that it is never full; answer pings."""
        try:
            while True:
                if self._ws.recv(timeout=0) == "2":
                    self._ws.send("3")
        except TimeoutError:
            return
        except ConnectionClosed as exc:
            code = exc.rcvd.code if exc.rcvd is not None else None
            self.end = "the connection is gone" if code is None else f"close {code}"

    def _list(self, row: Row) -> None:
        assert isinstance(row.value, Frame)
        if row.value.opcode == Opcode.CLOSE:
            if not row.from_client:
                code, _ = decode_close(row.value.payload)  # the trace has it before the connection says so
                text = "close" if code is None else f"close {code}"
                self._add(row, [{"text": text, "name": "WebSocket", "says": ""}], "the session is over")
            return
        for packet in packets_of(row):
            if packet.text in ("2", "3"):
                self.pings += packet.text == "2" and not row.from_client
                continue
            broken = packet.about.startswith("not a packet")
            self._add(row, parts_of(packet.text), "" if broken and row.from_client else one_line(packet.about, 100))
            if not row.from_client:
                self.answers += 1
                if packet.text.startswith("40"):
                    self.seats.add(packet.namespace)
                elif packet.text.startswith("41"):
                    self.seats.discard(packet.namespace)

    def _add(self, row: Row, parts: list[Message], about: str) -> None:
        self.lines.append({"up": row.from_client, "parts": parts, "about": about})
