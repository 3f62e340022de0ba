"""`ClientLine`: one session of a client with what carries it. It performs what the session decides, and keeps its time.

    Get, Post ──► two connections (HTTP)    Opened, Deliver, Ended ──► the layer above
    Dial, Send, Close ──► a carrier (WebSocket)

The other end is a server's `Line`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

from livesock.errors import HandshakeError
from livesock.net.client.carrier import ClientCarrier
from livesock.net.client.polls import PollAnswer, PollConnection
from livesock.net.connect.advice import first_line
from livesock.net.connect.dial import Dialer
from livesock.net.connect.statuses import HttpAnswer, polling_advice
from livesock.realtime.actions import Close, Deliver, Ended, Send
from livesock.realtime.client.actions import ClientAction, Dial, Get, Opened, Post, Upgraded
from livesock.realtime.client.session import ClientSession
from livesock.realtime.reasons import Reason

__all__ = ["ClientLine", "ClientLineOwner", "Endpoint"]

MAX_UNSENT = 2**20
"""Bytes that may wait for a POST or an upgrade; with more of them `emit` waits, too."""

CLOSE_TIMEOUT = 1.5
"""Seconds that the connections of an ended session have to end by themselves."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The Engine.IO server at the dialer's target: where it is, and what goes with each request."""

    path: str
    """Such as `/socket.io/`."""
    query: str
    """Of the user's URL, already encoded."""
    headers: list[tuple[str, str]]

    def target(self, transport: str, sid: str) -> str:
        """Return the request target: every request of a session goes to the same path."""
        ours = {"EIO": "4", "transport": transport} | ({"sid": sid} if sid else {})
        return f"{self.path}?{self.query}{'&' if self.query else ''}{urlencode(ours)}"


class ClientLineOwner(Protocol):
    """The layer above: a line calls it when something happens in its session."""

    def opened(self, line: ClientLine) -> None:
        """The server has sent its greeting."""

    def received(self, line: ClientLine, message: str | bytes) -> None:
        """The server has sent a message."""

    def ended(self, line: ClientLine, reason: Reason) -> None:
        """The session is over; nothing follows."""

    def put_away(self, line: ClientLine) -> None:
        """No connection of an ended session is open any more."""


