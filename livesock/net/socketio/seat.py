"""`Socket`: one peer's seat in one namespace, and how to speak to it and to the others."""

from __future__ import annotations

import secrets
import time
from functools import partial
from typing import Any

from livesock.net.http.options import flag_of
from livesock.net.loop.arguments import seconds_of
from livesock.net.loop.explain import made_by
from livesock.net.loop.habits import Keyed, check_values
from livesock.net.socketio.audience import Member
from livesock.net.socketio.handling.habits import no_such, pass_on, room_names, waited
from livesock.net.socketio.handling.keywords import asked, no_keywords, of_another
from livesock.net.socketio.line import Line
from livesock.net.socketio.namespace import Namespace
from livesock.net.socketio.selection import CALL_TIMEOUT, Selection
from livesock.net.socketio.sent import SocketHandshake
from livesock.realtime.encoded import Encoded
from livesock.wire.socketio import Packet, PacketType

__all__ = ["Data", "Socket", "TimeLimit"]


class Data(Keyed):
    """What the handlers remember about a peer."""

    __slots__ = ()
    _name = "socket.data"
    _is_set = True


class TimeLimit:
    """What `socket.timeout(seconds)` returns: `call` waits so long for the answer."""

    def __init__(self, socket: Socket, seconds: float) -> None:
        self._socket, self._seconds = socket, seconds_of(seconds)

    def __getattr__(self, name: str) -> Any:
        raise no_such(self, "a time limit", name)

    def call(self, name: str, *arguments: Any, **strange: Any) -> Any:
        """Ask the peer and return its answer: see `Socket.call`."""
        return self._socket.call(name, *arguments, timeout=self._seconds, **strange)


