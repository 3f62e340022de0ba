"""The race: what the page gets is what the clients measured."""

from __future__ import annotations

import json
from collections.abc import Iterator
from statistics import median
from typing import Any

import pytest

import livesock as ls
from livesock.display.view import Message
from livesock.display.views.race.heat import WAYS, Settings
from livesock.display.views.race.lanes import lanes_of
from livesock.display.views.race.view import RaceView
from livesock.display.views.race.words import PRESETS
from tests.peers import eventually


@pytest.fixture
def view() -> Iterator[RaceView]:
    view = ls.display.race(events=5, gap=0.02, every=0.05, delay=0.01)
    yield view
    view.close()


def ran(view: RaceView) -> Message:
    view.on_message({"kind": "start"})
    eventually(lambda: not view.snapshot()["busy"], "the race is over")
    eventually(lambda: bool(view._tried), "the view has seen it")
    return view.snapshot()


def test_every_way_brings_every_event(view: RaceView) -> None:
    state = ran(view)

    heat = view._heat
    assert heat is not None and state["problem"] == ""
    assert len(heat.feed.times) == 5
    for way, reading in heat.readings.items():
        assert len(reading.arrivals) == 5
        assert all(there >= here + 0.01 for there, here in zip(reading.arrivals, heat.feed.times, strict=True)), way
    assert heat.readings["SSE"].requests == heat.readings["WebSocket"].requests == 1
    assert [row[0] for row in state["table"]] == list(WAYS)
    assert state["table"] == [
        [
            way,
            f"{median(heat.waits(way)) * 1000:.1f} ms",
            f"{heat.readings[way].trace.size / 5:.0f}",
            str(len(heat.readings[way].asked)),
        ]
        for way in WAYS
    ]


def test_the_lanes_show_each_request_and_each_arrival(view: RaceView) -> None:
    lanes = {lane["name"]: lane for lane in ran(view)["lanes"]}

    assert list(lanes) == ["events", *WAYS]
    assert len(lanes["events"]["marks"]) == 5
    assert all(sum(count for _, _, count in lanes[way]["dots"]) == 5 for way in WAYS)
    assert len(lanes["long-polling"]["ticks"]) > len(lanes["WebSocket"]["ticks"]) == 1
    assert all(before <= after for way in WAYS for before, after, _, _ in lanes[way]["spans"])


def test_many_requests_are_drawn_as_blocks() -> None:
    settings = Settings(events=1, gap=1.0, every=0.02, delay=0.0)
    view = RaceView(settings)
    heat = view._track.begin(view.name, settings)
    heat.done.wait(10)
    heat.readings["polling"].asked = [heat.begin + n / 1000 for n in range(1000)]

    (polling,) = (lane for lane in lanes_of(heat, settings, heat.begin + 2)["lanes"] if lane["name"] == "polling")

    assert len(polling["ticks"]) == 1
    view.close()


def test_an_event_under_way_has_a_bar_that_is_still_open(view: RaceView) -> None:
    view._become(Settings(events=1, gap=0.02, every=1.0, delay=0.0))
    view.on_message({"kind": "start"})
    heat = view._heat
    assert heat is not None
    eventually(lambda: len(heat.feed.times) == 1, "the event has happened")

    state = view.snapshot()

    (polling,) = (lane for lane in state["lanes"] if lane["name"] == "polling")
    assert state["busy"] and state["now"] is not None and not polling["dots"]
    assert polling["spans"][0][1] == state["now"], "what comes is not known yet"
    heat.done.wait(10)


def test_the_fewest_bytes_are_what_was_measured(view: RaceView) -> None:
    view.on_message({"kind": "guess", "key": "long-polling"})

    state = ran(view)

    sizes = {way: tried.size for way, tried in zip(WAYS, view.measured(*WAYS), strict=True)}
    assert state["question"]["right"] == min(sizes, key=lambda way: sizes[way])
    assert state["question"]["chosen"] == "long-polling"
    assert state["outcome"]["why"] and state["outcome"]["tempts"]


