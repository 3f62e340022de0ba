"""`Events`: runs the handlers of the events that wait, in order, and answers the questions.

waiting ─► at most 64 at once ─► its turn (`Order`) ─► on_any …, handlers … ─► the answer, if there is a handler
   └─► their peer is not read from meanwhile
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import Any

from livesock.errors import HandlerBusy, PeerRefused, Refused
from livesock.net.http.site import Site
from livesock.net.loop.turns import alone, begin, ends_the_task
from livesock.net.socketio.handling.habits import check_answer, unmarked, unsaid
from livesock.net.socketio.handling.observers import Observers, Occasion, Ran
from livesock.net.socketio.handling.order import Place
from livesock.net.socketio.handling.run import GiveWay, NotRun, hold, run
from livesock.net.socketio.peer import PeerSession
from livesock.net.socketio.run_handler import complain, explain, fault_of, run_observed
from livesock.net.socketio.seat import Socket
from livesock.realtime.server.seats import Event
from livesock.wire.quote import one_line

__all__ = ["Events"]

logger = logging.getLogger("livesock.socketio")

MAX_BUSY = 64
"""Events of one session that are handled at once. More wait, and nothing is read from their peer meanwhile."""

STUCK = 5.0
"""Seconds after which it is an error that none of these has ended while more wait."""

MAX_WAITING = 1000
"""Events that may wait while a handler of the same session waits for an answer, which is read behind them."""

MAX_WAITING_BYTES = 1_000_000
"""Bytes of these events."""

MAX_NOTED = 100
"""Names of questions without a handler that are kept in `server.errors`, each once: peers choose them."""


class Events:
    """The events of all sessions of a server. Runs on the loop."""

    def __init__(self, site: Site, observers: Observers[Ran]) -> None:
        self._site = site
        self._observers = observers
        self._noted: set[tuple[str, str]] = set()

    def go_on(self, peer: PeerSession) -> None:
        """Begin to handle what waits, at most `MAX_BUSY` events at once; all of it when the peer has left.

        One whose turn it is and whose handler waits for nothing is handled when this returns. After `MAX_BUSY` events
        in a row the other connections have a turn.
        """
        if peer.is_going_on:
            return  # an event has ended within its first step: the loop below goes on
        peer.is_going_on = True
        while peer.waiting and (peer.busy < MAX_BUSY or peer.waiting[0][1].has_left):
            if peer.in_a_row == MAX_BUSY:
                peer.in_a_row += 1  # once
                peer.loop.call_soon(self._next_turn, peer)
            if peer.in_a_row > MAX_BUSY:
                break
            place, socket, event = peer.next()
            peer.busy += 1
            peer.in_a_row += 1
            task = begin(self._handle(peer, place, socket, event), peer.loop)
            if not task.done():
                self._site.keep(task)
        peer.is_going_on = False
        if peer.waiting:
            peer.line.hold(True, answers=len(peer.waiting) > MAX_WAITING or peer.size > MAX_WAITING_BYTES)
            if not peer.is_watched:
                peer.is_watched = True
                peer.loop.call_later(STUCK, self._look, peer, peer.ended)
        else:
            peer.line.hold(False)

    def _look(self, peer: PeerSession, ended: int) -> None:
        """Keep that no event of a peer has ended for a while and more wait, perhaps what their handlers wait for."""
        peer.is_watched = False
        if peer.waiting and peer.ended == ended:
            name = one_line(str(peer.waiting[0][2].name)[:60])
            run = f"{peer.busy} handlers of this peer's events run, and none has ended for {STUCK:g} s"
            wait = f'{len(peer.waiting)} more of its events wait, the first is "{name}"'
            why = f"{run}; {wait}: it begins when a handler ends, so these must not wait for it"
            self._site.failures.note("stuck peer", peer.line.name, HandlerBusy(why))
        if peer.waiting:
            self.go_on(peer)

    def _next_turn(self, peer: PeerSession) -> None:
        peer.in_a_row = 0
        self.go_on(peer)

    async def _handle(self, peer: PeerSession, place: Place, socket: Socket, event: Event) -> None:
        """Run the handlers of one event when its turn has come, and answer a question with the first answer."""
        name, task = str(event.name), asyncio.current_task(peer.loop)
        try:
            if not place.is_next:
                await place.turn()
            answer = None if socket.was_sent_away else await self._run(socket, name, event, place.give_way)
            if event.id is not None and answer is not None:
                self._answer(socket, event, answer)
        except BaseException as exc:
            if ends_the_task(exc, task):
                raise
            exc = alone(exc)
            fault = None if isinstance(exc, Refused) else fault_of(exc, event.arguments)
            error = complain(socket, explain(fault or exc, name, event.arguments), self._site.failed)
            where, number = f'event "{name}" in {event.namespace}', socket.line.number
            if isinstance(exc, NotRun) or fault is not None:
                why = exc.why if isinstance(exc, NotRun) else str(fault)
                self._site.failures.refuse(where, where, number, PeerRefused(why), level=logging.ERROR)
            elif not isinstance(exc, Refused):
                self._site.failed(where, number, exc)
            if event.id is not None:
                self._answer(socket, event, [error])
        finally:
            place.give_way()
            peer.busy -= 1
            peer.ended += 1
            if peer.waiting:
                self.go_on(peer)

    async def _run(self, socket: Socket, name: str, event: Event, give_way: GiveWay) -> list[Any] | None:
        """Run the handlers in order of registration, and return the first answer; None if there is no handler.

        The last handler gives way.
        """
        handlers = socket.namespace.handlers
        answer: list[Any] | None = None
        call = partial(run_observed, self._observers, Occasion(name, event.id is not None)) if self._observers else run
        chain, arguments = handlers.of(name, event.arguments)
        listeners = list(handlers.incoming)
        for listener in listeners:
            way = give_way if listener is listeners[-1] and not chain else hold
            await call(listener, socket, name, *event.arguments, give_way=way)
        for handler in chain:
            way = give_way if handler is chain[-1] else hold
            result = await call(handler, socket, *arguments, give_way=way)
            if result is None:
                continue
            check_answer(result)
            method = getattr(handler, "method", None)
            if method is not None and (warning := unsaid(result, event.id is not None, method)):
                self._note_once(socket, name, warning)
            if answer is None:
                answer = list(result) if isinstance(result, tuple) else [result]
        if not chain:
            self._note_unhandled(socket, name, event.id is not None)
        return (answer or []) if chain else None

    def _note_unhandled(self, socket: Socket, name: str, is_question: bool) -> None:
        """Keep once that no handler answers a question: its peer waits in vain, as with the reference server.

        Other events that no handler hears are passed over but for a line in the log at DEBUG, unless a gateway seems to
        want them.
        """
        namespace = socket.namespace
        logger.debug('= no handler hears "%s" in %s', one_line(name[:60]), namespace.name)
        missing = unmarked(list(namespace.handlers.gateways.values()), name)
        if not (is_question or missing):
            return
        known = ", ".join(f'"{event}"' for event in namespace.handlers.events) or "no event"
        what = "answers this question, so its peer waits in vain" if is_question else "hears this event"
        text = f"no handler {what}; {namespace.name} handles {known:.200}{missing}"
        self._note_once(socket, name, LookupError(text))

    def _note_once(self, socket: Socket, name: str, why: Exception) -> None:
        """Keep what is said of an event the first time that it comes."""
        namespace = socket.namespace
        if (namespace.name, name) not in self._noted and len(self._noted) < MAX_NOTED:
            self._noted.add((namespace.name, name))
            self._site.failed(f'event "{name:.60}" in {namespace.name}', socket.line.number, why)

    def _answer(self, socket: Socket, event: Event, answer: list[Any]) -> None:
        assert event.id is not None
        try:
            socket.answer(event.id, answer)
        except (TypeError, ValueError) as exc:  # the handler returned a value that cannot be sent
            name = str(event.name)
            self._site.failed(f'event "{name}" in {socket.namespace.name}', socket.line.number, exc)
            try:
                socket.answer(event.id, [explain(exc, name, event.arguments)])
            except (TypeError, ValueError):  # what the peer has sent is nested too deep
                socket.answer(event.id, [explain(exc, name, [])])
