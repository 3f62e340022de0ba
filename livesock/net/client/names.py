"""What an event of a client may be called, and which of its handlers a new one replaces."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from livesock.guards import called_by
from livesock.net.client.loop_objects import sentences_for
from livesock.net.loop.habits import warn
from livesock.net.loop.registry import identity

__all__ = ["OWN", "check_handler", "check_name", "is_older_self", "put"]

Handler = Callable[..., Any]

OWN = {"connect": (), "disconnect": ("reason",), "connect_error": ("error",)}
"""A client's own events, and what their handlers get."""

OF_OTHERS = {
    "connection": 'write on("connect", handler)',
    "reconnect": 'write on("connect", handler), which runs now, too; put if point.reconnects: … into it',
    "reconnect_attempt": 'write on("connect_error", handler); .attempts counts them',
    "reconnect_error": 'write on("connect_error", handler)',
    "reconnect_failed": 'write on("connect_error", handler)',
    "connect_timeout": 'write on("connect_error", handler)',
    "connect_failed": 'write on("connect_error", handler)',
    "error": 'write on("connect_error", handler); an event of the server may have the name; if a handler of the server '
    'fails, write on("exception", handler), which gets a dict with "message" and "cause"',
    "reconnecting": 'write on("connect_error", handler); .attempts counts them',
    "disconnecting": 'write on("disconnect", handler)',
    "__disconnect_final": 'write on("disconnect", handler)',
    "ping": "the heartbeat is answered by itself and stands in .trace; an event of the server may have the name",
}
"""Names of other clients' own events, which nothing here calls, and what to write instead."""


def check_name(name: object) -> None:
    """Raise `TypeError` if `name` is not a str."""
    if not isinstance(name, str):
        raise TypeError(f'an event has a name, such as on("moved", handler), not {name!r:.40} ({type(name).__name__})')


def _check_event(name: object) -> None:
    """Raise `TypeError` if no event can have this name; warn if only another client has it."""
    check_name(name)
    if isinstance(name, str) and name in OF_OTHERS:
        warn(f'this client has no event "{name}" of its own: {OF_OTHERS[name]}')


def check_handler(name: object, handler: object) -> None:
    """Raise `TypeError` if this cannot be an event and a handler of it."""
    _check_event(name)
    if not callable(handler):
        raise TypeError(f"a handler is a function, not {handler!r:.40} ({type(handler).__name__}): pass f, not f()")
    wrong = sentences_for(handler)
    if inspect.iscoroutinefunction(handler) and not str(handler.__module__).startswith("asyncio"):
        text = (
            "a handler of this client is a plain function: write def instead of async def, leave out each await before "
            "emit, call and disconnect, and write time.sleep(1) for await asyncio.sleep(1): it has a thread of its own"
        )
        raise TypeError("\n    ".join([text, *wrong]))
    if wrong:
        raise TypeError("\n    ".join(wrong))
    if inspect.isgeneratorfunction(handler) or inspect.isasyncgenfunction(handler):
        raise TypeError("a handler with a yield would never run: write point.emit(…) for it; return gives the answer")
    called_by("a client", handler)


def put(entries: list[tuple[Handler, bool]], new: tuple[Handler, bool]) -> None:
    """Add `new`, in place of the older selves of its function: a cell that runs again defines its functions again."""
    places = [place for place, (old, _) in enumerate(entries) if is_older_self(old, new[0])]
    for place in reversed(places):
        del entries[place]
    entries.insert(places[0] if places else len(entries), new)


def is_older_self(old: Handler, new: Handler) -> bool:
    """Return whether `new` is `old`, or `old` defined again.

    Functions that share one code were made by one definition, as in a loop, or are a method of several objects.
    """
    if old == new:
        return True
    name = identity(new)
    return name is not None and identity(old) == name and _code(old) is not _code(new)


def _code(handler: Handler) -> object:
    return getattr(getattr(handler, "__func__", handler), "__code__", handler)
