"""`Manager`: a client's connection to one server, kept alive. Several namespaces share it.

    join("/point") ──► no session yet: open one ──► request the seat ──► Joined / Denied
    session ended  ──► every seat is lost ──► wait (Backoff) ──► open again ──► request every seat again

It runs on the loop of its client. What a cell's thread reads (`transport`, ids, counts) are single attributes.
"""

from __future__ import annotations

import asyncio
import random
import ssl
from collections.abc import Sequence
from typing import Any

from livesock.errors import NotRunning, PacketError, Refused
from livesock.net.client.line import ClientLine, Endpoint
from livesock.net.client.seat import LoopSeat
from livesock.net.connect.advice import no_greeting
from livesock.net.connect.dial import Dialer
from livesock.net.connect.tls import client_context
from livesock.net.connect.urls import Target
from livesock.realtime.actions import PATH
from livesock.realtime.client.backoff import Backoff
from livesock.realtime.client.seats import ClientSeats, Denied, Joined
from livesock.realtime.encoded import Encoded
from livesock.realtime.reasons import Reason
from livesock.realtime.server.seats import Answered, Event, Left
from livesock.trace.recording import Trace

__all__ = ["Manager"]

CLOSE_TIMEOUT = 2.0
"""Seconds that leaving the last namespace takes at most."""


