"""A turn of the loop: tasks that take their first step at once, and functions that run at its end."""

from __future__ import annotations

import asyncio
import contextvars
import sys
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from livesock.net.loop import turns
from livesock.net.loop.turns import TurnLoop, at_end
from livesock.net.loop.watchdog import new_loop

VALUE: contextvars.ContextVar[str] = contextvars.ContextVar("value", default="outer")


@pytest.fixture(params=["livesock", "asyncio"])
def run(request: pytest.FixtureRequest) -> Any:
    loop = new_loop()[0] if request.param == "livesock" else asyncio.new_event_loop()
    yield loop.run_until_complete
    loop.close()


def begin(coroutine: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    return turns.begin(coroutine, asyncio.get_running_loop())


def outside_of_a_task(run: Any, function: Callable[[], Any]) -> Any:
    """Call `function` as the loop calls a protocol: in a callback, where there is no current task."""

    async def main() -> Any:
        done = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(lambda: done.set_result(function()))
        result = await done
        return await result if isinstance(result, asyncio.Task) else result

    return run(main())


async def nothing() -> Any:
    return asyncio.current_task()


def test_a_coroutine_that_waits_for_nothing_is_done_at_once(run: Any) -> None:
    tasks: list[asyncio.Task[Any]] = []

    def at_once() -> bool:
        tasks.append(begin(nothing()))
        return tasks[0].done() and asyncio.current_task() is None

    assert outside_of_a_task(run, at_once)
    assert tasks[0].result() is tasks[0]


WAITS: dict[str, Callable[[], Coroutine[Any, Any, Any]]] = {
    "a turn": lambda: asyncio.sleep(0, 1),
    "a time": lambda: asyncio.sleep(0.001, 1),
    "a task": lambda: asyncio.wait_for(asyncio.create_task(asyncio.sleep(0, 1)), 5),
    "several": lambda: asyncio.gather(asyncio.sleep(0, 1), asyncio.sleep(0)),
}


@pytest.mark.parametrize("wait", WAITS.values(), ids=WAITS)
def test_one_that_waits_goes_on_as_the_same_task(run: Any, wait: Callable[[], Coroutine[Any, Any, Any]]) -> None:
    async def handler() -> bool:
        before = asyncio.current_task()
        assert await wait()
        return asyncio.current_task() is before is not None

    assert outside_of_a_task(run, lambda: begin(handler()))


def test_what_it_raises_is_the_result_of_the_task(run: Any) -> None:
    async def at_once() -> None:
        raise LookupError("at once")

    async def later() -> None:
        await asyncio.sleep(0)
        raise LookupError("later")

    for function in (at_once, later):
        with pytest.raises(LookupError, match=function.__name__.replace("_", " ")):
            outside_of_a_task(run, lambda function=function: begin(function()))


def test_one_may_begin_another_one_in_its_first_step(run: Any) -> None:
    async def outer() -> bool:
        before = asyncio.current_task()
        inner = begin(nothing())
        return inner.result() is inner and asyncio.current_task() is before is not inner

    assert outside_of_a_task(run, lambda: begin(outer()))
    assert run(outer())


def test_its_context_is_its_own(run: Any) -> None:
    async def inner() -> str:
        VALUE.set("inner")
        await asyncio.sleep(0)
        return VALUE.get()

    def both() -> Any:
        task = begin(inner())
        assert VALUE.get() == "outer"
        return task

    assert outside_of_a_task(run, both) == "inner"


def test_it_is_cancelled_as_any_task(run: Any) -> None:
    async def forever() -> str:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return "cancelled"
        return "?"

    async def itself() -> str:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        return await forever()

    def cancelled() -> Any:
        task = begin(forever())
        task.cancel()
        return task

    assert outside_of_a_task(run, cancelled) == "cancelled"
    assert outside_of_a_task(run, lambda: begin(itself())) == "cancelled"


@pytest.mark.parametrize("seconds", [0, 0.001])
def test_a_timeout_ends_its_first_wait(run: Any, seconds: float) -> None:
    async def handler() -> str:
        try:
            async with asyncio.timeout(seconds):
                await asyncio.Event().wait()
        except TimeoutError:
            return "too late"
        return "?"

    assert outside_of_a_task(run, lambda: begin(handler())) == "too late"


def test_a_group_of_tasks_may_begin_in_its_first_step(run: Any) -> None:
    async def handler() -> list[int]:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(asyncio.sleep(0.001 * n, n)) for n in range(3)]
        return [task.result() for task in tasks]

    async def failing() -> str:
        async def fail() -> None:
            raise LookupError

        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(asyncio.sleep(10))
                group.create_task(fail())
        except ExceptionGroup as failed:
            return type(failed.exceptions[0]).__name__
        return "?"

    assert outside_of_a_task(run, lambda: begin(handler())) == [0, 1, 2]
    assert outside_of_a_task(run, lambda: begin(failing())) == "LookupError"


