"""`NamespaceTable`: the namespaces of a server, by name and by pattern.

    of("/point")  ──► one namespace, kept for ever
    of(pattern)   ──► a namespace that stands for many: those are made when a peer asks for one, and share its handlers

A peer chooses the names of the latter, so the empty ones are forgotten when there are many.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

from livesock.net.loop.habits import warn
from livesock.net.loop.registry import identity
from livesock.net.loop.thread import LoopThread
from livesock.net.socketio.audience import Audience
from livesock.net.socketio.elsewhere import Elsewhere
from livesock.net.socketio.handling.handlers import Handlers
from livesock.net.socketio.handling.observers import Emitted, Moved, Observers
from livesock.net.socketio.namespace import Namespace
from livesock.net.socketio.seat import Socket
from livesock.realtime.server.recovery import Recovery

__all__ = ["NamespaceTable"]

MAX_EMPTY = 1000
"""NamespaceTable that match a pattern and have no members."""

Failed = Callable[[str, int, BaseException], None]
"""Keeps what a predicate raises."""


class NamespaceTable:
    """Finds and makes namespaces. `named`, `matching` and `all` may be called from any thread."""

    def __init__(
        self, loop: LoopThread, failed: Failed, recovery: Recovery | None, elsewhere: Elsewhere | None
    ) -> None:
        self._loop = loop
        self._elsewhere = elsewhere
        self._failed = failed
        self._recovery = recovery
        self._all: dict[str, Namespace[Socket]] = {}
        self._patterns: dict[object, tuple[Callable[[str], bool], Namespace[Socket]]] = {}
        self._made: dict[str, Namespace[Socket]] = {}  # because a peer asked: the pattern of each
        self._hidden: set[tuple[re.Pattern[str], str]] = set()  # what was warned of: a pattern, and a namespace
        self._limit = MAX_EMPTY
        self.overhearers: Observers[Emitted] = Observers(failed)
        """Shown every event that the server emits, in any namespace."""
        self.watchers: Observers[Moved] = Observers(failed)
        """Shown who comes into a namespace or a room, and who leaves it."""
        self._lock = threading.RLock()  # a predicate may ask for a namespace

    @property
    def all(self) -> dict[str, Namespace[Socket]]:
        """Those that exist, by name; a snapshot."""
        return dict(self._all)

    def named(self, name: str) -> Namespace[Socket]:
        """Return the namespace `name`, made now if need be; it is there for good."""
        full = name if name.startswith("/") else "/" + name
        with self._lock:
            self._made.pop(full, None)
            if full not in self._all:
                pattern = self._pattern(full)
                self._all[full] = self._new(full) if pattern is None else pattern.child(full)
                self._changed()
            return self._all[full]

    def matching(self, what: re.Pattern[str] | Callable[[str], bool]) -> Namespace[Socket]:
        """Return the namespace that stands for all whose name matches; the same one for the same pattern or function.

        A predicate that is defined again replaces the one of the same name: a cell may be run again.
        """
        if isinstance(what, re.Pattern):
            matches, name = (lambda n: what.fullmatch(n) is not None), what.pattern
        else:
            matches, name = what, str(getattr(what, "__name__", type(what).__name__))
        with self._lock:
            key = _key(what)
            pattern = self._patterns[key][1] if key in self._patterns else self._new(name, is_pattern=True)
            self._patterns[key] = matches, pattern
            if isinstance(what, re.Pattern):  # a predicate is a user's, and asked of peers alone
                self._say_what_is_hidden(what)
            return pattern

    def _say_what_is_hidden(self, what: re.Pattern[str]) -> None:
        """Warn once of each namespace that a pattern matches and that has handlers of its own: no other runs for it.

        In python-socketio a handler of `namespace="*"` hears what the named one has no handler for.
        """
        own = [name for name, it in self.all.items() if name not in self._made and not it.handlers.is_shared]
        hidden = [name for name in own if (what, name) not in self._hidden and what.fullmatch(name)]
        self._hidden.update((what, name) for name in hidden)
        if hidden:
            names, above = ", ".join(hidden), " and ".join(f'@server.of("{name}").on("move")' for name in hidden)
            warn(
                f"{what.pattern!r:.60} does not stand for {names}: a namespace that was named has handlers of its "
                f"own; write {above} above the same function, too"
            )

    def find(self, name: str) -> Namespace[Socket] | None:
        """Return the namespace that a peer asks for, made now if a pattern allows it, or None. Runs on the loop."""
        if name in self._all:
            return self._all[name]
        with self._lock:
            pattern = self._pattern(name)
            if pattern is None:
                return None
            if len(self._made) >= self._limit:
                self._forget_the_empty()
            self._made[name] = pattern
            made = self._all.setdefault(name, pattern.child(name))
        self._changed()
        return made

    def _pattern(self, name: str) -> Namespace[Socket] | None:
        """The oldest pattern that matches this name."""
        return next((pattern for matches, pattern in self._patterns.values() if self._is_match(matches, name)), None)

    def _forget_the_empty(self) -> None:
        for name, pattern in list(self._made.items()):
            if not self._all[name].members:
                del self._made[name], self._all[name]
                pattern.audiences.pop(name, None)
        self._changed()
        self._limit = MAX_EMPTY + 2 * len(self._made)  # so that looking through them costs little for each new one

    def _is_match(self, matches: Callable[[str], bool], name: str) -> bool:
        """Ask a learner's predicate; one that fails matches nothing."""
        try:
            return bool(matches(name))
        except BaseException as exc:  # SystemExit as well: it must not end the loop
            self._failed("the predicate of a namespace", 0, exc)
            return False

    def _new(self, name: str, *, is_pattern: bool = False) -> Namespace[Socket]:
        audience: Audience[Socket] = Audience(
            name, Handlers(), self.overhearers, self.watchers, self._recovery, self._failed
        )
        audience.elsewhere = self._elsewhere
        return Namespace(audience, self._loop, is_pattern=is_pattern)

    def _changed(self) -> None:
        if self._elsewhere is not None:
            self._elsewhere.changed()


def _key(what: re.Pattern[str] | Callable[[str], bool]) -> object:
    """What two versions of one predicate have in common; one that holds values of its own is like no other."""
    holds_values = getattr(what, "__closure__", None) or getattr(what, "__defaults__", None)
    return what if isinstance(what, re.Pattern) or holds_values else identity(what) or what
