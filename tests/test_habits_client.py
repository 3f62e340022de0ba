"""What users of other clients write: each works, or raises a sentence that holds what to write instead."""

from __future__ import annotations

import ast
import asyncio
import queue
import re
import ssl
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from websockets.exceptions import WebSocketException

import livesock as ls
from livesock.errors import HandshakeError
from tests.peers import eventually

DEADLINE = 20.0


@pytest.fixture(scope="module")
def server() -> Iterator[ls.Server]:
    with ls.serve("habits") as server:

        @server.websocket("/echo")
        async def echo(ws):
            async for message in ws:
                await ws.send(message)

        point = server.of("/point")

        @point.on("say")
        async def say(socket, event, *arguments):
            socket.emit(event, *arguments)

        yield server


@pytest.fixture
def ws(server) -> Iterator[ls.client.Connection]:
    with ls.connect(server.url("/echo")) as ws:
        yield ws


@pytest.fixture
def point(server) -> Iterator[ls.socketio_client.ClientSocket]:
    with ls.socket(server.url("/point"), transports=["websocket"], timeout=DEADLINE) as point:
        yield point


@pytest.mark.parametrize(
    ("option", "write"),
    [
        ({"extra_headers": {"X": "1"}}, 'headers={"name": "value"}'),
        ({"additional_headers": {"X": "1"}}, 'headers={"name": "value"}'),
        ({"header": ["X: 1"]}, 'headers={"name": "value"}'),
        ({"headers": ["X: 1"]}, 'headers={"name": "value"}'),
        ({"cookies": {"a": "1"}}, 'headers={"Cookie": "name=value"}'),
        ({"params": {"a": 1}}, "…?name=value"),
        ({"auth": ("user", "password")}, "ws://user:password@host/"),
        ({"subprotocol": "chat"}, 'subprotocols=["chat"]'),
        ({"protocols": ["chat"]}, 'subprotocols=["chat"]'),
        ({"subprotocols": "chat"}, '["chat"]'),
        ({"sslopt": {"cert_reqs": 0}}, "ssl=ssl.create_default_context"),
        ({"verify": False}, "ssl=ssl.create_default_context"),
        ({"ssl": ssl.create_default_context()}, "ssl is for wss://"),
        ({"ssl": True}, "ssl.create_default_context"),
        ({"open_timeout": 5}, "timeout=5,"),
        ({"wait_timeout": 5}, "write timeout=5, in seconds"),
        ({"timeout": 5000}, "write 5 for 5000 ms"),
        ({"timeout": "5"}, "number of seconds"),
        ({"ping_interval": 25000}, "write 25 for 25000 ms"),
        ({"ping_interval": "20"}, "number of seconds"),
        ({"max_size": "1MB"}, "2**20"),
        ({"max_size": 0}, "None for no limit"),
        ({"maxPayload": 1}, "max_size=1,"),
        ({"max_queue": "16"}, "number of messages"),
        ({"compression": True}, '"deflate" or None'),
        ({"perMessageDeflate": True}, 'compression="deflate"'),
        ({"on_message": print}, "for message in ws"),
        ({"transports": ["websocket"]}, "ls.socket(url, transports=[…])"),
        ({"proxy": 3128}, "http://127.0.0.1:3128"),
        ({"logger": "log"}, "logging"),
        ({"time_out": 5}, "did you mean timeout?"),
        ({"wibble": 5}, "there is timeout, headers"),
    ],
)
def test_an_option_of_another_websocket_client_is_answered_with_ours(server, option, write):
    with pytest.raises((TypeError, ValueError)) as caught:
        ls.connect(server.url("/echo"), **option)

    assert write in str(caught.value)


