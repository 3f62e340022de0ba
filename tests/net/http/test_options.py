"""Options of a server and of its routes: what is wrong is refused at the call, with what to write instead."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import livesock as ls
from livesock.net.http.limits import Limits
from livesock.server import Server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with ls.serve("options of routes") as server:
        yield server


@pytest.mark.parametrize(
    ("options", "kind", "sentence"),
    [
        # the name, and what is taken for it
        ({"name": 8765}, TypeError, r"write serve\(port=8765\)"),
        ({"name": "127.0.0.1"}, ValueError, r'write serve\(host="127.0.0.1"\)'),
        ({"name": "127.0.0.1:8000"}, ValueError, r'write serve\(host="127.0.0.1", port=8000\)'),
        ({"name": "http://localhost:8000/x"}, ValueError, r'write serve\(host="localhost", port=8000\)'),
        ({"name": lambda ws: None}, TypeError, "server = ls.serve"),
        ({"name": ["a"]}, TypeError, r"not \['a'\] \(list\)"),
        ({"name": ""}, TypeError, "non-empty"),
        # where it listens
        ({"host": "http://localhost"}, ValueError, 'write host="localhost"'),
        ({"host": "localhost:8000"}, ValueError, 'write host="localhost", port=8000'),
        ({"host": ""}, ValueError, 'host="0.0.0.0"'),
        ({"host": "*"}, ValueError, 'host="0.0.0.0"'),
        ({"host": None}, TypeError, "host is an address of this machine"),
        ({"host": ["127.0.0.1"]}, TypeError, "host is an address of this machine"),
        ({"host": "no-such-host.invalid"}, OSError, "no-such-host.invalid.*leave host out"),
        ({"host": "192.0.2.1"}, OSError, "192.0.2.1 is no address of this machine.*leave host out"),
        ({"port": "8000"}, ValueError, "write port=8000"),
        ({"port": 8000.0}, ValueError, "write port=8000"),
        ({"port": True}, ValueError, "port is a whole number"),
        ({"port": None}, ValueError, "port=0"),
        ({"port": 70000}, ValueError, "65535"),
        # yes or no
        ({"tls": "cert.pem"}, TypeError, "tls is True or False.*certificate"),
        ({"tls": ("cert.pem", "key.pem")}, TypeError, "tls is True or False"),
        ({"tls": None}, TypeError, "tls is True or False"),
        # sizes and seconds
        ({"trace_limit": "1MB"}, ValueError, r"trace_limit is a whole number of bytes, such as 4_194_304, not '1MB'"),
        ({"trace_limit": 1.5}, ValueError, "trace_limit is a whole number of bytes"),
        ({"trace_limit": True}, ValueError, "trace_limit is a whole number of bytes"),
        ({"trace_limit": 0}, ValueError, "trace_limit is a whole number of bytes"),
        ({"limits": 5}, TypeError, r'limits is a dict such as \{"max_connections": 1000\}'),
        ({"limits": {"max_connections": "5"}}, ValueError, "max_connections is a whole number, such as 1_000, not '5'"),
        ({"limits": {"max_connections": 0}}, ValueError, "max_connections"),
        ({"limits": {"max_message": None}}, ValueError, "max_message is a whole number of bytes"),
        ({"limits": {"max_message": "1MB"}}, ValueError, "max_message is a whole number of bytes"),
        ({"limits": {"max_body": float("inf")}}, ValueError, "max_body is a whole number of bytes"),
        ({"limits": {"head_timeout": "5"}}, ValueError, "head_timeout is a number of seconds, such as 10"),
        ({"limits": {"head_timeout": None}}, ValueError, "head_timeout is a number of seconds"),
        ({"limits": {"head_timeout": 0}}, ValueError, "head_timeout is more than 0 seconds"),
        ({"limits": {"stall_timeout": 10_000}}, ValueError, "write 10 for 10000 ms"),
        ({"limits": {"stall_timeout": float("nan")}}, ValueError, "stall_timeout is a number of seconds"),
        (
            {"limits": {"max_conections": 5}},
            TypeError,
            'limits has no option "max_conections": did you mean max_connections',
        ),
        ({"limits": {"max_size": 5}}, TypeError, "write max_message"),
        ({"limits": {"ping_interval": 5}}, TypeError, r"sessions=\{"),
        ({"sessions": {"ping_interval": 0}}, ValueError, "ping_interval is more than 0 seconds"),
        ({"sessions": {"ping_timeout": 0}}, ValueError, "ping_timeout is more than 0 seconds"),
        ({"sessions": {"pingInterval": 25000}}, TypeError, r'write "ping_interval": 25, in seconds'),
        ({"sessions": {"recovery": 120_000}}, ValueError, "write 120 for 120000 ms"),
        ({"sessions": {"max_payload": 0}}, ValueError, "max_payload is a whole number of bytes"),
        ({"sessions": {"allow_upgrades": "no"}}, TypeError, "allow_upgrades is True or False"),
        ({"sessions": {"maxHttpBufferSize": 1}}, TypeError, 'write "max_payload": 1, in bytes'),
        ({"sessions": {"connectionStateRecovery": {}}}, TypeError, 'write "recovery": 120'),
        ({"sessions": {"cors": {}}}, TypeError, "origins="),
        ({"sessions": {"cookie": True}}, TypeError, "no cookie"),
        ({"sessions": {"path": "/live/{room}"}}, ValueError, "path is where the sessions are served"),
        # names of other libraries
        ({"ssl": True}, TypeError, "write tls=True"),
        ({"ssl_context": "a context"}, TypeError, "write tls=True"),
        ({"certfile": "x"}, TypeError, "write tls=True"),
        ({"cors_allowed_origins": "*"}, TypeError, r'write origins=\["https://example.org"\]'),
        ({"cors": True}, TypeError, r"write origins=\["),
        ({"allow_origins": ["*"]}, TypeError, r"write origins=\["),
        ({"debug": True}, TypeError, "leave it out"),
        ({"logger": True}, TypeError, "logging"),
        ({"reload": True}, TypeError, "run the cell"),
        ({"workers": 4}, TypeError, "one loop"),
        ({"async_mode": "asgi"}, TypeError, "one loop"),
        ({"ping_interval": 25}, TypeError, r'sessions=\{"ping_interval": 25\}.*server.websocket'),
        ({"pingInterval": 25}, TypeError, r'sessions=\{"ping_interval": 0\.025\}'),
        ({"max_size": 10}, TypeError, r'limits=\{"max_message": '),
        ({"max_http_buffer_size": 10}, TypeError, r'sessions=\{"max_payload": '),
        ({"max_connections": 4}, TypeError, r'write limits=\{"max_connections": '),
        ({"stall_timeout": 4}, TypeError, r'write limits=\{"stall_timeout": '),
        ({"recovery": 60}, TypeError, r'write sessions=\{"recovery": '),
        ({"transports": ["websocket"]}, TypeError, r'write sessions=\{"transports": '),
        ({"path": "/x"}, TypeError, r'sessions=\{"path": "/x/"\}'),
        ({"token": "abc"}, TypeError, r"url\(\)"),
        ({"auth": "abc"}, TypeError, "on_connect"),
        ({"trace": False}, TypeError, "trace_limit"),
        ({"static_files": {}}, TypeError, "server.static"),
        ({"compression": "deflate"}, TypeError, "server.websocket"),
        ({"handler": print}, TypeError, "server.websocket"),
        ({"prot": 1}, TypeError, "did you mean port"),
    ],
)
def test_a_wrong_option_starts_no_server_and_says_what_to_write(
    options: dict[str, Any], kind: type[Exception], sentence: str
) -> None:
    options = {"name": "wrong option"} | options
    before = set(ls.servers())

    with pytest.raises(kind, match=sentence):
        ls.serve(options.pop("name"), **options)

    assert set(ls.servers()) == before


def test_a_server_that_runs_goes_on_when_the_cell_is_run_again_with_a_wrong_option() -> None:
    with ls.serve("goes on") as server:
        for wrong in ({"host": "http://localhost"}, {"trace_limit": "1MB"}, {"origins": "*"}, {"limits": 5}):
            with pytest.raises((TypeError, ValueError)):
                ls.serve("goes on", **wrong)
        assert server.is_running and ls.servers()["goes on"] is server


@pytest.mark.parametrize("name", ["lesson:3", "v1.2", "my server", "a/b", "chat.example"])
def test_a_name_may_look_like_anything_but_an_address(name: str) -> None:
    with ls.serve(name) as server:
        assert server.name == name


def test_a_second_argument_by_place_is_named() -> None:
    with pytest.raises(TypeError, match=r"by name host, port.*8765 is one argument too many"):
        ls.serve("place", 8765)


@pytest.mark.parametrize("option", ["max_line", "max_headers", "max_backlog", "max_pipelined"])
def test_every_size_of_the_limits_is_checked(option: str) -> None:
    with pytest.raises(ValueError, match=option):
        Limits(**{option: "many"})


def test_a_port_that_needs_rights_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def bind(self: socket.socket, where: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", bind)
    with pytest.raises(PermissionError, match=r"port 80 .*leave port out"):
        ls.serve("low", port=80)


# -- routes


@pytest.mark.parametrize(
    ("options", "kind", "sentence"),
    [
        ({"max_size": "1MB"}, TypeError, r"max_size is a number of bytes, such as 2\*\*20, or None"),
        ({"max_size": -1}, TypeError, "max_size"),
        ({"max_size": 0}, TypeError, "max_size"),
        ({"max_size": True}, TypeError, "max_size"),
        ({"ping_interval": 20_000}, ValueError, "write 20 for 20000 ms"),
        ({"ping_interval": "20"}, TypeError, "ping_interval is a number of seconds, or None"),
        ({"ping_interval": 0}, ValueError, "ping_interval is more than 0 seconds, or None"),
        ({"ping_timeout": -1}, ValueError, "ping_timeout"),
        ({"close_timeout": "x"}, TypeError, "close_timeout"),
        ({"max_queue": "16"}, TypeError, "max_queue is a number of messages"),
        ({"write_limit": "x"}, TypeError, "write_limit is a number of bytes"),
        ({"compression": True}, ValueError, 'compression is "deflate" or None'),
        ({"compression": "gzip"}, ValueError, 'compression is "deflate" or None'),
        ({"subprotocols": "chat"}, TypeError, r'subprotocols is a list such as \["chat"\]'),
        ({"subprotocols": [5]}, TypeError, "a subprotocol is a str"),
        ({"select_subprotocol": "chat"}, TypeError, "select_subprotocol is a function"),
        ({"extensions": ["permessage-deflate"]}, TypeError, 'compression="deflate"'),
        ({"handshake": "x"}, TypeError, "handshake is a function"),
        ({"subprotocol": "chat"}, TypeError, r'write subprotocols=\["chat"\], a list'),
        ({"origins": ["x"]}, TypeError, "serve"),
        ({"extra_headers": {}}, TypeError, "handshake="),
        ({"process_request": print}, TypeError, "handshake="),
        ({"methods": ["GET"]}, TypeError, "leave it out"),
        ({"compress": True}, TypeError, 'write compression="deflate"'),
        ({"perMessageDeflate": True}, TypeError, 'write compression="deflate"'),
        ({"maxPayload": 1}, TypeError, "write max_size=1,"),
        ({"heartbeat": 20}, TypeError, "write ping_interval=20"),
        ({"open_timeout": 3}, TypeError, r'limits=\{"head_timeout"'),
    ],
)
def test_a_wrong_option_of_a_route_is_refused_where_it_is_written(
    server: Server, options: dict[str, Any], kind: type[Exception], sentence: str
) -> None:
    with pytest.raises(kind, match=sentence):
        server.websocket("/wrong", **options)
    assert "/wrong" not in server._site.websockets


def test_every_option_of_a_route_is_taken(server: Server) -> None:
    async def echo(ws: Any) -> None:
        async for message in ws:
            await ws.send(message)

    options: dict[str, Any] = {
        "max_size": None, "ping_interval": None, "ping_timeout": 5, "close_timeout": 1.5, "max_queue": (16, 4),
        "write_limit": 32768, "compression": "deflate", "subprotocols": ["chat"], "select_subprotocol": None,
        "extensions": None,
    }  # fmt: skip
    server.websocket("/all", **options)(echo)
    with ls.connect(server.url("/all"), subprotocols=["chat"], compression="deflate") as ws:
        ws.send("hello")
        assert ws.recv(timeout=5) == "hello" and ws.subprotocol == "chat"


def plain(*anything: Any) -> str:
    return "x"


async def later(*anything: Any) -> str:
    return "x"


@pytest.mark.parametrize(
    ("call", "kind", "sentence"),
    [
        (lambda s: s.get("/x", methods=["POST"]), TypeError, "write @server.post"),
        (
            lambda s: s.get("/x", response_class=str),
            TypeError,
            "return ls.Response\\(body\\) from the handler: a dict is JSON",
        ),
        (lambda s: s.get("/x", plain), TypeError, "write @server.get\\(./x.\\) above"),
        (lambda s: s.post("/x", plain), TypeError, "write @server.post\\(./x.\\) above"),
        (lambda s: s.websocket("/x", later), TypeError, "write @server.websocket\\(./x.\\) above"),
        (lambda s: s.static("/x", 5), TypeError, "folder is a path"),
        (lambda s: s.static("/x", None), TypeError, "folder is a path"),
        (lambda s: s.static("/x", __file__), NotADirectoryError, "is not a folder"),
        (lambda s: s.of(5), TypeError, 'the name of a namespace, such as "/point"'),
        (lambda s: s.of(None), TypeError, 'the name of a namespace, such as "/point"'),
        (lambda s: s.of(["/a"]), TypeError, 'the name of a namespace, such as "/point"'),
        (lambda s: s.of("/a,b"), ValueError, "a comma"),
        (lambda s: s.of("/room-*"), ValueError, "write server.of\\(re.compile\\('/room"),
        (lambda s: s.of("*"), ValueError, r"write server.of\(re.compile\('/\.\+'\)\) for many"),
        (lambda s: s.of(int), TypeError, "the name of a namespace"),
        (lambda s: s.of("/a?b=1"), ValueError, 'write "/a"'),
        (lambda s: s.of("http://127.0.0.1/a"), ValueError, 'write "/a"'),
        (lambda s: s.call(5), TypeError, "call\\(\\) runs an async function"),
        (lambda s: s.call(plain), TypeError, "async def"),
        (lambda s: s.call(later, timeout="x"), TypeError, "timeout is a number of seconds"),
        (lambda s: s.stop(5000), ValueError, "write 5 for 5000 ms"),
        (lambda s: s.stop("x"), TypeError, "timeout is a number of seconds"),
        (lambda s: s.pause("x"), TypeError, "timeout is a number of seconds"),
        (lambda s: s.wait("x"), TypeError, "timeout is a number of seconds"),
        (lambda s: s.wait(-1), ValueError, "timeout is"),
        (lambda s: s.observe(5), TypeError, "an observer is a function"),
        (lambda s: s.observe(later), TypeError, "plain function"),
        (lambda s: s.overhear(5), TypeError, "an observer is a function"),
        (lambda s: s.watchdog.add(5), TypeError, "an observer is a function"),
        (lambda s: s.task(5), TypeError, "task\\(\\) takes the function"),
        (lambda s: s.every(1, 5), TypeError, "every\\(\\) calls a function"),
        (
            lambda s: s.every(1, lambda x: None),
            TypeError,
            "every\\(\\) calls <lambda>\\(\\), but it is <lambda>\\(x\\)",
        ),
        (lambda s: s.task(lambda x: None), TypeError, "task\\(\\) calls <lambda>\\(\\)"),
        (lambda s: s.observe(lambda a, b: None), TypeError, "calls <lambda>\\(what_happened\\)"),
        (lambda s: s.every(plain, 1), TypeError, "write every\\(1, plain\\)"),
        (lambda s: s.url("/x", "wss"), ValueError, 'scheme is "ws" or "http"'),
        (lambda s: ls.Response("x", media_type="text/css"), TypeError, "write type='text/css'"),
        (lambda s: ls.Response("x", mimetype="text/csv"), TypeError, "write type='text/csv'"),
        (lambda s: ls.Response("x", status_code=201), TypeError, "write status=201"),
        (lambda s: ls.Response("x", status="404"), TypeError, "status is a number from 200 to 599"),
        (lambda s: ls.Response("x", status=99), ValueError, "status is a number from 200 to 599"),
        (lambda s: ls.Response("x", type=5), TypeError, "type is a media type"),
        (lambda s: ls.Response("x", headers="a: b"), TypeError, "headers is a dict"),
        (lambda s: ls.Response("x", headers={"A": "b\r\nC: d"}), ValueError, "one line"),
        (lambda s: ls.Response(content="x"), TypeError, "the body comes first"),
    ],
)
def test_a_call_that_cannot_mean_anything_says_what_to_write(
    server: Server, call: Callable[[Server], object], kind: type[Exception], sentence: str
) -> None:
    with pytest.raises(kind) as caught:
        call(server)
    assert re.search(sentence, re.sub(r"\bs\.", "server.", str(caught.value)))  # it has the name of the lambda's own
    assert server.is_running


def test_a_coroutine_instead_of_its_function_is_closed(server: Server) -> None:
    with pytest.raises(TypeError, match="pass later and its arguments"):
        server.call(later(1))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("route", "@server.get"),
        ("head", "HEAD is answered where GET is"),
        ("options", "OPTIONS by itself"),
        ("on", "server.of"),
        ("event", "server.of"),
        ("send", "emit"),
        ("fetchSockets", r"server.sockets\(\)"),
        ("broadcast", "server.of"),
        ("namespace", "server.of"),
        ("close", r"stop\(\)"),
        ("shutdown", r"stop\(\)"),
        ("serve_forever", r"run\(\)"),
        ("start", "runs since serve"),
        ("listen", "runs since serve"),
        ("mount", "server.static"),
        ("on_event", "server.task"),
        ("start_background_task", "server.task"),
        ("ws", "server.websocket"),
        ("io", "server.of"),
        ("app", "server itself"),
        ("address", "server.url"),
        ("clients", "server.peers"),
    ],
)
def test_a_method_of_another_library_says_what_is_here(server: Server, name: str, sentence: str) -> None:
    assert not hasattr(server, name)
    with pytest.raises(AttributeError, match=sentence):
        getattr(server, name)


def test_a_folder_that_is_there_is_taken(server: Server, tmp_path: Path) -> None:
    server.static("/files", str(tmp_path))
    server.static("/files", tmp_path)
