"""`Manager`: a client's connection to one server, kept alive. Several namespaces share it.

    join("/point") ──► no session yet: open one ──► knock ──► Joined / Denied
    session ended  ──► every seat is told why ──► wait (Backoff) ──► open again ──► knock again for every seat

It lives on the loop thread of its client. What the cell's thread reads (`is_open`, ids) are single attributes.
"""

from __future__ import annotations

import asyncio
import random
from typing import Any

from livesock.errors import HandshakeError, LivesockError, NotRunning, PacketError, Refused
from livesock.net.client.line import Link, Place
from livesock.net.client.seat import Visit
from livesock.net.connect.dial import Dialer
from livesock.realtime.client.backoff import Backoff
from livesock.realtime.client.seats import ClientSeats, Denied, Joined
from livesock.realtime.encoded import Encoded
from livesock.realtime.server.seats import Answered, Event, Left

__all__ = ["Manager"]

CLOSE_TIMEOUT = 2.0
"""Seconds that leaving the last namespace takes at most."""


class Manager:
    """Opens sessions, one after the other, for all visits. Everything runs on the loop."""

    def __init__(
        self,
        dialer: Dialer,
        place: Place,
        transports: tuple[str, ...],
        backoff: Backoff | None,
        timeout: float,
    ) -> None:
        self.visits: dict[str, Visit] = {}
        self.link: Link | None = None
        self.reconnects = 0
        self.attempts = 0
        self._dialer = dialer
        self._place = place
        self._transports = transports
        self._backoff = backoff
        self._timeout = timeout
        self._seats = ClientSeats()
        self._opening: asyncio.Future[None] | None = None
        self._returning: asyncio.Task[None] | None = None
        self._links: set[Link] = set()  # not put away yet

    @property
    def transport(self) -> str | None:
        """What carries the session; None while there is none."""
        link = self.link
        return link.session.transport if link is not None and link.session.is_open else None

    # -- what a socket asks for

    async def join(self, namespace: str) -> None:
        """Take a seat; with the first one a session begins.

        Raises:
            Refused: If the server says no.
            OSError, HandshakeError: If there is no connection.
        """
        visit = self.visits[namespace]
        if visit.is_in:
            return
        joining = visit.want()
        try:
            if self.link is None and self._returning is None:
                await self._open()
            elif self.transport is not None and self.link is not None:
                self.link.send(self._seats.knock(visit.seat))
            async with asyncio.timeout(self._timeout):
                await asyncio.shield(joining)
        except TimeoutError as exc:
            visit.leave("connect timeout")
            raise TimeoutError(f"not in {namespace} within {self._timeout:g} s: {exc or 'no answer'}") from None
        except BaseException:
            visit.leave("connect error")
            raise

    async def leave(self, namespace: str) -> None:
        """Give a seat up; with the last one the session ends."""
        self._leave(self.visits[namespace])
        self._end_if_alone()
        if self.link is None:
            await self._put_away(CLOSE_TIMEOUT)

    def _leave(self, visit: Visit) -> None:
        self._send(visit.seat.leave())
        visit.leave("io client disconnect")

    async def emit(self, visit: Visit, encoded: Encoded, volatile: bool) -> bool:
        """Say something, or keep it for later; False if it was volatile and cannot leave now."""
        if volatile and (not visit.is_in or self.link is None or not self.link.is_writable):
            return False
        self._check_hope(visit)
        await self._say(visit, encoded)
        return True

    async def ask(self, visit: Visit, name: str, arguments: tuple[Any, ...], timeout: float) -> Any:
        """Ask the server and return its answer: one value, a list of several, or None."""
        self._check_hope(visit)
        loop = asyncio.get_running_loop()
        future: asyncio.Future[list[Any]] = loop.create_future()
        number = visit.seat.ask(future, loop.time() + timeout)
        try:
            async with asyncio.timeout(timeout):
                await self._say(visit, Encoded.event(visit.namespace, name, arguments, number), number)
                values = await future
                return values[0] if len(values) == 1 else values or None
        except TimeoutError:
            raise TimeoutError(f'no answer to "{name}" within {timeout:g} s') from None
        finally:
            visit.seat.forget(number)

    async def close(self, timeout: float) -> None:
        """Leave every namespace and end the session: politely if that takes less than `timeout` seconds."""
        for visit in self.visits.values():
            self._leave(visit)
        self._end_if_alone()
        await self._put_away(timeout)
        await self._dialer.close()

    async def _put_away(self, timeout: float) -> None:
        """Wait until no connection is open."""
        waits = [asyncio.ensure_future(link.gone.wait()) for link in self._links]
        try:
            if waits:
                await asyncio.wait(waits, timeout=timeout)
        finally:  # also when the cell that waits was interrupted
            for link in list(self._links):
                link.cut()
            for wait in waits:
                wait.cancel()

    def hurry(self, hurried: bool) -> None:
        """Say whether the handlers are so far behind that nothing more may come."""
        if self.link is not None:
            self.link.hurry(hurried)

    def _check_hope(self, visit: Visit) -> None:
        """Raise `NotRunning` if nobody would ever send what is said now."""
        if not visit.is_wanted:
            raise NotRunning(f"{visit.namespace} is left, and nothing brings it back by itself: connect() does")

    async def _say(self, visit: Visit, encoded: Encoded, number: int | None = None) -> None:
        messages = visit.seat.say(encoded.messages, number)
        link = self.link
        if messages and link is not None:
            link.send(messages)
            try:
                async with asyncio.timeout(self._timeout):
                    await link.drain()
            except TimeoutError:
                raise TimeoutError(f"the server has not taken what was sent for {self._timeout:g} s") from None

    # -- a session begins

    async def _open(self) -> None:
        """Open one session. Raises what stood in the way."""
        self._seats = ClientSeats()
        opening: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._opening = opening
        link = self.link = Link(self._dialer, self._place, self._transports, self)
        self._links.add(link)
        link.start()
        try:
            async with asyncio.timeout(self._timeout):
                await opening
            if self.link is not link:  # greeted and ended in one breath
                raise link.error or ConnectionResetError(f"{self._dialer.target.address} ended the session at once")
        except TimeoutError:
            raise TimeoutError(f"{self._dialer.target.address} did not greet within {self._timeout:g} s") from None
        finally:
            self._opening = None
            if not link.session.is_open:
                self.link = None if self.link is link else self.link
                link.end("transport error")

    def put_away(self, link: Link) -> None:
        """Nothing of an ended session is open any more."""
        self._links.discard(link)

    def opened(self, link: Link) -> None:
        """The server has greeted: knock at every namespace we want."""
        if self._opening is not None and not self._opening.done():
            self._opening.set_result(None)
        for visit in self.visits.values():
            if visit.is_wanted:
                link.send(self._seats.knock(visit.seat))

    def received(self, link: Link, message: str | bytes) -> None:
        """A message of the session."""
        try:
            heard = self._seats.take(message)
        except PacketError as exc:
            link.error = exc
            link.end("parse error")
            return
        visit = self.visits.get(heard.namespace) if heard is not None else None
        if visit is None or link is not self.link:
            return
        if not visit.is_wanted:  # what was on the way when we left, or gave up waiting to be let in
            if isinstance(heard, Joined):
                link.send(visit.seat.decline())
            return
        if isinstance(heard, Joined):
            link.send(visit.joined(heard.sid, heard.pid))
        elif isinstance(heard, Denied):
            visit.denied(Refused(heard.message, heard.data))
            self._end_if_alone()
        elif isinstance(heard, Left):
            visit.leave("io server disconnect")
            self._end_if_alone()
        elif isinstance(heard, Answered):
            future = visit.seat.answered(heard.id)
            if future is not None and not future.done():
                future.set_result(heard.arguments)
        elif isinstance(heard, Event):
            visit.heard(heard, self._send)

    def _send(self, messages: list[str | bytes]) -> None:
        if self.link is not None:
            self.link.send(messages)

    # -- a session ends

    def ended(self, link: Link, reason: str) -> None:
        """The session is over: every seat is told, and we come back unless nobody wants to."""
        if link is not self.link:
            return  # we have left it
        if self._opening is not None and not self._opening.done():
            self._opening.set_exception(link.error or self._no_greeting(reason))
            return
        self.link = None
        for visit in self.visits.values():
            visit.lost(reason)
        if self._has_wishes and self._returning is None:
            if self._backoff is None:
                self._stay_away(reason)
            else:
                self._returning = asyncio.get_running_loop().create_task(self._return(self._backoff))

    def _no_greeting(self, reason: str) -> HandshakeError:
        address, trace = self._dialer.target.address, self._dialer.trace
        message = f"{address} did not greet as Socket.IO 3 or later does ({reason}): is this the right port and path?"
        return HandshakeError(message, status=None, headers={}, body=trace.data("<")[-200:], trace=trace)

    async def _return(self, backoff: Backoff) -> None:
        """Try until there is a session again."""
        try:
            self.attempts = 0
            while not backoff.gives_up(self.attempts):
                await asyncio.sleep(backoff.delay(self.attempts, random.random()))
                self.attempts += 1
                try:
                    await self._open()
                except (OSError, LivesockError) as exc:
                    for visit in self.visits.values():
                        visit.missed(exc)
                else:
                    self.attempts, self.reconnects = 0, self.reconnects + 1
                    return
            self._stay_away(f"{self.attempts} attempts failed")
        finally:
            if self._returning is asyncio.current_task():
                self._returning = None

    def _stay_away(self, reason: str) -> None:
        for visit in self.visits.values():
            if visit.is_wanted:
                visit.leave(reason)

    @property
    def _has_wishes(self) -> bool:
        return any(visit.is_wanted for visit in self.visits.values())

    def _end_if_alone(self) -> None:
        """End the session when nobody wants it any more."""
        if self._has_wishes:
            return
        if self._returning is not None:
            self._returning.cancel()
            self._returning = None
        link, self.link = self.link, None
        if self._opening is not None and not self._opening.done():
            self._opening.set_exception(NotRunning("the socket was closed before the connection was there"))
        if link is not None:
            link.leave()
