"""What a view is given by its caller and by its page, checked: one wording for all views.

    ls.display.wire(…)            checked_server, wrong_target     a server, or what is wrong with what came
    ls.display.frame(server=…)    target_of, path_of, request_to   where bytes go, and the handshake before them
    the page's fields             namespace_of, arguments_of       what a reader has typed

Each error says what was expected, what came, and what to do.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import replace
from typing import Any

from livesock.net.connect.urls import HasUrl, Target, Where, parse
from livesock.net.http.access import is_loopback
from livesock.server import Server

__all__ = [
    "arguments_of",
    "checked_server",
    "headers_for",
    "namespace_of",
    "path_of",
    "place_of",
    "quoted",
    "request_to",
    "target_of",
    "wrong_target",
]

LONGEST = 60
"""Characters that are shown of a value that is not what was expected."""

LONGEST_URL = 2000
"""Characters of a URL: what every browser takes."""

MAX_TEXT = 10_000
"""Characters of arguments that a page may send."""


def quoted(value: object) -> str:
    """Return a value as a message quotes it: short, with its type, and whatever its `repr` does."""
    try:
        shown = repr(value[:LONGEST] if isinstance(value, str | bytes) else value)
    except Exception:
        shown = "something that has no repr"
    cut = shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"
    return cut if value is None else f"{cut} ({type(value).__name__})"


def wrong_target(view: str, expected: str, value: object, advice: str) -> TypeError:
    """Return the error of `view` for a target of the wrong kind."""
    return TypeError(f"{view}() shows {expected}, not {quoted(value)}: {advice}")


def checked_server(view: str, value: object) -> Server:
    """Return `value` if it is a server.

    Raises:
        TypeError: If it is something else, such as a class, a port or a URL.
    """
    if not isinstance(value, Server):
        raise wrong_target(view, "a server", value, "pass what ls.serve() returned")
    return value


def target_of(where: Where, path: str) -> Target:
    """Return where `path` is; a URL with a path of its own keeps that.

    Raises:
        TypeError, ValueError: If `where` is not a target, or `path` is not a path.
    """
    path_of(path)
    if isinstance(where, HasUrl) and not isinstance(where, type | str | int):
        return parse(where.url(path))
    if isinstance(where, bool) or not isinstance(where, str | int | tuple):
        raise TypeError(
            'a target is a URL such as "ws://127.0.0.1:8765/", a port, a (host, port) pair, a server or a netsim, '
            f"not {quoted(where)}: pass what ls.serve() returned"
        )
    if isinstance(where, str) and len(where) > LONGEST_URL:
        raise ValueError(f"a URL has at most {LONGEST_URL:,} characters, not {len(where):,}: {quoted(where)}")
    target = parse(where)
    return target if target.path != "/" else replace(target, path=path)


def path_of(value: object) -> str:
    """Return `value` if it is a path.

    Raises:
        ValueError: If it is not.
    """
    if not isinstance(value, str) or not value.startswith("/"):
        raise ValueError(f'a path begins with a slash, such as "/echo", not {quoted(value)}')
    return value


def place_of(server: Server) -> dict[str, Any]:
    """Return what a page needs to find `server`: its port, whether it has TLS, whether a proxy is needed."""
    return {
        "port": server.port,
        "secure": server.url().startswith("wss"),
        "direct": is_loopback(server.host) and "JUPYTERHUB_SERVICE_PREFIX" not in os.environ,
    }


def headers_for(target: Target) -> list[tuple[str, str]]:
    """Return the headers of a valid handshake, with a new random key."""
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


def namespace_of(value: object) -> str:
    """Return the name of a namespace, with its slash."""
    if not isinstance(value, str) or not value.strip() or len(value) > 200:
        raise ValueError(f"a namespace has a name, such as /point, not {quoted(value)}")
    name = value.strip()
    return name if name.startswith("/") else f"/{name}"


def arguments_of(text: object) -> list[Any]:
    """Return the arguments of an event that were typed as JSON, with commas between them."""
    if not isinstance(text, str) or len(text) > MAX_TEXT:
        raise ValueError(f"the arguments are a text of at most {MAX_TEXT} characters")
    try:
        arguments = json.loads(f"[{text}]")
    except ValueError as exc:
        raise ValueError(
            f'arguments are JSON with commas between them, such as 1, 2 or {{"x": 1}} or "red"; got {text!r:.60}: {exc}'
        ) from None
    return list(arguments)
