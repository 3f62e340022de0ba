"""`broadcast(…)`: the peers of a namespace, their rooms, and who hears what.

the page's buttons ──► space.to("red").emit(…) ──► server ──► a crowd of the view's own: ann, bob, cat …
                                                      └─────► other peers, such as the tabs of a browser
What the crowd has heard comes from the wire; what waits, was dropped or was delivered, the server has counted.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from typing import Any, ClassVar

from livesock.display.crowd import MAX_CROWD, Crowd, CrowdMember
from livesock.display.names import name_of
from livesock.display.targets import checked_server, namespace_of, quoted
from livesock.display.view import Message, View
from livesock.display.views.broadcast.picture import draw, in_words
from livesock.display.views.broadcast.rounds import EDGES, Rounds
from livesock.net.socketio.namespace import Namespace
from livesock.net.socketio.seat import Socket
from livesock.net.socketio.selection import Selection
from livesock.server import Server
from livesock.wire.quote import one_line

__all__ = ["BroadcastView", "broadcast"]

ROOMS = ("red", "blue")
"""Rooms that the page offers; the namespace may have others."""

BEGIN = {"red": ("ann", "bob", "cat"), "blue": ("cat", "dan")}
"""The rooms of the members at the beginning."""

GUESTS = 24
"""Other peers that are drawn; the rest is counted."""

COUNTS, SIZES = (1, 100, 300), (10, 16_384)
"""Events of a round, and bytes that fill each event."""

Form = Callable[[Namespace[Socket], Socket, str], Selection[Socket]]

FORMS: dict[str, tuple[str, Form]] = {
    "all": ("space", lambda space, seat, room: space.selection),
    "room": ('space.to("{room}")', lambda space, seat, room: space.to(room)),
    "but": ('space.except_("{room}")', lambda space, seat, room: space.except_(room)),
    "one": ("{seat}", lambda space, seat, room: space.to(seat.id)),
    "others": ("{seat}.broadcast", lambda space, seat, room: seat.broadcast),
    "room_others": ('{seat}.to("{room}")', lambda space, seat, room: seat.to(room)),
    "room_but": ('{seat}.except_("{room}")', lambda space, seat, room: seat.except_(room)),
}
"""The forms of emit: the code, and the selection that it makes."""


class BroadcastView(View):
    """The live picture of one namespace, with a crowd of its own."""

    page: ClassVar[str] = "broadcast"

    def __init__(self, server: Server, namespace: str, size: int) -> None:
        self._server = server
        self._space = server.of(namespace)
        self._rounds = Rounds()
        self._measured: Message = {"own": {}, "guests": [], "more": 0}
        self._before: dict[str, int] = {}
        self._placed: set[int] = set()
        self._last: Message = {}
        self._crowd = Crowd(server, namespace, size)
        for member in self._crowd.members:
            self._crowd.come(member)
        super().__init__()

    # -- what the page gets

    def snapshot(self) -> Message:
        self._listen()
        self._last = self._state()
        return self._last

    def news(self) -> Message | None:
        self._listen()
        self._place()
        self._space.loop.post(self._measure)  # the next look sees what it finds
        state = self._state()
        if state == self._last:
            return None
        self._last = state
        return state

    def _listen(self) -> None:
        while self._crowd.heard:
            heard = self._crowd.heard.popleft()
            if heard.name == "news" and heard.arguments:
                self._rounds.arrived(heard.arguments[0], heard.who, heard.when)

    def _place(self) -> None:
        """Put members that have just joined for the first time into their first rooms."""
        for member in self._crowd.members:
            if member.index not in self._placed and member.id:
                self._placed.add(member.index)
                rooms = [room for room, names in BEGIN.items() if member.name in names]
                if rooms:
                    self._space.to(member.id).join(*rooms)

    def _measure(self) -> None:
        """Ask the server for its counters. Runs on its loop, so all numbers belong to one moment."""
        space, own = self._space, {member.id for member in self._crowd.members}
        found = {sid: self._numbers(space.members[sid]) for sid in own if sid in space.members}
        others = [socket for socket in list(space.members.values()) if socket.id not in own and socket.is_connected]
        guests = [{"name": name_of(socket), **self._numbers(socket)} for socket in itertools.islice(others, GUESTS)]
        self._measured = {"own": found, "guests": guests, "more": max(0, len(others) - GUESTS)}

    def _numbers(self, socket: Socket) -> Message:
        rooms = [one_line(room, 40) for room in self._space.rooms.rooms_of(socket.id) if room != socket.id]
        since = socket.delivered - self._before.get(socket.id, socket.delivered)
        return {"rooms": rooms[:6], "unsent": socket.unsent, "missed": socket.dropped, "since": since}

    def _state(self) -> Message:
        measured, rounds = self._measured, list(self._rounds.all)
        newest = rounds[-1] if rounds else None
        names = [member.name for member in self._crowd.members]
        slow = [str(e.exception) for e in self._server.errors if isinstance(e.exception, ConnectionAbortedError)]
        return {
            "namespace": self._space.name,
            "running": self._server.is_running,
            "members": [self._member(member, measured, newest) for member in self._crowd.members],
            "guests": measured["guests"],
            "more": measured["more"],
            "rounds": [one.shown(names) for one in rounds],
            "latency": self._rounds.latencies.shown(),
            "edges": list(EDGES),
            "dropped": self._server.dropped,
            "why": one_line(slow[-1], 200) if slow else "",
        }

    def _member(self, member: CrowdMember, measured: Message, newest: Any) -> Message:
        numbers = measured["own"].get(member.id)
        gone = member.why or ("the server has dropped it" if member.id and measured["own"] and numbers is None else "")
        shown = numbers or {"rooms": [], "unsent": 0, "missed": 0, "since": 0}
        heard = newest.heard.get(member.index, 0) if newest is not None else 0
        return shown | {
            "name": member.name,
            "in": numbers is not None,
            "gone": gone,
            "slow": member.is_slow,
            "heard": heard,
        }

    # -- what the page asks for

    def on_message(self, message: Message) -> None:
        kind = message.get("kind")
        if kind == "emit":
            self._emit(message)
        elif kind == "room":
            member, room = self._named(message.get("name")), _one_of("room", message.get("room"), ROOMS)
            selected = self._space.to(self._seat(member).id)
            (selected.join if _one_of("in", message.get("in"), (True, False)) else selected.leave)(room)
        elif kind == "slow":
            self._crowd.hold(self._named(message.get("name")), _one_of("on", message.get("on"), (True, False)))
        elif kind == "come":
            member = self._named(message.get("name"))
            self._placed.discard(member.index)
            self._crowd.come(member)
        else:
            raise ValueError(f"a page of broadcast() may send emit, room, slow or come, not {kind!r}")

    def _emit(self, message: Message) -> None:
        """Emit once or many times. Each event carries its number; its time is noted."""
        form, room = _one_of("form", message.get("form"), tuple(FORMS)), _one_of("room", message.get("room"), ROOMS)
        count, size = _one_of("count", message.get("count"), COUNTS), _one_of("size", message.get("size"), SIZES)
        is_volatile = _one_of("volatile", message.get("volatile"), (True, False))
        name, select = FORMS[form]
        speaker = self._seat(self._named(message.get("speaker"))) if "{seat}" in name else None
        selected = select(self._space, speaker, room)  # type: ignore[arg-type]  # None only where no seat is asked for
        code = name.format(seat=message.get("speaker"), room=room) + (".volatile" if is_volatile else "") + ".emit"
        selected = selected.volatile if is_volatile else selected
        self._before = {socket.id: socket.delivered for socket in list(self._space.members.values())}
        one, ballast = self._rounds.begin(code, count), "x" * size
        for number in range(one.first, one.first + count):
            self._rounds.left(number, time.perf_counter())
            selected.emit("news", number, ballast)

    def _named(self, name: object) -> CrowdMember:
        for member in self._crowd.members:
            if member.name == name:
                return member
        raise ValueError(
            f"{name!r:.40} is not a member: they are {', '.join(m.name for m in self._crowd.members) or 'none'}"
        )

    def _seat(self, member: CrowdMember) -> Socket:
        socket = self._space.members.get(member.id or "")
        if socket is None:
            raise ValueError(f"{member.name} is not connected: press Come back")
        return socket

    # -- pictures for where nothing moves

    def picture(self) -> str:
        return draw(self._state(), self.words())

    def words(self) -> str:
        return in_words(self._state())

    def finish(self) -> None:
        self._crowd.close()


def _one_of(name: str, value: Any, known: tuple[Any, ...]) -> Any:
    if type(value) in (bool, int, str) and value in known and type(value) is type(known[0]):
        return value
    raise ValueError(f"{name} is one of {', '.join(map(repr, known))}, not {value!r:.60}")


def broadcast(server: Server, namespace: str = "/", *, crowd: int = 8) -> BroadcastView:
    """Return the live picture of who hears what in a namespace, with a crowd of `crowd` clients of the view's own.

    The page emits in every form, puts members of the crowd into rooms, and lets one of them stop reading. Other peers
    are drawn too, by what the server has counted; they hear the event `news`, which the page emits.

    Raises:
        TypeError: If `server` is not a server of `ls.serve()`.
        ValueError: If `namespace` is empty or not a str, or `crowd` is out of its limits.
    """
    checked_server("broadcast", server)
    if isinstance(crowd, bool) or not isinstance(crowd, int) or not 0 <= crowd <= MAX_CROWD:
        raise ValueError(f"crowd is a whole number from 0 to {MAX_CROWD}, not {quoted(crowd)}")
    return BroadcastView(server, namespace_of(namespace), crowd)
