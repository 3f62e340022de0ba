"""`RoundTrip`: one frame that crosses a real connection, and the frame that came back, as the wire had them.

    TCP ─► handshake ─► the frame ─► a server ─► its echo ─► the client hangs up, nothing stays open

The bytes come from the recording of the client's end, never from what was meant to be sent.
"""

from __future__ import annotations

import time

from livesock.display.answers import came_back
from livesock.display.targets import request_to
from livesock.errors import PacketError
from livesock.net.connect.raw_request import RawRequest
from livesock.net.connect.urls import Target
from livesock.trace.rows import Kind, Row
from livesock.trace.show.text import broken_rule
from livesock.wire.frame import Frame, decode_frame, encode_frame

__all__ = ["RoundTrip", "letter"]

LOOK = 0.003
"""Seconds between two looks while we wait: an echo on this machine takes about this long."""


class RoundTrip:
    """Begins at once; `look()` reads what the recording has by now. Not thread-safe: one thread looks."""

    def __init__(self, target: Target, frame: Frame) -> None:
        self.frame = frame
        self.sent: Row | None = None
        """The frame as it left."""
        self.came: Row | None = None
        """The first frame that came back with the same payload."""
        self.problem = ""
        """One sentence, if no such frame came back."""
        self.back = b""
        """The bytes that came in its place: without the whole frames before them, if one is broken."""
        self._request = RawRequest(target, request_to(target), encode_frame(frame))

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be known."""
        return self.came is not None or bool(self.problem)

    def look(self, patience: float = 0) -> bool:
        """Read what has crossed, for `patience` seconds at most; return whether that is news."""
        before = self.sent, self.came, self.problem
        deadline = time.monotonic() + patience
        self._read()
        while not self.is_over and time.monotonic() < deadline:
            time.sleep(LOOK)
            self._read()
        return before != (self.sent, self.came, self.problem)

    def close(self) -> None:
        """End the connection; a second call does nothing."""
        self._request.close()

    def _read(self) -> None:
        if self.is_over:
            return
        is_done = self._request.done.is_set()  # asked first: whatever came before it is in the recording
        trace = self._request.trace
        rows = trace.rows()
        frames = [row for row in rows if row.kind is Kind.FRAME]
        self.sent = next((row for row in frames if row.direction == ">"), None)
        self.came = next((row for row in frames if row.direction == "<" and self._is_echo(row)), None)
        if self.came is not None:
            self.close()
        elif is_done:
            self.problem, self.back = broken_frame(trace.data("<").partition(b"\r\n\r\n")[2])
            self.problem = self.problem or came_back(self._request, rows)

    def _is_echo(self, row: Row) -> bool:
        return isinstance(row.value, Frame) and not row.value.is_control and row.value.payload == self.frame.payload


def broken_frame(back: bytes) -> tuple[str, bytes]:
    """Return what is wrong with the first frame in `back` that is not whole and right, and the bytes from there on.

    If all are right, there is nothing to say, and the bytes are those of the last one.
    """
    start = last = 0
    try:
        while (found := decode_frame(back, start)) is not None:
            last, start = start, found[1]
    except PacketError as exc:
        return f"the server's frame breaks a rule: {broken_rule(exc)}", back[start:]
    if start < len(back):
        return "the server's frame announces more bytes than came", back[start:]
    return "", back[last:]


def letter(byte: int) -> str:
    """Return the ASCII character of a byte as a cell shows it, a dot for what has none."""
    return "␣" if byte == 0x20 else chr(byte) if 0x20 < byte < 0x7F else "·"
