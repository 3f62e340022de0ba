"""`Selection`: some sockets of a namespace, and how to speak to them.

server.of("/point")                      a namespace
    .to("board").except_("s1").volatile  a selection of its sockets: each step returns a new one
    .emit("moved", 1, 2)                 what each of them hears
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Generic

from livesock.net.http.options import flag_of
from livesock.net.loop.arguments import seconds_of
from livesock.net.loop.habits import Hinting, check_values, method
from livesock.net.loop.thread import LoopThread
from livesock.net.socketio.audience import Audience, M
from livesock.net.socketio.elsewhere import Elsewhere
from livesock.net.socketio.handling.habits import SOCKETS, AnswersOfPeers, no_such, pass_on, room_names, waited
from livesock.net.socketio.handling.handlers import JOINING
from livesock.net.socketio.handling.keywords import OF_ONE, asked, chain, no_keywords, selected
from livesock.realtime.encoded import Encoded

__all__ = ["CALL_TIMEOUT", "Selection", "Speaker", "Unanswered"]

CALL_TIMEOUT = 10.0
"""Seconds that `call` waits for an answer unless `timeout` says otherwise."""

SERVER_TIMEOUT = 5.0
"""Seconds that other servers have to name their sockets unless `timeout` says otherwise."""


class Unanswered(Hinting, TimeoutError):
    """Not all have answered in time. (asyncio replaces a plain `TimeoutError` on its way to another thread.)"""

    _habits: ClassVar[Mapping[str, str]] = dict.fromkeys(("responses", "results"), "write error.answers")
    _called = "error"

    def __init__(self, message: str, answers: list[Any], missing: list[str] | None = None) -> None:
        super().__init__(f"{message}; the answers that came are in error.answers")
        self.answers, self.missing = answers, missing or []
        """The answers that came, and the uids of the servers whose answers, or whose clients' answers, are missing."""


