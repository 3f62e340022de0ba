"""Questions and answers: every question ends once."""

from __future__ import annotations

import pytest

from livesock.realtime.acks import Acks


def test_an_answer_finds_its_question_once():
    acks: Acks[str] = Acks()
    first, second = acks.ask("a", 1.0), acks.ask("b", 1.0)
    assert (first, second) == (0, 1), "the ids count from 0, as the reference server's do"
    assert acks.answered(second) == "b"
    assert acks.answered(second) is None
    assert acks.answered(first) == "a" and len(acks) == 0


@pytest.mark.parametrize("number", [None, 7, -1, 0, 10**15])
def test_an_answer_that_nobody_waits_for_is_passed_over(number):
    acks: Acks[str] = Acks()
    assert acks.answered(number) is None
    assert acks.ask("later", 1.0) == 0, "and later questions are asked as ever"


def test_questions_expire_in_time_and_late_answers_find_nobody():
    acks: Acks[str] = Acks()
    soon, late = acks.ask("soon", 1.0), acks.ask("late", 2.0)
    assert acks.expired(0.5) == [] and acks.expired(1.0) == ["soon"]
    assert acks.answered(soon) is None and acks.answered(late) == "late"


def test_when_the_connection_goes_everybody_is_told_once():
    acks: Acks[str] = Acks()
    acks.ask("a", 1.0)
    acks.ask("b", 1.0)
    assert acks.fail() == ["a", "b"] and acks.fail() == []


def test_a_peer_that_never_answers_costs_a_bounded_number_of_questions():
    acks: Acks[int] = Acks(limit=3)
    for number in range(3):
        acks.ask(number, 1.0)
    with pytest.raises(OverflowError, match="3 questions"):
        acks.ask(3, 1.0)
    acks.forget(1)
    assert acks.ask(4, 1.0) == 3, "an id is never used twice"
