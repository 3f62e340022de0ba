"""Five attacks on a room. Each is a real client; what it hears depends on the door.

raid(ls.connect, server.url("/room"), gate.tickets.issue("ann"))  ──►  attack by attack: what became of it
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from websockets.exceptions import ConnectionClosed

from livesock.errors import HandshakeError

__all__ = ["APP", "EVIL", "FLOOD", "LOOKALIKE", "raid"]

APP = "https://app.example"
"""Where the pages of the app come from."""

EVIL, LOOKALIKE = "https://evil.example", "https://app.example.evil.example"
"""Origins of two pages that strangers have made."""

FLOOD = 15
"""Messages that are sent at once."""

PATIENCE = 3.0

Connect = Callable[..., Any]


def raid(connect: Connect, url: str, ticket: str) -> Iterator[tuple[str, str]]:
    """Yield the name of each attack, and what became of it.

    `connect` is `ls.connect`; `ticket` is a good one: its owner uses it first, the attacker has it from the log.
    """
    yield "a page of evil.example", page(connect, url, EVIL)
    yield "a page whose name begins like ours", page(connect, url, LOOKALIKE)
    with connect(f"{url}?ticket={ticket}") as owner:
        yield "the ticket from the log, again", heard(connect, f"{url}?ticket={ticket}")
        yield "a client that says nothing", heard(connect, url)
        yield f"a member that sends {FLOOD} at once", flood(owner)


def page(connect: Connect, url: str, origin: str) -> str:
    """Do what a page of this origin does: ask for a ticket, and connect with it, if there is one."""
    asked = Request(urlsplit(url)._replace(scheme="http", path="/ticket").geturl(), b"", {"Origin": origin})
    try:
        with build_opener(ProxyHandler({})).open(asked, timeout=PATIENCE) as answer:
            ticket = json.load(answer).get("ticket")
    except OSError:
        ticket = None
    return heard(connect, f"{url}?ticket={ticket}" if ticket else url, origin=origin)


def heard(connect: Connect, url: str, **options: Any) -> str:
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
