"""`SocketHandshake`: what a peer sent when it came, its secrets included, which no display shows.

>>> headers = Sent({"host": "example.org", "cookie": "session=12345"})
>>> headers
{'host': 'example.org', 'cookie': '…'}
>>> headers["cookie"]
'session=12345'
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from livesock.net.http.web import Headers

__all__ = ["Sent", "SentHeaders", "SocketHandshake"]

_SECRET = re.compile(
    r"cookie|auth|token|xsrf|csrf|secret|password|passwd|passphrase|pwd|^pass$|api-?key|(?:^|[-_])key$|jwt|session|ticket"
    r"|signature|^sig$|hmac|^otp$|credential|assertion|^sid$|^pid$|^code$|sec-websocket-protocol",
    re.IGNORECASE,
)
"""Names whose values may open a door. Behind a Jupyter server the cookie is the one that opens the notebooks."""


class Sent(dict[str, str]):
    """Headers or parameters as they were sent. A handler finds every value; `repr` shows no secret."""

    def __repr__(self) -> str:
        return repr({name: "…" if _SECRET.search(name) else value for name, value in self.items()})


class SentHeaders(Headers, Sent):
    """Headers as they were sent: any case finds them."""


@dataclass(frozen=True, slots=True)
class SocketHandshake:
    """What a peer sent when it came."""

    query: Mapping[str, str]
    """The parameters of the first request's address: those of the protocol, and those of the application."""
    headers: Mapping[str, str]
    """Of the first request, names in lower case (any case finds them), cookies and `authorization` included."""
    address: str
    connection: int = 0
    """The number of the connection that began the session, in the server's trace."""
    auth: Any = None
    """What it sent to join the namespace: a dict, or None."""

    def __repr__(self) -> str:
        auth = {name: "…" for name in self.auth} if isinstance(self.auth, dict) else self.auth and "…"
        return f"SocketHandshake(query={self.query}, headers={self.headers}, address={self.address!r}, auth={auth})"
