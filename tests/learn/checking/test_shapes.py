"""A wrong result without a known idea behind it: what is true of all of them is said, and nothing that is not."""

from __future__ import annotations

import pytest

from livesock.learn import catalogue
from livesock.learn.checking.checker import judge
from livesock.learn.show import report

MASK = catalogue.exercise("04.mask")
KEY = catalogue.exercise("03.accept_key")
FRAMES = catalogue.exercise("04.parse_frames")
mask, accept_key, parse_frames = MASK.reference, KEY.reference, FRAMES.reference


@pytest.mark.parametrize(
    ("exercise", "solution", "sentence"),
    [
        (MASK, lambda payload, key: payload, "its first argument, as it came"),
        (MASK, lambda payload, key: mask(payload, key).decode("latin-1"), "Return bytes: mask returns text (str)"),
        (MASK, lambda payload, key: [mask(payload, key)], "one more pair of brackets"),
        (MASK, lambda payload, key: mask(payload, key)[::-1], "backwards"),
        (KEY, lambda key: key, "its first argument, as it came"),
        (KEY, lambda key: accept_key(key)[::-1], "backwards"),
        (KEY, lambda key: [accept_key(key)], "one more pair of brackets"),
        (FRAMES, lambda buffer: parse_frames(buffer)[::-1], "backwards"),
        (FRAMES, lambda buffer: parse_frames(buffer)[0], "returns the first part alone"),
        (FRAMES, lambda buffer: buffer, "its first argument, as it came"),
        (MASK, lambda payload, key: payload + key, "Compare the first difference"),
        (MASK, lambda payload, key: key[:1] * len(payload), "Compare the first difference"),
    ],
)
def test_what_is_true_of_all_wrong_results_is_said(exercise, solution, sentence):
    verdict = judge(exercise, solution)
    assert not verdict.is_right
    assert sentence in report.messages(verdict)[0]


def test_values_of_a_trial_are_not_taken_for_the_learners():
    exercise = catalogue.exercise("01.unpack_all")
    verdict = judge(exercise, lambda buffer: exercise.reference(buffer)[::-1])
    assert "backwards" not in report.verdict(verdict)
