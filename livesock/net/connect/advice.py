"""Error messages for a client that cannot connect: what was expected, what came, and what to check."""

from __future__ import annotations

import socket
import ssl
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

from websockets.datastructures import Headers
from websockets.exceptions import InvalidHandshake, InvalidMessage, InvalidStatus
from websockets.http11 import Request, Response

from livesock.errors import HandshakeError
from livesock.net.connect.urls import Target
from livesock.trace.recording import Trace
from livesock.wire import http
from livesock.wire.handshake import check_response

__all__ = ["handshake_error", "what_to_check"]

SHOWN = 200
"""Characters of a peer's answer that a message quotes: a sentence or two, not a page."""

BY_STATUS = {
    400: "the server received no correct handshake: compare what left here (.trace) with what it received; "
    "a proxy on the way may have removed the Upgrade",
    401: "the server needs authorization: pass headers={'Authorization': …} or the token in the URL",
    403: "the server refuses this Origin, Host or token: connect to the URL that the server itself gives",
    404: "check the path of the URL: does the server have a route for it?",
    405: "check the path of the URL: the page there does not take a GET",
    426: "the server received no upgrade, or wants another version: a proxy on the way may have removed the Upgrade",
    429: "the server limits how often we may connect: wait, or connect less often",
    503: "the server is full or stopping: close connections that are not needed, or try again later",
}
"""What to check, by HTTP status."""

BY_CLASS = {
    2: "this is an ordinary HTTP answer: check the path, and whether a WebSocket server listens there",
    3: "the server redirects: connect to the URL in its Location header",
    4: "the server does not accept this request: its headers and body (.headers, .body) may explain why",
    5: "the server failed: look at its log, or at server.errors if it is a livesock server",
}
"""What to check, by the first digit of the status, where `BY_STATUS` has no entry."""


def handshake_error(
    exc: InvalidHandshake, request: Request | None, response: Response | None, target: Target, trace: Trace
) -> HandshakeError:
    """Return the error that explains why the handshake with `target` failed.

    `request` is what left here; `response` is what came, if it was HTTP.
    """
    if isinstance(exc, InvalidStatus):
        response = exc.response
    expected = f"expected 101 Switching Protocols from {_shown_url(target)}"
    if response is None or isinstance(exc, InvalidMessage):
        return HandshakeError(f"{expected}, {_not_http(trace)}", status=None, headers={}, body=b"", trace=trace)
    status, body = response.status_code, bytes(response.body or b"")
    came = f"{status} {response.reason_phrase}".rstrip()
    if status == 101:
        said = f"a 101 that is not valid: {_broken_rules(request, response) or exc}"
        advice = "the server, or a proxy on the way, does not speak WebSocket correctly (RFC 6455, 4.1)"
    else:
        said = came + (f' ("{line}")' if (line := _first_line(body)) else "")
        advice = BY_STATUS.get(status) or BY_CLASS.get(status // 100, "see .headers and .body")
    headers: dict[str, str] = {}
    for name, value in response.headers.raw_items():
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    message = f"{expected}, got {said}; {advice}"
    return HandshakeError(message, status=status, headers=headers, body=body, trace=trace)


def what_to_check(exc: OSError, target: Target, trace: Trace) -> str:
    """Return a sentence that explains why there is no connection to `target`: a note for the error `exc`."""
    match exc:
        case ssl.SSLCertVerificationError():
            return (
                f"{target.address} has a certificate that no trusted authority has signed: pass ssl= a context that "
                "trusts it; a livesock server is trusted only in the process in which it runs"
            )
        case ssl.SSLError():
            return f"TLS with {target.address} failed; if it does not speak TLS, write ws:// or http://"
        case ConnectionRefusedError():
            return (
                f"nothing listens on {target.address}: is the server running (livesock.servers()), and is this "
                "its port? A server that was started again may have another one"
            )
        case socket.gaierror():
            return f'there is no host "{target.host}": check the spelling, or the network'
        case TimeoutError():
            return f"{target.address} did not answer in time; {_so_far(trace)}"
        case ConnectionResetError() | BrokenPipeError() | ConnectionAbortedError():
            return f"{target.address} ended the connection; {_so_far(trace)}"
    return f"while connecting to {target.address}"


def _not_http(trace: Trace) -> str:
    came = trace.data("<")
    if not came:
        return "but the connection ended without an answer: is this the right port, and does it speak TLS (wss)?"
    return f"got {came[:40]!r}, which is not a whole HTTP response; is this the port of a WebSocket server?"


def _so_far(trace: Trace) -> str:
    came = trace.data("<")
    if not came:
        return "no byte came: is it the right port, is the server busy, is a black hole on the way?"
    return f'it began with "{_first_line(came)}" and did not finish'


def _first_line(data: bytes) -> str:
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
