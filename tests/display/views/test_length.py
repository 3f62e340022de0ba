"""The length of a text and its header, from the kernel's side: each setting crosses a real connection."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.display.views.length.view import CELLS, ZONES, LengthView
from livesock.wire.frame import Frame, encode_frame
from tests.peers import eventually


@pytest.fixture
def view() -> Iterator[LengthView]:
    """A view whose thread is stopped: the test looks in its place."""
    view = ls.display.length()
    view.stop()
    yield view
    view.finish()
    view.close()


def turn(view: LengthView, size: Any) -> dict[str, Any]:
    """Do what the page does."""
    view.on_message({"kind": "size", "to": size})
    eventually(lambda: view._follow() or view._trip.is_over, "the echo")
    return view.snapshot()


def test_how_long_a_header_is_is_not_said_before_one_was_sent(view: LengthView) -> None:
    assert view.snapshot()["known"] == [True, False, False]
    assert turn(view, 70_000)["known"] == [True, False, True]


@pytest.mark.parametrize(
    ("size", "header", "form"),
    [(0, 2, 0), (125, 2, 0), (126, 4, 1), (65_535, 4, 1), (65_536, 10, 2), (200_000, 10, 2)],
)
def test_both_headers_grow_as_they_do_on_the_wire(view: LengthView, size: int, header: int, form: int) -> None:
    state = turn(view, size)

    assert view.headers[size] == (header, header)
    said = f"Header: {header} from the client and 4 of key, {header} from the server."
    assert state["zone"] == form and said in state["sentence"]
    for end in ("client", "server"):
        assert [(part["to"], part["name"]) for part in state[end]["below"]] == [(header, f"header: {header} bytes")]
    assert [part["to"] for part in state["client"]["above"] if part["name"] == "key"] == [header + 4]
    sent, came = view._trip.sent, view._trip.came
    assert sent is not None and came is not None
    cells = [cell["hex"] for cell in state["client"]["cells"]]
    assert cells[:6] == sent.data[:6].hex(" ").split()
    assert len(cells) == len(state["server"]["cells"]) == CELLS
    assert len(json.dumps(state)) < 20_000


def test_every_stop_of_the_slider_has_the_form_of_its_zone(view: LengthView) -> None:
    for number, zone in enumerate(ZONES):
        header = {len(encode_frame(Frame(1, bytes(size)))) - size for size in zone}
        assert header == {(2, 4, 10)[number]}
    assert len({len(zone) for zone in ZONES}) == 1, "each form has a third of the slider"


def test_it_begins_with_a_frame_that_has_crossed_and_can_be_saved(view: LengthView) -> None:
    data, _ = view._repr_mimebundle_()

    assert view.headers == {125: (2, 2)}
    assert data["text/plain"].splitlines()[1:] == ["from the client: 81 fd", "from the server: 81 7d"]
    assert data["text/html"].startswith("<img ")


def test_a_server_that_says_something_first_and_then_echoes_is_understood() -> None:
    with ls.serve("greets") as server:

        @server.websocket("/echo")
        async def greets(ws: Any) -> None:
            await ws.send("hello")
            async for message in ws:
                await ws.send(message)

        view = ls.display.length(126, server=server)
        assert view.headers == {126: (4, 4)}
        eventually(lambda: not server.peers, "the view hung up")
        view.close()


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (b"\x81\x7e\x7e\x00" + bytes(126), "announces more bytes than came"),
        (b"\x81\x7f" + (126).to_bytes(8, "big") + bytes(126), "a length must use the fewest bytes"),
        (b"\x88\x02\x03\xf3", "closes with 1011"),
        (b"\x81\x02hi", 'answers text "hi"'),
        (b"", "silence"),
    ],
)
def test_what_a_wrong_server_sends_is_shown(wrong: bytes, problem: str) -> None:
    with ls.serve("wrong") as server:

        @server.websocket("/echo")
        async def answers(ws: Any) -> None:
            async for _ in ws:
                ws.transport.write(wrong)

        view = ls.display.length(126, server=server)
        view.stop()
        eventually(lambda: view._follow() or view._trip.is_over, "the echo")
        state = view.snapshot()
        assert problem in state["problem"]
        came = [cell["hex"] for cell in state["server"]["cells"] if cell["hex"]]
        assert came == wrong[:CELLS].hex(" ").split() and view.headers == {}
        assert problem in view.words()
        view.close()


@pytest.mark.parametrize(
    ("message", "complaint"),
    [
        ({"kind": "size", "to": 200_001}, "0 to 200,000, not 200001"),
        ({"kind": "size", "to": -1}, "not -1"),
        ({"kind": "size", "to": "9"}, "not '9'"),
        ({"kind": "size", "to": True}, "not True"),
        ({"kind": ["x"]}, "may send size"),
    ],
)
def test_what_no_page_would_say_is_refused(view: LengthView, message: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        view.on_message(message)


def test_what_is_no_length_and_no_place_is_refused() -> None:
    with pytest.raises(ValueError, match="0 to 200,000"):
        ls.display.length(10**6)
    with pytest.raises(TypeError, match="a target is a URL"):
        ls.display.length(server=3.5)  # type: ignore[arg-type]
