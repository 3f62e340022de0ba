"""`Site`: what all connections of one server share. Routes, rules, trace, errors, and the open connections.

It is touched by the loop's thread only, except where a comment says otherwise; `Server` is its face to other threads.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Protocol

from livesock.errors import PeerRefused
from livesock.net.http.access import Access
from livesock.net.http.habits import PEER, refused_in_a_page
from livesock.net.http.limits import Limits
from livesock.net.http.routes import find, pages_at
from livesock.net.http.web import Body, HttpRequest, Response, a_part_of_a_page, split_target, to_response
from livesock.net.loop.failures import Failures
from livesock.net.loop.habits import Hinting
from livesock.trace.recording import Trace
from livesock.trace.states import ConnectionState
from livesock.wire.quote import one_line

__all__ = ["BufferedChannel", "HttpRoute", "Peer", "Site", "WebSocketRoute"]

BUFFER = 2**18
"""Bytes that a connection reads at once, at most."""

logger = logging.getLogger("livesock.server")


class WebSocketRoute(Protocol):
    """Takes over the connections that ask for WebSocket at a path."""

    def take(self, site: Site, number: int, transport: asyncio.Transport, target: str, received: bytes) -> None:
        """Take `transport` over: set another protocol on it and give it what was `received`, head first.

        The head is a valid handshake for `target`, unless the route checks that itself, and all of `received` is in
        the trace already. Raises `Refusal`, before anything was written, to have the request answered with an error.
        """

    @property
    def checks_itself(self) -> bool:
        """Whether the route wants requests that are not valid handshakes, too."""


@dataclass(frozen=True, slots=True)
class HttpRoute:
    """A method and path that `handler(request)` answers; a plain function runs on a thread of its own."""

    method: str
    path: str
    handler: Callable[[Any], Any]
    is_patient: bool = True
    """Whether a peer that ends its direction still gets its answer; otherwise it counts as gone."""
    is_folder: bool = False
    """Whether its address without the last slash leads to it, as links in a folder's page need the slash."""


@dataclass(frozen=True, slots=True)
class Peer(Hinting):
    """One open connection."""

    _habits: ClassVar[Mapping[str, str]] = PEER

    connection: int
    """Its number in the trace."""
    address: str
    protocol: str
    """`"http"` or `"websocket"`."""
    path: str
    """The path of the WebSocket route, or of the last HTTP request."""
    latency: float | None = None
    """Seconds that the newest pong of a raw WebSocket took; None before the first, and where no ping is sent."""
    heard: float | None = None
    """Seconds since the last byte came on a raw WebSocket; None for other connections."""


