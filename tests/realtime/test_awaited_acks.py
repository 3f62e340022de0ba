"""Questions and answers: every question ends once."""

from __future__ import annotations

import pytest

from livesock.realtime.awaited_acks import Acks, ErrorAnswer, answer_of


def test_an_answer_finds_its_question_once():
    acks: Acks[str] = Acks()
    first, second = acks.ask("a"), acks.ask("b")
    assert (first, second) == (0, 1), "the ids count from 0, as the reference server's do"
    assert acks.answered(second) == "b"
    assert acks.answered(second) is None
    assert acks.answered(first) == "a" and len(acks) == 0


@pytest.mark.parametrize("number", [None, 7, -1, 0, 10**15])
def test_an_answer_that_nobody_waits_for_is_passed_over(number):
    acks: Acks[str] = Acks()
    assert acks.answered(number) is None
    assert acks.ask("later") == 0, "and later questions are asked as ever"


def test_the_late_answer_to_a_question_that_was_given_up_finds_nobody():
    acks: Acks[str] = Acks()
    early, late = acks.ask("early"), acks.ask("late")
    acks.forget(early)
    assert acks.answered(early) is None and acks.answered(late) == "late"


def test_when_the_connection_goes_everybody_is_told_once():
    acks: Acks[str] = Acks()
    acks.ask("a")
    acks.ask("b")
    assert acks.fail() == ["a", "b"] and acks.fail() == []


def test_a_peer_that_never_answers_costs_a_bounded_number_of_questions():
    acks: Acks[int] = Acks(limit=3)
    for number in range(3):
        acks.ask(number)
    with pytest.raises(OverflowError, match="3 questions"):
        acks.ask(3)
    acks.forget(1)
    assert acks.ask(4) == 3, "an id is never used twice"


@pytest.mark.parametrize(("values", "answer"), [([], None), ([7], 7), ([1, 2], [1, 2]), ([None], None), ([{}], {})])
def test_an_answer_is_a_value_several_or_none(values, answer):
    assert answer_of(values) == answer


def test_the_answer_of_a_handler_that_failed_is_a_dict_that_says_so():
    sent = {"status": "error", "message": "Internal server error", "cause": {"pattern": "add"}}
    answer = answer_of([sent])

    assert answer == sent and isinstance(answer, ErrorAnswer)
    with pytest.raises(KeyError, match="the answer has no 'sum': the handler failed, 'Internal server error'"):
        answer["sum"]
    assert not isinstance(answer_of([{"status": "error"}]), ErrorAnswer), "an application's own answer"
