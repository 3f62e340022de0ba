"""The opening handshake, from the kernel's side: what is asked, what a real server says, and why."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.display.views.handshake.view import HandshakeView
from livesock.wire.handshake import accept_key


def echoing(server: ls.Server) -> ls.Server:
    @server.websocket("/echo")
    async def echo(ws: Any) -> None:
        async for message in ws:
            await ws.send(message)

    return server


@pytest.fixture
def server() -> Iterator[ls.Server]:
    with ls.serve("shake") as server:
        yield echoing(server)


@pytest.fixture
def view(server: ls.Server) -> Iterator[HandshakeView]:
    """Without the view's thread: the test looks in its place."""
    view = ls.display.handshake(server)
    settled(view)
    view.stop()
    yield view
    view.finish()
    view.close()


def settled(view: HandshakeView) -> dict[str, Any]:
    """Wait for the answer to the last request; return the state."""
    assert view._request is not None and view._request.done.wait(10)
    return view.snapshot()


def header(view: HandshakeView, name: str) -> int:
    return [pair[0] for pair in view.snapshot()["headers"]].index(name)


def change(view: HandshakeView, name: str, value: str) -> None:
    view.on_message({"kind": "value", "number": header(view, name), "text": value})


def sent(view: HandshakeView) -> dict[str, Any]:
    view.on_message({"kind": "send"})
    return settled(view)


def test_the_first_look_shows_the_sequence_and_the_true_accept_value(server: ls.Server, view: HandshakeView) -> None:
    state = view.snapshot()

    assert [event["way"] + event["text"][:14] for event in state["events"]] == [
        "=TCP handshake:",
        ">GET /echo HTTP",
        "<HTTP/1.1 101 S",
        '>text "Hello"',
        '<text "Hello"',
        ">close 1000",
        "<close 1000",
        "=the server has",
    ]
    key = view._editor.headers[header(view, "Sec-WebSocket-Key")][1]
    assert state["checks"][-1] == {"sign": "✓", "text": f"Sec-WebSocket-Accept: {accept_key(key)}"}
    assert f"Sec-WebSocket-Accept: {accept_key(key)}".encode() in server.trace.data(">")
    assert state["problems"] == [] and state["answer"].startswith("101 Switching Protocols: the connection is")
    assert {check["sign"] for check in state["checks"]} == {"✓"}


def test_each_spoilt_request_is_refused_as_was_foretold(view: HandshakeView) -> None:
    for spoil, status, words in [
        (lambda: change(view, "Sec-WebSocket-Version", "12"), 426, "Sec-WebSocket-Version must be 13"),
        (lambda: change(view, "Sec-WebSocket-Key", "c2hvcnQ="), 400, "must hold 16 bytes in base64, and it holds 5"),
        (
            lambda: view.on_message({"kind": "delete", "number": header(view, "Sec-WebSocket-Key")}),
            400,
            "Key is missing",
        ),
        (lambda: view.on_message({"kind": "line", "text": "POST /echo HTTP/1.1"}), 405, "the method must be GET"),
    ]:
        view.on_message({"kind": "preset", "key": "whole"})
        spoil()
        foretold = view.snapshot()
        assert not foretold["sent"] and words in foretold["problems"][0]["text"]
        assert foretold["problems"][0]["status"] == status

        state = sent(view)
        assert not state["stale"]
        assert state["answer"].startswith(f"{status} ") and words in state["answer"], state["answer"]
        assert state["checks"] == []
        assert state["question"]["right"] == str(status)
        change(view, "Host", "127.0.0.1")
        assert view.snapshot()["stale"] and view.snapshot()["question"]["right"] == ""


def test_what_is_no_head_at_all_gets_an_answer_too(view: HandshakeView) -> None:
    view.on_message({"kind": "add"})
    view.on_message({"kind": "name", "number": 5, "text": "no header"})

    assert "no blank may stand" in view.snapshot()["problems"][0]["text"]
    assert sent(view)["answer"].startswith("400 ")


def test_tls_comes_before_the_request() -> None:
    with echoing(ls.serve("secret shake", tls=True)) as server:
        view = ls.display.handshake(server)
        settled(view)
        view.stop()
        events = [event["text"] for event in view.snapshot()["events"]]
        assert events[1].startswith("TLS handshake: TLSv1.") and events[2] == "GET /echo HTTP/1.1"
        assert view.snapshot()["answer"].startswith("101")
        view.close()


