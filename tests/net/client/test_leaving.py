"""`point.wait()` stays until the socket has left for good: by either side, heard by a handler or not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.errors import NotRunning
from livesock.net.client.leaving import Leaving
from tests.peers import eventually

DEADLINE = 20.0
FAST = {"first": 0.05}


@pytest.fixture
def server() -> Iterator[ls.Server]:
    with ls.serve("endings") as server:
        server.of("/").on("go", lambda socket: socket.disconnect())
        yield server


def on_a_thread(function: Callable[[], Any]) -> Callable[[], Any]:
    """Begin a call on a thread, and return what returns its value."""
    values: list[Any] = []
    thread = threading.Thread(target=lambda: values.append(function()), daemon=True)
    thread.start()

    def value() -> Any:
        thread.join(DEADLINE)
        return values[0]

    return value


def why_no_event(point: Any, name: str) -> str:
    with pytest.raises(NotRunning) as caught:
        point.wait(name, timeout=DEADLINE)
    return str(caught.value)


def waiters(point: Any) -> int:
    return len(point._listeners._leaving._waiting)


@pytest.mark.parametrize("is_heard", [False, True])
@pytest.mark.parametrize(
    ("leave", "reason"),
    [
        (lambda point: point.emit("go"), "io server disconnect"),
        (lambda point: point.disconnect(), "io client disconnect"),
        (lambda point: point.close(), "io client disconnect"),
    ],
)
def test_it_ends_when_either_end_leaves_and_at_once_afterwards(
    server: ls.Server, is_heard: bool, leave: Callable[[Any], None], reason: str
) -> None:
    with ls.socket(server.url("/")) as point:
        if is_heard:
            point.on("disconnect", lambda reason: None)
        first = on_a_thread(point.wait)
        eventually(lambda: waiters(point) == 1, "it waits")

        leave(point)

        assert first() == (reason,)
        assert point.wait() == point.wait(timeout=0.01) == (reason,)
    assert point.wait() == (reason,), "closing changes nothing"


def test_handlers_have_heard_the_end_before_it_returns_and_a_handler_does_not_wait_for_itself(
    server: ls.Server,
) -> None:
    goes_on, heard = threading.Event(), []
    with ls.socket(server.url("/")) as point:

        @point.on("disconnect")
        def gone(reason: str) -> None:
            goes_on.wait(DEADLINE)
            heard.append(point.wait())

        point.emit("go")
        first = on_a_thread(lambda: (point.wait(), [*heard]))
        eventually(lambda: waiters(point) == 1, "it waits for the handler")
        goes_on.set()

        assert first() == (("io server disconnect",), [("io server disconnect",)])


def test_it_stays_through_a_cut_from_which_the_socket_comes_back(server: ls.Server) -> None:
    with ls.netsim(server) as net, ls.socket(net.url("/"), reconnection=FAST) as point:
        cuts: list[str] = []
        point.on("disconnect", cuts.append)
        stays = on_a_thread(point.wait)
        eventually(lambda: waiters(point) == 1, "it waits")

        net.reset()
        eventually(lambda: point.reconnects == 1 and point.connected, "it is back")

        assert waiters(point) == 1 and len(cuts) == 1
        with pytest.raises(TimeoutError, match="the socket has not left"):
            point.wait(timeout=0.01)
        point.disconnect()
        assert stays() == ("io client disconnect",)


def test_it_stays_again_after_connect(server: ls.Server) -> None:
    with ls.socket(server.url("/")) as point:
        point.disconnect()
        point.connect()
        with pytest.raises(TimeoutError):
            point.wait(timeout=0.01)
        assert waiters(point) == 0


def test_it_ends_when_the_attempts_are_used_up(server: ls.Server) -> None:
    with ls.socket(server.url("/"), reconnection=FAST | {"attempts": 2}) as point:
        server.stop()
        assert point.wait(timeout=DEADLINE) == ("2 attempts failed",)


def test_it_ends_when_the_server_refuses_the_socket_that_comes_back(server: ls.Server) -> None:
    guests = server.of("/guests")
    is_full = False

    @guests.on_connect
    def come(socket: Any) -> None:
        if is_full:
            raise ls.Refused("full")

    with ls.netsim(server) as net, ls.socket(net.url("/guests"), reconnection=FAST) as point:
        is_full = True
        news = on_a_thread(lambda: why_no_event(point, "news"))
        eventually(lambda: "news" in point._listeners._waiting, "it waits for an event")
        net.reset()

        assert point.wait(timeout=DEADLINE) == ("refused: full",)
        assert news() == "/guests refused us: full"


def test_a_socket_that_is_in_again_when_the_handlers_are_done_has_not_left() -> None:
    busy = [1]
    leaving = Leaving(lambda: bool(busy))
    leaving.end("transport close")
    with pytest.raises(TimeoutError):
        leaving.wait(0, in_handler=False)
    leaving.begin()
    busy.clear()
    leaving.settle()
    with pytest.raises(TimeoutError):
        leaving.wait(0, in_handler=False)
    leaving.end("io client disconnect")
    assert leaving.wait(0, in_handler=False) == ("io client disconnect",)


def test_a_handler_that_never_returns_does_not_hold_what_is_closed() -> None:
    leaving = Leaving(lambda: True)
    leaving.close("io client disconnect")
    assert leaving.wait(None, in_handler=False) == ("io client disconnect",)
