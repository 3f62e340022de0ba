"""The race: what the page gets is what the clients measured."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import livesock as ls
from livesock.display.views.race.view import WAYS, RaceView
from tests.peers import eventually


@pytest.fixture
def view() -> Iterator[RaceView]:
    view = ls.display.race(events=5, gap=0.02, every=0.05, delay=0.01)
    yield view
    view.close()


def test_every_way_brings_every_event(view: RaceView) -> None:
    view.on_message({"kind": "start", "events": 5, "gap": 0.02, "every": 0.05, "delay": 0.01})
    eventually(lambda: view._heat is not None and view._heat.is_over, "the race is over")

    heat = view.snapshot()["heat"]

    assert heat["problem"] == "" and len(heat["happened"]) == 5
    lanes = {lane["way"]: lane for lane in heat["lanes"]}
    assert tuple(lanes) == WAYS
    for lane in lanes.values():
        assert len(lane["arrivals"]) == 5
        assert all(there >= here + 0.01 for there, here in zip(lane["arrivals"], heat["happened"], strict=True))
    assert lanes["SSE"]["requests"] == lanes["WebSocket"]["requests"] == 1
    assert lanes["polling, kept alive"]["connections"] == 1
    assert lanes["polling, a new connection each"]["connections"] == lanes["polling, a new connection each"]["requests"]
    assert all(lane["perEvent"] == round(lane["bytes"] / 5, 1) for lane in lanes.values())


def test_a_second_race_waits_for_the_first(view: RaceView) -> None:
    start = {"kind": "start", "events": 3, "gap": 0.02, "every": 0.05, "delay": 0.0}
    view.on_message(start)
    with pytest.raises(ValueError, match="a race is running"):
        view.on_message(start)
    eventually(lambda: view._heat is not None and view._heat.is_over, "the race is over")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"events": 0}, "events is a number from 1 to 200, not 0"),
        ({"delay": "far"}, "delay is a number from 0.0 to 1.0, not 'far'"),
        ({"gap": None}, "gap is a number"),
        ({"events": 200, "gap": 1.0}, "more than 60 s"),
    ],
)
def test_numbers_out_of_their_limits_are_refused(view: RaceView, change: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        view.on_message({"kind": "start", "events": 5, "gap": 0.02, "every": 0.05, "delay": 0.0} | change)


def test_it_takes_its_server_and_its_network_along(view: RaceView) -> None:
    view.on_message({"kind": "start", "events": 2, "gap": 0.02, "every": 0.05, "delay": 0.0})
    eventually(lambda: view._heat is not None and view._heat.is_over, "the race is over")

    view.close()

    assert view.name not in ls.servers()


def test_the_saved_notebook_has_a_picture(view: RaceView) -> None:
    view.on_message({"kind": "start", "events": 2, "gap": 0.02, "every": 0.05, "delay": 0.0})
    before, _ = view._repr_mimebundle_()
    eventually(lambda: view._heat is not None and view._heat.is_over, "the race is over")
    data, _ = view._repr_mimebundle_()

    assert before["text/html"] != data["text/html"], "after the race it shows the race"
    assert data["text/plain"].splitlines()[1:] == [f"  {way}" for way in WAYS]
    assert data["text/html"].startswith("<img ")
