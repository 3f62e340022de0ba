"""Arguments that no server could answer: refused at the call, in both clients, and never by a time-out."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.errors import HandshakeError
from livesock.server import Server
from tests.peers import DEADLINE, eventually


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("arguments") as server:
        server.of("/point")

        @server.websocket("/echo")
        async def echo(ws: Any) -> None:
            async for message in ws:
                await ws.send(message)

        yield server


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("X y", "1", "the name of a header is letters, digits and -"),
        ("X:", "1", "the name of a header"),
        ("", "1", "the name of a header"),
        ("X", "\N{GRINNING FACE}", "Latin-1 alone.*urllib.parse.quote"),
        ("X", "a\x7fb", "a control character"),
        ("host", "example.org", "host is written by livesock itself"),
        ("Content-Length", "5", "Content-Length is written by livesock itself"),
        ("Transfer-Encoding", "chunked", "Transfer-Encoding is written by livesock itself"),
    ],
)
def test_a_header_that_cannot_be_sent_is_refused_at_the_call(server: Server, name: str, value: str, words: str):
    for connect, path in ((ls.connect, "/echo"), (ls.socket, "/point")):
        with pytest.raises(ValueError, match=words):
            connect(server.url(path), headers={name: value})  # type: ignore[operator]


@pytest.mark.parametrize("transports", [["polling"], ["websocket"]])
def test_a_header_beyond_ascii_crosses_on_each_transport(server: Server, transports: list[str]):
    with ls.socket(server.url("/point"), headers={"X-Name": "caf\xe9"}, transports=transports) as point:
        (seat,) = server.of("/point").sockets()

        assert point.connected
        assert seat.handshake.headers["x-name"] == "caf\xe9"


@pytest.mark.parametrize(
    ("auth", "words"),
    [({"t": b"x"}, "auth is sent as JSON: .*bytes"), ({"t": {1}}, "set"), ({"t": float("nan")}, "NaN")],
)
def test_auth_that_is_no_json_is_refused_at_the_call(server: Server, auth: dict[str, Any], words: str):
    with pytest.raises((TypeError, ValueError), match=words):
        ls.socket(server.url("/point"), auth=auth)


@pytest.mark.parametrize("host", ["a" * 64 + ".invalid", "...", "a..b"])
def test_a_host_that_cannot_exist_is_refused_at_the_call(host: str):
    for connect in (ls.connect, ls.socket):
        with pytest.raises(ValueError, match="1 to 63 characters"):
            connect(f"ws://{host}/")  # type: ignore[operator]
    with pytest.raises(ValueError, match="1 to 63 characters"):
        ls.tcp((host, 80))


def test_an_ipv6_address_without_brackets_is_told_how_to_be_written():
    with pytest.raises(ValueError, match=r"in brackets, ws://\[::1\]:8765/"):
        ls.connect("ws://::1:8765/echo")


def test_a_session_that_cannot_begin_ends_with_its_reason_and_not_with_a_time_out(server: Server):
    rooms: list[Any] = []
    with ls.socket(server.url("/point"), auth={"rooms": rooms}, timeout=DEADLINE) as point:
        point.disconnect()
        rooms.append({1})  # what was checked once has become something that JSON cannot carry

        with pytest.raises(TypeError, match="set"):
            point.connect()
        rooms.clear()
        point.connect()

        assert point.connected


def test_a_socket_that_cannot_come_back_says_why_and_tries_again(server: Server):
    rooms: list[Any] = []
    heard: list[Any] = []
    options: dict[str, Any] = {"timeout": DEADLINE, "reconnection": {"first": 0.01, "largest": 0.01}}
    with ls.socket(server.url("/point"), auth={"rooms": rooms}, **options) as point:
        point.on("connect_error", heard.append)
        rooms.append({1})
        server.pause()
        server.resume()

        eventually(lambda: any(isinstance(error, TypeError) for error in heard), "the reason")
        rooms.clear()

        eventually(lambda: point.connected, "the seat")


def answered(data: bytes) -> int:
    """Serve `data` once to the first client, and return the port."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with listening, listening.accept()[0] as peer:
            peer.recv(65_536)
            peer.sendall(data)

    threading.Thread(target=serve).start()
    return int(listening.getsockname()[1])


def test_what_came_for_the_greeting_is_quoted():
    port = answered(b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n<html>hi</html>")

    with pytest.raises(HandshakeError, match=r'got "<html>hi</html>" \(parse error\)'):
        ls.socket(f"http://127.0.0.1:{port}/", reconnection=False)
