"""The recorded clients against plain sockets: what they send, what they say, what they leave behind."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gc
import hashlib
import os
import queue
import select
import socket
import ssl
import struct
import threading
import time
import warnings
from collections.abc import Callable, Iterator

import pytest
import trustme
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.asyncio.server import ServerConnection
from websockets.asyncio.server import serve as serve_on_loop
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import ClientConnection
from websockets.sync.server import serve

import livesock as ls
from livesock import client
from livesock.client import close_all, connect, open_connections, tcp
from livesock.errors import HandshakeError, LivesockError
from livesock.net.connect.recorded import RecordedSocket
from livesock.net.connect.tcp import SEARCH_LIMIT
from livesock.net.loop import registry
from livesock.net.netsim.netsim import netsim
from livesock.trace.recording import Trace

DEADLINE = 20.0


class Peer:
    """A server of one connection: a plain socket, and everything that it received."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(DEADLINE)
        self.port = self.listener.getsockname()[1]
        self.received = b""
        self.thread: threading.Thread | None = None

    def accept(self) -> socket.socket:
        sock, _ = self.listener.accept()
        sock.settimeout(DEADLINE)
        return sock

    def plays(self, scene: Callable[[socket.socket], object]) -> Peer:
        """Accept one connection in a thread, let `scene` use it, and close it."""

        def play() -> None:
            with self.accept() as sock, contextlib.suppress(ConnectionError):
                scene(sock)

        self.thread = threading.Thread(target=play)
        self.thread.start()
        return self

    def answers(self, *pieces: bytes) -> Peer:
        """Read a request head and answer with `pieces`."""

        def scene(sock: socket.socket) -> None:
            self.read_head(sock)
            for piece in pieces:
                sock.sendall(piece)
            sock.shutdown(socket.SHUT_WR)
            while more := sock.recv(65_536):
                self.received += more

        return self.plays(scene)

    def read_head(self, sock: socket.socket) -> None:
        while b"\r\n\r\n" not in self.received:
            self.received += sock.recv(65_536)

    def close(self) -> None:
        self.listener.close()
        if self.thread is not None:
            self.thread.join(DEADLINE)


@pytest.fixture
def peer() -> Iterator[Peer]:
    one = Peer()
    yield one
    one.close()


@pytest.fixture
def pair(peer: Peer) -> Iterator[tuple[client.TcpSocket, socket.socket]]:
    with tcp(peer.port, timeout=DEADLINE) as raw, peer.accept() as other:
        yield raw, other


@pytest.fixture
def echo() -> Iterator[str]:
    """The URL of a websockets server that echoes."""
    with websockets_server(lambda ws: [ws.send(message) for message in ws]) as url:
        yield url


@contextlib.contextmanager
def websockets_server(handler: Callable[..., object]) -> Iterator[str]:
    with serve(handler, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}/"
        server.shutdown()
        thread.join(DEADLINE)


@contextlib.contextmanager
def secure_server(context: ssl.SSLContext) -> Iterator[str]:
    """The URL of an echo over TLS: on asyncio, for two threads in one connection of OpenSSL can lose its bytes."""
    loop = asyncio.new_event_loop()
    ended = asyncio.Event()
    ports: queue.Queue[int] = queue.Queue()

    async def echo(ws: ServerConnection) -> None:
        async for message in ws:
            await ws.send(message)

    async def main() -> None:
        async with serve_on_loop(echo, "127.0.0.1", 0, ssl=context) as server:
            ports.put(server.sockets[0].getsockname()[1])
            await ended.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(main()))
    thread.start()
    yield f"wss://127.0.0.1:{ports.get(timeout=DEADLINE)}/"
    loop.call_soon_threadsafe(ended.set)
    thread.join(DEADLINE)
    loop.close()


def certified() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context for 127.0.0.1, and a client's that trusts it."""
    authority = trustme.CA()
    theirs, ours = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
    authority.issue_cert("127.0.0.1").configure_cert(theirs)
    authority.configure_trust(ours)
    return theirs, ours


def accept_for(request: bytes) -> bytes:
    key = request.partition(b"Sec-WebSocket-Key: ")[2].partition(b"\r\n")[0]
    return base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())