def test_with_one_event_it_is_cheapest_to_ask_and_wait(view: RaceView) -> None:
    view._become(Settings(events=1, gap=0.3, every=0.1, delay=0.0))

    assert ran(view)["question"]["right"] == "long-polling"


@pytest.mark.parametrize("preset", PRESETS)
def test_each_preset_is_a_race(view: RaceView, preset: str) -> None:
    view.on_message({"kind": "preset", "key": preset})

    state = view.snapshot()
    assert (state["preset"], state["outcome"], state["now"]) == (preset, None, None)
    assert state["sentence"]


def test_turning_a_knob_asks_anew(view: RaceView) -> None:
    ran(view)

    view.on_message({"kind": "turn", "name": "every", "value": 0.1})

    state = view.snapshot()
    assert state["settings"]["every"] == 0.1
    assert (state["question"]["right"], state["preset"], state["table"]) == ("", "", [])
    assert len(state["past"]) == 1, "the race before is still listed"


def test_what_was_measured_belongs_to_the_settings_that_the_view_began_with(view: RaceView) -> None:
    view.on_message({"kind": "turn", "name": "events", "value": 2})
    ran(view)

    polling, stream = view.measured("polling", "SSE")

    assert len(view._tried) == 2, "measured() has run the other race"
    assert polling.requests >= 2 and stream.requests == 1
    assert view.measured("polling", "SSE") == [polling, stream]


def test_a_race_that_a_cell_runs_is_shown(view: RaceView) -> None:
    view.measured("SSE")

    assert view.snapshot()["outcome"] is not None


def test_a_way_that_is_none_is_refused(view: RaceView) -> None:
    with pytest.raises(ValueError, match="a way is one of polling"):
        view.measured("carrier pigeon")


@pytest.mark.parametrize("kind", ["start", "turn", "guess", "preset"])
def test_a_second_race_waits_for_the_first(view: RaceView, kind: str) -> None:
    view.on_message({"kind": "start"})
    with pytest.raises(ValueError, match="a race is running"):
        view.on_message({"kind": kind})
    eventually(lambda: not view.snapshot()["busy"], "the race is over")


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ({"kind": "turn", "name": "events", "value": 0}, "events is a number from 1 to 200, not 0"),
        ({"kind": "turn", "name": "delay", "value": "far"}, "delay is a number from 0.0 to 1.0, not 'far'"),
        ({"kind": "turn", "name": "gap"}, "gap is a number"),
        ({"kind": "turn", "name": "begin", "value": 1}, "a knob is one of events"),
        ({"kind": "preset", "key": ["start"]}, "a preset is one of start"),
        ({"kind": "guess", "key": "smoke"}, "a guess is one of polling"),
        ({"kind": ["start"]}, "may send preset, turn, guess, start"),
    ],
)
def test_what_a_page_cannot_mean_is_refused(view: RaceView, message: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        view.on_message(message)


def test_a_race_takes_a_minute_at_most() -> None:
    with pytest.raises(ValueError, match="more than 60 s"):
        ls.display.race(events=200, gap=1.0)


def test_it_takes_its_server_and_its_network_along(view: RaceView) -> None:
    ran(view)

    view.close()

    assert view.name not in ls.servers()


def test_the_state_is_json_and_a_saved_notebook_has_words_and_a_picture(view: RaceView) -> None:
    before, _ = view._repr_mimebundle_()
    json.dumps(ran(view), allow_nan=False)
    data, _ = view._repr_mimebundle_()

    assert before["text/html"] != data["text/html"], "after the race it shows the race"
    assert before["text/plain"] == data["text/plain"], "its words hold no times"
    assert data["text/plain"].startswith("5 events happen, one each 20 ms or so.")
    assert data["text/html"].startswith("<img ")
