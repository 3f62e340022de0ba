"""`Cluster`: a server among others. What it emits crosses the bus; what the others emit reaches the sockets here.

    namespace.emit ─► Cluster.emit ─┬─► the audience here, at once
                                    └─► Link ═══ the bus ═══ Link ─► Incoming ─► the audiences there

With recovery the bus comes first: an entry's id is the event's offset, which the peer sends when it comes back, to
whichever server. While the bus is away, events reach the local sockets at once, without an offset.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from livesock.errors import ClusterError
from livesock.net.cluster.asking import LOOK, Asking
from livesock.net.cluster.bus import Bus
from livesock.net.cluster.events import Pending, broadcast_of, named, whom_of
from livesock.net.cluster.incoming import Incoming
from livesock.net.cluster.link import Link
from livesock.net.cluster.remote import RemoteSocket
from livesock.net.cluster.seats import restored, session_of
from livesock.net.loop.arguments import function_of, seconds_of
from livesock.net.loop.failures import Failures
from livesock.net.loop.thread import LoopThread
from livesock.net.loop.turns import end
from livesock.net.socketio.audience import Audience, Emission
from livesock.net.socketio.handling.habits import pass_on
from livesock.net.socketio.namespaces import NamespaceTable
from livesock.net.socketio.selection import Selection, Unanswered
from livesock.realtime.cluster.entries import Entry, encode_entry, encode_payload
from livesock.realtime.cluster.messages import (
    Body,
    Broadcast,
    Envelope,
    Expel,
    Fetch,
    Join,
    Leave,
    ServerEvent,
)
from livesock.realtime.encoded import Encoded
from livesock.realtime.server.recovery import SeatState

__all__ = ["Cluster"]

Handler = TypeVar("Handler", bound=Callable[..., Any])

RESTORE_TIMEOUT = 2.0
"""Seconds in which a session is found that broke; then its peer begins anew."""

MAX_HEARD = 1000
"""Local sockets that an entry names, because they have heard its event while the bus was away."""


class Cluster:
    """The other servers, as one server sees them. Every public method may be called from any thread."""

    def __init__(self, bus: Bus, loop: LoopThread, failures: Failures, recovery: float) -> None:
        self.uid = secrets.token_hex(8)
        """Names this server in the cluster."""
        self.bus = bus
        self.recovers = recovery > 0
        self._recovery = recovery
        self._loop = loop
        self._failures = failures
        self._link = Link(bus.station(self.uid), self.uid, failures)
        self._asking = Asking(self._link)
        self._pending: deque[Pending] = deque()
        self._namespaces: NamespaceTable | None = None
        self._incoming = Incoming(self._link, self._asking.requests, failures, self.recovers)
        self._saving: set[asyncio.Task[None]] = set()

    def __repr__(self) -> str:
        return f"<Cluster on {self.bus!r}: {self.state}, {self.waiting} messages wait>"

    # -- how it stands

    @property
    def state(self) -> str:
        """`connected`, `slow` (the bus does not answer), `away` (it cannot be reached) or `closed`."""
        return self._link.state

    @property
    def why(self) -> str:
        """Why the bus is away; empty if it is not."""
        return self._link.why

    @property
    def waiting(self) -> int:
        """How many messages wait for the bus."""
        return self._link.waiting

    def servers(self, namespace: str = "/") -> list[str]:
        """Return the uids of the other servers in a namespace; in an async handler, `await` it.

        Raises:
            ClusterError: If the bus is away.
        """
        result: list[str] = self._loop.wait(self._asking.others, namespace)
        return result

    # -- servers speak to servers

    def on(self, name: str, namespace: str = "/") -> Callable[[Handler], Handler]:
        """Handle what another server sends with `emit_to_servers(name, …)`: the decorated `handler(*arguments)`.

        What it returns is the answer to a server that asks. Decorating again replaces the handler.
        """
        if not isinstance(name, str):
            raise TypeError(f'an event has a name: write @server.cluster.on("reload"), not {name!r:.40}')

        def add(handler: Handler) -> Handler:
            self._incoming.handlers[namespace, name] = function_of(handler, "server.cluster.on")
            return handler

        return add

    def emit_to_servers(self, name: str, arguments: tuple[Any, ...], namespace: str) -> None:
        """Send an event to the other servers. Raises `ClusterError` if the bus is away: such an event does not wait."""
        Encoded.event(namespace, name, arguments)
        payload = encode_payload(self.uid, namespace, ServerEvent([name, *arguments]))
        if self.state not in ("connected", "slow"):
            raise ClusterError(f"the bus is {self.state}, and events for servers do not wait for it: {self.why}")
        pass_on(self._loop, self._link.tell, namespace, "", payload)

    def ask_servers(self, name: str, arguments: tuple[Any, ...], namespace: str, seconds: float) -> Any:
        """Ask the other servers and return the list of their answers; in an async handler, `await` it."""
        Encoded.event(namespace, name, arguments)
        return self._loop.wait(self._ask_servers, name, arguments, namespace, seconds_of(seconds))

    async def _ask_servers(self, name: str, arguments: tuple[Any, ...], namespace: str, seconds: float) -> list[Any]:
        request = await self._asking.ask(namespace, lambda number: ServerEvent([name, *arguments], number), seconds)
        if not request.is_complete:
            raise Unanswered(
                f'no answer to "{name}" within {seconds:g} s from {", ".join(request.missing)}',
                request.answers,
                request.missing,
            )
        return request.answers

    # -- what namespaces ask: see `Elsewhere`

    def emit(self, audience: Audience[Any], event: Emission, is_local: bool) -> None:
        """Send an event to the members here and, unless `is_local`, to those of the other servers.

        Raises:
            ClusterError: If so much waits for the bus that the other servers will not hear this event.
        """
        entry = None if is_local else self._entry(audience.name, broadcast_of(event))
        full = self._link.full(entry)
        pass_on(self._loop, self._emit, audience, event, None if full else entry)
        if full:
            raise full

    def _emit(self, audience: Audience[Any], event: Emission, entry: Entry | None) -> None:
        if not self.recovers:
            audience.emit(event)
            if entry is not None:
                self._link.write(entry)
            return
        if self.state != "connected":
            self._emit_now(audience, event, entry)
            return
        if entry is None and not self._pending:
            audience.emit(event)
            return
        pending = Pending(audience, event, "" if entry is None else None)
        self._pending.append(pending)
        if entry is not None:
            self._link.write(entry, lambda number: self._named(pending, number))

    def _emit_now(self, audience: Audience[Any], event: Emission, entry: Entry | None) -> None:
        """Without the bus: the members here hear it now, and none of them again when it comes back to this server."""
        self._deliver_pending()
        heard = [member.id for member in audience.rooms.select(event.rooms, event.without)]
        audience.emit(event)
        if entry is not None:
            if heard and len(heard) <= MAX_HEARD and not event.is_volatile:
                entry = self._entry(audience.name, broadcast_of(event, heard))
            self._link.write(entry)

    def _named(self, pending: Pending, number: str) -> None:
        """The bus has named an event: it is delivered when those before it are."""
        pending.offset = number
        while self._pending and self._pending[0].offset is not None:
            self._deliver(self._pending.popleft())

    def _deliver_pending(self) -> None:
        """The bus is away: deliver what waits for its name, without one."""
        while self._pending:
            self._deliver(self._pending.popleft())

    def _deliver(self, pending: Pending) -> None:
        if not pending.is_done:
            pending.is_done = True
            pending.audience.emit(named(pending.audience.name, pending.event, pending.offset or ""))

    def join(self, namespace: str, chosen: Selection[Any], rooms: tuple[str, ...]) -> None:
        """Put the sockets of the other servers into `rooms`. Raises `ClusterError` if too much waits for the bus."""
        self._publish(namespace, Join(whom_of(chosen), rooms))

    def leave(self, namespace: str, chosen: Selection[Any], rooms: tuple[str, ...]) -> None:
        """Take the sockets of the other servers out of `rooms`. Raises as `join` does."""
        self._publish(namespace, Leave(whom_of(chosen), rooms))

    def expel(self, namespace: str, chosen: Selection[Any], close: bool) -> None:
        """Send the sockets of the other servers away; with `close` their sessions end. Raises as `join` does."""
        self._publish(namespace, Expel(whom_of(chosen), close))

    def _publish(self, namespace: str, body: Body) -> None:
        entry = self._entry(namespace, body)
        if full := self._link.full(entry):
            raise full
        pass_on(self._loop, self._link.write, entry)

    async def ask_clients(
        self, namespace: str, arguments: list[Any], chosen: Selection[Any], seconds: float
    ) -> tuple[list[Any], list[str], int]:
        """Return the answers of the clients of other servers, who is silent, and how many clients are missing."""
        whom = replace(whom_of(chosen), seconds=seconds)
        request = await self._asking.ask(
            namespace, lambda number: Broadcast(arguments, whom, number), seconds, clients=True
        )
        return request.answers, request.missing, request.clients_due

    async def sockets(self, audience: Audience[Any], chosen: Selection[Any], seconds: float) -> list[Any]:
        """Return the sockets of other servers.

        Raises:
            TimeoutError: If a server does not answer; its `answers` are the sockets that came, `missing` its uid.
            ClusterError: If the bus is away.
        """
        request = await self._asking.ask(audience.name, lambda number: Fetch(whom_of(chosen), number), seconds)
        found = [RemoteSocket(self._loop, audience, one) for one in request.answers]
        if not request.is_complete:
            why = f"no list of sockets within {seconds:g} s from {', '.join(request.missing)}"
            raise Unanswered(why, found, request.missing)
        return found

    async def restore(self, pid: str, offset: str, namespace: str) -> tuple[SeatState, list[Any]] | None:
        """Return a seat that broke on any server, and the arguments of each event that it missed."""
        try:
            async with asyncio.timeout(RESTORE_TIMEOUT):
                return await restored(self._link.station, pid, offset, namespace)
        except (ClusterError, TimeoutError):
            return None

    def save(self, pid: str, state: SeatState) -> None:
        """Remember a seat that broke; while the bus is away, try again."""
        try:
            session = session_of(pid, state)
        except (TypeError, ValueError) as exc:  # the handlers put something into `data` that cannot be sent
            self._failures.add(f"recovery {state.namespace}", 0, exc)
            session = session_of(pid, replace(state, data={}))
        self._saving.add(task := asyncio.get_running_loop().create_task(self._save(pid, session)))
        task.add_done_callback(self._saving.discard)

    async def _save(self, pid: str, session: str) -> None:
        end = asyncio.get_running_loop().time() + self._recovery
        while (left := end - asyncio.get_running_loop().time()) > 0:
            try:
                await self._link.station.save(pid, session, left)
                return
            except ClusterError:
                await asyncio.sleep(LOOK)

    def changed(self) -> None:
        """A namespace was made or forgotten: listen there, or no longer."""
        if self._namespaces is not None and self._loop.is_running:
            self._loop.post(lambda: self._link.enter(set(self._namespaces.all if self._namespaces else ())))

    # -- coming and going (on the loop)

    async def open(self, namespaces: NamespaceTable) -> None:
        """Take part. Raises `ClusterError` with a sentence."""
        self._namespaces = self._incoming.namespaces = namespaces
        self._link.on_entry, self._link.on_told = self._incoming.entry, self._incoming.told
        self._link.on_trouble = self._deliver_pending
        await self._link.open(set(namespaces.all))

    async def close(self, patience: float) -> None:
        """Leave the cluster, after what waits is written, if that takes less than `patience` seconds."""
        self._deliver_pending()
        for task in [*self._saving, *self._incoming.tasks]:
            end(task)
        await self._link.close(patience)

    def _entry(self, namespace: str, body: Body) -> Entry:
        return encode_entry(Envelope(self.uid, namespace, body))
