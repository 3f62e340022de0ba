"""What a client checks in the answer to an opening handshake."""

from __future__ import annotations

from livesock.display.view import Message
from livesock.trace.show.columns import printable
from livesock.wire.handshake import check_response
from livesock.wire.http import RequestHead, ResponseHead

__all__ = ["answer_checks"]


def answer_checks(request: RequestHead | None, response: ResponseHead) -> list[Message]:
    """Return what a client checks in the answer, each with a verdict (RFC 6455, 4.1)."""
    if response.status != 101:
        return []
    problems = check_response(request, response)
    wrong = {problem.header.lower() for problem in problems}
    names = ("Upgrade", "Connection", "Sec-WebSocket-Accept")
    checks = [
        {"sign": "✓", "text": f"{name}: {printable(response.get(name) or '')}"}
        for name in names
        if name.lower() not in wrong
    ]
    return [
        {"sign": "✓", "text": "the status is 101"},
        *checks,
        *({"sign": "✕", "text": f"{printable(problem.rule)} ({problem.section})"} for problem in problems),
    ]
