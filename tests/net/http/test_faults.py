"""What peers, programs and the machine do to a server on a bad day: it goes on, and nobody else notices."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import random
import socket
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

import livesock as ls
from livesock.net.http.limits import Limits
from livesock.server import Server
from tests.peers import (
    BINARY,
    CLOSE,
    DEADLINE,
    PING,
    TEXT,
    Wire,
    answers,
    close_code,
    eventually,
    faults,
    frame,
    frames,
    handshake,
    open_files,
    quiet_logs,
)

HASTY = Limits(head_timeout=1.0, body_timeout=1.0, idle_timeout=1.0, stall_timeout=1.0)
"""Deadlines short enough for a test to wait for."""


@contextmanager
def served(limits: Limits = HASTY, expect: Callable[[Server], object] | None = None) -> Iterator[tuple[Server, Any]]:
    """Yield a server and the canary on it; afterwards the canary lives, and nothing else is left of what happened.

    `expect` looks at the server after the test; by default no error was kept.
    """
    files = open_files()
    with quiet_logs() as logged, ls.serve("faults", limits=limits) as server:
        routes(server)
        with connect(server.url("/echo"), proxy=None, ping_interval=None) as canary:
            yield server, canary
            eventually(lambda: len(server.peers) == 1, "only the canary is connected")
            eventually(lambda: len(server._site.tasks) == 1, "only the canary's handler runs")
            sings(canary)
        errors = faults(server)
        if expect is None:
            assert errors == []
        else:
            assert expect(server)
    gc.collect()  # a forgotten task or transport complains now
    assert [line for line in logged if not line.startswith("livesock.server: ")] == []
    eventually(lambda: open_files() <= files, f"back to {files} open files")


def sings(canary: Any) -> None:
    canary.send("still here")
    assert canary.recv(timeout=DEADLINE) == "still here"


def routes(server: Any) -> None:
    async def echo(ws: Any) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for message in ws:
                await ws.send(message)

    server.websocket("/echo", ping_interval=None, close_timeout=1)(echo)
    server.websocket("/deflate", compression="deflate", close_timeout=1)(echo)

    @server.get("/alive")
    def alive(request: Any) -> str:
        return "yes"

    @server.get("/park")
    async def park(request: Any) -> None:
        await asyncio.Event().wait()

    @server.get("/endless")
    async def endless(request: Any) -> Any:
        while True:
            yield b"x" * 65_536

    @server.post("/say")
    async def say(request: Any) -> int:
        return {"size": len(request.body)}  # type: ignore[return-value]


def get(server: Server, path: str = "/alive", *headers: str) -> bytes:
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{server.port}", *headers, "", ""]
    return "\r\n".join(lines).encode()


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


# -- peers that are slow, silent, endless or mad


def test_silent_and_half_spoken_connections_end_after_their_deadline() -> None:
    with served() as (server, canary):
        head = f"POST /say HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
        beginnings = {
            "": b"",  # nothing was said: nothing is answered
            "half a head": head.encode()[:20],
            "a head without its end": head.encode(),
            "half a body": f"{head}Content-Length: 100\r\n\r\nabc".encode(),
            "half a chunk": f"{head}Transfer-Encoding: chunked\r\n\r\n5\r\nab".encode(),
            "a handshake without its end": handshake(f"127.0.0.1:{server.port}", "/echo")[:-2],
        }
        wires = [(what, Wire(server.port)) for what in beginnings for _ in range(20)]
        for what, wire in wires:
            wire.send(beginnings[what])
        sings(canary)

        for what, wire in wires:
            with wire:
                found = [answer.status for answer in answers(wire.read_to_end())]
                assert found == ([408] if what else []), what


def test_a_head_and_a_body_that_drip_for_ever_end_too() -> None:
    with served() as (server, canary):
        head = f"POST /say HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n".encode()
        for beginning in (head + b"X: ", head + b"Content-Length: 90000\r\n\r\n"):
            with Wire(server.port) as wire:
                wire.send(beginning)
                wire.sock.settimeout(0.05)
                received = b""
                deadline = time.monotonic() + DEADLINE
                while not received and time.monotonic() < deadline:
                    wire.send(b"x")
                    with contextlib.suppress(TimeoutError):
                        received = wire.sock.recv(65536)
                wire.sock.settimeout(DEADLINE)
                received += wire.read_to_end()
            assert [answer.status for answer in answers(received)] == [408]
            sings(canary)


def test_an_idle_connection_ends_between_two_requests() -> None:
    with served() as (server, _), Wire(server.port) as wire:
        wire.send(get(server))

        (answer,) = answers(wire.read_to_end())

        assert answer.body == b"yes"


def test_a_body_without_end_is_cut_at_its_limit() -> None:
    with served() as (server, _), Wire(server.port) as wire:
        wire.send(f"POST /say HTTP/1.1\r\nHost: {wire.host}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        chunk = b"1000\r\n" + b"x" * 4096 + b"\r\n"
        with contextlib.suppress(OSError):
            for _ in range(10_000):
                wire.sock.sendall(chunk)

        received = b""
        with contextlib.suppress(OSError):
            received = wire.read_to_end()

    assert not received or answers(received)[0].status == 413


def test_garbage_is_answered_or_cut_and_nothing_else() -> None:
    rng = random.Random(2)
    with served() as (server, canary):
        wires = [Wire(server.port) for _ in range(150)]
        for number, wire in enumerate(wires):
            garbage = rng.randbytes(rng.choice([1, 10, 100, 2000, 30_000]))
            wire.send(garbage if number % 2 else bytes(byte % 96 + 32 for byte in garbage) + b"\r\n\r\n")
        sings(canary)

        for wire in wires:
            with wire:
                received = wire.read_to_end()
                assert not received or answers(received)[0].status >= 400


def test_mutated_requests_and_frames_never_leave_an_error() -> None:
    rng = random.Random(3)
    with served() as (server, canary):
        whole = handshake(f"127.0.0.1:{server.port}", "/deflate", "Sec-WebSocket-Extensions: permessage-deflate")
        whole += frame(TEXT, b"hello") + frame(PING, b"p") + frame(CLOSE, b"\x03\xe8")
        for _ in range(300):
            data = bytearray(whole)
            for _ in range(rng.choice([1, 2, 5])):
                kind, place = rng.randrange(3), rng.randrange(len(data))
                if kind == 0:
                    data[place] = rng.randrange(256)
                elif kind == 1:
                    del data[place : place + rng.randrange(1, 20)]
                else:
                    data[place:place] = rng.randbytes(rng.randrange(1, 20))
            with Wire(server.port) as wire:
                wire.send(bytes(data))
                wire.half_close()
                wire.read_to_end()
        sings(canary)


STAGES: dict[str, Callable[[str], bytes]] = {
    "nothing": lambda host: b"",
    "half a head": lambda host: f"GET /alive HTTP/1.1\r\nHost: {host}".encode(),
    "half a body": lambda host: f"POST /say HTTP/1.1\r\nHost: {host}\r\nContent-Length: 9\r\n\r\nabc".encode(),
    "a request that parks": lambda host: f"GET /park HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(),
    "an endless answer": lambda host: f"GET /endless HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(),
    "a handler on a thread": lambda host: f"GET /alive HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(),
    "half a handshake": lambda host: handshake(host, "/echo")[:50],
    "a handshake": lambda host: handshake(host, "/echo"),
    "half a frame": lambda host: handshake(host, "/echo") + frame(TEXT, b"hello")[:4],
    "half a message": lambda host: handshake(host, "/echo") + frame(TEXT, b"hello", fin=False),
    "a ping": lambda host: handshake(host, "/echo") + frame(PING, b"x"),
    "a large echo": lambda host: handshake(host, "/echo") + frame(BINARY, b"x" * 1_000_000) * 3,
    "a close": lambda host: handshake(host, "/echo") + frame(CLOSE, b"\x03\xe8"),
}


UNANSWERED = ("nothing", "half a head", "half a body", "half a handshake", "a request that parks")


@pytest.mark.parametrize("how", ["reset", "close", "half_close"])
@pytest.mark.parametrize("stage", STAGES)
def test_a_peer_that_vanishes_at_any_stage_leaves_nothing(stage: str, how: str) -> None:
    with served() as (server, _):
        for is_answered in (False, True):
            wires = [Wire(server.port) for _ in range(5)]
            for wire in wires:
                wire.send(STAGES[stage](wire.host))
            for wire in wires if is_answered and stage not in UNANSWERED else ():
                assert wire.sock.recv(12)
            for wire in wires:
                {"reset": wire.reset, "close": wire.sock.close, "half_close": wire.half_close}[how]()
            for wire in wires:
                if how == "half_close" and stage != "an endless answer":
                    wire.read_to_end()
                wire.sock.close()
            eventually(lambda: len(server.peers) == 1, f"{stage}: only the canary is connected")


def test_two_thousand_connections_that_come_and_go_leave_nothing() -> None:
    with served() as (server, canary):
        for batch in range(40):
            wires = [Wire(server.port) for _ in range(50)]
            for number, wire in enumerate(wires):
                if number % 3 == 0:
                    wire.send(handshake(wire.host, "/echo"))
                elif number % 3 == 1:
                    wire.send(get(server))
                wire.reset() if number % 2 else wire.sock.close()
            if batch % 10 == 0:
                sings(canary)
        eventually(lambda: len(server.peers) == 1, "only the canary is connected", timeout=3 * DEADLINE)
        assert len(server.trace.peers) < 2100


def test_a_connection_more_than_allowed_gets_503_and_the_others_go_on() -> None:
    with served(Limits(max_connections=10)) as (server, canary):
        with contextlib.ExitStack() as stack:
            wires = [stack.enter_context(Wire(server.port)) for _ in range(9)]
            for wire in wires:
                wire.upgrade("/echo")

            with Wire(server.port) as one_more:
                (answer,) = answers(one_more.read_to_end())
            assert answer.status == 503
            sings(canary)
            for wire in wires:
                wire.send(frame(TEXT, b"hi"))
                assert frames(wire.read_until(lambda data: b"hi" in data)) == [(TEXT, b"hi")]

        eventually(lambda: len(server.peers) == 1, "the nine are gone")
        with Wire(server.port) as wire:
            wire.upgrade("/echo")


def test_a_peer_that_is_gone_before_it_is_refused_leaves_no_error() -> None:
    with served(Limits(max_connections=1)) as (server, _):
        blocked, release = threading.Event(), threading.Event()

        async def stand_still() -> None:
            blocked.set()
            release.wait(DEADLINE)  # connections wait in the kernel meanwhile

        thread = threading.Thread(target=server.call, args=(stand_still,))
        thread.start()
        assert blocked.wait(DEADLINE)
        for data in (b"", b"nonsense\r\n\r\n") * 10:
            wire = Wire(server.port)
            wire.send(data)
            wire.sock.close()  # it answers our 503 with a reset, at once
        release.set()
        thread.join()

        eventually(lambda: server.trace.data("=").count(b"open") == 21, "all of them were accepted")


def test_a_deflate_bomb_is_closed_with_1009() -> None:
    pump = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = b"".join(pump.compress(bytes(2**20)) for _ in range(64)) + pump.flush(zlib.Z_SYNC_FLUSH)
    with served() as (server, canary):
        for pieces in ([bomb[:-4]], [bomb[:100], bomb[100:-4]]):
            with Wire(server.port) as wire:
                wire.upgrade("/deflate", "Sec-WebSocket-Extensions: permessage-deflate")
                for index, piece in enumerate(pieces):
                    last = index == len(pieces) - 1
                    wire.send(frame(BINARY if index == 0 else 0, piece, fin=last, rsv1=index == 0))
                opcode, code = frames(wire.read_to_end())[-1]
            assert (opcode, close_code(code)) == (CLOSE, 1009)
            sings(canary)


def test_an_endless_answer_waits_for_a_reader_and_drops_one_that_never_reads() -> None:
    def dropped_one(server: Server) -> bool:
        (error,) = server.errors
        return "too slow" in str(error) and server._site.dropped == 1

    with served(expect=dropped_one) as (server, canary), Wire(server.port) as wire:
        wire.send(get(server, "/endless"))
        eventually(lambda: server._site.dropped == 1, "the reader that does not read was dropped")
        sings(canary)


# -- a server in a process of its own: memory and files

PROGRAM = """
import asyncio, contextlib, json, resource, sys
from websockets.asyncio.server import broadcast
from websockets.exceptions import ConnectionClosed
import livesock as ls
from livesock.net.http.limits import Limits

