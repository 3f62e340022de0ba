"""python-socketio's own client against a livesock server, on each of its transports."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.errors import Refused
from tests.peers import DEADLINE, eventually

pytestmark = pytest.mark.interop

WAYS = [["polling", "websocket"], ["polling"], ["websocket"]]


@pytest.fixture
def server() -> Iterator[ls.Server]:
    with ls.serve("python-socketio") as server:
        for name in ("/", "/point"):
            space = server.of(name)

            @space.on("echo")
            async def echo(socket: Any, *values: Any) -> Any:
                return values[0] if len(values) == 1 else list(values)

            @space.on("ask")
            async def question(socket: Any) -> Any:
                return await socket.call("question", "why?")

            @space.on("out")
            async def out(socket: Any) -> None:
                socket.disconnect()

        @server.of("/closed").use
        async def closed(socket: Any) -> None:
            raise Refused("members only")

        yield server


@pytest.fixture(params=WAYS, ids=["default", "polling", "websocket"])
def client(request: pytest.FixtureRequest, server: ls.Server, need: Callable[[object, str], None]) -> Iterator[Any]:
    try:
        import socketio
    except ImportError:
        socketio = None
    need(socketio, "python-socketio is not installed: pip install python-socketio[client]")
    client = socketio.Client(handle_sigint=False, reconnection_delay=0.1, reconnection_delay_max=0.1)
    client.way = request.param
    yield client
    client.disconnect()
    client.shutdown()


def connect(client: Any, server: ls.Server, *namespaces: str) -> None:
    url = f"http://127.0.0.1:{server.port}"
    client.connect(url, namespaces=list(namespaces) or ["/"], transports=client.way, wait_timeout=DEADLINE)


def test_questions_both_ways(server: ls.Server, client: Any) -> None:
    client.on("question", lambda text: text.upper())
    connect(client, server)

    assert client.transport() == client.way[-1]
    assert [client.call("echo", number) for number in range(20)] == list(range(20))
    assert client.call("echo", ("a", {"b": [1, None]})) == ["a", {"b": [1, None]}]
    assert client.call("ask") == "WHY?"


def test_bytes_and_namespaces(server: ls.Server, client: Any) -> None:
    heard: list[Any] = []
    done = threading.Event()
    client.on("news", lambda *values: (heard.append(values), done.set()), namespace="/point")
    connect(client, server, "/", "/point")

    assert client.call("echo", b"\x00\xff", namespace="/point") == b"\x00\xff"
    server.of("/point").emit("news", 1, b"\x01")
    assert done.wait(DEADLINE) and heard == [(1, b"\x01")]


def test_a_refusal_and_an_unknown_namespace(server: ls.Server, client: Any) -> None:
    errors: dict[str, Any] = {}
    for name in ("/closed", "/nope"):
        client.on("connect_error", lambda data, name=name: errors.update({name: data}), namespace=name)
    with pytest.raises(Exception, match="namespaces failed to connect"):
        client.connect(
            f"http://127.0.0.1:{server.port}",
            namespaces=["/", "/closed", "/nope"],
            transports=client.way,
            wait_timeout=1,
            retry=False,
        )

    assert errors == {"/closed": {"message": "members only"}, "/nope": {"message": "Invalid namespace"}}


def test_who_is_sent_away_hears_it_and_who_is_cut_off_comes_back(server: ls.Server, client: Any) -> None:
    gone, back = threading.Event(), threading.Semaphore(0)
    client.on("connect", back.release)
    client.on("disconnect", lambda *reason: gone.set())
    connect(client, server)
    assert back.acquire(timeout=DEADLINE)
    for channel in list(server._site.channels()):
        server._loop.post(channel.transport.abort)
    server._loop.post(server._sessions.end_all, "transport close")

    assert gone.wait(DEADLINE) and back.acquire(timeout=DEADLINE)
    eventually(lambda: client.connected and client.namespaces, "it is back")
    assert client.call("echo", "again") == "again"


def test_to_be_sent_away_is_the_end(server: ls.Server, client: Any) -> None:
    gone = threading.Event()
    client.on("disconnect", lambda *reason: gone.set())
    connect(client, server)
    client.emit("out")

    assert gone.wait(DEADLINE)
    eventually(lambda: server.of("/").sockets() == [], "nobody is left")
    # It closes its engine in a thread of its own; two disconnects at once can leave its threads waiting for each other.
    eventually(lambda: client.eio.state == "disconnected", "the client has closed its engine")
