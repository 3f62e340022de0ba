"""Arguments of `serve()` and of its routes: each function here returns one, or raises with what to write instead.

A wrong kind of thing raises `TypeError`, an impossible value `ValueError`; both say what is expected and what came.
"""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from livesock.advice.spelled import spelled
from livesock.net.loop.arguments import check_websocket_options, compression_of, shown, subprotocols_of
from livesock.net.loop.explain import takes

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "CONNECTION_OPTIONS",
    "ROUTE_OPTIONS",
    "bus_of",
    "check_options",
    "flag_of",
    "folder_of",
    "interface_of",
    "name_of",
    "namespace_of",
    "port_of",
]

CONNECTION_OPTIONS = ("ping_interval", "ping_timeout", "close_timeout", "max_queue", "write_limit")
PROTOCOL_OPTIONS = ("subprotocols", "select_subprotocol", "max_size", "compression", "extensions")
ROUTE_OPTIONS = (*PROTOCOL_OPTIONS, *CONNECTION_OPTIONS, "handshake")
"""Options of a route: those that `websockets` has for one connection, and one of ours."""

_ADDRESS = re.compile(
    r"(?:[a-z]+://)?(?P<host>(?:\d{1,3}\.){3}\d{1,3}|localhost|\[[0-9a-f:]+\]|[\w-]+(?:\.[\w-]+)+(?=:\d+))(?::(?P<port>\d+))?(?:/.*)?",
    re.IGNORECASE,
)
"""What other libraries take first: an address, with a port or without."""


_HOST = r"(?i)(?:[a-z]+://)?(?P<host>\[[^\]]*\]|[^/:]+)(?::(?P<port>\d+))?(?:/.*)?"


def name_of(name: object) -> str:
    """Return the name of a server, unless it is an address or a port."""
    if isinstance(name, str) and name:
        if (match := _ADDRESS.fullmatch(name)) or "://" in name:
            where = _where(match) if match else 'host="127.0.0.1"'
            raise ValueError(
                f"serve() takes a name of your own first, and {name!r:.60} is an address: write serve({where})"
            )
        return name
    hint = f": write serve(port={name})" if isinstance(name, int) and not isinstance(name, bool) else ""
    if isinstance(name, type):
        hint = f": a class answers peers by @server.gateway(…) above class {name.__name__}: leave this line out"
    raise TypeError(f'the name of a server is a non-empty str, such as serve("chat"), not {shown(name)}{hint}')


def bus_of(cluster: object) -> None:
    """Raise unless `cluster` is None or joins servers."""
    if cluster is None or callable(getattr(cluster, "station", None)):
        return
    write = 'ls.cluster.memory() or ls.cluster.redis("redis://127.0.0.1:6379")'
    raise TypeError(f"cluster is what joins servers: write cluster={write}, not {shown(cluster)}")


def interface_of(host: object) -> str:
    """Return the address to listen on."""
    if not isinstance(host, str):
        raise TypeError(f'host is an address of this machine, such as "127.0.0.1", not {shown(host)}')
    if host in ("", "*", "+"):
        raise ValueError(f'host is one address: write host="0.0.0.0" for all of this machine, not {host!r}')
    match = re.fullmatch(_HOST, host)
    if match and (match[0] != match["host"] or host.startswith("[")):
        raise ValueError(f"host is an address without anything else: write {_where(match)}, not {host!r:.60}")
    return host


def _where(match: re.Match[str]) -> str:
    port = f", port={match['port']}" if match["port"] else ""
    return f'host="{match["host"].strip("[]")}"{port}'


def port_of(port: object) -> int:
    """Return the port to listen on, 0 for any."""
    if isinstance(port, int) and not isinstance(port, bool) and 0 <= port <= 65535:
        return port
    digits = str(port).removesuffix(".0")
    hint = f": write port={digits}" if digits.isascii() and digits.isdigit() and int(digits) <= 65535 else ""
    raise ValueError(f"port is a whole number up to 65535, or port=0 for any that is free, not {shown(port)}{hint}")


def flag_of(value: object, name: str, more: str = "") -> bool:
    """Return what is True or False: `"no"` would count as True."""
    if isinstance(value, bool):
        return value
    raise TypeError(f"{name} is True or False{more}, not {shown(value)}")


def folder_of(folder: object) -> Path:
    """Return a folder that is there."""
    if not isinstance(folder, str | os.PathLike) or isinstance(folder, bytes):
        raise TypeError(f'folder is a path: write server.static("/", "site"), not {shown(folder)}')
    from pathlib import Path  # a server that serves no files does without

    path = Path(folder)
    if not path.is_dir():
        raise NotADirectoryError(f"static() serves the files of a folder, and {os.fspath(folder)!r} is not a folder")
    return path


