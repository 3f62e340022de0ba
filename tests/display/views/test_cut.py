"""Numbers across a cut: what arrives by each way, measured on real connections, and what the page is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

import livesock as ls
from livesock.display.views.cut.run import UP
from livesock.display.views.cut.view import CutView
from livesock.lessons.lesson12 import inbox, log, outgoing
from livesock.lessons.lesson12.lend import lent
from livesock.net.loop import registry
from tests.peers import eventually

ALL = [*range(1, 11)]
OURS = lent(outgoing.Outgoing, inbox.Inbox, log.Log)


@pytest.fixture
def view() -> Iterator[CutView]:
    """A view without its thread: the test looks in its place."""
    view = ls.display.cut(mine=OURS)
    view.stop()
    yield view
    view.finish()
    view.close()


@pytest.fixture
def sent(view: CutView, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    monkeypatch.setattr(view, "send", lambda kind, **content: messages.append(content))
    return messages


def counts(view: CutView, direction: int) -> dict[str, int]:
    return {one["name"]: one["count"] for one in view.snapshot()["bands"][direction]["counts"] if one["count"]}


def test_what_had_left_before_the_cut_was_noticed_is_lost_and_the_rest_is_buffered(view: CutView) -> None:
    assert view.measured("emit") == ([1, 2, 3, 4, 7, 8, 9, 10], [1, 2, 3, 9, 10])
    assert counts(view, 0) == {"sent": 6, "buffered": 2, "lost": 2}
    assert counts(view, 1) == {"sent": 5, "lost": 5}
    assert [band["believes"] for band in view.snapshot()["bands"]] == ["8 sent, 2 kept", "10 sent"]
    assert view.snapshot()["sentence"] == ("To the server: 5 6 lost, 7 8 late. To the client: 4 5 6 7 8 lost.")


def test_a_cut_that_is_noticed_at_once_costs_the_client_nothing(view: CutView) -> None:
    assert view.measured("emit", "emit", "reset") == (ALL, [1, 2, 3, 9, 10])
    assert counts(view, 0) == {"sent": 6, "buffered": 4}


def test_volatile_events_are_dropped_and_not_recovered(view: CutView) -> None:
    assert view.measured("volatile", "volatile") == ([1, 2, 3, 4, 9, 10], [1, 2, 3, 9, 10])
    assert view.snapshot()["bands"][0]["believes"] == "8 sent, 2 dropped"


def test_who_asks_again_repeats_and_who_has_an_offset_recovers(view: CutView) -> None:
    assert view.measured("retry", "recovery") == ([1, 2, 3, 4, *ALL[3:]], ALL)
    assert counts(view, 0) == {"sent": 5, "repeated": 1, "buffered": 4}
    assert counts(view, 1) == {"sent": 5, "recovered": 5}


@pytest.mark.parametrize("ways", [("inbox", "emit"), ("mine", "mine")])
def test_with_an_inbox_each_is_seen_once(view: CutView, ways: tuple[str, str]) -> None:
    assert view.measured(*ways)[0] == ALL
    assert "The inbox has dropped 1." in view.snapshot()["rules"][0]
    assert view.measured(*ways)[1] == (ALL if ways[1] == "mine" else [1, 2, 3, 9, 10])


def test_wrong_parts_of_a_learner_show_what_is_wrong_with_them() -> None:
    class Forgetful(inbox.Inbox):
        def accept(self, message_id: str) -> bool:
            return True

    view = ls.display.cut(mine=lent(outgoing.Outgoing, Forgetful, log.Log))
    assert view.measured("mine", "mine")[0] == [1, 2, 3, 4, *ALL[3:]]
    view.close()


def test_parts_that_raise_end_the_run_with_a_sentence() -> None:
    class Broken(outgoing.Outgoing):
        def due(self, now: float) -> Any:
            raise KeyError("queue")

    view = ls.display.cut(mine=lent(Broken, inbox.Inbox, log.Log))
    with pytest.raises(RuntimeError, match="KeyError: 'queue'"):
        view.measured("mine", "mine")
    assert view.snapshot()["sentence"] == "This run went wrong: KeyError: 'queue'"
    view.close()


def test_the_reader_chooses_and_sends(view: CutView, sent: list[dict[str, Any]]) -> None:
    for message in (
        {"kind": "client", "key": "volatile"},
        {"kind": "server", "key": "recovery"},
        {"kind": "cut", "key": "reset"},
        {"kind": "start"},
    ):
        view.on_message(message)
    assert [one["chosen"] for one in sent[-1]["news"]["switches"]] == ["volatile", "recovery", "reset"]
    with pytest.raises(ValueError, match="between two runs"):
        view.on_message({"kind": "start"})
    run = view._newest
    assert run is not None and run.done.wait(20)
    assert view.news() is not None and view.news() is None
    assert run.numbers(UP) == [1, 2, 3, 4, 9, 10]


@pytest.mark.parametrize(
    "message", [{}, {"kind": 1}, {"kind": "client"}, {"kind": "client", "key": ["emit"]}, {"kind": "cut", "key": "x"}]
)
def test_a_page_that_sends_anything_else_is_refused(
    view: CutView, sent: list[dict[str, Any]], message: dict[str, Any]
) -> None:
    with pytest.raises(ValueError):
        view.on_message(message)


def test_before_the_first_run_the_picture_asks() -> None:
    view = ls.display.cut()

    assert "Which numbers arrive?" in view.words() and "your" not in view.words()
    ElementTree.fromstring(view.picture())
    view.close()
    assert not registry.running("server")


def test_the_state_is_small_and_the_picture_a_document(view: CutView) -> None:
    view.measured("retry", "recovery")

    assert len(json.dumps(view.snapshot())) < 16_000
    assert "recovered 5" in view.picture()
    ElementTree.fromstring(view.picture())


@pytest.mark.parametrize("ways", [("ask", "emit", "cable"), ("emit", "mine", "cable"), ("emit", "emit", None)])
def test_what_is_not_a_way_is_refused(ways: tuple[Any, Any, Any]) -> None:
    with pytest.raises(ValueError, match="is one of"):
        ls.display.cut(*ways[:2], how=ways[2])


def test_a_view_that_ends_in_the_middle_leaves_nothing() -> None:
    view = ls.display.cut("retry")
    view._put({"kind": "start"})
    eventually(lambda: view._newest is not None and view._newest.phase != "open", "the cut")
    view.close()

    eventually(lambda: not registry.running("server") and not registry.running("netsim"), "both are stopped")
    eventually(lambda: not view._thread.is_alive(), "the view's thread ends")
    assert not [thread for thread in threading.enumerate() if "livesock cut" in thread.name]