options = json.loads(sys.argv[1])
if files := options.pop("files", None):
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
server = ls.serve("faults", limits=Limits(**options))
group = set()

async def echo(ws):
    with contextlib.suppress(ConnectionClosed):
        async for message in ws:
            await ws.send(message)

server.websocket("/echo", ping_interval=None, close_timeout=1)(echo)
server.websocket("/deflate", compression="deflate", close_timeout=1)(echo)

@server.websocket("/group", ping_interval=None, close_timeout=1)
async def join(ws):
    group.add(ws)
    try:
        await ws.wait_closed()
    finally:
        group.discard(ws)

async def tell_everybody(count, size):
    for number in range(count):
        broadcast(group, number.to_bytes(4, "big") + bytes(size))
        await asyncio.sleep(0)

say = lambda value: print(json.dumps(value), flush=True)
say(server.port)
for line in sys.stdin:
    do, *arguments = json.loads(line)
    if do == "report":
        site = server._site
        say({"errors": [str(error) for error in server.errors], "dropped": site.dropped, "peers": len(server.peers),
             "tasks": len(site.tasks), "group": len(group)})
    elif do == "broadcast":
        server.call(tell_everybody, *arguments, timeout=None)
        say("told")
    elif do == "stop":
        server.stop()
        say("stopped")
        break
