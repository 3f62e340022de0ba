"""Each answer that is not the one we need has its own advice, which is true for it, and quotes the server."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from websockets.asyncio.server import serve as serve_on_loop

import livesock as ls
from livesock.errors import HandshakeError, NotRunning, Refused, WrongThread

DEADLINE = 20.0

Answer = Callable[[bytes], bytes]


@pytest.fixture
def answering() -> Iterator[Callable[[bytes | Answer], int]]:
    """Servers that answer every connection with the same bytes, or what a function says; returns the port."""
    listeners = []

    def serve(answer: bytes | Answer) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append((listener, threading.Thread(target=run, args=(listener, answer), daemon=True)))
        listeners[-1][1].start()
        return int(listener.getsockname()[1])

    def run(listener: socket.socket, answer: bytes | Answer) -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            with sock:
                request = sock.recv(10_000)
                sock.sendall(answer(request) if callable(answer) else answer)

    yield serve
    for listener, thread in listeners:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(DEADLINE)


def http(status: str, body: str = "", **headers: str) -> bytes:
    fields = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status}\r\n{fields}Content-Length: {len(body)}\r\n\r\n{body}".encode()


ENGINE = '{"code":%d,"message":"No"}'


@pytest.mark.parametrize(
    ("answer", "websocket", "polling"),
    [
        (http("401 Unauthorized", "no key"), "headers={'Authorization': …}", "headers={'Authorization': …}"),
        (
            http("403 Forbidden", "members only"),
            '("members only"); the server refuses us',
            '("members only"); the server',
        ),
        (http("404 Not Found"), "have a route for it", "write ls.connect()"),
        (http("302 Found", Location="http://x.test/y"), "connect to http://x.test/y", "connect to http://x.test/y"),
        (http("426 Upgrade Required"), "did not see our Upgrade header", 'transports=["websocket"]'),
        (http("426 Upgrade", Sec_WebSocket_Version="8"), "speaks version 8", 'transports=["websocket"]'),
        (http("503 Full", Retry_After="7"), "Retry-After: 7", "Retry-After: 7"),
        (http("502 Bad Gateway"), "the server behind it does not run", "the server behind it does not run"),
        (http("400 Bad", Server="nginx"), "pass the headers Upgrade and Connection on", "its answer may say why"),
        (http("400 Bad", ENGINE % 0), "does not allow this transport", "does not allow this transport"),
        (http("400 Bad", ENGINE % 1), "does not know the session", "does not know the session"),
        (http("400 Bad", ENGINE % 5), "another version of Engine.IO", "another version of Engine.IO"),
        (http("400 Bad", '{"code":[],"message":"No"}'), "its answer may say why", "its answer may say why"),
        (http("413 Large"), "larger than the server takes", "send less at once"),
        (b"\x15\x03\x01\x00\x02\x02\x0a", "write wss:// or https://", "write wss:// or https://"),
        (b"220 smtp ready\r\n\r\n", "not a whole HTTP response", "not a whole HTTP response"),
    ],
)
def test_each_answer_has_its_own_advice(answering, answer, websocket, polling):
    port = answering(answer)

    with pytest.raises(HandshakeError) as of_connect:
        ls.connect(f"ws://127.0.0.1:{port}/a", timeout=DEADLINE)
    with pytest.raises((HandshakeError, ConnectionResetError)) as of_socket:
        ls.socket(f"ws://127.0.0.1:{port}/a", timeout=DEADLINE)

    assert websocket in str(of_connect.value)
    assert polling in str(of_socket.value)


def test_an_origin_that_was_sent_is_named():
    says = r"may not allow the Origin http://x\.test"
    with ls.serve("origins") as server, pytest.raises(HandshakeError, match=says):
        ls.connect(server, origin="http://x.test")


def test_a_namespace_that_does_not_exist_is_named_beside_those_that_do():
    with ls.serve("names") as server:
        server.of("/point")

        with pytest.raises(
            Refused, match=r'Invalid namespace "/poin": the server has /, /point; did you mean /point\?'
        ):
            ls.socket(server.url("/poin"))
        with pytest.raises(HandshakeError, match=r"/point is a namespace of Socket\.IO: write ls\.socket"):
            ls.connect(server.url("/point"))
        with (
            ls.socket(server.url("/point")) as point,
            pytest.raises(Refused, match='Invalid namespace "/chat"'),
        ):
            point.of("/chat")


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_a_message_over_the_limit_is_the_reason_of_the_end_with_its_sizes(transport):
    with ls.serve("small", sessions={"max_payload": 1000}) as server:
        server.of("/").on("x")(lambda socket, value: value)
        with ls.socket(server, transports=[transport], reconnection=False) as socket:
            with pytest.raises(NotRunning) as of_call:
                socket.call("x", "y" * 3000, timeout=DEADLINE)
            (reason,) = socket.wait("disconnect", timeout=DEADLINE)

    says = ("1009", "3011 bytes", "1000 bytes") if transport == "websocket" else ("413", "3011 bytes, limit 1000")
    assert reason.startswith("transport ")
    for part in says:
        assert part in reason
        assert part in str(of_call.value)


def polled_until(end: bytes) -> Answer:
    """A server that lets a client in, and answers its poll with `end` once an event of it has come."""
    bodies = ['0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":9}', '40{"sid":"b"}']
    asked = threading.Event()

    def answer(request: bytes) -> bytes:
        if request.startswith(b"POST "):
            if b"\r\n\r\n42" in request:
                asked.set()
            return http("200 OK", "ok", Connection="close")
        if asked.is_set():
            return end
        return http("200 OK", bodies.pop(0) if bodies else "6", Connection="close")

    return answer


@pytest.mark.parametrize(
    ("end", "says"),
    [
        (http("400 Bad", ENGINE % 1), "the server does not know the session: it has ended, or a balancer"),
        (http("401 No", "token expired"), 'got 401 ("token expired"); the server needs authorization'),
        (http("502 Bad Gateway"), "the server behind it does not run"),
        (b"", "the server ended the connection before it answered"),
        (http("200 OK", "4" * 17_000_000), "the answer has more than the 16777216 bytes that this client takes"),
    ],
    ids=["unknown session", "token", "proxy", "nothing", "too big"],
)
def test_what_ended_a_session_of_polling_stands_beside_its_reason(answering, end, says):
    port = answering(polled_until(end))

    with ls.socket(f"ws://127.0.0.1:{port}/", transports=["polling"], reconnection=False, timeout=DEADLINE) as socket:
        with pytest.raises(NotRunning) as of_call:
            socket.call("q", timeout=DEADLINE)
        (reason,) = socket.wait(timeout=DEADLINE)

    assert reason == "transport error"
    assert says in reason.sentence
    assert says in str(of_call.value)


def test_a_poll_that_is_too_large_is_not_called_a_post(answering):
    port = answering(polled_until(http("413 Large")))

    with ls.socket(f"ws://127.0.0.1:{port}/", transports=["polling"], reconnection=False, timeout=DEADLINE) as socket:
        socket.emit("q")
        (reason,) = socket.wait(timeout=DEADLINE)

    assert "to GET /socket.io/" in reason and "POST" not in reason


def test_tls_is_advised_where_it_is_spoken():
    with ls.serve("plain") as plain, ls.serve("secret", tls=True) as secret:
        with pytest.raises(OSError) as too_much:
            ls.connect(f"wss://127.0.0.1:{plain.port}/")
        with pytest.raises((HandshakeError, OSError)) as too_little:
            ls.connect(f"ws://127.0.0.1:{secret.port}/")

    assert "answered without TLS: write ws://" in too_much.value.__notes__[0]
    assert "write wss://" in " ".join([str(too_little.value), *getattr(too_little.value, "__notes__", [])])


@pytest.mark.parametrize("call", [ls.connect, ls.socket])
def test_a_server_of_the_same_loop_is_refused_at_once(call):
    async def main() -> None:
        async with serve_on_loop(lambda ws: ws.wait_closed(), "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            with pytest.raises(WrongThread, match=r"write await asyncio\.to_thread\(ls\."):
                call(f"ws://127.0.0.1:{port}/")

    asyncio.run(main())