class ClientLine:
    """One session with what carries it. Runs on the loop."""

    def __init__(self, dialer: Dialer, endpoint: Endpoint, transports: tuple[str, ...], owner: ClientLineOwner) -> None:
        self.session = ClientSession(transports)
        self.error: Exception | None = None
        """The exception that ended it, if there was one."""
        self._dialer = dialer
        self._endpoint = endpoint
        self._owner = owner
        self._polls, self._posts = PollConnection(dialer, endpoint.headers), PollConnection(dialer, endpoint.headers)
        self._carrier: ClientCarrier | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._todo: deque[ClientAction] = deque()
        self._is_performing = self._is_cut = self._has_ended = False
        self._room = asyncio.Event()
        self._may_read = asyncio.Event()
        self._may_read.set()
        self.gone = asyncio.Event()
        """Set when it has ended and none of its connections is open."""

    def start(self) -> None:
        """Begin the session."""
        self.perform(self.session.start())

    def send(self, messages: Iterable[str | bytes]) -> None:
        """Send messages to the server."""
        self.perform(self.session.send(messages))

    async def drain(self) -> None:
        """Wait until little enough is unsent that more may follow."""
        await self._room.wait()
        if self._carrier is not None and self.session.transport == "websocket":
            await self._carrier.drain()

    @property
    def is_writable(self) -> bool:
        """Whether a message would leave at once."""
        return self.session.is_writable

    def hold(self, held: bool) -> None:
        """Stop reading from the server, or read again: the handlers are too far behind."""
        if held:
            self._may_read.clear()
        else:
            self._may_read.set()
            self.perform(self.session.listen_again(self._now()))

    def leave(self) -> None:
        """Close after everything that was sent before."""
        self.perform(self.session.leave())

    def end(self, reason: str) -> None:
        """End it at once; messages that came and were not delivered yet are dropped."""
        self._is_cut = True
        self.perform(self.session.end(reason))

    # -- performing

    def perform(self, actions: Iterable[ClientAction]) -> None:
        """Do what the session decided, in order, and plan the next tick.

        Actions that follow from one of them wait until all of them are done: an event that is sent because of a message
        must not leave between that message and the end of the upgrade.
        """
        self._todo += actions
        if self._is_performing:
            return
        self._is_performing = True
        while self._todo:
            action = self._todo.popleft()
            try:
                if not self._has_ended:
                    self._do(action)
            except Exception as exc:  # the session ends with it, and the caller that waits for it gets the exception
                self.error, self._is_cut = exc, True
                self._todo.extendleft(reversed(list(self.session.end("transport error"))))
        self._is_performing = False
        if self.session.waiting <= MAX_UNSENT:
            self._room.set()
        else:
            self._room.clear()
        self._arm()

    def _do(self, action: ClientAction) -> None:
        if isinstance(action, Deliver):
            if not self._is_cut:
                self._owner.received(self, action.message)
        elif isinstance(action, Send):
            if self._carrier is not None:
                self._carrier.send(action.message)
        elif isinstance(action, Get):
            self._begin(self._get())
        elif isinstance(action, Post):
            self._begin(self._post(action.payload))
        elif isinstance(action, Dial):
            self._begin(self._dial())
        elif isinstance(action, Close):
            if self._carrier is not None:
                self._carrier.close()
        elif isinstance(action, Opened):
            self._owner.opened(self)
        elif isinstance(action, Upgraded):
            self._polls.close()
            self._posts.close()
        elif isinstance(action, Ended):
            self._has_ended = True
            self._begin(self._put_away())
            self._owner.ended(self, self._explained(action.reason))

    def _explained(self, reason: str) -> Reason:
        """Return `reason` with the error beside it; with a code and sizes, if one end has ended it for a limit."""
        if reason == "transport close" and self._carrier is not None and (why := self._carrier.why_closed):
            return Reason(f"{reason}: {why}")
        if isinstance(self.error, HandshakeError) and self.error.status == 413:
            return Reason(f"{reason}: {self.error}")
        return Reason(reason, str(self.error or ""))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)  # a loop remembers its tasks only weakly
        task.add_done_callback(self._tasks.discard)

    async def _get(self) -> None:
        await self._may_read.wait()
        answer = await self._request(self._polls, "GET")
        if answer is not None:
            self.perform(self.session.got(answer.body.decode("utf-8", "replace"), self._now()))

    async def _post(self, payload: str) -> None:
        if await self._request(self._posts, "POST", payload.encode()) is not None:
            self.perform(self.session.posted())

    async def _request(self, connection: PollConnection, method: str, body: bytes | None = None) -> PollAnswer | None:
        """Return the answer if its status is 200; otherwise end the session and return None."""
        try:
            answer = await connection.ask(method, self._endpoint.target("polling", self.session.sid), body)
            if answer.status != 200:
                raise self._refused(method, answer)
            return answer
        except Exception as exc:  # not only OSError and LivesockError: the caller that waits for the session gets it
            self.error = exc
            self.perform(self.session.failed())
            return None

    def _refused(self, method: str, answer: PollAnswer) -> HandshakeError:
        """Return the error for a poll that was not answered with 200; it quotes the answer."""
        target, asked = self._dialer.target, {name.lower(): value for name, value in self._endpoint.headers}
        advice = polling_advice(HttpAnswer(target, asked, answer.status, answer.headers, answer.body))
        quoted = f' ("{line}")' if (line := first_line(answer.body)) else ""
        message = (
            f"expected 200 to {method} {self._endpoint.path} at {target.address}, got {answer.status}{quoted}; {advice}"
        )
        return HandshakeError(
            message, status=answer.status, headers=answer.headers, body=answer.body, trace=self._dialer.trace
        )

    async def _dial(self) -> None:
        self._carrier = ClientCarrier(self._dialer, self._url(), self._endpoint.headers)
        try:
            await self._carrier.open()
            self.perform(self.session.dialled(self._now()))
            await self._carrier.listen(self._said, self._may_read.wait)
        except Exception as exc:
            self._carrier.abort()
            if self.session.transport == "websocket":  # a failed probe is not an error: polling goes on
                self.error = exc
        self.perform(self.session.lost())

    def _url(self) -> str:
        return self._dialer.target.url(self._endpoint.target("websocket", self.session.sid))

    def _said(self, message: str | bytes) -> None:
        self.perform(self.session.message(message, self._now()))

    # -- time and the end

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = self.session.next_tick
        if due is not None and not self._has_ended and self._may_read.is_set():
            self._timer = asyncio.get_running_loop().call_at(due, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self.perform(self.session.tick(self._now()))

    async def _put_away(self) -> None:
        """Close every connection; a WebSocket gets time for its closing handshake."""
        others = self._tasks - {asyncio.current_task()}
        self._polls.close()
        self._posts.close()
        try:
            if self._carrier is not None and others:
                self._carrier.close()
                await asyncio.wait(others, timeout=CLOSE_TIMEOUT)
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
        finally:
            self.cut()

    def cut(self) -> None:
        """Close every connection at once."""
        if self._carrier is not None:
            self._carrier.abort()
        self._polls.close()
        self._posts.close()
        self.gone.set()
        self._owner.put_away(self)
