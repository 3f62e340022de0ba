"""What a client of Socket.IO is told has all of one line in it, and the line that it advises runs as it stands."""

from __future__ import annotations

import re
import runpy
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import livesock as ls
from tests.peers import eventually

DEADLINE = 20.0


@pytest.fixture(scope="module")
def server() -> Iterator[ls.Server]:
    with ls.serve("rounds") as server:
        for namespace in ("/", "/chat"):
            server.of(namespace).on("add", lambda socket, *numbers: sum(numbers))
            server.of(namespace).on("say", lambda socket, *event: socket.emit(*event))
        yield server


@pytest.fixture
def point(server: ls.Server) -> Iterator[Any]:
    with ls.socket(server.url("/"), timeout=DEADLINE) as point:
        yield point


def said(habit: Callable[[], object]) -> str:
    with pytest.raises((TypeError, ValueError, AttributeError)) as caught:
        habit()
    return str(caught.value)


HEARD: list[Any] = []


def got(answer: Any) -> None:
    HEARD.append(answer)


PAIR = (1, 2)


@pytest.mark.parametrize(
    "habit",
    [
        lambda point: point.emit("add", (1, 2), callback=got),
        lambda point: point.emit("add", PAIR, ack=got),
        lambda point: point.emit("add", data=(1, 2), callback=got),
        lambda point: point.emit("add", (1, 2), got),
        lambda point: point.emit("add", (1, 2), namespace="/chat", callback=got),
    ],
)
def test_a_callback_and_a_tuple_of_values_are_told_at_once(point: Any, habit: Any) -> None:
    text = said(lambda: habit(point))
    later = re.search(r"def later\(\): got\((.*)\)\n", text)

    assert later is not None
    asks, values = later[1], re.search(r"write (call\('add', (1, 2|\*PAIR)\)) for several, or \[\2\] for one", text)
    assert values is not None and f"write answer = {asks}, which waits for the answer" in text
    assert eval(asks.replace("call('add', …)", values[1]), {"point": point, "PAIR": PAIR}) == 3


@pytest.mark.parametrize("verb", ["emit", "call"])
def test_a_namespace_and_a_tuple_are_told_at_once_with_the_name_of_the_event(point: Any, verb: str) -> None:
    text = said(lambda: getattr(point, verb)("add", ("x", 2), namespace="/chat"))

    assert f"write point.of('/chat').{verb}(…)" in text and f"write {verb}('add', 'x', 2) for several" in text
    assert f"{verb}('add', …)" in said(lambda: getattr(point, verb)("add", data=1))
    assert f"write {verb}('add', *PAIR) for several" in said(lambda: getattr(point, verb)("add", PAIR, namespace="/"))


def test_what_has_no_tuple_and_no_callback_is_told_as_ever(point: Any) -> None:
    text = said(lambda: point.emit("add", 1, to="x", callback=got))
    assert '"to": a client speaks to the server' in text and "write answer = point.call('add', …)" in text
    assert "tuple" not in text
    assert "did you mean" in said(lambda: point.call("add", 1, timeot=1))
    assert "write answer = point.call('name', …)" in said(lambda: point.emit(callback=got))


def see(event: str, data: Any) -> None: ...


@pytest.mark.parametrize("verb", ["on", "once"])
def test_every_event_of_another_namespace_is_one_line(point: Any, verb: str) -> None:
    on, heard = getattr(point, verb), []
    assert "write @point.on_any above def see(name, *arguments): …" in said(lambda: on("*", see))
    assert "write @point.on_any above def any(name, *arguments): …" in said(lambda: on("*"))
    there = "write @point.of('/chat').on_any above def see(name, *arguments): …"
    assert there in said(lambda: on("*", see, namespace="/chat"))
    assert there in said(lambda: on("*", handler=see, namespace="/chat"))
    assert there.replace("see", "any") in said(lambda: on("*", namespace="/chat"))

    @point.of("/chat").on_any
    def hear(name: str, *arguments: Any) -> None:
        heard.append((name, *arguments))

    point.of("/chat").emit("say", "news", 1)
    eventually(lambda: heard == [("news", 1)], "the advised listener hears it")


def test_a_lambda_that_gets_nothing_is_advised_as_it_is_written(point: Any) -> None:
    assert "write lambda: …" in said(lambda: point.on("connect", lambda sid: None))


def test_a_namespace_that_the_socket_is_in_already_is_left_out(server: ls.Server) -> None:
    with ls.socket(server.url("/chat"), timeout=DEADLINE) as chat:
        left_out = "takes no \"namespace\": leave it out: chat.namespace is '/chat'"
        assert left_out in said(lambda: chat.emit("add", 1, 2, namespace="/chat"))
        assert left_out in said(lambda: chat.call("add", 1, 2, namespace="/chat"))
        asks = said(lambda: chat.emit("add", (1, 2), namespace="/chat", callback=print))
        assert "write answer = chat.call('add', …)" in asks and ".of(" not in asks
        assert "write @chat.on_any above" in said(lambda: chat.on("*", print, namespace="/chat"))
        assert chat.call("add", 1, 2) == 3


def test_a_time_limit_in_milliseconds_is_the_caller_s_in_seconds(point: Any) -> None:
    limit = 5000
    assert "timeout=5), in seconds" in said(lambda: point.timeout(5000).emit("add", 1))
    asks = "write answer = point.call('add', 1, 2, timeout=5), in seconds; it raises TimeoutError"
    assert asks in said(lambda: point.timeout(5000).emit("add", 1, 2, lambda error, answer: print(answer)))
    assert asks in said(lambda: point.timeout(5000).emitWithAck("add", 1, 2))
    assert "timeout=0.5)" in said(lambda: point.volatile.timeout(500))
    assert "timeout=2.0), in seconds" in said(lambda: point.timeout(limit))
    assert "timeout=2.0), in seconds" in said(lambda: point.timeout)