@dataclass
class Site:
    """The state behind one port."""

    name: str
    access: Access
    limits: Limits
    trace: Trace
    websockets: dict[str, WebSocketRoute] = field(default_factory=dict)
    pages: dict[tuple[str, str], HttpRoute] = field(default_factory=dict)
    failures: Failures = field(default_factory=lambda: Failures(logger))
    dropped: int = 0
    """Peers that were dropped because they did not read."""
    is_serving: bool = True
    is_over: bool = False
    """Whether the loop ends: who comes now is cut."""
    tasks: dict[asyncio.Task[None], bool] = field(default_factory=dict)
    """Handlers that run, and whether they are left to end by themselves when their connection has."""
    _open: dict[int, tuple[Any, str, str]] = field(default_factory=dict)  # channel, protocol, path
    _last: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    buffer: memoryview = field(default_factory=lambda: memoryview(bytearray(BUFFER)))
    """Where received bytes land, before each connection takes its own."""

    # -- connections

    def opened(self, channel: Any, transport: asyncio.BaseTransport) -> int:
        """Give the connection its number and record that it opened."""
        self._last += 1
        number = self._last
        local, remote = (address(transport.get_extra_info(key)) for key in ("sockname", "peername"))
        self.trace.peers[number] = (sys.intern(local), remote)  # all of a server's connections share the first
        self.trace.add("=", number, ConnectionState.OPEN.note(remote))
        with self._lock:
            self._open[number] = (channel, "http", "")
        return number

    def became(self, number: int, channel: Any, protocol: str, path: str) -> None:
        """Note what the connection speaks now, and which object speaks it."""
        with self._lock:
            if number in self._open:
                self._open[number] = (channel, protocol, path)

    def ended(self, number: int) -> None:
        """Record that the peer sends no more."""
        self.trace.add("=", number, ConnectionState.EOF.note("<"))

    def closed(self, number: int, exc: BaseException | None) -> None:
        """Record that the connection is gone."""
        with self._lock:
            if self._open.pop(number, None) is None:
                return
        state = ConnectionState.RESET if isinstance(exc, ConnectionResetError) else ConnectionState.CLOSED
        self.trace.add("=", number, state.note())

    @property
    def peers(self) -> list[Peer]:
        """The open connections (any thread)."""
        known = self.trace.peers
        with self._lock:
            return [
                Peer(n, known.get(n, ("", "?"))[1], protocol, path, *pulse_of(channel))
                for n, (channel, protocol, path) in self._open.items()
            ]

    def channels(self) -> Iterator[Any]:
        """The protocol objects of the open connections (any thread; a snapshot)."""
        with self._lock:
            return iter([channel for channel, _, _ in self._open.values()])

    @property
    def is_full(self) -> bool:
        """Whether one connection more than allowed is open."""
        return len(self._open) > self.limits.max_connections

    # -- answers and handlers

    def page(self, request: HttpRequest) -> tuple[HttpRoute, HttpRequest] | None:
        """Return what answers a request, and the request with the parameters of its path; None if nothing does."""
        method = "GET" if request.method == "HEAD" else request.method
        pages = pages_at(list(self.pages), request.target)
        found = find([path for other, path in pages if other == method], request.target)
        route = self.pages.get((method, found[0])) if found else None  # another thread may have taken it away
        if (route is None or route.is_folder) and (to := self._with_slash(method, request.target)):
            return HttpRoute(method, request.path, lambda _: Response(status=301, headers={"Location": to})), request
        return (route, replace(request, path_params=found[1])) if found and route else None

    def _with_slash(self, method: str, target: str) -> str:
        """Return where the folder is whose address was asked for without its last slash; empty if there is none."""
        path, query = split_target(target)
        folder = self.pages.get((method, f"{path}/{{*}}"))
        return f"{path}/{'?' if query else ''}{query}" if folder is not None and folder.is_folder else ""

    def answer(self, route: HttpRoute, result: object) -> Response | Body:
        """Return what a page's handler returned as an answer, and note what other libraries would send as HTML."""
        if (warning := a_part_of_a_page(result)) is not None:
            self.failures.note(("part", route.path), f"{route.method} {route.path}", warning)
        return to_response(result, self.limits.handler_patience)

    def is_page(self, target: str) -> bool:
        """Whether a page is served at this target, with any method."""
        return find([path for _, path in list(self.pages)], target) is not None

    def websocket(self, target: str) -> WebSocketRoute | None:
        """Return what takes WebSockets over at this target."""
        found = find(list(self.websockets), target)
        return self.websockets.get(found[0]) if found else None

    def no_page(self, request: HttpRequest) -> Response:
        """Answer a request for a path or method without a handler: at once, with the methods that there are."""
        pages = pages_at(list(self.pages), request.target)
        methods = ", ".join(sorted({method for method, path in pages if find([path], request.target)}))
        if not methods:
            other = path.removesuffix("/") if (path := request.path).endswith("/") else f"{path}/"
            near = f"; there is one at {other!r:.100}" if other and self.is_page(other) else ""
            return Response(f"no page is served at this path{near}\n", status=404)
        if request.method != "OPTIONS":
            return Response(f"this path takes only {methods}\n", status=405, headers={"Allow": methods})
        asked = request.headers.get("access-control-request-headers", "")
        allowed = {"Access-Control-Allow-Methods": methods, "Access-Control-Allow-Headers": asked}
        return Response(status=204, headers={"Allow": methods} | (allowed if "origin" in request.headers else {}))

    def start(self, coroutine: Any) -> asyncio.Task[None]:
        """Run a handler as a task that the server ends when it stops."""
        self.keep(task := asyncio.get_running_loop().create_task(coroutine))
        return task

    def keep(self, task: asyncio.Task[None], *, ends_itself: bool = False) -> None:
        """Remember a task until it is done, so that the server can end it when it stops."""
        self.tasks[task] = ends_itself
        task.add_done_callback(self.tasks.pop)

    def failed(self, where: str, connection: int, exc: BaseException) -> None:
        """Keep and log an exception that left a handler."""
        self.failures.add(where, connection, exc)

    def failure(self, request: HttpRequest, connection: int, exc: BaseException) -> Response:
        """Keep and log what the handler of a page raised, and return the answer."""
        fault, where = request.fault(exc), f"{request.method} {request.path}"
        if fault is None:
            refused_in_a_page(exc)
            self.failed(where, connection, exc)
        else:
            self.refused(where, connection, PeerRefused("{}: {}".format(*fault)))
            return Response({"detail": fault[1]}, status=fault[0])  # as clients of FastAPI read it
        return Response("the handler failed; server.errors says why\n", status=500, type="text/plain")

    def refused(self, where: str, connection: int, exc: BaseException) -> None:
        """Keep why a peer was turned away, or what ended its connection or session, without its bytes.

        `where` is what it asked for: `websocket /echo`, `POST /page`, `session abc123…`. Those of one kind within a
        second are one entry, which names the latest peer.
        """
        peer = self.trace.peers.get(connection, ("", ""))[1]
        text = f"{exc}, from {peer}" if peer else str(exc)
        kind = ("session" if where.startswith("session ") else where, str(exc)[:200])
        self.failures.refuse(kind, where, connection, PeerRefused(text))

    def turned_away(self, request: Any, connection: int, answer: Response, note: str) -> None:
        """Keep why a request was refused, in the words of `note`; `request` is None if its head could not be read."""
        if answer.status == 500:
            return  # the exception of a route's `handshake`, which is kept already
        where, came = "connection", ""
        if request is not None:
            path = split_target(request.target.decode("latin-1"))[0]
            where = one_line(f"{request.method.decode('latin-1')} {path}", 60)
            origin = dict(request.headers).get(b"origin", b"").decode("latin-1")
            came = one_line(f" (Origin: {origin})", 100) if answer.status == 403 and origin else ""
        text = note or f"{answer.status}: {str(answer.body).strip()}"
        self.refused(where, connection, PeerRefused(text + came))

    def slow(self, where: str, connection: int, reason: str) -> None:
        """Count and keep a peer that was dropped because it did not read."""
        self.dropped += 1
        exc = ConnectionAbortedError(reason)
        self.failures.refuse(("slow", where, reason), where, connection, exc, level=logging.WARNING)


