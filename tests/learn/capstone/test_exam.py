"""The last lesson: cards that come again, claims that need something of one's own, and a page to keep."""

from __future__ import annotations

from pathlib import Path

import pytest

from livesock.errors import LivesockError
from livesock.learn import catalogue
from livesock.learn.exam import pages
from livesock.learn.exam.deck import Recall
from livesock.learn.exam.grading import Article
from livesock.learn.session import LessonSession
from livesock.learn.standing import counted, earned
from livesock.learn.store import Store
from livesock.learn.tables import claims

LESSON = catalogue.lesson("16")
CARDS = [one for one in LESSON.predictions if one.answer]


@pytest.fixture
def store() -> Store:
    return Store(None)


def test_every_artefact_of_a_claim_is_something_that_a_lesson_asks_for() -> None:
    lessons = [catalogue.lesson(number) for number in catalogue.numbers()]
    known = {one.id for lesson in lessons for one in lesson.exercises}
    known |= {which for lesson in lessons for which in lesson.questions}
    known |= {f"{lesson.number}.{name}" for lesson in lessons for name in lesson.stages}

    assert {one for claim in LESSON.claims for one in claim.artefacts} <= known
    assert all(claim.artefacts for claim in LESSON.claims)


def test_the_claims_are_the_28_of_the_article() -> None:
    assert [claim.id for claim in LESSON.claims] == [f"S{number}" for number in range(1, 29)]
    verdicts = [claim.verdict for claim in LESSON.claims]
    assert [verdicts.count(one) for one in ("right", "half", "wrong")] == [8, 13, 7]


def test_a_verdict_counts_only_with_something_that_shows_it(store: Store) -> None:
    article = Article(LESSON.claims, store)

    assert not article.grade("S14", verdict="wrong")
    assert not article.grade("S14", artefact="03.accept_key"), "nothing was passed yet"
    store.change("exercise", "03.accept_key", passed=True)
    assert not article.grade("S14", artefact="04.mask"), "that shows something else"
    assert article.grade("S14", artefact="03.accept_key")
    assert counted(store, "S14")
    assert not article.grade("S14", verdict="right"), "and a wrong verdict does not count"


def test_what_was_measured_is_an_artefact(store: Store) -> None:
    session = LessonSession(store, {})
    session.observed("03.same_key", [101, 101, "8a 00"])

    assert earned(store, "03.same_key").startswith("a measurement: ")


def test_without_a_value_nothing_was_measured(store: Store) -> None:
    session = LessonSession(store, {})
    session.predict("03.same_key", "b")

    assert 'learn.observed("03.same_key", …)' in session.observed("03.same_key").text
    assert "04.smallest" in session.observed("04.smallest").text
    assert earned(store, "03.same_key") == earned(store, "04.smallest") == ""


def test_a_verdict_counts_as_long_as_what_shows_it_is_there(store: Store) -> None:
    session = LessonSession(store, {})
    session.observed("03.same_key", [101, 101, "8a 00"])
    assert Article(LESSON.claims, store).grade("S14", verdict="wrong", artefact="03.same_key")

    session.reset("03")

    assert not counted(store, "S14")
    state = Article(LESSON.claims, store).act({"kind": "chip", "value": "S14"})
    assert state["sentence"].startswith("0 of") and "Counted." not in state["said"]


def test_a_reset_of_the_last_lesson_forgets_the_verdicts(store: Store) -> None:
    session = LessonSession(store, {})
    store.change("exercise", "03.accept_key", passed=True)
    Article(LESSON.claims, store).grade("S14", verdict="wrong", artefact="03.accept_key")

    assert "1 record forgotten" in session.reset("16").text
    assert not counted(store, "S14") and store.ids("exercise") == ["03.accept_key"]


def test_each_lesson_with_measurements_settles_a_claim() -> None:
    lessons = {one.partition(".")[0] for claim in LESSON.claims for one in claim.artefacts}

    assert lessons >= {number for number in catalogue.numbers() if catalogue.lesson(number).exercises}


