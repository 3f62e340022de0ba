"""What users of FastAPI, Flask and aiohttp write at a server: it works, or a sentence holds the line that does."""

from __future__ import annotations

import json
import types
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

import livesock as ls
from livesock.net.http.web import HttpRequest
from livesock.net.loop.habits import explain
from livesock.server import Server
from tests.peers import eventually

DEADLINE = 20.0


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("habits of servers") as server:
        yield server


def got(server: Server, path: str, **headers: str) -> bytes:
    """Return what a page answers."""
    request = urllib.request.Request(server.url(path, "http"), headers=headers)
    with urllib.request.urlopen(request, timeout=DEADLINE) as answer:
        return bytes(answer.read())


def error(server: Server) -> str:
    """Return the one error that a server keeps."""
    return str(eventually(lambda: server.errors, "an error is kept")[0])


# -- server.url is a method


@pytest.mark.parametrize(
    "habit",
    [
        lambda s: s.url + "/ws",
        lambda s: "http://" + s.url,
        lambda s: f"{s.url}/ws",
        lambda s: s.url / "ws",
        lambda s: s.url.replace("ws", "http"),
        lambda s: ls.connect(s.url),
        lambda s: ls.socket(s.url),
        lambda s: ls.tcp(s.url),
        lambda s: ls.netsim(s.url),
    ],
)
def test_an_address_without_its_brackets_gets_a_sentence(server: Server, habit: Callable[[Any], object]) -> None:
    with pytest.raises((TypeError, AttributeError, ValueError)) as caught:
        habit(server)

    assert 'url is a method: write server.url("/ws")' in str(caught.value)
    assert server.url("/ws") == f"ws://127.0.0.1:{server.port}/ws"


def test_the_address_of_a_netsim_without_its_brackets_gets_a_sentence(server: Server) -> None:
    with ls.netsim(server) as far:
        with pytest.raises(TypeError, match=r'write far.url\("/ws"\)'):
            far.url + "/ws"  # type: ignore[operator]  # the habit
        assert far.url("/ws").endswith("/ws")


# -- what a route is called with

ROUTES = [
    ("/items/{id:int}", lambda request: "", "write {id} for '{id:int}'"),
    ("/items/<int:id>", lambda request: "", "write {id} for '<int:id>'"),
    ("/items/<id>", lambda request: "", "write {id} for '<id>'"),
    ("/items/:id", lambda request: "", "write {id} for ':id'"),
    ("/items/{key}", lambda key: "", "write def <lambda>(request): …, and request.path_params['key'] in it"),
    ("/items/{id}", lambda request, key: "", "the parameters of the path are in request.path_params"),
    ("/hello", lambda name="you": "", "and request.query['name'] in it"),
]


@pytest.mark.parametrize(("path", "handler", "write"), ROUTES, ids=range(len(ROUTES)))
def test_a_route_of_another_library_gets_a_sentence(server: Server, path: str, handler: Any, write: str) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        server.get(path)(handler)

    assert write in str(caught.value)


def annotated(handler: Any, kind: Any) -> Any:
    """Return `handler` as if the annotation of its one parameter was not postponed."""
    handler = types.FunctionType(handler.__code__, globals())
    handler.__annotations__ = {handler.__code__.co_varnames[0]: kind}
    return handler


def test_an_annotated_value_is_recognised_and_a_request_is_not(server: Server) -> None:
    def by_query(name: str = "you") -> str: ...
    def by_body(item: dict[str, int]) -> str: ...
    def perhaps(q: str | None = None) -> str: ...
    def at_once(n) -> str: ...
    def plain(r: Any) -> str: ...
    def ours(request: HttpRequest) -> str: ...
    def default(request: Any = None) -> str: ...

    for handler, write in (
        (by_query, "request.query['name']"),
        (by_body, "request.json()"),
        (perhaps, "request.query['q']"),
        (annotated(at_once, int), "request.query['n']"),
        (annotated(at_once, float | None), "request.query['n']"),
        (annotated(at_once, list[int]), "request.json()"),
        (annotated(at_once, type("Item", (type("BaseModel", (), {}),), {})), "request.json()"),
    ):
        with pytest.raises(TypeError) as caught:
            server.post("/x")(handler)
        assert write in str(caught.value)
    for handler in (plain, ours, default):
        assert server.get("/x")(handler) is handler


def test_a_websocket_route_does_not_get_the_name_of_its_path(server: Server) -> None:
    async def talk(room): ...
    async def named(name: str): ...

    with pytest.raises(TypeError, match=r"async def talk\(ws\): …, and ws.path_params\['room'\] in it"):
        server.websocket("/ws/{room}")(talk)
    with pytest.raises(TypeError, match=r"and ws.query\['name'\] in it"):
        server.websocket("/ws")(named)


def test_what_the_sentences_about_routes_say_works(server: Server) -> None:
    @server.get("/items/{id}")
    def item(request):
        return {"id": request.path_params["id"], "name": request.query["name"]}

    @server.websocket("/ws/{room}")
    async def talk(ws):
        await ws.send(f"{ws.path_params['room']} {ws.query['name']}")

    assert json.loads(got(server, "/items/7?name=Ada")) == {"id": "7", "name": "Ada"}
    with ls.connect(server.url("/ws/blue?name=Ada")) as ws:
        assert ws.recv(timeout=DEADLINE) == "blue Ada"


