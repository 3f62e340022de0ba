"""`livesock dev pictures`: what the README shows, from servers and clients that really talk."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from livesock.cli.dev.clone import root
from livesock.cli.terminal import say

if TYPE_CHECKING:
    from livesock import Trace

__all__ = ["PICTURES", "recorded", "run"]


def run() -> int:
    """Write each picture to docs/. Ports, keys and times in them are those of this run."""
    for name, draw in PICTURES.items():
        path = root() / "docs" / f"{name}.svg"
        path.write_text(draw().rstrip("\n") + "\n", "utf-8")
        say(f"{path.relative_to(root()).as_posix()} written")
    return 0


def trace() -> str:
    """Draw one short conversation as a trace shows it."""
    from livesock.trace.show.picture import to_svg

    shown = recorded()
    return to_svg(shown.rows(), peers=shown.peers)


def borders() -> str:
    """Draw a message and its three kinds of borders."""
    from livesock import display

    return finished(display.borders())


def opening() -> str:
    """Draw two opening handshakes at the distance of a city."""
    from livesock import display

    return finished(display.opening().open("city"))


def seats() -> str:
    """Draw the map of namespaces, rooms and members."""
    from livesock import display

    return finished(display.map())


def finished(view: Any) -> str:
    """Return the picture of a view, and stop it."""
    try:
        return str(view.picture())
    finally:
        view.close()


PICTURES: dict[str, Callable[[], str]] = {"trace": trace, "borders": borders, "opening": opening, "map": seats}
"""The files in docs/ by name."""


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
