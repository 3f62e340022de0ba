"""`Observers`: who is told which handlers a server runs. What a picture shows as "this one ran" comes from here.

    an event ──► Hub ──► handler of A ──► Ran("/point", "A", "move", …, "returned") ──► each observer
                    └──► handler of B ──► Ran("/point", "B", "move", …, "refused")  ──► each observer

Nobody observes most of the time, so that case costs one look at a tuple.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from livesock.errors import Refused
from livesock.net.socketio.handlers import run

if TYPE_CHECKING:
    from livesock.net.socketio.namespace import Handler
    from livesock.net.socketio.seat import Socket

__all__ = ["Observer", "Observers", "Occasion", "Overhearer", "Ran", "Said"]


@dataclass(frozen=True, slots=True)
class Ran:
    """A handler ran."""

    time: float
    """Unix time of its beginning."""
    number: int
    """Of the event, or of the coming and going: the same for all handlers that ran because of it."""
    namespace: str
    who: str
    """The class of the gateway, or the name of the function."""
    what: str
    """The name of the event, or `connect`, `disconnect`."""
    socket: str
    """The id of the peer's socket for whom it ran."""
    outcome: str
    """`returned`, `refused` or `failed`."""
    has_answer: bool
    """Whether it returned something: of several handlers, the first one that does gives the answer."""
    asked: bool
    """Whether the peer wants an answer."""


@dataclass(slots=True)  # not frozen: made for every event that the server says while somebody listens
class Said:
    """The server has said something: to whom it was meant, and to whose connections it was handed."""

    time: float
    """Unix time."""
    namespace: str
    name: str
    arguments: tuple[Any, ...]
    rooms: tuple[str, ...]
    """Rooms and ids that were asked for; empty: everybody."""
    without: tuple[str, ...]
    """Rooms and ids that were left out; the id of the seat that speaks is one."""
    heard: list[str]
    """Ids of the sockets to whose connection it was handed."""
    missed: list[str]
    """Ids of those that were chosen and got nothing: volatile, or not let in yet."""


@dataclass(slots=True)  # not frozen: made for every event, and so it costs half
class Occasion:
    """Why handlers run."""

    what: str
    asked: bool = False
    number: int = field(default_factory=itertools.count(1).__next__)


Observer = Callable[[Ran], None]
Overhearer = Callable[[Said], None]


class Observers:
    """Who is told. Adding and removing may happen on any thread; the telling happens on the loop."""

    def __init__(self, failed: Callable[[str, int, BaseException], None]) -> None:
        self._all: tuple[Observer, ...] = ()
        self._failed = failed

    def add(self, observer: Observer) -> Callable[[], None]:
        """Tell `observer` of each handler that has run, and return the function that ends that."""
        self._all = (*self._all, observer)

        def remove() -> None:
            self._all = tuple(other for other in self._all if other is not observer)

        return remove

    async def run(self, why: Occasion, socket: Socket, handler: Handler, *arguments: Any) -> Any:
        """Return or raise what `handler(*arguments)` does, and tell who observes."""
        if not self._all:
            return await run(socket, handler, *arguments)
        began, outcome, result = time.time(), "failed", None
        try:
            result = await run(socket, handler, *arguments)
            outcome = "returned"
        except Refused:
            outcome = "refused"
            raise
        finally:
            space = socket.namespace
            who, answers = space.who(handler), result is not None
            self._tell(Ran(began, why.number, space.name, who, why.what, socket.id, outcome, answers, why.asked))
        return result

    def _tell(self, ran: Ran) -> None:
        for observer in self._all:
            try:
                observer(ran)
            except BaseException as exc:  # whoever looks on must not change what happens
                self._failed("an observer", 0, exc)