@dataclass(slots=True, repr=False)  # not frozen: made for nearly every event that is emitted, and so it costs half
class Selection(Generic[M]):
    """Some sockets of a namespace. Immutable: `to`, `except_`, `volatile` and `timeout` return another one."""

    loop: LoopThread
    audiences: Mapping[str, Audience[M]]
    """One; of a pattern, that of each namespace which it stands for by now."""
    rooms: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    is_volatile: bool = False
    seconds: float | None = None
    """How long a `call` waits; None for `CALL_TIMEOUT`."""
    is_local: bool = False
    """Whether the other servers of a cluster have no part in it."""
    itself: str = ""
    """The socket that speaks, while it is the only one selected: `to` and `except_` select others than this one."""

    @property
    def broadcast(self) -> Selection[M]:
        """Select the others, if this is one socket."""
        return replace(self, rooms=(), without=(self.itself,), itself="", is_local=False) if self.itself else self

    def to(self, *rooms: str) -> Selection[M]:
        """Add the sockets in `rooms`; one that is in two of them hears an event once."""
        others = self.broadcast
        return replace(others, rooms=others.rooms + room_names(rooms, "to"))

    in_ = to

    def except_(self, *rooms: str) -> Selection[M]:
        """Leave out the sockets in `rooms`; the id of a socket is a room, too."""
        others = self.broadcast
        return replace(others, without=others.without + room_names(rooms, "except_"))

    @property
    def volatile(self) -> Selection[M]:
        """Drop what a peer cannot take right now: for news that the next news replaces."""
        return replace(self, is_volatile=True)

    @property
    def local(self) -> Selection[M]:
        """Speak to the sockets of this server alone, and not to those of the others in its cluster."""
        return replace(self, is_local=True)

    def timeout(self, seconds: float) -> Selection[M]:
        """Wait `seconds` for the answers to a `call`, and for the `sockets()` of other servers."""
        return replace(self, seconds=seconds_of(seconds))

    def __repr__(self) -> str:
        parts = [f'.to("{room}")' for room in self.rooms] + [f'.except_("{room}")' for room in self.without]
        volatile = ".volatile" if self.is_volatile else ""
        return f"<Selection of {', '.join(self.audiences) or 'no namespace'}: {''.join(parts) or 'all'}{volatile}>"

    def __getattr__(self, name: str) -> Any:
        audiences = object.__getattribute__(self, "audiences")  # a copy in the making has none yet
        raise no_such(self, "a selection of sockets", name, next(iter(audiences), "/"))

    def emit(self, name: str, *arguments: Any, **strange: Any) -> None:
        """Send an event to each of them.

        Raises:
            TypeError, ValueError: If the event cannot be sent: see `Encoded.event`.
            NotRunning: If the server is stopped.
            ClusterError: If so much waits for the other servers that they will not hear it.
        """
        no_keywords("emit", strange, self._written, name)
        check_values("emit", name, arguments, self._asked)
        if self.seconds is not None:
            raise TypeError(f"timeout() is for answers, and emit asks for none: write {self._asked(repr(name))}")
        for audience in list(self.audiences.values()):
            event = audience.prepare(name, arguments, self.rooms, self.without, self.is_volatile)
            if audience.elsewhere is None:
                pass_on(self.loop, audience.emit, event)
            else:
                audience.elsewhere.emit(audience, event, self.is_local)

    def call(self, name: str, *arguments: Any, **strange: Any) -> Any:
        """Ask each of them and return the list of their answers; in a handler, `await` it.

        Raises:
            TimeoutError: If not all have answered in time; its `answers` holds those that came, `missing` the uids of
                the servers whose answers are missing.
        """
        no_keywords("call", strange, self._written, name)
        check_values("call", name, arguments, self._asked)
        Encoded.event("/", name, arguments)  # what cannot be sent is refused on the caller's thread
        return waited(self.loop, self.ask, name, arguments)

    async def ask(self, name: str, arguments: tuple[Any, ...]) -> list[Any]:
        """Ask each of them, as `call` does. On the loop only."""
        seconds = self.seconds or CALL_TIMEOUT
        questions = [
            asyncio.ensure_future(audience.ask(member, name, arguments, seconds))
            for audience, member in self._chosen()
            if member.is_connected
        ]
        elsewhere = asyncio.gather(
            *(other.ask_clients(name_, [name, *arguments], self, seconds) for name_, _, other in self._others()),
            return_exceptions=True,
        )
        results = await asyncio.gather(*questions, return_exceptions=True)
        answers = [result for result in results if not isinstance(result, BaseException)]
        silent: list[str] = []
        missing, count = len(results) - len(answers), len(results)
        for there in await elsewhere:
            if isinstance(there, BaseException):
                raise there
            answers, silent = answers + there[0], silent + there[1]
            missing, count = missing + there[2], count + len(there[0]) + there[2]
        if missing or silent:
            servers = f"; servers that miss answers: {', '.join(silent)}" if silent else ""
            raise Unanswered(f"{missing} of {count} peers did not answer{servers}", answers, silent)
        return AnswersOfPeers(answers)

    @method("sockets()", SOCKETS)
    def sockets(self) -> list[M]:
        """Return those that are let in, and the one whose `on_connect` asks; `on_disconnect` is without its peer.

        In a cluster those of the other servers follow, each a `RemoteSocket`, and an async handler has to `await` this;
        `.local.sockets()` asks no other server, and needs no `await`.

        Raises:
            TimeoutError: If a server does not answer; its `answers` are the sockets that were found, `missing` its uid.
            ClusterError: If the other servers cannot be asked.
        """
        if not self._others():
            return self.loop.now(self._here, JOINING.get())
        found: list[M] = waited(self.loop, self._everywhere, JOINING.get())
        return found

    def _here(self, joining: str) -> list[M]:
        return [member for _, member in self._chosen() if member.is_connected or member.id == joining]

    async def _everywhere(self, joining: str) -> list[M]:
        found = self._here(joining)
        missing: list[str] = []
        for _, audience, other in self._others():
            try:
                found += await other.sockets(audience, self, self.seconds or SERVER_TIMEOUT)
            except Unanswered as exc:
                found, missing = found + exc.answers, missing + exc.missing
        if missing:
            raise Unanswered(f"no list of sockets from {len(missing)} servers: {', '.join(missing)}", found, missing)
        return found

    def join(self, *rooms: str, **strange: Any) -> None:
        """Put each of them into `rooms`."""
        no_keywords("join", strange, self._written, *rooms)
        names = room_names(rooms, "join")
        pass_on(self.loop, self._each, lambda audience, member: [audience.join(member, room) for room in names])
        for name, _, other in self._others():
            other.join(name, self, names)

    def leave(self, *rooms: str, **strange: Any) -> None:
        """Take each of them out of `rooms`."""
        no_keywords("leave", strange, self._written, *rooms)
        names = room_names(rooms, "leave")
        pass_on(self.loop, self._each, lambda audience, member: [audience.leave(member, room) for room in names])
        for name, _, other in self._others():
            other.leave(name, self, names)

    def disconnect(self, close: bool = False, **strange: Any) -> None:
        """Send each of them away from the namespace, or refuse it before it is in; `close` ends its session."""
        an_id = {OF_ONE: close} if isinstance(getattr(close, "id", close), str) else {}
        no_keywords("disconnect", an_id | strange, self._written)
        flag_of(close, "close", ": True ends its whole session")
        pass_on(self.loop, self._each, lambda audience, member: audience.expel(member, close))
        for name, _, other in self._others():
            other.expel(name, self, close)

    def _written(self) -> str:
        """Return the code that selects it, for what it says of wrong arguments."""
        if self.itself:
            return chain("socket", is_volatile=self.is_volatile)
        speaker = f"server.of({next(iter(self.audiences))!r})" if len(self.audiences) == 1 else "namespace"
        return chain(speaker, *selected(self.rooms, self.without), is_volatile=self.is_volatile)

    def _asked(self, name: str) -> str:
        """Return how to ask the peers that it holds, for an event whose name stands in quotes."""
        return asked(self._written(), name, self.seconds)

    # -- the other servers

    def _others(self) -> list[tuple[str, Audience[M], Elsewhere]]:
        """The namespaces in which other servers take part."""
        audiences = () if self.is_local else list(self.audiences.values())
        return [(audience.name, audience, audience.elsewhere) for audience in audiences if audience.elsewhere]

    def _each(self, action: Callable[[Audience[M], M], object]) -> None:
        for audience, member in self._chosen():
            action(audience, member)

    def _chosen(self) -> list[tuple[Audience[M], M]]:
        return [
            (audience, member)
            for audience in self.audiences.values()
            for member in audience.rooms.select(self.rooms, self.without)
        ]


