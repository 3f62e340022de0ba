"""Guesses that a reader makes inside an instrument. `display` makes them; `learn` remembers them, once it is imported.

    borders()  make("heard", "pieces")  ──►  remember("borders.heard", "pieces", "")
               settle("heard", "whole") ──►  remember("borders.heard", "pieces", "whole")

Without `learn` a guess stays on the page of its instrument, and nothing else happens.
"""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["Guesses", "remember_with"]

Remember = Callable[[str, str, str], None]
"""Gets the name of a question, the guess, and what came; the last is empty while it is not known."""

_remember: Remember | None = None


def remember_with(remember: Remember) -> None:
    """Call `remember` for each guess from now on, on the thread of the instrument's view."""
    global _remember
    _remember = remember


class Guesses:
    """The guesses of one instrument, by question. Of each question the first thing that comes settles it."""

    def __init__(self, instrument: str) -> None:
        self._instrument = instrument
        self._made: dict[str, str] = {}
        self._settled: set[str] = set()

    def make(self, question: str, guess: str) -> None:
        """Remember a guess. What is known already cannot be guessed; nor can a question without a name."""
        if question and question not in self._settled:
            self._made[question] = guess
            self._tell(question, guess, "")

    def settle(self, question: str, came: str) -> None:
        """Say what came; empty while it is not known. A second call for the same question changes nothing."""
        if not came or question in self._settled:
            return
        self._settled.add(question)
        if question in self._made:
            self._tell(question, self._made[question], came)

    def tried(self, question: str, outcome: str) -> None:
        """Say how a try ended, "passed" or "failed"; unlike a guess, it may be made again."""
        self._tell(question, outcome, outcome)

    def _tell(self, question: str, guess: str, came: str) -> None:
        if _remember is not None:
            _remember(f"{self._instrument}.{question}", guess, came)