# -- headers ignore case


def test_headers_are_found_in_any_case(server: Server) -> None:
    seen: list[Any] = []

    @server.get("/x")
    def page(request):
        h = request.headers
        return {
            "values": [h["X-Token"], h.get("x-token"), h.get("X-TOKEN"), h.get("No", "-"), "X-Token" in h, "No" in h]
        }

    @server.of("/h").on_connect
    def enter(socket):
        h = socket.handshake.headers
        seen.extend([h["X-Token"], h.get("X-Token"), "X-Token" in h, h.get("No"), "abc" in repr(h)])

    assert json.loads(got(server, "/x", **{"X-Token": "abc"}))["values"] == ["abc", "abc", "abc", "-", True, False]
    with ls.socket(server.url("/h"), headers={"X-Token": "abc"}, timeout=DEADLINE):
        assert seen == ["abc", "abc", True, None, False]


# -- the ws of a raw route

WS = [
    ("accept()", "leave it out"),
    ("receive_text()", "write await ws.recv()"),
    ("receive_json()", "write json.loads(await ws.recv())"),
    ("receive_bytes()", "write await ws.recv()"),
    ("send_text('x')", "write await ws.send(text)"),
    ("send_str('x')", "write await ws.send(text)"),
    ("send_bytes(b'x')", "write await ws.send(data)"),
    ("send_json({})", "write await ws.send(json.dumps(value))"),
    ("iter_text()", "write async for message in ws"),
    ("iter_json()", "write async for message in ws"),
    ("headers['a']", "write ws.request.headers"),
    ("query_params['q']", 'write ws.query["name"]'),
    ("path", "write ws.request.path"),
    ("url", "write ws.request.path"),
    ("cookies['a']", 'write ws.request.headers["Cookie"]'),
    ("client.host", "write ws.remote_address"),
    ("open", "write ws.close_code is None"),
    ("closed", "write ws.close_code is None"),
    ("nonsense", "'RawConnection' object has no attribute 'nonsense'"),
]


@pytest.mark.parametrize(("habit", "write"), WS, ids=[row[0] for row in WS])
def test_what_a_websocket_has_elsewhere_gets_a_sentence(server: Server, habit: str, write: str) -> None:
    @server.websocket("/ws")
    async def talk(ws):
        eval(f"ws.{habit}", {"ws": ws})

    with ls.connect(server.url("/ws"), headers={"Cookie": "a=1"}) as ws, pytest.raises(ConnectionClosed):
        ws.recv(timeout=DEADLINE)

    assert write in error(server)


async def _dict(ws):
    await ws.send({"a": 1})


async def _number(ws):
    await ws.send(5)


async def _list(ws):
    for _ in ws:
        pass


async def _forgotten(ws):
    came = ws.recv()
    try:
        print("you said " + came)
    finally:
        came.close()


async def _code(ws):
    await ws.close(1006)


async def _aiohttp(ws):
    async for message in ws:
        print(message.data)


@pytest.mark.parametrize(
    ("habit", "write"),
    [
        (_dict, "write await ws.send(json.dumps(value))"),
        (_number, "write await ws.send(json.dumps(value))"),
        (_list, "write async for message in ws: …"),
        (_forgotten, "write await in front of the call"),
        (_code, "write close(1000), or a code of your own from 4000 to 4999"),
        (_aiohttp, "a message is a str or bytes itself"),
    ],
)
def test_what_a_websocket_cannot_do_so_gets_a_sentence(server: Server, habit: Any, write: str) -> None:
    server.websocket("/ws")(habit)

    with ls.connect(server.url("/ws")) as ws, pytest.raises(ConnectionClosed):
        ws.send("x")
        ws.recv(timeout=DEADLINE)

    assert write in error(server)


def test_what_the_sentences_about_a_websocket_say_works(server: Server) -> None:
    @server.websocket("/ws")
    async def talk(ws):
        value = json.loads(await ws.recv())
        head, host = ws.request, ws.remote_address[0]
        await ws.send(json.dumps([value, ws.query["name"], head.path, head.headers["cookie"], host]))
        await ws.send(str(ws.close_code is None))
        async for message in ws:
            await ws.send(message)

    with ls.connect(server.url("/ws?name=Ada"), headers={"Cookie": "a=1"}) as ws:
        ws.send(json.dumps({"a": 1}))
        assert json.loads(ws.recv(timeout=DEADLINE)) == [{"a": 1}, "Ada", "/ws?name=Ada", "a=1", "127.0.0.1"]
        assert ws.recv(timeout=DEADLINE) == "True"
        ws.send("on")
        assert ws.recv(timeout=DEADLINE) == "on"


def test_an_error_is_explained_once_and_only_in_its_own_words() -> None:
    known, again = TypeError("data is a dict-like object"), OSError(2, "data is a dict-like object")

    for exc in (known, known, again):
        explain(exc)

    assert str(known) == "data is a dict-like object: write await ws.send(json.dumps(value))"
    assert again.args == (2, "data is a dict-like object")
