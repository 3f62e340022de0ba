"""The cases as data: what each of them must have so that a learner can read it."""

from __future__ import annotations

import re

import pytest

from livesock.conformance import STAGES, cases_of, stage_of
from livesock.conformance.case import Connect, EndTcp, ExpectAnswer, ExpectClose, SendBytes, ShakeHands
from livesock.conformance.cases import ALL
from livesock.conformance.cases.violations import letters


def test_stages_are_numbered_without_gaps_and_the_extensions_come_last() -> None:
    assert [stage.number for stage in STAGES] == list(range(1, 19))
    assert [stage.is_extension for stage in STAGES] == [False] * 12 + [True] * 6


@pytest.mark.parametrize("which", [5, "5", "text", "TEXT "])
def test_a_stage_is_found_by_number_and_name(which: int | str) -> None:
    assert stage_of(which).title == "Read one masked text"


def test_an_unknown_stage_is_refused_with_the_names_that_there_are() -> None:
    with pytest.raises(ValueError, match="no stage is called 'goodbye'; there are 1 bind, 2 head"):
        stage_of("goodbye")


def test_each_stage_has_cases_with_letters_in_order() -> None:
    for stage in STAGES:
        found = [case.id for case in cases_of(stage.number)]
        assert found == [f"{stage.number}{letters(number)}" for number in range(len(found))]
        assert found, stage.name


def test_each_case_names_a_section_and_a_rule_in_a_sentence() -> None:
    for case in ALL:
        assert re.match(r"RFC \d{4}, \d", case.section), case.id
        assert case.lesson[:1].isupper() or case.lesson.startswith(
            ("accept()", "recv(", "b''", "125", "http://", "permessage", "server_no", "wss")
        ), case.id
        assert case.lesson.endswith((".", ")")), case.id
        assert case.steps, case.id


def test_each_case_expects_something_or_connects() -> None:
    for case in ALL:
        assert any(not isinstance(step, SendBytes | EndTcp) for step in case.steps), case.id
        assert isinstance(case.steps[0], Connect | ShakeHands | SendBytes) or case.id == "18b", case.id


def test_a_violation_may_be_answered_with_an_end_but_never_with_silence_or_an_echo() -> None:
    lenient = {
        case.id
        for case in cases_of(12)
        for step in case.steps
        if isinstance(step, ExpectClose) and (step.may_accept or step.may_wait)
    }
    titles = {case.title for case in cases_of(12) if case.id in lenient}
    assert titles == {
        "a length of 5 written in two bytes",
        "a length of 5 written in eight bytes",
        "a frame that announces 4 EiB",
        "a frame that announces one byte more than MAX_SIZE",
    }


def test_a_refusal_is_followed_by_a_client_that_is_served() -> None:
    for case in cases_of(4):
        assert isinstance(case.steps[1], ExpectAnswer) and 101 not in case.steps[1].statuses
        assert case.steps[2] == ShakeHands(on=2)
