"""The switches of the server, the pages that knock, and what a browser lets a page read. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import NamedTuple

__all__ = ["ANN", "NEWS", "PAGES", "PRESETS", "TOKEN", "WAYS", "Caller", "Door", "Rules", "hidden"]

NEWS = "dinner is at eight"
ANN, TOKEN = "seat=ann", "the-word-of-the-day"
"""The cookie that Ann's browser has of this server, and the token that pages of the app know."""

WAYS = ("polling", "WebSocket")

Headers = Mapping[str, str]


@dataclass(frozen=True)
class Rules:
    """What the server looks at. `cors` is strict when only pages of the app may read its answers."""

    cors: bool = True
    cookie: bool = False
    origin: bool = False
    token: bool = False
    host: bool = False

    @classmethod
    def names(cls) -> list[str]:
        return [field.name for field in fields(cls)]


PRESETS = {
    "cors": ("CORS is strict. Is that enough?", Rules()),
    "cookie": ("and a cookie?", Rules(cookie=True)),
    "origin": ("and Origin?", Rules(origin=True)),
    "host": ("and Host?", Rules(origin=True, host=True)),
    "all": ("everything but a cookie", Rules(cors=True, origin=True, token=True, host=True)),
}
"""Settings that are questions."""


class Caller(NamedTuple):
    """A page, or a program, that wants to read."""

    name: str
    story: str
    is_ours: bool = False
    is_program: bool = False
    has_cookie: bool = True
    """Whether the browser adds Ann's cookie to what the page asks."""


PAGES = {
    "app": Caller("the app’s page", "a page of app.localhost, in Ann’s browser", is_ours=True),
    "evil": Caller("a stranger’s page", "a page of evil.localhost, in another tab of Ann’s browser"),
    "sandbox": Caller("a page in a sandbox", "an iframe with sandbox: its origin is the word null"),
    "rebound": Caller(
        "a page under a false name",
        "evil.localhost, whose name now points to 127.0.0.1: for the browser, page and server are one site",
        has_cookie=False,
    ),
    "program": Caller(
        "a program", "no browser: it writes into Origin what it likes", is_program=True, has_cookie=False
    ),
}


@dataclass(frozen=True)
class Door:
    """The addresses of one server, and what it decides about a request."""

    app: str
    """The origin of the app's page."""
    hosts: frozenset[str]
    """What the server calls itself in Host."""
    rules: Rules

    def refusal(self, headers: Headers) -> tuple[int, str] | None:
        """Return status and reason if a request is refused before anything is read from it."""
        if self.rules.host and headers.get("host") not in self.hosts:
            return 403, "Host is not ours"
        if self.rules.origin and headers.get("origin", self.app) != self.app:
            return 403, "Origin is not allowed"
        if self.rules.cookie and headers.get("cookie") != ANN:
            return 401, "no cookie of ours"
        return None

    def may_read(self, origin: str | None) -> dict[str, str]:
        """Return the headers that tell a browser which page may read the answer."""
        if origin is None:
            return {}
        allowed = self.app if self.rules.cors else origin
        return {"Access-Control-Allow-Origin": allowed, "Access-Control-Allow-Credentials": "true"}


def hidden(origin: str | None, answer: Headers) -> bool:
    """Whether a browser keeps an answer from the page that asked, with its cookies (the Fetch standard, "CORS check").

    `origin` is None for a page of the server's own site: it may read everything.
    """
    if origin is None:
        return False
    allowed = answer.get("access-control-allow-origin") == origin
    return not (allowed and answer.get("access-control-allow-credentials") == "true")
