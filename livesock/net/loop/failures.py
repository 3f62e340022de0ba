"""`Failures`: what went wrong on a server, kept and logged. Nothing of it is printed into a notebook's cell.

    add(…)       an exception left a handler                     one entry each
    note(…)      a handler holds the loop, or does not return    one entry, which says how it stands
    refuse(…)    a peer was turned away                          one entry of a kind and second, with a count

What strangers can cause has a bound of its own, so that it pushes no exception of a handler out.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from livesock.advice.attributes import unchanging
from livesock.errors import PeerRefused
from livesock.net.loop.explain import explain, words_of
from livesock.net.loop.places import in_notebook, is_played, place_of_error
from livesock.net.loop.turns import alone
from livesock.wire.quote import one_line

__all__ = ["Failures", "HandlerError"]

KEPT = 100
"""Errors that are remembered, the newest ones; the count goes on."""

WHOLE = 8
"""Errors, the newest ones, whose tracebacks have their frames, for a debugger; of older ones the text is kept."""

KEPT_REFUSALS = 50
"""Refusals that are remembered beside them."""

LINE = 900
"""The longest line of the log: what to write for several names fits, and what a peer sends fills no page."""

LINES = 16
"""Lines of an error that a script without logging prints, at most; the log has one."""

KINDS = 1000
"""Kinds of errors that a script without logging prints."""

KINDS_BELOW = 3
"""Kinds of errors that are shown below one cell of a notebook."""

SAME = 1.0
"""Seconds in which refusals of one kind count as one."""


@unchanging(lambda name, _: f"an error that is kept is not changed: keep {name} in a variable of your own")
@dataclass(frozen=True, slots=True)
class HandlerError:
    """An exception that left a handler, a handler that does not return, or a peer that was refused or dropped."""

    time: float
    """Unix time."""
    where: str
    """`websocket /echo`, `GET /time`, `event "move" in /point`, `loop`, or `connection`."""
    connection: int
    """Its number in the trace; 0 where the handler belongs to no connection."""
    exception: BaseException
    count: int = 1
    """How often it happened; of several, the other fields are those of the latest."""
    _lines: traceback.TracebackException | None = field(default=None, init=False, repr=False, compare=False)
    """Of its traceback, once its frames were let go."""

    @property
    def is_refusal(self) -> bool:
        """Whether it says that a peer was turned away: no fault of the server."""
        return isinstance(self.exception, PeerRefused)

    def __str__(self) -> str:
        often = f" ({self.count} times)" if self.count > 1 else ""
        says = ": ".join(map(str, [words_of(self.exception), *getattr(self.exception, "__notes__", ())]))
        what = type(self.exception).__name__
        return _displayable(f"{self.where} (connection {self.connection}): {what}: {says}{often}")

    def __repr__(self) -> str:
        exc = self.exception
        try:
            shown = f"{exc!r:.{LINE}}"
        except Exception:  # a user's own __repr__
            shown = f"{type(exc).__name__}(…)"
        where, more = f"time={self.time}, where={self.where!r}", f", count={self.count}" if self.count > 1 else ""
        return _displayable(f"HandlerError({where}, connection={self.connection}, exception={shown}{more})")

    def traceback(self) -> str:
        """Return the whole traceback as text."""
        lines = (self._lines or traceback.TracebackException.from_exception(self.exception)).format()
        return _displayable("".join(lines))

    def let_go(self) -> None:
        """Keep the traceback as lines alone: its frames hold all that the handler had, such as what the peer sent."""
        object.__setattr__(self, "_lines", traceback.TracebackException.from_exception(self.exception))
        for exc in _with_causes(self.exception):
            exc.__traceback__ = None


def _displayable(text: str) -> str:
    """Return `text` with escapes for halves of surrogate pairs, which JSON may hold and no output takes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _with_causes(exc: BaseException) -> list[BaseException]:
    """Return an exception, and all that it came from or holds."""
    found: list[BaseException] = []
    more: list[BaseException | None] = [exc]
    while more:
        one = more.pop()
        if one is not None and all(one is not other for other in found):
            found.append(one)
            more += [one.__cause__, one.__context__, *(one.exceptions if isinstance(one, BaseExceptionGroup) else ())]
    return found


