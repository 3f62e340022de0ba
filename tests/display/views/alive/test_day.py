"""A day of a client, at a hundredth of its length: with the reference, with parts that are wrong, and on the page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

import livesock as ls
from livesock.display.views.day.picture import day_svg
from livesock.display.views.day.run import HOUR, troubles
from livesock.display.views.day.view import DayView
from livesock.display.views.day.words import clock
from livesock.lessons.lesson09.backoff import backoff
from livesock.lessons.lesson09.heartbeat import Heartbeat
from livesock.lessons.lesson09.reconnector import Reconnector
from livesock.net.loop import registry
from tests.peers import eventually


def day_of(*parts: Any) -> DayView:
    """Return a view without its thread: the test looks in its place."""
    view = ls.display.day(*(parts or (backoff, Heartbeat, Reconnector)), whose="ours")
    view.stop()
    return view


@pytest.fixture
def view() -> Iterator[DayView]:
    view = day_of()
    yield view
    view.finish()
    view.close()


def test_the_reference_is_back_after_each_trouble_with_one_connection_at_a_time(view: DayView) -> None:
    for _ in range(3):  # a busy machine is slow to come back
        view.on_message({"kind": "length", "key": "ten minutes"})  # a new run
        came = view.measured("ten minutes")
        if came["connected"] > 60:
            break

    assert came["most_open"] == 1 and came["troubles"] == 3
    assert came["connected"] > 60 and came["away"] < 200
    state = view.snapshot()
    assert state["spans"][-1][1] == 600, "connected at the end"
    assert all("connected" in line[2] or "back" in line[2] for line in state["lines"])
    assert [line[0] for line in state["lines"]] == sorted(line[0] for line in state["lines"]), "as on the strip above"
    assert dict(state["figures"])["open at once, at most"] == "1"


def test_a_heart_that_never_beats_is_cut_by_the_proxy(view: DayView) -> None:
    class Deaf(Heartbeat):
        def tick(self, now: float) -> str:
            return "wait"

    deaf = day_of(backoff, Deaf, Reconnector)
    came = deaf.measured("ten minutes")
    deaf.finish()
    deaf.close()

    assert came["troubles"] == 3
    assert len(deaf.snapshot()["spans"]) > 6, "one minute at a time"


def test_a_reconnector_that_dials_twice_has_two_connections() -> None:
    class Eager(Reconnector):
        def start(self) -> list[tuple[str, float]]:
            return super().start() * 2

        def opened(self, now: float) -> list[tuple[str, float]]:
            super().opened(now)
            return []

    eager = day_of(backoff, Heartbeat, Eager)
    came = eager.measured("ten minutes")
    eager.finish()
    eager.close()

    assert came["most_open"] > 1


def test_what_the_learners_code_raises_is_named() -> None:
    class Broken(Heartbeat):
        def tick(self, now: float) -> str:
            raise KeyError("pinged")

    broken = day_of(backoff, Broken, Reconnector)
    with pytest.raises(RuntimeError, match="KeyError in what you wrote: 'pinged'"):
        broken.measured("ten minutes")
    assert "KeyError" in broken.snapshot()["sentence"]
    broken.finish()
    broken.close()


def test_a_run_can_be_stopped(view: DayView, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "send", lambda kind, **content: None)
    view.on_message({"kind": "length", "key": "a day"})
    view.on_message({"kind": "start"})
    eventually(lambda: bool(view.snapshot()["spans"]), "the first connection")
    with pytest.raises(ValueError, match="each in its time"):
        view.on_message({"kind": "length", "key": "an hour"})
    view.on_message({"kind": "stop"})
    eventually(lambda: not view.snapshot()["running"], "the end")

    eventually(lambda: not registry.running("server") and not registry.running("netsim"), "nothing is left")


def test_a_measurement_leaves_the_run_on_the_page_alone(view: DayView, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "send", lambda kind, **content: None)
    view.on_message({"kind": "length", "key": "a day"})
    view.on_message({"kind": "start"})
    came = view.measured("ten minutes")

    assert came["troubles"] == 3
    assert view.snapshot()["running"] and view.snapshot()["length"] == 86_400


@pytest.mark.parametrize("message", [{}, {"kind": "length", "key": "a year"}, {"kind": "stop"}, {"kind": "length"}])
def test_a_page_that_sends_anything_else_is_refused(view: DayView, message: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        view.on_message(message)


def test_a_day_has_an_hours_troubles_each_hour() -> None:
    assert len(troubles(86_400)) == 24 * len(HOUR)
    assert len(troubles(600)) == 3
    assert all(one.at + one.lasts < 86_400 for one in troubles(86_400))
    assert clock(86_399) == "23:59:59"


def test_the_many_troubles_of_a_day_are_strokes_that_do_not_cover_each_other(view: DayView) -> None:
    met = [{"at": one.at, "text": one.kind} for one in troubles(86_400)]
    few = day_svg(view.snapshot() | {"troubles": met[: len(HOUR)], "length": 3600}, "")
    many = day_svg(view.snapshot() | {"troubles": met, "length": 86_400, "crowded": True}, "")

    assert few.count("▼") == len(HOUR) and "▼" not in many
    assert many.count('width="1"') == len(met) and many.count('height="7"') == len(met)


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_an_hour_is_played_to_its_end(view: DayView) -> None:
    came = view.measured("an hour")

    state = view.snapshot()
    assert (came["troubles"], came["most_open"]) == (len(HOUR), 1)
    assert (state["running"], state["now"], state["ends"], state["crowded"]) == (False, None, "01:00", False)
    assert state["spans"][-1][1] == 3600 and "connected at the end" in state["sentence"]
    assert all("connected" in line[2] or "back" in line[2] for line in state["lines"])
    eventually(lambda: not registry.running("server") and not registry.running("netsim"), "nothing is left")


def test_of_many_troubles_the_end_says_how_each_kind_went(view: DayView, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("livesock.display.views.day.view.CROWD", 2)
    view.measured("ten minutes")

    lines = view.snapshot()["lines"]
    assert [line[:2] for line in lines] == [
        ["1 times", "the cable is cut"],
        ["1 times", "the server restarts"],
        ["1 times", "the client's machine sleeps"],
    ]
    assert all(re.fullmatch(r"back \d+ s later, \d+ s at worst", line[2]) for line in lines)


def test_before_it_begins_the_picture_says_what_will_come(view: DayView) -> None:
    assert "the server restarts" in view.words() and view.words().endswith("ours")
    ElementTree.fromstring(view.picture())
    assert len(json.dumps(view.snapshot())) < 3000


def test_what_cannot_be_called_is_refused() -> None:
    with pytest.raises(TypeError, match="heartbeat is a function or a class"):
        ls.display.day(backoff, Heartbeat(20, 10, 0), Reconnector)
