"""Whom a view asks, and the request with which it begins: a valid opening handshake (RFC 6455, 4.1)."""

from __future__ import annotations

import base64
import secrets
from dataclasses import replace

from livesock.display.targets import came
from livesock.net.connect.urls import HasUrl, Target, Where, parse

__all__ = ["headers_for", "path_of", "request_to", "target_of"]

LONGEST_URL = 2000
"""Characters of a URL: what every browser takes."""


def target_of(where: Where, path: str) -> Target:
    """Return where `path` is; a URL with a path of its own keeps that.

    Raises:
        TypeError, ValueError: If that is no place, or `path` no path.
    """
    path_of(path)
    if isinstance(where, HasUrl) and not isinstance(where, type | str | int):
        return parse(where.url(path))
    if isinstance(where, bool) or not isinstance(where, str | int | tuple):
        raise TypeError(
            'a target is a URL such as "ws://127.0.0.1:8765/", a port, a (host, port) pair, a server or a netsim, '
            f"not {came(where)}: pass what ls.serve() returned"
        )
    if isinstance(where, str) and len(where) > LONGEST_URL:
        raise ValueError(f"a URL has at most {LONGEST_URL:,} characters, not {len(where):,}: {came(where)}")
    target = parse(where)
    return target if target.path != "/" else replace(target, path=path)


def path_of(value: object) -> str:
    """Return `value` if it is a path.

    Raises:
        ValueError: If it is not.
    """
    if not isinstance(value, str) or not value.startswith("/"):
        raise ValueError(f'a path begins with a slash, such as "/echo", not {came(value)}')
    return value


def headers_for(target: Target) -> list[tuple[str, str]]:
    """Return the headers of a handshake that nothing is wrong with; the key is drawn anew each time."""
    return [
        ("Host", target.address),
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", base64.b64encode(secrets.token_bytes(16)).decode()),
        ("Sec-WebSocket-Version", "13"),
    ]


def request_to(target: Target) -> bytes:
    """Return the bytes of a valid opening handshake."""
    lines = [f"GET {target.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers_for(target))]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
