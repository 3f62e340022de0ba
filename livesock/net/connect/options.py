"""Arguments of `serve()`, `connect()`, `tcp()` and `socket()`: each function here returns one in its one form.

A wrong kind of thing raises `TypeError`, an impossible value `ValueError`; both say what is expected and what came.
"""

from __future__ import annotations

import difflib
import threading
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, TypeVar
from urllib.parse import urlsplit

from livesock.net.connect.urls import HasUrl, Target, parse
from livesock.realtime.client.backoff import Backoff
from livesock.realtime.client.session import TRANSPORTS

__all__ = [
    "Options",
    "auth_of",
    "backoff_of",
    "options_of",
    "pairs_of",
    "path_of",
    "seconds_of",
    "seconds_or_none_of",
    "target_of",
    "transports_of",
]

T = TypeVar("T")

Options = Mapping[str, Any]
"""Some fields of `Limits`, `SessionOptions` or `Backoff` by name; the others keep their defaults."""


def options_of(kind: type[T], given: T | Options, name: str) -> T:
    """Return the argument `name` as a value of the dataclass `kind`; it may be a dict with some of its fields.

    Raises:
        TypeError: If it is neither a dict nor such a value, or names an option that does not exist.
        ValueError: If an option has an impossible value.
    """
    if isinstance(given, kind):
        return given
    known = [field.name for field in fields(kind)]  # type: ignore[arg-type]  # each kind is a dataclass
    if not isinstance(given, Mapping):
        raise TypeError(f'{name} is a dict such as {{"{known[0]}": 1.0}}, not {_shown(given)}')
    for option in given:
        if option not in known:
            close = difflib.get_close_matches(str(option), known, 1) or [", ".join(known)]
            raise TypeError(f"{name} has no option {option!r:.40}: did you mean {close[0]}?")
    return kind(**given)


def target_of(url: object, takes: str = 'socket() takes a URL such as "http://127.0.0.1:8765/point"') -> Target:
    """Return where `url` points; `takes` begins the error about what is not a URL."""
    if isinstance(url, str) or (isinstance(url, HasUrl) and not isinstance(url, type)):
        return parse(url)
    raise TypeError(f"{takes}, a server or a netsim, not {_shown(url)}")


def pairs_of(headers: object) -> list[tuple[str, str]]:
    """Return header fields as (name, value) pairs; they may be a dict, pairs, or None."""
    items = headers.items() if isinstance(headers, Mapping) else () if headers is None else headers
    if isinstance(items, str | bytes) or not isinstance(items, Iterable):
        raise TypeError(f"headers is a dict or a list of (name, value) pairs, not {_shown(headers)}")
    pairs = list(items)
    for pair in pairs:
        if not isinstance(pair, tuple | list) or len(pair) != 2 or not all(isinstance(part, str) for part in pair):
            raise TypeError(f"a header is a (name, value) pair of str, not {pair!r:.60}")
        if any(character < " " and character != "\t" for part in pair for character in part):
            raise ValueError(
                f"a header is one line: {pair!r:.60} holds a line break or a control character; tcp() sends anything"
            )
    return [(name, value) for name, value in pairs]


def seconds_of(timeout: object, *, otherwise: str = "") -> float:
    """Return a time limit in seconds. `otherwise` is what the errors offer beside a number."""
    if isinstance(timeout, bool) or not isinstance(timeout, int | float):
        raise TypeError(f"timeout is a number of seconds{otherwise}, not {_shown(timeout)}")
    if not 0 < timeout <= threading.TIMEOUT_MAX:
        raise ValueError(f"timeout is more than 0 seconds{otherwise}, not {timeout}")
    return float(timeout)


def seconds_or_none_of(timeout: object) -> float | None:
    """Return a time limit in seconds, or None for no limit."""
    return None if timeout is None else seconds_of(timeout, otherwise=", or None to wait for ever")


# -- only for Socket.IO


def transports_of(names: object) -> tuple[str, ...]:
    """Return the transports in the order in which to use them."""
    known = " and ".join(map(repr, TRANSPORTS))
    if isinstance(names, str) or not isinstance(names, Iterable):
        raise TypeError(f"transports is a list of {known}, in the order in which to use them, not {_shown(names)}")
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
        raise ValueError(f'path is where the Socket.IO server answers, such as "/socket.io/", not {path!r:.60}')
    return path if path.endswith("/") else path + "/"


def auth_of(auth: object) -> dict[str, Any] | None:
    """Return what goes with the request for a namespace."""
    if auth is None or isinstance(auth, Mapping):
        return None if auth is None else dict(auth)
    raise TypeError(f'auth is a dict such as {{"token": "…"}}, or None, not {_shown(auth)}')


def backoff_of(reconnection: object) -> Backoff | None:
    """Return how to come back after a lost connection, or None for not at all."""
    if isinstance(reconnection, bool):
        return Backoff() if reconnection else None
    if isinstance(reconnection, Backoff | Mapping):
        return options_of(Backoff, reconnection, "reconnection")
    raise TypeError(f'reconnection is True, False or a dict such as {{"first": 0.05}}, not {_shown(reconnection)}')


def _shown(value: object) -> str:
    return f"{value!r:.60} ({type(value).__name__})"
