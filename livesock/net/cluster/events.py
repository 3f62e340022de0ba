"""Events and choices of sockets, as the messages of a cluster have them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from livesock.net.socketio.audience import Audience, Emission
from livesock.net.socketio.selection import Selection
from livesock.realtime.cluster.messages import Broadcast, Whom
from livesock.realtime.encoded import Encoded

__all__ = ["Pending", "broadcast_of", "named", "whom_of"]


@dataclass(slots=True)
class Pending:
    """An event that waits for its offset, or behind one that does."""

    audience: Audience[Any]
    event: Emission
    offset: str | None
    """None while the bus has not named it."""
    is_done: bool = False


def whom_of(chosen: Selection[Any] | Emission) -> Whom:
    """Return whom a selection chooses, or an event is for."""
    return Whom(chosen.rooms, chosen.without, chosen.is_volatile)


def broadcast_of(event: Emission, heard: list[str] | tuple[str, ...] = ()) -> Broadcast:
    """Return the event for the other servers; the sockets in `heard` have got it already."""
    whom = whom_of(event)
    return Broadcast([event.name, *event.arguments], replace(whom, without=(*whom.without, *heard)))


def named(namespace: str, event: Emission, offset: str) -> Emission:
    """Return the event with its offset as last argument; as it is if it has none, or may be missed."""
    if not offset or event.is_volatile:
        return event
    arguments = (*event.arguments, offset)
    return replace(event, arguments=arguments, encoded=Encoded.event(namespace, event.name, arguments), offset=offset)
