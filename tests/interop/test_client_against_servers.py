"""`connect()` against servers that nobody here wrote: websockets (both kinds) and Node's ws."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection
from websockets.asyncio.server import serve as serve_asyncio
from websockets.exceptions import ConnectionClosedError, ConnectionClosedOK
from websockets.sync.server import serve as serve_sync
from websockets.typing import Subprotocol

from livesock.client import connect
from livesock.errors import HandshakeError
from livesock.net.netsim.netsim import netsim
from livesock.trace.rows import Kind

pytestmark = pytest.mark.interop

DEADLINE = 20.0
NODE = Path(__file__).parent / "node"

Running = Callable[[], contextlib.AbstractContextManager[int]]


def chosen(_: object, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    return Subprotocol("chat.v2") if "chat.v2" in offered else None


@contextlib.contextmanager
def websockets_sync() -> Iterator[int]:
    def echo(ws: Any) -> None:
        with contextlib.suppress(ConnectionClosedError):
            for message in ws:
                ws.send(message)

    with serve_sync(echo, "127.0.0.1", 0, select_subprotocol=chosen, max_size=None) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.socket.getsockname()[1]
        server.shutdown()
        thread.join(DEADLINE)


@contextlib.contextmanager
def websockets_asyncio() -> Iterator[int]:
    async def echo(ws: ServerConnection) -> None:
        with contextlib.suppress(ConnectionClosedError):
            async for message in ws:
                await ws.send(message)

    loop = asyncio.new_event_loop()
    ready, ports, stop = threading.Event(), list[int](), asyncio.Event()

    async def run() -> None:
        async with serve_asyncio(echo, "127.0.0.1", 0, select_subprotocol=chosen, max_size=None) as server:
            ports.append(next(iter(server.sockets)).getsockname()[1])
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    assert ready.wait(DEADLINE)
    yield ports[0]
    loop.call_soon_threadsafe(stop.set)
    thread.join(DEADLINE)
    loop.close()


class NodeServer:
    """The process of node/ws_server.js, and the lines that it prints."""

    def __init__(self, node: str) -> None:
        self.process = subprocess.Popen(
            [node, "ws_server.js"], cwd=NODE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.port = int(self.line()["port"])

    def line(self) -> dict[str, Any]:
        """Wait for the next line; the timeout of the test is the deadline."""
        assert self.process.stdout is not None
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found

    def close(self) -> None:
        self.process.communicate(timeout=DEADLINE)
        assert self.process.returncode == 0


@pytest.fixture
def node(node_modules: Path, tool: Callable[[str], str]) -> Iterator[NodeServer]:
    server = NodeServer(tool("node"))
    yield server
    server.close()


@pytest.fixture(params=["websockets sync", "websockets asyncio", "Node ws"])
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    if request.param == "Node ws":
        yield request.getfixturevalue("node").port
    else:
        with (websockets_sync if request.param == "websockets sync" else websockets_asyncio)() as number:
            yield number


@pytest.mark.parametrize("compression", [None, "deflate"])
def test_messages_of_every_kind_and_size_come_back(port, compression):
    messages = ["", "Grüße, 世界 🎉", b"", bytes(range(256)), "x" * 126, b"y" * 65_536, "z" * 1_000_000]

    with connect(f"ws://127.0.0.1:{port}/", compression=compression, max_size=None) as ws:
        for message in messages:
            ws.send(message)
            assert ws.recv(timeout=DEADLINE) == message

    assert ws.close_code == 1000


def test_two_hundred_messages_come_back_in_order(port):
    with connect(f"ws://127.0.0.1:{port}/") as ws:
        for number in range(200):
            ws.send(str(number))

        assert [ws.recv(timeout=DEADLINE) for _ in range(200)] == [str(number) for number in range(200)]


def test_the_chosen_subprotocol_is_known(port):
    with connect(f"ws://127.0.0.1:{port}/", subprotocols=["chat.v1", "chat.v2"]) as ws:
        assert ws.subprotocol == "chat.v2"


def test_a_ping_is_answered(port):
    with connect(f"ws://127.0.0.1:{port}/") as ws:
        assert ws.ping(b"payload").wait(DEADLINE)


def test_a_fragmented_message_is_sent_as_one(port):
    with connect(f"ws://127.0.0.1:{port}/") as ws:
        ws.send(["one ", "message ", "in pieces"])

        assert ws.recv(timeout=DEADLINE) == "one message in pieces"


def test_the_trace_of_the_client_explains_every_byte(port):
    with connect(f"ws://127.0.0.1:{port}/") as ws:
        ws.send("hi")
        ws.recv(timeout=DEADLINE)

    rows = ws.trace.rows()
    for direction in "<>":
        assert b"".join(row.data for row in rows if row.direction == direction) == ws.trace.data(direction)
    assert not any(row.error or row.kind is Kind.RAW for row in rows)
    assert [row.kind.value for row in rows if row.kind is not Kind.STATE] == ["request", "response", *["frame"] * 4]


def test_a_simulator_that_cuts_every_byte_changes_nothing(port):
    with netsim(port, chunk=1) as far, connect(far.url("/x")) as ws:
        ws.send("cut me")
        assert ws.recv(timeout=DEADLINE) == "cut me"


def test_a_simulator_that_blocks_the_upgrade_is_a_refusal(port):
    with netsim(port, block_upgrade=True) as far, pytest.raises(HandshakeError) as caught:
        connect(far)

    assert caught.value.status in (400, 426)
    assert "Upgrade" in str(caught.value)


# -- what only ws tells


def test_ws_received_the_headers_in_the_order_of_the_trace(node):
    with connect(f"ws://127.0.0.1:{node.port}/chat?room=1", headers=[("X-One", "1"), ("X-Two", "2")]) as ws:
        ws.send("x")
        ws.recv(timeout=DEADLINE)
    told = node.line()

    lines = ws.trace.data(">").partition(b"\r\n\r\n")[0].decode().split("\r\n")
    assert lines[0] == f"GET {told['url']} HTTP/1.1" == "GET /chat?room=1 HTTP/1.1"
    assert [part for line in lines[1:] for part in line.split(": ", 1)] == told["raw"]
    assert told["messages"] == [["text", 1]]


def test_fragments_from_ws_are_one_message_and_three_frames(node):
    with connect(f"ws://127.0.0.1:{node.port}/") as ws:
        ws.send("fragments, please")
        assert ws.recv(timeout=DEADLINE) == "fragments"
        ws.send("fragments, please")
        assert list(ws.recv_streaming()) == ["frag", "men", "ts"]

    frames = [row for row in ws.trace.rows() if row.kind is Kind.FRAME and row.direction == "<"]
    assert len(frames) == 7  # twice three, and the close


def test_a_ping_from_ws_is_answered_without_asking(node):
    with connect(f"ws://127.0.0.1:{node.port}/") as ws:
        ws.send("ping me")
        assert ws.recv(timeout=DEADLINE) == "there you are"

    assert node.line()["pongs"] == ["are you there?"]


def test_our_close_code_and_reason_arrive(node):
    ws = connect(f"ws://127.0.0.1:{node.port}/")

    ws.close(4000, "grüße")

    told = node.line()
    assert (told["code"], told["reason"]) == (4000, "grüße")
    assert ws.close_code == 4000


def test_a_close_by_ws_is_understood(node):
    with connect(f"ws://127.0.0.1:{node.port}/") as ws:
        ws.send("close me")
        with pytest.raises(ConnectionClosedError) as caught:
            ws.recv(timeout=DEADLINE)

    assert not isinstance(caught.value, ConnectionClosedOK)
    assert (ws.close_code, ws.close_reason) == (4321, "as you wish")


def test_a_connection_that_ws_drops_has_no_code(node):
    with connect(f"ws://127.0.0.1:{node.port}/") as ws:
        ws.send("drop me")
        with pytest.raises(ConnectionClosedError):
            ws.recv(timeout=DEADLINE)

    assert ws.close_code == 1006
    assert [c.data for c in ws.trace if c.direction == "="][1] in (b"eof <", b"reset")
