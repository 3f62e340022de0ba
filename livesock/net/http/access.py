"""`Access`: which requests a server allows. Decided for each request, before anything else is checked.

A server on a laptop's loopback interface is reachable from every web page that the laptop's owner opens. Three
questions keep strangers out, in this order:

    Host    is one of ours?      a page of evil.example that points its own name at 127.0.0.1 sends evil.example here
    Origin  same host, or local? a browser sends the page that asks; a program without a browser sends none
    auth    the right token?     only where the server listens beyond loopback

OWASP calls the attacks DNS rebinding and cross-site WebSocket hijacking (RFC 6455, 10.2).
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

from livesock.net.http.web import split_target

__all__ = ["Access", "is_loopback"]

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def is_loopback(host: str) -> bool:
    """Whether `host` names this machine's own loopback interface and nothing wider."""
    return host in LOOPBACK or host.startswith("127.")


@dataclass(frozen=True, slots=True)
class Access:
    """The rules of one server."""

    hosts: frozenset[str] = LOOPBACK
    """Names, without port, that may stand in the Host header; empty allows any (behind a JupyterHub)."""
    origins: frozenset[str] = frozenset()
    """Further origins, exactly as a browser writes them: `https://example.org`."""
    token: str | None = None
    """What `?auth=` or `Authorization: Bearer` must hold; with None no token is needed."""

    @classmethod
    def of(cls, host: str, *, hosts: Iterable[str], origins: Iterable[str], behind_hub: bool) -> Access:
        """Return the rules for a server that listens on `host`: a token as soon as that is not loopback."""
        allowed = LOOPBACK | {host.lower()} | {name.lower() for name in hosts}
        wide = not is_loopback(host)
        return cls(
            hosts=frozenset() if behind_hub or (wide and not hosts) else frozenset(allowed),
            origins=frozenset(origin.lower() for origin in origins),
            token=secrets.token_urlsafe(16) if wide else None,
        )

    def refusal(self, target: str, headers: Mapping[str, str]) -> tuple[int, str] | None:
        """Return status and sentence of the refusal, or None if the request is allowed.

        `headers` have lower-case names. The sentence never repeats what the peer sent.
        """
        host = headers.get("host", "").lower()
        if self.hosts and _name(host) not in self.hosts:
            return (
                403,
                "this Host is not served here: open the server by the URL it printed, or pass hosts=[…] to serve()",
            )
        origin = headers.get("origin")
        if origin is not None and not self._allows(origin.lower(), host):
            return 403, "this Origin may not use this server: pass origins=[…] to serve() to allow a page"
        if self.token is not None and not self._has_token(target, headers):
            return 401, "this server needs its token: open the URL that it printed"
        return None

    def _allows(self, origin: str, host: str) -> bool:
        if origin in self.origins:
            return True
        scheme, _, netloc = origin.partition("://")
        if scheme not in ("http", "https") or not netloc:
            return False
        return netloc == host or is_loopback_name(_name(netloc))

    def _has_token(self, target: str, headers: Mapping[str, str]) -> bool:
        assert self.token is not None
        given = parse_qs(split_target(target)[1]).get("auth", [""])[-1]
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        candidates = [given, bearer.strip() if scheme.lower() == "bearer" else ""]
        # compared as bytes in constant time: the time that a wrong token takes must not show how wrong it is
        return any([hmac.compare_digest(c.encode(), self.token.encode()) for c in candidates])


def is_loopback_name(name: str) -> bool:
    """Whether a Host or Origin names loopback exactly: `127.0.0.1.evil.example` does not."""
    return name in LOOPBACK


def _name(netloc: str) -> str:
    """`[::1]:80` gives `::1`, `localhost:80` gives `localhost`; anything else is returned as it is."""
    match = re.fullmatch(r"(?:\[([^\[\]]*)\]|([^:\[\]]*))(?::[0-9]*)?", netloc)
    return (match[1] or match[2] or "") if match else netloc
