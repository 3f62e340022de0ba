"""What to check when a server answers with another status than the one that we need."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from livesock.net.connect.here import server_here
from livesock.net.connect.urls import Target

__all__ = ["HttpAnswer", "polling_advice", "websocket_advice"]


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A request and its answer; the names of all headers are in lower case."""

    target: Target
    asked: Mapping[str, str]
    """The headers of the request."""
    status: int
    headers: Mapping[str, str]
    body: bytes


ENGINE = {
    0: "the server does not allow this transport: write transports=[{}]",
    1: "the server does not know the session: it has ended, or a balancer sent the request to another process "
    '(sticky sessions help, or transports=["websocket"])',
    2: "the server takes a session only from a GET: a proxy on the way may have changed the request",
    3: "the server found the request wrong: a proxy on the way may have changed it (compare .trace)",
    4: "the server's own check refused us (allowRequest): it may want a header, a cookie or a token",
    5: "the server speaks another version of Engine.IO: it needs Socket.IO 3 or later",
}
"""The codes of a Socket.IO server's own errors (engine.io, Server.errors)."""

ANY = {
    401: "the server needs authorization: pass headers={'Authorization': …} or the token in the URL",
    407: "the proxy on the way needs authorization: write it into the proxy's URL",
    408: "the server waited too long for our request: is the network slow?",
    413: "the request is larger than the server takes: send less at once",
    429: "the server limits how often we may connect: wait, or connect less often",
    431: "our headers are larger than the server takes: send fewer cookies or headers",
    502: "a proxy answered: the server behind it does not run, or not at the place that the proxy knows",
    503: "the server is full or stopping: close connections that are not needed, or try again later",
    504: "a proxy answered: the server behind it did not answer in time",
}
"""What to check for both kinds of request."""

BY_CLASS = {
    2: "this is an ordinary HTTP answer: check the path, and whether a WebSocket server listens there",
    4: "the server does not accept this request: its headers and body (.headers, .body) may explain why",
    5: "the server failed: look at its log, or at server.errors if it is a livesock server",
}
"""What to check, by the first digit of the status, where there is nothing better."""


def websocket_advice(answer: HttpAnswer) -> str:
    """Return what to check when a handshake was not answered with a correct 101."""
    match answer.status:
        case 101:
            return _of_101(answer)
        case 400 if (engine := _engine_error(answer.body)) is not None:
            return engine.format('"polling"')
        case 400 if answer.headers.get("via") or "nginx" in answer.headers.get("server", ""):
            return "a proxy answered: does it pass the headers Upgrade and Connection on?"
        case 404 | 405:
            return _of_404(answer)
        case 426 if version := answer.headers.get("sec-websocket-version"):
            return f"the server speaks version {version} of WebSocket, and we speak 13"
        case 426:
            return "the server did not see our Upgrade header: a proxy on the way may have removed it"
    return _common(answer)


def polling_advice(answer: HttpAnswer) -> str:
    """Return what to check when a request of long-polling was not answered with 200."""
    match answer.status:
        case 404 | 405:
            return (
                "no Socket.IO server answers at this path: path= is its place, by default /socket.io/, and the path of "
                "the URL the namespace; for a plain WebSocket write ls.connect()"
            )
        case 426:
            return 'the server takes only WebSockets here: write transports=["websocket"]'
    return _common(answer)


def _common(answer: HttpAnswer) -> str:
    status = answer.status
    if (engine := _engine_error(answer.body)) is not None:
        return engine.format('"websocket"')
    if status == 400:
        return "the server found the request wrong: its answer may say why; .trace has what left here"
    if status == 403:
        return _of_403(answer)
    if status // 100 == 3:
        return f"the server redirects: connect to {answer.headers.get('location') or 'the URL that it means'}"
    wait = answer.headers.get("retry-after")
    advice = ANY.get(status) or BY_CLASS.get(status // 100, "see .headers and .body")
    return f"{advice}; it says Retry-After: {wait:.40}" if wait else advice


def _of_101(answer: HttpAnswer) -> str:
    chosen = answer.headers.get("sec-websocket-protocol")
    offered = [name.strip() for name in answer.asked.get("sec-websocket-protocol", "").split(",")]
    if chosen and chosen not in offered:
        return f'the server chose the subprotocol "{chosen:.40}", not one of ours: pass subprotocols=["{chosen:.40}"]'
    return "the server, or a proxy on the way, does not speak WebSocket correctly (RFC 6455, 4.1)"


def _of_403(answer: HttpAnswer) -> str:
    if origin := answer.asked.get("origin"):
        return f"the server may not allow the Origin {origin:.80}: leave it out, or let serve(origins=[…]) allow it"
    return "the server refuses us: its answer may say why; connect to the URL that the server itself gives"


def _of_404(answer: HttpAnswer) -> str:
    path = answer.target.path.partition("?")[0]
    server = server_here(answer.target)
    if server is not None and path in server.namespaces and path != "/":
        return f"{path} is a namespace of Socket.IO: write ls.socket(url)"
    if answer.status == 405:
        return "check the path of the URL: the page there does not take a GET"
    if path == "/" and server is not None and server.namespaces["/"].answers:
        return "no WebSocket route is there; for Socket.IO write ls.socket(url)"
    return "check the path of the URL: does the server have a route for it?"


def _engine_error(body: bytes) -> str | None:
    with suppress(ValueError, RecursionError):
        value = json.loads(body)
        if isinstance(value, dict) and isinstance(value.get("message"), str):
            code = value.get("code")
            return ENGINE.get(code) if type(code) is int else None
    return None
