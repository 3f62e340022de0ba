"""`ls.socket()` against servers that nobody here wrote, and against ours: one conversation, three ways to connect."""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import livesock as ls
from livesock.errors import HandshakeError, NotRunning, Refused
from livesock.realtime.actions import SessionOptions
from livesock.realtime.client.backoff import Backoff
from tests.peers import eventually

pytestmark = pytest.mark.interop

HERE = Path(__file__).parent
DEADLINE = 20.0
SOON = Backoff(first=0.05, largest=0.2)
WAYS = {
    "default": ["polling", "websocket"],
    "polling": ["polling"],
    "websocket": ["websocket"],
}

Start = Callable[[int], "Running"]


class Running:
    """A server in a process of its own."""

    def __init__(self, command: list[str], *arguments: int) -> None:
        words = [*command, *map(str, arguments)]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the server said nothing"
        self.port: int = json.loads(line)["port"]

    def stop(self) -> None:
        """End it as a crash does: no goodbye to anybody."""
        self.process.kill()
        self.process.communicate(timeout=DEADLINE)


def python_server(port: int) -> Running:
    return Running([sys.executable, str(HERE / "socketio_server.py")], port)


class Ours:
    """The same conversation, held by a livesock server."""

    numbers = itertools.count()

    def __init__(self, port: int, recovery: float = 0.0) -> None:
        sessions = SessionOptions(recovery=recovery)
        self.server = ls.serve(f"ours {next(self.numbers)}", port=port, sessions=sessions)
        self.port = self.server.port
        self.kept: list[int] = []
        for name in ("/", "/point"):
            self._answer(name)

        @self.server.of("/closed").use
        async def nobody(socket):
            raise Refused("members only", {"code": 7})

    def _answer(self, name: str) -> None:
        import asyncio

        point = self.server.of(name)
        numbers: dict[str, list[int]] = {}
        pushing: dict[str, asyncio.Task[int]] = {}
        kept = self.kept

        @point.on_connect
        async def welcome(socket):
            numbers[socket.id] = []
            socket.emit("welcome", socket.id, socket.handshake.auth or {})

        @point.on("echo")
        async def echo(socket, value):
            return value

        @point.on("kind")
        async def kind(socket, value):
            return len(value) if isinstance(value, bytes) else "no bytes"

        @point.on("both")
        async def both(socket):
            return ["one", "two"]

        @point.on("nothing")
        async def nothing(socket):
            return None

        @point.on("silent")
        async def silent(socket):
            await asyncio.Event().wait()

        @point.on("say")
        async def say(socket, event, *arguments):
            socket.emit(event, *arguments)

        @point.on("ask me")
        async def ask(socket):
            return await socket.call("question", "why?", timeout=DEADLINE)

        @point.on("count")
        async def count(socket, number):
            numbers[socket.id].append(number)

        @point.on("keep")
        async def keep(socket, number):
            kept.append(number)

        @point.on("kept")
        async def what_was_kept(socket):
            return kept

        @point.on("counted")
        async def counted(socket):
            return numbers[socket.id]

        @point.on("start")
        async def start(socket):
            async def push() -> int:
                pushed = 0
                while pushing.get(socket.id):
                    socket.emit("number", pushed)
                    pushed += 1
                    await asyncio.sleep(0.001)
                return pushed

            pushing[socket.id] = asyncio.create_task(push())

        @point.on("stop")
        async def stop(socket):
            return await pushing.pop(socket.id)

        @point.on("throw me out")
        async def throw(socket):
            socket.disconnect()

        @point.on("drop me")
        async def drop(socket):
            socket.line.end("dropped")

        @point.on("enter")
        async def enter(socket, room):
            socket.join(room)

        @point.on("break me and tell")
        async def break_and_tell(socket, room, *news):
            socket.line.end("transport close")
            for text in news:
                point.to(room).emit("news", text, "!")
            point.volatile.emit("news", "missed", "!")
            asyncio.get_running_loop().call_later(0.01, point.emit, "late")

        @point.on("volatile")
        async def volatile(socket, *arguments):
            socket.volatile.emit("fast", *arguments)

    def stop(self) -> None:
        self.server.stop()


@pytest.fixture(scope="module", params=["livesock", "node", "python"])
def start(request: pytest.FixtureRequest, need) -> Start:
    """Return a function that starts the server on a port."""
    if request.param == "livesock":
        return Ours
    if request.param == "node":
        node = request.getfixturevalue("tool")("node")
        request.getfixturevalue("node_modules")
        return lambda port: Running([node, str(HERE / "node" / "socketio_server.js")], port)
    need(importlib.util.find_spec("socketio"), "the package python-socketio is not installed")
    return python_server


@pytest.fixture(scope="module")
def port(start: Start) -> Iterator[int]:
    running = start(0)
    yield running.port
    running.stop()


