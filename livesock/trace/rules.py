"""Rules that a head can break although each of its lines is valid: because of other headers, or of the request.

Content-Length and Transfer-Encoding together         two readers could disagree on where the body ends
a 101 whose Sec-WebSocket-Accept does not fit the key  the client must fail the connection
"""

from __future__ import annotations

from livesock.errors import PacketError
from livesock.wire.handshake import check_response
from livesock.wire.http import Framing, RequestHead, ResponseHead, body_framing

__all__ = ["BrokenHead", "check_switch", "framing_of"]


class BrokenHead(Exception):
    """A head follows the grammar and breaks another rule; `header` is the header that breaks it."""

    def __init__(self, rule: str, section: str, header: str = "") -> None:
        super().__init__(rule)
        self.rule, self.section, self.header = rule, section, header


def check_switch(request: RequestHead | None, response: ResponseHead, *, lost: bool) -> None:
    """Check a 101. With `lost`, the request may have been among bytes that the trace no longer holds.

    A switch to another protocol than WebSocket is not judged.

    Raises:
        BrokenHead: If no request asked for a switch, or if a client must not accept the response.
    """
    if request is None or request.get("Upgrade") is None:
        if request is not None or not lost:
            raise BrokenHead("a 101 answers a request to switch protocols, and there was none", "RFC 9110, 15.2.2")
    elif not request.has_word("Upgrade", "websocket"):
        return
    for problem in check_response(request, response):
        raise BrokenHead(problem.rule, problem.section, problem.header)


def framing_of(head: RequestHead | ResponseHead, method: str | None) -> int | Framing:
    """Return how the body after `head` ends; `method` is that of the request that a response answers.

    Raises:
        BrokenHead: If its headers contradict each other.
    """
    try:
        return body_framing(head, method)
    except PacketError as exc:
        header = "Content-Length" if head.get("Transfer-Encoding") is None else "Transfer-Encoding"
        raise BrokenHead(exc.rule, exc.section, header) from exc
