"""Error messages for a client that cannot connect: what was expected, what came, and what to check."""

from __future__ import annotations

import difflib
import socket
import ssl
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin

from websockets.datastructures import Headers
from websockets.exceptions import InvalidHandshake, InvalidMessage, InvalidStatus, InvalidURI
from websockets.http11 import Request, Response

from livesock.advice.spelled import spelled
from livesock.errors import FAULT, HandshakeError
from livesock.net.connect.here import server_here, where_to_connect
from livesock.net.connect.statuses import HttpAnswer, websocket_advice
from livesock.net.connect.urls import Target, parse
from livesock.trace.recording import Trace
from livesock.wire import http
from livesock.wire.handshake import check_response

__all__ = [
    "brief",
    "fault_here",
    "fault_of_a_route",
    "first_line",
    "handshake_error",
    "no_greeting",
    "no_namespace",
    "not_http",
    "redirected",
    "say_redirect",
]

SHOWN = 200
"""Characters of a peer's answer that a message quotes: a sentence or two, not a page."""


def handshake_error(
    exc: InvalidHandshake | InvalidURI,
    request: Request | None,
    response: Response | None,
    target: Target,
    trace: Trace,
    connection: int,
) -> HandshakeError:
    """Return the error that explains why the handshake with `target` failed.

    `request` is what left here; `response` is what came, if it was HTTP. `connection` is the number in the trace.
    """
    if isinstance(exc, InvalidStatus):
        response = exc.response
    expected = f"expected 101 Switching Protocols from {_shown_url(target)}"
    if response is None or isinstance(exc, InvalidMessage):
        message = f"{expected}, {not_http(target, trace.data('<', connection))}"
        return HandshakeError(message, status=None, headers={}, body=b"", trace=trace)
    status, body = response.status_code, bytes(response.body or b"")
    came = f"{status} {response.reason_phrase}".rstrip()
    if status == 101:
        said = f"a 101 that is not valid: {_broken_rules(request, response) or exc}"
    else:
        said = came + (f' ("{line}")' if (line := first_line(body)) else "")
    headers: dict[str, str] = {}
    for name, value in response.headers.raw_items():
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    asked = {} if request is None else {name.lower(): value for name, value in request.headers.raw_items()}
    advice = websocket_advice(HttpAnswer(target, asked, status, headers, body))
    message = f"{expected}, got {said}; {advice}"
    return HandshakeError(message, status=status, headers=headers, body=body, trace=trace)


def redirected(target: Target, locations: Sequence[str]) -> Target:
    """Return the place to which a server at `target` has led by `locations`, one after the other."""
    url = target.url()
    for location in locations:
        url = urljoin(url, location)
    return parse(url) if locations else target


def say_redirect(exc: Exception, first: Target, last: Target) -> None:
    """Add a note to an error that happened at another place than the one that the caller has named."""
    if last != first:
        exc.add_note(f"{_shown_url(first)} redirects to {_shown_url(last)}")


def brief(exc: Exception, target: Target, came: bytes) -> Exception:
    """Return the error with what to check, without the dozen lines of ours that would hide the one of the caller.

    `came` is what the connection has received.
    """
    if isinstance(exc, OSError):
        exc.add_note(spelled(what_to_check(exc, target, came)))
    return exc.with_traceback(None)


def what_to_check(exc: OSError, target: Target, came: bytes) -> str:
    """Return a sentence that explains why there is no connection to `target`: a note for the error `exc`."""
    match exc:
        case ssl.SSLCertVerificationError():
            return (
                f"{target.address} has a certificate that no trusted authority has signed: "
                'pass ssl=ssl.create_default_context(cafile="ca.pem") to connect() or socket(), or tls= it to tcp(); '
                "a livesock server is trusted only in the process in which it runs"
            )
        case ssl.SSLError(reason="WRONG_VERSION_NUMBER" | "HTTP_REQUEST" | "UNKNOWN_PROTOCOL"):
            return f"{target.address} answered without TLS: write ws:// or http:// instead of wss:// or https://"
        case ssl.SSLError():
            return f"the TLS handshake with {target.address} failed: the two have no version or cipher in common"
        case ConnectionRefusedError():
            return f"nothing listens on {target.address}: {where_to_connect(target)}"
        case socket.gaierror():
            return f'there is no host "{target.host}": check the spelling, or the network'
        case TimeoutError():
            return f"{target.address} did not answer in time; {_so_far(came)}"
        case ConnectionResetError() | BrokenPipeError() | ConnectionAbortedError():
            if _speaks_tls(target, came):
                return f"{target.address} speaks TLS: write wss:// or https:// instead of ws:// or http://"
            return f"{target.address} ended the connection; {_so_far(came)}"
    return f"while connecting to {target.address}"


def _speaks_tls(target: Target, came: bytes) -> bool:
    """Return whether the server waits for TLS, where we sent none: an alert came, or the server is ours."""
    if target.tls:
        return False
    return came[:2] == b"\x15\x03" or getattr(server_here(target), "client_context", None) is not None


