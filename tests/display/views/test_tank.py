"""A slow reader: what each policy costs, measured on real connections, and what the page is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

import livesock as ls
from livesock.display.views.tank.view import TankView
from livesock.lessons.lesson08.hub import Hub
from livesock.net.loop import registry
from tests.peers import eventually


@pytest.fixture
def view() -> Iterator[TankView]:
    """A view without its thread: the test looks in its place."""
    view = ls.display.tank(hub=Hub)
    view.stop()
    yield view
    view.finish()
    view.close()


@pytest.fixture
def sent(view: TankView, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    monkeypatch.setattr(view, "send", lambda kind, **content: messages.append(content))
    return messages


def test_who_waits_for_a_reader_that_reads_nothing_makes_everybody_wait(view: TankView) -> None:
    came = view.measured("wait")

    assert came["friend"] > 1.5 and came["dropped"] == 0
    assert view.news()["tried"][0]["cells"][0] == "nothing"  # type: ignore[index]
    assert view.news() is None


@pytest.mark.parametrize(
    ("policy", "waiting", "drops"),
    [("all", range(15, 60), False), ("oldest", range(9, 11), True), ("newest", range(2), True)],
)
def test_a_queue_keeps_the_friend_going(view: TankView, policy: str, waiting: range, drops: bool) -> None:
    came = view.measured(policy, 4)

    assert came["friend"] < 0.6
    assert came["slow"] > 0.3
    assert came["waiting"] in waiting and bool(came["dropped"]) == drops
    tank = view.snapshot()["tanks"][0]
    assert 0 < tank["way"] < 12, "what no policy reaches"


def test_a_reader_that_is_too_slow_is_sent_away_when_its_queue_is_full(view: TankView) -> None:
    came = view.measured("close")

    assert came["slow"] == -1 and came["friend"] < 0.6
    assert view.snapshot()["tanks"][0]["closed"]
    assert "1013" in view.snapshot()["sentence"]


def test_a_reader_in_time_has_nothing_waiting(view: TankView) -> None:
    came = view.measured("oldest", 20)

    assert came["slow"] < 0.6 and came["dropped"] == 0 and came["waiting"] < 3


def test_a_hub_is_a_policy_of_its_own(view: TankView) -> None:
    came = view.measured("hub", 4)

    assert came["friend"] < 0.6 and came["waiting"] > 10
    assert "Hub: ours" in view.words()


def test_a_hub_that_fails_is_named() -> None:
    class Broken(Hub):
        async def broadcast(self, message: str, *, exclude: object = ()) -> int:
            raise KeyError("members")

    broken = ls.display.tank("hub", hub=Broken)
    with pytest.raises(RuntimeError, match="KeyError: 'members'"):
        broken.measured("hub")
    assert "KeyError" in broken.snapshot()["sentence"] and "Hub: yours" in broken.words()
    broken.close()


def test_what_was_measured_is_not_measured_again(view: TankView) -> None:
    assert view.measured("newest", 4) == view.measured("newest", 4)


def test_what_was_measured_stands_under_no_other_policy_or_pace(view: TankView, sent: list[dict[str, Any]]) -> None:
    view.measured("all", 4)
    view.snapshot()  # ten times a second, where a page looks
    view.measured("wait", 4)
    view.on_message({"kind": "policy", "key": "newest"})
    newest = view.snapshot()

    assert newest["tanks"][0] | {"waiting": 0, "way": 0, "read": "", "dropped": 0} == newest["tanks"][0]
    assert newest["plot"]["empty"] and not newest["rule"]
    assert "Press Start: a run ends after 10 s" in newest["sentence"]

    view.on_message({"kind": "policy", "key": "all"})
    assert view.snapshot()["tanks"][0]["waiting"] > 10, "what was measured with it before"
    view.on_message({"kind": "pace", "key": "0"})
    assert view.snapshot()["tanks"][0]["waiting"] == 0


def test_knobs_turn_while_it_runs(view: TankView, sent: list[dict[str, Any]]) -> None:
    for message in ({"kind": "policy", "key": "all"}, {"kind": "pace", "key": "0"}, {"kind": "start"}):
        view.on_message(message)
    run = view._newest
    assert run is not None and eventually(lambda: run.waiting.get("slow", 0) > 12, "a pile")
    view.on_message({"kind": "policy", "key": "newest"})
    view.on_message({"kind": "pace", "key": "4"})

    eventually(lambda: run.waiting["slow"] == 1 and run.dropped > 10, "only the newest is kept")
    eventually(lambda: run.samples[-1].when > run.turns[-1][0], "a look after the turns")
    assert [text for _, text in run.turns] == ["newest only", "reads 4 a second"]
    assert [rule["text"] for rule in view.snapshot()["plot"]["rules"]] == [
        "reads slowly",
        "newest only",
        "reads 4 a second",
    ]
    assert view.snapshot()["rule"] == ""
    with pytest.raises(ValueError, match="from the beginning"):
        view.on_message({"kind": "policy", "key": "hub"})
    with pytest.raises(ValueError, match="between two runs"):
        view.on_message({"kind": "start"})

    run.is_ending = True
    assert run.done.wait(10)
    assert not any(line["cells"][0] for line in view.snapshot()["tried"]), "a mixed run belongs to no policy"
    assert "no row" in view.snapshot()["rule"]


@pytest.mark.parametrize(
    "message",
    [
        *({}, {"kind": 1}, {"kind": "policy"}, {"kind": "policy", "key": ["wait"]}, {"kind": "policy", "key": "drop"}),
        *({"kind": "pace", "key": "3"}, {"kind": "pace", "key": None}),
    ],
)
def test_a_page_that_sends_anything_else_is_refused(
    view: TankView, sent: list[dict[str, Any]], message: dict[str, Any]
) -> None:
    with pytest.raises(ValueError):
        view.on_message(message)


def test_before_the_first_run_nothing_runs_and_the_picture_says_what_to_do() -> None:
    view = ls.display.tank()

    assert "your Hub" not in view.words() and view.words().startswith("20 prices a second")
    assert "Start" in view.picture()
    ElementTree.fromstring(view.picture())
    view.close()
    assert not registry.running("server")


def test_the_state_is_small_enough_for_ten_a_second(view: TankView) -> None:
    view.measured("all", 4)

    assert len(json.dumps(view.snapshot())) < 16_000
    ElementTree.fromstring(view.picture())


@pytest.mark.parametrize(("policy", "pace"), [("fast", 0), ("hub", 0), (None, 0), ("wait", 3), ("wait", True)])
def test_what_is_not_a_policy_or_a_pace_is_refused(policy: Any, pace: Any) -> None:
    with pytest.raises(ValueError, match="is one of"):
        ls.display.tank(policy, pace=pace)


def test_nothing_is_left_after_the_view() -> None:
    view = ls.display.tank("newest", pace=4)
    view.measured("newest", 4)
    view.close()

    assert not registry.running("server")
