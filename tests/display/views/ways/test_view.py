"""The view of schemes and transports: each cell is what a real connection did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.display.views.ways.view import SCHEMES, WaysView
from tests.display.watch import Page

MOVED = ("polling", "websocket")


@pytest.fixture
def view() -> Iterator[WaysView]:
    view = ls.display.ways()
    yield view
    view.close()


def block(page: Page) -> None:
    page.tell("block", on=True)
    page.until(lambda: page.state["blocked"])


def test_nothing_is_known_before_it_is_tried(view: WaysView) -> None:
    assert view.measured == {}
    assert view.words() == "Twelve ways to connect. Which word of them chooses the transport?"
    assert view.picture().count("?</text>") >= 12


def test_the_scheme_chooses_no_transport(view: WaysView) -> None:
    view.play()

    for scheme in SCHEMES:
        assert view.measured[scheme, "none"] == MOVED
        assert view.measured[scheme, "polling"] == ("polling", "polling")
        assert view.measured[scheme, "websocket"] == ("websocket", "websocket")
    assert view.words().startswith("In each column all four are alike")
    assert "polling → WebSocket" in view.picture()


def test_a_proxy_takes_upgrade_out_of_what_it_can_read(view: WaysView) -> None:
    page = Page(view)
    block(page)
    view.play()

    assert [view.measured[scheme, "none"][1] for scheme in SCHEMES] == ["polling", "polling", "websocket", "websocket"]
    assert [view.measured[scheme, "websocket"][1] for scheme in SCHEMES] == ["none", "none", "websocket", "websocket"]
    assert "the proxy cannot read what TLS hides" in view.words()
    assert "HandshakeError" in page.until(lambda: page.state["cells"][0][2])["error"]


def test_the_switch_keeps_what_was_measured_on_both_sides(view: WaysView) -> None:
    page = Page(view)
    view.play("ws")
    block(page)
    assert view.measured == {} and "behind a proxy" in page.state["sentence"]

    page.tell("block", on=False)
    page.until(lambda: not page.state["blocked"])
    assert len(view.measured) == 3


def test_a_click_tries_one_way(view: WaysView) -> None:
    page = Page(view)
    page.tell("play", scheme="wss", choice="websocket")
    page.until(lambda: page.state["cells"][3][2])

    assert page.state["sentence"].startswith("1 of 12 tried.")
    page.tell("all")
    page.until(lambda: all(cell for line in page.state["cells"] for cell in line) and not page.state["playing"])


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ({"kind": "fly"}, "may send play, all or block"),
        ({"kind": "play", "scheme": "ftp", "choice": "none"}, "scheme is one of"),
        ({"kind": "play", "scheme": "ws", "choice": ["none"]}, "choice is one of"),
        ({"kind": "block", "on": 1}, "on is one of"),
    ],
)
def test_what_makes_no_sense_is_complained_about(view: WaysView, message: dict[str, Any], sentence: str) -> None:
    page = Page(view)
    page.tell(**message)

    assert sentence in page.complaint


def test_a_closed_view_takes_its_servers_along() -> None:
    view = ls.display.ways()
    assert len(ls.servers()) == 2
    view.play("ws").close()

    assert ls.servers() == {}
