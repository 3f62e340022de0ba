"""What `recv` says to silence: each run is a real TCP connection, and the answer is what the real `recv` did."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest

import livesock as ls
from tests.display.watch import Page


@pytest.fixture
def page() -> Iterator[Page]:
    view = ls.display.silence()
    yield Page(view)
    view.close()


def call(page: Page, key: str) -> dict[str, Any]:
    page.tell("preset", key=key)
    page.tell("run")
    page.until(lambda: page.state["preset"] == key and page.state["run"])
    return page.state


@pytest.mark.parametrize(
    ("key", "said", "arrows", "lost"),
    [
        ("thinks", ["TimeoutError", "bytes"], ["b'one'", "b'two'"], []),
        ("ends", ['b""', 'b""'], ["b'one'", "end of its stream", "b'ok?'"], []),
        ("resets", ["ConnectionResetError"], ["b'one'", "reset"], []),
        ("cut", ["TimeoutError", "TimeoutError"], ["b'one'", "b'two'"], ["b'two'"]),
    ],
)
def test_each_silence_is_heard_on_a_real_connection(
    page: Page, key: str, said: list[str], arrows: list[str], lost: list[str]
) -> None:
    state = call(page, key)
    ladder = state["run"]["ladder"]

    assert page.view.said == said
    assert next(line for line in state["tried"] if line["key"] == key)["said"] == said
    in_time = sorted(ladder["arrows"], key=lambda arrow: arrow["y"][0])
    assert [arrow["text"] for arrow in in_time] == arrows
    assert [arrow["text"] for arrow in in_time if arrow["lost"]] == lost
    assert (ladder["cut"] is not None) == (key == "cut")
    assert state["outcome"] in page.view.words() and state["outcome"] in unescape(page.view.picture())
    assert not [thread for thread in threading.enumerate() if "netsim" in thread.name]


def test_a_run_that_is_shown_stands_in_the_table(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever message shows it first: the answer to the button, if the run is that quick, or the news after it."""
    monkeypatch.setattr(page.view, "news", lambda: None)
    page.tell("preset", key="resets")
    page.tell("run")
    page.until(lambda: page.view._run_now is not None and page.view._run_now.done.is_set())

    state = page.view.snapshot()

    assert state["run"] is not None
    assert next(line for line in state["tried"] if line["key"] == "resets")["said"] == ["ConnectionResetError"]


def test_a_pause_and_a_cut_sound_the_same(page: Page) -> None:
    assert call(page, "thinks")["tally"] == ""

    state = call(page, "cut")

    assert state["tally"] == "A thinking server and a cut cable sound the same: TimeoutError."
    assert "recv cannot tell it from a pause" in state["rule"]


def test_a_guess_is_judged_by_what_recv_did(page: Page) -> None:
    page.tell("preset", key="ends")
    page.tell("guess", key="reset")
    page.tell("run")
    page.until(lambda: page.state["run"])

    question = page.state["question"]
    assert (question["chosen"], question["right"]) == ("reset", "end")
    assert question["tempts"] == "An orderly end is no error."

    page.tell("guess", key="end")
    page.until(lambda: page.state["run"] is None)
    assert page.state["question"]["right"] == "", "a new guess is for the next run"


@pytest.mark.parametrize("message", [{"kind": "go"}, {"kind": "preset", "key": 3}, {"kind": "guess", "key": "a"}])
def test_a_message_that_means_nothing_is_refused(page: Page, message: dict[str, Any]) -> None:
    page.tell(**message)

    assert "is one of" in page.complaint or "may send" in page.complaint


def test_a_start_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="a silence is one of thinks, ends, resets, cut, not 'x'"):
        ls.display.silence("x")
