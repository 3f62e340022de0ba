"""Two servers and eight clients: who hears what, with a bus, without one, and while it is away."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

import livesock as ls
from livesock.display.views.cluster.view import ClusterView
from livesock.net.loop import registry
from tests.peers import eventually


@pytest.fixture
def show() -> Iterator[Callable[..., ClusterView]]:
    """Return a function that makes a view."""
    views: list[ClusterView] = []

    def make(*arguments: Any) -> ClusterView:
        views.append(ls.display.cluster(*arguments))
        return views[-1]

    yield make
    for view in views:
        view.close()


def heard(view: ClusterView, *counts: int) -> None:
    eventually(lambda: tuple(view.heard.values()) == counts, f"the clients have heard {counts}, not {view.heard}")


def test_without_a_bus_half_of_the_room_is_silent(show: Callable[..., ClusterView]) -> None:
    view = show()
    view.on_message({"kind": "emit", "key": "one"})

    heard(view, 1, 0, 1, 0, 1, 0, 1, 0)
    assert view.state()["entries"] == []
    assert [box["boxes"][0]["who"] for box in view.state()["plan"]["areas"]] == ["alone", "alone"]
    assert "Nothing joins the two servers" in view.words()


def test_a_stream_joins_them_and_keeps_what_is_emitted_while_it_is_away(show: Callable[..., ClusterView]) -> None:
    view = show("there")
    view.emit("two")
    heard(view, *[1] * 8)
    assert (view.first, view.state()["entries"][0]["from"]) == ("two", "server two")

    view.on_message({"kind": "bus", "key": "away"})
    eventually(lambda: "away" in str(view.state()["plan"]["areas"]), "the servers notice")
    view.emit("one")
    heard(view, 2, 1, 2, 1, 2, 1, 2, 1)
    eventually(lambda: "1 wait" in str(view.state()["plan"]["areas"][0]["boxes"]), "one message waits")

    view.on_message({"kind": "bus", "key": "there"})
    heard(view, *[2] * 8)
    json.dumps(view.state())
    ElementTree.fromstring(view.picture())


def test_a_server_dies_and_the_others_go_on(show: Callable[..., ClusterView]) -> None:
    view = show("there")
    view.on_message({"kind": "kill", "key": "two"})
    view.emit("one")

    heard(view, 1, 0, 1, 0, 1, 0, 1, 0)
    assert view.state()["dead"] == ["two"]
    plan = view.state()["plan"]
    assert [row.get("why") for row in plan["rows"]] == [None, "cut off"] * 4
    assert [area["size"] for area in plan["areas"]] == [4, 0]
    assert "Server two is dead, and its four clients are cut off." in view.words()
    assert "events heard: Ann 1, Ben 0" in view.words()
    with pytest.raises(ValueError, match="and lives"):
        view.emit("two")
    view.connect("none")
    assert view.state()["dead"] == []


@pytest.mark.parametrize(
    "message", [{"kind": "emit", "key": 7}, {"kind": "bus", "key": "red"}, {"kind": "kill"}, {"kind": "nothing"}, {}]
)
def test_a_message_that_no_page_sends_is_refused(show: Callable[..., ClusterView], message: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        show().on_message(message)


def test_only_three_ways_to_be_joined_exist() -> None:
    with pytest.raises(ValueError, match="the bus is none, there, away"):
        ls.display.cluster("redis")
    assert not registry.running("view")
