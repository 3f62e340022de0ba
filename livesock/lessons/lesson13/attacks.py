"""Five attacks on a room. Each is a real client; what it is told depends on the door.

raid(ls.connect, server.url("/room"), gate.tickets.issue("ann"))  ──►  attack by attack: what became of it
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from websockets.exceptions import ConnectionClosed

from livesock.errors import HandshakeError

__all__ = ["EVIL", "FLOOD", "LOOKALIKE", "raid"]

EVIL, LOOKALIKE = "http://evil.example", "http://127.0.0.1.evil.example"
"""Origins of two pages that strangers have made."""

FLOOD = 40
"""Messages that are sent at once."""

PATIENCE = 3.0

Connect = Callable[..., Any]


def raid(connect: Connect, url: str, ticket: str) -> Iterator[tuple[str, str]]:
    """Yield the name of each attack, and what became of it.

    `connect` is `ls.connect`; `ticket` is a good one: its owner uses it first, the attacker has it from the log.
    """
    yield "a page of evil.example", told(connect, url, origin=EVIL)
    yield "a page whose name begins like ours", told(connect, url, origin=LOOKALIKE)
    with connect(f"{url}?ticket={ticket}") as owner:
        yield "the ticket from the log, again", told(connect, f"{url}?ticket={ticket}")
        yield "a client that says nothing", told(connect, url)
        yield f"a member that sends {FLOOD} at once", flood(owner)


def told(connect: Connect, url: str, **options: Any) -> str:
    """Connect, say nothing, and return what came: the news, a refusal, or the end."""
    try:
        with connect(url, **options) as ws:
            return f"hears “{ws.recv(timeout=PATIENCE)}”"
    except HandshakeError as refused:
        return f"refused with {refused.status}, before the 101"
    except ConnectionClosed as closed:
        return f"closed with {ended(closed)}"
    except TimeoutError:
        return "waits, and hears nothing"


def flood(ws: Any) -> str:
    """Send many messages; return whether all came back."""
    try:
        for number in range(FLOOD):
            ws.send(str(number))
        for _ in range(FLOOD + 1):  # the news comes first
            ws.recv(timeout=PATIENCE)
    except ConnectionClosed as closed:
        return f"closed with {ended(closed)}"
    except TimeoutError:
        return "some are passed on"
    return "all are passed on"


def ended(closed: ConnectionClosed) -> str:
    return f"{closed.rcvd.code}, {closed.rcvd.reason}" if closed.rcvd else "1006"
