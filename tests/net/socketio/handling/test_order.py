"""The events of one peer are handled in the order in which they came, whatever kind of function handles them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import livesock as ls
from livesock.server import Server
from tests.peers import eventually
from tests.rawsio import Polls, Raw

WAYS = {"polling": ["polling"], "upgrade": ["polling", "websocket"], "websocket": ["websocket"]}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with ls.serve("order") as server:
        yield server


@pytest.fixture(params=WAYS.values(), ids=WAYS)
def way(request: pytest.FixtureRequest) -> list[str]:
    return request.param  # type: ignore[no-any-return]


def test_a_plain_handler_and_an_async_one_do_not_overtake_each_other(server: Server, way: list[str]) -> None:
    n = server.of("/rooms")

    @n.on("join")
    def join(socket: Any, room: str) -> None:
        time.sleep(0.005)  # the work of the handler
        socket.join(room)

    @n.on("say")
    async def say(socket: Any, room: str) -> None:
        n.to(room).emit("said", room)

    said: list[str] = []
    with ls.socket(server.url("/rooms"), transports=way) as socket:
        socket.on("said")(said.append)
        for number in range(20):
            socket.emit("join", f"r{number}")
            socket.emit("say", f"r{number}")

        eventually(lambda: len(said) == 20, f"all are heard, not only {said}")

    assert said == [f"r{number}" for number in range(20)]


KINDS = ("plain", "plain slow", "async", "async waits", "plain of a class", "async of a class", "two", "shown")
"""What may handle an event. "two" are two handlers of one event, and "shown" is handled by `on_any` alone."""


class Log:
    """What began and ended, in this order."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, int]] = []

    def mixed(self, server: Server) -> None:
        """Let a namespace handle events of all kinds."""
        n, add = server.of("/mixed"), lambda what, number: self.lines.append((what, number))

        @n.on("plain")
        def plain(socket: Any, number: int) -> int:
            add("begin", number)
            add("end", number)
            return number

        @n.on("plain slow")
        def slow(socket: Any, number: int) -> int:
            add("begin", number)
            time.sleep(0.002)  # the work of the handler
            add("end", number)
            return number

        @n.on("async")
        async def quick(socket: Any, number: int) -> int:
            add("begin", number)
            add("end", number)
            return number

        @n.on("async waits")
        async def waits(socket: Any, number: int) -> int:
            add("begin", number)
            add("end", number)  # what follows may run beside the next event
            await asyncio.sleep(0.003)
            return number

        @n.on("two")
        async def first(socket: Any, number: int) -> None:
            add("begin", number)
            await asyncio.sleep(0.002)

        @n.on("two")
        def second(socket: Any, number: int) -> int:
            add("end", number)
            return number

        @n.on_any
        def shown(socket: Any, name: str, number: int) -> None:
            if name == "shown":
                add("begin", number)
                add("end", number)

        async def allows(socket: Any, number: int) -> bool:
            await asyncio.sleep(0.002)
            return True

        @server.gateway("/mixed")
        class Guarded:
            @ls.guard(allows)
            @ls.event("plain of a class")
            def plain(self, socket: Any, number: int) -> int:
                add("begin", number)
                add("end", number)
                return number

            @ls.guard(allows)
            @ls.event("async of a class")
            async def later(self, socket: Any, number: int) -> int:
                add("begin", number)
                add("end", number)
                await asyncio.sleep(0.002)
                return number


@pytest.mark.parametrize("transports", WAYS.values(), ids=WAYS)
def test_whatever_handles_them_events_begin_in_order(server: Server, transports: list[str]) -> None:
    log = Log()
    with pytest.warns(UserWarning, match="both run"):
        log.mixed(server)
    with ls.socket(server.url("/mixed"), transports=transports) as socket:

        @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
        @given(st.lists(st.sampled_from(KINDS), min_size=2, max_size=40))
        def holds(kinds: list[str]) -> None:
            log.lines.clear()
            for number, kind in enumerate(kinds):
                socket.emit(kind, number)
            eventually(lambda: len(log.lines) == 2 * len(kinds), "all are handled")
            assert log.lines == [(what, number) for number in range(len(kinds)) for what in ("begin", "end")]

        holds()


def test_a_handler_may_wait_for_the_next_event_of_the_same_peer(server: Server, way: list[str]) -> None:
    n = server.of("/next")
    came = asyncio.Event()

    @n.on("wait")
    async def wait(socket: Any) -> str:
        await came.wait()
        came.clear()
        return "it came"

    @n.on("come")
    def come(socket: Any) -> None:
        n.loop.post(came.set)

    with ls.socket(server.url("/next"), transports=way) as socket:
        answers: list[Any] = []
        waiting = threading.Thread(target=lambda: answers.append(socket.call("wait", timeout=10)))
        waiting.start()
        time.sleep(0.05)  # so that the question leaves first; it passes the other way round as well
        socket.emit("come")
        waiting.join()

    assert answers == ["it came"]


