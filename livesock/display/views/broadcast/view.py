"""`broadcast(…)`: one event for many peers, some of which do not read: what waits for whom, and how long it took.

the page's buttons ──► space.emit(…) ──► server ──► a crowd of the view's own: ann, bob, cat …
                                            └─────► other peers, such as the tabs of a browser
What the crowd has heard comes from the wire; what waits or was dropped, the server has counted. Who is meant by which
form of emit is shown by `map(…)`.
"""

from __future__ import annotations

import time
from typing import Any, ClassVar

from livesock.display.crowd import MAX_CROWD, Crowd, CrowdMember
from livesock.display.targets import checked_server, namespace_of, quoted
from livesock.display.view import Message, View
from livesock.display.views.broadcast.picture import draw, in_words
from livesock.display.views.broadcast.rounds import EDGES, Rounds
from livesock.server import Server
from livesock.wire.quote import one_line

__all__ = ["BroadcastView", "broadcast"]

COUNTS, SIZES = (1, 100, 300), (10, 16_384)
"""Events of a round, and bytes that fill each event."""


class BroadcastView(View):
    """The live picture of one namespace, with a crowd of its own."""

    page: ClassVar[str] = "broadcast"

    def __init__(self, server: Server, namespace: str, size: int) -> None:
        self._server = server
        self._space = server.of(namespace)
        self._rounds = Rounds()
        self._measured: Message = {"own": {}, "others": 0}
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

    def _measure(self) -> None:
        """Ask the server for its counters. Runs on its loop, so all numbers belong to one moment."""
        space, own = self._space, {member.id for member in self._crowd.members}
        found = {
            sid: {"unsent": socket.unsent, "missed": socket.dropped}
            for sid, socket in space.members.items()
            if sid in own
        }
        others = sum(socket.is_connected for socket in space.members.values() if socket.id not in own)
        self._measured = {"own": found, "others": others}

    def _state(self) -> Message:
        measured, rounds = self._measured, list(self._rounds.all)
        newest = rounds[-1] if rounds else None
        names = [member.name for member in self._crowd.members]
        slow = [str(e.exception) for e in self._server.errors if isinstance(e.exception, ConnectionAbortedError)]
        return {
            "namespace": self._space.name,
            "running": self._server.is_running,
            "members": [self._member(member, measured, newest) for member in self._crowd.members],
            "others": measured["others"],
            "rounds": [one.shown(names) for one in rounds],
            "latency": self._rounds.latencies.shown(),
            "edges": list(EDGES),
            "dropped": self._server.dropped,
            "why": one_line(slow[-1], 200) if slow else "",
        }

    def _member(self, member: CrowdMember, measured: Message, newest: Any) -> Message:
        numbers = measured["own"].get(member.id)
        gone = member.why or ("the server has dropped it" if member.id and measured["own"] and numbers is None else "")
        shown = numbers or {"unsent": 0, "missed": 0}
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
        elif kind == "slow":
            self._crowd.hold(self._named(message.get("name")), _one_of("on", message.get("on"), (True, False)))
        elif kind == "come":
            self._crowd.come(self._named(message.get("name")))
        else:
            raise ValueError(f"a page of broadcast() may send emit, slow or come, not {kind!r}")

    def _emit(self, message: Message) -> None:
        """Emit once or many times. Each event carries its number; its time is noted."""
        count, size = _one_of("count", message.get("count"), COUNTS), _one_of("size", message.get("size"), SIZES)
        is_volatile = _one_of("volatile", message.get("volatile"), (True, False))
        selected = self._space.volatile if is_volatile else self._space.selection
        code = "space.volatile.emit" if is_volatile else "space.emit"
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
    """Return the live picture of a broadcast in a namespace, with a crowd of `crowd` clients of the view's own.

    The page emits once or many times, and lets members of the crowd stop reading: their queues grow, they miss what is
    volatile, and the server drops them. Other peers are counted; they hear the event `news`, which the page emits.

    Raises:
        TypeError: If `server` is not a server of `ls.serve()`.
        ValueError: If `namespace` is empty or not a str, or `crowd` is out of its limits.
    """
    checked_server("broadcast", server)
    if isinstance(crowd, bool) or not isinstance(crowd, int) or not 0 <= crowd <= MAX_CROWD:
        raise ValueError(f"crowd is a whole number from 0 to {MAX_CROWD}, not {quoted(crowd)}")
    return BroadcastView(server, namespace_of(namespace), crowd)
