"""`Incoming`: does what another server says, checked like what comes from a peer, and answers its questions."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from livesock.errors import ClusterError, NotRunning, PacketError
from livesock.net.cluster.link import Link
from livesock.net.loop.failures import Failures
from livesock.net.loop.turns import ends_the_task
from livesock.net.socketio.audience import Audience
from livesock.net.socketio.handling.run import run
from livesock.net.socketio.namespaces import NamespaceTable
from livesock.net.socketio.seat import Socket
from livesock.realtime.cluster.entries import Entry, encode_payload, packed, read_entry, read_payload
from livesock.realtime.cluster.messages import (
    Body,
    Broadcast,
    ClientAnswer,
    ClientCount,
    Envelope,
    Expel,
    Fetch,
    Fetched,
    Join,
    Leave,
    ServerAnswer,
    ServerEvent,
)
from livesock.realtime.cluster.requests import Requests

__all__ = ["Incoming"]

CALL_TIMEOUT = 10.0
"""Seconds that clients have to answer, if the server that asks names no time."""

MAX_TASKS = 1000
"""Questions of other servers that are open at once; further ones are not answered."""


class Incoming:
    """Runs on the loop."""

    def __init__(self, link: Link, requests: Requests, failures: Failures, recovers: bool) -> None:
        self.handlers: dict[tuple[str, str], Callable[..., Any]] = {}
        """Of events for servers, by namespace and name."""
        self.namespaces: NamespaceTable | None = None
        self.tasks: set[asyncio.Task[None]] = set()
        self._link = link
        self._requests = requests
        self._failures = failures
        self._recovers = recovers

    def entry(self, number: str, entry: Entry) -> None:
        """Take an entry of the stream."""
        try:
            envelope = read_entry(entry)
            if envelope is not None:
                self._take(envelope, number)
        except (PacketError, TypeError, ValueError) as exc:
            self._refuse(f"entry {number}", entry.get("uid", ""), exc)

    def told(self, payload: bytes) -> None:
        """Take what came through a channel."""
        try:
            envelope = read_payload(payload)
            if envelope.uid != self._link.uid:
                self._take(envelope, "")
        except (PacketError, TypeError, ValueError) as exc:
            self._refuse("a message", "", exc)

    def _refuse(self, what: str, uid: str, exc: Exception) -> None:
        """Keep what is wrong with a message; those of one kind within a second are one entry."""
        text = f"{what} of the server {uid[:20]!r} was not taken: {exc}"
        self._failures.refuse(("cluster", uid[:20], str(exc)[:80]), "cluster", 0, ClusterError(text))

    def _take(self, envelope: Envelope, number: str) -> None:
        body, namespace = envelope.body, envelope.namespace
        there = self.namespaces.all.get(namespace) if self.namespaces is not None else None
        if there is None:
            return
        audience: Audience[Socket] = there.audience
        if isinstance(body, Broadcast):
            self._broadcast(audience, body, envelope.uid, number)
        elif isinstance(body, Join | Leave):
            move = audience.join if isinstance(body, Join) else audience.leave
            for member in audience.rooms.select(body.whom.rooms, body.whom.without):
                for room in body.rooms:
                    move(member, room)
        elif isinstance(body, Expel):
            for member in audience.rooms.select(body.whom.rooms, body.whom.without):
                audience.expel(member, body.close)
        elif isinstance(body, Fetch):
            members = audience.rooms.select(body.whom.rooms, body.whom.without)
            found = [self._described(member) for member in members if member.is_connected]
            self._answer(envelope, Fetched(body.request, self._sendable(found)))
        elif isinstance(body, ServerEvent):
            self._start(self._run(envelope, body))
        else:
            self._note_answer(envelope, body)

    def _broadcast(self, audience: Audience[Socket], body: Broadcast, uid: str, number: str) -> None:
        name, *arguments = body.arguments
        whom = body.whom
        if body.request is not None:
            members = [m for m in audience.rooms.select(whom.rooms, whom.without) if m.is_connected]
            self._answer(Envelope(uid, audience.name, body), ClientCount(body.request, len(members)))
            for member in members:
                self._start(self._question(audience, member, name, arguments, Envelope(uid, audience.name, body)))
            return
        if self._recovers and not whom.is_volatile:
            arguments.append(number)
        event = audience.prepare(name, tuple(arguments), whom.rooms, whom.without, whom.is_volatile)
        event.offset = number if self._recovers and not whom.is_volatile else ""
        audience.emit(event)

    async def _question(
        self, audience: Audience[Socket], member: Socket, name: str, arguments: list[Any], envelope: Envelope
    ) -> None:
        body = envelope.body
        if isinstance(body, Broadcast) and body.request is not None:
            try:
                values = await audience.question(member, name, tuple(arguments), body.whom.seconds or CALL_TIMEOUT)
            except (TimeoutError, NotRunning, OverflowError, TypeError, ValueError):
                return  # the server that asks sees that one answer is missing
            self._answer(envelope, ClientAnswer(body.request, values))

    def _note_peers_handler(self, namespace: str, name: str) -> None:
        """Keep that an event for servers was not heard by the handler of peers that has its name."""
        there = self.namespaces.all.get(namespace) if self.namespaces is not None else None
        if there is not None and name in there.handlers.events:
            where = f'("{name}"{f", namespace={namespace!r}" if namespace != "/" else ""})'
            write = f"write @server.cluster.on{where} above def f(*arguments): …"
            text = f'"{name}" came from a server, and @server.of("{namespace}").on hears peers alone: {write}'
            self._failures.refuse(("cluster", "of peers", name[:80]), "cluster", 0, ClusterError(text))

    async def _run(self, envelope: Envelope, body: ServerEvent) -> None:
        """Run the handler of an event for servers, and answer if one is asked for."""
        name, *arguments = body.arguments
        handler = self.handlers.get((envelope.namespace, name))
        if handler is None:
            self._note_peers_handler(envelope.namespace, name)
            return  # as in Node: a server that does not know the event is silent
        task = asyncio.current_task()
        try:
            value = await run(handler, *arguments)
        except BaseException as exc:
            if ends_the_task(exc, task):
                raise
            self._failures.add(f'server event "{name}" in {envelope.namespace}', 0, exc)
            return
        if body.request is not None:
            self._answer(envelope, ServerAnswer(body.request, value))

    def _note_answer(self, envelope: Envelope, body: Body) -> None:
        request = self._requests.find(getattr(body, "request", None) or "", envelope.namespace)
        if request is None:
            return
        if isinstance(body, ClientCount):
            request.counted(envelope.uid, body.clients)
        elif isinstance(body, Fetched):
            request.answered(envelope.uid, *body.sockets)
        elif isinstance(body, ServerAnswer):
            request.answered(envelope.uid, body.value)
        elif isinstance(body, ClientAnswer):
            request.answered(envelope.uid, *body.values)

    def _answer(self, envelope: Envelope, body: Body) -> None:
        """Tell the server that asked."""
        try:
            payload = encode_payload(self._link.uid, envelope.namespace, body)
            self._link.tell(envelope.namespace, envelope.uid, payload)
        except ClusterError:
            pass  # the bus is away, and the question with it
        except (TypeError, ValueError) as exc:
            self._failures.add(f"an answer to another server in {envelope.namespace}", 0, exc)

    def _start(self, coroutine: Coroutine[Any, Any, None]) -> None:
        if len(self.tasks) >= MAX_TASKS:
            coroutine.close()
            self._refuse("a question", "", OverflowError(f"{MAX_TASKS} are open"))
            return
        self.tasks.add(task := asyncio.get_running_loop().create_task(coroutine))
        task.add_done_callback(self.tasks.discard)

    def _sendable(self, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Leave out the data that cannot be sent, and say so."""
        for one in found:
            try:
                packed(one["data"])
            except (TypeError, ValueError) as exc:
                self._failures.note(("cluster data", str(exc)[:80]), "socket.data for another server", exc)
                one["data"] = {}
        return found

    def _described(self, member: Socket) -> dict[str, Any]:
        """Return what another server learns about a socket, in the form of Node."""
        sent = member.handshake
        handshake = {
            "headers": dict(sent.headers),
            "time": time.strftime("%a %b %d %Y %H:%M:%S GMT+0000"),
            "address": sent.address,
            "xdomain": "origin" in sent.headers,
            "secure": False,
            "issued": int(time.time() * 1000),
            "url": "",
            "query": dict(sent.query),
            "auth": sent.auth or {},
        }
        rooms = self.namespaces.all[member.namespace.name].audience.rooms.rooms_of(member.id) if self.namespaces else []
        return {"id": member.id, "handshake": handshake, "rooms": rooms, "data": member.data}
