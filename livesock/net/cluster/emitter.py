"""`Emitter`: speaks to the sockets of a cluster from a script that serves nobody."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from livesock.advice.attributes import unchanging
from livesock.net.cluster.bus import Bus
from livesock.net.loop.habits import check_values
from livesock.net.socketio.handling.habits import no_such, room_names
from livesock.net.socketio.handling.keywords import chain, no_keywords, selected
from livesock.realtime.cluster.entries import encode_entry, encode_payload
from livesock.realtime.cluster.messages import Body, Broadcast, Envelope, Expel, Join, Leave, ServerEvent, Whom
from livesock.realtime.encoded import Encoded

__all__ = ["Emitter"]

UID = "emitter"
"""The sender of what a script emits, as in the adapters of Socket.IO."""


def ask(name: str) -> str:
    """Return how to ask for an answer, which no emitter gets."""
    return f"server.of('/').call({name}, …) at a server: an emitter gets no answers"


@unchanging(lambda name, _: f"an emitter is not changed: keep {name} in a variable of your own")
@dataclass(frozen=True, slots=True)
class Emitter:
    """Some sockets of a namespace on every server. Each call blocks until the bus has the message.

    Raises `ClusterError` if the bus cannot be reached: nothing waits here.
    """

    bus: Bus
    namespace: str = "/"
    rooms: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    is_volatile: bool = False

    def __getattr__(self, name: str) -> Any:
        raise no_such(self, "an emitter", name)

    def of(self, namespace: str) -> Emitter:
        """Speak to another namespace."""
        return Emitter(self.bus, namespace if namespace.startswith("/") else f"/{namespace}")

    def to(self, *rooms: str) -> Emitter:
        """Add the sockets in `rooms`."""
        return replace(self, rooms=self.rooms + room_names(rooms, "to"))

    in_ = to

    def except_(self, *rooms: str) -> Emitter:
        """Leave out the sockets in `rooms`."""
        return replace(self, without=self.without + room_names(rooms, "except_"))

    @property
    def volatile(self) -> Emitter:
        """Drop what a peer cannot take right now."""
        return replace(self, is_volatile=True)

    def emit(self, name: str, *arguments: Any, **strange: Any) -> str:
        """Send an event, and return the id of its entry on the bus."""
        no_keywords("emit", strange, self._written, name)
        check_values("emit", name, arguments, ask)
        Encoded.event(self.namespace, name, arguments)
        return self._append(Broadcast([name, *arguments], self._whom))

    def join(self, *rooms: str) -> None:
        """Put the sockets into `rooms`."""
        self._append(Join(self._whom, room_names(rooms, "join")))

    def leave(self, *rooms: str) -> None:
        """Take the sockets out of `rooms`."""
        self._append(Leave(self._whom, room_names(rooms, "leave")))

    def disconnect(self, close: bool = False) -> None:
        """Send the sockets away; with `close` their sessions end."""
        self._append(Expel(self._whom, close))

    def emit_to_servers(self, name: str, *arguments: Any) -> None:
        """Send an event to the servers themselves."""
        Encoded.event(self.namespace, name, arguments)
        payload = encode_payload(UID, self.namespace, ServerEvent([name, *arguments]))
        self.bus.tell_now((self.namespace, "", payload))

    def _written(self) -> str:
        of = f"emitter.of({self.namespace!r})"
        return chain(of, *selected(self.rooms, self.without), is_volatile=self.is_volatile)

    @property
    def _whom(self) -> Whom:
        return Whom(self.rooms, self.without, self.is_volatile)

    def _append(self, body: Body) -> str:
        return self.bus.append_now(encode_entry(Envelope(UID, self.namespace, body)))
