"""The server, as clients see it that nobody here wrote: five for WebSocket, five for HTTP, and a browser."""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import inspect
import json
import random
import socket
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.sync_api import sync_playwright
from websockets.asyncio.client import connect as connect_asyncio
from websockets.asyncio.server import serve as serve_websockets

import livesock as ls
from livesock.net.http.websocket import UNDOCUMENTED
from tests.interop.foreign import CLIENTS, Plan, Result
from tests.peers import (
    BINARY,
    CLOSE,
    DEADLINE,
    PING,
    PONG,
    TEXT,
    Wire,
    answers,
    eventually,
    faults,
    frame,
    frames,
    handshake,
)

pytestmark = pytest.mark.interop

Follow = Callable[[Plan], Result]


def routes(server: Any) -> None:
    """Register what the clients talk to; `server.closes` notes the close codes that the echo handlers saw."""
    server.closes = []
    news: asyncio.Queue[str] = asyncio.Queue()

    async def echo(ws: Any) -> None:
        try:
            async for message in ws:
                await ws.send(message)
        finally:
            server.closes.append((ws.close_code, ws.close_reason))

    server.websocket("/echo")(echo)
    server.websocket("/deflate", compression="deflate")(echo)
    server.websocket("/chat", subprotocols=["chat.v2", "chat.v1"])(echo)

    @server.websocket("/close")
    async def close(ws: Any) -> None:
        code, reason = json.loads(await ws.recv())
        await ws.close(code, reason)

    @server.websocket("/fragments")
    async def fragments(ws: Any) -> None:
        await ws.send(["frag", "", "men", "ts"])
        await ws.send([b"\x00", b"\xff" * 70_000])
        await ws.wait_closed()

    @server.websocket("/ping")
    async def ping(ws: Any) -> None:
        await (await ws.ping(b"are you there?"))
        await ws.send("you are")
        await ws.wait_closed()

    @server.get("/alive")
    def alive(request: Any) -> str:
        return "yes"

    @server.get("/page")
    def page(request: Any) -> ls.Response:
        return ls.Response("<!doctype html><title>test</title>", type="text/html")

    @server.post("/say")
    async def say(request: Any) -> dict[str, Any]:
        return {"size": len(request.body), "sha": hashlib.sha256(request.body).hexdigest()}

    @server.get("/events")
    async def events(request: Any) -> Any:
        for number in range(3):
            yield ls.ServerSentEvent(f"line {number}\nand another", event="tick", id=str(number))
        yield ls.ServerSentEvent(await news.get())

    @server.get("/poll")
    async def poll(request: Any) -> str:
        return await news.get()

    @server.post("/news")
    async def publish(request: Any) -> None:
        await news.put(request.text)

    @server.get("/stream")
    async def stream(request: Any) -> Any:
        for size in (1, 0, 10, 100_000):
            yield b"x" * size


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    with ls.serve("interop") as server:
        routes(server)
        yield server
        assert faults(server) == []


@pytest.fixture(scope="module")
def secure() -> Iterator[Any]:
    with ls.serve("interop tls", tls=True) as server:
        routes(server)
        yield server
        assert faults(server) == []


@pytest.fixture(params=list(CLIENTS))
def client(request: pytest.FixtureRequest) -> Follow:
    if request.param == "node-ws":
        request.getfixturevalue("node_modules")
    return CLIENTS[request.param]


def name_of(client: Follow) -> str:
    return next(name for name, function in CLIENTS.items() if function is client)


# -- WebSocket

SIZES = [0, 1, 125, 126, 127, 65_535, 65_536, 2**20 - 1, 2**20]


def test_text_and_binary_of_every_length_form_come_back(server: Any, client: Follow) -> None:
    rng = random.Random(1)
    messages: list[Any] = ["é€😀", b"\x00\xff"]
    for size in SIZES:
        messages += ["x" * size, rng.randbytes(size)]

    result = client(Plan(server.url("/echo"), send=messages, replies=len(messages)))

    assert result.received == messages
    assert result.closed == (1000, "")
    assert result.extensions == ""


@pytest.mark.parametrize("name", [name for name in CLIENTS if name != "aiohttp"])  # aiohttp cannot send fragments
def test_fragments_come_back_as_one_message(server: Any, name: str, request: pytest.FixtureRequest) -> None:
    if name == "node-ws":
        request.getfixturevalue("node_modules")
    plan = Plan(server.url("/echo"), send=[["frag", "men", "ts"], [b"\x00", b"\x01" * 70_000, b"\x02"]], replies=2)

    result = CLIENTS[name](plan)

    assert result.received == ["fragments", b"\x00" + b"\x01" * 70_000 + b"\x02"]


