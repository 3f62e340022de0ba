"""The Close frames of a farewell: who sent which code, and whether it crossed."""

from __future__ import annotations

from typing import NamedTuple

from livesock.display.parts.framesteps import TwoEnds, frames_of
from livesock.display.parts.ladder import in_order

__all__ = ["Goodbye", "goodbyes_of"]


class Goodbye(NamedTuple):
    """One Close frame."""

    end: int
    """The end that sent it: 0 the client, 1 the server."""
    code: int | None
    arrived: bool


def goodbyes_of(run: TwoEnds) -> list[Goodbye]:
    """Return the Close frames, in the order in which they were sent."""
    closes = [one for one in in_order(frames_of(run)) if one.tone == "close"]
    return [Goodbye(one.end, _code(one.text), one.arrived is not None) for one in closes]


def _code(words: str) -> int | None:
    number = words.split()[1]
    return int(number) if number.isdecimal() else None