@pytest.mark.parametrize(
    ("option", "write"),
    [
        ({"transports": "websocket"}, '["websocket"]'),
        ({"auth": "secret"}, "{\"token\": 'secret'}"),
        ({"extraHeaders": {"X": "1"}}, 'headers={"name": "value"}'),
        ({"query": {"a": 1}}, "…?name=value"),
        ({"namespaces": ["/point"]}, "the path of the URL is the namespace"),
        ({"namespace": "/point"}, 'server.url("/point")'),
        ({"wait": True}, "leave it out"),
        ({"wait_timeout": 5}, "write timeout=5, in seconds"),
        ({"reconnection_attempts": 3}, 'reconnection={"attempts": 3}'),
        ({"reconnectionDelay": 1000}, 'reconnection={"first": 1}, in seconds'),
        ({"reconnectionDelayMax": 5000}, 'reconnection={"largest": 5}, in seconds'),
        ({"reconnection": 3}, '{"attempts": 3}'),
        ({"reconnection": {"first": "1"}}, "is a number"),
        ({"reconnection": {"first": 5000, "largest": 5000}}, "write 5 for 5000 ms"),
        ({"socketio_path": "/x/"}, 'path="/x/"'),
        ({"autoConnect": False}, "connects at once"),
        ({"forceNew": True}, "a connection of its own"),
        ({"upgrade": False}, 'transports=["polling"]'),
        ({"ssl_verify": False}, "ssl=ssl.create_default_context"),
        ({"rejectUnauthorized": False}, "ssl=ssl.create_default_context"),
        ({"ackTimeout": 100}, "timeout=0.1, in seconds, for all, or at one: point.call('move', 1, timeout=0.1)"),
        ({"withCredentials": True}, 'headers={"Cookie": "name=value"}'),
        ({"logger": True}, ".trace"),
        ({"timeout": 20000}, "write 20 for 20000 ms"),
    ],
)
def test_an_option_of_another_socketio_client_is_answered_with_ours(server, option, write):
    with pytest.raises((TypeError, ValueError)) as caught:
        ls.socket(server.url("/point"), **option)

    assert write in str(caught.value)


@pytest.mark.parametrize(
    ("habit", "write"),
    [
        (lambda ws: ws.send({"a": 1}), "send(json.dumps(…))"),
        (lambda ws: ws.send(1), "send(json.dumps(…))"),
        (lambda ws: ws.send(None), "send(json.dumps(…))"),
        (lambda ws: ws.send([1, 2]), "send(json.dumps(…))"),
        (lambda ws: ws.send(["a", b"b"]), "all str or all bytes"),
        (lambda ws: ws.send("x", opcode=2), "text=True or False"),
        (lambda ws: ws.send_json({}), "send(json.dumps(value))"),
        (lambda ws: ws.receive_text(), "recv(timeout=1)"),
        (lambda ws: ws.recv("1"), "number of seconds"),
        (lambda ws: ws.recv(timeout=5000), "write 5 for 5000 ms"),
        (lambda ws: ws.settimeout(1), "recv(timeout=1)"),
        (lambda ws: ws.run_forever(), "for message in ws"),
        (lambda ws: ws.closed, "ws.close_code is not None"),
        (lambda ws: ws.connected, "ws.close_code is None"),
        (lambda ws: ws.close("bye"), 'close(1000, "bye")'),
        (lambda ws: ws.emit("move", 1), "ls.socket(url)"),
        (lambda ws: setattr(ws, "onmessage", print), "for message in ws"),
        (lambda ws: setattr(ws, "on_message", print), "for message in ws"),
    ],
)
def test_a_habit_at_a_websocket_gets_a_sentence_and_leaves_it_open(ws, habit: Callable[[Any], object], write):
    with pytest.raises((TypeError, ValueError, AttributeError)) as caught:
        habit(ws)

    assert write in str(caught.value)
    ws.send("still open")
    assert ws.recv(timeout=DEADLINE) == "still open"


def news(*arguments: object) -> None:
    """Hear an event."""


