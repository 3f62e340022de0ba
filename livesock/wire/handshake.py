"""The opening handshake: what turns an HTTP connection into a WebSocket (RFC 6455, section 4).

    client                                        server
      GET /echo HTTP/1.1
      Upgrade: websocket, Connection: Upgrade
      Sec-WebSocket-Version: 13
      Sec-WebSocket-Key: K         ────────────>  check_request: no problem?
                                   <────────────  HTTP/1.1 101 Switching Protocols
      check_response: no problem?                 Sec-WebSocket-Accept: accept_key(K)
      frames                       <───────────>  frames

`livesock.net.http.heads` asks these rules for every upgrade. The 101 itself is written by the library `websockets`,
for raw routes (`livesock.net.http.websocket`) and for sessions (`livesock.net.socketio.carrier`).

The key is not a secret and proves nothing about the client. The answer proves that the server understood the
request as WebSocket and did not only repeat it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from livesock.errors import PacketError
from livesock.wire.extensions import negotiated, parse_extensions
from livesock.wire.http import RequestHead, ResponseHead
from livesock.wire.quote import quote

__all__ = [
    "GUID",
    "Problem",
    "accept_key",
    "check_request",
    "check_response",
    "is_upgrade",
    "negotiated",
    "parse_extensions",
]

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""The fixed text that is hashed with the key (RFC 6455, 1.3): no other protocol appends it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why a handshake is not valid."""

    rule: str
    """What was expected and what came, in one sentence."""
    section: str
    status: int = 400
    """The HTTP status with which a server answers a request that has this problem."""
    header: str = ""
    """The header that is wrong or missing; empty for the first line."""


def accept_key(key: str) -> str:
    """Return the value of Sec-WebSocket-Accept for `key`: base64 of SHA-1 of the key and the GUID.

    RFC 6455, 4.2.2. The key is hashed as the text that it is, never decoded.

    >>> accept_key("dGhlIHNhbXBsZSBub25jZQ==")
    's3pPLMBiTxaQ9kYGzzhZRbK+xOo='
    """
    digest = hashlib.sha1((key + GUID).encode("latin-1", "replace"), usedforsecurity=False).digest()
    return base64.b64encode(digest).decode("ascii")


def is_upgrade(request: RequestHead) -> bool:
    """Return whether the request asks to switch to another protocol on this connection (RFC 9110, 7.8)."""
    return request.get("Upgrade") is not None and request.has_word("Connection", "upgrade")


def check_request(request: RequestHead) -> tuple[Problem, ...]:
    """Return everything that keeps `request` from being a valid WebSocket handshake; empty for a valid one.

    RFC 6455, 4.1 and 4.2.1. A server answers with the status of the first problem. With 426 it also sends
    `Sec-WebSocket-Version: 13` (4.4), with 405 `Allow: GET`.
    """
    checks = (_request_line, _host, _request_upgrade, _version, _key, _lists, _body)
    return tuple(problem for check in checks for problem in check(request))


def _request_line(request: RequestHead) -> list[Problem]:
    problems = []
    if request.method != "GET":
        problems.append(Problem(f"the method must be GET, and here it is {request.method}", "RFC 6455, 4.1", 405))
    if request.version == "HTTP/1.0":
        problems.append(Problem("the version must be at least HTTP/1.1, and here it is HTTP/1.0", "RFC 6455, 4.1"))
    return problems


def _host(request: RequestHead) -> list[Problem]:
    return _exactly_one(request, "Host", "RFC 6455, 4.1")


def _request_upgrade(request: RequestHead) -> list[Problem]:
    problems = []
    if not request.has_word("Upgrade", "websocket"):
        problems.append(_expected(request, "Upgrade", "websocket", "RFC 6455, 4.2.1", 426))
    if not request.has_word("Connection", "upgrade"):
        problems.append(_expected(request, "Connection", "Upgrade", "RFC 6455, 4.2.1"))
    return problems


def _version(request: RequestHead) -> list[Problem]:
    if request.get_all("Sec-WebSocket-Version") == ["13"]:
        return []
    return [_expected(request, "Sec-WebSocket-Version", "13", "RFC 6455, 4.2.1", 426)]


def _key(request: RequestHead) -> list[Problem]:
    missing = _exactly_one(request, "Sec-WebSocket-Key", "RFC 6455, 4.2.1")
    if missing:
        return missing
    key = request.get("Sec-WebSocket-Key") or ""
    size = _decoded_size(key)
    if size == 16:
        return []
    came = "it is not base64" if size is None else f"it holds {size}"
    rule = f"Sec-WebSocket-Key must hold 16 bytes in base64, and {came}: {quote(key, 30)}"
    return [Problem(rule, "RFC 6455, 4.2.1", header="Sec-WebSocket-Key")]