def test_fragments_of_the_server_arrive_as_one_message(server: Any, client: Follow) -> None:
    result = client(Plan(server.url("/fragments"), replies=2))

    assert result.received == ["fragments", b"\x00" + b"\xff" * 70_000]


def test_pings_of_the_client_are_answered(server: Any, client: Follow) -> None:
    result = client(Plan(server.url("/echo"), send=["a"], replies=1, ping=b"are you there?"))

    assert result.pongs == [b"are you there?"]


def test_pings_of_the_server_are_answered(server: Any, client: Follow) -> None:
    assert client(Plan(server.url("/ping"), replies=1)).received == ["you are"]


@pytest.mark.parametrize("code, reason", [(1000, "bye"), (1001, ""), (3000, "é"), (4321, "as I wish"), (4999, "")])
def test_close_codes_of_the_client_arrive_and_are_echoed(server: Any, client: Follow, code: int, reason: str) -> None:
    server.closes.clear()

    result = client(Plan(server.url("/echo"), close=(code, reason)))

    assert result.closed[0] == code
    eventually(lambda: server.closes, "the handler noted the close")
    assert server.closes == [(code, reason)]


@pytest.mark.parametrize("code, reason", [(1000, ""), (1008, "no"), (1011, "é"), (3000, ""), (4321, "as you wish")])
def test_close_codes_of_the_server_arrive(server: Any, client: Follow, code: int, reason: str) -> None:
    result = client(Plan(server.url("/close"), send=[json.dumps([code, reason])], close=None))

    assert result.closed == (code, reason)


def test_a_message_beyond_the_limit_closes_with_1009(server: Any, client: Follow) -> None:
    result = client(Plan(server.url("/echo"), send=[b"x" * (2**20 + 1)], close=None))

    assert result.closed[0] == 1009


@pytest.mark.parametrize("offered, chosen", [(["chat.v1"], "chat.v1"), (["chat.v1", "chat.v2"], "chat.v2")])
def test_the_first_subprotocol_of_the_server_that_is_offered_wins(
    server: Any, client: Follow, offered: list[str], chosen: str
) -> None:
    result = client(Plan(server.url("/chat"), send=["a"], replies=1, protocols=offered))

    assert result.protocol == chosen


@pytest.mark.parametrize("headers", [[], ["Sec-WebSocket-Protocol: other"]])
def test_a_handshake_without_a_subprotocol_of_the_route_is_refused(server: Any, headers: list[str]) -> None:
    """As `websockets` does unless it is given a `select_subprotocol`."""
    with Wire(server.port) as wire:
        wire.send(handshake(wire.host, "/chat", *headers))
        (answer,) = answers(wire.read_to_end())

    assert answer.status == 400


def test_compression_is_agreed_on_where_the_route_offers_it(server: Any, client: Follow) -> None:
    messages: list[Any] = ["a" * 100_000, "a" * 100_000, b"\x00" * 2**20, ""]

    result = client(Plan(server.url("/deflate"), send=messages, replies=len(messages), deflate=True))

    assert result.received == messages
    assert "permessage-deflate" in result.extensions


def test_compression_is_refused_where_the_route_does_not(server: Any, client: Follow) -> None:
    result = client(Plan(server.url("/echo"), send=["a"], replies=1, deflate=True))

    assert (result.received, result.extensions) == (["a"], "")


def test_wss_works_as_ws_does(secure: Any, client: Follow) -> None:
    messages: list[Any] = ["hello", b"x" * 300_000]
    ca = secure._authority.pem

    result = client(
        Plan(
            secure.url("/echo"),
            send=messages,
            replies=2,
            ping=b"x",
            close=(4321, "bye"),
            tls=secure.client_context,
            ca=ca,
        )
    )

    assert result.received == messages
    assert result.closed[0] == 4321
    eventually(lambda: secure.closes == [(4321, "bye")], "the handler noted the close")
    secure.closes.clear()


