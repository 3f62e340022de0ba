"""Handlers that hold the loop or never return: they are named, and they take nothing from the others."""

from __future__ import annotations

import gc
import http.client
import inspect
import logging
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from websockets.sync.client import connect

import livesock as ls
from livesock.errors import HandlerBusy, LoopHeld
from livesock.net.loop import patrol
from livesock.net.loop.blocking import HANDLER_THREADS, STREAM_THREADS, HandlerThreads
from livesock.net.loop.failures import Failures
from livesock.net.loop.patrol import StoodStill
from livesock.net.loop.watchdog import Held
from livesock.server import Server
from tests.peers import DEADLINE, eventually, quiet_logs

HOLD = 60.0
"""Longer than any test waits."""


@pytest.fixture
def release() -> Iterator[threading.Event]:
    """What handlers wait for that would otherwise never return."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def server(release: threading.Event) -> Iterator[Server]:
    with quiet_logs(), ls.serve("patrol", limits={"handler_patience": 0.2}) as server:

        @server.get("/plain")
        def plain(request: Any) -> str:
            return "yes"

        @server.get("/stuck")
        def stuck(request: Any) -> None:
            release.wait(HOLD)

        @server.get("/hold")
        async def hold(request: Any) -> None:
            release.wait(HOLD)  # on the loop

        yield server
        release.set()


class Asked:
    """Requests that are under way, each on a connection of its own."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._open: list[socket.socket] = []

    def __enter__(self) -> Asked:
        return self

    def __exit__(self, *_: object) -> None:
        for sock in self._open:
            sock.close()

    def ask(self, path: str, times: int = 1) -> None:
        for _ in range(times):
            sock = socket.create_connection(("127.0.0.1", self._server.port), timeout=DEADLINE)
            sock.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._server.port}\r\n\r\n".encode())
            self._open.append(sock)


def get(server: Server, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=DEADLINE)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def line_of(function: Callable[..., Any], text: str) -> str:
    lines, first = inspect.getsourcelines(function)
    return f"test_patrol.py:{first + next(number for number, line in enumerate(lines) if text in line)}"


def test_a_plain_handler_that_never_returns_takes_only_its_own_threads(server: Server) -> None:
    with Asked(server) as asked:
        asked.ask("/stuck", 3 * HANDLER_THREADS)
        eventually(lambda: len(threads_named("stuck")) == HANDLER_THREADS, "its threads are taken")

        assert get(server, "/plain") == (200, "yes")
        with ls.serve("another") as other:
            other.get("/")(lambda request: "other")
            assert get(other, "/") == (200, "other")
        status, text = get(server, "/stuck")
        assert status == 503 and "do not return" in text and "server.errors" in text


def test_readers_of_a_plain_generator_that_leave_while_it_waits_take_only_its_own_threads(
    server: Server, release: threading.Event
) -> None:
    began: list[str] = []
    ended: list[str] = []

    @server.get("/news")
    def news(request: Any) -> Iterator[str]:
        try:
            yield "first"
            began.append("second")
            release.wait(HOLD)
            yield "second"
        finally:
            ended.append(threading.current_thread().name)

    for number in range(STREAM_THREADS):
        with Asked(server) as asked:
            asked.ask("/news")
            eventually(lambda number=number: len(began) > number, "its second part is being made")

    eventually(lambda: not server.peers, "all of them are gone")
    eventually(lambda: not server._site.tasks, "no answer is under way")
    status, text = get(server, "/news")
    assert status == 503 and "do not return" in text
    assert get(server, "/plain") == (200, "yes")
    assert len(threads_named("news")) == STREAM_THREADS

    release.set()
    eventually(lambda: len(ended) == STREAM_THREADS, "each generator is closed, on the thread on which it waited")
    assert set(ended) == {"livesock handler " + news.__qualname__.rpartition("<locals>.")[2]}
    assert get(server, "/news") == (200, "firstsecond")


def threads_named(name: str) -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.endswith(f"{name}")]


def test_a_server_that_is_served_again_has_its_threads_back(server: Server, release: threading.Event) -> None:
    with Asked(server) as asked:
        asked.ask("/stuck", 2 * HANDLER_THREADS)
        eventually(lambda: len(threads_named("stuck")) == HANDLER_THREADS, "its threads are taken")

        with ls.serve("patrol") as again:
            again.get("/stuck")(lambda request: "free")
            assert get(again, "/stuck") == (200, "free")


