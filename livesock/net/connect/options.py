"""Arguments of `serve()`, `connect()`, `tcp()` and `socket()`: each function here returns one in its one form.

A wrong kind of thing raises `TypeError`, an impossible value `ValueError`; both say what is expected and what came.
"""

from __future__ import annotations

import difflib
import logging
import ssl
import threading
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, TypeVar
from urllib.parse import urlsplit

from livesock.net.connect.urls import HasUrl, Target, parse
from livesock.realtime.client.backoff import Backoff
from livesock.realtime.client.session import TRANSPORTS

__all__ = [
    "WEBSOCKET_OPTIONS",
    "Options",
    "auth_of",
    "backoff_of",
    "compression_of",
    "options_of",
    "pairs_of",
    "path_of",
    "seconds_of",
    "seconds_or_none_of",
    "subprotocols_of",
    "target_of",
    "tls_of",
    "transports_of",
    "websocket_options_of",
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
        raise TypeError(f'headers is a dict such as {{"name": "value"}}, or (name, value) pairs, not {_shown(headers)}')
    pairs = list(items)
    for pair in pairs:
        if not isinstance(pair, tuple | list) or len(pair) != 2 or not all(isinstance(part, str) for part in pair):
            hint = 'write headers={"name": "value"}'
            raise TypeError(f"a header is a (name, value) pair of str, not {pair!r:.60}: {hint}")
        if any(character < " " and character != "\t" for part in pair for character in part):
            raise ValueError(
                f"a header is one line: {pair!r:.60} holds a line break or a control character; tcp() sends anything"
            )
    return [(name, value) for name, value in pairs]


LONGEST = 3600
"""Seconds: a longer time limit was most likely meant in milliseconds, as in JavaScript. None waits for ever."""


def seconds_of(timeout: object, *, otherwise: str = "", name: str = "timeout") -> float:
    """Return a time limit in seconds. `otherwise` is what the errors offer beside a number."""
    if isinstance(timeout, bool) or not isinstance(timeout, int | float):
        raise TypeError(f"{name} is a number of seconds{otherwise}, not {_shown(timeout)}")
    if not 0 < timeout <= threading.TIMEOUT_MAX:
        raise ValueError(f"{name} is more than 0 seconds{otherwise}, not {timeout}")
    if timeout > LONGEST:
        raise ValueError(
            f"{name} is in seconds, at most {LONGEST}{otherwise}: write {timeout / 1000:g} for {timeout:g} ms"
        )
    return float(timeout)


def seconds_or_none_of(timeout: object, name: str = "timeout", none: str = "to wait for ever") -> float | None:
    """Return a time limit in seconds, or None for no limit; `none` is what the errors say of None."""
    return None if timeout is None else seconds_of(timeout, otherwise=f", or None {none}", name=name)


# -- only for WebSocket

WEBSOCKET_OPTIONS = (
    *("close_timeout", "ping_interval", "ping_timeout", "max_size", "max_queue", "origin", "extensions"),
    *("user_agent_header", "proxy", "proxy_ssl", "proxy_server_hostname", "ssl", "server_hostname", "sock"),
    *("source_address", "logger"),
)
"""Options of `websockets.sync.client.connect` that `connect` passes on as they are."""


def websocket_options_of(options: Mapping[str, Any], target: Target) -> dict[str, Any]:
    """Return the options for `websockets`, checked here: there a wrong one fails later, in a thread or not at all."""
    checked = dict(options)
    for name, none in (
        ("close_timeout", "to wait for ever"),
        ("ping_interval", "for no pings"),
        ("ping_timeout", "to wait for ever"),
    ):
        if name in checked:
            checked[name] = seconds_or_none_of(checked[name], name, none)
    for name, unit in (("max_size", "bytes, such as 2**20"), ("max_queue", "messages, such as 16")):
        if name in checked and not _is_size(checked[name]):
            raise TypeError(f"{name} is a number of {unit}, or None for no limit, not {_shown(checked[name])}")
    for name in ("origin", "user_agent_header", "server_hostname"):
        if not isinstance(checked.get(name), str | None):
            raise TypeError(f"{name} is a str, not {_shown(checked[name])}")
    if not isinstance(checked.get("proxy"), str | None) and checked["proxy"] is not True:
        raise TypeError(f'proxy is a URL such as "http://127.0.0.1:3128", or None, not {_shown(checked["proxy"])}')
    if not isinstance(checked.get("logger"), logging.Logger | logging.LoggerAdapter | None):
        raise TypeError(f"logger is one of the module logging, not {_shown(checked['logger'])}")
    if tls_of(checked.get("ssl"), target) is None:
        checked.pop("ssl", None)
    return checked


def _is_size(size: object) -> bool:
    if isinstance(size, tuple):  # for frames and messages, or high and low
        return len(size) == 2 and all(map(_is_size, size))
    return size is None or (isinstance(size, int) and not isinstance(size, bool) and size > 0)


def subprotocols_of(names: object) -> list[str] | None:
    """Return the subprotocols to offer, the preferred one first; None for none."""
    if names is None:
        return None
    if isinstance(names, str | bytes) or not isinstance(names, Iterable):
        raise TypeError(f'subprotocols is a list such as ["chat"], the preferred one first, not {_shown(names)}')
    found = list(names)
    if bad := [name for name in found if not isinstance(name, str)]:
        raise TypeError(f"a subprotocol is a str, not {_shown(bad[0])}")
    return found


def compression_of(method: object) -> str | None:
    """Return the compression to offer."""
    if method is None or method == "deflate":
        return None if method is None else "deflate"
    raise ValueError(f'compression is "deflate" or None, not {_shown(method)}')


# -- for both


def tls_of(context: object, target: Target) -> ssl.SSLContext | None:
    """Return the context for TLS with `target`, None for the one that suits it."""
    if isinstance(context, ssl.SSLContext) and not target.tls:
        raise ValueError("ssl is for wss:// and https://, and this URL begins with ws:// or http://")
    if isinstance(context, ssl.SSLContext | None):
        return context
    raise TypeError(
        'ssl is a context such as ssl.create_default_context(cafile="ca.pem"); whether to use TLS says the URL, '
        f"wss:// or https://; not {_shown(context)}"
    )


# -- only for Socket.IO


def transports_of(names: object) -> tuple[str, ...]:
    """Return the transports in the order in which to use them."""
    known = " and ".join(map(repr, TRANSPORTS))
    if isinstance(names, str) or not isinstance(names, Iterable):
        hint = f': write ["{names}"]' if names in TRANSPORTS else ""
        raise TypeError(
            f"transports is a list of {known}, in the order in which to use them, not {_shown(names)}{hint}"
        )
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
    hint = f': write auth={{"token": {auth!r:.40}}}' if isinstance(auth, str) else ""
    raise TypeError(f'auth is a dict such as {{"token": "…"}}, or None, not {_shown(auth)}{hint}')


def backoff_of(reconnection: object) -> Backoff | None:
    """Return how to come back after a lost connection, or None for not at all."""
    if isinstance(reconnection, bool):
        return Backoff() if reconnection else None
    if isinstance(reconnection, Backoff | Mapping):
        if isinstance(reconnection, Mapping):
            for name, value in reconnection.items():
                if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
                    raise TypeError(f"{name} of reconnection is a number, not {_shown(value)}")
                if name in ("first", "largest"):
                    seconds_of(value, name=f"{name} of reconnection")
        return options_of(Backoff, reconnection, "reconnection")
    hint = f': write {{"attempts": {reconnection}}}' if isinstance(reconnection, int) else ""
    raise TypeError(
        f'reconnection is True, False or a dict such as {{"first": 0.05}}, not {_shown(reconnection)}{hint}'
    )


def _shown(value: object) -> str:
    return f"{value!r:.60} ({type(value).__name__})"
