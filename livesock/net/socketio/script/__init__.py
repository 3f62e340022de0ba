"""The script of the official client, for pages that load it from the server: `<script src="/socket.io/socket.io.js">`.

`socket.io.min.js` is socket.io-client 4.8.4 as it is published, by Guillermo Rauch and the contributors of Socket.IO,
under the MIT license in `LICENSE.txt`. A page that loads it needs no network but its own server's.
"""

from __future__ import annotations

from livesock.net.http.web import HttpRequest, Response

__all__ = ["NAMES", "client_script"]

NAMES = ("socket.io.js", "socket.io.min.js")
"""Names under which the reference server serves it."""


async def client_script(request: HttpRequest) -> Response:
    """Answer with the script; a page of any origin may load a script."""
    from pathlib import Path  # a server that serves no files does without

    text = (Path(__file__).parent / "socket.io.min.js").read_text("utf-8").partition("\n//# sourceMappingURL")[0]
    return Response(text, type="text/javascript", headers={"Cache-Control": "public, max-age=3600"})
