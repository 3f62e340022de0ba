"""A bucket that fills: what gets through, what is drawn, and a bucket of the learner's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

import livesock as ls
from livesock.display.views.bucket.traffic import Level, Traffic
from livesock.lessons.lesson13.tokenbucket import TokenBucket
from tests.peers import eventually


class Generous:
    def __init__(self, rate: float, burst: int, clock: Any) -> None:
        pass

    def take(self) -> bool:
        return True


class Broken(Generous):
    def take(self) -> bool:
        raise KeyError("tokens")


@pytest.fixture
def traffic() -> Iterator[Traffic]:
    traffic = Traffic(None, 1, 5)
    yield traffic
    traffic.stop()


def test_a_burst_gets_through_and_the_rest_is_stopped(traffic: Traffic) -> None:
    assert traffic.press(20) in (5, 6)
    assert traffic.passed + traffic.stopped == len(traffic.asked) == 20
    assert traffic.level.now() < 2
    traffic.reset(1, 5)
    assert traffic.press(3) == 3 and len(traffic.asked) == 3


def test_answers_that_an_interrupted_cell_left_behind_are_passed_over(traffic: Traffic) -> None:
    traffic._client.send("0")
    assert traffic.press(2) == 2


def test_a_stream_goes_on_by_itself(traffic: Traffic) -> None:
    traffic.stream = 50
    assert eventually(lambda: traffic.stopped > 3, "more than the rate allows")


@pytest.mark.parametrize(("bucket", "whose"), [(TokenBucket, "ours"), (Generous, "yours")])
def test_it_says_whose_bucket_decides(bucket: Any, whose: str) -> None:
    view = ls.display.bucket(bucket)
    try:
        assert view.flood(40) == 40 if whose == "yours" else view.flood(40) in (10, 11)
        state = view.snapshot()
        assert state["whose"] == f"TokenBucket: {whose}" and view.words().endswith(whose)
        assert ("judged otherwise" in state["sentence"]) == (whose == "yours")
        assert all(dot["right"] for dot in state["dots"][:10])
    finally:
        view.close()
    assert ls.servers() == {}


def test_the_sentence_leaves_the_counts_to_their_own_line() -> None:
    view = ls.display.bucket(rate=1, burst=20)
    try:
        view.flood(1)
        assert view.snapshot()["sentence"] == "A message takes a token, and 1 a second come in, up to 20."
    finally:
        view.close()


def test_a_bucket_that_raises_stops_all_and_says_so() -> None:
    view = ls.display.bucket(Broken)
    try:
        assert view.flood(1) == 0
        assert "KeyError: 'tokens'" in view.snapshot()["sentence"]
    finally:
        view.close()


def test_the_page_s_wishes_are_done_and_others_refused() -> None:
    view = ls.display.bucket(rate=1, burst=5)
    sent: list[Any] = []
    view.stop()
    view._traffic = Traffic(None, 1, 5)
    view.send = lambda kind, **content: sent.append(content["news"])  # type: ignore[method-assign]
    try:
        view.on_message({"kind": "press", "value": 10})
        assert (sent[-1]["passed"], sent[-1]["stopped"]) in ((5, 5), (6, 4))
        view.on_message({"kind": "burst", "value": 20})
        assert (sent[-1]["level"], sent[-1]["passed"], sent[-1]["burst"]) == (20, 0, 20)
        view.on_message({"kind": "rate", "value": 10})
        view.on_message({"kind": "stream", "value": 2})
        assert (sent[-1]["rate"], sent[-1]["stream"]) == (10, 2)
        for message in ({}, {"kind": "press"}, {"kind": "press", "value": 1000}, {"kind": "rate", "value": True}):
            with pytest.raises(ValueError):
                view.on_message(message)
        assert len(json.dumps(view.snapshot())) < 8_000
        ElementTree.fromstring(view.picture())
    finally:
        view._traffic.stop()
        view.close()


@pytest.mark.parametrize("options", [{"rate": 3}, {"burst": 0}, {"rate": None}])
def test_a_rate_or_a_burst_that_it_does_not_have_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="rate is one of"):
        ls.display.bucket(**options)


def test_at_the_border_of_a_token_both_answers_are_right() -> None:
    level = Level(0.001, 1)
    assert level.judges(True) and not level.judges(True)
    assert level.judges(False)
