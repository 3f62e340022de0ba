"""`SessionTable`: Engine.IO on the server's port. It finds the session of each request and WebSocket, or begins one.

    GET, POST  …/?EIO=4&transport=polling&sid=…     ──► answer(request) ──► Session ──► actions ──► perform
    WebSocket  …/?EIO=4&transport=websocket[&sid=…] ──► take(…)         ──►

What a session does is decided in `livesock.realtime`; a `Line` performs it.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from livesock.net.http.heads import Refusal
from livesock.net.http.site import HttpRoute, Site
from livesock.net.http.web import HttpRequest, Response, split_target
from livesock.net.socketio.line import Line, LineOwner, name_of
from livesock.net.socketio.script import NAMES, client_script
from livesock.net.socketio.sent import HandshakeHeaders, HandshakeQuery, SocketHandshake
from livesock.net.socketio.turn import TurnWriter
from livesock.realtime.actions import Answer, SessionOptions
from livesock.realtime.server.session import Session
from livesock.wire.engineio import SEPARATOR
from livesock.wire.quote import one_line
from livesock.wire.strictjson import dumps

if TYPE_CHECKING:
    from livesock.net.socketio.carrier import Carrier

__all__ = ["SessionTable"]

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""Methods that the engine answers; all but GET and POST with an error code, as the reference server does."""

MAX_PACKETS = 500
"""Packets of one payload that are taken at once; then the other connections have a turn."""

MAX_PENDING = 64
"""Sessions that one connection may begin before they join a namespace: a proxy sends many peers over one connection."""

ERRORS = {
    0: "Transport unknown",
    1: "Session ID unknown",
    2: "Bad handshake method",
    3: "Bad request",
    5: "Unsupported protocol version",
}
"""The codes of the reference server's error answers."""