@pytest.mark.parametrize(
    ("habit", "write"),
    [
        (lambda point: point.on(news), '@point.on("news") above def news'),
        (lambda point: point.once(news), '@point.on("news") above def news'),
        (lambda point: point.event(news), "@point.on('name')"),
        (lambda point: point.on("*", news), "@point.on_any above def news(name, *arguments): …"),
        (lambda point: point.on(["a", "b"], news), "an event has a name"),
        (lambda point: point.on("news", news, namespace="/chat"), "of('/chat').on(…)"),
        (lambda point: point.onAny(news), "on_any(handler)"),
        (lambda point: point.emit("ask", 1, callback=news), "point.call('ask', 1)"),
        (lambda point: point.emit("ask", 1, news), "call('ask', 1)"),
        (lambda point: point.volatile.emit("ask", to="room"), "a client speaks to the server"),
        (lambda point: point.emit("ask", room="room"), "a client speaks to the server"),
        (lambda point: point.emit("ask", data=1), "emit('ask', …)"),
        (lambda point: point.emitWithAck("ask", 1), "point.call('name', …)"),
        (lambda point: point.timeout(5000), "timeout=5), in"),
        (lambda point: point.send("hello"), "emit('message', text)"),
        (lambda point: point.receive(), "wait('message', timeout=1)"),
        (lambda point: point.wait(1), "an event has a name"),
        (lambda point: point.sid, "write point.id"),
        (lambda point: point.sleep(1), "time.sleep(seconds)"),
        (lambda point: point.join("room"), "socket.join(room)"),
        (lambda point: point.to("room"), "let a handler there emit"),
        (
            lambda point: point.connect("http://127.0.0.1:1"),
            "takes nothing and joins again: write point = ls.socket(url)",
        ),
        (
            lambda point: point.connect(auth={"a": 1}, wait=True),
            'write point = ls.socket(url, auth=…) for a connection; "wait": socket() always waits until the server has '
            "let us in: leave it out",
        ),
        (
            lambda point: point.connect("http://localhost", namespaces=["/chat"], wait_timeout=3),
            'write point = ls.socket(url) for a connection; "namespaces": the path of the URL is the namespace; '
            "further ones: chat = point.of('/chat'), and point.close() leaves them all, disconnect() one; "
            '"wait_timeout": write timeout=3, in seconds',
        ),
        (lambda point: point.call("ask", 1, namespace="/chat"), "write point.of('/chat').call(…)"),
        (lambda point: point.emit("ask", 1, namespace="/chat"), "write point.of('/chat').emit(…)"),
        (lambda point: point.call("ask", data=1), "the values follow the name: call('ask', …)"),
        (lambda point: point.disconnect(namespace="/chat"), "write point.of('/chat').disconnect()"),
        (lambda point: point.get_received(), "write (text,) = point.wait('message', timeout=1), with the event's name"),
        (lambda point: point.is_connected(), "write point.connected"),
        (lambda point: point.reconnect(), "after disconnect() write connect()"),
        (lambda point: point.manager, "this socket is its own manager"),
        (lambda point: point.prependAny(news), "write on_any(handler)"),
        (lambda point: point.offAny(), "write off(handler=see)"),
        (lambda point: point.onAnyOutgoing(news), "what was sent is in trace"),
        (lambda point: point.eventNames(), "write off(name) to take all handlers of a name away"),
        (lambda point: point.listeners("x"), "write off(name) to take all handlers of a name away"),
        (lambda point: point.close("1"), "number of seconds"),
        (lambda point: point.of(["/chat"]), "a namespace is a str"),
    ],
)
def test_a_habit_at_a_socket_gets_a_sentence_and_leaves_it_connected(point, habit: Callable[[Any], object], write):
    with pytest.raises((TypeError, ValueError, AttributeError)) as caught:
        habit(point)

    assert write in str(caught.value)
    assert point.connected


def test_the_own_event_of_another_client_is_warned_of(point):
    with pytest.warns(UserWarning, match='write on\\("connect", handler\\)') as caught:
        point.on("reconnect", news)

    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("error", 'write on\\("connect_error", handler\\); an event of the server may have the name'),
        ("reconnecting", 'write on\\("connect_error", handler\\); .attempts counts them'),
        ("connect_failed", 'write on\\("connect_error", handler\\)'),
        ("disconnecting", 'write on\\("disconnect", handler\\)'),
        ("__disconnect_final", 'write on\\("disconnect", handler\\)'),
        ("ping", "the heartbeat is answered by itself"),
    ],
)
def test_an_event_that_only_other_clients_call_is_warned_of(point, name, write):
    with pytest.warns(UserWarning, match=f'no event "{name}" of its own: .*{write}'):
        point.on(name, news)


def test_what_the_sentences_about_a_client_say_works(server, point):
    server.of("/sums").on("sum", lambda socket, *numbers: sum(numbers))
    heard: queue.SimpleQueue[Any] = queue.SimpleQueue()

    assert point.of("/sums").call("sum", 1, 2) == 3
    point.emit("say", "y", 1)
    assert point.wait("y", timeout=DEADLINE) == (1,)
    point.on_any(lambda name, *arguments: heard.put((name, *arguments)))
    point.emit("say", "y", 2)
    assert heard.get(timeout=DEADLINE) == ("y", 2)
    assert point.wait("y", timeout=DEADLINE) == (2,)
    point.off()
    point.emit("say", "y", 3)
    assert point.wait("y", timeout=DEADLINE) == (3,) and heard.empty()


def test_a_handler_that_was_called_instead_of_passed_is_none(point):
    with pytest.raises(TypeError, match=r"not None \(NoneType\): pass f, not f\(\)"):
        point.on("news", news())
    with pytest.raises(TypeError, match=r"pass f, not f\(\)"):
        point.once("news", news())