class Socket(Member):
    """One peer in one namespace. Handlers get it as their first argument; its id is new for every connection.

    Every method but `answer` may be called from any thread.
    """

    def __new__(cls, *arguments: Any, **options: Any) -> Socket:
        """Refuse what a user makes of it: only a server makes one."""
        made_by(cls, Line, arguments[2:], 'point = ls.socket(server.url("/point")), a client')
        return super().__new__(cls)

    def __init__(self, number: str, namespace: Namespace[Socket], line: Line, handshake: SocketHandshake) -> None:
        super().__init__(number, line)
        self.namespace = namespace
        self.handshake = handshake
        self.data: dict[str, Any] = Data()
        """Yours: whatever the handlers want to remember about this peer."""
        self.recovered = False
        """Whether its connection broke and it came back as the one it was: same id, rooms and data."""
        self.pid = secrets.token_urlsafe(15)
        """Its secret, with which it may come back."""

    def __repr__(self) -> str:
        state = "connected" if self.is_connected else "not connected"
        return f'<Socket "{self.id}" in {self.namespace.name}, {state}>'

    def __getattr__(self, name: str) -> Any:
        namespace = self.__dict__.get("namespace")
        raise no_such(self, "a socket", name, namespace.name if namespace is not None else "/")

    # -- speaking to it

    def emit(self, name: str, *arguments: Any, **strange: Any) -> None:
        """Send it an event. Raises `TypeError` or `ValueError` for what cannot be sent."""
        self._alone().emit(name, *arguments, **strange)

    def call(self, name: str, *arguments: Any, timeout: float = CALL_TIMEOUT, **strange: Any) -> Any:
        """Ask it and return the answer (a list if there are several values); in a handler, `await` it.

        Raises:
            TimeoutError: If it does not answer within `timeout` seconds.
            NotRunning: If it is not connected, or leaves before it answers.
        """
        no_keywords("call", strange, "socket", name)
        check_values("call", name, arguments, partial(asked, "socket"))
        seconds_of(timeout)
        Encoded.event(self.namespace.name, name, arguments)  # what cannot be sent is refused on the caller's thread
        return waited(self.namespace.loop, self.namespace.audience.ask, self, name, arguments, timeout)

    def timeout(self, seconds: float) -> TimeLimit:
        """Wait `seconds` for the answer to a `call`."""
        return TimeLimit(self, seconds)

    @property
    def volatile(self) -> Selection[Socket]:
        """Select this peer alone, for events that it may miss; with `to` or `except_` the others, without this one."""
        return self._alone(is_volatile=True)

    def _alone(self, *, is_volatile: bool = False) -> Selection[Socket]:
        """Select this peer. Its events pass the other servers only if it may come back to one of them."""
        other = self.namespace.audience.elsewhere
        is_local = other is None or not other.recovers
        audiences, itself = self.namespace.audiences, self.id
        return Selection(self.namespace.loop, audiences, (itself,), (), is_volatile, None, is_local, itself)

    def answer(self, number: int, arguments: list[Any]) -> None:
        """Answer one of its questions. Runs on the loop."""
        if self.is_connected:
            self.line.deliver(Encoded(Packet(PacketType.ACK, self.namespace.name, arguments, number)))

    @property
    def has_gone(self) -> bool:
        """Whether it has left and is not expected back: what is emitted to it reaches no peer. On the loop."""
        audience = self.namespace.audience
        if not self.has_left or self.id in audience.members:
            return False
        if audience.elsewhere is not None:
            return not audience.elsewhere.recovers
        return audience.recovery is None or not audience.recovery.expects(self.pid, time.monotonic())

    # -- speaking to the others

    @property
    def broadcast(self) -> Selection[Socket]:
        """Select the other sockets of the namespace."""
        return Selection(self.namespace.loop, self.namespace.audiences, without=(self.id,))

    def to(self, *rooms: str) -> Selection[Socket]:
        """Select the other sockets in `rooms`."""
        return self.broadcast.to(*rooms)

    in_ = to

    def except_(self, *rooms: str) -> Selection[Socket]:
        """Select the other sockets but those in `rooms`."""
        return self.broadcast.except_(*rooms)

    # -- rooms

    @property
    def rooms(self) -> list[str]:
        """The rooms it is in; the first is its own. When it has left, those in which it was: ask in `on_disconnect`."""
        return self.namespace.loop.now(self._rooms)

    def _rooms(self) -> list[str]:
        return list(self.last_rooms) if self.has_left else self.namespace.audience.rooms.rooms_of(self.id)

    def join(self, *rooms: str, **strange: Any) -> None:
        """Put it into `rooms`."""
        no_keywords("join", strange, "socket", *rooms)
        for room in room_names(rooms, "join"):
            pass_on(self.namespace.loop, self.namespace.audience.join, self, room)

    def leave(self, *rooms: str, **strange: Any) -> None:
        """Take it out of `rooms`."""
        no_keywords("leave", strange, "socket", *rooms)
        for room in room_names(rooms, "leave"):
            pass_on(self.namespace.loop, self.namespace.audience.leave, self, room)

    def disconnect(self, close: bool = False, **strange: Any) -> None:
        """Send it away from this namespace; with `close` its whole session ends.

        Before it is in (in `use`, `on_connect` or a guard) it is refused when the handler returns; raise `Refused` to
        say why.
        """
        no_keywords("disconnect", of_another(close) | strange, "socket")
        flag_of(
            close,
            "close",
            ": write socket.disconnect(); True ends its whole session (no reason goes along: emit it before)",
        )
        pass_on(self.namespace.loop, self.namespace.audience.expel, self, close)

    # -- its heartbeat

    @property
    def latency(self) -> float | None:
        """Seconds that its newest pong took; None before the first, which is asked for after `ping_interval`."""
        return self.line.session.latency

    @property
    def heard(self) -> float:
        """Seconds since its last packet came: more than `ping_interval + ping_timeout`, and it is about to go."""
        return time.monotonic() - self.line.session.heard_at

    @property
    def transport(self) -> str:
        """What carries its session now: `"polling"` or `"websocket"`."""
        return self.line.session.transport

    @property
    def unsent(self) -> int:
        """Bytes of its session that the peer has not taken: it reads slowly, or not at all. Ask on the loop."""
        return self.line.unsent
