"""The handshakes before the first message: two round trips with `ws`, three with `wss`, on real connections."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.display.views.opening.view import DISTANCES, OpeningView


@pytest.fixture
def view() -> Iterator[OpeningView]:
    """Without the view's thread: the test looks in its place."""
    view = ls.display.opening()
    view.stop()
    yield view
    view.finish()
    view.close()


def arrows(run: dict[str, Any]) -> list[tuple[int, str]]:
    return [(arrow["from"], arrow["text"]) for arrow in sorted(run["ladder"]["arrows"], key=lambda one: one["y"])]


def test_ws_needs_two_round_trips_and_wss_three(view: OpeningView) -> None:
    ws, wss = view.open("land").snapshot()["runs"]

    assert arrows(ws) == [(0, "SYN"), (1, "SYN + ACK"), (0, "GET"), (1, "101")]
    assert arrows(wss)[2:] == [
        (0, "TLS hello"),
        (1, "TLS hello, certificate"),
        (0, "TLS finished + GET"),
        (1, "101"),
    ]
    assert ws["foot"].endswith("2 round trips") and wss["foot"].endswith("3 round trips")
    assert view._runs[0].took >= 0.1 and view._runs[1].took >= 0.15
    assert view.snapshot()["question"]["right"] == "3"


@pytest.mark.parametrize("distance", DISTANCES)
def test_the_order_is_that_of_cause_and_effect_at_every_distance(view: OpeningView, distance: str) -> None:
    for run in view.open(distance)._runs:
        moments = [moment for flight in run.flights for moment in (flight.left, flight.arrived)]
        ends = [flight.end for flight in run.flights]
        # Without a distance TLS's tickets may come before the GET leaves: a pair of flights more.
        assert ends in ([[0, 1] * 3, [0, 1] * (4 if distance == "near" else 3)] if run.tls else [[0, 1] * 2])
        assert moments == sorted(moments) or distance == "near", "only a distance tells them apart for certain"
        ladder = view.snapshot()["runs"][int(run.tls)]["ladder"]
        assert [span["state"] for span in ladder["spans"] if span["end"] == 0][-1] == "WebSocket"


def test_a_guess_is_judged_by_what_was_measured(view: OpeningView) -> None:
    view.on_message({"kind": "distance", "key": "city"})
    view.on_message({"kind": "guess", "key": "2"})
    view.on_message({"kind": "open"})
    with pytest.raises(ValueError, match="are being opened"):
        view.on_message({"kind": "open"})

    deadline = time.monotonic() + 20
    while (state := view.news()) is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert state is not None
    assert (state["question"]["chosen"], state["question"]["right"]) == ("2", "3")
    view.on_message({"kind": "guess", "key": "3"})
    assert view.snapshot()["question"]["chosen"] == "2", "what is known cannot be guessed"


def test_servers_that_were_stopped_are_started_again(view: OpeningView) -> None:
    view.open("near")
    for server in view._servers:
        server.stop()

    assert [bool(run["ladder"]) for run in view.open("near").snapshot()["runs"]] == [True, True]


def test_a_saved_notebook_holds_the_question_and_then_the_ladders(view: OpeningView) -> None:
    assert view.words().splitlines()[1] == "How long must wss:// wait before its first message?"
    assert "three round trips" in view.picture()

    said = {view.open("city").words() for _ in range(2)}
    assert len(said) == 1 and "client → TLS hello → server" in said.pop()
    data, _ = view._repr_mimebundle_()
    assert data["text/html"].startswith("<img ")


@pytest.mark.parametrize(
    "message", [{"kind": "distance", "key": "here"}, {"kind": "guess", "key": 3}, {"kind": []}, {"kind": "end"}]
)
def test_what_no_page_would_say_is_refused(view: OpeningView, message: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"a distance is|a guess is|may send"):
        view.on_message(message)


def test_a_distance_that_is_unknown_is_refused() -> None:
    with pytest.raises(ValueError, match="a distance is one of near"):
        ls.display.opening("there")
