"""The checker: an exercise and what the learner wrote in, a `Verdict` out. It prints nothing and remembers nothing.

cases, random cases, draws of the claim ──► probes ──► run (watchdog) ──► outcomes ──┬─► all as expected: right
                                                                                     └─► fingerprint: which mutant?
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import math
import threading
import zlib
from collections.abc import Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from functools import partial
from typing import Any

from livesock.errors import LivesockError
from livesock.learn import words
from livesock.learn.checking.diff import kind
from livesock.learn.checking.mutants import alike, recognise
from livesock.learn.checking.outcome import Outcome, same, unrun, unwritten
from livesock.learn.checking.probes import Memory, Probe
from livesock.learn.checking.run import DEADLINE, GRACE, NAME, Run, run
from livesock.learn.exercise import Exercise, Mutant

__all__ = ["Verdict", "judge", "namespace_of", "stub_at"]


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
    about: int | None = None
    """Number of the first probe that such a mutant explains."""
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


HURRY = 1.0
"""Seconds to look for a mutant while threads that the code has left behind may take all the time there is."""

SLICE = 0.1
"""Seconds that the stop button may have to wait at most."""


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
    asked = Awaiting(solution)
    calls = [partial(probe.perform, asked if exercise.asynchronous else solution) for probe in probes]
    done = run(calls, namespace_of(solution), deadline, interrupted)
    if exercise.asynchronous and not asked.has_begun:
        return Verdict(exercise, seed, words.function_for_coroutine(exercise.name))
    for outcome in done.outcomes:
        for one in unrun(outcome.value):
            one.close()  # otherwise Python warns that a coroutine was never awaited
    pairs = list(zip(probes, done.outcomes, strict=False))
    wrong = [n for n, (probe, outcome) in enumerate(pairs) if not same(outcome, probe.expected)]
    mutant, partly = recognise(exercise, probes, done.outcomes, wrong, memory, HURRY if done.threads else math.inf)
    about = None
    if mutant and partly:
        ways = list(zip(memory.way(mutant, probes), done.outcomes, strict=False))
        about = next((n for n in wrong if probes[n].kind != "claim" and alike(*ways[n])), None)
    return Verdict(exercise, seed, "", probes, done.outcomes, done, mutant, partly, about, wrong)


class Awaiting:
    """An async function as a notebook takes it: what a call returns is awaited, also of a lambda."""

    def __init__(self, solution: Any) -> None:
        self.solution = solution
        self.has_begun = False
        """Whether a call has returned something to await."""

    async def __call__(self, *arguments: Any) -> Any:
        result = self.solution(*arguments)
        self.has_begun |= inspect.isawaitable(result)
        return await result


def namespace_of(solution: Any) -> dict[str, Any]:
    """Return where the learner's code looks up its names, so that a notebook's `exit` can be replaced there."""
    while isinstance(solution, partial):
        solution = solution.func
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
    if inspect.isgeneratorfunction(solution) and not inspect.isgeneratorfunction(exercise.reference):
        return words.generator_for_function(name)
    return ""
