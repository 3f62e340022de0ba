"""`ls.socket()` on a bad line: it fails fast, keeps what fits, comes back, and never hangs."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.errors import HandshakeError, NotRunning
from livesock.net.netsim.netsim import NetSim
from livesock.server import Server
from livesock.socketio_client import ClientSocket
from tests.peers import eventually
from tests.rawsio import lines, parked_on

DEADLINE = 20.0
WAYS = {"default": ["polling", "websocket"], "polling": ["polling"], "websocket": ["websocket"]}
HASTY = {"ping_interval": 0.3, "ping_timeout": 0.3}
"""A heartbeat with which a silent line is noticed soon."""

numbers = itertools.count()


@pytest.fixture(params=list(WAYS))
def way(request: pytest.FixtureRequest) -> list[str]:
    return WAYS[request.param]


@pytest.fixture(params=[0, 60], ids=["forgetful", "mindful"])
def recovery(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def serve(recovery: int, port: int = 0, **sessions: Any) -> Server:
    server = ls.serve(f"line {next(numbers)}", port=port, sessions={"recovery": recovery} | sessions)
    space = server.of("/")
    counted: list[int] = []

    @space.on("enter")
    async def enter(socket, room):
        socket.join(room)
        socket.emit("welcome", room)

    @space.on("count")
    async def count(socket, number):
        counted.append(number)

    @space.on("counted")
    async def answer(socket):
        return counted

    @space.on("silent")
    async def silent(socket):
        socket.emit("asked")
        await asyncio.Event().wait()

    return server


def cut(server: Server, far: NetSim) -> None:
    """Reset the line, and keep the client from coming back before the server has noticed.

    It notices a lost WebSocket and a lost poll; between two polls there is nothing to notice.
    """
    ways = lines(server)
    eventually(
        lambda: all(w.session.transport == "websocket" or parked_on(ways, sid) for sid, w in ways.items()), "poll"
    )
    far.black_hole = True
    far.reset()
    eventually(lambda: not server.of("/").sockets(), "the server has noticed")
    far.black_hole = False


def join(far: NetSim, way: list[str], **options: Any) -> ClientSocket:
    options = {"timeout": DEADLINE, "reconnection": {"first": 0.05, "largest": 0.1}} | options
    return ls.socket(far, transports=way, **options)


def settled(socket: ClientSocket, way: list[str]) -> None:
    """Be in a room, have heard something, and be on the last transport."""
    socket.emit("enter", "lobby")
    assert socket.wait("welcome") == ("lobby",)
    eventually(lambda: socket.transport == way[-1], "it is on the last transport")


@pytest.fixture
def asking() -> Iterator[Callable[[ClientSocket], Callable[[], BaseException]]]:
    """Return a function that asks on a thread what is never answered; what it returns waits for how that ended."""
    threads: list[threading.Thread] = []

    def ask(socket: ClientSocket) -> Callable[[], BaseException]:
        ended: list[BaseException] = []

        def run() -> None:
            try:
                socket.call("silent", timeout=100)
            except BaseException as exc:
                ended.append(exc)

        threads.append(threading.Thread(target=run))
        threads[-1].start()
        socket.wait("asked")
        return lambda: eventually(lambda: ended, "the question has ended")[0]

    yield ask
    for thread in threads:
        thread.join(DEADLINE)


def test_a_reset_line_fails_open_questions_and_comes_back(recovery, way, asking):
    with serve(recovery) as server, ls.netsim(server) as far, join(far, way) as socket:
        settled(socket, way)
        first, ended = socket.id, asking(socket)
        cut(server, far)

        assert isinstance(ended(), NotRunning)
        assert socket.wait("disconnect")[0] in ("transport close", "transport error")
        socket.emit("count", 1)
        socket.wait("connect")
        assert socket.call("counted") == [1]
        assert (socket.recovered, socket.id == first) == (recovery > 0, recovery > 0)


def test_a_function_for_auth_is_called_at_each_request_for_its_namespace(way):
    with serve(0) as server, ls.netsim(server) as far:
        tokens, came = itertools.count(1), []
        for name in ("/", "/chat"):
            server.of(name).on_connect(lambda socket: came.append((socket.namespace.name, socket.handshake.auth)))
        with join(far, way, auth=lambda: {"token": next(tokens)}) as socket:
            chat = socket.of("/chat", lambda: {"token": f"chat {next(tokens)}"})
            assert came == [("/", {"token": 1}), ("/chat", {"token": "chat 2"})]
            settled(socket, way)
            cut(server, far)
            socket.wait("connect")
            chat.wait("connect")
            assert came[2:] == [("/", {"token": 3}), ("/chat", {"token": "chat 4"})]


@pytest.mark.parametrize("auth", [lambda: 7, lambda: {}[0], "later"])
def test_a_function_for_auth_that_fails_says_so_where_it_is_used(auth):
    async def later() -> None: ...

    with (
        serve(0) as server,
        pytest.raises((TypeError, KeyError), match=r"auth is a dict such as|^0$|write def instead"),
    ):
        ls.socket(server.url("/"), auth=later if auth == "later" else auth, timeout=DEADLINE)


def test_a_function_for_auth_that_fails_later_is_heard_and_the_seat_is_given_up():
    with serve(0) as server, ls.netsim(server) as far:
        tokens = [{"token": 1}]
        with join(far, ["websocket"], auth=lambda: tokens.pop()) as socket:
            settled(socket, ["websocket"])
            cut(server, far)
            assert isinstance(socket.wait("connect_error", timeout=DEADLINE)[0], IndexError)
            tokens.append({"token": 2})
            eventually(lambda: socket.transport is None, "no seat is wanted, so the session ends")
            socket.connect()
            assert socket.call("counted") == []


def say(server: Server) -> None:
    for room, text in (("lobby", "one"), ("elsewhere", "not for us"), ("lobby", "two")):
        server.of("/").to(room).emit("news", text)


def test_what_was_said_while_the_line_was_cut_is_heard_only_with_recovery(recovery, way):
    with serve(recovery) as server, ls.netsim(server) as far, join(far, way) as socket:
        settled(socket, way)
        server.of("/").on_disconnect(lambda socket, reason: say(server))
        cut(server, far)
        socket.wait("connect")
        server.of("/").emit("news", "live")

        heard = [socket.wait("news")[0]]
        while heard[-1] != "live":
            heard.append(socket.wait("news")[0])
        assert heard == (["one", "two", "live"] if recovery else ["live"])


def test_a_black_hole_is_noticed_by_the_heartbeat_and_left_when_it_ends(recovery, way, asking):
    with serve(recovery, **HASTY) as server, ls.netsim(server) as far, join(far, way, timeout=0.5) as socket:
        settled(socket, way)
        ended = asking(socket)
        far.black_hole = True

        assert isinstance(ended(), NotRunning)
        assert socket.wait("disconnect", DEADLINE) == ("ping timeout",)
        assert isinstance(socket.wait("connect_error", DEADLINE)[0], TimeoutError)
        with pytest.raises(TimeoutError):
            socket.call("counted", timeout=0.01)
        socket.emit("count", 7)
        far.black_hole = False
        socket.wait("connect", DEADLINE)
        assert socket.call("counted", timeout=DEADLINE) == [7]
        assert socket.reconnects == 1


def test_what_is_said_into_a_black_hole_is_bounded(way):
    with serve(0, **HASTY) as server, ls.netsim(server) as far, join(far, way, timeout=0.5) as socket:
        settled(socket, way)
        far.black_hole = True
        socket.wait("disconnect", DEADLINE)
        for number in range(1000):
            socket.emit("count", number)

        with pytest.raises(OverflowError, match="1000 events wait"):
            socket.emit("count", 1000)
        with pytest.raises(OverflowError, match="1000 events wait"):
            socket.call("counted")
        assert not socket.volatile.emit("count", 1001)
        far.black_hole = False
        socket.wait("connect", DEADLINE)
        assert socket.call("counted", timeout=DEADLINE) == list(range(1000))


def test_closing_in_a_black_hole_ends_everything(way, asking):
    with serve(0) as server, ls.netsim(server) as far, join(far, way) as socket:
        settled(socket, way)
        ended = asking(socket)
        far.black_hole = True
        socket.close(timeout=0.1)

        assert isinstance(ended(), NotRunning)
        assert not [t for t in threading.enumerate() if t.name.startswith("livesock socket") and "close" not in t.name]
        far.black_hole = False


def test_closing_while_it_tries_to_come_back_ends_everything(way):
    with serve(0) as server, ls.netsim(server) as far, join(far, way) as socket:
        settled(socket, way)
        far.black_hole = True
        far.reset()
        socket.wait("disconnect")
        eventually(lambda: socket.attempts > 0, "it tries")
        socket.close(timeout=0.1)
        far.black_hole = False

        with pytest.raises(NotRunning):
            socket.emit("count", 1)


def test_a_line_that_takes_the_upgrade_out_leaves_polling(recovery):
    default = WAYS["default"]
    with serve(recovery) as server, ls.netsim(server, block_upgrade=True) as far, join(far, default) as socket:
        settled(socket, ["polling"])
        eventually(lambda: b"HTTP/1.1 400 " in socket.trace.data("<"), "the upgrade was refused")
        cut(server, far)
        socket.wait("connect")

        assert socket.call("counted") == [] and socket.transport == "polling"
        assert socket.recovered is (recovery > 0)


def test_a_line_that_begins_to_take_the_upgrade_out_keeps_a_websocket_away_until_it_stops(recovery):
    with serve(recovery) as server, ls.netsim(server) as far, join(far, WAYS["websocket"]) as socket:
        settled(socket, WAYS["websocket"])
        far.block_upgrade = True
        cut(server, far)
        error = socket.wait("connect_error")[0]
        assert isinstance(error, HandshakeError) and error.status == 400 and "/socket.io/?EIO=4" in str(error)
        far.block_upgrade = False
        socket.wait("connect")

        assert socket.call("counted") == [] and socket.recovered is (recovery > 0)


def test_a_server_that_was_started_again_on_the_same_port_knows_nobody(recovery, way, asking):
    server = serve(recovery)
    port = server.port
    try:
        with ls.netsim(server) as far, join(far, way) as socket:
            settled(socket, way)
            first, ended = socket.id, asking(socket)
            server.stop()
            assert isinstance(ended(), NotRunning)
            socket.wait("disconnect")
            socket.wait("connect_error")
            socket.emit("count", 3)
            server = serve(recovery, port)
            socket.wait("connect")

            assert socket.call("counted") == [3]
            assert not socket.recovered and socket.id != first
            settled(socket, way)
    finally:
        server.stop()


def test_it_gives_up_after_so_many_attempts_and_everybody_who_waits_is_told(way):
    few = {"first": 0.02, "attempts": 2}
    with serve(0) as server, ls.netsim(server) as far, join(far, way, reconnection=few) as socket:
        settled(socket, way)
        far.stop()
        with pytest.raises(NotRunning):
            socket.wait("never")

        with pytest.raises(NotRunning, match="does not come back by itself"):
            socket.emit("count", 1)
        assert socket.attempts == 2


def test_resets_at_any_moment_double_nothing_and_let_nothing_overtake(way):
    with serve(60) as server, ls.netsim(server) as far, join(far, way) as socket:
        for number in range(10):
            far.reset()  # what has just left may be lost with the line: nobody knows, and nothing is sent twice
            socket.wait("disconnect")
            socket.emit("count", number)
            socket.wait("connect")
        counted = socket.call("counted")

    assert counted == sorted(set(counted)) and counted[-1] == 9
    assert socket.reconnects == 10
