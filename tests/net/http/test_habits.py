"""What a handler of another library would do with a connection or a request: each gets a sentence, kept in errors."""

from __future__ import annotations

import contextlib
import queue
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

import livesock as ls
from livesock.server import Server
from tests.peers import eventually


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("habits of handlers") as server:
        yield server


@pytest.mark.parametrize(
    ("habit", "sentence"),
    [
        (lambda ws: ws.accept(), "the connection is open when the handler begins: leave it out"),
        (lambda ws: ws.send_text("x"), "write await ws.send(text)"),
        (lambda ws: ws.send_bytes(b"x"), "write await ws.send(data)"),
        (lambda ws: ws.send_json({"a": 1}), "write await ws.send(json.dumps(value))"),
        (lambda ws: ws.send({"a": 1}), "write await ws.send(json.dumps(value))"),
        (lambda ws: ws.receive_text(), "write await ws.recv()"),
        (lambda ws: ws.receive_json(), "write json.loads(await ws.recv())"),
        (lambda ws: ws.receive(), "write await ws.recv()"),
        (lambda ws: ws.iter_text(), "write async for message in ws: …"),
        (lambda ws: ws.on("message", print), "write async for message in ws: …"),
        (lambda ws: ws.on("close", print), "for the end write try: above the loop async for message in ws: …, and fin"),
        (
            lambda ws: ws.on_close(print),
            "for the end write try: above the loop async for message in ws: …, and finally:",
        ),
        (lambda ws: setattr(ws, "onclose", print), "a raw connection never calls onclose: for the end write try:"),
        (lambda ws: setattr(ws, "on_message", print), "never calls on_message: write async for message in ws: …"),
        (lambda ws: ws.emit("news", 1), "a raw route has no events"),
        (lambda ws: ws.join("room"), "a raw route has no events"),
        (lambda ws: ws.query_params["x"], 'write ws.query["name"]'),
        (lambda ws: ws.path, "write ws.request.path"),
        (lambda ws: ws.headers["host"], "write ws.request.headers"),
        (lambda ws: ws.cookies["a"], "write ws.request.cookies"),
        (lambda ws: ws.peer, "write ws.remote_address"),
        (lambda ws: ws.terminate(), "write ws.transport.abort()"),
        (lambda ws: ws.readyState, "write ws.close_code is None"),
        (lambda ws: ws.nonsense, "has no attribute 'nonsense'"),
    ],
)
def test_a_connection_says_what_to_write(server: Server, habit: Callable[[Any], Any], sentence: str) -> None:
    async def handler(ws: Any) -> None:
        await habit(ws)

    server.websocket("/ws")(handler)
    with ls.connect(server.url("/ws")) as ws, contextlib.suppress(ConnectionClosed):
        ws.recv(timeout=5)
    eventually(lambda: server.errors, "it is kept")

    assert sentence in str(server.errors[0])


@pytest.mark.parametrize(
    ("habit", "sentence"),
    [
        (lambda r: r.args["a"], "write request.query"),
        (lambda r: r.query_params["a"], "write request.query"),
        (lambda r: r.query_string, "write request.target"),
        (lambda r: r.params["a"], "write request.path_params"),
        (lambda r: r.match_info["a"], "write request.path_params"),
        (lambda r: r.data, "write request.body"),
        (lambda r: r.read(), "write request.body"),
        (lambda r: r.get_json(), "write request.json()"),
        (lambda r: r.url.path, "write request.path for the path"),
        (lambda r: r.full_path, "write request.target"),
        (lambda r: r.remote_addr, "write request.client.host"),
        (lambda r: r.host, 'write request.headers["host"]'),
        (lambda r: r.values["a"], 'write request.query["name"]; of a form request.form["name"]'),
        (lambda r: r.content_type, 'write request.headers.get("content-type")'),
        (lambda r: r.user_agent, 'write request.headers.get("user-agent")'),
        (lambda r: r.authorization, 'write request.headers["authorization"]'),
        (lambda r: r.is_secure, "https if serve(tls=True) was written"),
        (lambda r: r.url_for("a"), 'write the path itself, such as f"/items/{number}"'),
        (lambda r: r.endpoint, "write request.path"),
        (lambda r: r.user, "write request.state.user = …"),
        (lambda r: r.g.user, "write request.state.user = …"),
        (lambda r: r.session["user"], 'response.set_cookie("session", key, httponly=True, samesite="Lax")'),
        (lambda r: r.app, "request.state for one"),
        (lambda r: r.nonsense, "has no attribute 'nonsense'"),
    ],
)
def test_a_request_says_what_to_write(server: Server, habit: Callable[[Any], Any], sentence: str) -> None:
    server.get("/page")(lambda request: str(habit(request)))

    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(server.url("/page", "http"), timeout=5)
    assert sentence in re.sub(r"\br\.", "request.", str(server.errors[0]))  # it has the name of the lambda's own