@pytest.mark.parametrize("seconds", [500, 1000, 3000])
def test_seconds_that_look_like_milliseconds_are_warned_of_where_they_are_written(server, point, seconds):
    with pytest.warns(
        UserWarning, match=f"{seconds} s are .* minutes: write {seconds / 1000:g} for {seconds} ms"
    ) as caught:
        assert point.call("say", "x", timeout=seconds) is None
    assert caught[0].filename == __file__
    with pytest.warns(UserWarning, match=r"every\(\) is in seconds"):
        server.every(seconds, news).stop()
    with pytest.warns(UserWarning, match="timeout is in seconds"):
        server.of("/point").timeout(seconds)


@pytest.mark.parametrize("seconds", [0.5, 299, 300, 600, 3600])
def test_seconds_that_are_whole_minutes_are_not_warned_of(server, point, seconds):
    assert point.call("say", "x", timeout=seconds) is None
    server.every(seconds, news).stop()


def test_timeout_before_emit_says_that_call_is_what_waits(server, point):
    for speaker in (server.of("/point"), server.of("/point").to("nowhere")):
        with pytest.raises(
            TypeError, match=r"emit asks for none: write server.of\(.*\).timeout\(1\).call\('news', …\)"
        ):
            speaker.timeout(1).emit("news", 1)
    assert server.of("/point").to("nowhere").timeout(1).call("news", 1) == []


def test_the_answer_of_a_handler_that_failed_says_so_when_it_is_used(server, point):
    @server.of("/point").on("refuse")
    def refuse(socket):
        raise ls.Refused("too far", {"limit": 9})

    @server.of("/point").on("ask back")
    def ask_back(socket):
        with pytest.raises(KeyError) as caught:
            socket.call("fail")["x"]
        return str(caught.value)

    point.on("fail", lambda: 1 / 0)
    answer = point.call("refuse")

    with pytest.raises(KeyError, match="the answer has no 'x': the handler failed, 'too far'; ask answer"):
        answer["x"]
    assert answer["status"] == "error" and answer["data"] == {"limit": 9} and answer.get("x") is None
    assert answer == {"status": "error", "message": "too far", "data": {"limit": 9}, "cause": answer["cause"]}
    assert "the handler failed, 'Internal client error'" in point.call("ask back", timeout=DEADLINE)


# -- await


async def _connect(server, ws, point):
    await ls.connect(server.url("/echo"))


async def _socket(server, ws, point):
    await ls.socket(server.url("/point"))


async def _send(server, ws, point):
    await ws.send("x")


async def _recv(server, ws, point):
    await ws.recv(timeout=DEADLINE)


async def _emit(server, ws, point):
    await point.emit("say", "x")


async def _call(server, ws, point):
    await point.call("say", "x")


async def _volatile(server, ws, point):
    await point.volatile.emit("say", "x")


async def _close(server, ws, point):
    await point.close()


async def _tcp(server, ws, point):
    await ls.tcp(server.port)


async def _serve(server, ws, point):
    await ls.serve("awaited")


async def _stop(server, ws, point):
    await server.stop()


async def _later(server, ws, point):
    await asyncio.wait_for(ws, 1)


@pytest.mark.parametrize(
    "habit",
    [_connect, _socket, _send, _recv, _emit, _call, _volatile, _close, _tcp, _serve, _stop, _later],
    ids=lambda f: f.__name__,
)
def test_await_before_a_blocking_call_says_to_leave_it_out_and_does_nothing(server, ws, point, habit):
    before = len(ls.client.open_connections())

    with pytest.raises(TypeError, match="cannot be awaited: write it without await"):
        asyncio.run(habit(server, ws, point))

    assert len(ls.client.open_connections()) == before
    assert point.connected


def test_async_with_and_async_for_say_what_to_write(server, ws):
    async def enter():
        async with ls.connect(server.url("/echo")):
            pass

    async def loop():
        async for _ in ws:
            pass

    before = len(ls.client.open_connections())
    beside = r"; beside other tasks message = await asyncio\.to_thread\(ws\.recv, 2\.0\), with its timeout"
    with pytest.raises(TypeError, match=f"write with instead of async with{beside}"):
        asyncio.run(enter())
    with pytest.raises(TypeError, match=f"write for instead of async for{beside}"):
        asyncio.run(loop())

    assert len(ls.client.open_connections()) == before


