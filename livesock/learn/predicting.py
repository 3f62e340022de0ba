"""Predictions: the question before an experiment, and the answer beside what was measured."""

from __future__ import annotations

from typing import Any

from livesock.learn import words
from livesock.learn.checking.diff import shown
from livesock.learn.exercise import Prediction

__all__ = ["confronted", "right_option", "stored", "wrong_answer"]

UNMEASURED = object()
"""Stands for "no value was given", because None may have been measured."""


def wrong_answer(prediction: Prediction, answer: Any) -> str:
    """Return why `answer` cannot be stored, "" if it can."""
    if prediction.options:
        return "" if answer in prediction.options else words.not_an_option(answer, list(prediction.options))
    is_number = isinstance(answer, int | float) and not isinstance(answer, bool)
    return "" if is_number else words.not_a_number(answer)


def stored(prediction: Prediction, answer: Any) -> str:
    """Return the line below a question: what was chosen, or how to choose."""
    if answer is not None:
        return words.predicted(str(answer))
    if prediction.options:
        return words.choose(prediction.id, next(iter(prediction.options)))
    return words.guess(prediction.id)


def right_option(prediction: Prediction, value: Any = UNMEASURED) -> str:
    """Return the key of the option that is right: what the measurement shows, else what is written down."""
    if prediction.judge is not None and value is not UNMEASURED:
        found = prediction.judge(value)
        if found in prediction.options:
            return found
    return prediction.answer


def confronted(prediction: Prediction, answer: Any, value: Any = UNMEASURED) -> list[tuple[str, str]]:
    """Return labelled lines: what was predicted, what came, which option that is."""
    lines = []
    if answer is not None:
        option = prediction.options.get(answer)
        lines.append(("predicted", f"{answer}  {option.text}" if option else str(answer)))
    if value is not UNMEASURED:
        lines.append(("measured", shown(value)))
    if prediction.options:
        key = right_option(prediction, value)
        lines.append(("so", f"{key}  {prediction.options[key].text}"))
    return lines


def is_right(prediction: Prediction, answer: Any, value: Any = UNMEASURED) -> bool:
    """Whether the prediction came true; a number may be off by the part that the exercise allows."""
    if prediction.options:
        return bool(answer == right_option(prediction, value))
    if value is UNMEASURED or not isinstance(value, int | float):
        return False
    return abs(float(answer) - float(value)) <= prediction.within * abs(float(value))
