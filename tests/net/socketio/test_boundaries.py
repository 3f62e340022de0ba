"""What crosses the border between a server and the code of its user or of a stranger, and must not take it along."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import re
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import livesock as ls
from livesock.errors import HandshakeError
from livesock.net.socketio import namespaces
from livesock.server import Server
from tests.peers import TEXT, eventually, frame
from tests.rawsio import POLLING, Polls, Raw, ask, lines, parked_on

FAILED = '42["exception",{"status":"error","message":"Internal server error","cause":{"pattern":"e","data":[]}}]'
REFUSED = '44{"message":"Internal server error"}'


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("boundaries") as server:
        yield server


@pytest.fixture
def gate(server: Server) -> Iterator[asyncio.Event]:
    """An event of the server's loop; handlers wait for it, and it opens at the end of the test."""

    async def make() -> asyncio.Event:
        return asyncio.Event()

    gate = server.call(make)
    yield gate
    open_(server, gate)


def open_(server: Server, gate: asyncio.Event) -> None:
    async def let() -> None:
        gate.set()

    server.call(let)


def peer(server: Server) -> Any:
    """What the hub knows of the only session (a look inside)."""
    (found,) = server._hub._peers.values()
    return found


# -- exceptions that are no errors


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt, asyncio.CancelledError])
@pytest.mark.parametrize("hook", ["use", "on_connect"])
@pytest.mark.parametrize("blocking", [False, True])
def test_who_decides_may_exit_and_the_peer_is_refused(server: Server, kind: Any, hook: str, blocking: bool) -> None:
    async def decide(socket: Any) -> None:
        raise kind

    def decide_in_thread(socket: Any) -> None:
        raise kind

    getattr(server.of("/"), hook)(decide_in_thread if blocking else decide)
    with Raw(server.port) as raw:
        assert raw.ask("40") == REFUSED
        assert raw.ask("40") == REFUSED, "the server and the session go on"
    assert [type(error.exception) for error in server.errors] == [kind, kind]


@pytest.mark.parametrize("kind", [SystemExit, asyncio.CancelledError])
def test_a_handler_that_raises_what_is_no_error_answers_all_the_same(server: Server, kind: Any) -> None:
    @server.of("/").on("e")
    async def e(socket: Any) -> None:
        raise kind

    with Raw(server.port) as raw:
        raw.join()
        assert raw.ask('420["e"]') == FAILED
        assert raw.event() == "430[" + FAILED.partition(",")[2]


def test_whoever_is_told_something_may_exit(server: Server) -> None:
    space = server.of("/")
    server.of(lambda name: sys.exit(1))
    space.on_any_out(lambda *event: sys.exit(2))
    server.observe(lambda ran: sys.exit(3))
    gone = threading.Event()

    @space.on_connect
    async def hello(socket: Any) -> None: ...

    @space.on_disconnect
    async def farewell(socket: Any, reason: str) -> None:
        gone.set()
        sys.exit(4)

    with Raw(server.port) as raw:
        assert raw.ask("40/nobody,") == '44/nobody,{"message":"Invalid namespace"}'
        raw.join()
        space.emit("hi")
        assert raw.event() == '42["hi"]'
    assert gone.wait(10)
    exits = lambda: [error.exception.code for error in server.errors if isinstance(error.exception, SystemExit)]  # noqa: E731
    eventually(lambda: len(exits()) == 5, "all are kept")
    assert sorted(exits()) == [1, 2, 3, 3, 4]
    assert ask(server.port, "GET", "/nothing")[0] == 404


def test_a_listener_to_what_goes_out_is_a_plain_function(server: Server) -> None:
    async def listener(socket: Any, name: str, *arguments: Any) -> None: ...

    with pytest.raises(TypeError, match="write def, not async def"):
        server.of("/").on_any_out(listener)


# -- seats


def test_what_was_sent_on_a_seat_that_was_left_is_not_an_event_of_the_next(server: Server, gate: asyncio.Event) -> None:
    seats: list[Any] = []
    handled: list[tuple[Any, int]] = []
    space = server.of("/a")

    @space.on_connect
    async def on_connect(socket: Any) -> None:
        seats.append(socket)
        if len(seats) == 2:
            await asyncio.Event().wait()

    @space.on("e")
    async def e(socket: Any, number: int) -> None:
        handled.append((socket, number))
        await gate.wait()

    with Raw(server.port) as raw:
        raw.join("/a")
        raw.say(*[f'42/a,["e",{number}]' for number in range(66)], "41/a,", "40/a,")
        eventually(lambda: len(seats) == 2, "it asks for the seat again, and all events before that have begun")

    assert handled == [(seats[0], number) for number in range(66)]