def test_a_message_is_waited_for_beside_other_tasks_as_it_is_advised(server):
    async def ask():
        with ls.connect(server.url("/echo")) as ws:
            ws.send("first")
            with pytest.warns(
                UserWarning, match=r"holds the loop of this coroutine.*to_thread\(ws\.recv, 2\.0\)"
            ) as seen:
                first = ws.recv()
            assert seen[0].filename == __file__
            with pytest.raises(TimeoutError):
                await asyncio.to_thread(ws.recv, 0.01)
            ws.send("second")
            return first, await asyncio.to_thread(ws.recv, DEADLINE), next(iter_of(ws))

    def iter_of(ws):
        ws.send("third")
        return iter(ws)

    assert asyncio.run(ask()) == ("first", "second", "third")


def test_a_cell_with_an_await_may_wait_for_a_message(ws):
    ws.send("first")
    lines = "await asyncio.sleep(0)\nfound = ws.recv()"
    cell = compile(lines, "cell", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT).replace(co_name="<cell line: 1>")
    names = {"asyncio": asyncio, "ws": ws}
    asyncio.run(eval(cell, names))
    assert names["found"] == "first"


def test_a_blocking_call_beside_an_await_is_made(ws):
    async def main():
        ws.send("a")
        await asyncio.sleep(0)
        heard = ws.recv(timeout=DEADLINE)
        return heard, await asyncio.to_thread(ws.send, "b"), ws.recv(timeout=DEADLINE)

    assert asyncio.run(main()) == ("a", None, "b")


# -- a cell that runs twice

CELL = """
@point.on("news")
def news(text):
    heard.put((version, text))
"""


def test_a_handler_that_is_defined_again_replaces_its_older_self(point):
    heard: queue.SimpleQueue[Any] = queue.SimpleQueue()
    for version in (1, 2):
        exec(CELL, {"point": point, "heard": heard, "version": version})
    point.on("news", lambda text: heard.put(("end", text)))

    point.emit("say", "news", "x")

    assert [heard.get(timeout=DEADLINE), heard.get(timeout=DEADLINE)] == [(2, "x"), ("end", "x")]


def test_handlers_that_a_loop_makes_are_all_kept(point):
    done = threading.Barrier(2, timeout=DEADLINE)
    heard: list[int] = []
    for number in range(3):

        def hear(text, number=number):
            heard.append(number)

        point.on("news", hear)
    point.on("news", lambda text: done.wait())

    point.emit("say", "news", "x")

    done.wait()
    assert heard == [0, 1, 2]


def test_a_tuple_as_the_only_value_gets_a_warning_in_the_line_that_speaks(server: Any) -> None:
    with ls.socket(server.url("/point"), timeout=DEADLINE) as point:
        for speak in (point.emit, point.call, point.volatile.emit):
            with pytest.warns(UserWarning, match=r"'say', 'x', 1\) for several, or \['x', 1\] for one") as caught:
                speak("say", ("x", 1))
            assert [warning.filename for warning in caught if "tuple" in str(warning.message)] == [__file__]


def test_awaiting_a_wait_without_a_name_says_at_once_how_a_coroutine_stays(point: Any) -> None:
    async def main() -> None:
        await point.wait()

    with pytest.raises(TypeError) as caught:
        asyncio.run(main())

    assert "write with point: …, and in it await asyncio.to_thread(point.wait); so Ctrl-C ends it, too" in str(
        caught.value
    )

    async def advised() -> Any:
        asyncio.get_running_loop().call_later(0, asyncio.current_task().cancel)  # type: ignore[union-attr]  # Ctrl-C
        with point:
            await asyncio.to_thread(point.wait)

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(advised())
    assert point.wait() == ("io client disconnect",)


def test_the_answer_of_a_handler_that_failed_is_warned_of_at_the_line_that_asks_and_a_refusal_is_not() -> None:
    with ls.serve("warned", port=0) as server, ls.socket(server.url("/")) as client:

        @server.of("/").on("save")
        def save(socket: Any, price: Any) -> Any:
            if price is None:
                raise ls.Refused("too far")
            return 1 / price

        with pytest.warns(UserWarning, match='handler of "save" failed') as caught:
            answer = client.call("save", 0)

        assert [warning.filename for warning in caught] == [__file__]
        condition = re.search("write if (.*): …", str(caught[0].message))
        assert condition is not None and eval(condition[1], {"answer": answer}) and len(server.errors) == 1
        assert not eval(condition[1], {"answer": client.call("save", 2)})
        assert client.call("save", None)["message"] == "too far"
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            answer = client.call("save", 0)
        assert isinstance(answer, dict) and answer.get("status") == "error", "who asks for it is not warned"


