"""Probes: the calls to which a solution is put, what is expected of each, and what the known wrong solutions do.

cases, random cases, draws of the claim ──► probes ──► `Memory`: what each mutant does with them
"""

from __future__ import annotations

import contextlib
import copy
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from livesock.learn.checking.diff import ADDRESS, shown
from livesock.learn.checking.outcome import Deep, Outcome, equal, is_known, plain
from livesock.learn.checking.run import attempt
from livesock.learn.exercise import Exercise, Mutant, Solution

__all__ = ["Memory", "Probe", "probes_of"]


@dataclass(frozen=True)
class Probe:
    """One call that every solution of an exercise can be put to."""

    name: str
    args: tuple[Any, ...]
    expected: Outcome
    use: Callable[..., Any]
    """`use(solution, *args)`: the trial of the exercise, or the question whether its claim holds."""
    kind: str = "case"
    """`"case"`, `"random"` or `"claim"`."""
    shows: Callable[[Any], str] | None = None
    """The one of the exercise: what the trial returned is shown in its words, whatever the learner's code put in."""

    def perform(self, solution: Solution) -> Outcome:
        """Use the solution on fresh copies of the arguments; return or raise what comes of it."""
        args = copy.deepcopy(self.args)
        value = readable(self.use(solution, *args))
        changed = [str(i) for i, (now, was) in enumerate(zip(args, self.args, strict=True)) if not equal(was, now)]
        return Outcome(value, changed=tuple(changed), text="" if is_known(value) else self.text(value))

    def text(self, value: Any) -> str:
        if self.shows:
            with contextlib.suppress(Exception):  # it is made for right values
                return ADDRESS.sub("", self.shows(value))
        return shown(value)


def readable(value: Any) -> Any:
    """Return `plain(value)`, or a `Deep` in its place."""
    try:
        return plain(value)
    except RecursionError:
        return Deep(value)


def failing(kind: type[BaseException]) -> Outcome:
    return Outcome(error=kind.__new__(kind))


def probes_of(exercise: Exercise, seed: int) -> list[Probe]:
    """Return every call of a check, in the order in which a reader meets them: named, random, claim."""

    demanded = [case.raises for case in exercise.cases if case.raises]

    def ask(name: str, args: tuple[Any, ...], kind: str) -> Probe:
        probe = Probe(name, args, Outcome(), exercise.trial, kind, exercise.shows)
        expected = attempt(lambda: probe.perform(exercise.reference))
        # where a ValueError is demanded, the JSONDecodeError of the reference is a matter of style
        wider = next((one for one in demanded if isinstance(expected.error, one)), None)
        return Probe(name, args, failing(wider) if wider else expected, exercise.trial, kind, exercise.shows)

    probes = []
    for case in exercise.cases:
        if case.raises:
            expected = failing(case.raises)
        elif case.expected:
            expected = Outcome(plain(case.expected[0]))
        else:
            expected = ask(case.name, case.args, "case").expected
        probes.append(Probe(case.name, case.args, expected, exercise.trial, shows=exercise.shows))
    rng = random.Random(seed)
    if exercise.random:
        probes += [ask(f"random {n}", exercise.random(rng), "random") for n in range(1, exercise.times + 1)]
    if claim := exercise.claim:
        draws = [claim.draw(rng) for _ in range(claim.times)]
        probes += [Probe(claim.claim, args, Outcome(True), claim.holds, "claim") for args in draws]
    return probes


class Memory:
    """What the reference and the mutants of one exercise do, asked once, to judge many solutions of it."""

    def __init__(self) -> None:
        self._probes: dict[int, list[Probe]] = {}
        self._ways: dict[tuple[int, str], list[Outcome]] = {}

    def probes(self, exercise: Exercise, seed: int) -> list[Probe]:
        if seed not in self._probes:
            self._probes[seed] = probes_of(exercise, seed)
        return self._probes[seed]

    def way(self, mutant: Mutant, probes: Sequence[Probe]) -> Iterator[Outcome]:
        """Yield what the mutant does with each probe; it runs only as far as the caller reads."""
        known = self._ways.setdefault((id(probes), mutant.id), [])
        for n, probe in enumerate(probes):
            if n == len(known):
                known.append(attempt(partial(probe.perform, mutant.solution)))
            yield known[n]
