"""`ls.socket()`: what a learner types into cells, against a livesock server. Foreign servers: tests/interop."""

from __future__ import annotations

import contextlib
import gc
import json
import logging
import socket as stdlib_socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

import livesock as ls
from livesock.errors import HandshakeError, NotRunning, Refused
from livesock.net.client.handler_thread import BEHIND
from livesock.net.client.kept import MAX_KEPT, MAX_SIZE
from livesock.net.loop import registry
from livesock.realtime.actions import SessionOptions
from livesock.realtime.client.backoff import Backoff
from tests.peers import eventually

DEADLINE = 20.0
SOON = Backoff(first=0.02, largest=0.1)


@pytest.fixture(scope="module")
def server() -> Iterator[ls.Server]:
    with ls.serve("api") as server:
        point = server.of("/point")

        @point.on("echo")
        async def echo(socket, *values):
            return values[0] if len(values) == 1 else list(values)

        @point.on("say")
        async def say(socket, event, *arguments):
            socket.emit(event, *arguments)

        @point.on("ask")
        async def ask(socket, event, *arguments):
            return await socket.call(event, *arguments, timeout=DEADLINE)

        @point.on("drop me")
        async def drop(socket):
            socket.line.end("dropped")

        yield server


@pytest.fixture
def socket(server) -> Iterator[ls.socketio_client.ClientSocket]:
    with ls.socket(server.url("/point"), transports=["websocket"], timeout=DEADLINE, reconnection=SOON) as socket:
        yield socket


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("livesock socket")]


# -- where and how


def test_the_module_of_sockets_is_still_the_one_of_python():
    assert ls.socket is not stdlib_socket
    program = "import livesock; livesock.socket; import socket; socket.create_connection"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


@pytest.mark.parametrize("scheme", ["ws", "http"])
def test_the_scheme_says_nothing_about_the_transport(server, scheme):
    with ls.socket(server.url("/point", scheme), transports=["polling"], timeout=DEADLINE) as socket:
        assert socket.call("echo", 1) == 1
        assert socket.transport == "polling"


@pytest.mark.parametrize("transports", [["polling"], ["websocket"], ["polling", "websocket"]])
@pytest.mark.parametrize("scheme", ["ws", "http"])
def test_a_server_of_this_process_is_trusted_over_tls(scheme, transports):
    with ls.serve("tls", tls=True) as server:
        server.of("/").on("echo")(_echo)
        assert server.url("/", scheme).startswith(f"{scheme}s://")
        with ls.socket(server.url("/", scheme), transports=transports, timeout=DEADLINE) as socket:
            assert socket.call("echo", b"\x01") == b"\x01"
            eventually(lambda: socket.transport == transports[-1], "the last transport is used")
            assert b"transport=" + transports[0].encode() in socket.trace.data(">")


async def _echo(socket, value):
    return value


def test_a_server_or_a_netsim_is_a_url(server):
    server.of("/").on("echo")(_echo)
    with ls.netsim(server, chunk=1) as far:
        for target in (server, far):
            with ls.socket(target, timeout=DEADLINE) as socket:
                assert socket.namespace == "/" and socket.call("echo", "ż") == "ż"


def test_the_path_is_the_namespace_and_the_query_goes_with_every_request(server):
    seen = []
    server.of("/query").on_connect(lambda socket: seen.append(dict(socket.handshake.query)))
    with ls.socket(server.url("/query?room=7&x=%20"), timeout=DEADLINE) as socket:
        assert socket.namespace == "/query"
        eventually(lambda: socket.transport == "websocket", "it has upgraded")
        sent = socket.trace.data(">")

    assert seen[0]["room"] == "7" and seen[0]["x"] == " "
    assert sent.count(b"/socket.io/?room=7&x=%20&EIO=4&transport=") >= 3


def test_headers_go_with_every_request(server):
    with ls.socket(server.url("/point"), headers={"X-Class": "7b"}, timeout=DEADLINE) as socket:
        eventually(lambda: socket.transport == "websocket", "it has upgraded")
        sent = socket.trace.data(">")

    assert sent.count(b"X-Class: 7b") == sent.count(b" HTTP/1.1\r\n") >= 3


