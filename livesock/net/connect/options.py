"""Arguments of `connect()`, `tcp()` and `socket()`: each function here returns one in its one form.

A wrong kind of thing raises `TypeError`, an impossible value `ValueError`; both say what is expected and what came.
"""

from __future__ import annotations

import inspect
import logging
import re
import ssl
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from livesock.net.connect.habits import BACKOFF
from livesock.net.connect.urls import HasUrl, Target, parse
from livesock.net.loop.arguments import check_websocket_options, options_of, seconds_of, shown
from livesock.realtime.actions import PATH
from livesock.realtime.client.backoff import Backoff
from livesock.realtime.client.session import TRANSPORTS
from livesock.wire.strictjson import dumps

__all__ = [
    "WEBSOCKET_OPTIONS",
    "auth_of",
    "backoff_of",
    "check_session_query",
    "pairs_of",
    "path_of",
    "retries_of",
    "target_of",
    "tls_of",
    "transports_of",
    "websocket_options_of",
]


def target_of(url: object, takes: str = 'socket() takes a URL such as "http://127.0.0.1:8765/point"') -> Target:
    """Return where `url` points; `takes` begins the error about what is not a URL."""
    if isinstance(url, str) or (isinstance(url, HasUrl) and not isinstance(url, type)):
        return parse(url)
    raise TypeError(f"{takes}, a server or a netsim, not {shown(url)}")


def pairs_of(headers: object) -> list[tuple[str, str]]:
    """Return header fields as (name, value) pairs; they may be a dict, pairs, or None."""
    items = headers.items() if isinstance(headers, Mapping) else () if headers is None else headers
    if isinstance(items, str | bytes) or not isinstance(items, Iterable):
        raise TypeError(f'headers is a dict such as {{"name": "value"}}, or (name, value) pairs, not {shown(headers)}')
    pairs = list(items)
    for pair in pairs:
        if not isinstance(pair, tuple | list) or len(pair) != 2 or not all(isinstance(part, str) for part in pair):
            hint = 'write headers={"name": "value"}'
            raise TypeError(f"a header is a (name, value) pair of str, not {pair!r:.60}: {hint}")
        _check_header(*pair)
    return [(name, value) for name, value in pairs]


def _check_header(name: str, value: str) -> None:
    pair = (name, value)
    if any((character < " " and character != "\t") or character == "\x7f" for character in name + value):
        raise ValueError(
            f"a header is one line: {pair!r:.60} holds a line break or a control character; tcp() sends anything"
        )
    if not _TOKEN.fullmatch(name):
        raise ValueError(
            f'the name of a header is letters, digits and -, such as "X-Room", not {name!r:.60}; tcp() sends anything'
        )
    if name.lower() in _OURS:
        raise ValueError(f"{name} is written by livesock itself, as the URL and the request want it; tcp() sends any")
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        raise ValueError(
            f"a header carries Latin-1 alone, and {pair!r:.60} holds more: write urllib.parse.quote(value)"
        ) from None