def test_two_messages_glued_to_the_handshake_are_answered(server: Any) -> None:
    with Wire(server.port) as wire:
        wire.send(handshake(wire.host, "/echo") + frame(TEXT, b"one") + frame(BINARY, b"two"))
        head, _, rest = wire.read_until(lambda data: b"two" in data).partition(b"\r\n\r\n")
        wire.send(frame(CLOSE, b"\x03\xe8"))
        rest += wire.read_to_end()

    assert head.startswith(b"HTTP/1.1 101 ")
    assert frames(rest) == [(TEXT, b"one"), (BINARY, b"two"), (CLOSE, b"\x03\xe8")]


def test_the_close_glued_to_the_handshake_is_answered(server: Any) -> None:
    with Wire(server.port) as wire:
        wire.send(handshake(wire.host, "/echo") + frame(PING, b"p") + frame(CLOSE, b"\x10\xe1bye"))
        wire.half_close()
        head, _, rest = wire.read_to_end().partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 101 ")
    assert frames(rest) == [(PONG, b"p"), (CLOSE, b"\x10\xe1bye")]


def test_a_head_that_comes_byte_by_byte_is_a_head(server: Any) -> None:
    with Wire(server.port) as wire:
        for byte in handshake(wire.host, "/echo") + frame(TEXT, b"one"):
            wire.send(bytes([byte]))
        head, _, rest = wire.read_until(lambda data: b"one" in data).partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 101 ") and frames(rest) == [(TEXT, b"one")]


@pytest.mark.parametrize("requests", [1, 10])
def test_a_connection_that_answered_requests_may_be_upgraded(server: Any, requests: int) -> None:
    get = f"GET /alive HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode()

    with Wire(server.port) as wire:
        for _ in range(requests):
            wire.send(get)
            wire.read_until(lambda data: data.endswith(b"yes"))
        rest = wire.upgrade("/echo")
        wire.send(frame(TEXT, b"one"))
        rest += wire.read_until(lambda data: b"one" in data)

    assert frames(rest) == [(TEXT, b"one")]


def test_a_handshake_pipelined_behind_a_request_is_done_after_it(server: Any) -> None:
    get = f"GET /alive HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode()

    with Wire(server.port) as wire:
        wire.send(get + handshake(wire.host, "/echo") + frame(TEXT, b"one"))
        received = wire.read_until(lambda data: b"one" in data)

    first, _, second = received.partition(b"yes")
    assert first.startswith(b"HTTP/1.1 200 ") and second.startswith(b"HTTP/1.1 101 ")
    assert frames(second.partition(b"\r\n\r\n")[2]) == [(TEXT, b"one")]


def test_one_frame_in_single_bytes_and_many_frames_in_one_segment_are_the_same_to_it(server: Any) -> None:
    numbers = [b"%d" % number for number in range(500)]

    with Wire(server.port) as wire:
        rest = wire.upgrade("/echo")
        for byte in frame(TEXT, b"slowly"):
            wire.send(bytes([byte]))
        wire.send(b"".join(frame(TEXT, number) for number in numbers))
        rest += wire.read_until(lambda data: data.endswith(b"499"))

    assert frames(rest) == [(TEXT, b"slowly"), *((TEXT, number) for number in numbers)]


