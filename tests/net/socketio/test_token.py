"""Socket.IO beyond loopback: both transports ask for the token that `server.url()` holds, and for nothing less."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import livesock as ls
from livesock.errors import HandshakeError
from livesock.server import Server
from tests.peers import Wire, faults, handshake
from tests.rawsio import POLLING, WEBSOCKET, ask, lines

SCRIPT = Path(__file__).parents[2] / "interop" / "node" / "token_client.js"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with ls.serve("wide", host="0.0.0.0", hosts=["127.0.0.1"]) as server:

        @server.of("/point").on("echo")
        async def echo(socket: Any, value: Any) -> Any:
            return value

        yield server
        assert faults(server) == []


def here(server: Server, path: str = "/point", scheme: str = "http") -> str:
    return server.url(path, scheme).replace("0.0.0.0", "127.0.0.1")


def token(server: Server) -> str:
    return here(server).partition("?auth=")[2]


def websocket(server: Server, target: str, *headers: str) -> bytes:
    with Wire(server.port) as wire:
        wire.send(handshake(wire.host, target, *headers))
        return wire.read_until(lambda data: b"\r\n\r\n" in data)


@pytest.mark.parametrize("wrong", ["", "&auth=", "&auth=wrong", "&token=1"])
def test_without_the_token_both_transports_answer_401_and_open_nothing(server: Server, wrong: str) -> None:
    before = set(lines(server))

    status, _ = ask(server.port, "GET", POLLING + wrong)
    answer = websocket(server, WEBSOCKET + wrong)

    assert (status, answer[:13]) == (401, b"HTTP/1.1 401 ")
    assert set(lines(server)) == before


def test_a_foreign_page_that_has_the_token_is_turned_away_all_the_same(server: Server) -> None:
    query = f"&auth={token(server)}"

    assert ask(server.port, "GET", POLLING + query, origin="http://evil.example")[0] == 403
    assert websocket(server, WEBSOCKET + query, "Origin: http://evil.example").startswith(b"HTTP/1.1 403 ")


def test_with_the_token_both_transports_open(server: Server) -> None:
    query, bearer = f"&auth={token(server)}", f"Bearer {token(server)}"

    for status, _ in (ask(server.port, "GET", POLLING + query), ask(server.port, "GET", POLLING, authorization=bearer)):
        assert status == 200
    for answer in (websocket(server, WEBSOCKET + query), websocket(server, WEBSOCKET, f"Authorization: {bearer}")):
        assert answer.startswith(b"HTTP/1.1 101 ")


def test_a_sid_without_the_token_opens_nothing(server: Server) -> None:
    query = f"&auth={token(server)}"
    sid = json.loads(ask(server.port, "GET", POLLING + query)[1][1:])["sid"]

    assert ask(server.port, "GET", f"{POLLING}&sid={sid}")[0] == 401
    assert ask(server.port, "POST", f"{POLLING}&sid={sid}", b"40")[0] == 401
    assert websocket(server, f"{WEBSOCKET}&sid={sid}").startswith(b"HTTP/1.1 401 ")

    assert ask(server.port, "POST", f"{POLLING}&sid={sid}{query}", b"40") == (200, "ok")


def test_a_handler_is_not_handed_the_token(server: Server) -> None:
    seen: list[Any] = []
    server.of("/point").on_connect(lambda socket: seen.append(socket.handshake))

    with ls.socket(here(server)):
        assert seen and token(server) not in repr(seen)


@pytest.mark.parametrize("transports", [["polling"], ["websocket"], ["polling", "websocket"]], ids=" ".join)
@pytest.mark.parametrize("scheme", ["http", "ws"])
def test_our_client_opens_with_the_address_of_the_server_and_with_nothing_less(
    server: Server, transports: list[str], scheme: str
) -> None:
    with ls.socket(here(server, scheme=scheme), transports=transports, timeout=10) as point:
        assert point.call("echo", "hello", timeout=10) == "hello"

    with pytest.raises(HandshakeError) as caught:
        ls.socket(here(server, scheme=scheme).partition("?")[0], transports=transports, timeout=10)
    assert caught.value.status == 401


@pytest.mark.interop
def test_the_official_client_does_so_too(server: Server, node_modules: Path, tool: Any) -> None:
    command = [tool("node"), str(SCRIPT), here(server)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert result.returncode == 0, result.stderr
    seen = json.loads(result.stdout)
    assert [(way["address"], way["query"]) for way in seen.values()] == [("hello", "hello")] * 2
    assert seen["polling"]["without"] == "401" and "hello" not in seen["websocket"]["without"]