def test_a_plain_handler_that_does_not_return_is_named_with_its_place(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patrol, "SLOW", 0.2)
    with Asked(server) as asked:
        asked.ask("/stuck", 2)
        error = eventually(lambda: [e for e in server.errors if "2 calls" in str(e)], "it is noted")[0]

    assert isinstance(error.exception, HandlerBusy) and error.where == "handler stuck"
    assert line_of(server_fixture, "release.wait(HOLD)\n") in str(error)
    assert "what its peer sends next waits: a loop that goes on belongs in async def" in str(error)


def test_a_task_and_a_stream_may_take_their_time_and_what_is_repeated_its_own(
    server: Server, release: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patrol, "SLOW", 0.2)
    began: set[str] = set()

    def wait(name: str) -> None:
        began.add(name)
        release.wait(HOLD)

    @server.task
    def work() -> None:
        wait("task")

    @server.get("/news")
    def news(request: Any) -> Iterator[str]:
        wait("stream")
        yield ""

    @server.get("/report")
    def report(request: Any) -> None:
        wait("page")

    def tick() -> None:
        wait("repeated")

    server.every(0.01, tick)
    with Asked(server) as asked:
        asked.ask("/news")
        eventually(lambda: began == {"task", "stream", "repeated"}, "they wait")
        asked.ask("/report")  # a call that began later, and is noted
        found = eventually(
            lambda: {e.where: e for e in server.errors if "report" in e.where} and server.errors, "it is"
        )

    assert {error.where.rpartition(".")[2].removeprefix("handler ") for error in found} == {"report", "tick"}
    (repeated,) = (error for error in found if "tick" in error.where)
    assert str(repeated).endswith("; its next call waits")


server_fixture: Any = getattr(server, "__wrapped__", server)


def test_a_handler_that_holds_the_loop_is_named_while_it_does_and_after(
    server: Server, release: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patrol, "LONG", 0.2)
    with Asked(server) as asked:
        asked.ask("/hold")
        error = eventually(lambda: server.errors, "it is noted while it holds the loop")[0]
        assert isinstance(error.exception, LoopHeld) and error.where == "loop"
        assert "hold holds the loop for" in str(error)
        assert line_of(server_fixture, "# on the loop") in str(error)
        eventually(lambda: server._loop.watchdog.holding.seconds > 1.1, "long enough to be seen at its end")

        release.set()

        eventually(lambda: "hold held the loop for" in str(server.errors[0]), "its end is noted in the same entry")
    assert len(server.errors) == 1


class Holding:
    """A watchdog that has seen `tick` hold its loop from 10.0 on."""

    def __init__(self, seconds: float, *, is_over: bool) -> None:
        held = Held(10.0, seconds, 0.0, "tick", "time.sleep(2)", "app.py:12")
        self.holding = None if is_over else held
        self._ended = [held] if is_over else []

    def long(self) -> list[Held]:
        return self._ended

    def look(self) -> None: ...


def noted(seconds: float, looks: list[tuple[float, float]], *, is_over: bool) -> list[str]:
    """Return what is noted if the patrol has looked at these times, each with what the process had computed."""
    failures, still = Failures(logging.getLogger("livesock.loop")), StoodStill()
    for now, computed in looks:
        still.look(now, computed)
    watchdog: Any = Holding(seconds, is_over=is_over)
    with quiet_logs():
        patrol.Inspection(watchdog, HandlerThreads(), failures).look(still)
    return [str(error.exception) for error in failures.latest]


@pytest.mark.parametrize("is_over", [True, False])
def test_a_machine_that_stood_still_is_not_taken_for_a_handler_that_holds_the_loop(is_over: bool) -> None:
    on_time = [(10.0 + n * patrol.LOOK, n * 0.001) for n in range(51)]
    verb = "held" if is_over else "holds"

    assert noted(5.0, [(10.0, 1.0), (15.0, 1.01)], is_over=is_over) == []
    assert noted(5.0, [(10.0 + n, 1.0) for n in range(6)], is_over=is_over) == [], "a busy machine: each look is late"
    assert f"tick {verb} the loop for 5.0 s" in noted(5.0, on_time, is_over=is_over)[0]
    assert f"tick {verb} the loop for 5.0 s" in noted(5.0, [(10.0, 1.0), (15.0, 5.9)], is_over=is_over)[0], "the GIL"
    assert f"tick {verb} the loop for 2.1 s" in noted(5.0, [(10.0, 1.0), (15.0, 3.0)], is_over=is_over)[0], "of a share"
    assert f"tick {verb} the loop for 5.1 s" in noted(9.0, [*on_time, (19.0, 0.06)], is_over=is_over)[0]


