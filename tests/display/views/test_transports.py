"""The view of transports: each step it shows stands in the server's trace, and the costs are those of the bytes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.display.views.transports.view import TransportsView
from livesock.server import Server
from tests.display.watch import Page


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("ways") as server:
        yield server


@pytest.fixture
def page(server: Server) -> Iterator[Page]:
    view = ls.display.transports(server)
    yield Page(view)
    view.close()


def connect(page: Page, *transports: str) -> None:
    before = page.state["session"]
    page.tell("connect", transports=list(transports))
    page.until(lambda: page.state["session"] != before and page.state["in"])


def steps(page: Page) -> list[tuple[str, str]]:
    """Lane and text of every step of the newest session."""
    view: Any = page.view
    return [(line["lane"], line["text"]) for line in list(view._session.lines)]


def cost(page: Page, purpose: str) -> dict[str, Any]:
    return next((c for c in page.state["costs"] if c["purpose"] == purpose), {})


def test_before_anything_happens_it_says_so(page: Page) -> None:
    assert page.view.words() == (
        "one session with transports polling, websocket; the upgrade may pass, every way takes 0.05 s\n"
        "nothing has been sent yet"
    )
    assert "press Connect" in page.view.picture()


def test_connecting_from_a_cell_draws_the_whole_session(server: Server) -> None:
    view = ls.display.transports(server)
    try:
        assert view.connect() is view
        assert "it is carried by websocket" in view.words()
        assert "3 frames" in view.words() and "2probe" in view.picture()

        with pytest.raises(ValueError, match="transports is one of"):
            view.connect(("pigeon",))
    finally:
        view.close()


def test_a_session_polls_probes_and_moves(page: Page, server: Server) -> None:
    connect(page, "polling", "websocket")
    page.until(lambda: page.state["carried"] == "websocket")
    page.until(lambda: ("ws", "5") in steps(page) and any(line["text"] == "5" for line in page.log))

    shown = [text for lane, text in steps(page) if lane == "ws" and "connection" not in text]
    assert shown == ["GET, Upgrade: websocket, with the sid", "101 Switching Protocols", "2probe", "3probe", "5"]
    five = next(line for line in page.log if line["text"] == "5")
    assert (five["before"], five["after"]) == ("  p", "  c"), "no request waits any more when the session moves"
    (sid,) = server.trace.sessions()
    frames = [row.value.payload for row in server.trace.only(session=sid, kind="frame").rows()]  # type: ignore[attr-defined]
    assert frames == [b"2probe", b"3probe", b"5"]


def test_each_move_ends_a_poll_with_a_noop(page: Page) -> None:
    for _ in range(6):
        connect(page, "polling", "websocket")
        page.until(lambda: ("ws", "5") in steps(page))
        assert ("get", "200 OK 6") in steps(page)


def test_a_blocked_upgrade_leaves_the_session_polling(page: Page, server: Server) -> None:
    page.tell("block", on=True)
    page.until(lambda: page.state["blocked"])
    connect(page, "polling", "websocket")
    page.until(lambda: any(lane == "ws" and text.startswith("400") for lane, text in steps(page)))
    page.tell("say")
    page.until(lambda: cost(page, "polling").get("events") == 2)

    assert page.state["carried"] == "polling"
    assert not server.trace.only(kind="frame").rows()
    assert cost(page, "upgrade")["requests"] == 1
    assert "400 Bad Request" in page.view.picture()


def test_whoever_begins_with_a_websocket_has_no_second_way(page: Page) -> None:
    page.tell("block", on=True)
    page.tell("connect", transports=["websocket", "polling"])
    note = page.until(lambda: next((line for line in page.log if line["kind"] == "note"), None))

    assert note["text"].startswith("HandshakeError: expected 101")
    assert not page.state["in"]


def test_the_costs_are_the_bytes_of_the_wire(page: Page, server: Server) -> None:
    connect(page, "websocket")
    page.tell("say")
    page.until(lambda: cost(page, "websocket").get("events") == 2)
    rows = server.trace.rows()
    frames = [row for row in rows if row.kind.value == "frame"][-2:]

    assert ['event "hello"' in frames[0].summary, "answer to 0" in frames[1].summary] == [True, True]
    assert cost(page, "websocket")["bytes"] == sum(len(row.data) for row in frames)
    page.until(lambda: sum(c["bytes"] for c in page.state["costs"]) == sum(len(r.data) for r in server.trace.rows()))


def test_an_event_costs_polling_a_request_each_way(page: Page) -> None:
    connect(page, "polling")
    page.tell("hear")
    page.until(lambda: cost(page, "polling").get("events") == 1)
    assert cost(page, "polling")["requests"] == 1
    page.tell("say")
    page.until(lambda: cost(page, "polling").get("events") == 3 and cost(page, "polling")["requests"] == 3)


def test_the_delay_is_that_of_the_simulated_network(page: Page) -> None:
    view: Any = page.view
    page.tell("delay", seconds=0.25)
    page.until(lambda: page.state["delay"] == 0.25)

    assert view._sim.delay == 0.25


def test_a_new_session_begins_a_new_picture(page: Page, server: Server) -> None:
    connect(page, "websocket")
    connect(page, "polling")

    assert all(lane != "ws" for lane, _ in steps(page))
    server.trace.wait(lambda _: len(server.of("/").sockets()) == 1)
    page.tell("disconnect")
    page.until(lambda: not page.state["in"])


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ({"kind": "fly"}, "may send connect, disconnect, say, hear, block or delay"),
        ({"kind": "connect", "transports": ["pigeon"]}, "transports is one of"),
        ({"kind": "connect", "transports": {"a": 1}}, "transports is one of"),
        ({"kind": "block", "on": "yes"}, "on is one of True, False"),
        ({"kind": "delay", "seconds": 1e9}, "seconds is one of 0.0, 0.05, 0.25"),
    ],
)
def test_what_makes_no_sense_is_complained_about(page: Page, message: dict[str, Any], sentence: str) -> None:
    page.tell(**message)

    assert sentence in page.complaint


def test_whoever_is_not_connected_cannot_speak(page: Page) -> None:
    page.tell("say")
    note = page.until(lambda: next((line for line in page.log if line["kind"] == "note"), None))

    assert "press Connect first" in note["text"]


def test_an_idle_view_sends_nothing_but_beats(page: Page) -> None:
    page.until(lambda: page.kinds("beat"))

    assert not page.kinds("news")


def test_a_closed_view_takes_its_network_and_its_client_along(server: Server) -> None:
    view: TransportsView = ls.display.transports(server)
    page = Page(view)
    connect(page, "websocket")
    view.close()

    assert not view._sim.is_running
    server.trace.wait(lambda _: not server.peers)


def test_only_a_server_is_shown() -> None:
    with pytest.raises(TypeError, match=r"shows a server, not 'http"):
        ls.display.transports("http://127.0.0.1")  # type: ignore[arg-type]


def test_it_may_open_blocked_and_says_what_became_of_the_session(server: Server) -> None:
    view = ls.display.transports(server, block_upgrade=True).connect()
    page = Page(view)
    try:
        assert page.state["blocked"] and page.state["carried"] == "polling"
        assert (
            page.state["sentence"]
            == "A WebSocket was tried and refused. The session goes on polling, and nothing was lost."
        )

        page.tell("block", on=False)
        page.until(lambda: "connect anew" in page.state["sentence"])
        connect(page, "polling", "websocket")
        page.until(lambda: page.state["sentence"].startswith("It began by polling"))
        connect(page, "websocket")
        page.until(lambda: page.state["sentence"].startswith("It began with a WebSocket"))
        connect(page, "polling")
        page.until(lambda: page.state["sentence"].startswith("It polls"))
        page.tell("disconnect")
        page.until(lambda: page.state["sentence"] == "It polls, and tries nothing else. Now it is over.")
    finally:
        view.close()


def test_a_server_that_is_gone_leaves_no_session(page: Page, server: Server) -> None:
    server.stop()
    page.tell("connect", transports=["polling"])

    page.until(lambda: page.state["sentence"] == "There is no session.")


def test_without_a_second_way_the_sentence_says_so(page: Page) -> None:
    page.tell("block", on=True)
    page.tell("connect", transports=["websocket"])

    page.until(lambda: page.state["sentence"].startswith("The WebSocket was refused."))


def test_block_upgrade_is_a_bool(server: Server) -> None:
    with pytest.raises(TypeError, match="block_upgrade is True or False"):
        ls.display.transports(server, block_upgrade=1)  # type: ignore[arg-type]
