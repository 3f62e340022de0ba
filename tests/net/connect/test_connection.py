"""A connection does not wait for the peer while it holds the lock that its receiving thread needs."""

from __future__ import annotations

import base64
import hashlib
import socket
import threading
import time
from array import array
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

import livesock as ls

DEADLINE = 30.0


def test_two_ends_that_send_much_at_the_same_time_both_finish():
    with ls.serve("flood") as server:

        @server.websocket("/echo")
        async def echo(ws):
            async for message in ws:
                await ws.send(message)

        heard: list[int] = []
        with ls.connect(server.url("/echo"), max_size=None) as ws:
            hearer = threading.Thread(target=lambda: heard.extend(len(ws.recv(timeout=DEADLINE)) for _ in range(54)))
            hearer.start()
            for _ in range(54):
                ws.send(b"x" * 1_000_000)
            hearer.join(DEADLINE)

    assert heard == [1_000_000] * 54


@pytest.mark.parametrize("behind", ["", "netsim"])
def test_a_handler_that_failed_here_is_named_by_each_verb_of_the_client(behind):
    with ls.serve("failing") as server, ls.netsim(server) as line:

        @server.websocket("/{room}")
        async def fails(ws):
            async for message in ws:
                await ws.send(message.missing)

        @server.websocket("/meant")
        async def meant(ws):
            await ws.close(1011, "no more")

        @server.websocket("/several")
        async def several(ws):
            raise ValueError("the first line\nand another")

        where = line if behind else server
        with ls.connect(where.url("/chat?as=ann")) as ws:
            ws.send("hello")
            for verb in (lambda: ws.recv(timeout=DEADLINE), lambda: ws.send("x"), lambda: list(ws), ws.ping):
                with pytest.raises(ConnectionClosed) as caught:
                    verb()
                (note,) = caught.value.__notes__
                assert note == f"the server's handler failed: server.errors has {server.errors[-1]}"
                assert "AttributeError: 'str' object has no attribute 'missing'" in note
        with ls.connect(where.url("/several")) as ws, pytest.raises(ConnectionClosed) as caught:
            ws.recv(timeout=DEADLINE)
        first, *more = str(server.errors[-1]).splitlines()
        assert more, "an error of several lines, which the log has shown"
        assert caught.value.__notes__ == [
            f"the server's handler failed: {first} …\n    the log above has all of it, and server.errors"
        ]
        with ls.connect(where.url("/meant")) as ws, pytest.raises(ConnectionClosed) as caught:
            ws.recv(timeout=DEADLINE)
        assert not hasattr(caught.value, "__notes__")


def test_close_keeps_to_its_time_limit_while_another_thread_sends_to_a_peer_that_never_reads():
    ended: list[BaseException] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        peers: list[socket.socket] = []

        def accept() -> None:
            sock = listener.accept()[0]
            peers.append(sock)
            head = b""
            while b"\r\n\r\n" not in head:
                head += sock.recv(10_000)
            key = head.lower().partition(b"sec-websocket-key: ")[0]
            key = head[len(key) :].split(b"\r\n")[0].partition(b": ")[2]
            accepted = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
            sock.sendall(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Accept: " + accepted + b"\r\n\r\n"
            )

        acceptor = threading.Thread(target=accept)
        acceptor.start()
        ws = ls.connect(f"ws://127.0.0.1:{listener.getsockname()[1]}/", timeout=DEADLINE, close_timeout=0.5)
        acceptor.join(DEADLINE)

        def send() -> None:
            with pytest.raises(ConnectionClosed) as caught:
                ws.send(b"x" * 50_000_000)
            ended.append(caught.value)

        sender = threading.Thread(target=send)
        sender.start()
        deadline = time.monotonic() + DEADLINE
        while len(ws.trace.data(">")) < 100_000 and time.monotonic() < deadline:
            threading.Event().wait(0.01)
        closer = threading.Thread(target=ws.close)
        closer.start()

        closer.join(DEADLINE)
        sender.join(DEADLINE)
        assert not closer.is_alive()
        assert not sender.is_alive()
        assert ended
        peers[0].close()


UNSENDABLE: list[Any] = [range(2), ["a", 5], ["a", b"b"], "\ud800", ["a", "\ud800"], array("i", [1])]


@pytest.mark.parametrize("message", UNSENDABLE, ids=repr)
def test_what_cannot_be_sent_is_refused_whole_and_the_connection_goes_on(message: Any):
    with ls.serve("unsendable") as server:

        @server.websocket("/")
        async def answer(ws: Any) -> None:
            async for _ in ws:
                try:
                    await ws.send(message)
                except (TypeError, ValueError):
                    await ws.send("refused")

        with ls.connect(server.url("/")) as ws:
            with pytest.raises((TypeError, ValueError)):
                ws.send(message)
            ws.send("you")

            assert ws.recv(timeout=DEADLINE) == "refused"


def test_a_set_of_fragments_and_an_iterator_are_sent():
    with ls.serve("fragments") as server:

        @server.websocket("/")
        async def echo(ws: Any) -> None:
            async for message in ws:
                await ws.send(message)

        with ls.connect(server.url("/")) as ws:
            for message in ({"ab": 1}.keys(), iter("ab"), ["a", "b"], ("a", "b")):
                ws.send(message)

                assert ws.recv(timeout=DEADLINE) == "ab"
            ws.send([b"a", bytearray(b"b"), memoryview(b"c")])
            assert ws.recv(timeout=DEADLINE) == b"abc"


def test_a_connection_says_where_to_and_whether_it_is_open():
    with ls.serve("shown") as server:

        @server.websocket("/echo")
        async def echo(ws: Any) -> None:
            await ws.wait_closed()

        with ls.connect(server.url("/echo?token=secret")) as ws:
            assert repr(ws) == f"<Connection to 127.0.0.1:{server.port}/echo, open>"
        assert repr(ws) == f"<Connection to 127.0.0.1:{server.port}/echo, closed>"


def test_a_closed_socket_says_that_it_is_closed():
    with ls.serve("closed") as server:
        raw = ls.tcp(server.port)
        raw.close()

        for use in (raw.recv, lambda: raw.recv_exactly(1), lambda: raw.sendall(b"x"), lambda: raw.send(b"x")):
            with pytest.raises(OSError, match=r"this end of the connection is closed, make a new one with tcp\(\)"):
                use()