def test_the_message_of_an_error_of_python_is_its_text() -> None:
    with ls.serve("stopped") as server, ls.socket(server.url("/"), timeout=DEADLINE) as client:
        client.on("connect_error", lambda err: print(err.message))
        server.stop()
        eventually(lambda: client.errors, "the handler has failed")
    words = str(client.errors[0].exception)
    assert words.endswith("has no attribute 'message': write str(error), which is what it says")


def test_a_handler_of_any_event_and_one_with_awaits_hear_what_to_write(point: Any) -> None:
    async def moved() -> None: ...

    with pytest.raises(ValueError, match=r"write @point.on_any above def any\(name, \*arguments\): …"):
        point.on("*", print)
    with pytest.raises(TypeError, match="write def instead of async def, leave out each await before emit"):
        point.on("moved", moved)


def test_the_auth_of_a_socket_gets_a_sentence(point: Any) -> None:
    with pytest.raises(AttributeError, match=r'write it when you come: ls.socket\(url, auth={"token": "…"}\)'):
        point.auth  # noqa: B018 - the attribute is asked for


@pytest.mark.parametrize(
    ("habit", "write"),
    [
        (lambda c: setattr(c, "auth", {"token": 1}), 'write it when you come: ls.socket(url, auth={"token": "…"})'),
        (lambda c: setattr(c, "query", {}), "write it into the URL when you come"),
        (lambda c: c.wait(0.1), 'write wait("moved", timeout=0.1)'),
        (lambda c: c.rooms, "let a handler there return socket.rooms"),
        (lambda c: c.hasListeners("x"), "no list of them is shown: write off(name)"),
    ],
)
def test_what_a_socket_reads_or_has_elsewhere_gets_a_sentence(point: Any, habit: Any, write: str) -> None:
    with pytest.raises((AttributeError, TypeError)) as caught:
        habit(point)

    assert write in str(caught.value) and point.connected


@pytest.mark.parametrize(
    ("habit", "write"),
    [
        (lambda c: setattr(c, "binaryType", "arraybuffer"), "a binary message comes as bytes: leave it out"),
        (lambda c: setattr(c, "timeout", 5), "write recv(timeout=1)"),
        (lambda c: c.addEventListener("message", print), "for message in c: …"),
        (lambda c: c.terminate(), "write close()"),
        (lambda c: c.write_message("x"), "write send(text)"),
        (lambda c: c.close(1006), "write close(1000), or a code of your own from 4000 to 4999"),
        (lambda c: c.close(1000, "x" * 124), "the reason of close() has at most 123 bytes"),
    ],
)
def test_what_a_websocket_reads_or_has_elsewhere_gets_a_sentence(ws: Any, habit: Any, write: str) -> None:
    with pytest.raises((AttributeError, TypeError, WebSocketException)) as caught:
        habit(ws)

    assert write in str(caught.value)


@pytest.mark.parametrize(
    ("call", "write"),
    [
        (lambda: ls.socket("http://127.0.0.1:1/", {"auth": {}}), "takes options by name: write socket(…, auth={})"),
        (
            lambda: ls.reconnect("ws://127.0.0.1:1/", attempts=3),
            'write ls.reconnect(url, reconnection={"attempts": 3})',
        ),
    ],
)
def test_how_other_libraries_come_gets_a_sentence(call: Any, write: str) -> None:
    with pytest.raises(TypeError) as caught:
        call()

    assert write in str(caught.value)


def test_a_websocket_at_the_place_of_socketio_says_which_call_is_meant() -> None:
    with ls.serve("habits of clients") as server:
        server.of("/").on("m", lambda socket: None)

        with pytest.raises(HandshakeError, match=r"for Socket.IO write ls.socket\(url\)"):
            ls.connect(server.url("/"))


def test_the_options_of_node_behind_a_namespace_are_no_auth(server: Any, point: Any) -> None:
    came: queue.Queue[Any] = queue.Queue()

    @server.of("/admin").on_connect
    def enter(socket: Any) -> None:
        came.put(socket.handshake.auth)

    with pytest.raises(TypeError, match=r"write of\('/admin', \{'token': 's'\}\)$"):
        point.of("/admin", {"auth": {"token": "s"}})
    with pytest.raises(TypeError, match=r"write of\('/admin', \{\"token\": \"…\"\}\)$"):
        point.of("/admin", {"auth": print})
    point.of("/admin", {"token": "s"})

    assert came.get(timeout=DEADLINE) == {"token": "s"}
    assert came.empty()
