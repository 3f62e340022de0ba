"""The strip: where one is in the course and in a lesson, and what its links lead to."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from livesock.learn import catalogue, here
from livesock.learn.session import LessonSession
from livesock.learn.store import Store

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@pytest.fixture
def session(monkeypatch) -> LessonSession:
    monkeypatch.chdir(NOTEBOOKS)
    return LessonSession(Store(None), {})


@pytest.mark.parametrize("number", catalogue.numbers())
def test_its_links_lead_to_cells_that_exist(number):
    html = here.page(number, Store(None), NOTEBOOKS).html
    links = re.findall(r'href="([^"#]+)(?:#cell-id=([^"]+))?"', html)
    cells = {file: {cell["id"] for cell in json.loads((NOTEBOOKS / file).read_text())["cells"]} for file, _ in links}

    assert len(cells) == len(catalogue.numbers()), "one link for each lesson, and to the cells of this one"
    assert [(file, cell) for file, cell in links if cell and cell not in cells[file]] == []


def test_it_leads_to_what_is_left_and_then_to_the_next_lesson(session):
    assert "next: accept_key</a>" in session.strip("03").html
    for exercise in catalogue.lesson("03").exercises:
        session.check(exercise.reference, exercise.id)
    assert "Next: lesson 04" in session.strip("03").html
    assert session.strip("03").text == "03   ✓ accept_key  ✓ check_request  ✓ verify_response  predictions 0 of 10"
    for number in catalogue.numbers():
        lesson = catalogue.lesson(number)
        for which in [*(one.id for one in lesson.exercises), *(f"{number}.{name}" for name in lesson.stages)]:
            session.store.change("exercise", which, passed=True)
        for claim in lesson.claims:
            session.store.change("claim", claim.id, counted=True, artefact=claim.artefacts[0])
            session.store.change("prediction", claim.artefacts[0], came="measured")
    assert "Every exercise is right" in session.strip(catalogue.numbers()[-1]).html


def test_without_the_other_notebooks_it_has_no_links(tmp_path):
    assert "href" not in here.page("03", Store(None), tmp_path).html


def test_it_follows_what_is_done(session):
    strip = session.strip("03")
    seen = []
    strip.follow(lambda: seen.append(strip.again().text))
    session.check(catalogue.exercise("03.accept_key").reference, "03.accept_key")
    session.predict("03.key", "a")
    session.reset("03")

    rest = "○ check_request  ○ verify_response"
    assert seen == [
        f"03   ✓ accept_key  {rest}  predictions 0 of 10",
        f"03   ✓ accept_key  {rest}  predictions 1 of 10",
        f"03   ○ accept_key  {rest}  predictions 1 of 10",
        f"03   ○ accept_key  {rest}  predictions 0 of 10",
    ]


def test_what_is_ready_stands_above_it(session):
    page = session.catch_up("04")
    assert page.text.startswith("04 · caught up\n")
    assert page.text.endswith("\n04   ○ mask  ○ encode_frame  ○ parse_frames  predictions 0 of 5")
    assert page.again().html == page.html