@contextmanager
def connected(port: int, way: str, path: str = "/point", **options) -> Iterator[ls.socketio_client.ClientSocket]:
    options = {"timeout": DEADLINE, "reconnection": SOON} | options
    with ls.socket(f"http://127.0.0.1:{port}{path}", transports=WAYS[way], **options) as socket:
        yield socket


@pytest.fixture(params=list(WAYS))
def way(request: pytest.FixtureRequest) -> str:
    return request.param


def test_it_is_welcomed_and_both_sides_know_the_same_id_and_the_auth_it_sent(port, way):
    with connected(port, way, auth={"name": "ann"}) as socket:
        assert socket.wait("welcome") == (socket.id, {"name": "ann"})


def test_it_uses_the_transports_it_may_and_no_other(port, way):
    with connected(port, way) as socket:
        want = WAYS[way][-1]
        eventually(lambda: socket.transport == want, f"the transport is {want}")

    sent = socket.trace.data(">")
    assert (b"transport=polling" in sent) is ("polling" in WAYS[way])
    assert (b"transport=websocket" in sent) is ("websocket" in WAYS[way])


def test_answers_come_back_to_the_question_that_was_asked(port, way):
    with connected(port, way) as socket:
        assert [socket.call("echo", number) for number in range(20)] == list(range(20))
        assert socket.call("both") == ["one", "two"]
        assert socket.call("nothing") is None


def test_the_server_asks_and_the_handler_answers(port, way):
    with connected(port, way) as socket:
        socket.on("question", lambda text: text.upper())

        assert socket.call("ask me") == "WHY?"


def test_bytes_travel_as_bytes_in_both_directions(port, way):
    data = bytes(range(256)) * 4
    with connected(port, way) as socket:
        assert socket.call("echo", data) == data
        assert socket.call("echo", {"a": [b"\x00", b""], "b": bytearray(b"xy")}) == {"a": [b"\x00", b""], "b": b"xy"}
        assert socket.call("kind", memoryview(data)) == len(data)
        socket.emit("say", "news", b"\xff\x00", "text")
        assert socket.wait("news") == (b"\xff\x00", "text")


def test_text_of_many_languages_and_of_many_characters_comes_back_the_same(port, way, start):
    # python-engineio on aiohttp reads only as much of a POST as has arrived (payload.read(n)), whoever sends it.
    long = 12_000 if start is not python_server or way == "websocket" else 300
    text = "żółw 漢字 🐢 \x1e \u2028 " * long
    with connected(port, way) as socket:
        assert socket.call("echo", text) == text


def test_a_burst_of_events_arrives_whole_and_in_order(port, way):
    with connected(port, way) as socket:
        for number in range(200):
            socket.emit("count", number)

        assert socket.call("counted") == list(range(200))


def test_two_namespaces_share_one_session(port, way):
    with connected(port, way, "/point") as point:
        main = point.of("/")
        assert main.namespace == "/" and main.id is not None
        assert (main.call("echo", 1), point.call("echo", 2)) == (1, 2)

        main.disconnect()
        assert not main.connected and point.connected and point.call("echo", 3) == 3

    assert point.trace.data("<").count(b'"pingInterval"') == 1


def test_a_refused_namespace_says_why(port, way):
    with pytest.raises(Refused, match="members only") as caught, connected(port, way, "/closed"):
        pass
    assert caught.value.data == {"code": 7}


def test_an_unknown_namespace_is_refused_and_nothing_is_left_over(port, way):
    with pytest.raises(Refused), connected(port, way, "/nowhere"):
        pass
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("livesock socket")]


def test_a_refused_namespace_does_not_disturb_the_others(port, way):
    with connected(port, way) as point:
        with pytest.raises(Refused):
            point.of("/closed")

        assert point.call("echo", 1) == 1


def test_who_is_sent_away_stays_away_until_it_asks_again(port, way):
    with connected(port, way) as socket:
        socket.emit("throw me out")
        assert socket.wait("disconnect") == ("io server disconnect",)
        with pytest.raises(NotRunning, match="connect"):
            socket.emit("anything")

        socket.connect()
        assert socket.call("echo", 1) == 1
        assert socket.reconnects == 0


def test_a_lost_session_comes_back_with_a_new_id_and_what_was_said_meanwhile(port, way):
    with connected(port, way) as socket:
        first = socket.id
        socket.emit("drop me")
        assert socket.wait("disconnect")[0] in ("transport close", "transport error")
        socket.emit("count", 1)
        socket.emit("count", 2)
        socket.wait("connect")

        assert socket.call("counted") == [1, 2]
        assert socket.id not in (None, first) and socket.reconnects == 1


