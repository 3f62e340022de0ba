"""An event that waits for nothing is handled and answered in the turn of the loop in which it came."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.net.loop.watchdog import Turns
from livesock.net.socketio.answer_events import MAX_BUSY
from livesock.net.socketio.handling.order import Place
from livesock.server import Server
from tests.rawsio import Polls, Raw

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no selector to count")


class Polled:
    """How often the loops have looked at their sockets."""

    def __init__(self) -> None:
        self.count = 0


@pytest.fixture
def polled(monkeypatch: pytest.MonkeyPatch) -> Polled:
    polled, select = Polled(), Turns.select

    def counted(self: Turns, timeout: float | None = None) -> Any:
        polled.count += 1
        return select(self, timeout)

    monkeypatch.setattr(Turns, "select", counted)
    return polled


@pytest.fixture
def server(polled: Polled) -> Iterator[Server]:
    with ls.serve("one turn") as server:
        yield server


def test_an_answer_costs_one_turn(server: Server, polled: Polled) -> None:
    @server.of("/").on("echo")
    async def echo(socket: Any, value: int) -> int:
        return value

    with Raw(server.port) as raw:
        raw.join()
        before = polled.count
        for number in range(200):
            raw.say(f'42{number}["echo",{number}]')
            assert raw.event() == f"43{number}[{number}]"
        turns = polled.count - before

    assert turns < 230  # those of timers and other threads count, too


def test_many_events_of_a_peer_leave_the_others_their_turn(server: Server, polled: Polled) -> None:
    turns: list[int] = []

    @server.of("/").on("flood")
    async def flood(socket: Any) -> int:
        turns.append(polled.count)
        return 1

    with Raw(server.port) as raw:
        raw.join()
        raw.say(*(f'42{number}["flood"]' for number in range(1000)))
        assert [raw.event() for _ in range(1000)] == [f"43{number}[1]" for number in range(1000)]

    assert max(turns.count(turn) for turn in set(turns)) <= MAX_BUSY


def test_a_handler_may_end_its_own_session_in_the_middle_of_many_events(server: Server) -> None:
    seen: list[int] = []

    @server.of("/").on("count")
    async def count(socket: Any, number: int) -> None:
        seen.append(number)
        if number == 3:
            socket.disconnect(close=True)

    with Raw(server.port) as raw:
        raw.join()
        raw.say(*(f'42["count",{number}]' for number in range(10)))
        raw.ends()
    polls = Polls(server.port)
    polls.join()
    polls.post("\x1e".join(f'42["count",{number}]' for number in range(10)))

    assert seen == [0, 1, 2, 3] * 2


def test_a_handler_has_a_task_of_its_own_from_its_first_line_on(server: Server) -> None:
    tasks: list[Any] = []

    @server.of("/").on("who")
    async def who(socket: Any, wait: bool) -> str:
        task = asyncio.current_task()
        if wait:
            await asyncio.sleep(0)
        tasks.append(task)
        return "same" if asyncio.current_task() is task is not None else "another"

    with Raw(server.port) as raw:
        raw.join()
        raw.say('421["who",false]', '422["who",true]', '423["who",false]')
        assert sorted(raw.event() for _ in range(3)) == ['431["same"]', '432["same"]', '433["same"]']

    assert len(set(map(id, tasks))) == 3


def test_timeouts_and_groups_work_in_the_first_step(server: Server) -> None:
    @server.of("/").on("limited")
    async def limited(socket: Any) -> str:
        try:
            async with asyncio.timeout(0.01):
                await asyncio.Event().wait()
        except TimeoutError:
            return "too late"
        return "?"

    @server.of("/").on("group")
    async def group(socket: Any) -> list[int]:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(asyncio.sleep(0, n)) for n in range(3)]
        return [task.result() for task in tasks]

    with Raw(server.port) as raw:
        raw.join()
        raw.say('421["limited"]')
        assert raw.event() == '431["too late"]'
        raw.say('422["group"]')
        assert raw.event() == "432[[0,1,2]]"


def test_what_a_first_step_raises_is_kept_and_answered(server: Server) -> None:
    @server.of("/").on("fail")
    async def fail(socket: Any) -> None:
        raise LookupError("at once")

    @server.of("/").on("cancel")
    async def cancel(socket: Any) -> None:
        raise asyncio.CancelledError

    with Raw(server.port) as raw:
        raw.join()
        raw.say('421["fail"]', '422["cancel"]')
        said = [str(raw.event()) for _ in range(4)]

    assert [text[:4] for text in said] == ['42["', "431[", '42["', "432["]
    assert [type(error.exception) for error in server.errors][:2] == [LookupError, asyncio.CancelledError]


@pytest.mark.parametrize("glued", [1, 50])
def test_an_event_that_is_over_is_not_kept(server: Server, glued: int) -> None:
    @server.of("/").on("echo")
    async def echo(socket: Any, value: int) -> int:
        return value

    with Raw(server.port) as raw:
        raw.join()
        for _ in range(500 // glued):
            raw.say(*('421["echo",7]' for _ in range(glued)))
            assert {raw.event() for _ in range(glued)} == {"431[7]"}
        gc.collect()

        assert sum(isinstance(it, Place) for it in gc.get_objects()) < 60
