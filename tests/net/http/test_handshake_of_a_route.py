"""A route whose opening handshake is answered by a function of the user: `server.websocket(path, handshake=f)`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import InvalidHandshake
from websockets.sync.client import connect

import livesock as ls
from livesock.wire.handshake import accept_key


@pytest.fixture
def server() -> Iterator[ls.Server]:
    with ls.serve("own handshake") as server:
        yield server


def serve(server: ls.Server, handshake: Any) -> str:
    @server.websocket("/mine", handshake=handshake)
    async def mine(ws: Any) -> None:
        async for message in ws:
            await ws.send(message)

    return server.url("/mine")


def upgraded(method: str, version: str, headers: dict[str, str]) -> tuple[int, dict[str, str]]:
    return 101, {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Accept": accept_key(headers["sec-websocket-key"]),
        "X-Whose": "mine",
    }


def ask(server: ls.Server, head: str) -> str:
    with ls.tcp(server) as raw:
        raw.sendall(head.replace("\n", "\r\n").encode())
        return raw.recv_until(b"\r\n\r\n").decode()


def test_the_function_opens_the_connection_and_the_handler_goes_on(server: ls.Server) -> None:
    with connect(serve(server, upgraded), proxy=None) as ws:
        ws.send("hello")
        assert ws.recv(timeout=10) == "hello"
        assert ws.response is not None and ws.response.headers["X-Whose"] == "mine"


def test_it_hears_of_requests_that_are_not_valid_handshakes(server: ls.Server) -> None:
    asked = []

    def refuse(method: str, version: str, headers: dict[str, str]) -> tuple[int, dict[str, str]]:
        asked.append((method, version, headers))
        return 426, {"Sec-WebSocket-Version": "13"}

    serve(server, refuse)
    answer = ask(server, "POST /mine HTTP/1.1\nHost: 127.0.0.1\nX-Word: a: b\n\n")

    assert answer.startswith("HTTP/1.1 426 ") and "Sec-WebSocket-Version: 13" in answer
    assert asked == [("POST", "HTTP/1.1", {"host": "127.0.0.1", "x-word": "a: b"})]


def test_what_it_lets_in_is_in_whatever_the_rules_say(server: ls.Server) -> None:
    serve(server, lambda method, version, headers: (101, {"Sec-WebSocket-Accept": "never mind"}))

    answer = ask(server, "POST /mine HTTP/1.0\nHost: 127.0.0.1\n\n")

    assert answer.startswith("HTTP/1.1 101 ") and "Sec-WebSocket-Accept: never mind" in answer


def test_a_wrong_accept_value_is_refused_by_the_client(server: ls.Server) -> None:
    def lie(method: str, version: str, headers: dict[str, str]) -> tuple[int, dict[str, str]]:
        status, answer = upgraded(method, version, headers)
        return status, answer | {"Sec-WebSocket-Accept": accept_key("another")}

    with pytest.raises(InvalidHandshake, match="Accept"), connect(serve(server, lie), proxy=None):
        pass


@pytest.mark.parametrize(
    "answer", [None, 101, (101, None), ("x", {}), (101, {"A": "b\r\nC: d"}), (99, {}), (100, {}), (400, {"A": "b\nC"})]
)
def test_a_function_that_fails_is_answered_500_and_kept(server: ls.Server, answer: Any) -> None:
    serve(server, lambda *asked: answer)

    assert ask(server, "GET /mine HTTP/1.1\nHost: 127.0.0.1\n\n").startswith("HTTP/1.1 500 ")
    assert len(server.errors) == 1 and server.errors[0].where == "handshake of /mine"


def test_a_stranger_is_refused_before_it_is_asked(server: ls.Server) -> None:
    serve(server, upgraded)
    head = "GET /mine HTTP/1.1\nHost: 127.0.0.1\nOrigin: https://evil.example\n\n"

    assert ask(server, head).startswith("HTTP/1.1 403 ")


def test_what_is_not_a_function_is_refused_where_it_is_written(server: ls.Server) -> None:
    with pytest.raises(TypeError, match="handshake is a function"):
        server.websocket("/mine", handshake="mine")