class SessionTable:
    """All sessions of a server."""

    checks_itself = False
    """A handshake that is not valid reaches no session."""

    def __init__(self, site: Site, owner: LineOwner, options: SessionOptions) -> None:
        self.owner = owner
        self.options = options
        self.path = path = options.path
        self.lines: dict[str, Line] = {}
        # Sessions that have joined nothing yet, by the connection that began them.
        self._pending: Counter[int] = Counter()
        self._site = site
        self._writer = TurnWriter(site.trace)
        site.websockets[path] = self
        for method in METHODS:
            site.pages[method, path] = HttpRoute(method, path, self.answer, is_patient=False)
        for name in NAMES:
            site.pages["GET", path + name] = HttpRoute("GET", path + name, client_script)
        self._numbers = itertools.count(1)

    def check_free(self, path: str) -> None:
        """Raise ValueError for a route in the place of Socket.IO: its clients would be answered by it."""
        if path.rstrip("/") == self.path.rstrip("/"):
            raise ValueError(
                f'{path} is where Socket.IO answers: take another path, or move it, serve(sessions={{"path": "/io/"}})'
            )

    # -- long-polling

    async def answer(self, request: HttpRequest) -> Response:
        """Answer one HTTP request for the engine's path."""
        if request.method == "OPTIONS" and "origin" in request.headers:
            return _preflight(request)
        query = parse_qs(split_target(request.target)[1], keep_blank_values=True)
        code = self._refuse(request.method, query, "polling")
        if code is not None:
            note = ValueError(_note(code, request.method, query))
            self._site.refused(one_line(f"{request.method} {self.path}", 60), request.connection, note)
            return _error(code)
        if len(request.body) > self.options.max_payload:
            size = f"message too big: {len(request.body)} bytes, limit {self.options.max_payload}"
            self._site.refused(name_of(query.get("sid", ["?"])[0]), request.connection, ValueError(size))
            return Response(f"{size}\n", status=413)
        number, now = next(self._numbers), asyncio.get_running_loop().time()
        sid = query.get("sid", [None])[0]
        if sid is None:
            if (why := self._why_not(request.connection)) is not None:
                return Response(f"{why}: try later\n", status=503)
            line = self._open(request, now)
            answer = await line.wait(number, line.session.open_polling(number))
        else:
            line = self.lines[sid]
            if request.method == "GET":
                answer = await line.wait(number, line.session.get(number))
            elif line.is_posting:
                line.end("transport error")
                return _error(3)
            else:
                answer = await self._post(line, number, request, now)
        kind = "application/json" if answer.status >= 400 else "text/plain"
        return Response(answer.body, status=answer.status, type=kind)

    async def _post(self, line: Line, number: int, request: HttpRequest, now: float) -> Answer:
        """Take packets from the client, one payload after the other: two at once end the session.

        A payload that is not UTF-8 text ends it, too, as any other broken payload does. In a very long one the packets
        before a broken one count, as in the reference server.
        """
        try:
            if request.headers.get("content-type", "").startswith("application/octet-stream"):
                raise ValueError("binary payloads belong to an older protocol")
            payload = request.body.decode()
        except ValueError:
            payload = ""  # not a packet: the session decides what follows
        packets = payload.split(SEPARATOR)
        line.is_posting = True
        try:
            for start in range(0, len(packets), MAX_PACKETS):
                if start:
                    await asyncio.sleep(0)
                part = SEPARATOR.join(packets[start : start + MAX_PACKETS])
                answer = await line.wait(number, line.session.post(number, part, now))
                await line.may_read.wait()
                if answer.status != 200 or line.session.is_over:
                    break
            return answer
        finally:
            line.is_posting = False

    def _refuse(self, method: str, query: dict[str, list[str]], transport: str) -> int | None:
        """Return the code of the refusal, or None. The order of the questions is the reference server's."""
        if transport == "polling" and query.get("transport") == ["websocket"] and "sid" not in query:
            return 2 if method != "GET" else 3  # a known transport, but this request is not an upgrade
        if query.get("transport") != [transport] or transport not in self.options.transports:
            return 0
        if query.get("EIO") != ["4"]:
            return 5
        if "j" in query:  # JSONP: CORS has replaced it, and it lets any page read the answer
            return 3
        sids = query.get("sid")
        if sids is None:
            return 2 if method != "GET" else None
        if sids[0] in self.lines:
            self.lines[sids[0]].catch_up()  # one that is past its deadline is gone
        if len(sids) != 1 or sids[0] not in self.lines:
            return 1
        return None if method in ("GET", "POST") else 3

    # -- WebSocket

    def take(self, site: Site, number: int, transport: asyncio.Transport, target: str, received: bytes) -> None:
        """Take over a connection that asks for WebSocket.

        Without a `sid` it begins a session; with one it probes for that session's upgrade.

        Raises:
            Refusal: If the query breaks the protocol: 400 and a JSON code; 503 if no session may begin.
        """
        query = parse_qs(split_target(target)[1], keep_blank_values=True)
        code = self._refuse("GET", query, "websocket")
        if code is not None:
            raise Refusal(400, _error_text(code), kind="application/json", note=_note(code, "GET", query))
        now = asyncio.get_running_loop().time()
        sid = query.get("sid", [None])[0]
        if sid is None and (why := self._why_not(number)) is not None:
            raise Refusal(503, f"{why}: try later")
        line = self._open(_asked(target, number, received), now) if sid is None else self.lines[sid]
        carrier = self._carry(line, number, transport, received)
        if sid is None:
            line.perform(line.session.open_websocket(number))
        else:
            line.perform(line.session.join(number, now))
        carrier.listen()

    def _carry(self, line: Line, number: int, transport: asyncio.Transport, received: bytes) -> Carrier:
        from livesock.net.socketio.carrier import Carrier  # brings the library websockets, which polling can do without

        carrier = Carrier(
            self._site,
            self._writer,
            number,
            line.name,
            self.options.max_payload,
            on_message=partial(line.received, number),
            on_lost=partial(line.lost, number),
            on_reading=line.reads_again,
        )
        line.carriers[number] = carrier
        self._site.became(number, carrier, "websocket", self.path)
        transport.set_protocol(carrier)
        carrier.connection_made(transport)
        carrier.begin(received)
        return carrier

    # -- sessions

    def _why_not(self, connection: int) -> str | None:
        """Return why no session may begin, or None if one may.

        There may be more sessions than connections: a client that has stopped polling still has one.
        """
        if not self._site.is_serving:
            return "the server is shutting down"
        if self._pending[connection] >= MAX_PENDING:
            return f"this connection has begun {MAX_PENDING} sessions that have joined no namespace"
        is_full = len(self.lines) >= 2 * self._site.limits.max_connections
        return "the server has as many sessions as it can hold" if is_full else None

    def _open(self, request: HttpRequest, now: float) -> Line:
        """Begin a session. Its id has 120 random bits, because anyone who knows the id owns the session."""
        peer = self._site.trace.peers.get(request.connection, ("?", "?"))[1]
        address = peer.rpartition(":")[0].strip("[]") or peer  # the port, too, would be new for each connection
        sid = secrets.token_urlsafe(15)
        session = Session(f"{self.options.mark}-{sid}" if self.options.mark else sid, self.options, now)
        line = Line(
            session,
            SocketHandshake(
                HandshakeQuery(request.query), HandshakeHeaders(request.headers), address, request.connection
            ),
            self.owner,
            self.forget,
        )
        self.lines[line.sid] = line
        self._pending[request.connection] += 1
        line.when_settled = partial(self._settled, request.connection)
        self.owner.opened(line)
        return line

    def forget(self, line: Line) -> None:
        """Forget a session that is over: its id is unknown from here on."""
        self.lines.pop(line.sid, None)
        line.settle()

    def _settled(self, connection: int) -> None:
        self._pending[connection] -= 1
        if not self._pending[connection]:
            del self._pending[connection]

    def end_all(self, reason: str) -> None:
        """End every session; the server stops."""
        for line in list(self.lines.values()):
            line.end(reason)


def _asked(target: str, number: int, received: bytes) -> HttpRequest:
    """Return the handshake that was received as a request."""
    from livesock.wire.http import parse_request  # a session that polls needs it as little as the carrier

    parsed = parse_request(received)
    assert parsed is not None  # the channel has checked it
    return HttpRequest("GET", target, {name.lower(): value for name, value in parsed[0].headers}, b"", number)


def _preflight(request: HttpRequest) -> Response:
    """Allow the requests of a page from another, allowed origin (the Fetch standard, "CORS-preflight fetch")."""
    asked = request.headers.get("access-control-request-headers", "")
    headers = {"Access-Control-Allow-Methods": "GET, POST", "Access-Control-Allow-Headers": asked}
    return Response(status=204, headers=headers)


def _error(code: int) -> Response:
    return Response(_error_text(code), status=400, type="application/json")


def _error_text(code: int) -> str:
    """The body of a refusal, to the byte as the reference server writes it."""
    return dumps({"code": code, "message": ERRORS[code]})


def _note(code: int, method: str, query: dict[str, list[str]]) -> str:
    """Return why a request was refused, and what it asked for; of a session's id only the beginning."""
    shown = {name: ",".join(query.get(name, ["missing"]))[:20] for name in ("EIO", "transport")}
    shown["sid"] = query["sid"][0][:6] + "…" if "sid" in query else "none"
    asked = ", ".join(f"{name} {value}" for name, value in shown.items())
    return f"{ERRORS[code]}: {method} with {asked}"
