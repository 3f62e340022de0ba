"""livesock: see realtime sockets.

    import livesock as ls

    server = ls.serve()                            # a server in the background of the notebook

    @server.websocket("/echo")
    async def echo(ws):
        async for message in ws:
            await ws.send(message)

    with ls.connect(server.url("/echo")) as ws:    # a client whose bytes are recorded too
        ws.send("hello")
        ws.recv()

    server.trace                                   # every byte, both directions, taken apart

Importing does nothing: no thread, no socket, no Jupyter. Each name is loaded when it is first used.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from livesock.client import connect, reconnect, tcp
    from livesock.errors import LivesockError, Refused
    from livesock.gateway import Reply, event, guard
    from livesock.net.http.web import Response
    from livesock.net.netsim.netsim import netsim
    from livesock.net.socketio.namespace import Namespace
    from livesock.net.socketio.seat import Socket
    from livesock.server import Server, serve, servers, stop_all
    from livesock.socketio_client import socket
    from livesock.trace.recording import Trace
    from livesock.wire.sse import ServerSentEvent

__all__ = [
    "LivesockError",
    "Namespace",
    "Refused",
    "Reply",
    "Response",
    "Server",
    "ServerSentEvent",
    "Socket",
    "Trace",
    "__version__",
    "connect",
    "event",
    "guard",
    "netsim",
    "reconnect",
    "serve",
    "servers",
    "socket",
    "stop_all",
    "tcp",
]

__version__ = "0.1.0"

_HOME = {
    "LivesockError": "livesock.errors",
    "Namespace": "livesock.net.socketio.namespace",
    "Refused": "livesock.errors",
    "Reply": "livesock.gateway",
    "Response": "livesock.net.http.web",
    "Server": "livesock.server",
    "ServerSentEvent": "livesock.wire.sse",
    "Socket": "livesock.net.socketio.seat",
    "Trace": "livesock.trace.recording",
    "connect": "livesock.client",
    "event": "livesock.gateway",
    "guard": "livesock.gateway",
    "netsim": "livesock.net.netsim.netsim",
    "reconnect": "livesock.client",
    "serve": "livesock.server",
    "servers": "livesock.server",
    "socket": "livesock.socketio_client",
    "stop_all": "livesock.server",
    "tcp": "livesock.client",
}


_PARTS = ("cluster", "conformance", "display", "learn")
"""Parts of the package that are reached as `ls.display`, `ls.learn`, `ls.conformance` and `ls.cluster`."""


def __getattr__(name: str) -> Any:
    if name in _PARTS:
        return import_module(f"livesock.{name}")
    if name not in _HOME:
        from livesock.advice.spelled import imported_by
        from livesock.foreign.names import not_here

        imported = imported_by(sys._getframe(1))
        kind = ImportError if imported else AttributeError  # Python's own would name nothing to write
        raise kind(not_here(name, imported, [*__all__, *_PARTS]), name=name)
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def undefined(names: list[str]) -> str | None:
    """Return what to write for names that a handler uses and its module has not; None if they are of no library."""
    if not names:
        return None
    from livesock.foreign.names import undefined_names

    return undefined_names(names, __all__)


def __dir__() -> list[str]:
    return __all__


class _ForeignModules:
    """Asked last for a module that is not there: `from livesock.testclient import …` hears what its names are here."""

    @classmethod
    def find_spec(cls, name: str, path: object = None, target: object = None) -> None:
        parent, _, child = name.partition(".")
        frame = sys._getframe(1)
        while frame.f_back is not None and "importlib" in frame.f_globals.get("__name__", ""):
            frame = frame.f_back
        if parent == __name__ and child:
            from livesock.advice.spelled import imported_by
            from livesock.foreign.names import no_module

            if text := no_module(child, imported_by(frame), [*__all__, *_PARTS]):
                raise ModuleNotFoundError(text, name=name)


sys.meta_path.append(_ForeignModules)
