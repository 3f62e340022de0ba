"""Predictions: the question before an experiment, and the answer beside what was measured."""

from __future__ import annotations

import math
import re
from typing import Any

from livesock.learn import words
from livesock.learn.checking.diff import shown
from livesock.learn.exercise import Prediction

__all__ = [
    "confronted",
    "figures",
    "is_right",
    "measured",
    "read",
    "refused",
    "right_option",
    "stored",
    "tempting",
    "wrong_answer",
]

UNMEASURED = object()
"""Stands for "no value was given", because None may have been measured."""

MEASURED = 120
"""Characters of a measured value that are shown: an error in full is often the point."""


def read(prediction: Prediction, answer: Any) -> Any:
    """Return an answer as it is stored: a number that was typed as a text is a number, 4 and not 4.0."""
    if prediction.options or isinstance(answer, bool):
        return answer
    if isinstance(answer, str):
        text = "".join(answer.split())
        text = text.replace(",", "" if THOUSANDS.fullmatch(text) else ".")
        answer = next((number for kind in (int, float) if (number := converted(kind, text)) is not None), answer)
    return int(answer) if isinstance(answer, float) and answer.is_integer() else answer


THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+")
"""A number with a comma before each three digits; any other comma is a decimal point."""


def converted(kind: type[int] | type[float], text: str) -> int | float | None:
    try:
        return kind(text)
    except ValueError:
        return None


def wrong_answer(prediction: Prediction, answer: Any) -> str:
    """Return why `answer` cannot be stored, "" if it can."""
    if prediction.options:
        known = isinstance(answer, str) and answer in prediction.options
        return "" if known else words.not_an_option(answer, list(prediction.options))
    is_number = isinstance(answer, int | float) and not isinstance(answer, bool) and math.isfinite(answer)
    return "" if is_number else words.not_a_number(answer)


def stored(prediction: Prediction, answer: Any) -> str:
    """Return the line below a question: what was chosen, or how to choose."""
    if answer is not None:
        return words.predicted(str(read(prediction, answer)))
    if prediction.options:
        return words.choose(prediction.id, next(iter(prediction.options)))
    return words.guess(prediction.id)


def measured(value: Any) -> str:
    """Return a measured value as it is remembered: one short line."""
    text = " ".join(shown(value, MEASURED).split())
    return text if len(text) <= 80 else f"{text[:79]}…"


def right_option(prediction: Prediction, value: Any = UNMEASURED) -> str:
    """Return the key of the option that is right: what the measurement shows, else what is written down.

    "" if the measurement shows none of the options: it is another experiment's, or something went wrong in it.
    """
    if prediction.judge is None or value is UNMEASURED:
        return prediction.answer
    try:
        found = prediction.judge(value)
    except Exception:  # a value of another shape than this experiment's
        return ""
    return found if found in prediction.options else ""


def refused(prediction: Prediction, value: Any = UNMEASURED) -> str:
    """Return why `value` cannot be a measurement of this prediction, "" if it can.

    Without a value nothing was measured; only what is seen elsewhere, as a page in a browser, needs none.
    """
    if value is UNMEASURED and (prediction.judge or not prediction.options):
        return words.nothing_measured(prediction.id)
    if prediction.options:
        return "" if right_option(prediction, value) else words.fits_no_option(prediction.id, shown(value))
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return "" if is_number else words.measured_no_number(prediction.id, shown(value))


def confronted(prediction: Prediction, answer: Any, value: Any = UNMEASURED) -> list[tuple[str, str]]:
    """Return each option with its label, which is marked if it was chosen and if it came."""
    came = right_option(prediction, value)
    return [
        (words.marked(key, is_mine=key == answer, is_right=key == came), option.text)
        for key, option in prediction.options.items()
    ]


def figures(prediction: Prediction, answer: Any, value: Any = UNMEASURED) -> list[tuple[str, str]]:
    """Return labelled values: the number that was predicted, and what was measured."""
    lines = []
    if answer is not None and not prediction.options:
        lines.append(("predicted", str(read(prediction, answer))))
    if value is not UNMEASURED:
        lines.append(("measured", shown(value, MEASURED)))
    return lines


def tempting(prediction: Prediction, answer: Any, value: Any = UNMEASURED) -> list[str]:
    """Return, for each other option that is wrong, why one may take it for right."""
    other = prediction.options.keys() - {answer, right_option(prediction, value)}
    return [f"{key}: {option.reply}" for key, option in prediction.options.items() if key in other]


def is_right(prediction: Prediction, answer: Any, value: Any = UNMEASURED) -> bool:
    """Whether the prediction came true; a number may be off by the part that the exercise allows."""
    if prediction.options:
        return bool(answer == right_option(prediction, value))
    if value is UNMEASURED or not isinstance(value, int | float):
        return False
    return abs(float(answer) - float(value)) <= prediction.within * abs(float(value))
