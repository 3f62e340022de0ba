"""Handlers that are registered as in another library: one error translates all of them, and what it says works."""

from __future__ import annotations

import ast
import linecache
import re
import runpy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import livesock as ls
from tests.peers import DEADLINE, eventually

OF_PYTHON_SOCKETIO = """\
import livesock
sio = livesock.serve("theirs")
@sio.event
async def connect(sid, environ, auth):
    if not auth:
        raise ConnectionRefusedError("no")
@sio.event
async def disconnect(sid, reason): ...
@sio.on("*")
async def catch_all(event, sid, *args): ...
@sio.on("*", namespace="*")
async def of_all(event, namespace, sid, data): ...
@sio.event(namespace="/game")
def move(sid, x: int, y=0): print(sid)
@sio.on("connect", namespace=NAME)
def enter(sid, environ): ...
"""

OF_NODE = """\
import livesock as io
server = io.serve("theirs")
def talk(socket):
    socket.on("move", lambda data, cb: cb(1))
    @socket.on("disconnect")
    def gone(): ...
    @socket.on("say")
    def say(text, ack): ack(text)
    socket.once("hello", lambda name: name)
    socket.on("error", print)
    socket.on("shout", shout)
def shout(text): ...
server.on("connection", talk)
"""

OF_FLASK = """\
import livesock as ls
socketio = ls.serve("theirs")
@socketio.on("connect", namespace="/chat")
def connect(auth=None): ...
@socketio.on("disconnect", namespace="/chat")
def gone(): ...
@socketio.on("my event")
def any_name(json): ...
def test(json): ...
socketio.on_event("other", test, namespace="/chat")
"""

OF_A_SOCKET = """\
import livesock as ls
server = ls.serve("theirs")
@server.of("/chat").on_connect
def enter(client):
    @client.on("say")
    def say(text): ...
@server.of("/other").on_connect
def other(client):
    @client.on("not here")
    def never(text): ...
ls.socket(server.url("/chat"))
"""

BEGIN = "handlers belong to a namespace, each gets the socket, and what it returns is the answer: write"

PROGRAMS = {
    OF_PYTHON_SOCKETIO: [
        '@sio.of("/").on_connect above async def connect(socket): …',
        '@sio.of("/").on_disconnect above async def disconnect(socket, reason): …',
        '@sio.of("/").on("*") above async def catch_all(socket, event, *args): …',
        '@sio.of(re.compile("/.+")).on("*") above async def of_all(socket, event, data): …',
        '@sio.of("/game").on("move") above def move(socket, x: int, y=0): …',
        "@sio.of(NAME).on_connect above def enter(socket): …",
        "and in them socket.handshake.auth for auth",
        "socket.id for sid",
    ],
    OF_NODE: [
        '@server.of("/").on_connected above def talk(socket): …',
        '@server.of("/").on("move") above def move(socket, data): …, outside of talk',
        '@server.of("/").on_disconnect above def gone(socket, reason): …, outside of talk',
        '@server.of("/").on("say") above def say(socket, text): …, outside of talk',
        '@server.of("/").on("hello") above def hello(socket, name): …, outside of talk, and in it if '
        'socket.data.get("hello"): return, then socket.data["hello"] = True',
        '@server.of("/").on("shout") above def shout(socket, text): …, outside of talk',
        "and in them return x for cb(x)",
        "return x for ack(x)",
    ],
    OF_FLASK: [
        '@socketio.of("/chat").on_connect above def connect(socket): …',
        '@socketio.of("/chat").on_disconnect above def gone(socket, reason): …',
        '@socketio.of("/").on("my event") above def any_name(socket, json): …',
        '@socketio.of("/chat").on("other") above def test(socket, json): …',
    ],
}


@pytest.fixture(autouse=True)
def stopped() -> Iterator[None]:
    yield
    ls.stop_all()


@pytest.fixture
def run(tmp_path: Path) -> Callable[[str], dict[str, Any]]:
    def run_script(program: str) -> dict[str, Any]:
        file = tmp_path / f"app{len(list(tmp_path.iterdir()))}.py"
        file.write_text(program)
        linecache.checkcache()
        return runpy.run_path(str(file))

    return run_script


@pytest.mark.parametrize(("program", "lines"), PROGRAMS.items(), ids=["python-socketio", "node", "flask"])
def test_the_first_error_translates_all_handlers(run, program, lines):
    with pytest.raises(AttributeError) as caught:
        run(program)

    begin, told = str(caught.value).split(BEGIN)
    assert "'Server' object has no" in begin
    told = told.splitlines()[1:]
    assert [line.strip() for line in told] == lines
    assert max(map(len, told)) <= 160


