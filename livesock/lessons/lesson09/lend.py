"""`lent()`: what the learner wrote in lesson 09, as soon as it is written, and ours until then."""

from collections.abc import Callable
from typing import Any

from livesock.learn.whose import chosen
from livesock.lessons.lesson09.backoff import backoff
from livesock.lessons.lesson09.heartbeat import Heartbeat
from livesock.lessons.lesson09.reconnector import Reconnector

__all__ = ["lent"]

OURS: dict[str, Any] = {"backoff": backoff, "Heartbeat": Heartbeat, "Reconnector": Reconnector}


def try_heartbeat(heartbeat: Any) -> None:
    """Call every method once: a stub raises NotImplementedError."""
    one = heartbeat(20.0, 10.0, 0.0)
    one.heard(1.0)
    one.tick(2.0)


def try_reconnector(reconnector: Any) -> None:
    """Call every method once: a stub raises NotImplementedError."""
    one = reconnector(lambda attempt: 1.0)
    one.start(), one.failed(), one.opened(0.0), one.lost(1006, 1.0), one.stop()


TRIALS: dict[str, Callable[[Any], Any]] = {
    "backoff": lambda function: function(0),
    "Heartbeat": try_heartbeat,
    "Reconnector": try_reconnector,
}


def lent(*written: Any) -> tuple[list[Any], str]:
    """Return the three parts in order, the learner's where they are written, and whose each is."""
    serving, whose = chosen("lent", OURS, TRIALS, written)
    return list(serving.values()), whose
