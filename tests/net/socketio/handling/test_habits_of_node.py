"""What users of NestJS and of Node's socket.io write: it works, or an error says what to write, and that works."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.server import Server
from tests.peers import DEADLINE, eventually, quiet_logs

NOWHERE = "http://127.0.0.1:1/"


@pytest.fixture
def server() -> Iterator[Server]:
    with quiet_logs(), ls.serve("habits of node") as server:
        yield server


def said(call: Callable[[], object]) -> str:
    """Return what the error of a call says, before anything is sent."""
    with pytest.raises((TypeError, AttributeError, ValueError)) as caught:
        call()
    return str(caught.value)


# -- options


def test_several_options_that_are_parts_of_one_are_written_once(server: Server) -> None:
    text = said(
        lambda: ls.socket(  # type: ignore[call-arg]
            NOWHERE, reconnection=True, reconnectionAttempts=5, reconnectionDelay=500, reconnectionDelayMax=float(5000)
        )
    )
    assert text.splitlines()[1] == '  "reconnectionAttempts": write reconnection={"attempts": 5}'
    assert text.splitlines()[-1] == ('  together: write reconnection={"attempts": 5, "first": 0.5, "largest": 5}, once')
    advised = re.search(r"together: write reconnection=(.*), once", text)
    assert advised is not None
    with ls.socket(server, reconnection=eval(advised[1])) as point:
        assert point.connected


def test_options_of_a_server_stand_together_with_those_that_it_has(server: Server) -> None:
    text = said(lambda: ls.serve(sessions={"path": "/live/"}, pingTimeout=5000, pingInterval=25000))  # type: ignore[call-arg]
    advised = re.search(r"together: write sessions=(.*), once", text)
    assert advised is not None and eval(advised[1]) == {"path": "/live/", "ping_timeout": 5, "ping_interval": 25}
    with ls.serve("together", sessions=eval(advised[1])) as other:
        assert other.is_running

    text = said(lambda: server.gateway("/x", {"pingTimeout": 5000, "pingInterval": 25000}))  # type: ignore[call-arg]
    assert text.endswith('  together: in serve() write sessions={"ping_timeout": 5, "ping_interval": 25}, once')
    assert "together" not in said(lambda: ls.socket(NOWHERE, reconnectionAttempts=5))  # type: ignore[call-arg]


def test_a_dict_of_options_gets_a_line_for_each() -> None:
    given = {"auth": {"token": 1}, "transports": ["websocket"], "forceNew": True, "reconnectionAttempts": float("inf")}
    assert said(lambda: ls.socket(NOWHERE, given)).splitlines() == [  # type: ignore[misc]
        "socket() takes options by name: write socket(…, auth={'token': 1}, transports=['websocket'])",
        "  \"forceNew\": each ls.socket() is a connection of its own; point.of('/chat') shares one",
        '  "reconnectionAttempts": write reconnection={"attempts": None}',
    ]
    text = said(lambda: ls.serve(3000, {"cors": {"origin": "*"}, "pingTimeout": 5000}))  # type: ignore[arg-type, misc]
    assert text.splitlines()[0] == "serve() takes options by name: write serve(…, port=3000)"
    assert '"cors": write origins=' in text and 'write sessions={"ping_timeout": 5}' in text


# -- a client


def test_off_takes_the_one_function_away_that_is_named(server: Server) -> None:
    heard: list[Any] = []

    @server.of("/").on("go")
    def go(socket: Any) -> None:
        socket.emit("news", 1)

    def see(name: str, *arguments: Any) -> None:
        heard.append(name)

    with ls.socket(server) as point:
        assert "write off(handler=see)" in said(lambda: point.offAny(see))
        point.on("news", heard.append)
        point.on("other", heard.append)
        point.on_any(see)
        point.call("go", timeout=DEADLINE)
        eventually(lambda: heard == ["news", 1], "both have heard it")

        point.off(handler=see)
        point.call("go", timeout=DEADLINE)
        eventually(lambda: heard == ["news", 1, 1], "on_any is over, on goes on")

        point.off(handler=heard.append)
        point.on("news", lambda value: heard.append(-value))
        point.call("go", timeout=DEADLINE)
        eventually(lambda: heard[3:] == [-1], "it is taken from every name")


def test_what_the_manager_of_node_has_is_named(server: Server) -> None:
    with ls.socket(server) as point:
        text = said(lambda: point.io.on("reconnect", print))
        assert "write point.on('connect', handler), which runs now and at each reconnection" in text
        assert "ls.socket(url, transports=" in said(lambda: point.opts)
        assert "write transport, a str" in said(lambda: point.engine)


# -- handlers


def test_a_function_of_a_namespace_with_self_belongs_in_a_gateway_by_its_mark(server: Server) -> None:
    def define() -> None:
        class Chat:
            @server.of("/chat").on("move")
            def move(self, client: Any, data: Any) -> None: ...

    assert 'in the class of a gateway write @ls.event("name") above def move' in said(define)
    assert server.of("/chat").answers == {}


def test_the_sentence_for_on_has_a_line_for_each_thing_that_is_meant(server: Server) -> None:
    text = said(lambda: server.on("connection", print))

    lines = text.splitlines()
    assert lines[0].endswith("write one of these, outside of any other handler; what it returns is the answer:")
    assert [line.split(" above ")[0].strip() for line in lines[1:5]] == [
        '@server.of("/").on("move")',
        '@ls.event("move")',
        '@server.of("/").on_connect',
        '@server.of("/").on_disconnect',
    ]
    assert max(map(len, lines)) <= 120


def test_replies_in_a_list_are_yielded(server: Server) -> None:
    @server.gateway("/list")
    class List:
        @ls.event("all")
        def all(self, socket: Any, data: Any) -> Any:
            return [ls.Reply("part", n) for n in range(2)]

        @ls.event("refused")
        def refused(self, socket: Any) -> Any:
            return ls.Refused("no")

        @ls.event("each")
        async def each(self, socket: Any, data: Any) -> Any:
            for n in range(2):
                yield ls.Reply("part", n)

    with ls.socket(server.url("/list")) as point:
        point.call("all", 1, timeout=DEADLINE)
        point.call("refused", timeout=DEADLINE)
        texts = [str(error) for error in server.errors]
        assert 'write async def, and in it yield ls.Reply("name", …) for each' in texts[0]
        assert "write raise ls.Refused('no')" in texts[1]
        assert point.call("each", 1, timeout=DEADLINE) == 1
        assert [point.wait("part", timeout=DEADLINE) for _ in range(2)] == [(0,), (1,)]


def test_a_guard_that_takes_no_arguments_is_told_that_it_gets_them(server: Server) -> None:
    class Roles:
        def allows(self, client: Any) -> bool:
            return True

        def can_activate(self, context: Any) -> bool:
            return True

    assert "no context: write def can_activate(self, socket, *arguments): …" in said(
        lambda: ls.guard(Roles().can_activate)
    )

    @server.gateway("/guards")
    class Guards:
        @ls.event("short")
        @ls.guard(lambda socket: True)
        def short(self, socket: Any, data: Any) -> None: ...

        @ls.event("method")
        @ls.guard(Roles().allows)
        def method(self, socket: Any, data: Any) -> None: ...

        @ls.event("right")
        @ls.guard(lambda socket, *arguments: True)
        def right(self, socket: Any, data: Any) -> str:
            return "ran"

    with ls.socket(server.url("/guards")) as point:
        for name in ("short", "method"):
            point.call(name, 1, timeout=DEADLINE)
        texts = [str(error) for error in server.errors]
        assert "behind the socket: write lambda socket, *arguments: …" in texts[0]
        assert "behind the socket: write def allows(self, client: Any, *arguments): …" in texts[1]
        assert point.call("right", 1, timeout=DEADLINE) == "ran"


def test_words_of_javascript_in_a_handler_get_those_of_python(server: Server) -> None:
    @dataclasses.dataclass
    class Item:
        text: str

    lines: list[tuple[Callable[[Any], Any], str]] = [
        (lambda socket: undefined, "write None"),  # type: ignore[name-defined]  # noqa: F821
        (lambda socket: true, "write True"),  # type: ignore[name-defined]  # noqa: F821
        (lambda socket: console.log(1), "write print(…)"),  # type: ignore[name-defined]  # noqa: F821
        (lambda socket: socket.rooms.forEach(print), "write for room in socket.rooms: …"),
        (lambda socket: socket.namespace.rooms.get("x").size, '.to("room").sockets()'),
        (lambda socket: socket.namespace.sockets.items(), "write for socket in sockets(): …"),
        (lambda socket: Item("x"), "dataclasses.asdict(a_dataclass)"),
    ]
    for number, (line, _) in enumerate(lines):
        server.of("/").on(f"line {number}", line)
    with ls.socket(server) as point:
        for number, (_, write) in enumerate(lines):
            point.call(f"line {number}", timeout=DEADLINE)
            assert write in str(server.errors[-1])


def test_the_data_of_an_error_that_refuses_goes_along(server: Server) -> None:
    @server.of("/late").use
    def enter(socket: Any) -> None:
        error: Any = Exception("later")
        error.data = {"retry": 5}
        raise error

    with pytest.raises(ls.Refused):
        ls.socket(server.url("/late"))
    assert "write raise ls.Refused('later', {'retry': 5})" in str(server.errors[-1])


# -- names

NAMES = [
    ("OnGatewayInit", "def __init__(self)"),
    ("IoAdapter", "ls.serve(port=3000"),
    ("Reflector", '@ls.guard(roles("admin")) above the method'),
    ("set_metadata", "def roles(*names): return lambda socket, *arguments"),
    ("ModuleRef", "self.service = Service()"),
    ("Inject", "self.service = Service()"),
    ("Module", "there are no modules"),
    ("Logger", 'logging.getLogger("app").info("text")'),
    ("Controller", '@server.get("/path")'),
    ("from_", 'yield ls.Reply("name", …) for each value'),
    ("Interval", "server.every(1.0, function)"),
    ("JwtService", "def on_connect(self, socket)"),
    ("IsString", "data: Move"),
    ("WebSocketServer", "self.namespace.to(room).emit"),
]


@pytest.mark.parametrize(("name", "write"), NAMES)
def test_a_name_of_nestjs_gets_a_sentence(name: str, write: str) -> None:
    assert write in said(lambda: getattr(ls, name))


ON_SERVER = [
    ("useGlobalGuards", "@ls.guard(allows) above the class of each gateway"),
    ("use_global_pipes", "data: Move"),
    ("useGlobalFilters", "functools.wraps"),
    ("useWebSocketAdapter", "leave it out"),
    ("enableCors", "origins="),
    ("getHttpServer", "server.port"),
    ("setGlobalPrefix", "the whole path"),
    ("on_connection", ".on_connect above def enter(socket): …"),
    ("fetchSockets", "without await"),
]


@pytest.mark.parametrize(("name", "write"), ON_SERVER)
def test_what_an_application_of_nestjs_has_gets_a_sentence(server: Server, name: str, write: str) -> None:
    assert write in said(lambda: getattr(server, name))


def test_the_guard_that_is_advised_for_roles_decides_by_them(server: Server) -> None:
    def roles(*names: str) -> Callable[..., bool]:
        return lambda socket, *arguments: socket.data.get("role") in names

    @server.gateway("/roles")
    class Roles:
        def on_connect(self, socket: Any) -> None:
            socket.data["role"] = (socket.handshake.auth or {}).get("role")

        @ls.event("delete")
        @ls.guard(roles("admin"))
        def delete(self, socket: Any) -> str:
            return "deleted"

    with ls.socket(server.url("/roles"), auth={"role": "admin"}) as admin, ls.socket(server.url("/roles")) as other:
        assert admin.call("delete", timeout=DEADLINE) == "deleted"
        assert other.call("delete", timeout=DEADLINE)["message"] == "Forbidden resource"
