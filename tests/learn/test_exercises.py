"""Every exercise of every lesson: the stub fails in peace, right solutions pass, each mutant gets its own hint.

The other right solutions are those that a learner is shown after a pass: `OTHERS` in `others.py` of each lesson.
"""

from __future__ import annotations

import pytest

from livesock.learn import catalogue
from livesock.learn.audit import defects
from livesock.learn.checking.checker import judge
from livesock.learn.checking.probes import Memory
from livesock.learn.show import report

EXERCISES = [exercise for number in catalogue.numbers() for exercise in catalogue.lesson(number).exercises]


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_it_refuses_what_is_wrong_by_name_and_nothing_that_is_right(exercise):
    others = catalogue.others(exercise.id)

    assert len(others) >= 3, f"write three different right solutions of {exercise.id} in others.py"
    assert defects(exercise, others) == []


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_what_is_right_is_right_with_any_seed(exercise):
    for seed in range(1, 7):
        memory = Memory()
        for solution in (exercise.reference, *catalogue.others(exercise.id)):
            verdict = judge(exercise, solution, seed=seed, memory=memory)
            assert verdict.is_right, report.verdict(verdict)


def test_every_id_begins_with_the_number_of_its_lesson_and_is_unique():
    for number in catalogue.numbers():
        lesson = catalogue.lesson(number)
        ids = [part.id for part in (*lesson.exercises, *lesson.predictions)]
        assert lesson.number == number
        assert [which for which in ids if not which.startswith(f"{number}.")] == []
        assert len(ids) == len(set(ids))
