"""10.eio_url: the scheme says TLS or not, the query says the transport, the path is the same for every namespace."""

import random
from typing import Any

from livesock.learn.exercise import Property, Solution, case
from livesock.learn.tables import exercise

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


SCHEMES = ("http", "https", "ws", "wss")
HOSTS = ("a", "a:80", "127.0.0.1:8000", "example.org", "news.example:8443", "http.example", "[::1]:8000")


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


POLLING = ("/socket.io/", "polling")

EIO_URL = exercise(
    "10.eio_url",
    eio_url,
    r"""
hint: Four parts, one after the other: scheme, host, path, query. Which argument decides about which part?
hint: The letter s comes from the base, ws or http from the transport. In “https://a:8443/point” the host is “a:8443”;
    the namespace /point is left out. The query is EIO=4&transport=…, and &sid=… in a session.
hint: A neighbour: scheme, _, place = 'ftps://a:21/x'.partition('://') gives 'ftps' and 'a:21/x';
    place.partition('/')[0] is 'a:21'. And 'chat/'.rstrip('/') + '/' ends with one slash in any case.
explanation: One path for every namespace and for both transports: only the query differs. That is why a proxy can route
    all of Socket.IO with one rule, and why it cannot route by namespace.

eio_3: Ask for EIO=4: with 3 the server says “Unsupported protocol version”.
  * EIO=4 → EIO=3
no_version: Say which version you speak: EIO=4 belongs to every request.
    EIO=4& →
scheme_kept: Let the transport choose the scheme: a WebSocket begins with ws, polling with http.
    plain + "s" if scheme in ("https", "wss") else plain → scheme
ws_kept: Write http for polling: a base with ws or wss names a server, not a transport.
    scheme = plain + "s" if scheme in ("https", "wss") else plain → if scheme not in ("ws", "wss"):
    |     scheme = plain + "s" if scheme == "https" else plain
always_ws: Look at the transport: polling asks by HTTP, so its address begins with http.
  * plain + "s" if scheme in ("https", "wss") else plain → scheme.replace("http", "ws")
tls_lost: Keep the s: https and wss both ask for TLS.
    plain + "s" if scheme in ("https", "wss") else plain → plain
last_letter: Look which s asks for TLS: ws ends with one, too, and means none.
    scheme in ("https", "wss") → scheme.endswith("s")
tls_added: Add no s: http and ws both go without TLS, as the caller wants it.
    plain + "s" if scheme in ("https", "wss") else plain → plain + "s"
schemes_swapped: Exchange the schemes: ws is for the WebSocket, http for polling.
    "ws" if transport == "websocket" else "http" → "http" if transport == "websocket" else "ws"
replaced_everywhere: Change the scheme only: your replace also finds http and ws inside the name of a host.
    scheme, _, place = base.partition("://") → swap = ("http", "ws") if transport == "websocket" else ("ws", "http")
    | scheme, _, place = base.replace(*swap).partition("://")
    plain + "s" if scheme in ("https", "wss") else plain → scheme
port_lost: Keep the port: it belongs to the host.
    place.partition("/")[0] → place.partition("/")[0].partition(":")[0]
base_glued: Cut the base off after the host: what follows, even a single slash, does not belong to the path.
    place.partition("/")[0] → place
namespace_in_path: Leave out what follows the host: it is a namespace, and namespaces travel inside the packets.
  * place.partition("/")[0] → place.rstrip("/")
namespace_for_path: Keep the path /socket.io/: what follows the host is a namespace, and it travels inside the packets.
    host = place.partition("/")[0] → host, _, behind = place.rstrip("/").partition("/")
    | path = behind and f"/{behind}" or path
no_slash: End the path with a slash, before the question mark.
    {path.rstrip('/')}/ → {path.rstrip('/')}
path_as_given: End the path with a slash, also when the caller has forgotten it.
    {path.rstrip('/')}/ → {path}
two_slashes: End the path with one slash: yours has two.
    {path.rstrip('/')}/ → {path.rstrip('/')}//
slash_of_its_own: End the path with one slash: / is its own last one, and yours writes two.
    {path.rstrip('/')}/ → /{path.strip('/')}/
slash_in_front: Put host and path together as they are: the path brings its first slash.
    {host}{path → {host}/{path
path_ignored: Use the path that you are given: /socket.io/ is only its default.
    {path.rstrip('/')}/ → /socket.io/
always_websocket: Name the transport that was asked for in the query.
    transport={transport} → transport=websocket
sid_forgotten: Add the sid when there is one: without it the server opens a new session.
    sid is not None → False
sid_none: Leave sid out while there is none: “sid=None” names a session that does not exist.
  ? sid is not None → sid is None
    sid is not None → True
""",
    cases=(
        case("http, over a WebSocket", "http://a:80", gives="ws://a:80/socket.io/?EIO=4&transport=websocket"),
        case("https, over a WebSocket", "https://a", gives="wss://a/socket.io/?EIO=4&transport=websocket"),
        case("wss as it is", "wss://a", gives="wss://a/socket.io/?EIO=4&transport=websocket"),
        case("ws, by polling", "ws://a", *POLLING, gives="http://a/socket.io/?EIO=4&transport=polling"),
        case(
            "wss, by polling, in a session",
            "wss://a",
            *POLLING,
            "x",
            gives="https://a/socket.io/?EIO=4&transport=polling&sid=x",
        ),
        case("http, by polling", "http://a", *POLLING, gives="http://a/socket.io/?EIO=4&transport=polling"),
        case(
            "a WebSocket for a session",
            "http://a",
            "/socket.io/",
            "websocket",
            "Zx-9_",
            gives="ws://a/socket.io/?EIO=4&transport=websocket&sid=Zx-9_",
        ),
        case("a slash after the host", "https://a/", "/chat/", gives="wss://a/chat/?EIO=4&transport=websocket"),
        case("a path without its last slash", "ws://a", "/chat", gives="ws://a/chat/?EIO=4&transport=websocket"),
        case("the path /", "ws://a", "/", gives="ws://a/?EIO=4&transport=websocket"),
        case(
            "a namespace after the host",
            "https://a:8443/point",
            gives="wss://a:8443/socket.io/?EIO=4&transport=websocket",
        ),
        case(
            "a namespace of two parts",
            *("ws://a/point/red", *POLLING),
            gives="http://a/socket.io/?EIO=4&transport=polling",
        ),
        case(
            "a host called http…",
            "https://http.example",
            gives="wss://http.example/socket.io/?EIO=4&transport=websocket",
        ),
        case(
            "ws in the name of the host",
            "ws://news.example",
            *POLLING,
            gives="http://news.example/socket.io/?EIO=4&transport=polling",
        ),
    ),
    random=draw,
    times=30,
    trial=trial,
    claim=Property("http and ws mean the same, https and wss too", draw_host, same_for_both),
)
