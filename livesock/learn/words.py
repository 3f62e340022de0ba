"""Every sentence that a learner reads, in one place.

The recommendation comes first, then the reason. Nobody is told that a thing is simple. At most three messages at once.
"""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from livesock.learn.diff import difference, kind, shown
from livesock.learn.exercise import Exercise
from livesock.learn.outcome import Outcome
from livesock.learn.run import DEADLINE, Ending

if TYPE_CHECKING:
    from livesock.learn.checker import Probe, Verdict

__all__ = ["calls", "folded", "headline", "left", "messages", "verdict"]

MOST = 3
"""Messages that a learner gets at once."""


# what was given to check


def not_callable(name: str, given: Any) -> str:
    if given is None:
        return (
            f"Give check the function itself: learn.check({name}, …). None came; has the cell that defines it been run?"
        )
    if inspect.iscoroutine(given) or inspect.isgenerator(given):
        return f"Give check {name} without calling it: {name}, not {name}(…). What came is a {type(given).__name__}."
    return f"Give check {name} without calling it: {name}, not {name}(…). What came is {kind(given)}."


def class_for_function(name: str, given: type) -> str:
    return f"Write {name} as a function, def {name}(…). What came is the class {given.__name__}."


def coroutine_for_function(name: str) -> str:
    return (
        f"Write def {name}, without async: a call of an async function returns a coroutine, and nobody awaits it here."
    )


def function_for_coroutine(name: str) -> str:
    return f"Write async def {name}: it is awaited. What came is an ordinary function."


def generator_for_function(name: str) -> str:
    return f"Collect the results and return them: {name} holds a yield, so a call returns a generator and runs nothing."


# the verdict


def headline(verdict: Verdict) -> str:
    id = verdict.exercise.id
    if verdict.misuse:
        return f"{id} · nothing to check"
    if verdict.is_stub:
        return f"{id} · not written yet"
    total = len(verdict.probes)
    if verdict.is_right:
        random = sum(probe.kind == "random" for probe in verdict.probes)
        return f"{id} · right, {total} of {total}" + (f" ({random} random, seed {verdict.seed})" if random else "")
    return f"{id} · {verdict.right} of {total}"


def messages(verdict: Verdict) -> list[str]:
    """Return what to do and why, the most useful first, three at most."""
    if verdict.misuse:
        return [verdict.misuse]
    if verdict.is_stub:
        return [
            f"Replace the line that raises NotImplementedError in {verdict.exercise.name}, then run both cells again."
        ]
    found = [] if verdict.is_right else list(advice(verdict))
    return [*found, *notes(verdict)][:MOST]


def advice(verdict: Verdict) -> Iterator[str]:
    """Yield what the wrong results say, the surest first."""
    if verdict.mutant:
        yield ("A part of what is wrong: " if verdict.partly else "") + verdict.mutant.hint
    for n in verdict.wrong:
        if sentence := about(verdict, verdict.outcomes[n]):
            yield sentence
            break
    changed = sorted({name for n in verdict.wrong for name in verdict.outcomes[n].changed})
    if changed:
        names = given_names(verdict.exercise, changed)
        yield (
            f"Leave the arguments as they are: {verdict.exercise.name} changed {names}. "
            "Who called still needs them; work on a copy."
        )
    if all(verdict.outcomes[n].error is None and verdict.outcomes[n].value is None for n in verdict.wrong) and any(
        verdict.probes[n].expected.value is not None for n in verdict.wrong
    ):
        yield f"Look for the return: {verdict.exercise.name} gives None."
    elif not verdict.mutant:
        yield "Compare the first difference below, byte by byte or part by part, with what you meant."


def about(verdict: Verdict, outcome: Outcome) -> str:
    """Return a sentence about how a call ended, "" if it returned."""
    name, error, run = verdict.exercise.name, outcome.error, verdict.run
    if outcome.is_endless and run is not None:
        if run.ending is Ending.ABANDONED:
            return (
                f"Look for what {name} waits for: it had not come back after {DEADLINE:g} seconds and did not stop "
                "when told to, so it was left behind. A sleep, a read, or an except that catches everything?"
            )
        return (
            f"Look at the condition of the loop: {name} went on for ever, and was stopped. What changes with each turn?"
        )
    if isinstance(error, SystemExit):
        return f"Return a value or raise an error of your own: {name} calls exit(), which would end the whole notebook."
    if isinstance(error, RecursionError):
        return f"Find the call that ends it: {name} calls itself and never stops."
    if error is not None:
        return f"Read the last line of the error: {name} raises {raised(error)}{place(error)}."
    if inspect.isgenerator(outcome.value) or inspect.iscoroutine(outcome.value):
        return f"Return the result itself: {name} returns a {type(outcome.value).__name__}, and nobody has run it yet."
    return ""


def notes(verdict: Verdict) -> Iterator[str]:
    """Yield what a learner should know besides whether the results are right."""
    run, name = verdict.run, verdict.exercise.name
    if run is None:
        return
    if run.threads:
        yield f"End what you start: {name} left {len(run.threads)} thread(s) running ({', '.join(run.threads[:3])})."
    if run.unprinted:
        yield f"Print less: {name} printed {len(run.printed) + run.unprinted:,} characters. The first are below."


