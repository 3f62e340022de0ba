"""Guesses inside instruments: made on a page, settled by what came, remembered by `learn`."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import livesock as ls
from livesock import guesses, learn
from livesock.display.view import View
from livesock.guesses import Guesses
from livesock.learn import catalogue
from livesock.learn.session import LessonSession
from livesock.learn.store import Store

ASKED = [(number, name) for number in catalogue.numbers() for name in catalogue.lesson(number).guesses]
NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    told: list[tuple[str, str, str]] = []
    monkeypatch.setattr(guesses, "_remember", lambda *what: told.append(what))
    return told


def test_a_guess_is_told_when_it_is_made_and_when_it_is_settled(told: list[tuple[str, str, str]]) -> None:
    mine = Guesses("borders")

    mine.make("heard", "pieces")
    mine.settle("heard", "")
    mine.settle("heard", "whole")
    mine.settle("heard", "whole")

    assert told == [("borders.heard", "pieces", ""), ("borders.heard", "pieces", "whole")]


def test_what_is_known_cannot_be_guessed(told: list[tuple[str, str, str]]) -> None:
    mine = Guesses("borders")

    mine.settle("heard", "whole")
    mine.make("heard", "whole")
    mine.settle("heard", "whole")

    assert told == []


def test_a_question_without_a_name_is_not_told(told: list[tuple[str, str, str]]) -> None:
    Guesses("stream").make("", "one")

    assert told == []


def test_without_learn_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guesses, "_remember", None)
    mine = Guesses("borders")

    mine.make("heard", "whole")
    mine.settle("heard", "whole")


def test_a_guess_counts_and_survives_a_restart(tmp_path: Path) -> None:
    session = LessonSession(Store(tmp_path / "progress.json"), {})
    session.guessed("borders.heard", "pieces")
    session.guessed("borders.heard", "pieces", "whole")
    session.guessed("borders.pong", "now")

    again = LessonSession(Store(tmp_path / "progress.json"), {})
    assert again.store.get("prediction", "05.borders.heard") == {"answer": "pieces", "right": False}
    assert "2 of 8: 1 off, 1 not measured yet" in again.progress().text
    assert "predictions 2 of 8" in again.strip("05").text


def test_the_first_guess_that_was_settled_stays() -> None:
    session = LessonSession(Store(None), {})
    session.guessed("borders.heard", "pieces")
    session.guessed("borders.heard", "pieces", "whole")
    session.guessed("borders.heard", "whole", "whole")

    assert session.store.get("prediction", "05.borders.heard") == {"answer": "pieces", "right": False}


def test_a_guess_that_no_lesson_asks_is_not_stored() -> None:
    session = LessonSession(Store(None), {})
    session.guessed("borders.weather", "rain")

    assert session.store.ids("prediction") == []


def test_a_reset_forgets_guesses_too() -> None:
    session = LessonSession(Store(None), {})
    session.guessed("borders.heard", "pieces", "whole")

    session.reset("05")

    assert session.store.ids("prediction") == []


def test_the_record_hears_of_a_guess_once_learn_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learn, "_session", LessonSession(Store(None), {}))

    Guesses("borders").make("orphan", "closed")

    assert learn.current().store.get("prediction", "05.borders.orphan") == {"answer": "closed"}


@pytest.mark.parametrize(("number", "name"), ASKED)
def test_a_lesson_shows_the_instruments_whose_questions_it_counts(number: str, name: str) -> None:
    cells = json.loads(next(NOTEBOOKS.glob(f"{number}_*.ipynb")).read_text("utf-8"))["cells"]

    assert f"display.{name.partition('.')[0]}(" in "".join("".join(cell["source"]) for cell in cells)


def borders(start: str) -> tuple[View, list[dict[str, Any]], str]:
    key = {"half": "pieces", "ping": "after", "nothing": "waits", "gigabyte": "waits"}[start]
    return ls.display.borders(start=start), [{"kind": "guess", "key": key}, {"kind": "send"}], key


def stream(start: str) -> tuple[View, list[dict[str, Any]], str]:
    view = ls.display.stream(start=start)
    key = view.snapshot()["question"]["options"][0]["key"]
    return view, [{"kind": "guess", "key": key}, {"kind": "run"}], key


def silence(start: str) -> tuple[View, list[dict[str, Any]], str]:
    view = ls.display.silence(start)
    key = view.snapshot()["question"]["options"][0]["key"]
    return view, [{"kind": "guess", "key": key}, {"kind": "run"}], key


def goodbye(start: str) -> tuple[View, list[dict[str, Any]], str]:
    guess = [{"kind": "guess", "end": end, "code": 1000} for end in ("client", "server")]
    return ls.display.goodbye(start), [*guess, {"kind": "end"}], "1000 1000"


def opening(_: str) -> tuple[View, list[dict[str, Any]], str]:
    return ls.display.opening(), [{"kind": "guess", "key": "1"}, {"kind": "open"}], "1"


def race(preset: str) -> tuple[View, list[dict[str, Any]], str]:
    chosen = [{"kind": "preset", "key": preset}, {"kind": "guess", "key": "SSE"}, {"kind": "start"}]
    return ls.display.race(events=2, gap=0.05), chosen, "SSE"


def handshake(start: str) -> tuple[View, list[dict[str, Any]], str]:
    server = ls.serve(f"guess {start}")
    view = ls.display.handshake(server, start=start)
    return view, [{"kind": "guess", "key": "101"}, {"kind": "send"}], "101"


def request(start: str) -> tuple[View, list[dict[str, Any]], str]:
    server = ls.serve(f"guess {start}")
    return ls.display.request(server, start=start), [{"kind": "guess", "key": "200"}, {"kind": "send"}], "200"


def deflate(start: str) -> tuple[View, list[dict[str, Any]], str]:
    return ls.display.deflate(start), [{"kind": "guess", "key": "half"}, {"kind": "send"}], "half"


def heartbeat(end: str) -> tuple[View, list[dict[str, Any]], str]:
    guess = {"kind": "guess", "end": ["client", "server"].index(end), "at": 1.0}
    return ls.display.heartbeat(), [guess, {"kind": "start"}], "1.0 s"


def loop(preset: str) -> tuple[View, list[dict[str, Any]], str]:
    messages = [{"kind": "preset", "key": preset}, {"kind": "guess", "key": "all"}, {"kind": "start"}]
    return ls.display.loop(), messages, "all"


def broken(server: str) -> tuple[View, list[dict[str, Any]], str]:
    chosen = [{"kind": "server", "value": server}, {"kind": "row", "value": 0}, {"kind": "section", "value": "5.1"}]
    return ls.display.broken(), [*chosen, {"kind": "check"}], "0 5.1"


PLAYS: dict[str, Callable[[str], tuple[View, list[dict[str, Any]], str]]] = {
    play.__name__: play
    for play in (
        *(borders, broken, deflate, stream, silence, goodbye, heartbeat, loop, opening, race, handshake, request),
    )
}
STARTS = {"heard": "half", "pong": "ping", "orphan": "nothing", "large": "gigabyte"}


@pytest.mark.parametrize("name", [name for _, name in ASKED])
def test_each_question_that_a_lesson_counts_is_settled(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    told: list[tuple[str, str, str]] = []
    settled = threading.Event()

    def remember(*what: str) -> None:
        told.append((what[0], what[1], what[2]))
        if what[2]:
            settled.set()

    monkeypatch.setattr(guesses, "_remember", remember)
    instrument, _, question = name.partition(".")
    view, messages, key = PLAYS[instrument](STARTS.get(question, question))
    for message in [*messages, messages[-1]]:  # pressed once more where a busy machine ended the first run
        view._hear(None, message, [])
        if message is messages[-1] and settled.wait(20):
            break

    assert settled.is_set()
    assert [what[:2] for what in told] == [(name, key)] * 2

    view.close()
    ls.stop_all()
