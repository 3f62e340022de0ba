"""`Observers`: functions that are shown what a server does. What a picture shows as "this one ran" comes from here.

    an event ──► Hub ──► handler of A ──► Ran("/point", "A", "move", …, "returned") ──► each of server.observe(…)
                    └──► handler of B ──► Ran("/point", "B", "move", …, "refused")  ──► each of server.observe(…)
    emit(…)  ──► Audience ─────────────► Emitted("/point", "moved", …, heard, missed)  ──► each of server.overhear(…)
    join(…)  ──► Audience ─────────────► Moved("/point", <Socket>, "red", True)        ──► each of server.watch(…)

Most of the time there is no observer, so that case costs one look at a tuple.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from livesock.net.loop.watchdog import check_observer

__all__ = ["Emitted", "Moved", "Observer", "Observers", "Occasion", "Overhearer", "Ran", "Watcher"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ran:
    """A handler ran."""

    time: float
    """Unix time of its beginning."""
    number: int
    """Of the event, the coming or the going: the same for all handlers that ran because of it."""
    namespace: str
    who: str
    """The class of the gateway, or the name of the function."""
    what: str
    """The name of the event, or `connect`, `disconnect`."""
    socket: str
    """The id of the peer's socket for which it ran."""
    outcome: str
    """`returned`, `refused` or `failed`."""
    has_answer: bool
    """Whether it returned something: of several handlers, the first one that does gives the answer."""
    asked: bool
    """Whether the peer wants an answer."""


@dataclass(slots=True)  # not frozen: made for every event that the server emits while it is overheard
class Emitted:
    """The server has emitted an event: for whom it was meant, and to whose connections it was handed."""

    time: float
    """Unix time."""
    namespace: str
    name: str
    arguments: tuple[Any, ...]
    rooms: tuple[str, ...]
    """Rooms and ids that were asked for; empty: the whole namespace."""
    without: tuple[str, ...]
    """Rooms and ids that were left out; the id of the socket that broadcasts is one."""
    heard: list[str]
    """Ids of the sockets to whose connection it was handed."""
    missed: list[str]
    """Ids of those that were chosen and got nothing: the event was volatile, or they are not let in yet."""


@dataclass(slots=True)  # not frozen: made for every move while it is watched
class Moved:
    """A socket has come into a namespace or a room, or has left it."""

    namespace: str
    socket: Any
    """Its rooms may change before the watcher looks: read no more of it than its id, its session and its handshake."""
    room: str
    """Empty: the namespace itself. A socket that leaves that has left all its rooms."""
    is_in: bool
    """Whether it is in there now. It joins rooms before it is in the namespace if `on_connect` puts it there."""


@dataclass(slots=True)  # not frozen: made for every event, and so it costs half
class Occasion:
    """Why handlers run."""

    what: str
    asked: bool = False
    number: int = field(default_factory=itertools.count(1).__next__)


Observer = Callable[[Ran], None]
Overhearer = Callable[[Emitted], None]
Watcher = Callable[[Moved], None]


class Observers(Generic[T]):
    """Functions that are shown each `T`. `add` and what it returns may be called on any thread, `show` on the loop."""

    def __init__(self, failed: Callable[[str, int, BaseException], None]) -> None:
        self._all: tuple[Callable[[T], None], ...] = ()
        self._failed = failed

    def __bool__(self) -> bool:
        return bool(self._all)

    def add(self, observer: Callable[[T], None]) -> Callable[[], None]:
        """Show `observer` each `T` from here on, and return the function that ends that."""
        check_observer(observer)
        self._all = (*self._all, observer)

        def remove() -> None:
            self._all = tuple(other for other in self._all if other is not observer)

        return remove

    def show(self, what: T) -> None:
        """Call every observer. An exception in one of them is kept and changes nothing else."""
        for observer in self._all:
            try:
                observer(what)
            except BaseException as exc:  # SystemExit as well: it must not end the loop
                self._failed("an observer", 0, exc)
