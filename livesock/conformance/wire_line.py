"""`WireLine`: one connection of the judge, from bytes to events: an HTTP answer, messages, control frames, the end.

    line.send(b"…")
    line.next(1.0)      Came("message", Opcode.TEXT, b"Hello", raw=b"\x81\x05Hello")   or Came("nothing"), Came("end") …

Every byte is in the trace that was passed in. A server may answer in fragments, and may send pings: both are allowed.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from dataclasses import dataclass

from livesock.errors import PacketError
from livesock.net.connect.recorded import RecordedSocket
from livesock.trace.recording import Trace
from livesock.wire.deflate import Inflater
from livesock.wire.frame import NAMES, Opcode
from livesock.wire.framereader import FrameReader
from livesock.wire.http import RequestHead, ResponseHead, parse_request, parse_response
from livesock.wire.quote import quote

__all__ = ["FLOOD", "Came", "WireLine"]

READ = 65_536

FLOOD = 32 * 1024**2
"""Bytes from the server to one connection: more than any case asks for, so the server floods."""


@dataclass(frozen=True, slots=True)
class Came:
    """What came from the server: `kind` is answer, message, ping, pong, close, end, reset, nothing, broken or flood."""

    kind: str
    opcode: Opcode | None = None
    payload: bytes = b""
    raw: bytes = b""
    """The bytes themselves; of a message in fragments, all of them."""
    head: ResponseHead | None = None
    error: PacketError | None = None

    @property
    def is_end(self) -> bool:
        """Whether no more can come."""
        return self.kind in ("end", "reset")

    def __str__(self) -> str:
        words = {
            "nothing": "nothing",
            "end": "the end of the connection",
            "reset": "a reset of the connection",
            "flood": f"more than {FLOOD // 1024**2} MiB",
        }
        if self.kind in words:
            return words[self.kind]
        if self.head is not None:
            return f"HTTP status {self.head.status}"
        if self.error is not None:
            return f"{shown(self.raw)} ({self.error.rule})"
        return f"{shown(self.raw)} ({described(self)})"


def described(came: Came) -> str:
    """Return a frame or message in words: `text "Hello"`."""
    assert came.opcode is not None
    name = NAMES[came.opcode]
    if came.kind == "close":
        code = int.from_bytes(came.payload[:2], "big")
        reason = came.payload[2:]
        return f"close {code}" + (f" {quote(reason, 40)}" if reason else "") if came.payload else "close without a code"
    return f"{name} {quote(came.payload, 30)}" if came.payload else f"empty {name}"


def shown(data: bytes, limit: int = 24) -> str:
    """Return bytes in hexadecimal; of more than `limit`, how many there are."""
    more = f" … {len(data):,} bytes" if len(data) > limit else ""
    return data[:limit].hex(" ") + more


class WireLine:
    """One connection to the server under test. Not thread-safe; no call waits longer than it is asked to."""

    def __init__(self, number: int, sock: socket.socket, trace: Trace, patience: float) -> None:
        self.number = number
        self.patience = patience
        self.is_open = True
        self.request: RequestHead | None = None
        """The request of the handshake, once one was sent."""
        self.is_websocket = False
        self.inflater: Inflater | None = None
        self.has_sent_close = False
        self._socket = RecordedSocket(sock, trace)
        self._buffer = bytearray()
        self._read = 0
        self._reader: FrameReader | None = None
        self._message: tuple[Opcode, bytearray, bytearray] | None = None
        self._end: Came | None = None

    # -- sending

    def send(self, data: bytes) -> None:
        """Send all of `data`; what the server does not take within the patience, or any more, is not an error here."""
        if self.request is None and (head := _request(data)) is not None:
            self.request = head
        try:
            self._socket.settimeout(self.patience)
            self._socket.sendall(data)
        except (TimeoutError, OSError):
            pass  # whether that is right is decided by what comes back

    def end(self, *, is_reset: bool = False) -> None:
        """End the connection; a second call does nothing."""
        self.is_open = False
        with contextlib.suppress(OSError):
            if is_reset:
                self._socket.reset()
            else:
                self._socket.close()

    # -- receiving

    def next(self, seconds: float) -> Came:
        """Return what comes next, within `seconds`."""
        deadline = time.monotonic() + seconds
        while True:
            if (came := self._take()) is not None:
                return came
            if self._end is not None:
                return self._end
            if not self._receive(deadline - time.monotonic()):
                return Came("nothing") if not self._buffer else Came("nothing", raw=bytes(self._buffer[:64]))

    def _receive(self, seconds: float) -> bool:
        """Read once; return False when nothing came in time."""
        if seconds <= 0 and seconds > -1:
            seconds = 0.001
        try:
            self._socket.settimeout(max(seconds, 0.001))
            data = self._socket.recv(READ)
        except (TimeoutError, ssl.SSLWantReadError):
            return False
        except OSError:
            self._end = Came("reset")
            return True
        if not data:
            self._end = Came("end")
        self._read += len(data)
        self._buffer += data
        if self._read > FLOOD:
            self._buffer.clear()
            self._end = Came("flood")
        return True

    def _take(self) -> Came | None:
        if not self._buffer:
            return None
        try:
            return self._take_frames() if self.is_websocket else self._take_head()
        except PacketError as exc:
            raw = bytes(self._buffer)
            self._buffer.clear()
            self._end = Came("broken", raw=raw[:4096], error=exc)
            return self._end

    def _take_head(self) -> Came | None:
        found = parse_response(bytes(self._buffer))
        if found is None:
            return None
        head, end = found
        raw = bytes(self._buffer[:end])
        del self._buffer[:end]
        if head.status == 101:
            self.is_websocket = True
        return Came("answer", head=head, raw=raw)

    def _take_frames(self) -> Came | None:
        if self._reader is None:
            self._reader = FrameReader(False, self.inflater)
        while (accepted := self._reader.read(self._buffer)) is not None:
            raw, frame = bytes(self._buffer[: accepted.end]), accepted.frame
            del self._buffer[: accepted.end]
            opcode = Opcode(frame.opcode)
            if frame.is_control:
                return Came(opcode.name.lower(), opcode, frame.payload, raw)
            content = frame.payload if accepted.inflated is None else accepted.inflated
            if self._message is None:
                self._message = (opcode, bytearray(), bytearray())
            first, whole, all_raw = self._message
            whole += content
            all_raw += raw
            if frame.fin:
                self._message = None
                return Came("message", first, bytes(whole), bytes(all_raw))
        return None


def _request(data: bytes) -> RequestHead | None:
    with contextlib.suppress(PacketError):
        found = parse_request(data)
        return found[0] if found else None
    return None