def test_what_a_handler_registers_on_a_socket_is_translated_for_its_namespace_alone(run):
    with pytest.raises(ls.Refused):
        run(OF_A_SOCKET)

    (failed,) = ls.servers()["theirs"].errors
    assert '\n  @server.of("/chat").on("say") above def say(client, text): …, outside of enter' in str(failed)
    assert "not here" not in str(failed)


def test_a_namespace_keeps_what_it_has_and_is_told_what_it_has_not(run):
    with pytest.raises(AttributeError) as caught:
        run(
            'import livesock as ls\nserver = ls.serve("theirs")\nchat = server.of("/chat")\n'
            '@chat.on("known")\ndef known(socket): ...\n@chat.event\ndef say(sid, text): ...\n'
        )

    assert '@server.of("/chat").on("say") above def say(socket, text): …' in str(caught.value)
    assert "known" not in str(caught.value)


@pytest.mark.parametrize("program", ['server.on("x")', "server.on", "getattr(server, 'on')('x')(print)"])
def test_without_a_handler_to_be_read_a_line_stands_for_each_thing_that_is_meant(run, program):
    with pytest.raises(AttributeError, match=r'@server\.of\("/"\)\.on\("move"\) above def move\(socket, data\)'):
        run(f'import livesock as ls\nserver = ls.serve("theirs")\n{program}')


def test_code_without_a_source_gets_the_general_sentence():
    names = {"server": ls.serve("theirs")}

    with pytest.raises(AttributeError, match=r'@server\.of\("/"\)\.on\("move"\) above def move\(socket, data\)'):
        exec(compile("@server.on('a')\ndef a(sid): ...", "no such file", "exec"), names)


CHAT = """\
import livesock as ls
sio = ls.serve("theirs")
seen = []
@sio.event
async def connect(sid, environ, auth):
    if auth != {"token": "key"}:
        raise ls.Refused("no")
@sio.event
async def say(sid, text, times=1):
    seen.append(sid)
    return text * times
@sio.on("*")
def rest(event, sid, *args):
    return [event, *args]
@sio.event
def disconnect(sid, reason):
    seen.append(reason)
"""


def test_a_program_that_is_changed_as_it_is_told_works(run):
    with pytest.raises(AttributeError) as caught:
        run(CHAT)

    ls.stop_all()
    seen = run(_as_told(CHAT, str(caught.value)))["seen"]

    server = ls.servers()["theirs"]
    with pytest.raises(ls.Refused, match="no"):
        ls.socket(server)
    with ls.socket(server, auth={"token": "key"}) as point:
        assert point.call("say", "ab", 2, timeout=DEADLINE) == "abab"
        assert point.call("other", 1, timeout=DEADLINE) == ["other", 1]
        own = point.id
    eventually(lambda: seen[-1] == "client namespace disconnect", "it left")
    assert seen[0] == own


_FUNCTIONS = ast.AsyncFunctionDef | ast.FunctionDef


def _as_told(program: str, told: str) -> str:
    """Return `program` with the head of each handler, and the names in it, as the sentence says."""
    functions = {
        node.name: node
        for node in ast.walk(ast.parse(program))
        if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)
    }
    renamed = re.findall(r"(socket\.\S+) for (\w+)$", told, re.MULTILINE)
    lines = program.splitlines()[:3]
    for mark, head, name in re.findall(r"^  (@\S+) above ((?:async )?def (\w+)\(.*\):) …$", told, re.MULTILINE):
        body = "\n".join(ast.unparse(statement) for statement in functions[name].body)
        for ours, theirs in renamed:
            body = re.sub(rf"\b{theirs}\b", ours, body)
        lines += [mark, head, *(f"    {line}" for line in body.splitlines())]
    return "\n".join(lines)


def raised(kind: type[Exception], program: str, folder: Path) -> str:
    """Return what the error of a script says."""
    file = folder / "script.py"
    file.write_text(program)
    with pytest.raises(kind) as caught:
        runpy.run_path(str(file))
    return str(caught.value)


EMITS = """\
import livesock as ls
sio = ls.serve("emits")
@sio.event
async def connect(sid, environ, auth):
    await sio.emit("hello", {"a": 1}, to=sid)
@sio.event
async def chat(sid, data):
    await sio.emit("chat", data, room=data["room"], skip_sid=sid)
    sio.emit("all", data)
    sio.emit("login", {"token": "secret"}, room="x")
    sio.emit("pair", (data, 1), room="x")
    sio.emit("asks", data, callback=print)
    sio.emit("others", data, skip_sid=sid, namespace="/other")
@sio.on("go", namespace="/b")
def go(sid, data):
    sio.emit("other", data, room=sid, namespace="/b")
"""


