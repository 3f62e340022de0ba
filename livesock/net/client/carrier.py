"""`ClientCarrier`: a WebSocket of a client that lives on a loop; the other end of a `Carrier`.

    stream ──► ClientProtocol (opening, masks, pongs, closing) ──► frames ──► whole messages ──► on_message
    send(message) ──► ClientProtocol ──► stream

The Sans-I/O half of `websockets` knows the protocol and has no clock; connecting, time and UTF-8 are handled here.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidHandshake
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import CONNECTING, OPEN, SEND_EOF
from websockets.uri import parse_uri

from livesock.errors import HandshakeError, PacketError
from livesock.net.connect.advice import handshake_error
from livesock.net.connect.dial import Dialer, RecordedStream
from livesock.net.loop.masked import MASK
from livesock.wire.messages import Assembler

__all__ = ["ClientCarrier"]

logger = logging.getLogger("livesock.socket")
logger.addFilter(MASK)

MAX_MESSAGE = 16 * 2**20
"""Bytes of one message, at most; a longer one closes the connection with 1009."""

ORDINARY = (1000, 1001, 1005, 1006)
"""Close codes that say no more than that it is over."""

CLOSE_TIMEOUT = 1.0
"""Seconds that the server has to answer our close frame."""


class ClientCarrier:
    """Speaks WebSocket to one server. Runs on the loop."""

    def __init__(self, dialer: Dialer, url: str, headers: list[tuple[str, str]]) -> None:
        self._dialer = dialer
        self._headers = headers
        self._protocol = ClientProtocol(parse_uri(url), max_size=MAX_MESSAGE, logger=logger)
        self._stream: RecordedStream | None = None
        self._early: list[Frame] = []
        self._messages = Assembler(max_size=MAX_MESSAGE)
        self._timer: asyncio.TimerHandle | None = None
        self._largest = 0  # bytes of a message that we sent

    async def open(self) -> None:
        """Connect and shake hands.

        Raises:
            OSError: If there is no connection.
            HandshakeError: If the server answered with anything but a correct 101.
        """
        self._stream = await self._dialer.open()
        request = self._protocol.connect()
        for name, value in self._headers:
            request.headers[name] = value
        self._protocol.send_request(request)
        self._flush()
        response: Response | None = None
        while self._protocol.handshake_exc is None and self._protocol.state is CONNECTING:
            await self._read()
            for event in self._protocol.events_received():
                if isinstance(event, Response):
                    response = event
                elif isinstance(event, Frame):
                    self._early.append(event)  # it came glued to the 101
        if self._protocol.handshake_exc is not None:
            self.abort()
            raise self._error(self._protocol.handshake_exc, request, response)

    def _error(self, exc: Exception, request: Request, response: Response | None) -> HandshakeError:
        wrapped = exc if isinstance(exc, InvalidHandshake) else InvalidHandshake(str(exc))
        target = replace(self._dialer.target, path=request.path)  # the path of the URL was the namespace
        assert self._stream is not None
        return handshake_error(wrapped, request, response, target, self._dialer.trace, self._stream.number)

    async def listen(
        self, on_message: Callable[[str | bytes], None], may_read: Callable[[], Awaitable[object]]
    ) -> None:
        """Hand over each message until the connection is gone. `may_read` is awaited before each read."""
        for frame in self._early:
            self._take(frame, on_message)
        while not self._is_gone:
            await may_read()
            with contextlib.suppress(OSError):  # a reset ends it as well
                await self._read()
            for event in self._protocol.events_received():
                if isinstance(event, Frame):
                    self._take(event, on_message)
        self.abort()

    @property
    def why_closed(self) -> str:
        """Why the WebSocket was closed: code, meaning and reason; an empty string for an ordinary end."""
        protocol = self._protocol
        by_us = not protocol.close_rcvd_then_sent and protocol.close_sent is not None
        close = protocol.close_sent if by_us else protocol.close_rcvd
        if close is None or close.code in ORDINARY:
            return ""
        sizes = (
            f"; the largest message that we sent has {self._largest} bytes" if close.code == 1009 and not by_us else ""
        )
        return f"{'we' if by_us else 'the server'} closed with {close}{sizes}"

    @property
    def _is_gone(self) -> bool:
        return self._stream is None or self._stream.is_over

    async def _read(self) -> None:
        assert self._stream is not None
        data = b""
        try:
            data = await self._stream.read()
        finally:
            if data:
                self._protocol.receive_data(data)
            else:
                self._protocol.receive_eof()
            self._flush()

    def _take(self, frame: Frame, on_message: Callable[[str | bytes], None]) -> None:
        """Put messages together; ping, pong and close are the library's affair."""
        if frame.opcode not in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            return
        try:
            message = self._messages.add(frame.opcode, bytes(frame.data), frame.fin)
        except PacketError as exc:
            self._fail(exc.code or 1002, exc.rule)
        else:
            if message is not None:
                on_message(message)

    def _fail(self, code: int, reason: str) -> None:
        if self._protocol.state is OPEN:
            self._protocol.fail(code, reason)
            self._flush()

    def send(self, message: str | bytes) -> None:
        """Send one message; nothing happens once the connection is closing."""
        if self._protocol.state is not OPEN:
            return
        data = message.encode() if isinstance(message, str) else message
        self._largest = max(self._largest, len(data))
        if isinstance(message, str):
            self._protocol.send_text(data)
        else:
            self._protocol.send_binary(data)
        self._flush()

    async def drain(self) -> None:
        """Wait until the server has taken most of what was sent."""
        if self._stream is not None:
            await self._stream.drain()

    def close(self) -> None:
        """Begin the closing handshake; after `CLOSE_TIMEOUT` seconds without an answer the connection is cut."""
        if self._protocol.state is OPEN:
            self._protocol.send_close(1000)
            self._flush()
        elif self._timer is None:
            self.abort()

    def abort(self) -> None:
        """End the connection at once."""
        if self._timer is not None:
            self._timer.cancel()
        if self._stream is not None:
            self._stream.abort()

    def _flush(self) -> None:
        assert self._stream is not None
        for data in self._protocol.data_to_send():
            if data is not SEND_EOF:
                self._stream.write(data)
            else:
                self._stream.close()
        if self._timer is None and self._protocol.close_expected():
            self._timer = asyncio.get_running_loop().call_later(CLOSE_TIMEOUT, self._stream.abort)
