"""What a cell shows of something live: outside a notebook nothing, in one two outputs."""

from __future__ import annotations

from typing import Any

import pytest

from livesock import learn, outputs
from livesock.learn.show.page import Page

BUNDLE = {"text/plain": "a log", "text/html": "<img>", outputs.WIDGET_VIEW: {"model_id": "m"}}


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """What the running cell is given to show, as in a kernel."""
    import IPython

    found: list[tuple[dict[str, Any], dict[str, Any]]] = []
    monkeypatch.setattr(IPython, "get_ipython", lambda: type("Shell", (), {"kernel": None})())
    monkeypatch.setattr(outputs, "_display", lambda bundle, **options: found.append((bundle, options)))
    return found


def test_outside_a_notebook_ipython_shows_the_bundle() -> None:
    with pytest.raises(NotImplementedError):
        outputs.show(BUNDLE)


def test_without_a_widget_there_is_one_output(shown: list[Any]) -> None:
    with pytest.raises(NotImplementedError):
        outputs.show({"text/plain": "a log", "text/html": "<img>"})

    assert shown == []


def test_the_still_and_the_widget_are_two_outputs(shown: list[Any]) -> None:
    outputs.show(BUNDLE)
    (still, _), (live, _) = shown

    assert list(live) == [outputs.WIDGET_VIEW]
    assert still["text/plain"] == "a log" and '<div class="ls-still"><img></div>' in still["text/html"]


def test_a_still_is_drawn_again_in_its_place_if_it_differs(shown: list[Any]) -> None:
    still = outputs.show(BUNDLE)
    still.update("<img>")
    still.update("<b>new</b>")
    (_, first), _, (bundle, again) = shown

    assert again == {"display_id": first["display_id"], "update": True}
    assert bundle["text/plain"] == "a log" and "<b>new</b>" in bundle["text/html"]


def test_what_was_pressed_stands_in_the_still(shown: list[Any]) -> None:
    page, pressed = Page("question", "<p>question</p>"), []
    page.widget = lambda changed: pressed.append(changed) or BUNDLE
    page.again = lambda: Page("", "<p>question, answered</p>")
    page._ipython_display_()
    pressed[0]()

    assert "<p>question, answered</p>" in shown[-1][0]["text/html"]


def test_a_page_without_a_widget_is_shown_by_ipython() -> None:
    with pytest.raises(NotImplementedError):
        learn.progress()._ipython_display_()
