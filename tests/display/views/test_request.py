"""A request by hand, from the kernel's side: what is sent, and what a real server says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.display.views.request.view import RequestView
from livesock.display.views.request.words import ANSWERS, PRESETS, sentence_of


@pytest.fixture
def server() -> Iterator[ls.Server]:
    with ls.serve("request") as server:

        @server.get("/hello")
        def hello(request: Any) -> str:
            return "hello\n"

        yield server


@pytest.fixture
def view(server: ls.Server) -> Iterator[RequestView]:
    """Without the view's thread: the test looks in its place."""
    view = ls.display.request(server, "/hello")
    view.stop()
    yield view
    view.finish()
    view.close()


def sent(view: RequestView) -> dict[str, Any]:
    view.on_message({"kind": "send"})
    assert view._request is not None and view._request.done.wait(10)
    return view.snapshot()


@pytest.mark.parametrize(
    ("preset", "right", "answer", "why"),
    [
        ("get", "200", "200 OK. Then the connection stays open.", "Content-Length says"),
        ("host", "400", "400 Bad Request. Then the server hangs up.", "Missing mandatory Host"),
        ("end", "nothing", "Nothing came.", "has no end yet"),
        ("twice", "200 twice", "200 OK, twice. Then the connection stays open.", "same order"),
        ("close", "200", "200 OK. Then the server hangs up.", "asked the server to hang up"),
        ("site", "403", "403 Forbidden. Then the server hangs up.", "this Host is not served here"),
    ],
)
def test_each_preset_is_answered_by_a_real_server(
    view: RequestView, preset: str, right: str, answer: str, why: str
) -> None:
    view.on_message({"kind": "preset", "key": preset})
    view.on_message({"kind": "guess", "key": "404"})
    assert view.snapshot()["question"]["right"] == ""

    state = sent(view)

    assert (state["question"]["right"], state["answer"]) == (right, answer)
    assert why in state["why"]
    assert state["question"]["chosen"] == "404"


def test_every_preset_is_tried_above() -> None:
    assert set(PRESETS) == {"get", "host", "end", "twice", "close", "site"}


def test_the_bytes_are_those_on_the_page(view: RequestView, server: ls.Server) -> None:
    view.on_message({"kind": "line", "text": "GET /hello?a=1 HTTP/1.1"})
    view.on_message({"kind": "add"})
    view.on_message({"kind": "name", "number": 1, "text": "X-Mood"})
    view.on_message({"kind": "value", "number": 1, "text": "fine"})

    state = sent(view)

    crossed = view._request.trace.data(">") if view._request else b""
    assert crossed == f"GET /hello?a=1 HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nX-Mood: fine\r\n\r\n".encode()
    assert state["preset"] == "" and state["head"].startswith("HTTP/1.1 200 OK\\r\\n\n")
    assert state["head"].endswith("\\r\\n\n\\r\\n\nhello"), "the empty line can be seen"
    assert state["bytes"].endswith("X-Mood: fine\\r\\n\n\\r\\n")


def test_an_answer_that_was_not_offered_has_no_right_guess(view: RequestView) -> None:
    view.on_message({"kind": "line", "text": "POST /hello HTTP/1.1"})

    state = sent(view)

    assert state["question"]["right"] == "405" and "405" not in ANSWERS
    assert state["answer"].startswith("405")


def test_a_change_makes_the_answer_old(view: RequestView) -> None:
    sent(view)

    view.on_message({"kind": "ended", "on": False})
    assert view.snapshot()["stale"] and view.snapshot()["question"]["right"] == ""

    view.on_message({"kind": "ended", "on": True})
    assert not view.snapshot()["stale"]


def test_a_new_preset_takes_the_answer_away(view: RequestView) -> None:
    sent(view)

    view.on_message({"kind": "preset", "key": "host"})

    state = view.snapshot()
    assert (state["sent"], state["answer"], state["events"]) == (False, "", [])
    assert state["sentence"] == "There is no Host."


def test_the_sentence_says_what_each_preset_changes(view: RequestView) -> None:
    said = set()
    for preset in PRESETS:
        view.on_message({"kind": "preset", "key": preset})
        said.add(view.snapshot()["sentence"])

    assert len(said) == len(PRESETS) and "Host names another site: example.com." in said
    assert sentence_of([["Host", "localhost:8000"]], "127.0.0.1:8000", ended=True, twice=False).startswith("One line")


def test_a_guess_after_the_answer_does_not_count(view: RequestView) -> None:
    sent(view)

    view.on_message({"kind": "guess", "key": "200"})

    assert view.snapshot()["question"]["chosen"] == ""


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ({"kind": "preset", "key": ["get"]}, "a preset is one of get"),
        ({"kind": "guess", "key": "500"}, "a guess is one of 200"),
        ({"kind": "line", "text": "GET /\r\nX: 1"}, "one line"),
        ({"kind": "delete", "number": 7}, "one of 1 headers"),
        ({"kind": "key"}, "may send line"),
    ],
)
def test_what_a_page_cannot_mean_is_refused(view: RequestView, message: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        view.on_message(message)


def test_one_request_at_a_time(view: RequestView) -> None:
    view.on_message({"kind": "preset", "key": "end"})
    view.on_message({"kind": "send"})

    with pytest.raises(ValueError, match="has not answered the last request yet"):
        view.on_message({"kind": "send"})


def test_the_state_is_json_and_a_saved_notebook_has_words_and_a_picture(view: RequestView) -> None:
    before, _ = view._repr_mimebundle_()
    json.dumps(sent(view), allow_nan=False)
    after, _ = view._repr_mimebundle_()

    assert "What will come back?" in before["text/plain"]
    assert after["text/plain"].splitlines()[-1] == "200 OK. Then the connection stays open."
    assert before["text/html"].startswith("<img ") and after["text/html"].startswith("<img ")


def test_a_server_that_is_gone_is_named(server: ls.Server) -> None:
    view = ls.display.request(server, "/hello")
    view.stop()
    server.stop()

    assert "nothing listens there" in sent(view)["why"]
    view.close()


def test_there_is_no_such_request(server: ls.Server) -> None:
    with pytest.raises(ValueError, match="start is one of get"):
        ls.display.request(server, "/hello", start="post")
