"""`SocketHandshake`: what a peer sent when it came, its secrets included, which no display shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from livesock.advice.attributes import unchanging
from livesock.net.http.asked.sent import Cookies, Headers, Sent, cookies_of
from livesock.net.http.habits import no_attribute_to_set
from livesock.net.loop.habits import Hinting, Keyed
from livesock.net.socketio.handling.habits import HANDSHAKE

__all__ = ["Auth", "HandshakeCookies", "HandshakeHeaders", "HandshakeQuery", "SocketHandshake"]


class Auth(Keyed):
    """A dict that a peer sent to join a namespace."""

    __slots__ = ()
    _name = "socket.handshake.auth"


class HandshakeCookies(Cookies):
    """The cookies of the first request."""

    __slots__ = ()

    _name = "socket.handshake.cookies"


class HandshakeQuery(Sent):
    """The parameters of the address. A text to search, as in `"banned=1" in query`, raises what to write."""

    _name = "socket.handshake.query"

    def __contains__(self, name: object) -> bool:
        if isinstance(name, str) and "=" in name:
            key, _, value = name.partition("=")
            raise TypeError(f"the query is a dict: write socket.handshake.query.get({key!r:.60}) == {value!r:.60}")
        return super().__contains__(name)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if name == "decode":  # of parse_qs
                raise TypeError('the query is a dict already: write socket.handshake.query.get("name")')
            return super().__getattr__(name)


class HandshakeHeaders(Headers):
    """The headers of the first request. The names of WSGI's environ, as in "HTTP_X_TOKEN", raise what to write."""

    _name = "socket.handshake.headers"

    def _check(self, name: object) -> None:
        if isinstance(name, str) and name.startswith("HTTP_"):
            write = f'socket.handshake.headers.get("{name[5:].replace("_", "-").title():.60}")'
            raise TypeError(f"headers have the names that the peer has sent: write {write}")

    def __missing__(self, name: str) -> Any:
        self._check(name)
        return super().__missing__(name)

    def __contains__(self, name: object) -> bool:
        self._check(name)
        return super().__contains__(name)

    def get(self, name: str, default: Any = None, **options: Any) -> Any:
        """Return the value of the header `name`, or `default`."""
        self._check(name)
        return super().get(name, default, **options)


@unchanging(lambda name, value: no_attribute_to_set("a handshake", f'socket.data["{name}"] = ', value))
@dataclass(frozen=True, slots=True)
class SocketHandshake(Hinting):
    """What a peer sent when it came."""

    _habits: ClassVar[Mapping[str, str]] = HANDSHAKE

    query: Mapping[str, str]
    """The parameters of the first request's address: those of the protocol, and those of the application."""
    headers: Mapping[str, str]
    """Of the first request, names in lower case (any case finds them), cookies and `authorization` included."""
    address: str
    """The IP address of the peer, or of the proxy in front of it, without a port."""
    connection: int = 0
    """The number of the connection that began the session, in the server's trace."""
    auth: Any = None
    """What it sent to join the namespace: a dict, or None."""

    @property
    def cookies(self) -> Mapping[str, str]:
        """The cookies of the first request."""
        return cookies_of(self.headers.get("cookie"), HandshakeCookies)

    def __getitem__(self, name: object) -> NoReturn:
        raise TypeError(f"a handshake is no dict: {HANDSHAKE['get']}")

    def __repr__(self) -> str:
        auth = {name: "…" for name in self.auth} if isinstance(self.auth, dict) else self.auth and "…"
        return f"SocketHandshake(query={self.query}, headers={self.headers}, address={self.address!r}, auth={auth})"
