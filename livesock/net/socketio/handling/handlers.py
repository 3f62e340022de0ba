"""`Handlers`: the functions that answer one namespace. It knows no peer, no loop and no thread.

on("move"), on_connect, …      functions, each in place of an older one of the same name
gateways                       classes; what belongs to one is removed when its successor comes
of(pattern)                    one set of handlers, shared by every namespace that the pattern stands for
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any

from livesock.net.loop.registry import identity, warn_of_namesake

__all__ = ["ANY_OTHER", "JOINING", "Handler", "Handlers", "register"]

Handler = Callable[..., Any]

ANY_OTHER = "*"
"""Stands for every event that has no handler of its own."""

JOINING = ContextVar("joining", default="")
"""The id of the socket whose hook decides about it: that hook alone finds it among the sockets already."""


@dataclass
class Handlers:
    """Each list is in order of registration. May be changed from any thread."""

    events: dict[str, list[Handler]] = field(default_factory=dict)
    """By the name of the event."""
    middleware: list[Handler] = field(default_factory=list)
    connects: list[Handler] = field(default_factory=list)
    connected: list[Handler] = field(default_factory=list)
    disconnects: list[Handler] = field(default_factory=list)
    incoming: list[Handler] = field(default_factory=list)
    """Shown every event that comes in."""
    outgoing: list[Handler] = field(default_factory=list)
    """Shown every event that goes out."""
    moves: list[tuple[bool, Handler]] = field(default_factory=list)
    """Shown who joins a room (True) or leaves it (False)."""
    gateways: dict[str, object] = field(default_factory=dict)
    """By the name of their class."""
    installed: dict[str, list[tuple[list[Handler], Handler]]] = field(default_factory=dict)
    """What belongs to each gateway, and the list in which it stands."""
    is_shared: bool = False
    """Whether they belong to a namespace that stands for many."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing that a peer does is heard here."""
        lists = self.middleware, self.connects, self.connected, self.disconnects, self.incoming, self.outgoing
        return not (self.events or self.moves or self.gateways or any(lists))

    def shared(self) -> Handlers:
        """Return the same handlers for a namespace that the pattern of this one matches."""
        return replace(self, is_shared=True)

    def own(self) -> Handlers:
        """Return itself, from here on with lists of its own: what is added now is for this namespace alone."""
        if self.is_shared:
            self.events = {name: list(handlers) for name, handlers in self.events.items()}
            self.middleware = list(self.middleware)
            self.connects, self.disconnects = list(self.connects), list(self.disconnects)
            self.connected, self.moves = list(self.connected), list(self.moves)
            self.incoming, self.outgoing = list(self.incoming), list(self.outgoing)
            self.gateways, self.installed = {}, {}
            self.is_shared = False
        return self

    def of(self, name: str, arguments: list[Any]) -> tuple[list[Handler], list[Any]]:
        """Return the handlers of the event `name` and what they get; without any, those of all other events."""
        if name != ANY_OTHER and (found := self.events.get(name)):
            return list(found), arguments
        return list(self.events.get(ANY_OTHER, ())), [name, *arguments]

    def install(self, key: str, handlers: list[Handler], handler: Handler) -> None:
        """Add a handler that belongs to `key`, as a gateway's methods belong to their class."""
        handlers.append(handler)
        self.installed.setdefault(key, []).append((handlers, handler))

    def uninstall(self, key: str) -> None:
        """Remove every handler that belongs to `key`."""
        for handlers, handler in self.installed.pop(key, []):
            handlers.remove(handler)

    def who(self, handler: Handler) -> str:
        """Return whose `handler` it is: the class of a gateway, or otherwise the name of the function."""
        for key, parts in list(self.installed.items()):
            if any(part == handler for _, part in parts):
                return _without_place(key)
        return _without_place(getattr(handler, "__qualname__", type(handler).__name__))

    @property
    def answers(self) -> dict[str, list[str]]:
        """Who answers, gateways and functions in order of registration, each with its events."""
        found: dict[str, list[str]] = {_without_place(key): [] for key in list(self.installed)}
        for hook in [*self.connects, *self.connected, *self.disconnects]:
            found.setdefault(self.who(hook), [])
        for name, handlers in list(self.events.items()):
            for handler in list(handlers):
                found.setdefault(self.who(handler), []).append(name)
        return found


def register(handlers: list[Handler], handler: Handler, *, is_hook: bool = False) -> Handler:
    """Add `handler` to `handlers`, in place of one of the same name: a cell that runs again replaces its functions.

    A hook stands for several events of other libraries: two functions of one name in the same code get a warning.
    """
    if not callable(handler):
        raise TypeError(f"a handler is a function, not {type(handler).__name__}")
    key = identity(handler)
    # In one step: an event that comes meanwhile finds the old one or the new one.
    older = [h for h in handlers if key is not None and identity(h) == key]
    handlers[:] = [*(h for h in handlers if h not in older), handler]
    for old in older if is_hook else ():
        warn_of_namesake(old, handler)
    return handler


def _without_place(name: str) -> str:
    """Return the name of a class or function without that of the function in which it was defined."""
    return name.rpartition("<locals>.")[2]
