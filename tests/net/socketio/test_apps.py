"""What applications need: the whole handshake, big first words, hooks around coming and going, the client's script."""

from __future__ import annotations

import asyncio
import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.server import Server
from tests.peers import eventually
from tests.rawsio import Closed, Polls, Raw, ask

WAYS = {"polling": ["polling"], "upgrade": ["polling", "websocket"], "websocket": ["websocket"]}


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("apps") as server:
        yield server


@pytest.fixture(params=WAYS.values(), ids=WAYS)
def way(request: pytest.FixtureRequest) -> list[str]:
    return request.param  # type: ignore[no-any-return]


# -- the handshake


def test_a_handler_finds_cookies_and_tokens_and_no_display_shows_them(server: Server) -> None:
    seen: list[Any] = []
    server.of("/").on_connect(lambda socket: seen.append(socket.handshake))

    with Raw(server.port, headers=("Cookie: sid=s3cret", "Authorization: Bearer s3cret")) as raw:
        raw.join("/", {"token": "s3cret", "name": "ann"})

    (handshake,) = seen
    assert handshake.headers["cookie"] == "sid=s3cret"
    assert handshake.headers["authorization"] == "Bearer s3cret"
    assert handshake.auth == {"token": "s3cret", "name": "ann"}
    assert handshake.query["EIO"] == "4" and handshake.query["transport"] == "websocket"
    assert "s3cret" not in f"{handshake!r} {handshake} {handshake.headers} {handshake.headers!r}"


def test_the_query_is_whole_over_polling(server: Server) -> None:
    seen: list[Any] = []
    server.of("/").on_connect(lambda socket: seen.append(socket.handshake))
    target = "/socket.io/?EIO=4&transport=polling&token=s3cret&room=kitchen"
    status, body = ask(server.port, "GET", target, cookie="a=s3cret", x_xsrftoken="s3cret")
    polls = Polls.__new__(Polls)
    polls.port, polls.timeout, polls.sid = server.port, 20.0, json.loads(body[1:])["sid"]
    polls.join()

    assert status == 200
    assert (seen[0].query["token"], seen[0].query["room"], seen[0].headers["cookie"]) == (
        "s3cret",
        "kitchen",
        "a=s3cret",
    )
    assert "s3cret" not in repr(seen[0]) and "kitchen" in repr(seen[0])


# -- big first words


@pytest.mark.parametrize("sizes", [[1_100_000], [600_000] * 4, [3_000_000]], ids=str)
def test_what_on_connect_emits_is_delivered_however_big(server: Server, way: list[str], sizes: list[int]) -> None:
    @server.of("/").on_connect
    async def came(socket: Any) -> None:
        for size in sizes:
            socket.emit("state", "x" * size)

    with ls.socket(server.url("/"), transports=way) as socket:
        assert [len(socket.wait("state", timeout=10)[0]) for _ in sizes] == sizes
    assert server.errors == []


@pytest.mark.parametrize("sizes", [[1_100_000], [600_000] * 4, [100_000] * 100], ids=["one", "four", "hundred"])
def test_what_one_handler_emits_is_delivered_however_big(server: Server, way: list[str], sizes: list[int]) -> None:
    if way == ["websocket"] and sum(sizes) > 4_000_000:
        pytest.skip("a WebSocket has its own bound: Limits.max_backlog")

    @server.of("/").on("all")
    async def all_(socket: Any) -> None:
        for size in sizes:
            socket.emit("state", "x" * size)

    heard: list[int] = []
    with ls.socket(server.url("/"), transports=way[:1]) as socket:
        socket.on("state")(lambda text: heard.append(len(text)))
        socket.emit("all")
        eventually(lambda: heard == sizes, f"all is heard, not only {len(heard)}")


def test_a_pile_that_no_poll_fetches_ends_with_its_size_and_limit_in_errors() -> None:
    with ls.serve("pile", sessions={"max_outbox": 5000}) as server:
        polls = Polls(server.port)
        polls.join()
        for _ in range(6):
            server.of("/").emit("news", "x" * 1000)
        error = eventually(lambda: server.errors, "the peer is dropped")[0]

    assert "more than 5000 bytes (max_outbox) wait for the peer, which does not poll" in str(error)


def test_a_poll_is_answered_with_sixteen_packets_at_most_and_none_is_lost(server: Server) -> None:
    polls = Polls(server.port)
    polls.join()
    server.call(_emit_all, server)
    counts, found = [], []
    while len(found) < 50:
        status, body = polls.get()
        assert status == 200
        counts.append(len(body.split("\x1e")))
        found += body.split("\x1e")

    assert counts == [16, 16, 16, 2]
    assert found == [f'42["n",{number}]' for number in range(50)]


async def _emit_all(server: Server) -> None:
    for number in range(50):
        server.of("/").emit("n", number)


# -- coming and going


