"""The view of a broadcast: who is shown to have heard something has heard it, and the numbers are the server's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.display.views.broadcast.rounds import KEPT, Latencies, Rounds
from livesock.display.views.broadcast.view import BroadcastView
from livesock.server import Server
from tests.display.watch import Page
from tests.rawsio import Polls

EVERYBODY = {"ann", "bob", "cat", "dan"}


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("cast", limits={"max_backlog": 200_000}) as server:
        yield server


@pytest.fixture
def page(server: Server) -> Iterator[Page]:
    view = ls.display.broadcast(server, crowd=4)
    page = Page(view)
    page.until(lambda: all(one["in"] for one in page.state["members"]))
    yield page
    view.close()


def person(page: Page, name: str) -> dict[str, Any]:
    return next(one for one in page.state["members"] if one["name"] == name)


def say(page: Page, **options: Any) -> None:
    page.tell("emit", **({"volatile": False, "count": 1, "size": 10} | options))


def test_every_delivery_is_measured(page: Page) -> None:
    say(page, count=100)
    page.until(lambda: page.state["latency"]["count"] == 400)

    latency = page.state["latency"]
    assert sum(latency["bars"]) == 400
    assert 0 < latency["median"] <= latency["p95"] <= latency["worst"]
    assert page.state["rounds"][-1]["heard"] == dict.fromkeys(sorted(EVERYBODY), 100)


def test_a_reader_that_stops_gets_a_queue_misses_what_is_volatile_and_is_dropped(page: Page, server: Server) -> None:
    """How much the system takes before anything waits here differs, so it is said again until it shows."""
    view: Any = page.view
    bob = view._crowd.members[1]
    page.tell("slow", name="bob", on=True)
    page.until(lambda: person(page, "bob")["slow"])
    (seat,) = server.of("/").to(bob.id).sockets()

    def burst(volatile: bool, until: Any) -> None:
        for _ in range(60):
            before = page.state["rounds"][-1]["n"] if page.state["rounds"] else 0
            say(page, count=100, size=16_384, volatile=volatile)
            page.until(lambda before=before: page.state["rounds"] and page.state["rounds"][-1]["n"] > before)
            page.until(lambda: page.state["rounds"][-1]["heard"].get("dan", 0) >= (1 if volatile else 100), timeout=30)
            if until():
                return
        raise AssertionError(page.state)

    burst(True, lambda: seat.dropped)  # volatile bursts alone never make it too slow
    page.until(lambda: person(page, "bob")["missed"] == seat.dropped > 0 and person(page, "bob")["unsent"] > 0)
    assert page.state["dropped"] == server.dropped == 0
    burst(False, lambda: server.dropped)
    page.until(lambda: page.state["dropped"] == 1 and person(page, "bob")["gone"])

    assert "too slow" in page.state["why"] and not person(page, "bob")["in"]
    page.tell("come", name="bob")
    page.until(lambda: person(page, "bob")["in"] and not person(page, "bob")["slow"])


def test_peers_of_others_are_counted_and_hear_it_too(page: Page, server: Server) -> None:
    with ls.socket(server.url("/"), transports=["websocket"]) as guest:
        page.until(lambda: page.state["others"] == 1)
        say(page)
        page.until(lambda: page.state["rounds"])

        assert guest.wait("news")[0] == 1
        page.until(lambda: set(page.state["rounds"][-1]["heard"]) == EVERYBODY)
        assert f"space.emit: heard by {', '.join(sorted(EVERYBODY))}" in page.view.words()
    page.until(lambda: page.state["others"] == 0)


def test_the_server_counts_what_it_hands_over_and_what_waits_for_a_poll(server: Server) -> None:
    space = server.of("/")
    with ls.socket(server, transports=["websocket"]):
        (seat,) = space.sockets()
        space.emit("news", 1)
        seat.emit("news", 2)
        space.to("nobody").emit("news", 3)

        assert space.loop.now(lambda: seat.delivered) == 2
    peer = Polls(server.port)  # it polls only when told to
    sid = peer.join()
    (seat,) = space.to(sid).sockets()
    space.emit("news", "four")
    assert space.loop.now(lambda: seat.unsent) == len('2["news","four"]')
    assert peer.get() == (200, '42["news","four"]')
    assert space.loop.now(lambda: seat.unsent) == 0


def test_a_namespace_that_refuses_says_so_on_each_card(server: Server) -> None:
    @server.of("/closed").on_connect
    async def no(socket: Any) -> None:
        raise ls.Refused("members only")

    view = ls.display.broadcast(server, "closed", crowd=2)
    page = Page(view)
    page.until(lambda: all("members only" in one["gone"] for one in page.state["members"]))
    view.close()


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ({"kind": "sing"}, "may send emit, slow or come"),
        ({"kind": "slow", "name": "zoe", "on": True}, "'zoe' is not a member: they are ann, bob, cat, dan"),
        ({"kind": "slow", "name": "ann", "on": 1}, "on is one of True, False"),
        ({"kind": "emit", "count": 10**9, "size": 10}, "count is one of 1, 100, 300"),
    ],
)
def test_what_makes_no_sense_is_complained_about(page: Page, message: dict[str, Any], sentence: str) -> None:
    page.tell(**message)

    assert sentence in page.complaint


def test_an_idle_view_sends_nothing_but_beats(page: Page) -> None:
    page.until(lambda: page.kinds("beat"))
    before = len(page.kinds("news"))
    beats = len(page.kinds("beat"))
    page.until(lambda: len(page.kinds("beat")) > beats)

    assert len(page.kinds("news")) == before


def test_words_and_picture_need_no_page_and_no_connection(server: Server) -> None:
    view: BroadcastView = ls.display.broadcast(server, crowd=2)

    assert view.words() == "who hears what in the namespace /; the view brings ann, bob\nnothing has been said yet"
    assert "nothing has been said yet" in view.picture()
    view.close()
    server.trace.wait(lambda _: not server.peers)


@pytest.mark.parametrize(
    ("target", "options", "error"),
    [
        ("http://127.0.0.1", {}, "shows a server, not"),
        (None, {"crowd": 17}, "from 0 to 16, not 17"),
        (None, {"crowd": True}, "from 0 to 16, not True"),
        (None, {"namespace": 3}, "a namespace has a name"),
    ],
)
def test_wrong_targets_are_named(server: Server, target: Any, options: dict[str, Any], error: str) -> None:
    with pytest.raises((TypeError, ValueError), match=error):
        ls.display.broadcast(target or server, **options)


def test_rounds_count_each_arrival_in_its_own_round() -> None:
    rounds = Rounds()
    rounds.begin("space.emit", 2)
    for number in (1, 2, 3):
        rounds.left(number, 1.0)
    rounds.begin("ann.emit", 1)
    for number, who in ((1, 0), (2, 0), (2, 1), (3, 1), (99, 1), ("x", 1), (True, 1)):
        rounds.arrived(number, who, 1.003)

    assert [one.heard for one in rounds.all] == [{0: 2, 1: 1}, {1: 1}]
    assert rounds.latencies.shown() == {
        "bars": [0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0],
        "count": 4,
        "median": 3.0,
        "p95": 3.0,
        "worst": 3.0,
    }


def test_what_was_forgotten_is_not_counted_any_more() -> None:
    rounds = Rounds()
    for _ in range(KEPT + 1):
        rounds.left(rounds.begin("space.emit", 1).first, 0.0)
    rounds.arrived(1, 0, 1.0)

    assert rounds.latencies.count == 0


def test_the_last_bar_holds_everything_slower() -> None:
    latencies = Latencies()
    latencies.add(1e6)

    assert latencies.bars[-1] == 1
