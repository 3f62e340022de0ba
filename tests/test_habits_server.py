"""What users of FastAPI, Flask and aiohttp write at a server: it works, or a sentence holds the line that does."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import dataclasses
import functools
import importlib.util
import json
import queue
import re
import threading
import types
import urllib.error
import urllib.request
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pydantic
import pytest
from websockets.exceptions import ConnectionClosed

import livesock as ls
from livesock.foreign.names import FOREIGN_NAMES
from livesock.net.http.habits import SERVE, SERVER
from livesock.net.http.web import HttpRequest
from livesock.net.loop.explain import explain
from livesock.net.loop.failures import LINE
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

    assert 'url is a method: write server.url("/ws")' in re.sub(r"\bs\.", "server.", str(caught.value))
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
    ("/items/{key}", lambda key: "", "write def <lambda>(request): …, and in it key = request.path_params['key']"),
    (
        "/items/{id}",
        lambda request, key: "",
        "what the path names is in request.path_params, what the query has in request.query",
    ),
    ("/hello", lambda name="you": "", "and in it name = request.query.get('name', 'you')"),
    ("/files/<path:p>", lambda request: "", "so @server.get('/files/{p:path}') above"),
    ("/items/{id:int}", lambda request: "", "and id = int(request.path_params['id']) in it"),
    ("/items/{key}", lambda request, key="none": "", "and in it key = request.path_params['key']"),
]


@pytest.mark.parametrize(("path", "handler", "write"), ROUTES, ids=range(len(ROUTES)))
def test_a_route_of_another_library_gets_a_sentence(server: Server, path: str, handler: Any, write: str) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        server.get(path)(handler)

    assert write in str(caught.value)


@dataclasses.dataclass
class Item:
    name: str


def by_model(item: Item, notify: bool = False) -> str: ...
def with_defaults(request: Any, item_id: int = 0, q: str = "x") -> str: ...
def needs_two(item_id: int, q: str) -> str: ...


@pytest.mark.parametrize(
    ("handler", "write"),
    [
        (
            by_model,
            "msgspec.convert(request.json(), Item)\n  notify = request.query.get('notify', 'false').lower() in (",
        ),
        (with_defaults, "  item_id = int(request.path_params['item_id'])\n  q = request.query.get('q', 'x')"),
        (needs_two, "def needs_two(request): …, and in it\n  item_id = int(request.path_params['item_id'])\n  q = "),
    ],
)
def test_each_parameter_of_fastapi_is_named_with_its_place(server: Server, handler: Any, write: str) -> None:
    with pytest.raises(TypeError) as caught:
        server.post("/items/{item_id}")(handler)

    assert write in str(caught.value)


def test_a_page_may_keep_a_value_of_the_loop_around_it(server: Server) -> None:
    for n in range(2):
        server.get(f"/{n}")(lambda request, n=n: str(n))

    assert [got(server, f"/{n}") for n in range(2)] == [b"0", b"1"]


@contextlib.asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    yield


async def two_halves() -> AsyncIterator[None]:
    yield


@pytest.mark.parametrize("begin", ["task", "every"])
@pytest.mark.parametrize("function", [lifespan, two_halves])
def test_a_lifespan_with_a_yield_gets_a_sentence(server: Server, begin: str, function: Any) -> None:
    with pytest.raises(TypeError, match=r"has a yield: write async def \w+\(\): …, without parameters, with await"):
        server.task(function) if begin == "task" else server.every(1, function)


def test_the_two_halves_of_a_lifespan_in_a_task() -> None:
    seen = []
    with ls.serve("lifespan") as server:

        @server.task
        async def life() -> None:
            seen.append("up")
            try:
                await asyncio.Event().wait()
            finally:
                seen.append("down")

        eventually(lambda: seen, "it has begun")
    assert seen == ["up", "down"]


def test_the_address_of_a_page_is_that_of_a_browser(server: Server) -> None:
    assert server.url("/").startswith("ws://")
    server.get("/")(lambda request: "a page")
    assert server.url("/").startswith("http://")
    assert urllib.request.urlopen(server.url("/"), timeout=DEADLINE).read() == b"a page"
    with ls.socket(server.url("/")) as socket:
        assert socket.connected
    server.websocket("/")(one_echo)
    assert server.url("/").startswith("ws://")


async def one_echo(ws: Any) -> None:
    await ws.send(await ws.recv())


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
        (by_query, "request.query.get('name', 'you')"),
        (by_body, "request.json()"),
        (perhaps, "request.query.get('q')"),
        (annotated(at_once, int), "request.query['n']"),
        (annotated(at_once, float | None), "request.query['n']"),
        (annotated(at_once, list[int]), "request.json()"),
        (annotated(at_once, type("Item", (type("BaseModel", (), {}),), {})), "Item(**request.json())"),
    ):
        with pytest.raises(TypeError) as caught:
            server.post("/x")(handler)
        assert write in str(caught.value)
    for number, handler in enumerate((plain, ours, default)):
        assert server.get(f"/{number}")(handler) is handler


def test_a_websocket_route_does_not_get_the_name_of_its_path(server: Server) -> None:
    async def talk(room): ...
    async def named(name: str): ...

    with pytest.raises(TypeError, match=r"async def talk\(ws\): …, and in it room = ws.path_params\['room'\]"):
        server.websocket("/ws/{room}")(talk)
    with pytest.raises(TypeError, match=r"and in it name = ws.query\['name'\]"):
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
    ("query_params['q']", 'write ws.query["name"], or ws.query.get("name")'),
    ("path", "write ws.request.path"),
    ("url", "write ws.request.path"),
    ("cookies['a']", 'write ws.request.cookies["name"], or ws.request.cookies.get("name")'),
    ("remote_addr", "write ws.remote_address"),
    ("accept(subprotocol='v2.chat', headers=[])", 'subprotocols=["v2.chat"]'),
    ("accept(headers=[('a', 'b')])", "headers of the handshake's answer cannot be set"),
    ("receive()", "write await ws.recv(), which is a str or bytes itself, and no dict"),
    ("scope['subprotocols']", "write ws.subprotocol for what was agreed"),
    ("session['user']", "write sessions = {} beside the server"),
    ("url.path", 'write ws.request.path.partition("?")[0]'),
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


async def _reason(ws):
    await ws.close("bye")


async def _long(ws):
    await ws.close(1000, "x" * 124)


async def _channels(ws):
    await ws.send(text_data="x")


async def _django(ws):
    await ws.channel_layer.group_send("room", {})


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
        (_reason, 'close() takes a code and a reason, such as close(1000, "bye")'),
        (_long, "the reason of close() has at most 123 bytes"),
        (_channels, "write await ws.send(text)"),
        (_django, "a raw route has no events and no rooms"),
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


# -- calls with too little, too much or another library's options


class Needs:
    def __init__(self, service: object) -> None: ...


CALLS = [
    (lambda s: s.every(1), "every() needs function: write server.every(1.0, tick)"),
    (lambda s: s.task(), "task() needs function: write @server.task above the function, without brackets"),
    (lambda s: s.static("site"), 'static() needs folder: write server.static("/", "site")'),
    (lambda s: s.static("/", directory="site"), 'static() takes no "directory": the folder comes second'),
    (lambda s: s.of("/").on(), 'on() needs name: write @namespace.on("move") above the function'),
    (lambda s: s.of("/").on_connect(), "on_connect() needs handler: write @namespace.on_connect above the function"),
    (lambda s: s.of("/").use(), "use() needs handler: write @namespace.use above the function"),
    (lambda s: s.of("/").on("m", namespace="/x"), 'write server.of("/chat").on("move")'),
    (
        lambda s: s.of(lambda name, auth, after: True),
        "of() calls <lambda>(name), but it is <lambda>(name, auth, after)",
    ),
    (
        lambda s: s.gateway("/c", cors=True),
        'gateway() takes no "cors": write origins=["https://example.org"] in serve()',
    ),
    (
        lambda s: s.gateway(81, {"namespace": "/c"}),
        "write @server.gateway('/c') above the class\n  \"port\": a gateway sh",
    ),
    (
        lambda s: s.gateway(81, {"cors": True}),
        'write serve(port=81)\n  "cors": write origins=["https://example.org"] in ser',
    ),
    (lambda s: s.gateway({"namespace": "chat"}), "write @server.gateway('chat') above the class"),
    (
        lambda s: s.gateway("/c", {"adapter": 1}),
        "('/c') above the class\n  \"adapter\": in serve() write cluster=ls.cluster.",
    ),
    (lambda s: s.gateway(re.compile("/r-.*")), "write @server.of(re.compile('/r-.*')).on(\"name\") above a function"),
    (
        lambda s: s.gateway(["/a", "/b"]),
        "write @server.gateway('/a'), @server.gateway('/b'), one decorator above the ot",
    ),
    (lambda s: s.gateway("/a", "/b"), "write @server.gateway('/a'), @server.gateway('/b'), one decorator above the ot"),
    (lambda s: s.gateway(maxHttpBufferSize=1e6), 'in serve() write sessions={"max_payload": 1000000}, in bytes'),
    (lambda s: s.gateway(connectTimeout=45000), 'in serve() write sessions={"connect_timeout": 45}'),
    (lambda s: s.gateway(connectionStateRecovery={}), 'in serve() write sessions={"recovery": 120}, in seconds'),
    (lambda s: s.gateway(adapter=1), 'in serve() write cluster=ls.cluster.redis("redis://127.0.0.1:6379")'),
    (lambda s: s.gateway(perMessageDeflate=True), "sessions are not compressed: leave it out"),
    (lambda s: s.gateway(cookie=True), "a session needs no cookie"),
    (lambda s: s.gateway(serveClient=True), "a server needs no such setting: leave it out"),
    (lambda s: s.gateway(allowEIO3=True), "Engine.IO 4 alone is spoken"),
    (lambda s: ls.serve("other", allowRequest=print), 'write @server.of("/").use afterwards, above def enter(socket)'),
    (lambda s: s.gateway("/c", namespace="/d"), "gateway() takes namespace once, and it came twice"),
    (lambda s: s.gateway("/c")(Needs), "gateway() calls Needs(), but it is Needs(service"),
    (lambda s: s.run(port=5000), 'run() takes no "port": serve() has begun already: write serve(port=5000)'),
    (lambda s: ls.serve("other", debug=True), "leave it out: errors of handlers are printed"),
    (lambda s: s.of("/").emit("x", {1, 2}), "list(a_set), a_datetime.isoformat()"),
    (lambda s: s.on("connect"), '@server.of("/").on("move") above def move(socket, data): …'),
    (lambda s: s.event, '@ls.event("move") above def move(self, socket, data): …, in the class of a gateway'),
    (lambda s: s.emit("x", to="r"), "emit() takes no to=: write server.of('/').to('r').emit('x', …)"),
    (lambda s: s.to(), "to() needs the name of a room and got none"),
    (lambda s: s.send("x"), 'write server.of("/").emit("message", text) for all, server.of("/").to(room).emit('),
    (lambda s: s.fetchSockets(), "write server.sockets()"),
    (lambda s: s.sockets["id"], "sockets is a method: write sockets()"),
    (lambda s: s.sockets.emit("x"), "write emit without .sockets in front of it"),
    (lambda s: s.socketsJoin("r"), "write server.join(room)"),
    (lambda s: s.socketsLeave("r"), "write server.leave(room)"),
    (lambda s: s.disconnectSockets(True), "with True in the brackets each connection ends, too"),
    (lambda s: s.disconnect_sockets(True), "with True in the brackets each connection ends, too"),
    (
        lambda s: s.in_("r").disconnect_sockets(True),
        "write disconnect(), or disconnect(True), which ends each connection",
    ),
    (lambda s: s.subscribe_message("m"), 'write @ls.event("name") in a gateway'),
    (lambda s: s.subscribeMessage("m"), 'write @ls.event("name") in a gateway'),
    (lambda s: s.use_guards(1), "write @ls.guard(allows) above the class or a method of a gateway"),
    (lambda s: s.wsException("m"), "write raise ls.Refused('why')"),
    (lambda s: s.serverSideEmit("x"), 'write server.emit_to_servers("name", …)'),
    (lambda s: s.serverSideEmitWithAck("x"), 'write server.call_servers("name", …)'),
    (lambda s: s.join(), "write server.run()"),
    (lambda s: s.io.emit("x"), "write self.namespace in a gateway, socket.namespace in a handler"),
    (lambda s: s.transport("x"), "socket.transport in a handler, server.to(id).sockets()[0].transport elsewhere"),
    (lambda s: s.reason.CLIENT_DISCONNECT, "in def on_disconnect(socket, reason): …; at a client 'io client"),
    (lambda s: s.emitWithAck("x"), 'write server.of("/").call("name", …), a list of answers'),
    (lambda s: s.allSockets(), "write [socket.id for socket in server.sockets()]"),
    (lambda s: s.instrument(auth=False), "write ls.display.map("),
    (lambda s: s.namespace_handlers, 'write server.of("/").answers'),
    (lambda s: s.httpServer, "write server.port, or server.url('/', 'http')"),
    (lambda s: s.opts, "write each option in serve(), such as serve(port=8080)"),
    (
        lambda s: s.engine.on("x", print),
        "it has no events and no generateId of its own: what failed is in server.errors, and nothing adds headers",
    ),
    (lambda s: s.of("/").engine, "it has no events of its own: what failed is in server.errors"),
    (lambda s: s.sockets.on("connection", print), 'write @server.of("/").on_connected above def enter(socket): …'),
    (
        lambda s: s.sockets.get("x"),
        'write to(id).emit("name", …), or to(id).sockets() for a list with it, without .sock',
    ),
    (lambda s: s.sockets.sockets.get("x"), 'write to(id).emit("name", …), or to(id).sockets() for a list with it'),
    (lambda s: s.of("/").sockets.get("x"), 'write to(id).emit("name", …), or to(id).sockets() for a list with it'),
    (lambda s: s.of("/").sockets.size, "write len(sockets())"),
    (lambda s: s.of("/").allSockets(), "write [socket.id for socket in namespace.sockets()]"),
    (lambda s: s.sockets.adapter.rooms, 'write to("room").sockets() for who is in a room'),
    (lambda s: s.before_request, 'for Socket.IO @server.of("/").use above def enter'),
    (lambda s: s.manager, 'server.of("/").to("room").sockets() for those in a room'),
    (lambda s: s.errorhandler(404), "return ls.Response(body, status=404)"),
    (lambda s: s.on_error_default, "the newest error of a handler is server.errors[-1].exception"),
    (lambda s: s.of("/").socketsJoin("r"), "write join(room), or .to(other).join(room)"),
    (
        lambda s: s.of("/").to("a").socketsJoin("r"),
        "a selection of sockets has no attribute 'socketsJoin': write join(room)",
    ),
    (lambda s: [one for one in s.of("/").sockets], "sockets is a method: write sockets()"),
    (lambda s: s.of("/").to("a").sockets["id"], "sockets is a method: write sockets()"),
    (
        lambda s: s.of("/").call("q", to="x"),
        "write server.of('/').to('x').call('q', …), a list of answers, one for each peer, with await",
    ),
    (lambda s: s.call("q", 1, to="x", timeout=2), "in an async def handler; of one peer (answer,) = …"),
    (lambda s: s.call("q", 1, to="x", timeout=2), "a peer, write server.of('/').to('x').timeout(2).call('q', …)"),
    (lambda s: s.call(event="q", data=1, sid="x"), "a peer, write server.of('/').to('x').call('q', …)"),
    (lambda s: s.call("q", 1), "write socket.call('q', …); elsewhere server.of('/').call('q', …), a list of answers"),
    (lambda s: s.on_namespace(1), 'leave it out: @server.gateway("/point") above the class is all'),
    (lambda s: type("MyNs", (ls.Namespace,), {}), '@server.gateway("/point") above class MyNs: …, without a base'),
    (
        lambda s: s.on_event("a", print),
        "@server.task above async def work(): …, for startup; for shutdown finally",
    ),
    (lambda s: s.on("connection", print), "outside of any other handler; what it returns is the answer"),
    (lambda s: s.enter_room("sid", "r"), 'write socket.join("room") in a handler, server.of("/").to(socket.id).join('),
    (lambda s: s.leave_room("sid", "r"), 'write socket.leave("room") in a handler'),
    (lambda s: s.session("sid"), 'write socket.data["name"] = value'),
    (lambda s: s.get_session("sid"), 'socket.data["name"] for get_session()'),
    (lambda s: s.test_client(s), 'write point = ls.socket(server.url("/chat"), auth={…})'),
    (lambda s: s.api_route("/x"), "write @server.get(path)"),
    (lambda s: s.state.users, "keep it in a variable beside the server"),
    (lambda s: s.on_error(), "the newest error of a handler is server.errors[-1].exception"),
    (lambda s: s.attach(1), "the server itself has the routes"),
    (lambda s: s.of("/").compress(False), "messages are not compressed: leave it out"),
    (lambda s: s.of("/").close_room("r"), "write .to(room).leave(room)"),
    (lambda s: s.of("/").broadcast.emit("x"), 'socket.broadcast.emit("name", …) in a handler for the others'),
    (lambda s: s.onAny(print), 'write @server.of("/").on_any above def see(socket, name, *arguments): …'),
    (lambda s: s.of("/").off("x"), 'write socket.data["quiet"] = True where it is to end'),
    (lambda s: s.of("/…"), "write the name of your namespace"),
    (lambda s: s.of("/").on("…"), "write the name of your event"),
    (lambda s: s.of("/chat").event, 'write @server.of("/chat").on("name")'),
    (lambda s: s.of("/").on("*", lambda event, sid, data: 1), "write lambda socket, event, data: …"),
    (lambda s: s.run(debug=True), "leave it out: errors of handlers are printed"),
    (lambda s: ls.serve("other", allow_upgrades=False), 'write sessions={"allow_upgrades": False}'),
    (lambda s: ls.serve("other", transports=["websocket"]), "write sessions={\"transports\": ['websocket']}"),
    (lambda s: ls.serve("other", allowUpgrades=False), 'write sessions={"allow_upgrades": False}'),
    (lambda s: ls.serve("other", limits={"recovery": 60}), 'write sessions={"recovery": 60}'),
    (lambda s: ls.serve(print, "127.0.0.1", 8765), "serve() takes no handler: write server = ls.serve("),
    (lambda s: s.engine.clients_count, 'len(server.of("/").sockets()) for clients'),
    (lambda s: s.WebSocketGateway("/point"), 'write @server.gateway("/point") above a class'),
    (lambda s: s.of("/").sockets.emit("x"), "write emit without .sockets in front of it"),
    (lambda s: len(s.of("/").sockets), "sockets is a method: write sockets()"),
    (lambda s: ls.guard(type("AuthGuard", (), {})), "write @ls.guard(allows)"),
    (lambda s: ls.event("x")(ls.guard(lambda socket: True)), "guard has brackets: write @ls.guard(allows)"),
    (lambda s: ls.tcp("127.0.0.1", s.port), "write tcp(('127.0.0.1', "),
    (lambda s: ls.netsim(s, latency=0.1), "write delay=0.1, in seconds for one way"),
    (lambda s: s.webscoket("/x"), "did you mean websocket?"),
    (lambda s: ls.Server(), "write server = ls.serve()"),
    (lambda s: ls.Server("chat", port=3000), "write server = ls.serve(port=3000)"),
    (lambda s: ls.Namespace("/chat"), 'write server.of("/point"), or @server.gateway("/point") above a class'),
    (lambda s: ls.serve("localhost", 8000), "write serve(host='localhost', port=8000)"),
    (lambda s: ls.serve("other", pingInterval=25000), 'write sessions={"ping_interval": 25} for Socket.IO'),
    (lambda s: ls.serve("other", connectTimeout=45000), 'write sessions={"connect_timeout": 45}'),
    (lambda s: ls.serve("other", ping_timeout=0.5), 'write sessions={"ping_timeout": 0.5}'),
    (lambda s: ls.serve("other", max_http_buffer_size=1e6), 'write sessions={"max_payload": 1000000}, in bytes'),
    (lambda s: ls.serve("other", limits={"pingInterval": 25000}), 'sessions={"ping_interval": 25}'),
    (lambda s: ls.serve("other", ssl_options={}), "write tls=True"),
    (lambda s: ls.serve("other", allowed_hosts=["*"]), 'write hosts=["my-laptop.local"]'),
    (lambda s: ls.serve("other", manage_session=False), "leave it out"),
    (lambda s: ls.serve("other", channel="x"), "write cluster=ls.cluster.redis("),
    (lambda s: ls.serve("other", routes=[]), "write @server.get(path)"),
    (lambda s: ls.serve("other", unix="/x"), 'write host="127.0.0.1", port=8080'),
    (lambda s: ls.serve(print, "127.0.0.1", 8765), 'and @server.websocket("/") above async def print(ws): …'),
    (lambda s: s.task(print, 1), "write functools.partial(print, 1)"),
    (lambda s: s.every(1, print, 1), "write functools.partial(print, 1)"),
    (lambda s: s.of(), 'of() needs namespace: write server.of("/point")'),
    (lambda s: s.of("/{room}"), "write server.of(re.compile('/[^/]+'))"),
    (lambda s: s.of("/<room>/x"), "write server.of(re.compile('/[^/]+/x'))"),
    (lambda s: s.of("/:room"), "write server.of(re.compile('/[^/]+'))"),
    (lambda s: s.of(r"/room-\d+"), r"write server.of(re.compile('/room-\\d+'))"),
    (lambda s: s.of("/room-[0-9]+"), "write server.of(re.compile('/room-[0-9]+'))"),
    (lambda s: s.of(re.compile("room")), "begins with a slash: write server.of(re.compile('/room'))"),
    (lambda s: s.use(print), 'write @server.of("/").use above'),
    (lambda s: s.socketsJoin("r"), "write server.join(room), or server.to(other).join(room)"),
    (lambda s: s.serverSideEmit("x"), "write server.emit_to_servers("),
    (lambda s: s.get_environ("sid"), "write socket.handshake in a handler"),
    (lambda s: s.add_routes([]), "write @server.get(path)"),
    (
        lambda s: s.start_background_task(print),
        "write thread = threading.Thread(target=f, daemon=True), and thread.start(), ",
    ),
    (lambda s: s.start_background_task(print), "asyncio.create_task(f(1))"),
    (
        lambda s: s.lifespan(print),
        "what requests need is made above serve(), for no request waits",
    ),
    (lambda s: s.of("/").serverSideEmit("x"), "write server.emit_to_servers("),
    (lambda s: s.of("/p").to("a").onAny(print), 'write @server.of("/p").on_any above def see(socket, name, *argum'),
    (lambda s: s.of("/").participants("r"), "sockets(), which in on_disconnect is without the peer that has left"),
    (
        lambda s: s.of("/").on("m", lambda data: None),
        'the handler of "m" gets the socket first: write lambda socket',
    ),
    (lambda s: setattr(s.of("/"), "on_connect", print), 'write @server.of("/").on_connect above the function'),
    (lambda s: setattr(s.of("/"), "on_connection", print), 'write @server.of("/").on_connect above the function'),
    (lambda s: s.get("/x", dependencies=[]), "write the call itself in the handler, user = find_user(request)"),
    (lambda s: s.websocket("/x", verifyClient=print), "handshake=f answers the opening handshake"),
    (lambda s: peer_of(s).send("x"), "write clients = set() beside the server, clients.add(ws) in the handler"),
    (lambda s: peer_of(s).emit("x"), 'write for socket in server.of("/").sockets(): …'),
    (lambda s: ls.socket(s, auth=lambda done: done({})), 'write auth=lambda: {"token": token}, which returns what is'),
]


def peer_of(server: Server) -> Any:
    with ls.socket(server):
        return server.peers[0]


@pytest.mark.parametrize(("call", "write"), CALLS, ids=[row[1][:30] for row in CALLS])
def test_a_call_of_another_library_gets_a_sentence(server: Server, call: Callable[[Any], Any], write: str) -> None:
    with pytest.raises((TypeError, AttributeError, ValueError)) as caught:
        call(server)

    # the sentence has the name of the lambda's own
    assert write in re.sub(r"\bs(?=\.| = ls\.)", "server", str(caught.value))


@pytest.mark.parametrize(
    ("name", "many"),
    [
        ("*", ["/foo", "/foo/bar"]),
        ("/*", ["/foo"]),
        ("chat-*", ["/chat-1", "/chat-"]),
        ("/room/*", ["/room/1"]),
        ("{room}", ["/foo"]),
        ("/{room}", ["/foo"]),
        ("/room-<int:n>", ["/room-7"]),
        (r"room-\d+", ["/room-7"]),
        (r"/^\/room-\d+$/", ["/room-7"]),
        (re.compile(r"^room-\d+$"), ["/room-7"]),
    ],
)
def test_the_pattern_that_a_sentence_names_lets_peers_in(server: Server, name: Any, many: list[str]) -> None:
    with pytest.raises(ValueError, match=r"server\.of") as caught:
        server.of(name)
    found = re.search(r"write (server.of\(re.compile\('.*?'\)\))", str(caught.value))
    assert found is not None
    eval(found[1], {"server": server, "re": re}).on("name", lambda socket: socket.namespace.name)

    with ls.socket(server.url(many[0]), timeout=DEADLINE) as point:
        assert [point.of(one).call("name") for one in many] == many


def test_what_the_sentences_about_sockets_say_works(server: Server) -> None:
    entered: list[str] = []
    left: list[str] = []

    @server.of("/").on_connected
    def enter(socket: Any) -> None:
        entered.append(socket.id)
        socket.join("room")

    @server.of("/").on_disconnect
    def on_disconnect(socket: Any, reason: str) -> None:
        left.append(reason)

    with ls.socket(server.url("/"), transports=["websocket"], timeout=DEADLINE) as point:
        point.on("ask", lambda value: value)
        assert eventually(lambda: entered, "it is in") == [point.id]
        server.to(point.id).emit("one", 1)
        assert point.wait("one", timeout=DEADLINE) == (1,)
        assert server.to(point.id).sockets()[0].transport == "websocket"
        assert [socket.id for socket in server.sockets()] == [point.id]
        assert [socket.id for socket in server.of("/").to("room").sockets()] == [point.id]
        assert server.of("/").call("ask", 2) == [2]
    assert eventually(lambda: left, "it has left") == ["client namespace disconnect"]


def test_what_a_peer_sent_to_join_is_a_dict_and_says_so(server: Server) -> None:
    seen: list[Any] = []

    @server.of("/").on_connect
    def check(socket: Any) -> None:
        auth = socket.handshake.auth
        seen.append((auth["token"], auth.get("name"), auth == {"token": "abc"}, json.dumps(auth), dict(auth)))
        if auth.token != "abc":  # Node's habit
            raise ls.Refused("who are you?")

    with pytest.raises(ls.Refused):
        ls.socket(server.url("/"), auth={"token": "abc"})

    assert seen == [("abc", None, True, '{"token": "abc"}', {"token": "abc"})]
    assert 'write auth["token"], or auth.get("token")' in str(server.errors[0])
    assert "abc" not in str(server.errors[0])


def test_the_server_of_a_gateway_of_another_namespace_does_not_speak_for_it_in_silence(server: Server) -> None:
    @server.gateway("/point")
    class Point:
        def speak(self) -> None:
            self.server.emit("moved")  # type: ignore[attr-defined]  # NestJS: its own namespace

        @ls.event("move")
        def move(self, socket: Any) -> None:
            self.speak()

        @ls.event("root")
        def root(self, socket: Any) -> None:
            self.server.of("/").emit("moved")  # type: ignore[attr-defined]

    with ls.socket(server.url("/point")) as client:
        assert client.call("move", timeout=5)["status"] == "error"
        client.call("root", timeout=5)

    (error,) = server.errors
    assert 'the server itself speaks to "/": write self.namespace for "/point", or self.server.of("/")' in str(error)


ON_GATEWAY = [
    (
        "self.emit('x', 1)",
        'write self.namespace.emit("name", …) for all, self.namespace.to("room").emit("name", …) for a',
    ),
    ("self.send('x')", 'socket.emit("name", …) for this peer'),
    ("self.enter_room(socket.id, 'a')", 'write socket.join("room")'),
    ("self.leave_room(socket.id, 'a')", 'write socket.leave("room")'),
    ("self.close_room('a')", 'write self.namespace.to("room").leave("room")'),
    ("self.rooms(socket.id)", "write socket.rooms"),
    ("self.save_session(socket.id, {})", 'write socket.data["name"] = value for save_session()'),
    ("self.get_session(socket.id)", 'socket.data["name"] for get_session()'),
    ("self.session(socket.id)", 'write socket.data["name"]'),
    ("self.disconnect(socket.id)", 'socket.disconnect() for this peer, self.namespace.to("id").disconnect()'),
    ("self.call('q', to=socket.id)", 'write socket.call("name", …), or self.namespace.to("id").call("name", …)'),
    ("self.trigger_event('q')", 'write @ls.event("*") above def other(self, socket, name, *arguments)'),
]


@pytest.mark.parametrize(("habit", "write"), ON_GATEWAY, ids=[row[0] for row in ON_GATEWAY])
def test_what_a_gateway_inherits_elsewhere_gets_a_sentence(server: Server, habit: str, write: str) -> None:
    @server.gateway("/chat")
    class Chat:
        @ls.event("m")
        async def m(self, socket: Any) -> None:
            eval(habit, {"self": self, "socket": socket})

    with ls.socket(server.url("/chat"), timeout=DEADLINE) as point:
        point.call("m")
    assert write in error(server)


def test_an_attribute_of_its_own_that_a_gateway_has_not_keeps_its_own_words(server: Server) -> None:
    @server.gateway("/chat")
    class Chat:
        def on_connected(self, socket: Any) -> None:
            self.users.append(socket.id)  # type: ignore[attr-defined]  # the fault

    with ls.socket(server.url("/chat"), timeout=DEADLINE):
        assert error(server).endswith("'Chat' object has no attribute 'users'")


def test_what_the_sentences_about_a_gateway_say_works(server: Server) -> None:
    @server.gateway("/chat")
    class Chat:
        @ls.event("m")
        async def m(self, socket: Any) -> Any:
            space: Any = self
            socket.join("room")
            socket.data["name"] = "ann"
            space.namespace.emit("all", 1)
            space.namespace.to("room").emit("room", 2)
            socket.emit("one", 3)
            rooms = socket.rooms
            space.namespace.to("room").leave("room")
            return [rooms, socket.rooms, socket.data["name"], await socket.call("ask", 1)]

        @ls.event("kick")
        def kick(self, socket: Any, who: str) -> None:
            space: Any = self
            space.namespace.to(who).disconnect()

    url = server.url("/chat")
    with ls.socket(url, timeout=DEADLINE) as point, ls.socket(url, timeout=DEADLINE) as other:
        point.on("ask", lambda value: value + 1)
        assert point.call("m") == [[point.id, "room"], [point.id], "ann", 2]
        assert [point.wait(name, timeout=DEADLINE) for name in ("all", "room", "one")] == [(1,), (2,), (3,)]
        point.call("kick", other.id)
        eventually(lambda: not other.connected, "it was sent away")


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("SocketIO", "write ls.serve()"),
        ("Client", "write point = ls.socket(url), which connects: leave connect() out"),
        (
            "emit",
            'write socket.emit("name", …) in a handler for its peer, socket.namespace.emit("name", …) for all',
        ),
        ("send", 'write socket.emit("message", text) in a handler for its peer'),
        ("NestInterceptor", 'below @ls.event("name"); for a whole class below each of them'),
        ("CallHandler", "write a decorator of your own"),
        ("ExecutionContext", "write def allows(socket, *arguments): …, which gets what the handler gets"),
        ("ArgumentsHost", "write def allows(socket, *arguments): …"),
        ("PipeTransform", "write a plain function, data = cleaned(data) in the method"),
        ("ParseBoolPipe", 'write x = x == "true" in the method'),
        ("test_client", 'write point = ls.socket(server.url("/chat"), auth={…}), which raises ls.Refused if'),
        ("RedirectResponse", 'ls.Response("", status=303, headers='),
        ("PlainTextResponse", "return the text itself"),
        ("FileResponse", 'server.static("/files", "folder")'),
        ("UploadFile", 'file = request.files["name"]'),
        ("jsonify", "write return {…}, the dict itself, or return ls.Response({…}, status=201)"),
        ("JSONResponse", "write return {…}, the dict itself, or return ls.Response({…}, status=201)"),
        ("join_room", "write socket.join(room)"),
        ("SubscribeMessage", 'write @ls.event("name")'),
        ("WebSocketDisconnect", "write websockets.exceptions.ConnectionClosed"),
        ("HTTPException", "Response({…}, status=404, headers={…})"),
        ("disconnect", "socket.namespace.to(sid).disconnect() for another"),
        ("WsException", "write raise ls.Refused('why')"),
        ("close_room", 'write server.of("/").to("room").leave("room")'),
        ("Depends", "write the call itself in the handler, user = find_user(request)"),
        ("StaticFiles", 'write server.static("/static", "static")'),
        ("HTMLResponse", 'write return ls.Response(html, type="text/html")'),
        ("StreamingResponse", "yield text for each part; yield ls.ServerSentEvent(text) for events"),
        ("TestClient", 'a raw WebSocket: with ls.connect(server.url("/ws")) as ws: …'),
        ("UseGuards", "write @ls.guard(allows) above the class or a method of a gateway"),
        ("MessageBody", 'write def move(self, socket, data): …, and data["text"] in it, for both; or data: Mo'),
        ("UsePipes", "write def move(self, socket, data: Move): …, where Move is a dataclass or a model of pydantic"),
        ("ValidationPipe", "or x: int, which refuses what does not fit"),
        ("ParseIntPipe", "write x = int(x) in the method, where a text"),
        (
            "exceptions",
            "write raise ls.Refused('why') in on_connect; except TimeoutError: … for a call without an answer",
        ),
        ("TimeoutError", "write except TimeoutError: …"),
        ("Ack", "write return value in the method"),
        ("UseInterceptors", "write a decorator of your own, with functools.wraps, below @ls.event("),
        ("UseFilters", 'write raise ls.Refused("why") in the method'),
        ("Catch", 'write raise ls.Refused("why") in the method'),
        ("Injectable", "write def __init__(self): self.service = Service()"),
        ("NotFoundException", "'statusCode': 404}, status=404) in a page, raise ls.Refused('why') in a gateway"),
        ("UnauthorizedException", "status=401) in a page, raise ls.Refused('why') in a gateway"),
        ("WebSocketServer", "in a method: it is there, leave the line out; self.server speaks to '/'"),
        ("WebSocket", 'write @server.websocket("/path") above async def talk(ws): …, w'),
        ("WsResponse", 'write return ls.Reply("name", …)'),
        ("AsyncSimpleClient", "write point = ls.socket(url), which connects: leave connect() out; plain def"),
        ("AsyncClientNamespace", "write point = ls.socket(url)"),
        ("AsyncManager", "write ls.serve(cluster=ls.cluster.redis("),
        ("ASGIApp", 'for static_files it is server.static("/static", "site")'),
        ("AsyncRedisManager", "write ls.serve(cluster=ls.cluster.redis("),
        ("get_channel_layer", "write ls.serve(cluster=ls.cluster.redis("),
        ("OnGatewayConnection", "write def on_connect(self, socket)"),
        ("AsyncWebsocketConsumer", '@server.websocket("/path") above async def talk(ws)'),
        ("WebSocketHandler", '@server.websocket("/path") above async def talk(ws)'),
        ("async_to_sync", "write the call itself"),
        ("CORSMiddleware", 'write ls.serve(origins=["https://example.org"])'),
        ("WSMsgType", "write async for message in ws"),
        ("ConnectionClosedOK", "write websockets.exceptions.ConnectionClosedOK"),
        ("create_server", "write ls.serve()"),
        ("subscribe_message", '@ls.event("name") in a gateway'),
        ("ws_exception", "raise ls.Refused"),
        ("nonsense", "it has LivesockError"),
    ],
)
def test_a_name_of_another_library_gets_a_sentence_also_when_it_is_imported(name: str, write: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(ls, name)
    with pytest.raises(ImportError) as of_import:
        exec(f"from livesock import {name}")

    assert write in str(caught.value) and write in str(of_import.value)
    assert not hasattr(ls, name)


def loud(method: Any) -> Any:
    @functools.wraps(method)
    async def louder(self: Any, socket: Any, *arguments: Any) -> str:
        return (await method(self, socket, *arguments)).upper()

    return louder


def allows(socket: Any, *arguments: Any) -> bool:
    return arguments[:1] != ("no",)


def test_what_the_sentences_about_the_names_of_nestjs_say_works(server: Server) -> None:
    @server.gateway("/nest")
    @ls.guard(allows)
    class Nest:
        def __init__(self) -> None:
            self.service = "a service"

        @ls.event("body")
        def body(self, socket: Any, data: Any) -> Any:
            return data["text"]

        @ls.event("model")
        def model(self, socket: Any, data: Item) -> str:
            return data.name

        @ls.event("int")
        def int(self, socket: Any, x: str) -> Any:
            return [int(x), self.service]

        @ls.event("loud")
        @loud
        async def loud(self, socket: Any, x: str) -> str:
            return x

        @ls.event("filter")
        def filter(self, socket: Any) -> None:
            raise ls.Refused("why", {"a": 1})

        @ls.event("slow")
        async def slow(self, socket: Any) -> None:
            await asyncio.Event().wait()

    with ls.socket(server.url("/nest"), timeout=DEADLINE) as point:
        assert point.call("body", {"text": "x"}) == "x"
        assert point.call("model", {"name": "ann"}) == "ann"
        assert point.call("int", "3") == [3, "a service"]
        assert point.call("loud", "yes") == "YES"
        assert point.call("loud", "no")["message"] == "Forbidden resource"
        assert point.call("filter")["data"] == {"a": 1}
        assert point.wait("exception", timeout=DEADLINE)
        with pytest.raises(TimeoutError):
            point.call("slow", timeout=0.1)


def test_what_the_sentences_about_a_gateways_namespace_say_works(server: Server) -> None:
    @server.gateway("/a")
    @server.gateway("/b")
    class Both:
        @ls.event("where")
        def where(self, socket: Any) -> list[str]:
            return [socket.namespace.name, self.namespace.name]  # type: ignore[attr-defined]

    @server.of(re.compile("/room-.*")).on("name")
    def name(socket: Any) -> str:
        return str(socket.namespace.name)

    with ls.socket(server.url("/a"), timeout=DEADLINE) as point:
        assert point.call("where") == ["/a", "/a"] and point.of("/b").call("where") == ["/b", "/b"]
        assert point.of("/room-7").call("name") == "/room-7"
    with ls.serve("with options", sessions={"max_payload": 1000000, "recovery": 120, "connect_timeout": 45}) as other:

        @other.of("/").use
        def enter(socket: Any) -> None:
            if socket.handshake.query.get("key") != "1":
                raise ls.Refused("why")

        with pytest.raises(ls.Refused, match="why"):
            ls.socket(other.url("/"), timeout=DEADLINE)
        with ls.socket(other.url("/?key=1"), timeout=DEADLINE) as point:
            assert point.connected


def test_what_the_package_has_is_imported_as_before() -> None:
    from livesock import Namespace, display, serve

    assert serve is ls.serve and display is ls.display and Namespace is ls.Namespace


def test_awaiting_what_acts_at_once_off_the_loop_gets_a_sentence_before_it_acts(server: Server) -> None:
    async def emit() -> None:
        await server.of("/").emit("x", 1)  # type: ignore[func-returns-value]  # the habit

    async def disconnect() -> None:
        await server.of("/").to("a").disconnect()  # type: ignore[func-returns-value]  # the habit

    async def beside() -> None:
        server.of("/").emit("x", 1)
        await asyncio.sleep(0)

    for habit in (emit, disconnect):
        with pytest.raises(TypeError, match="act at once and return None; leave await out"):
            asyncio.run(habit())
    asyncio.run(beside())


def test_an_option_of_another_library_is_said_before_an_await_is(server: Server) -> None:
    async def ask() -> None:
        await server.call("q", 1, to="sid", timeout=2)  # type: ignore[call-arg]  # the habit

    with pytest.raises(TypeError, match=r"timeout\(2\).call\('q', …\), .* with await in"):
        asyncio.run(ask())


# -- pages


def test_the_address_of_a_page_is_http_if_nothing_else_is_there(server: Server) -> None:
    @server.get("/page/{id}")
    def page(request): ...

    @server.get("/both")
    def both(request): ...

    @server.websocket("/both")
    async def talk(ws): ...

    server.get("/point")(page)
    server.of("/point")
    at = f"127.0.0.1:{server.port}"

    assert server.url("/page/7?q=5") == f"http://{at}/page/7?q=5"
    assert [server.url(path) for path in ("/", "/both", "/point", "/no")] == [
        f"ws://{at}{path}" for path in ("/", "/both", "/point", "/no")
    ]
    assert server.url("/page/7", "ws") == f"ws://{at}/page/7"


def test_a_second_handler_of_a_path_is_warned_of_and_the_same_one_again_is_not(server: Server) -> None:
    def one(request: Any) -> str:
        return "1"

    def two(request: Any) -> str:
        return "2"

    async def ws_one(ws: Any) -> None: ...

    async def ws_two(ws: Any) -> None: ...

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(2):
            server.get("/x/{a}")(one)
            server.post("/x/{a}")(two)
            server.get("/y")(lambda request: "1")
            server.get("/y")(lambda request: "2")
            server.websocket("/x/{a}")(ws_one)
    with pytest.warns(UserWarning, match="two takes the place of one, which answered '/x/{b}' until now") as caught:
        server.get("/x/{b}")(two)
    with pytest.warns(UserWarning, match="ws_two takes the place of ws_one, which answered '/x/{a}' until now"):
        server.websocket("/x/{a}")(ws_two)

    assert caught[0].filename == __file__
    with urllib.request.urlopen(server.url("/x/7", "http"), timeout=DEADLINE) as answer:
        assert answer.read() == b"2"


PAGES = [
    (lambda r: {"a": 1}.headers.update(a="b"), "write return ls.Response({…}, status=200, headers={…})"),
    (lambda r: r.json, "not function, which needs its brackets"),
    (lambda r: r.json["a"], "json is a method: write request.json()"),
    (lambda r: r.body(), "it is a value: leave the brackets out"),
    (lambda r: r.query("q"), "it is a value: leave the brackets out"),
    (lambda r: [{1, 2}], "list(a_set), a_datetime.isoformat()"),
]


@pytest.mark.parametrize(("habit", "write"), PAGES, ids=range(len(PAGES)))
def test_what_a_request_cannot_do_so_gets_a_sentence(server: Server, habit: Callable[[Any], Any], write: str) -> None:
    server.get("/x")(habit)

    with pytest.raises(urllib.error.HTTPError, match="500"):
        got(server, "/x")
    assert write in error(server)


def test_awaiting_the_body_of_a_request_gets_a_sentence(server: Server) -> None:
    @server.post("/x")
    async def page(request):
        return await request.json()

    with pytest.raises(urllib.error.HTTPError, match="500"):
        urllib.request.urlopen(server.url("/x", "http"), data=b"{}", timeout=DEADLINE)
    assert "the value is there already: leave await out" in error(server)


@pytest.mark.parametrize("body", [b'{"a": 1', b"", b"[1] x", '{"ä'.encode(), b"\xff\xfe\x00", b'{"a": "\xff"}'])
def test_a_body_that_is_not_json_is_the_fault_of_the_peer(server: Server, body: bytes) -> None:
    server.post("/x")(lambda request: request.json())

    with pytest.raises(urllib.error.HTTPError, match="400") as caught:
        urllib.request.urlopen(server.url("/x", "http"), data=body, timeout=DEADLINE)
    assert b"the body is not valid" in caught.value.read()
    assert [kept.is_refusal for kept in server.errors] == [True]


def test_other_json_that_a_handler_reads_is_its_own_fault(server: Server) -> None:
    server.post("/x")(lambda request: json.loads('{"mine": '))

    with pytest.raises(urllib.error.HTTPError, match="500"):
        urllib.request.urlopen(server.url("/x", "http"), data=b"{}", timeout=DEADLINE)
    assert [kept.is_refusal for kept in server.errors] == [False]


# -- handlers of events


HANDLERS = [
    (
        lambda peer: None,
        ["hi", 1],
        "it gets what the peer has sent behind the socket: write ",
    ),
    (lambda word: None, ["hi"], "it gets the socket first: write "),
    (lambda socket, data, ack: None, ["hi"], "it was called with (socket, *arguments), 2 in all"),
    (lambda socket, a, b: None, [[1, 2]], "2 in all, and answers with what it returns; a list is one value"),
    (lambda socket: {1, 2}, [], "list(a_set), a_datetime.isoformat()"),
]


@pytest.mark.parametrize(("handler", "arguments", "write"), HANDLERS, ids=range(len(HANDLERS)))
@pytest.mark.parametrize("is_async", [False, True])
def test_a_handler_that_cannot_be_called_so_gets_a_sentence(
    server: Server, handler: Any, arguments: list[Any], write: str, is_async: bool
) -> None:
    server.of("/p").on("m", as_async(handler) if is_async else handler)

    with ls.socket(server.url("/p"), timeout=DEADLINE) as point:
        point.call("m", *arguments)
    assert write in error(server)


def as_async(handler: Any) -> Any:
    """Return a coroutine function with the parameters of a lambda."""
    names = ", ".join(handler.__code__.co_varnames[: handler.__code__.co_argcount])
    space: dict[str, Any] = {"handler": handler}
    exec(f"async def later({names}): return handler({names})", space)
    return space["later"]


def test_an_error_inside_a_handler_keeps_its_own_words(server: Server) -> None:
    def inner(a): ...

    server.of("/p").on("m", lambda socket: inner())  # type: ignore[call-arg]  # the fault

    with ls.socket(server.url("/p"), timeout=DEADLINE) as point:
        point.call("m")
    assert error(server).endswith("missing 1 required positional argument: 'a'")


CLIENTS = [
    ("x", lambda sid, data: None, "it was called with (*arguments), 1 in all"),
    ("x", lambda: None, "it was called with (*arguments), 1 in all"),
]


@pytest.mark.parametrize(("name", "handler", "write"), CLIENTS, ids=range(len(CLIENTS)))
def test_a_handler_of_a_client_that_cannot_be_called_so_gets_a_sentence(
    server: Server, name: str, handler: Any, write: str
) -> None:
    with ls.socket(server.url("/"), timeout=DEADLINE) as point:
        point.on(name, handler)
        server.of("/").emit("x", 1)
        found = eventually(lambda: point.errors, "it is kept")
    assert write in str(found[0])


def test_a_name_that_is_missing_in_a_handler_is_found_in_its_own_line(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.of("/p").on("m", lambda socket: ls.jsonify(a=1))  # type: ignore[attr-defined]  # the fault

    with ls.socket(server.url("/p"), timeout=DEADLINE) as point:
        point.call("m")
    assert error(server).startswith('event "m" in /p')
    assert "at test_habits_server.py:" in caplog.text


DOORS = [
    (ConnectionRefusedError("no"), "to send the peer a reason, write raise ls.Refused('no')"),
    (Exception("no"), "to send the peer a reason, write raise ls.Refused('no')"),
    (ValueError("no"), "ValueError: no"),
]


@pytest.mark.parametrize(("exc", "write"), DOORS, ids=range(len(DOORS)))
def test_how_other_libraries_refuse_a_peer_gets_a_sentence(server: Server, exc: Exception, write: str) -> None:
    @server.of("/door").on_connect
    def enter(socket):
        raise exc

    with pytest.raises(ls.Refused, match="Internal server error"):
        ls.socket(server.url("/door"), timeout=DEADLINE)
    assert error(server).endswith(write)


@pytest.mark.parametrize(
    ("ask", "write"),
    [
        (lambda h: h.auth.get("token"), '(socket.handshake.auth or {}).get("token")'),
        (lambda h: h.auth["token"], '(socket.handshake.auth or {}).get("token")'),
        (lambda h: h.auth["user"], '(socket.handshake.auth or {}).get("user"), which is None then, and refuse it with'),
        (lambda h: h["auth"], "write socket.handshake.auth"),
    ],
)
def test_asking_for_auth_that_is_not_there_gets_a_sentence(server: Server, ask: Any, write: str) -> None:
    server.of("/door").on_connect(lambda socket: ask(socket.handshake))

    with pytest.raises(ls.Refused, match="Internal server error"):
        ls.socket(server.url("/door"), timeout=DEADLINE)
    assert write in error(server)
    server.of("/door").on_connect(lambda socket: (socket.handshake.auth or {}).get("token") and None)


@pytest.mark.parametrize("message", [{"code": 7}, 404, ValueError("x"), None])
def test_a_refusal_without_a_message_gets_a_sentence(message: Any) -> None:
    with pytest.raises(TypeError) as caught:
        raise ls.Refused(message)
    assert f"write ls.Refused('why', {message!r})" in str(caught.value)


def test_a_delay_in_milliseconds_is_noticed(server: Server) -> None:
    with (
        pytest.warns(UserWarning, match=r"delay is in seconds, .* write 0\.1 for 100 ms"),
        ls.netsim(server, delay=100),
    ):
        pass


def test_refused_in_a_raw_handler_reaches_the_peer_with_its_words(server: Server) -> None:
    @server.websocket("/refused")
    async def refused(ws: Any) -> None:
        raise ls.Refused("no entry " + "é" * 100)

    with ls.connect(server.url("/refused")) as ws, pytest.raises(ConnectionClosed):
        ws.recv(timeout=DEADLINE)

    assert ws.close_code == 1008 and ws.close_reason == "no entry " + "é" * 57
    assert "no entry" in str(server.errors.pop())


def test_a_timeout_of_recv_in_a_handler_gets_a_sentence(server: Server) -> None:
    @server.websocket("/waits")
    async def waits(ws: Any) -> None:
        await ws.recv(timeout=0.5)

    with ls.connect(server.url("/waits")) as ws, pytest.raises(ConnectionClosed):
        ws.recv(timeout=DEADLINE)

    assert "async with asyncio.timeout(0.5):\n              data = await ws.recv()" in str(server.errors.pop())


def test_a_value_that_a_raw_handler_returns_is_not_lost_in_silence(server: Server) -> None:
    @server.websocket("/returns")
    async def returns(ws: Any) -> str:
        return "text"

    with ls.connect(server.url("/returns")) as ws, pytest.raises(ConnectionClosed):
        ws.recv(timeout=DEADLINE)

    assert "write await ws.send('text')" in str(server.errors.pop()) and ws.close_code == 1000


def test_a_socket_knows_its_transport(server: Server) -> None:
    @server.of("/").on("which")
    def which(socket: ls.Socket) -> str:
        return socket.transport

    with ls.socket(server.url("/"), transports=["polling"]) as peer:
        assert peer.call("which") == "polling"
    with ls.socket(server.url("/"), transports=["websocket"]) as peer:
        assert peer.call("which") == "websocket"


OF_OTHERS = [
    ("addListener", 'write @server.of("/p").on("name") above def f(socket, data): …, outside of any'),
    ("prependAny", 'write @server.of("/p").on_any above def see(socket, name, *arguments): …'),
    ("onAnyOutgoing", 'write @server.of("/p").on_any_out above def see(socket, name, *arguments): …'),
    ("eventNames", 'write server.of("/p").answers'),
    ("listeners", 'write server.of("/p").answers'),
    ("offAny", 'write socket.data["quiet"] = True where it is to end'),
    ("removeListener", 'write socket.data["quiet"] = True where it is to end'),
    ("removeAllListeners", 'write socket.data["quiet"] = True where it is to end'),
    ("on_error", "errors of handlers are in server.errors"),
]


@pytest.mark.parametrize(("name", "write"), OF_OTHERS, ids=[row[0] for row in OF_OTHERS])
def test_listeners_of_other_libraries_get_a_sentence(server: Server, name: str, write: str) -> None:
    n = server.of("/p")
    with ls.socket(server.url("/p"), timeout=DEADLINE):
        for owner in (n, n.sockets()[0]):
            with pytest.raises(AttributeError) as caught:
                getattr(owner, name)
            assert write in str(caught.value)


def test_what_the_sentences_about_listeners_say_works(server: Server) -> None:
    seen: list[Any] = []

    @server.of("/p").on_any
    def see(socket: Any, name: str, *arguments: Any) -> None:
        seen.append((name, *arguments))

    @server.of("/p").on_any_out
    def see_out(socket: Any, name: str, *arguments: Any) -> None:
        seen.append((name, *arguments))

    @server.of("/p").on("ask")
    def ask(socket: Any, number: int) -> None:
        socket.broadcast.emit("others", number)
        server.of("/p").emit("all", number)

    with ls.socket(server.url("/p"), timeout=DEADLINE) as point:
        point.call("ask", 1)
    assert seen == [("ask", 1), ("all", 1)]
    assert server.of("/p").answers == {"ask": ["ask"]}


SOCKETS = [
    (lambda socket: socket.leave_all(), "write socket.leave(*socket.rooms[1:])"),
    (lambda socket: socket.remoteAddress, "write socket.handshake.address"),
    (lambda socket: socket.close(), "write disconnect()"),
    (lambda socket: socket.get("user"), "what you remember about a peer is in socket.data"),
    (lambda socket: socket.rooms.has("a"), 'write "room" in socket.rooms'),
    (lambda socket: socket.rooms(), "it is a value: leave the brackets out"),
    (lambda socket: socket.namespace.rooms(socket.id), "write socket.rooms in a handler"),
    (lambda socket: socket.data.user, 'write socket.data["user"], or socket.data.get("user")'),
    (lambda socket: setattr(socket.data, "user", "ann"), 'write socket.data["user"] = …'),
    (
        lambda socket: socket.handshake.query.room,
        'write socket.handshake.query["room"], or socket.handshake.query.get(',
    ),
    (lambda socket: socket.handshake.headers.cookie, 'write socket.handshake.headers["cookie"], or'),
    (lambda socket: socket.handshake.headers.user_agent, 'headers.get("user-agent")'),
    (lambda socket: socket.handshake.cookie, 'write socket.handshake.cookies["name"]'),
    (lambda socket: socket.handshake.issued, 'write socket.data["time"] = time.time() in on_connect'),
    (lambda socket: socket.handshake.time, 'write socket.data["time"] = time.time() in on_connect'),
    (lambda socket: socket.handshake.secure, 'write server.url("/").startswith("wss:")'),
    (lambda socket: socket.handshake.url, 'write "/socket.io/?" + urllib.parse.urlencode(socket.handshake.query)'),
    (lambda socket: socket.handshake.xdomain, 'write socket.handshake.headers.get("origin")'),
    (lambda socket: socket.handshake.get("auth"), "write socket.handshake.auth, .headers, .query or .address"),
    (lambda socket: socket.handshake["auth"], "write socket.handshake.auth, .headers, .query or .address"),
    (lambda socket: socket.handshake.header, "did you mean headers?"),
    (
        lambda socket: socket.conn.transport.name,
        'write socket.transport, a str such as "websocket", for conn.transport.n',
    ),
    (lambda socket: socket.conn.remoteAddress, "socket.handshake.address for conn.remoteAddress"),
    (lambda socket: socket.remote_addr, "write socket.handshake.address"),
    (lambda socket: socket.broadcast("x"), 'write .emit("name", …) behind it, as in socket.broadcast.emit("name", …)'),
    (
        lambda socket: asyncio.get_running_loop(),
        "write async def in front of it, or, for a plain def work, ",
    ),
    (lambda socket: {"who": socket}, "write socket.id"),
    (lambda socket: float("nan"), "write None: JSON has neither NaN nor infinity"),
]


@pytest.mark.parametrize(("habit", "write"), SOCKETS, ids=range(len(SOCKETS)))
def test_what_a_socket_has_elsewhere_gets_a_sentence(server: Server, habit: Any, write: str) -> None:
    server.of("/").on("m", habit)

    with ls.socket(server.url("/"), timeout=DEADLINE) as point:
        point.call("m")
    assert write in error(server)


TASKS = [
    (
        lambda work: asyncio.create_task(work(3)),
        "it was called at once: write threading.Thread(target=work, args=(3,), daemon=True)",
    ),
    (lambda work: asyncio.ensure_future(work(3)), "or await asyncio.to_thread(work, 3) to wait for it"),
    (lambda work: asyncio.run(work(3)), "write await in front of the call itself, without asyncio"),
]


@pytest.mark.parametrize(("habit", "write"), TASKS, ids=range(len(TASKS)))
def test_a_plain_function_as_a_task_gets_a_sentence(server: Server, habit: Any, write: str) -> None:
    @server.of("/").on("m")
    async def m(socket: Any) -> None:
        habit(lambda number: None)

    with ls.socket(server.url("/"), timeout=DEADLINE) as point:
        point.call("m")
    assert write in error(server)


def test_what_the_sentences_about_tasks_say_works(server: Server) -> None:
    done: queue.SimpleQueue[Any] = queue.SimpleQueue()

    async def later(number: int) -> None:
        done.put(number)

    @server.of("/").on("async")
    async def in_async(socket: Any) -> None:
        await asyncio.to_thread(done.put, 1)
        socket.data["task"] = asyncio.create_task(later(2))

    @server.of("/").on("plain")
    def in_plain(socket: Any) -> None:
        threading.Thread(target=done.put, args=(3,), daemon=True).start()

    with ls.socket(server.url("/"), timeout=DEADLINE) as point:
        point.call("async")
        point.call("plain")
        assert {done.get(timeout=DEADLINE) for _ in range(3)} == {1, 2, 3}


def test_the_line_of_the_log_holds_the_whole_sentence(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    server.of("/").on("m", lambda socket: server.start_background_task(print, 1))

    with ls.socket(server.url("/"), timeout=DEADLINE) as point:
        point.call("m")
    assert f"{error(server)}, at test_habits_server.py:" in caplog.text
    assert max(map(len, [*SERVER.values(), *SERVE.values(), *FOREIGN_NAMES.values()])) < LINE - 150


def test_what_the_sentences_about_a_socket_say_works(server: Server) -> None:
    @server.of("/").on("m")
    def leave(socket):
        socket.join("a", "b")
        socket.leave(*socket.rooms[1:])
        return [socket.rooms, socket.id, socket.handshake.address.split(":")[0], socket.handshake.headers.get("cookie")]

    @server.of("/").on("sent")
    def sent(socket):
        socket.data["user"] = "ann"
        socket.emit("data", socket.data)
        again = copy.deepcopy(socket.data)
        origin, query = socket.handshake.headers.get("origin"), socket.handshake.query
        return [again, socket.data.get("user"), query["room"], query.get("no"), origin, socket.transport]

    headers = {"Cookie": "a=1"}
    with ls.socket(server.url("/?room=7"), headers=headers, transports=["websocket"], timeout=DEADLINE) as point:
        assert point.call("m") == [[point.id], point.id, "127.0.0.1", "a=1"]
        assert point.call("sent") == [{"user": "ann"}, "ann", "7", None, None, "websocket"]
        assert point.wait("data", timeout=DEADLINE) == ({"user": "ann"},)


def test_a_part_of_a_page_is_noted_once_and_a_whole_page_is_not(server: Server) -> None:
    server.get("/part")(lambda request: "<h1>Hello</h1>")
    server.get("/page")(lambda request: "<!doctype html><h1>Hello</h1>")
    server.get("/text")(lambda request: "3 < 4")
    for path in ("/page", "/text", "/part", "/part"):
        got(server, path)

    assert [(one.where, one.count) for one in server.errors] == [("GET /part", 1)]
    assert 'write return ls.Response(text, type="text/html")' in error(server)


def test_a_helper_that_answers_says_how_its_answer_gets_out(server: Server) -> None:
    def user(request: Any) -> Any:
        return ls.Response("no", status=401)

    @server.get("/me")
    def me(request: Any) -> Any:
        return user(request)["name"]

    with pytest.raises(urllib.error.HTTPError):
        got(server, "/me")
    assert "write if isinstance(value, ls.Response): return value" in error(server)


def test_the_address_of_a_server_on_all_addresses_is_one_that_a_client_can_ask() -> None:
    with ls.serve("wide", host="0.0.0.0") as server:
        server.get("/page")(lambda request: "here")
        assert server.url("/page").startswith("http://127.0.0.1:")
        assert got(server, "/page") == b"here"


def test_a_model_that_is_returned_says_how_it_becomes_a_dict(server: Server) -> None:
    server.get("/item")(lambda request: Item("a"))
    server.get("/answer")(lambda request: ls.Response(Item("a"), status=201))
    for path in ("/item", "/answer"):
        with pytest.raises(urllib.error.HTTPError):
            got(server, path)

    said = [str(one) for one in eventually(lambda: len(server.errors) == 2 and server.errors, "both are kept")]
    assert sum("return dataclasses.asdict(…), with import dataclasses" in one for one in said) == 1
    assert sum("ls.Response(dataclasses.asdict(item), status=201)" in one for one in said) == 1


def test_a_model_of_the_body_is_made_of_the_body(server: Server) -> None:
    class BaseModel: ...

    class Order(BaseModel): ...

    def create(order: Any) -> None: ...

    create.__annotations__["order"] = Order
    with pytest.raises(TypeError, match=r"and in it order = Order\(\*\*request.json\(\)\)"):
        server.post("/orders")(create)


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        (
            "from livesock.responses import JSONResponse, HTMLResponse",
            [
                "JSONResponse: write return {…}, the dict itself, or return ls.Response({…}, status=201) for another "
                "status",
                'HTMLResponse: write return ls.Response(html, type="text/html")',
            ],
        ),
        (
            "from livesock.middleware.cors import CORSMiddleware",
            ['CORSMiddleware: write ls.serve(origins=["https://example.org"])'],
        ),
        ("from livesock.asyncio.server import serve", ["serve: write from livesock import serve"]),
        (
            "from livesock.blah import FastAPI",
            ['FastAPI: write ls.serve(); the address of a page is app.url("/page", "http")'],
        ),
    ],
)
def test_a_module_of_another_library_says_what_each_of_its_names_is(line: str, lines: list[str]) -> None:
    with pytest.raises(ModuleNotFoundError, match="livesock has no module") as caught:
        exec(line)
    assert str(caught.value).split("\n  ")[1:] == lines


@pytest.mark.parametrize("line", ["import livesock.fastapi", "import livesock.testclient as client"])
def test_a_module_of_another_library_without_names_leads_to_ours(line: str) -> None:
    with pytest.raises(ModuleNotFoundError, match=r"livesock has no module '\w+': write import livesock as ls$"):
        exec(line)


def test_an_import_line_hears_of_ls_in_a_line_of_its_own() -> None:
    line = "from livesock.fastapi import FastAPI, serve"
    with pytest.raises(ModuleNotFoundError, match=r"import serve\n  all of it with import livesock as ls at the top$"):
        exec(line, {"__name__": "elsewhere"})


def test_any_other_module_is_not_found_as_ever() -> None:
    assert importlib.util.find_spec("livesock.nonsense") is None
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'livesock\.nonsense'"):
        exec("import livesock.nonsense")


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("g", "request.state.user = … in a page"),
        ("session", 'response.set_cookie("session", key, httponly=True, samesite="Lax")'),
        ("SessionMiddleware", "anyone can write a cookie, and nobody can guess this key"),
        ("Header", 'request.headers["x-key"] in the handler, which answers 422 without it'),
        ("Cookie", 'request.cookies["name"] in the handler'),
        ("Depends", "@contextlib.asynccontextmanager, and async with"),
        (
            "Security",
            "user = find_user(ws), and raise ls.Refused('why') in it to refuse: that closes with 1008",
        ),
        ("WebSocketException", "raise ls.Refused('why'), which ends the handler and closes with 1008"),
        ("FileResponse", "'attachment; filename=\"style.css\"'"),
        ("send_from_directory", 'server.static("/files", "folder")'),
        ("OAuth2PasswordBearer", 'request.headers.get("authorization", "")'),
        ("RequestValidationError", "is answered 422"),
        ("Jinja2Templates", 'type="text/html"'),
        ("render_template_string", 'type="text/html"'),
        ("run_in_threadpool", "await asyncio.to_thread(f, 1)"),
        ("BaseHTTPMiddleware", "if (no := check(request)) is not None: return no"),
        ("GZipMiddleware", "answers are not compressed"),
        ("jsonable_encoder", "item.model_dump(mode='json')"),
        ("url_for", 'server.url("/items/7", "http")'),
        ("flash", 'request.cookies.get("message")'),
        ("stream_with_context", "the generator itself"),
        ("after_this_request", "return ls.Response(body, headers={…})"),
        ("APIRouter", "is sent as text, not as JSON"),
    ],
)
def test_a_name_of_a_page_says_what_to_write(name: str, write: str) -> None:
    assert write in FOREIGN_NAMES[name]


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("dependency_overrides", "monkeypatch.setattr"),
        ("exception_handlers", "catch the error in the handler"),
        ("docs_url", "pages are not described"),
        ("openapi", "pages are not described"),
        ("routes", "nothing lists them"),
        ("url_map", "nothing lists them"),
        ("teardown_request", "try and finally in the handler"),
        ("test_request_context", "urllib.request.urlopen"),
        ("secret_key", "nothing is signed: leave it out"),
        ("config", "SECRET_KEY"),
    ],
)
def test_an_attribute_of_an_application_of_pages_gets_a_sentence(server: Server, name: str, write: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(server, name)

    assert write in str(caught.value)


def test_all_foreign_options_of_a_page_are_named_at_once(server: Server) -> None:
    with pytest.raises(TypeError) as caught:
        server.get("/x", summary="s", tags=["a"], response_model=str, status_code=201, dependencies=[1])  # type: ignore[call-arg]

    for write in ("leave it out", "a str is sent as text", "status=201", "if isinstance(user, ls.Response): return"):
        assert write in str(caught.value)


def test_the_line_for_an_upload_works_as_it_is_written(server: Server) -> None:
    write = re.match(
        r'(file = request.files\["name"\]) in the handler, and (.*?), without', FOREIGN_NAMES["UploadFile"]
    )
    assert write is not None
    found: list[Any] = []
    names: dict[str, Any] = {"found": found}
    exec(f"def upload(request):\n  {write[1]}\n  found.append(({write[2]}))\n", names)
    server.post("/upload")(names["upload"])
    content = bytes(range(256)) + b"\r\n\n\r"
    body = b'--B\r\nContent-Disposition: form-data; name="name"; filename="a.bin"\r\n\r\n' + content + b"\r\n--B--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=B"}

    asked = urllib.request.Request(server.url("/upload", "http"), data=body, headers=headers)
    urllib.request.urlopen(asked, timeout=DEADLINE).close()

    assert found == [("a.bin", "application/octet-stream", content)]


def test_a_task_that_no_one_waits_for_is_named_with_its_place(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    async def work(n: int) -> None:
        raise KeyError(n)

    @server.of("/tasks").on("go")
    async def go(socket: Any) -> None:
        asyncio.create_task(work(1))  # noqa: RUF006  # the habit
        asyncio.create_task(work(2))  # noqa: RUF006  # the habit

    with ls.socket(server.url("/tasks")) as point:
        point.call("go")
        eventually(lambda: len(server.errors) == 2, "both are kept")

    assert [str(kept) for kept in server.errors] == [f"task work (connection 0): KeyError: {n}" for n in (1, 2)]
    assert "test_habits_server.py:" in caplog.text


def test_what_a_listener_to_all_events_refuses_does_not_run(server: Server) -> None:
    ran: list[Any] = []
    server.of("/").on("m", lambda socket, data: ran.append(data))

    @server.of("/").on_any
    def see(socket: Any, name: str, *arguments: Any) -> None:
        if arguments != (1,):
            raise ls.Refused("why")

    with ls.socket(server.url("/"), timeout=DEADLINE) as point:
        assert [point.call("m", 1), point.call("m", 2)["message"]] == [None, "why"]
    assert ran == [1]


def test_what_a_handler_of_an_event_cannot_use_is_the_fault_of_its_peer(server: Server) -> None:
    class Item(pydantic.BaseModel):
        size: int

    server.of("/").on("double", lambda socket, data: int(data["x"]) * 2)
    server.of("/").on("item", lambda socket, data: Item(**data).model_dump())
    server.of("/").on("own", lambda socket, data: int("ours"))

    with ls.socket(server.url("/"), timeout=DEADLINE) as point:
        assert point.call("double", {"x": "21"}) == 42
        told = "argument 1: invalid literal for int() with base 10: 'zz'"
        assert point.call("double", {"x": "zz"})["message"] == told
        assert point.call("item", {"size": "no"})["message"].startswith("size: Input should be a valid integer")
        assert point.call("item", {})["message"] == "size: Field required"
        assert point.call("own", "zz")["message"] == "Internal server error"
        assert [kept.is_refusal for kept in server.errors] == [
            True,
            True,
            False,
        ]  # of one event within a second one is kept
    assert str(server.errors[0]).startswith('event "double" in / (connection ')
    assert str(server.errors[0]).endswith(f"): PeerRefused: {told}") and server.errors[0].connection


def test_what_a_peer_got_wrong_is_kept_in_the_words_of_the_answer(server: Server) -> None:
    class Item(pydantic.BaseModel):
        size: int

    server.post("/x")(lambda request: Item(**request.json()).model_dump())

    with pytest.raises(urllib.error.HTTPError, match="422"):
        urllib.request.urlopen(server.url("/x", "http"), data=b'{"size": "no"}', timeout=DEADLINE)
    assert "PeerRefused: 422: size: Input should be a valid integer" in str(server.errors[0])
    assert "https://errors.pydantic.dev" not in str(server.errors[0])


def test_an_error_inside_a_library_names_the_line_of_the_handler(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    class Item(pydantic.BaseModel):
        size: int

    server.get("/x")(lambda request: Item(size="no").size)  # type: ignore[arg-type]

    with pytest.raises(urllib.error.HTTPError, match="500"):
        got(server, "/x")
    assert re.search(r", at test_habits_server\.py:\d+", caplog.text)
    assert "main.py" not in caplog.text
