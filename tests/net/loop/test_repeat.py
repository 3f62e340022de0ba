"""`server.every`: what a server does again and again, how it ends, and who hears of its failures."""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.errors import NotRunning
from livesock.server import Server
from tests.peers import DEADLINE, eventually, quiet_logs
from tests.rawsio import Raw


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("repeating") as server:
        yield server


def repeating(server: Server) -> int:
    """Return how many functions are repeated, as the loop sees it."""
    return sum("Repeat._run" in repr(task) for task in server._loop.now(asyncio.all_tasks, server._loop.loop))


def at_rest(server: Server) -> None:
    eventually(lambda: not repeating(server), "nothing is repeated any more")


@pytest.mark.parametrize("kind", ["plain", "async", "partial", "lambda"])
def test_a_function_is_called_again_and_again_until_it_is_stopped(server: Server, kind: str) -> None:
    calls, where = threading.Semaphore(0), set()

    def note(_: object = None) -> None:
        where.add(server._loop.is_current)
        calls.release()

    async def later() -> None:
        note()

    functions: dict[str, Any] = {
        "plain": note, "async": later, "partial": functools.partial(note, 1), "lambda": lambda: note()
    }  # fmt: skip
    repeat = server.every(0.01, functions[kind])

    for _ in range(3):
        assert calls.acquire(timeout=DEADLINE)
    assert repeat.is_running and where == {kind == "async"}
    repeat.stop()
    repeat.stop()
    assert not repeat.is_running
    at_rest(server)
    assert server.errors == []


def test_an_error_is_kept_once_and_ends_it(server: Server) -> None:
    calls: list[int] = []

    def failing() -> None:
        calls.append(1)
        raise RuntimeError("oops")

    with quiet_logs():
        repeat = server.every(0.01, failing)
        eventually(lambda: server.errors, "the error is kept")

    at_rest(server)
    assert not repeat.is_running and calls == [1]
    assert "failing" in server.errors[0].where and "oops" in str(server.errors[0])


def test_exit_ends_neither_the_loop_nor_the_server(server: Server) -> None:
    async def leave() -> None:
        raise SystemExit

    with quiet_logs():
        repeat = server.every(0.01, leave)
        eventually(lambda: server.errors, "it is kept")
    assert not repeat.is_running and server.is_running


def test_stop_cancels_what_waits(server: Server) -> None:
    begun, cancelled = threading.Event(), threading.Event()

    async def wait() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    repeat = server.every(0.01, wait)
    assert begun.wait(DEADLINE)

    repeat.stop()

    assert cancelled.wait(DEADLINE)


def test_it_may_stop_itself(server: Server) -> None:
    calls: list[int] = []

    async def once() -> None:
        calls.append(1)
        repeat.stop()

    repeat = server.every(0.01, once)
    eventually(lambda: not repeat.is_running, "it stopped")
    at_rest(server)
    assert calls == [1]


def test_it_ends_with_the_server(server: Server) -> None:
    repeat = server.every(600, lambda: None)
    server.stop()

    assert not repeat.is_running
    with pytest.raises(NotRunning):
        server.every(1, lambda: None)


@pytest.mark.parametrize("kind", ["plain", "async"])
def test_it_goes_on_through_a_pause(server: Server, kind: str) -> None:
    ticks: list[int] = []

    async def later() -> None:
        ticks.append(1)

    repeat = server.every(0.01, later if kind == "async" else lambda: ticks.append(1))

    server.pause()
    before = len(ticks)
    eventually(lambda: len(ticks) > before + 3, "it is called while the server pauses")
    server.resume()

    before = len(ticks)
    eventually(lambda: len(ticks) > before + 3, "and afterwards")
    assert repeat.is_running and server.errors == []


CELL = """
def tick():
    seen.append({version})

repeats.append(server.every(0.01, tick))
"""


def test_a_cell_that_is_run_again_replaces_what_it_repeats(server: Server) -> None:
    seen: list[int] = []
    names: dict[str, Any] = {"server": server, "seen": seen, "repeats": []}

    for version in (1, 2):
        exec(compile(CELL.format(version=version), f"<cell {version}>", "exec"), names)
        eventually(lambda: version in seen, "it is called")  # noqa: B023

    first, second = names["repeats"]
    eventually(lambda: not first.is_running, "the first has ended")
    eventually(lambda: repeating(server) == 1, "one is left")
    assert second.is_running


def test_two_things_may_be_repeated_at_once(server: Server) -> None:
    one, two = threading.Event(), threading.Event()
    repeats = [server.every(0.01, lambda: one.set()), server.every(0.01, lambda: two.set())]

    assert one.wait(DEADLINE) and two.wait(DEADLINE) and all(repeat.is_running for repeat in repeats)


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), "1", None, True])
def test_a_time_that_is_none_is_refused(server: Server, seconds: Any) -> None:
    with pytest.raises(ValueError, match="seconds above 0"):
        server.every(seconds, lambda: None)


def test_a_coroutine_instead_of_its_function_is_refused(server: Server) -> None:
    async def tick() -> None: ...

    coroutine = tick()
    with pytest.raises(TypeError, match=r"pass tick, not tick\(\)"):
        server.every(1, coroutine)  # type: ignore[arg-type]
    coroutine.close()


GATEWAY = """
@server.gateway("/point")
class Point:
    async def on_connect(self, socket):
        socket.data["let in by"] = {version}
        self.beat = self.server.every(0.01, self.step)

    async def step(self):
        stepped.append({version})

    def on_disconnect(self, socket, reason):
        gone.append({version})

    @event("which")
    def which(self, socket):
        return [{version}, socket.data["let in by"]]
"""


def test_a_gateway_that_is_defined_again_answers_who_is_connected_and_the_old_one_rests(server: Server) -> None:
    stepped: list[int] = []
    gone: list[int] = []
    names: dict[str, Any] = {"server": server, "event": ls.event, "stepped": stepped, "gone": gone}
    exec(compile(GATEWAY.format(version=1), "<cell 1>", "exec"), names)
    with Raw(server.port) as raw:
        raw.join("/point")
        assert raw.ask('42/point,1["which"]') == "43/point,1[[1,1]]"
        eventually(lambda: 1 in stepped, "it steps")
        old = server.of("/point").handlers.gateways["Point"]

        exec(compile(GATEWAY.format(version=2), "<cell 2>", "exec"), names)

        assert raw.ask('42/point,2["which"]') == "43/point,2[[2,1]]"
        assert not old.beat.is_running  # type: ignore[attr-defined]
        at_rest(server)
        raw.leave()
    eventually(lambda: gone, "on_disconnect ran")
    assert gone == [2]


def test_no_event_finds_nobody_while_a_gateway_is_replaced(server: Server) -> None:
    names: dict[str, Any] = {"server": server, "event": ls.event, "stepped": [], "gone": []}
    exec(compile(GATEWAY.format(version=0), "<cell 0>", "exec"), names)
    with Raw(server.port) as raw:
        raw.join("/point")
        raw.say(*[f'42/point,{number}["which"]' for number in range(300)])
        for version in range(1, 20):
            exec(compile(GATEWAY.format(version=version), f"<cell {version}>", "exec"), names)
        heard = [str(raw.event()) for _ in range(300)]

    assert all("[[" in answer for answer in heard)
