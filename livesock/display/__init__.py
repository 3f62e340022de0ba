"""Live views: what happens on the wire, in the page of the notebook, while it happens.

    any thread ──► server, trace, netsim           the kernel's side: one thread per view looks at its target
                          ▲                        10 times a second and sends what changed
                          │ looks
    browser ◄──messages── View ──messages──► browser     the browser draws, and holds no truth of its own

Every name here makes a view of something: `ls.display.wire(server)`. Give it as the last value of a cell; running the
cell again replaces the view. A view ends with `close()`, with `ls.stop_all()` and with the kernel. In a saved notebook
a picture stands in its place. The views need the extra "lab" (ipywidgets and anywidget), and only this package
imports it, when a view is made.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from livesock.display.views.broadcast import broadcast
    from livesock.display.views.browser import browser
    from livesock.display.views.frame import frame
    from livesock.display.views.handshake import handshake
    from livesock.display.views.namespaces import namespaces
    from livesock.display.views.netsim import netsim
    from livesock.display.views.race import race
    from livesock.display.views.server import server
    from livesock.display.views.transports import transports
    from livesock.display.views.wire import wire

__all__ = ["broadcast", "browser", "frame", "handshake", "namespaces", "netsim", "race", "server", "transports", "wire"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"livesock.display has no view {name!r}; it has: {', '.join(__all__)}")
    return getattr(import_module(f"livesock.display.views.{name}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
