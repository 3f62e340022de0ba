"""`Front`: one port before several servers, which keeps each session on the server that knows it.

    GET …/?EIO=4&transport=polling            ──► the servers in turn; the answer names the session: 0{"sid":"…"
    GET, POST, WebSocket …&sid=…              ──► the server that has this session
    anything else                             ──► the servers in turn

One request of a connection at a time: all but a WebSocket are answered with `Connection: close`, so that the next one
is looked at again. It is small on purpose, and for one machine; docs/deploy.md shows nginx and HAProxy.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import OrderedDict
from collections.abc import Sequence
from urllib.parse import parse_qs

from livesock.net.http.web import split_target

__all__ = ["Front"]

MAX_HEAD = 65_536
"""Bytes of the head of a request."""

HEAD_TIMEOUT = 10.0
"""Seconds in which the head of a request comes; a connection without one is closed."""

MAX_SESSIONS = 100_000
"""Sessions whose server is remembered; the one that was used longest ago is forgotten first."""

PIECE = 65_536
"""Bytes that are passed on at once."""

_SID = re.compile(rb'0\{"sid":"([^"\\]{1,100})"')
_CONNECTION = re.compile(rb"\r\nconnection:[^\r\n]*", re.IGNORECASE)
_UPGRADE = re.compile(rb"\r\nupgrade:", re.IGNORECASE)

_GONE = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 24\r\nConnection: close\r\n\r\nno server answers here.\n"


class Front:
    """Listens on one port. Runs on one loop."""

    def __init__(self, ports: Sequence[int], host: str = "127.0.0.1") -> None:
        self._ports = list(ports)
        self._host = host
        self._next = 0
        self._places: OrderedDict[str, int] = OrderedDict()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, host: str, port: int) -> int:
        """Listen, and return the port."""
        self._server = await asyncio.start_server(self._take, host, port, limit=MAX_HEAD)
        found: int = self._server.sockets[0].getsockname()[1]
        return found

    async def stop(self) -> None:
        """Close the port and every connection."""
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def choose(self, head: bytes) -> list[int]:
        """Return the ports to try for a request, the best one first."""
        target = head.split(b" ", 2)[1].decode("latin-1") if head.count(b" ") > 1 else "/"
        sid = parse_qs(split_target(target)[1]).get("sid", [""])[0]
        if sid in self._places:
            self._places.move_to_end(sid)
            return [self._places[sid]]
        at, self._next = self._next, (self._next + 1) % len(self._ports)
        return self._ports[at:] + self._ports[:at]

    def learn(self, answer: bytes, port: int) -> None:
        """Remember the session that an answer names."""
        if (match := _SID.search(answer)) is not None:
            self._places[match[1].decode("latin-1")] = port
            while len(self._places) > MAX_SESSIONS:
                self._places.popitem(last=False)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            async with asyncio.timeout(HEAD_TIMEOUT):
                head = await reader.readuntil(b"\r\n\r\n")
            await self._pass_on(head, reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            pass  # the peer went, or sends no HTTP: there is nothing to answer
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _pass_on(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for port in self.choose(head):
            try:
                theirs, ours = await asyncio.open_connection(self._host, port)
            except OSError:
                self._forget(port)
                continue
            try:
                ours.write(head if _UPGRADE.search(head) else _closing(head))
                await asyncio.gather(_pump(reader, ours), self._answer(theirs, writer, port))
            finally:
                ours.close()
            return
        writer.write(_GONE)
        await writer.drain()

    async def _answer(self, theirs: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
        """Pass an answer on, and learn from its beginning; the connection ends with it."""
        begun = b""
        while piece := await theirs.read(PIECE):
            if len(begun) < PIECE:
                begun += piece
                self.learn(begun, port)
            writer.write(piece)
            await writer.drain()
        writer.close()

    def _forget(self, port: int) -> None:
        """A server is gone, and its sessions with it: their peers begin anew elsewhere."""
        for sid in [sid for sid, place in self._places.items() if place == port]:
            del self._places[sid]


def _closing(head: bytes) -> bytes:
    """Return the head of a request that is the last one of its connection."""
    return _CONNECTION.sub(b"", head[:-4]) + b"\r\nConnection: close\r\n\r\n"


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
