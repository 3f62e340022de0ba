"""`Backoff`: how long a client waits before it tries again, and again.

    attempt        0     1     2     3     4 …
    about          1 s   2 s   4 s   5 s   5 s       each up to half as long or half as long again, never above 5 s

The doubling spares a server that is in trouble. The jitter spares one that comes back: a thousand clients that lost it
in the same moment do not return in the same moment.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Backoff"]


@dataclass(frozen=True, slots=True)
class Backoff:
    """The official Socket.IO client's formula, with its defaults. Durations are seconds."""

    first: float = 1.0
    largest: float = 5.0
    factor: float = 2.0
    jitter: float = 0.5
    """The part of a delay by which chance may shorten or lengthen it."""
    attempts: int | None = None
    """Failed attempts after which a client gives up; with None it never does."""

    def __post_init__(self) -> None:
        if not (0 < self.first <= self.largest and self.factor >= 1 and 0 <= self.jitter <= 1):
            raise ValueError(f"a backoff needs 0 < first <= largest, factor >= 1 and 0 <= jitter <= 1, not {self}")
        if self.attempts is not None and self.attempts < 1:
            raise ValueError(f"attempts is 1 or more, or None to try for ever, not {self.attempts}")

    def delay(self, attempt: int, chance: float) -> float:
        """Return the seconds to wait before the `attempt`, counted from 0; `chance` is a random number in [0, 1).

        One random number decides both how far and in which direction: later if its first decimal digit is odd.

        >>> Backoff().delay(0, 0.0), Backoff().delay(1, 0.5), Backoff().delay(9, 0.3)
        (1.0, 2.5, 5.0)
        """
        if attempt >= 60:  # a float would overflow some day, and the largest delay is long reached
            return self.largest
        plain = self.first * self.factor**attempt
        deviation = chance * self.jitter * plain
        is_later = int(chance * 10) % 2 == 1
        return min(plain + deviation if is_later else plain - deviation, self.largest)

    def gives_up(self, failed: int) -> bool:
        """Return whether so many failed attempts in a row are enough."""
        return self.attempts is not None and failed >= self.attempts