def test_with_retries_what_was_sent_into_a_cut_arrives_in_order_and_perhaps_twice(port, way):
    with ls.netsim(port) as far, connected(far.port, way, retries=20) as socket:
        before = socket.call("kept")
        for number in range(3):
            socket.emit("keep", number)
        assert socket.call("kept")[len(before) :] == [0, 1, 2], "each only once while all is well"
        far.black_hole = True
        for number in range(3, 8):
            socket.emit("keep", number)
        far.reset()
        eventually(lambda: not socket.connected, "the client notices")
        far.black_hole = False

        kept = socket.call("kept")[len(before) :]
        assert sorted(kept) == kept and set(kept) == set(range(8))


def test_an_open_question_fails_with_its_connection(port, way):
    with connected(port, way) as socket, pytest.raises(NotRunning, match="before the answer"):
        socket.call("drop me", timeout=DEADLINE)


def test_a_question_that_nobody_answers_times_out(port, way):
    with connected(port, way) as socket, pytest.raises(TimeoutError, match="silent"):
        socket.call("silent", timeout=0.1)


def test_it_comes_back_when_the_server_is_started_again_on_the_same_port(start, way):
    running = start(0)
    try:
        with connected(running.port, way) as socket:
            first = socket.id
            running.stop()
            socket.wait("disconnect")
            assert isinstance(socket.wait("connect_error")[0], OSError)
            assert not socket.connected and socket.id is None and socket.transport is None
            socket.emit("count", 7)
            running = start(running.port)
            socket.wait("connect")

            assert socket.call("counted") == [7]
            assert socket.id != first and socket.attempts == 0
    finally:
        running.stop()


def test_nothing_is_lost_doubled_or_overtaken_while_the_transport_changes(port):
    heard: list[int] = []
    with ls.netsim(port, delay=0.01) as far, connected(far.port, "default") as socket:
        assert socket.transport == "polling"
        socket.on("number", heard.append)
        socket.emit("start")
        said, over = 0, {"polling": 0, "websocket": 0}
        while over["websocket"] < 50:
            over[str(socket.transport)] += 1
            socket.emit("count", said)
            said += 1
        counted, pushed = socket.call("counted"), socket.call("stop")
        eventually(lambda: len(heard) >= pushed, "the last number is heard")

    assert over["polling"] > 0
    assert counted == list(range(said))
    assert heard == list(range(pushed))
    assert socket.errors == []


def test_a_server_that_is_none_is_named_as_what_it_is(way):
    with ls.serve("plain") as server:
        server.get("/")(lambda request: "hello")
        with pytest.raises(HandshakeError) as caught:
            ls.socket(server.url("/"), transports=WAYS[way], path="/elsewhere/", timeout=DEADLINE)

    assert caught.value.status == 404


# -- coming back as the one that one was


@pytest.fixture(scope="module", params=["livesock", "node"])
def recovering(request: pytest.FixtureRequest) -> Iterator[int]:
    """The port of a server with connection state recovery."""
    if request.param == "livesock":
        running = Ours(0, recovery=60)
    else:
        node = request.getfixturevalue("tool")("node")
        request.getfixturevalue("node_modules")
        running = Running([node, str(HERE / "node" / "socketio_server.js")], 0, 60_000)
    yield running.port
    running.stop()


def test_a_broken_connection_comes_back_as_the_one_it_was_and_hears_what_it_missed(recovering, way):
    with connected(recovering, way) as socket:
        first = socket.id
        assert socket.wait("welcome") == (first, {}) and not socket.recovered
        socket.call("enter", "lobby")
        socket.emit("break me and tell", "lobby", "one", "two")
        socket.wait("connect")

        assert socket.recovered and socket.id == first and socket.reconnects == 1
        assert [socket.wait("news"), socket.wait("news")] == [("one", "!"), ("two", "!")]
        assert socket.wait("late") == ()
        with pytest.raises(TimeoutError):
            socket.wait("news", timeout=0.01)


def test_it_comes_back_again_and_again(recovering, way):
    with connected(recovering, way) as socket:
        first = socket.id
        socket.wait("welcome")
        socket.call("enter", "lobby")
        for number in range(3):
            socket.emit("break me and tell", "lobby", number)
            socket.wait("connect")
            assert socket.wait("news") == (number, "!") and socket.wait("late") == ()
            assert socket.recovered and socket.id == first


def test_an_event_without_an_offset_keeps_its_last_argument(recovering, way):
    with connected(recovering, way) as socket:
        first = socket.id
        socket.wait("welcome")
        heard = None
        while heard is None:  # a poll may not be there at the moment
            socket.emit("volatile", "AAPL", "tickers")
            socket.call("echo", 1)
            with contextlib.suppress(TimeoutError):
                heard = socket.wait("fast", timeout=0.1)
        assert heard == ("AAPL", "tickers")
        socket.emit("break me and tell", "nobody")
        socket.wait("connect")

        assert socket.recovered and socket.id == first
