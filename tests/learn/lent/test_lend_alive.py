"""Lesson 09 lends what is written, and ours where it is not."""

from __future__ import annotations

from typing import Any

import pytest

from livesock.lessons.lesson09 import others
from livesock.lessons.lesson09.backoff import backoff
from livesock.lessons.lesson09.heartbeat import Heartbeat
from livesock.lessons.lesson09.lend import lent
from livesock.lessons.lesson09.reconnector import Reconnector


def named(name: str, one: Any) -> Any:
    return type(name, (one,), {}) if isinstance(one, type) else _function(name, one)


def _function(name: str, one: Any) -> Any:
    def call(*arguments: Any, **options: Any) -> Any:
        return one(*arguments, **options)

    call.__name__ = name
    return call


def stub(*_: Any, **__: Any) -> Any:
    raise NotImplementedError


class Stub:
    def __init__(self, *_: Any) -> None:
        raise NotImplementedError


class HalfWritten(others.ByFlags):
    def stop(self) -> Any:
        raise NotImplementedError


MINE = (
    named("backoff", others.by_loop),
    named("Heartbeat", others.ByDeadline),
    named("Reconnector", others.ByFlags),
)


def test_what_is_written_serves_in_the_order_that_the_day_takes() -> None:
    parts, whose = lent(MINE[2], MINE[0], MINE[1])

    assert parts == list(MINE)
    assert whose == "backoff: yours, Heartbeat: yours, Reconnector: yours"


@pytest.mark.parametrize(
    ("written", "whose"),
    [
        ((), "backoff: ours, Heartbeat: ours, Reconnector: ours"),
        ((backoff, Heartbeat, Reconnector), "backoff: ours, Heartbeat: ours, Reconnector: ours"),
        ((named("backoff", stub), MINE[1]), "backoff: ours, Heartbeat: yours, Reconnector: ours"),
        ((named("Heartbeat", Stub), MINE[0]), "backoff: yours, Heartbeat: ours, Reconnector: ours"),
        ((named("Reconnector", HalfWritten),), "backoff: ours, Heartbeat: ours, Reconnector: ours"),
    ],
)
def test_ours_stands_in_for_what_is_not(written: tuple[Any, ...], whose: str) -> None:
    assert lent(*written)[1] == whose


def test_anything_else_is_refused() -> None:
    with pytest.raises(ValueError, match="takes backoff, Heartbeat, Reconnector, not"):
        lent(named("Closer", Stub))
