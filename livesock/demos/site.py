"""`mount`: an application's gateway and its page, on a server that runs.

    /chat, /ticker, /game        the pages; their gateways answer the namespaces of the same names
    /livesock.js, /engineio.js   our client of Socket.IO: ES modules, one on top of the other
    /demos/…                     the scripts and styles of the pages

`demo.html` is the frame of every page (head, navigation, the bar with the connection's state); `chat.html` and the
others hold what stands in it.
The pages name everything relative to themselves, so that they also work behind a path prefix, as in a JupyterHub. Where
the server asks for a token, the page that was opened with it passes it on.
"""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from urllib.parse import quote
from weakref import WeakKeyDictionary

from livesock.demos.chat import Chat
from livesock.demos.game import Game
from livesock.demos.ticker import Ticker
from livesock.net.http.web import HttpRequest, Response
from livesock.server import Server

__all__ = ["DEMOS", "links", "mount", "mounted"]

PAGES = Path(__file__).parent / "pages"

DEMOS: dict[str, type] = {"chat": Chat, "ticker": Ticker, "game": Game}
"""The applications by name."""

ABOUT = {
    "chat": "rooms, presence, and a history that loses nothing and repeats nothing",
    "ticker": "5,000 prices a second, and tabs that stay current however slow they are",
    "game": "several players on one board, with a clock that the server keeps",
}

SHARED = ("demo.css", "demo.js")
CLIENT = ("livesock.js", "engineio.js")

POLICY = (
    "default-src 'none'; script-src 'self' '{scripts}'; style-src 'self'; img-src data:; connect-src {peers}; "
    "base-uri 'none'; form-action 'none'"
)
"""What a page may load and talk to: its own server. `'self'` means WebSockets too, but not in every browser."""

_mounted: WeakKeyDictionary[Server, list[str]] = WeakKeyDictionary()


def mount(server: Server, *names: str) -> None:
    """Serve the applications `names` (all of them, if no name is given). A second call begins them anew.

    Raises:
        ValueError: If there is no such application, or the server is one of a cluster: an application keeps its state
            in one process.
    """
    if server.cluster is not None:
        raise ValueError("an application keeps its state in one process: mount it on a server without a cluster")
    for name in names or tuple(DEMOS):
        if name not in DEMOS:
            raise ValueError(f'there is no demo "{name}": choose from {", ".join(DEMOS)}')
        server.gateway(f"/{name}")(DEMOS[name])
        server.of(f"/{name}").emit("anew")  # peers that are connected already join the new gateway
        for file in CLIENT:
            _serve(server, file, f"/{file}")
        for file in (*SHARED, f"{name}.js", f"{name}.css"):
            _serve(server, file, f"/demos/{file}")
        _page(server, name)
        if name not in mounted(server):
            _mounted.setdefault(server, []).append(name)


def mounted(server: Server) -> list[str]:
    """Return the names of the applications that `server` serves."""
    return list(_mounted.get(server, ()))


def links(server: Server, request: HttpRequest) -> str:
    """Return links to the pages of the applications as HTML, for a page at the server's root."""
    auth = _auth(request)
    return "\n".join(f'<li><a href="{name}{auth}">{name.title()}</a>: {ABOUT[name]}</li>' for name in mounted(server))


def _serve(server: Server, file: str, path: str) -> None:
    kind = "text/css" if file.endswith(".css") else "text/javascript"

    @server.get(path)
    async def static(request: HttpRequest) -> Response:
        return Response((PAGES / file).read_text("utf-8"), type=kind)


def _page(server: Server, name: str) -> None:
    @server.get(f"/{name}")
    async def page(request: HttpRequest) -> Response:
        auth = _auth(request)
        blanks = {
            "body": (PAGES / f"{name}.html").read_text("utf-8"),
            "nav": _nav(server, name, auth),
            "title": name.title(),
            "name": name,
            "auth": auth,
        }
        frame = (PAGES / "demo.html").read_text("utf-8")
        html = re.sub(r"\{(\w+)\}", lambda blank: blanks[blank[1]], frame)
        return Response(html, type="text/html", headers={"Content-Security-Policy": _policy(request, html)})


def _policy(request: HttpRequest, html: str) -> str:
    """Return the policy of a page: of scripts inside it, only this import map is allowed, by its hash."""
    (names,) = re.findall(r'<script type="importmap">(.*?)</script>', html)
    digest = base64.b64encode(hashlib.sha256(names.encode()).digest()).decode()
    host = request.headers.get("host", "")
    peers = f"'self' ws://{host} wss://{host}" if re.fullmatch(r"[\w.:\[\]-]+", host, re.ASCII) else "'self'"
    return POLICY.format(scripts=f"sha256-{digest}", peers=peers)


def _nav(server: Server, here: str, auth: str) -> str:
    """Return links between the pages; the open one is marked, for screen readers too."""
    items = []
    for name in mounted(server):
        current = ' aria-current="page"' if name == here else ""
        items.append(f'<a href="{name}{auth}"{current}>{name.title()}</a>')
    return "\n    ".join(items)


def _auth(request: HttpRequest) -> str:
    """Return the token of the page's own request as a query, for the requests that the page makes."""
    token = request.query.get("auth")
    return "" if token is None else f"?auth={quote(token, safe='')}"