# -- floods


def test_the_upgrade_is_no_way_around_the_bound_of_waiting_events(server: Server, gate: asyncio.Event) -> None:
    @server.of("/").on("e")
    async def e(socket: Any, *arguments: Any) -> None:
        await gate.wait()

    polls = Polls(server.port)
    polls.join()
    with ThreadPoolExecutor() as pool:
        post = pool.submit(polls.post, "\x1e".join(['42["e"]'] * 100))
        eventually(lambda: peer(server).waiting, "the server has more to do than it may at once")
        with Raw(server.port, sid=polls.sid) as raw:
            assert raw.say("2probe").hear() == "3probe"
            raw.say("5")
            eventually(lambda: lines(server)[polls.sid].session.transport == "websocket", "it has moved")
            raw.wire.sock.settimeout(1)
            with pytest.raises(TimeoutError):  # TCP holds the peer
                while True:
                    raw.say(*['42["e","' + "x" * 1000 + '"]'] * 100)
            assert len(peer(server).waiting) <= 100
            open_(server, gate)
            assert post.result() == (200, "ok")


@pytest.mark.parametrize("packets", [10, 2000])
def test_two_posts_at_once_end_the_session(server: Server, gate: asyncio.Event, packets: int) -> None:
    @server.of("/").on("e")
    async def e(socket: Any) -> None:
        await gate.wait()

    polls = Polls(server.port)
    polls.join()
    with ThreadPoolExecutor() as pool:
        first = pool.submit(polls.post, "\x1e".join(['42["e"]'] * 100))
        eventually(lambda: peer(server).waiting, "the first one is not answered yet")
        assert polls.post("\x1e".join(['42["e"]'] * packets))[0] == 400
        eventually(lambda: polls.sid not in lines(server), "the session has ended")
        assert first.result() == (200, "ok")


