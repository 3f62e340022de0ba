"""A verdict arranged for reading: headline, messages, the first wrong call in lines, what is left."""

from __future__ import annotations

import contextlib
import inspect
import sysconfig
import traceback
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from livesock.learn import words
from livesock.learn.checking import shapes
from livesock.learn.checking.checker import stub_at
from livesock.learn.checking.diff import brief, difference, shown
from livesock.learn.checking.outcome import Asked, Deep, Outcome, unrun
from livesock.learn.checking.run import Ending
from livesock.learn.exercise import Exercise

if TYPE_CHECKING:
    from livesock.learn.checking.checker import Verdict
    from livesock.learn.checking.probes import Probe

__all__ = ["calls", "example", "folded", "headline", "left", "messages", "verdict"]

MOST = 3
"""Messages that a learner gets at once."""

DEEP = 50
"""Lines of a traceback that show that code calls itself."""

WIDE = 160
"""Characters of an argument or a result: the head of a handshake is read whole, a long payload is cut."""


def headline(verdict: Verdict) -> str:
    """Return the exercise and how far it is, in one line. Its beginning is stable: tools look for it."""
    which = verdict.exercise.id
    if verdict.misuse:
        return f"{which} · nothing to check"
    if verdict.is_stub:
        return f"{which} · not written yet"
    total = len(verdict.probes)
    if verdict.is_right:
        random = sum(probe.kind == "random" for probe in verdict.probes)
        return f"{which} · right, {total} of {total}" + (f" ({random} random, seed {verdict.seed})" if random else "")
    return f"{which} · {verdict.right} of {total}"


def messages(verdict: Verdict) -> list[str]:
    """Return what to do and why, the most useful first, three at most."""
    if verdict.misuse:
        return [verdict.misuse]
    if verdict.is_stub:
        return [words.not_written(verdict.exercise.name)]
    found = [] if verdict.is_right else list(advice(verdict))
    return [*found, *notes(verdict)][:MOST]


def advice(verdict: Verdict) -> Iterator[str]:
    """Yield what the wrong results say, the surest first."""
    name = verdict.exercise.name
    # a claim that asks something of a wrong result fails in its own way, which says nothing about the learner's code
    wrong = [n for n in verdict.wrong if verdict.probes[n].kind != "claim"]
    if not wrong:
        yield words.must_hold(name)
        return
    outcomes = [verdict.outcomes[n] for n in wrong]
    hint = verdict.mutant.hint if verdict.mutant else ""
    if hint and verdict.partly:
        hint = words.part(hint)
    if constant := "" if hint and not verdict.partly else always(verdict):
        yield constant
        return
    if hint:
        yield hint
    ended = next(filter(None, (ending(verdict, outcome) for outcome in outcomes)), "")
    changed = sorted({argument for outcome in outcomes for argument in outcome.changed})
    if ended:
        yield ended
    if changed:
        yield words.changed(name, arguments(verdict.exercise, changed))
    asked = [n for n in wrong if verdict.probes[n].expected.error is None]  # the others were to raise, not to return
    if asked and all(o.error is None and o.value is None for o in outcomes):
        if not verdict.mutant:
            yield words.no_return(name)
    elif not verdict.mutant and not ended and not changed:
        yield remarked(verdict, asked) or (words.LOOK if verdict.exercise.shows else words.COMPARE)


def always(verdict: Verdict) -> str:
    """Return a sentence if every call returned the same value, "" if not."""
    pairs = [(o, p.expected) for o, p in zip(verdict.outcomes, verdict.probes, strict=False) if p.kind != "claim"]
    if any(came.error is not None for came, _ in pairs):
        return ""
    return shapes.constant(verdict.exercise, [(came.value, expected.value) for came, expected in pairs])


def remarked(verdict: Verdict, asked: Sequence[int]) -> str:
    """Return what the kind and the order of all wrong values say, "" if nothing."""
    probes = [verdict.probes[n] for n in asked if verdict.probes[n].kind != "claim"]
    pairs = [(verdict.outcomes[n].value, verdict.probes[n].expected.value) for n in asked]
    return shapes.remark(verdict.exercise, pairs, [p.args for p in probes]) if len(probes) == len(pairs) else ""