class BufferedChannel(asyncio.BufferedProtocol):
    """A protocol that reads into the buffer of its `_site`, and hands a copy of what came to `data_received`.

    asyncio reads into a fresh buffer of 256 KiB each time and shrinks it; for so large a block many systems map and
    unmap pages. A message of 20 bytes cost 18 us that way, and 4 us in a buffer that stays (measured: Linux, Python
    3.11). All connections of a server share the buffer: the loop fills it and tells us in one step.
    """

    __slots__ = ()

    _site: Site

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where the loop may put what comes next."""
        return self._site.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """The loop has put `nbytes` there."""
        self.data_received(bytes(self._site.buffer[:nbytes]))

    def data_received(self, data: bytes) -> None:
        """The single place where bytes of the connection arrive."""
        raise NotImplementedError


def address(name: Any) -> str:
    """`("127.0.0.1", 80)` gives `127.0.0.1:80`; an IPv6 address is put in brackets."""
    if not isinstance(name, tuple):
        return str(name or "?")
    host, port = name[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def pulse_of(channel: Any) -> tuple[float | None, float | None]:
    """Return the latency of a raw WebSocket, and how many seconds ago it was heard; None for other connections."""
    heard_at = getattr(channel, "heard_at", None)
    if heard_at is None:
        return None, None
    return channel.latency or None, time.monotonic() - heard_at
