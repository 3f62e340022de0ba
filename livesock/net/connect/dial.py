"""`Dialer` and `RecordedStream`: connections of a client that lives on a loop, each byte in one trace.

    dialer.open() ──► RecordedStream 1    write ──► trace ──► kernel
                      RecordedStream 2    read  ◄── trace ◄── kernel

One session uses several connections, one after the other or at once. They share a trace, so that a session can be
followed from one to the next.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import ssl
import weakref
from typing import Any

from livesock.net.connect.recorded import address_of
from livesock.net.connect.urls import Target
from livesock.trace.recording import Trace, compact
from livesock.trace.states import ConnectionState

__all__ = ["Dialer", "RecordedStream"]

READ = 65_536
"""Bytes of one read at most."""


class Dialer:
    """Opens recorded connections to one target. Runs on the loop."""

    def __init__(self, target: Target, tls: ssl.SSLContext | None, trace: Trace) -> None:
        self.target = target
        self.trace = trace
        self._tls = tls
        self.numbers = itertools.count(1)
        self._transports: weakref.WeakSet[asyncio.WriteTransport] = weakref.WeakSet()

    async def open(self) -> RecordedStream:
        """Return a new connection. Raises `OSError` if there is none."""
        name = self.target.host if self._tls is not None else None
        reader, writer = await asyncio.open_connection(
            self.target.host, self.target.port, ssl=self._tls, server_hostname=name
        )
        self._transports.add(writer.transport)
        return RecordedStream(reader, writer, self.trace, next(self.numbers))

    async def close(self) -> None:
        """Cut every connection that is still open; one over TLS may wait for the end of the other side."""
        for transport in list(self._transports):
            transport.abort()
        for _ in range(3):  # a socket is closed one turn of the loop later
            await asyncio.sleep(0)


class RecordedStream:
    """One connection. Over TLS the bytes above the encryption are recorded. Runs on the loop."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, trace: Trace, number: int) -> None:
        self._reader = reader
        self._writer = writer
        self._trace = trace
        self.number = number
        """What the trace calls it."""
        sock: Any = writer.get_extra_info("socket")
        peer = address_of(sock, peer=True)
        trace.peers[number] = (address_of(sock), peer)
        trace.add("=", number, ConnectionState.OPEN.note(peer))

    @property
    def is_over(self) -> bool:
        """Whether the peer has ended its direction, or the connection is closed."""
        return self._reader.at_eof() or self._writer.is_closing()

    async def read(self) -> bytes:
        """Return what has come, `b""` at the end of the stream. Raises `OSError` if the connection breaks."""
        data = await self._reader.read(READ)
        if data:
            self._trace.add("<", self.number, compact(data))
        elif not self._writer.is_closing():
            self._trace.add("=", self.number, ConnectionState.EOF.note("<"))
        return data

    def write(self, data: bytes) -> None:
        """Send `data`, or nothing once the connection is closed."""
        if data and not self._writer.is_closing():
            self._trace.add(">", self.number, data)
            self._writer.write(data)

    async def drain(self) -> None:
        """Wait until the peer has taken most of what was written."""
        with contextlib.suppress(OSError):  # the reader gets the error
            await self._writer.drain()

    def close(self) -> None:
        """Close it after everything that was written has left; a second call does nothing."""
        if not self._writer.is_closing():
            self._trace.add("=", self.number, ConnectionState.CLOSED.note())
            self._writer.close()

    def abort(self) -> None:
        """Close it at once; what was written may be lost."""
        if not self._writer.is_closing():
            self._trace.add("=", self.number, ConnectionState.CLOSED.note())
        self._writer.transport.abort()
