"""What users of python-socketio write: each works, or raises a sentence that holds what to write instead."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import contextvars
import queue
import re
import socket
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import livesock as ls
from livesock.realtime.reasons import Reason
from tests.peers import eventually

DEADLINE = 20.0


@pytest.fixture
def server() -> Iterator[ls.Server]:
    with ls.serve("habits of python-socketio") as server:
        yield server


# -- reasons


@pytest.mark.parametrize(
    ("foreign", "here", "there"),
    [
        ("client disconnect", "client namespace disconnect", "io client disconnect"),
        ("server disconnect", "server namespace disconnect", "io server disconnect"),
    ],
)
def test_a_reason_of_python_socketio_raises_what_it_is_here(foreign, here, there):
    for compare in (lambda r: r == foreign, lambda r: foreign != r, lambda r: r in ("ping timeout", foreign)):
        with pytest.raises(ValueError, match=f"write '{here}' in a server's handler, '{there}' in a client's"):
            compare(Reason("transport close"))
    assert Reason(foreign) == foreign
    assert {Reason(here): 1}[here] == 1 and Reason(here) != there and Reason(here) != 1


def test_a_handler_that_compares_with_one_fails_and_the_advised_text_compares(server):
    heard: queue.Queue[bool] = queue.Queue()

    @server.of("/").on_disconnect
    def gone(socket, reason):
        heard.put(reason == "client namespace disconnect")
        if reason == "client disconnect":
            heard.put(True)

    with ls.socket(server.url("/")) as point:
        point.disconnect()
    assert heard.get(timeout=DEADLINE)
    assert "'client namespace disconnect'" in str(eventually(lambda: server.errors, "the comparison failed")[0])


def test_the_names_of_reasons_lead_to_the_texts(server):
    with ls.socket(server.url("/")) as point:
        for owner in (ls, server, point):
            with pytest.raises(AttributeError, match=r"'(client namespace|io client) disconnect' for CLIENT_"):
                _ = owner.reason.CLIENT_DISCONNECT


# -- namespaces by a pattern


def test_a_pattern_that_a_named_namespace_hides_says_so_once(server):
    @server.of("/chat").on("a")
    def a(socket: Any) -> str:
        return "a"

    def b(socket: Any) -> str:
        return "b"

    pattern = re.compile("/.+")
    with pytest.warns(UserWarning, match=r'does not stand for /chat: .*write @server.of\("/chat"\).on\("move"\) above'):
        server.of(pattern).on("b", b)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        server.of("/chat").on("b", b)  # as advised
        server.of(pattern).on("c", b)
        server.of("/later").on("d", b)  # has what the pattern has
    for name in ("/chat", "/later", "/any"):
        with ls.socket(server.url(name)) as point:
            assert point.call("b", timeout=DEADLINE) == "b"


def test_all_namespaces_are_those_besides_the_first(server):
    with pytest.raises(ValueError, match=re.escape("write server.of(re.compile('/.+')) for many")):
        server.of("*")
    with pytest.raises(TypeError, match=re.escape("for any name server.of(re.compile('/.+'))")):
        ls.serve("x", namespaces="*")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        server.of(re.compile("/.+")).on("b", lambda socket: 1)


# -- options and names of a server


def said(habit: Any) -> str:
    """Return the words of the error that a habit raises."""
    with pytest.raises((TypeError, AttributeError, ValueError)) as caught:
        habit()
    return str(caught.value)


def test_an_option_that_is_off_is_left_out():
    words = said(lambda: ls.serve("x", logger=False, engineio_logger=False, cors_allowed_origins=None))
    assert words == 'serve() takes no "logger", "engineio_logger", "cors_allowed_origins": leave it out'
    assert "server.observe(print)" in said(lambda: ls.serve("x", logger=True))
    assert "server.observe(print)" in said(lambda: ls.serve("x", engineio_logger="a logger"))
    assert said(lambda: ls.socket("ws://127.0.0.1:1", logger=False)) == 'socket() takes no "logger": leave it out'
    assert "to stay with polling" in said(lambda: ls.socket("ws://127.0.0.1:1", upgrade=False))


@pytest.mark.parametrize("transport", ["polling", "websocket"])
def test_the_advised_observers_show_events_over_any_transport(server, transport):
    lines: queue.Queue[str] = queue.Queue()
    server.observe(lambda ran: lines.put(ran.what))
    server.overhear(lambda emitted: lines.put(emitted.name))

    @server.of("/").on("move")
    def move(socket: Any, x: int) -> None:
        socket.emit("moved", x)

    with ls.socket(server.url("/"), transports=[transport]) as point:
        point.emit("move", 1)
        assert {lines.get(timeout=DEADLINE), lines.get(timeout=DEADLINE)} == {"move", "moved"}


def test_what_waits_until_a_peer_is_in_was_not_missed(server):
    emitted: list[Any] = []
    server.overhear(emitted.append)

    @server.of("/early").on_connect
    def greet(socket: Any) -> None:
        socket.emit("welcome", 1)

    with ls.socket(server.url("/early")) as point:
        assert point.wait("welcome", timeout=DEADLINE) == (1,)
        assert [(one.heard, one.missed) for one in emitted if one.name == "welcome"] == [([point.id], [])]


def test_one_sentence_holds_what_a_whole_program_needs(server):
    words = said(lambda: server.event)
    for line in (
        '@server.of("/").on("move") above def move(socket, data): …',
        '@server.of("/").on("*") above def other(socket, name, *arguments): …',
        '@server.of("/").on_connect above def enter(socket): …',
        '@server.of("/").on_disconnect above def gone(socket, reason): …',
        'socket.handshake.headers.get("X-Token") for environ["HTTP_X_TOKEN"]',
        "socket.id for sid, socket.handshake.auth for auth",
    ):
        assert line in words
    assert all(len(line) < 300 for line in words.splitlines())
    for name in ("save_session", "get_session", "session"):
        assert 'socket.data["name"] = value for save_session()' in said(lambda name=name: getattr(server, name))


def test_the_lines_for_an_application_name_each_of_its_options(server):
    assert "uvicorn.run(app, port=5000)" in said(lambda: ls.Middleware(server))
    assert "ls.display.map(server)" in said(lambda: server.instrument(auth={}))


# -- inside of a gateway

IN_A_METHOD = [
    ('self.server.emit("x", 1, to=sid, namespace="/g")', "self.namespace.to(sid).emit('x', 1)"),
    ('self.server.emit("x", 1, to=sid)', "self.namespace.to(sid).emit('x', 1)"),
    ('self.namespace.emit("x", 1, room=sid, skip_sid="other")', "self.namespace.to(sid).except_('other').emit('x', 1)"),
    ('self.server.emit("x", 1, to=sid, namespace="/other")', "self.server.of('/other').to(sid).emit('x', 1)"),
    ("self.server.disconnect(sid)", "self.namespace.to(sid).disconnect()"),
    ('self.server.call("x", to=sid)', "self.namespace.to(sid).call('x', 1)"),
]


@pytest.mark.parametrize(("habit", "write"), IN_A_METHOD)
def test_what_is_advised_in_a_method_runs_in_it(server, habit, write):
    @server.gateway("/g")
    class Point:
        @ls.event("habit")
        def habit(self, socket: Any) -> None:
            eval(habit, {"self": self, "sid": socket.id})

        @ls.event("advised")
        async def advised(self, socket: Any) -> str:
            eval(write, {"self": self, "sid": socket.id})
            return "ran"

    with ls.socket(server.url("/g")) as point:
        point.call("habit", timeout=DEADLINE)
        words = str(server.errors[0])
        assert write.replace("1)", "…)") in words
        assert " server." not in words
        if "call" not in habit and "disconnect" not in habit:
            assert point.call("advised", timeout=DEADLINE) == "ran"


def test_an_error_says_whose_event_it_was_and_what_it_held(server):
    @server.of("/").on("move")
    def move(socket: Any, x: int) -> object:
        return object()

    url, only = server.url("/"), ["websocket"]
    with ls.socket(url, transports=only), ls.socket(url, transports=only) as point:
        answer = point.call("move", 5, timeout=DEADLINE)
        numbers = {peer.connection for peer in server.peers}
    assert answer["cause"] == {"pattern": "move", "data": 5}
    assert server.errors[0].connection in numbers - {0}


def test_an_advised_name_for_the_server_is_not_that_of_the_package():
    script = "import livesock as socketio\nsio = socketio.AsyncServer(async_mode='asgi')\n"
    with pytest.raises(AttributeError, match=re.escape("sio = app = socketio.serve() for two names")):
        exec(script, {"__name__": "app"})


# -- a client


def test_the_handler_of_a_clients_own_event_is_checked_where_it_is_written(server):
    with ls.socket(server.url("/")) as point:

        def gone() -> None: ...

        for name, given in (("disconnect", "reason"), ("connect_error", "error")):
            assert f"write def gone({given}): …" in said(lambda name=name: point.on(name, gone))
        assert "write lambda reason: …" in said(lambda: point.on("disconnect", lambda: None))
        point.on("disconnect", print)
        point.on("disconnect", lambda *arguments: None)


def test_events_of_any_name_are_read_as_advised(server):
    with ls.socket(server.url("/")) as point:
        words = said(lambda: point.receive(timeout=1))
        assert "events = queue.SimpleQueue(), and point.on_any(lambda *event: events.put(event))" in words
        events: queue.SimpleQueue[Any] = queue.SimpleQueue()
        point.on_any(lambda *event: events.put(event))
        server.of("/").emit("news", 1, 2)
        name, *arguments = events.get(timeout=DEADLINE)
        assert (name, arguments) == ("news", [1, 2])
        assert "write point.id" in said(lambda: point.sid)
        assert "point.of('/chat').id for get_sid('/chat')" in said(lambda: point.get_sid("/chat"))


def test_a_call_that_blocks_runs_beside_tasks_as_advised(server):
    async def habit() -> None:
        await ls.socket(server.url("/"))

    async def advised() -> Any:
        point = await asyncio.to_thread(ls.socket, server.url("/"))
        return await asyncio.to_thread(point.call, "ask", timeout=DEADLINE)

    server.of("/").on("ask", lambda socket: "answer")
    assert "beside other tasks, write await asyncio.to_thread(ls.socket, …)" in said(lambda: asyncio.run(habit()))
    assert asyncio.run(advised()) == "answer"


def test_the_options_of_a_first_connection_lead(server):
    words = said(lambda: ls.socket(server.url("/"), wait_timeout=3, reconnection_attempts=0, retry=True))
    assert "write timeout=3, in seconds" in words and '"reconnection_attempts": leave it out' in words
    assert "except OSError: time.sleep(1), around ls.socket(url)" in words


def test_a_script_that_only_emits_is_told_of_the_emitter():
    for name in ("RedisManager", "AsyncRedisManager"):
        assert "emitter = ls.cluster.emitter(ls.cluster.redis(" in said(lambda name=name: getattr(ls, name))


def test_the_namespace_of_a_catch_all_is_where_it_is_said_to_be(server):
    pattern = server.of(re.compile("/.+"))

    def habit(namespace: str, sid: str, environ: object) -> None: ...

    assert "namespace is socket.namespace.name; sid is socket.id" in said(lambda: pattern.on_connect(habit))
    pattern.on("*", lambda socket, name, *arguments: [socket.namespace.name, name, *arguments])
    with ls.socket(server.url("/any")) as point:
        assert point.call("move", 1, timeout=DEADLINE) == ["/any", "move", 1]


# -- who is there


def test_a_hook_finds_the_peer_that_it_decides_about_and_no_other_handler_does(server):
    there = {"with": server.of("/"), "without": server.of("/other")}
    seen: queue.Queue[Any] = queue.Queue()

    @server.of("/").use
    def enter(socket):
        seen.put([one.id for one in server.sockets()] == [socket.id])

    @server.of("/").on_connect
    def plain(socket):
        socket.join("lobby")
        seen.put([one.id for one in there["with"].to("lobby").sockets()] == [socket.id])
        seen.put(not socket.broadcast.sockets() and not there["without"].sockets())

    @server.of("/").on_connect
    async def on_the_loop(socket):
        seen.put([one.id for one in socket.namespace.sockets()] == [socket.id])
        seen.put(await asyncio.to_thread(lambda: len(server.sockets())) == 1)
        seen.put(not await asyncio.create_task(elsewhere(), context=contextvars.Context()))

    async def elsewhere():
        return len(server.sockets())

    with ls.socket(server.url("/")):
        assert [seen.get(timeout=DEADLINE) for _ in range(6)] == [True] * 6


def test_a_peer_that_is_refused_is_in_no_list(server):
    @server.of("/").on_connect
    def enter(socket):
        socket.join("lobby")
        raise ls.Refused("no")

    with pytest.raises(ls.Refused):
        ls.socket(server.url("/"))
    assert not server.to("lobby").sockets()


# -- what blocks, and what runs beside it


def test_a_call_that_blocks_in_an_async_handler_leads_to_a_thread(server):
    async def work() -> None: ...

    async def awaits(socket: Any, what: str) -> Any:
        if what == "stop":
            await server.stop()
        elif what == "socket":
            await ls.socket(server.url("/"))
        elif what == "plain stop":
            server.stop()
        elif what == "plain socket":
            ls.socket(server.url("/"))
        elif what == "call":
            await server.call(work)
        elif what == "shutdown":
            await server.shutdown()

    server.of("/").on("do", awaits)
    with ls.socket(server.url("/")) as point:
        for what, write in (
            ("stop", "write await asyncio.to_thread(server.stop)"),
            ("plain stop", "write await asyncio.to_thread(server.stop)"),
            ("socket", "write await asyncio.to_thread(ls.socket, …)"),
            ("plain socket", "write await asyncio.to_thread(ls.socket, url)"),
            ("call", "write await asyncio.to_thread(server.call, …)"),
            ("shutdown", "or await asyncio.to_thread(server.stop) in an async def handler"),
        ):
            point.call("do", what)
            assert write in str(server.errors[-1])


def test_a_server_stops_from_an_async_handler_as_advised(server):
    @server.of("/").on("end")
    async def end(socket):
        await asyncio.to_thread(server.stop)

    with ls.socket(server.url("/"), reconnection=False) as point:
        point.emit("end")
        assert server.wait(DEADLINE)


def test_every_thread_that_is_advised_lets_the_script_end():
    for file in Path(ls.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for call in re.findall(r"threading\.Thread\(target=[^.;]*\)", node.value):
                    assert "daemon=True" in call, (file, call)


def test_what_a_client_has_elsewhere_leads_in_one_round(server):
    with ls.socket(server.url("/")) as point:
        assert "except queue.Empty: … when none came" in said(lambda: point.receive(timeout=1))
        assert "write await asyncio.sleep(seconds), or time.sleep(seconds)" in said(lambda: point.sleep(1))
        words = said(lambda: point.event)
        assert "@point.on('connect') above def connect(): …, which runs now and at each reconnection" in words
        with pytest.raises(TimeoutError):
            point.wait("message", timeout=0.01)


# -- what a sentence names


def test_a_server_that_is_made_by_its_class_is_served_with_its_options_in_one_round():
    script = (
        "import livesock as socketio\nsio = socketio.Server(cors_allowed_origins='*', trace_limit=5000, logger=True)"
    )
    words = said(lambda: exec(script, {"__name__": "app"}))
    assert "write sio = socketio.serve(trace_limit=5000)\n" in words
    assert '"cors_allowed_origins": write origins=[' in words and "write sio.observe(print)" in words
    assert " ls." not in words and "server." not in words


@pytest.mark.parametrize(
    "line", ["{} = ls.serve(logger=True)", "{} = app = ls.serve(logger=True)", "with ls.serve(logger=True) as {}: pass"]
)
def test_a_sentence_names_the_variable_that_is_to_hold_the_server(line):
    for name in ("sio", "hub"):
        code = f"def make():\n    {line.format(name)}\nmake()"
        assert f"write {name}.observe(print)" in said(lambda code=code: exec(code, {"__name__": "app", "ls": ls}))
        code = line.format(name)
        assert f"write {name}.observe(print)" in said(lambda code=code: exec(code, {"__name__": "app", "ls": ls}))
    assert "write server.observe(print)" in said(lambda: exec("a = [ls.serve(logger=True)]", {"ls": ls}))


def test_a_refusal_of_another_library_is_said_with_the_name_of_the_package(server):
    names: dict[str, Any] = {"__name__": "app", "Refused": ls.Refused}
    exec("import livesock as socketio\ndef no(socket): raise ConnectionRefusedError('no')", names)
    exec("def late(socket): raise Refused('late')", names)
    server.of("/").on_connect(names["no"])
    server.of("/late").on_connected(names["late"])
    with pytest.raises(ls.Refused):
        ls.socket(server.url("/"))
    with ls.socket(server.url("/late")):
        errors = eventually(lambda: server.errors if len(server.errors) == 2 else None, "both are kept")
    assert "write raise socketio.Refused('no')" in str(errors[0])
    assert "write raise socketio.Refused('late')" in str(errors[1])


def test_uvicorn_shows_what_to_write_and_ends(server, caplog):
    import uvicorn

    with pytest.raises(SystemExit), contextlib.suppress(KeyboardInterrupt):
        uvicorn.run(server, port=0, log_config=None)
    assert "write port=8000 in serve(), and server.run() at the end" in caplog.text
    assert "no application" in said(lambda: server({"type": "http"}, None, None))
    assert "no application" in said(server)


def test_an_answer_of_one_peer_is_unpacked_as_advised(server):
    @server.of("/").on("ask")
    async def ask(socket):
        try:
            return await server.call("q", 1, to=socket.id)
        except TypeError as error:
            assert "to ask a peer, write server.of('/').to(socket.id).call('q', …)" in str(error)
            assert "(answer,) = …" in str(error)
        (answer,) = await server.of("/").to(socket.id).call("q", 1)
        return answer

    with ls.socket(server.url("/")) as point:
        point.on("q", lambda value: value + 1)
        assert point.call("ask") == 2
        assert 'server.of(re.compile("/.+")) for "*"' in said(lambda: server.on("connect", namespace="*"))


# -- what a client reads


def test_a_transport_is_a_str_that_says_so_when_it_is_called(server):
    server.of("/").on("same", lambda socket, value: value)
    with ls.socket(server.url("/"), transports=["websocket"]) as point:
        assert point.transport == "websocket" == point.call("same", point.transport)
        assert "leave its brackets out, as in point.transport" in said(lambda: point.transport())
        assert "leave its brackets out" in said(lambda: point.transport("sid"))


def test_a_client_in_the_process_of_its_server_hears_which_handler_failed(server):
    @server.of("/").on_connect
    def enter(socket):
        raise KeyError("user")

    with pytest.raises(ls.Refused) as caught:
        ls.socket(server.url("/"))
    assert str(caught.value) == "Internal server error"
    assert caught.value.__notes__ == [
        "the server's handler failed, and refused no one: server.errors has on_connect / (connection 1): "
        "KeyError: 'user'"
    ]


def test_a_connection_that_fails_shows_the_line_of_its_caller():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host, port = free.getsockname()
        for dial in (lambda: ls.socket(f"http://{host}:{port}/"), lambda: ls.connect(f"ws://{host}:{port}/")):
            with pytest.raises(OSError) as caught:
                dial()
            assert caught.value.__notes__ and len(traceback.extract_tb(caught.tb)) <= 5
