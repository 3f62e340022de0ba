"""`parse`: where a target is, whatever way it was written.

    8765                              ──►  Target("127.0.0.1", 8765, "/", tls=False)
    ("127.0.0.1", 8765)               ──►  the same
    "ws://localhost:8765/echo?a=1"    ──►  Target("localhost", 8765, "/echo?a=1", tls=False)
    "https://localhost/"              ──►  Target("localhost", 443, "/", tls=True)
    server, netsim                    ──►  what their `url()` says

The scheme of a URL never crosses the wire: it says which port is meant when none is written, and whether TLS comes
first. `ws` and `http` (and `wss` and `https`) are therefore the same place (RFC 6455, 3).
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Protocol, runtime_checkable
from urllib.parse import SplitResult, urlsplit

__all__ = ["HasUrl", "Target", "Where", "is_loopback", "parse"]

SCHEMES = {"ws": False, "http": False, "wss": True, "https": True}
"""Scheme to "TLS comes first"."""

DEFAULT_PORTS = {False: 80, True: 443}
"""The port that is meant when none is written, without and with TLS (RFC 6455, 3)."""


@runtime_checkable
class HasUrl(Protocol):
    """A server or a netsim."""

    def url(self, path: str = "/", scheme: str = "ws") -> str:
        """Return the URL of `path` there."""


Where = int | str | tuple[str, int] | HasUrl
"""Every way to say where something listens."""


@dataclass(frozen=True, slots=True)
class Target:
    """A host, a port, and what to ask for there."""

    host: str
    """Name or address, an IPv6 address without brackets."""
    port: int
    path: str = "/"
    """Path and query, as it goes into the request line."""
    tls: bool = False
    """Whether a TLS handshake comes before the first byte."""
    user: str = ""
    """`name:password`, still percent-encoded, or an empty string."""

    @property
    def address(self) -> str:
        """`host:port`, with brackets around an IPv6 address."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def url(self, path: str | None = None, scheme: str = "ws") -> str:
        """Return the URL of `path` (default: the target's own), with `ws` turned into `wss` where TLS comes first.

        Raises:
            ValueError: If `scheme` is not ws, wss, http or https, or asks for TLS from a target without it.
        """
        tls = _tls_of(scheme)
        if tls and not self.tls:
            raise ValueError(f"{scheme} needs TLS, and {self.address} does not speak it: write {scheme[:-1]}")
        chosen = self.path if path is None else path
        user = f"{self.user}@" if self.user else ""
        secure = "s" if self.tls and not tls else ""
        return f"{scheme}{secure}://{user}{self.address}{'' if chosen.startswith('/') else '/'}{chosen}"


def parse(where: Where, host: str = "127.0.0.1") -> Target:
    """Return the place that `where` names; `host` completes a bare port.

    Raises:
        TypeError: If `where` is not a URL, a port, a (host, port) pair, a server or a netsim.
        ValueError: If a part of it is impossible: an unknown scheme, a port out of range, a fragment, no host.
    """
    if isinstance(where, str):
        return _parse_url(where)
    if isinstance(where, int) and not isinstance(where, bool):
        return Target(_host(host), _port(where))
    if isinstance(where, tuple) and len(where) == 2:
        return Target(_host(where[0]), _port(where[1]))
    if not isinstance(where, type) and isinstance(where, HasUrl):
        return _parse_url(where.url())
    raise TypeError(
        'a target is a URL such as "ws://127.0.0.1:8765/", a port, a (host, port) pair, a server or a netsim, '
        f"not {_shown(where)}"
    )


def is_loopback(host: str) -> bool:
    """Return whether `host` is this machine talking to itself, so that no proxy can be on the way.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("example.org")
    (True, True, False)
    """
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):  # RFC 6761, 6.3
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _parse_url(url: str) -> Target:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as exc:
        brackets = url.partition("://")[2].count(":") > 1 and "[" not in url
        hint = ": an IPv6 address stands in brackets, ws://[::1]:8765/" if brackets else ""
        raise ValueError(f"{url!r} is not a URL: {exc}{hint}") from exc
    _require(parts, url)
    tls = SCHEMES[parts.scheme]
    user, at, _ = parts.netloc.rpartition("@")
    query = f"?{parts.query}" if parts.query else ""
    port = DEFAULT_PORTS[tls] if port is None else _port(port)
    return Target(parts.hostname or "", port, (parts.path or "/") + query, tls, user if at else "")


def _require(parts: SplitResult, url: str) -> None:
    if parts.scheme not in SCHEMES:
        hint = f": write ws://{url}" if "://" not in url else ""
        if re.fullmatch(r"[\w.-]+", url):
            hint += f', or ("{url}", 8765) where a host and a port will do'
        if not url or url.startswith("/"):
            hint = f': write server.url("{url or "/"}")'
        raise ValueError(f"a URL here begins with ws://, wss://, http:// or https://, not as {url!r} does{hint}")
    if not parts.hostname:
        raise ValueError(f"{url!r} has no host: write {parts.scheme}://127.0.0.1:8765/")
    if parts.fragment or url.endswith("#"):
        # RFC 6455, 3: "Fragment identifiers are meaningless in the context of WebSocket URIs and MUST NOT be used".
        raise ValueError(f"{url!r} has a fragment, which never leaves a browser: drop the part from # on, or write %23")
    if any(ord(character) <= 0x20 or ord(character) == 0x7F for character in url):
        raise ValueError(f"{url!r} holds a space or a control character: write it percent-encoded, such as %20")
    _check_host(parts.hostname)


def _tls_of(scheme: str) -> bool:
    if scheme not in SCHEMES:
        raise ValueError(f"a scheme is one of {', '.join(SCHEMES)}, not {scheme!r}")
    return SCHEMES[scheme]


def _host(host: object) -> str:
    if not isinstance(host, str):
        raise TypeError(f'a host is a name or an address such as "127.0.0.1", not {_shown(host)}')
    if not host:
        raise ValueError('a host is a name or an address such as "127.0.0.1", not an empty string')
    _check_host(host)
    return host


def _check_host(host: str) -> None:
    """Refuse a name that no look-up takes: Python raises there what is neither an OSError nor a sentence."""
    try:
        host.encode("idna")
    except UnicodeError:
        raise ValueError(
            f'a host is a name such as "example.org", with 1 to 63 characters between two dots, not {host!r:.80}'
        ) from None


def _port(port: object) -> int:
    if not isinstance(port, int) or isinstance(port, bool):
        raise TypeError(f"a port is a number from 1 to 65535, not {_shown(port)}")
    if not 0 < port < 65536:
        hint = ": 0 means “any free port”, which only a server can ask for" if port == 0 else ""
        raise ValueError(f"a port is a number from 1 to 65535, not {port}{hint}")
    return port


def _shown(value: object) -> str:
    return f"{value!r:.60} ({type(value).__name__})"
