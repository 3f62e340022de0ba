"""Blocking handlers on threads of their own: a handler that never returns takes its own places, and no others."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from livesock.errors import HandlerBusy
from livesock.net.loop import blocking
from livesock.net.loop.blocking import HANDLER_THREADS, run_in_thread, threads_of
from tests.peers import DEADLINE


@pytest.fixture
def release() -> Iterator[threading.Event]:
    """What handlers wait for that would otherwise never return."""
    event = threading.Event()
    yield event
    event.set()


def test_a_thread_that_cannot_start_takes_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_thread(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    async def exhaust() -> None:
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", no_thread)
            for _ in range(HANDLER_THREADS + 1):
                with pytest.raises(RuntimeError, match="can't start"):
                    async with asyncio.timeout(10):
                        await run_in_thread(int, "5")
        assert await run_in_thread(int, "5") == 5

    asyncio.run(exhaust())


def test_a_handler_that_never_returns_leaves_the_others_their_threads(release: threading.Event) -> None:
    async def use() -> None:
        stuck = [asyncio.ensure_future(run_in_thread(release.wait, 60)) for _ in range(3 * HANDLER_THREADS)]
        await asyncio.sleep(0)  # they begin
        async with asyncio.timeout(DEADLINE):
            assert await run_in_thread(int, "5") == 5
        threads = threads_of(asyncio.get_running_loop())
        assert len(threads.running) == HANDLER_THREADS
        assert threads.waiting == {"Event.wait": 2 * HANDLER_THREADS}
        release.set()
        await asyncio.gather(*stuck)
        assert not threads.running and not threads.waiting

    asyncio.run(use())


def test_many_handlers_that_never_return_leave_each_other_one_thread(
    release: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocking, "LOOP_THREADS", 20)

    def handler() -> None:
        release.wait(60)

    async def use() -> None:
        versions = [type(handler)(handler.__code__, globals(), closure=handler.__closure__) for _ in range(5)]
        calls = [asyncio.ensure_future(run_in_thread(f)) for f in versions for _ in range(HANDLER_THREADS)]
        await asyncio.sleep(0)  # they begin
        async with asyncio.timeout(DEADLINE):
            assert await run_in_thread(int, "5") == 5
        assert len(threads_of(asyncio.get_running_loop()).running) == 23  # 16 + 4 + one each for the other three
        release.set()
        await asyncio.gather(*calls)

    asyncio.run(use())


def test_who_waits_with_a_deadline_is_turned_away_once_nothing_returns(release: threading.Event) -> None:
    async def use() -> None:
        stuck = [asyncio.ensure_future(run_in_thread(release.wait, 60)) for _ in range(HANDLER_THREADS)]
        await asyncio.sleep(0)
        with pytest.raises(HandlerBusy, match=r"16 calls of Event\.wait run, and none has returned for 0\.05 s"):
            await run_in_thread(release.wait, 60, patience=0.05)
        release.set()
        await asyncio.gather(*stuck)

    asyncio.run(use())


def test_who_waits_is_served_in_order_and_one_that_gives_up_is_left_out(release: threading.Event) -> None:
    done: list[int] = []

    def work(number: int) -> None:
        if number < HANDLER_THREADS:
            release.wait(60)
        done.append(number)

    async def use() -> None:
        calls = [asyncio.ensure_future(run_in_thread(work, number)) for number in range(HANDLER_THREADS + 4)]
        await asyncio.sleep(0)
        calls[HANDLER_THREADS].cancel()
        await asyncio.sleep(0)
        release.set()
        await asyncio.gather(*calls, return_exceptions=True)

    asyncio.run(use())
    assert sorted(done) == [n for n in range(HANDLER_THREADS + 4) if n != HANDLER_THREADS]


def test_a_new_version_of_a_handler_has_places_of_its_own(release: threading.Event) -> None:
    class Point:
        def move(self) -> bool:
            return release.wait(60)

    async def use() -> None:
        old, new = Point(), Point()
        stuck = [asyncio.ensure_future(run_in_thread(old.move)) for _ in range(HANDLER_THREADS + 1)]
        fresh = asyncio.ensure_future(run_in_thread(new.move))
        await asyncio.sleep(0)
        assert threads_of(asyncio.get_running_loop()).waiting == {"Point.move": 1}
        release.set()
        await asyncio.gather(fresh, *stuck)

    asyncio.run(use())


def test_each_loop_has_threads_of_its_own(release: threading.Event) -> None:
    async def block() -> None:
        for _ in range(HANDLER_THREADS):
            task = asyncio.ensure_future(run_in_thread(release.wait, 60))
            await asyncio.sleep(0)
            task.cancel()

    asyncio.run(block())
    assert asyncio.run(run_in_thread(release.wait, 0)) is False