def test_what_it_asks_of_the_loop_in_its_first_step_happens_later(run: Any) -> None:
    happened: list[str] = []

    async def handler() -> list[str]:
        asyncio.get_running_loop().call_soon(happened.append, "soon")
        task = asyncio.create_task(asyncio.sleep(0, "task"))
        assert not happened
        return [await task, *happened]

    assert outside_of_a_task(run, lambda: begin(handler())) == ["task", "soon"]


def test_it_is_known_as_a_task_while_it_waits(run: Any) -> None:
    async def handler() -> bool:
        await asyncio.sleep(0)
        return asyncio.current_task() in asyncio.all_tasks()

    assert outside_of_a_task(run, lambda: begin(handler()))


# -- the end of a turn


def test_the_end_of_a_turn_comes_after_its_callbacks_and_before_the_next_ones(run: Any) -> None:
    happened: list[str] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        done = loop.create_future()

        def first() -> None:
            at_end(lambda: bool(happened.append("end")))
            loop.call_soon(happened.append, "next turn")
            loop.call_soon(done.set_result, None)

        loop.call_soon(first)
        loop.call_soon(happened.append, "same turn")
        await done

    run(main())

    assert happened == ["same turn", "end", "next turn"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no TurnLoop")
def test_the_loop_does_not_wait_if_the_end_of_a_turn_gave_it_more_to_do() -> None:
    loop, _ = new_loop()
    assert isinstance(loop, TurnLoop)
    reports: list[str] = []
    loop.set_exception_handler(lambda _, context: reports.append(context["message"]))
    happened: list[str] = []

    def fails() -> bool:
        raise LookupError

    def more() -> bool:
        loop.call_soon(happened.append, "more")
        loop.call_soon(loop.stop)
        return True

    loop.call_soon(lambda: (at_end(fails), at_end(more)))
    loop.run_forever()
    loop.close()

    assert happened == ["more"]
    assert reports == ["the end of a turn failed"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no TurnLoop")
@pytest.mark.parametrize("is_watched", [False, True])
@pytest.mark.parametrize(("seconds", "looks"), [(0.0, 5), (1.0, 10)], ids=["short", "long"])
def test_a_short_turn_goes_on_once_with_what_it_has_asked_for(is_watched: bool, seconds: float, looks: int) -> None:
    """A message wakes a handler, and the handler answers: the kernel is not asked for news between the two."""
    loop, turns = new_loop()
    assert turns is not None
    now, asked, wait = [1.0], [], turns._wait

    def look(timeout: float | None = None) -> Any:
        asked.append(timeout)
        return wait(timeout)

    async def main() -> int:
        await asyncio.sleep(0)
        asked.clear()
        for _ in range(10):
            now[0] += seconds
            await asyncio.sleep(0)
        return len(asked)

    turns._now, turns._wait = lambda: now[0], look
    if is_watched:
        turns.watch(lambda turn: None, lambda *held: None)
    try:
        assert loop.run_until_complete(main()) == looks
    finally:
        loop.close()
