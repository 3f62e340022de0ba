"""`Hub`: Socket.IO on top of Engine.IO. It decides who is let in, and runs the handlers.

    message ─► Seats: what does it mean? ─┬─► Wanted    use() … on_connect() … ─► let in, or refused with the reason
                                          ├─► Event     handlers, in order ─► the answer, always
                                          ├─► Answered  whoever waits for it
                                          └─► Left      on_disconnect()

An exception in a handler is kept in `server.errors`, told to the peer as an `exception` event, and answers its
question.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from livesock.errors import PacketError, Refused
from livesock.net.http.site import Site
from livesock.net.loop.thread import LoopThread
from livesock.net.socketio.guest import Guest
from livesock.net.socketio.handlers import complain, ends_the_task, explain
from livesock.net.socketio.line import Line
from livesock.net.socketio.namespace import Namespace
from livesock.net.socketio.observers import Observers, Occasion
from livesock.net.socketio.seat import Socket
from livesock.net.socketio.spaces import Spaces
from livesock.realtime.actions import SessionOptions
from livesock.realtime.server.recovery import Missed, Recovery, State
from livesock.realtime.server.seats import Answered, Event, Left, Wanted

__all__ = ["Hub"]

BROKEN = frozenset({"transport error", "transport close", "forced server close", "ping timeout"})
"""Reasons after which a peer may come back as the one it was; it did not mean to go."""

MAX_BUSY = 64
"""Events of one session that are handled at once. More wait, and nothing is read from their peer meanwhile."""


class Hub:
    """All namespaces of a server and everybody in them. Runs on the loop, but for `namespace`."""

    def __init__(self, site: Site, loop: LoopThread, options: SessionOptions) -> None:
        self._site = site
        self._options = options
        self._recovery = Recovery(options.recovery) if options.recovery > 0 else None
        self._spaces = Spaces(loop, site.failed, self._recovery)
        self._guests: dict[str, Guest] = {}
        self.observers = Observers(site.failed)
        self.overhearers = self._spaces.overhearers
        self.farewells: set[asyncio.Task[None]] = set()
        """The `on_disconnect` handlers that run."""
        self.namespace("/")  # the main namespace is always there, whether or not anybody answers in it

    # -- namespaces

    def namespace(self, name: str | re.Pattern[str] | Callable[[str], bool]) -> Namespace:
        """Return the namespace `name`, made now if need be. A pattern or a predicate stands for all that it matches."""
        return self._spaces.named(name) if isinstance(name, str) else self._spaces.matching(name)

    @property
    def namespaces(self) -> dict[str, Namespace]:
        """The namespaces by name (any thread; a copy). A pattern is none before somebody has asked for a match."""
        return self._spaces.all

    # -- what Engine.IO tells

    def opened(self, line: Line) -> None:
        """A session begins: it has some seconds to join a namespace."""
        self._guests[line.sid] = Guest(line, self._options)

    def received(self, line: Line, message: str | bytes) -> None:
        """A message came. One that breaks the protocol ends the session at once."""
        guest = self._guests.get(line.sid)
        if guest is None:
            return
        try:
            what = guest.seats.take(message)
            guest.expect()
            if isinstance(what, Wanted):
                self._want(guest, what)
            elif isinstance(what, Event):
                self._event(guest, what)
            elif isinstance(what, Answered):
                guest.sockets[what.namespace].answered(what.id, what.arguments)
            elif isinstance(what, Left):
                self._leave(guest, what.namespace, "client namespace disconnect")
        except PacketError as exc:
            self._site.refused(line.sid, exc)
            line.end("forced close")

    def ended(self, line: Line, reason: str) -> None:
        """The session is over: everybody it was is gone."""
        guest = self._guests.pop(line.sid, None)
        if guest is None:
            return
        guest.gone()
        if reason == "too slow" and (line.why or line.session.transport == "polling"):
            self._site.slow("session", 0, f"too slow: {line.why or 'more waits than may, and the peer does not poll'}")
        for namespace in list(guest.sockets):
            self._leave(guest, namespace, reason)

    def expel(self, line: Line, namespace: str, close: bool) -> None:
        """The server sends a peer away from a namespace, or ends its session."""
        guest = self._guests.get(line.sid)
        if guest is None:
            return
        for name in list(guest.sockets) if close else [namespace]:
            line.send(guest.seats.expel(name))
            self._leave(guest, name, "server namespace disconnect")
        if close:
            guest.decide_no_more()
            line.close("forced server close")

    # -- coming and going

    def _want(self, guest: Guest, wanted: Wanted) -> None:
        namespace = self._spaces.find(wanted.namespace)
        if namespace is None:
            guest.line.send(guest.seats.refuse(wanted.namespace, "Invalid namespace"))
            return
        socket, missed = self._come_back(guest, namespace, wanted)
        guest.sockets[namespace.name] = socket
        guest.deciding[namespace.name] = self._site.start(self._decide(guest, socket, missed))

    def _come_back(self, guest: Guest, namespace: Namespace, wanted: Wanted) -> tuple[Socket, list[Missed]]:
        """Return the peer's socket: the one it was, with what it missed, or a new one."""
        auth = wanted.auth
        found = None
        if self._recovery is not None and isinstance(auth, dict) and "pid" in auth:
            now = asyncio.get_running_loop().time()
            found = self._recovery.restore(auth["pid"], auth.get("offset"), namespace.name, now)
            auth = {key: value for key, value in auth.items() if key not in ("pid", "offset")}
        state, missed = found or (State(secrets.token_urlsafe(15), namespace.name, (), {}), [])
        socket = Socket(state.id, namespace, guest.line, replace(guest.line.handshake, auth=auth))
        socket.recovered, socket.data = found is not None, dict(state.data)
        if found is not None:
            socket.pid = wanted.auth["pid"]  # by which the official client knows that it is itself again
        namespace.members[socket.id] = socket
        namespace.rooms.add(socket.id, socket)
        for room in state.rooms:
            namespace.rooms.join(socket.id, room)
        return socket, missed

    async def _decide(self, guest: Guest, socket: Socket, missed: list[Missed]) -> None:
        """Ask everybody who has a say; then the peer is in, or is told why not."""
        namespace = socket.namespace
        why = Occasion("connect")
        try:
            for handler in [*namespace.middleware, *namespace.connects]:
                await self.observers.run(why, socket, handler, socket)
        except Refused as exc:
            self._turn_away(guest, socket, str(exc), exc.data)
        except BaseException as exc:
            if ends_the_task(exc):
                socket.gone()
                raise
            self._site.failed(f"on_connect {namespace.name}", 0, exc)
            self._turn_away(guest, socket, "Internal server error", None)
        else:
            if guest.sockets.get(namespace.name) is not socket:
                return  # its session ended meanwhile, and a handler would not be told
            guest.joined()
            pid = socket.pid if self._recovery is not None else None
            guest.line.send(guest.seats.accept(namespace.name, socket.id, pid))
            socket.let_in([event.event for event in missed])
        finally:
            guest.deciding.pop(namespace.name, None)

    def _turn_away(self, guest: Guest, socket: Socket, message: str, data: Any) -> None:
        name = socket.namespace.name
        guest.sockets.pop(name, None)
        socket.gone()
        try:
            guest.line.send(guest.seats.refuse(name, message, data))
        except (TypeError, ValueError) as exc:  # the refusal holds data that cannot be sent
            self._site.failed(f"on_connect {name}", 0, exc)
            guest.line.send(guest.seats.refuse(name, message))
        except PacketError as exc:
            self._site.refused(guest.line.sid, exc)
            guest.line.end("forced close")

    def _leave(self, guest: Guest, namespace: str, reason: str) -> None:
        socket = guest.sockets.pop(namespace, None)
        if socket is None:
            return
        was_in = socket.is_connected
        if (was_in or socket.recovered) and self._recovery is not None and reason in BROKEN:
            state = State(socket.id, namespace, tuple(socket.rooms), socket.data)
            self._recovery.save(socket.pid, state, asyncio.get_running_loop().time())
        socket.gone()
        if was_in and socket.namespace.disconnects:
            self.farewells.add(task := self._site.start(self._farewell(socket, reason)))
            task.add_done_callback(self.farewells.discard)

    async def settle(self, timeout: float) -> None:
        """Let the `on_disconnect` handlers that run come to their end, or wait `timeout` seconds for it."""
        if self.farewells:
            await asyncio.wait(list(self.farewells), timeout=timeout)

    async def _farewell(self, socket: Socket, reason: str) -> None:
        why = Occasion("disconnect")
        for handler in list(socket.namespace.disconnects):
            try:
                await self.observers.run(why, socket, handler, socket, reason)
            except BaseException as exc:
                if ends_the_task(exc):
                    raise
                self._site.failed(f"on_disconnect {socket.namespace.name}", 0, exc)

    # -- events

    def _event(self, guest: Guest, event: Event) -> None:
        guest.waiting.append((guest.sockets[event.namespace], event))
        self._go_on(guest)

    def _go_on(self, guest: Guest) -> None:
        """Begin to handle what waits, as much as may be handled at once."""
        while guest.waiting and guest.busy < MAX_BUSY:
            socket, event = guest.waiting.popleft()
            if guest.sockets.get(event.namespace) is socket:  # else it left; who has its seat now said nothing yet
                guest.busy += 1
                self._site.tasks.add(asyncio.get_running_loop().create_task(self._handle(guest, socket, event)))
        guest.line.hurry(bool(guest.waiting))

    async def _handle(self, guest: Guest, socket: Socket, event: Event) -> None:
        """Run the handlers of one event in order of registration; the first answer counts, and there always is one."""
        task = cast("asyncio.Task[None]", asyncio.current_task())
        namespace, name = socket.namespace, str(event.name)
        answer: list[Any] | None = None
        why = Occasion(name, event.id is not None)
        try:
            for listener in list(namespace.listeners_in):
                await self.observers.run(why, socket, listener, socket, name, *event.arguments)
            for handler in list(namespace.handlers.get(name, ())):
                result = await self.observers.run(why, socket, handler, socket, *event.arguments)
                if answer is None and result is not None:
                    answer = list(result) if isinstance(result, tuple) else [result]
        except BaseException as exc:
            if ends_the_task(exc):
                raise
            error = explain(exc, name, event.arguments)
            if not isinstance(exc, Refused):
                self._site.failed(f'event "{name}" in {namespace.name}', 0, exc)
            answer = [complain(socket, error, self._site.failed)]
        finally:
            # Here and not in a callback of the task, which would cost every event another turn of the loop.
            self._site.tasks.discard(task)
            guest.busy -= 1
            if guest.waiting:
                self._go_on(guest)
        if event.id is not None:
            self._answer(socket, name, event.id, answer or [])

    def _answer(self, socket: Socket, name: str, number: int, answer: list[Any]) -> None:
        try:
            socket.answer(number, answer)
        except (TypeError, ValueError) as exc:  # the handler returned what cannot be sent
            self._site.failed(f'event "{name}" in {socket.namespace.name}', 0, exc)
            socket.answer(number, [explain(exc, name, [])])