class Failures:
    """Thread-safe. One line of the log for each error; the traceback is in `latest`, and logged at DEBUG."""

    def __init__(self, logger: logging.Logger) -> None:
        self.latest: deque[HandlerError] = deque(maxlen=KEPT)
        """Oldest first."""
        self.refusals: deque[HandlerError] = deque(maxlen=KEPT_REFUSALS)
        """Peers that were turned away, oldest first."""
        self.count = 0
        """All errors, those that were forgotten too; refusals do not count."""
        self._noted: dict[Hashable, HandlerError] = {}
        self._lock = threading.Lock()
        self._logger = logger
        package = logging.getLogger("livesock")
        if not any(isinstance(handler, _LastResort) for handler in package.handlers):
            package.addHandler(_LastResort())

    @property
    def everything(self) -> list[HandlerError]:
        """Errors and refusals, oldest first."""
        with self._lock:
            return sorted([*self.latest, *self.refusals], key=lambda error: error.time)

    def add(self, where: str, connection: int, exc: BaseException) -> None:
        """Keep and log an exception that left a handler."""
        explain(exc := alone(exc))
        error = HandlerError(time.time(), where, connection, exc)
        with self._lock:
            self.latest.append(error)
            self.count += 1
            older = self.latest[-WHOLE - 1] if len(self.latest) > WHOLE else None
        if older is not None and older.exception is not exc:
            older.let_go()
        place = place_of_error(exc)
        lines = str(error).split("\n  ")  # what to write for each of several names
        line = one_line(" | ".join(lines) + (f", at {place}" if place else ""), LINE)
        extra = {"kind": (where, type(exc), place), "is_played": is_played(exc)}
        if len(lines) > 1:
            extra["lines"] = [one_line(one, LINE) for one in lines[: LINES - 1]] + ([f"at {place}"] if place else [])
        self._logger.error("! %s", line, extra=extra)
        if self._logger.isEnabledFor(logging.DEBUG):
            self._logger.debug("! %s", error.traceback())

    def note(self, key: Hashable, where: str, exc: BaseException, *, count: int = 1, log: bool = True) -> None:
        """Keep how something stands, in place of what was noted with this `key`. Only the first note is logged."""
        error = HandlerError(time.time(), where, 0, exc, count)
        with self._lock:
            if self._replace(self.latest, key, error):
                return
            self.latest.append(error)
            self.count += 1
        if log:
            self._logger.error("! %s", one_line(str(error), LINE))

    def refuse(
        self, kind: Hashable, where: str, connection: int, exc: BaseException, *, level: int = logging.INFO
    ) -> None:
        """Keep that a peer was turned away; those of one `kind` within a second are one entry and one line."""
        now = time.time()
        with self._lock:
            old = self._noted.get(kind)
            if old is not None and now - old.time < SAME:
                again = HandlerError(old.time, where, connection, exc, old.count + 1)
                if self._replace(self.refusals, kind, again):
                    return
            error = HandlerError(now, where, connection, exc)
            self.refusals.append(error)
            self._remember(kind, error)
        self._logger.log(level, "! %s", one_line(str(error), LINE), extra={"kind": kind})

    def _replace(self, kept: deque[HandlerError], key: Hashable, error: HandlerError) -> bool:
        """Put `error` in the place of what has this `key`, and return whether something had it."""
        old = self._noted.get(key)
        self._remember(key, error)
        for number, other in enumerate(kept):
            if other is old:
                kept[number] = error
                return True
        return False

    def _remember(self, key: Hashable, error: HandlerError) -> None:
        self._noted.pop(key, None)
        self._noted[key] = error
        while len(self._noted) > KEPT + KEPT_REFUSALS:
            del self._noted[next(iter(self._noted))]


class _LastResort(logging.Handler):
    """Prints an error to stderr, twice of each kind, in a script that has set up no logging of its own.

    It has a line for each thing to write. Those behind the first begin with four spaces: no peer fakes an error.

    Python would do so by itself, also in a notebook, where the line would land in some cell. There what handlers raise
    is shown below the cell that runs, or below the next one, as HTML: what a notebook's test compares stays as it is.
    """

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._printed: dict[Hashable, bool] = {}  # whether an error of the kind may come again
        self._below: dict[Hashable, str] = {}  # what to show below the cell
        self._shell: Any = None

    def emit(self, record: logging.LogRecord) -> None:
        others = [*logging.getLogger().handlers, *logging.getLogger("livesock").handlers]
        if any(other is not self for other in others):
            return
        text = "\n    ".join(getattr(record, "lines", [record.getMessage().removeprefix("! ")]))
        kind = getattr(record, "kind", text)
        kept = "socket.errors" if record.name == "livesock.socket" else "server.errors"
        if in_notebook():
            is_shown = hasattr(record, "kind") and not getattr(record, "is_played", False)
            if is_shown and len(self._below) < KINDS_BELOW:
                self._below[kind] = f"A handler failed: {text} ({kept}[-1].traceback() shows where)"
                self._follow_cells()
        elif sys.stderr is not None and self._printed.get(kind, len(self._printed) < KINDS):
            is_second = kind in self._printed
            self._printed[kind] = hasattr(record, "kind") and not is_second
            more = f" (further ones of this kind are only in {kept})" if is_second else ""
            sys.stderr.write(f"livesock: {text}{more}\n")

    def _follow_cells(self) -> None:
        shell = sys.modules["IPython"].get_ipython()
        if shell is not self._shell:
            self._shell = shell
            shell.events.register("post_run_cell", self._show_below)

    def _show_below(self, *_: object) -> None:
        """Show what waits below the cell that has just run. Called by IPython, in the thread of the cells."""
        below, self._below = self._below, {}
        if below:
            import html  # 3,000 names of characters, for a notebook in which a handler fails

            lines = "".join(f'<div style="white-space: pre-wrap">{html.escape(text)}</div>' for text in below.values())
            style = "border-left: 3px solid var(--jp-error-color1, #d32f2f); padding: 2px 8px"
            page = {"text/html": f'<div class="ls-failed" style="{style}">{lines}</div>'}
            sys.modules["IPython"].display.display(page, raw=True)