@pytest.mark.parametrize(
    ("call", "kind", "sentence"),
    [
        (lambda n: n.timeout("5"), TypeError, "timeout is a number of seconds"),
        (lambda n: n.timeout(5000), ValueError, "write 5 for 5000 ms"),
        (lambda n: n.timeout(0), ValueError, "timeout is more than 0 seconds"),
        (lambda n: n.to("a").timeout(5000), ValueError, "write 5 for 5000 ms"),
        (lambda n: n.disconnect("yes"), TypeError, r"write server\.of\('/point'\)\.to\('yes'\)\.disconnect\(\)"),
        (
            lambda n: n.to("a").disconnect("yes"),
            TypeError,
            r"write server\.of\('/point'\)\.to\('yes'\)\.disconnect\(\)",
        ),
        (lambda n: n.to(None), TypeError, r"leave to\(\) out to speak to all"),
        (lambda n: n.connected, AttributeError, r"write \.sockets\(\), without await"),
        (lambda n: n.clients, AttributeError, r"write \.sockets\(\), without await"),
        (lambda n: n.on_message, AttributeError, r'on\("message"\)'),
        (lambda n: n.connect, AttributeError, "on_connect"),
    ],
)
def test_a_namespace_says_what_to_write(
    server: Server, call: Callable[[Any], object], kind: type[Exception], sentence: str
) -> None:
    with pytest.raises(kind, match=sentence):
        call(server.of("/point"))


def test_the_time_limit_of_a_question_to_one_peer_is_seconds_too(server: Server) -> None:
    failures: list[Exception] = []

    @server.of("/point").on("ask")
    async def ask(socket: Any) -> None:
        for wrong in ("5", 5000, 0):
            try:
                await socket.call("x", timeout=wrong)
            except (TypeError, ValueError) as exc:
                failures.append(exc)

    with ls.socket(server.url("/point")) as point:
        point.call("ask", timeout=5)
    assert len(failures) == 3 and "write 5 for 5000 ms" in str(failures[1])


def test_what_a_tab_offers_of_a_namespace_is_for_readers(server: Server) -> None:
    offered = [name for name in dir(server.of("/point")) if not name.startswith("_")]

    assert {"emit", "to", "on", "sockets", "on_connect", "name"} <= set(offered)
    assert not {"audience", "audiences", "child", "handlers", "loop", "members", "selection"} & set(offered)


def test_a_server_its_namespaces_and_sockets_have_names_for_annotations(server: Server) -> None:
    space: ls.Namespace[ls.Socket] = server.of("/point")

    assert isinstance(server, ls.Server) and isinstance(space, ls.Namespace) and ls.Socket.__name__ == "Socket"


def test_what_is_advised_for_the_end_of_a_connection_runs_for_a_code_of_ones_own(server: Server) -> None:
    left: queue.Queue[tuple[Any, ...]] = queue.Queue()

    @server.websocket("/ws")
    async def talk(ws: Any) -> None:
        try:
            async for _ in ws:
                pass
        finally:
            left.put((ws.close_code, ws.close_reason))

    with ls.connect(server.url("/ws")) as ws:
        ws.close(4001, "bye")

    assert left.get(timeout=10) == (4001, "bye")
