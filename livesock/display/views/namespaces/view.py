"""`namespaces(…)`: one connection, several namespaces, and which gateway answers what.

    the page's buttons ──► a client of the view's own ══ one connection ══► server ──► /point   Point
                                        │                    │                 └─────► /chat    Chat
                                  packets on the wire        └── observe(): which handler ran

The packets come from the client's trace, the handlers that ran from the server itself.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import ClassVar

from livesock.display.demonstration import demonstrate
from livesock.display.targets import arguments_of, checked_server, namespace_of
from livesock.display.view import Message, View
from livesock.display.views.namespaces.picture import draw, in_words
from livesock.display.visitor import TIMEOUT, Visitor
from livesock.errors import LivesockError
from livesock.net.socketio.handling.observers import Ran
from livesock.server import Server
from livesock.socketio_client import ClientSocket
from livesock.trace.follower import Follower
from livesock.trace.packets import packets_of
from livesock.wire.quote import one_line

__all__ = ["NamespacesView", "namespaces"]

KEPT = 200
"""Lines of the log that are kept for a page that is opened later."""

SPACES = 24
"""Namespaces that are drawn; the rest is counted. A session may have seats in 32."""

MAX_REFUSED = 4
"""Namespaces that refused the client and stay in the picture; older ones leave it."""


class NamespacesView(View):
    """The live picture of the namespaces of one server, and of one client in them."""

    page: ClassVar[str] = "namespaces"

    def __init__(self, server: Server | None) -> None:
        self._is_own = server is None
        self._apart, self._warnings = True, list[str]()
        self._log: deque[Message] = deque(maxlen=KEPT)
        self._fresh: list[Message] = []
        self._pending: list[tuple[float, Message]] = []
        self._count = 0
        self._last: Message = {}
        self._ran: deque[Ran] = deque(maxlen=1000)
        self._counts: dict[tuple[str, str], int] = {}
        self._answered: deque[int] = deque(maxlen=100)  # events that are answered already
        self._refused: dict[str, str] = {}
        self._said: deque[tuple[float, str]] = deque(maxlen=20)
        self._looking = threading.Lock()  # join() looks from the caller's thread
        self._hands = ThreadPoolExecutor(4, thread_name_prefix="livesock view hand")
        if server is None:
            server, self._warnings = demonstrate()
        self._begin(server)
        super().__init__()

    def _begin(self, server: Server) -> None:
        self._server = server
        self._visitor = Visitor(server)
        self._follower = Follower(self._visitor.trace, everything=True)
        self._forget = server.observe(self._ran.append)
        self._began = time.time()

    def join(self, *names: str) -> NamespacesView:
        """Join these namespaces as the buttons do, and return the view; a failure is shown in the picture.

        Waits at most 3 seconds for each.
        """
        joins = [self._join({"namespace": name}) for name in names]
        for join in joins:
            wait([self._hands.submit(self._do, join)], TIMEOUT)
        self._collect()
        return self

    # -- what the page gets

    def snapshot(self) -> Message:
        self._collect()
        self._fresh = []
        self._last = self._state()
        return {"state": self._last, "log": list(self._log)}

    def news(self) -> Message | None:
        self._collect()
        fresh, self._fresh = self._fresh, []
        state = self._state()
        if state == self._last and not fresh:
            return None
        self._last = state
        return {"state": state, "log": fresh[-KEPT:]}

    def _collect(self) -> None:
        with self._looking:
            self._sort_in()

    def _sort_in(self) -> None:
        """Return what is new in the client's trace and at the server, in the order in which it happened.

        Events during this look wait for the next one: otherwise an answer might stand above its handler.
        """
        now, began = time.time(), self._visitor.trace.began
        found = self._pending
        while self._ran:
            found.append(self._of_handler(self._ran.popleft()))
        for row, _ in self._follower.look():
            for packet in packets_of(row):
                line = {"kind": "packet", "up": row.from_client, "text": packet.text, "about": packet.about}
                found.append((began + row.time, line | {"space": packet.namespace, "connection": row.connection}))
        while self._said:
            moment, said = self._said.popleft()
            found.append((moment, {"kind": "note", "text": said, "space": ""}))
        self._pending = [item for item in found if item[0] > now]
        for moment, line in sorted((item for item in found if item[0] <= now), key=lambda item: item[0]):
            self._count += 1
            line |= {"n": self._count, "ms": round((moment - self._began) * 1000, 1)}
            self._log.append(line)
            self._fresh.append(line)

    def _of_handler(self, ran: Ran) -> tuple[float, Message]:
        key = (ran.namespace, ran.who)
        self._counts[key] = self._counts.get(key, 0) + 1
        value = ""
        if ran.outcome != "returned":
            value = "it refused" if ran.outcome == "refused" else "it failed: see server.errors"
        elif ran.has_answer and ran.asked:
            value = "its answer is dropped: the first one counts" if ran.number in self._answered else "it answers"
            self._answered.append(ran.number)
        mine = ran.socket == self._visitor.id(ran.namespace)
        line = {"kind": "ran", "space": ran.namespace, "who": ran.who, "what": ran.what, "value": value}
        return ran.time, line | {"other": not mine and ran.what not in ("connect", "disconnect")}

    def _state(self) -> Message:
        """Return everything that is drawn beside the log, as JSON."""
        server, visitor = self._server, self._visitor
        spaces = server.namespaces
        names = [*spaces, *(name for name in self._refused if name not in spaces)]
        connections = list(visitor.trace.peers) if visitor.transport else []
        return {
            "server": "of this view" if self._is_own else f'"{server.name}"',
            "url": server.url("/", "http").partition("?")[0],
            "running": server.is_running,
            "own": self._is_own,
            "apart": self._apart,
            "warnings": self._warnings,
            "transport": visitor.transport,
            "connection": connections[-1] if connections else None,
            "spaces": [self._space(name) for name in names[:SPACES]],
            "more": max(0, len(names) - SPACES),
        }

    def _space(self, name: str) -> Message:
        space, sid = self._server.namespaces.get(name), self._visitor.id(name)
        if space is None:
            return {"name": name, "known": False, "in": False, "refused": self._refused[name], "gateways": []}
        gateways = [
            {"who": who, "events": events, "ran": self._counts.get((name, who), 0)}
            for who, events in space.answers.items()
        ]
        rooms = [room for room in space.rooms.rooms_of(sid) if room != sid] if sid else []
        return {
            "name": name,
            "known": True,
            "in": sid is not None,
            "refused": "" if sid else self._refused.get(name, ""),
            "members": len(space.members),
            "rooms": rooms,
            "gateways": gateways,
        }

    # -- what the page asks for

    def on_message(self, message: Message) -> None:
        kind = message.get("kind")
        actions: dict[object, Callable[[Message], Callable[[], object]]] = {
            "join": self._join,
            "leave": self._leave,
            "say": self._say,
            "room": self._room,
        }
        if kind == "arrange":
            self._arrange(message.get("apart"))
        elif kind in actions:
            self._hands.submit(self._do, actions[kind](message))
        else:
            raise ValueError(f"a page of namespaces() may send join, leave, say, room or arrange, not {kind!r}")

    def _do(self, action: Callable[[], object]) -> None:
        """Do what may take a while on a thread of its own; a failure becomes a line of the log."""
        try:
            action()
        except (OSError, LivesockError, ValueError, TypeError) as exc:
            self._said.append((time.time(), one_line(f"{type(exc).__name__}: {exc}", 300)))

    def _join(self, message: Message) -> Callable[[], object]:
        name = namespace_of(message.get("namespace"))

        def join() -> None:
            self._refused.pop(name, None)
            try:
                self._visitor.join(name)
            except LivesockError as exc:
                self._refused = dict([*self._refused.items()][-MAX_REFUSED:]) | {
                    name: one_line(str(exc.__cause__ or exc), 100)
                }
                raise

        return join

    def _leave(self, message: Message) -> Callable[[], object]:
        seat = self._seat(message)
        return seat.disconnect

    def _say(self, message: Message) -> Callable[[], object]:
        seat, name, asks = self._seat(message), message.get("name"), message.get("ask")
        if not isinstance(name, str) or not name:
            raise ValueError('an event has a name, such as move; the field "event" is empty')
        arguments = arguments_of(message.get("arguments"))
        if asks:
            return lambda: seat.call(name, *arguments, timeout=TIMEOUT)
        return lambda: seat.emit(name, *arguments)

    def _room(self, message: Message) -> Callable[[], object]:
        """Put the client's seat into a room: only a server can do that."""
        seat, room = self._seat(message), message.get("room")
        if not isinstance(room, str) or not room.strip():
            raise ValueError('a room has a name, such as board; the field "room" is empty')
        mine = self._server.of(seat.namespace).to(str(seat.id))
        return lambda: mine.join(room.strip()[:100])

    def _seat(self, message: Message) -> ClientSocket:
        name = namespace_of(message.get("namespace"))
        seat = self._visitor.seats.get(name)
        if seat is None or seat.id is None:
            raise ValueError(f"we are not in {name}: connect to it first")
        return seat

    def _arrange(self, apart: object) -> None:
        """Serve both gateways anew, apart or together; a server that was passed in is never rearranged."""
        if not self._is_own:
            raise ValueError("only the view's own demonstration can be rearranged: namespaces() without a server")
        if not isinstance(apart, bool):
            raise ValueError(f"apart is true or false, not {apart!r:.40}")
        joined = [name for name in self._visitor.seats if self._visitor.id(name)]
        self._end()
        server, self._warnings = demonstrate() if apart else demonstrate("/", "/")
        self._apart = apart
        self._counts.clear()
        self._refused.clear()
        self._log.clear()
        self._begin(server)
        where = "each in a namespace of its own" if apart else "both in /, as without any namespace"
        self._said.append((self._began, f"a new server: Point and Chat are {where}"))
        for name in (("/point", "/chat") if apart else ("/",)) if joined else ():
            self._hands.submit(self._do, self._join({"namespace": name}))

    # -- pictures for where nothing moves

    def picture(self) -> str:
        return draw(self._state(), list(self._log), self.words())

    def words(self) -> str:
        return in_words(self._state())

    def finish(self) -> None:
        self._end()
        self._hands.shutdown(wait=True, cancel_futures=True)

    def _end(self) -> None:
        self._forget()
        self._visitor.close()
        if self._is_own:
            self._server.stop()


def namespaces(server: Server | None = None) -> NamespacesView:
    """Return the live picture of a server's namespaces, with a client of its own on one connection.

    The page connects to namespaces and leaves them, sends events with JSON arguments, and shows the packets on the
    wire and the gateways whose handlers ran. Without a server the view brings a demonstration of two gateways; there a
    switch puts both into one namespace. Of a server that is given, the view changes only the rooms of its own client.

    Raises:
        TypeError: If `server` is not a server of `ls.serve()`.
    """
    return NamespacesView(None if server is None else checked_server("namespaces", server))