# -- connect


def test_the_trace_holds_exactly_what_the_server_received_and_sent(peer):
    sent = bytearray()

    def scene(sock: socket.socket) -> None:
        peer.read_head(sock)
        answer = (
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept_for(peer.received) + b"\r\n\r\n"
        )
        for piece in (answer[:7], answer[7:] + b"\x81\x02hi", b"\x88\x02\x03\xe8"):
            sock.sendall(piece)
            sent.extend(piece)
        while len(peer.received.partition(b"\r\n\r\n")[2]) < 8:  # the close frame: two bytes, the mask, the code
            peer.received += sock.recv(65_536)

    peer.plays(scene)
    ws = connect(f"ws://127.0.0.1:{peer.port}/path?q=1", headers={"X-Test": "1"})
    assert ws.recv(timeout=DEADLINE) == "hi"
    ws.close()
    peer.close()

    assert ws.trace.data(">") == peer.received
    assert ws.trace.data("<") == sent
    assert peer.received.startswith(b"GET /path?q=1 HTTP/1.1\r\n")
    assert b"\r\nX-Test: 1\r\n" in peer.received
    assert [c.data for c in ws.trace if c.direction == "="] == [
        f"open 127.0.0.1:{peer.port}".encode(),
        b"eof <",
        b"eof >",
        b"closed",
    ]


def test_it_is_a_connection_of_websockets_without_a_warning_and_without_with(echo):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ws = connect(echo)
        ws.send("one")

        assert isinstance(ws, ClientConnection)
        assert ws.recv(timeout=DEADLINE) == "one"
        ws.close(1001, "that is all")
        assert (ws.close_code, ws.close_reason) == (1001, "that is all")


def test_in_a_with_statement_it_closes_itself(echo):
    with connect(echo) as ws:
        ws.send(b"\x00\x01")
        assert ws.recv(timeout=DEADLINE) == b"\x00\x01"
        assert open_connections() == [ws]

    assert ws.close_code == 1000
    assert open_connections() == []


def test_cause_stands_before_effect_in_the_trace(echo):
    with connect(echo) as ws:
        for number in range(500):
            ws.send(str(number))
            ws.recv(timeout=DEADLINE)

    assert [c.direction for c in ws.trace if c.direction != "="] == [">", "<"] * 502


def test_http_urls_and_things_with_a_url_are_targets(echo):
    port = int(echo.rpartition(":")[2].strip("/"))
    with connect(echo.replace("ws", "http")) as first, netsim(port) as far, connect(far) as second:
        for ws in (first, second):
            ws.send("x")
            assert ws.recv(timeout=DEADLINE) == "x"


def test_compression_is_off_unless_asked_for(echo):
    with connect(echo) as plain, connect(echo, compression="deflate") as squeezed:
        assert "Sec-WebSocket-Extensions" not in plain.request.headers
        assert "permessage-deflate" in squeezed.response.headers["Sec-WebSocket-Extensions"]


def test_loopback_is_never_asked_through_a_proxy(echo, monkeypatch):
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)

    with connect(echo) as ws:
        ws.send("x")
        assert ws.recv(timeout=DEADLINE) == "x"


def test_a_redirect_is_followed_and_recorded_as_a_second_connection(peer, echo):
    peer.answers(f"HTTP/1.1 302 Found\r\nLocation: {echo}\r\nContent-Length: 0\r\n\r\n".encode())

    with connect(f"ws://127.0.0.1:{peer.port}/") as ws:
        ws.send("x")
        assert ws.recv(timeout=DEADLINE) == "x"

    assert b"302 Found" in ws.trace.data("<", 1)
    assert b"101 Switching" in ws.trace.data("<", 2)


def redirecting(peer: Peer, location: str, then: Callable[[socket.socket], object] | None = None) -> str:
    """The URL of a peer that redirects one request and plays `then` with the next connection."""

    def scene(sock: socket.socket) -> None:
        peer.read_head(sock)
        sock.sendall(f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode())
        if then is not None:
            with peer.accept() as second:
                then(second)

    peer.plays(scene)
    return f"ws://127.0.0.1:{peer.port}/old"


