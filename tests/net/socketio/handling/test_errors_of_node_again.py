"""What a second reader who comes from Node wrote: each is said in one round, and what is advised runs."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.server import Server

DEADLINE = 20.0


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("a second reader") as server:
        yield server


def test_the_answers_that_came_are_named_by_the_error(server: Server) -> None:
    with ls.socket(server.url("/"), timeout=DEADLINE), pytest.raises(TimeoutError, match=r"in error\.answers") as no:
        server.of("/").timeout(0.05).call("nobody answers")
    error: Any = no.value

    assert error.answers == []
    with pytest.raises(AttributeError, match=r"write error\.answers"):
        _ = error.responses


@pytest.mark.parametrize(
    ("asks", "written"),
    [
        (lambda all_: all_.emit("move", 1, timeout=1000), "1"),
        (lambda all_: all_.emit("move", 1, timeout=500), "0.5"),
        (lambda all_: all_.emit("move", 1, timeout=2), "2"),
        (lambda all_: all_.emit("move", 1, timeout=600), "600"),
    ],
)
def test_a_time_that_is_advised_is_in_seconds(server: Server, asks: Any, written: str) -> None:
    with pytest.raises(TypeError) as caught:
        asks(server.of("/"))

    assert f".timeout({written}).call('move', …)" in str(caught.value)


def test_a_predicate_of_node_is_written_without_next(server: Server) -> None:
    def check(name: str, auth: Any, next: Any) -> None:  # noqa: A002
        next(None, True)

    with pytest.raises(TypeError) as caught:
        server.of(check)  # type: ignore[arg-type]

    assert "write def check(name): …, which returns True or False, without auth and next" in str(caught.value)
    assert "server.of(check).use above def enter(socket): …" in str(caught.value)
    checked = server.of(lambda name: name == "/mine")
    came: list[Any] = []
    checked.use(lambda socket: came.append(socket.handshake.auth))
    with ls.socket(server.url("/mine"), auth={"token": "s"}, timeout=DEADLINE):
        assert came == [{"token": "s"}]


def test_the_times_in_a_dict_of_options_are_seconds() -> None:
    with pytest.raises(TypeError, match=r"write socket\(…, timeout=5, transports=\['polling'\]\)"):
        ls.socket("http://127.0.0.1:1/", {"timeout": 5000, "transports": ["polling"]})  # type: ignore[call-arg]


def test_a_dict_alone_is_the_options_of_a_server() -> None:
    with pytest.raises(TypeError) as caught:
        ls.serve({"port": 3000, "cors": {"origin": "https://a.org"}, "pingInterval": 2000})  # type: ignore[arg-type]

    assert "write serve(…, port=3000)" in str(caught.value)
    assert 'write origins=["https://a.org"]' in str(caught.value)
    assert 'write sessions={"ping_interval": 2}' in str(caught.value)


def test_a_question_to_servers_is_asked_with_call_servers(server: Server) -> None:
    with pytest.raises(TypeError, match=r"write answer = server.call_servers\('hello', …\)"):
        server.emit_to_servers("hello", lambda error, answers: None)


def test_the_line_of_a_client_is_broken_by_a_netsim(server: Server) -> None:
    with ls.socket(server.url("/"), timeout=DEADLINE) as point:
        with pytest.raises(AttributeError, match=r"net.reset\(\)"):
            _ = point.io  # type: ignore[attr-defined]
        with pytest.raises(AttributeError, match="no list of them is shown: write off"):
            _ = point.hasListeners  # type: ignore[attr-defined]
    away = threading.Event()
    with ls.netsim(server) as net, ls.socket(net.url("/"), timeout=DEADLINE, reconnection={"first": 0.01}) as point:
        point.on("disconnect", lambda reason: away.set())
        assert net.reset() > 0
        assert away.wait(DEADLINE)


def test_a_page_of_express_is_said_in_one_round(server: Server) -> None:
    def index(req: Any, res: Any) -> None:
        res.status(201).json({})

    with pytest.raises(TypeError) as caught:
        server.get("/")(index)

    assert "write def index(req): …" in str(caught.value)
    assert "what it returns is the answer, with a status return ls.Response(value, status=201)" in str(caught.value)
    with pytest.raises(AttributeError) as used:
        server.use("/files", index)  # type: ignore[attr-defined]
    assert 'express.static("public") is server.static("/", "public")' in str(used.value)
    assert "request.json() and request.form read a body" in str(used.value)
    with pytest.raises(AttributeError, match="write each option in serve"):
        server.set("trust proxy", 1)  # type: ignore[attr-defined]


def test_a_page_that_refuses_or_reads_its_body_as_a_dict_says_what_to_write(server: Server) -> None:
    @server.get("/refused")
    def refused(request: Any) -> None:
        raise ls.Refused("no")

    @server.post("/body")
    def body(request: Any) -> Any:
        return request.body.get("name")

    @server.get("/right")
    def right(request: Any) -> Any:
        return ls.Response("no", status=403)

    for path, data in (("/refused", None), ("/body", b'{"name": 1}'), ("/right", None)):
        with pytest.raises(urllib.error.HTTPError) as answer:
            urllib.request.urlopen(server.url(path, "http"), data)
        answer.value.close()
        assert answer.value.code == (403 if path == "/right" else 500)
    first, second = map(str, server.errors)

    assert "in a page write return ls.Response('no', status=403)" in first
    assert second.endswith("a body is bytes: write request.json()")


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("WebSocketServer", '@server.websocket("/path") above async def talk(ws): …'),
        ("HttpCode", "ls.Response(value, status=201)"),
        ("HttpStatus", "ls.Response(value, status=201)"),
        ("Req", "def page(request): …"),
        ("Res", "ls.Response(value, status=201)"),
        ("json", "request.json() reads a body"),
        ("static", '.static("/static", "folder")'),
    ],
)
def test_names_of_node_say_what_to_write(name: str, write: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(ls, name)

    assert write in str(caught.value)


def test_a_server_of_socket_io_is_not_made_of_the_one_that_runs(server: Server) -> None:
    with pytest.raises(TypeError) as caught:
        Server(server, cors={"origin": "https://a.org"})  # type: ignore[call-arg, arg-type]

    assert "this one is made" in str(caught.value) and "write socketio = app and" not in str(caught.value)
    assert 'origins=["https://a.org"]' in str(caught.value)


def test_the_session_of_a_request_is_the_data_of_a_socket(server: Server) -> None:
    @server.of("/").on("who")
    def who(socket: Any) -> Any:
        return socket.request.session

    with ls.socket(server.url("/"), timeout=DEADLINE) as point:
        point.call("who")

    assert "socket.data for request.session" in str(server.errors[0])