def test_what_handlers_say_with_keywords_is_told_with_the_handlers(tmp_path: Path) -> None:
    words = raised(AttributeError, EMITS, tmp_path)
    _, _, told = words.partition("and in them socket.id for sid\n")
    lines = [line.strip() for line in told.splitlines()]
    assert lines == [
        "socket.emit('hello', {'a': 1}) for await sio.emit('hello', …, to=sid)",
        "sio.of(\"/\").to(data['room']).except_(socket.id).emit('chat', data) "
        "for await sio.emit('chat', …, room=data['room'], skip_sid=sid)",
        "sio.of(\"/\").to('x').emit('login', …) for sio.emit('login', …, room='x')",
        "sio.of(\"/\").to('x').emit('pair', data, 1) for sio.emit('pair', …, room='x')",
        "sio.of('/other').except_(socket.id).emit('others', data) "
        "for sio.emit('others', …, skip_sid=sid, namespace='/other')",
        "socket.emit('other', data) for sio.emit('other', …, room=sid, namespace='/b')",
    ]


def test_the_lines_that_are_told_reach_whom_they_name() -> None:
    heard: list[Any] = []
    with ls.serve("emits") as sio:

        @sio.of("/").on("chat")
        async def chat(socket: ls.Socket, data: dict[str, Any]) -> None:
            socket.join(data["room"])
            sio.of("/").to(data["room"]).except_(socket.id).emit("chat", data)
            socket.emit("hello", {"a": 1})

        with ls.socket(sio, timeout=20) as first, ls.socket(sio, timeout=20) as second:
            first.on("chat", heard.append)
            first.call("chat", {"room": "x"})
            second.call("chat", {"room": "x"})
            assert second.wait("hello", timeout=20) == ({"a": 1},)
            eventually(lambda: heard == [{"room": "x"}], "the other one has heard it")


OF_A_CLASS = """\
import livesock as ls
sio = ls.serve("class")
@sio.gateway("/chat")
class Chat:
    def on_connect(self, sid, environ):
        self.emit("hello", {"a": 1}, to=sid)
    async def on_message(self, sid, data):
        self.enter_room(sid, data["room"])
        await self.emit("reply", {"from": sid, "data": data}, room=data["room"], skip_sid=sid)
        self.own(self.rooms(sid), sid)
        await self.emit("left", sid)
    def own(self, rooms, sid):
        self.emit("to one", 1, room=sid)
"""


def test_what_a_class_uses_of_its_base_is_told_with_its_methods(tmp_path: Path) -> None:
    words = raised(TypeError, OF_A_CLASS, tmp_path)
    _, _, inside = words.partition("\nand in its methods write\n")
    assert [line.strip() for line in inside.splitlines()] == [
        "socket.id for sid",
        "socket.emit('hello', {'a': 1}) for self.emit('hello', …, to=sid)",
        "self.namespace.to(data['room']).except_(socket.id).emit('reply', {'from': socket.id, 'data': data}) "
        "for await self.emit('reply', …, room=data['room'], skip_sid=sid)",
        "self.namespace.emit('left', socket.id) for await self.emit('left', …)",
        "self.namespace.to(sid).emit('to one', 1) for self.emit('to one', …, room=sid)",
        'self.enter_room(): write socket.join("room") for this peer, self.namespace.to("id").join("room") for another '
        "one, without await",
        "self.rooms(): write socket.rooms",
    ]


QUESTIONS = """\
import livesock as ls
sio = ls.serve("questions")
def ticker():
    sio.emit("tick", {"n": 1}, namespace="/test")
@sio.event
async def ask(sid, other):
    a = await sio.call("age", "x", to=sid, timeout=2)
    b = await sio.call("age", to=other, timeout=3)
@sio.event
def plain(sid):
    c = sio.call("age", 1, to=sid)
    sio.disconnect(sid)
@sio.event
async def kick(sid, other):
    await sio.disconnect(other)
    await sio.emit("kicked", other)
    sio.emit("right", other)
"""


def test_questions_and_what_a_thread_says_are_told_with_the_handlers(tmp_path: Path) -> None:
    words = raised(AttributeError, QUESTIONS, tmp_path)
    assert [line.strip() for line in words.partition("and in them ")[2].splitlines()][1:] == [
        "answer = await socket.call('age', …, timeout=2) for sio.call('age', …, to=sid)",
        "(answer,) = await sio.of(\"/\").to(other).timeout(3).call('age') for sio.call('age', …, to=other)",
        "answer = socket.call('age', 1) for sio.call('age', …, to=sid)",
        "socket.disconnect() for sio.disconnect(sid)",
        'sio.of("/").to(other).disconnect() for await sio.disconnect(other)',
        "sio.of(\"/\").emit('kicked', other) for await sio.emit('kicked', …)",
        "sio.of('/test').emit('tick', {'n': 1}) for sio.emit('tick', …, namespace='/test')",
    ]


