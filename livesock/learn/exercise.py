"""What a lesson is made of, as data: exercises with their cases and mutants, predictions with their options.

    Lesson("03")
    ├── Exercise("03.accept_key", reference=accept_key)
    │     cases       named edges: arguments, and what they give or raise
    │     random      more arguments, drawn from a seed that is shown; the reference says what they give
    │     claim       one property, such as "any split of the bytes gives the same frames"
    │     mutants     known wrong solutions, each with the hint for a learner who has the same idea
    └── Prediction("03.same_key")

Nothing here runs anything; `checker` does.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from livesock.wire.explain.field import Field

__all__ = ["VERDICTS", "Case", "Claim", "Exercise", "Lesson", "Mutant", "Option", "Prediction", "Property", "case"]

Solution = Callable[..., Any]
"""A function or a class that solves an exercise, or tries to."""


@dataclass(frozen=True)
class Case:
    """One call: its arguments, and what is right. Without `gives` and `raises` the reference decides."""

    name: str
    """What is special about it, as it stands after "left:": `"an empty payload"`."""
    args: tuple[Any, ...]
    expected: tuple[Any, ...] = ()
    """The right value as a tuple of one; empty when it is not written down."""
    raises: type[BaseException] | None = None


def case(name: str, *args: Any, raises: type[BaseException] | None = None, **expected: Any) -> Case:
    """Return a `Case`: `case("empty", b"", gives=b"")`, `case("cut", 5, raises=EOFError)`, `case("long", b"…")`."""
    if expected.keys() - {"gives"} or (expected and raises):
        raise TypeError(f"case {name!r} takes gives= or raises=, got {sorted(expected)}")
    return Case(name, args, tuple(expected.values()), raises)


@dataclass(frozen=True)
class Mutant:
    """A known wrong solution that runs, and what a learner whose results are the same reads."""

    id: str
    solution: Solution
    hint: str
    """One or two sentences that name the idea and where to look; never the answer itself."""
    hangs: str = ""
    """Name of the first case that it never returns from; empty for one that always returns."""
    edit: str = ""
    """What was changed in the reference to make it, `old → new`; empty for one that is written out."""
    blocks: tuple[str, ...] = ()
    """Its lines that are shown among the blocks, and do not belong there."""


@dataclass(frozen=True)
class Property:
    """Something that holds for every right solution. Each draw counts as one case."""

    claim: str
    """A sentence that is true of right solutions: `"masking twice gives the payload back"`."""
    draw: Callable[[random.Random], tuple[Any, ...]]
    holds: Callable[..., bool]
    """Called as `holds(solution, *args)`."""
    times: int = 10


def call(solution: Solution, *args: Any) -> Any:
    """Call a function with the arguments of a case: the trial of most exercises."""
    return solution(*args)


@dataclass(frozen=True)
class Exercise:
    """One function or class that the learner writes, and all that is needed to judge it."""

    id: str
    """Lesson, dot, the name that the learner defines: `"03.accept_key"`."""
    reference: Solution
    """A solution that reads well; its name, signature and docstring are those of the stub."""
    cases: Sequence[Case]
    mutants: Sequence[Mutant]
    hints: tuple[str, ...]
    """Three, from a nudge to a worked neighbour case; never the solution."""
    explanation: str
    """Shown after success: why it is so, what it is good for, what to know besides."""
    statement: str = ""
    """One sentence: what to write. Empty: the first line of the reference's docstring."""
    random: Callable[[random.Random], tuple[Any, ...]] | None = None
    times: int = 20
    """How many random cases."""
    claim: Property | None = None
    trial: Callable[..., Any] = call
    """`trial(solution, *args)` uses what the learner wrote and returns values that can be compared. An exercise whose
    solution is a class, changes its argument or talks to a socket says here what to do with it."""
    calls: Callable[..., str] | None = None
    """`calls(*args)` writes a case as the learner would type it; None for `name(arg, …)`."""
    shows: Callable[[Any], str] | None = None
    """`shows(value)` writes what the trial returned, where that is not what the learner's code returned."""
    explain: Callable[[bytes], Sequence[Field]] | None = None
    """Names the fields of a result that is bytes, for the first difference."""
    asynchronous: bool = False
    """Whether the learner writes `async def`."""

    @property
    def lesson(self) -> str:
        return self.id.partition(".")[0]

    @property
    def name(self) -> str:
        """What the learner defines."""
        return self.id.partition(".")[2]

    @property
    def spare_blocks(self) -> dict[str, str]:
        """The blocks that do not belong, each with the id of the mutant whose idea it is."""
        return {block: mutant.id for mutant in self.mutants for block in mutant.blocks}


@dataclass(frozen=True)
class Option:
    """One answer to choose from."""

    text: str
    """Prose; code in it stands between backticks, and only that is shown in fixed width."""
    reply: str
    """What a learner who chose it reads after the measurement."""
    misconception: str = ""
    """The id of the wrong idea behind it, such as `"M01"`; empty for none."""


@dataclass(frozen=True)
class Prediction:
    """A question asked before an experiment. Without options the answer is a number."""

    id: str
    """Lesson, dot, a word: `"01.three_sends"`."""
    question: str
    why: str
    """The sentence that explains what came, shown after the measurement, whatever was predicted."""
    options: Mapping[str, Option] = field(default_factory=dict)
    answer: str = ""
    """The key of the right option, where `judge` does not say it."""
    judge: Callable[[Any], str] | None = None
    """Gets what the learner measured and returns the key of the option that it shows."""
    within: float = 0.1
    """How far a predicted number may be off, as a part of the measured one."""

    @property
    def lesson(self) -> str:
        return self.id.partition(".")[0]


@dataclass(frozen=True)
class Claim:
    """One sentence of a text that a learner grades."""

    id: str
    text: str
    original: str
    verdict: str
    """A key of `VERDICTS`."""
    correction: str
    artefacts: tuple[str, ...]
    """Ids of exercises, stages, predictions, and of guesses inside instruments: any one of them shows it."""


VERDICTS = {"right": "right", "half": "half right", "wrong": "wrong"}
"""How right a claim can be."""


@dataclass(frozen=True)
class Lesson:
    """Everything of one notebook that is checked. A module `lessonNN` holds one as `LESSON`."""

    number: str
    title: str = ""
    """What it is about, in a few words."""
    exercises: Sequence[Exercise] = ()
    predictions: Sequence[Prediction] = ()
    guesses: Sequence[str] = ()
    """Questions inside its instruments that count as predictions: instrument, dot, question, `"borders.heard"`."""

    stages: Sequence[str] = ()
    """What is passed in the instrument `stages()`, by name, in order; counted like exercises."""

    solutions: Callable[[int], str] | None = None
    """Returns what a stage changes in the reference, by the number of the stage."""

    claims: Sequence[Claim] = ()
    """What a learner grades at the end of the course."""

    @property
    def questions(self) -> list[str]:
        """The ids of everything that the lesson asks before it is seen: `"05.borders.heard"`."""
        return [*(one.id for one in self.predictions), *(f"{self.number}.{name}" for name in self.guesses)]