"""


class Apart:
    """A server in its own process, so that its memory can be measured and its files counted."""

    def __init__(self, **options: Any) -> None:
        command = [sys.executable, "-W", "error::ResourceWarning", "-c", PROGRAM, json.dumps(options)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.port = self._heard()

    def do(self, what: str, *arguments: Any) -> Any:
        assert self.process.stdin
        self.process.stdin.write(json.dumps([what, *arguments]) + "\n")
        self.process.stdin.flush()
        return self._heard()

    def _heard(self) -> Any:
        assert self.process.stdout and self.process.stderr
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read()
        return json.loads(line)

    @property
    def memory(self) -> float:
        """Resident memory in MiB."""
        return float(psutil.Process(self.process.pid).memory_info().rss) / 2**20

    @property
    def files(self) -> int:
        """Open file descriptors."""
        return int(psutil.Process(self.process.pid).num_fds())

    @property
    def report(self) -> dict[str, Any]:
        return dict(self.do("report"))

    def __enter__(self) -> Apart:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            self.process.kill()
        else:
            assert self.do("stop") == "stopped"
        out, err = self.process.communicate(timeout=DEADLINE)
        assert kind is not None or (out, err, self.process.returncode) == ("", "", 0)


@pytest.fixture
def canary_of() -> Iterator[Callable[[Apart], Any]]:
    with contextlib.ExitStack() as stack:
        yield lambda apart: stack.enter_context(
            connect(f"ws://127.0.0.1:{apart.port}/echo", proxy=None, ping_interval=None)
        )


def test_a_flood_of_pings_from_a_peer_that_never_reads_costs_no_memory(canary_of: Callable[[Apart], Any]) -> None:
    flood = frame(PING, b"p" * 125) * 1000
    with Apart(stall_timeout=1.0) as apart, Wire(apart.port) as wire:
        canary = canary_of(apart)
        wire.upgrade("/echo")
        before, sent = apart.memory, 0

        with contextlib.suppress(ConnectionError):  # TCP holds us first, and the end comes with a reset
            while sent < 400_000_000:
                wire.sock.sendall(flood)
                sent += len(flood)

        assert sent < 100_000_000
        report = apart.report
        assert report["dropped"] == 1 and "too slow" in report["errors"][0]
        sings(canary)
        assert apart.memory - before < 60


def test_an_echo_flood_that_never_reads_costs_no_memory(canary_of: Callable[[Apart], Any]) -> None:
    flood = frame(BINARY, b"x" * 100_000) * 10
    with Apart(stall_timeout=1.0) as apart, Wire(apart.port) as wire:
        canary = canary_of(apart)
        wire.upgrade("/echo")
        before, sent = apart.memory, 0

        with contextlib.suppress(ConnectionError):
            while sent < 400_000_000:
                wire.sock.sendall(flood)
                sent += len(flood)

        assert sent < 100_000_000
        eventually(lambda: apart.report["peers"] == 1, "only the canary is connected")
        assert apart.report["dropped"] == 1
        sings(canary)
        assert apart.memory - before < 60


def test_peers_that_never_read_a_broadcast_are_dropped_and_the_others_get_all_of_it() -> None:
    count, size, stalled = 400, 20_000, 10
    with Apart(stall_timeout=1.0, max_backlog=2**20) as apart, contextlib.ExitStack() as stack:
        for _ in range(stalled):
            stack.enter_context(Wire(apart.port)).upgrade("/group")
        reader = stack.enter_context(
            connect(f"ws://127.0.0.1:{apart.port}/group", proxy=None, max_size=None, max_queue=None, ping_interval=None)
        )
        eventually(lambda: apart.report["group"] == stalled + 1, "everybody has joined")
        before = apart.memory
        numbers: list[int] = []
        done = threading.Event()

        def read() -> None:
            for _ in range(count):
                numbers.append(int.from_bytes(bytes(reader.recv(DEADLINE)[:4]), "big"))  # type: ignore[arg-type]
            done.set()

        thread = threading.Thread(target=read)
        thread.start()
        apart.do("broadcast", count, size)

        assert done.wait(3 * DEADLINE)
        thread.join()
        assert numbers == list(range(count))
        eventually(lambda: apart.report["group"] == 1, "those that do not read were dropped")
        report = apart.report
        assert report["dropped"] == stalled and all("too slow" in error for error in report["errors"])
        assert not any("does not read" in error for error in report["errors"]), "it may read, only not as fast"
        assert apart.memory - before < 100


def test_deflate_bombs_cost_no_memory(canary_of: Callable[[Apart], Any]) -> None:
    pump = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = b"".join(pump.compress(bytes(2**20)) for _ in range(256)) + pump.flush(zlib.Z_SYNC_FLUSH)
    with Apart() as apart:
        canary, before = canary_of(apart), apart.memory
        for _ in range(4):
            with Wire(apart.port) as wire:
                wire.upgrade("/deflate", "Sec-WebSocket-Extensions: permessage-deflate")
                wire.send(frame(BINARY, bomb[:-4], rsv1=True))
                assert close_code(frames(wire.read_to_end())[-1][1]) == 1009
        sings(canary)
        assert apart.memory - before < 60
        assert all("message too big" in error for error in apart.report["errors"])


def test_running_out_of_files_is_survived(canary_of: Callable[[Apart], Any]) -> None:
    with Apart(files=60) as apart:
        canary = canary_of(apart)
        files = apart.files

        with contextlib.ExitStack() as stack:
            for _ in range(120):  # the kernel accepts them all; the process can open no more than its limit
                stack.enter_context(Wire(apart.port))
            eventually(lambda: apart.report["peers"] > 30, "as many as there are files")
            sings(canary)

        eventually(lambda: apart.report["peers"] == 1, "only the canary is connected")
        with Wire(apart.port) as wire:
            wire.send(f"GET /nowhere HTTP/1.1\r\nHost: {wire.host}\r\nConnection: close\r\n\r\n".encode())
            assert answers(wire.read_to_end())[0].status == 404
        eventually(lambda: apart.files <= files, f"back to {files} open files")


# -- handlers

NONSENSE: dict[str, Any] = {
    "an object": lambda: object(),
    "a number": lambda: 42,
    "a set": lambda: ls.Response({1, 2}),
    "not a number": lambda: {"x": float("nan")},
    "half a character": lambda: "\ud800",
    "a status that is none": lambda: ls.Response("x", status=99),
    "a status beyond": lambda: ls.Response("x", status=1000),
    "a status in words": lambda: ls.Response("x", status="fine"),  # type: ignore[arg-type]
    "an interim status": lambda: ls.Response("x", status=101),
    "a header with two lines": lambda: ls.Response("x", headers={"X": "a\r\nSet-Cookie: b"}),
    "a header that is no word": lambda: ls.Response("x", headers={"X Y": "a"}),
    "a header beyond Latin-1": lambda: ls.Response("x", headers={"X": "€"}),
    "a type with two lines": lambda: ls.Response("x", type="text/html\r\nX: y"),
    "an exception": lambda: 1 / 0,
    "a recursion": lambda: (lambda f: f(f))(lambda f: f(f)),
    "an exit": lambda: sys.exit(3),
    "an exception as a value": lambda: ValueError("returned"),
}


@pytest.mark.parametrize("kind", ["thread", "async"])
@pytest.mark.parametrize("what", NONSENSE)
def test_nonsense_from_a_handler_is_a_500_and_an_error(what: str, kind: str) -> None:
    with served(expect=lambda server: len(server.errors) == 1) as (server, _):
        if kind == "thread":
            server.get("/nonsense")(lambda request: NONSENSE[what]())
        else:

            async def nonsense(request: Any) -> Any:
                return NONSENSE[what]()

            server.get("/nonsense")(nonsense)

        with Wire(server.port) as wire:
            wire.send(get(server, "/nonsense", "Connection: close"))
            (answer,) = answers(wire.read_to_end())

        assert answer.status == 500
        assert b"Traceback" not in answer.body


@pytest.mark.parametrize(("body", "length"), [("é", "1"), ("é", "5"), ("", "5")])
def test_an_answer_whose_length_lies_is_a_500(body: str, length: str) -> None:
    with served(expect=lambda server: "and Content-Length says" in str(server.errors)) as (server, _):
        server.get("/lie")(lambda request: ls.Response(body, headers={"content-length": length}))

        with Wire(server.port) as wire:
            wire.send(get(server, "/lie", "Connection: close"))
            (answer,) = answers(wire.read_to_end())

    assert answer.status == 500


def test_the_answer_to_head_may_say_how_long_that_to_get_would_be() -> None:
    with served() as (server, _):
        server.get("/long")(lambda request: ls.Response("x", headers={"Content-Length": "5"}))

        with Wire(server.port) as wire:
            wire.send(get(server, "/long", "Connection: close").replace(b"GET", b"HEAD", 1))
            (answer,) = answers(wire.read_to_end(), "HEAD")

    assert (answer.status, answer.headers["Content-Length"]) == (200, "5")


async def _yield(*values: Any) -> Any:
    for value in values:
        if isinstance(value, BaseException):
            raise value
        yield value


STREAMS: dict[str, tuple[Any, ...]] = {
    "an object": (object(),),
    "an object after text": ("a", object()),
    "nothing where bytes were": (b"a", None),
    "an exception": (ZeroDivisionError("at once"),),
    "an exception after text": ("a", ZeroDivisionError("later")),
    "an exit": ("a", SystemExit(3)),
    "half a character": ("a", "\ud800"),
}


@pytest.mark.parametrize("what", STREAMS)
def test_a_stream_that_breaks_is_a_500_or_cut_short(what: str) -> None:
    values = STREAMS[what]
    with served(expect=lambda server: len(server.errors) == 1) as (server, _):
        server.get("/stream")(lambda request: _yield(*values))

        with Wire(server.port) as wire:
            wire.send(get(server, "/stream", "Connection: close"))
            received = wire.read_to_end()

    if len(values) == 1:
        assert answers(received)[0].status == 500
    else:
        assert b"200 OK" in received and not received.endswith(b"0\r\n\r\n")


def raising(exc: BaseException) -> Callable[[Any], Any]:
    async def handler(ws: Any) -> None:
        raise exc

    return handler


async def closes_its_own(ws: Any) -> None:
    await ws.close(4000, "myself")
    await ws.close(4001, "again")


async def returns_a_value(ws: Any) -> object:
    return object()


async def sends_nonsense(ws: Any) -> None:
    await ws.send(object())


async def sends_after_close(ws: Any) -> None:
    await ws.close(4000)
    await ws.send("too late")


async def aborts(ws: Any) -> None:
    ws.transport.abort()
    await ws.recv()


async def cancels_itself(ws: Any) -> None:
    task = asyncio.current_task()
    assert task
    task.cancel()
    await ws.recv()


async def swallows_the_cancellation(ws: Any) -> None:
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.Event().wait()


HANDLERS: dict[str, tuple[Callable[[Any], Any], set[int], int]] = {
    "raises": (raising(ZeroDivisionError()), {1011}, 1),
    "exits": (raising(SystemExit(1)), {1011}, 1),
    "is interrupted": (raising(KeyboardInterrupt()), {1011}, 1),
    "raises a group": (raising(BaseExceptionGroup("both", [ValueError(), SystemExit()])), {1011}, 1),
    "closes its own": (closes_its_own, {4000}, 0),
    "returns a value": (returns_a_value, {1000}, 1),
    "sends nonsense": (sends_nonsense, {1011}, 1),
    "sends after close": (sends_after_close, {4000}, 0),
    "aborts": (aborts, {1006}, 0),
    "cancels itself": (cancels_itself, {1011}, 1),
}
"""Handler, the close codes that its peer may see (1006: no close frame), how many errors are kept."""


@pytest.mark.parametrize("what", HANDLERS)
def test_a_websocket_handler_that_misbehaves_ends_its_own_connection_only(what: str) -> None:
    handler, codes, errors = HANDLERS[what]
    with served(expect=lambda server: len(server.errors) == errors) as (server, _):
        server.websocket("/bad")(handler)

        with connect(server.url("/bad"), proxy=None) as ws, pytest.raises(ConnectionClosed) as closed:
            ws.recv(timeout=DEADLINE)

        assert (closed.value.rcvd.code if closed.value.rcvd else 1006) in codes


def test_a_close_frame_that_cannot_leave_after_an_abort_is_not_recorded() -> None:
    async def aborts_and_returns(ws: Any) -> None:
        ws.transport.abort()  # then `websockets` says goodbye for the handler, to a transport that sends no more

    with served() as (server, _):
        server.websocket("/bad")(aborts_and_returns)

        with connect(server.url("/bad"), proxy=None) as ws, pytest.raises(ConnectionClosed):
            ws.recv(timeout=DEADLINE)
        eventually(lambda: len(server.peers) == 1, "only the canary is connected")

        last = max(chunk.connection for chunk in server.trace)
        written = b"".join(chunk.data for chunk in server.trace if (chunk.connection, chunk.direction) == (last, ">"))
        assert written.endswith(b"\r\n\r\n"), "the last thing that left is the answer to the handshake"


def test_stop_ends_whatever_handlers_do() -> None:
    release = threading.Event()

    async def blocks(request: Any) -> str:
        release.wait(DEADLINE)  # the whole loop stands still
        return "late"

    with quiet_logs():
        server = ls.serve("stuck", limits=HASTY)
        routes(server)
        server.websocket("/stubborn")(swallows_the_cancellation)
        server.get("/block")(blocks)
        server.get("/block-a-thread")(lambda request: release.wait(DEADLINE))
        with contextlib.ExitStack() as stack:
            for path in ("/stubborn", "/echo"):
                stack.enter_context(Wire(server.port)).upgrade(path)
            for path in ("/park", "/endless", "/block-a-thread", "/block"):
                wire = stack.enter_context(Wire(server.port))
                wire.send(get(server, path))
                if path == "/endless":
                    assert wire.sock.recv(12)
            eventually(lambda: not _answers_soon(server), "a handler blocks the loop")

            server.stop()

            assert is_free(server.port)
            assert not server.is_running
            release.set()
        gc.collect()


def _answers_soon(server: Server) -> bool:
    try:
        return bool(server.call(asyncio.sleep, 0, True, timeout=0.2))
    except TimeoutError:
        return False


def test_a_stop_in_the_middle_of_a_broadcast_and_of_handshakes_is_clean() -> None:
    for _ in range(5):
        with quiet_logs() as logged:
            server = ls.serve("stopped", limits=HASTY)
            routes(server)
            wires = [Wire(server.port) for _ in range(20)]
            for number, wire in enumerate(wires):
                wire.send(handshake(wire.host, "/echo")[: -1 if number % 2 else None])
                if number % 2 == 0:
                    wire.send(frame(BINARY, b"x" * 200_000))

            server.stop()

            for wire in wires:
                with wire, contextlib.suppress(OSError):
                    wire.read_to_end()
            gc.collect()
            assert is_free(server.port)
            assert logged == []


def test_a_file_that_hides_a_package_leaves_a_trace(tmp_path: Path) -> None:
    """Here h11.py in the folder of a script: asyncio drops a connection without a word if nothing can read from it."""
    (tmp_path / "h11.py").write_text("")
    script = tmp_path / "script.py"
    script.write_text(f"""if True:
        import http.client, livesock as ls
        server = ls.serve()
        server.get("/")(lambda request: "hi")
        line = http.client.HTTPConnection("127.0.0.1", server.port, timeout={DEADLINE})
        try:
            line.request("GET", "/")
            line.getresponse()
        except ConnectionError:
            print(*server.errors)
    """)

    ended = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60, check=True)

    assert "connection 0): AttributeError: module 'h11' has no attribute" in ended.stdout
