"""`server(…)`: the status card of a server. Port, open connections, errors, and a button to stop it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from livesock.display.names import names_of
from livesock.display.targets import checked_server
from livesock.display.view import Message
from livesock.display.whole import WholeView
from livesock.errors import LivesockError
from livesock.trace.show.svg import MUTED, document, rect, text

if TYPE_CHECKING:
    from livesock.server import Server

__all__ = ["ServerView", "server"]

SHOWN = 12
"""Connections and errors that the card lists; it counts the rest."""


class ServerView(WholeView):
    """The live card of one server."""

    page: ClassVar[str] = "server"

    def __init__(self, server: Server) -> None:
        self._server = server
        super().__init__()

    def on_message(self, message: Message) -> None:
        acts = {"stop": self._server.pause, "start": self._server.resume}
        if message.get("kind") not in acts:
            raise ValueError(f'a page of server() may send "stop" or "start", not {message.get("kind")!r}')
        try:
            acts[message["kind"]]()
        except LivesockError as exc:  # another program has taken the port, or the server was stopped for good
            raise ValueError(str(exc)) from exc

    def picture(self) -> str:
        lines = self.words().splitlines()
        body = [rect(8, 8, 600, 22 * len(lines) + 14, fill="#f6f8fa", stroke="#afb8c1", radius=6)]
        for number, line in enumerate(lines):
            body.append(text(24, 34 + 22 * number, line, size=13, fill=MUTED if number else "#1f2328"))
        return document(22 * len(lines) + 30, title="status of a server", description=self.words(), body=body)

    def words(self) -> str:
        state = self.state()
        running = "running" if state["running"] else "stopped"
        errors = f"{state['error_count']} error(s)" if state["error_count"] else "no error"
        refused = f", {state['refused_count']} refused" if state["refused_count"] else ""
        return f'server "{state["name"]}": {running}\n{state["peer_count"]} open connection(s), {errors}{refused}'

    def state(self) -> Message:
        """Return everything that the card shows, as JSON."""
        server = self._server
        peers: list[dict[str, Any]] = [
            {"connection": p.connection, "address": p.address, "protocol": p.protocol, "path": p.path}
            for p in server.peers
        ]
        errors = server.errors
        refused = [error for error in errors if error.is_refusal]
        return {
            "name": server.name,
            "url": server.url("/", "http").partition("?")[0],  # beyond loopback a token follows: not for the page
            "running": server.is_running,
            "peers": peers[:SHOWN],
            "peer_count": len(peers),
            "seats": [
                {"namespace": name, "count": len(space.members), "names": names_of(list(space.members.values()), SHOWN)}
                for name, space in list(server.namespaces.items())
                if space.members
            ][:SHOWN],
            "errors": [f"{'⊘' if error.is_refusal else '✗'} {error}" for error in errors[-SHOWN:]],
            "error_count": len(errors) - len(refused),
            "refused_count": sum(error.count for error in refused),
            "earlier_count": len(errors[:-SHOWN]),
        }


def server(target: Server) -> ServerView:
    """Return the live status card of a server: address, open connections, errors, and a button to stop and start it.

    Raises:
        TypeError: If `target` is not a server of `ls.serve()`.
    """
    return ServerView(checked_server("server", target))