def test_what_fails_behind_a_redirect_is_said_of_the_place_where_it_failed(peer, free_port):
    with pytest.raises(ConnectionRefusedError) as caught:
        connect(redirecting(peer, f"ws://127.0.0.1:{free_port}/new") + "?token=secret")

    what, redirect = caught.value.__notes__
    assert what.startswith(f"nothing listens on 127.0.0.1:{free_port}")
    assert redirect == f"ws://127.0.0.1:{peer.port}/old redirects to ws://127.0.0.1:{free_port}/new"


def test_an_unknown_host_behind_a_redirect_is_named(peer):
    with pytest.raises(socket.gaierror) as caught:
        connect(redirecting(peer, "ws://no-such-host.invalid/"), proxy=None)

    assert '"no-such-host.invalid"' in caught.value.__notes__[0]


def test_what_came_before_a_redirect_is_not_taken_for_what_came_behind_it(peer):
    def say_nothing(sock: socket.socket) -> None:
        while sock.recv(65_536):
            pass

    with pytest.raises(TimeoutError) as caught:
        connect(redirecting(peer, "/new", say_nothing), timeout=0.3)

    assert "did not answer in time; no byte came" in caught.value.__notes__[0]


@pytest.mark.parametrize(
    ("answer", "says"), [(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", "got 404"), (b"SSH-2.0-x\r\n", "got b'SSH")]
)
def test_a_refused_handshake_behind_a_redirect_names_the_second_place(peer, answer, says):
    def refuse(sock: socket.socket) -> None:
        sock.recv(65_536)
        sock.sendall(answer)

    with pytest.raises(HandshakeError, match=f":{peer.port}/new, {says}") as caught:
        connect(redirecting(peer, "/new", refuse), timeout=DEADLINE)

    assert caught.value.__notes__[0].startswith(f"ws://127.0.0.1:{peer.port}/old redirects to ")


def test_a_redirect_that_is_not_followed_is_said_of_the_place_that_redirects(peer):
    with pytest.raises(HandshakeError, match=r"/old, got 302 Found; the server redirects: connect to http://x\.test/"):
        connect(redirecting(peer, "http://x.test/"))


def test_a_lost_connection_is_a_reset_in_the_trace(peer):
    def scene(sock: socket.socket) -> None:
        peer.read_head(sock)
        sock.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept_for(peer.received) + b"\r\n\r\n"
        )
        sock.recv(100)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    peer.plays(scene)
    ws = connect(f"ws://127.0.0.1:{peer.port}/")
    ws.send("cut me off")

    with pytest.raises(ConnectionClosedError):
        ws.recv(timeout=DEADLINE)
    ws.close()
    assert [c.data for c in ws.trace if c.direction == "="][1:] == [b"reset"]
    assert ws.close_code == 1006


@pytest.mark.parametrize(
    ("answer", "status", "says"),
    [
        (
            b"HTTP/1.1 404 Not Found\r\nContent-Length: 14\r\n\r\nno such route\n",
            404,
            'got 404 Not Found ("no such route"); check the path',
        ),
        (
            b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
            403,
            "got 403 Forbidden; the server refuses us",
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200, "an ordinary HTTP answer"),
        (b"HTTP/1.1 418 I'm a teapot\r\nContent-Length: 0\r\n\r\n", 418, ".headers"),
        (b"HTTP/1.1 500 \r\n\r\n", 500, "the server failed"),
        (
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: AAAA\r\n\r\n",
            101,
            "a 101 that is not valid: Sec-WebSocket-Accept must be ",
        ),
        (
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nSec-WebSocket-Accept: AAAA\r\n\r\n",
            101,
            'Upgrade must be websocket, and here it is "h2c"; Connection must be Upgrade, and it is missing; Sec-',
        ),
        (b"SSH-2.0-OpenSSH_9.6\r\n", None, "got b'SSH-2.0"),
        (b"HTTP/1.1 10", None, "not a whole HTTP response"),
        (b"", None, "the connection ended without an answer"),
    ],
)
def test_a_refused_handshake_says_what_was_expected_what_came_and_what_to_do(peer, answer, status, says):
    peer.answers(answer)

    with pytest.raises(HandshakeError) as caught:
        connect(f"ws://ann:secret@127.0.0.1:{peer.port}/chat?token=secret", timeout=DEADLINE)

    error = caught.value
    assert str(error).startswith(f"expected 101 Switching Protocols from ws://127.0.0.1:{peer.port}/chat, ")
    assert says in str(error)
    assert error.status == status
    assert error.trace.data("<") == answer
    assert error.__cause__ is not None
    assert "secret" not in str(error)


def test_a_refusal_carries_its_headers_and_its_body(peer):
    body = b"line one\x1b[31m\nline two"
    peer.answers(b"HTTP/1.1 401 No\r\nWWW-Authenticate: A\r\nwww-authenticate: B\r\nContent-Length: 22\r\n\r\n" + body)

    with pytest.raises(HandshakeError) as caught:
        connect(f"ws://127.0.0.1:{peer.port}/", timeout=DEADLINE)

    assert caught.value.headers == {"www-authenticate": "A, B", "content-length": "22"}
    assert caught.value.body == body
    assert '("line one\ufffd[31m")' in str(caught.value)


def test_a_refused_connection_says_what_to_check(free_port):
    for attempt in (lambda: connect(f"ws://127.0.0.1:{free_port}/"), lambda: tcp(free_port)):
        with pytest.raises(ConnectionRefusedError) as caught:
            attempt()

        assert f"nothing listens on 127.0.0.1:{free_port}" in caught.value.__notes__[0]


def test_a_refused_connection_names_the_port_of_the_server_of_this_process(free_port):
    with ls.serve("elsewhere") as server, pytest.raises(ConnectionRefusedError) as caught:
        connect(f"ws://127.0.0.1:{free_port}/")

    there = f"the one of this process has port {server.port}: write ls.serve(port={free_port}), or server.url("
    assert there in caught.value.__notes__[0]


def test_an_unknown_host_says_so():
    for attempt in (lambda: connect("ws://no-such-host.invalid/", proxy=None), lambda: tcp(80, "no-such-host.invalid")):
        with pytest.raises(socket.gaierror) as caught:
            attempt()

        assert '"no-such-host.invalid"' in caught.value.__notes__[0]


@pytest.mark.parametrize(
    ("answer", "says"),
    [(b"", "no byte came"), (b"HTTP/1.1 200 OK\r\n", 'it began with "HTTP/1.1 200 OK" and did not finish')],
)
def test_an_answer_that_never_ends_is_a_timeout_that_says_what_came(peer, answer, says):
    def scene(sock: socket.socket) -> None:
        sock.sendall(answer)
        while sock.recv(65_536):
            pass

    peer.plays(scene)
    with pytest.raises(TimeoutError) as caught:
        connect(f"ws://127.0.0.1:{peer.port}/", timeout=0.3)

    assert says in caught.value.__notes__[0]


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"url": 8765}, TypeError, "tcp() takes a port"),
        ({"url": None}, TypeError, "not None (NoneType)"),
        ({"url": b"ws://x/"}, TypeError, "(bytes)"),
        ({"url": ("127.0.0.1", 1)}, TypeError, "(tuple)"),
        ({"url": "127.0.0.1:80"}, ValueError, "write ws://127.0.0.1:80"),
        ({"timeout": "5"}, TypeError, "number of seconds, or None to wait for ever, not '5' (str)"),
        ({"timeout": 0}, ValueError, "more than 0 seconds"),
        ({"timeout": float("nan")}, ValueError, "more than 0 seconds"),
        ({"timeout": float("inf")}, ValueError, "more than 0 seconds"),
        ({"open_timeout": 5}, TypeError, "write timeout=5,"),
        ({"additional_headers": {}}, TypeError, 'write headers={"name": "value"}'),
        ({"headers": "X: 1"}, TypeError, "a dict such as"),
        ({"headers": [("X",)]}, TypeError, "(name, value) pair"),
        ({"headers": {"X": 1}}, TypeError, "pair of str"),
        ({"headers": {"X": "1\r\nY: 2"}}, ValueError, "one line"),
        ({"subprotocols": "chat"}, TypeError, "str"),
        ({"compression": "gzip"}, ValueError, "gzip"),
        ({"no_such_option": 1}, TypeError, "no_such_option"),
    ],
)
def test_an_argument_that_cannot_be_is_refused_before_anything_is_sent(peer, arguments, error, says):
    with pytest.raises(error) as caught:
        connect(**{"url": f"ws://127.0.0.1:{peer.port}/", "timeout": 0.5} | arguments)

    assert says in str(caught.value)