def fault_here(message: str, namespace: str, target: Target) -> str:
    """Return which error of a server of this process a refusal stands for, "" if it is a refusal, or elsewhere."""
    found = _newest_error(server_here(target), f" {namespace}") if message == FAULT else None
    return _pointed_at("the server's handler failed, and refused no one", found) if found else ""


def fault_of_a_route(path: str, target: Target) -> str:
    """Return why the raw route of a server of this process closed with 1011; "" if that is not known."""
    server = server_here(target)
    route = server._site.websocket(path) if server is not None else None
    found = _newest_error(server, f"websocket {route.path}") if route is not None else None
    return _pointed_at("the server's handler failed", found) if found else ""


def _pointed_at(what: str, error: object) -> str:
    """Return what has failed and the first line of the error; the log just above has the whole of it."""
    first, _, more = str(error).partition("\n")
    rest = " …\n    the log above has all of it, and server.errors" if more else ""
    return spelled(f"{what}: {'' if more else 'server.errors has '}{first}{rest}")


def _newest_error(server: Any, where: str) -> Any:
    """Return what failed last in a server of this process, at a place that ends with `where`."""
    errors = server.errors if server is not None else []
    return next((error for error in reversed(errors) if error.where.endswith(where)), None)


def no_namespace(name: str, target: Target, path: str) -> str:
    """Return the sentence for a namespace that the server does not have; one of this process tells which it has.

    `path` is where the server answers the requests of sessions.
    """
    sentence = f'Invalid namespace "{name}"'
    if name.rstrip("/") == path.rstrip("/"):
        write = f'write ls.socket("{replace(target, user="").url("/")}")'
        return f"{sentence}: the path of the URL is the namespace, and {path} is added by itself: {write}"
    server = server_here(target)
    if server is None:
        return f"{sentence}: the path of the URL is the namespace; connect() is for plain WebSocket routes"
    names = [str(known) for known in server.namespaces]
    if server._site.websocket(name) is not None:
        return f'{sentence}: it is a raw WebSocket: write ls.connect(server.url("{name}"))'
    if name in (page for _, page in server._site.pages):
        return f'{sentence}: it is a page: write urllib.request.urlopen(server.url("{name}", "http"))'
    close = difflib.get_close_matches(name, names, 1)
    return f"{sentence}: the server has {', '.join(names)}" + (f"; did you mean {close[0]}?" if close else "")


def no_greeting(target: Target, trace: Trace, reason: str) -> HandshakeError:
    """Return the error for a session that did not begin with the greeting of Engine.IO; it quotes what came instead."""
    came = trace.data("<", max(trace.peers, default=None))  # on the connection that is newest
    line = first_line(came.partition(b"\r\n\r\n")[2])
    instead = f'"{line}" ({reason})' if line else f"none ({reason})"
    message = (
        f"expected the greeting of Socket.IO 3 or later from {target.address}, got {instead}: check port, path; "
        "for a plain WebSocket write ls.connect()"
    )
    return HandshakeError(message, status=None, headers={}, body=came[-200:], trace=trace)


def not_http(target: Target, came: bytes) -> str:
    """Return what came instead of an answer of HTTP, and what that suggests."""
    if came[:2] in (b"\x15\x03", b"\x16\x03") or (
        not target.tls and getattr(server_here(target), "client_context", None)
    ):
        return "but the server speaks TLS: write wss:// or https:// instead of ws:// or http://"
    if not came:
        return "but the connection ended without an answer: is this the port of a WebSocket server?"
    return f"got {came[:40]!r}, which is not a whole HTTP response; is this the port of a WebSocket server?"


def _so_far(came: bytes) -> str:
    if not came:
        return "no byte came: is it the right port, is the server busy, is a black hole on the way?"
    return f'it began with "{first_line(came)}" and did not finish'


def first_line(data: bytes) -> str:
    """Return the first line that is not empty, without control characters, at most `SHOWN` characters."""
    line = next((part for part in data.decode("utf-8", "replace").splitlines() if part.strip()), "").strip()
    shown = "".join(character if character.isprintable() else "\ufffd" for character in line)
    return shown if len(shown) <= SHOWN else shown[: SHOWN - 2] + " …"


def _broken_rules(request: Request | None, response: Response) -> str:
    """The rules that a 101 breaks; an empty string where `websockets` is stricter than the RFC."""
    asked = None
    if request is not None:
        asked = http.RequestHead(_pairs(request.headers), method="GET", target=request.path)
    came = http.ResponseHead(_pairs(response.headers), status=response.status_code, reason=response.reason_phrase)
    return "; ".join(problem.rule for problem in check_response(asked, came))


def _pairs(headers: Headers) -> tuple[tuple[str, str], ...]:
    return tuple(headers.raw_items())


def _shown_url(target: Target) -> str:
    """The URL without its secrets: without the user, and with the parameters of Engine.IO alone."""
    path, _, query = target.path.partition("?")
    shown = urlencode([pair for pair in parse_qsl(query) if pair[0] in ("EIO", "transport")])
    return replace(target, path=f"{path}?{shown}" if shown else path, user="").url()
