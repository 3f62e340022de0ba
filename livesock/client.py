"""`connect()`, `reconnect()` and `tcp()`: clients for a cell, with every byte in `trace`.

    with connect(server.url("/echo")) as ws:       a connection of the library `websockets`, recorded
        ws.send("hello")
        ws.recv(timeout=1)
    ws.trace                                       both directions, the handshake too

    for ws in reconnect(server.url("/prices")):    the same, again and again: it comes back by itself

    raw = tcp(server.port)                         a TCP connection for bytes typed by hand

This module puts parts together: `websockets` speaks the protocol, `livesock.net` moves and records the bytes.
"""

from __future__ import annotations

import logging
import socket
import ssl
import threading
import weakref
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from websockets.exceptions import InvalidHandshake, InvalidURI
from websockets.sync.client import connect as websockets_connect

from livesock.net.connect.advice import brief, handshake_error, redirected, say_redirect
from livesock.net.connect.again import FINAL, STABLE, connections
from livesock.net.connect.connection import Connection
from livesock.net.connect.habits import CONNECT, TCP
from livesock.net.connect.here import refuse_own_loop
from livesock.net.connect.options import (
    WEBSOCKET_OPTIONS,
    backoff_of,
    pairs_of,
    target_of,
    tls_of,
    websocket_options_of,
)
from livesock.net.connect.tcp import TcpSocket
from livesock.net.connect.tls import client_context
from livesock.net.connect.urls import HasUrl, Target, Where, is_loopback, parse
from livesock.net.loop import registry
from livesock.net.loop.arguments import compression_of, seconds_of, seconds_or_none_of, subprotocols_of
from livesock.net.loop.habits import blocking
from livesock.net.loop.masked import MASK
from livesock.net.loop.thread import refuse_loops
from livesock.realtime.client.backoff import Backoff
from livesock.trace.recording import Trace

__all__ = ["Connection", "close_all", "connect", "open_connections", "reconnect", "tcp"]

logger = logging.getLogger("livesock.client")
logger.addFilter(MASK)

TIMEOUT = 5.0
"""Seconds after which a cell that waits for a peer gives up: long for loopback, short for a person."""


@blocking(CONNECT, more=WEBSOCKET_OPTIONS)
def connect(
    url: str | HasUrl,
    *,
    timeout: float | None = TIMEOUT,
    headers: Mapping[str, str] | Iterable[tuple[str, str]] | None = None,
    subprotocols: Iterable[str] | None = None,
    compression: str | None = None,
    **options: Any,
) -> Connection:
    """Open a WebSocket and return it, ready to `send` and `recv`; use it in a `with` statement or `close()` it.

    `url` is a URL (http means ws, https means wss), a server or a netsim. `timeout` seconds bound the opening
    handshake, and the closing one unless `close_timeout` says otherwise; None waits for ever. `compression` is None or
    "deflate"; more options are those of `websockets.sync.client.connect`. A server of this process with a throw-away
    certificate is trusted, also behind a netsim. Proxies are used only for hosts other than this one.

    Raises:
        WrongThread: If called in an async handler of a livesock server.
        HandshakeError: If the server answered with anything but a correct 101.
        OSError: If there is no connection: refused, unknown host, `TimeoutError`; a note says what to check.
        TypeError, ValueError: If an argument is impossible.
    """
    refuse_loops("connect()")
    target = target_of(url, 'tcp() takes a port, but connect() takes a URL such as "ws://127.0.0.1:8765/"')
    refuse_own_loop("connect()", target)
    options = _arguments(target, timeout, headers, subprotocols, options)
    return _handshake(target, options | {"compression": compression_of(compression)})


