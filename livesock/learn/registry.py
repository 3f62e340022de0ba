"""Find lessons by number and exercises by id. A lesson's module is imported when its number is first used."""

from __future__ import annotations

import difflib
import pkgutil
from importlib import import_module
from pathlib import Path

from livesock.errors import LivesockError
from livesock.learn.exercise import Exercise, Lesson, Prediction

__all__ = ["exercise", "lesson", "numbers", "prediction"]


def numbers() -> list[str]:
    """Return the numbers of all lessons that have something to check: `["01", "03", …]`."""
    names = (module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    return sorted(name.removeprefix("lesson") for name in names if name.startswith("lesson"))


def lesson(number: str) -> Lesson:
    """Return the lesson with this number.

    Raises:
        LivesockError: If there is none; the message lists those that there are.
    """
    if number not in numbers():
        raise LivesockError(f"lesson {number!r} has nothing to check; there are {', '.join(numbers())}")
    found: Lesson = import_module(f"livesock.learn.lesson{number}").LESSON
    return found


def exercise(id: str) -> Exercise:
    """Return the exercise `id`, such as `"03.accept_key"`; LivesockError names the nearest if there is none."""
    exercises = {exercise.id: exercise for exercise in lesson(id.partition(".")[0]).exercises}
    if id not in exercises:
        raise unknown("exercise", id, list(exercises))
    return exercises[id]


def prediction(id: str) -> Prediction:
    """Return the prediction `id`, such as `"01.three_sends"`; LivesockError names the nearest if there is none."""
    predictions = {prediction.id: prediction for prediction in lesson(id.partition(".")[0]).predictions}
    if id not in predictions:
        raise unknown("prediction", id, list(predictions))
    return predictions[id]


def unknown(what: str, id: str, known: list[str]) -> LivesockError:
    near = difflib.get_close_matches(id, known, 1, 0.3)
    return LivesockError(f"no {what} {id!r}" + (f": did you mean {near[0]!r}?" if near else ""))
