"""What others say when a line is cut or ended: the figures of the table in lesson 09.

The durations are shrunk; the defaults are read from the running peers.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
import logging
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import socketio
from websockets.asyncio.client import connect as connect_asyncio
from websockets.asyncio.connection import Connection
from websockets.asyncio.server import serve as serve_asyncio
from websockets.exceptions import ConnectionClosed

import livesock as ls
from tests.interop.foreign import NODE

pytestmark = pytest.mark.interop

INTERVAL, TIMEOUT = 0.3, 0.2
DEADLINE = 20.0


class Peers:
    """A server and a client of Node in one process."""

    def __init__(self, process: Any) -> None:
        self._process = process
        self._lines: queue.Queue[list[Any]] = queue.Queue()
        self.port = json.loads(process.stdout.readline())["port"]
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        with contextlib.suppress(ValueError):  # the end of the test closes what is read here
            for line in self._process.stdout:
                self._lines.put(json.loads(line))

    def say(self, line: object) -> None:
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def hear(self, *wanted: tuple[str, str]) -> dict[tuple[str, str], Any]:
        """Return what came of these, each with its milliseconds."""
        found: dict[tuple[str, str], Any] = {}
        deadline = time.monotonic() + DEADLINE
        while set(wanted) - set(found):
            end, what, *rest = self._lines.get(timeout=max(0.01, deadline - time.monotonic()))
            found[end, what] = rest
        return found

    @property
    def is_silent(self) -> bool:
        return self._lines.empty()


@contextmanager
def node(tool: Callable[[str], str], kind: str, *times: float) -> Iterator[Peers]:
    command = [tool("node"), "liveness.js", kind, *(str(int(1000 * one)) for one in times)]
    with subprocess.Popen(command, cwd=NODE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Peers(process)
        finally:
            process.kill()


CONNECTED = ("client", "connect"), ("server", "connect")
ENDED = ("client", "disconnect"), ("server", "disconnect")


@pytest.mark.parametrize("kind", ["socketio", "nest"])
def test_socket_io_and_nest_wait_for_25_s_and_20_s(tool: Callable[[str], str], kind: str) -> None:
    with node(tool, kind) as peers:
        peers.say(peers.port)
        assert peers.hear(*CONNECTED)["client", "connect"][0] == "25000 20000"


@pytest.mark.parametrize("kind", ["socketio", "nest"])
def test_behind_a_cut_cable_both_ends_say_ping_timeout_and_emit_returns(tool: Callable[[str], str], kind: str) -> None:
    with node(tool, kind, INTERVAL, TIMEOUT) as peers, ls.netsim(peers.port) as far:
        peers.say(far.port)
        peers.hear(*CONNECTED)
        far.black_hole = True
        peers.say("emit")
        emitted = peers.hear(("client", "emit"))["client", "emit"]
        ended = peers.hear(*ENDED)

        assert emitted[0] == "returned"
        assert {ended[one][0] for one in ENDED} == {"ping timeout"}
        assert all(ended[one][1] - emitted[1] < 1000 * (INTERVAL + TIMEOUT) + 400 for one in ENDED)


@pytest.mark.parametrize("kind", ["socketio", "nest"])
def test_when_tcp_ends_both_ends_say_transport_close(tool: Callable[[str], str], kind: str) -> None:
    with node(tool, kind) as peers, ls.netsim(peers.port, idle_timeout=0.5) as far:
        peers.say(far.port)
        peers.hear(*CONNECTED)  # then nothing crosses for 25 s, and the proxy has less patience
        ended = peers.hear(*ENDED)

        assert {ended[one][0] for one in ENDED} == {"transport close"}


def test_ws_of_node_has_no_heartbeat_and_notices_nothing(tool: Callable[[str], str]) -> None:
    with node(tool, "ws") as peers, ls.netsim(peers.port) as far:
        peers.say(far.port)
        peers.hear(*CONNECTED)
        far.black_hole = True
        peers.say("emit")
        said = peers.hear(("client", "emit"), ("client", "sent"))
        time.sleep(1.0)  # nothing is going to come: there is nothing to wait for

        assert said["client", "emit"][0] == "returned" and said["client", "sent"][0] == "no error"
        assert peers.is_silent


def test_ws_of_node_says_1006_when_a_proxy_hangs_up(tool: Callable[[str], str]) -> None:
    with node(tool, "ws") as peers, ls.netsim(peers.port, idle_timeout=0.5) as far:
        peers.say(far.port)
        peers.hear(*CONNECTED)
        ended = peers.hear(*ENDED)

        assert {ended[one][0] for one in ENDED} == {"1006"}


def test_websockets_waits_for_20_s_and_20_s() -> None:
    defaults = inspect.signature(Connection.__init__).parameters

    assert defaults["ping_interval"].default == defaults["ping_timeout"].default == 20


def test_python_socketio_waits_for_25_s_and_20_s() -> None:
    server = socketio.AsyncServer()

    assert (server.eio.ping_interval, server.eio.ping_timeout) == (25, 20)


def test_websockets_says_1011_behind_a_cut_cable_and_send_returns() -> None:
    async def follow() -> tuple[str, str, float]:
        quiet = logging.getLogger("quiet")
        quiet.addHandler(logging.NullHandler())
        quiet.propagate = False

        async def wait(ws: Any) -> None:
            await ws.wait_closed()

        async with serve_asyncio(wait, "127.0.0.1", 0, ping_interval=None, close_timeout=0.1) as server:
            port = server.sockets[0].getsockname()[1]
            far = await asyncio.to_thread(ls.netsim, port)
            try:
                beat = {"ping_interval": INTERVAL, "ping_timeout": TIMEOUT, "close_timeout": 0.1}
                async with connect_asyncio(far.url("/"), proxy=None, logger=quiet, **beat) as ws:
                    far.black_hole = True
                    began = time.monotonic()
                    await ws.send("hello?")
                    try:
                        await ws.recv()
                    except ConnectionClosed as exc:
                        assert exc.sent is not None
                        return f"{exc.sent.code} {exc.sent.reason}", "returned", time.monotonic() - began
            finally:
                await asyncio.to_thread(far.stop)
        raise AssertionError("it did not notice")

    said, sent, took = asyncio.run(asyncio.wait_for(follow(), DEADLINE))

    assert (said, sent) == ("1011 keepalive ping timeout", "returned")
    assert took < INTERVAL + TIMEOUT + 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # it leaves its socket to the collector
@pytest.mark.parametrize("story", ["cut", "idle"])
def test_the_client_of_python_socketio_says_transport_error(tool: Callable[[str], str], story: str) -> None:
    times = (INTERVAL, TIMEOUT) if story == "cut" else ()
    came: queue.Queue[str] = queue.Queue()
    with node(tool, "socketio", *times) as peers, ls.netsim(peers.port) as far:
        client = socketio.Client(reconnection=False, handle_sigint=False)
        client.on("disconnect", came.put)
        client.connect(far.url("/", "http"), transports=["websocket"])
        if story == "cut":
            far.black_hole = True
            client.emit("hello?")  # returns
        else:
            far.idle_timeout = 0.3
        said = came.get(timeout=DEADLINE)
        far.black_hole = False
        client.disconnect()

    assert said == "transport error"
