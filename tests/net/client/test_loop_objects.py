"""A handler that wakes a coroutine from its own thread is refused, and each program that is advised runs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from queue import Queue
from typing import Any

import pytest

import livesock as ls
from tests.peers import eventually

DEADLINE = 20.0

done = asyncio.Event()
late: Any = None


class Program:
    """A client as an object, which many write."""

    def __init__(self) -> None:
        self.done = asyncio.Event()

    def news(self, text: str) -> None:
        self.done.set()

    def inside(self, text: str) -> None:
        def later() -> None:
            self.done.set()

        later()


def news(text: str) -> None:
    done.set()


@pytest.fixture
def point() -> Iterator[Any]:
    with ls.serve("loop objects") as server, ls.socket(server.url("/"), timeout=DEADLINE) as point:
        server.of("/").on("say", lambda socket, *event: socket.emit(*event))
        yield point


def refused(point: Any, handler: Any, verb: str = "on") -> str:
    with pytest.raises(TypeError) as caught:
        point.on_any(handler) if verb == "on_any" else getattr(point, verb)("news", handler)
    return str(caught.value)


@pytest.mark.parametrize("verb", ["on", "once", "on_any"])
def test_an_event_is_named_however_the_handler_reaches_it(point: Any, verb: str) -> None:
    own = asyncio.Event()
    program = Program()
    for handler, name in [
        (news, "done"),
        (lambda text: own.set(), "own"),
        (program.news, "self.done"),
        (program.inside, "self.done"),
    ]:
        text = refused(point, handler, verb)
        assert f"no coroutine wakes from {name}.set() there" in text
        assert f"write {name} = threading.Event(), with import threading" in text
        assert f"await asyncio.to_thread({name}.wait) for await {name}.wait()" in text


def test_each_object_of_one_handler_is_named_at_once(point: Any) -> None:
    messages: asyncio.PriorityQueue[str] = asyncio.PriorityQueue(10)
    turns = asyncio.Semaphore(0)

    async def news(text: str) -> None:
        await messages.put(text)
        done.set()
        turns.release()

    text = refused(point, news)
    assert text.startswith("a handler of this client is a plain function: write def instead of async def")
    assert "write messages = PriorityQueue(10), with from queue import PriorityQueue" in text
    assert "write done = threading.Event()" in text
    assert "write turns = threading.Semaphore(0)" in text


def test_a_method_that_is_the_handler_itself_is_called_as_the_program_calls_its_owner(point: Any) -> None:
    messages: asyncio.Queue[str] = asyncio.Queue()
    with pytest.raises(TypeError, match=r"from messages.put\(\) there\n    write messages = Queue\(\)"):
        point.on("news", messages.put)
    with pytest.raises(TypeError, match=r"write done = threading.Event\(\)"):
        point.on("news", done.set)


def test_what_is_advised_runs(point: Any) -> None:
    done, messages, turns = threading.Event(), Queue[str](), threading.Semaphore(0)

    async def main() -> list[Any]:
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        assert "write answer.get_loop().call_soon_threadsafe(answer.set_result, …) for answer.set_result(…)" in refused(
            point, lambda text: answer.set_result(text)
        )

        @point.once("all")
        def all_of_them(text: str) -> None:
            answer.get_loop().call_soon_threadsafe(answer.set_result, text)
            messages.put(text)
            done.set()
            turns.release()

        point.emit("say", "all", "x")
        waits = (done.wait, DEADLINE), (messages.get, True, DEADLINE), (turns.acquire,)
        return [await answer, *[await asyncio.to_thread(*one) for one in waits]]

    assert asyncio.run(main()) == ["x", True, "x", True]


def test_what_wakes_the_loop_or_is_no_object_of_asyncio_is_left_alone(point: Any) -> None:
    def knows(text: str) -> None:
        asyncio.new_event_loop().call_soon_threadsafe(done.set)

    def own(text: str) -> None:
        done = threading.Event()
        done.set()

    def parameter(done: Any) -> None:
        done.set()

    def reads(text: str) -> None:
        done.is_set()

    for handler in (knows, own, parameter, reads, threading.Event().set, Queue().put, print):
        point.on("nothing", handler)
    point.off("nothing")


def test_an_event_that_is_made_after_the_registration_is_an_error_when_the_handler_runs(point: Any) -> None:
    global late

    @point.on("late")
    def heard(text: str) -> None:
        late.set()

    late = asyncio.Event()
    point.emit("say", "late", "x")
    eventually(lambda: point.errors, "the handler has failed")
    assert "write late = threading.Event()" in str(point.errors[-1].exception) and not late.is_set()
