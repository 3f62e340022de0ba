"""What is under way through a simulated network, as pieces that a page can draw.

reads of one line, 20 ms    ──► one piece: when it entered, when it is due, bytes, how many reads
each look at the network    ──► only reads that came since the last look, and how far each line has got
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import groupby

from livesock.display.view import Message
from livesock.net.netsim.netsim import NetSim
from livesock.net.netsim.pipe import Read

__all__ = ["LineWatch", "grouped"]

TOGETHER = 0.02
"""Seconds: what enters a line within this time is drawn as one piece."""


class LineWatch:
    """Looks at the lines of `far` again and again. `began` is the zero of the page's clock."""

    def __init__(self, far: NetSim) -> None:
        self._far = far
        self._began = time.monotonic()
        self._after: dict[tuple[int, str], int] = {}
        self._lines: dict[str, list[int]] | None = None

    def forget(self) -> None:
        """Let the next look find everything that is under way, with the knobs as they stand."""
        self._after, self._lines = {}, None

    def look(self) -> Message | None:
        """Return the pieces that are new and how far each line has got; None if nothing has changed."""
        found = self._far.under_way(self._after)
        pieces = [[f"{line[0]}{line[1]}", *piece] for line, way in found.items() for piece in self._pieces(way.new)]
        self._after = {line: way.new[-1].number if way.new else self._after.get(line, 0) for line, way in found.items()}
        lines = {f"{number}{way}": [line.first, line.held] for (number, way), line in found.items() if line.held}
        if lines == self._lines and not pieces:
            return None
        self._lines = lines
        return {"now": round(1000 * (time.monotonic() - self._began)), "lines": lines, "pieces": pieces}

    def _pieces(self, reads: list[Read]) -> Iterator[list[int]]:
        for group in grouped(reads):
            entered, due = (round(1000 * (moment - self._began)) for moment in (group[0].entered, group[0].due))
            yield [group[-1].number, entered, due, sum(read.size for read in group), len(group)]


def grouped(reads: list[Read]) -> Iterator[list[Read]]:
    """Yield the reads that entered a line together."""
    for _, group in groupby(reads, lambda read: read.entered // TOGETHER):
        yield list(group)