def test_tls_of_a_foreign_authority_needs_its_context():
    theirs, ours = certified()

    with secure_server(theirs) as url:
        with connect(url, ssl=ours) as ws:
            ws.send("x" * 100_000)
            assert ws.recv(timeout=DEADLINE) == "x" * 100_000
        assert ws.trace.data(">").startswith(b"GET / HTTP/1.1\r\n")  # what was meant, not what was encrypted

        for attempt in (lambda: connect(url), lambda: tcp(url)):
            with pytest.raises(ssl.SSLCertVerificationError) as caught:
                attempt()
            assert "no trusted authority" in caught.value.__notes__[0]


def test_tls_where_none_is_spoken_says_so(echo):
    with pytest.raises(OSError) as caught:
        connect(echo.replace("ws", "wss"))

    assert caught.value.__notes__


def test_a_reset_while_tls_begins_says_so(peer):
    peer.plays(
        lambda sock: (sock.recv(1), sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)))
    )

    with pytest.raises(ConnectionResetError) as caught:
        tcp(peer.port, tls=True)

    assert "ended the connection; no byte came" in caught.value.__notes__[0]


class Secure:
    """Stands in the registry as a server with a throw-away certificate does."""

    def __init__(self, port: int, client_context: ssl.SSLContext) -> None:
        self.port, self.client_context = port, client_context

    def stop(self, timeout: float = 1.0) -> None:
        pass


