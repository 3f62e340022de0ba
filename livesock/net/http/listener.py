"""`Listener`: the listening socket, and the end of everything that came through it.

Stopping has a bound. Whatever the peers and the handlers do, after `timeout` seconds the port is free:

    1. accept no more connections    2. close: WebSockets with 1001, polls and idle connections
    3. wait, briefly, for the peers and for what handlers have to clean up   4. cancel and abort what is left
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
import ssl
from typing import Any

from livesock.errors import PortInUse
from livesock.net.http.site import Site
from livesock.net.loop.turns import end

__all__ = ["Listener", "bind"]

BACKLOG = 512
"""Connections that may wait to be accepted: a class that presses Run at once."""


LEAVE_OUT = 'leave host out for 127.0.0.1, or write host="0.0.0.0" for all addresses of this machine'


def bind(host: str, port: int, *, settle: bool = False) -> socket.socket:
    """Return a TCP socket bound to `host` and `port` (0 takes a free one); the caller closes it.

    With `settle` a port that is taken is no error: a free one will do.

    Raises:
        PortInUse: If another program or notebook has the port.
        OSError: If the host is not an address of this machine.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as exc:
        raise OSError(exc.errno, f"{host} is no name of this machine: {LEAVE_OUT}") from exc
    family, _, _, _, where = found[0]
    # The protocol is named, because asyncio sets TCP_NODELAY only on sockets that say that they are TCP.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            # Without it a port stays taken for a minute after its last connection (TIME_WAIT). On Windows the same
            # option would let a second server share the port.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(where)
        sock.listen(BACKLOG)
    except OSError as exc:
        sock.close()
        if exc.errno == errno.EADDRINUSE and settle:
            return bind(host, 0)
        if exc.errno == errno.EADDRINUSE:
            raise PortInUse(
                f"port {port} on {host} is used by another program or another notebook: "
                "leave port out (0 takes a free one), or stop the other one"
            ) from exc
        if exc.errno == errno.EADDRNOTAVAIL:
            raise OSError(exc.errno, f"{host} is no address of this machine: {LEAVE_OUT}") from exc
        if exc.errno == errno.EACCES:  # also a range that Windows keeps for itself
            why = f"port {port} is kept for programs with more rights: take one above 1024, or leave port out"
            raise PermissionError(exc.errno, why) from exc
        raise
    sock.setblocking(False)
    return sock


class _Dropped(asyncio.Protocol):
    """A connection that cannot be served."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        transport.abort()


class Listener:
    """Accepts connections for a site. Every method runs on the loop."""

    def __init__(self, site: Site, sock: socket.socket, tls: ssl.SSLContext | None) -> None:
        self._site = site
        self._sock = sock
        self._tls = tls
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Begin to accept."""
        loop = asyncio.get_running_loop()
        options: dict[str, Any] = {}
        if self._tls is not None:
            options = {"ssl": self._tls, "ssl_handshake_timeout": self._site.limits.head_timeout}
        self._server = await loop.create_server(self._channel, sock=self._sock, backlog=BACKLOG, **options)

    def _channel(self) -> asyncio.Protocol:
        """Return what reads from a new connection. The first one of a process loads h11, which takes 8 ms of CPU."""
        try:
            from livesock.net.http.channel import HttpChannel

            return HttpChannel(self._site)
        except (
            Exception
        ) as exc:  # such as a file h11.py beside the notebook; asyncio would drop the peer without a word
            self._site.failed("connection", 0, exc)
            return _Dropped()

    async def stop(self, timeout: float) -> None:
        """Free the port and close every connection within about `timeout` seconds."""
        self._site.is_serving = False
        await self._accept_no_more()
        farewells = [asyncio.ensure_future(channel.say_goodbye()) for channel in self._site.channels()]
        tasks = self._site.tasks
        if ending := [*farewells, *(task for task, ends_itself in tasks.items() if ends_itself)]:
            await asyncio.wait(ending, timeout=timeout * 0.6)
        for task in tasks:
            end(task)
        if tasks:
            await asyncio.wait(list(tasks), timeout=timeout * 0.2)
        self.abort_all()
        await asyncio.sleep(0)  # connection_lost of the aborted ones

    def abort_all(self) -> None:
        """Abort every connection that is still open."""
        for channel in self._site.channels():
            channel.transport.abort()

    def end(self) -> None:
        """Accept no more and abort every connection: for a loop that ends before `stop()` could."""
        if self._server is not None:
            self._look_away(self._server.get_loop())
        self._site.is_over = True  # for those that asyncio has accepted and not made a transport of yet
        self.abort_all()

    def _look_away(self, loop: asyncio.AbstractEventLoop) -> None:
        """Leave those who come now to the system's queue, which resets them when the socket is closed."""
        with contextlib.suppress(NotImplementedError, ValueError):  # Windows' proactor loop; a socket closed already
            loop.remove_reader(self._sock)

    async def _accept_no_more(self) -> None:
        """Close the listening socket, after the connections that were accepted at this very moment.

        asyncio accepts in one turn of the loop and makes the transport in the next; a server that is closed between
        the two forgets the accepted socket, and its peer waits for ever.
        """
        if self._server is None:
            return
        self._look_away(self._server.get_loop())
        for _ in range(3):
            await asyncio.sleep(0)
        # Not wait_closed(): since Python 3.12 it waits for every connection, however long that takes.
        self._server.close()
