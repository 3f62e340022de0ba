"""A seat that broke, as the adapter keeps it: base64 of MessagePack of {sid, pid, rooms, data}."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from livesock.errors import PacketError
from livesock.net.cluster.bus import Station
from livesock.realtime.cluster.entries import is_id, packed, read_entry, unpacked
from livesock.realtime.cluster.messages import Broadcast
from livesock.realtime.server.recovery import Missed, SeatState

__all__ = ["restored", "session_of"]

MAX_PID = 100
"""Characters of a secret that a peer sends when it comes back."""


def session_of(pid: str, state: SeatState) -> str:
    """Return how the bus keeps a seat. Raises `TypeError` or `ValueError` if its data cannot be sent."""
    session = {"sid": state.id, "pid": pid, "rooms": list(state.rooms), "data": state.data}
    return base64.b64encode(packed(session)).decode("ascii")


async def restored(station: Station, pid: str, offset: str, namespace: str) -> tuple[SeatState, list[Any]] | None:
    """Return a seat and the arguments of what it missed, each with its offset; None if its peer must begin anew."""
    if not is_id(offset) or not 0 < len(pid) <= MAX_PID:
        return None
    missed = await station.since(offset)  # first: a seat whose events are gone is not taken
    session = None if missed is None else await station.take(pid)
    if session is None or missed is None:
        return None
    state = _state(session, namespace)
    if state is None:
        return None
    events = []
    for number, entry in missed:
        try:
            envelope = read_entry(entry) if entry.get("type") == "3" else None
        except PacketError:  # it is in `server.errors` since it came
            continue
        body = envelope.body if envelope is not None and envelope.namespace == namespace else None
        if isinstance(body, Broadcast):
            event = Missed(number, namespace, body.whom.rooms, body.whom.without, None)
            if event.concerns(state):
                events.append([*body.arguments, number])
    return state, events


def _state(session: str, namespace: str) -> SeatState | None:
    """Return the seat, or None if it is not in the adapter's form."""
    try:
        value = unpacked(base64.b64decode(session, validate=True))
    except (PacketError, binascii.Error, ValueError):
        return None
    if not isinstance(value, dict):
        return None
    sid, rooms, data = value.get("sid"), value.get("rooms"), value.get("data")
    if not isinstance(sid, str) or not isinstance(rooms, list) or not all(isinstance(room, str) for room in rooms):
        return None
    return SeatState(sid, namespace, tuple(rooms), data if isinstance(data, dict) else {})
