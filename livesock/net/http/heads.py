"""Checks of a request head that h11 leaves to its user: limits and ambiguities. A `Refusal` answers them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from livesock.errors import PacketError
from livesock.net.http.web import Headers, Response

if TYPE_CHECKING:
    import h11

    from livesock.net.http.limits import Limits

__all__ = [
    "Refusal",
    "check_handshake",
    "check_size",
    "explain",
    "headers_of",
    "refuse_ambiguity",
    "target_of",
    "tokens",
    "too_big",
]


class Refusal(Exception):
    """The request is answered with an error, and the connection ends."""

    def __init__(
        self, status: int, text: str, headers: dict[str, str] | None = None, kind: str | None = None, note: str = ""
    ) -> None:
        """Answer with `text`; `note` is what `server.errors` has of it, if that is something else."""
        super().__init__(status, text)
        self.note = note
        self.response = Response(text + "\n", status=status, headers=headers or {}, type=kind)


WANTED = {"Upgrade": "websocket", "Connection": "close, upgrade", "Sec-WebSocket-Version": "13"}
"""Headers of an answer with 426. A sender of Upgrade MUST also send the option "upgrade" (RFC 9110, 7.8)."""


def check_size(received: bytes | bytearray, limits: Limits) -> None:
    """Refuse the head at the beginning of `received` if it is too large, complete or not.

    Raises:
        Refusal: 414 for the request line, 431 for the headers (RFC 6585, 5).
    """
    head = _head(received)
    lines = _lines(head)
    if len(lines[0]) > limits.max_line:
        raise Refusal(414, f"a request line may hold at most {limits.max_line} bytes")
    if len(lines) - 1 > limits.max_headers:
        raise Refusal(431, f"a request may hold at most {limits.max_headers} header lines")
    if len(head) > limits.max_head or any(len(line) > limits.max_line for line in lines):
        raise Refusal(431, f"a header line may hold at most {limits.max_line} bytes, all together {limits.max_head}")


def too_big(size: str, limits: Limits) -> Refusal:
    """Return the refusal of a body (RFC 9110, 15.5.14)."""
    return Refusal(413, f"message too big: {size} bytes, limit {limits.max_body}")


def _head(received: bytes | bytearray) -> bytes:
    """Return the head at the beginning of `received` with its empty line, where h11 finds its end."""
    data = bytes(received)
    end = re.search(rb"\n\r?\n", data)
    return data[: end.end()] if end else data


def _lines(head: bytes) -> list[bytes]:
    """Return the lines of a head as h11 reads them: an LF ends one, with a CR before it or without."""
    return re.split(rb"\r?\n", head.rstrip(b"\r\n"))


def refuse_ambiguity(received: bytes | bytearray, headers: dict[str, str]) -> None:
    """Refuse a head that two programs in a row may read differently: the root of request smuggling (RFC 9112, 11.2).

    h11 merges equal lengths into one, so the lines are counted as they came.

    Raises:
        Refusal: 400, with the rule.
    """
    head = _head(received)
    if b"\r\n" in head and re.search(rb"(?<!\r)\n", head):
        raise Refusal(400, "some lines of the head end in CR LF and others in LF alone (RFC 9112, 2.2)")
    lines = _lines(head.lower())
    lengths = [line for line in lines if line.startswith(b"content-length:")]
    if lengths and "transfer-encoding" in headers:
        raise Refusal(400, "Content-Length beside Transfer-Encoding (RFC 9112, 6.3)")
    if len(lengths) > 1 or any(b"," in line for line in lengths):
        raise Refusal(400, "more than one Content-Length (RFC 9112, 6.3)")
    if sum(line.startswith(b"origin:") for line in lines) > 1:
        raise Refusal(400, "more than one Origin (RFC 6454, 7.3)")


def check_handshake(received: bytes | bytearray) -> None:
    """Refuse the head at the beginning of `received` if it is not a valid WebSocket handshake (RFC 6455, 4.2.1).

    Raises:
        Refusal: 400, 405 or 426, with the first rule that it breaks.
    """
    from livesock.wire.handshake import check_request  # a server of pages alone needs neither
    from livesock.wire.http import parse_request

    try:
        parsed = parse_request(bytes(received))
    except PacketError as exc:
        raise Refusal(400, f"not a request head: {exc}") from exc
    if parsed is None:
        raise Refusal(400, "the lines of a request head must end in CR LF (RFC 9112, 2.2)")
    for problem in check_request(parsed[0]):
        answers = {426: WANTED, 405: {"Allow": "GET"}}
        text = f"this path speaks WebSocket, and the handshake is not valid: {problem.rule} ({problem.section})"
        raise Refusal(problem.status, text, answers.get(problem.status))


def headers_of(request: h11.Request) -> Headers:
    """Return the headers by name in lower case."""
    return Headers((name.decode("ascii"), value.decode("latin-1")) for name, value in request.headers)


def target_of(request: h11.Request) -> str:
    """Return the request target as text; bytes beyond ASCII become the characters of the same number."""
    return request.target.decode("latin-1")


def tokens(value: str) -> set[str]:
    """Return the members of a comma-separated list in lower case: `keep-alive, Upgrade` has two."""
    return {token.strip().lower() for token in value.split(",")}


def explain(exc: h11.RemoteProtocolError, received: bytes | bytearray | None, limits: Limits) -> Refusal:
    """Turn an error of h11 into an answer; `received` is the head that was being read, None after it.

    A first byte of 0x16 begins TLS.
    """
    if received and received[:1] == b"\x16":
        return Refusal(400, "this port speaks plain HTTP, and the bytes are TLS: use http:// or ws://")
    if received is not None:
        try:
            check_size(received, limits)
        except Refusal as refusal:
            return refusal
    why = re.sub(r":? ?\w*['\"(].*", "", str(exc), flags=re.DOTALL)  # it would repeat bytes of the peer
    return Refusal(exc.error_status_hint or 400, f"HTTP/1.1 does not allow this request: {why}")
