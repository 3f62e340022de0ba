"""`Hub`: Socket.IO on top of Engine.IO. It lets peers into namespaces, or refuses them, and runs the handlers.

    message ─► Seats: what does it mean? ─┬─► Wanted    use() … on_connect() … ─► let in, or refused with the reason
                                          ├─► Event     handlers, in order ─► the answer, always
                                          ├─► Answered  the call() that waits for it
                                          └─► Left      on_disconnect()

An exception in a handler is kept in `server.errors`, sent to the peer as an `exception` event, and answers its
question.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from livesock.errors import FAULT, PacketError, Refused
from livesock.net.http.site import Site
from livesock.net.loop.garbage import LARGE, uncollected
from livesock.net.loop.thread import LoopThread
from livesock.net.loop.turns import alone, ends_the_task
from livesock.net.socketio.answer_events import Events
from livesock.net.socketio.coming_back import ComingBack, FoundSeat
from livesock.net.socketio.elsewhere import Elsewhere
from livesock.net.socketio.handling.habits import check_verdict, explain_refusal, too_late, unheard
from livesock.net.socketio.handling.handlers import JOINING
from livesock.net.socketio.handling.observers import Observers, Occasion, Ran
from livesock.net.socketio.handling.order import Place
from livesock.net.socketio.handling.run import hold
from livesock.net.socketio.line import Line
from livesock.net.socketio.namespace import Namespace
from livesock.net.socketio.namespaces import NamespaceTable
from livesock.net.socketio.peer import PeerSession
from livesock.net.socketio.run_handler import run_observed
from livesock.net.socketio.seat import Data, Socket
from livesock.net.socketio.sent import Auth
from livesock.realtime.actions import SessionOptions
from livesock.realtime.encoded import Encoded
from livesock.realtime.reasons import Reason
from livesock.realtime.server.recovery import SeatState
from livesock.realtime.server.seats import Answered, Event, Left, Wanted

__all__ = ["Hub"]

BROKEN = frozenset({"transport error", "transport close", "forced server close", "ping timeout"})
"""Reasons after which a peer may come back to its seat: it did not leave by its own will."""

FAREWELL_PATIENCE = 2.0
"""Seconds that `on_disconnect` waits for the slow handlers of events that came before the end."""


class Hub:
    """All namespaces of a server and all sessions in them. Runs on the loop, but for `namespace` and `namespaces`."""

    def __init__(
        self, site: Site, loop: LoopThread, options: SessionOptions, elsewhere: Elsewhere | None = None
    ) -> None:
        self._site = site
        self._options = options
        self._coming_back = ComingBack(options.recovery, elsewhere)
        self.table = self._namespaces = NamespaceTable(loop, site.failed, self._coming_back.recovery, elsewhere)
        self._peers: dict[str, PeerSession] = {}
        self.observers: Observers[Ran] = Observers(site.failed)
        self._events = Events(site, self.observers)
        self.overhearers, self.watchers = self._namespaces.overhearers, self._namespaces.watchers
        self.farewells: set[asyncio.Task[None]] = set()
        """The `on_disconnect` handlers that run."""
        self.namespace("/")  # the main namespace is always there, also without a handler

    # -- namespaces

    def namespace(self, name: str | re.Pattern[str] | Callable[[str], bool]) -> Namespace[Socket]:
        """Return the namespace `name`, made now if need be. A pattern or a predicate stands for all that it matches."""
        return self._namespaces.named(name) if isinstance(name, str) else self._namespaces.matching(name)

    @property
    def namespaces(self) -> dict[str, Namespace[Socket]]:
        """The namespaces by name (any thread; a snapshot). A pattern adds one when a peer first asks for it."""
        return self._namespaces.all

    # -- what a line calls

    def opened(self, line: Line) -> None:
        """Give a new session some seconds to join a namespace."""
        self._peers[line.sid] = PeerSession(line, self._options)

    def received(self, line: Line, message: str | bytes) -> None:
        """Take a message. One that breaks the protocol ends the session at once."""
        peer = self._peers.get(line.sid)
        if peer is None:
            return
        try:
            if len(message) < LARGE:
                what = peer.seats.take(message)
            else:
                with uncollected(len(message)):
                    what = peer.seats.take(message)
            size = peer.measure(message, is_whole=what is not None)
            if isinstance(what, Event):
                peer.wait(what, size)
                self._events.go_on(peer)
            elif isinstance(what, Wanted):
                self._want(peer, what)
            elif isinstance(what, Answered):
                peer.sockets[what.namespace].answered(what.id, what.arguments)
            elif isinstance(what, Left):
                self._leave(peer, what.namespace, "client namespace disconnect")
        except PacketError as exc:
            self._site.refused(line.name, line.number, exc)
            line.end("forced close")

    def ended(self, line: Line, reason: str) -> None:
        """Let every seat of a session that is over leave."""
        peer = self._peers.pop(line.sid, None)
        if peer is None:
            return
        peer.gone()
        if reason == "too slow" and (line.why or line.session.transport == "polling"):
            self._site.slow(line.name, line.number, f"too slow: {line.why or _pile(self._options)}")
        for namespace, socket in list(peer.sockets.items()):
            socket.was_sent_away = reason == "server shutting down"
            self._leave(peer, namespace, reason)

    def expel(self, line: Line, namespace: str, close: bool) -> None:
        """Send a peer away from a namespace, or with `close` end its session. One that is not in yet is refused."""
        peer = self._peers.get(line.sid)
        if peer is None:
            return
        if (socket := peer.sockets.get(namespace)) is not None and not socket.is_connected:
            socket.was_sent_away = True  # `_decide` looks when the handler has returned
            peer.ends_when_refused |= close
            return
        for name in list(peer.sockets) if close else [namespace]:
            line.send(peer.seats.expel(name))
            if name in peer.sockets:
                peer.sockets[name].was_sent_away = True
            self._leave(peer, name, "server namespace disconnect")
        if close:
            peer.decide_no_more()
            line.close("forced server close")

    # -- coming and going

    def _want(self, peer: PeerSession, wanted: Wanted) -> None:
        namespace = self._namespaces.find(wanted.namespace)
        if namespace is None:
            known = ", ".join(self._namespaces.all)
            text = f"no namespace is named {wanted.namespace!r:.60}; there are {known:.200}"
            self._site.refused(peer.line.name, peer.line.number, LookupError(text))
            peer.line.send(peer.seats.refuse(wanted.namespace, "Invalid namespace"))
            return
        place = peer.order.take(namespace.name)
        if self._coming_back.takes_time(wanted.auth):
            peer.deciding[namespace.name] = self._site.start(self._look_everywhere(peer, place, namespace, wanted.auth))
        else:
            self._begin(peer, place, namespace, self._coming_back.look(wanted.auth, namespace.name))

    async def _look_everywhere(
        self, peer: PeerSession, place: Place, namespace: Namespace[Socket], auth: dict[str, Any]
    ) -> None:
        """Look for the seat of a peer that comes back where every server of the cluster finds it."""
        try:
            found = await self._coming_back.look_everywhere(auth, namespace.name)
        except BaseException:
            place.give_way()
            raise
        if self._peers.get(peer.line.sid) is peer:
            self._begin(peer, place, namespace, found)
        else:  # its session has ended meanwhile
            place.give_way()

    def _begin(self, peer: PeerSession, place: Place, namespace: Namespace[Socket], found: FoundSeat) -> None:
        """Seat a peer, and let the handlers decide."""
        auth = Auth(found.auth) if isinstance(found.auth, dict) else found.auth
        socket = Socket(found.state.id, namespace, peer.line, replace(peer.line.handshake, auth=auth))
        socket.recovered, socket.data = found.pid is not None, Data(found.state.data)
        if found.pid is not None:
            socket.pid = found.pid  # the official client compares it to see that it has recovered
        namespace.audience.add(socket, found.state.rooms)
        peer.sockets[namespace.name] = socket
        peer.deciding[namespace.name] = self._site.start(self._decide(peer, place, socket, found.missed))

    async def _decide(self, peer: PeerSession, place: Place, socket: Socket, missed: list[Encoded]) -> None:
        """Run the handlers that decide; then let the peer in, or refuse it with the reason."""
        namespace = socket.namespace
        why, step, task = Occasion("connect"), "use", asyncio.current_task()
        JOINING.set(socket.id)  # of this task alone
        try:
            await place.turn()
            hooks = [("use", it) for it in namespace.handlers.middleware]
            for step, handler in [*hooks, *(("on_connect", it) for it in namespace.handlers.connects)]:
                check_verdict(await run_observed(self.observers, why, handler, socket), step)
                if socket.was_sent_away:
                    break
            if socket.was_sent_away:
                if (exc := unheard(step, socket.early)) is not None:
                    self._site.failures.note(("unheard", namespace.name), f"{step} {namespace.name}", exc)
                raise Refused("disconnected by the server")
        except BaseException as exc:
            if ends_the_task(exc, task):
                namespace.audience.remove(socket)
                raise
            why_not = alone(exc)
            if not isinstance(why_not, Refused):
                explain_refusal(why_not)
                self._site.failed(f"{step} {namespace.name}", socket.line.number, why_not)
                why_not = Refused(FAULT)
            self._turn_away(peer, socket, str(why_not), why_not.data)
        else:
            if peer.sockets.get(namespace.name) is not socket:
                return  # its session ended meanwhile
            peer.joined()
            pid = socket.pid if self._coming_back.is_on else None
            peer.line.send(peer.seats.accept(namespace.name, socket.id, pid))
            namespace.audience.let_in(socket, missed)
            peer.deciding.pop(namespace.name, None)  # what follows decides nothing, and is not ended with the seat
            await self._welcome(place, socket, why)
        finally:
            if peer.deciding.get(namespace.name) is asyncio.current_task():
                del peer.deciding[namespace.name]
            place.give_way()

    async def _welcome(self, place: Place, socket: Socket, why: Occasion) -> None:
        """Run `on_connected`. The last handler gives way to the peer's events."""
        handlers, task = list(socket.namespace.handlers.connected), asyncio.current_task()
        for handler in handlers:
            way = place.give_way if handler is handlers[-1] else hold
            try:
                check_verdict(await run_observed(self.observers, why, handler, socket, give_way=way), "on_connected")
            except BaseException as exc:
                if ends_the_task(exc, task):
                    raise
                name = socket.namespace.name
                late = too_late(exc, "on_connected", "the peer is in")
                self._site.failed(f"on_connected {name}", socket.line.number, late)

    def _turn_away(self, peer: PeerSession, socket: Socket, message: str, data: Any) -> None:
        name = socket.namespace.name
        peer.sockets.pop(name, None)
        peer.deciding.pop(name, None)
        socket.namespace.audience.remove(socket)
        try:
            peer.line.send(peer.seats.refuse(name, message, data))
        except (TypeError, ValueError) as exc:  # the refusal holds data that cannot be sent
            self._site.failed(f"on_connect {name}", socket.line.number, exc)
            peer.line.send(peer.seats.refuse(name, message))
        except PacketError as exc:
            self._site.refused(peer.line.name, peer.line.number, exc)
            peer.line.end("forced close")
        if peer.ends_when_refused:
            self.expel(peer.line, name, close=True)

    def _leave(self, peer: PeerSession, namespace: str, reason: str) -> None:
        socket = peer.sockets.pop(namespace, None)
        if socket is None:
            return
        was_in = socket.is_connected
        if (was_in or socket.recovered) and self._coming_back.is_on and reason in BROKEN:
            self._coming_back.save(socket.pid, SeatState(socket.id, namespace, tuple(socket.rooms), socket.data))
        socket.namespace.audience.remove(socket)
        if was_in and socket.namespace.handlers.disconnects:
            place = peer.order.take(namespace)
            self.farewells.add(task := self._site.start(self._farewell(place, socket, reason)))
            task.add_done_callback(self.farewells.discard)
        self._events.go_on(peer)

    async def settle(self, timeout: float) -> None:
        """Wait for the `on_disconnect` handlers that run, at most `timeout` seconds."""
        if self.farewells:
            await asyncio.wait(list(self.farewells), timeout=timeout)

    async def _farewell(self, place: Place, socket: Socket, reason: str) -> None:
        """Run `on_disconnect`, when the events that came before the end have begun, and soon in any case."""
        name = socket.namespace.name
        why, task = Occasion("disconnect"), asyncio.current_task()
        try:
            await place.turn(FAREWELL_PATIENCE)
            for handler in list(socket.namespace.handlers.disconnects):
                try:
                    await run_observed(self.observers, why, handler, socket, Reason(reason))
                except BaseException as exc:
                    if ends_the_task(exc, task):
                        raise
                    late = too_late(exc, "on_disconnect", "the peer has left")
                    self._site.failed(f"on_disconnect {name}", socket.line.number, late)
        finally:
            place.give_way()


def _pile(options: SessionOptions) -> str:
    return f"more than {options.max_outbox} bytes (max_outbox) wait for the peer, which does not poll"
