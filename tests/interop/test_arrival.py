"""What other clients and servers do across a cut: the table of lesson 12, each cell of it measured.

The official client and our own meet the same server through the same simulated network; the servers of Node and NestJS
are measured with the official client; `websockets` with a route of ours.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

import livesock as ls
from livesock.errors import NotRunning
from tests.peers import eventually

pytestmark = pytest.mark.interop

NODE = Path(__file__).parent / "node"


@contextmanager
def shop(**sessions: Any) -> Iterator[tuple[ls.Server, Any]]:
    """A server behind a simulated network, with the events that the clients use; its pages turn the network."""
    with ls.serve("shop", sessions=sessions) as server, ls.netsim(server, name="line") as line:
        numbers: list[int] = []
        slow: list[str] = []

        @server.gateway()
        class Shop:
            @ls.event("number")
            async def number(self, socket: Any, number: int) -> None:
                numbers.append(number)

            @ls.event("numbers")
            async def numbers(self, socket: Any) -> Any:
                return numbers

            @ls.event("slow")
            async def slow(self, socket: Any, what: str) -> str:
                slow.append(what)
                await asyncio.sleep(0.5 if len(slow) == 1 else 0)
                return what

            @ls.event("tell")
            async def tell(self, socket: Any) -> None:
                server.of("/").emit("news")

            @ls.event("throw")
            async def throw(self, socket: Any) -> None:
                socket.disconnect()

            @ls.event("throw hard")
            async def throw_hard(self, socket: Any) -> None:
                socket.disconnect(close=True)

        @server.post("/hole")
        def hole(request: Any) -> Any:
            line.black_hole = True
            return {}

        @server.post("/mend")
        def mend(request: Any) -> Any:
            eventually(lambda: not server.of("/").sockets(), "the server notices, too")
            line.reset()  # what was on its way is gone
            line.black_hole = False
            return {}

        @server.post("/slow")
        def how_often(request: Any) -> Any:
            return slow

        yield server, line


def test_the_official_client(tool: Any, node_modules: Path) -> None:
    """Its `volatile` asks whether the transport is writable; the one of the lost connection still says so (4.8.4)."""
    with shop(ping_interval=1, ping_timeout=1) as (server, line):
        command = [tool("node"), str(NODE / "arrive_client.js"), line.url("/", "http"), server.url("/", "http")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=110, check=True)
    assert json.loads(done.stdout) == {
        "kept": [1, 2, 3, 4],  # 3 was volatile, and is kept all the same
        "lostAnswer": "socket has been disconnected",
        "callback": False,
        "timeout": "operation has timed out",
        "withoutTimeout": "pending",
        "thrice": 3,
        "thrown": ["io server disconnect", False, "away"],
        "thrownHard": ["io server disconnect", False],
        "retried": ["pizza", "pizza", "tea"],
        "dead": [None, True],
        "afterDead": [1, 2, 3, 4, 6],  # 7 was volatile, and is dropped during an attempt to come back
    }


@pytest.mark.parametrize("which", ["node", "nest"])
@pytest.mark.parametrize(
    ("remembers", "heard", "recovered"), [(0, [1, 4], None), (60_000, [1, 2, 4], True), (100, [1, 4], False)]
)
def test_what_a_server_emits_while_its_client_is_away(
    tool: Any, node_modules: Path, which: str, remembers: int, heard: list[int], recovered: bool | None
) -> None:
    command = [tool("node"), str(NODE / "arrive_server.js"), which, str(remembers)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)

    came = json.loads(done.stdout)
    assert (came["heard"], came.get("recovered")) == (heard, recovered)


def test_our_client_with_retries() -> None:
    with shop() as (server, line), ls.socket(line, retries=5) as client, ThreadPoolExecutor(1) as other:
        pizza = other.submit(client.call, "slow", "pizza", timeout=0.3)
        eventually(lambda: "slow" in str(client.trace.rows()), "the order has left")
        assert client.call("slow", "tea") == "tea"
        assert pizza.result(5) == "pizza"
        with urllib.request.urlopen(server.url("/slow", "http"), b"") as answer:
            assert json.load(answer) == ["pizza", "pizza", "tea"]


def test_our_client() -> None:
    with shop(ping_interval=1, ping_timeout=1) as (_, line):
        options: Any = {"transports": ["websocket"], "reconnection": {"first": 0.2}}
        with ls.socket(line, **options) as client:
            client.emit("number", 1)
            assert client.call("numbers") == [1]
            line.reset()
            eventually(lambda: not client.connected, "the client notices")
            client.emit("number", 2)
            assert client.volatile.emit("number", 3) is False
            eventually(lambda: client.connected, "the client is back")
            client.emit("number", 4)
            assert client.call("numbers") == [1, 2, 4]

            threading.Timer(0.2, line.reset).start()
            with pytest.raises(NotRunning, match="the connection ended before the answer came"):
                client.call("never", timeout=10)
            eventually(lambda: client.connected, "the client is back")
            with pytest.raises(TimeoutError, match='no answer to "never"'):
                client.call("never", timeout=0.2)

            news: list[int] = []
            for _ in range(3):
                client.on("news", lambda: news.append(1))
            client.call("tell")
            assert eventually(lambda: len(news) == 3, "the handlers add up")

            client.emit("throw")
            eventually(lambda: not client.connected, "sent away")
            assert client.attempts == 0 and client.reconnects == 2


def test_our_client_in_a_dead_line() -> None:
    options: Any = {"transports": ["websocket"], "reconnection": {"first": 0.2}}
    with shop(ping_interval=0.5, ping_timeout=0.5) as (server, line), ls.socket(line, **options) as client:
        line.black_hole = True
        client.emit("number", 5)
        assert client.connected
        eventually(lambda: not client.connected and not server.of("/").sockets(), "both notice")
        client.emit("number", 6)
        line.reset()
        line.black_hole = False
        eventually(lambda: client.connected, "the client is back")
        assert client.call("numbers") == [6]


def test_websockets() -> None:
    """It raises where it knows, keeps nothing, and does not come back unless it is asked to: `async for`."""
    with ls.serve("plain") as server, ls.netsim(server, name="line") as line:
        got: list[Any] = []
        refused: list[str] = []

        @server.websocket("/in")
        async def take(ws: Any) -> None:
            with contextlib.suppress(ConnectionClosed):
                async for message in ws:
                    got.append(message)
            try:
                await ws.send("news")
            except ConnectionClosed as exc:
                refused.append(type(exc).__name__)

        with connect(line.url("/in"), proxy=None) as ws:
            ws.send("1")
            eventually(lambda: got == ["1"], "1 arrives")
            line.black_hole = True
            ws.send("2")  # into a dead line: not a word
            line.reset()
            line.black_hole = False
            with pytest.raises(ConnectionClosed):
                ws.recv(timeout=5)
            with pytest.raises(ConnectionClosed):
                ws.send("3")
        assert got == ["1"]
        assert eventually(lambda: refused, "the server cannot send either") == ["ConnectionClosedError"]


def test_websockets_comes_back_in_a_loop_also_when_it_was_sent_away() -> None:
    from websockets.asyncio.client import connect as connect_again

    with ls.serve("plain") as server:
        opened: list[float] = []

        @server.websocket("/in")
        async def greet(ws: Any) -> None:
            opened.append(time.monotonic())
            await ws.close(1000)

        async def stay() -> None:
            async for ws in connect_again(server.url("/in"), proxy=None):
                try:
                    await ws.recv()
                except ConnectionClosed:
                    if len(opened) == 2:
                        return

        asyncio.run(asyncio.wait_for(stay(), 20))
        assert len(opened) == 2