def test_namespaces_that_strangers_name_are_forgotten(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(namespaces, "MAX_EMPTY", 40)
    server._hub._namespaces._limit = 40
    server.of(re.compile("/room-.*"))
    kept = server.of("/room-kept")
    with Raw(server.port) as stays:
        stays.join("/room-0-0")
        for session in range(1, 11):
            with Raw(server.port) as raw:
                for number in range(20):
                    raw.join(f"/room-{session}-{number}")
            eventually(lambda: len(server._hub._peers) == 1, "it has gone")
        assert len(server.namespaces) < 100
        assert server.of("/room-kept") is kept
        server.of("/room-0-0").emit("still here")
        assert stays.event() == '42/room-0-0,["still here"]'


# -- namespaces that stand for many


def test_speaking_to_a_pattern_is_speaking_to_all_that_match(server: Server) -> None:
    rooms = server.of(re.compile("/room-."))
    with Raw(server.port) as raw, Raw(server.port) as other:
        raw.join("/room-1"), raw.join("/room-2"), other.join()
        rooms.emit("hello", 1)
        assert {raw.event(), raw.event()} == {'42/room-1,["hello",1]', '42/room-2,["hello",1]'}
        assert len(rooms.sockets()) == 2
        rooms.to("board").emit("nobody")
        server.of("/room-2").emit("two")
        assert raw.event() == '42/room-2,["two"]'
        rooms.disconnect()
        assert {raw.event(), raw.event()} == {"41/room-1,", "41/room-2,"}


def starts_with(prefix: str) -> Callable[[str], bool]:
    def matches(name: str) -> bool:
        return name.startswith(prefix)

    return matches


def test_a_pattern_that_is_said_again_is_the_same_one(server: Server) -> None:
    def is_room(name: str) -> bool:
        return name == "/room"

    assert server.of(is_room) is server.of(is_room)
    first = server.of(re.compile("/r.*"))
    assert server.of(re.compile("/r.*")) is first
    assert server.of(starts_with("/a")) is not server.of(starts_with("/b")), "they hold different values"

    @first.on("e")
    async def e(socket: Any) -> int:
        return 1

    with Raw(server.port) as raw:
        raw.join("/r1")
        assert raw.ask('42/r1,0["e"]') == "43/r1,0[1]"

        async def better(socket: Any) -> int:
            return 2

        better.__qualname__ = e.__qualname__  # the cell runs again
        server.of(re.compile("/r.*")).on("e")(better)
        assert raw.ask('42/r1,0["e"]') == "43/r1,0[2]"


def test_a_name_that_matches_is_guarded_as_its_pattern_says(server: Server) -> None:
    guarded = server.of(re.compile("/room-.*"))

    @guarded.use
    async def nobody(socket: Any) -> None:
        raise ls.Refused("no")

    server.of("/room-1").emit("is anybody there?")
    with Raw(server.port) as raw:
        assert raw.ask("40/room-1,") == '44/room-1,{"message":"no"}'


def test_what_is_added_to_one_of_many_is_for_that_one_alone(server: Server) -> None:
    server.of(re.compile("/room-.*"))

    @server.of("/room-1").on("e")
    async def e(socket: Any) -> int:
        return 1

    with Raw(server.port) as raw:
        raw.join("/room-1"), raw.join("/room-2")
        assert raw.ask('42/room-1,0["e"]') == "43/room-1,0[1]"
        raw.say('42/room-2,0["e"]')
        assert raw.ask('42/room-1,1["e"]') == "43/room-1,1[1]", "and the question to the other one has no answer"


# -- bytes


def test_what_came_before_a_broken_frame_counts(server: Server) -> None:
    handled: list[int] = []
    server.of("/").on("e")(lambda socket, number: handled.append(number))
    with Raw(server.port) as raw:
        raw.join()
        raw.wire.send(frame(TEXT, b'42["e",1]') + frame(TEXT, b'42["e",2]') + b"\xc1\x80abcd")
        raw.ends()
    eventually(lambda: handled == [1, 2], "both are handled")


@pytest.mark.parametrize("target", ["http://[x/socket.io/", "HTTP://a]b/socket.io/"])
def test_a_target_that_is_no_url_has_a_host_that_is_not_served(server: Server, target: str) -> None:
    assert ask(server.port, "GET", f"{target}?EIO=4&transport=polling", host="localhost")[0] == 403
    assert all(error.is_refusal for error in server.errors)


def test_a_poll_whose_peer_has_closed_in_two_steps_is_given_up_at_once() -> None:
    with ls.serve("two steps", limits={"half_close_grace": 3600}) as server:
        polls = Polls(server.port)
        polls.join()
        with polls.parked() as wire:
            eventually(lambda: parked_on(lines(server), polls.sid), "the poll waits")
            wire.sock.shutdown(socket.SHUT_WR)
            assert wire.sock.recv(1) == b"", "nothing is answered to who may be gone"
        eventually(lambda: polls.sid not in lines(server), "the session has ended")


# -- the end of a server


def test_no_session_begins_while_the_server_stops(server: Server) -> None:
    server._site.is_serving = False  # as stop() and pause() begin
    try:
        with pytest.raises(AssertionError, match="503"):
            Raw(server.port)
        assert ask(server.port, "GET", POLLING)[0] == 503
    finally:
        server._site.is_serving = True
    assert ask(server.port, "GET", POLLING)[0] == 200


def test_a_server_that_closes_with_its_greeting_does_not_spin_the_client() -> None:
    with stdlib_server() as (listener, port), ThreadPoolExecutor() as pool:

        def serve() -> None:
            connection = listener.accept()[0]
            with connection:
                key = re.findall(rb"Sec-WebSocket-Key: (\S+)", connection.recv(65536))[0]
                accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
                head = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                connection.sendall(head + b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n\x88\x02\x03\xe9")

        serving = pool.submit(serve)
        with pytest.raises((OSError, HandshakeError)):
            ls.socket(f"http://127.0.0.1:{port}", transports=["websocket"], timeout=5, reconnection=False)
        serving.result(10)


@contextlib.contextmanager
def stdlib_server() -> Iterator[tuple[socket.socket, int]]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        yield listener, listener.getsockname()[1]


def test_a_seat_that_is_given_too_late_is_given_back(server: Server, gate: asyncio.Event) -> None:
    left: list[str] = []

    @server.of("/slow").on_connect
    async def on_connect(socket: Any) -> None:
        await gate.wait()

    @server.of("/slow").on_disconnect
    async def on_disconnect(socket: Any, reason: str) -> None:
        left.append(reason)

    with ls.socket(server.url("/"), timeout=2) as main:
        with pytest.raises(TimeoutError, match="/slow was not joined"):
            main.of("/slow")
        open_(server, gate)
        eventually(lambda: left == ["client namespace disconnect"], "the server knows that we did not wait")
        assert main.of("/slow").connected
