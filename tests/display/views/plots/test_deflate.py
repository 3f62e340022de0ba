"""Five messages over three connections: what compression and its memory of earlier messages save on the wire."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.display.views.deflate.view import DeflateView


@pytest.fixture
def view() -> Iterator[DeflateView]:
    """The view without its thread: the test looks in its place."""
    view = ls.display.deflate()
    view.stop()
    yield view
    view._own.stop()
    view.close()


def tell(view: DeflateView, kind: str, **content: Any) -> dict[str, Any]:
    view.on_message({"kind": kind, **content})
    return view.snapshot()


def test_nothing_is_sent_before_the_button_is_pressed(view: DeflateView) -> None:
    assert view.sizes == {}
    assert "how large will the fifth frame be" in view.words()


def test_with_context_takeover_what_was_there_before_costs_a_few_bytes(view: DeflateView) -> None:
    state = tell(view, "send")

    sizes = view.sizes
    assert len(set(sizes["plain"])) == 1
    assert sizes["deflate"][0] < sizes["plain"][0]
    assert all(size < sizes["deflate"][0] / 4 for size in sizes["deflate"][1:])
    assert all(abs(size - sizes["forgets"][0]) <= 2 for size in sizes["forgets"])
    assert state["question"]["right"] == "tiny"


def test_a_compressed_frame_has_rsv1_and_the_server_says_what_it_agreed_to(view: DeflateView) -> None:
    plain, small, forgets = tell(view, "send")["connections"]

    assert plain["first"] == "first byte 1 0 00 0001: RSV1 is 0" and plain["agreed"] == ""
    assert small["first"] == "first byte 1 1 00 0001: RSV1 is 1"
    assert small["agreed"].startswith("permessage-deflate") and "no_context_takeover" not in small["agreed"]
    assert "server_no_context_takeover" in forgets["agreed"]


def test_the_same_message_again_is_smaller_still(view: DeflateView) -> None:
    tell(view, "preset", key="same")
    tell(view, "send")

    assert view.sizes["deflate"][1] < 12


def test_random_bytes_grow(view: DeflateView) -> None:
    tell(view, "preset", key="noise")
    state = tell(view, "send")

    assert min(view.sizes["deflate"]) > max(view.sizes["plain"])
    assert state["question"]["right"] == "same"


def test_the_picture_says_what_the_page_says(view: DeflateView) -> None:
    view.run()

    assert "<svg" in view.picture()
    for sizes in view.sizes.values():
        assert ", ".join(map(str, sizes)) in view.words()


def test_what_no_button_sends_is_refused(view: DeflateView) -> None:
    for message in ({"kind": "guess", "key": "all"}, {"kind": "preset"}, {"kind": "dance"}):
        with pytest.raises(ValueError, match=r"a page of deflate\(\)"):
            view.on_message(message)
    with pytest.raises(ValueError, match="a preset is one of"):
        ls.display.deflate("sometimes")