def _decoded_size(key: str) -> int | None:
    try:
        return len(base64.b64decode(key.encode("ascii"), validate=True))
    except (binascii.Error, UnicodeEncodeError):
        return None


def _lists(request: RequestHead) -> list[Problem]:
    """Check the two headers that hold lists, where they are present."""
    problems = []
    protocols = _words(request.get("Sec-WebSocket-Protocol"))
    if protocols and not all(_TOKEN.fullmatch(protocol) for protocol in protocols):
        rule = f"Sec-WebSocket-Protocol is a list of names, and here it is {quote(', '.join(protocols), 30)}"
        problems.append(Problem(rule, "RFC 6455, 4.1", header="Sec-WebSocket-Protocol"))
    elif len(set(protocols)) < len(protocols):
        rule = "every subprotocol may be offered only once"
        problems.append(Problem(rule, "RFC 6455, 4.1", header="Sec-WebSocket-Protocol"))
    try:
        parse_extensions(request.get("Sec-WebSocket-Extensions") or "")
    except PacketError as exc:
        problems.append(Problem(exc.rule, exc.section, header="Sec-WebSocket-Extensions"))
    return problems


def _body(request: RequestHead) -> list[Problem]:
    """Refuse a body: its bytes would stand where the first frame is expected."""
    for name in ("Content-Length", "Transfer-Encoding"):
        if request.get(name) not in (None, "0"):
            return [Problem("a handshake has no body", "RFC 6455, 4.1", header=name)]
    return []


def _exactly_one(head: RequestHead | ResponseHead, name: str, section: str) -> list[Problem]:
    count = len(head.get_all(name))
    if count == 1:
        return []
    rule = f"{name} is missing" if count == 0 else f"{name} may stand only once, and it stands {count} times"
    return [Problem(rule, section, header=name)]


def _expected(head: RequestHead | ResponseHead, name: str, wanted: str, section: str, status: int = 400) -> Problem:
    value = head.get(name)
    came = "it is missing" if value is None else f"here it is {quote(value, 30)}"
    return Problem(f"{name} must be {wanted}, and {came}", section, status, name)


def check_response(request: RequestHead | None, response: ResponseHead) -> tuple[Problem, ...]:
    """Return every reason for which a client must not accept `response` as the end of the handshake.

    RFC 6455, 4.1, "the client MUST validate the server's response". Without the request (its bytes were lost)
    only the response itself is checked.
    """
    if response.status != 101:
        return (Problem(f"the status must be 101, and here it is {response.status}", "RFC 6455, 4.1"),)
    problems = []
    if (response.get("Upgrade") or "").strip().lower() != "websocket":
        problems.append(_expected(response, "Upgrade", "websocket", "RFC 6455, 4.1"))
    if not response.has_word("Connection", "upgrade"):
        problems.append(_expected(response, "Connection", "Upgrade", "RFC 6455, 4.1"))
    if request is not None:
        problems += _accept(request, response) + _subprotocol(request, response)
    return tuple(problems + _extensions(request, response))


def _accept(request: RequestHead, response: ResponseHead) -> list[Problem]:
    missing = _exactly_one(response, "Sec-WebSocket-Accept", "RFC 6455, 4.1")
    if missing:
        return missing
    wanted = accept_key(request.get("Sec-WebSocket-Key") or "")
    if response.get("Sec-WebSocket-Accept") == wanted:
        return []
    return [_expected(response, "Sec-WebSocket-Accept", wanted, "RFC 6455, 4.1")]


def _subprotocol(request: RequestHead, response: ResponseHead) -> list[Problem]:
    chosen = response.get("Sec-WebSocket-Protocol")
    if chosen is None or chosen in _words(request.get("Sec-WebSocket-Protocol")):
        return []
    rule = f"the subprotocol {quote(chosen, 30)} was not offered"
    return [Problem(rule, "RFC 6455, 4.1", header="Sec-WebSocket-Protocol")]


def _extensions(request: RequestHead | None, response: ResponseHead) -> list[Problem]:
    try:
        negotiated(request, response)
    except PacketError as exc:
        return [Problem(exc.rule, exc.section, header="Sec-WebSocket-Extensions")]
    return []


_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")


def _words(value: str | None) -> list[str]:
    return [] if value is None else [word.strip(" \t") for word in value.split(",")]