@pytest.mark.parametrize("kind", ["plain", "async"])
def test_a_handler_may_ask_the_peer_while_events_wait(server: Server, way: list[str], kind: str) -> None:
    """200 of them: more than are handled at once, so the answers must be read while events wait."""
    n = server.of(f"/ask-{kind}")
    done: list[int] = []

    if kind == "plain":

        @n.on("say")
        def say(socket: Any, number: int) -> None:
            done.append(socket.call("sure?", number, timeout=15))
    else:

        @n.on("say")
        async def ask(socket: Any, number: int) -> None:
            done.append(await socket.call("sure?", number, timeout=15))

    with ls.socket(server.url(f"/ask-{kind}"), transports=way) as socket:
        socket.on("sure?")(lambda number: number)
        for number in range(200):
            socket.emit("say", number)
        eventually(lambda: len(done) == 200, f"all were asked and answered, not only {len(done)}")

    assert done == list(range(200))
    assert server.errors == []


# -- coming and going


def test_what_came_before_the_end_is_handled_before_on_disconnect(server: Server) -> None:
    lines: list[Any] = []
    n = server.of("/ends")

    @n.on("plain")
    def plain(socket: Any, number: int) -> None:
        time.sleep(0.002)  # the work of the handler
        lines.append(number)

    @n.on("async")
    async def later(socket: Any, number: int) -> None:
        lines.append(number)

    @n.on_disconnect
    async def gone(socket: Any, reason: str) -> None:
        lines.append(reason)

    for last in ("41/ends,", "connection"):
        lines.clear()
        with Raw(server.port) as raw:
            raw.join("/ends")
            raw.say(*[f'42/ends,["{("plain", "async")[k % 2]}",{k}]' for k in range(100)])
            if last != "connection":
                raw.say(last)
                eventually(lambda: len(lines) == 101, "all are handled")
        eventually(lambda: len(lines) == 101, "all are handled")

        reason = "transport close" if last == "connection" else "client namespace disconnect"
        assert lines == [*range(100), reason]


def test_on_disconnect_does_not_wait_long_for_slow_handlers(server: Server) -> None:
    n, lines, gate = server.of("/slow"), [], threading.Event()

    @n.on("work")
    def work(socket: Any, number: int) -> None:
        gate.wait(20)
        lines.append(number)

    n.on_disconnect(lambda socket, reason: lines.append(reason))
    with Raw(server.port) as raw:
        raw.join("/slow")
        raw.say(*[f'42/slow,["work",{number}]' for number in range(10)])
    eventually(lambda: lines == ["transport close"], "on_disconnect runs while the first handler works")
    gate.set()

    eventually(lambda: lines[1:] == list(range(10)), "no event is lost")


def test_a_peer_that_takes_its_seat_again_is_let_in_after_its_on_disconnect(server: Server) -> None:
    lines: list[str] = []
    n = server.of("/again")

    @n.on_connect
    async def came(socket: Any) -> None:
        lines.append("in")

    @n.on("work")
    def work(socket: Any) -> None:
        time.sleep(0.05)  # the work of the handler
        lines.append("work")

    @n.on_disconnect
    def gone(socket: Any, reason: str) -> None:
        lines.append("out")

    with Raw(server.port) as raw:
        raw.join("/again")
        raw.say('42/again,["work"]', "41/again,", "40/again,")
        assert str(raw.event()).startswith("40/again,")

    assert lines[:4] == ["in", "work", "out", "in"]


def test_what_waits_is_not_handled_when_the_server_sends_the_peer_away(server: Server) -> None:
    lines: list[Any] = []
    n = server.of("/kick")

    @n.on("say")
    def say(socket: Any, number: int) -> None:
        lines.append(number)
        if number == 3:
            socket.disconnect()
            eventually(lambda: not socket.is_connected, "it is sent away")

    n.on_disconnect(lambda socket, reason: lines.append(reason))
    with Raw(server.port) as raw:
        raw.join("/kick")
        raw.say(*[f'42/kick,["say",{number}]' for number in range(10)])
        assert raw.event() == "41/kick,"
        eventually(lambda: len(lines) == 5, "on_disconnect ran")
        raw.join("/kick")

    assert lines[:5] == [0, 1, 2, 3, "server namespace disconnect"]


def test_answers_leave_in_the_order_of_the_questions(server: Server) -> None:
    n = server.of("/answers")
    n.on("plain")(lambda socket, number: number)

    @n.on("async")
    async def later(socket: Any, number: int) -> int:
        return number

    polls = Polls(server.port)
    polls.join("/answers")
    questions = [f'42/answers,{number}["{("plain", "async")[number % 2]}",{number}]' for number in range(40)]
    assert polls.post("\x1e".join(questions)) == (200, "ok")

    assert polls.messages(40) == [f"43/answers,{number}[{number}]" for number in range(40)]


def test_two_peers_and_two_namespaces_do_not_wait_for_each_other(server: Server) -> None:
    gate = threading.Event()
    for name in ("/one", "/two"):
        server.of(name).on("hold")(lambda socket: gate.wait(10))
        server.of(name).on("go")(lambda socket: "gone")

    with Raw(server.port) as ann, Raw(server.port) as ben:
        ann.join("/one")
        ann.join("/two")
        ben.join("/one")
        ann.say('42/one,["hold"]')

        assert ann.ask('42/two,1["go"]') == '43/two,1["gone"]'
        assert ben.ask('42/one,1["go"]') == '43/one,1["gone"]'
        gate.set()