def test_one_trace_tells_the_upgrade_over_all_connections(server):
    with ls.socket(server.url("/point"), timeout=DEADLINE) as socket:
        eventually(lambda: socket.transport == "websocket", "it has upgraded")
    text = str(socket.trace)

    assert len(socket.trace.peers) == 3
    story = [text.index(word) for word in ("open: a session", "2probe", "3probe", 'text "5"', "41/point,")]
    assert story == sorted(story)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"transports": ["webtransport"]}, ValueError, "'polling' and 'websocket', not 'webtransport'"),
        ({"transports": []}, ValueError, "at least one"),
        ({"transports": ["polling", "polling"]}, ValueError, "once at most"),
        ({"transports": "polling"}, TypeError, "a list of"),
        ({"transports": [["polling"]]}, ValueError, "a transport is one of"),
        ({"auth": "token"}, TypeError, "a dict"),
        ({"timeout": 0}, ValueError, "more than 0"),
        ({"timeout": "5"}, TypeError, "number of seconds"),
        ({"path": "socket.io"}, ValueError, "/socket.io/"),
        ({"path": "/a?b"}, ValueError, "/socket.io/"),
        ({"headers": {"A": "x\r\nB: y"}}, ValueError, "one line"),
        ({"headers": {"A": 1}}, TypeError, "pair of str"),
        ({"reconnection": 5}, TypeError, '"first": 0.05'),
        ({"reconnection": {"frist": 1}}, TypeError, 'reconnection has no option "frist": did you mean first'),
        ({"reconnection": {"first": 0}}, ValueError, "first of reconnection is more than 0"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_sent(arguments, error, words):
    with pytest.raises(error, match=words):
        ls.socket("http://127.0.0.1:9/", **arguments)
    assert threads() == []


@pytest.mark.parametrize("url", [8765, None, b"http://x/", object()])
def test_what_is_no_url_is_refused(url):
    with pytest.raises(TypeError, match=r"socket\(\) takes a URL"):
        ls.socket(url)


@pytest.mark.parametrize("transports", [["polling"], ["websocket"]])
def test_where_nobody_listens_the_error_says_so(free_port, transports):
    with pytest.raises(ConnectionRefusedError) as caught:
        ls.socket(f"http://127.0.0.1:{free_port}/", transports=transports)

    assert "nothing listens" in caught.value.__notes__[0]
    assert threads() == []


@pytest.mark.parametrize("transports", [["polling"], ["websocket"]])
def test_a_server_that_says_nothing_is_given_up(transports):
    with stdlib_socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(TimeoutError, match="sent no greeting"):
        ls.socket(f"http://127.0.0.1:{silent.getsockname()[1]}/", transports=transports, timeout=0.1)


def test_a_transport_that_the_server_does_not_have_is_named():
    options = SessionOptions(transports=("websocket",))
    with ls.serve("narrow", sessions=options) as server, pytest.raises(HandshakeError, match="Transport unknown") as e:
        ls.socket(server, transports=["polling"], timeout=DEADLINE)
    assert e.value.status == 400


def test_a_refused_websocket_is_named_by_what_was_asked_for(server):
    address = f"ws://127.0.0.1:{server.port}/elsewhere/?EIO=4&transport=websocket, got 404"
    with pytest.raises(HandshakeError) as caught:
        ls.socket(server.url("/point?token=secret"), transports=["websocket"], path="/elsewhere/", timeout=DEADLINE)

    assert str(caught.value).startswith(f"expected 101 Switching Protocols from {address}")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("answer", [b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", b"SSH-2.0-x\r\n\r\n"])
def test_a_server_that_speaks_something_else_is_named_as_such(answer):
    def serve_once() -> None:
        peer, _ = listener.accept()
        with peer:
            peer.recv(65536)
            peer.sendall(answer)

    with stdlib_socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve_once)
        thread.start()
        with pytest.raises(HandshakeError, match="port"):
            ls.socket(f"http://127.0.0.1:{listener.getsockname()[1]}/", transports=["polling"], timeout=DEADLINE)
        thread.join()


# -- speaking


def test_arguments_come_back_as_they_were(socket):
    values = [1, 2.5, "ż", True, None, [1, [2]], {"a": {"b": b"\x00"}}, b"", "x" * 70_000]

    assert socket.call("echo", *values) == values


def test_a_buffer_such_as_an_array_travels_as_bytes(socket):
    from array import array

    assert socket.call("echo", array("H", [1, 2])) == array("H", [1, 2]).tobytes()
    assert socket.call("echo", memoryview(b"abcd")[::2]) == b"ac"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [((7,), TypeError), (("connect",), ValueError), (("x", object()), TypeError), (("x", float("nan")), ValueError)],
)
def test_what_cannot_be_sent_is_refused_in_the_cell_that_sends_it(socket, arguments, error):
    for send in (socket.emit, socket.call, socket.volatile.emit):
        with pytest.raises(error):
            send(*arguments)
    assert socket.call("echo", 1) == 1


def test_a_question_that_is_not_answered_in_time_says_which(server, socket):
    with pytest.raises(TimeoutError, match=r'no answer to "ask" within 0\.05 s'):
        socket.call("ask", "nobody hears this", timeout=0.05)


def test_volatile_is_dropped_while_the_connection_is_lost_and_sent_while_it_is_there(server, socket):
    heard = []
    server.of("/point").on("volatile")(lambda socket, number: heard.append(number))
    assert socket.volatile.emit("volatile", 1)
    socket.emit("drop me")
    socket.wait("disconnect")
    dropped = not socket.connected and not socket.volatile.emit("volatile", 2)
    socket.wait("connect")
    assert socket.volatile.emit("volatile", 3)
    socket.call("echo", 1)

    eventually(lambda: 3 in heard, "the last one is heard")
    assert heard == [1, 3] or not dropped


def test_only_so_many_events_wait_for_a_connection():
    with ls.serve("short") as server:
        socket = ls.socket(server, timeout=DEADLINE, reconnection={"first": 60, "largest": 60})
    with socket:
        socket.wait("disconnect")
        for number in range(1000):
            socket.emit("count", number)

        with pytest.raises(OverflowError, match="1000 events wait"):
            socket.emit("count", 1000)


# -- listening


def test_what_came_before_the_handler_is_handed_over_first(socket):
    heard: list[tuple[object, ...]] = []
    socket.emit("say", "news", 1)
    socket.call("echo", "the news have come")

    @socket.on("news")
    def news(*arguments):
        heard.append(arguments)

    socket.emit("say", "news", 2, 3)
    eventually(lambda: len(heard) == 2, "both are heard")
    assert heard == [(1,), (2, 3)] and news.__name__ == "news"


def test_events_that_nobody_waits_for_are_kept_the_newest_ones(socket):
    for number in range(MAX_KEPT + 5):
        socket.emit("say", "tick", number)
    socket.call("echo", 1)

    assert [socket.wait("tick")[0] for _ in range(MAX_KEPT)] == list(range(5, MAX_KEPT + 5))
    with pytest.raises(TimeoutError, match=r'no event "tick" within 0\.01 s'):
        socket.wait("tick", timeout=0.01)


def test_large_events_that_nobody_waits_for_give_way_to_newer_ones(socket):
    large = "x" * 900_000
    for number in range(30):
        socket.emit("say", "tick" if number % 2 else "tock", number, {"text": [large]})
    socket.emit("say", "small", 30)
    socket.call("echo", 1)

    kept = [number for name in ("tick", "tock") for number in iter(lambda n=name: waited(socket, n), None)]
    room = MAX_SIZE // 900_000
    assert sorted(kept) == list(range(30 - room, 30)), "the newest, of all names together"
    assert socket.wait("small") == (30,)


def waited(socket, name):
    """Return the first value of an event that is kept, None if none is."""
    try:
        return socket.wait(name, timeout=0.01)[0]
    except TimeoutError:
        return None


def test_wait_and_on_do_not_take_events_from_each_other(socket):
    heard, waited = [], []
    socket.on("news", heard.append)
    thread = threading.Thread(target=lambda: waited.append(socket.wait("news")))
    thread.start()
    eventually(lambda: socket._listeners._waiting, "it waits")
    socket.emit("say", "news", 1)
    thread.join(DEADLINE)

    assert waited == [(1,)]
    eventually(lambda: heard == [1], "the handler hears it too")
    socket.emit("say", "news", 2)
    eventually(lambda: heard == [1, 2], "the handler hears the next")
    with pytest.raises(TimeoutError):
        socket.wait("news", timeout=0.01)  # it was taken


def test_once_is_once_and_off_is_off(socket):
    heard = []
    socket.once("news", lambda number: heard.append(("once", number)))
    always = socket.on("news", lambda number: heard.append(("always", number)))
    socket.emit("say", "news", 1)
    socket.emit("say", "news", 2)
    socket.call("echo", 1)
    socket.off("news", always)
    socket.emit("say", "news", 3)

    assert socket.wait("news") == (3,)
    eventually(lambda: heard == [("once", 1), ("always", 1), ("always", 2)], "the handlers' thread has caught up")
    socket.on("news", heard.append)
    socket.off()
    socket.emit("say", "news", 4)
    assert socket.wait("news") == (4,) and len(heard) == 3


def test_off_in_a_handler_ends_what_has_arrived_already(socket):
    heard, have_arrived = [], threading.Event()

    def until_one(number):
        have_arrived.wait(DEADLINE)
        heard.append(number)
        if number == 1:
            socket.off("news", until_one)

    socket.on("news", until_one)
    for number in range(5):
        socket.emit("say", "news", number)
    socket.call("echo", 1)  # the answer comes behind the five events
    have_arrived.set()

    assert [socket.wait("news") for _ in range(3)] == [(2,), (3,), (4,)]  # kept, as what comes later
    assert heard == [0, 1]


def test_what_a_handler_registers_hears_the_next_event_that_has_arrived(socket):
    heard, have_arrived = [], threading.Event()

    def first(number):
        have_arrived.wait(DEADLINE)
        socket.on("news", second)
        socket.once("news", third)
        socket.on_any(each)

    def second(number):
        heard.append(("second", number))

    def third(number):
        heard.append(("third", number))

    def each(name, number):
        heard.append((name, number))

    socket.once("news", first)
    socket.on("news", lambda number: heard.append(number))
    for number in range(3):
        socket.emit("say", "news", number)
    socket.call("echo", 1)
    have_arrived.set()

    wanted = [0, ("news", 1), 1, ("second", 1), ("third", 1), ("news", 2), 2, ("second", 2)]
    eventually(lambda: heard == wanted, "the handlers' thread has caught up")


def test_a_call_that_waits_gets_what_has_no_handler_any_more_and_what_came_before_stays_first(socket):
    taken, have_arrived = [], threading.Event()

    def only_one(number):
        have_arrived.wait(DEADLINE)
        taken.append(number)
        taken.append(socket.wait("news"))

    socket.once("news", only_one)
    for number in range(3):
        socket.emit("say", "news", number)
    socket.call("echo", 1)
    have_arrived.set()

    eventually(lambda: taken == [0, (1,)], "the handler has got the second")
    socket.emit("say", "news", 3)
    assert [socket.wait("news") for _ in range(2)] == [(2,), (3,)]


def test_on_any_hears_every_event_with_its_name(socket):
    heard = []
    socket.on_any(lambda *everything: heard.append(everything))
    socket.emit("say", "a", 1)
    socket.emit("say", "b")

    eventually(lambda: heard == [("a", 1), ("b",)], "both are heard")
    assert socket.wait("b") == ()


def test_each_listener_of_all_events_hears_first_what_is_kept_in_the_order_in_which_it_came(socket):
    first, second = [], []

    def see(name, number):
        first.append((name, number))

    for name, number in (("b", 1), ("a", 2), ("b", 3)):
        socket.emit("say", name, number)
    socket.call("echo", 1)  # the answer comes behind the three events
    socket.on_any(see)
    socket.on_any(see)
    socket.emit("say", "a", 4)
    eventually(lambda: len(first) == 4, "the first listener has caught up")
    socket.on_any(lambda *event: second.append(event))
    eventually(lambda: len(second) == 4, "so has the second")

    assert first == second == [("b", 1), ("a", 2), ("b", 3), ("a", 4)]
    assert socket.wait("a") == (2,), "it stays kept for calls that wait"
    named = []
    socket.on("b", named.append)
    eventually(lambda: named == [1, 3], "and for the handler of its name")
    assert len(first) == len(second) == 4 and socket.wait("a") == (4,)


def test_what_is_kept_is_heard_once_by_a_listener_that_a_handler_registers(socket):
    heard, have_arrived = [], threading.Event()

    def see(*event):
        heard.append(event)

    def begin():
        have_arrived.wait(DEADLINE)
        socket.on_any(see)
        socket.on("a", lambda number: heard.append(number))

    socket.emit("say", "a", 0)
    socket.call("echo", 1)
    socket.once("begin", begin)
    for event in (("begin",), ("a", 1), ("c", 2)):
        socket.emit("say", *event)
    socket.call("echo", 1)
    have_arrived.set()

    eventually(lambda: len(heard) == 5, "both have caught up")
    socket.emit("say", "end")
    eventually(lambda: heard[-1] == ("end",), "nothing came twice")
    assert sorted(heard[:-1], key=str) == [("a", 0), ("a", 1), ("c", 2), 0, 1]


@pytest.mark.parametrize("verb", ["on", "once"])
def test_connect_is_heard_now_before_what_was_kept_and_whenever_we_are_let_in_again(socket, verb):
    heard = []
    socket.emit("say", "news", 1)
    socket.call("echo", 1)
    getattr(socket, verb)("connect", lambda: heard.append(socket.id))
    socket.on("news", heard.append)
    first = socket.id
    eventually(lambda: heard == [first, 1], "both have run")

    socket.disconnect()
    socket.on("disconnect", lambda reason: None)
    socket.connect()
    second = socket.id
    if verb == "on":
        eventually(lambda: heard == [first, 1, second], "it is heard")
    socket.emit("drop me")
    eventually(lambda: socket.reconnects == 1 and socket.connected, "it is back")
    third = socket.id
    socket.emit("say", "news", 2)
    eventually(lambda: heard[-1] == 2, "all of it was heard")

    assert heard == ([first, 1, second, third, 2] if verb == "on" else [first, 1, 2])


def test_a_wait_for_the_end_that_has_been_says_so_at_once(socket):
    heard = []
    socket.on("disconnect", heard.append)
    socket.disconnect()
    with pytest.raises(NotRunning, match="was left"):
        socket.wait("disconnect", timeout=DEADLINE)
    eventually(lambda: heard == ["io client disconnect"], "the handler has heard it")


def test_connect_of_a_socket_that_has_left_is_heard_when_it_is_in_again(socket):
    heard = threading.Event()
    socket.disconnect()
    socket.on("connect", heard.set)
    socket.on("end", lambda: None)
    assert not socket._listeners._turns, "nothing is queued for it"
    socket.connect()

    assert heard.wait(DEADLINE)


def test_handlers_run_in_order_on_a_thread_of_their_own_and_may_call(socket):
    heard = []

    @socket.on("number")
    def number(value):
        heard.append((value, socket.call("echo", value), threading.current_thread().name))

    for value in range(20):
        socket.emit("say", "number", value)
    eventually(lambda: len(heard) == 20, "all are heard")

    assert [(value, answer) for value, answer, _ in heard] == [(n, n) for n in range(20)]
    (name,) = {name for *_, name in heard}
    assert name.startswith("livesock socket") and name.endswith("handlers")


def test_what_a_handler_returns_answers_the_server(socket):
    socket.on("double", lambda number: 2 * number)
    socket.on("nothing", lambda: None)

    assert socket.call("ask", "double", 21) == 42
    assert socket.call("ask", "nothing") is None
    socket.on("pair", lambda: (1, [2]))
    assert socket.call("ask", "pair") == [1, [2]]
    waiter = threading.Thread(target=socket.wait, args=("waited for",))
    waiter.start()
    assert socket.call("ask", "waited for") is None
    waiter.join()


def test_the_server_is_answered_even_if_the_handler_fails(socket):
    @socket.on("fail")
    def fail():
        raise ValueError("the secret")

    @socket.on("refuse")
    def refuse():
        raise Refused("not today", {"but": "tomorrow"})

    socket.on("unsendable", lambda: object())

    assert socket.call("ask", "fail")["message"] == "Internal client error"
    refusal = socket.call("ask", "refuse")
    assert (refusal["message"], refusal["data"]) == ("not today", {"but": "tomorrow"})
    assert socket.call("ask", "unsendable")["status"] == "error"


def test_an_exception_in_a_handler_is_kept_and_logged_and_not_printed(socket, capfd, caplog):
    @socket.on("fail")
    def fail():
        raise ValueError("the secret")

    with caplog.at_level(logging.ERROR, "livesock.socket"):
        socket.emit("say", "fail")
        eventually(lambda: socket.errors, "the error is kept")
        eventually(lambda: caplog.records, "the error is logged")

    (error,) = socket.errors
    assert isinstance(error.exception, ValueError) and error.where == 'event "fail" from /point'
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("handler", [7, None, _echo])
def test_only_a_plain_function_can_be_a_handler(socket, handler):
    with pytest.raises(TypeError):
        socket._listeners.on("x", handler)


def test_a_slow_handler_holds_the_server_and_misses_nothing(socket):
    gate, heard = threading.Event(), []

    def slow(number):
        gate.wait(DEADLINE)
        heard.append(number)

    socket.on("tick", slow)
    for number in range(BEHIND + 50):
        socket.emit("say", "tick", number)
    eventually(lambda: not socket._client.manager.line._may_read.is_set(), "it stops reading")
    gate.set()

    eventually(lambda: len(heard) == BEHIND + 50, "everything is heard")
    assert heard == list(range(BEHIND + 50)) and socket.call("echo", 1) == 1


# -- coming and going


def test_a_lost_connection_comes_back_with_a_new_id(server, socket):
    reasons, connected = [], []
    socket.on("disconnect", reasons.append)
    before = socket.id
    socket.on("connect", lambda: connected.append(len(reasons)))
    eventually(lambda: connected == [0], "it hears that it is connected now")
    socket.emit("drop me")

    eventually(lambda: connected == [0, 1], "it hears that it is back")
    assert reasons == ["transport close"] and socket.reconnects == 1
    assert socket.id != before and server.of("/point").sockets()[0].id == socket.id


def test_a_server_that_stops_pinging_is_given_up(server):
    with (
        ls.serve("pings", sessions=SessionOptions(ping_interval=0.05, ping_timeout=0.2)) as pings,
        ls.netsim(pings) as far,
        ls.socket(far, transports=["websocket"], timeout=DEADLINE, reconnection=False) as socket,
    ):
        eventually(lambda: socket.trace.data("<").count(b"\x81\x012") >= 3, "three pings have come")
        assert socket.connected
        far.black_hole = True

        assert socket.wait("disconnect") == ("ping timeout",)
        with pytest.raises(NotRunning):
            socket.emit("anything")


def test_without_reconnection_a_lost_connection_is_the_end(server):
    with ls.socket(server.url("/point"), timeout=DEADLINE, reconnection=False) as socket:
        with pytest.raises(NotRunning, match="the connection ended before the answer came"):
            socket.call("drop me")
        socket.wait("disconnect")

        for speak in (socket.emit, socket.call):
            with pytest.raises(NotRunning, match=r"connect\(\)"):
                speak("echo", 1)
        with pytest.raises(NotRunning):
            socket.wait("news")
        socket.connect()
        assert socket.call("echo", 1) == 1


def test_so_many_attempts_and_no_more():
    with ls.serve("gone") as server:
        socket = ls.socket(server, timeout=DEADLINE, reconnection=Backoff(first=0.01, largest=0.01, attempts=3))
    with socket:
        failures = [socket.wait("connect_error")[0] for _ in range(3)]
        with pytest.raises(NotRunning):
            socket.wait("news")

        assert all(isinstance(failure, OSError) for failure in failures)
        assert not socket.connected and socket.attempts == 3


def test_a_question_asked_while_the_connection_is_lost_is_answered_when_it_is_back(socket):
    socket.emit("drop me")
    socket.wait("disconnect")

    assert socket.call("echo", 1) == 1


def test_disconnect_leaves_and_connect_comes_back(server, socket):
    socket.disconnect()
    assert socket.wait("disconnect") == ("io client disconnect",)
    assert (socket.connected, socket.id, socket.transport) == (False, None, None)
    eventually(lambda: not server.of("/point").sockets(), "the server knows")
    socket.disconnect()

    socket.connect()
    assert socket.call("echo", 1) == 1 and socket.reconnects == 0


def test_namespaces_of_one_client_are_one_session(server):
    server.of("/other").on("echo")(_echo)
    with ls.socket(server.url("/point"), transports=["websocket"], timeout=DEADLINE) as point:
        other = point.of("other", auth={"a": 1})
        assert (other.namespace, other.call("echo", 1), other.trace) == ("/other", 1, point.trace)
        assert len(point.trace.peers) == 1
        point.disconnect()
        assert other.connected and other.call("echo", 2) == 2
    with pytest.raises(NotRunning):
        other.emit("echo", 1)


@pytest.mark.parametrize("transports", [["websocket"], ["polling"]], ids=["websocket", "polling"])
def test_a_seat_that_the_server_still_decides_on_is_not_asked_for_twice(server, transports):
    decided = threading.Event()
    server.of("/slow").on_connect(lambda socket: decided.wait(DEADLINE))
    with ls.socket(server.url("/point"), transports=transports, timeout=DEADLINE, reconnection=SOON) as point:
        point._client.manager._timeout = 0.1
        for _ in range(2):
            with pytest.raises(TimeoutError):
                point.of("/slow")
        point._client.manager._timeout = DEADLINE
        decided.set()

        assert point.of("/slow").connected
        assert point.call("echo", 1) == 1 and point.reconnects == 0


def test_after_close_nothing_is_left_and_everything_says_so(socket):
    waits = []

    def wait() -> None:
        with contextlib.suppress(NotRunning):
            socket.wait("never")
        waits.append("told")

    socket.on("x", print)
    thread = threading.Thread(target=wait)
    thread.start()
    socket.close()
    socket.close()
    thread.join(DEADLINE)

    assert waits == ["told"] and threads() == []
    assert (socket.connected, socket.transport) == (False, None)
    for action in (socket.connect, lambda: socket.emit("x"), lambda: socket.call("x"), lambda: socket.wait("y")):
        with pytest.raises(NotRunning, match="closed"):
            action()
    socket.disconnect()
    assert "not connected" in repr(socket)
    assert [chunk.data for chunk in socket.trace if chunk.direction == "="][-1] == b"closed"


def test_a_handler_may_close_the_socket(socket):
    socket.on("bye", socket.close)
    socket.emit("say", "bye")

    eventually(lambda: threads() == [], "its threads have ended")


def test_the_registry_closes_it_as_stop_all_asks_it_to(server):
    socket = ls.socket(server.url("/point"), timeout=DEADLINE)
    (name,) = [name for name, entry in registry.running("client").items() if entry is socket._client]
    registry.running("client")[name].stop()

    assert threads() == [] and name not in registry.running("client")
    with pytest.raises(NotRunning):
        socket.emit("x")


def test_a_socket_that_nothing_refers_to_is_closed(server):
    socket = ls.socket(server.url("/point"), timeout=DEADLINE)
    other = socket.of("/")
    del socket
    gc.collect()
    assert other.connected
    del other
    gc.collect()

    eventually(lambda: threads() == [], "its threads have ended")


def test_the_end_of_the_process_is_not_delayed(server):
    program = (
        "import livesock as ls, json, sys\n"
        f"s = ls.socket({server.url('/point')!r}); s.on('x', print); print(json.dumps(s.call('echo', 5)))\n"
    )
    done = subprocess.run([sys.executable, "-X", "dev", "-c", program], capture_output=True, text=True, timeout=60)

    assert (json.loads(done.stdout), done.stderr, done.returncode) == (5, "", 0)
    eventually(lambda: not server.of("/point").sockets(), "the server knows")


def test_it_says_what_it_is(socket):
    assert repr(socket) == f'<ClientSocket "/point" at {socket._client.target.address}, connected over websocket>'
