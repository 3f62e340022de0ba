"""What a handler may raise: whatever it is, the peer gets its answer, and `errors` holds the exception."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn

import pytest
from websockets.exceptions import ConnectionClosed

import livesock as ls
from livesock.server import Server
from tests.peers import DEADLINE, eventually, quiet_logs


class Unspeakable(Exception):
    """An exception whose own code fails when it is shown."""

    def __str__(self) -> str:
        raise ZeroDivisionError

    __repr__ = __str__


def task_here() -> asyncio.Task[Any] | None:
    """Return the task of a handler on the loop; one on a thread has none."""
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None


def fail(kind: str) -> NoReturn:
    match kind:
        case "huge":
            raise ValueError("x" * 3_000_000)
        case "cancelled":
            raise asyncio.CancelledError
        case "cancels itself" if (task := task_here()) is not None:
            task.cancel()
            raise asyncio.CancelledError  # as its next await would
        case "generator":
            raise GeneratorExit
        case "exit":
            raise SystemExit(3)
        case _:
            raise Unspeakable


KINDS = ("huge", "cancelled", "cancels itself", "generator", "exit", "unspeakable")
WAYS = ("plain", "async", "later")


def failing(kind: str, way: str, name: str) -> Callable[..., Any]:
    """Return a handler that raises: on a thread, at once on the loop, or after it has waited."""

    def plain(*_: Any) -> None:
        fail(kind)

    async def at_once(*_: Any) -> None:
        fail(kind)

    async def later(*_: Any) -> None:
        await asyncio.sleep(0)
        fail(kind)

    made: Any = {"plain": plain, "async": at_once, "later": later}[way]
    made.__qualname__ = made.__name__ = f"{name}_{way}"
    return made  # type: ignore[no-any-return]


def kept(server: Server, where: str) -> bool:
    """Whether the error is kept, in words that anybody may read, and not too many of them."""
    found = [str(error) for error in server.errors if error.where == where]
    return len(found) == 1 and len(found[0]) < 11_000


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_question_is_answered_whatever_its_handler_raises(kind: str, way: str) -> None:
    with quiet_logs(), ls.serve("raised") as server, ls.socket(server) as peer:
        server.of("/").on("ask")(failing(kind, way, "ask"))
        server.of("/").on("well")(lambda socket: "well")

        answer = peer.call("ask", timeout=DEADLINE)

        assert answer["message"] == "Internal server error"
        assert peer.call("well", timeout=DEADLINE) == "well"
        assert kept(server, 'event "ask" in /')


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_peer_is_refused_or_let_in_whatever_the_hooks_raise(kind: str, way: str) -> None:
    with quiet_logs(), ls.serve("raised") as server:
        server.of("/first").on_connect(failing(kind, way, "first"))
        server.of("/then").on_connected(failing(kind, way, "then"))
        server.of("/last").on_disconnect(failing(kind, way, "last"))

        with pytest.raises(ls.Refused, match="Internal server error"):
            ls.socket(server.url("/first"), timeout=DEADLINE)
        for name in ("/then", "/last"):
            ls.socket(server.url(name), timeout=DEADLINE).close()

        for where in ("on_connect /first", "on_connected /then", "on_disconnect /last"):
            eventually(lambda where=where: kept(server, where), where)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_request_is_answered_with_500_whatever_its_page_raises(kind: str, way: str) -> None:
    with quiet_logs(), ls.serve("raised") as server:
        server.get("/page")(failing(kind, way, "page"))

        with pytest.raises(urllib.error.HTTPError) as answer:
            urllib.request.urlopen(server.url("/page", "http"), timeout=DEADLINE)
        answer.value.close()

        assert answer.value.code == 500
        assert kept(server, "GET /page")


@pytest.mark.parametrize("kind", KINDS)
def test_a_websocket_is_closed_with_1011_whatever_its_route_raises(kind: str) -> None:
    with quiet_logs(), ls.serve("raised") as server:

        @server.websocket("/route")
        async def route(ws: Any) -> None:
            await ws.recv()
            fail(kind)

        with ls.connect(server.url("/route")) as ws, pytest.raises(ConnectionClosed) as closed:
            ws.send("go")
            ws.recv(timeout=DEADLINE)

        assert closed.value.rcvd is not None and closed.value.rcvd.code == 1011
        assert kept(server, "websocket /route")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_task_and_a_repeated_function_are_kept_whatever_they_raise(kind: str, way: str) -> None:
    with quiet_logs(), ls.serve("raised") as server:
        server.task(failing(kind, way, "work"))
        repeat = server.every(0.01, failing(kind, way, "tick"))

        eventually(lambda: kept(server, f"task work_{way}"), "the task's error")
        eventually(lambda: kept(server, f"every 0.01 s: tick_{way}"), "the error of what is repeated")
        eventually(lambda: not repeat.is_running, "its end")


async def together(*jobs: Coroutine[Any, Any, Any]) -> None:
    async with asyncio.TaskGroup() as group:
        for job in jobs:
            group.create_task(job)


async def too_far() -> None:
    raise ls.Refused("too far", {"limit": 9})


async def broken(why: str) -> None:
    raise ValueError(why)


def test_the_end_of_its_connection_is_no_error_of_a_handler_with_a_group_of_tasks() -> None:
    with ls.serve("groups") as server:

        async def listen(ws: Any) -> None:
            async for _ in ws:
                pass

        async def speak(ws: Any) -> None:
            while True:
                await ws.send("x")
                await asyncio.sleep(0.01)

        @server.websocket("/feed")
        async def feed(ws: Any) -> None:
            await together(listen(ws), speak(ws))

        with ls.connect(server.url("/feed")) as ws:
            ws.recv(timeout=DEADLINE)
        eventually(lambda: not server._site.tasks, "the handler has ended")

        assert server.errors == []


def test_what_else_a_group_holds_is_kept_with_its_reason() -> None:
    with quiet_logs(), ls.serve("groups") as server:

        @server.websocket("/feed")
        async def feed(ws: Any) -> None:
            await together(ws.recv(), broken("the reason"))

        @server.get("/two")
        async def two(request: Any) -> None:
            raise ExceptionGroup("both", [ValueError("one"), KeyError("two")])

        with ls.connect(server.url("/feed")) as ws, pytest.raises(ConnectionClosed):
            ws.recv(timeout=DEADLINE)
        with pytest.raises(urllib.error.HTTPError) as answer:
            urllib.request.urlopen(server.url("/two"), timeout=DEADLINE)
        answer.value.close()

        first, second = server.errors
        assert isinstance(first.exception, ValueError) and "the reason" in str(first)
        assert str(second).endswith("ExceptionGroup: both (2 sub-exceptions); ValueError: one; KeyError: 'two'")


def test_a_refusal_in_a_group_of_one_refuses() -> None:
    with ls.serve("groups") as server:

        @server.of("/in").on_connect
        async def enter(socket: Any) -> None:
            await together(too_far())

        @server.of("/").on("move")
        async def move(socket: Any) -> None:
            await together(too_far())

        @server.websocket("/raw")
        async def raw(ws: Any) -> None:
            await together(too_far())

        with pytest.raises(ls.Refused, match="too far") as refused:
            ls.socket(server.url("/in"), timeout=DEADLINE)
        with ls.socket(server) as peer:
            answer = peer.call("move", timeout=DEADLINE)
        with ls.connect(server.url("/raw")) as ws, pytest.raises(ConnectionClosed) as closed:
            ws.recv(timeout=DEADLINE)

        assert refused.value.data == {"limit": 9}
        assert (answer["message"], answer["data"]) == ("too far", {"limit": 9})
        assert closed.value.rcvd is not None and (closed.value.rcvd.code, closed.value.rcvd.reason) == (1008, "too far")
        assert all(error.is_refusal for error in server.errors)


STUBBORN = """
import asyncio, urllib.request, livesock as ls
server = ls.serve("stubborn")

@server.get("/page")
async def page(request):
    while True:
        try:
            await asyncio.sleep(0.01)
        except BaseException:
            pass
        yield "x"

urllib.request.urlopen(server.url("/page"), timeout=20).read(1)
"""


def test_a_page_that_cannot_be_ended_is_no_error_of_ours_when_its_process_ends() -> None:
    script = subprocess.run([sys.executable, "-c", STUBBORN], capture_output=True, text=True, timeout=60, check=True)

    assert "KeyError" not in script.stderr and "failures.py" not in script.stderr
