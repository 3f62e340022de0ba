"""The checker: an exercise and what the learner wrote in, a `Verdict` out. It prints nothing and remembers nothing.

cases, random cases, draws of the claim ──► probes ──► run (watchdog) ──► outcomes ──┬─► all as expected: right
                                                                                     └─► fingerprint: which mutant?
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import inspect
import math
import random
import threading
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Any

from livesock.errors import LivesockError
from livesock.learn import words
from livesock.learn.checking.diff import kind, shown
from livesock.learn.checking.outcome import Deep, Outcome, equal, is_known, plain, same, unwritten
from livesock.learn.checking.run import DEADLINE, GRACE, NAME, Run, attempt, run
from livesock.learn.exercise import Exercise, Mutant, Solution

__all__ = ["Memory", "Probe", "Verdict", "judge", "probes_of", "recognise", "stub_at"]


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

    def perform(self, solution: Solution) -> Outcome:
        """Use the solution on fresh copies of the arguments; return or raise what comes of it."""
        args = copy.deepcopy(self.args)
        value = readable(self.use(solution, *args))
        changed = [str(i) for i, (now, was) in enumerate(zip(args, self.args, strict=True)) if not equal(was, now)]
        return Outcome(value, changed=tuple(changed), text="" if is_known(value) else shown(value))


def readable(value: Any) -> Any:
    """Return `plain(value)`, or a `Deep` in its place."""
    try:
        return plain(value)
    except RecursionError:
        return Deep(value)


@dataclass(frozen=True)
class Verdict:
    """What a check found. `report.verdict` turns it into sentences."""

    exercise: Exercise
    seed: int
    misuse: str = ""
    """Why nothing was called: what was given instead of a solution, in a sentence."""
    probes: Sequence[Probe] = ()
    outcomes: Sequence[Outcome] = ()
    """One for each probe, as far as the run came."""
    run: Run | None = None
    mutant: Mutant | None = None
    """The known wrong solution whose results these are."""
    partly: bool = False
    """Whether the mutant explains some of the wrong results only."""
    wrong: Sequence[int] = ()
    """Numbers of the probes that came out wrong; those that were not reached are not in it."""

    @property
    def stub(self) -> str:
        """The function or method that is not written yet and ended the first call, "" if there is none."""
        return stub_at(self.outcomes[0]) if self.outcomes else ""

    @property
    def is_stub(self) -> bool:
        """Whether the solution itself is not written yet; one that calls an unwritten function is."""
        return self.stub.partition(".")[0] == self.exercise.name

    @property
    def is_right(self) -> bool:
        return not self.misuse and len(self.outcomes) == len(self.probes) and not self.wrong

    @property
    def right(self) -> int:
        """How many probes came out right."""
        return len(self.outcomes) - len(self.wrong)


def stub_at(outcome: Outcome) -> str:
    """Return which stub ended a call, such as `Closer.send`; "" if none did."""
    code = unwritten(outcome.error)
    return code.co_qualname.rpartition("<locals>.")[2] if code else ""


def probes_of(exercise: Exercise, seed: int) -> list[Probe]:
    """Return every call of a check, in the order in which a reader meets them: named, random, claim."""

    def ask(name: str, args: tuple[Any, ...], kind: str) -> Probe:
        probe = Probe(name, args, Outcome(), exercise.trial, kind)
        return Probe(name, args, attempt(lambda: probe.perform(exercise.reference)), exercise.trial, kind)

    probes = []
    for case in exercise.cases:
        if case.raises:
            expected = Outcome(error=case.raises.__new__(case.raises))
        elif case.expected:
            expected = Outcome(plain(case.expected[0]))
        else:
            expected = ask(case.name, case.args, "case").expected
        probes.append(Probe(case.name, case.args, expected, exercise.trial))
    rng = random.Random(seed)
    if exercise.random:
        probes += [ask(f"random {n}", exercise.random(rng), "random") for n in range(1, exercise.times + 1)]
    if claim := exercise.claim:
        draws = [claim.draw(rng) for _ in range(claim.times)]
        probes += [Probe(claim.claim, args, Outcome(True), claim.holds, "claim") for args in draws]
    return probes


HURRY = 1.0
"""Seconds to look for a mutant while threads that the code has left behind may take all the time there is."""

SLICE = 0.1
"""Seconds that the stop button may have to wait at most."""


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


def judge(
    exercise: Exercise,
    solution: Any,
    *,
    seed: int | None = None,
    deadline: float = DEADLINE,
    memory: Memory | None = None,
) -> Verdict:
    """Put `solution` to every probe and return what came of it, after `deadline` and a second at most; later if busy.

    A trial may call asyncio.run, and the reference and the mutants are tried here: not where a notebook's loop runs.
    """
    if threading.current_thread().name == NAME:
        raise LivesockError(words.nested("check"))
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return _judge(exercise, solution, seed, deadline, threading.Event(), memory or Memory())
    interrupted = threading.Event()
    done: Future[Verdict] = Future()

    def work() -> None:
        try:
            done.set_result(_judge(exercise, solution, seed, deadline, interrupted, memory or Memory()))
        except BaseException as error:
            done.set_exception(error)

    try:
        threading.Thread(target=work, name="livesock judge", daemon=True).start()
        while not wait([done], SLICE).done:  # in slices: a signal just before a wait is seen when that wait ends
            pass
        return done.result()
    finally:
        interrupted.set()  # KeyboardInterrupt: the learner has pressed the stop button
        wait([done], 2 * GRACE)  # until sys.stdout is the notebook's again


def _judge(
    exercise: Exercise,
    solution: Any,
    seed: int | None,
    deadline: float,
    interrupted: threading.Event,
    memory: Memory,
) -> Verdict:
    seed = zlib.crc32(exercise.id.encode()) % 10_000 if seed is None else seed
    if sentence := misuse(exercise, solution):
        return Verdict(exercise, seed, sentence)
    probes = memory.probes(exercise, seed)
    calls = [partial(probe.perform, solution) for probe in probes]
    done = run(calls, namespace_of(solution), deadline, interrupted)
    for outcome in done.outcomes:
        if inspect.iscoroutine(outcome.value):
            outcome.value.close()  # otherwise Python warns that it was never awaited
    pairs = list(zip(probes, done.outcomes, strict=False))
    wrong = [n for n, (probe, outcome) in enumerate(pairs) if not same(outcome, probe.expected)]
    mutant, partly = recognise(exercise, probes, done.outcomes, wrong, memory, HURRY if done.threads else math.inf)
    return Verdict(exercise, seed, "", probes, done.outcomes, done, mutant, partly, wrong)


def namespace_of(solution: Any) -> dict[str, Any]:
    """Return where the learner's code looks up its names, so that a notebook's `exit` can be replaced there."""
    functions = list(vars(solution).values()) if isinstance(solution, type) else [solution]
    with contextlib.suppress(Exception):  # an object that has every attribute
        functions += [inspect.unwrap(solution)]
    return next((f.__globals__ for f in functions if inspect.isfunction(f)), {})


def misuse(exercise: Exercise, solution: Any) -> str:
    """Return a sentence if `solution` is not a function or class to be called, "" if it is what was asked for."""
    name, wants_class = exercise.name, isinstance(exercise.reference, type)
    if solution is None or not callable(solution):
        if inspect.iscoroutine(solution):
            solution.close()
        return words.not_callable(name, kind(solution))
    if isinstance(solution, type) and not wants_class:
        return words.class_for_function(name, solution.__name__)
    is_async = inspect.iscoroutinefunction(solution) or inspect.isasyncgenfunction(solution)
    if is_async and not exercise.asynchronous:
        return words.coroutine_for_function(name)
    if exercise.asynchronous and not wants_class and not inspect.iscoroutinefunction(solution):
        return words.function_for_coroutine(name)
    if inspect.isgeneratorfunction(solution) and not inspect.isgeneratorfunction(exercise.reference):
        return words.generator_for_function(name)
    return ""


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
    solid = [n for n in wrong if probes[n].kind != "claim"]
    last = len(outcomes) - 1
    if solid and outcomes[last].is_endless:
        for mutant in exercise.mutants:
            if mutant.hangs and mutant.hangs == probes[last].name:
                return mutant, False
    best: tuple[float, Mutant | None] = (0, None)
    part: tuple[int, Mutant | None] = (0, None)
    begun = monotonic()
    for mutant in exercise.mutants if solid else ():
        if mutant.hangs or monotonic() - begun > patience:
            continue
        way = list(zip(probes, outcomes, memory.way(mutant, probes), strict=False))
        agreed = {n for n, (probe, came, its) in enumerate(way) if probe.kind != "claim" and alike(its, came)}
        its_wrong = {n for n, (probe, _, its) in enumerate(way) if not same(its, probe.expected)}
        if set(wrong) - set(solid) - its_wrong:
            continue  # a claim that fails for the learner holds for this mutant
        mistakes = [n for n in its_wrong if probes[n].kind != "claim"]
        explained = [n for n in solid if n in agreed]
        if MOST * len(mistakes) > len(explained):
            continue
        if len(explained) == len(solid):
            best = max(best, (len(agreed), mutant), key=lambda pair: pair[0])
        values = sum(outcomes[n].error is None for n in explained)
        if values >= 2 and 2 * values >= len(solid):
            part = max(part, (values, mutant), key=lambda pair: pair[0])
    return (best[1], False) if best[1] else (part[1], True)


MOST = 2 / 3
"""The part of a mutant's mistakes that the learner makes too, at least: "always yes" is half of "the reverse"."""


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