PLACEHOLDER = r"(?<=[/._-])(\{\w+\}|<[\w:]+>|(?<=/):\w+)(?=[/._-]|$)"
"""A part of a name that other libraries let vary: `/{room}`, `/room-<int:number>`, `/:room`."""

EXPRESSION = r"^/?\^|\\[dDwWsSb]|\[[^\]]+\][+*{]|\$$"
"""What stands in a regular expression, and hardly in a name."""


def namespace_of(namespace: object) -> str | re.Pattern[str] | Callable[[str], bool]:
    """Return what names a namespace, or many."""
    if isinstance(namespace, str):
        whole = re.sub(r"^[a-z]+://[^/]*", "", namespace)
        name = re.split(r"[?#]", whole)[0] or "/"
        if name != namespace and namespace:
            raise ValueError(f'a namespace has a name alone: write "{name}", not {namespace!r:.60}')
        full = name if name.startswith(("/", "^")) else f"/{name}"
        if "*" in full or re.search(PLACEHOLDER, full) or re.search(EXPRESSION, full):
            pattern = _pattern_of(full)
            raise ValueError(
                f"a name stands for one namespace alone: write server.of(re.compile({pattern!r:.60})) for many; "
                "the name that a peer chose is socket.namespace.name"
            )
        if "…" in name:
            raise ValueError(
                f'write the name of your namespace, such as "/point", in place of the dots in {name!r:.60}'
            )
        if "," in name:
            raise ValueError(f"a comma ends the name of a namespace on the wire: take another name than {name!r:.60}")
        return namespace
    if isinstance(namespace, re.Pattern):
        if (pattern := _with_slash(namespace.pattern)) != namespace.pattern:
            raise ValueError(
                f"the name of a namespace begins with a slash: write server.of(re.compile({pattern!r:.60}))"
            )
        return namespace
    if callable(namespace) and not isinstance(namespace, type):
        _check_predicate(namespace)
        return namespace
    kinds = 'of() takes the name of a namespace, such as "/point", a pattern of re, or a function of a name'
    raise TypeError(f"{kinds}, not {shown(namespace)}")


def _check_predicate(function: Callable[[str], bool]) -> None:
    """Raise `TypeError` for a function that is not called with a name alone, as that of Node is."""
    try:
        takes(function, ("name",), "of()")
    except TypeError as exc:
        more = [name for name in inspect.signature(function).parameters if name in ("auth", "next", "next_", "fn")]
        if not more:
            raise
        raise TypeError(
            spelled(
                f"{exc}, which returns True or False, without {' and '.join(more)}; what the peer has sent as auth is "
                'checked in @server.of(check).use above def enter(socket): …, which may raise ls.Refused("why")'
            )
        ) from None


def _pattern_of(name: str) -> str:
    """Return the pattern that was meant by a name with `*` or `{room}` in it, or by the text of an expression."""
    if re.search(EXPRESSION, name):
        return re.sub(r"^/(\^.*?)/?$", r"\1", name)  # of JavaScript's /^…$/
    if name.strip("/") == "*":
        return "/.+"  # "/" is there in any case, with handlers of its own
    return re.escape(name).replace(r"\*", "[^/]*") if "*" in name else re.sub(PLACEHOLDER, "[^/]+", name)


def _with_slash(pattern: str) -> str:
    """Return a pattern that begins with the slash of a name; only one that begins with a letter has surely none."""
    return re.sub(r"^(\^?)(?=\w)", r"\1/", pattern) if "|" not in pattern else pattern


def check_options(options: dict[str, Any]) -> None:
    """Raise `TypeError` or `ValueError` for a value that an option of a route cannot have."""
    check_websocket_options(options)
    compression_of(options.get("compression"))
    subprotocols_of(options.get("subprotocols"))
    if not callable(options.get("select_subprotocol") or check_options):
        raise TypeError("select_subprotocol is a function: select_subprotocol(ws, offered) -> one of them, or None")
    if any(not hasattr(extension, "process_request_params") for extension in options.get("extensions") or ()):
        given = shown(options["extensions"])
        raise TypeError(f'extensions is a list of factories of websockets, or write compression="deflate"; not {given}')
    if not callable(options.get("handshake", check_options)):
        raise TypeError("handshake is a function: handshake(method, version, headers) -> (status, headers)")
