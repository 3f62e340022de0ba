"""Who reads the room: what each caller gets under each rule, and what the page is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

import livesock as ls
from livesock.display.views.origins.rules import PAGES, PRESETS, WAYS, Door, Rules, hidden
from livesock.display.views.origins.view import OriginsView

READS, COOKIE = "reads “dinner is at eight”", "reads “Ann, dinner is at eight”"
HIDES, WRONG = "200, but the browser hides it", "refused: 403"

TABLE: dict[str, dict[str, tuple[str, str]]] = {
    "cors": {
        "app": (READS, READS),
        "evil": (HIDES, READS),
        "sandbox": (HIDES, READS),
        "rebound": (READS, READS),
        "program": (READS, READS),
    },
    "cookie": {
        "app": (COOKIE, COOKIE),
        "evil": (HIDES, COOKIE),
        "sandbox": (HIDES, COOKIE),
        "rebound": ("refused: 401, no cookie of ours", "refused: 401"),
        "program": ("refused: 401, no cookie of ours", "refused: 401"),
    },
    "origin": {
        "app": (READS, READS),
        "evil": (f"{WRONG}, Origin is not allowed", WRONG),
        "sandbox": (f"{WRONG}, Origin is not allowed", WRONG),
        "rebound": (READS, WRONG),
        "program": (READS, READS),
    },
    "host": {
        "app": (READS, READS),
        "evil": (f"{WRONG}, Origin is not allowed", WRONG),
        "sandbox": (f"{WRONG}, Origin is not allowed", WRONG),
        "rebound": (f"{WRONG}, Host is not ours", WRONG),
        "program": (READS, READS),
    },
    "all": {
        "app": (READS, READS),
        "evil": (f"{WRONG}, Origin is not allowed", WRONG),
        "sandbox": (f"{WRONG}, Origin is not allowed", WRONG),
        "rebound": (f"{WRONG}, Host is not ours", WRONG),
        "program": ("refused: 401, no token", "refused: 4401, no token"),
    },
}


@pytest.fixture
def view() -> Iterator[OriginsView]:
    """Without the view's thread: the test looks in its place. Its servers end with the test."""
    view = OriginsView.__new__(OriginsView)
    view.finish = lambda: None  # type: ignore[method-assign]  # its own thread would end the servers
    view.__init__("cors")  # type: ignore[misc]
    view.stop()
    yield view
    view._servers.stop()
    view.close()


