"""`map(…)`: the connections of a server, the seats that each holds in its namespaces, and who hears an emit.

    the page's buttons ──► seat.to("red").emit(…) ──► server ──► the members' connections
                                                        │
                       overhear(): to whom it was handed; observe(): which handlers ran ──► Hearing ──► the page

The form of the emit decides nothing here: a member lights up because the server has handed it the event.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, ClassVar

from livesock.display.targets import arguments_of, checked_server
from livesock.display.view import Message, View
from livesock.display.views.map.cast import MAX_TWIN, Cast, demonstration, twin_of
from livesock.display.views.map.hearing import SHOWN, Hearing
from livesock.display.views.map.picture import draw, in_words
from livesock.display.views.map.seating import Seating, clients_of_this_kernel
from livesock.display.visitor import TIMEOUT
from livesock.errors import LivesockError
from livesock.net.socketio.handling.observers import Emitted, Ran
from livesock.net.socketio.namespace import Namespace
from livesock.net.socketio.seat import Socket
from livesock.net.socketio.selection import Selection
from livesock.server import Server
from livesock.wire.quote import one_line

__all__ = ["MapView", "map"]

Form = Callable[[Namespace[Socket], Socket, str], Selection[Socket]]

FORMS: dict[str, Form] = {
    "one": lambda space, seat, room: space.to(seat.id),
    "others": lambda space, seat, room: seat.broadcast,
    "room_others": lambda space, seat, room: seat.to(room),
    "all": lambda space, seat, room: space.selection,
    "room": lambda space, seat, room: space.to(room),
    "but": lambda space, seat, room: space.except_(room),
}
"""The forms of emit that the page has."""

BY_A_SEAT = ("one", "others", "room_others")
TO_A_ROOM = ("room_others", "room", "but")


class MapView(View):
    """The live picture of one server's connections, their seats, and who hears what."""

    page: ClassVar[str] = "map"
    parts: ClassVar[tuple[str, ...]] = ("seatplan", "seatmap")

    def __init__(self, server: Server | None) -> None:
        self._own = demonstration() if server is None else None
        self._home: Server = self._own.server if self._own else server  # type: ignore[assignment]  # one is there
        self._twin: Cast | None = None
        self._numbers = itertools.count(1)
        self._acts: list[Message] = []
        """The newest acts, for a page that is opened later, and for the picture."""
        self._drawn: Message = {}
        self._follow(self._home)
        super().__init__()

    def _follow(self, server: Server) -> None:
        self._server = server
        self._hearing = Hearing(server)
        self._seating = Seating(server)
        self._found: list[Emitted | Ran] = []
        """What the last look has found. It is sent with the next one, when the seats that it names are known."""
        self._acts.clear()

    # -- what the page gets

    def snapshot(self) -> Message:
        self._drawn = self._plan()
        return {"plan": self._drawn, "tally": self._tally(), "acts": self._acts[-1:]}

    def news(self) -> Message | None:
        found, self._found = self._found, self._hearing.take()
        self._seating.look()  # before the next look: then a member that came just before an event is known
        acts, plan = self._told_of(found), self._plan()
        changed = plan if plan != self._drawn else None
        self._drawn = plan
        if changed is None and not acts and not self._hearing.is_moving:
            return None
        return {"plan": changed, "tally": self._tally(), "acts": acts}

    def _plan(self) -> Message:
        """Return what is drawn, and whether the switch to one namespace can be used."""
        gateways = [gateway for space in self._home.namespaces.values() for gateway in space.handlers.gateways]
        few = self._twin is not None or self._seating.count <= MAX_TWIN
        switch = {"shared": self._twin is not None, "shareable": len(gateways) > 1 and few}
        return self._seating.plan | switch | {"warned": self._twin.warned if self._twin else []}

    def _tally(self) -> Message:
        """Return counts and rates of what is drawn, each as a pair of numbers."""
        hearing, seating = self._hearing, self._seating

        def pair(*key: str) -> list[float]:
            return [hearing.counts[key], round(hearing.rate(*key), 1)]

        areas = [
            {"said": pair("space", area["key"]), "rooms": [pair("room", area["key"], r) for r in seating.drawn(area)]}
            for area in seating.plan["areas"]
        ]
        rows: dict[int, list[float]] = {}
        for seat, (row, _) in seating.seats.items():
            rows[row] = [a + b for a, b in zip(rows.get(row, [0, 0]), pair("seat", seat), strict=True)]
        return {"areas": areas, "rows": rows, "heard": pair("heard"), "lost": hearing.lost}

    # -- what happened

    def _told_of(self, found: list[Emitted | Ran]) -> list[Message]:
        """Return what the page plays: each emit with its hearers, each event with all the handlers that it ran."""
        acts: list[Message] = []
        ran: dict[int, Message] = {}
        for what in found:
            if isinstance(what, Emitted):
                acts.append(self._said(what))
            elif what.number in ran:
                ran[what.number]["who"].append(_box(what))
            else:
                by = self._seating.known.get(what.socket, (None, ""))[0]
                act = {"kind": "ran", "space": what.namespace, "what": one_line(what.what, 40), "by": by}
                ran[what.number] = act | {"who": [_box(what)]}
                acts.append(ran[what.number])
        acts = [{"n": next(self._numbers)} | act for act in acts[-SHOWN:]]
        self._acts = (self._acts + acts)[-SHOWN:]
        return acts

    def _said(self, said: Emitted) -> Message:
        seats = self._seating.known
        alone = seats[said.rooms[0]][0] if len(said.rooms) == 1 and said.rooms[0] in seats else None
        return {
            "kind": "said",
            "space": said.namespace,
            "what": one_line(said.name, 40),
            "rooms": [self._seating.column(said.namespace, room) for room in said.rooms if room not in seats],
            "without": [self._seating.column(said.namespace, room) for room in said.without if room not in seats],
            "by": next((seats[place][0] for place in said.without if place in seats), None),
            "alone": alone,
            "heard": sorted({seats[seat][0] for seat in said.heard if seat in seats}),
            "missed": sorted({seats[seat][0] for seat in said.missed if seat in seats}),
            "ask": said.arguments[0] if said.name == "news" and said.arguments[:1] else None,
        }

    # -- what the page asks for

    def on_message(self, message: Message) -> None:
        kind = message.get("kind")
        if kind == "share":
            self._share(message.get("on") is True)
            return
        actions = {"emit": self._emit, "say": self._say, "room": self._move}
        if kind not in actions:
            raise ValueError(f"a page of map() may send emit, say, room or share, not {kind!r:.40}")
        space = self._server.namespaces.get(str(message.get("space")))
        if space is None:
            raise ValueError(f"the server has no namespace {message.get('space')!r:.60}")
        actions[kind](space, message)

    def _emit(self, space: Namespace[Socket], message: Message) -> None:
        """Let the server emit. `ask` is a number of the page's, by which it finds its own emit again."""
        form, ask = message.get("form"), message.get("ask")
        if form not in FORMS or not isinstance(ask, int):
            raise ValueError(f"form is one of {', '.join(FORMS)}, and ask a number")
        room = self._seating.room(space.name, message.get("room")) if form in TO_A_ROOM else ""
        seat: Any = self._seating.seat(message.get("who"), space) if form in BY_A_SEAT else None
        FORMS[form](space, seat, room).emit("news", ask)

    def _say(self, space: Namespace[Socket], message: Message) -> None:
        """Let a client of this kernel emit an event to the server."""
        client = clients_of_this_kernel().get(self._seating.seat(message.get("who"), space).line.sid)
        if client is None:
            raise ValueError("only a client of this kernel can emit on request; a page in a browser cannot")
        arguments = arguments_of(message.get("text"))
        if not arguments or not isinstance(arguments[0], str):
            raise ValueError('begin with the name of the event, in quotes: "clear", or "move", 1, 2')
        manager = client.manager
        try:
            client.call(manager.ask, manager.seats[space.name], arguments[0], tuple(arguments[1:]), TIMEOUT)
        except (LivesockError, OSError) as exc:
            raise ValueError(one_line(f"{type(exc).__name__}: {exc}", 200)) from None

    def _move(self, space: Namespace[Socket], message: Message) -> None:
        """Put a seat into a room, or take it out: only a server does that."""
        room = self._seating.room(space.name, message.get("room"))
        selected = space.to(self._seating.seat(message.get("who"), space).id)
        (selected.join if message.get("in") is True else selected.leave)(room)

    def _share(self, on: bool) -> None:
        """Serve the same gateways and members once more, all in one namespace; or go back to the original."""
        if on == (self._twin is not None):
            return
        self._hearing.close()
        if self._twin is not None:
            self._twin.close()
            self._twin = None
        else:
            self._twin = twin_of(self._home, self._people()[:MAX_TWIN])
        self._follow(self._twin.server if self._twin else self._home)

    def _people(self) -> list[tuple[str, dict[str, list[str]]]]:
        """Return the members by name, with their rooms in each namespace."""
        rooms, rows = self._seating.rooms, self._seating.plan["rows"]
        return [
            (row["name"], {space: [rooms[space][n] for n in held] for space, held in row["seats"].items()})
            for row in rows
        ]

    # -- pictures for where nothing moves

    def picture(self) -> str:
        return draw(self._seating.plan, self._acts, self.words())

    def words(self) -> str:
        return in_words(self._seating.plan, self._acts)

    def finish(self) -> None:
        self._hearing.close()
        for cast in (self._twin, self._own):
            if cast is not None:
                cast.close()


def _box(ran: Ran) -> Message:
    return {"who": ran.who, "outcome": ran.outcome, "answers": ran.has_answer and ran.asked}


def map(server: Server | None = None) -> MapView:  # noqa: A001 a public name by decision: display.map(server)
    """Return the live map of a server: connections, the seats that each holds, rooms, and who hears an emit.

    The page emits in every form, puts members into rooms, and lets clients of this kernel emit. A member's name is
    `auth["name"]`. Without a server the view brings a demonstration of two gateways and three members.
    A switch shows the same gateways and members in one namespace, on a server of the view's own.

    Raises:
        TypeError: If `server` is not a server of `ls.serve()`.
    """
    return MapView(None if server is None else checked_server("map", server))