def test_pausing_a_held_loop_names_the_handler_and_leaves_the_port_as_it_was(
    server: Server, release: threading.Event
) -> None:
    with Asked(server) as asked:
        asked.ask("/hold")
        eventually(lambda: server._loop.watchdog.holding, "the loop is held")

        with pytest.raises(LoopHeld, match=r"pause\(\) has to wait for the loop: hold holds the loop for .* at test_"):
            server.pause(timeout=0.2)
        assert server.is_running
        server.resume()
        release.set()

    assert get(server, "/plain") == (200, "yes")
    server.pause()
    with pytest.raises(OSError):
        get(server, "/plain")
    server.resume()
    assert get(server, "/plain") == (200, "yes")


def test_resuming_on_a_held_loop_names_the_handler_and_works_afterwards(
    server: Server, release: threading.Event
) -> None:
    server.pause()
    server._loop.post(release.wait, HOLD)
    eventually(lambda: server._loop.watchdog.holding, "the loop is held")

    with pytest.raises(LoopHeld, match=r"resume\(\) has to wait"):
        server.resume()
    release.set()
    server.resume()

    assert get(server, "/plain") == (200, "yes")


def test_stopping_a_held_loop_names_the_handler_and_frees_the_port(server: Server, release: threading.Event) -> None:
    with Asked(server) as asked:
        asked.ask("/hold")
        eventually(lambda: server._loop.watchdog.holding, "the loop is held")

        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < DEADLINE / 2
        assert "hold holds the loop" in str(server.errors[-1]) and "the port is free" in str(server.errors[-1])
        with ls.serve("next", port=server.port) as after:
            after.get("/")(lambda request: "next")
            assert get(after, "/") == (200, "next")
            release.set()
            assert get(after, "/") == (200, "next")


def test_who_comes_while_a_held_loop_is_stopped_leaves_no_socket_behind(
    server: Server, release: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgotten: list[str] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda error: forgotten.append(str(error.exc_value)))
    loop = server._loop
    with Asked(server) as asked:
        asked.ask("/hold")
        eventually(lambda: loop.watchdog.holding, "the loop is held")
        asked.ask("/plain", 20)  # in the system's queue: accepted in the last turns of the loop
        ending = threading.Thread(target=server.stop, args=(1.0,))
        ending.start()
        eventually(lambda: loop._is_stopping, "the loop has been told to end")
        release.set()
        ending.join(DEADLINE)
        eventually(lambda: not loop.is_running, "the loop has ended")
        gc.collect()
    assert forgotten == []


def test_a_call_into_a_held_loop_names_the_handler(server: Server) -> None:
    async def nothing() -> None: ...

    with Asked(server) as asked:
        asked.ask("/hold")
        eventually(lambda: server._loop.watchdog.holding, "the loop is held")

        with pytest.raises(LoopHeld, match="hold holds the loop"):
            server.call(nothing, timeout=0.1)


def test_the_patrol_ends_with_the_last_server_and_begins_again() -> None:
    for _ in range(2):
        with ls.serve("one"), ls.serve("two"):
            assert len(threads_named("livesock patrol")) == 1
        eventually(lambda: not threads_named("livesock patrol"), "no server, no patrol")


def test_a_stopped_server_says_that_what_is_sent_reaches_no_peer() -> None:
    with ls.serve("gone") as server:
        space = server.of("/x")
        space.emit("fine")
    for speak in (
        lambda: space.emit("lost"),
        lambda: space.to("room").join("other"),
        lambda: space.to("room").emit("lost"),
    ):
        with pytest.raises(ls.LivesockError, match="stopped"):
            speak()


def test_a_peer_is_not_kept_waiting_by_what_stands_on_a_thread(server: Server) -> None:
    @server.websocket("/echo")
    async def echo(ws: Any) -> None:
        async for message in ws:
            await ws.send(message)

    with Asked(server) as asked, connect(server.url("/echo"), proxy=None) as ws:
        asked.ask("/stuck", 2 * HANDLER_THREADS)
        ws.send("hello")
        assert ws.recv(timeout=DEADLINE) == "hello"
