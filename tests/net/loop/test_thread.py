"""The loop thread: blocking calls into it, and its bounded end."""

from __future__ import annotations

import asyncio
import signal
import threading
import time

import pytest

from livesock.errors import NotRunning, WrongThread
from livesock.net.loop.thread import LoopThread
from tests.peers import eventually


@pytest.fixture
def loop():
    thread = LoopThread("test").start()
    yield thread
    assert thread.stop()


async def double(number: int) -> int:
    return number * 2


def test_a_call_returns_what_the_coroutine_returns(loop):
    assert loop.call(double, 21) == 42


def test_a_call_raises_what_the_coroutine_raises(loop):
    async def fail():
        raise LookupError("nobody here")

    with pytest.raises(LookupError, match="nobody here"):
        loop.call(fail)


def test_a_call_from_the_loop_itself_is_refused_at_once(loop):
    async def blocking():
        loop.call(double, 1)

    with pytest.raises(WrongThread, match="await an async function here"):
        loop.call(blocking)


def test_a_call_that_takes_too_long_is_cancelled(loop):
    cancelled = threading.Event()

    async def forever():
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    with pytest.raises(TimeoutError):
        loop.call(forever, timeout=0.01)
    assert cancelled.wait(5)


def test_interrupting_a_call_cancels_the_coroutine_and_leaves_the_loop_running(loop):
    cancelled = threading.Event()
    main = threading.main_thread().ident

    async def forever():
        asyncio.get_running_loop().call_later(0.05, signal.pthread_kill, main, signal.SIGINT)
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    with pytest.raises(KeyboardInterrupt):
        loop.call(forever)
    assert cancelled.wait(5)
    assert loop.call(double, 4) == 8


def test_a_stopped_loop_refuses_calls_and_ignores_posts():
    loop = LoopThread("test").start()
    assert loop.stop()
    with pytest.raises(NotRunning, match="start it again"):
        loop.call(double, 1)
    loop.post(print, "never")


def test_stopping_cancels_what_runs():
    loop = LoopThread("test").start()
    ended = threading.Event()

    async def linger():
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def begin():
        loop.task = asyncio.ensure_future(linger())  # a reference, so that the task lives until it is cancelled
        await asyncio.sleep(0)

    loop.call(begin)
    assert loop.stop()
    assert ended.is_set()


def test_a_loop_that_is_blocked_ends_when_the_blocking_call_returns():
    loop = LoopThread("test").start()
    release = threading.Event()
    loop.post(release.wait, 30)

    assert loop.stop(timeout=0.05) is False

    release.set()
    assert loop.stop(timeout=10)


def test_a_loop_that_was_never_started_can_be_stopped():
    assert LoopThread("test").stop()


def test_a_loop_that_is_stopped_while_its_thread_starts_never_runs():
    loop = LoopThread("stopped early")
    loop.stop()

    loop._thread.start()  # as in start(), interrupted between the two
    loop._thread.join(5)

    assert not loop._thread.is_alive() and not loop.is_running
    with pytest.raises(NotRunning):
        loop.post(print)
        loop.call(asyncio.sleep, 0)


def test_a_task_that_swallows_its_cancellation_cannot_keep_the_thread_alive():
    loop = LoopThread("test").start()

    async def stubborn():
        while True:
            try:
                await asyncio.sleep(0)
            except asyncio.CancelledError:
                continue

    async def begin():
        loop.task = asyncio.ensure_future(stubborn())
        loop.task._log_destroy_pending = False  # the point of the test is that it is destroyed while it is pending

    loop.call(begin)
    started = time.monotonic()
    assert loop.stop(timeout=10), f"still alive after {time.monotonic() - started:.1f} s"


def test_a_call_that_comes_too_late_for_the_loop_does_not_wait_for_ever(loop):
    outcome = []

    def ask():
        try:
            outcome.append(loop.call(double, 1))
        except NotRunning as exc:
            outcome.append(exc)

    asking = threading.Thread(target=ask)

    def at_end():  # the loop runs no more, and is not closed yet
        asking.start()
        eventually(lambda: loop._asked, "the call is with the loop")

    loop.at_end.append(at_end)
    assert loop.stop()
    asking.join(10)
    assert [type(result) for result in outcome] == [NotRunning]


def test_a_call_that_the_stop_cancels_says_so(loop):
    began = threading.Event()
    outcome = []

    async def forever():
        began.set()
        await asyncio.Event().wait()

    def ask():
        try:
            loop.call(forever)
        except NotRunning as exc:
            outcome.append(exc)

    asking = threading.Thread(target=ask)
    asking.start()
    assert began.wait(10)
    assert loop.stop()
    asking.join(10)
    assert "before the result came" in str(outcome[0])


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt])
def test_a_task_that_calls_exit_does_not_end_the_loop(loop, kind):
    async def leave():
        raise kind

    with pytest.raises(kind):
        loop.call(leave)
    loop.post(lambda: (_ for _ in ()).throw(kind()))  # nor does a plain function
    assert loop.call(double, 21) == 42


def test_on_the_loop_things_happen_at_once_and_elsewhere_in_order(loop):
    done: list[str] = []

    async def on_the_loop() -> tuple[list[str], int, bool]:
        loop.soon(done.append, "inside")
        return (
            list(done),
            loop.now(len, done),
            asyncio.iscoroutine(waiting := loop.wait(double, 2)) and not waiting.close(),
        )

    assert loop.call(on_the_loop) == (["inside"], 1, True)
    loop.soon(done.append, "first")
    loop.soon(done.append, "second")
    assert loop.now(list, done) == ["inside", "first", "second"]
    assert loop.wait(double, 3) == 6