def test_on_connected_runs_when_the_peer_is_in_and_before_its_events(server: Server, way: list[str]) -> None:
    n, lines = server.of("/in"), []

    @n.on_connect
    def decides(socket: Any) -> None:
        lines.append(("decides", socket in n.sockets()))

    @n.on_connected
    def came(socket: Any) -> None:
        lines.append(("is in", socket in n.sockets()))
        n.emit("joined", socket.id)

    @n.on("say")
    async def say(socket: Any) -> None:
        lines.append(("says", True))

    with ls.socket(server.url("/in"), transports=way) as socket:
        socket.emit("say")
        assert socket.wait("joined", timeout=5) == (socket.id,)
        eventually(lambda: len(lines) == 3, "it came and spoke")
    assert lines == [("decides", True), ("is in", True), ("says", True)]


def test_a_gateway_has_on_connected_too_and_its_error_keeps_the_peer(server: Server) -> None:
    @server.gateway("/gate")
    class Gate:
        async def on_connected(self, socket: Any) -> None:
            raise RuntimeError("broken")

        @ls.event("echo")
        def echo(self, socket: Any, value: int) -> int:
            return value

    with Raw(server.port) as raw:
        raw.join("/gate")
        assert raw.ask('42/gate,1["echo",5]') == "43/gate,1[5]"
    assert [error.where for error in server.errors] == ["on_connected /gate"]


def test_an_on_connected_that_never_returns_does_not_hold_the_events(server: Server) -> None:
    n, ended = server.of("/ticks"), []

    @n.on_connected
    async def ticks(socket: Any) -> None:
        try:
            while True:
                await asyncio.sleep(60)  # as a task of the application
        finally:
            ended.append(True)

    n.on("echo")(lambda socket, value: value)
    with Raw(server.port) as raw:
        raw.join("/ticks")
        assert raw.ask('42/ticks,1["echo",5]') == "43/ticks,1[5]"
    server.stop()
    assert ended == [True]


def test_on_disconnect_knows_the_rooms_in_which_it_was(server: Server) -> None:
    n, seen = server.of("/rooms"), []

    @n.on_connect
    def came(socket: Any) -> None:
        socket.join("kitchen", "hall")

    n.on_disconnect(lambda socket, reason: seen.append((socket.id, socket.rooms)))
    for last in ("41/rooms,", None):
        with Raw(server.port) as raw:
            sid = raw.join("/rooms")
            if last:
                raw.say(last)
                eventually(lambda: seen, "it has left")
        eventually(lambda: seen, "it has left")
        assert seen.pop() == (sid, [sid, "kitchen", "hall"])


def test_on_join_and_on_leave_show_each_move_once(server: Server) -> None:
    n, moves = server.of("/moves"), []
    n.on_join(lambda socket, room: moves.append(("+", room)))
    n.on_leave(lambda socket, room: moves.append(("-", room)))

    @n.on("go")
    def go(socket: Any) -> None:
        socket.join("a", "b")
        socket.join("a")
        socket.leave("a")
        socket.leave("nowhere")
        n.to("b").join("c")

    with Raw(server.port) as raw:
        raw.join("/moves")
        raw.say('42/moves,["go"]')
        eventually(lambda: len(moves) == 4, "it moved")
    eventually(lambda: len(moves) == 6, "it left all rooms")

    assert moves == [("+", "a"), ("+", "b"), ("-", "a"), ("+", "c"), ("-", "b"), ("-", "c")]


@pytest.mark.parametrize("hook", ["on_join", "on_leave"])
def test_a_hook_of_moves_is_a_plain_function_and_its_error_stops_no_move(server: Server, hook: str) -> None:
    n = server.of("/moves")

    async def later(socket: Any, room: str) -> None: ...

    with pytest.raises(TypeError, match="write def, not async def"):
        getattr(n, hook)(later)

    def fails(socket: Any, room: str) -> None:
        raise RuntimeError("broken")

    getattr(n, hook)(fails)
    n.on_connect(lambda socket: socket.join("a"))
    with Raw(server.port) as raw:
        raw.join("/moves")
        eventually(lambda: n.to("a").sockets(), "it is in the room")
    eventually(lambda: not n.sockets(), "it has left")
    assert server.errors[0].where == f"{hook} /moves"


# -- speaking


def test_a_volatile_event_to_a_room_leaves_out_the_socket_that_speaks(server: Server) -> None:
    n = server.of("/")
    n.on_connect(lambda socket: socket.join("all"))

    @n.on("say")
    async def say(socket: Any) -> None:
        socket.volatile.emit("own")
        socket.volatile.to("all").emit("room")
        socket.volatile.broadcast.emit("broadcast")
        socket.volatile.except_("nobody").emit("except")
        n.emit("end")

    with Raw(server.port) as ann, Raw(server.port) as ben:
        ann.join()
        ben.join()
        ann.say('42["say"]')

        assert [ann.event(), ann.event()] == ['42["own"]', '42["end"]']
        assert [ben.event() for _ in range(4)] == [f'42["{name}"]' for name in ("room", "broadcast", "except", "end")]