@pytest.fixture
def sent(view: OriginsView, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    monkeypatch.setattr(view, "send", lambda kind, **content: messages.append(content))
    return messages


@pytest.mark.parametrize("preset", PRESETS)
def test_what_each_caller_gets(view: OriginsView, sent: list[dict[str, Any]], preset: str) -> None:
    view.on_message({"kind": "preset", "key": preset})

    rows = {row["key"]: tuple(cell["words"] for cell in row["cells"]) for row in sent[-1]["news"]["rows"]}
    assert rows == TABLE[preset]
    assert sent[-1]["news"]["preset"] == preset


def test_a_token_is_known_to_the_app_alone(view: OriginsView) -> None:
    assert view.reads("app", token=True) == list(WAYS)
    assert [view.reads(page, token=True) for page in PAGES if page != "app"] == [[]] * 4
    assert view.ask("evil", "WebSocket", token=True) == "refused: 4401, no token"
    assert view.ask("evil", "polling", token=True, cors=False) == "refused: 401, no token"


def test_cors_that_writes_back_what_came_lets_any_page_read(view: OriginsView) -> None:
    assert view.reads("evil", cors=False) == view.reads("sandbox", cors=False, cookie=True) == list(WAYS)


def test_each_answer_has_a_reason_and_its_bytes_hold_no_cookie(view: OriginsView, sent: list[dict[str, Any]]) -> None:
    for preset in PRESETS:
        view.on_message({"kind": "preset", "key": preset})
        for page in PAGES:
            for way in WAYS:
                view.on_message({"kind": "choose", "page": page, "way": way})
                one = sent[-1]["news"]["one"]
                assert one["why"] and one["request"][0]["text"] == "GET /room HTTP/1.1"
                assert "seat=ann" not in json.dumps(one) and "word-of-the-day" not in json.dumps(one)
                assert any(line["told"] for line in one["answer"])


def test_a_program_is_stopped_by_the_token_and_the_reason_says_so(
    view: OriginsView, sent: list[dict[str, Any]]
) -> None:
    view.on_message({"kind": "preset", "key": "all"})
    view.on_message({"kind": "choose", "page": "program", "way": "polling"})

    assert sent[-1]["news"]["one"]["why"].startswith("The token is missing")


def test_a_switch_is_turned_and_turned_back(view: OriginsView, sent: list[dict[str, Any]]) -> None:
    for on in (True, False):
        view.on_message({"kind": "switch", "key": "host"})
        assert {one["key"]: one["on"] for one in sent[-1]["news"]["switches"]}["host"] is on


def test_what_the_reader_s_browser_saw_is_compared_until_the_next_switch(
    view: OriginsView, sent: list[dict[str, Any]]
) -> None:
    run = view.snapshot()["browser"]["run"]
    for page in ("app", "evil", "sandbox"):
        for way in WAYS:
            outcome = "nothing" if page != "app" and way == "polling" else "reads"
            view.on_message({"kind": "browser", "run": run, "page": page, "way": way, "outcome": outcome, "text": "x"})
    assert sent[-1]["news"]["browser"]["says"].endswith("6 times as the kernel played it.")
    assert sent[-1]["news"]["rows"][1]["cells"][0]["browser"] == "sees x"

    view.on_message({"kind": "switch", "key": "origin"})
    view.on_message({"kind": "browser", "run": run, "page": "evil", "way": "polling", "outcome": "reads", "text": "x"})
    assert sent[-1]["news"]["rows"][1]["cells"][0]["browser"] is None, "it is from before the switch"


@pytest.mark.parametrize(
    "message",
    [
        *({}, {"kind": 1}, {"kind": "preset"}, {"kind": "switch", "key": "tls"}, {"kind": "choose", "page": "evil"}),
        *({"kind": "browser", "page": "rebound", "way": "polling"}, {"kind": "choose", "page": [], "way": "polling"}),
        {"kind": "browser", "page": "evil", "way": "polling", "outcome": "wins"},
    ],
)
def test_a_page_that_sends_anything_else_is_refused(view: OriginsView, message: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        view.on_message(message)


@pytest.mark.parametrize("call", [lambda v: v.ask("x", "polling"), lambda v: v.reads("evil", tls=True)])
def test_a_page_or_a_switch_that_does_not_exist_is_named(view: OriginsView, call: Any) -> None:
    with pytest.raises(ValueError, match="is one of"):
        call(view)


def test_the_picture_and_the_words_say_the_same_without_a_port(view: OriginsView) -> None:
    picture = view.picture()
    ElementTree.fromstring(picture)
    assert "The stranger’s page reads over the WebSocket" in picture and "The stranger’s page reads" in view.words()
    assert str(view._servers.room.port) not in view.words()
    assert len(json.dumps(view.snapshot())) < 16_000


def test_the_rule_of_the_browser_is_that_of_the_fetch_standard() -> None:
    origin, allowed = "https://a", {"access-control-allow-credentials": "true"}

    assert not hidden(None, {})
    assert hidden(origin, {}) and hidden(origin, {"access-control-allow-origin": origin})
    assert hidden(origin, allowed | {"access-control-allow-origin": "*"}), "not with cookies"
    assert not hidden(origin, allowed | {"access-control-allow-origin": origin})


def test_the_rules_of_the_door_are_asked_in_one_order() -> None:
    door = Door("https://a", frozenset({"here"}), Rules(True, True, True, True, True))

    assert door.refusal({"host": "there", "origin": "https://b"}) == (403, "Host is not ours")
    assert door.refusal({"host": "here", "origin": "https://b"}) == (403, "Origin is not allowed")
    assert door.refusal({"host": "here"}) == (401, "no cookie of ours")
    assert door.refusal({"host": "here", "cookie": "seat=ann"}) is None


def test_nothing_is_left_after_the_view() -> None:
    view = ls.display.origins("all")
    view.close()

    assert ls.servers() == {}
    with pytest.raises(ValueError, match="a setting is one of"):
        ls.display.origins("none")