def ending(verdict: Verdict, outcome: Outcome) -> str:
    """Return a sentence about how a call ended, "" if it returned something."""
    name, error = verdict.exercise.name, outcome.error
    if outcome.is_endless:
        run = verdict.run
        return words.abandoned(name, run.seconds) if run and run.ending is Ending.ABANDONED else words.stopped(name)
    if isinstance(error, SystemExit):
        return words.exits(name)
    if isinstance(error, Asked):
        return words.asks(name)
    if isinstance(outcome.value, Deep):
        return words.deep(name)
    if isinstance(error, RecursionError) and len(own_frames(error)) > DEEP:
        return words.recursion(name)
    if stub := stub_at(outcome):
        return words.not_written(stub) if stub.partition(".")[0] == name else words.unwritten(stub, name)
    if isinstance(error, AttributeError) and not own_frames(error) and error.name:
        return words.missing(name, error.name)
    if error is not None:
        return words.raises(name, raised(outcome), place(error))
    if waiting := unrun(outcome.value):
        return words.unrun(name, type(waiting[0]).__name__, awaits=verdict.exercise.asynchronous)
    kind = outcome.value if isinstance(outcome.value, type) else type(outcome.value)
    return words.returned(name, kind.__name__) if issubclass(kind, BaseException) else ""


def notes(verdict: Verdict) -> Iterator[str]:
    """Yield what a learner should know besides whether the results are right."""
    run, name = verdict.run, verdict.exercise.name
    if run and run.threads:
        yield words.threads(name, list(run.threads))
    if run and run.unprinted:
        yield words.chatty(name, len(run.printed) + run.unprinted)


def raised(outcome: Outcome) -> str:
    name = type(outcome.error).__name__
    return f"{name}: {brief(outcome.text)}" if outcome.text else name


def own_frames(error: BaseException) -> list[traceback.FrameSummary]:
    """Return the lines of a traceback that are the learner's: not ours, and not Python's or a library's."""
    return [frame for frame in traceback.extract_tb(error.__traceback__) if not is_installed(frame.filename)]


def place(error: BaseException) -> str:
    """Return where the learner's own code raised: the last line that is not ours."""
    frames = own_frames(error)
    return (frames[-1].line or "") if frames else ""


@cache
def is_installed(filename: str) -> bool:
    """Whether a file is ours, or belongs to Python or a library."""
    paths = sysconfig.get_paths()
    places = [str(Path(__file__).parents[2]), paths["stdlib"], paths["purelib"], paths["platlib"]]
    return any(Path(filename).is_relative_to(place) for place in places)


def folded(verdict: Verdict) -> str:
    """Return the learner's own lines of the first traceback, without files: a cell has no name that helps."""
    failed = next((o for n in verdict.wrong if (o := verdict.outcomes[n]).error is not None), None)
    if failed is None or failed.error is None or verdict.is_stub:
        return ""
    error = failed.error
    lines = [f"line {f.lineno}, in {f.name}\n    {f.line}" for f in own_frames(error)[-5:]]
    return "\n".join([*lines, raised(failed)])


def calls(exercise: Exercise, probe: Probe) -> str:
    """Return a probe as the learner would type it."""
    if exercise.calls and probe.kind != "claim":
        return exercise.calls(*probe.args)
    return f"{exercise.name}({', '.join(shown(arg, WIDE) for arg in probe.args)})"


def came(exercise: Exercise, outcome: Outcome) -> str:
    if outcome.is_endless:
        return "no answer"
    return f"raises {raised(outcome)}" if outcome.error is not None else outcome.text or result(exercise, outcome)


def wanted(exercise: Exercise, outcome: Outcome) -> str:
    return f"raises {type(outcome.error).__name__}" if outcome.error is not None else result(exercise, outcome)


def result(exercise: Exercise, outcome: Outcome) -> str:
    """Return a value as the exercise shows it; as Python writes it where that is not made for such a value."""
    if exercise.shows:
        with contextlib.suppress(Exception):
            return exercise.shows(outcome.value)
    return shown(outcome.value, WIDE)


def example(verdict: Verdict) -> list[tuple[str, str]]:
    """Return a wrong call in labelled lines: the call, what came, what was expected, where they differ.

    It is the first one, or the first that the message above is about: how a call ended, or a part of what is wrong.
    """
    if verdict.is_stub or not verdict.wrong:
        return []
    asked = [] if verdict.mutant else [n for n in verdict.wrong if verdict.probes[n].kind != "claim"]
    ended = next((n for n in asked if ending(verdict, verdict.outcomes[n])), verdict.wrong[0])
    number = verdict.about if verdict.about is not None else ended
    probe, outcome = verdict.probes[number], verdict.outcomes[number]
    if probe.kind == "claim":
        return [("must hold", probe.name), ("fails for", calls(verdict.exercise, probe))]
    lines = [
        (probe.name, calls(verdict.exercise, probe)),
        ("came", came(verdict.exercise, outcome)),
        ("expected", wanted(verdict.exercise, probe.expected)),
    ]
    if outcome.error is None and probe.expected.error is None and not verdict.exercise.shows:
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


def arguments(exercise: Exercise, changed: list[str]) -> str:
    """Return the names of arguments that are given by number."""
    names = list(inspect.signature(exercise.reference).parameters)
    return " and ".join(names[int(n)] if int(n) < len(names) else f"argument {int(n) + 1}" for n in changed)


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
