"""What other servers do about a page that they do not know: the table at the end of lesson 13.

A page of https://evil.example polls and opens a WebSocket. Polling: the status, and which page may read the answer.
WebSocket: the status, 101 if the page is in.
"""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.server import serve

import livesock as ls
from tests.peers import eventually

pytestmark = pytest.mark.interop

NODE = Path(__file__).parent / "node"
APP, EVIL = "https://app.example", "https://evil.example"

ROWS: dict[str, tuple[tuple[int, str | None] | None, int]] = {
    "socketio": ((200, None), 101),
    "socketio-cors": ((200, APP), 101),
    "socketio-allow": ((403, APP), 400),
    "ws": (None, 101),
    "ws-verify": (None, 401),
    "nest": ((200, None), 101),
    "nest-cors": ((200, APP), 101),
}
"""What a page of evil.example gets from Node's servers: by polling, and for its WebSocket."""


@contextmanager
def node_server(node: str, mode: str) -> Iterator[tuple[int, list[str]]]:
    """A server of Node, and what it prints."""
    command = [node, str(NODE / "origin_server.js"), mode]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline().removeprefix("PORT "))
        said: list[str] = []
        reader = threading.Thread(target=lambda: said.extend(line.strip() for line in process.stdout or ()))
        reader.start()
        try:
            yield port, said
        finally:
            process.kill()
            reader.join()


def polls(port: int, origin: str) -> tuple[int, str | None]:
    """Return the status of a poll of this page, and which page the browser lets read the answer."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    line.request("GET", "/socket.io/?EIO=4&transport=polling", headers={"Origin": origin})
    answer = line.getresponse()
    answer.read()
    line.close()
    return answer.status, answer.getheader("Access-Control-Allow-Origin")


def opens(port: int, origin: str | None, path: str = "/socket.io/?EIO=4&transport=websocket") -> int:
    """Return the status of the answer to a WebSocket handshake of this page."""
    named = f"Origin: {origin}\r\n" if origin else ""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{named}Upgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        return int(line.recv(4096).split(b" ", 2)[1])


@pytest.mark.parametrize("mode", ROWS)
def test_what_a_page_of_another_origin_gets_from_a_server_of_node(tool: Any, mode: str) -> None:
    with node_server(tool("node"), mode) as (port, _):
        polling, websocket = ROWS[mode]
        assert polling is None or polls(port, EVIL) == polling
        assert opens(port, EVIL) == websocket
        assert opens(port, APP) == 101


def test_a_guard_of_nest_does_not_guard_the_connection(tool: Any) -> None:
    """Its guards are asked before each event; handleConnection runs, and the peer hears what is said to all."""
    node = tool("node")
    script = (
        "import {io} from 'socket.io-client'; const s = io(process.argv[1], {transports: ['websocket']});"
        "const news = await new Promise((done) => s.on('news', done));"
        "const said = await s.timeout(500).emitWithAck('say').catch(() => 'no answer');"
        "console.log(JSON.stringify({news, said})); s.close()"
    )
    with node_server(node, "nest-guard") as (port, ran):
        command = [node, "--input-type=module", "-e", script, f"http://127.0.0.1:{port}"]
        done = subprocess.run(command, cwd=NODE, capture_output=True, text=True, timeout=60, check=True)

        assert json.loads(done.stdout) == {"news": "dinner is at eight", "said": "no answer"}
        assert eventually(lambda: ran == ["handleConnection"], "the event was stopped, the connection was not")


@pytest.mark.parametrize(("origins", "evil", "program"), [(None, 101, 101), ([APP], 403, 403), ([APP, None], 403, 101)])
def test_websockets_looks_at_origin_when_it_is_told_to(origins: Any, evil: int, program: int) -> None:
    with serve(lambda ws: None, "127.0.0.1", 0, origins=origins) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.socket.getsockname()[1]

        assert (opens(port, EVIL), opens(port, None), opens(port, APP)) == (evil, program, 101)
        server.shutdown()


def test_livesock_refuses_both_ways_before_anything_is_read() -> None:
    with ls.serve("origins") as server:
        port = server.port

        assert (polls(port, EVIL)[0], opens(port, EVIL)) == (403, 403)
        assert (polls(port, f"http://localhost:{port + 1}")[0], opens(port, f"http://localhost:{port + 1}")) == (
            200,
            101,
        )
    with ls.serve("origins", origins=[APP]) as server:
        assert (polls(server.port, APP), opens(server.port, APP)) == ((200, APP), 101)
