"""From the key to the accept value: each step, each wrong way, and what a real server says to each key."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.display.views.accept.steps import WAYS, bits_between, size_of, walk
from livesock.display.views.accept.view import AcceptView
from livesock.wire.handshake import accept_key

RFC_KEY = "dGhlIHNhbXBsZSBub25jZQ=="


@pytest.fixture
def server() -> Iterator[ls.Server]:
    with ls.serve("accept") as server:

        @server.websocket("/echo")
        async def echo(ws: Any) -> None:
            async for message in ws:
                await ws.send(message)

        yield server


@pytest.fixture
def view(server: ls.Server) -> Iterator[AcceptView]:
    """Without the view's thread: the test looks in its place."""
    view = ls.display.accept(server)
    view.stop()
    yield view
    view.finish()
    view.close()


def answered(view: AcceptView, **message: Any) -> dict[str, Any]:
    """Do what the reader does, and return the state once the server has answered this key."""
    view.on_message(message)
    return settled(view, lambda state: state["answer"]["state"] != "waiting")


def settled(view: AcceptView, is_there: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        view.news()
        if is_there(state := view.snapshot()):
            return state
        time.sleep(0.005)
    raise AssertionError(view.snapshot())


def spelled(cells: list[dict[str, Any]]) -> str:
    return "".join(cell.get("top") or cell["hex"] for cell in cells)


def test_the_way_of_the_rfc_is_the_server_s(view: AcceptView) -> None:
    state = view.snapshot()

    assert spelled(state["hashed"]) == RFC_KEY + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    assert spelled(state["letters"]) == accept_key(RFC_KEY) == state["answer"]["letters"]
    assert state["answer"]["state"] == "same"
    assert "24 letters and stands for 16 bytes" in state["sentence"]


@pytest.mark.parametrize("way", [way for way in WAYS if way != "rfc"])
def test_each_other_way_leads_elsewhere(view: AcceptView, way: str) -> None:
    state = answered(view, kind="way", value=way)

    assert spelled(state["letters"]) != state["answer"]["letters"] == accept_key(RFC_KEY)
    assert state["answer"]["state"] == "wrong"


def test_one_letter_changes_the_hash_and_the_server_agrees(server: ls.Server, view: AcceptView) -> None:
    state = answered(view, kind="turn", value=3)

    assert state["key"] == "dGhmIHNhbXBsZSBub25jZQ=="
    assert [n for n, cell in enumerate(state["hashed"]) if cell["new"]] == [3]
    assert all(cell["new"] for cell in state["digest"])
    assert state["sentence"] == "1 letter of the key changed: 20 of 20 bytes of the hash are new, 94 of 160 bits."
    assert state["answer"] == {"state": "same", "letters": accept_key(state["key"]), "text": "the same"}
    assert state["key"].encode() in server.trace.data("<"), "it was really sent"

    assert answered(view, kind="turn", value=3, step=-1)["key"] == RFC_KEY


def test_a_key_that_is_not_16_bytes_is_refused_by_the_server(view: AcceptView) -> None:
    state = answered(view, kind="preset", value="short")

    assert state["answer"]["text"].startswith("The server answers 400 Bad Request. The key stands for 3 bytes, not 16")
    assert "The key is not base64" in answered(view, kind="key", value="abc")["answer"]["text"]
    assert view.snapshot()["sentence"].startswith("1 letter of the key changed")


def test_an_empty_key_is_one_more_that_is_refused(view: AcceptView) -> None:
    state = answered(view, kind="key", value="")

    assert state["answer"]["state"] == "wrong" and state["key"] == ""


def test_of_fast_changes_the_last_one_is_answered(view: AcceptView) -> None:
    for _ in range(20):
        view.on_message({"kind": "turn", "value": 0})
    state = settled(view, lambda state: state["answer"]["state"] == "same")

    assert state["answer"]["letters"] == accept_key(state["key"])


def test_a_server_of_one_s_own_that_is_wrong_is_seen(server: ls.Server) -> None:
    def first(method: str, version: str, headers: dict[str, str]) -> tuple[int, dict[str, str]]:
        answer = {"Upgrade": "websocket", "Connection": "Upgrade"}
        return 101, answer | {"Sec-WebSocket-Accept": walk(headers["sec-websocket-key"], "first").letters}

    @server.websocket("/mine", handshake=first)
    async def mine(ws: Any) -> None:
        await ws.wait_closed()

    view = ls.display.accept(server, path="/mine")
    view.stop()
    assert view.snapshot()["answer"]["state"] == "wrong"
    assert answered(view, kind="way", value="first")["answer"]["state"] == "same"
    view.close()


def test_a_server_that_is_gone_is_named(server: ls.Server, view: AcceptView) -> None:
    server.stop()

    assert "No answer: nothing listens there" in answered(view, kind="turn", value=1)["answer"]["text"]


@pytest.mark.parametrize(
    "message",
    [
        {"kind": "key", "value": "a b"},
        {"kind": "key", "value": "é"},
        {"kind": "key", "value": "x" * 33},
        {"kind": "key"},
        {"kind": "turn", "value": 24},
        {"kind": "turn", "value": True},
        {"kind": "preset", "value": "other"},
        {"kind": "way", "value": []},
        {"kind": "other"},
    ],
)
def test_what_no_page_would_say_is_refused(view: AcceptView, message: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"a key here has|a page of accept\(\) sends"):
        view.on_message(message)


def test_a_saved_notebook_holds_the_way(view: AcceptView) -> None:
    data, _ = view._repr_mimebundle_()

    assert data["text/html"].startswith("<img ")
    assert data["text/plain"].splitlines()[-1] == f"server   {accept_key(RFC_KEY)} ✓"


def test_the_steps_are_pure() -> None:
    assert walk(RFC_KEY, "decoded").parts[0] == ("key", b"the sample nonce")
    assert len(walk(RFC_KEY, "hex").digest) == 40
    assert (size_of(RFC_KEY), size_of("abcd"), size_of("abc"), size_of("")) == (16, 3, None, 0)
    assert bits_between(b"\x00\xff", b"\x01\xff") == 1
