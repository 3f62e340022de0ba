"""13.eio_url: the scheme says TLS or not, the query says the transport, the path is the same for every namespace."""

from __future__ import annotations

import random
from functools import partial
from typing import Any

from livesock.learn.exercise import Exercise, Mutant, Property, Solution, case

__all__ = ["EIO_URL", "eio_url"]


def eio_url(base: str, path: str = "/socket.io/", transport: str = "websocket", sid: str | None = None) -> str:
    """Return the URL of a request of Engine.IO; `base` begins with http, https, ws or wss."""
    scheme, _, place = base.partition("://")
    host = place.partition("/")[0]
    plain = "ws" if transport == "websocket" else "http"
    scheme = plain + "s" if scheme in ("https", "wss") else plain
    query = f"EIO=4&transport={transport}"
    if sid is not None:
        query += f"&sid={sid}"
    return f"{scheme}://{host}{path.rstrip('/')}/?{query}"


ORDER = ("EIO", "transport", "sid")


def trial(solution: Solution, *args: Any) -> Any:
    """Return the URL with its query in one order: any order is right."""
    url = solution(*args)
    if not isinstance(url, str) or "?" not in url:
        return url
    place, _, query = url.partition("?")
    names = {name: number for number, name in enumerate(ORDER)}
    return f"{place}?{'&'.join(sorted(query.split('&'), key=lambda pair: names.get(pair.partition('=')[0], 9)))}"


def wrong(
    base: str,
    path: str = "/socket.io/",
    transport: str = "websocket",
    sid: str | None = None,
    *,
    version: int = 4,
    scheme: str = "",
    place: str = "host",
    slash: str = "one",
    shows: str = "transport",
    sid_as: str = "asked",
    own_path: bool = True,
) -> str:
    """Return an address in which one thing is wrong, the named one."""
    given, _, rest = base.partition("://")
    host, _, behind = rest.partition("/")
    secure = given in ("https", "wss")
    family = "ws" if (transport == "websocket") != (scheme == "swapped") else "http"
    right = family + "s" * ((secure and scheme != "no_tls") or scheme == "tls")
    if scheme == "kept" or (scheme == "kept_ws" and given in ("ws", "wss")):
        right = given
    if scheme == "last_letter":
        right = family + "s" * given.endswith("s")
    if scheme == "ws":
        right = "wss" if secure else "ws"
    behind = behind.rstrip("/")
    places = {"host": host, "name": host.partition(":")[0], "glued": rest, "base": rest.rstrip("/")}
    road = path if own_path else "/socket.io/"
    if slash != "as_given":
        road = road.rstrip("/") + {"none": "", "two": "//"}.get(slash, "/")
    if slash == "front":
        road = f"/{path}".rstrip("/") + "/"
    if place == "namespace" and behind:
        road = f"/{behind}/"
    query = f"EIO={version}&" * bool(version) + f"transport={'websocket' if shows == 'websocket' else transport}"
    if (sid is not None and sid_as == "asked") or sid_as == "always":
        query += f"&sid={sid}"
    return f"{right}://{places.get(place, host)}{road}?{query}"


def replaces(base: str, path: str = "/socket.io/", transport: str = "websocket", sid: str | None = None) -> str:
    """Exchange the letters wherever they stand, also in the name of the host."""
    base = base.replace("http", "ws") if transport == "websocket" else base.replace("ws", "http")
    scheme, _, place = base.partition("://")
    query = f"EIO=4&transport={transport}" + (f"&sid={sid}" if sid is not None else "")
    return f"{scheme}://{place.partition('/')[0]}{path.rstrip('/')}/?{query}"


def mutant(id: str, hint: str, **options: Any) -> Mutant:
    return Mutant(id, partial(wrong, **options), hint)


SCHEMES = ("http", "https", "ws", "wss")
HOSTS = ("a", "a:80", "127.0.0.1:8000", "example.org", "news.example:8443", "http.example")


def draw(rng: random.Random) -> tuple[str, str, str, str | None]:
    base = f"{rng.choice(SCHEMES)}://{rng.choice(HOSTS)}{rng.choice(['', '', '/', '/point'])}"
    sid = "".join(rng.choices("abcXYZ019-_", k=8))
    path = rng.choice(["/socket.io/", "/socket.io/", "/chat/", "/a/live", "/chat"])
    return base, path, rng.choice(["websocket", "polling"]), rng.choice([None, sid])


def draw_host(rng: random.Random) -> tuple[str, str]:
    return rng.choice(HOSTS), rng.choice(["websocket", "polling"])


def same_for_both(solution: Solution, host: str, transport: str) -> bool:
    """Whether `http` and `ws` mean the same, and `https` and `wss`."""
    plain, safe = (
        {trial(solution, f"{scheme}://{host}", "/socket.io/", transport) for scheme in pair}
        for pair in (("http", "ws"), ("https", "wss"))
    )
    return len(plain) == len(safe) == 1 and plain != safe


