"""Messages of one frame take a shorter way than the library's: what comes back is the same, wherever it is cut."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosedError

import livesock as ls
from livesock.errors import LoopHeld
from livesock.net.http.tap import GATHERED
from livesock.net.http.websocket import NOTHING
from livesock.server import Server
from tests.peers import BINARY, CLOSE, PING, PONG, TEXT, Wire, close_code, eventually, frame, frames

CONTINUATION = 0


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("plain") as server:

        @server.websocket("/echo")
        async def echo(ws: Any) -> None:
            async for message in ws:
                await ws.send(message)

        yield server


def opened(server: Server, path: str = "/echo", *headers: str) -> Wire:
    wire = Wire(server.port)
    wire.upgrade(path, *headers)
    return wire


STREAM = [
    frame(TEXT, b"a"),
    frame(BINARY, bytes(200)),
    frame(PING, b"!"),
    frame(TEXT),
    frame(TEXT, b"be", fin=False),
    frame(PING, b"?"),
    frame(CONTINUATION, b"gun"),
    frame(TEXT, "end ü".encode()),
]
END = "end ü".encode()
ECHOES = [(TEXT, b"a"), (BINARY, bytes(200)), (TEXT, b""), (TEXT, b"begun"), (TEXT, END)]
CUTS = range(1, sum(map(len, STREAM)), 3)


@pytest.mark.parametrize("cut", CUTS)
def test_wherever_a_stream_is_cut_the_same_comes_back(server: Server, cut: int) -> None:
    stream = b"".join(STREAM)
    with opened(server) as wire:
        before = len(server.trace.data("<"))
        for part in (stream[:cut], stream[cut:]):
            wire.send(part)
            before += len(part)
            eventually(lambda come=before: len(server.trace.data("<")) >= come, "it has come")
        received = frames(wire.read_until(lambda came: END in came))

    assert [one for one in received if one[0] != PONG] == ECHOES
    assert [one for one in received if one[0] == PONG] == [(PONG, b"!"), (PONG, b"?")]


@pytest.mark.parametrize("size", [1, 5, 21, 50_000])
def test_a_message_in_many_pieces_is_one(server: Server, size: int) -> None:
    message = b"x" * (40 if size < 50 else 200_000)
    data = frame(TEXT, message) + frame(TEXT, b"next")
    with opened(server) as wire:
        came = len(server.trace.data("<"))
        for start in range(0, len(data), size):
            wire.send(data[start : start + size])
            came += len(data[start : start + size])
            eventually(lambda come=came: len(server.trace.data("<")) >= come, "it has come")
        received = frames(wire.read_until(lambda came: b"next" in came))

        assert received == [(TEXT, message), (TEXT, b"next")]


BROKEN = {
    "no mask": (b"\x81\x01a", 1002),
    "an RSV bit": (frame(TEXT, b"a", rsv1=True), 1002),
    "a message in a message": (frame(TEXT, b"a", fin=False) + frame(TEXT, b"b"), 1002),
    "no beginning": (frame(CONTINUATION, b"a"), 1002),
    "no UTF-8": (frame(TEXT, b"\xff"), 1007),
    "too big": (b"\x82\xff" + (2**40).to_bytes(8, "big") + bytes(4), 1009),
}


@pytest.mark.parametrize("before", [b"", frame(TEXT, b"first")], ids=["alone", "after another one"])
@pytest.mark.parametrize(("data", "code"), BROKEN.values(), ids=BROKEN)
def test_what_is_wrong_is_refused_after_what_is_right(server: Server, data: bytes, code: int, before: bytes) -> None:
    with opened(server) as wire:
        wire.send(before)
        if before:
            assert wire.read_until(lambda came: len(came) >= 7)
        wire.send(data)
        received = frames(wire.read_to_end())

    assert [close_code(payload) for opcode, payload in received if opcode == CLOSE] == [code]


def test_a_peer_that_leaves_in_the_middle_of_a_message_ends_its_handler(server: Server) -> None:
    ends: list[Any] = []

    @server.websocket("/half")
    async def half(ws: Any) -> None:
        try:
            await ws.recv()
        except Exception as exc:
            ends.append((type(exc).__name__, str(exc.__cause__)))
            raise

    with opened(server, "/half") as wire:
        wire.send(frame(TEXT, b"x" * 50)[:30])
        wire.half_close()
        wire.read_to_end()
    eventually(lambda: ends, "the handler has ended")

    assert ends == [("ConnectionClosedError", "stream ends after 24 bytes, expected 50 bytes")]


def test_answers_to_what_came_together_leave_together_and_in_order(server: Server) -> None:
    sent = [str(number).encode() for number in range(60)]
    with opened(server) as wire:
        wire.send(b"".join(frame(TEXT, one) for one in sent))
        received = frames(wire.read_until(lambda came: came.endswith(b"59")))

    assert received == [(TEXT, one) for one in sent]
    assert len([chunk for chunk in server.trace if chunk.direction == ">"]) < 6


def test_an_answer_waits_for_no_message_that_its_handler_takes_its_time_for(server: Server) -> None:
    go = threading.Event()

    @server.websocket("/slow")
    async def slow(ws: Any) -> None:
        async for message in ws:
            await ws.send(message)
            if message == "wait":
                await asyncio.to_thread(go.wait)

    @server.websocket("/busy")
    async def busy(ws: Any) -> None:
        async for message in ws:
            await ws.send(message)
            if message == "compute":
                time.sleep(0.02)
            if message == "stand":
                go.wait()

    for path, said in (("/slow", [b"wait", b"next"]), ("/busy", [b"1", b"compute", b"3", b"stand", b"5", b"6"])):
        go.clear()
        with opened(server, path) as wire:
            wire.send(b"".join(frame(TEXT, one) for one in said))
            assert wire.read_until(lambda came, one=said[0]: one in came)
            go.set()
            assert wire.read_until(lambda came, one=said[-1]: one in came)


def test_a_handler_that_answers_and_cuts_off_has_answered(server: Server) -> None:
    @server.websocket("/cut")
    async def cut(ws: Any) -> None:
        async for message in ws:
            await ws.send(message)
            ws.transport.close()

    with opened(server, "/cut") as wire:
        wire.send(frame(TEXT, b"one") + frame(TEXT, b"two"))

        assert frames(wire.read_to_end()) == [(TEXT, b"one")]


def test_what_is_gathered_counts_as_written(server: Server) -> None:
    sizes: list[int] = []

    @server.websocket("/size")
    async def size(ws: Any) -> None:
        async for message in ws:
            await ws.send(b"x" * GATHERED * (2 if message == "much" else 0))
            sizes.append(ws.transport.get_write_buffer_size())
            if message == "end":
                await ws.send("end")

    with opened(server, "/size") as wire:
        wire.send(frame(TEXT, b"little") + frame(TEXT, b"much") + frame(TEXT, b"end"))
        received = frames(wire.read_until(lambda came: came.endswith(b"end")))

    assert [len(payload) for opcode, payload in received] == [0, 2 * GATHERED, 0, 3]
    assert len(sizes) == 3


def test_a_peer_that_reads_nothing_stops_a_handler_that_answers_many_messages(server: Server) -> None:
    sent: list[int] = []

    @server.websocket("/much")
    async def much(ws: Any) -> None:
        async for _ in ws:
            await ws.send(b"x" * 20_000)
            sent.append(1)

    with opened(server, "/much") as wire:
        wire.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        wire.send(frame(TEXT, b"more") * 5000)
        eventually(lambda: any(getattr(c, "paused", False) for c in server._site.channels()), "it is paused")
        before = len(sent)

        assert before < 5000


def test_a_function_put_into_the_protocol_sees_every_frame(server: Server) -> None:
    seen: list[Any] = []

    @server.websocket("/lent")
    async def lent(ws: Any) -> None:
        await ws.send(await ws.recv())
        protocol = ws.protocol
        library = protocol.recv_frame, protocol.send_frame

        def received(one: Any) -> None:
            seen.append(("in", bytes(one.data)))
            library[0](one)

        def sent(one: Any) -> None:
            seen.append(("out", bytes(one.data)))
            library[1](one)

        protocol.recv_frame, protocol.send_frame = received, sent
        await ws.send("go")
        await ws.send(await ws.recv())

    with opened(server, "/lent") as wire:
        wire.send(frame(TEXT, b"plain"))
        assert wire.read_until(lambda came: b"go" in came)
        wire.send(frame(TEXT, b"seen"))
        wire.read_until(lambda came: b"seen" in came)

    assert seen[:3] == [("out", b"go"), ("in", b"seen"), ("out", b"seen")]


@pytest.mark.parametrize("sizes", [(20,), (5_000,), (300_000,), (20, 70_000)])
def test_a_connection_that_has_handled_all_keeps_none_of_the_bytes(server: Server, sizes: tuple[int, ...]) -> None:
    """An empty part of a memoryview keeps the whole of it alive."""
    with opened(server) as wire:
        wire.send(b"".join(frame(TEXT, b"x" * size) for size in sizes))
        wire.read_until(lambda came: len(frames(came)) == len(sizes))

        eventually(lambda: all(raw._rest is NOTHING for raw in server._site.channels()), "everything is let go")


def test_a_send_that_waits_while_the_peer_resets_says_that_the_connection_is_closed(server: Server) -> None:
    said: list[BaseException] = []
    waits: list[Any] = []

    @server.websocket("/much")
    async def much(ws: Any) -> None:
        waits.append(ws)
        try:
            await ws.send(bytes(20_000_000))
        except BaseException as exc:
            said.append(exc)
            raise

    with opened(server, "/much") as wire:
        eventually(lambda: waits and waits[0].drain_waiters, "it waits for the peer to read")
        wire.reset()
        eventually(lambda: said, "the send has ended")

    assert isinstance(said[0], ConnectionClosedError)
    assert isinstance(said[0].__cause__, ConnectionResetError)
    assert [error for error in server.errors if not isinstance(error.exception, LoopHeld)] == [], "but a busy machine"
