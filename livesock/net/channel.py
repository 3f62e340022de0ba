"""`HttpChannel`: one TCP connection for as long as it speaks HTTP/1.1.

    bytes ─► h11 ─► request head ─► Host, Origin, token? ─┬─► WebSocket upgrade: hand the connection over
                                                          └─► body ─► handler ─► answer ─► next request

What to do is decided for each request, not for each connection: a proxy or a browser may upgrade a connection that
has answered ten plain requests before. Until h11 has a whole head, its bytes are kept as they came; an upgrade
replays them to the WebSocket side unchanged.

h11 knows the grammar of HTTP; this module knows sockets, deadlines and limits; neither knows what the answers say.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from email.utils import formatdate
from typing import Any, cast

import h11

from livesock.net.guard import StallGuard
from livesock.net.site import HttpRoute, Site
from livesock.net.threads import run_in_thread
from livesock.net.web import Body, HttpRequest, Response, encode_part, stream_type, to_response
from livesock.net.websocket import accept
from livesock.wire.handshake import check_request
from livesock.wire.http import parse_request

__all__ = ["HttpChannel"]


class Refusal(Exception):
    """The request is answered with an error and the connection ends."""

    def __init__(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(status, text)
        self.response = Response(text + "\n", status=status, headers=headers or {})


class HttpChannel(asyncio.Protocol):
    """Reads requests from one connection and answers them one after the other, in order."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._h11 = h11.Connection(h11.SERVER, max_incomplete_event_size=site.limits.max_head)
        self._head = bytearray()  # the bytes of the request head that is being read, and what came glued to it
        self._request: h11.Request | None = None
        self._body = bytearray()
        self._task: asyncio.Task[None] | None = None  # the handler that is answering
        self._timer: asyncio.TimerHandle | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._lingering = False

    # -- the transport's callbacks

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self.number = self._site.opened(self, transport)
        self._guard = StallGuard(self._transport, self._site.limits, self._dropped)
        if self._site.is_full:
            self._refuse(Refusal(503, f"more than {self._site.limits.max_connections} connections are open: try later"))
        else:
            self._deadline(self._site.limits.head_timeout, self._too_late)

    def data_received(self, data: bytes) -> None:
        """The single place where bytes of this connection arrive."""
        self._site.trace.add("<", self.number, data)
        if self._lingering:
            return
        if self._request is None:
            self._begin_head()
            self._head += data
        self._receive(data)

    def eof_received(self) -> bool:
        """The peer will send no more. It may still read (a half-close), so an answer under way gets a short grace."""
        self._site.trace.add("=", self.number, b"eof <")
        if self._task is None or self._lingering:
            return False
        self._deadline(self._site.limits.half_close_grace, self._transport.abort)
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self._deadline(None)
        self._guard.resumed()
        self._writable.set()
        if self._task is not None:
            self._task.cancel()
        self._site.closed(self.number, exc)

    def pause_writing(self) -> None:
        self._writable.clear()
        self._guard.paused()

    def resume_writing(self) -> None:
        self._writable.set()
        self._guard.resumed()

    # -- reading a request

    def _receive(self, data: bytes) -> None:
        try:
            self._h11.receive_data(data)
            self._advance()
            self._hold_pipelined()
        except Refusal as refusal:
            self._refuse(refusal)
        except h11.RemoteProtocolError as exc:
            self._refuse(self._explain(exc))

    def _advance(self) -> None:
        """Take events from h11 until a whole request is being answered, or more bytes are needed."""
        while self._task is None and not self._lingering:
            event = self._h11.next_event()
            if event is h11.NEED_DATA or event is h11.PAUSED or isinstance(event, h11.ConnectionClosed):
                self._check_head()
                return
            if isinstance(event, h11.Request):
                self._check_head()
                self._begin_body(event)
            elif isinstance(event, h11.Data):
                self._body += event.data
                if len(self._body) > self._site.limits.max_body:
                    raise Refusal(413, f"a request body may hold {self._site.limits.max_body} bytes")
            elif isinstance(event, h11.EndOfMessage):
                if self._request is None:  # the upgrade took the connection
                    return
                self._dispatch(self._request)

    def _begin_head(self) -> None:
        if not self._head:
            self._deadline(self._site.limits.head_timeout, self._too_late)

    def _check_head(self) -> None:
        """Refuse a head that is too large, whether or not all of it is here."""
        if self._request is not None or not self._head:
            return
        limits = self._site.limits
        head = bytes(self._head).partition(b"\r\n\r\n")[0]
        lines = head.split(b"\r\n")
        if len(lines[0]) > limits.max_line:
            raise Refusal(414, f"a request line may hold {limits.max_line} bytes")
        if len(lines) - 1 > limits.max_headers:
            raise Refusal(431, f"a request may hold {limits.max_headers} header lines")
        if len(head) > limits.max_head or any(len(line) > limits.max_line for line in lines):
            raise Refusal(431, f"a header line may hold {limits.max_line} bytes, all of them {limits.max_head}")

    def _begin_body(self, request: h11.Request) -> None:
        """The head is complete: who asks, and for what?"""
        self._request = request
        headers = _headers(request)
        refusal = _ambiguous(bytes(self._head), headers) or self._site.access.refusal(_target(request), headers)
        if refusal is not None:
            raise Refusal(*refusal)
        if "upgrade" in _tokens(headers.get("connection", "")) and "websocket" in _tokens(headers.get("upgrade", "")):
            self._upgrade(request, headers)
            return
        if self._h11.they_are_waiting_for_100_continue:
            if int(headers.get("content-length", 0)) > self._site.limits.max_body:
                raise Refusal(413, f"a request body may hold {self._site.limits.max_body} bytes")
            self._send(h11.InformationalResponse(status_code=100, reason=b"Continue", headers=[]))
        self._deadline(self._site.limits.body_timeout, self._too_late)

    def _dispatch(self, request: h11.Request) -> None:
        self._deadline(None)
        method, target = request.method.decode(), _target(request)
        asked = HttpRequest(method, target, _headers(request), bytes(self._body), self.number)
        self._body.clear()
        self._site.became(self.number, self, "http", asked.path)
        self._task = self._site.start(self._answer(asked))

    def _hold_pipelined(self) -> None:
        """Later requests wait in h11 while one is answered; a peer that sends many of them is held by TCP."""
        if self._task is not None and len(self._h11.trailing_data[0]) > self._site.limits.max_pipelined:
            self._transport.pause_reading()

    # -- the upgrade

    def _upgrade(self, request: h11.Request, headers: dict[str, str]) -> None:
        """Hand the connection over, or refuse: 404 for a path that is no WebSocket route, 400 or 426 for a bad head."""
        route = self._site.websockets.get(HttpRequest("GET", _target(request), {}).path)
        if route is None:
            raise Refusal(404, f"no WebSocket is served at this path; there is {_listing(self._site.websockets)}")
        if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
            raise Refusal(400, "a WebSocket handshake has no body (RFC 6455, 4.1)")
        parsed = parse_request(bytes(self._head))
        if parsed is None:
            raise Refusal(400, "lines of a request head end in CR LF (RFC 9112, 2.2)")
        problems = check_request(parsed[0])
        if problems:
            first = problems[0]
            wanted = {"Sec-WebSocket-Version": "13"} if first.status == 426 else {}
            raise Refusal(first.status, f"not a WebSocket handshake: {first.rule} ({first.section})", wanted)
        self._deadline(None)
        self._guard.resumed()
        received = bytes(self._head)
        self._request, self._head = None, bytearray()
        accept(self._site, route, self.number, self._transport, received)

    # -- answering

    async def _answer(self, request: HttpRequest) -> None:
        """Run the handler and write what it returned; whatever goes wrong, the peer gets an answer or an end."""
        where = f"{request.method} {request.path}"
        try:
            response = await self._result(request)
            await self._write(request, response)
        except asyncio.CancelledError:
            self._transport.abort()
            raise
        except BaseException as exc:  # SystemExit in a handler must not end the loop's thread
            self._site.failed(where, self.number, exc)
            if self._h11.our_state is h11.SEND_RESPONSE:
                self._write_whole(request, Response("the handler failed; server.errors says why\n", status=500))
            else:
                self._transport.abort()
        self._next()

    async def _result(self, request: HttpRequest) -> Response | Body:
        route = self._site.pages.get(("GET" if request.method == "HEAD" else request.method, request.path))
        if route is None:
            return self._no_route(request)
        if inspect.iscoroutinefunction(route.handler):
            return to_response(await route.handler(request))
        if inspect.isasyncgenfunction(route.handler):
            return to_response(route.handler(request))
        result = await run_in_thread(route.handler, request)
        return to_response(await result if inspect.isawaitable(result) else result)

    def _no_route(self, request: HttpRequest) -> Response:
        """Answer for a path or method that nobody serves: at once, and with what there is instead."""
        methods = sorted(m for m, path in self._site.pages if path == request.path)
        if request.method == "OPTIONS" and methods:
            return Response(status=204, headers={"Allow": ", ".join(methods), **_preflight(request, methods)})
        if methods:
            return Response("this path answers other methods\n", status=405, headers={"Allow": ", ".join(methods)})
        if request.path in self._site.websockets:
            text = "this path speaks WebSocket: connect to it with a WebSocket client\n"
            return Response(text, status=426, headers={"Upgrade": "websocket", "Connection": "Upgrade"})
        return Response("nothing is served at this path\n", status=404)

    async def _write(self, request: HttpRequest, response: Response | Body) -> None:
        if isinstance(response, Response):
            self._write_whole(request, response)
        else:
            await self._stream(request, response)

    def _write_whole(self, request: HttpRequest, response: Response) -> None:
        """Head and body in one write: two would wait for each other (Nagle's algorithm against delayed ACKs)."""
        payload = response.payload()
        headers = {**self._common(request), "Content-Type": response.media_type(), "Content-Length": str(len(payload))}
        if response.status == 204 or response.status < 200:
            headers = self._common(request)
            payload = b""
        head = _response_head(response.status, response.reason, {**headers, **response.headers})
        events: list[h11.Event] = [head]
        if request.method != "HEAD" and payload:
            events.append(h11.Data(data=payload))
        self._send(*events, h11.EndOfMessage())

    async def _stream(self, request: HttpRequest, body: Body) -> None:
        """Write parts as they come, waiting whenever the peer reads more slowly than we produce."""
        started = False
        try:
            async for part in body:
                data = encode_part(part)
                if not started:
                    self._send(self._stream_head(request, part))
                    started = True
                if request.method == "HEAD":
                    break
                self._send(h11.Data(data=data))
                await self._writable.wait()
        finally:
            close = getattr(body, "aclose", None)
            if close is not None:
                await close()
        if not started:
            self._send(self._stream_head(request, b""))
        self._send(h11.EndOfMessage())

    def _stream_head(self, request: HttpRequest, part: object) -> h11.Response:
        return _response_head(200, "OK", {**self._common(request), "Content-Type": stream_type(part)})

    def _common(self, request: HttpRequest) -> dict[str, str]:
        """Headers of every answer: never cached, never guessed at, and readable by an allowed page of another port."""
        headers = {
            "Date": formatdate(usegmt=True),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return {**headers, **_cors(request.headers)}

    def _send(self, *events: h11.Event) -> None:
        """The single place where bytes of this connection leave."""
        data = b"".join(filter(None, (self._h11.send(event) for event in events)))
        if data and not self._transport.is_closing() and self._guard.write(data):
            self._site.trace.add(">", self.number, data)
            self._transport.write(data)

    def _next(self) -> None:
        """The answer is written: close, or go on with the next request, which may be here already."""
        self._task = None
        if self._transport.is_closing():
            return
        if self._h11.our_state is h11.MUST_CLOSE or self._h11.their_state is not h11.DONE:
            self._transport.close()
            return
        rest = self._h11.trailing_data[0]
        self._h11.start_next_cycle()
        self._request, self._head = None, bytearray(rest)
        self._transport.resume_reading()
        self._deadline(self._site.limits.head_timeout if rest else self._site.limits.idle_timeout, self._too_late)
        self._receive(b"") if rest else None

    # -- ending

    def _refuse(self, refusal: Refusal) -> None:
        """Answer with an error, then linger: closing with unread bytes would destroy the answer on its way."""
        if self._transport.is_closing():
            return
        request = HttpRequest("GET" if self._request is None else self._request.method.decode(), "/", {})
        if self._h11.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            headers = {"Connection": "close", **refusal.response.headers}
            body = refusal.response.body
            self._write_whole(request, Response(body, status=refusal.response.status, headers=headers))
        self._lingering = True
        if self._transport.can_write_eof():
            self._transport.write_eof()
            self._deadline(self._site.limits.linger, self._transport.close)
        else:
            self._transport.close()

    def shut_down(self) -> None:
        """The server stops: end the answer that is under way, then the connection."""
        if self._task is not None:
            self._task.cancel()
        self._transport.close()

    def _too_late(self) -> None:
        if self._head or self._request is not None:
            self._refuse(Refusal(408, "the request did not arrive in time"))
        else:
            self._transport.close()

    def _deadline(self, seconds: float | None, action: Callable[[], None] | None = None) -> None:
        """Do `action` in `seconds` instead of whatever was planned; None only forgets the plan."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if seconds is not None and action is not None:
            self._timer = asyncio.get_running_loop().call_later(seconds, action)

    def _dropped(self, reason: str) -> None:
        self._site.slow("connection", self.number, reason)

    def _explain(self, exc: h11.RemoteProtocolError) -> Refusal:
        """h11's verdict as an answer; a first byte of 0x16 is the greeting of TLS."""
        if self._head[:1] == b"\x16":
            return Refusal(400, "this port speaks plain HTTP, and the bytes are TLS: use http:// or ws://")
        try:
            self._check_head()
        except Refusal as refusal:
            return refusal
        return Refusal(exc.error_status_hint or 400, f"not a request that HTTP/1.1 allows: {exc}")


def _headers(request: h11.Request) -> dict[str, str]:
    """Names in lower case; several lines of one name joined by a comma (RFC 9110, 5.3)."""
    headers: dict[str, str] = {}
    for name, value in request.headers:
        key, text = name.decode("ascii"), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def _ambiguous(head: bytes, headers: dict[str, str]) -> tuple[int, str] | None:
    """Refuse what two programs in a row may read differently: the root of request smuggling (RFC 9112, 11.2).

    h11 merges equal lengths into one, so the lines are counted as they came.
    """
    lines = head.partition(b"\r\n\r\n")[0].lower().split(b"\r\n")
    lengths = [line for line in lines if line.startswith(b"content-length:")]
    if lengths and "transfer-encoding" in headers:
        return 400, "Content-Length beside Transfer-Encoding (RFC 9112, 6.3)"
    if len(lengths) > 1 or any(b"," in line for line in lengths):
        return 400, "more than one Content-Length (RFC 9112, 6.3)"
    if sum(line.startswith(b"origin:") for line in lines) > 1:
        return 400, "more than one Origin (RFC 6454, 7.3)"
    return None


def _target(request: h11.Request) -> str:
    return request.target.decode("latin-1")


def _tokens(value: str) -> set[str]:
    """The members of a comma-separated list, in lower case."""
    return {token.strip().lower() for token in value.split(",")}


def _response_head(status: int, reason: str, headers: dict[str, str]) -> h11.Response:
    items = [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]
    return h11.Response(status_code=status, reason=reason.encode("ascii"), headers=items)


def _cors(headers: Any) -> dict[str, str]:
    """An allowed page of another port may read the answer; it never sends our cookies along (we have none)."""
    origin = headers.get("origin")
    return {"Access-Control-Allow-Origin": origin, "Vary": "Origin"} if origin else {}


def _preflight(request: HttpRequest, methods: list[str]) -> dict[str, str]:
    if "origin" not in request.headers:
        return {}
    asked = request.headers.get("access-control-request-headers", "")
    return {"Access-Control-Allow-Methods": ", ".join(methods), "Access-Control-Allow-Headers": asked}


def _listing(routes: dict[str, Any] | dict[tuple[str, str], HttpRoute]) -> str:
    """The paths that are served, for an error message: what there is, never what was asked."""
    return ", ".join(sorted(str(path) for path in routes)) or "none yet"
