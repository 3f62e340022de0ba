"""`Line`: one session with what carries it. It performs what the session decides, and keeps its time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Protocol

from livesock.net.loop.gate import Gate
from livesock.realtime.actions import Action, Answer, Close, Deliver, Ended, Send
from livesock.realtime.server.heartbeat import LATE
from livesock.wire.quote import one_line

if TYPE_CHECKING:
    from livesock.net.socketio.carrier import Carrier
    from livesock.net.socketio.sent import SocketHandshake
    from livesock.realtime.encoded import Encoded
    from livesock.realtime.server.session import Session

__all__ = ["Line", "LineOwner", "name_of"]


def name_of(sid: str) -> str:
    """Return how errors name a session: anyone who knows the whole id owns it."""
    return f"session {one_line(sid[:6])}…"


class LineOwner(Protocol):
    """The layer above: a line calls it when something happens in its session."""

    def opened(self, line: Line) -> None:
        """The session has begun."""

    def received(self, line: Line, message: str | bytes) -> None:
        """Its peer has sent a message."""

    def ended(self, line: Line, reason: str) -> None:
        """The session is over; nothing follows."""

    def expel(self, line: Line, namespace: str, close: bool) -> None:
        """The server sends the peer away from a namespace, or refuses it there; with `close` it ends the session."""


class Line:
    """One session with what carries it. Runs on the loop."""

    __slots__ = (  # in the order in which a delivery reads them: see `Member`
        *("carrier", "session", "sid", "handshake", "owner", "carriers", "why", "may_read", "when_settled"),
        *("is_posting", "_forget", "_answers", "_timer", "_wants", "_questions", "_now"),
    )

    def __init__(
        self, session: Session, handshake: SocketHandshake, owner: LineOwner, forget: Callable[[Line], None]
    ) -> None:
        self.session = session
        self.sid = session.sid
        """The session's id."""
        self.handshake = handshake
        self.owner = owner
        self.carriers: dict[int, Carrier] = {}
        self.carrier: Carrier | None = None
        """The one that carries the session now: read for every delivery, and changed only by `perform`."""
        self._forget = forget
        self._now = asyncio.get_running_loop().time  # asking for the loop is a system call in Python 3.11 (getpid)
        self._answers: dict[int, asyncio.Future[Answer]] = {}  # for the requests that wait
        self._timer: asyncio.TimerHandle | None = None
        self.why = ""
        """Why it was too slow, if it was."""
        self.may_read = Gate(is_open=True)
        """Cleared while the layer above has too much to do."""
        self._wants = False, False  # what `hold` asked for
        self._questions = 0
        self.when_settled: Callable[[], None] | None = None
        """Called once when the session has joined a namespace, or ends."""
        self.is_posting = False
        """Whether packets of a request are being taken: a client sends the next ones when those are answered."""

    def hold(self, held: bool, *, answers: bool = False) -> None:
        """Stop reading from this peer, or read again: the layer above has too much to do.

        While the peer has a question to answer it is read all the same, unless `answers` can wait, too.
        """
        if self._wants != (held, answers):
            self._wants = held, answers
            self._read()

    def asks(self, questions: int) -> None:
        """Note that the peer got so many questions more, or less, which it has to answer."""
        self._questions += questions
        self._read()

    def _read(self) -> None:
        held, answers = self._wants
        held = held and (answers or not self._questions) and not self.session.is_over
        if held == self.may_read.is_set():
            self.may_read.clear() if held else self.may_read.set()
            for carrier in self.carriers.values():
                carrier.hold(held)
            if not held:
                self.reads_again()

    # -- what a carrier calls

    def received(self, number: int, message: str | bytes) -> None:
        """Take a message of the WebSocket `number`."""
        now = self._now()
        payload = self.session.payload(number, message, now)
        if payload is not None:
            self.owner.received(self, payload)
        else:
            self.perform(self.session.message(number, message, now))

    def reads_again(self) -> None:
        """Note that what came from the peer is read again."""
        self.session.heard_again(self._now())

    def lost(self, number: int, reason: str) -> None:
        """Note that the WebSocket `number` is gone. A `reason` ends the session, if this one carries it."""
        if reason and self.session.carrier == number:
            self.end(reason)
        self.carriers.pop(number, None)
        self.perform(self.session.lost(number))

    # -- what the layer above calls

    @property
    def name(self) -> str:
        """How errors name the session."""
        return name_of(self.sid)

    @property
    def number(self) -> int:
        """The connection that carries the session, or that began it."""
        return self.session.carrier or self.handshake.connection

    @property
    def unsent(self) -> int:
        """Bytes that were sent and still wait: for the WebSocket that carries the session, or for a poll."""
        return self.carrier.unsent if self.carrier is not None else self.session.outbox.size

    def send(self, messages: Iterable[str | bytes]) -> None:
        """Send messages to the peer."""
        self.perform(self.session.send(messages))

    def deliver(self, encoded: Encoded, *, volatile: bool = False) -> bool:
        """Send what is ready; return False if it was volatile and the peer cannot take it now."""
        carrier = self.carrier
        if volatile and not (self.session.is_writable and (carrier is None or carrier.is_writable)):
            return False
        if carrier is not None:
            if carrier.is_open:
                carrier.writer.write([carrier], encoded.frames)
        else:
            self.send(encoded.messages)
        return True

    def settle(self) -> None:
        """Note that the session has joined a namespace, or ends."""
        when_settled, self.when_settled = self.when_settled, None
        if when_settled is not None:
            when_settled()

    def close(self, reason: str) -> None:
        """End the session once its peer has got what waits for it."""
        self.perform(self.session.close(reason, self._now()))

    def end(self, reason: str) -> None:
        """End the session now."""
        self.perform(self.session.end(reason))

    def overrun(self, why: str) -> None:
        """End the session, because too much waits for its peer."""
        self.why = why
        self.end("too slow")

    # -- performing

    async def wait(self, request: int, actions: list[Action]) -> Answer:
        """Perform `actions` and return the answer to `request`, whenever it comes."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._answers[request] = future
        self.perform(actions)
        try:
            return await future
        except asyncio.CancelledError:  # the client gave up the request
            if future.done() and not future.cancelled():
                self.end("transport error")  # while the answer was under way, which is now lost
            self._answers.pop(request, None)
            self.perform(self.session.abandoned(request))
            raise

    def perform(self, actions: list[Action]) -> None:
        """Do what the session decided, in order, and plan the next tick."""
        carrier = self.carriers.get(self.session.carrier or 0)
        if carrier is not self.carrier:
            self.carrier = carrier
            if carrier is not None and not self.may_read.is_set():
                carrier.hold(True)
        for action in actions:
            if isinstance(action, Deliver):
                self.owner.received(self, action.message)
            elif isinstance(action, Send):
                if action.connection in self.carriers:
                    self.carriers[action.connection].send(action.message)
            elif isinstance(action, Answer):
                future = self._answers.pop(action.request, None)
                if future is not None and not future.done():
                    future.set_result(action)
            elif isinstance(action, Close):
                if action.connection in self.carriers:
                    self.carriers[action.connection].close(action.code)
            elif isinstance(action, Ended):
                self._read()
                self._forget(self)
                self.owner.ended(self, action.reason)
        self._arm()

    def _arm(self) -> None:
        """Plan the next tick. A timer that is too early stays, because each pong moves the time; ticks are cheap."""
        timer, due = self._timer, None if self.session.is_over else self.session.next_tick
        if timer is not None and (due is None or due < timer.when()):
            timer.cancel()
            timer = None
        if timer is None and due is not None:
            timer = asyncio.get_running_loop().call_at(due, self._tick)
        self._timer = timer

    def _tick(self) -> None:
        self._timer = None
        self.catch_up()

    def catch_up(self) -> None:
        """Do what is due by now. A peer stays from which we do not read, or did not because the loop stood still."""
        now = self._now()
        is_read = self.may_read.is_set() and (self.carrier is None or self.carrier.is_reading)
        if not is_read or now - self.session.next_tick > LATE:
            self.perform(self.session.unheard(now))
        self.perform(self.session.tick(now))
