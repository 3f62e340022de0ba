"""Which handler answers a path: `/time` answers one, `/items/{id}` each with one part in that place.

routes             asked                found
/items/all         /items/all           /items/all,  {}               a literal path goes first
/items/{id}        /items/a%20b         /items/{id}, {"id": "a b"}    parts are decoded after the path was split
/items/{id}        /items/a/b           nothing
/files/{*}         /files/css/x.css     /files/{*},  {"*": "css/x.css"}    only for `Server.static`
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import unquote

from livesock.net.http.web import split_target

__all__ = ["check_path", "find", "same_places"]

NAME = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
REST = "{*}"


def check_path(path: object, decorator: str = "get") -> None:
    """Refuse what is not the path of a route; `decorator` is the method of `Server` that was called with it.

    Raises:
        TypeError: If it is a function: the brackets of a decorator are missing.
        ValueError: If it has no slash in front, or a query, or parameters as other libraries write them.
    """
    if callable(path):
        name = getattr(path, "__name__", "handler")
        raise TypeError(f'the path is missing: write @server.{decorator}("/{name}") above the handler')
    if not isinstance(path, str) or not path.startswith("/"):
        begins = f": write {'/' + path!r:.60}" if isinstance(path, str) and path and "://" not in path else ""
        raise ValueError(f'a path begins with a slash, such as "/echo", not {path!r:.60}{begins}')
    if "?" in path or "#" in path:
        raise ValueError(f"a route has no query: it is in request.query; write {re.split('[?#]', path)[0]!r}")
    names, foreign = [], {}
    for part in path.split("/"):
        if match := NAME.fullmatch(part):
            names.append(match[1])
        elif re.search(r"[{}*<>]", part) or part.startswith(":"):
            found = re.search(r"\{([A-Za-z_]\w*)|(?:<|:|^)([A-Za-z_]\w*)(?=[>}]|$)", part)  # {id:int} <int:id> <id> :id
            foreign[part] = found[1] or found[2] if found else "name"
    if foreign:
        raise ValueError(_translated(path, foreign, decorator))
    if len(set(names)) < len(names):
        raise ValueError(f"each parameter of a path needs a name of its own: {path!r:.60}")


def _translated(path: str, foreign: Mapping[str, str], decorator: str) -> str:
    """Return what to write for a path with the parameters of another library; `foreign` has the name of each."""
    route = "/".join(f"{{{foreign[part]}}}" if part in foreign else part for part in path.split("/"))
    given = "ws" if decorator == "websocket" else "request"
    head = "async def talk(ws): …" if decorator == "websocket" else "def page(request): …"
    values = [f"{name} = {_converted(part, f'{given}.path_params[{name!r}]')}" for part, name in foreign.items()]
    each = ", ".join(f"{{{name}}} for {part!r:.40}" for part, name in foreign.items())
    deep = any("path" in part or "*" in part for part in foreign)
    return (
        f"a parameter is one whole part of a path and ends at the next slash: write {each}, so "
        f"@server.{decorator}({route!r:.200}) above {head}, and {', '.join(values)} in it{_DEEP if deep else ''}"
    )


_DEEP = (
    '; a route for each depth: "/files/{a}", "/files/{a}/{b}"; '
    'server.static("/files", "folder") serves the files of a folder, however deep'
)


def _converted(part: str, value: str) -> str:
    """Return `value` as the converter of another library makes it, such as `{id:int}`."""
    kind = re.search(r"\b(int|float)\b", part)
    return f"{kind[1]}({value})" if kind else value


def same_places(path: str) -> str:
    """Return what is equal for two routes that answer the same paths: `/a/{id}` and `/a/{name}`."""
    return NAME.sub("{}", path)


def find(routes: Iterable[str], target: str) -> tuple[str, dict[str, str]] | None:
    """Return the route that answers a request target, and its parameters; None if there is none."""
    raw = split_target(target)[0]
    path = unquote(raw)
    routes = list(routes)
    if path in routes and "{" not in path:
        return path, {}
    parts = raw.split("/")
    for route in sorted(routes, key=_late):
        if "{" in route and (found := _parameters(_split(route), parts)) is not None:
            return route, found
    return None


@lru_cache(1024)
def _late(route: str) -> int:
    """Order routes: a folder goes after everything else, the shorter path after the longer one."""
    return 0 if not route.endswith(REST) else 10_000 - route.count("/")


@lru_cache(1024)
def _split(route: str) -> tuple[str, ...]:
    return tuple(route.split("/"))


def _parameters(route: tuple[str, ...], parts: list[str]) -> dict[str, str] | None:
    """Return the parameters of `route` in a path that was split at its slashes; None if it is another path."""
    found = {}
    if route[-1] == REST and len(parts) >= len(route):
        found["*"] = "/".join(parts[len(route) - 1 :])
        route, parts = route[:-1], parts[: len(route) - 1]
    if len(route) != len(parts):
        return None
    for wanted, part in zip(route, map(unquote, parts), strict=True):
        if match := NAME.fullmatch(wanted):
            if not part:
                return None
            found[match[1]] = part
        elif wanted != part:
            return None
    return found
