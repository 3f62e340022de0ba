"""`livesock serve`: a server to play with, from a browser, a terminal or a program of one's own."""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import livesock
from livesock.cli.terminal import fail, say, stop_on_terminate
from livesock.errors import LivesockError, PortInUse

if TYPE_CHECKING:
    from livesock.net.http.web import HttpRequest
    from livesock.server import Server

__all__ = ["add", "page", "playground", "run"]

PAGES = Path(__file__).parent / "pages"

DEMOS = ("chat", "ticker", "game")
"""The names in `livesock.demos`, which is not loaded before it is needed."""

DEMO_SECTION = """\
<section aria-labelledby="demos">
<h2 id="demos">Applications, each for several tabs</h2>
<ul>
{}
</ul>
</section>

"""

EXAMPLES = """\
examples:
  livesock serve                     on 127.0.0.1:8765, for this machine only
  livesock serve --port 0            on any free port
  livesock serve --host 0.0.0.0      for the network too; then a token is asked for, and the address holds it
  livesock serve --demo chat         with a chat for several tabs; also: ticker, game, or all of them
  livesock serve --workers 2 --cluster redis://127.0.0.1:6379
                                     two processes behind one port, which share rooms over Redis

Then open the address that it prints, or try from another terminal:
  curl -N http://127.0.0.1:8765/ticks
  websockets ws://127.0.0.1:8765/echo"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "serve",
        help="run a server to play with: WebSocket echo, events, a page with a live client",
        description="Run a server to play with until Ctrl-C: WebSocket echo, server-sent events, JSON, and a page.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8765, help="0 takes a free one (default: %(default)s)")
    parser.add_argument(
        "--demo",
        choices=(*DEMOS, "all"),
        action="append",
        default=[],
        help="serve this application as well, for several tabs of a browser; may be given more than once",
    )
    parser.add_argument(
        "--cluster", metavar="URL", help="share namespaces and rooms with other servers: redis://127.0.0.1:6379"
    )
    parser.add_argument(
        "--workers", type=int, default=1, metavar="N", help="processes behind one port; more than one need --cluster"
    )
    parser.add_argument("--quiet", action="store_true", help=argparse.SUPPRESS)  # a worker names its port in JSON
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C; return the exit status."""
    if args.demo and args.cluster is not None:
        return fail("an application keeps its state in one process, and several would mix theirs: leave --demo out")
    if args.workers < 1:
        return fail(f"--workers is a number of processes, at least 1, and not {args.workers}")
    if args.workers > 1:
        from livesock.cli import workers

        return workers.run(args)
    try:
        server = playground(args.host, args.port, DEMOS if "all" in args.demo else args.demo, args.cluster)
    except LivesockError as exc:
        if not isinstance(exc, PortInUse):
            return fail(str(exc))
        return fail(f"port {args.port} is taken: choose another with --port, or --port 0 for any free one")
    except (OSError, ValueError) as exc:
        return fail(f"cannot listen on {args.host}, port {args.port}: {exc}")
    with server, stop_on_terminate():
        try:
            say(json.dumps({"port": server.port}) if args.quiet else greeting(server))
            while server.is_running:
                Event().wait(1.0)
        except KeyboardInterrupt:
            say("\nStopped.")
    return 0


def playground(host: str = "127.0.0.1", port: int = 0, demos: Sequence[str] = (), cluster: str | None = None) -> Server:
    """Return a running server with everything that `livesock serve` offers, and with the applications `demos`."""
    from livesock.demos import links, mount

    bus = None if cluster is None else livesock.cluster.redis(cluster)
    server = livesock.serve("playground", host=host, port=port, cluster=bus)
    if demos:
        mount(server, *demos)

    @server.websocket("/")
    @server.websocket("/echo")
    async def echo(ws: Any) -> None:
        async for message in ws:
            await ws.send(message)

    @server.get("/")
    def home(request: HttpRequest) -> livesock.Response:
        return livesock.Response(page(links(server, request)), type="text/html")

    @server.get("/now")
    def now(request: object) -> dict[str, Any]:
        return {"time": time.time(), "peers": len(server.peers)}

    @server.get("/ticks")
    async def ticks(request: object) -> AsyncIterator[livesock.ServerSentEvent]:
        number = 0
        while True:
            number += 1
            yield livesock.ServerSentEvent(f"tick {number}", id=str(number))
            await asyncio.sleep(1.0)

    return server


def page(demos: str = "") -> str:
    """Return the page with its style and script inside: one answer, and so one token, is enough to show it.

    `demos` are list items that lead to the applications.
    """
    style, script = ((PAGES / name).read_text("utf-8") for name in ("echo.css", "echo.js"))
    html = (PAGES / "echo.html").read_text("utf-8")
    section = DEMO_SECTION.format(demos) if demos else ""
    return html.replace("/* echo.css */", style).replace("/* echo.js */", script).replace("<!-- demos -->\n", section)


def greeting(server: Server) -> str:
    """Return the addresses and what each one answers, as the learner reads it in the terminal."""
    from livesock.demos import mounted

    demos = [(server.url(f"/{name}", "http"), f"the {name}: open it in several tabs") for name in mounted(server)]
    rows = (
        *demos,
        (server.url("/", "http"), "a page that explains what is here, with a live echo client"),
        (server.url("/echo"), "WebSocket: every message comes back (/ does the same)"),
        (server.url("/ticks", "http"), "server-sent events, one a second"),
        (server.url("/now", "http"), "JSON: the time, and how many peers are connected"),
    )
    width = max(len(address) for address, _ in rows)
    lines = [f"  {address:<{width}}   {what}" for address, what in rows]
    return "\n".join([f"Serving on {server.host}, port {server.port}. Stop with Ctrl-C.", "", *lines, ""])
