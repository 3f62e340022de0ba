"""`ways()`: four schemes, three values of `transports`, and what the first request of each is; played at a click.

    the page: play "wss", no option ──► a client of the view's own ──► a netsim ──► one of two servers of the view's own
                                                                          │
                                                                    block_upgrade: a proxy that takes Upgrade out

A cell says what was measured: the first request in the client's recording, and the transport that carried the session
when it had settled.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ClassVar

from livesock.display.view import Message
from livesock.display.views.ways.picture import draw
from livesock.display.visitor import TIMEOUT, Visitor
from livesock.display.whole import WholeView
from livesock.errors import LivesockError
from livesock.net.netsim.netsim import netsim
from livesock.server import serve
from livesock.trace.recording import Trace
from livesock.wire.http import ResponseHead
from livesock.wire.quote import one_line

__all__ = ["SCHEMES", "WaysView", "ways"]

SCHEMES = ("http", "ws", "https", "wss")

CHOICES: dict[str, tuple[str, ...]] = {
    "none": ("polling", "websocket"),
    "polling": ("polling",),
    "websocket": ("websocket",),
}
"""What is given as `transports`; "none" is no option, and means both."""

_numbers = itertools.count(1)


class WaysView(WholeView):
    """A table of twelve ways to connect, each empty until it was tried."""

    page: ClassVar[str] = "ways"
    parts: ClassVar[tuple[str, ...]] = ("instrument",)

    def __init__(self) -> None:
        number = next(_numbers)
        self._servers = [serve(f"ways {number}"), serve(f"ways {number}, TLS", tls=True)]
        self._sims = [netsim(server, name=f"proxy before {server.name}") for server in self._servers]
        self._found: dict[str, Message] = {}  # by scheme, choice and block
        self._blocked, self._playing = False, ""
        self._hand = ThreadPoolExecutor(1, thread_name_prefix="livesock view hand")
        super().__init__()

    def play(self, *schemes: str) -> WaysView:
        """Try the three ways of each scheme (of all four without one), as the page does, and return the view."""
        for scheme in schemes or SCHEMES:
            for choice in CHOICES:
                self._submit(_known("scheme", scheme, SCHEMES), choice).result(4 * TIMEOUT)
        return self

    @property
    def measured(self) -> dict[tuple[str, str], tuple[str, str]]:
        """For each scheme and choice that was tried as the switch is now: the first request, and what carried it."""
        keys = ((scheme, choice) for scheme in SCHEMES for choice in CHOICES)
        found = ((key, self._found.get(self._key(*key))) for key in keys)
        return {key: (one["first"], one["end"]) for key, one in found if one}

    # -- what the page gets

    def state(self) -> Message:
        return {
            "schemes": list(SCHEMES),
            "choices": list(CHOICES),
            "cells": [[self._found.get(self._key(scheme, choice)) for choice in CHOICES] for scheme in SCHEMES],
            "playing": self._playing,
            "blocked": self._blocked,
            "sentence": self._sentence(),
        }

    def _key(self, scheme: str, choice: str) -> str:
        return f"{scheme} {choice} {self._blocked}"

    def _sentence(self) -> str:
        found = self.measured
        if not found:
            behind = ", behind a proxy that takes Upgrade out" if self._blocked else ""
            return f"Twelve ways to connect{behind}. Which word of them chooses the transport?"
        if len(found) < len(SCHEMES) * len(CHOICES):
            return f"{len(found)} of 12 tried. Do the four cells of a column differ?"
        columns = [{found[scheme, choice] for scheme in SCHEMES} for choice in CHOICES]
        if all(len(column) == 1 for column in columns):
            return "In each column all four are alike: the scheme chooses no transport."
        pairs = [
            {found[scheme, choice] for scheme in pair} for choice in CHOICES for pair in (SCHEMES[:2], SCHEMES[2:])
        ]
        if all(len(pair) == 1 for pair in pairs):
            return "http and ws are alike, https and wss too: the proxy cannot read what TLS hides."
        return "No two cells need be alike: see what each of them did."

    # -- what the page asks for

    def on_message(self, message: Message) -> None:
        kind = message.get("kind")
        if kind == "block":
            self._blocked = _known("on", message.get("on"), (True, False))
        elif kind == "play":
            scheme = _known("scheme", message.get("scheme"), SCHEMES)
            self._submit(scheme, _known("choice", message.get("choice"), tuple(CHOICES)))
        elif kind == "all":
            for scheme in SCHEMES:
                for choice in CHOICES:
                    self._submit(scheme, choice)
        else:
            raise ValueError(f"a page of ways() may send play, all or block, not {kind!r:.60}")

    def _submit(self, scheme: str, choice: str) -> Future[None]:
        blocked = self._blocked

        def act() -> None:
            self._playing = f"{scheme} {choice}"
            try:
                self._found[f"{scheme} {choice} {blocked}"] = self._try(scheme, choice, blocked)
            finally:
                self._playing = ""

        return self._hand.submit(act)

    def _try(self, scheme: str, choice: str, blocked: bool) -> Message:
        """Connect once, wait until the session has settled, and return what was measured."""
        sim = self._sims[scheme in ("https", "wss")]
        sim.block_upgrade = blocked
        visitor = Visitor(sim.url("/", "ws" if scheme.startswith("ws") else "http"), CHOICES[choice])
        end, error = "none", ""
        try:
            visitor.join("/")
            if choice == "none":
                visitor.trace.wait(_settled(visitor), timeout=TIMEOUT)
            end = visitor.transport or "none"
        except (OSError, LivesockError) as exc:
            error = one_line(f"{type(exc).__name__}: {exc}", 200)
        requests = visitor.trace.only(kind="request").rows()
        target = getattr(requests[0].value, "target", "") if requests else ""
        visitor.close()
        return {"first": target.partition("transport=")[2].partition("&")[0], "end": end, "error": error}

    # -- pictures for where nothing moves

    def picture(self) -> str:
        return draw(self.state(), self.words())

    def words(self) -> str:
        lines = [
            f"{scheme:5}  transports={_shown(choice):12}  {_way(*way)}"
            for (scheme, choice), way in self.measured.items()
        ]
        return "\n".join([self._sentence(), *lines])

    def finish(self) -> None:
        self._hand.shutdown(wait=True, cancel_futures=True)
        for sim in self._sims:
            sim.stop()
        for server in self._servers:
            server.stop()


def _settled(visitor: Visitor) -> Callable[[Trace], bool]:
    """Return whether the try to move to a WebSocket is over: it moved, or the server has refused."""

    def is_over(trace: Trace) -> bool:
        heads: Any = (row.value for row in trace.only(kind="response").rows())
        return visitor.transport != "polling" or any(isinstance(h, ResponseHead) and h.status >= 400 for h in heads)

    return is_over


def _way(first: str, end: str) -> str:
    if end == "none":
        return f"{first} refused, no session"
    return first if first == end else f"{first}, then {end}"


def _shown(choice: str) -> str:
    return "(none given)" if choice == "none" else repr([choice])


def _known(name: str, value: Any, known: tuple[Any, ...]) -> Any:
    if type(value) in (str, bool) and value in known:
        return value
    raise ValueError(f"{name} is one of {', '.join(map(repr, known))}, not {value!r:.60}")


def ways() -> WaysView:
    """Return a table of four schemes and three values of `transports`: a click connects, and the cell says how it went.

    Two servers of the view's own answer, one of them with TLS, each behind a simulated proxy that takes `Upgrade` out
    when the switch says so. What was measured is in `.measured`; `.play("ws", "wss")` tries ways from a cell.

    Raises:
        MissingExtra: If trustme is missing, which makes the certificate.
    """
    return WaysView()