@blocking(CONNECT, more=("timeout", "headers", "subprotocols", "compression", *WEBSOCKET_OPTIONS))
def reconnect(
    url: str | HasUrl,
    *,
    reconnection: bool | Mapping[str, Any] = True,
    stable: float = STABLE,
    final: Iterable[int] = FINAL,
    **options: Any,
) -> Iterator[Connection]:
    """Give open connections to `url`, one after the other: use it in a `for` statement, which comes back by itself.

        for ws in ls.reconnect(server.url("/prices")):
            try:
                for message in ws: ...
            except ConnectionClosed:
                pass  # lost: the loop waits, and gives the next connection

    Waits 1 s, 2 s, 4 s, 5 s …, each up to half as long or half as long again; `reconnection` may say otherwise:
    `{"first": 0.1, "largest": 30.0, "attempts": 5}`. A connection that lasted `stable` seconds clears the count. The
    loop ends after a close code in `final`: 1000, 1008 or 4401, and with `break`. What was sent meanwhile is lost.
    All other options are those of `connect()`.

    Raises:
        WrongThread: If called in an async handler of a livesock server.
        HandshakeError: If the server refuses with a 4xx.
        OSError: If `attempts` in a row have failed.
        TypeError, ValueError: If an argument is impossible.
    """
    refuse_loops("reconnect()")
    backoff = backoff_of(reconnection) or Backoff(attempts=1)
    codes: tuple[Any, ...] = tuple(final) if isinstance(final, Iterable) else (None,)
    if not all(isinstance(code, int) for code in codes):
        raise TypeError(f"final is a list of close codes such as [1000, 1008, 4401], not {final!r:.60}")
    stable = seconds_of(stable, name="stable")
    return connections(lambda: connect(url, **options), backoff, stable=stable, final=codes)


def _handshake(target: Target, arguments: dict[str, Any]) -> Connection:
    trace = Trace(client=">")
    made: list[Connection] = []  # more than one after a redirect

    def make(*args: Any, **kwargs: Any) -> Connection:
        made.append(Connection(*args, trace=trace, **kwargs))
        _remember(made[-1])
        return made[-1]

    try:
        websockets_connect(target.url(), create_connection=cast(Any, make), **arguments)
        return made[-1]
    except BaseException as exc:
        for connection in made:
            connection.close_socket()  # websockets itself does so, except when a cell is interrupted
        if not isinstance(exc, InvalidHandshake | InvalidURI | OSError):
            raise
        raise _explained(exc, target, trace, made) from (None if isinstance(exc, OSError) else exc)


def _explained(
    exc: InvalidHandshake | InvalidURI | OSError, target: Target, trace: Trace, made: list[Connection]
) -> Exception:
    """Return the error of the place to which the last redirect has led, or of `target`."""
    answers = [connection.response for connection in made]
    is_led_on = isinstance(exc, OSError) and answers and answers[-1] is not None  # there is no connection to the last
    led = [answer.headers["Location"] for answer in (answers if is_led_on else answers[:-1]) if answer is not None]
    last = redirected(target, led)
    if isinstance(exc, OSError):
        told = brief(exc, last, trace.data("<", len(led) + 1))
    else:  # the URI of an InvalidURI is one to which the server redirects
        asked, came = (made[-1].request, made[-1].response) if made else (None, None)
        told = handshake_error(exc, asked, came, last, trace, len(led) + 1)
    say_redirect(told, target, last)
    return told


