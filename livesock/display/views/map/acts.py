"""What a map plays: each emit with its hearers, each event with all the handlers that it ran; as JSON."""

from __future__ import annotations

from collections.abc import Iterable

from livesock.display.view import Message
from livesock.display.views.map.seating import Seating
from livesock.net.socketio.handling.observers import Emitted, Ran
from livesock.wire.quote import one_line

__all__ = ["acts_of"]

WHAT = 40
"""Characters of the name of an event."""


def acts_of(found: Iterable[Emitted | Ran], seating: Seating) -> list[Message]:
    """Return an act for each emit and each event of a client, with rows and columns in place of ids and rooms."""
    acts: list[Message] = []
    ran: dict[int, Message] = {}
    for what in found:
        if isinstance(what, Emitted):
            acts.append(_said(what, seating))
        elif what.number in ran:
            ran[what.number]["who"].append(_box(what))
        else:
            by = seating.known.get(what.socket, (None, ""))[0]
            act = {"kind": "ran", "space": what.namespace, "what": one_line(what.what, WHAT), "by": by}
            ran[what.number] = act | {"who": [_box(what)]}
            acts.append(ran[what.number])
    return acts


def _box(ran: Ran) -> Message:
    return {"who": ran.who, "outcome": ran.outcome, "answers": ran.has_answer and ran.asked}


def _said(said: Emitted, seating: Seating) -> Message:
    seats = seating.known
    alone = seats[said.rooms[0]][0] if len(said.rooms) == 1 and said.rooms[0] in seats else None
    return {
        "kind": "said",
        "space": said.namespace,
        "what": one_line(said.name, WHAT),
        "rooms": [seating.column(said.namespace, room) for room in said.rooms if room not in seats],
        "without": [seating.column(said.namespace, room) for room in said.without if room not in seats],
        "by": next((seats[place][0] for place in said.without if place in seats), None),
        "alone": alone,
        "heard": sorted({seats[seat][0] for seat in said.heard if seat in seats}),
        "missed": sorted({seats[seat][0] for seat in said.missed if seat in seats}),
        "ask": said.arguments[0] if said.name == "news" and said.arguments[:1] else None,
    }
