"""Which handler answers a path: `/time` answers one, `/items/{id}` each with one part in that place.

routes             asked                found
/items/all         /items/all           /items/all,  {}               a literal path goes first
/items/{id}        /items/a%20b         /items/{id}, {"id": "a b"}    parts are decoded after the path was split
/items/{id}        /items/a/b           nothing
/files/{at:path}   /files/css/x.css     …,  {"at": "css/x.css"}           the rest of a path, with its slashes
/files/{*}         /files/css/x.css     /files/{*},  {"*": "css/x.css"}    only for `Server.static`
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import unquote

from livesock.net.http.habits import NO_NUMBER
from livesock.net.http.web import split_target

__all__ = ["check_path", "find", "pages_at", "same_places"]

NAME = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
REST = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*):path\}")
FOLDER = "{*}"


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
    names, foreign, parts = [], {}, path.split("/")
    for number, part in enumerate(parts):
        if match := NAME.fullmatch(part) or (REST.fullmatch(part) if number == len(parts) - 1 else None):
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
    parts = path.split("/")
    last = parts[-1] if re.search(r"\bpath\b|\*", parts[-1]) else None  # the rest of the path, with its slashes
    ours = {part: f"{{{name}{':path' if part == last else ''}}}" for part, name in foreign.items()}
    route = "/".join(ours.get(part, part) for part in parts)
    given = "ws" if decorator == "websocket" else "request"
    head = "async def talk(ws): …" if decorator == "websocket" else "def page(request): …"
    values = [f"{name} = {_converted(part, f'{given}.path_params[{name!r}]')}" for part, name in foreign.items()]
    each = ", ".join(f"{write} for {part!r:.40}" for part, write in ours.items())
    rest = any(re.search(r"\bpath\b|\*", part) for part in foreign if part != last)
    number = next((name for part, name in foreign.items() if re.match("<(int|float):", part)), None)
    missing = NO_NUMBER.format(number) if number else ""
    return (
        f"a parameter is one whole part of a path: write {each}, so @server.{decorator}({route!r:.200}) above {head}, "
        f"and {', '.join(values)} in it{_AT_END if rest else ''}{missing}"
    )


_AT_END = "; one with slashes stands at the end of a path, as in '/files/{name:path}'"


def _converted(part: str, value: str) -> str:
    """Return `value` as the converter of another library makes it, such as `{id:int}`."""
    kind = re.search(r"\b(int|float)\b", part)
    return f"{kind[1]}({value})" if kind else value


def same_places(path: str) -> str:
    """Return what is equal for two routes that answer the same paths: `/a/{id}` and `/a/{name}`."""
    return NAME.sub("{}", REST.sub("{:path}", path))


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


def pages_at(pages: list[tuple[str, str]], target: str) -> list[tuple[str, str]]:
    """Return the pages, each a method and a route, without those for the rest of a path if another one names this path.

    So `/{path:path}` answers what no page knows, and a page that takes only POST still says so to a GET.
    """
    one_path = [route for _, route in pages if not (REST.search(route) or route.endswith(FOLDER))]
    is_named = find(one_path, target) is not None
    return [(method, route) for method, route in pages if not (is_named and REST.search(route))]


@lru_cache(1024)
def _late(route: str) -> int:
    """Order routes: what takes the rest of a path goes last, the shorter path after the longer one, then a folder."""
    is_folder = route.endswith(FOLDER)
    return 20_000 - 2 * route.count("/") + is_folder if is_folder or REST.search(route) else 0


@lru_cache(1024)
def _split(route: str) -> tuple[str, ...]:
    return tuple(route.split("/"))


def _parameters(route: tuple[str, ...], parts: list[str]) -> dict[str, str] | None:
    """Return the parameters of `route` in a path that was split at its slashes; None if it is another path."""
    found = {}
    rest = REST.fullmatch(route[-1])
    if (rest or route[-1] == FOLDER) and len(parts) >= len(route):
        raw = "/".join(parts[len(route) - 1 :])
        found[rest[1] if rest else "*"] = unquote(raw) if rest else raw
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