def test_a_lie_in_the_answer_is_named() -> None:
    """A 101 with the accept value of another key: a client must refuse it (RFC 6455, 4.1)."""
    door = socket.create_server(("127.0.0.1", 0))

    def lie() -> None:
        with door, door.accept()[0] as peer, peer.makefile("rb") as lines:
            list(iter(lines.readline, b"\r\n"))
            peer.sendall(b"HTTP/1.1 101 Fine\r\nUpgrade: websocket\r\nSet-Cookie: a=hush\r\nConnection: Upgrade\r\n")
            peer.sendall(b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")

    liar = threading.Thread(target=lie, name="liar")
    liar.start()
    view = ls.display.handshake(door.getsockname()[1], path="/")
    settled(view)
    liar.join(10)
    view.stop()
    state = view.snapshot()
    view.close()

    assert "101 Fine, but a client must refuse it: Sec-WebSocket-Accept must be" in state["answer"]
    assert [check["sign"] for check in state["checks"]] == ["✓", "✓", "✓", "✕"]
    assert "hush" not in str(state)


def test_a_server_that_is_gone_is_told(server: ls.Server, view: HandshakeView) -> None:
    server.stop()
    assert sent(view)["answer"].startswith("no answer: nothing listens there")


@pytest.mark.parametrize(
    ("message", "complaint"),
    [
        ({"kind": "delete", "number": 5}, "one of 5 headers from 0, not 5"),
        ({"kind": "delete", "number": True}, "not True"),
        ({"kind": "name", "number": 0, "text": "a\r\nb"}, '"text" is one line'),
        ({"kind": "value", "number": 0}, '"text" is one line .* not None'),
        ({"kind": "line", "text": "x" * 9000}, "at most 8,192 characters"),
        ({"kind": "preset", "key": "other"}, '"key" is one of whole'),
        ({"kind": "guess", "key": 426}, '"key" is one of 101'),
        ({"kind": []}, "may send line"),
    ],
)
def test_what_no_page_would_say_is_refused(view: HandshakeView, message: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        view.on_message(message)


def test_headers_are_bounded(view: HandshakeView) -> None:
    for _ in range(35):
        view.on_message({"kind": "add"})
    with pytest.raises(ValueError, match="40 headers are enough"):
        view.on_message({"kind": "add"})


def test_the_token_of_a_server_reaches_the_wire_and_not_the_page(server: ls.Server) -> None:
    view = ls.display.handshake(server.url("/echo?auth=hush"))
    settled(view)
    view.stop()

    assert b"GET /echo?auth=hush HTTP/1.1" in server.trace.data("<")
    data, _ = view._repr_mimebundle_()
    assert "hush" not in f"{view.snapshot()}{data}{view.picture()}"
    view.close()


def test_the_words_are_the_same_in_every_run(server: ls.Server) -> None:
    said = set()
    for _ in range(2):
        view = ls.display.handshake(server)
        settled(view)
        data, _ = view._repr_mimebundle_()
        said.add(data["text/plain"])
        assert data["text/html"].startswith("<img ")
        view.close()
    assert len(said) == 1
    assert "✓ what a client checks in the answer is right" in said.pop()


def test_what_is_no_place_is_refused() -> None:
    with pytest.raises(TypeError, match="a target is a URL"):
        ls.display.handshake(None)  # type: ignore[arg-type]


def test_a_view_that_begins_with_a_question_sends_nothing_by_itself(server: ls.Server) -> None:
    view = ls.display.handshake(server, start="version")
    view.stop()
    state = view.snapshot()

    assert server.trace.data("<") == b""
    assert state["sentence"] == "Sec-WebSocket-Version is missing."
    assert not state["sent"] and state["done"] and state["answer"] == "" and state["question"]["right"] == ""
    data, _ = view._repr_mimebundle_()
    assert "What will the server answer?" in data["text/plain"] and data["text/html"].startswith("<img ")

    view.on_message({"kind": "guess", "key": "400"})
    state = sent(view)
    assert (state["question"]["chosen"], state["question"]["right"]) == ("400", "426")
    view.on_message({"kind": "guess", "key": "426"})
    assert view.snapshot()["question"]["chosen"] == "400", "a guess comes before the answer"
    view.close()


@pytest.mark.parametrize(
    ("preset", "status", "words"),
    [
        ("whole", 101, "All five headers of an opening handshake are here."),
        ("version", 426, "Sec-WebSocket-Version is missing."),
        ("short", 400, "Sec-WebSocket-Key has another value."),
        ("list", 101, "Connection has another value."),
        ("page", 403, "Origin is added."),
        ("path", 404, "The first line says GET /nothing HTTP/1.1."),
        ("post", 405, "The first line says POST /echo HTTP/1.1."),
    ],
)
def test_each_request_to_begin_with_is_a_question(view: HandshakeView, preset: str, status: int, words: str) -> None:
    view.on_message({"kind": "preset", "key": preset})
    assert view.snapshot()["sentence"] == words and view.snapshot()["events"] == []

    state = sent(view)
    assert state["question"]["right"] == str(status) and state["answer"].startswith(str(status))
    bodies = [event["text"] for event in state["events"] if event["text"].startswith("body: ")]
    assert len(bodies) == (status != 101) and not any("more bytes" in body for body in bodies), "the reason is whole"


def test_the_reason_of_a_refusal_without_a_broken_rule_is_the_server_s(view: HandshakeView) -> None:
    view.on_message({"kind": "preset", "key": "page"})

    answer = sent(view)["answer"]
    assert "403 Forbidden: this Origin may not use this server" in answer and answer.endswith("to allow a page")


def test_a_request_to_begin_with_that_is_unknown_is_refused(server: ls.Server) -> None:
    with pytest.raises(ValueError, match="start is one of whole, version"):
        ls.display.handshake(server, start="other")