def raised(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:  # a learner's own __str__
        text = ""
    return f"{type(error).__name__}: {shown(text)[1:-1]}" if text else type(error).__name__


def place(error: BaseException) -> str:
    """Return where the learner's own code raised: the last line that is not ours."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not is_ours(f.filename)]
    return f', at "{frames[-1].line}"' if frames and frames[-1].line else ""


def is_ours(filename: str) -> bool:
    return "livesock/learn/" in filename.replace("\\", "/")


def folded(verdict: Verdict) -> str:
    """Return the traceback of the first wrong call without our own lines; "" if none raised."""
    error = next((e for n in verdict.wrong if (e := verdict.outcomes[n].error) is not None), None)
    if error is None:
        return ""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not is_ours(f.filename)]
    return "".join(traceback.format_list(frames[-5:])) + raised(error)


def given_names(exercise: Exercise, changed: list[str]) -> str:
    try:
        names = list(inspect.signature(exercise.reference).parameters)
    except (TypeError, ValueError):
        names = []
    return " and ".join(names[int(n)] if int(n) < len(names) else f"argument {int(n) + 1}" for n in changed)


def calls(exercise: Exercise, probe: Probe) -> str:
    """Return a probe as the learner would type it."""
    if exercise.calls and probe.kind != "claim":
        return exercise.calls(*probe.args)
    return f"{exercise.name}({', '.join(shown(arg, 40) for arg in probe.args)})"


def came(outcome: Outcome) -> str:
    if outcome.is_endless:
        return "no answer"
    return f"raises {raised(outcome.error)}" if outcome.error is not None else shown(outcome.value)


def wanted(outcome: Outcome) -> str:
    return f"raises {type(outcome.error).__name__}" if outcome.error is not None else shown(outcome.value)


def example(verdict: Verdict) -> list[tuple[str, str]]:
    """Return the first wrong call in labelled lines: the call, what came, what was expected, where they differ."""
    if verdict.is_stub or not verdict.wrong:
        return []
    number = verdict.wrong[0]
    probe, outcome = verdict.probes[number], verdict.outcomes[number]
    if probe.kind == "claim":
        return [("must hold", probe.name), ("fails for", calls(verdict.exercise, probe))]
    lines = [
        (probe.name, calls(verdict.exercise, probe)),
        ("came", came(outcome)),
        ("expected", wanted(probe.expected)),
    ]
    if outcome.error is None and probe.expected.error is None:
        where = difference(outcome.value, probe.expected.value, verdict.exercise.explain)
        lines += [("where", where)] if where else []
    return lines


def left(verdict: Verdict) -> str:
    """Return the names of what is not right yet: wrong or not reached."""
    undone = [*verdict.wrong, *range(len(verdict.outcomes), len(verdict.probes))]
    probes = [verdict.probes[n] for n in undone]
    if len(probes) == len(verdict.probes):
        return "everything"
    names = [probe.name for probe in probes if probe.kind == "case"]
    random = sum(probe.kind == "random" for probe in probes)
    names += [f"{random} random (seed {verdict.seed})"] if random else []
    names += sorted({f"“{probe.name}”" for probe in probes if probe.kind == "claim"})
    return "; ".join(names)


def verdict(verdict: Verdict) -> str:
    """Return all of a verdict as plain text."""
    lines = [headline(verdict), *(f"  → {message}" for message in messages(verdict))]
    if verdict.is_right:
        return "\n".join([*lines, f"  {verdict.exercise.explanation}"])
    rows = example(verdict)
    width = max((len(label) for label, _ in rows), default=0)
    lines += [f"    {label:{width}}  {value}" for label, value in rows]
    if verdict.run and verdict.run.printed and not verdict.is_stub:
        lines.append(f"    printed: {shown(verdict.run.printed)}")
    if verdict.probes and not verdict.is_stub:
        lines.append(f"  left: {left(verdict)}")
    return "\n".join(lines)


# hints, solutions, progress


def after_hint(id: str, level: int, levels: int) -> str:
    if level < levels:
        return f'One more: learn.hint("{id}")'
    return f'The same in blocks: learn.parsons("{id}"). After that: learn.solution("{id}")'


def solution_closed(id: str, tries: int, wait: float) -> str:
    """Say what is missing until the solution opens; a minute that has begun counts as one."""
    missing = [f"{tries} more {'check' if tries == 1 else 'checks'}"] if tries > 0 else []
    missing += [f"{-int(-wait // 60)} more {'minute' if wait <= 60 else 'minutes'}"] if wait > 0 else []
    until = " and ".join(missing)
    return f'Ask for a hint first: learn.hint("{id}"). The solution opens when yours is right, or after {until}.'


def caught_up(number: str, own: list[str], ours: list[str]) -> str:
    parts = [f"yours: {', '.join(own)}"] if own else []
    parts += [f"from the reference: {', '.join(ours)}"] if ours else []
    return f"Ready for lesson {number}; {'; '.join(parts) or 'nothing comes before it'}."


def was_reset(number: str, count: int) -> str:
    return (
        f"Lesson {number} begins anew: {count} {'record' if count == 1 else 'records'} forgotten, kept functions stay."
    )


def done(passed: int, exercises: int, predicted: int, predictions: int) -> str:
    return f"{passed} of {exercises} exercises, {predicted} of {predictions} predictions"