def test_the_questions_that_are_told_ask(tmp_path: Path) -> None:
    with ls.serve("asks") as server:
        answers: list[object] = []

        @server.of("/").on("ask")
        async def ask(socket: ls.Socket, other: str) -> None:
            answer = await socket.call("age", "x", timeout=20)
            (there,) = await server.of("/").to(other).timeout(20).call("age", "y")
            answers.extend([answer, there])

        with ls.socket(server, timeout=20) as ann, ls.socket(server, timeout=20) as bob:
            ann.on("age", lambda name: f"ann {name}")
            bob.on("age", lambda name: f"bob {name}")
            ann.emit("ask", bob.id)
            eventually(lambda: answers == ["ann x", "bob y"], "both have answered")


def test_a_class_with_a_base_is_told_with_its_methods(tmp_path: Path) -> None:
    program = OF_A_CLASS.replace('@sio.gateway("/chat")\n', "").replace("class Chat:", "class Chat(ls.Namespace):")
    words = raised(TypeError, f'{program}sio.register_namespace(Chat("/chat"))\n', tmp_path)
    assert words.startswith('a namespace is no base: write @sio.gateway("/chat") above class Chat: …, without a base')
    assert 'mark it with @ls.event("message") above async def on_message(self, socket, data): …' in words
    assert "write def on_connect(self, socket): …" in words and "self.rooms(): write socket.rooms" in words


def test_what_a_server_has_to_let_in_is_told_with_its_handlers(tmp_path: Path) -> None:
    program = """\
import livesock as ls
io = ls.serve("let in")
def auth(socket, next): next()
io.use(auth)
@io.on("connection")
def enter(socket): ...
"""
    words = raised(AttributeError, program, tmp_path)
    assert '@io.of("/").use above def enter(socket): …, without next: it returns to let a peer' in words
    assert '@io.of("/").on_connected above def enter(socket): …' in words


def test_an_attribute_of_a_class_s_own_is_none_of_its_base(tmp_path: Path) -> None:
    program = """\
import livesock as ls
server = ls.serve("own")
@server.gateway("/chat")
class Chat:
    def __init__(self): self.rooms = {}
    @ls.event("join")
    def on_join(self, socket, room): self.session = self.rooms[room]
    def afterInit(self, server): pass
"""
    words = raised(TypeError, program, tmp_path)
    assert "afterInit would never run" in words and "in its methods write" not in words


OF_ARROWS = """\
import livesock as ls
io = ls.serve("arrows")
@io.on("connection")
def _(socket):
    @socket.on("disconnecting")
    def _(reason): ...
    @socket.on("disconnect")
    async def _(reason): ...
"""


def test_two_listeners_without_names_get_two(tmp_path: Path) -> None:
    words = raised(AttributeError, OF_ARROWS, tmp_path)
    assert '@io.of("/").on_connected above def connection(socket): …' in words
    assert '@io.of("/").on_disconnect above def disconnecting(socket, reason): …, outside of _' in words
    assert '@io.of("/").on_disconnect above async def disconnect(socket, reason): …, outside of _' in words


def test_a_hook_that_takes_the_place_of_its_namesake_says_so() -> None:
    with ls.serve("names") as io:

        @io.of("/").on_disconnect
        def _(socket: Any, reason: str) -> None: ...

        with pytest.warns(
            UserWarning, match=r"this _ takes the place of the _ of line \d+: give each a name of its own"
        ):

            @io.of("/").on_disconnect
            def _(socket: Any, reason: str) -> None: ...  # type: ignore[no-redef]

        for _ in range(2):  # one definition that runs twice is one function

            @io.of("/").on_connect
            def enter(socket: Any) -> None: ...


OF_ENVIRON = """\
import livesock as ls
sio = ls.serve("environ")
@sio.event
def connect(sid, environ, auth):
    print(environ["PATH_INFO"], environ.get("HTTP_AUTHORIZATION", ""), parse_qs(environ["QUERY_STRING"]))
"""


def test_what_a_program_reads_from_environ_is_told_by_its_own_keys(tmp_path: Path) -> None:
    words = raised(AttributeError, OF_ENVIRON, tmp_path)

    assert '"/socket.io/", always, for environ["PATH_INFO"]' in words
    assert 'socket.handshake.headers.get("Authorization", "") for environ["HTTP_AUTHORIZATION"]' in words
    assert 'socket.handshake.query, a dict, for parse_qs(environ["QUERY_STRING"])' in words
    assert "X-Token" not in words