@blocking(TCP)
def tcp(
    where: Where,
    host: str = "127.0.0.1",
    *,
    timeout: float | None = TIMEOUT,
    tls: bool | ssl.SSLContext = False,
) -> TcpSocket:
    """Open a TCP connection for bytes typed by hand and return it; use it in a `with` statement or `close()` it.

    `where` is a port (of `host`), a (host, port) pair, a URL, a server or a netsim. Every call on the socket waits at
    most `timeout` seconds. TLS comes first if `tls` says so or the URL begins with wss or https; the trace then holds
    the decrypted bytes. A server of this process is trusted; for another one `tls` may be a context of the module ssl.

    Raises:
        OSError: If there is no connection: refused, unknown host, `TimeoutError`; a note says what to check.
        TypeError, ValueError: If an argument is impossible.
    """
    refuse_loops("tcp()")
    _check_place(where, host)
    _check_tls(tls)
    target = parse(where, host)
    target = replace(target, tls=bool(tls) or target.tls)
    timeout = seconds_or_none_of(timeout)
    context = tls_of(None if isinstance(tls, bool) else tls, target) or client_context(target)
    trace, sock = Trace(client=">"), None
    try:
        sock = socket.create_connection((target.host, target.port), timeout)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if context is not None:
            sock = context.wrap_socket(sock, server_hostname=target.host)
        raw = TcpSocket(sock, trace)
    except BaseException as exc:
        if sock is not None:
            sock.close()
        if isinstance(exc, OSError):
            raise brief(exc, target, trace.data("<")) from None
        raise
    _remember(raw)
    return raw


def _check_place(where: object, host: object) -> None:
    if isinstance(where, str) and isinstance(host, int):
        write = f"tcp(({where!r}, {host}))" if "://" not in where else f'tcp("{where}"), with the port in it'
        raise TypeError(f"tcp() takes a port, or a pair of host and port: write {write}")


def _check_tls(tls: bool | ssl.SSLContext) -> None:
    if not isinstance(tls, bool | ssl.SSLContext):
        raise TypeError(f"tls is True, False or a context of the module ssl, not {tls!r:.40} ({type(tls).__name__})")


# -- what is open

_open: weakref.WeakSet[Connection | TcpSocket] = globals().get("_open", weakref.WeakSet())
_lock: threading.Lock = globals().get("_lock", threading.Lock())


def open_connections() -> list[Connection | TcpSocket]:
    """Return the clients of this process that are not closed."""
    with _lock:
        return [client for client in _open if _is_open(client)]


def close_all(timeout: float = 1.0) -> None:
    """Close every client of this process within `timeout` seconds, with a closing handshake if the peer answers it.

    Safe to call at any time; a second call does nothing.
    """
    closers = [
        threading.Thread(target=_close, args=(client, timeout), name="livesock close", daemon=True)
        for client in open_connections()
    ]
    for closer in closers:
        closer.start()
    for closer in closers:
        closer.join(timeout + 0.5)


class _Clients:
    """All clients as one entry of the registry, so that `stop_all()` and the end of the process close them."""

    port = 0

    def stop(self, timeout: float = 1.0) -> None:
        close_all(timeout * 0.9)


def _remember(client: Connection | TcpSocket) -> None:
    with _lock:
        _open.add(client)
    if "clients" not in registry.running("client"):
        registry.put("client", "clients", _Clients())


# Both look at attributes, not at the class: `%autoreload` makes new classes and leaves old clients behind.


def _is_open(client: Connection | TcpSocket) -> bool:
    sock: Any = getattr(client, "socket", client)
    return bool(sock.fileno() != -1)


def _close(client: Connection | TcpSocket, timeout: float) -> None:
    if hasattr(client, "close_timeout"):
        client.close_timeout = timeout
    client.close()


# -- what goes to websockets


def _arguments(
    target: Target, timeout: float | None, headers: object, subprotocols: Iterable[str] | None, options: dict[str, Any]
) -> dict[str, Any]:
    """Return the arguments for `websockets`: ours under its names, over defaults that suit a notebook."""
    timeout = seconds_or_none_of(timeout)
    options = websocket_options_of(options, target)
    defaults: dict[str, Any] = {"close_timeout": timeout, "logger": logger}
    if is_loopback(target.host):
        defaults["proxy"] = None  # a proxy could not reach our own machine
    if target.tls:
        defaults["ssl"] = client_context(target)
    ours: dict[str, Any] = {"open_timeout": timeout, "additional_headers": pairs_of(headers), "legacy": True}
    ours["subprotocols"] = subprotocols_of(subprotocols)
    return defaults | options | ours
