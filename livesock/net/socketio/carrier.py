"""`Carrier`: one WebSocket that carries a session, frames in and out.

    bytes ─┬─► websockets' ServerProtocol (rules, masks, closing) ─► frames ─► whole messages ─┬─► on_message
           └─► nothing but small whole texts, as nearly always: read at once ──────────────────┘
    send(message), or frames for its `writer` ─► end of the turn ─► StallGuard ─► tap ─► kernel

The Sans-I/O half of `websockets` knows the protocol and has no clock; timers, back-pressure and UTF-8 are handled here.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import cast

from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import OPEN, SEND_EOF
from websockets.server import ServerProtocol

from livesock.errors import PacketError
from livesock.net.http.site import BufferedChannel, Site
from livesock.net.http.slow_peers import StallGuard, waiting_in_kernel
from livesock.net.http.websocket import logger, too_big
from livesock.net.loop.gate import Gate
from livesock.net.socketio.turn import TurnWriter
from livesock.realtime.actions import POLICY
from livesock.wire.frame import masked_size, small_texts
from livesock.wire.messages import Assembler

__all__ = ["Carrier"]

CLOSE_TIMEOUT = 2.0
"""Seconds that a peer has to answer our close frame."""

MAX_CONTROL = 10_000
"""Pings and pongs between two messages. A session's own heartbeat is a message, so more of them are a flood."""

PART = 8192
"""Bytes that are read at once. They may be a thousand frames; then the other connections have a turn."""

DATA = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)
"""The frames that messages are made of."""