_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""RFC 9110, 5.6.2."""

_OURS = ("host", "content-length", "transfer-encoding")
"""Headers of which a second one makes every server refuse the request."""


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
    check_websocket_options(checked)
    for name in ("origin", "user_agent_header", "server_hostname"):
        if not isinstance(checked.get(name), str | None):
            raise TypeError(f"{name} is a str, not {shown(checked[name])}")
    if not isinstance(checked.get("proxy"), str | None) and checked["proxy"] is not True:
        raise TypeError(f'proxy is a URL such as "http://127.0.0.1:3128", or None, not {shown(checked["proxy"])}')
    if not isinstance(checked.get("logger"), logging.Logger | logging.LoggerAdapter | None):
        raise TypeError(f"logger is one of the module logging, not {shown(checked['logger'])}")
    if tls_of(checked.get("ssl"), target) is None:
        checked.pop("ssl", None)
    return checked


# -- for both


def tls_of(context: object, target: Target) -> ssl.SSLContext | None:
    """Return the context for TLS with `target`, None for the one that suits it."""
    if isinstance(context, ssl.SSLContext) and not target.tls:
        raise ValueError("ssl is for wss:// and https://, and this URL begins with ws:// or http://")
    if isinstance(context, ssl.SSLContext | None):
        return context
    raise TypeError(
        'ssl is a context such as ssl.create_default_context(cafile="ca.pem"); whether to use TLS says the URL, '
        f"wss:// or https://; not {shown(context)}"
    )


# -- only for Socket.IO


def transports_of(names: object) -> tuple[str, ...]:
    """Return the transports in the order in which to use them."""
    known = " and ".join(map(repr, TRANSPORTS))
    if isinstance(names, str) or not isinstance(names, Iterable):
        hint = f': write ["{names}"]' if names in TRANSPORTS else ""
        raise TypeError(f"transports is a list of {known}, in the order in which to use them, not {shown(names)}{hint}")
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


def check_session_query(target: Target) -> None:
    """Refuse the address of a session's own requests: sent twice, its parameters are wrong."""
    query = target.path.partition("?")[2]
    ours = [name for name in parse_qs(query, keep_blank_values=True) if name in ("EIO", "transport", "sid")]
    if ours:
        raise ValueError(
            f"socket() itself writes {' and '.join(ours)} into each request: leave them out, and {PATH} as well, for "
            "the path of the URL is the namespace"
        )


def auth_of(auth: object) -> dict[str, Any] | Callable[[], dict[str, Any] | None] | None:
    """Return what goes with the request for a namespace, or the function that returns it each time."""
    if not callable(auth):
        return _auth_of(auth)
    if inspect.iscoroutinefunction(auth):
        raise TypeError("auth is called without await: write def instead of async def; it may block")
    if (signature := _signature(auth)) is not None:
        try:
            signature.bind()
        except TypeError:
            write = 'write auth=lambda: {"token": token}, which returns what is given to a callback in Node'
            raise TypeError(f"auth is called without arguments: {write}") from None
    return lambda: _auth_of(auth())


def _signature(function: Callable[..., Any]) -> inspect.Signature | None:
    try:
        return inspect.signature(function)
    except ValueError:  # some functions in C have none
        return None


def _auth_of(auth: object) -> dict[str, Any] | None:
    if auth is None or isinstance(auth, Mapping):
        given = None if auth is None else dict(auth)
        try:
            dumps(given)
        except (TypeError, ValueError) as exc:
            raise type(exc)(f"auth is sent as JSON: {exc}") from None
        return given
    hint = f': write auth={{"token": {auth!r:.40}}}' if isinstance(auth, str) else ""
    raise TypeError(f'auth is a dict such as {{"token": "…"}}, or None, not {shown(auth)}{hint}')


def retries_of(retries: object) -> int:
    """Return how often an event is sent again before it is given up; 0: each is sent once."""
    if isinstance(retries, bool) or not isinstance(retries, int):
        raise TypeError(f"retries is how often an event is sent again, a number such as 3, not {shown(retries)}")
    if retries < 0:
        raise ValueError(f"retries is 0 or more, not {retries}")
    return retries


def backoff_of(reconnection: object) -> Backoff | None:
    """Return how to come back after a lost connection, or None for not at all."""
    if isinstance(reconnection, bool):
        return Backoff() if reconnection else None
    if isinstance(reconnection, Backoff | Mapping):
        if isinstance(reconnection, Mapping):
            for name, value in reconnection.items():
                if (
                    name in Backoff.__dataclass_fields__
                    and value is not None
                    and (isinstance(value, bool) or not isinstance(value, int | float))
                ):
                    raise TypeError(f"{name} of reconnection is a number, not {shown(value)}")
                if name in ("first", "largest"):
                    seconds_of(value, name=f"{name} of reconnection")
        return options_of(Backoff, reconnection, "reconnection", BACKOFF)
    hint = f': write {{"attempts": {reconnection}}}' if isinstance(reconnection, int) else ""
    raise TypeError(f'reconnection is True, False or a dict such as {{"first": 0.05}}, not {shown(reconnection)}{hint}')
