"""A hundred clients come back: what each way to wait costs, measured on real connections."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

import livesock as ls
from livesock.display.views.herd.run import CLIENTS, DOWN
from livesock.display.views.herd.view import HerdView
from livesock.net.loop import registry
from tests.peers import eventually


@pytest.fixture
def view() -> Iterator[HerdView]:
    """A view without its thread: the test looks in its place."""
    view = ls.display.herd(backoff=lambda attempt, base, cap: 0.3)
    view.stop()
    yield view
    view.finish()
    view.close()


def test_without_jitter_they_come_together_and_with_it_apart(view: HerdView) -> None:
    together, apart = view.measured("doubling"), view.measured("jitter")

    assert together["back"] == apart["back"] == CLIENTS
    in_vain = sum(one.at + one.took < DOWN for one in view._tried["doubling"].attempts)
    assert CLIENTS + in_vain <= together["attempts"] <= 3 * CLIENTS
    assert in_vain == 2 * CLIENTS or together["attempts"] < 3 * CLIENTS, (
        "fewer only where a busy machine made them late"
    )
    assert apart["most"] < together["most"]
    assert view.measured("doubling") == together, "what was measured is not measured again"


def test_a_backoff_of_ones_own_is_a_way_to_wait(view: HerdView) -> None:
    came = view.measured("yours")

    assert came["back"] == CLIENTS and came["attempts"] >= 2 * CLIENTS
    assert "your backoff" in view.words()
    line = view.snapshot()["tried"][-1]
    assert line["name"] == "your backoff" and line["cells"][0] == str(came["attempts"])


def test_a_backoff_that_fails_is_named() -> None:
    def backoff(attempt: int, base: float, cap: float) -> float:
        raise OverflowError("too large")

    view = ls.display.herd("yours", backoff=backoff)
    with pytest.raises(RuntimeError, match="OverflowError in your backoff: too large"):
        view.measured("yours")
    assert "OverflowError" in view.snapshot()["sentence"]
    view.close()


def test_the_histogram_grows_while_they_come(view: HerdView, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "send", lambda kind, **content: None)
    view.on_message({"kind": "policy", "key": "fixed"})
    view.on_message({"kind": "start"})
    with pytest.raises(ValueError, match="not over yet"):
        view.on_message({"kind": "start"})

    eventually(lambda: 0 < sum(map(sum, view.snapshot()["bins"])) < 4 * CLIENTS, "some attempts")
    eventually(lambda: not view.snapshot()["running"], "the end")
    assert "100 of 100 are back" in view.snapshot()["sentence"]


@pytest.mark.parametrize("message", [{}, {"kind": "policy"}, {"kind": "policy", "key": "none"}, {"kind": ["start"]}])
def test_a_page_that_sends_anything_else_is_refused(view: HerdView, message: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        view.on_message(message)


def test_before_the_first_run_nothing_runs(view: HerdView) -> None:
    assert "your backoff" in view.words()
    ElementTree.fromstring(view.picture())
    assert len(json.dumps(view.snapshot())) < 3000
    assert not registry.running("server")


@pytest.mark.parametrize("policy", ["none", "yours", None])
def test_what_is_not_a_policy_is_refused(policy: Any) -> None:
    with pytest.raises(ValueError, match="is one of"):
        ls.display.herd(policy)
