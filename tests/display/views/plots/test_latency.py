"""Latency against distance: what the plot shows was measured on real connections."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import livesock as ls
from livesock.display.views.latency import view as module
from livesock.display.views.latency.plots import lost_in_words, plot_of
from livesock.display.views.latency.view import LatencyView
from tests.display.watch import Page
from tests.peers import eventually


@pytest.fixture
def view(monkeypatch: pytest.MonkeyPatch) -> Iterator[LatencyView]:
    monkeypatch.setitem(module.SWEEP, "ask", (0, 40))
    monkeypatch.setitem(module.SWEEP, "news", (20,))
    view = ls.display.latency()
    yield view
    view.close()


def test_a_question_takes_one_round_trip_and_a_new_connection_two(view: LatencyView) -> None:
    measured = {way: dict(points) for way, points in view.measured().items()}

    assert list(measured) == ["new connection", "kept alive", "WebSocket"]
    assert all(list(points) == [0, 40] for points in measured.values())
    assert measured["new connection"][40] >= 80
    assert 40 <= min(measured["kept alive"][40], measured["WebSocket"][40]) < 80


def test_what_is_measured_is_not_measured_again(view: LatencyView) -> None:
    assert view.measured() == view.measured()


def test_news_is_never_there_before_half_a_round_trip(view: LatencyView) -> None:
    view.on_message({"kind": "preset", "value": "news"})

    measured = {way: dict(points)[20] for way, points in view.measured().items()}

    assert list(measured) == ["poll", "long-poll", "SSE", "WebSocket"]
    assert min(measured.values()) >= 10
    assert measured["poll"] > max(measured["SSE"], measured["WebSocket"])


def test_what_follows_a_lost_segment_waits_for_it(view: LatencyView) -> None:
    view.on_message({"kind": "preset", "value": "lost"})

    measured = {way: dict(points) for way, points in view.measured().items()}

    assert list(measured["WebSocket"]) == list(range(10))
    assert 3 not in measured["datagram"]
    assert measured["WebSocket"][3] > 100 and measured["WebSocket"][4] > 100
    steps = [n for _, n in plot_of("lost", measured).curves[1].points]
    assert steps == list(range(10)), "in order, and never back in time"
    assert view.snapshot()["sentence"].startswith("Position 3 was lost: over the WebSocket it came")


def test_the_page_draws_while_the_kernel_measures(view: LatencyView) -> None:
    page = Page(view)
    page.tell("sweep")
    page.until(lambda: page.state["plot"]["stops"] and not page.state["running"])

    counts = [len(message["news"]["plot"]["stops"]) for message in page.kinds("news")]
    assert counts == sorted(counts) and {1, 2} <= set(counts)
    assert page.state["sentence"].startswith("40 ms there and back: new connection ")
    assert page.state["plot"]["stops"][0]["text"].startswith("0 ms there and back: new connection ")
    assert page.state["plot"]["empty"] == ""


def test_one_more_distance_widens_the_axis(view: LatencyView) -> None:
    page = Page(view)
    page.tell("here", value=150)
    page.until(lambda: page.state["plot"]["stops"])

    assert [stop["x"] for stop in page.state["plot"]["stops"]] == [150]
    assert page.state["plot"]["x"]["to"] == 200


def test_a_second_measurement_waits_for_the_first(view: LatencyView) -> None:
    view.on_message({"kind": "sweep"})
    with pytest.raises(ValueError, match="a measurement is running"):
        view.on_message({"kind": "sweep"})
    with pytest.raises(ValueError, match="a measurement is running"):
        view.on_message({"kind": "preset", "value": "news"})
    eventually(lambda: not view._doing, "the measurement is over")


@pytest.mark.parametrize(
    "message",
    [
        {"kind": "preset", "value": "far"},
        {"kind": "here", "value": 201},
        {"kind": "here", "value": "near"},
        {"kind": "here"},
        {"kind": "what"},
    ],
)
def test_what_a_page_may_not_ask_is_refused(view: LatencyView, message: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"a page of latency\(\) sends"):
        view.on_message(message)


def test_a_failure_is_shown(view: LatencyView, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("no port is free")

    monkeypatch.setattr(module, "ask_at", fail)
    page = Page(view)
    page.tell("sweep")
    page.until(lambda: "no port is free" in page.state["sentence"])


def test_nothing_stays_open_and_the_words_are_the_same_each_time(view: LatencyView) -> None:
    before = view.words()
    view.measured()

    assert view.words() == before
    assert not ls.servers()
    assert "<polyline" in view.picture()


def test_an_unknown_start_is_refused() -> None:
    with pytest.raises(ValueError, match="start is one of ask, news, lost, not 'far'"):
        ls.display.latency(start="far")


def test_only_positions_behind_the_lost_one_have_waited_for_it() -> None:
    late = {0: 90, 1: 60, 2: 1, 3: 200, 4: 170, 5: 140, 6: 1}

    assert "it came 200 ms late, and 2 others waited behind it" in lost_in_words({"WebSocket": late, "datagram": {}})
    assert "The positions came in time" in lost_in_words({"WebSocket": {**late, 3: 1}, "datagram": {}})
