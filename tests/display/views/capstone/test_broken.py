"""The ten broken servers: what was recorded, which row and which sections are right, and what the reader hears."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import livesock as ls
from livesock import guesses
from livesock.cli.dev import broken as recordings
from livesock.display.views.broken.servers import SECTIONS, SERVERS, crossed
from livesock.learn import catalogue
from tests.display.watch import Page


@pytest.fixture
def page() -> Iterator[Page]:
    view = ls.display.broken()
    yield Page(view)
    view.close()


def test_there_are_ten_and_the_lesson_counts_each() -> None:
    assert len(SERVERS) == 10
    assert list(catalogue.lesson("16").guesses) == [f"broken.{name}" for name in SERVERS]


@pytest.mark.parametrize("name", SERVERS)
def test_the_row_that_is_wrong_is_the_servers_and_its_sections_can_be_chosen(name: str) -> None:
    fault = SERVERS[name]

    assert crossed(name)[fault.row][0] == "server"
    assert set(fault.sections) <= SECTIONS.keys()


WRONG = {
    "pong": "8a00",
    "mask": "81856d61736b25041f0702",
    "long": "817e000548656c6c6f",
    "cut": "8107756e20636166c3",
    "plain": "81056e616b6564",
    "part": "0a013f",
    "late": "81086f6e65206d6f7265",
    "code": "880203ee",
}


@pytest.mark.parametrize("name", WRONG)
def test_the_wrong_bytes_are_those_of_the_row(name: str) -> None:
    assert crossed(name)[SERVERS[name].row][1].hex() == WRONG[name]


@pytest.mark.parametrize("name", SERVERS)
def test_all_but_the_fault_is_as_in_a_right_server(name: str) -> None:
    heads = [data for who, data in crossed(name) if who == "server" and data[:1].isalpha()]

    assert len(heads) == 1
    assert (b"ICX+Yqv66kxgM0FcWaLWlFLwTAI=" in heads[0]) == (name != "key")
    assert (b"Sec-WebSocket-Protocol" in heads[0]) == (name == "offer")


def test_a_reader_hears_what_fits_and_what_does_not(page: Page) -> None:
    page.tell("server", value="mask")
    page.tell("row", value=3)
    page.tell("check")
    page.until(lambda: page.state["said"] == "Name the section, too.")

    page.tell("section", value="5.2")
    page.tell("check")
    page.until(lambda: page.state["said"].startswith("That is the row. 5.2 is about"))

    page.tell("row", value=1)
    page.tell("section", value="5.1")
    page.tell("check")
    page.until(lambda: page.state["said"] == "The section fits. Another row breaks it.")

    page.tell("row", value=3)
    page.tell("check")
    page.until(lambda: page.state["is_found"])
    assert page.state["sentence"] == "1 of 10 found."


def test_the_first_answer_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[str, str, str]] = []
    monkeypatch.setattr(guesses, "_remember", lambda *what: heard.append(what))
    view = ls.display.broken()
    try:
        assert not view.check("code", 1, "4.1")
        assert view.check("code", 5, "7.4.1")
    finally:
        view.close()

    settled = [one for one in heard if one[2]]
    assert settled == [("broken.code", "1 4.1", "5 7.4.1")]


def test_what_a_page_cannot_mean_is_refused(page: Page) -> None:
    page.tell("row", value=99)

    assert "may send server, row, section or check" in page.complaint


@pytest.mark.slow
def test_the_recordings_are_what_the_servers_say_today() -> None:
    assert recordings.run(check=True) == 0
