"""Bytes against rate: the lines follow from counted parts, and whole minutes that are counted lie on them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import livesock as ls
from livesock.display.views.traffic import view as module
from livesock.display.views.traffic.count import BROWSER, WAYS, count_minute, measure_parts, news_server
from livesock.display.views.traffic.view import TrafficView
from livesock.server import Server
from tests.display.watch import Page


@pytest.fixture
def view(monkeypatch: pytest.MonkeyPatch) -> Iterator[TrafficView]:
    monkeypatch.setattr(module, "RATES", (0.1, 1.0))
    view = ls.display.traffic()
    yield view
    view.close()


@pytest.fixture
def server() -> Iterator[Server]:
    server = news_server("news of a test")
    yield server
    server.stop()


@pytest.mark.parametrize("headers", [{}, BROWSER], ids=["few", "a browser's"])
def test_the_parts_are_those_of_the_specifications(server: Server, headers: dict[str, str]) -> None:
    parts = measure_parts(server, headers)

    assert (parts.frame, parts.beat) == (2, 16)  # RFC 6455, 5.2: 2 bytes; ping 4+4+2, pong 4+2, or the other way round
    assert parts.event == len("data: \n\n") + len("10\r\n\r\n")  # a chunk around it
    assert parts.request == len("GET /news?n=1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n") + sum(
        len(f"{name}: {value}\r\n") for name, value in headers.items()
    )


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("rate", [0.1, 1.0, 5.0])
def test_a_counted_minute_lies_on_the_line(server: Server, way: str, rate: float) -> None:
    parts = measure_parts(server, {})

    counted = count_minute(server, way, rate, 5, 20, {})

    assert counted == pytest.approx(parts.per_second(way, rate, 5, 20), rel=0.02)


def test_a_long_poll_of_thousands_is_not_counted(server: Server) -> None:
    assert count_minute(server, "long-poll", 100, 5, 20, {}) is None


def test_below_the_crossing_the_websocket_moves_fewer_bytes(view: TrafficView) -> None:
    counted = view.counted()
    page = Page(view)

    assert counted["WebSocket"][1.0] < counted["poll"][1.0] < counted["long-poll"][1.0]
    even = page.state["plot"]["rules"][0]
    assert even["text"].startswith("even at ") and 10 < even["x"] < 30
    assert page.state["sentence"].startswith("Below ")
    assert not ls.servers()


def test_knobs_move_the_crossing_and_forget_what_was_counted(view: TrafficView) -> None:
    page = Page(view)
    page.tell("count")
    page.until(lambda: len(page.state["plot"]["stops"]) == 2 and not page.state["running"])
    before = page.state["plot"]["rules"][0]["x"]

    page.tell("knobs", value={"every": 1, "beat": 20, "browser": False})
    page.until(lambda: page.state["every"] == 1)

    assert page.state["plot"]["rules"][0]["x"] > 4 * before
    assert page.state["plot"]["stops"] == []
    assert page.state["chosen"] == "often"


def test_polling_may_never_be_dearer(view: TrafficView) -> None:
    view.on_message({"kind": "knobs", "value": {"every": 120, "beat": 1, "browser": False}})

    state = view.snapshot()

    assert state["sentence"].startswith("Polling is never dearer here") and state["plot"]["rules"] == []


def test_the_learners_functions_draw_the_line_and_a_mark() -> None:
    view = ls.display.traffic(ws_bytes=lambda payload, client: payload + 20, break_even=lambda *sizes: 12.5)
    try:
        state = view.snapshot()
        assert state["own"] == "ws_bytes: yours · break_even: yours"
        assert [rule["text"] for rule in state["plot"]["rules"]][1] == "yours: 12.5"
        ends = {curve["name"]: curve["line"][-1][1] for curve in state["plot"]["curves"]}
        assert ends["WebSocket"] > 20 * 300
        assert "ws_bytes: yours" in view.words()
    finally:
        view.close()


def unwritten(*_: object) -> float:
    raise NotImplementedError


def broken(*_: object) -> float:
    return 1 / 0


def endless(*_: object) -> float:
    while True:
        pass


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (unwritten, "ws_bytes: ours · break_even: ours"),
        (broken, "broken raises ZeroDivisionError: division by zero"),
        (endless, "endless raises TimeoutError: it did not return within 1 s"),
        (lambda *_: "many", "<lambda> returned 'many', and not a number"),
    ],
)
def test_a_function_without_an_answer_is_named(function: object, said: str) -> None:
    view = ls.display.traffic(ws_bytes=unwritten, break_even=function)  # type: ignore[arg-type]
    try:
        assert view.snapshot()["own"] == said
    finally:
        view.close()


@pytest.mark.parametrize(
    "message",
    [
        {"kind": "knobs", "value": {"every": 0, "beat": 20, "browser": False}},
        {"kind": "knobs", "value": {"every": 5, "beat": "often", "browser": False}},
        {"kind": "knobs", "value": {"every": 5, "beat": 20}},
        {"kind": "knobs", "value": 5},
        {"kind": "preset", "value": "never"},
        {"kind": "what"},
    ],
)
def test_what_a_page_may_not_ask_is_refused(view: TrafficView, message: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"is a number from|is True or False|a page of traffic"):
        view.on_message(message)


def test_numbers_out_of_their_limits_are_refused() -> None:
    with pytest.raises(ValueError, match="beat is a number from 1 to 60, not 0"):
        ls.display.traffic(beat=0)


def test_the_picture_has_every_curve(view: TrafficView) -> None:
    view.counted()

    picture = view.picture()

    assert picture.count("<polyline") == 4 and all(f">{way}<" in picture for way in WAYS)