def test_a_question_without_a_handler_gets_no_answer_and_is_kept_once(server: Server) -> None:
    n = server.of("/")
    n.on("say")(lambda socket: None)
    with Raw(server.port) as raw:
        raw.join()
        raw.say('421["nosuch",1]', '422["nosuch",2]', '423["say"]')
        assert raw.event() == "433[]"
    (error,) = server.errors

    assert error.where == 'event "nosuch" in /'
    assert str(error.exception) == 'no handler answers this question, so its peer waits in vain; / handles "say"'


def test_a_star_stands_for_every_event_without_a_handler(server: Server) -> None:
    n = server.of("/")
    n.on("say")(lambda socket, text: f"said {text}")
    n.on("*")(lambda socket, name, *arguments: [name, *arguments])
    with Raw(server.port) as raw:
        raw.join()
        assert raw.ask('421["say","x"]') == '431["said x"]'
        assert raw.ask('422["other",1,2]') == '432[["other",1,2]]'
        assert raw.ask('423["*",1]') == '433[["*",1]]'


def test_a_line_that_was_typed_in_a_terminal_may_end_with_a_newline(server: Server) -> None:
    server.of("/").on("echo")(lambda socket, value: value)
    with Raw(server.port) as raw:
        raw.say("40\n")
        assert str(raw.event()).startswith('40{"sid":')
        assert raw.ask('421["echo",5]\n') == "431[5]"


# -- the path and the script


def test_sessions_are_served_at_the_path_that_was_asked_for(way: list[str]) -> None:
    with ls.serve("elsewhere", sessions={"path": "/live"}) as server:
        server.of("/").on("echo")(lambda socket, value: value)
        with ls.socket(server.url("/"), path="/live/", transports=way) as socket:
            assert socket.call("echo", 5) == 5
        assert ask(server.port, "GET", "/socket.io/?EIO=4&transport=polling")[0] == 404
        assert ask(server.port, "GET", "/live/socket.io.js")[0] == 200


@pytest.mark.parametrize("name", ["socket.io.js", "socket.io.min.js"])
def test_the_script_of_the_official_client_is_served_with_its_licence(server: Server, name: str) -> None:
    status, text = ask(server.port, "GET", f"/socket.io/{name}")

    assert status == 200
    assert "Socket.IO v4.8.4" in text[:100] and "Released under the MIT License" in text[:200]
    assert "sourceMappingURL" not in text


# -- what is refused


def test_a_message_over_the_limit_is_named_in_on_disconnect(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "livesock")
    with ls.serve("big", sessions={"max_payload": 10_000}) as server:
        reasons: list[str] = []
        server.of("/").on_disconnect(lambda socket, reason: reasons.append(reason))
        with Raw(server.port) as raw:
            raw.join()
            raw.say('42["x","' + "x" * 20_000 + '"]')
            with pytest.raises(Closed) as closed:
                raw.event()
        eventually(lambda: reasons, "on_disconnect ran")

    assert closed.value.code == 1009
    assert reasons == ["message too big: 20010 bytes, limit 10000"]
    assert "message too big: 20010 bytes, limit 10000" in caplog.text


@pytest.mark.parametrize(
    ("query", "line"),
    [
        ("EIO=3&transport=polling", "Unsupported protocol version: GET with EIO 3, transport polling, sid none"),
        ("EIO=4&transport=tcp", "Transport unknown: GET with EIO 4, transport tcp, sid none"),
        (
            "EIO=4&transport=polling&sid=nobody5",
            "Session ID unknown: GET with EIO 4, transport polling, sid nobody…",
        ),
        ("", "Transport unknown: GET with EIO missing, transport missing, sid none"),
    ],
)
def test_a_request_that_is_no_session_leaves_a_line(
    server: Server, caplog: pytest.LogCaptureFixture, query: str, line: str
) -> None:
    caplog.set_level("INFO", "livesock")

    assert ask(server.port, "GET", f"/socket.io/?{query}")[0] == 400

    eventually(lambda: line in caplog.text, "it is in the log")


def test_a_namespace_that_does_not_exist_is_named_in_the_log(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "livesock")
    server.of("/point")
    with Raw(server.port) as raw:
        assert raw.ask("40/poin,") == '44/poin,{"message":"Invalid namespace"}'

    assert "no namespace is named '/poin'; there are /, /point" in caplog.text


def test_one_connection_begins_few_sessions_and_the_others_come_in(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    answers = []
    for _ in range(80):
        connection.request("GET", "/socket.io/?EIO=4&transport=polling")
        answer = connection.getresponse()
        answers.append((answer.status, answer.read().decode()))

    assert [status for status, _ in answers] == [200] * 64 + [503] * 16
    assert "has begun 64 sessions that have joined no namespace" in answers[-1][1]
    Polls(server.port).join()
    for _, body in answers[:64]:
        sid = json.loads(body[1:])["sid"]
        connection.request("POST", f"/socket.io/?EIO=4&transport=polling&sid={sid}", b"40")
        connection.getresponse().read()
    connection.request("GET", "/socket.io/?EIO=4&transport=polling")
    assert connection.getresponse().status == 200, "those that have joined do not count"
    connection.close()