def test_handlers_of_python_socketio_are_told_with_their_namespaces(point: Any) -> None:
    def register() -> None:
        @point.event
        def connect() -> None: ...

        @point.event
        def disconnect() -> None: ...

        @point.event(namespace="/chat")
        async def question(data: str, more: int = 1) -> None: ...

        @point.event(namespace="/")
        def news(text): ...  # type: ignore[no-untyped-def]

        @point.on("said", namespace="/chat")
        def said_there(text): ...  # type: ignore[no-untyped-def]

        @point.on("*", namespace="/")
        def each(name, *values): ...  # type: ignore[no-untyped-def]

        @point.on("right")
        def right(text): ...  # type: ignore[no-untyped-def]

        point.emit("say", 1, namespace="/chat")
        point.call("say", 1, namespace="/")

    words = said(register)
    assert "@point.of('/chat').on('said') above def said_there(text): …" in words
    also = "which hears those that have a handler as well, and in it if name in ('question', 'news', 'said', 'right'"
    assert f"@point.on_any above def each(name, *values): …, {also}" in words and "def right" not in words
    assert "point.of('/chat').emit(…) for point.emit(…, namespace='/chat')" in words
    assert "point.call(…) for point.call(…, namespace='/')" in words
    assert "@point.on('connect') above def connect(): …, which runs now and at each reconnection" in words
    assert "@point.on('disconnect') above def disconnect(reason): …" in words
    assert "@point.of('/chat').on('question') above def question(data: str, more: int=1): …" in words
    assert "@point.on('news') above def news(text): …" in words


def test_a_callback_gets_what_it_asks_for(point: Any) -> None:
    def later(callback: Any) -> str:
        return said(lambda: point.emit("add", 1, 2, callback)).partition("def later(): ")[2].partition("\n")[0]

    asks = "point.call('add', 1, 2)"
    assert later(lambda status, info: print(info)) == f"callback(*{asks})"
    assert later(lambda: None) == f"answer = {asks}; callback()"
    several = "callback(*(answer if isinstance(answer, list) else [answer]))"
    assert later(lambda *a: print(a)) == f"answer = {asks}; {several}"
    assert later(lambda answer, more=1: print(answer)) == f"callback({asks})"


def late(err: Exception | None, answer: Any = None) -> None: ...


def test_a_callback_of_node_gets_an_error_or_none_and_the_answer(point: Any) -> None:
    def tries(asks: str) -> str:
        return (
            f"def later():\n        try: late(None, {asks})\n        except TimeoutError as error: late(error, None)\n"
        )

    assert tries("point.call('add', 1, 2, timeout=0.3)") in said(lambda: point.timeout(300).emit("add", 1, 2, late))
    assert tries("point.call('add', 1, timeout=0.3)") in said(lambda: point.call("add", 1, late, timeout=0.3))
    assert tries("point.call('add', 1)") in said(lambda: point.emit("add", 1, late))


@pytest.mark.parametrize(("ms", "seconds"), [(50, "0.05"), (60, "0.06"), (300, "0.3"), (600, "0.6"), (2.5, "2.5")])
def test_a_time_limit_before_a_question_is_in_milliseconds(point: Any, tmp_path: Path, ms: float, seconds: str) -> None:
    ask = of_a_file(f'def ask(point):\n    point.timeout({ms}).emit("add", 1)\n', tmp_path)
    assert f"timeout={seconds})" in said(lambda: ask(point))


def test_the_only_time_limit_of_a_program_is_told_with_its_other_names(point: Any, tmp_path: Path) -> None:
    program = """\
def ask(point):
    point.onAny(print)
    def got(err, answer=None): ...
    point.timeout(300).emit("add", 1, got)
"""
    ask = of_a_file(program, tmp_path)
    words = said(lambda: ask(point))
    assert "\n  timeout: write answer = point.call('add', 1, timeout=0.3), in seconds" in words
    assert "try: got(None, point.call('add', 1, timeout=0.3))" in words


def of_a_file(program: str, folder: Path) -> Any:
    """Return the function `ask` of a program that is a file of its own."""
    file = folder / "program.py"
    file.write_text(program)
    return runpy.run_path(str(file))["ask"]


def test_a_question_from_a_handler_says_which_event_it_holds_up(server: ls.Server) -> None:
    @server.of("/").on("ask")
    async def ask(socket: ls.Socket, name: str) -> object:
        return await socket.call("question", name)

    failed: list[str] = []
    with ls.socket(server, timeout=DEADLINE) as point:
        point.on("question", lambda name: name.upper())

        @point.on("go")
        def go() -> None:
            try:
                point.call("ask", "who", timeout=0.5)
            except TimeoutError as exc:
                failed.append(str(exc))

        server.of("/").emit("go")
        eventually(lambda: failed, "the question has timed out")
        words = 'no answer to "ask" within 0.5 s; while this handler waits, no other one of this client runs'
        assert failed[0].startswith(words) and '"question" is there' in failed[0]
        assert "def later(): answer = point.call('ask', 'who', timeout=0.5), and threading.Thread(" in failed[0]

        @point.on("again")
        def again() -> None:
            threading.Thread(target=lambda: failed.append(point.call("ask", "who")), daemon=True).start()

        server.of("/").emit("again")
        assert eventually(lambda: failed[1:], "it is answered") == ["WHO"]


def test_a_silent_server_is_no_fault_of_a_handler(server: ls.Server) -> None:
    with ls.socket(server, timeout=DEADLINE) as point, pytest.raises(TimeoutError, match=r"within 0\.05 s$"):
        point.call("nothing", timeout=0.05)
