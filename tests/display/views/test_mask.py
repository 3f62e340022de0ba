"""A text and its mask, from the kernel's side: what the page shows is the XOR, and what crossed is what it shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.display.views.mask.view import KEPT, KEY, REMEMBERED, MaskView
from tests.peers import eventually


@pytest.fixture
def view() -> Iterator[MaskView]:
    """A view whose thread is stopped: the test looks in its place."""
    view = ls.display.mask()
    view.stop()
    yield view
    view.finish()
    view.close()


def tell(view: MaskView, kind: str, **content: Any) -> dict[str, Any]:
    view.on_message({"kind": kind, **content})
    return view.snapshot()


def sent(view: MaskView, *, fresh: bool) -> dict[str, Any]:
    tell(view, "send", fresh=fresh)
    eventually(lambda: view.news() is not None or all(trip.is_over for trip in view._trips), "the echo")
    frame: dict[str, Any] = view.snapshot()["frames"][-1]
    return frame


def test_the_third_row_is_the_xor_of_the_two_above(view: MaskView) -> None:
    text, key, wire = (row["bytes"] for row in view.snapshot()["rows"])

    assert bytes(text) == b"same" and bytes(key) == KEY
    assert [a ^ b for a, b in zip(text, key, strict=True)] == wire


def test_a_bit_of_the_key_changes_every_fourth_byte(view: MaskView) -> None:
    before = tell(view, "preset", key="letter")["rows"][2]["bytes"]
    after = tell(view, "flip", bit=9)["rows"][2]["bytes"]

    assert [a ^ b for a, b in zip(before, after, strict=True)] == [0, 0x40, 0, 0] * 3
    assert view.key == bytes([KEY[0], KEY[1] ^ 0x40, *KEY[2:]])


def test_the_same_text_twice_is_not_the_same_bytes_and_comes_back_the_same(view: MaskView) -> None:
    one, two = sent(view, fresh=True), sent(view, fresh=True)

    assert one["hex"] == view.frames[0].hex(" ") and one["hex"][:5] == two["hex"][:5] == "81 84"
    assert view.frames[0][2:6] != view.frames[1][2:6] and view.frames[0][6:] != view.frames[1][6:]
    assert one["came"] == two["came"] == '81 04 73 61 6d 65  text "same"'


def test_what_is_on_the_page_is_what_crosses(view: MaskView) -> None:
    tell(view, "text", value="Hello")
    tell(view, "flip", bit=31)
    rows = view.snapshot()["rows"]

    sent(view, fresh=False)

    assert view.frames == [b"\x81\x85" + view.key + bytes(rows[2]["bytes"])]


def test_the_way_back_is_the_same_operation(view: MaskView) -> None:
    there = tell(view, "preset", key="letter")["rows"]
    back = tell(view, "preset", key="back")["rows"]

    assert [row["name"] for row in back] == ["on the wire", "key", "text"]
    assert back[0]["bytes"] == there[2]["bytes"] and back[2]["bytes"] == there[0]["bytes"]
    assert "XOR with the same key, and “aaaaaaaaaaaa” is back" in view.words()


def test_a_key_of_zeros_hides_nothing(view: MaskView) -> None:
    state = tell(view, "preset", key="zeros")

    assert state["rows"][2]["bytes"] == list(b"same")
    assert "can be read" in state["sentence"]


def test_any_short_text_can_be_shown_and_sent(view: MaskView) -> None:
    for text in ("", "é", "日本語", " ", "\0<b>", "x" * 12):
        state = tell(view, "text", value=text)
        assert len(json.dumps(state)) < 10_000
        assert view.words() and view.picture().startswith("<svg")
        assert not sent(view, fresh=False)["wrong"]


def test_the_page_keeps_few_frames_and_the_view_not_many_more(view: MaskView) -> None:
    for _ in range(KEPT + 2):
        frame = sent(view, fresh=True)
    state = view.snapshot()
    assert len(state["frames"]) == KEPT and state["first"] == 3 and state["frames"][-1] == frame
    view._trips = view._trips[:1] * REMEMBERED
    sent(view, fresh=True)
    assert len(view._trips) == REMEMBERED


def test_the_words_do_not_depend_on_a_random_key() -> None:
    with ls.serve("masks") as server:

        @server.websocket("/echo")
        async def echo(ws: Any) -> None:
            async for message in ws:
                await ws.send(message)

        view = ls.display.mask("Hello", server=server)
        data, _ = view._repr_mimebundle_()
        view.close()

    assert data["text/plain"].splitlines()[1:] == [
        "text        48 65 6c 6c 6f",
        "key         37 fa 21 3d 37",
        "on the wire 7f 9f 4d 51 58",
    ]
    assert data["text/html"].startswith("<img ")


@pytest.mark.parametrize(
    ("message", "complaint"),
    [
        ({"kind": "flip", "bit": 32}, "from 0 to 31, not 32"),
        ({"kind": "flip", "bit": True}, "not True"),
        ({"kind": "text", "value": "x" * 13}, "at most 12 bytes"),
        ({"kind": "text", "value": 5}, "not 5"),
        ({"kind": "preset", "key": "x"}, "a preset is one of same"),
        ({"kind": ["x"]}, "may send preset"),
    ],
)
def test_what_no_page_would_say_is_refused(view: MaskView, message: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        view.on_message(message)


def test_a_text_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 12 bytes"):
        ls.display.mask("one byte too many")
