"""Six ways to bring a token along, and `Carried`: one of them on a real connection, and what its log is good for.

connect() ──► the head, the first message ──► the server: lets Ann in, writes a line into its access log
later     ──► what stands in the log, tried again on a second connection
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import re
import secrets
from dataclasses import dataclass
from typing import Any, NamedTuple

from websockets.exceptions import ConnectionClosed

from livesock.client import connect
from livesock.server import serve
from livesock.wire.framereader import FrameReader

__all__ = ["TOKEN", "WAYS", "Carried", "Tokens", "Way"]

TOKEN = "anns-token"
PATIENCE = 3.0

_numbers = itertools.count(1)


class Way(NamedTuple):
    """One way for a token into a server."""

    button: str
    code: str
    """What a page writes for it."""
    browser: str
    """Whether a page can do it."""
    said: str
    """What to think of it, when it was seen."""


WAYS = {
    "url": Way(
        "in the URL",
        "new WebSocket(`${url}?token=${token}`)",
        "yes",
        "The token stands in the first line of the request, and in every log that keeps this line.",
    ),
    "header": Way(
        "Authorization",
        "new WebSocket(url)  // and no argument for headers",
        "no",
        "This was Python. A page cannot: new WebSocket() takes an address and subprotocols, no headers.",
    ),
    "cookie": Way(
        "cookie",
        "new WebSocket(url)  // the browser adds its cookie",
        "by itself",
        "In no log, and no work. But the browser adds it for every page that asks: look at Origin, too.",
    ),
    "protocol": Way(
        "subprotocol",
        'new WebSocket(url, ["chat", token])',
        "yes",
        "A header that a page can fill. It was made for something else: logs and errors may show it.",
    ),
    "message": Way(
        "first message",
        "ws.onopen = () => ws.send(token)",
        "yes",
        "Neither in the head nor in the log. But the server has said 101 to a stranger: give it a time-out.",
    ),
    "ticket": Way(
        "one-time ticket",
        'ticket = await (await fetch("ticket", { method: "POST" })).text();\nnew WebSocket(`${url}?ticket=${ticket}`)',
        "yes",
        "The log has it, and it is used up. Who it was made for was asked before, by fetch, with all headers.",
    ),
}


@dataclass(frozen=True)
class Carried:
    """One connection: what was sent, what the log kept, and what the log was good for."""

    way: str
    secret: str
    log: str
    head: tuple[str, ...]
    message: str
    answer: str
    stolen: str
    """The answer to a reader of the log; "" if there is nothing in it to try."""


class Tokens:
    """The server of one view, with an access log as a proxy in front of it would keep."""

    def __init__(self) -> None:
        self._server = serve(f"tokens {next(_numbers)}")
        self._open: set[str] = set()
        self._log: list[str] = []
        self._server.websocket("/room", subprotocols=["chat"], select_subprotocol=chosen)(self._serve)

    def carry(self, way: str) -> Carried:
        """Bring the token along in one way, and let a reader of the log try what stands there."""
        ticket = secrets.token_hex(8)
        self._open.add(ticket)
        secret = ticket if way == "ticket" else TOKEN
        query = {"url": f"?token={TOKEN}", "ticket": f"?ticket={ticket}"}.get(way, "")
        all_options: dict[str, dict[str, Any]] = {
            "header": {"headers": {"Authorization": f"Bearer {TOKEN}"}},
            "cookie": {"headers": {"Cookie": f"seat={TOKEN}"}},
            "protocol": {"subprotocols": ["chat", TOKEN]},
        }
        first = TOKEN if way == "message" else ""
        answer, sent = self._ask(query, first, all_options.get(way, {}))
        head, _, rest = sent.partition(b"\r\n\r\n")
        frames = FrameReader(from_client=True).feed(rest)
        log = self._log[-1]
        target = log.split(" ")[4]
        found = re.search(r"\?.*", target)
        return Carried(
            way,
            secret,
            log,
            tuple(head.decode().split("\r\n")),
            bytes(frames[0].payload).decode() if first and frames else "",
            answer,
            self._ask(found[0], "", {})[0] if found else "",
        )

    def _ask(self, query: str, first: str, options: dict[str, Any]) -> tuple[str, bytes]:
        """Connect, say the first message if there is one; return what came, and the bytes that were sent."""
        ws = connect(self._server.url(f"/room{query}"), **options)
        with ws, contextlib.suppress(ConnectionClosed):
            if first:
                ws.send(first)
            return str(ws.recv(timeout=PATIENCE)), ws.trace.data(">")
        return f"closed with {ws.close_code}", ws.trace.data(">")

    async def _serve(self, ws: Any) -> None:
        self._log.append(f'127.0.0.1 - - "GET {ws.request.path} HTTP/1.1" 101')
        headers = ws.request.headers
        offered = headers.get("Sec-WebSocket-Protocol", "").split(", ")
        key, _, value = ws.request.path.partition("?")[2].partition("=")
        with contextlib.suppress(ConnectionClosed):
            good = (
                (key == "token" and value == TOKEN)
                or headers.get("Authorization") == f"Bearer {TOKEN}"
                or headers.get("Cookie") == f"seat={TOKEN}"
                or TOKEN in offered
                or (key == "ticket" and self._used(value))
                or (not key and await first_message(ws) == TOKEN)
            )
            if good:
                await ws.send("welcome, Ann")
                await ws.wait_closed()
            else:
                await ws.close(4401, "unauthorized")

    def _used(self, ticket: str) -> bool:
        """Use a ticket up; return whether it was good."""
        was_open = ticket in self._open
        self._open.discard(ticket)
        return was_open

    def stop(self) -> None:
        self._server.stop()


def chosen(ws: Any, offered: Any) -> str | None:
    """Speak "chat" with a client that offers it, and nothing with one that offers none."""
    return "chat" if "chat" in offered else None


async def first_message(ws: Any) -> str | bytes:
    try:
        async with asyncio.timeout(PATIENCE):
            came: str | bytes = await ws.recv()
            return came
    except TimeoutError:
        return ""
