"""`browser(server)`: the reader's own browser as a client, beside what the server recorded of it.

    page of the notebook ── ws://127.0.0.1:PORT/echo ─────────────────────────► server      a notebook on this machine
    page of the notebook ── wss://hub/user/x/proxy/PORT/echo ──► Jupyter ─────► server      on a JupyterHub, on Binder

The page opens a real WebSocket, raw or with Socket.IO's packets in it, and shows its `readyState` and the code with
which it closed. On the right stands the server's trace of the same connection. Through Jupyter's proxy the two differ:
the proxy answers 101 by itself, loses close codes and merges fragments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from livesock.display.targets import checked_server, namespace_of, path_of, place_of
from livesock.display.view import Message, View
from livesock.trace.conversation import Conversation
from livesock.trace.rows import Kind, Row
from livesock.trace.show.svg import document, text

if TYPE_CHECKING:
    from livesock.server import Server

__all__ = ["BrowserView", "browser"]

KEPT = 60
"""Rows of the server's side on the page, the newest; the trace has all."""


class BrowserView(View):
    """A client in the page, and the server's half of its conversation."""

    page: ClassVar[str] = "browser"
    parts: ClassVar[tuple[str, ...]] = ("address",)

    def __init__(self, server: Server, path: str, namespace: str) -> None:
        self._server, self._path, self._namespace = server, path, namespace
        self._rows: list[Row] = []
        self._connection = 0
        self._conversation: Conversation | None = None
        self._cursor = 0
        self._mark = ""
        super().__init__(
            **place_of(server),
            path=path,
            namespace=namespace,
        )

    def snapshot(self) -> Message:
        self._follow()
        return {"rows": [self._row(row) for row in self._rows], "connection": self._connection}

    def news(self) -> Message | None:
        before = self._rows[-1:]
        self._follow()
        return self.snapshot() if before != self._rows[-1:] else None

    def on_message(self, message: Message) -> None:
        mark = message.get("mark")
        if message.get("kind") != "opened" or not isinstance(mark, str) or not mark.isalnum():
            raise ValueError(
                f"a page of browser() sends the mark of its connection, letters and digits, not {message!r}"
            )
        self._mark, self._connection, self._conversation, self._rows = mark, 0, None, []
        self._cursor = 0  # the connection may be older than this message

    def picture(self) -> str:
        lines = self.words().splitlines()
        body = [text(24, 32 + 22 * number, line, size=13) for number, line in enumerate(lines)]
        return document(22 * len(lines) + 24, title="a client in the browser", description=self.words(), body=body)

    def words(self) -> str:
        return (
            f"a WebSocket client in your browser: it opens {self._path} of this server,\n"
            f"or speaks Socket.IO in the namespace {self._namespace}\n"
            "live only: run the cell in JupyterLab, press Connect, send, close, and compare both sides"
        )

    def _follow(self) -> None:
        """Decode what is new in the trace about the connection that the page has opened."""
        if not self._mark:
            return
        trace = self._server.trace
        chunks, self._cursor, _ = trace.since(self._cursor)
        mark = f"view={self._mark}".encode()
        for chunk in chunks:
            if self._conversation is None and mark in chunk.data.partition(b"\r\n")[0]:
                self._connection, self._conversation = chunk.connection, Conversation(chunk.connection, trace.client)
            if self._conversation is not None and chunk.connection == self._connection:
                self._rows += self._conversation.feed(chunk)
        del self._rows[:-KEPT]

    def _row(self, row: Row) -> Message:
        side = "note" if row.kind in (Kind.STATE, Kind.GAP) else "browser" if row.from_client else "server"
        return {"side": side, "kind": row.kind.value, "text": row.summary, "size": len(row.data)}


def browser(target: Server, path: str = "/echo", *, namespace: str = "/") -> BrowserView:
    """Return a client that runs in the reader's own browser: a raw WebSocket to `path`, or Socket.IO in `namespace`.

    It connects directly if the notebook runs on the reader's machine, otherwise through jupyter-server-proxy, with the
    scheme and the base path of the page. The reader can choose.

    Raises:
        TypeError: If `target` is not a server of `ls.serve()`.
        ValueError: If `path` does not begin with a slash, or `namespace` is empty or not a str.
    """
    return BrowserView(checked_server("browser", target), path_of(path), namespace_of(namespace))
