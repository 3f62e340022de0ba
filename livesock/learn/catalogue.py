"""Find lessons by number and exercises by id. A lesson's module is imported when its number is first used."""

from __future__ import annotations

import difflib
import pkgutil
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path

from livesock.errors import LivesockError
from livesock.learn.exercise import Exercise, Lesson, Prediction, Solution

__all__ = ["exercise", "guess", "lesson", "named", "numbers", "others", "prediction", "stage", "step"]


def numbers() -> list[str]:
    """Return the numbers of all lessons that have something to check: `["01", "03", …]`."""
    names = (module.name for module in pkgutil.iter_modules(import_module("livesock.lessons").__path__))
    return sorted(name.removeprefix("lesson") for name in names if name.startswith("lesson"))


def lesson(number: str) -> Lesson:
    """Return the lesson with this number; "3" and 3 are 03, too. Its `number` is the one that records begin with.

    Raises:
        LivesockError: If it does not exist; the message lists those that do.
    """
    padded = f"{number:0>2}" if isinstance(number, str | int) else number
    if padded not in numbers():
        raise LivesockError(f"lesson {number!r} has nothing to check; there are {', '.join(numbers())}")
    found: Lesson = import_module(f"livesock.lessons.lesson{padded}").LESSON
    return found


def exercise(which: str) -> Exercise:
    """Return the exercise `which`, such as `"03.accept_key"`; LivesockError names the nearest if it does not exist."""
    found = lesson_of("exercise", which)
    exercises = {exercise.id: exercise for exercise in found.exercises} if found else {}
    if which not in exercises:
        raise unknown("exercise", which, [exercise.id for number in numbers() for exercise in lesson(number).exercises])
    return exercises[which]


def named(name: str) -> Exercise:
    """Return the exercise that asks for `name`, such as `"parse_frames"`; LivesockError if none does."""
    if not isinstance(name, str):
        given = getattr(name, "__name__", None) or repr(name)
        raise LivesockError(f'name it with a text, such as "parse_frames", not {given:.60}')
    folder = Path(str(import_module("livesock.lessons").__path__[0]))
    likely = [number for number in numbers() if (folder / f"lesson{number}" / f"{name.lower()}.py").is_file()]
    known: list[Exercise] = []
    for number in [*likely, *numbers()]:  # to load all lessons takes half a second, and a server waits for it
        known += lesson(number).exercises
        for one in known:
            if one.name == name:
                return one
    raise unknown("exercise", name, [one.id for one in known])


def others(which: str) -> tuple[Solution, ...]:
    """Return other right solutions of the exercise `which`, from `others.py` of its lesson."""
    number = exercise(which).lesson
    found: tuple[Solution, ...] = import_module(f"livesock.lessons.lesson{number}.others").OTHERS.get(which, ())
    return found


def prediction(which: str) -> Prediction:
    """Return the prediction `which`, such as `"01.three_sends"`; LivesockError names the nearest if there is none."""
    found = lesson_of("prediction", which)
    predictions = {prediction.id: prediction for prediction in found.predictions} if found else {}
    if which not in predictions:
        raise unknown("prediction", which, [one.id for number in numbers() for one in lesson(number).predictions])
    return predictions[which]


def guess(name: str) -> str:
    """Return the id of a question inside an instrument, such as `"05.borders.heard"`; "" if no lesson asks it."""
    return next((f"{number}.{name}" for number in numbers() if name in lesson(number).guesses), "")


def stage(name: str) -> str:
    """Return the id of a stage, such as `"15.ping"` for `"stages.ping"`; "" if no lesson has it."""
    _, _, word = name.partition("stages.")
    return next((f"{number}.{word}" for number in numbers() if word in lesson(number).stages), "")


def step(which: str) -> Callable[[], str] | None:
    """Return what shows the change of the stage `which`, such as `"15.ping"`; None if that is no stage."""
    number, _, name = which.partition(".") if isinstance(which, str) else ("", "", "")
    found = lesson(number) if number in numbers() else None
    if found is None or name not in found.stages or found.solutions is None:
        return None
    return partial(found.solutions, list(found.stages).index(name) + 1)


def lesson_of(what: str, which: object) -> Lesson | None:
    """Return the lesson that the id begins with, None if there is none; LivesockError if it is not text."""
    if not isinstance(which, str):
        came = type(which).__name__
        raise LivesockError(f"name the {what} with a text as in 04.mask, in quotes; what came is {came}")
    number = which.partition(".")[0]
    return lesson(number) if number in numbers() else None


def unknown(what: str, which: str, known: list[str]) -> LivesockError:
    name = which.rpartition(".")[2]
    at_home = [one for one in known if one.partition(".")[0] == which.partition(".")[0]]
    namesakes = [one for one in known if one.partition(".")[2] == name]
    close = difflib.get_close_matches
    near = namesakes or close(which, at_home, 1, 0.3) or close(which, known, 1, 0.6)
    return LivesockError(f"no {what} {which!r}" + (f": did you mean {near[0]!r}?" if near else ""))
