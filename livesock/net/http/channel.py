"""`HttpChannel`: one TCP connection for as long as it speaks HTTP/1.1.

    bytes ─► h11 ─► request head ─► Host, Origin, token? ─┬─► WebSocket upgrade: hand the connection over
                                                          └─► body ─► handler ─► answer ─► next request

Each request is decided by itself: a proxy may upgrade a connection that carried plain requests before. Until h11 has
a whole head, its bytes are kept; an upgrade replays them unchanged. Neither h11 nor this knows what an answer holds.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from collections.abc import Callable
from typing import cast

import h11

from livesock.errors import HandlerBusy
from livesock.net.http.answers import Answers, cross_origin
from livesock.net.http.asked.request import PeerAddress
from livesock.net.http.heads import (
    Refusal,
    check_handshake,
    check_size,
    explain,
    headers_of,
    refuse_ambiguity,
    target_of,
    tokens,
    too_big,
)
from livesock.net.http.site import Site
from livesock.net.http.slow_peers import StallGuard
from livesock.net.http.web import BUSY, Body, HttpRequest, Response, to_response
from livesock.net.loop.blocking import run_in_thread
from livesock.net.loop.turns import alone, end, ends_the_task
from livesock.trace.recording import compact

__all__ = ["CHUNKS", "HttpChannel"]


CHUNKS = 250
"""Parts of a body after which the others have their turn: a read of 256 KiB may hold 43,000, which took 180 ms."""


class HttpChannel(asyncio.Protocol):
    """Reads requests from one connection and answers them one after the other, in order."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._h11 = h11.Connection(h11.SERVER, max_incomplete_event_size=site.limits.max_head)
        self._answers = Answers(self._h11, self._write)
        self._head = bytearray()  # the head that is being read, as it came, and what came glued to it
        self._request: h11.Request | None = None
        self._body = bytearray()
        self._task: asyncio.Task[None] | None = None  # the handler that is answering
        self._timer: asyncio.TimerHandle | None = None
        self._origin: dict[str, str] = {}  # lets an allowed page read a refusal too
        self._lingering = False
        self._half_closed, self._is_patient = False, True  # by the peer; with a peer that does so

    # -- the transport's callbacks

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.number = self._site.opened(self, transport)
        self._guard = StallGuard(self.transport, self._site.limits, self._dropped)
        self._deadline(self._site.limits.head_timeout, self._too_late)
        if self._site.is_over:
            self.transport.abort()
        elif self._site.is_full:
            self._refuse(Refusal(503, f"more than {self._site.limits.max_connections} connections are open: try later"))

    def data_received(self, data: bytes) -> None:
        """The single place where bytes of this connection arrive."""
        self._site.trace.add("<", self.number, compact(data))
        if self._lingering:
            return
        if self._request is None:
            if not self._head:
                self._deadline(self._site.limits.head_timeout, self._too_late)
            self._head += data
        self._receive(data)

    def eof_received(self) -> bool:
        """The peer will send no more. It may still read (a half-close), so an answer under way gets a short grace."""
        self._site.ended(self.number)
        self._half_closed = True
        if self._task is None or self._lingering or not self._is_patient:
            return False
        self._deadline(self._site.limits.half_close_grace, self.transport.abort)
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self._deadline(None)
        self._guard.resumed()
        self._answers.writable.set()
        if self._task is not None:
            end(self._task)
        self._site.closed(self.number, exc)

    def pause_writing(self) -> None:
        self._answers.writable.clear()
        self._guard.paused()

    def resume_writing(self) -> None:
        self._answers.writable.set()
        self._guard.resumed()

    # -- reading a request

    def _receive(self, data: bytes) -> None:
        try:
            if data:
                self._h11.receive_data(data)
            self._advance()
            self._hold_pipelined()
        except Refusal as refusal:
            self._refuse(refusal)
        except h11.RemoteProtocolError as exc:
            self._refuse(explain(exc, None if self._request else self._head, self._site.limits))

    def _advance(self) -> None:
        """Take events from h11 until a whole request is here, or more bytes are needed, or others have their turn."""
        for _ in range(CHUNKS):
            if self._task is not None:
                return
            event = self._h11.next_event()
            if isinstance(event, h11.Request):
                self._begin(event)
            elif isinstance(event, h11.Data):
                self._body += event.data
                if len(self._body) > self._site.limits.max_body:
                    raise too_big(f"more than {len(self._body)}", self._site.limits)
            elif isinstance(event, h11.EndOfMessage) and self._request is not None:
                self._dispatch(self._request)
            else:  # more bytes are needed, or the connection is no longer ours
                if self._request is None:
                    check_size(self._head, self._site.limits)
                return
        self.transport.pause_reading()
        asyncio.get_running_loop().call_soon(self._go_on)

    def _go_on(self) -> None:
        if not self._lingering and not self.transport.is_closing():
            self.transport.resume_reading()
            self._receive(b"")

    def _begin(self, request: h11.Request) -> None:
        """Decide on a complete head: is the request allowed, and what is it for?"""
        check_size(self._head, self._site.limits)
        self._request = request
        if not request.http_version.startswith(b"1."):
            raise Refusal(505, "this port speaks HTTP/1.1 (RFC 9110, 15.6.6)")
        headers, target = headers_of(request), target_of(request)
        refuse_ambiguity(self._head, headers)
        if (refusal := self._site.access.refusal(target, headers)) is not None:
            raise Refusal(*refusal)
        self._origin = cross_origin(headers.get("origin"))
        self._answers.let_in = self._site.access.let_in(target)
        if self._wants_websocket(HttpRequest(request.method.decode(), target, headers)):
            return self._upgrade(target)
        if (size := int(headers.get("content-length", 0))) > self._site.limits.max_body:
            raise too_big(str(size), self._site.limits)
        if self._h11.they_are_waiting_for_100_continue:
            self._answers.go_on()
        self._deadline(self._site.limits.body_timeout, self._too_late)

    def _dispatch(self, request: h11.Request) -> None:
        self._deadline(None)
        method, body = request.method.decode(), bytes(self._body)
        name = self.transport.get_extra_info("peername")
        client = PeerAddress(*name[:2]) if isinstance(name, tuple) else None
        asked = HttpRequest(method, target_of(request), headers_of(request), body, self.number, client=client)
        self._body.clear()
        self._site.became(self.number, self, "http", asked.path)
        self._task = self._site.start(self._answer(asked))

    def _hold_pipelined(self) -> None:
        """Later requests wait in h11 while one is answered; a peer that sends many of them is held by TCP."""
        if self._task is not None and len(self._h11.trailing_data[0]) > self._site.limits.max_pipelined:
            self.transport.pause_reading()

    # -- the upgrade

    def _wants_websocket(self, request: HttpRequest) -> bool:
        """Whether it asks to switch to WebSocket, correctly or not; a path may serve a page as well."""
        connection, upgrade = (tokens(request.headers.get(name, "")) for name in ("connection", "upgrade"))
        asks = "upgrade" in connection and "websocket" in upgrade
        return asks or (self._site.websocket(request.target) is not None and not self._site.is_page(request.target))

    def _upgrade(self, target: str) -> None:
        """Hand the connection over, or refuse: 404 for a path without a WebSocket route, 4xx for a bad handshake."""
        if (route := self._site.websocket(target)) is None:
            served = ", ".join(sorted(self._site.websockets))
            raise Refusal(404, f"no WebSocket is served at this path, only at {served}")
        if not route.checks_itself:
            check_handshake(self._head)
        route.take(self._site, self.number, self.transport, target, bytes(self._head))
        self._deadline(None)
        self._guard.resumed()
        self._request = None

    # -- answering

    async def _answer(self, request: HttpRequest) -> None:
        """Run the handler and write what it returned; if it fails, the peer gets an error or the connection ends."""
        try:
            await self._answers.write(request, await self._result(request))
        except HandlerBusy:  # the calls that do not return stand in server.errors
            self._answers.whole(request, BUSY)
        except BaseException as exc:  # SystemExit in a handler must not end the loop's thread
            if ends_the_task(exc, self._task):
                self.transport.abort()
                raise
            failure = self._site.failure(request, self.number, alone(exc))
            self._answers.whole(request, failure) if self._answers.is_unanswered else self.transport.abort()
        self._next()

    async def _result(self, request: HttpRequest) -> Response | Body:
        if (found := self._site.page(request)) is None:
            return self._site.no_page(request)
        route, request = found
        self._is_patient = route.is_patient
        if inspect.isasyncgenfunction(route.handler):
            return to_response(route.handler(request))
        if inspect.iscoroutinefunction(route.handler):
            return self._site.answer(route, await route.handler(request))
        result = run_in_thread(route.handler, request, patience=self._site.limits.handler_patience)
        return self._site.answer(route, await result)

    def _write(self, data: bytes) -> None:
        """The single place where bytes of this connection leave."""
        if not self.transport.is_closing() and self._guard.write(data):
            self._site.trace.add(">", self.number, data)
            self.transport.write(data)

    def _next(self) -> None:
        """After an answer: close, or continue with the next request, which may be here already."""
        self._task = None
        if self._h11.our_state is h11.MUST_CLOSE or self._h11.their_state is not h11.DONE:
            self.transport.close()
        if self.transport.is_closing():
            return
        rest = self._h11.trailing_data[0]
        self._h11.start_next_cycle()
        self._request, self._head, self._origin = None, bytearray(rest), {}
        self.transport.resume_reading()
        limits = self._site.limits
        self._deadline(limits.head_timeout if rest else limits.idle_timeout, self._too_late)
        if rest:
            self._receive(b"")
        if self._half_closed and not self._lingering:
            self._deadline(limits.half_close_grace, self.transport.abort) if self._task else self.transport.close()

    # -- ending

    def _refuse(self, refusal: Refusal) -> None:
        """Answer with an error, then linger: closing with unread bytes would destroy the answer under way."""
        if self.transport.is_closing():
            return
        if self._answers.is_unanswered:
            asked = HttpRequest("GET" if self._request is None else self._request.method.decode(), "/", {})
            given = refusal.response
            headers = {"Connection": "close", **self._origin, **dict(given.header_lines())}
            self._site.turned_away(self._request, self.number, given, refusal.note)
            self._answers.whole(asked, Response(given.body, status=given.status, headers=headers, type=given.type))
        self._lingering = True
        if self.transport.can_write_eof():
            with contextlib.suppress(OSError):  # the peer is gone already
                self.transport.write_eof()
            self._deadline(self._site.limits.linger, self.transport.close)
        else:
            self.transport.close()

    async def say_goodbye(self) -> None:
        """End the answer that is under way, then the connection: the server stops."""
        if self._task is not None:
            end(self._task)
            await asyncio.wait([self._task])
        self.transport.close()

    def _too_late(self) -> None:
        if self._head or self._request is not None:
            self._refuse(Refusal(408, "the request did not arrive in time"))
        else:
            self.transport.close()

    def _deadline(self, seconds: float | None, action: Callable[[], None] | None = None) -> None:
        """Do `action` in `seconds` instead of the last planned one; None only cancels that."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if seconds is not None and action is not None:
            self._timer = asyncio.get_running_loop().call_later(seconds, action)

    def _dropped(self, reason: str) -> None:
        self._site.slow("connection", self.number, reason)