def test_small_messages_are_not_held_back_by_nagle(server: Any) -> None:
    """Without TCP_NODELAY the second of two small messages waits for the peer's delayed ACK: 40 ms on Linux."""
    seen = []

    @server.websocket("/nodelay")
    async def nodelay(ws: Any) -> None:
        sock = ws.transport.get_extra_info("socket")
        seen.append(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        await ws.send("seen")

    assert CLIENTS["websockets-sync"](Plan(server.url("/nodelay"), replies=1)).received == ["seen"]
    assert seen != [0]


def test_fifty_clients_at_once_each_get_their_own(server: Any) -> None:
    async def one(number: int) -> list[Any]:
        async with connect_asyncio(server.url("/echo"), proxy=None, compression=None) as ws:
            for step in range(20):
                await ws.send(f"{number} {step}")
            return [await ws.recv() for _ in range(20)]

    async def all_of_them() -> list[list[Any]]:
        return await asyncio.gather(*map(one, range(50)))

    found = asyncio.run(asyncio.wait_for(all_of_them(), 3 * DEADLINE))

    assert found == [[f"{number} {step}" for step in range(20)] for number in range(50)]


def test_the_undocumented_names_of_websockets_are_there_and_mean_what_we_think() -> None:
    """What to look at first when a new version of websockets breaks the server."""
    seen: dict[str, list[str]] = {}
    kinds = []

    async def handler(ws: Any) -> None:
        ours = {"ServerConnection": ws, "Server": ws.server, "Assembler": ws.recv_messages}
        ours["ServerProtocol"] = ws.protocol
        for kind, instance in ours.items():
            kinds.append(kind == type(instance).__name__)
            seen[kind] = [name for name in UNDOCUMENTED[kind] if not hasattr(instance, name)]
        seen["is_serving"] = [] if ws.server.is_serving() is True else ["is_serving() is not True"]
        seen["tasks"] = [] if asyncio.current_task() in ws.server.handler_tasks else ["the handler is not a task of it"]
        seen["paused"] = [] if (ws.paused, ws.recv_messages.paused) == (False, False) else ["paused before it began"]
        parameters = inspect.signature(ws.handshake).parameters
        seen["handshake"] = [] if "server_header" in parameters else ["handshake() takes no server_header"]

    async def talk() -> None:
        async with serve_websockets(handler, "127.0.0.1", 0) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            async with connect_asyncio(f"ws://127.0.0.1:{port}/", proxy=None) as ws:
                await ws.wait_closed()

    asyncio.run(asyncio.wait_for(talk(), DEADLINE))

    assert set(UNDOCUMENTED) <= set(seen)
    assert all(kinds) and not any(seen.values()), seen


# -- HTTP


@pytest.fixture
def keep_alive(server: Any) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(server.host, server.port, timeout=DEADLINE)
    yield connection
    connection.close()


def ask(connection: http.client.HTTPConnection, method: str, path: str, body: Any = None, **headers: str) -> Any:
    connection.request(method, path, body=body, headers=headers)
    response = connection.getresponse()
    return response.status, response.read(), response.headers


def test_one_connection_answers_many_requests(server: Any, keep_alive: http.client.HTTPConnection) -> None:
    assert ask(keep_alive, "GET", "/alive")[:2] == (200, b"yes")
    sock = keep_alive.sock

    assert ask(keep_alive, "HEAD", "/alive")[:2] == (200, b"")
    assert ask(keep_alive, "POST", "/say", b"x" * 10)[0] == 200
    assert ask(keep_alive, "GET", "/nowhere")[0] == 404
    assert ask(keep_alive, "POST", "/alive")[0] == 405
    assert ask(keep_alive, "GET", "/stream")[:2] == (200, b"x" * 100_011)
    assert ask(keep_alive, "GET", "/alive")[:2] == (200, b"yes")
    assert keep_alive.sock is sock


def test_head_says_what_get_would_say(server: Any, keep_alive: http.client.HTTPConnection) -> None:
    got, head = ask(keep_alive, "GET", "/page")[2], ask(keep_alive, "HEAD", "/page")[2]

    for name in ("Content-Length", "Content-Type", "Cache-Control"):
        assert got[name] == head[name]


@pytest.mark.parametrize("size", [0, 1, 65_536, 999_999, 1_000_000])
@pytest.mark.parametrize("step", [None, 1000])
def test_a_body_arrives_whole_with_a_length_and_in_chunks(
    server: Any, keep_alive: http.client.HTTPConnection, size: int, step: int | None
) -> None:
    body = random.Random(size).randbytes(size)
    sent = body if step is None else iter([body[start : start + step] for start in range(0, size, step)])

    status, answer, _ = ask(keep_alive, "POST", "/say", sent)

    assert (status, json.loads(answer)["sha"]) == (200, hashlib.sha256(body).hexdigest())


def test_a_chunked_body_in_single_bytes_arrives(server: Any) -> None:
    request = (
        f"POST /say HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: close\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
        '3;name="value"\r\nabc\r\n0A\r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n'
    ).encode()

    with Wire(server.port) as wire:
        for byte in request:
            wire.send(bytes([byte]))
        (answer,) = answers(wire.read_to_end())

    assert json.loads(answer.body) == {"size": 13, "sha": hashlib.sha256(b"abc0123456789").hexdigest()}


@pytest.mark.parametrize("step", [1, 7, 100_000])
def test_pipelined_requests_are_answered_in_order(server: Any, step: int) -> None:
    host = f"Host: 127.0.0.1:{server.port}\r\n"
    requests = [
        f"GET /alive HTTP/1.1\r\n{host}\r\n",
        f"POST /say HTTP/1.1\r\n{host}Content-Length: 5\r\n\r\nhello",
        f"HEAD /alive HTTP/1.1\r\n{host}\r\n",
        f"GET /nowhere HTTP/1.1\r\n{host}\r\n",
        f"GET /stream HTTP/1.1\r\n{host}\r\n",
        f"POST /say HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
        f"GET /alive HTTP/1.1\r\n{host}Connection: close\r\n\r\n",
    ]
    sent = "".join(requests).encode()

    with Wire(server.port) as wire:
        for start in range(0, len(sent), step):
            wire.send(sent[start : start + step])
        found = answers(wire.read_to_end(), *(request.partition(" ")[0] for request in requests))

    assert [answer.status for answer in found] == [200, 200, 200, 404, 200, 200, 200]
    assert [len(answer.body) for answer in found][2:5:2] == [0, 100_011]


def test_a_pipelined_request_waits_for_the_answer_before_it(server: Any) -> None:
    host = f"Host: 127.0.0.1:{server.port}\r\n"

    with Wire(server.port) as wire:
        wire.send(f"GET /poll HTTP/1.1\r\n{host}\r\nGET /alive HTTP/1.1\r\n{host}Connection: close\r\n\r\n".encode())
        tell(server, "late")
        found = [answer.body for answer in answers(wire.read_to_end())]

    assert found == [b"late", b"yes"]


def tell(server: Any, text: str) -> None:
    """Publish news as one more client."""
    with urllib.request.urlopen(server.url("/news", "http"), data=text.encode(), timeout=DEADLINE) as response:
        assert response.status == 204


def test_100_continue_comes_before_the_body_and_once(server: Any) -> None:
    head = f"POST /say HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Length: 5\r\nExpect: 100-continue\r\n"

    with Wire(server.port) as wire:
        wire.send(f"{head}Connection: close\r\n\r\n".encode())
        interim = wire.read_until(lambda data: data.endswith(b"\r\n\r\n"))
        wire.send(b"hello")
        (answer,) = answers(wire.read_to_end())

    assert interim.startswith(b"HTTP/1.1 100 ")
    assert json.loads(answer.body)["size"] == 5


def test_http_1_0_gets_an_answer_and_the_end(server: Any) -> None:
    with Wire(server.port) as wire:
        wire.send(f"GET /stream HTTP/1.0\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
        (answer,) = answers(wire.read_to_end())

    assert "Transfer-Encoding" not in answer.headers
    assert answer.body == b"x" * 100_011


@pytest.mark.parametrize("requests", [1, 3])
def test_a_peer_that_half_closes_gets_its_answers_and_the_end(server: Any, requests: int) -> None:
    with Wire(server.port) as wire:
        wire.send(f"GET /alive HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode() * requests)
        wire.half_close()
        found = answers(wire.read_to_end())

    assert [answer.body for answer in found] == [b"yes"] * requests


def test_curl_gets_posts_and_streams(server: Any, tool: Callable[[str], str], tmp_path: Path) -> None:
    def curl(*arguments: str) -> str:
        command = [tool("curl"), "--silent", "--show-error", "--noproxy", "*", "--max-time", "20", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout

    body = tmp_path / "body"
    body.write_bytes(b"x" * 300_000)
    page, say = server.url("/page", "http"), server.url("/say", "http")

    html = "<!doctype html><title>test</title>"
    assert curl(page, page, "--write-out", " %{num_connects} new ") == f"{html} 1 new {html} 0 new "
    assert "Content-Length: 34" in curl("--head", page)
    for header in ("Expect: 100-continue", "Transfer-Encoding: chunked"):
        assert json.loads(curl("--header", header, "--data-binary", f"@{body}", say))["size"] == 300_000
    assert curl("--http1.0", server.url("/alive", "http")) == "yes"


async def _with_session(function: Callable[[aiohttp.ClientSession], Any]) -> Any:
    timeout = aiohttp.ClientTimeout(total=2 * DEADLINE)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        return await function(session)


def test_aiohttp_reads_events_as_they_come(server: Any) -> None:
    async def read(session: aiohttp.ClientSession) -> list[str]:
        events: list[str] = []
        async with session.get(server.url("/events", "http")) as response:
            assert response.content_type == "text/event-stream"
            text = ""
            async for data in response.content.iter_any():
                text += data.decode()
                *whole, text = text.split("\n\n")
                events += whole
                if len(events) == 3 and whole:  # the fourth is not there before somebody asks for it
                    await session.post(server.url("/news", "http"), data="extra")
        return events

    events = asyncio.run(_with_session(read))

    ticks = [{"event: tick", f"id: {n}", f"data: line {n}", "data: and another"} for n in range(3)]
    assert [set(event.splitlines()) for event in events] == [*ticks, {"data: extra"}]


def test_aiohttp_waits_for_a_long_poll_while_others_are_answered(server: Any) -> None:
    async def read(session: aiohttp.ClientSession) -> tuple[list[str], list[str]]:
        async def get(path: str) -> str:
            async with session.get(server.url(path, "http")) as response:
                return await response.text()

        polls = [asyncio.create_task(get("/poll")) for _ in range(5)]
        others = await asyncio.gather(*(get("/alive") for _ in range(50)))
        assert not any(poll.done() for poll in polls)
        for number in range(5):
            await session.post(server.url("/news", "http"), data=str(number))
        return sorted(await asyncio.gather(*polls)), list(others)

    polled, others = asyncio.run(_with_session(read))

    assert polled == list("01234") and others == ["yes"] * 50


def test_aiohttp_sends_a_body_in_pieces_and_keeps_the_connection(server: Any) -> None:
    async def pieces() -> Any:
        for _ in range(10):
            yield b"x" * 1000

    async def talk(session: aiohttp.ClientSession) -> list[int]:
        sizes = []
        for _ in range(3):
            async with session.post(server.url("/say", "http"), data=pieces()) as response:
                sizes.append((await response.json())["size"])
        return sizes

    before = set(server.trace.peers)  # of a full trace the oldest fall out meanwhile
    assert asyncio.run(_with_session(talk)) == [10_000] * 3
    assert len(server.trace.peers.keys() - before) == 1


def test_urllib_trusts_https_with_the_authority_of_the_server(secure: Any) -> None:
    with urllib.request.urlopen(
        secure.url("/alive", "http"), context=secure.client_context, timeout=DEADLINE
    ) as response:
        assert response.read() == b"yes"


def test_many_threads_of_urllib_are_answered_at_once(server: Any) -> None:
    def get(_: int) -> bytes:
        with urllib.request.urlopen(server.url("/stream", "http"), timeout=2 * DEADLINE) as response:
            return bytes(response.read())

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(get, range(100))) == {b"x" * 100_011}


# -- the browser


TALK = """async (url) => {
  const found = [];
  const ws = new WebSocket(url, ["chat.v1"]);
  ws.binaryType = "arraybuffer";
  const next = () => new Promise((resolve, reject) => {
    ws.onmessage = (event) => resolve(event.data);
    ws.onclose = () => reject(new Error("closed"));
  });
  await new Promise((resolve, reject) => { ws.onopen = resolve; ws.onerror = () => reject(new Error("no 101")); });
  found.push(ws.protocol, ws.extensions);
  for (const message of ["hello é€😀", "", new Uint8Array([0, 255, 1]), new Uint8Array(70000)]) {
    const answer = next();
    ws.send(message);
    const data = await answer;
    found.push(typeof data === "string" ? data : [...new Uint8Array(data)].slice(0, 3).concat(data.byteLength));
  }
  const closed = new Promise((resolve) => { ws.onclose = (event) => resolve([event.code, event.wasClean]); });
  ws.close(4321, "from the page");
  found.push(await closed);
  return found;
}"""

LISTEN = """async () => {
  const source = new EventSource("/events");
  const ticks = [];
  await new Promise((resolve) => source.addEventListener("tick", (event) => {
    ticks.push([event.lastEventId, event.data]);
    if (ticks.length === 3) resolve();
  }));
  source.close();
  const answer = await fetch("/say", { method: "POST", body: "hello" });
  return [ticks, (await answer.json()).size];
}"""


def test_a_page_in_chromium_talks_to_the_port_that_served_it(server: Any, tool: Callable[[str], str]) -> None:
    server.closes.clear()

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=tool("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(server.url("/page", "http"))
        talked = page.evaluate(TALK, server.url("/chat"))
        heard = page.evaluate(LISTEN)
        refused = page.evaluate(
            "(url) => new Promise((resolve) => { new WebSocket(url).onclose = (event) => resolve(event.code); })",
            server.url("/nowhere"),
        )
        browser.close()

    assert talked == ["chat.v1", "", "hello é€😀", "", [0, 255, 1, 3], [0, 0, 0, 70_000], [4321, True]]
    assert heard == [[[str(n), f"line {n}\nand another"] for n in range(3)], 5]
    assert refused == 1006
    eventually(lambda: server.closes == [(4321, "from the page")], "the handler saw the page's close code")
