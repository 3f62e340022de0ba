"""`Access`: which requests a server allows. Decided for each request, before anything else is checked.

A server on a laptop's loopback interface is reachable from every web page that the laptop's owner opens. Three
questions keep strangers out, in this order:

    Host    is one of ours?      a page of evil.example that points its own name at 127.0.0.1 sends evil.example here
    Origin  same host, or local? a browser sends the page that asks; a program without a browser sends none
    auth    the right token?     only where the server listens beyond loopback

OWASP calls the attacks DNS rebinding and cross-site WebSocket hijacking (RFC 6455, 10.2).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from livesock.net.http.web import split_target

__all__ = ["Access", "is_loopback"]

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


FOREIGN = "this Origin may not use this server: pass origins=[…] to serve() to allow a page"
NO_ORIGIN = (
    "this page has no Origin of its own (null: it is a file, or in a sandbox): serve it from this server, "
    'or pass origins=["null"] to serve()'
)
NO_TOKEN = (
    "this server needs its token: open the address of server.url(), which holds it; a browser keeps it from then on"
)


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
    token: str | None = field(default=None, repr=False)
    """What `?auth=`, `Authorization: Bearer` or our cookie must hold; with None no token is needed."""

    @classmethod
    def of(cls, host: str, *, hosts: Iterable[str], origins: Iterable[str], behind_hub: bool) -> Access:
        """Return the rules for a server that listens on `host`: a token as soon as that is not loopback.

        Raises:
            TypeError: If `hosts` or `origins` is no list of str.
            ValueError: If one of them cannot be what a browser sends.
        """
        hosts = [host_of(name) for name in names_of(hosts, "hosts", "my-laptop.local")]
        origins = [origin_of(name) for name in names_of(origins, "origins", "https://example.org")]
        allowed = LOOPBACK | {host.lower()} | set(hosts)
        wide = not is_loopback(host)
        return cls(
            hosts=frozenset() if behind_hub or (wide and not hosts) else frozenset(allowed),
            origins=frozenset(origins),
            token=secrets.token_urlsafe(16) if wide else None,
        )

    def refusal(self, target: str, headers: Mapping[str, str]) -> tuple[int, str] | None:
        """Return status and sentence of the refusal, or None if the request is allowed.

        `headers` have lower-case names. The sentence never repeats what the peer sent.
        """
        whole = re.match(r"https?://([^/?#]*)", target, re.IGNORECASE)  # its host counts (RFC 9112, 3.2.2)
        host = (whole[1] if whole else headers.get("host", "")).lower()
        if self.hosts and not host:  # HTTP/1.0 allows that
            return 403, "a Host is missing: send one that is served here, such as Host: localhost"
        if self.hosts and _name(host) not in self.hosts:
            return (
                403,
                "this Host is not served here: open the address of server.url(), or pass hosts=[…] to serve()",
            )
        origin = headers.get("origin")
        if origin is not None and not self._allows(origin.lower(), host):
            return 403, NO_ORIGIN if origin == "null" else FOREIGN
        if self.token is not None and not self._has_token(target, headers):
            return 401, NO_TOKEN
        return None

    def _allows(self, origin: str, host: str) -> bool:
        if origin in self.origins:
            return True
        scheme, _, netloc = origin.partition("://")
        if scheme not in ("http", "https") or not netloc:
            return False
        return netloc == host or is_loopback_name(_name(netloc))

    def _has_token(self, target: str, headers: Mapping[str, str]) -> bool:
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        cookies = [one.strip().partition("=") for one in headers.get("cookie", "").split(";")]
        kept = [value for name, _, value in cookies if name == self._cookie]
        return self._is_token(_asked(target), bearer.strip() if scheme.lower() == "bearer" else "", *kept)

    def _is_token(self, *given: str) -> bool:
        """Whether one of these is the token; in constant time, which does not show how wrong a wrong one is."""
        token = (self.token or "").encode()
        return any([hmac.compare_digest(one.encode(), token) for one in given])

    @property
    def _cookie(self) -> str:
        """The name of the cookie, another one for each server of a host: cookies do not know ports."""
        return f"livesock-{hashlib.sha256((self.token or '').encode()).hexdigest()[:8]}"

    def let_in(self, target: str) -> list[tuple[str, str]]:
        """Return the header of the answer to a request with `?auth=` that lets the browser in without it from then on.

        So the links, styles, scripts and WebSockets of a page need no token. No page of another site has the cookie
        sent (SameSite), and no script reads it.
        """
        if self.token is None or not self._is_token(_asked(target)):
            return []
        return [("Set-Cookie", f"{self._cookie}={self.token}; Path=/; HttpOnly; SameSite=Strict")]


def _asked(target: str) -> str:
    """Return the value of `?auth=`, "" without it."""
    return parse_qs(split_target(target)[1]).get("auth", [""])[-1]


def is_loopback_name(name: str) -> bool:
    """Whether a Host or Origin names loopback exactly: `127.0.0.1.evil.example` does not."""
    return name in LOOPBACK


def _name(netloc: str) -> str:
    """`[::1]:80` gives `::1`, `localhost:80` gives `localhost`; anything else is returned as it is."""
    match = re.fullmatch(r"(?:\[([^\[\]]*)\]|([^:\[\]]*))(?::[0-9]*)?", netloc)
    return (match[1] or match[2] or "") if match else netloc


# -- what serve() is given


def names_of(given: Iterable[str], option: str, example: str) -> list[str]:
    """Return a list of names. Raises `TypeError` for anything else, a bare str included."""
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        write = f'["{given}"]' if isinstance(given, str) and "*" not in given else f'["{example}"]'
        raise TypeError(f"{option} is a list: write {option}={write}, not {given!r:.80} ({type(given).__name__})")
    names = list(given)
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f'{option} is a list of str such as "{example}", not of {name!r:.80}')
    return names


def origin_of(given: str) -> str:
    """Return an origin as browsers write it: `https://Example.org:443/` gives `https://example.org`."""
    origin = given.strip().rstrip("/").lower()
    if origin == "null":
        return origin
    if "*" in origin:
        raise ValueError(
            f'an origin has no wildcard: write each page that may connect, such as "https://example.org", not {given!r}'
        )
    match = re.fullmatch(r"([a-z][a-z0-9+.-]*)://([^/?#@\s]+)", origin)
    if match is None:
        name = re.sub(r"^[a-z][a-z0-9+.-]*://", "", origin)
        name = re.split(r"[/?#]", name.rpartition("@")[2])[0] or "example.org"
        scheme = "http" if origin.startswith("http:") or is_loopback(_name(name)) else "https"
        raise ValueError(f'an origin is a page without its path: write "{scheme}://{name}", not {given!r:.80}')
    scheme, netloc = match.groups()
    return f"{scheme}://{netloc.removesuffix({'http': ':80', 'https': ':443'}.get(scheme, ' '))}"


def host_of(given: str) -> str:
    """Return a host name without its port, as `Access.hosts` holds it."""
    host = given.strip().lower()
    if not host or re.search(r"[/?#@*\s]", host):
        name = re.split(r"[/?#]", host.rpartition("://")[2])[0]
        write = _name(name) if name and "*" not in name else "my-laptop.local"
        raise ValueError(
            f'a host is the name alone under which the server is reached: write "{write}", not {given!r:.80}'
        )
    return host if host.count(":") > 1 and not host.startswith("[") else _name(host)
