"""`map(…)`: the connections of a server, the seats that each holds in its namespaces, and who hears an emit.

    the page's buttons ──► seat.to("red").emit(…) ──► server ──► the members' connections
                                                        │
                       overhear(): to whom it was handed; observe(): which handlers ran ──► Hearing ──► the page

The form of the emit decides nothing here: a member lights up because the server has handed it the event.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

from livesock.display.targets import arguments_of, checked_server
from livesock.display.view import Message, View
from livesock.display.views.map.acts import acts_of
from livesock.display.views.map.cast import ARRANGEMENTS, Played, arrangement, demonstration, played
from livesock.display.views.map.hearing import SHOWN, Hearing
from livesock.display.views.map.picture import draw, in_words
from livesock.display.views.map.seating import Seating
from livesock.display.views.wire.view import WireView
from livesock.errors import LivesockError
from livesock.net.loop import registry
from livesock.net.socketio.namespace import Namespace
from livesock.net.socketio.seat import Socket
from livesock.net.socketio.selection import Selection
from livesock.server import Server
from livesock.wire.quote import one_line
from livesock.wire.strictjson import dumps

__all__ = ["MapView", "map"]

PATIENCE = 1.0
"""Seconds that a client waits for an answer: without a handler none comes."""

Form = Callable[[Namespace[Socket], Socket, str], Selection[Socket]]

FORMS: dict[str, Form] = {
    "one": lambda space, seat, room: space.to(seat.id),
    "others": lambda space, seat, room: seat.broadcast,
    "room_others": lambda space, seat, room: seat.to(room),
    "all": lambda space, seat, room: space.selection,
    "room": lambda space, seat, room: space.to(room),
    "but": lambda space, seat, room: space.except_(room),
    "others_but": lambda space, seat, room: seat.except_(room),
}
"""The forms of emit that the page has."""

BY_A_SEAT = ("one", "others", "room_others", "others_but")
TO_A_ROOM = ("room_others", "room", "but", "others_but")


class MapView(View):
    """The live picture of one server's connections, their seats, and who hears what."""

    page: ClassVar[str] = "map"
    parts: ClassVar[tuple[str, ...]] = ("seatplan", "seatmap")

    def __init__(self, server: Server | None) -> None:
        self._own = demonstration() if server is None else None
        self._arranged: int | None = None
        self._hands = ThreadPoolExecutor(4, thread_name_prefix="livesock view hand")
        self._notes: deque[str] = deque(maxlen=20)
        """What came of the things that clients did, for the page."""
        self._numbers = itertools.count(1)
        self._acts: list[Message] = []
        """The newest acts, for a page that is opened later, and for the picture."""
        self._drawn: Message = {}
        self._follow(self._own.server if self._own else server)  # type: ignore[arg-type]  # one is there
        super().__init__()

    def _follow(self, server: Server) -> None:
        self._server = server
        self._hearing = Hearing(server)
        self._seating = Seating(server)
        self._acts.clear()

    def played(self, number: int) -> Played:
        """Play an arrangement, 1 to 7, apart from the picture, and return who ran, what came, and how many answers.

        Raises:
            ValueError: If there is no such arrangement.
        """
        if number not in range(1, len(ARRANGEMENTS) + 1):
            raise ValueError(f"the arrangements are 1 to {len(ARRANGEMENTS)}, not {number!r:.40}")
        return played(number - 1)

    # -- what the page gets

    def snapshot(self) -> Message:
        self._drawn = self._plan()
        return {"plan": self._drawn, "tally": self._tally(), "acts": self._acts[-1:]}

    def news(self) -> Message | None:
        notes = [self._notes.popleft() for _ in range(len(self._notes))]  # first: no act comes later than its answer
        found = self._hearing.take()
        self._hearing.forget(self._seating.look())  # later than `take`: a member that came before an event is known
        acts = [{"n": next(self._numbers)} | act for act in acts_of(found, self._seating)[-SHOWN:]]
        self._acts = (self._acts + acts)[-SHOWN:]
        plan = self._plan()
        changed = plan if plan != self._drawn else None
        self._drawn = plan
        if changed is None and not acts and not notes and not self._hearing.is_moving:
            return None
        return {"plan": changed, "tally": self._tally(), "acts": acts, "notes": notes}

    def _plan(self) -> Message:
        plan, own = self._seating.plan, self._own
        outside = [
            {"id": -1 - n, "name": name, "here": False, "seats": {}, "why": "refused", "reason": reason}
            for n, (name, reason) in enumerate(own.outside if own else ())
        ]
        return plan | {
            "rows": plan["rows"] + outside,
            "warned": own.warned if own else [],
            "arrangements": ARRANGEMENTS if self._own else (),
            "arranged": self._arranged,
        }

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
        for row in seating.plan["rows"]:
            seats = seating.rows[row["id"]].seats.values() if row["id"] in seating.rows else ()
            pairs = [pair("seat", seat.socket.id) for seat in seats]
            rows[row["id"]] = [sum(part) for part in zip(*pairs, strict=True)] or [0, 0]
        return {"areas": areas, "rows": rows, "heard": pair("heard"), "lost": hearing.lost}

    # -- what the page asks for

    def on_message(self, message: Message) -> None:
        kind = message.get("kind")
        if kind == "arrange":
            self._arrange(message.get("number"))
            return
        actions = {"emit": self._emit, "say": self._say, "room": self._move, "seat": self._sit, "pick": self._pick}
        if not isinstance(kind, str) or kind not in actions:
            raise ValueError(f"a page of map() may send {', '.join(actions)} or arrange, not {kind!r:.40}")
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
        """Let a client of this kernel ask the server."""
        self._seating.seat(message.get("who"), space)
        client = self._seating.client(message.get("who"))
        arguments = arguments_of(message.get("text"))
        if not arguments or not isinstance(arguments[0], str):
            raise ValueError('begin with the name of the event, in quotes: "clear", or "move", 1, 2')
        name, manager = arguments[0], client.manager
        seat, rest = manager.seats[space.name], tuple(arguments[1:])

        def ask() -> str:
            try:
                return f"The answer is {one_line(dumps(client.call(manager.ask, seat, name, rest, PATIENCE)), 100)}."
            except TimeoutError:
                handlers = space.answers.values()
                why = (
                    "" if any(name in events for events in handlers) else f': nothing in {space.name} handles "{name}"'
                )
                return f"No answer came within {PATIENCE:g} s{why}."

        self._do(ask)

    def _sit(self, space: Namespace[Socket], message: Message) -> None:
        """Let a client of this kernel join a namespace, over the connection that it has, or leave it."""
        client, (name, is_named) = self._seating.client(message.get("who")), self._seating.row(message.get("who")).name
        if message.get("in") is True:
            auth = {"name": name} if is_named else None
            self._do(lambda: f"{name} has joined {client.join(space.name, auth)[0].namespace}.")
        else:
            self._seating.seat(message.get("who"), space)
            self._do(lambda: client.call(client.manager.leave, space.name) or f"{name} has left {space.name}.")

    def _do(self, action: Callable[[], str]) -> None:
        """Do what may take a while on a thread of its own, and show what came of it."""

        def act() -> None:
            try:
                self._notes.append(action())
            except (LivesockError, OSError, KeyError) as exc:
                self._notes.append(one_line(f"{type(exc).__name__}: {exc}", 200))

        self._hands.submit(act)

    def _pick(self, space: Namespace[Socket], message: Message) -> None:
        """Let the live logs of the server show one member's connection alone."""
        socket = self._seating.seat(message.get("who"), space)
        connections = list(socket.line.carriers)
        if not connections:
            raise ValueError("this member polls: each of its requests may come over another connection")
        for view in registry.running("view").values():
            if isinstance(view, WireView) and view.shows(self._server.trace):
                view.only(self._seating.row(message.get("who")).name[0], *connections)

    def _move(self, space: Namespace[Socket], message: Message) -> None:
        """Put a seat into a room, or take it out: only a server does that."""
        room = self._seating.room(space.name, message.get("room"))
        selected = space.to(self._seating.seat(message.get("who"), space).id)
        (selected.join if message.get("in") is True else selected.leave)(room)

    def _arrange(self, number: object) -> None:
        """Serve the demonstration's gateways anew, with one client; with None as at the beginning."""
        if self._own is None:
            raise ValueError("only the view's own demonstration can be rearranged: map() without a server")
        if number is not None and (type(number) is not int or not 0 <= number < len(ARRANGEMENTS)):
            raise ValueError(f"there is no arrangement {number!r:.40}: 0 to {len(ARRANGEMENTS) - 1}")
        old, self._own = self._own, demonstration() if number is None else arrangement(number)
        self._arranged = number
        self._hearing.close()
        self._seating.close()
        self._follow(self._own.server)
        old.close()

    # -- pictures for where nothing moves

    def picture(self) -> str:
        return draw(self._plan(), self._acts, self.words())

    def words(self) -> str:
        return in_words(self._plan(), self._acts)

    def finish(self) -> None:
        self._hearing.close()
        self._seating.close()
        self._hands.shutdown(wait=False, cancel_futures=True)
        if self._own is not None:
            self._own.close()


def map(server: Server | None = None) -> MapView:  # noqa: A001 a public name by decision: display.map(server)
    """Return the live map of a server: connections, the seats that each holds, rooms, and who hears an emit.

    The page emits in every form, puts members into rooms, and lets clients of this kernel emit. A member's name is
    `auth["name"]`. Without a server the view brings two gateways, A and B, and three members, and a table
    of arrangements: where A and B answer, and which namespace one client asks for.

    Raises:
        TypeError: If `server` is not a server of `ls.serve()`.
    """
    return MapView(None if server is None else checked_server("map", server))
