"""`LoopSeat`: a client's seat in one namespace, on the loop; the cell's half is a `ClientSocket`."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Protocol

from livesock.errors import NotRunning
from livesock.net.client.listeners import Answer
from livesock.net.client.retrying import Retrying
from livesock.realtime.awaited_acks import answer_of
from livesock.realtime.client.seats import ClientSeat, ClientSeats
from livesock.realtime.encoded import Encoded
from livesock.realtime.reasons import Reason
from livesock.realtime.server.seats import Answered, Event
from livesock.wire.socketio import Packet, PacketType

__all__ = ["Hearer", "LoopSeat"]

MAX_EARLY = 100
"""Events that a server may send before it lets us in; more are dropped."""

Send = Callable[[list[str | bytes]], None]
SendEvent = Callable[["LoopSeat", Encoded, int | None], Awaitable[None]]


class Hearer(Protocol):
    """What hears the events of a seat; a `Listeners`, or another for a caller without handlers."""

    def heard(self, name: str, arguments: list[Any], answer: Answer | None = None) -> None:
        """An event has come. `answer` is called with what to answer, if the server asked."""

    def joined(self, *, is_awaited: bool) -> None:
        """We are in. `is_awaited` says whether a call has asked for that, and returns now."""

    def end(self, sentence: str, reason: str) -> None:
        """No further event will come, unless the seat is taken again."""


class LoopSeat:
    """Our seat in one namespace: wanted or not, and taken or not. Runs on the loop."""

    def __init__(self, namespace: str, auth: Any, hearer: Hearer, retrying: Retrying | None = None) -> None:
        self.namespace = namespace
        self.state: ClientSeat[asyncio.Future[Any]] = ClientSeat(namespace, auth)
        self._hearer = hearer
        self.is_wanted = False
        """Whether we want the seat, now and after every reconnection."""
        self.joining: asyncio.Future[None] | None = None
        """Settled when the server has decided; None if no `join` waits for that."""
        self._early: list[tuple[Event, Send]] = []
        self._retrying = retrying

    @property
    def is_in(self) -> bool:
        """Whether we have the seat."""
        return self.state.id is not None

    def want(self) -> asyncio.Future[None]:
        """Want the seat, and return the future that ends with the server's decision."""
        self.is_wanted = True
        if self.joining is None:
            self.joining = asyncio.get_running_loop().create_future()
            # The exception is retrieved, so that asyncio does not log it.
            self.joining.add_done_callback(lambda future: future.cancelled() or future.exception())
        return self.joining

    def joined(self, sid: str, pid: str | None) -> list[str | bytes]:
        """Take the seat: `join` returns, early events are heard, and what was emitted meanwhile is returned."""
        messages = self.state.joined(sid, pid)
        if self._retrying is not None:
            self._retrying.seated(True)
        self._hearer.joined(is_awaited=self._decide(None))
        early, self._early = self._early, []
        for event, send in early:
            self.heard(event, send)
        return messages

    def heard(self, event: Event, send: Send) -> None:
        """Hear an event. One that comes before we are let in waits, as it does in the official client.

        An answer to it goes through `send`.
        """
        if self.is_in:
            arguments = self.state.received(event, time.time())
            self._hearer.heard(str(event.name), arguments, self._answer(event.id, send))
        elif len(self._early) < MAX_EARLY:
            self._early.append((event, send))

    async def ask(self, name: str, arguments: tuple[Any, ...], timeout: float, send: SendEvent) -> Any:
        """Send a question by `send` and return the answer: one value, a list of several, or None.

        Raises:
            TimeoutError: If there is no answer within `timeout` seconds; with retries, to any of the tries.
            NotRunning: If the seat is lost before the answer comes; with retries, if it is lost for good.
        """
        if self._retrying is None:
            return await self._ask_once(send, name, arguments, timeout)
        asker: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        encoded = Encoded.event(self.namespace, name, arguments)
        self._retrying.add(encoded, timeout, partial(self._ask_once, send), asker)
        return await asker

    def queue(self, encoded: Encoded, timeout: float, send: SendEvent) -> bool:
        """Let an event wait for its turn, to be sent until it is answered; return False without retries."""
        if self._retrying is None:
            return False
        self._retrying.add(encoded, timeout, partial(self._ask_once, send))
        return True

    async def settle(self, timeout: float) -> None:
        """Wait `timeout` seconds at most until each event that waits for its turn is answered."""
        if self._retrying is not None:
            await self._retrying.settle(timeout)

    async def _ask_once(self, send: SendEvent, name: str, arguments: tuple[Any, ...], timeout: float) -> Any:
        future: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
        number = self.state.ask(future)
        try:
            async with asyncio.timeout(timeout):
                await send(self, Encoded.event(self.namespace, name, arguments, number), number)
                return answer_of(await future)
        except TimeoutError:
            raise TimeoutError(f'no answer to "{name}" within {timeout:g} s') from None
        finally:
            self.state.forget(number)

    def answered(self, answer: Answered) -> None:
        """The server answered a question; the one that asked may have given up since."""
        future = self.state.answered(answer.id)
        if future is not None and not future.done():
            future.set_result(answer.arguments)

    def request(self, seats: ClientSeats) -> list[str | bytes]:
        """Return the request for the seat; nothing, and give it up, if the user's function for `auth` fails."""
        try:
            return seats.request(self.state)
        except Exception as exc:
            if not callable(self.state.auth):
                raise
            self.denied(exc)
            return []

    def denied(self, refusal: Exception) -> None:
        """Give the seat up, because the server refuses it; only another `want` asks again."""
        self._give_up(f"{self.namespace} refused us")
        if not self._decide(refusal):
            self._hearer.heard("connect_error", [refusal])
        self._hearer.end(f"{self.namespace} refused us: {refusal}", f"refused: {refusal}")

    def _answer(self, number: int | None, send: Send) -> Answer | None:
        """Return the function that answers a question, on any thread; it does nothing once our id has changed."""
        if number is None:
            return None
        loop, sid = asyncio.get_running_loop(), self.state.id

        def answer(arguments: list[Any]) -> None:
            messages = Encoded(Packet(PacketType.ACK, self.namespace, arguments, number)).messages
            with contextlib.suppress(RuntimeError):  # the loop is closed, and the connection with it
                loop.call_soon_threadsafe(lambda: send(messages) if self.state.id == sid else None)

        return answer

    def lost(self, reason: Reason) -> None:
        """Lose the seat with its session; another session may follow."""
        self._early.clear()
        if self._retrying is not None:
            self._retrying.seated(False)
        if self.is_in:
            self._fail(self.state.left(), f"the connection ended before the answer came: {reason.full}")
            self._hearer.heard("disconnect", [reason])

    def missed(self, exc: Exception) -> None:
        """Report that an attempt to come back has failed."""
        if self.is_wanted:
            self._hearer.heard("connect_error", [exc])

    def leave(self, reason: str) -> None:
        """Give the seat up: we leave, the server has sent us away, or we have stopped trying."""
        was_in, why = self.is_in, Reason(reason)
        emit = '; a handler that disconnects its peer answers nothing: write emit(…), then wait("disconnect")'
        more = emit if why == "io server disconnect" else ""
        self._give_up(f"{self.namespace} was left before the answer came: {why.full}{more}")
        self._decide(NotRunning(f"{self.namespace} was left: {why.full}"))
        if was_in:
            self._hearer.heard("disconnect", [why])
        self._hearer.end(f"{self.namespace} is left: {why.full}", why)

    def _decide(self, exc: Exception | None) -> bool:
        """Settle the `join` that waits; return False if none does."""
        joining, self.joining = self.joining, None
        if joining is None:
            return False
        if not joining.done():
            joining.set_result(None) if exc is None else joining.set_exception(exc)
        return True

    def _give_up(self, sentence: str) -> None:
        self._early.clear()
        self.is_wanted = False
        if self._retrying is not None:
            self._retrying.end(sentence)
        self._fail(self.state.give_up(), sentence)

    def _fail(self, waiters: list[asyncio.Future[Any]], sentence: str) -> None:
        for future in waiters:
            if not future.done():
                future.set_exception(NotRunning(sentence))
