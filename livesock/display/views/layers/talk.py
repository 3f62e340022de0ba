"""`Talk`: an open WebSocket with a listener on its line; what one message was at each layer.

client ──► its recording: frames ──► (TLS) ──► the listener's recording: bytes on the line ──► server
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from livesock.client import Connection, connect
from livesock.errors import PacketError
from livesock.net.netsim.netsim import NetSim, netsim
from livesock.server import Server, serve
from livesock.wire.tls import decode_record, server_name

__all__ = ["LayeredMessage", "Talk"]

PATIENCE = 3.0
"""Seconds that we wait for the echo: some ms on loopback."""

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class LayeredMessage:
    """One message at each layer."""

    text: str
    frame: bytes
    """What the client wrote: above TLS."""
    line: bytes
    """What passed the listener."""
    request: bytes
    """The HTTP request with which the connection began, and its answer."""
    response: bytes
    name: str
    """The server's name, if the listener can read it."""
    heard: bool
    """Whether the listener can read the message's text or its HTTP request."""


class Talk:
    """One connection, opened when it is first needed. Used by one thread."""

    def __init__(self, tls: bool) -> None:
        self.tls = tls
        self._server: Server | None = None
        self._line: NetSim | None = None
        self._ws: Connection | None = None

    def say(self, text: str) -> LayeredMessage:
        """Send a text, wait for its echo, and return what it was.

        Raises:
            OSError, LivesockError: If the connection is gone, or no echo came.
        """
        ws, line = self._open()
        before, passed = len(ws.trace.data(">")), len(line.trace.data("<"))
        ws.send(text)
        ws.recv(timeout=PATIENCE)
        written, on_line = ws.trace.data(">"), line.trace.data("<")
        request = written.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        response = ws.trace.data("<").partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        return LayeredMessage(
            text, written[before:], on_line[passed:], request, response, _name_in(on_line), request[:8] in on_line
        )

    def close(self) -> None:
        """End the connection, the line and the server; a second call does nothing."""
        if self._ws is not None:
            self._ws.close_socket()
        for running in (self._line, self._server):
            if running is not None:
                running.stop()

    def _open(self) -> tuple[Connection, NetSim]:
        if self._ws is not None and self._line is not None and self._is_running():
            return self._ws, self._line
        self.close()
        self._server = serve(f"layers {next(_numbers)}", tls=self.tls)
        self._server.websocket("/diary")(_note)
        self._line = netsim(self._server)
        self._ws = connect(self._line.url("/diary").replace("127.0.0.1", "localhost"))
        return self._ws, self._line

    def _is_running(self) -> bool:
        return (
            self._server is not None
            and self._server.is_running
            and self._ws is not None
            and self._ws.close_code is None
        )


async def _note(ws: object) -> None:
    async for page in ws:  # type: ignore[attr-defined]  # a connection of websockets
        await ws.send(f"noted: {page}")  # type: ignore[attr-defined]


def _name_in(on_line: bytes) -> str:
    try:
        found = decode_record(on_line)
    except PacketError:
        return ""
    return (server_name(found[0].fragment) or "") if found else ""
