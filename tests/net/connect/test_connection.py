"""A connection does not wait for the peer while it holds the lock that its receiving thread needs."""

from __future__ import annotations

import base64
import hashlib
import socket
import threading
import time

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