@pytest.mark.parametrize(
    ("claim", "verdict", "artefact", "came"),
    [
        ("S5", "half", "09.idle", [1006]),
        ("S8", "right", "12.away", [[1, 9]]),
        ("S14", "wrong", "13.program", ["reads the room"]),
        ("S20", "half", "14.half", [4]),
    ],
)
def test_what_the_later_lessons_measure_shows_claims(
    store: Store, claim: str, verdict: str, artefact: str, came: list[object]
) -> None:
    LessonSession(store, {}).observed(artefact, *came)

    assert Article(LESSON.claims, store).grade(claim, verdict=verdict, artefact=artefact)


def test_what_one_has_not_done_cannot_be_chosen(store: Store) -> None:
    state = Article(LESSON.claims, store).act({"kind": "chip", "value": "S21"})

    assert [one["open"] for one in state["select"]["options"]] == [False, False]
    assert state["said"] == ["You have nothing yet that shows it. Lesson 02 or 07 has an experiment for it."]


def test_a_card_that_was_not_known_comes_again_and_first_the_next_time(store: Store) -> None:
    deal = Recall(CARDS, store)
    first, second = CARDS[:2]
    wrong = next(key for key in first.options if key != first.answer)
    state = deal.act({"kind": "option", "value": wrong})
    assert state["mood"] == "wrong" and first.why in state["said"]
    deal.act({"kind": "next"})
    deal.act({"kind": "option", "value": second.answer})
    for _ in CARDS[1:]:
        state = deal.act({"kind": "next"})

    assert state["title"] == first.question, "once more, at the end"
    assert Recall(CARDS, store).card is first
    assert store.get("prediction", second.id)["right"] is True
    assert Recall(CARDS, store).state()["sentence"] == f"1 of {len(CARDS)} known"


@pytest.mark.parametrize("message", [{}, {"kind": "chip", "value": 3}, {"kind": "option", "value": []}, {"kind": 1}])
def test_what_a_page_cannot_mean_changes_nothing(store: Store, message: dict[str, object]) -> None:
    for one in (Recall(CARDS, store), Article(LESSON.claims, store)):
        before = one.state()
        assert one.act(dict(message)) == before


def test_the_page_to_keep_holds_what_was_done_and_no_path(store: Store, tmp_path: Path) -> None:
    store.change("exercise", "03.accept_key", passed=True)
    store.change("exercise", "15.ping", passed=True)
    LessonSession(store, {}).observed("03.same_key", [101, 101, "8a 00"])
    Article(LESSON.claims, store).grade("S14", verdict="wrong", artefact="03.accept_key")

    said = pages.keepsake(store, tmp_path / "my_page.html", ["<b>not markup</b>"]).text
    page = (tmp_path / "my_page.html").read_text("utf-8")

    assert "my_page.html is written" in said
    for part in (
        "✓ accept_key",
        "✓ ping",
        "03.same_key",
        "makes the connection secure",
        "wrong. It proves",
    ):
        assert part in page
    assert str(tmp_path) not in page and "<b>not" not in page


def test_a_table_of_claims_that_lacks_a_part_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a verdict"):
        claims("S1 maybe: A sentence.\n    zh: …\n    is: …\n    by: 01.pack")
    with pytest.raises(ValueError, match="zh, is, by"):
        claims("S1 right: A sentence.\n    zh: …")


def test_what_was_kept_serves_a_program_and_ours_where_nothing_was(store: Store) -> None:
    session = LessonSession(store, {})

    def mask(payload: bytes, key: bytes) -> bytes:
        return b"mine"

    session.keep("mask", mask)

    mine, is_mine = session.mine("mask")
    ours, is_ours = session.mine("encode_frame")
    assert (mine(b"", b""), is_mine) == (b"mine", True)
    assert (ours, is_ours) == (catalogue.exercise("04.encode_frame").reference, False)
    with pytest.raises(LivesockError, match="encode_frames"):
        session.mine("encode_frames")


def test_a_stage_counts_each_try_and_stays_passed(store: Store) -> None:
    session = LessonSession(store, {})
    assert "3 more checks" in session.solution("15.stream").text
    for came in ("failed", "passed", "failed"):
        session.guessed("stages.stream", came, came)

    assert store.get("exercise", "15.stream") | {"first": 0} == {"passed": True, "checks": 3, "failed": 2, "first": 0}
    assert "next_frame" in session.solution("15.stream").text
    assert "✓ stream" in session.strip("15").text
