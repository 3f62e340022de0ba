"""`Overflow`: how many bytes fell out of a trace, by connection and direction."""

from __future__ import annotations

__all__ = ["Overflow"]

MAX_SHARED = 16
"""Groups of peers whose losses are summed up before they are divided among their peers."""


class Overflow:
    """Bytes that fell out of a trace, by connection and direction."""

    def __init__(self) -> None:
        self._each: dict[tuple[int, str], int] = {}
        self._shared: dict[tuple[tuple[int, ...], str], int] = {}  # of many connections, not yet in `_each`

    def add(self, whose: int | tuple[int, ...], direction: str, size: int) -> None:
        """Note `size` bytes, of one connection or of each of several.

        Broadcasts go to the same peers again and again, so their losses are summed up first and divided later.
        """
        if isinstance(whose, int):
            self._each[whose, direction] = self._each.get((whose, direction), 0) + size
            return
        if len(whose) == 1:
            self.add(whose[0], direction, size)
            return
        self._shared[whose, direction] = self._shared.get((whose, direction), 0) + size
        if len(self._shared) > MAX_SHARED:
            self._divide()

    def add_all(self, fell: dict[str, dict[int | tuple[int, ...], int]]) -> None:
        """Note what fell out at once, by direction and by whose it is, and leave `fell` empty."""
        for direction, sizes in fell.items():
            for whose, size in sizes.items():
                self.add(whose, direction, size)
            sizes.clear()

    def forget(self, connection: int) -> None:
        """Drop the losses of a connection of which the trace holds nothing any more."""
        self._divide()
        for direction in "<>":
            self._each.pop((connection, direction), None)

    def _divide(self) -> None:
        for (connections, direction), size in self._shared.items():
            for connection in connections:
                self._each[connection, direction] = self._each.get((connection, direction), 0) + size
        self._shared.clear()

    def copy(self) -> Overflow:
        """Return a copy."""
        other = Overflow()
        other._each = self.by_connection()
        return other

    def by_connection(self) -> dict[tuple[int, str], int]:
        """Return the bytes lost so far, by connection and direction (a copy)."""
        self._divide()
        return dict(self._each)
