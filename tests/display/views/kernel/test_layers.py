"""One message layer by layer: sizes and bytes are those of a real connection, and of what its listener has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.display.views.layers.view import LayersView


@pytest.fixture
def view() -> Iterator[LayersView]:
    """With the view's thread stopped; what it held is opened again by the next message."""
    view = ls.display.layers()
    view.stop()
    yield view
    view.finish()
    view.close()


def said(view: LayersView, **message: Any) -> dict[str, Any]:
    view.on_message(message)
    return view.snapshot()


def test_a_message_on_wss_is_in_a_frame_in_a_record_in_bytes(view: LayersView) -> None:
    state = said(view, kind="say", value="I like TCP")

    assert [(box["key"], box["size"], box["extra"]) for box in state["boxes"]] == [
        ("tcp", 38, 0),
        ("tls", 38, 22),
        ("frame", 16, 6),
        ("message", 10, 0),
    ]
    assert state["boxes"][0]["hex"].startswith("17 03 03 00 21"), "a record of TLS, 33 bytes"
    assert state["boxes"][2]["hex"].startswith("81 8a"), "a masked text of ten bytes"
    assert state["boxes"][3]["text"] == "I like TCP"
    assert "the name “localhost”" in state["sentence"]


def test_on_ws_a_listener_reads_everything(view: LayersView) -> None:
    state = said(view, kind="scheme", value="ws")

    assert [(box["key"], box["size"]) for box in state["boxes"]] == [("tcp", 16), ("frame", 16), ("message", 10)]
    assert state["boxes"][0]["hex"] == state["boxes"][1]["hex"]
    assert "A listener can read all of them" in state["sentence"]


def test_http_spoke_once(view: LayersView) -> None:
    request, response = said(view, kind="say", value="é")["http"]

    assert request.startswith("GET /diary HTTP/1.1\nHost: localhost:") and "Upgrade: websocket" in request
    assert response.startswith("HTTP/1.1 101 Switching Protocols")
    assert view.snapshot()["boxes"][-1]["size"] == 2


def test_one_connection_carries_all_messages(view: LayersView) -> None:
    for text in ("one", "two", "x" * 100):
        assert said(view, kind="say", value=text)["boxes"][-1]["text"] == text
    assert len({server for server in ls.servers() if server.startswith("layers")}) == 1


def test_servers_that_were_stopped_are_started_again(view: LayersView) -> None:
    said(view, kind="say", value="one")
    for server in ls.servers().values():
        server.stop()

    assert said(view, kind="say", value="two")["boxes"][-1]["text"] == "two"


def test_a_saved_notebook_holds_the_boxes(view: LayersView) -> None:
    data, _ = view._repr_mimebundle_()

    assert data["text/html"].startswith("<img ")
    assert data["text/plain"].splitlines()[-1].strip() == "your message, 10 bytes: I like TCP"


@pytest.mark.parametrize(
    "message",
    [{"kind": "scheme", "value": "http"}, {"kind": "say", "value": ""}, {"kind": "say", "value": 1}, {"kind": 1}],
)
def test_what_no_page_would_say_is_refused(view: LayersView, message: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"a page of layers\(\) sends"):
        view.on_message(message)


def test_a_scheme_that_is_unknown_is_refused() -> None:
    with pytest.raises(ValueError, match="a scheme is ws or wss"):
        ls.display.layers("http")