class Speaker(Generic[M]):
    """A base for what speaks to all sockets of a namespace, or to a selection: a namespace, and a server for `/`."""

    @property
    def selection(self) -> Selection[M]:
        """All of its sockets."""
        raise NotImplementedError

    def to(self, *rooms: str) -> Selection[M]:
        """Select the sockets in `rooms`."""
        return self.selection.to(*rooms)

    in_ = to

    def except_(self, *rooms: str) -> Selection[M]:
        """Select all sockets but those in `rooms`."""
        return self.selection.except_(*rooms)

    @property
    def volatile(self) -> Selection[M]:
        """Select all sockets, for events that a peer may miss."""
        return self.selection.volatile

    @property
    def local(self) -> Selection[M]:
        """Select all sockets of this server, and none of the others in its cluster."""
        return self.selection.local

    def timeout(self, seconds: float) -> Selection[M]:
        """Select all sockets, for a `call` that waits `seconds`."""
        return self.selection.timeout(seconds)

    def emit(self, name: str, *arguments: Any, **strange: Any) -> None:
        """Send an event to all sockets. Raises `NotRunning` if the server is stopped."""
        self.selection.emit(name, *arguments, **strange)

    @method("sockets()", SOCKETS)
    def sockets(self) -> list[M]:
        """Return all sockets: see `Selection.sockets`."""
        return self.selection.sockets()

    def join(self, *rooms: str, **strange: Any) -> None:
        """Put all sockets into `rooms`."""
        if not rooms and not strange:
            raise TypeError('join() needs a room: write join("red"); to wait for a server\'s end, write server.run()')
        self.selection.join(*rooms, **strange)

    def leave(self, *rooms: str, **strange: Any) -> None:
        """Take all sockets out of `rooms`."""
        self.selection.leave(*rooms, **strange)

    def disconnect(self, close: bool = False, **strange: Any) -> None:
        """Send all sockets away."""
        self.selection.disconnect(close, **strange)
