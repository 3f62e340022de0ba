"""`page(server, "/")`: a page that a server of this notebook serves, inside the notebook or in a tab of its own.

the reader presses Open ──► an iframe ── http://127.0.0.1:PORT/ ──────────────► server     on this machine
                                      ── https://hub/user/x/proxy/PORT/ ──► Jupyter ──► server     elsewhere
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from livesock.display.targets import checked_server, path_of, place_of
from livesock.display.view import Message, View
from livesock.trace.show.svg import document, text

if TYPE_CHECKING:
    from livesock.server import Server

__all__ = ["PageView", "page"]


class PageView(View):
    """A frame for a page; it is empty until the reader opens it, so that nothing is loaded by running the cell."""

    page: ClassVar[str] = "page"
    parts: ClassVar[tuple[str, ...]] = ("address",)

    def __init__(self, server: Server, path: str) -> None:
        self._server, self._path = server, path
        address = server.url(path, "http").partition("://")[2]
        super().__init__(**place_of(server), path=f"/{address.partition('/')[2]}")

    def snapshot(self) -> Message:
        return {"server": self._server.name, "path": self._path}

    def news(self) -> Message | None:
        return None

    def picture(self) -> str:
        lines = self.words().splitlines()
        body = [text(24, 32 + 22 * number, line, size=13) for number, line in enumerate(lines)]
        return document(22 * len(lines) + 24, title="a page of your own server", description=self.words(), body=body)

    def words(self) -> str:
        where = f"the page {self._path} of server {self._server.name}, in your browser"
        return f"{where}\nlive only: run the cell in JupyterLab and press Open"


def page(server: Server, path: str = "/") -> PageView:
    """Return a frame for the page that `server` serves at `path`, with a link that opens it in a tab of its own.

    The page is loaded when the reader presses Open: directly if the notebook runs on the reader's machine, otherwise
    through jupyter-server-proxy.

    Raises:
        TypeError: If `server` is not a server of `ls.serve()`.
        ValueError: If `path` does not begin with a slash.
    """
    return PageView(checked_server("page", server), path_of(path))
