"""What `socket()` may be asked for: each function returns an argument in its one form, or says what is wrong with it.

Each raises `TypeError` for a wrong kind of thing and `ValueError` for an impossible one.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from livesock.net.connect.options import options_of
from livesock.net.connect.urls import HasUrl, Target, parse
from livesock.realtime.client.backoff import Backoff
from livesock.realtime.client.session import TRANSPORTS

__all__ = ["auth_of", "backoff_of", "pairs_of", "path_of", "seconds_of", "target_of", "transports_of"]


def target_of(url: object) -> Target:
    """Return where `url` points; its path is the namespace."""
    if isinstance(url, str) or (isinstance(url, HasUrl) and not isinstance(url, type)):
        return parse(url)
    raise TypeError(
        f'socket() takes a URL such as "http://127.0.0.1:8765/point", a server or a netsim, not {url!r:.60} '
        f"({type(url).__name__})"
    )


def transports_of(names: object) -> tuple[str, ...]:
    """Return the transports in the order in which to use them."""
    known = " and ".join(map(repr, TRANSPORTS))
    if isinstance(names, str) or not isinstance(names, Iterable):
        raise TypeError(f"transports is a list of {known}, in the order in which to use them, not {names!r:.60}")
    chosen = tuple(names)
    for name in chosen:
        if name not in TRANSPORTS:
            raise ValueError(f"a transport is one of {known}, not {name!r:.40}")
    if not chosen or len(set(chosen)) < len(chosen):
        raise ValueError(f"transports holds each of {known} once at most, and at least one of them, not {chosen}")
    return chosen


def path_of(path: object) -> str:
    """Return the path of the Engine.IO server, with a slash at its end as the official client writes it."""
    if not isinstance(path, str) or not path.startswith("/") or urlsplit(path).path != path:
        raise ValueError(f'path is that of the server for all namespaces, such as "/socket.io/", not {path!r:.60}')
    return path if path.endswith("/") else path + "/"


def pairs_of(headers: Mapping[str, str] | None) -> list[tuple[str, str]]:
    """Return header fields as pairs."""
    pairs = list((headers or {}).items())
    for name, value in pairs:
        if not isinstance(value, str) or any(ord(character) < 0x20 for character in f"{name}{value}"):
            raise ValueError(f"a header is a name and one line of text, not {name!r:.40}: {value!r:.40}")
    return pairs


def auth_of(auth: object) -> dict[str, Any] | None:
    """Return what goes with the request for a namespace."""
    if auth is None or isinstance(auth, Mapping):
        return None if auth is None else dict(auth)
    raise TypeError(f'auth is a dict such as {{"token": "…"}}, or None, not {type(auth).__name__}')


def backoff_of(reconnection: object) -> Backoff | None:
    """Return how to come back after a lost connection, or None for not at all."""
    if isinstance(reconnection, bool):
        return Backoff() if reconnection else None
    if isinstance(reconnection, Backoff | Mapping):
        return options_of(Backoff, reconnection, "reconnection")
    raise TypeError(f'reconnection is True, False or a dict such as {{"first": 0.05}}, not {reconnection!r:.60}')


def seconds_of(timeout: object) -> float:
    """Return a time limit as a float."""
    if isinstance(timeout, bool) or not isinstance(timeout, int | float):
        raise TypeError(f"timeout is a number of seconds, not {timeout!r:.60} ({type(timeout).__name__})")
    if not 0 < timeout <= threading.TIMEOUT_MAX:
        raise ValueError(f"timeout is more than 0 seconds, not {timeout}")
    return float(timeout)
