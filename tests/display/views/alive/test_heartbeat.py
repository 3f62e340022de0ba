"""Who knows that a connection is over: what a run measured, what the page is told, what a reader may send."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

import livesock as ls
from livesock.display.views.heartbeat.ladder import bounded, plan_of
from livesock.display.views.heartbeat.run import LENGTH, Setting
from livesock.display.views.heartbeat.view import HeartbeatView
from livesock.net.loop import registry
from tests.peers import eventually


@pytest.fixture
def view() -> Iterator[HeartbeatView]:
    """A view without its thread: the test looks in its place."""
    view = ls.display.heartbeat()
    view.stop()
    yield view
    view.finish()
    view.close()


@pytest.fixture
def sent(view: HeartbeatView, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    monkeypatch.setattr(view, "send", lambda kind, **content: messages.append(content))
    return messages


def says(view: HeartbeatView) -> list[str]:
    return [end["says"] for end in view.snapshot()["ends"]]


def test_without_a_heartbeat_a_cut_is_not_noticed_and_send_returns(view: HeartbeatView) -> None:
    came = view.measured("cut", "neither")

    assert came == {"client": None, "server": None, "send": "returned", "codes": [None, None]}
    assert says(view) == ["says OPEN", "says OPEN"]
    assert "send() returned as always" in view.snapshot()["outcome"]
    lost = [arrow for arrow in view.snapshot()["ladder"]["arrows"] if arrow["lost"]]
    assert [arrow["text"] for arrow in lost] == ["“hello?”"]


@pytest.mark.parametrize(("pings", "knowing"), [("client", (0,)), ("server", (1,)), ("both", (0, 1))])
def test_the_end_that_pings_knows_within_the_bound(view: HeartbeatView, pings: str, knowing: tuple[int, ...]) -> None:
    came = view.measured("cut", pings)

    for end, name in enumerate(("client", "server")):
        if end in knowing:
            assert 0.3 <= came[name] <= 1.5, "bound 0.8 s, on a busy machine"
            assert says(view)[end] == "1011 · “ping timeout”"
        else:
            assert came[name] is None and says(view)[end] == "says OPEN"


@pytest.mark.parametrize(
    ("story", "pings", "knows", "other"),
    [("hangs", "server", "server", "client"), ("blocked", "client", "client", "server")],
)
def test_a_program_that_hangs_looks_like_a_cut_cable(
    view: HeartbeatView, story: str, pings: str, knows: str, other: str
) -> None:
    came = view.measured(story, pings)

    assert came[knows] is not None
    notes = {mark["text"] for mark in view.snapshot()["ladder"]["marks"]}
    assert {"hangs", "wakes", "no pong"} <= notes
    assert came[other] is None or came[other] >= 0.8, "it learns of it when it wakes"
    assert "looks like a cut cable" in view.snapshot()["rule"]


def test_the_end_that_hangs_cannot_ask(view: HeartbeatView) -> None:
    came = view.measured("blocked", "server")

    assert (came["client"], came["server"]) == (None, None)
    assert "cannot ask" in view.snapshot()["rule"]


def test_an_idle_proxy_cuts_what_is_silent(view: HeartbeatView) -> None:
    came = view.measured("proxy", "neither")

    assert came["codes"] == [1006, 1006] and came["send"] == "ConnectionClosedError"
    assert says(view) == ["1006 · “transport close”"] * 2
    ladder = view.snapshot()["ladder"]
    assert ladder["bars"][-1]["to"] == pytest.approx(ladder["cut"], abs=2), "the silence ends with the cut"


def test_a_ping_in_time_keeps_the_proxy_from_cutting(view: HeartbeatView, sent: list[dict[str, Any]]) -> None:
    view.on_message({"kind": "knob", "name": "interval", "value": 0.3})

    came = view.measured("proxy", "client")

    assert came["send"] == "returned" and says(view) == ["says OPEN", "says OPEN"]
    assert len(view.snapshot()["ladder"]["bars"]) > 4, "each byte begins the count anew"


def test_a_guess_that_is_near_is_right(view: HeartbeatView, sent: list[dict[str, Any]]) -> None:
    view.on_message({"kind": "pings", "key": "client"})
    view.on_message({"kind": "guess", "end": 0, "at": 0.2})
    view.on_message({"kind": "guess", "end": 1, "at": LENGTH})
    view.on_message({"kind": "start"})
    with pytest.raises(ValueError, match="not over yet"):
        view.on_message({"kind": "start"})
    eventually(lambda: view.news() is not None, "the end of the run")

    client, server = view.snapshot()["ends"]
    assert client["right"] is False and client["guessed"] == "0.2 s"
    assert server["right"] is True and server["guessed"] == "never" == server["came"]


def test_what_is_known_cannot_be_guessed(view: HeartbeatView, sent: list[dict[str, Any]]) -> None:
    view.measured("cut", "neither")
    view.on_message({"kind": "guess", "end": 0, "at": 1.0})

    state = view.snapshot()
    assert state["number"] == 0 and state["ends"][0]["came"] == "", "it is for the next run"


def test_the_bound_moves_with_the_hand(view: HeartbeatView, sent: list[dict[str, Any]]) -> None:
    view.on_message({"kind": "pings", "key": "both"})
    before = view.snapshot()["ladder"]["bars"]
    view.on_message({"kind": "knob", "name": "at", "value": 1.2})
    view.on_message({"kind": "knob", "name": "timeout", "value": 0.6})
    after = view.snapshot()["ladder"]["bars"]

    assert len(before) == len(after) == 4
    assert before[1]["text"] == "knows by 1.6 s" and after[1]["text"] == "knows by 2.3 s"
    assert after[0]["from"] - before[0]["from"] == pytest.approx(0.4 * 150)
    assert view.snapshot()["bound"] == 1.1


@pytest.mark.parametrize("story", ["cut", "hangs", "blocked", "proxy"])
def test_a_plan_promises_what_the_run_keeps(story: str) -> None:
    for pings in ("neither", "client", "server", "both"):
        setting = Setting(story, pings, 0.5, 0.3, 0.8)
        promised = {bar["end"] for bar in plan_of(setting)["bars"] if bar["end"] is not None}
        assert promised == set(bounded(setting))
        assert story != "hangs" or 0 not in promised, "who hangs cannot know"


@pytest.mark.parametrize(
    "message",
    [
        *({}, {"kind": 1}, {"kind": "story", "key": "fire"}, {"kind": "pings", "key": ["both"]}, {"kind": "knob"}),
        *({"kind": "knob", "name": "at", "value": 9}, {"kind": "knob", "name": "at", "value": "1"}),
        *({"kind": "guess", "end": 2, "at": 1}, {"kind": "guess", "end": 0, "at": 99}, {"kind": "guess", "end": 0}),
    ],
)
def test_a_page_that_sends_anything_else_is_refused(
    view: HeartbeatView, sent: list[dict[str, Any]], message: dict[str, Any]
) -> None:
    with pytest.raises(ValueError):
        view.on_message(message)


def test_before_the_first_run_the_picture_asks(view: HeartbeatView) -> None:
    assert "When will each end know" in view.words() and "Start" not in view.words()
    ElementTree.fromstring(view.picture())
    assert len(json.dumps(view.snapshot())) < 8000


def test_after_a_run_the_picture_says_the_same(view: HeartbeatView) -> None:
    view.measured("cut", "both")

    picture = view.picture()
    ElementTree.fromstring(picture)
    assert "Close 1011" in picture and "send() returned as always" in picture
    assert "client → ping ✕ never arrives" in view.words()


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"story": "fire"}, "story is one of"),
        ({"story": 5}, "story is one of"),
        ({"pings": "none"}, "pings is one of"),
        ({"interval": 20}, "interval is 0.2 to 1 s"),
        ({"timeout": True}, "timeout is 0.1 to 0.8 s"),
        ({"at": "soon"}, "at is 0.3 to 1.6 s"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, Any], error: str) -> None:
    with pytest.raises(ValueError, match=error):
        ls.display.heartbeat(**options)


def test_nothing_is_left_after_the_view() -> None:
    view = ls.display.heartbeat()
    view.measured("cut", "both")
    view.close()

    assert not registry.running("server") and not registry.running("netsim")