class Manager:
    """Opens sessions, one after the other, for all seats. Everything runs on the loop."""

    def __init__(
        self,
        target: Target,
        trace: Trace,
        *,
        path: str = PATH,
        headers: Sequence[tuple[str, str]] = (),
        transports: tuple[str, ...],
        backoff: Backoff | None,
        timeout: float,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Prepare sessions with the Socket.IO server below `path` at `target`; every byte of them is in `trace`.

        The query of the target goes with each request, and so do `headers`. Without a `backoff` it stays away once the
        connection is lost. `tls` is the context for a target with TLS; None chooses the one that suits it.
        """
        self.seats: dict[str, LoopSeat] = {}
        self.line: ClientLine | None = None
        self.reconnects = 0
        self.attempts = 0
        self._dialer = Dialer(target, tls or client_context(target), trace)
        self._endpoint = Endpoint(path, target.path.partition("?")[2], list(headers))
        self._transports = transports
        self._backoff = backoff
        self._timeout = timeout
        self._decoder = ClientSeats()
        self._opening: asyncio.Future[None] | None = None
        self._returning: asyncio.Task[None] | None = None
        self._lines: set[ClientLine] = set()  # not put away yet

    @property
    def transport(self) -> str | None:
        """What carries the session; None while there is none."""
        line = self.line
        return line.session.transport if line is not None and line.session.is_open else None

    # -- what a socket asks for

    async def join(self, namespace: str) -> None:
        """Take a seat; with the first one a session begins.

        Raises:
            Refused: If the server refuses the seat.
            OSError, HandshakeError: If there is no connection, or no decision in time.
        """
        if (seat := self.seats[namespace]).is_in:
            return
        joining = seat.want()
        try:
            if self.line is None and self._returning is None:
                await self._open()
            elif self.transport is not None and self.line is not None:
                self.line.send(self._decoder.request(seat.state))
            async with asyncio.timeout(self._timeout):
                await asyncio.shield(joining)
        except TimeoutError as exc:
            seat.leave("connect timeout")
            raise TimeoutError(
                f"{namespace} was not joined within {self._timeout:g} s: {str(exc) or 'no answer'}"
            ) from None
        except BaseException:
            seat.leave("connect error")
            raise

    async def leave(self, namespace: str) -> None:
        """Give a seat up; with the last one the session ends."""
        self._leave(self.seats[namespace])
        self._end_if_unwanted()
        if self.line is None:
            await self._put_away(CLOSE_TIMEOUT)

    def _leave(self, seat: LoopSeat) -> None:
        self._send(seat.state.leave())
        seat.leave("io client disconnect")

    async def emit(self, seat: LoopSeat, encoded: Encoded, volatile: bool) -> bool:
        """Send an event, or keep it for later; return False if it was volatile and cannot leave now."""
        if volatile and (not seat.is_in or self.line is None or not self.line.is_writable):
            return False
        self._check_wanted(seat)
        if volatile or not seat.queue(encoded, self._timeout, self._send_event):
            await self._send_event(seat, encoded)
        return True

    async def ask(self, seat: LoopSeat, name: str, arguments: tuple[Any, ...], timeout: float) -> Any:
        """Ask the server and return its answer. Raises as `LoopSeat.ask`."""
        self._check_wanted(seat)
        return await seat.ask(name, arguments, timeout, self._send_event)

    async def close(self, timeout: float) -> None:
        """Leave every namespace and end the session: politely if that takes less than `timeout` seconds."""
        await asyncio.gather(*(seat.settle(timeout / 2) for seat in self.seats.values()))
        for seat in self.seats.values():
            self._leave(seat)
        self._end_if_unwanted()
        await self._put_away(timeout)
        await self._dialer.close()

    async def _put_away(self, timeout: float) -> None:
        """Wait until no connection of an ended session is open; cut the rest after `timeout` seconds."""
        waits = [asyncio.ensure_future(line.gone.wait()) for line in self._lines]
        try:
            if waits:
                await asyncio.wait(waits, timeout=timeout)
        finally:  # also when the cell that waits was interrupted
            for line in list(self._lines):
                line.cut()
            for wait in waits:
                wait.cancel()

    def hold(self, held: bool) -> None:
        """Stop reading from the server, or read again: the handlers are too far behind."""
        if self.line is not None:
            self.line.hold(held)

    def _check_wanted(self, seat: LoopSeat) -> None:
        """Raise `NotRunning` if the event would never be sent."""
        if not seat.is_wanted:
            raise NotRunning(f"{seat.namespace} was left, and does not come back by itself: connect() joins it again")

    async def _send_event(self, seat: LoopSeat, encoded: Encoded, number: int | None = None) -> None:
        messages = seat.state.send(encoded.messages, number)
        if messages and (line := self.line) is not None:
            line.send(messages)
            try:
                async with asyncio.timeout(self._timeout):
                    await line.drain()
            except TimeoutError:
                raise TimeoutError(
                    f"the server has read nothing for {self._timeout:g} s: what was sent still waits"
                ) from None

    # -- a session begins

    async def _open(self) -> None:
        """Open one session. Raises `OSError` or `LivesockError` if there is none."""
        self._decoder = ClientSeats()
        opening: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._opening = opening
        line = self.line = ClientLine(self._dialer, self._endpoint, self._transports, self)
        self._lines.add(line)
        line.start()
        try:
            async with asyncio.timeout(self._timeout):
                await opening
            if self.line is not line:  # greeted, and ended at once
                raise line.error or ConnectionResetError(f"{self._dialer.target.address} ended the session at once")
        except TimeoutError:
            raise TimeoutError(f"{self._dialer.target.address} sent no greeting within {self._timeout:g} s") from None
        finally:
            self._opening = None
            if not line.session.is_open:
                self.line = None if self.line is line else self.line
                line.end("transport error")

    def put_away(self, line: ClientLine) -> None:
        """Forget an ended session whose connections are closed."""
        self._lines.discard(line)

    def opened(self, line: ClientLine) -> None:
        """Request every seat that we want: the server has sent its greeting."""
        if self._opening is not None and not self._opening.done():
            self._opening.set_result(None)
        for seat in self.seats.values():
            if seat.is_wanted:
                line.send(seat.request(self._decoder))
        asyncio.get_running_loop().call_soon(self._end_if_unwanted)  # behind `_open`, which waits for this greeting

    def received(self, line: ClientLine, message: str | bytes) -> None:
        """Take a message of the session."""
        try:
            what = self._decoder.take(message)
        except PacketError as exc:
            line.error = exc
            line.end("parse error")
            return
        seat = self.seats.get(what.namespace) if what is not None else None
        if seat is None or line is not self.line:
            return
        if not seat.is_wanted:  # it was on the way when we left, or when we stopped waiting to be let in
            if isinstance(what, Joined):
                line.send(seat.state.decline())
            return
        if isinstance(what, Joined):
            line.send(seat.joined(what.sid, what.pid))
        elif isinstance(what, Denied):
            seat.denied(Refused(what.message, what.data))
            self._end_if_unwanted()
        elif isinstance(what, Left):
            seat.leave("io server disconnect")
            self._end_if_unwanted()
        elif isinstance(what, Answered):
            seat.answered(what)
        elif isinstance(what, Event):
            seat.heard(what, self._send)

    def _send(self, messages: list[str | bytes]) -> None:
        if self.line is not None:
            self.line.send(messages)

    # -- a session ends

    def ended(self, line: ClientLine, reason: Reason) -> None:
        """Lose every seat with its session, and come back if one of them is still wanted."""
        if line is not self.line:
            return  # we have left that session
        if self._opening is not None and not self._opening.done():
            self._opening.set_exception(line.error or no_greeting(self._dialer.target, self._dialer.trace, reason))
            return
        self.line = None
        for seat in self.seats.values():
            seat.lost(reason)
        if self._is_wanted and self._returning is None:
            if self._backoff is None:
                self._stay_away(reason)
            else:
                self._returning = asyncio.create_task(self._return(self._backoff))

    async def _return(self, backoff: Backoff) -> None:
        """Try until there is a session again, or the backoff gives up."""
        try:
            self.attempts = 0
            while not backoff.gives_up(self.attempts):
                await asyncio.sleep(backoff.delay(self.attempts, random.random()))
                self.attempts += 1
                try:
                    await self._open()
                except Exception as exc:
                    for seat in self.seats.values():
                        seat.missed(exc)
                else:
                    self.attempts, self.reconnects = 0, self.reconnects + 1
                    return
            self._stay_away(f"{self.attempts} attempts failed")
        finally:
            if self._returning is asyncio.current_task():
                self._returning = None

    def _stay_away(self, reason: str) -> None:
        for seat in self.seats.values():
            if seat.is_wanted:
                seat.leave(reason)

    @property
    def _is_wanted(self) -> bool:
        return any(seat.is_wanted for seat in self.seats.values())

    def _end_if_unwanted(self) -> None:
        """End the session when no seat is wanted any more."""
        if self._is_wanted:
            return
        if self._returning is not None:
            self._returning.cancel()
            self._returning = None
        line, self.line = self.line, None
        if self._opening is not None and not self._opening.done():
            self._opening.set_exception(NotRunning("the socket was closed before the connection was there"))
        if line is not None:
            line.leave()
