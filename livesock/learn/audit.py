"""Examine an exercise itself: every way in which it could mislead a learner, as a list of sentences.

A wrong solution that passes and a right one that is refused are defects of the first order; so is a mutant that is
taken for another one. `livesock dev check` and the tests ask here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from time import process_time
from typing import Any

from livesock.learn import source
from livesock.learn.checking.checker import judge
from livesock.learn.checking.probes import Memory
from livesock.learn.checking.run import DEADLINE
from livesock.learn.exercise import Exercise, Mutant, Solution
from livesock.learn.puzzle import blocks, define
from livesock.learn.show import report

__all__ = ["defects", "stub_of"]

MUTANTS = 6
"""Mutants that each exercise has at least."""

RANDOM = 20
"""Random cases that each exercise has at least, draws of its claim included."""

PART = 0.2
"""The part of its time that a right solution may take on a machine of its own."""

QUICK = 0.5
"""Seconds that a mutant which never returns is given."""

NEVER = re.compile(r"\b(just|simply|obviously|easy|of course)\b", re.IGNORECASE)
"""Words that make a learner feel slow."""


def stub_of(exercise: Exercise) -> Any:
    """Return what the learner begins with: the signature, and NotImplementedError."""
    return define(exercise, source.stub(exercise.reference))


def defects(exercise: Exercise, solutions: Sequence[Solution] = ()) -> list[str]:
    """Return everything that is wrong with `exercise`; `solutions` are right ones besides its own."""
    return [f"{exercise.id}: {sentence}" for sentence in found(exercise, solutions)]


def found(exercise: Exercise, solutions: Sequence[Solution]) -> Iterator[str]:
    yield from in_words(exercise)
    if exercise.reference.__name__ != exercise.name:
        yield f"the reference is called {exercise.reference.__name__}, learners write {exercise.name}"
    memory = Memory()
    stub = judge(exercise, stub_of(exercise), memory=memory)
    if not stub.is_stub:
        yield f"the stub is not recognised: {stub.outcomes}"
    right = [exercise.reference, *solutions]
    for number, solution in enumerate(right):
        begun = process_time()
        verdict = judge(exercise, solution, memory=memory)
        if (used := process_time() - begun) > PART * DEADLINE:
            yield f"right solution {number} needs {used:.1f} of {DEADLINE:g} seconds"
        if not verdict.is_right:
            name = getattr(solution, "__name__", "")
            yield f"right solution {number} ({name}) is refused:\n{report.verdict(verdict)}"
    for mutant in exercise.mutants:
        yield from of_mutant(exercise, mutant, memory)
    yield from in_blocks(exercise, memory)


def of_mutant(exercise: Exercise, mutant: Mutant, memory: Memory) -> Iterator[str]:
    """Yield what is wrong with a mutant: it passes, it is not recognised, or it is taken for another one."""
    verdict = judge(exercise, mutant.solution, deadline=QUICK if mutant.hangs else DEADLINE, memory=memory)
    named = verdict.mutant.id if verdict.mutant else "none"
    if verdict.is_right:
        yield f"mutant {mutant.id} passes"
    elif verdict.mutant is not mutant or verdict.partly:
        yield f"mutant {mutant.id} is taken for {named}{' in part' * verdict.partly}:\n{report.verdict(verdict)}"
    elif mutant.hint not in report.messages(verdict)[0]:
        yield f"mutant {mutant.id}: its hint does not come first"


def in_words(exercise: Exercise) -> Iterator[str]:
    """Yield what is missing, or not well put."""
    hints = [mutant.hint for mutant in exercise.mutants]
    if len(hints) < MUTANTS:
        yield f"{len(hints)} mutants, {MUTANTS} are needed"
    for what in ("id", "hint"):
        values = [getattr(mutant, what) for mutant in exercise.mutants]
        yield from (
            f"two mutants share the {what} {value!r}" for value in sorted({v for v in values if values.count(v) > 1})
        )
    if len(exercise.hints) != 3 or not all(exercise.hints):
        yield "there must be three hints"
    if not exercise.explanation:
        yield "the explanation is missing"
    draws = exercise.times * (exercise.random is not None) + (exercise.claim.times if exercise.claim else 0)
    if draws < RANDOM:
        yield f"{draws} random cases and draws, {RANDOM} are needed"
    for text in (*hints, *exercise.hints, exercise.explanation, exercise.statement):
        if match := NEVER.search(text):
            yield f"{match.group()!r} stands in: {text}"


def in_blocks(exercise: Exercise, memory: Memory) -> Iterator[str]:
    """Yield what is wrong with the blocks: in the order of the reference they must be a right solution."""
    lines = blocks(exercise)
    if not judge(exercise, define(exercise, "\n".join(lines)), memory=memory).is_right:
        yield "the blocks, in order, are not a right solution"
