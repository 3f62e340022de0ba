"""Whose hub serves at the end of lesson 08: the learner's, unless a part of it is missing."""

from __future__ import annotations

from typing import Any

from livesock.lessons.lesson08.hub import Hub
from livesock.lessons.lesson08.lend import lent
from livesock.lessons.lesson08.others import OTHERS


class Half:
    """A hub of which `broadcast` is not written yet."""

    async def join(self, ws: Any) -> None:
        pass

    def leave(self, ws: Any) -> None:
        pass

    async def broadcast(self, message: str) -> int:
        raise NotImplementedError


def test_a_written_hub_serves() -> None:
    assert [lent(hub) for hub in OTHERS["08.Hub"]] == [(hub, "ours") for hub in [Hub] * 3]

    class Mine(OTHERS["08.Hub"][0]):  # type: ignore[misc, name-defined]
        pass

    assert lent(Mine) == (Mine, "yours")


def test_a_hub_with_a_part_missing_or_ours_does_not() -> None:
    assert lent(Half) == (Hub, "ours")
    assert lent(Hub) == (Hub, "ours")
