"""A question to a kernel: the messages that answer it, over a real WebSocket, from a kernel that speaks by the book."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.display.views.kernel.question import named
from livesock.display.views.kernel.view import CODES, KernelView


@pytest.fixture
def server() -> Iterator[ls.Server]:
    """What a Jupyter server does for `6*7`, and for code that it does not know: nothing but busy, reply and idle."""
    with ls.serve("kernel") as server:

        @server.websocket("/channels")
        async def channels(ws: Any) -> None:
            async for text in ws:
                asked = json.loads(text)

                async def say(kind: str, content: dict[str, Any], parent: Any = asked["header"]) -> None:
                    await ws.send(
                        json.dumps({"header": {"msg_type": kind}, "parent_header": parent, "content": content})
                    )

                code = asked["content"]["code"]
                await say("status", {"execution_state": "busy"}, {"msg_id": "another page's"})
                await ws.send("not JSON")
                await say("status", {"execution_state": "busy"})
                await say("execute_input", {"code": code})
                if code == "6*7":
                    await say("execute_result", {"data": {"text/plain": "42"}})
                if code == "slow":
                    await asyncio.sleep(0.3)
                if code == "leave":
                    return
                await say("execute_reply", {"status": "ok"})
                await say("status", {"execution_state": "idle"})

        yield server


@pytest.fixture
def view(server: ls.Server) -> Iterator[KernelView]:
    """Without the view's thread: the test looks in its place."""
    with ls.connect(server.url("/channels")) as ws:
        view = ls.display.kernel(ws)
        view.stop()
        yield view
        view.close()


def settled(view: KernelView) -> dict[str, Any]:
    assert view._question is not None and view._question.done.wait(10)
    return view.snapshot()


def test_one_message_asks_and_five_answer(view: KernelView) -> None:
    state = view.ask("6*7").snapshot()

    assert view.answers == ["busy", "input", "result: 42", "reply: ok", "idle"]
    assert [arrow["from"] for arrow in state["ladder"]["arrows"]] == [0, 1, 1, 1, 1, 1]
    assert [span["state"] for span in state["ladder"]["spans"] if span["end"] == 1] == ["idle", "busy", "idle"]
    assert state["sentence"].startswith("One message asked, 5 answered: ")


def test_the_ladder_grows_while_answers_come(view: KernelView) -> None:
    view.on_message({"kind": "run", "value": "slow"})
    deadline = time.monotonic() + 5
    while len(view.answers) < 2 and time.monotonic() < deadline:
        time.sleep(0.005)
    growing = view.news()

    assert growing is not None and growing["running"]
    assert growing["sentence"] == "One message asked, 2 have answered so far …"
    with pytest.raises(ValueError, match="still busy"):
        view.on_message({"kind": "run", "value": "6*7"})
    assert settled(view)["running"] is False
    assert view.news() is not None and view.news() is None


def test_a_connection_that_ends_is_named(view: KernelView) -> None:
    assert view.ask("leave").snapshot()["sentence"].startswith("No answer: the connection is gone")
    assert "\nNo answer: the connection is gone" in view.words()


def test_the_words_are_the_same_in_every_run(view: KernelView) -> None:
    assert "How many will answer?" in view.words() and "<svg" in view.picture()
    said = {view.ask("6*7").words() for _ in range(2)}

    assert said == {"→ run 6*7\n← busy\n← input\n← result: 42\n← idle\n← reply: ok"}
    data, _ = view._repr_mimebundle_()
    assert data["text/html"].startswith("<img ")


def test_a_preset_clears_what_was_asked_before(view: KernelView) -> None:
    view.ask("6*7")
    view.on_message({"kind": "preset", "value": "slow"})
    state = view.snapshot()

    assert (state["code"], state["chosen"], state["ladder"]) == (CODES["slow"], "slow", None)


@pytest.mark.parametrize(
    "message",
    [{"kind": "preset", "value": "x"}, {"kind": "run", "value": ""}, {"kind": "run", "value": "x" * 501}, {"kind": []}],
)
def test_what_no_page_would_say_is_refused(view: KernelView, message: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"a page of kernel\(\) sends"):
        view.on_message(message)


@pytest.mark.parametrize("wrong", [None, "ws://127.0.0.1/", 8888])
def test_what_is_no_connection_is_refused(wrong: Any) -> None:
    with pytest.raises(TypeError, match=r"pass what ls\.connect"):
        ls.display.kernel(wrong)


@pytest.mark.parametrize(
    ("kind", "content", "name"),
    [
        ("stream", {"text": "hi\n"}, "print: hi"),
        ("error", {"ename": "ZeroDivisionError"}, "error: ZeroDivisionError"),
        ("execute_reply", {"status": "error"}, "reply: error"),
        ("execute_result", {"data": {"image/png": ""}}, "result: a picture"),
        ("display_data", {}, "display_data"),
    ],
)
def test_each_message_has_a_name(kind: str, content: dict[str, Any], name: str) -> None:
    assert named({"header": {"msg_type": kind}, "content": content}) == name
