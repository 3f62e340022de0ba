"""The official client's events in the servers of Node, NestJS and livesock: they begin in the order in which they came.

What differs: in Node nothing may block, so a slow plain handler does not exist there. livesock runs it on a thread,
reads no more meanwhile, and keeps the peer.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import livesock as ls
from tests.peers import eventually

pytestmark = pytest.mark.interop

NODE = Path(__file__).parent / "node"


def talk(node: str, url: str, count: int, *kinds: str) -> dict[str, dict[str, Any]]:
    command = [node, str(NODE / "order_client.js"), url, str(count), *kinds]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110, check=True)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


@contextmanager
def livesock_server() -> Iterator[str]:
    with ls.serve("witness") as server:

        @server.gateway()
        class Order:
            @ls.event("plain")
            def plain(self, socket: Any, number: int) -> None:
                socket.data.setdefault("log", []).append(number)

            @ls.event("later")
            async def later(self, socket: Any, number: int) -> None:
                socket.data.setdefault("log", []).append(number)

            @ls.event("waits")
            async def waits(self, socket: Any, number: int) -> None:
                socket.data.setdefault("log", []).append(number)
                await asyncio.sleep(0.003)

            @ls.event("log")
            async def log(self, socket: Any, number: int) -> Any:
                return socket.data["log"]

        yield server.url("/", "http")


@contextmanager
def foreign_server(node: str, which: str) -> Iterator[str]:
    with subprocess.Popen([node, str(NODE / "order_server.js"), which], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().removeprefix('PORT ').strip()}"
        finally:
            process.kill()


@pytest.mark.parametrize("which", ["livesock", "node", "nest"])
def test_events_of_mixed_kinds_begin_in_the_order_in_which_they_came(tool: Any, node_modules: Path, which: str) -> None:
    node = tool("node")
    with livesock_server() if which == "livesock" else foreign_server(node, which) as url:
        seen = talk(node, url, 120, "plain", "later", "waits", "waits", "plain")

    assert {way: talked["log"] for way, talked in seen.items()} == {key: list(range(120)) for key in seen}


def test_a_peer_whose_events_wait_for_a_slow_plain_handler_stays(tool: Any, node_modules: Path) -> None:
    """200 events of 20 ms each, where ping and pong have half a second together: they wait eight times as long."""
    with ls.serve("slow", sessions={"ping_interval": 0.3, "ping_timeout": 0.2}) as server:
        left: list[str] = []

        @server.of("/").on("slow")
        def slow(socket: Any, number: int) -> None:
            time.sleep(0.02)  # the work of the handler
            socket.data.setdefault("log", []).append(number)

        @server.of("/").on("log")
        def log(socket: Any, number: int) -> Any:
            return socket.data["log"]

        server.of("/").on_disconnect(lambda socket, reason: left.append(reason))
        seen = talk(tool("node"), server.url("/", "http"), 200, "slow")
        eventually(lambda: len(left) == 3, "on_disconnect comes when the client leaves", timeout=2)

    assert seen == {key: {"log": list(range(200)), "thrown": None} for key in ("default", "polling", "websocket")}
    assert left == ["client namespace disconnect"] * 3