EIO_URL = Exercise(
    "13.eio_url",
    eio_url,
    cases=(
        case("http, over a WebSocket", "http://a:80", gives="ws://a:80/socket.io/?EIO=4&transport=websocket"),
        case("https, over a WebSocket", "https://a", gives="wss://a/socket.io/?EIO=4&transport=websocket"),
        case("wss as it is", "wss://a", gives="wss://a/socket.io/?EIO=4&transport=websocket"),
        case("ws, by polling", "ws://a", "/socket.io/", "polling", gives="http://a/socket.io/?EIO=4&transport=polling"),
        case(
            "wss, by polling, in a session",
            "wss://a",
            "/socket.io/",
            "polling",
            "x",
            gives="https://a/socket.io/?EIO=4&transport=polling&sid=x",
        ),
        case(
            "http, by polling",
            "http://a",
            "/socket.io/",
            "polling",
            gives="http://a/socket.io/?EIO=4&transport=polling",
        ),
        case(
            "a WebSocket for a session",
            "http://a",
            "/socket.io/",
            "websocket",
            "Zx-9_",
            gives="ws://a/socket.io/?EIO=4&transport=websocket&sid=Zx-9_",
        ),
        case("a slash behind the host", "https://a/", "/chat/", gives="wss://a/chat/?EIO=4&transport=websocket"),
        case("a path without its last slash", "ws://a", "/chat", gives="ws://a/chat/?EIO=4&transport=websocket"),
        case(
            "a namespace behind the host",
            "https://a:8443/point",
            gives="wss://a:8443/socket.io/?EIO=4&transport=websocket",
        ),
        case(
            "a host called http…",
            "https://http.example",
            gives="wss://http.example/socket.io/?EIO=4&transport=websocket",
        ),
        case(
            "ws in the name of the host",
            "ws://news.example",
            "/socket.io/",
            "polling",
            gives="http://news.example/socket.io/?EIO=4&transport=polling",
        ),
    ),
    random=draw,
    times=30,
    trial=trial,
    claim=Property("http and ws mean the same, https and wss too", draw_host, same_for_both),
    mutants=(
        mutant("eio_3", "Ask for EIO=4: with 3 the server says “Unsupported protocol version”.", version=3),
        mutant("no_version", "Say which version you speak: EIO=4 belongs to every request.", version=0),
        mutant(
            "scheme_kept",
            "Let the transport choose the scheme: a WebSocket begins with ws, polling with http.",
            scheme="kept",
        ),
        mutant(
            "ws_kept",
            "Write http for polling: a base with ws or wss names a server, not a transport.",
            scheme="kept_ws",
        ),
        mutant(
            "always_ws", "Look at the transport: polling asks by HTTP, so its address begins with http.", scheme="ws"
        ),
        mutant("tls_lost", "Keep the s: https and wss both ask for TLS.", scheme="no_tls"),
        mutant(
            "last_letter", "Look which s asks for TLS: ws ends with one, too, and means none.", scheme="last_letter"
        ),
        mutant("tls_added", "Add no s: http and ws both go without TLS, as the caller wants it.", scheme="tls"),
        mutant("schemes_swapped", "Exchange the schemes: ws is for the WebSocket, http for polling.", scheme="swapped"),
        Mutant(
            "replaced_everywhere",
            replaces,
            "Change the scheme only: your replace also finds http and ws inside the name of a host.",
        ),
        mutant("port_lost", "Keep the port: it belongs to the host.", place="name"),
        mutant(
            "base_glued",
            "Cut the base off behind the host: what follows there, be it one slash, does not belong to the path.",
            place="glued",
        ),
        mutant(
            "namespace_in_path",
            "Leave out what follows the host: it is a namespace, and namespaces travel inside the packets.",
            place="base",
        ),
        mutant(
            "namespace_for_path",
            "Keep the path /socket.io/: what follows the host is a namespace, and it travels inside the packets.",
            place="namespace",
        ),
        mutant("no_slash", "End the path with a slash, before the question mark.", slash="none"),
        mutant("path_as_given", "End the path with a slash, also when the caller has forgotten it.", slash="as_given"),
        mutant("two_slashes", "End the path with one slash: yours has two.", slash="two"),
        mutant(
            "slash_in_front", "Put host and path together as they are: the path brings its first slash.", slash="front"
        ),
        mutant("path_ignored", "Use the path that you are given: /socket.io/ is only its default.", own_path=False),
        mutant("always_websocket", "Name the transport that was asked for in the query.", shows="websocket"),
        mutant("sid_forgotten", "Add the sid when there is one: else the server opens a new session.", sid_as="never"),
        mutant(
            "sid_none",
            "Leave sid out while there is none: “sid=None” names a session that nobody has.",
            sid_as="always",
        ),
    ),
    hints=(
        "Four parts, one after the other: scheme, host, path, query. Which argument decides about which part?",
        "The letter s comes from the base, ws or http from the transport. In “https://a:8443/point” the host is "
        "“a:8443”; the namespace /point is left out. The query is EIO=4&transport=…, and &sid=… in a session.",
        "A neighbour: scheme, _, place = 'ftps://a:21/x'.partition('://') gives 'ftps' and 'a:21/x'; "
        "place.partition('/')[0] is 'a:21'. And 'chat/'.rstrip('/') + '/' ends with one slash in any case.",
    ),
    explanation="One path for every namespace and for both transports: only the query differs. That is why a proxy can "
    "route all of Socket.IO with one rule, and why it cannot route by namespace.",
    distractors={
        '    scheme = scheme.replace("http", "ws")': "always_ws",
        '    host = place.rstrip("/")': "namespace_in_path",
        '    query = f"EIO=3&transport={transport}"': "eio_3",
        "    if sid is None:": "sid_none",
    },
)
