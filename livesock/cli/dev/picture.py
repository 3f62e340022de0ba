"""`livesock dev picture`: the trace that the README shows, from a server and a client that really talk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from livesock.cli.dev.clone import root
from livesock.cli.terminal import say

if TYPE_CHECKING:
    from livesock import Trace

__all__ = ["recorded", "run"]


def run() -> int:
    """Write docs/trace.svg. Ports, keys and times in it are those of this run."""
    from livesock.trace.show.picture import to_svg

    path = root() / "docs" / "trace.svg"
    trace = recorded()
    path.write_text(to_svg(trace.rows(), peers=trace.peers), "utf-8")
    say(f"{path.relative_to(root()).as_posix()} written")
    return 0


def recorded() -> Trace:
    """Return the trace of one short conversation: upgrade, a message there and back, close."""
    from livesock import connect, serve

    with serve("picture") as server:

        @server.websocket("/echo")
        async def echo(ws: Any) -> None:
            async for message in ws:
                await ws.send(message)

        with connect(server.url("/echo")) as ws:
            ws.send("Hello")
            ws.recv(timeout=5)
        trace: Trace = ws.trace
    return trace
