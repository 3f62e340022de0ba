"""What `learn.progress` says: per lesson what is done, how predictions turned out, and one thing to do next."""

from __future__ import annotations

import pytest

from livesock.learn import catalogue
from livesock.learn.session import LessonSession
from livesock.learn.standing import next_step, standings
from livesock.learn.store import Store


@pytest.fixture
def session() -> LessonSession:
    return LessonSession(Store(None), {})


def step(session: LessonSession) -> str:
    return next_step(standings(session.store))


def solve(session: LessonSession, number: str) -> None:
    lesson = catalogue.lesson(number)
    for which in [*(one.id for one in lesson.exercises), *(f"{number}.{name}" for name in lesson.stages)]:
        session.store.change("exercise", which, passed=True, checks=1)
    for claim in lesson.claims:
        session.store.change("claim", claim.id, counted=True, artefact=claim.artefacts[0])
        session.store.change("prediction", claim.artefacts[0], came="measured")


def test_one_begins_with_the_first_lesson(session):
    assert step(session).startswith("Begin with lesson 00")
    lessons = [catalogue.lesson(number) for number in catalogue.numbers()]
    total = sum(len(one.exercises) + len(one.stages) + bool(one.claims) for one in lessons)
    assert session.progress().text.startswith(f"progress · 0 of {total} exercises")


def test_what_was_tried_comes_first(session):
    session.check(lambda payload, key: payload, "04.mask")
    session.store.change("prediction", "01.three_sends", answer="a")
    assert "Go on with 04.mask, 1 check so far" in step(session)

    session.check(catalogue.exercise("04.mask").reference, "04.mask")
    assert step(session) == "Next: 01.read_exactly, in the notebook of lesson 01."


def test_a_hint_is_a_beginning(session):
    session.hint("03.accept_key")
    assert step(session).startswith("Go on with 03.accept_key. Stuck?")
    assert "… accept_key" in session.progress().text


def test_what_is_no_exercise_is_not_sent_to_hints_that_it_does_not_have(session):
    session.guessed("stages.refuse", "failed", "failed")
    assert step(session).startswith("Go on with 15.refuse, 1 check so far. Stuck? Its page in stages() shows")
    assert "Its page in stages() shows" in session.hint("15.refuse").text

    session.guessed("stages.refuse", "passed", "passed")
    session.store.change("claim", "S14", counted=True, artefact="15.refuse")
    assert step(session).startswith("Go on with 16.article: each claim wants a verdict")


def test_after_a_lesson_comes_the_next_one_and_at_the_end_nothing(session):
    first, second = catalogue.numbers()[:2]
    solve(session, first)
    assert step(session).startswith(f"Next: lesson {second}, ")
    for number in catalogue.numbers():
        solve(session, number)
    assert step(session).startswith("Every exercise is right")


def test_predictions_are_counted_by_how_they_turned_out(session):
    ids = catalogue.lesson("01").questions
    for which, right in zip(ids, (True, False), strict=False):
        session.store.change("prediction", which, answer="a", right=right)
    session.store.change("prediction", ids[2], answer="a")

    text = session.progress().text
    assert f"3 of {len(ids)}: 1 held, 1 off, 1 not measured yet" in text


def test_the_page_says_the_same_as_the_text(session):
    session.check(catalogue.exercise("04.mask").reference, "04.mask")
    page = session.progress()
    for what in ("✓ mask", "○ encode_frame", "Next: 04.encode_frame", "frames, bit by bit"):
        assert what in page.text and what in page.html
    assert "right; 1 check" in page.html


def test_each_lesson_has_a_title_of_its_own():
    titles = [catalogue.lesson(number).title for number in catalogue.numbers()]
    assert all(titles) and len(set(titles)) == len(titles)