def test_a_server_of_this_process_is_trusted_also_behind_a_simulator():
    theirs, ours = certified()

    with secure_server(theirs) as url:
        entry = Secure(int(url.rpartition(":")[2].strip("/")), ours)
        registry.put("server", "secure", entry)
        try:
            with netsim(url) as far:
                for target in (url, far, far.url("/", "wss")):
                    with connect(target) as ws:
                        ws.send("x")
                        assert ws.recv(timeout=DEADLINE) == "x"
                with tcp(far) as raw:
                    raw.sendall(b"GET / HTTP/1.1\r\n\r\n")
                    assert raw.recv_until(b"\r\n").startswith(b"HTTP/1.1 4")
        finally:
            registry.forget("server", "secure", entry)


def test_only_one_thread_at_a_time_is_inside_openssl(monkeypatch):
    inside, most = threading.Semaphore(0), []

    def counted(method: Callable[..., object]) -> Callable[..., object]:
        def call(self: ssl.SSLSocket, *arguments: object) -> object:
            inside.release()
            most.append(inside._value)
            try:
                return method(self, *arguments)
            finally:
                inside.acquire()

        return call

    theirs, ours = certified()

    with secure_server(theirs) as url:
        monkeypatch.setattr(ssl.SSLSocket, "send", counted(ssl.SSLSocket.send))
        monkeypatch.setattr(ssl.SSLSocket, "recv", counted(ssl.SSLSocket.recv))
        with connect(url, ssl=ours) as ws:  # its own thread receives while this one sends
            for number in range(50):
                ws.send(str(number))
                assert ws.recv(timeout=DEADLINE) == str(number)

    assert len(most) > 100
    assert set(most) == {1}


# -- what is left behind


def sockets_of_this_process() -> int:
    gc.collect()
    return sum(os.readlink(f"/proc/self/fd/{fd}").startswith("socket:") for fd in descriptors())


