"""The ladder of stages: what its page gets, what it does when asked, and what it remembers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import livesock as ls
from livesock import guesses
from livesock.conformance import STAGES, cases_of
from livesock.display.views.stages.asked import lines_of, shown
from livesock.lessons.lesson15.mutants import program
from livesock.lessons.lesson15.staged import solution
from livesock.lessons.lesson15.start import STUB, begin
from tests.display.watch import Page


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    heard: list[tuple[str, str, str]] = []
    monkeypatch.setattr(guesses, "_remember", lambda *what: heard.append(what))
    return heard


@pytest.fixture
def page(tmp_path: Path, told: list[tuple[str, str, str]]) -> Iterator[Page]:
    (tmp_path / "mine.py").write_text(program("masks_replies"), "utf-8")
    view = ls.display.stages(tmp_path / "mine.py", start=5)
    yield Page(view)
    view.close()


def outcomes(page: Page) -> dict[str, str]:
    return {one["name"]: one["outcome"] for one in page.state["rungs"] if one["outcome"]}


def test_before_anything_is_judged_the_page_of_a_stage_says_what_is_asked(page: Page) -> None:
    state = page.state

    assert state["chosen"] == 5
    assert state["sentence"] == "Nothing was judged yet."
    first = state["cases"][0]
    assert ["sends", '81 85 37 fa 21 3d 7f 9f 4d 51 58  (text "Hello")'] in first["steps"]
    assert ["must see", "81 05 48 65 6c 6c 6f"] in first["steps"]
    assert outcomes(page) == {}


def test_climbing_stops_at_the_stage_that_fails(page: Page, told: list[tuple[str, str, str]]) -> None:
    page.tell("climb")
    page.until(lambda: not page.state["running"] and outcomes(page).get("text"), timeout=40)

    assert outcomes(page) == {"bind": "pass", "head": "pass", "accept": "pass", "refuse": "pass", "text": "fail"}
    assert page.state["sentence"] == "Stage 4 of 12 reached."
    failed = next(case for case in page.state["cases"] if case["verdict"] == "FAIL")
    assert "must not mask" in failed["sentence"]
    assert failed["transcript"]
    assert ("stages.refuse", "passed", "passed") in told
    assert told[-1] == ("stages.text", "failed", "failed")


def test_a_change_of_the_file_is_judged_when_the_reader_asks_for_it(page: Page, tmp_path: Path) -> None:
    page.tell("watch", on=True)
    page.until(lambda: page.state["watches"])
    (tmp_path / "mine.py").write_text("raise SystemExit\n", "utf-8")
    page.until(lambda: outcomes(page).get("bind") == "fail", timeout=40)

    assert page.view.reached == 0


def test_a_climb_that_ends_lower_forgets_what_was_found_above(page: Page, tmp_path: Path) -> None:
    page.view.judge()
    page.until(lambda: outcomes(page).get("text") == "fail")
    (tmp_path / "mine.py").write_text("raise SystemExit\n", "utf-8")
    page.view.judge()

    page.until(lambda: outcomes(page) == {"bind": "fail"})


def test_what_cannot_start_is_not_tried_at_higher_stages(tmp_path: Path) -> None:
    (tmp_path / "stub.py").write_text(STUB, "utf-8")
    view = ls.display.stages(tmp_path / "stub.py")
    try:
        first, above = view.judge(1), view.judge(7)
        assert first.failures
        assert "NotImplementedError" in first.output
        assert (above.results, above.notes) == ((), ("Stage 1 fails, so nothing above it was tried.",))
    finally:
        view.close()


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    view = ls.display.stages(tmp_path / "none.py")
    try:
        assert view.words().startswith("none.py: There is no file none.py in this folder yet.")
        assert view.judge(1).notes == ("There is no file none.py in this folder yet.",)
    finally:
        view.close()


@pytest.mark.parametrize(
    ("kind", "content", "says"),
    [
        ("dance", {}, "may send choose, judge, climb or watch"),
        ("choose", {"number": 99}, "no stage"),
        ("choose", {"number": "5"}, "a stage is a number"),
        ("judge", {"number": True}, "a stage is a number"),
    ],
)
def test_a_page_that_asks_nonsense_hears_why(page: Page, kind: str, content: dict[str, object], says: str) -> None:
    page.tell(kind, **content)

    assert says in page.complaint


def test_every_case_of_every_stage_says_what_is_sent_and_what_must_come() -> None:
    for stage in STAGES:
        for case in cases_of(stage.number):
            assert lines_of(case), case.id
            assert not any("{" in what for _, what in lines_of(case)), case.id
    assert shown(bytes(100)).endswith("100 bytes")


def test_the_picture_says_the_same_as_the_page(page: Page) -> None:
    svg = page.view.picture()

    assert "Read one masked text" in svg
    assert "81 05 48 65 6c 6c 6f" in svg


def test_the_beginning_is_written_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert "is new" in begin("my_server.py")
    (tmp_path / "my_server.py").write_text("mine", "utf-8")
    assert "is there" in begin("my_server.py")
    assert (tmp_path / "my_server.py").read_text("utf-8") == "mine"


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_the_reference_reaches_the_top(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(solution(), "utf-8")
    view = ls.display.stages(tmp_path / "mine.py")
    try:
        report = view.judge()
        assert not report.failures, str(report)
        assert view.reached == 12
        assert "All 12 stages" in view.words()
    finally:
        view.close()
