"""The official Socket.IO client in Node against a livesock server: three ways to connect, one conversation."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import livesock as ls
from livesock.errors import Refused
from livesock.realtime.actions import SessionOptions

pytestmark = pytest.mark.interop

SCRIPT = Path(__file__).parent / "node" / "socketio_client.js"


@pytest.fixture(scope="module")
def server() -> Iterator[ls.Server]:
    with ls.serve("official") as server:
        point, closed = server.of("/point"), server.of("/closed")
        counts: dict[str, list[int]] = {}

        @point.on_connect
        async def welcome(socket):
            socket.join("lobby")
            socket.emit("welcome", socket.id, socket.handshake.auth)

        @point.on("echo")
        async def echo(socket, value):
            return value

        @point.on("count")
        async def count(socket, number):
            counts.setdefault(socket.id, []).append(number)

        @point.on("counted")
        async def counted(socket):
            return counts[socket.id]

        @point.on("fail")
        def fail(socket, value):
            raise ValueError("the secret")

        @point.on("refuse")
        def refuse(socket, value):
            raise Refused("not today")

        @point.on("nothing")
        def nothing(socket): ...

        @point.on("ask me")
        async def ask(socket):
            return await socket.call("question", "why?")

        @point.on("tell all")
        def tell(socket, text):
            point.to("lobby", socket.id).emit("news", text, b"\x00\x01")

        @point.on("throw me out")
        async def throw(socket):
            socket.disconnect()

        @closed.use
        async def nobody(socket):
            raise Refused("members only", {"code": 7})

        yield server


@pytest.fixture(scope="module")
def seen(server: ls.Server, node_modules: Path, tool) -> dict[str, dict[str, object]]:
    result = subprocess.run(
        [tool("node"), str(SCRIPT), f"http://127.0.0.1:{server.port}"],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


WAYS = ["default", "polling", "websocket"]


@pytest.mark.parametrize("way", WAYS)
def test_it_is_welcomed_before_anything_else_and_knows_its_id(seen, way):
    assert seen[way]["id"] is True and seen[way]["welcome"][1] == {"name": "ann"}


@pytest.mark.parametrize(
    ("way", "transport"), [("default", "websocket"), ("polling", "polling"), ("websocket", "websocket")]
)
def test_it_ends_up_on_the_transport_it_asked_for(seen, way, transport):
    assert seen[way]["transport"] == transport


@pytest.mark.parametrize("way", WAYS)
def test_eighty_questions_are_answered_each_with_its_own_answer(seen, way):
    assert seen[way]["acks"] == list(range(80))


@pytest.mark.parametrize("way", WAYS)
def test_a_burst_of_forty_events_arrives_whole_and_in_order(seen, way):
    assert seen[way]["counted"] == list(range(40))


@pytest.mark.parametrize("way", WAYS)
def test_bytes_come_back_as_bytes_also_ten_of_them_and_text_of_nine_hundred_kilobytes(seen, way):
    assert (seen[way]["binary"], seen[way]["ten"], seen[way]["large"]) == ("0102ff", 10, 450_000)


@pytest.mark.parametrize("way", WAYS)
def test_a_question_is_answered_even_if_the_handler_fails_refuses_or_says_nothing(seen, way):
    error = {"status": "error", "cause": {"pattern": "fail", "data": 7}, "message": "Internal server error"}
    assert seen[way]["failed"] == error
    assert seen[way]["refusing"]["message"] == "not today"
    assert seen[way].get("nothing") is None


@pytest.mark.parametrize("way", WAYS)
def test_the_server_may_ask_too(seen, way):
    assert seen[way]["asked"] == "WHY?"


@pytest.mark.parametrize("way", WAYS)
def test_being_in_two_rooms_is_no_reason_to_hear_it_twice(seen, way):
    text, data = seen[way]["news"]
    assert text == "hello" and data == {"type": "Buffer", "data": [0, 1]}


@pytest.mark.parametrize("way", WAYS)
def test_a_refusal_says_why(seen, way):
    assert seen[way]["nowhere"] == "Invalid namespace"
    assert seen[way]["closed"] == ["members only", {"code": 7}]


@pytest.mark.parametrize("way", WAYS)
def test_who_is_sent_away_knows_that_the_server_did_it(seen, way):
    assert seen[way]["gone"] == "io server disconnect"


def test_afterwards_nobody_is_left_and_only_the_failures_are_kept(server, seen):
    server.trace.wait(lambda _: not server._hub._peers, timeout=20)
    assert server.of("/point").sockets() == [] and len(server.of("/point").rooms) == 0
    refused = [error for error in server.errors if error.where.startswith("session")]
    assert {error.where for error in server.errors} - {error.where for error in refused} == {'event "fail" in /point'}
    assert refused and all("/nowhere" in str(error.exception) for error in refused)


@contextmanager
def recovering(asked: list[tuple[bool, object]]) -> Iterator[ls.Server]:
    """A server that speaks while the peer is away; `asked` is who came, and with which auth."""
    with ls.serve("recovering", sessions=SessionOptions(recovery=60)) as server:
        main = server.of("/")

        @main.use
        async def door(socket):
            asked.append((socket.recovered, socket.handshake.auth))
            if socket.handshake.auth != {"token": "open"}:
                raise Refused("members only", {"code": 7})

        @main.on_connect
        async def asked_too(socket):
            asked.append((socket.recovered, "on_connect"))

        @main.on("ready")
        async def ready(socket):
            socket.join("lobby")
            socket.data["name"] = "ann"
            socket.emit("news", "before")

        @main.on("after")
        async def after(socket):
            return [socket.data.get("name"), sorted(set(socket.rooms) - {socket.id}), socket.recovered]

        @server.post("/away")
        def away(request):
            server.trace.wait(lambda _: not main.members, timeout=20)
            for number in range(20):
                main.to("lobby").emit("news", number)
            main.to("elsewhere").emit("news", "not for this room")
            main.to("lobby").volatile.emit("news", "fleeting")
            main.except_("lobby").emit("news", "for the others")
            main.emit("news", "for all")

        yield server
        assert server.errors == []


def comes_back(server: ls.Server, tool, transport: str, token: str) -> dict[str, object]:
    script = SCRIPT.with_name("recovery_client.js")
    command = [tool("node"), str(script), f"http://127.0.0.1:{server.port}", transport, token]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_a_broken_connection_comes_back_as_the_one_it_was_and_hears_what_it_missed(node_modules, tool, transport):
    asked: list[tuple[bool, object]] = []
    with recovering(asked) as server:
        seen = comes_back(server, tool, transport, "open")

    (first, was_recovered), (second, is_recovered) = seen["ids"]
    assert (first == second, was_recovered, is_recovered) == (True, False, True)
    assert seen["heard"] == ["before", *range(20), "for all"], "in order, each once, and nothing for others"
    assert seen["answer"] == ["ann", ["lobby"], True], "data and rooms are what they were"
    door, inside = {"token": "open"}, "on_connect"
    assert asked == [(False, door), (False, inside), (True, door), (True, inside)], "who comes back is asked again"


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_being_known_is_no_reason_to_be_let_in(node_modules, tool, transport):
    asked: list[tuple[bool, object]] = []
    with recovering(asked) as server:
        seen = comes_back(server, tool, transport, "expired")

        assert seen["refused"] == ["members only", {"code": 7}]
        assert seen["heard"] == ["before"] and len(seen["ids"]) == 1
        assert asked[2:] == [(True, {"token": "expired"})]
        assert server.of("/").sockets() == [] and len(server.of("/").rooms) == 0
