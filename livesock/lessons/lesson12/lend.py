"""`lent()`: the learner's `Outgoing`, `Inbox` and `Log` as soon as each is written, and ours until then."""

from __future__ import annotations

from typing import Any

from livesock.learn.whose import is_own
from livesock.lessons.lesson12 import inbox as ours_of_inbox
from livesock.lessons.lesson12 import log as ours_of_log
from livesock.lessons.lesson12 import outgoing as ours_of_outgoing
from livesock.lessons.lesson12.proof import Proof, prove

__all__ = ["Parts", "lent"]


class Parts:
    """Three classes that work together; written out it says whose each one is."""

    def __init__(self, outgoing: Any, inbox: Any, log: Any) -> None:
        are_own = is_own(outgoing, lambda: try_outgoing(outgoing(1.0)))
        is_inbox, is_log = is_own(inbox, lambda: inbox(1).accept("a")), is_own(log, lambda: try_log(log(1)))
        self.outgoing = outgoing if are_own else ours_of_outgoing.Outgoing
        self.inbox = inbox if is_inbox else ours_of_inbox.Inbox
        self.log = log if is_log else ours_of_log.Log
        self._whose = {"Outgoing": are_own, "Inbox": is_inbox, "Log": is_log}

    def prove(self, *, inbox: bool = True) -> Proof:
        """Play two hundred random schedules, without the inbox if asked."""
        return prove(self.outgoing, self.inbox if inbox else None, self.log)

    def __str__(self) -> str:
        return ", ".join(f"{name}: {'yours' if is_mine else 'ours'}" for name, is_mine in self._whose.items())

    __repr__ = __str__


def lent(outgoing: Any, inbox: Any, log: Any) -> Parts:
    """Return the three classes that work: yours where it is written, ours where it still raises NotImplementedError."""
    return Parts(outgoing, inbox, log)


def try_outgoing(outgoing: Any) -> None:
    """Call every method once: a stub raises NotImplementedError."""
    outgoing.put("a")
    outgoing.due(0.0)
    outgoing.answered(1)
    outgoing.reconnected()


def try_log(log: Any) -> None:
    log.append("a")
    log.since(0)