def descriptors() -> list[str]:
    return [fd for fd in os.listdir("/proc/self/fd") if os.path.islink(f"/proc/self/fd/{fd}")]


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="counts descriptors in /proc")
@pytest.mark.parametrize("how", ["close", "refused", "timeout", "reset", "closed by the server"])
def test_no_thread_and_no_socket_is_left(peer, echo, how):
    threads, sockets = set(threading.enumerate()), sockets_of_this_process()

    if how == "close":
        ws = connect(echo)
        ws.close()
    elif how == "refused":
        peer.answers(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        with pytest.raises(HandshakeError):
            connect(f"ws://127.0.0.1:{peer.port}/")
    elif how == "timeout":
        with pytest.raises(TimeoutError):
            connect(f"ws://127.0.0.1:{peer.port}/", timeout=0.1)
    elif how == "reset":
        raw = tcp(peer.port)
        raw.reset()
    else:
        with websockets_server(lambda ws: ws.close()) as url:
            ws = connect(url)
            with pytest.raises(Exception, match="1000"):
                ws.recv(timeout=DEADLINE)
            ws.close()
    peer.close()

    deadline = time.monotonic() + DEADLINE
    while set(threading.enumerate()) - threads or sockets_of_this_process() > sockets - 1:  # the peer's own is closed
        assert time.monotonic() < deadline, "something is left over"


def test_an_interrupted_connect_leaves_nothing(peer, monkeypatch):
    """A cell may be interrupted at any moment; here it is while the answer is awaited."""
    before = set(threading.enumerate())

    def interrupted(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(client.Connection, "handshake", interrupted)
    with pytest.raises(KeyboardInterrupt):
        connect(f"ws://127.0.0.1:{peer.port}/")

    with peer.accept() as sock:
        assert sock.recv(1) == b""
    assert open_connections() == []
    for thread in set(threading.enumerate()) - before:
        thread.join(DEADLINE)


def test_everything_open_is_known_and_closed_at_once(echo, peer):
    ws, raw = connect(echo), tcp(peer.port)
    assert set(open_connections()) == {ws, raw}

    close_all()

    assert open_connections() == []
    assert ws.close_code == 1000
    with peer.accept() as sock:
        assert sock.recv(1) == b""
    close_all()


def test_stopping_everything_closes_the_clients(echo):
    ws = connect(echo)

    registry.stop_everything()

    assert ws.close_code == 1000


def test_closing_all_is_bounded_when_a_peer_does_not_answer(echo):
    port = int(echo.rpartition(":")[2].strip("/"))
    with netsim(port) as far:
        several = [connect(far) for _ in range(5)]
        far.black_hole = True

        close_all(timeout=0.2)

        assert open_connections() == []
        assert {ws.close_code for ws in several} == {1006}


def test_closing_a_connection_with_unread_messages_ends():
    with websockets_server(lambda ws: [ws.send("x" * 1000) for _ in range(2000)]) as url:
        ws = connect(url, timeout=0.5)
        ws.recv(timeout=DEADLINE)

        ws.close()

        assert open_connections() == []


def test_a_forgotten_tcp_socket_is_closed(peer):
    raw = tcp(peer.port)
    with peer.accept() as sock:
        del raw
        gc.collect()

        assert sock.recv(1) == b""


# -- tcp


def test_bytes_typed_by_hand_arrive_and_are_recorded(pair):
    raw, other = pair
    raw.sendall(b"one")
    assert raw.send(bytearray(b"two")) == 3
    raw.sendall(memoryview(b"three"))
    raw.shutdown()

    received = b""
    while more := other.recv(100):
        received += more
    assert received == b"onetwothree"
    other.sendall(b"four")
    assert raw.recv() == b"four"
    other.close()
    assert raw.recv() == raw.recv() == b""
    raw.close()

    assert [(c.direction, c.data) for c in raw.trace][1:] == [
        (">", b"one"),
        (">", b"two"),
        (">", b"three"),
        ("=", b"eof >"),
        ("<", b"four"),
        ("=", b"eof <"),
        ("=", b"closed"),
    ]
    assert raw.trace.peers[1] == tuple(f"127.0.0.1:{p.partition(':')[2]}" for p in raw.trace.peers[1])


@given(st.lists(st.binary(min_size=1, max_size=50), min_size=1, max_size=5), st.binary(min_size=1, max_size=3))
@settings(max_examples=40, deadline=None)
def test_a_marker_is_found_however_the_bytes_are_cut(pieces, marker):
    peer = Peer()
    with tcp(peer.port, timeout=DEADLINE) as raw, peer.accept() as other:
        for piece in [*pieces, marker]:
            other.sendall(piece)
        other.close()
        data = b"".join(pieces) + marker
        end = data.find(marker) + len(marker)

        assert raw.recv_until(marker) == data[:end]
        assert raw.recv_exactly(len(data) - end) == data[end:]
        assert raw.recv() == b""
        assert raw.trace.data("<") == data
    peer.close()


def test_exactly_so_many_bytes_come_from_many_pieces(pair):
    raw, other = pair
    other.sendall(b"abc")
    assert raw.recv_exactly(0) == b""
    assert raw.recv_exactly(1) == b"a"
    other.sendall(b"defg")

    assert raw.recv_exactly(5) == b"bcdef"
    assert raw.recv(100) == b"g"


def test_the_rest_behind_a_border_is_read_by_any_verb(pair):
    raw, other = pair
    other.sendall(b"line\nabc")

    assert raw.recv_until(b"\n") == b"line\n"
    assert raw.recv(2) + raw.recv_exactly(1) == b"abc"


@pytest.mark.parametrize(("verb", "argument"), [("recv_until", b"\n"), ("recv_exactly", 10)])
def test_a_timeout_says_what_was_awaited_and_loses_nothing(pair, verb, argument):
    raw, other = pair
    other.sendall(b"half a li")
    raw.trace.wait(lambda t: raw.recv_exactly(4) == b"half", timeout=DEADLINE)
    raw.settimeout(0.05)

    with pytest.raises(TimeoutError) as caught:
        getattr(raw, verb)(argument)

    awaited = "10 bytes" if verb == "recv_exactly" else "b'\\n'"
    assert str(caught.value) == (
        f"waited 0.05 s for {awaited}; so far came 5 bytes, b' a li'; recv() still returns them"
    )
    assert raw.gettimeout() == 0.05
    assert raw.recv() == b" a li"


def test_recv_times_out_when_nothing_comes(pair):
    raw, _ = pair
    raw.settimeout(0.05)

    with pytest.raises(TimeoutError, match=r"waited 0\.05 s for the next bytes; nothing came"):
        raw.recv()


@pytest.mark.parametrize(("verb", "argument"), [("recv_until", b"\n"), ("recv_exactly", 10)])
def test_an_end_that_comes_too_early_is_an_error_and_loses_nothing(pair, verb, argument):
    raw, other = pair
    other.sendall(b"half")
    other.close()

    with pytest.raises(EOFError, match=r"ended its direction before .* so far came 4 bytes, b'half'"):
        getattr(raw, verb)(argument)

    assert raw.recv() == b"half"


def test_a_marker_that_never_comes_does_not_fill_the_memory(pair):
    raw, other = pair
    sender = threading.Thread(target=lambda: other.sendall(b"x" * (SEARCH_LIMIT + 100_000)))
    sender.start()

    with pytest.raises(LivesockError, match="not in the first 1048576 bytes"):
        raw.recv_until(b"\n")

    assert raw.recv_exactly(SEARCH_LIMIT + 100_000) == b"x" * (SEARCH_LIMIT + 100_000)
    sender.join(DEADLINE)


@pytest.mark.parametrize("verb", ["send", "sendall", "recv_until"])
def test_text_is_refused_with_what_to_write(pair, verb):
    raw, _ = pair
    with pytest.raises(TypeError, match=r"bytes, not str: write b'…' or text.encode\(\)"):
        getattr(raw, verb)("text")
    with pytest.raises(TypeError, match="bytes, not int"):
        getattr(raw, verb)(5)


def test_a_number_of_bytes_is_not_negative_and_a_marker_not_empty(pair):
    raw, _ = pair
    with pytest.raises(ValueError, match="0 or more"):
        raw.recv_exactly(-1)
    with pytest.raises(ValueError, match="at least one byte"):
        raw.recv_until(b"")


def test_reset_resets_and_close_closes(peer):
    raw = tcp(peer.port)
    with peer.accept() as other:
        raw.reset()
        with pytest.raises(ConnectionResetError):
            other.recv(1)
    raw.close()
    assert [c.data for c in raw.trace][1:] == [b"reset"]

    again = tcp(peer.port)
    with peer.accept() as other:
        again.close()
        again.close()
        assert other.recv(1) == b""
    assert [c.data for c in again.trace][1:] == [b"closed"]
    assert "closed" in repr(again)
    with pytest.raises(OSError, match="Bad file descriptor"):
        again.sendall(b"x")


def test_a_reset_of_the_peer_is_an_error_and_in_the_trace(pair):
    raw, other = pair
    other.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    other.close()

    with pytest.raises(ConnectionResetError):
        raw.recv()

    raw.close()
    assert [c.data for c in raw.trace][1:] == [b"reset"]


def test_a_tcp_target_may_be_a_pair_a_url_or_a_simulator(peer):
    with netsim(peer.port) as far:
        for target in (("127.0.0.1", peer.port), f"http://127.0.0.1:{peer.port}/x", far):
            with tcp(target) as raw, peer.accept() as other:
                raw.sendall(b"x")
                assert other.recv(1) == b"x"
                assert raw.getpeername()[0] == "127.0.0.1"


# -- the recording changes nothing


def socketpair() -> tuple[RecordedSocket, socket.socket, socket.socket]:
    """A recorded end with small buffers, its plain socket, and the other end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        plain = socket.create_connection(listener.getsockname(), DEADLINE)
        other, _ = listener.accept()
    other.settimeout(DEADLINE)
    return RecordedSocket(plain, Trace(client=">")), plain, other


@pytest.mark.parametrize("timeout", [None, DEADLINE])
def test_more_than_the_kernel_takes_is_sent_whole_and_recorded_in_parts(timeout):
    recorded, plain, other = socketpair()
    recorded.settimeout(timeout)
    data = bytes(range(256)) * 16_000
    recorded._trace.limit = 10 * len(data)
    received = bytearray()

    def read() -> None:
        while len(received) < len(data):
            received.extend(other.recv(65_536))

    reader = threading.Thread(target=read)
    reader.start()
    recorded.sendall(data)
    reader.join(DEADLINE)

    assert bytes(received) == data == recorded._trace.data(">")
    plain.close()
    other.close()


def test_a_send_that_times_out_is_recorded_as_far_as_it_went():
    recorded, plain, other = socketpair()
    recorded.settimeout(0.1)
    data = b"x" * 40 * 2**20
    recorded._trace.limit = 2 * len(data)

    with pytest.raises(TimeoutError):
        recorded.sendall(data)
    recorded.close()

    received = 0
    while more := other.recv(2**20):
        received += len(more)
    assert received == len(recorded._trace.data(">"))
    assert 0 < received < len(data)
    other.close()
    plain.close()


def test_a_socket_that_never_waits_still_does_not():
    recorded, plain, other = socketpair()
    recorded.settimeout(0)

    with pytest.raises(BlockingIOError):
        recorded.recv(1)
    sent = 0
    with pytest.raises(BlockingIOError):
        while True:
            sent += recorded.send(b"x" * 2**20)
    assert sent > 0
    plain.close()
    other.close()


def test_a_blocked_send_does_not_keep_received_bytes_out_of_the_trace():
    recorded, plain, other = socketpair()
    recorded.settimeout(None)
    recorded._trace.limit = 100 * 2**20
    sender = threading.Thread(target=lambda: recorded.sendall(b"x" * 40 * 2**20))
    sender.start()
    recorded._trace.wait(lambda t: t.size and not select.select([], [plain], [], 0)[1], timeout=DEADLINE)

    other.sendall(b"I speak first")
    assert recorded.recv(100) == b"I speak first"
    assert sender.is_alive()
    assert recorded._trace.data("<") == b"I speak first"

    total = 0
    while total < 40 * 2**20:
        total += len(other.recv(2**20))
    sender.join(DEADLINE)
    plain.close()
    other.close()


def test_nothing_that_moves_bytes_passes_by_the_trace():
    recorded, plain, other = socketpair()

    for name in ("recv_into", "sendmsg", "makefile", "detach", "sendfile", "dup"):
        with pytest.raises(AttributeError, match="not be in the trace"):
            getattr(recorded, name)
    assert recorded.getsockname() == plain.getsockname()
    plain.close()
    other.close()