class Carrier(BufferedChannel):
    """Speaks WebSocket on a connection that the HTTP channel has handed over. Runs on the loop."""

    __slots__ = (  # in the order in which a delivery reads them: see `Member`
        *("is_open", "is_writable", "transport", "number", "writer", "guard"),
        *("_name", "_site", "_on_message", "_on_lost", "_on_reading", "_protocol", "_messages", "_small", "_control"),
        *("_begun", "_late", "_next", "_gone", "_is_held", "_has_ended", "_timer", "_early"),
    )

    def __init__(
        self,
        site: Site,
        writer: TurnWriter,
        number: int,
        name: str,
        max_size: int,
        on_message: Callable[[str | bytes], None],
        on_lost: Callable[[str], None],
        on_reading: Callable[[], None],
    ) -> None:
        self.number = number
        self.writer = writer
        self._name = name
        self._site = site
        self._on_message = on_message
        self._on_lost = on_lost
        self._on_reading = on_reading
        self._protocol = ServerProtocol(max_size=max_size, logger=logger)
        self._messages = Assembler(max_size=max_size)
        # Bytes in which each message is small enough; none if the library is to log what comes.
        self._small = 0 if logger.isEnabledFor(logging.DEBUG) else min(max_size, PART)
        self._control = self._begun = 0  # the latter: bytes that the protocol holds of a frame whose end has not come
        self._late = b""  # received, and waiting for its turn
        self._next: asyncio.Handle | None = None  # when that turn comes
        self._gone = Gate(is_open=False)
        self._is_held = self._has_ended = False
        self._timer: asyncio.TimerHandle | None = None
        self.is_open = False
        """Whether a message may still be sent."""
        self.is_writable = True
        """Whether the peer reads as fast as we write: the condition for a volatile event."""

    # -- the transport's callbacks

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.guard = StallGuard(self.transport, self._site.limits, self._dropped)

    def begin(self, received: bytes) -> None:
        """Answer the handshake, which is in the trace already; `received` begins with its head."""
        head, end, early = received.partition(b"\r\n\r\n")
        self._protocol.receive_data(head + end)
        for event in self._protocol.events_received():
            assert isinstance(event, Request)
            self._protocol.send_response(self._protocol.accept(event))
            event.headers.clear()  # the protocol keeps the request for ever: 2 kB of 15
        self._flush()
        self.writer.flush()
        self._early = early

    def listen(self) -> None:
        """Read the frames that came glued to the handshake, and those that follow."""
        early, self._early = self._early, b""
        self._arrived(early)

    def data_received(self, data: bytes) -> None:
        """The single place where bytes of this connection arrive."""
        self._site.trace.add("<", self.number, data)
        self._arrived(data)

    def eof_received(self) -> bool:
        self._site.ended(self.number)
        self._has_ended = True
        if self._late:
            return True  # first what waits, then the end; TLS can hand over both at once
        self._end()
        return False

    def _end(self) -> None:
        self._protocol.receive_eof()
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        self._protocol.receive_eof()
        self.is_open = False
        self.guard.resumed()
        self._late = b""
        for handle in filter(None, (self._next, self._timer)):
            handle.cancel()
        self._site.closed(self.number, exc)
        self._gone.set()
        self._on_lost("")

    def pause_writing(self) -> None:
        self.is_writable = False
        self._read()
        self.guard.paused()

    def resume_writing(self) -> None:
        self.is_writable = True
        self._read()
        self._on_reading()
        self.guard.resumed()

    def hold(self, held: bool) -> None:
        """Stop reading, or read again. While we do not read, TCP stops the peer."""
        self._is_held = held
        self._read()

    @property
    def is_reading(self) -> bool:
        """Whether everything that came has been read."""
        return self.is_writable and not self._is_held and not self._late

    def _read(self) -> None:
        """Read, unless we are held or the peer does not read: its pings would make us write pongs without end."""
        if self._is_held or not self.is_writable:
            self.transport.pause_reading()
        elif self._late:
            self.transport.pause_reading()
            if self._next is None:
                self._next = asyncio.get_running_loop().call_soon(self._read_on)
        else:
            self.transport.resume_reading()

    # -- frames in

    def _arrived(self, data: bytes) -> None:
        if self._late:
            self._late += data
        elif len(data) <= PART:
            self._receive(data)
        else:
            self._late = data
            self._read_on()

    def _read_on(self) -> None:
        """Read some of what waits; the rest comes after the other connections."""
        self._next = None
        if not self._is_held and self.is_writable:
            part, self._late = self._late[:PART], self._late[PART:]
            self._receive(part)
        if self._has_ended and not self._late:
            self._end()
            self.transport.close()
        else:
            self._read()

    def _receive(self, data: bytes) -> None:
        """Take the frames in `data`. Between two messages small texts need none of what the protocol is for.

        7 us of CPU for each message less, of 39 that an answered question cost.
        """
        is_plain = len(data) <= self._small and not self._begun and self._messages.is_between and self.is_open
        texts = small_texts(data) if is_plain else None
        if texts is None:
            return self._parse(data)
        self._control = 0
        for text in texts:
            self._on_message(text)

    def _parse(self, data: bytes) -> None:
        before = self._protocol.parser_exc  # it stays, and the rest of what broke a rule still comes
        self._protocol.receive_data(data)
        events = self._protocol.events_received()
        self._flush()
        self._begun += len(data)
        for event in events:  # those that came before a broken one count
            assert isinstance(event, Frame)
            self._begun -= masked_size(len(event.data))
            if event.opcode in DATA:
                self._control = 0
                self._assemble(event)
            elif event.opcode is not Opcode.CLOSE:
                self._control += 1
                if self._control > MAX_CONTROL:
                    self._fail(POLICY, f"more than {MAX_CONTROL} pings and pongs came without a message")
        if self._protocol.parser_exc is not None and before is None:
            self._lose(self._protocol.parser_exc)  # at once: the peer may take its time to answer our close frame

    def _assemble(self, frame: Frame) -> None:
        try:
            message = self._messages.add(frame.opcode, bytes(frame.data), frame.fin)
        except PacketError as exc:
            self._fail(exc.code or 1002, exc.rule, exc)
        else:
            if message is not None:
                self._on_message(message)

    def _fail(self, code: int, reason: str, exc: Exception | None = None) -> None:
        if self.is_open:
            self._protocol.fail(code, reason)
            self._flush()
            self._lose(exc or ValueError(reason))

    def _lose(self, exc: BaseException) -> None:
        """End the session because of what came; `on_disconnect` learns why if the message was only too big."""
        reason = too_big(exc)
        self._site.refused(self._name, self.number, ValueError(reason) if reason else exc)
        self._on_lost(reason or "transport error")

    # -- frames out

    @property
    def unsent(self) -> int:
        """Bytes that were sent and that the peer's system has not taken yet: here, and in our kernel."""
        if self.transport.is_closing():
            return 0
        return self.writer.unsent(self) + self.transport.get_write_buffer_size() + waiting_in_kernel(self.transport)

    def send(self, message: str | bytes) -> None:
        """Send one message; nothing happens once the connection is closing."""
        if self.is_open:
            if isinstance(message, str):
                self._protocol.send_text(message.encode())
            else:
                self._protocol.send_binary(message)
            self._flush()

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Begin the closing handshake; a peer that does not answer it is cut off after `CLOSE_TIMEOUT` seconds."""
        if self.is_open:
            self._protocol.send_close(code, reason)
            self._flush()

    async def say_goodbye(self) -> None:
        """Close with 1001, because the server stops, and wait until the connection is gone."""
        self.close(1001, "server shutting down")
        await self._gone.wait()

    def _flush(self) -> None:
        """Write what the protocol wants to send. Called after each change of its state."""
        self.is_open = self._protocol.state is OPEN
        for data in self._protocol.data_to_send():
            if data is not SEND_EOF:
                self.writer.write([self], data)
                continue
            self.writer.flush()
            if self.transport.can_write_eof() and not self.transport.is_closing():
                with contextlib.suppress(OSError):  # the peer is gone already
                    self.transport.write_eof()
            else:
                self.transport.close()
        if self._timer is None and self._protocol.close_expected():
            self._timer = asyncio.get_running_loop().call_later(CLOSE_TIMEOUT, self.transport.abort)

    def _dropped(self, reason: str) -> None:
        self._site.slow(self._name, self.number, reason)
        self._on_lost("too slow")
