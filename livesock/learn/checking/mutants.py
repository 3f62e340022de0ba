"""Which known wrong solution a learner has written: the mutant whose results are the learner's, if there is one.

probe        1       2       3       4
expected     a       b       c       d
the learner  a       x       y       d        wrong: 2, 3
mutant A     a       x       y       d        explains both: believed
mutant B     a       x       c       z        explains one of two, and its own mistake 4 is not made
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

from livesock.learn.checking.outcome import Outcome, equal, same
from livesock.learn.checking.probes import Memory, Probe
from livesock.learn.exercise import Exercise, Mutant

__all__ = ["alike", "recognise"]

MOST = 2 / 3
"""The part of a mutant's mistakes that the learner makes too, at least: "always yes" is half of "the reverse"."""


def recognise(
    exercise: Exercise,
    probes: Sequence[Probe],
    outcomes: Sequence[Outcome],
    wrong: Sequence[int],
    memory: Memory,
    patience: float = math.inf,
) -> tuple[Mutant | None, bool]:
    """Return the mutant whose results these are, and whether it explains only part of what is wrong.

    A mutant is believed if it does the same wherever the learner is wrong, and if the learner makes most of its
    mistakes; among several the one that agrees most often wins. If none does, one that explains half of the wrong
    values is a part. That a claim fails for both says nothing, that it holds for the mutant speaks against it.
    No mutant is tried any more after `patience` seconds.
    """
    if all(probes[n].kind == "claim" for n in wrong):
        return None, True
    if endless := _endless(exercise, probes, outcomes):
        return endless, False
    whole: list[_Agreement] = []
    parts: list[_Agreement] = []
    begun = monotonic()
    for mutant in exercise.mutants:
        if mutant.hangs or monotonic() - begun > patience:
            continue
        found = _agreement(mutant, probes, outcomes, wrong, memory)
        if found and found.is_whole:
            whole.append(found)
        elif found and found.is_part:
            parts.append(found)
    if whole:
        return max(whole, key=lambda found: found.agreed).mutant, False
    return (max(parts, key=lambda found: found.values).mutant if parts else None), True


def _endless(exercise: Exercise, probes: Sequence[Probe], outcomes: Sequence[Outcome]) -> Mutant | None:
    """Return the mutant that hangs where the learner's solution does."""
    last = len(outcomes) - 1
    if not outcomes[last].is_endless:
        return None
    return next((mutant for mutant in exercise.mutants if mutant.hangs and mutant.hangs == probes[last].name), None)


@dataclass(frozen=True)
class _Agreement:
    """How far a mutant does what the learner's solution does. All are numbers of probes, those of claims left out."""

    mutant: Mutant
    agreed: int
    """At which both did the same, right or wrong."""
    wrong: int
    """At which the learner is wrong."""
    explained: int
    """At which the learner is wrong, and the mutant in the same way."""
    values: int
    """Of the explained ones, those that returned a value: an exception of one class says less."""

    @property
    def is_whole(self) -> bool:
        return self.explained == self.wrong

    @property
    def is_part(self) -> bool:
        return self.values >= 2 and 2 * self.values >= self.wrong


def _agreement(
    mutant: Mutant, probes: Sequence[Probe], outcomes: Sequence[Outcome], wrong: Sequence[int], memory: Memory
) -> _Agreement | None:
    """Compare a mutant with the learner's solution; None if the evidence speaks against it."""
    way = list(zip(probes, outcomes, memory.way(mutant, probes), strict=False))
    agreed = {n for n, (probe, came, its) in enumerate(way) if probe.kind != "claim" and alike(its, came)}
    its_wrong = {n for n, (probe, _, its) in enumerate(way) if not same(its, probe.expected)}
    if any(probes[n].kind == "claim" and n not in its_wrong for n in wrong):
        return None  # a claim that fails for the learner holds for this mutant
    solid = [n for n in wrong if probes[n].kind != "claim"]
    explained = [n for n in solid if n in agreed]
    mistakes = sum(probes[n].kind != "claim" for n in its_wrong)
    if MOST * mistakes > len(explained):
        return None
    values = sum(outcomes[n].error is None for n in explained)
    return _Agreement(mutant, len(agreed), len(solid), len(explained), values)


def alike(mutant: Outcome, came: Outcome) -> bool:
    """Whether a solution did what the mutant does: an equal value, or an exception of its class or a subclass.

    What Python raises for a slip of any kind is the same only with the same words.
    """
    if mutant.error is not None or came.error is not None:
        is_same = mutant.error is not None and issubclass(type(came.error), type(mutant.error))
        return is_same and (mutant.text == came.text or not isinstance(mutant.error, SLIPS))
    return mutant.changed == came.changed and equal(mutant.value, came.value)


SLIPS = TypeError, AttributeError, NameError
"""What a slip raises: a wrong name, a missing argument, a method that a value has not."""
